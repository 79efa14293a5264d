/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * proto_port_ethdev.set_groups: on vdevs as they are, and on a driver that is played behind the
 * wrapped calls of ethdev: it has a list of some length or none, and the two modes or not.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_dev.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "proto_link.h"

#define PLAYED 7 /* its port id */
#define GROUPS 20

/* The played driver: what it says to each call, and what came of it. */
static struct {
	const char *name;
	int info;
	uint32_t list_max; /* -ENOSPC above */
	int list, allmulticast, promiscuous;
	uint32_t n_listed;
	struct rte_ether_addr listed[GROUPS];
	bool all_is_on, promiscuous_is_on;
	unsigned int calls;
	bool deaf; /* at some time a group that was wanted was not received */
	uint32_t n_wanted;
} played;

static void
hears_check(void)
{
	if (played.n_listed < played.n_wanted && !played.all_is_on && !played.promiscuous_is_on)
		played.deaf = true;
}

int __real_rte_eth_dev_info_get(uint16_t port_id, struct rte_eth_dev_info *info);
int __wrap_rte_eth_dev_info_get(uint16_t port_id, struct rte_eth_dev_info *info);
int __real_rte_eth_dev_set_mc_addr_list(uint16_t port_id, struct rte_ether_addr *macs, uint32_t n);
int __wrap_rte_eth_dev_set_mc_addr_list(uint16_t port_id, struct rte_ether_addr *macs, uint32_t n);

int
__wrap_rte_eth_dev_info_get(uint16_t port_id, struct rte_eth_dev_info *info)
{
	if (port_id != PLAYED)
		return __real_rte_eth_dev_info_get(port_id, info);
	*info = (struct rte_eth_dev_info){.driver_name = played.name};
	return played.info;
}

int
__wrap_rte_eth_dev_set_mc_addr_list(uint16_t port_id, struct rte_ether_addr *macs, uint32_t n)
{
	if (port_id != PLAYED)
		return __real_rte_eth_dev_set_mc_addr_list(port_id, macs, n);
	played.calls++;
	if (played.list != 0)
		return played.list;
	if (n > played.list_max)
		return -ENOSPC;
	if (n != 0)
		memcpy(played.listed, macs, n * sizeof(*macs));
	played.n_listed = n;
	return 0;
}

/* The same for both modes, as ethdev does it: nothing is asked of a driver that has the mode. */
#define MODE(mode, is_on, answer)                                                               \
	int __real_rte_eth_##mode##_get(uint16_t port_id);                                      \
	int __wrap_rte_eth_##mode##_get(uint16_t port_id);                                      \
	int __real_rte_eth_##mode##_enable(uint16_t port_id);                                   \
	int __wrap_rte_eth_##mode##_enable(uint16_t port_id);                                   \
	int __real_rte_eth_##mode##_disable(uint16_t port_id);                                  \
	int __wrap_rte_eth_##mode##_disable(uint16_t port_id);                                  \
	int __wrap_rte_eth_##mode##_get(uint16_t port_id)                                       \
	{                                                                                       \
		return port_id != PLAYED ? __real_rte_eth_##mode##_get(port_id) : played.is_on; \
	}                                                                                       \
	int __wrap_rte_eth_##mode##_enable(uint16_t port_id)                                    \
	{                                                                                       \
		if (port_id != PLAYED)                                                          \
			return __real_rte_eth_##mode##_enable(port_id);                         \
		played.calls++;                                                                 \
		played.is_on |= played.answer == 0;                                             \
		return played.answer;                                                           \
	}                                                                                       \
	int __wrap_rte_eth_##mode##_disable(uint16_t port_id)                                   \
	{                                                                                       \
		if (port_id != PLAYED)                                                          \
			return __real_rte_eth_##mode##_disable(port_id);                        \
		played.calls++;                                                                 \
		played.is_on = false;                                                           \
		hears_check();                                                                  \
		return 0;                                                                       \
	}

