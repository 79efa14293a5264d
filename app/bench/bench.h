/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_H
#define BENCH_H

/*
 * What the rooms of chainburst-bench share. A *case* is one way to put payloads on a port (or only
 * to copy them); cases of one *group* get the same payloads in turns, A B C A B C, so that whatever
 * else the machine does hits all of them alike, and each is compared with the group's floor turn by
 * turn.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../hist/hist.h"
#include "stat.h"

#define BENCH_CASES_MAX	  40
#define BENCH_GROUPS_MAX  32
#define BENCH_TARGETS_MAX 64
#define BENCH_TURNS_MAX	  1024
#define BENCH_NOTES_MAX	  16

#define BENCH_FRAME_DATA  1472u	       /* client bytes in a full segment at an MTU of 1500 */
#define BENCH_PAYLOAD	  (60u * 1024) /* bytes of a large payload */
#define BENCH_WORKING_SET (16u << 20)  /* bytes of payloads that are walked through, cold */

struct peer;

/* The payloads of a group, one behind the other; `next` walks round. */
struct bench_data {
	uint8_t *base;
	uint32_t payload_len;
	uint32_t n_payloads;
	uint32_t next;
};

static inline uint8_t *
bench_data_next(struct bench_data *data)
{
	uint8_t *payload = data->base + (size_t)data->next * data->payload_len;

	data->next = data->next + 1 == data->n_payloads ? 0 : data->next + 1;
	return payload;
}

/* Handle @n payloads. Returns how many frames they were; negative errno: it failed. */
typedef int64_t (*bench_run_fn)(void *arg, struct bench_data *data, unsigned int n);

struct bench_case {
	const char *name;
	const char *what; /* one line: what exactly is done */
	bench_run_fn run;
	void *arg;
	struct bench_data data; /* its own; payload_len 0: the group's */
	/* Instead of `run`: something that measures itself. Cycles a frame, or negative errno. */
	double (*cycles)(void *arg, double tsc_hz);
	const struct hist *hist; /* NULL, or: single events, in cycles; outlives the report */
	uint32_t bytes;		 /* 0, or: of the client in what is counted */
};

static inline struct bench_case
bench_case_make(const char *name, const char *what, bench_run_fn run, void *arg)
{
	return (struct bench_case){.name = name, .what = what, .run = run, .arg = arg};
}

struct bench_result {
	const char *name;
	const char *what;
	double frames_per_payload;
	struct stat_spread cycles; /* TSC cycles per frame */
	struct stat_spread
		ratio; /* to the floor of the group, turn by turn; n = 0: it is the floor */
	double *turns; /* cycles per frame of each turn, in order */
	const struct hist *hist; /* NULL, or: single events, in cycles */
	uint32_t bytes;		 /* 0, or: of the client in what is counted */
};

struct bench_group {
	const char *name; /* "tx 60 KiB, cold", ... */
	const char *unit; /* what is counted: "frame" */
	const char *floor;
	unsigned int n, n_turns;
	struct bench_result results[BENCH_CASES_MAX];
};

/* One line of the speed table, judged by this run alone. */
struct bench_target {
	const char *what;
	const char *group;
	double limit;
	struct stat_spread got; /* turn by turn */
	bool at_least;		/* reached when got >= limit; else when got <= limit */
	bool measured;
};

struct bench {
	bool quick;
	const char *only; /* run only groups whose name contains this */
	const char *dir;  /* where bench.json and bench.md go */
	const char *command;
	unsigned int lcore; /* the CPU we run on */
	int peer_cpu;	    /* another one, for a second process; -1: there is none */
	double tsc_hz;
	unsigned int turns;
	uint8_t *memory; /* BENCH_WORKING_SET bytes and a payload more, EAL memory */

	unsigned int n_groups, n_targets;
	struct bench_group groups[BENCH_GROUPS_MAX];
	struct bench_target targets[BENCH_TARGETS_MAX];
	unsigned int n_notes;
	char notes[BENCH_NOTES_MAX][200]; /* what was left out, and why */
};

/* Cold: payloads all over the working set. Hot: always the same one. */
struct bench_data bench_data_make(const struct bench *bench, uint32_t payload_len, bool cold);

/* Whether --only selects a group. */
bool bench_wants(const struct bench *bench, const char *group);

/*
 * Run the cases in turns, about @frames frames a slice, and add the results as a group. The case
 * named @floor is what the others are compared with; a case that has data of its own walks on in
 * them. NULL: a case failed, which has been said.
 */
struct bench_group *bench_group_run(struct bench *bench, const char *name, const char *unit,
	const char *floor, struct bench_case *cases, unsigned int n_cases, struct bench_data data,
	unsigned int frames);

/*
 * For a case that measures itself: @run, and again (a few times at most) when somebody else had
 * the CPU meanwhile, ours or (if there is one) @peer's. Returns the first that was not disturbed,
 * else the least.
 */
double bench_undisturbed(double (*run)(void *arg, unsigned int n), void *arg, unsigned int n,
	const struct peer *peer);

/* A result by its name; NULL: not there. */
const struct bench_result *bench_group_find(const struct bench_group *group, const char *name);

/* Judge "@name costs at most @limit times what @other costs" (or, @at_least, other/name >= limit).
 */
void bench_target_add(struct bench *bench, const char *what, const struct bench_group *group,
	const char *name, const char *other, double limit, bool at_least);

/* Say, and keep for the report, what is left out of this run and why. */
void bench_note(struct bench *bench, const char *format, ...) __attribute__((format(printf, 2, 3)));

void bench_groups_free(struct bench *bench);

/* A vdev net_null of our own, not configured. Returns the port id or negative errno. */
int bench_port_make(const char *name);

/* Configure and start a port with one tx queue and no offload. 0 or negative errno. */
int bench_port_start(uint16_t port_id);

/* The groups. 0 or negative errno. */
int bench_cksum(struct bench *bench);
int bench_reass(struct bench *bench);
int bench_rtt(struct bench *bench);
int bench_rx(struct bench *bench);
int bench_stream(struct bench *bench);
int bench_tx(struct bench *bench);

/* What the run was made on, each fact as @before key @between value @after, @sep between them. */
void machine_print(const struct bench *bench, FILE *f, const char *before, const char *between,
	const char *after, const char *sep);

/* Tables for people. */
void report_group(const struct bench *bench, const struct bench_group *group, FILE *f);
void report_targets(const struct bench *bench, FILE *f);

/* Write bench.json and bench.md into bench->dir. 0 or negative errno, which has been said. */
int report_write(const struct bench *bench);

/* Text with what JSON (and Markdown) needs escaped. */
void report_text(FILE *f, const char *text);

#endif /* BENCH_H */
