/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "bench.h"
#include "peer.h"

#define TRIES 8u

struct bench_data
bench_data_make(const struct bench *bench, uint32_t payload_len, bool cold)
{
	return (struct bench_data){
		.base = bench->memory,
		.payload_len = payload_len,
		.n_payloads = cold ? BENCH_WORKING_SET / payload_len : 1,
	};
}

/* How often the kernel has taken the CPU from this thread. */
static long
preemptions(void)
{
	struct rusage usage = {0};

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

static long
all_preemptions(const struct peer *peer)
{
	return preemptions() + (peer != NULL ? peer_preemptions(peer) : 0);
}

double
bench_undisturbed(double (*run)(void *arg, unsigned int n), void *arg, unsigned int n,
	const struct peer *peer)
{
	double least = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		long before = all_preemptions(peer);
		double cycles = run(arg, n);

		if (cycles < 0 || all_preemptions(peer) == before)
			return cycles;
		least = i == 0 || cycles < least ? cycles : least;
	}
	return least;
}

bool
bench_wants(const struct bench *bench, const char *group)
{
	return bench->only == NULL || strstr(group, bench->only) != NULL;
}

/* Cycles per frame of one measured run, or -errno. */
static double
measure(const struct bench_case *c, struct bench_data *data, unsigned int n_payloads,
	double *frames)
{
	uint64_t begin = rte_rdtsc_precise();
	int64_t done = c->run(c->arg, data, n_payloads);
	uint64_t cycles = rte_rdtsc_precise() - begin;

	if (done <= 0)
		return done == 0 ? -EIO : (double)done;
	*frames = (double)done / n_payloads;
	return (double)cycles / (double)done;
}

/*
 * One slice of one case, after a part of it that warms up. A slice in which somebody else had the
 * CPU says nothing about the case, so it is done again; on a machine that is too busy it counts in
 * the end.
 */
static double
slice(const struct bench_case *c, double tsc_hz, struct bench_data *data, unsigned int n_payloads,
	double *frames)
{
	double least = 0, ignored;

	if (c->cycles != NULL)
		return c->cycles(c->arg, tsc_hz);
	for (unsigned int i = 0; i < TRIES; i++) {
		double cycles = measure(c, data, n_payloads / 4 + 1, &ignored);
		long before = preemptions();

		if (cycles >= 0)
			cycles = measure(c, data, n_payloads, frames);
		if (cycles < 0 || preemptions() == before)
			return cycles;
		least = i == 0 || cycles < least ? cycles : least;
	}
	return least;
}

static bool
turns_make(struct bench_group *group)
{
	for (unsigned int i = 0; i < group->n; i++) {
		group->results[i].turns = calloc(group->n_turns, sizeof(double));
		if (group->results[i].turns == NULL)
			return false;
	}
	return true;
}

static void
spreads_make(struct bench_group *group, const struct bench_result *ref)
{
	static double scratch[BENCH_TURNS_MAX];

	for (unsigned int i = 0; i < group->n; i++) {
		struct bench_result *r = &group->results[i];

		if (r != ref)
			r->ratio = stat_ratio(r->turns, ref->turns, group->n_turns, scratch);
		memcpy(scratch, r->turns, group->n_turns * sizeof(scratch[0]));
		r->cycles = stat_spread(scratch, group->n_turns);
	}
}

/* Payloads of a slice of about @frames frames. */
static unsigned int
payloads_of(const struct bench_data *data, unsigned int frames)
{
	unsigned int per_payload = RTE_MAX(1u, data->payload_len / BENCH_FRAME_DATA);

	return RTE_MAX(1u, frames / per_payload);
}

/* One turn of all cases; turn 0 only warms up: pools, caches, branch predictors, the CPU's clock.
 */
static int
turn(const struct bench *bench, struct bench_group *group, struct bench_case *cases,
	struct bench_data *data, unsigned int frames, unsigned int t)
{
	for (unsigned int i = 0; i < group->n; i++) {
		struct bench_result *r = &group->results[i];
		struct bench_data *d = cases[i].data.payload_len != 0 ? &cases[i].data : data;
		double c = slice(&cases[i], bench->tsc_hz, d, payloads_of(d, frames),
			&r->frames_per_payload);

		if (c < 0) {
			fprintf(stderr, "chainburst-bench: %s: %s: %s\n", group->name, r->name,
				strerror((int)-c));
			return (int)c;
		}
		if (t != 0)
			r->turns[t - 1] = c;
	}
	return 0;
}

struct bench_group *
bench_group_run(struct bench *bench, const char *name, const char *unit, const char *floor,
	struct bench_case *cases, unsigned int n_cases, struct bench_data data, unsigned int frames)
{
	struct bench_group *group = &bench->groups[bench->n_groups];

	if (bench->n_groups == BENCH_GROUPS_MAX || n_cases > BENCH_CASES_MAX)
		return NULL;
	*group = (struct bench_group){.name = name,
		.unit = unit,
		.floor = floor,
		.n = n_cases,
		.n_turns = RTE_MIN(bench->turns, BENCH_TURNS_MAX)};
	for (unsigned int i = 0; i < n_cases; i++) {
		group->results[i].name = cases[i].name;
		group->results[i].what = cases[i].what;
		group->results[i].hist = cases[i].hist;
		group->results[i].bytes = cases[i].bytes;
	}
	if (!turns_make(group))
		return NULL;
	for (unsigned int t = 0; t <= group->n_turns; t++)
		if (turn(bench, group, cases, &data, frames, t) != 0)
			return NULL;
	spreads_make(group, bench_group_find(group, floor));
	bench->n_groups++;
	report_group(bench, group, stdout);
	return group;
}

const struct bench_result *
bench_group_find(const struct bench_group *group, const char *name)
{
	for (unsigned int i = 0; group != NULL && i < group->n; i++)
		if (strcmp(group->results[i].name, name) == 0)
			return &group->results[i];
	return NULL;
}

void
bench_target_add(struct bench *bench, const char *what, const struct bench_group *group,
	const char *name, const char *other, double limit, bool at_least)
{
	static double scratch[BENCH_TURNS_MAX];
	struct bench_target *target = &bench->targets[bench->n_targets];
	const struct bench_result *a = bench_group_find(group, name);
	const struct bench_result *b = bench_group_find(group, other);

	if (bench->n_targets == BENCH_TARGETS_MAX)
		return;
	*target = (struct bench_target){.what = what, .limit = limit, .at_least = at_least};
	target->group = group != NULL ? group->name : "not run";
	target->measured = a != NULL && b != NULL;
	if (target->measured)
		target->got = at_least ? stat_ratio(b->turns, a->turns, group->n_turns, scratch)
				       : stat_ratio(a->turns, b->turns, group->n_turns, scratch);
	bench->n_targets++;
}

void
bench_note(struct bench *bench, const char *format, ...)
{
	char *text = bench->notes[bench->n_notes];
	va_list args;

	if (bench->n_notes == BENCH_NOTES_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(bench->notes[0]), format, args);
	va_end(args);
	bench->n_notes++;
	printf("\nnote: %s\n", text);
}

void
bench_groups_free(struct bench *bench)
{
	for (unsigned int g = 0; g < BENCH_GROUPS_MAX; g++)
		for (unsigned int i = 0; i < BENCH_CASES_MAX; i++)
			free(bench->groups[g].results[i].turns);
}
