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

static void
networks_add(struct proto_link *link, unsigned int index)
{
	static const char *const own[HOST_LINKS][2] = {
		{"192.0.2.1", "2001:db8::1"}, {"198.51.100.1", "2001:db8:1::1"}};
	static const char *const theirs[HOST_LINKS][2] = {
		{"192.0.2.2", "2001:db8::2"}, {"198.51.100.2", "2001:db8:1::2"}};

	for (unsigned int i = 0; i < 2; i++) {
		struct proto_addr addr = addr_of(own[index][i]), peer = addr_of(theirs[index][i]);

		assert_int_equal(proto_addr_add(link, &addr, i == 0 ? 24 : 64, NULL), 0);
		assert_int_equal(proto_neigh_add(link, &peer, &host_neighbour, NULL), 0);
	}
}

struct proto *
host_start(const struct proto_conf *conf, const struct proto_link_conf *link_confs,
	struct proto_link **links, unsigned int n_links)
{
	struct pktpool_why why = {""};
	struct proto *stack;

	if (proto_create(&stack, conf, &why) != 0)
		fail_msg("%s", why.text);
	for (unsigned int i = 0; i < n_links; i++) {
		if (proto_link_add(stack, &link_confs[i], &links[i], &why) != 0)
			fail_msg("%s", why.text);
		networks_add(links[i], i);
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
