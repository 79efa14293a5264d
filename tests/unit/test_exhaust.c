/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whatever runs dry, at whatever point: a payload's frames are all on the wire or none, the reason
 * is right, nothing leaks, and what is sent later goes.
 *
 * STYLE.md, lwIP ip4_frag: half a datagram sent when memory ran out. ixy, gatekeeper, machnet:
 * short bulk allocation ignored.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "rig.h"

#define FRAMES 7 /* of the payload below */
#define PIECE  4500u

static uint8_t bytes[16384];
static const uint32_t payload_len = 2 * PIECE;

/* The port takes nothing: all that is sent stays taken. */
static void
port_takes_nothing(struct rig *rig)
{
	static const uint32_t none[] = {0};

	port_fault_takes(&rig->port, 1, none);
}

/* The payloads that were accepted are on the wire whole, in order, and there is nothing more. */
static void
expect_accepted(struct rig *rig, const struct proto_endpoint_conf *conf, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		rig_expect(rig, conf, bytes, payload_len);
	rig_expect_no_more(rig);
}

struct squeeze {
	enum proto_reason reason;
	enum proto_data data;
	enum proto_cut cut;
	uint8_t family;
	uint32_t per_payload; /* of the scarce thing */
};

static const struct squeeze squeezes[] = {
	{PROTO_REASON_NO_PACKET, PROTO_DATA_COPY, PROTO_FRAGMENT, 4, FRAMES},
	{PROTO_REASON_NO_PACKET, PROTO_DATA_COPY, PROTO_SEGMENT, 6, FRAMES},
	{PROTO_REASON_NO_PACKET, PROTO_DATA_COPY, PROTO_SEGMENT, 0, FRAMES - 1},
	{PROTO_REASON_NO_PACKET, PROTO_DATA_MAP, PROTO_FRAGMENT, 6, FRAMES},
	{PROTO_REASON_NO_BUFFER, PROTO_DATA_MAP, PROTO_FRAGMENT, 4, FRAMES + 1},
	{PROTO_REASON_NO_BUFFER, PROTO_DATA_MAP, PROTO_SEGMENT, 6, FRAMES + 1},
	{PROTO_REASON_NO_BUFFER, PROTO_DATA_MAP, PROTO_SEGMENT, 0, FRAMES - 1},
	{PROTO_REASON_NO_RECORD, PROTO_DATA_COPY, PROTO_FRAGMENT, 4, 1},
	{PROTO_REASON_NO_RECORD, PROTO_DATA_MAP, PROTO_SEGMENT, 4, 1},
};

static void
set_scarce(struct rig *rig, enum proto_reason reason, uint32_t n)
{
	rig->conf.n_payloads = reason == PROTO_REASON_NO_RECORD ? n : 64;
	rig->conf.n_packets = reason == PROTO_REASON_NO_PACKET ? n : 512;
	rig->conf.n_buffers = reason == PROTO_REASON_NO_BUFFER ? n : 512;
}

/* `scarce` of something, and bursts of `n` payloads in two pieces each, until it is refused. */
static void
squeeze_one(const struct squeeze *s, uint32_t scarce, uint16_t n)
{
	struct iovec iov[2] = {{bytes, PIECE}, {bytes + PIECE, PIECE}};
	struct proto_payload p[16];
	uint32_t most = scarce / s->per_payload, accepted = 0;
	uint16_t got;
	struct rig rig;

	for (uint16_t i = 0; i < n; i++)
		p[i] = (struct proto_payload){.iov = iov, .iovcnt = 2};
	rig_init(&rig);
	set_scarce(&rig, s->reason, scarce);
	rig_start(&rig);
	struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, s->family);

	conf.cut = s->cut;
	conf.data = s->data;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	port_takes_nothing(&rig);
	do {
		got = balance_send(&rig.balance, ep, p, n);
		accepted += got;
	} while (got == n && accepted <= most);
	if (most == 0 && s->reason == PROTO_REASON_NO_PACKET) {
		/* Such a payload could never go: proto_payload_max() says so. */
		assert_int_equal(proto_refused(ep), PROTO_REASON_TOO_LONG);
		assert_true(proto_payload_max(ep) < payload_len);
	} else if (most == 0 && s->reason == PROTO_REASON_NO_BUFFER) {
		fail_msg("more pieces than the pool has are copied, not refused");
	} else {
		assert_int_equal(proto_refused(ep), s->reason);
	}
	assert_int_equal(accepted, most);
	/* Refused again and again; nothing moves. */
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(balance_send(&rig.balance, ep, p, n), 0);
	port_fault_takes_all(&rig.port);
	rig_drain(&rig);
	expect_accepted(&rig, &conf, accepted);
	/* All is back: as much goes once more. */
	port_takes_nothing(&rig);
	for (uint32_t i = 0; i < most; i++)
		assert_int_equal(balance_send(&rig.balance, ep, p, 1), 1);
	assert_int_equal(balance_send(&rig.balance, ep, p, 1), 0);
	port_fault_takes_all(&rig.port);
	rig_drain(&rig);
	expect_accepted(&rig, &conf, most);
	rig_stop(&rig);
}

