/* SPDX-License-Identifier: BSD-3-Clause */
/* Links: what is refused and why, what a driver is known to do, stop in the middle and start again.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "rig.h"

static uint8_t bytes[1 << 16];

/* A stack without links. */
static struct proto *
bare_stack(void)
{
	struct proto *stack = NULL;

	assert_int_equal(proto_create(&stack, &(struct proto_conf){.name = "bare"}, NULL), 0);
	return stack;
}

static void
refuse(struct proto *stack, const struct proto_link_conf *conf, int err, const char *part)
{
	struct pktpool_why why = {""};
	struct proto_link *link = NULL;
	struct holdings before = holdings_now(), after;

	assert_int_equal(proto_link_add(stack, conf, &link, &why), err);
	if (strstr(why.text, part) == NULL)
		fail_msg("'%s' does not say '%s'", why.text, part);
	assert_int_equal(proto_link_add(stack, conf, &link, NULL), err);
	after = holdings_now();
	assert_memory_equal(&before, &after, sizeof(after));
	assert_null(link);
	assert_int_equal(proto_link_count(stack), 0);
}

static void
test_refused(void **state)
{
	struct port_fault port;
	struct proto *stack = bare_stack();
	struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &port};

	(void)state;
	port_fault_init(&port);
	conf.mtu = 67;
	refuse(stack, &conf, -EINVAL, "67 is below 68");
	conf.mtu = 1;
	refuse(stack, &conf, -EINVAL, "RFC 791");
	port.info.mtu_max = 2000;
	conf.mtu = 2001;
	refuse(stack, &conf, -EINVAL, "2001 is above 2000");
	port.info.mtu_max_why = "frames over that go missing";
	refuse(stack, &conf, -EINVAL, "fault port: frames over that go missing");
	port.info.mtu_max = UINT16_MAX;
	conf.mtu = UINT16_MAX;
	refuse(stack, &conf, -EINVAL, "one mbuf holds");
	conf.mtu = 1500;
	conf.stage = 63;
	refuse(stack, &conf, -EINVAL, "stage 63");
	conf.stage = (1u << 20) + 1;
	refuse(stack, &conf, -EINVAL, "stage 1048577");
	refuse(stack, &(struct proto_link_conf){.port = PROTO_PORT(31)}, -ENODEV, "port 31");
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	port_fault_fini(&port);
}

/* Two links on one port would read its queues twice. Another port, or other ops, are another. */
static void
test_port_twice(void **state)
{
	struct port_fault ports[2];
	struct proto_port_ops other_ops = port_fault_ops;
	struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &ports[0]};
	struct proto *stack = bare_stack();
	struct pktpool_why why = {""};
	struct proto_link *link = NULL;

	(void)state;
	port_fault_init(&ports[0]);
	port_fault_init(&ports[1]);
	assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	assert_int_equal(proto_link_add(stack, &conf, &link, &why), -EEXIST);
	assert_non_null(strstr(why.text, "link 0 of stack bare has this port already"));
	assert_int_equal(proto_link_count(stack), 1);
	conf.port = &ports[1];
	assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	conf.ops = &other_ops;
	assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	port_fault_fini(&ports[0]);
	port_fault_fini(&ports[1]);
}

/* What net_pcap is known to cut is refused, with the reason; one byte less is not. */
static void
test_net_pcap(void **state)
{
	struct proto *stack = bare_stack();
	struct proto_link_info info;
	struct proto_link *link = NULL;
	uint16_t port_id;

	(void)state;
	assert_int_equal(rte_eth_dev_get_port_by_name("net_pcap0", &port_id), 0);
	refuse(stack, &(struct proto_link_conf){.port = PROTO_PORT(port_id), .mtu = 16111}, -EINVAL,
		"net_pcap cuts frames over 16128 bytes");
	assert_int_equal(
		proto_link_add(stack,
			&(struct proto_link_conf){.port = PROTO_PORT(port_id), .mtu = 16110}, &link,
			NULL),
		0);
	proto_link_info(link, &info);
	assert_int_equal(info.mtu, 16110);
	assert_int_equal(info.port.reclaim, PROTO_RECLAIM_IN_BURST);
	assert_true(info.port.cpu_only && info.can_map);
	assert_null(info.auto_copies);
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
}

