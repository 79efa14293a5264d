/* SPDX-License-Identifier: BSD-3-Clause */
/* What proto_send() puts on the wire: the same bytes however they come, and no frame too long. */
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "pktpool_mem.h"
#include "rig.h"

#define LEN_MAX	   65535
#define PIECES_MAX 4000

static uint8_t bytes[LEN_MAX + 1];
static struct iovec pieces[PIECES_MAX];

/* Every kind of endpoint. */
struct variant {
	uint8_t family; /* 0: PROTO_L2 */
	enum proto_cut cut;
	enum proto_data data;
	bool vlan;
};

static const struct variant variants[] = {
	{4, PROTO_SEGMENT, PROTO_DATA_COPY, false},
	{4, PROTO_SEGMENT, PROTO_DATA_MAP, false},
	{4, PROTO_FRAGMENT, PROTO_DATA_COPY, false},
	{4, PROTO_FRAGMENT, PROTO_DATA_MAP, false},
	{6, PROTO_SEGMENT, PROTO_DATA_COPY, false},
	{6, PROTO_SEGMENT, PROTO_DATA_MAP, false},
	{6, PROTO_FRAGMENT, PROTO_DATA_COPY, false},
	{6, PROTO_FRAGMENT, PROTO_DATA_MAP, false},
	{0, PROTO_SEGMENT, PROTO_DATA_COPY, false},
	{0, PROTO_SEGMENT, PROTO_DATA_MAP, false},
	{4, PROTO_FRAGMENT, PROTO_DATA_COPY, true},
	{4, PROTO_SEGMENT, PROTO_DATA_MAP, true},
	{6, PROTO_FRAGMENT, PROTO_DATA_MAP, true},
	{6, PROTO_SEGMENT, PROTO_DATA_COPY, true},
	{0, PROTO_SEGMENT, PROTO_DATA_COPY, true},
	{0, PROTO_SEGMENT, PROTO_DATA_MAP, true},
};

static struct proto_endpoint_conf
conf_of(struct rig *rig, const struct variant *v)
{
	struct proto_endpoint_conf conf = rig_endpoint_conf(rig, v->family);

	conf.cut = v->cut;
	conf.data = v->data;
	conf.vlan = v->vlan;
	conf.vlan_tci = v->vlan ? 0x6123 : 0;
	return conf;
}

/* Ways to lay the same bytes in pieces. Returns how many pieces. */
enum layout {
	ONE,
	TWO,
	THREE,
	EMPTIES,
	SINGLES,
	STRADDLES,
	RANDOM,
	LAYOUTS
};

static uint32_t
lay(enum layout layout, uint8_t *from, uint32_t len, struct rng *rng)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < len || n == 0;) {
		uint32_t part = len - at;

		if (layout == TWO && n == 0)
			part = len / 2;
		else if (layout == THREE && n < 2)
			part = len / 3;
		else if (layout == SINGLES && (n < 1800 || len - at > LEN_MAX / 2))
			part = 1;
		else if (layout == STRADDLES) /* never where a frame ends */
			part = 1471;
		else if (layout == RANDOM || layout == EMPTIES)
			part = 1 + rng_below(rng, 700);
		part = RTE_MIN(part, len - at);
		if (layout == EMPTIES && n % 2 == 0 && n + 1 < PIECES_MAX)
			pieces[n++] = (struct iovec){.iov_base = at % 2 == 0 ? NULL : from};
		if (n + 1 == PIECES_MAX)
			part = len - at;
		pieces[n++] = (struct iovec){.iov_base = from + at, .iov_len = part};
		at += part;
		if (len == 0)
			break;
	}
	if (layout == EMPTIES)
		pieces[n++] = (struct iovec){.iov_base = NULL};
	return n;
}

/* STYLE.md, grout ip_fragment: multi-segment input misread. */
static void
test_same_bytes_in_any_pieces(void **state)
{
	static const uint32_t lens[] = {
		0, 1, 2, 7, 8, 9, 15, 16, 17, 1471, 1472, 1473, 1480, 2945, 4999};
	struct rng rng = {.state = 7};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(variants); i++) {
		struct rig rig;

		rig_init(&rig);
		rig.conf.n_buffers = 8192;
		rig_start(&rig);
		struct proto_endpoint_conf conf = conf_of(&rig, &variants[i]);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		for (size_t l = 0; l < RTE_DIM(lens); l++) {
			for (enum layout layout = ONE; layout < LAYOUTS; layout++) {
				struct proto_payload p = {.iov = pieces};

				p.iovcnt = lay(layout, bytes + l, lens[l], &rng);
				assert_int_equal(balance_send(&rig.balance, ep, &p, 1), 1);
				rig_drain(&rig);
				rig_expect(&rig, &conf, bytes + l, lens[l]);
			}
		}
		rig_expect_no_more(&rig);
		if (conf.data == PROTO_DATA_MAP)
			assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_MAPPED),
				(RTE_DIM(lens) - 1) * LAYOUTS);
		rig_stop(&rig);
	}
}

