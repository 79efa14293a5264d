/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer of the tests against the kernel: what its files share. */
#ifndef PEER_H
#define PEER_H

#include <proto.h>

struct peer {
	struct proto *stack;
	struct proto_link *link;
	struct proto_worker *worker;
	struct proto_endpoint *ep;
	bool running; /* the workers have lcores of their own; `worker` is the first */
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

/* Do what a line says, on the thread of the first worker. */
void peer_obey(struct peer *peer, char *line);

/* Run all workers, each with an endpoint: ports from conf's on. Returns 0 or an error. */
int peer_run_workers(
	struct peer *peer, const struct proto_endpoint_conf *conf, struct pktpool_why *why);

/* All counters, as an event: of each worker ("worker"), and of the stack ("counters"). */
void peer_say_counters(const struct peer *peer);

/* Join a group by its text. Returns 0 or an error. */
int peer_join(struct peer *peer, const char *text);

#endif
