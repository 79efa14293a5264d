/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_SENDER_H
#define BENCH_SENDER_H

#include "bench.h"
#include "proto.h"

/* A stack with one worker on one net_null port, as a client program would set it up. */
struct sender_stack {
	struct proto *proto;
	struct proto_link *link;
	struct proto_worker *worker;
};

/* @ops: NULL for the ethdev as it is. 0 or negative errno, which has been said. */
int sender_stack_make(struct sender_stack *s, const char *name, const struct proto_port_ops *ops);
void sender_stack_free(struct sender_stack *s);

/* An endpoint, and how payloads are handed to it. */
struct sender {
	struct sender_stack *stack;
	struct proto_endpoint *ep;
	unsigned int per_call; /* payloads in one proto_send() */
	uint32_t piece_len;    /* of which a payload is made, one payload a call; 0: it is one */
	uint64_t accepted;
	uint64_t completed; /* with status 0 */
};

/* What distinguishes the senders of the benchmark. */
struct sender_kind {
	enum proto_family family;
	enum proto_cut cut;
	enum proto_data data;
	bool no_udp_cksum;
};

int sender_make(struct sender *s, struct sender_stack *stack, const struct sender_kind *kind,
	unsigned int per_call);

/* proto_send(), proto_poll(): a bench_run_fn over a struct sender. */
int64_t sender_run(void *arg, struct bench_data *data, unsigned int n);

#endif /* BENCH_SENDER_H */
