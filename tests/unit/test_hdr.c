/* SPDX-License-Identifier: BSD-3-Clause */
/* Headers as an endpoint is told to write them: TTL, DSCP, flow label, tag, DF, UDP checksum. */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_udp.h>

#include "eal.h"
#include "rig.h"

static uint8_t bytes[1 << 16];

static void
send_and_expect(struct rig *rig, const struct proto_endpoint_conf *conf, uint32_t len)
{
	struct proto_endpoint *ep = rig_endpoint(rig, conf);

	assert_true(balance_send_one(&rig->balance, ep, bytes, len));
	rig_drain(rig);
	rig_expect(rig, conf, bytes, len);
	rig_expect_no_more(rig);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
}

/* Every field at its ends, whole and in fragments, copied and mapped. */
static void
test_fields(void **state)
{
	static const struct proto_endpoint_conf fields[] = {
		{.ttl = 1},
		{.ttl = 255},
		{.dscp = 0},
		{.dscp = 63},
		{.dscp = 46, .ttl = 7},
		{.vlan = true},
		{.vlan = true, .vlan_tci = 0xffff},
		{.vlan = true, .vlan_tci = 0x2064, .dscp = 10},
		{.flow_label = 0xfffff},
		{.flow_label = 1, .dscp = 63},
		{.mtu = 1400},
		{.df = PROTO_DF_NEVER},
		{.df = PROTO_DF_ALWAYS},
	};
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (size_t i = 0; i < RTE_DIM(fields) * 8; i++) {
		const struct proto_endpoint_conf *f = &fields[i / 8];
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, i % 2 == 0 ? 4 : 6);

		conf.cut = i / 2 % 2 == 0 ? PROTO_SEGMENT : PROTO_FRAGMENT;
		conf.data = i / 4 % 2 == 0 ? PROTO_DATA_COPY : PROTO_DATA_MAP;
		conf.ttl = f->ttl;
		conf.dscp = f->dscp;
		conf.vlan = f->vlan;
		conf.vlan_tci = f->vlan_tci;
		conf.flow_label = f->flow_label;
		conf.mtu = f->mtu;
		conf.df = f->df;
		conf.local_port = (uint16_t)(1000 + i); /* and other ports each time */
		conf.remote_port = (uint16_t)(65535 - i);
		send_and_expect(&rig, &conf, 0);
		send_and_expect(&rig, &conf, 700);
		if (conf.df != PROTO_DF_ALWAYS || conf.cut == PROTO_SEGMENT)
			send_and_expect(&rig, &conf, 5000);
	}
	rig_stop(&rig);
}

/* An address that the endpoint names goes before the link's. */
static void
test_local(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, i == 0 ? 4 : 6);

		conf.local = addr_of(i == 0 ? "198.51.100.255" : "2001:db8:ffff::abcd");
		send_and_expect(&rig, &conf, 100);
	}
	rig_stop(&rig);
}

/* PROTO_DF_ALWAYS: what would need fragments is refused, up to the last byte that does not. */
static void
test_df_always(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, i == 0 ? 4 : 6);
		uint32_t most = i == 0 ? 1472 : 1452;

		conf.cut = PROTO_FRAGMENT;
		conf.df = PROTO_DF_ALWAYS;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_false(balance_send_one(&rig.balance, ep, bytes, most + 1));
		assert_int_equal(proto_refused(ep), PROTO_REASON_NEEDS_FRAG);
		assert_int_equal(proto_reason_errno(proto_refused(ep)), -EMSGSIZE);
		assert_true(balance_send_one(&rig.balance, ep, bytes, most));
		rig_drain(&rig);
		rig_expect(&rig, &conf, bytes, most);
	}
	rig_expect_no_more(&rig);
	rig_stop(&rig);
}

/*
 * Two stacks of one seed, one on a port that does UDP checksums: what that port gets is what
 * DPDK's own functions say it should, and after the port's work both wires are the same.
 */