MODE(allmulticast, all_is_on, allmulticast)
MODE(promiscuous, promiscuous_is_on, promiscuous)

static struct rte_ether_addr macs[GROUPS];

static int
set(uint32_t n)
{
	played.n_wanted = n;
	return proto_port_ethdev.set_groups(PROTO_PORT(PLAYED), n != 0 ? macs : NULL, n);
}

static void
play(uint32_t list_max, int list, int allmulticast, int promiscuous)
{
	memset(&played, 0, sizeof(played));
	played.name = "net_of_somebody";
	played.list_max = list_max;
	played.list = list;
	played.allmulticast = allmulticast;
	played.promiscuous = promiscuous;
}

static void
expect_modes(bool all, bool promiscuous)
{
	assert_int_equal(played.all_is_on, all);
	assert_int_equal(played.promiscuous_is_on, promiscuous);
	assert_false(played.deaf);
}

static void
test_list(void **state)
{
	(void)state;
	play(GROUPS, 0, 0, 0);
	assert_int_equal(set(3), 0);
	assert_int_equal(played.n_listed, 3);
	assert_memory_equal(played.listed, macs, 3 * sizeof(macs[0]));
	expect_modes(false, false);
	assert_int_equal(set(GROUPS), 0);
	assert_int_equal(played.n_listed, GROUPS);
	assert_int_equal(set(0), 0);
	assert_int_equal(played.n_listed, 0);
	assert_int_equal(played.calls, 3);
}

/* Too many: all multicast; when they fit again, the list. No group is missed in between. */
static void
test_list_full(void **state)
{
	(void)state;
	play(4, 0, 0, 0);
	assert_int_equal(set(5), 0);
	expect_modes(true, false);
	assert_int_equal(set(6), 0);
	expect_modes(true, false);
	assert_int_equal(set(4), 0);
	assert_int_equal(played.n_listed, 4);
	expect_modes(false, false);
	assert_int_equal(set(5), 0);
	assert_int_equal(set(0), 0);
	assert_int_equal(played.n_listed, 0);
	expect_modes(false, false);
}

static void
test_no_list(void **state)
{
	static const int answers[] = {-ENOTSUP, -ENOSPC, -EINVAL, -ENOMEM, -EIO};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(answers); i++) {
		play(0, answers[i], 0, 0);
		assert_int_equal(set(1), 0);
		expect_modes(true, false);
		/* None wanted: no list is needed, other errors are the port's. */
		assert_int_equal(set(0), answers[i] == -ENOTSUP ? 0 : answers[i]);
		expect_modes(false, false);
	}
}

static void
test_promiscuous(void **state)
{
	(void)state;
	play(0, -ENOTSUP, -ENOTSUP, 0);
	assert_int_equal(set(1), 0);
	expect_modes(false, true);
	assert_int_equal(set(2), 0);
	expect_modes(false, true);
	assert_int_equal(set(0), 0);
	expect_modes(false, false);
	/* From the widest mode to the next, should it come to be (a driver asks its firmware). */
	assert_int_equal(set(2), 0);
	played.allmulticast = 0;
	assert_int_equal(set(2), 0);
	expect_modes(true, false);
}

static void
test_refused(void **state)
{
	(void)state;
	play(0, -ENOTSUP, -EIO, 0);
	assert_int_equal(set(1), -EIO);
	expect_modes(false, false);
	play(0, -ENOTSUP, -ENOTSUP, -EPERM);
	assert_int_equal(set(1), -EPERM);
	play(0, -ENOTSUP, -ENOTSUP, -ENOTSUP);
	assert_int_equal(set(1), -ENOTSUP);
	assert_int_equal(set(0), 0);
	play(GROUPS, 0, 0, 0);
	played.info = -ENODEV;
	assert_int_equal(set(1), -ENODEV);
	assert_int_equal(played.calls, 0);
	/* A port that is not there, asked of ethdev itself. */
	assert_int_equal(proto_port_ethdev.set_groups(PROTO_PORT(30), macs, 1), -ENODEV);
}

