/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer of the tests against the kernel: what its two files share. */
#ifndef PEER_H
#define PEER_H

#include <proto.h>

struct peer {
	struct proto *stack;
	struct proto_link *link;
	struct proto_worker *worker;
	struct proto_endpoint *ep;
};

/* Callbacks of the endpoint. */
void peer_echo(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg);
void peer_sink(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg);
void peer_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg);
void peer_error(struct proto_endpoint *ep, const struct proto_error *error, void *arg);

/* Send a payload of the known pattern. It ends in an event "done" or "refused". */
void peer_send(struct peer *peer, const struct proto_peer *to, uint32_t payload_len);

/* Do what a line says: send, addrs, neigh, forget, pmtu, join, leave, counters. */
void peer_command(struct peer *peer, char *line);

/* All counters that are not 0, as an event. */
void peer_say_counters(const struct peer *peer);

/* Join a group by its text. Returns 0 or an error. */
int peer_join(struct peer *peer, const char *text);

#endif
