/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include <stdbool.h>

#include "link_pair.h"
#include "raw_pair.h"
#include "stream.h"

/* A stream as its sender sees it. Several sources may feed one, in turns. */
struct stream_flow {
	uint64_t sent; /* payloads */
	struct stream_ack ack;
};

/* One way to send a stream (stream.h): how a payload is put on its way, and what it needs. */
struct source {
	const char *name, *what;
	/* 0; -EAGAIN: not now; other negative errno. */
	int (*push)(struct source *s, const uint8_t *payload);
	/* Take the acknowledgements that have come. 0 or negative errno. */
	int (*listen)(struct source *s);
	const struct peer *peer; /* where it ends */
	const uint8_t *bytes;	 /* of stream_make() */
	struct stream_flow *flow;

	struct proto_worker *worker; /* over a link */
	struct proto_endpoint *ep;

	struct raw_pair *raw; /* over a driver alone */

	struct stream_flow own_flow; /* over that, or sockets */
	struct peer sink;
	int fds[2], recv_flag;
	bool unchecked;
};

/* How a source sends over a link. */
struct source_kind {
	const char *name, *what;
	enum proto_cut cut;
	bool no_udp_cksum;
	bool unchecked;
};

int source_link(struct source *s, const struct source_kind *kind, struct link_pair *pair,
	struct stream_flow *flow);

/* Over memif alone: as many frames as segments, their bytes of no matter. */
void source_raw(struct source *s, struct raw_pair *pair);

/* How it sends over sockets. */
struct source_sockets {
	const char *name, *what;
	bool segment; /* UDP_SEGMENT and UDP_GRO; else one datagram, which IP fragments */
	bool spin;    /* the receiver polls; else recv() sleeps */
	bool unchecked;
};

/* @fds: a pair that is connected, which is the source's now; the receiver on @cpu. */
int source_socket(
	struct source *s, const struct source_sockets *how, const int fds[2], unsigned int cpu);

/* Send @n payloads, a multiple of STREAM_ACK, until all are acknowledged. 0 or negative errno. */
int source_send(struct source *s, unsigned int n);

void source_free(struct source *s);

#endif /* BENCH_SOURCE_H */