static const struct proto_offload *
row(const struct proto_offload rows[PROTO_OFFLOAD_ROWS], const char *name)
{
	for (unsigned int i = 0; i < PROTO_OFFLOAD_ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

struct offload_case {
	uint64_t capa, extra, asked;
	bool no_offload, copy_only;
};

#define UDP   RTE_ETH_TX_OFFLOAD_UDP_CKSUM
#define MULTI RTE_ETH_TX_OFFLOAD_MULTI_SEGS
#define FAST  RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE
#define OTHER (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_VLAN_INSERT)

/* The port is asked for what is of use and what it advertises; FAST_FREE never with mapping. */
static void
test_offloads(void **state)
{
	static const struct offload_case cases[] = {
		{0, 0, 0, false, false},
		{UDP | MULTI | FAST | OTHER, 0, UDP | MULTI, false, false},
		{UDP | MULTI | FAST | OTHER, 0, MULTI, true, false},
		{UDP | MULTI | FAST, 0, UDP | FAST, false, true},
		{UDP | MULTI | FAST, 0, FAST, true, true},
		{0, MULTI, 0, false, false},
		{UDP, MULTI, UDP, false, false},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		const struct offload_case *c = &cases[i];
		struct proto_offload rows[PROTO_OFFLOAD_ROWS];
		struct proto_link_info info;
		struct rig rig;

		rig_init(&rig);
		rig.port.info.offload_capa = c->capa;
		rig.port.info.offload_extra = c->extra;
		rig.link_conf.no_offload = c->no_offload;
		rig.link_conf.copy_only = c->copy_only;
		rig_start(&rig);
		assert_int_equal(rig.port.setup.offloads, c->asked);
		proto_link_info(rig.link, &info);
		assert_int_equal(info.offloads, c->asked);
		assert_int_equal(info.can_map, !c->copy_only);
		proto_link_offloads(rig.link, rows);
		assert_int_equal(row(rows, "udp_cksum")->advertised, (c->capa & UDP) != 0);
		assert_int_equal(row(rows, "udp_cksum")->granted, (c->asked & UDP) != 0);
		assert_int_equal(row(rows, "multi_segs")->granted,
			(c->asked & MULTI) != 0 || (c->extra & MULTI) != 0);
		assert_int_equal(row(rows, "mbuf_fast_free")->advertised, (c->capa & FAST) != 0);
		assert_int_equal(row(rows, "mbuf_fast_free")->granted, (c->asked & FAST) != 0);
		assert_false(row(rows, "ipv4_cksum")->granted || row(rows, "vlan_insert")->granted);
		for (unsigned int k = 0; k < PROTO_OFFLOAD_ROWS; k++)
			assert_non_null(rows[k].software);
		rig_stop(&rig);
	}
}

/* FAST_FREE is a promise: one pool, one segment, one reference - also for what auto would map. */
static void
test_copy_only(void **state)
{
	struct proto_endpoint_conf conf;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.info.offload_capa = FAST | MULTI;
	rig.link_conf.copy_only = true;
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	conf.cut = PROTO_FRAGMENT;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 60000));
	rig_drain(&rig);
	for (uint32_t i = 0; i < rig.port.queues[0].n_frames; i++)
		assert_true(rig.port.queues[0].frames[i].nb_segs == 1 &&
			    rig.port.queues[0].frames[i].in_room);
	rig_expect(&rig, &conf, bytes, 60000);
	rig_stop(&rig);
}

/* What the port has is what is told. */
static void
test_info(void **state)
{
	struct proto_link_info info;
	struct pktpool_why why;
	struct proto_link *link;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.link_conf.mtu = 9000;
	rig.link_conf.n_txd = 77;
	rig_start(&rig);
	assert_int_equal(rig.port.setup.mtu, 9000);
	assert_int_equal(rig.port.setup.n_txd, 77);
	assert_int_equal(rig.port.setup.n_queues, 1);
	assert_non_null(rig.port.setup.rx_pools);
	assert_ptr_equal(proto_link_at(rig.stack, 0), rig.link);
	assert_null(proto_link_at(rig.stack, 1));
	assert_int_equal(proto_link_count(rig.stack), 1);
	proto_link_info(rig.link, &info);
	assert_int_equal(info.mtu, 9000);
	assert_true(info.started && info.carrier);
	assert_string_equal(info.port.driver, "fault");
	rig.port.down = true;
	proto_link_info(rig.link, &info);
	assert_true(info.started && !info.carrier);
	assert_int_equal(proto_link_add(rig.stack, &rig.link_conf, &link, &why), -EBUSY);
	assert_non_null(strstr(why.text, "started"));
	rig_stop(&rig);
}