static void
test_offload(void **state)
{
	struct rng rng = {.state = 4};

	(void)state;
	for (unsigned int i = 0; i < 24; i++) {
		struct rig soft, hard;
		uint32_t n_offloaded = 0;

		rig_init(&soft);
		rig_init(&hard);
		hard.port.info.offload_capa =
			RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
		rig_start(&soft);
		struct proto_endpoint_conf conf = rig_endpoint_conf(&soft, i % 2 == 0 ? 4 : 6);

		conf.cut = i / 2 % 2 == 0 ? PROTO_SEGMENT : PROTO_FRAGMENT;
		conf.data = i / 4 % 2 == 0 ? PROTO_DATA_COPY : PROTO_DATA_MAP;
		conf.vlan = i / 8 % 3 == 1;
		conf.vlan_tci = 0x123;
		conf.no_udp_cksum = i / 8 % 3 == 2 && i % 2 == 0;
		struct proto_endpoint *a = rig_endpoint(&soft, &conf);

		rig_start(&hard);
		conf.arg = &hard.balance;
		struct proto_endpoint *b = rig_endpoint(&hard, &conf);

		for (unsigned int k = 0; k < 30; k++) {
			uint32_t len = k < 3 ? k : rng_below(&rng, 4500);

			assert_true(balance_send_one(&soft.balance, a, bytes + k, len));
			assert_true(balance_send_one(&hard.balance, b, bytes + k, len));
			rig_drain(&soft);
			rig_drain(&hard);
			for (uint32_t f = hard.frames.at; f < hard.port.queues[0].n_frames; f++)
				n_offloaded += hard.port.queues[0].frames[f].ol_flags != 0;
			rig_expect(&soft, &conf, bytes + k, len);
			rig_expect(
				&hard, &conf, bytes + k, len); /* does the port's work, in place */
		}
		frames_equal(&soft.port.queues[0], &hard.port.queues[0]);
		assert_int_equal(n_offloaded != 0, !conf.no_udp_cksum);
		assert_int_equal(hard.port.prepared != 0, true);
		assert_int_equal(soft.port.prepared, 0);
		rig_stop(&hard);
		rig_stop(&soft);
	}
}

/* no_offload: the port could, and is not asked. */
static void
test_no_offload(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.info.offload_capa = RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	rig.link_conf.no_offload = true;
	rig_start(&rig);
	assert_int_equal(rig.port.setup.offloads, 0);
	conf = rig_endpoint_conf(&rig, 4);
	send_and_expect(&rig, &conf, 4000);
	assert_int_equal(rig.port.queues[0].frames[0].ol_flags, 0);
	assert_int_equal(rig.port.prepared, 0);
	rig_stop(&rig);
}

/* no_udp_cksum: 0 on whole IPv4 datagrams, and on nothing else. */
static void
test_no_udp_cksum(void **state)
{
	struct proto_endpoint_conf conf;
	struct proto_endpoint *ep = NULL;
	struct pktpool_why why = {""};
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (unsigned int i = 0; i < 2; i++) {
		conf = rig_endpoint_conf(&rig, 4);
		conf.no_udp_cksum = true;
		conf.cut = PROTO_FRAGMENT;
		conf.data = i == 0 ? PROTO_DATA_COPY : PROTO_DATA_MAP;
		send_and_expect(
			&rig, &conf, 1000); /* frames.c: 0 on whole ones, good on fragments */
		send_and_expect(&rig, &conf, 5000);
	}
	conf = rig_endpoint_conf(&rig, 6);
	conf.no_udp_cksum = true;
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, &why), -EINVAL);
	assert_non_null(strstr(why.text, "no_udp_cksum"));
	assert_null(ep);
	rig_stop(&rig);
}

static uint16_t
cksum_of_last(const struct rig *rig, uint32_t at, uint32_t hdr_len)
{
	const struct rte_udp_hdr *udp =
		(const void *)(rig->port.queues[0].frames[at].bytes + hdr_len - sizeof(*udp));

	return udp->dgram_cksum;
}

/* A sum that comes out as 0 is sent as 0xffff: 0 would say that there is none (RFC 768). */
static void
test_sum_of_zero(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	for (unsigned int i = 0; i < 8; i++) {
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, i % 2 == 0 ? 4 : 6);
		uint32_t len = i / 4 == 0 ? 100 : 4000;
		uint32_t hdr_len = (i % 2 == 0 ? 42u : 62u) + (i / 4 != 0 && i % 2 != 0 ? 8 : 0);
		static uint8_t payload[4000];
		struct proto_endpoint *ep;

		conf.cut = PROTO_FRAGMENT;
		conf.data = i / 2 % 2 == 0 ? PROTO_DATA_COPY : PROTO_DATA_MAP;
		ep = rig_endpoint(&rig, &conf);
		memcpy(payload, bytes, sizeof(payload));
		memset(payload + 10, 0, 2);
		assert_true(balance_send_one(&rig.balance, ep, payload, len));
		rig_drain(&rig);
		/* With the checksum as data, the data sum to 0xffff without it. */
		uint16_t cksum = cksum_of_last(&rig, rig.frames.at, hdr_len);

		rig_expect(&rig, &conf, payload, len);
		memcpy(payload + 10, &cksum, 2);
		assert_true(balance_send_one(&rig.balance, ep, payload, len));
		rig_drain(&rig);
		assert_int_equal(cksum_of_last(&rig, rig.frames.at, hdr_len), 0xffff);
		rig_expect(&rig, &conf, payload, len);
	}
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_df_always),
		cmocka_unit_test(test_offload),
		cmocka_unit_test(test_no_offload),
		cmocka_unit_test(test_no_udp_cksum),
		cmocka_unit_test(test_sum_of_zero),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 46);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