static void
test_pools_of_k(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(squeezes); i++) {
		const struct squeeze *s = &squeezes[i];
		uint32_t from = s->reason == PROTO_REASON_NO_BUFFER ? s->per_payload : 1;

		for (uint32_t k = from; k <= 4 * s->per_payload + 1; k++)
			squeeze_one(s, k, (uint16_t)(1 + k % 5));
	}
}

/* Overflow descriptors count too. */
static void
test_overflow(void **state)
{
	(void)state;
	for (uint32_t k = 0; k <= 2 * FRAMES; k++) {
		uint32_t accepted = 0;
		struct rig rig;

		rig_init(&rig);
		rig.conf.n_packets = FRAMES;
		rig.conf.n_packets_overflow = k;
		rig_start(&rig);
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

		conf.cut = PROTO_FRAGMENT;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		port_takes_nothing(&rig);
		while (balance_send_one(&rig.balance, ep, bytes, payload_len))
			accepted++;
		assert_int_equal(proto_refused(ep), PROTO_REASON_NO_PACKET);
		assert_int_equal(accepted, (FRAMES + k) / FRAMES);
		port_fault_takes_all(&rig.port);
		rig_drain(&rig);
		expect_accepted(&rig, &conf, accepted);
		rig_stop(&rig);
	}
}

/* More pieces than the buffer pool has at all: copied, and counted so. */
static void
test_more_pieces_than_the_pool(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.conf.n_buffers = FRAMES - 1;
	rig_start(&rig);
	struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

	conf.data = PROTO_DATA_MAP;
	conf.cut = PROTO_FRAGMENT;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, payload_len));
	assert_true(balance_send_one(&rig.balance, ep, bytes, 1000));
	rig_drain(&rig);
	rig_expect(&rig, &conf, bytes, payload_len);
	rig_expect(&rig, &conf, bytes, 1000);
	assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_LINEARIZED), 1);
	assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_MAPPED), 1);
	rig_stop(&rig);
}

/*
 * A batch whose pieces together are more than the worker has room for, while the mempool, with what
 * it has for caches on top, could give them all.
 */
static void
test_more_pieces_than_the_room(void **state)
{
	enum {
		PIECES = 1400,
		PAYLOADS = 7,
		BUFFERS = 8192
	};
	struct iovec *iov = calloc(PIECES, sizeof(*iov));
	struct proto_payload p[PAYLOADS];
	struct rig rig;

	(void)state;
	assert_non_null(iov);
	for (unsigned int i = 0; i < PIECES; i++)
		iov[i] = (struct iovec){bytes + i, 1};
	for (unsigned int i = 0; i < PAYLOADS; i++)
		p[i] = (struct proto_payload){.iov = iov, .iovcnt = PIECES};
	rig_init(&rig);
	rig.conf.n_buffers = BUFFERS;
	rig.conf.cache = 256;
	rig_start(&rig);
	struct pktpool_usage usage;

	bufpool_usage(proto_worker_bufpool(rig.worker), &usage);
	assert_true(usage.provisioned > PIECES * PAYLOADS && PIECES * PAYLOADS > BUFFERS);
	struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

	conf.data = PROTO_DATA_MAP;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	port_takes_nothing(&rig);
	assert_int_equal(balance_send(&rig.balance, ep, p, PAYLOADS), BUFFERS / PIECES);
	assert_int_equal(proto_refused(ep), PROTO_REASON_NO_BUFFER);
	port_fault_takes_all(&rig.port);
	rig_drain(&rig);
	for (unsigned int i = 0; i < BUFFERS / PIECES; i++)
		rig_expect(&rig, &conf, bytes, PIECES);
	rig_stop(&rig);
	free(iov);
}