/*
 * Stopped in the middle: staged, half sent, and in the port's ring, copied and mapped. Everything
 * that the port had not taken whole, or not given back, fails; then it works again.
 */
static void
test_stop_and_start(void **state)
{
	(void)state;
	for (uint32_t taken = 0; taken < 26; taken++) {
		struct proto_endpoint_conf conf;
		struct rig rig;
		bool map = taken % 2 == 0;

		rig_init(&rig);
		rig.port.hold = 9;
		rig_start(&rig);
		conf = rig_endpoint_conf(&rig, 4);
		conf.cut = PROTO_FRAGMENT;
		conf.data = map ? PROTO_DATA_MAP : PROTO_DATA_COPY;
		struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

		port_fault_takes(&rig.port, 2, (uint32_t[]){taken, 0});
		for (unsigned int k = 0; k < 4; k++)
			assert_true(balance_send_one(&rig.balance, ep, bytes + k, 8000));
		(void)rig_poll(&rig);
		proto_link_stop(rig.link);
		proto_link_stop(rig.link);
		assert_false(rig.port.started);
		assert_false(balance_send_one(&rig.balance, ep, bytes, 1));
		assert_int_equal(proto_refused(ep), PROTO_REASON_LINK_DOWN);
		(void)rig_poll(&rig);
		/* 6 frames each; a mapped one needs all of them back, the port holds 9. */
		uint32_t good = map ? (taken > 9 ? taken - 9 : 0) / 6 : taken / 6;

		for (unsigned int k = 0; k < 4; k++)
			assert_int_equal(rig.balance.outcomes[k].reason,
				k < good ? PROTO_REASON_NONE : PROTO_REASON_STOPPED);
		assert_int_equal(rig.balance.failed, 4 - good);
		assert_int_equal(rig_reason(&rig, PROTO_REASON_STOPPED), 4 - good);
		assert_int_equal(rig.port.queues[0].n_frames, RTE_MIN(taken, 24u));

		assert_int_equal(proto_link_start(rig.link, NULL), 0);
		assert_int_equal(proto_link_start(rig.link, NULL), 0);
		assert_int_equal(rig.port.starts, 2);
		port_fault_takes_all(&rig.port);
		rig.port.hold = 0;
		rig.frames.at = rig.port.queues[0].n_frames;
		for (unsigned int k = 0; k < 4; k++)
			assert_true(balance_send_one(&rig.balance, ep, bytes + k, 8000));
		rig_drain(&rig);
		for (unsigned int k = 0; k < 4; k++)
			rig_expect(&rig, &conf, bytes + k, 8000);
		rig_expect_no_more(&rig);
		rig_stop(&rig);
	}
}

/* A link that does not start again says why, and starts when the port is willing. */
static void
test_start_fails(void **state)
{
	struct pktpool_why why = {""};
	struct proto_endpoint_conf conf;
	struct proto_link_info info;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	proto_link_stop(rig.link);
	rig.port.start_error = -EIO;
	rig.port.start_errors = 1;
	assert_int_equal(proto_link_start(rig.link, &why), -EIO);
	assert_string_equal(why.text, "told to fail at start");
	proto_link_info(rig.link, &info);
	assert_false(info.started || info.carrier);
	assert_false(balance_send_one(&rig.balance, ep, bytes, 1));
	assert_int_equal(proto_refused(ep), PROTO_REASON_LINK_DOWN);
	assert_int_equal(proto_link_start(rig.link, &why), 0);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 1));
	rig_drain(&rig);
	rig_expect(&rig, &conf, bytes, 1);
	rig_stop(&rig);
}

