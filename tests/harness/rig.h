/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_RIG_H
#define HARNESS_RIG_H

/*
 * One stack on one port_fault, with an IPv4 and an IPv6 network, a neighbour on each, and a
 * balance. A test sets conf and port between rig_init() and rig_start(); rig_stop() checks the law
 * of conservation and that nothing has leaked.
 *
 * 192.0.2.1/24 and 2001:db8::1/64 are the link's, .2 and ::2 the neighbour's.
 */

#include "balance.h"
#include "frames.h"

struct rig {
	char name[PROTO_NAME_MAX + 1]; /* of its own, unless conf says otherwise */
	struct proto_conf conf;
	struct proto_link_conf link_conf;
	struct port_fault port;
	struct balance balance;
	struct holdings before;

	struct proto *stack;
	struct proto_link *link;
	struct proto_worker *worker; /* the first */
	struct frames frames;	     /* what has left on queue 0 */
	uint64_t now;
};

void rig_init(struct rig *rig);

/* Create and start the stack. */
void rig_start(struct rig *rig);

/* Drain, check the balance, destroy, look for leaks. */
void rig_stop(struct rig *rig);

/* An endpoint to the neighbour: PROTO_UDP of a family (4 or 6), or PROTO_L2 for family 0. */
struct proto_endpoint_conf rig_endpoint_conf(struct rig *rig, uint8_t family);
struct proto_endpoint *rig_endpoint(struct rig *rig, const struct proto_endpoint_conf *conf);

/* Poll once, 1 ms later. */
unsigned int rig_poll(struct rig *rig);

/* Poll until nothing is outstanding. Fails when that does not come to be. */
void rig_drain(struct rig *rig);

/* One of the counters of the stack, or of the reasons. */
uint64_t rig_count(const struct rig *rig, enum proto_counter counter);
uint64_t rig_reason(const struct rig *rig, enum proto_reason reason);

/* The next frames on queue 0 must be this payload of this endpoint, and right in every way. */
void rig_expect(struct rig *rig, const struct proto_endpoint_conf *conf, const void *bytes,
	uint32_t payload_len);

/* No frame has left on queue 0 that was not expected. */
void rig_expect_no_more(struct rig *rig);

/* Addresses, for short; they fail on a bad text. */
struct proto_addr addr_of(const char *text);

/* Bytes that look like nothing. */
void noise(void *bytes, size_t n, uint64_t seed);

#endif /* HARNESS_RIG_H */
