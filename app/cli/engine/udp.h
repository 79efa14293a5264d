/* SPDX-License-Identifier: BSD-3-Clause */
/* What the engines that use endpoints have in common. */
#ifndef ENGINE_UDP_H
#define ENGINE_UDP_H

#include "engine.h"

/* Bytes of IP and UDP header of a datagram of this family. */
static inline uint32_t
udp_headers(uint8_t family)
{
	return (family == 6 ? 40 : 20) + 8;
}

/*
 * Fill the fields of a connected endpoint from `set to`, `set from`, `set cut`, `set data`. Returns
 * 0, or -1 with `err`: no `set to`.
 */
int udp_connected(
	const struct session *session, struct proto_endpoint_conf *conf, struct opt_error *err);

/* As that of a bound endpoint. Returns 0, or -1 with `err`: no `set from`. */
int udp_bound(
	const struct session *session, struct proto_endpoint_conf *conf, struct opt_error *err);

/* Create it on this worker. Returns 0, or -1 with `err`. */
int udp_open(const struct session_worker *worker, const struct proto_endpoint_conf *conf,
	struct proto_endpoint **ep, struct opt_error *err);

/* Memory of an engine, zeroed; NULL with `err`. It outlives the session's state of the worker: what
 * has not completed in time may still come to it. */
void *udp_memory(size_t size, struct opt_error *err);

#endif