/* Drivers without a filter are left alone: by name. */
static void
test_hears_all(void **state)
{
	static const char *const names[] = {
		"net_pcap", "net_null", "net_ring", "net_memif", "net_vhost"};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(names); i++) {
		play(0, -ENOTSUP, -ENOTSUP, -ENOTSUP);
		played.name = names[i];
		assert_int_equal(set(GROUPS), 0);
		assert_int_equal(set(0), 0);
		assert_int_equal(played.calls, 0);
	}
}

/* The drivers themselves, in the mode that they start in. */
static void
test_vdevs(void **state)
{
	static const char *const names[] = {"net_null0", "net_ring0", "net_pcap0"};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(names); i++) {
		uint16_t id;

		assert_int_equal(rte_eth_dev_get_port_by_name(names[i], &id), 0);
		int promiscuous = rte_eth_promiscuous_get(id);
		int all = rte_eth_allmulticast_get(id);

		for (uint32_t n = 0; n <= GROUPS; n += GROUPS / 2)
			assert_int_equal(proto_port_ethdev.set_groups(PROTO_PORT(id), macs, n), 0);
		assert_int_equal(rte_eth_promiscuous_get(id), promiscuous);
		assert_int_equal(rte_eth_allmulticast_get(id), all);
	}
}

/* Make a port that needs root, start it with a queue each way; -1: it cannot be made here. */
static int
vdev_start(const char *name, const char *args, struct rte_mempool *pool, uint16_t *id)
{
	struct rte_eth_conf conf = {0};

	if (rte_eal_hotplug_add("vdev", name, args) != 0)
		return -1;
	assert_int_equal(rte_eth_dev_get_port_by_name(name, id), 0);
	assert_int_equal(rte_eth_dev_configure(*id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(*id, 0, 64, 0, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(*id, 0, 64, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(*id), 0);
	return 0;
}

/* net_tap has a list (that it ignores), net_af_packet only promiscuous mode. */
static void
root_vdev(const char *name, const char *args, int promiscuous)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create(name, 511, 0, 0, 4096, SOCKET_ID_ANY);
	uint16_t id;

	assert_non_null(pool);
	if (vdev_start(name, args, pool, &id) != 0) {
		rte_mempool_free(pool);
		skip();
		return;
	}
	assert_int_equal(proto_port_ethdev.set_groups(PROTO_PORT(id), macs, GROUPS), 0);
	assert_int_equal(rte_eth_promiscuous_get(id), promiscuous);
	assert_int_equal(proto_port_ethdev.set_groups(PROTO_PORT(id), NULL, 0), 0);
	assert_int_equal(rte_eth_promiscuous_get(id), 0);
	assert_int_equal(rte_eth_allmulticast_get(id), 0);
	assert_int_equal(rte_eth_dev_stop(id), 0);
	assert_int_equal(rte_eal_hotplug_remove("vdev", name), 0);
	rte_mempool_free(pool);
}

static void
test_tap(void **state)
{
	char args[32];

	(void)state;
	(void)snprintf(args, sizeof(args), "iface=cbt%d", (int)getpid() % 1000000);
	root_vdev("net_tap0", args, 0);
}

static void
test_af_packet(void **state)
{
	(void)state;
	root_vdev("net_af_packet0", "iface=lo", 1);
}

int
main(void)
{
	static const char *const vdevs[] = {
		"--vdev=net_null0", "--vdev=net_ring0", "--vdev=net_pcap0,tx_pcap=/dev/null", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_full),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_promiscuous),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hears_all),
		cmocka_unit_test(test_vdevs),
		cmocka_unit_test(test_tap),
		cmocka_unit_test(test_af_packet),
	};

	if (eal_start(1, vdevs) != 0)
		return 1;
	for (uint8_t i = 0; i < GROUPS; i++)
		macs[i] = (struct rte_ether_addr){{0x01, 0x00, 0x5e, 1, 2, i}};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
