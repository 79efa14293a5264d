/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints: every field that can be wrong is refused by name; when `auto` maps and when it copies.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "pktpool_mem.h"
#include "rig.h"

static uint8_t bytes[1 << 16]; /* no DMA-able memory */

static void
refuse(struct rig *rig, const struct proto_endpoint_conf *conf, int err, const char *part)
{
	struct proto_endpoint *ep = NULL;
	struct pktpool_why why = {""};
	struct holdings before = holdings_now(), after;

	assert_int_equal(proto_endpoint_create(rig->worker, conf, &ep, &why), err);
	if (strstr(why.text, part) == NULL)
		fail_msg("'%s' does not say '%s'", why.text, part);
	assert_int_equal(proto_endpoint_create(rig->worker, conf, &ep, NULL), err);
	assert_null(ep);
	after = holdings_now();
	assert_memory_equal(&before, &after, sizeof(after));
}

#define REFUSE(family, field, value, part)                                        \
	do {                                                                      \
		struct proto_endpoint_conf bad = rig_endpoint_conf(&rig, family); \
		bad.field = value;                                                \
		refuse(&rig, &bad, -EINVAL, part);                                \
	} while (0)

static void
test_refused_udp(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	REFUSE(4, kind, (enum proto_kind)3, "kind");
	REFUSE(4, cut, (enum proto_cut)2, "cut");
	REFUSE(4, data, (enum proto_data)3, "data");
	REFUSE(4, df, (enum proto_df)3, "df");
	REFUSE(4, dscp, 64, "dscp");
	REFUSE(6, dscp, 255, "dscp");
	REFUSE(6, flow_label, 0x100000, "flow_label");
	REFUSE(6, remote_port, 0, "remote_port");
	REFUSE(4, remote, ((struct proto_addr){0}), "remote address");
	REFUSE(4, remote.family, 5, "remote address");
	REFUSE(4, local, addr_of("2001:db8::1"), "local address");
	REFUSE(6, local, addr_of("192.0.2.1"), "local address");
	REFUSE(4, local, addr_of("224.0.0.1"), "multicast");
	REFUSE(6, local, addr_of("ff02::1"), "multicast");
	REFUSE(6, no_udp_cksum, true, "no_udp_cksum");
	REFUSE(4, mtu, 1501, "mtu 1501");
	REFUSE(4, mtu, 67, "mtu 67");
	REFUSE(6, mtu, 1279, "mtu 1279");
	assert_int_equal(rig.balance.n, 0);
	rig_stop(&rig);
}

static void
test_refused_l2(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	REFUSE(0, link, NULL, "link");
	REFUSE(0, ethertype, 0x05ff, "ethertype 0x05ff");
	REFUSE(0, ethertype, 0, "ethertype");
	REFUSE(0, cut, PROTO_FRAGMENT, "PROTO_SEGMENT");
	REFUSE(0, mac, (struct rte_ether_addr){{0}}, "mac");
	REFUSE(0, mtu, 45, "mtu 45");
	rig_stop(&rig);
}

/* No route, no address of the family, another stack's link. */
static void
test_refused_place(void **state)
{
	struct proto_endpoint_conf conf;
	struct port_fault port;
	struct proto *stack = NULL;
	struct proto_link *link = NULL;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	conf.remote = addr_of("203.0.113.1");
	refuse(&rig, &conf, -ENETUNREACH, "203.0.113.1");
	conf.remote = addr_of("2001:db8:1::1");
	refuse(&rig, &conf, -ENETUNREACH, "2001:db8:1::1");

	port_fault_init(&port);
	assert_int_equal(proto_create(&stack, &(struct proto_conf){.name = "other"}, NULL), 0);
	assert_int_equal(proto_link_add(stack,
				 &(struct proto_link_conf){.ops = &port_fault_ops, .port = &port},
				 &link, NULL),
		0);
	conf = rig_endpoint_conf(&rig, 4);
	conf.link = link;
	refuse(&rig, &conf, -EINVAL, "another stack");
	assert_int_equal(proto_start(stack, NULL), 0);
	struct rig bare = {.worker = proto_worker_at(stack, 0)};

	conf.local = (struct proto_addr){0};
	refuse(&bare, &conf, -EADDRNOTAVAIL, "IPv4 address");
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	port_fault_fini(&port);
	rig_stop(&rig);
}

