/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A running stack with its links and workers, and the engine that works on it.
 *
 * Threads: the control thread (EAL's main lcore) calls everything here. Each worker runs on an
 * lcore of its own when the EAL has enough of them (-l); with fewer, all workers run on the control
 * thread, inside session_turn(). Between session_park() and session_unpark() no worker works, and
 * the control thread may do what belongs to them: make endpoints, change links, read engines.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <signal.h>
#include <stdatomic.h>

#include "config.h"

struct engine;
struct engine_figures;
struct session;
struct trial;

struct session_link {
	struct proto_link *link;
	uint16_t port_id;
	char name[CONFIG_NAME_MAX + 1];
	bool promisc; /* frames to any station's address are for us */
};

/* A worker's share; written by its thread only, read by others a moment late. */
struct session_worker {
	struct session *session;
	struct proto_worker *worker;
	unsigned index;
	unsigned lcore;
	void *engine; /* the running engine's state for this worker: engine->state_size zeroed bytes
		       */
	_Atomic uint64_t busy_cycles;  /* of turns that had work */
	_Atomic uint64_t total_cycles; /* of all turns */
	_Atomic uint32_t seen;	       /* session.c's: the last call to park that it has heeded */
} __rte_cache_aligned;

/* What `set` changes, and engines read when they start. Commands and flags use these names. */
struct session_settings {
	const struct engine *engine; /* set fwd */
	struct proto_addr to, from;  /* set to, set from: family 0: not set */
	uint16_t to_port, from_port; /* host byte order */
	uint32_t n_txpkts;
	uint16_t txpkts[8];   /* set txpkts: pieces of a payload, testpmd's segments */
	uint32_t payload_min; /* set payload 64 | 64-1472 | imix: bytes of UDP payload */
	uint32_t payload_max;
	bool imix;	      /* 7 of 64, 4 of 576, 1 of 1500 bytes of IP packet */
	enum proto_cut cut;   /* set cut segment|fragment */
	enum proto_data data; /* set data auto|copy|map */
	uint16_t burst;	      /* set burst: payloads in one proto_send(), 1..512 */
	uint64_t rate;	      /* set rate: payload bits a second, all workers; 0: no limit */
	uint32_t flows;	      /* set flows: of txonly, by local port */
	uint64_t count;	      /* set count: payloads, then the engine is done; 0: no end */
	char input[CONFIG_TEXT_MAX + 1];  /* set input FILE (pipe); "-": standard input */
	char output[CONFIG_TEXT_MAX + 1]; /* set output FILE (pipe, rxonly); "-": standard output */
	double loss, reorder, duplicate;  /* set loss 0.01 ... : probabilities 0..1 (loss) */
	uint32_t delay_us;		  /* set delay (loss) */
	uint64_t seed;			  /* set seed */
	const struct trial *trial;	  /* rfc2544's own, while it measures */
};

struct session {
	struct proto *stack;
	unsigned n_links, n_workers;
	struct session_link links[CONFIG_LINKS_MAX];
	struct session_worker *workers;
	struct session_settings settings;
	const struct engine *running;	   /* NULL: stopped */
	bool threads;			   /* each worker has an lcore of its own */
	const volatile sig_atomic_t *stop; /* a signal came */
	void *control;			   /* session.c's own */
};

/*
 * Start the EAL's ports as links of a stack, and its workers. The EAL is up. Returns 0, or -1 with
 * `err` (then nothing is left behind).
 */
int session_open(struct session **session, const struct config *config,
	const volatile sig_atomic_t *stop, struct opt_error *err);

/* Stop the engine, the workers, the stack; destroy. Returns 0, or -1 with `err`: what is still out.
 */
int session_close(struct session *session, struct opt_error *err);

/* Wait until no worker works; let them work again. Calls nest. */
void session_park(struct session *session);
void session_unpark(struct session *session);

/* A turn of the workers that run on this thread, if any. Returns whether there was work. */
bool session_turn(struct session *session);

/* Start the engine of the settings. Returns 0, or -1 with `err`: nothing runs. */
int session_start(struct session *session, struct opt_error *err);

/*
 * Stop it: nothing new is sent, what has been sent completes (it is waited for SESSION_DRAIN_S),
 * the engine ends. Returns 0, or -1 with `err`: nothing ran, something went wrong in the engine, or
 * not all has completed. Nothing runs then.
 */
#define SESSION_DRAIN_S 5
int session_stop(struct session *session, struct opt_error *err);

/* Has the running engine done all it was asked for? False: never, not yet, or nothing runs. */
bool session_is_done(struct session *session);

/*
 * What the running engine has done, or the last one did, all workers, and for how many seconds it
 * has run. Returns the engine; NULL: none was started yet, and nothing is filled.
 */
const struct engine *session_figures(
	const struct session *session, struct engine_figures *sum, double *seconds);

/* A link by its name or index; NULL: there is none, `err` names it and lists those there are. */
struct session_link *session_link(struct session *session, const char *name, struct opt_error *err);

#endif
