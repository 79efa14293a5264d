/* SPDX-License-Identifier: BSD-3-Clause */
#include "host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pktpool_mem.h"
#include "rig.h"

const struct rte_ether_addr host_neighbour = {{0x02, 0, 0, 0, 0, 0x02}};

void
host_init(void)
{
	assert_int_equal(pktpool_mem_free(pktpool_mem_alloc("TEST", 1, 0, SOCKET_ID_ANY, NULL)), 0);
}

struct proto *
host_start(const struct proto_conf *conf, const struct proto_link_conf *link_conf,
	struct proto_link **link)
{
	static const char *const own[] = {"192.0.2.1", "2001:db8::1"};
	static const char *const theirs[] = {"192.0.2.2", "2001:db8::2"};
	struct pktpool_why why = {""};
	struct proto *stack;

	if (proto_create(&stack, conf, &why) != 0 ||
		proto_link_add(stack, link_conf, link, &why) != 0)
		fail_msg("%s", why.text);
	for (unsigned int i = 0; i < RTE_DIM(own); i++) {
		struct proto_addr addr = addr_of(own[i]), peer = addr_of(theirs[i]);

		assert_int_equal(proto_addr_add(*link, &addr, i == 0 ? 24 : 64, &why), 0);
		assert_int_equal(proto_neigh_add(*link, &peer, &host_neighbour, &why), 0);
	}
	if (proto_start(stack, &why) != 0)
		fail_msg("%s", why.text);
	assert_non_null(proto_worker_at(stack, 0));
	return stack;
}

void
host_end(struct proto *stack, const struct holdings *before)
{
	struct holdings after;

	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	after = holdings_now();
	assert_memory_equal(&after, before, sizeof(after));
}
