/* SPDX-License-Identifier: BSD-3-Clause */
/* Both ends of a memif go at once, again and again: the driver frees nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "proto.h"

#define ROUNDS 300

static struct proto *
stack_on(uint16_t port, const char *name)
{
	const struct proto_conf conf = {.name = name,
		.n_payloads = 16,
		.n_packets = 256,
		.n_buffers = 64,
		.n_rx_packets = 256};
	struct proto_link_conf link_conf = {.port = PROTO_PORT(port)};
	struct pktpool_why why = {""};
	struct proto_link *link;
	struct proto *stack;

	if (proto_create(&stack, &conf, &why) != 0 ||
		proto_link_add(stack, &link_conf, &link, &why) != 0 ||
		proto_start(stack, &why) != 0)
		fail_msg("%s", why.text);
	return stack;
}

/* Wait until the two have found each other. */
static void
connect_both(struct proto *a, struct proto *b)
{
	struct proto_link_info info[2];
	uint64_t end = rte_get_tsc_cycles() + 20 * rte_get_tsc_hz();

	do {
		(void)proto_poll(proto_worker_at(a, 0), rte_get_tsc_cycles());
		(void)proto_poll(proto_worker_at(b, 0), rte_get_tsc_cycles());
		proto_link_info(proto_link_at(a, 0), &info[0]);
		proto_link_info(proto_link_at(b, 0), &info[1]);
		assert_true(rte_get_tsc_cycles() < end);
	} while (!info[0].carrier || !info[1].carrier);
}

static void
test_both_ends_go(void **state)
{
	char path[64], args[128];
	uint16_t ports[2];

	(void)state;
	(void)snprintf(path, sizeof(path), "/tmp/chainburst-stop-%d.sock", (int)getpid());
	(void)snprintf(args, sizeof(args), "role=server,socket=%s,socket-abstract=no", path);
	assert_int_equal(rte_vdev_init("net_memif0", args), 0);
	(void)snprintf(args, sizeof(args), "role=client,socket=%s,socket-abstract=no", path);
	assert_int_equal(rte_vdev_init("net_memif1", args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_memif0", &ports[0]), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_memif1", &ports[1]), 0);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct proto *a = stack_on(ports[0], "a"), *b = stack_on(ports[1], "b");

		connect_both(a, b);
		assert_int_equal(proto_destroy(i % 2 == 0 ? a : b, NULL, NULL), 0);
		assert_int_equal(proto_destroy(i % 2 == 0 ? b : a, NULL, NULL), 0);
	}
	(void)rte_eth_dev_close(ports[1]);
	(void)rte_eth_dev_close(ports[0]);
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ends_go),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	/* Not rte_eal_cleanup(): with net_memif it may unmap what EAL's interrupt thread looks at.
	 */
	(void)fflush(stdout);
	_exit(failed != 0);
}
