/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_RXRIG_H
#define HARNESS_RXRIG_H

/*
 * One stack on a port_rx: 192.0.2.1/24 and 2001:db8::1/64 are ours, .2 and ::2 a static
 * neighbour's; a bound endpoint on port 9000 notes what it gets. rxrig_stop() checks that every
 * frame is accounted for and that nothing has leaked. Frames are put together here by hand, without
 * the library.
 */

#include "port_rx.h"
#include "proto.h"
#include "rxframe.h"

struct rxrig {
	struct port_rx *port;
	struct port_rx *second; /* that of the second link, if n_links is 2 */
	unsigned int n_links;
	struct proto_conf conf;
	struct proto_link_conf link_conf;
	struct proto_endpoint_conf ep_conf;
	struct proto *stack;
	struct proto_link *link;
	struct proto_link *second_link;
	struct proto_worker *worker;
	struct proto_endpoint *ep; /* port 9000; NULL: ep_conf.local_port was 0 */
	uint64_t now;
	uint32_t looked_at; /* frames that have left, as far as reply.h has read them */

	/* The last datagram that came, and how many. */
	uint8_t bytes[65536];
	uint32_t len;
	uint32_t n;
	struct proto_rx_info info;
	bool hold; /* do not return what comes; the packets are in held[] */
	struct rte_mbuf *held[64];
	uint32_t n_held;
	uint32_t n_errors; /* ICMP errors told, and the last one */
	struct proto_error error;
};

/* Drop reasons that tests of this program have raised: bit 1 << enum proto_drop. */
extern uint64_t rxrig_drops;

void rxrig_init(struct rxrig *rig);
void rxrig_start(struct rxrig *rig);
void rxrig_stop(struct rxrig *rig);

/* Fixtures of a test whose state is a struct rxrig: init and start, stop. */
int rxrig_begin(void **state);
int rxrig_end(void **state);
#define RX_TEST(test, rig) \
	cmocka_unit_test_prestate_setup_teardown(test, rxrig_begin, rxrig_end, rig)
#define RX_TEST_BEGIN(test, begin, rig) \
	cmocka_unit_test_prestate_setup_teardown(test, begin, rxrig_end, rig)

/* Poll until nothing moves any more. `ms` pass first. */
void rxrig_poll(struct rxrig *rig, uint64_t ms);

/* Frames dropped for this reason since the start. */
uint64_t rxrig_dropped(const struct rxrig *rig, enum proto_drop drop);
uint64_t rxrig_count(const struct rxrig *rig, enum proto_counter counter);

/* A frame comes in, whole, on queue 0. */
void frame_in(struct rxrig *rig, const struct rxframe *f);

/* Put the frame in: it is dropped for this reason, and nothing comes of it. */
void rxrig_expect_drop(struct rxrig *rig, const struct rxframe *f, enum proto_drop drop);

/* Frames that have left on queue 0. */
uint32_t rxrig_n_sent(const struct rxrig *rig);

/* The last of them is an ICMP message of this type and code. Returns its parameter. */
uint32_t rxrig_answered(const struct rxrig *rig, uint8_t type, uint8_t code);

#endif /* HARNESS_RXRIG_H */