/* Two links of one stack: routes choose, and what befalls one does not touch the other. */
static void
test_two_links(void **state)
{
	static const char *const nets[] = {"10.0.0.1", "10.0.1.1"};
	struct port_fault ports[2];
	struct proto_link *links[2];
	struct proto_endpoint *eps[2];
	struct balance balance = {0};
	struct proto_counters counters;
	struct proto_worker *worker;
	struct proto *stack = NULL;

	(void)state;
	assert_int_equal(proto_create(&stack, &(struct proto_conf){.name = "two"}, NULL), 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &ports[i]};
		struct rte_ether_addr mac = {{2, 0, 0, 0, 0, (uint8_t)(0x10 + i)}};
		struct proto_addr own = addr_of(nets[i]), peer = own;

		port_fault_init(&ports[i]);
		ports[i].info.mac.addr_bytes[5] = (uint8_t)i;
		ports[i].info.mtu = i == 0 ? 1500 : 9000;
		peer.bytes[3] = 2;
		assert_int_equal(proto_link_add(stack, &conf, &links[i], NULL), 0);
		assert_int_equal(proto_addr_add(links[i], &own, 24, NULL), 0);
		assert_int_equal(proto_neigh_add(links[i], &peer, &mac, NULL), 0);
	}
	assert_int_equal(proto_start(stack, NULL), 0);
	worker = proto_worker_at(stack, 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct proto_endpoint_conf conf = {.remote = addr_of(nets[i]),
			.local_port = 1,
			.remote_port = 2,
			.data = PROTO_DATA_MAP,
			.done = balance_done,
			.arg = &balance};

		conf.remote.bytes[3] = 2;
		assert_int_equal(proto_endpoint_create(worker, &conf, &eps[i], NULL), 0);
		ports[i].hold = PORT_FAULT_HOLD_ALL;
		assert_true(balance_send_one(&balance, eps[i], bytes, 8000));
	}
	(void)proto_poll(worker, 1);
	/* 8000 bytes: six frames of 1500, or one of 9000, each on its own port. */
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(ports[i].queues[0].n_frames, i == 0 ? 6 : 1);
		assert_int_equal(ports[i].queues[0].frames[0].bytes[5], 0x10 + i);
		assert_int_equal(ports[i].queues[0].frames[0].bytes[11], i);
	}
	proto_link_stop(links[0]);
	(void)proto_poll(worker, 2);
	assert_int_equal(balance.failed, 1);
	assert_int_equal(balance.outcomes[0].reason, PROTO_REASON_STOPPED);
	assert_int_equal(proto_outstanding(eps[1]), 1);
	assert_false(balance_send_one(&balance, eps[0], bytes, 1));
	assert_int_equal(proto_refused(eps[0]), PROTO_REASON_LINK_DOWN);
	assert_true(balance_send_one(&balance, eps[1], bytes, 1));
	(void)proto_poll(worker, 3);
	(void)port_fault_release(&ports[1], 0, UINT32_MAX);
	(void)proto_poll(worker, 4);
	assert_int_equal(balance.completed, 2);
	assert_int_equal(balance.wrong, 0);
	for (unsigned int i = 0; i < 2; i++) {
		proto_link_counters(links[i], &counters);
		assert_int_equal(counters.count[PROTO_C_FRAMES_SENT], port_fault_frames(&ports[i]));
		assert_int_equal(counters.count[PROTO_C_OCTETS_SENT], port_fault_octets(&ports[i]));
		assert_int_equal(counters.reason[PROTO_REASON_STOPPED], i == 0);
	}
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(ports[i].n_wrong, 0);
		port_fault_fini(&ports[i]);
	}
	balance_fini(&balance);
}

int
main(void)
{
	static const char *const vdevs[] = {"--vdev=net_pcap0,tx_pcap=/dev/null", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_port_twice),
		cmocka_unit_test(test_net_pcap),
		cmocka_unit_test(test_offloads),
		cmocka_unit_test(test_copy_only),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_stop_and_start),
		cmocka_unit_test(test_start_fails),
		cmocka_unit_test(test_two_links),
	};

	if (eal_start(1, vdevs) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 47);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
