/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of routes and endpoints: each is there once, with what it was made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "eal.h"
#include "rig.h"

#define ROUTES 64

static struct proto_route_info routes[ROUTES];

/* How often a route stands in the list. */
static unsigned int
count_route(unsigned int n, const char *prefix, uint8_t len, const char *gateway)
{
	struct proto_addr addr = addr_of(prefix), none = {0};
	struct proto_addr via = gateway != NULL ? addr_of(gateway) : none;
	unsigned int found = 0;

	for (unsigned int i = 0; i < n; i++)
		found += proto_addr_equal(&routes[i].prefix, &addr) &&
			 routes[i].prefix_len == len && proto_addr_equal(&routes[i].gateway, &via);
	return found;
}

/* Default routes, nested ones, hosts, of both families: with a tree, and with large tables. */
static void
list_routes(uint32_t n_routes)
{
	static const struct {
		const char *prefix;
		uint8_t len;
		const char *gateway;
	} rows[] = {
		{"0.0.0.0", 0, "192.0.2.254"},
		{"10.0.0.0", 8, "192.0.2.3"},
		{"10.1.0.0", 16, NULL},
		{"10.1.2.3", 32, "192.0.2.4"},
		{"255.255.255.255", 32, "192.0.2.5"},
		{"::", 0, "2001:db8::fe"},
		{"2001:db8:1::", 48, NULL},
		{"2001:db8:1::7", 128, "2001:db8::3"},
	};
	struct rig rig;
	unsigned int n;

	rig_init(&rig);
	rig.conf.n_routes = n_routes;
	rig_start(&rig);
	n = proto_route_list(rig.stack, routes, ROUTES);
	assert_int_equal(n, 2); /* those of the link's own prefixes */
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct proto_addr prefix = addr_of(rows[i].prefix);
		struct proto_addr via = addr_of(rows[i].gateway ? rows[i].gateway : "::");

		assert_int_equal(proto_route_add(rig.link, &prefix, rows[i].len,
					 rows[i].gateway ? &via : NULL, NULL),
			0);
	}
	n = proto_route_list(rig.stack, routes, ROUTES);
	assert_int_equal(n, 2 + RTE_DIM(rows));
	for (unsigned int i = 0; i < RTE_DIM(rows); i++)
		assert_int_equal(count_route(n, rows[i].prefix, rows[i].len, rows[i].gateway), 1);
	assert_int_equal(count_route(n, "192.0.2.0", 24, NULL), 1);
	assert_int_equal(count_route(n, "2001:db8::", 64, NULL), 1);
	for (unsigned int i = 0; i < n; i++)
		assert_ptr_equal(routes[i].link, rig.link);
	/* No more than asked for. */
	for (unsigned int most = 0; most <= n; most++) {
		memset(routes, 0, sizeof(routes));
		assert_int_equal(proto_route_list(rig.stack, routes, most), most);
		assert_null(routes[most].link);
	}
	rig_stop(&rig);
}

static void
test_routes(void **state)
{
	(void)state;
	list_routes(0);
	list_routes(2048);
}

static void
test_endpoints(void **state)
{
	struct proto_endpoint_info infos[8];
	struct proto_endpoint *eps[3];
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.port.hold = PORT_FAULT_HOLD_ALL;
	rig_start(&rig);
	assert_int_equal(proto_endpoint_list(rig.worker, infos, 8), 0);
	struct proto_endpoint_conf udp = rig_endpoint_conf(&rig, 4);
	struct proto_endpoint_conf l2 = rig_endpoint_conf(&rig, 0);
	struct proto_endpoint_conf bound = {.local_port = 7777};

	udp.data = PROTO_DATA_MAP;
	eps[0] = rig_endpoint(&rig, &udp);
	eps[1] = rig_endpoint(&rig, &l2);
	eps[2] = rig_endpoint(&rig, &bound);
	assert_true(balance_send_one(&rig.balance, eps[0], "0123456789", 10));
	(void)rig_poll(&rig);
	memset(infos, 0, sizeof(infos));
	assert_int_equal(proto_endpoint_list(rig.worker, infos, 2), 2);
	assert_int_equal(infos[2].local_port, 0);
	assert_int_equal(proto_endpoint_list(rig.worker, infos, 8), 3);
	for (unsigned int i = 0; i < 3; i++) {
		const struct proto_endpoint_info *info = &infos[i];
		struct proto_addr own = addr_of("192.0.2.1");

		if (info->kind == PROTO_L2) {
			assert_int_equal(info->ethertype, l2.ethertype);
			assert_ptr_equal(info->link, rig.link);
		} else if (info->remote.family != 0) {
			assert_true(proto_addr_equal(&info->local, &own));
			assert_true(proto_addr_equal(&info->remote, &udp.remote));
			assert_int_equal(info->remote_port, udp.remote_port);
			assert_int_equal(info->local_port, proto_local_port(eps[0]));
			assert_int_equal(info->outstanding, 1);
		} else {
			assert_int_equal(info->local_port, 7777);
			assert_int_equal(info->local.family, 0);
			assert_int_equal(info->outstanding, 0);
		}
		assert_int_equal(info->held, 0);
	}
	(void)port_fault_release(&rig.port, 0, 1);
	rig_stop(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_endpoints),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