/* PROTO_DATA_MAP where no frame can have two segments. */
static void
test_refused_map(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct rig rig;

		rig_init(&rig);
		if (i == 0)
			rig.port.info.segs_max = 1;
		else
			rig.link_conf.copy_only = true;
		rig_start(&rig);
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

		conf.data = PROTO_DATA_MAP;
		refuse(&rig, &conf, -ENOTSUP, "RTE_ETH_TX_OFFLOAD_MULTI_SEGS");
		conf.data = PROTO_DATA_AUTO;
		conf.cut = PROTO_FRAGMENT;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_true(balance_send_one(&rig.balance, ep, bytes, 60000));
		rig_drain(&rig);
		rig_expect(&rig, &conf, bytes, 60000);
		assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_MAPPED), 0);
		assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_LINEARIZED), 0);
		rig_stop(&rig);
	}
}

/* What `auto` and `map` do with a payload, by port and by memory. */
struct choice {
	enum proto_data data;
	enum proto_reclaim reclaim;
	uint16_t segs_max;
	bool cpu_only;
	bool dma;	   /* the payload's memory */
	uint32_t n_pieces; /* of 60,000 bytes */
	bool mapped, linearized;
};

static const struct choice choices[] = {
	/* auto, big pieces: any memory for a port that reads by CPU, else memory for DMA */
	{PROTO_DATA_AUTO, PROTO_RECLAIM_IN_BURST, 64, true, false, 1, true, false},
	{PROTO_DATA_AUTO, PROTO_RECLAIM_IN_BURST, 64, true, true, 1, true, false},
	{PROTO_DATA_AUTO, PROTO_RECLAIM_ON_DEMAND, 64, true, false, 1, true, false},
	{PROTO_DATA_AUTO, PROTO_RECLAIM_ON_DEMAND, 64, false, true, 1, true, false},
	{PROTO_DATA_AUTO, PROTO_RECLAIM_ON_DEMAND, 64, false, false, 1, false, true},
	/* nobody knows when the frames come back; one segment; small pieces */
	{PROTO_DATA_AUTO, PROTO_RECLAIM_WITH_TRAFFIC, 64, true, true, 1, false, false},
	{PROTO_DATA_AUTO, PROTO_RECLAIM_IN_BURST, 1, true, true, 1, false, false},
	{PROTO_DATA_AUTO, PROTO_RECLAIM_IN_BURST, 64, true, true, 600, false, false},
	/* map: always, but what the port cannot */
	{PROTO_DATA_MAP, PROTO_RECLAIM_IN_BURST, 128, true, false, 600, true, false},
	{PROTO_DATA_MAP, PROTO_RECLAIM_ON_DEMAND, 128, false, true, 600, true, false},
	{PROTO_DATA_MAP, PROTO_RECLAIM_ON_DEMAND, 64, false, false, 1, false, true},
	{PROTO_DATA_MAP, PROTO_RECLAIM_IN_BURST, 4, true, true, 600, false, true},
	{PROTO_DATA_MAP, PROTO_RECLAIM_IN_BURST, 2, true, true, 1, true, false},
	{PROTO_DATA_MAP, PROTO_RECLAIM_IN_BURST, 2, true, true, 2, false, true},
	/* copy: never */
	{PROTO_DATA_COPY, PROTO_RECLAIM_IN_BURST, 64, true, true, 1, false, false},
};