/* Every length from nothing to three frames, each cut in a way of its own. */
static void
test_every_length(void **state)
{
	struct rng rng = {.state = 11};

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		struct proto_endpoint_conf conf = conf_of(&rig, &variants[i]);

		conf.mtu = variants[i].family == 6 ? 1280 : 131;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		for (uint32_t len = 0; len < 3u * conf.mtu; len++) {
			struct proto_payload p = {.iov = pieces};

			p.iovcnt = lay(len % 3 == 0 ? ONE : RANDOM, bytes + len % 5, len, &rng);
			assert_int_equal(balance_send(&rig.balance, ep, &p, 1), 1);
			rig_drain(&rig);
			rig_expect(&rig, &conf, bytes + len % 5, len);
			port_fault_forget(&rig.port);
			frames_init(&rig.frames, &rig.port.queues[0]);
		}
		rig_stop(&rig);
	}
}

/* Two stacks of one seed, one copies and one maps: the wire cannot tell which. */
static void
test_copy_and_map_are_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(variants); i++) {
		struct rng rng = {.state = i};
		struct rig copy, map;

		rig_init(&copy);
		rig_init(&map);
		copy.conf.n_buffers = map.conf.n_buffers = 4096;
		rig_start(&copy);
		struct proto_endpoint_conf conf = conf_of(&copy, &variants[i]);

		conf.data = PROTO_DATA_COPY;
		struct proto_endpoint *a = rig_endpoint(&copy, &conf);

		rig_start(&map);
		conf = conf_of(&map, &variants[i]);
		conf.data = PROTO_DATA_MAP;
		struct proto_endpoint *b = rig_endpoint(&map, &conf);

		for (uint32_t k = 0; k < 60; k++) {
			uint32_t len = rng_below(&rng, k < 50 ? 9000 : 65507);
			struct proto_payload p = {.iov = pieces};

			p.iovcnt =
				lay(k % LAYOUTS == SINGLES ? ONE : k % LAYOUTS, bytes, len, &rng);
			assert_int_equal(balance_send(&copy.balance, a, &p, 1), 1);
			assert_int_equal(balance_send(&map.balance, b, &p, 1), 1);
			rig_drain(&copy);
			rig_drain(&map);
		}
		frames_equal(&copy.port.queues[0], &map.port.queues[0]);
		for (uint32_t k = 0; k < copy.port.queues[0].n_frames; k++)
			assert_int_equal(copy.port.queues[0].frames[k].nb_segs, 1);
		assert_int_equal(rig_count(&copy, PROTO_C_PAYLOADS_MAPPED), 0);
		assert_int_equal(rig_count(&map, PROTO_C_PAYLOADS_MAPPED), 60);
		rig_stop(&map);
		rig_stop(&copy);
	}
}

/* STYLE.md, TLDK udp_rxtx: the UDP header left out of the needs-fragmenting test. */
static void
test_mtu_edges(void **state)
{
	static const uint16_t mtus[] = {0, 1280, 1281, 1287, 1288, 1289, 9000};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(variants); i++) {
		for (size_t m = 0; m < RTE_DIM(mtus); m++) {
			struct rig rig;

			rig_init(&rig);
			rig.port.info.mtu = mtus[m] != 0 ? mtus[m] : 1500;
			rig_start(&rig);
			struct proto_endpoint_conf conf = conf_of(&rig, &variants[i]);
			struct proto_endpoint *ep = rig_endpoint(&rig, &conf);
			uint32_t most = rig.port.info.mtu - (conf.remote.family == 4	      ? 28u
								    : conf.remote.family == 6 ? 48u
											      : 0u);

			for (uint32_t less = 0; less <= 32; less++) {
				uint32_t len = most + 16 - less;

				assert_true(balance_send_one(&rig.balance, ep, bytes, len));
				rig_drain(&rig);
				uint32_t n_frames = rig.port.queues[0].n_frames - rig.frames.at;

				assert_int_equal(n_frames, len > most ? 2 : 1);
				rig_expect(&rig, &conf, bytes, len);
			}
			rig_stop(&rig);
		}
	}
}

