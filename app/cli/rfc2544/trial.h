/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A trial: payloads at a rate for a time, or so many as fast as they go; then a wait for the last
 * of them. It is an engine of the session, which nobody finds by name: all workers send and
 * receive.
 */
#ifndef RFC2544_TRIAL_H
#define RFC2544_TRIAL_H

#include "../engine/engine.h"
#include "../../hist/hist.h"

struct trial {
	struct proto_link *tx, *rx; /* rx NULL: the peer sends back what it gets */
	struct proto_addr to;
	uint16_t to_port; /* host byte order */
	enum proto_data data;
	uint32_t payload; /* bytes, at least TRIAL_PAYLOAD_MIN */
	double rate;	  /* payloads a second, all workers; 0: as fast as they go */
	double seconds;	  /* for so long, */
	uint64_t count;	  /* or until so many, all workers; 0: no limit */
	double settle;	  /* seconds to wait for the last */
	bool (*rest)(void *ctx, uint64_t until); /* see struct rfc2544_conf */
	void *rest_ctx;
	uint16_t run; /* told apart from those of other trials; trial_run() sets it */
};

/* The first bytes of each payload: which trial, which payload, when. */
#define TRIAL_PAYLOAD_MIN 16u

struct trial_result {
	uint64_t sent, received; /* payloads */
	uint64_t frames, octets; /* that the tx link sent meanwhile; without FCS */
	double seconds;		 /* that sending took */
	struct hist latency;	 /* TSC cycles, of all that were received */
};

/* Run it. Returns 0, or -1 with `err` (a signal came: "interrupted"). */
int trial_run(struct session *session, struct trial *trial, struct trial_result *result,
	struct opt_error *err);

#endif