static void
test_choices(void **state)
{
	enum {
		LEN = 60000,
		MTU = 8988
	};
	static struct iovec iov[600];
	uint8_t *dma;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(choices); i++) {
		const struct choice *c = &choices[i];
		struct proto_payload p = {.iov = iov, .iovcnt = c->n_pieces};
		struct rig rig;

		rig_init(&rig);
		rig.conf.n_buffers = 1024;
		rig.port.info.mtu = MTU;
		rig.port.info.reclaim = c->reclaim;
		rig.port.info.segs_max = c->segs_max;
		rig.port.info.cpu_only = c->cpu_only;
		rig_start(&rig);
		dma = pktpool_mem_alloc("TEST", LEN, 0, SOCKET_ID_ANY, NULL);
		assert_non_null(dma);
		memcpy(dma, bytes, LEN);
		for (uint32_t k = 0; k < c->n_pieces; k++)
			iov[k] = (struct iovec){(c->dma ? dma : bytes) + k * (LEN / c->n_pieces),
				LEN / c->n_pieces};
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);

		conf.cut = PROTO_FRAGMENT;
		conf.data = c->data;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		assert_int_equal(balance_send(&rig.balance, ep, &p, 1), 1);
		rig_drain(&rig);
		rig_expect(&rig, &conf, bytes, LEN);
		if (rig_count(&rig, PROTO_C_PAYLOADS_MAPPED) != c->mapped ||
			rig_count(&rig, PROTO_C_PAYLOADS_LINEARIZED) != c->linearized)
			fail_msg("case %zu: mapped or linearized otherwise", i);
		assert_int_equal(pktpool_mem_free(dma), 0);
		rig_stop(&rig);
	}
}

/* Memory that the client has registered may be mapped for a device. */
static void
test_registered(void **state)
{
	size_t size = 1 << 16;
	void *mine = aligned_alloc(4096, size);
	struct rig rig;

	(void)state;
	assert_non_null(mine);
	memcpy(mine, bytes, size);
	for (unsigned int i = 0; i < 2; i++) {
		rig_init(&rig);
		rig.port.info.cpu_only = false;
		rig.port.info.mtu = 9000;
		rig_start(&rig);
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 6);

		conf.cut = PROTO_FRAGMENT;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		if (i == 1)
			assert_int_equal(pktpool_mem_register(mine, size, NULL), 0);
		assert_true(balance_send_one(&rig.balance, ep, mine, 60000));
		rig_drain(&rig);
		rig_expect(&rig, &conf, bytes, 60000);
		assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_MAPPED), i);
		assert_int_equal(rig_count(&rig, PROTO_C_PAYLOADS_LINEARIZED), 1 - i);
		if (i == 1)
			assert_int_equal(pktpool_mem_unregister(mine, size, NULL), 0);
		rig_stop(&rig);
	}
	free(mine);
}

/* The threshold of `auto`: pieces of 4 KiB are mapped, of 256 bytes copied; with the sum made by
 * the port no later than without. */
static void
test_threshold(void **state)
{
	uint32_t least[2] = {0, 0};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct rig rig;

		rig_init(&rig);
		rig.port.info.mtu = 9000;
		rig.port.info.offload_capa = i == 1 ? RTE_ETH_TX_OFFLOAD_UDP_CKSUM : 0;
		rig_start(&rig);
		struct proto_endpoint_conf conf = rig_endpoint_conf(&rig, 4);
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		for (uint32_t len = 1; len <= 8192; len++) {
			uint64_t mapped = rig_count(&rig, PROTO_C_PAYLOADS_MAPPED);

			assert_true(balance_send_one(&rig.balance, ep, bytes, len));
			rig_drain(&rig);
			mapped = rig_count(&rig, PROTO_C_PAYLOADS_MAPPED) - mapped;
			if (mapped != 0 && least[i] == 0)
				least[i] = len;
			assert_int_equal(mapped != 0, least[i] != 0); /* from there on always */
		}
		rig_stop(&rig);
	}
	assert_in_range(least[0], 257, 4096);
	assert_in_range(least[1], 257, least[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_udp),
		cmocka_unit_test(test_refused_l2),
		cmocka_unit_test(test_refused_place),
		cmocka_unit_test(test_refused_map),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_threshold),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 48);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