/* The longest payloads go; one byte more is refused, and nothing of the caller's is touched. */
static void
test_longest(void **state)
{
	uint8_t *was = malloc(sizeof(bytes));

	(void)state;
	memcpy(was, bytes, sizeof(bytes));
	for (size_t i = 0; i < RTE_DIM(variants); i++) {
		uint32_t most = variants[i].family == 4	  ? 65507
				: variants[i].family == 6 ? 65527
							  : 65535;
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		struct proto_endpoint_conf conf = conf_of(&rig, &variants[i]);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_int_equal(proto_payload_max(ep), most);
		for (uint32_t len = most - 9; len <= most; len++) {
			assert_true(balance_send_one(&rig.balance, ep, bytes, len));
			rig_drain(&rig);
			rig_expect(&rig, &conf, bytes, len);
		}
		assert_false(balance_send_one(&rig.balance, ep, bytes, most + 1));
		assert_int_equal(proto_refused(ep), PROTO_REASON_TOO_LONG);
		struct iovec two[2] = {{bytes, most}, {bytes, 1}}, kept[2] = {two[0], two[1]};
		struct proto_payload p = {.iov = two, .iovcnt = 2};

		assert_int_equal(balance_send(&rig.balance, ep, &p, 1), 0);
		assert_memory_equal(two, kept, sizeof(two));
		two[1].iov_len = SIZE_MAX; /* a sum that wraps */
		assert_int_equal(balance_send(&rig.balance, ep, &p, 1), 0);
		assert_int_equal(proto_refused(ep), PROTO_REASON_TOO_LONG);
		assert_int_equal(rig_reason(&rig, PROTO_REASON_TOO_LONG), 3);
		assert_memory_equal(bytes, was, sizeof(bytes));
		rig_drain(&rig);
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
	free(was);
}

/* No pieces, only empty ones, no payloads; an address that is missing. */
static void
test_nothing_and_bad(void **state)
{
	struct iovec iov[2] = {{NULL, 0}, {NULL, 0}};
	struct proto_payload p[3] = {{.iov = NULL, .iovcnt = 0}, {.iov = iov, .iovcnt = 2}, {0}};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(variants); i++) {
		struct rig rig;

		rig_init(&rig);
		rig_start(&rig);
		struct proto_endpoint_conf conf = conf_of(&rig, &variants[i]);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_int_equal(balance_send(&rig.balance, ep, p, 0), 0);
		assert_int_equal(balance_send(&rig.balance, ep, p, 3), 3);
		rig_drain(&rig);
		for (unsigned int k = 0; k < 3; k++)
			rig_expect(&rig, &conf, bytes, 0);
		struct iovec bad[3] = {{bytes, 5}, {NULL, 1}, {bytes, 5}};
		struct proto_payload three[3] = {p[0], {.iov = bad, .iovcnt = 3}, p[0]};

		assert_int_equal(balance_send(&rig.balance, ep, three, 3), 1);
		assert_int_equal(proto_refused(ep), PROTO_REASON_BAD_PAYLOAD);
		rig_drain(&rig);
		rig_expect(&rig, &conf, bytes, 0);
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/* Bursts of any size, of payloads of any size: all of them, in order. */
static void
test_bursts(void **state)
{
	struct rng rng = {.state = 5};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(variants); i++) {
		struct proto_payload p[200];
		struct iovec iov[200];
		struct rig rig;

		rig_init(&rig);
		rig.conf.n_payloads = 256;
		rig.conf.n_packets = rig.conf.n_buffers = 1024;
		rig_start(&rig);
		struct proto_endpoint_conf conf = conf_of(&rig, &variants[i]);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		for (uint16_t n = 1; n <= 200; n = (uint16_t)(n * 2 - n / 3 + 1)) {
			for (uint16_t k = 0; k < n; k++) {
				iov[k] = (struct iovec){bytes + 3 * k, rng_below(&rng, 5000)};
				p[k] = (struct proto_payload){.iov = &iov[k], .iovcnt = 1};
			}
			assert_int_equal(balance_send(&rig.balance, ep, p, n), n);
			rig_drain(&rig);
			for (uint16_t k = 0; k < n; k++)
				rig_expect(&rig, &conf, iov[k].iov_base, (uint32_t)iov[k].iov_len);
		}
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/* The least and the greatest MTU that a link can have: most frames, and longest. */
static void
test_mtu_ends(void **state)
{
	static const uint16_t mtus[] = {68, 69, 65247};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(mtus) * RTE_DIM(variants); i++) {
		uint16_t mtu = mtus[i / RTE_DIM(variants)];
		const struct variant *v = &variants[i % RTE_DIM(variants)];
		struct rig rig;

		if (mtu < 1280 && v->family == 6)
			continue;
		rig_init(&rig);
		rig.port.info.mtu = mtu;
		rig.port.info.mtu_max = UINT16_MAX;
		rig.conf.n_packets = mtu > 9000 ? 16 : 2048;
		rig.conf.n_buffers = 2048;
		rig_start(&rig);
		struct proto_endpoint_conf conf = conf_of(&rig, v);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		for (uint32_t len = 65500; len <= 65507; len++) {
			assert_true(balance_send_one(&rig.balance, ep, bytes, len));
			rig_drain(&rig);
			rig_expect(&rig, &conf, bytes, len);
		}
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes_in_any_pieces),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_copy_and_map_are_the_same),
		cmocka_unit_test(test_mtu_edges),
		cmocka_unit_test(test_mtu_ends),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_nothing_and_bad),
		cmocka_unit_test(test_bursts),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 42);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
