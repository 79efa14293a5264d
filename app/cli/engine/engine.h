/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a session does with its links: one file, one engine.
 *
 * An engine has a state for each worker. start() and stop() run on the control thread while the
 * workers are parked; poll() on the worker's thread, between polls of the stack.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../opt.h"
#include "../session/session.h"

/* What an engine has done, all workers. Names are for `show fwd`, JSON and the summary. */
struct engine_figures {
	uint64_t payloads_sent, payloads_failed, octets_sent; /* completions */
	uint64_t payloads_received, octets_received;
	uint64_t bad_content; /* payloads that are not what a txonly sends */
	/* Of txonly's flows as rxonly sees them: numbers that are missing, late, there twice. */
	uint64_t payloads_lost, payloads_reordered, payloads_duplicate;
	uint64_t payloads_untracked; /* their flows came when the table was full: content only */
	uint64_t frames_in, frames_out, frames_lost;  /* of raw engines; lost: the tx ring was full,
							 or `loss` says so */
	uint64_t frames_ignored;		      /* reflect: neither ICMP echo nor UDP */
	uint64_t frames_reordered, frames_duplicated; /* by loss */
};

struct engine {
	const char *name;
	const char *help;   /* one line */
	bool raw;	    /* frames straight between ports: the stack is not polled meanwhile */
	unsigned links_min; /* links it needs */
	size_t state_size;  /* bytes for each worker */
	/* Begin on this worker: endpoints, memory. Returns 0, or -1 with `err`; then stop() of this
	 * worker is called too. */
	int (*start)(struct session_worker *worker, struct opt_error *err);
	/* NULL, or a turn. Returns how much was done; 0: nothing. */
	unsigned (*poll)(struct session_worker *worker, uint64_t now);
	/* Nothing new from now on. Polls go on until it has nothing outstanding. */
	void (*quit)(struct session_worker *worker);
	/* NULL: never, or: has it done all it was asked for, and completed it? */
	bool (*is_done)(const struct session_worker *worker);
	/* NULL: nothing can, or: did something go wrong meanwhile, as a full disk? 0, or -1 with
	 * `err`. Such an engine is done, too. The control thread, before stop(). */
	int (*outcome)(const struct session_worker *worker, struct opt_error *err);
	/* Has everything it sent completed? (NULL: nothing to wait for) */
	bool (*is_drained)(const struct session_worker *worker);
	/* End on this worker, after quit() and when drained or when waiting was given up. */
	void (*stop)(struct session_worker *worker);
	/* Add this worker's figures. Any time, the control thread. */
	void (*figures)(const struct session_worker *worker, struct engine_figures *sum);
};

extern const struct engine engine_txonly, engine_rxonly, engine_echo, engine_io, engine_mac,
	engine_macswap, engine_reflect, engine_pipe, engine_loss;

/* By name; NULL: there is none. */
const struct engine *engine_find(const char *name);
/* All, for `help` and completion; NULL past the end. */
const struct engine *engine_at(unsigned i);

#endif