/* The staging has its limit; a payload that is longer than all of it is refused for good. */
static void
test_staging(void **state)
{
	uint32_t accepted = 0;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.link_conf.stage = 64;
	rig_start(&rig);
	struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

	conf.cut = PROTO_FRAGMENT;
	conf.mtu = 100; /* 80 bytes a fragment: the longest payload has 64 x 80 - 8 bytes */
	struct proto_endpoint *small = rig_endpoint(&rig, &conf);

	assert_int_equal(proto_payload_max(small), 64 * 80 - 8);
	assert_false(balance_send_one(&rig.balance, small, bytes, 64 * 80 - 7));
	assert_int_equal(proto_refused(small), PROTO_REASON_TOO_LONG);
	assert_true(balance_send_one(&rig.balance, small, bytes, 64 * 80 - 8));
	rig_drain(&rig);
	rig_expect(&rig, &conf, bytes, 64 * 80 - 8);

	conf.mtu = 0;
	conf.local_port = 5001;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	port_takes_nothing(&rig);
	while (balance_send_one(&rig.balance, ep, bytes, payload_len))
		accepted++;
	assert_int_equal(proto_refused(ep), PROTO_REASON_BACKLOG);
	assert_int_equal(accepted, 64 / FRAMES);
	port_fault_takes(&rig.port, 1, (uint32_t[]){1});
	/* The port takes one frame a call: there is never room for seven. */
	assert_false(balance_send_one(&rig.balance, ep, bytes, payload_len));
	port_fault_takes_all(&rig.port);
	/* Now proto_send() itself makes room. */
	assert_true(balance_send_one(&rig.balance, ep, bytes, payload_len));
	rig_drain(&rig);
	expect_accepted(&rig, &conf, accepted + 1);
	rig_stop(&rig);
}

/* How many frames, counted by cutting them off one by one. */
static uint32_t
frames_of(const struct proto_endpoint_conf *conf, uint32_t len)
{
	uint32_t ip_len = conf->remote.family == 4 ? 20 : 40;
	uint32_t full = 1500 - ip_len - 8, last = full, n = 1;

	if (conf->cut == PROTO_FRAGMENT && len > full) {
		last = 1500 - ip_len - (ip_len == 40 ? 8 : 0);
		full = last / 8 * 8;
		len += 8;
	}
	for (; len > last; n++)
		len -= full;
	return n;
}

/* Bursts of mixed sizes into pools that are small in every way at once, with a port by chance. */
static void
test_all_at_once(void **state)
{
	struct rng rng = {.state = 99};

	(void)state;
	for (unsigned int round = 0; round < 60; round++) {
		struct rig rig;
		struct proto_endpoint_conf conf[4];
		struct proto_endpoint *ep[4];

		rig_init(&rig);
		rig.conf.n_payloads = 1 + rng_below(&rng, 20);
		rig.conf.n_packets = 16 + rng_below(&rng, 60);
		rig.conf.n_buffers = 16 + rng_below(&rng, 60);
		rig.link_conf.stage = 64;
		rig.port.hold = rng_below(&rng, 2) == 0 ? 0 : rng_below(&rng, 10);
		rig_start(&rig);
		for (unsigned int e = 0; e < 4; e++) {
			conf[e] = rig_endpoint_conf(&rig, e % 2 == 0 ? 4 : 6);
			conf[e].cut = e < 2 ? PROTO_FRAGMENT : PROTO_SEGMENT;
			conf[e].data = round % 2 == 0 ? PROTO_DATA_MAP : PROTO_DATA_COPY;
			conf[e].local_port = (uint16_t)(6000 + e);
			ep[e] = rig_endpoint(&rig, &conf[e]);
		}
		port_fault_takes_random(&rig.port, round, 9);
		for (unsigned int k = 0; k < 150; k++) {
			struct iovec iov[40];
			struct proto_payload p[40];
			uint16_t n = (uint16_t)(1 + rng_below(&rng, 40)), got;
			uint32_t staged = (uint32_t)rig_count(&rig, PROTO_C_FRAMES_STAGED);
			unsigned int e = k % 4;

			for (uint16_t i = 0; i < n; i++) {
				iov[i] = (struct iovec){bytes + i, rng_below(&rng, 6000)};
				p[i] = (struct proto_payload){.iov = &iov[i], .iovcnt = 1};
			}
			got = balance_send(&rig.balance, ep[e], p, n);
			for (uint16_t i = 0; i < got; i++)
				staged += frames_of(&conf[e], (uint32_t)iov[i].iov_len);
			assert_int_equal(rig_count(&rig, PROTO_C_FRAMES_STAGED), staged);
			(void)rig_poll(&rig);
		}
		(void)port_fault_release(&rig.port, 0, UINT32_MAX);
		rig.port.hold = 0;
		rig_drain(&rig);
		rig_stop(&rig);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pools_of_k),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_more_pieces_than_the_pool),
		cmocka_unit_test(test_more_pieces_than_the_room),
		cmocka_unit_test(test_staging),
		cmocka_unit_test(test_all_at_once),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 43);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
