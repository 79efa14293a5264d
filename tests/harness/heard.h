/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_HEARD_H
#define HARNESS_HEARD_H

/* An endpoint that keeps what it hears. For a rig whose own endpoint is left out. */

#include "rxrig.h"

#define HEARD_MAX 512

struct heard {
	struct proto_endpoint *ep;
	struct rte_mbuf *pkts[HEARD_MAX];
	uint32_t n;
	uint32_t calls;
	uint32_t n_errors;
	struct proto_error error; /* the last */
};

/* Create a bound endpoint of a worker: `conf` (may be NULL), on LOCAL_PORT unless it says. */
void heard_listen(
	struct heard *heard, struct proto_worker *worker, const struct proto_endpoint_conf *conf);

/* Number `i` of what came is these `n` bytes; or bytes that count up, as frame_count() writes them.
 */
void heard_expect_bytes(const struct heard *heard, uint32_t i, const void *bytes, uint32_t n);
void heard_expect(const struct heard *heard, uint32_t i, uint32_t n);

/* Give all back. */
void heard_return(struct heard *heard);

/* Give all back and destroy the endpoint. */
void heard_end(struct heard *heard);

/* Fixture: a struct rxrig without its endpoint. */
int heard_begin(void **state);

#endif /* HARNESS_HEARD_H */
