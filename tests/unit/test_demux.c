/* SPDX-License-Identifier: BSD-3-Clause */
/* The endpoint table: which endpoint a datagram is for, what is in use and what is free. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_malloc.h>

#include "binds.h"
#include "eal.h"
#include "net/zone.h"
#include "pktpool_mem.h"
#include "rng.h"

#define ANY	  0
#define HERE	  1
#define ELSEWHERE 2
#define PEER	  77
#define PORT	  BIND_LOCAL_PORT
#define PEER_PORT BIND_REMOTE_PORT

static struct demux *
make(const char *name, uint32_t n_connected, uint16_t n_workers)
{
	struct demux_conf conf = {.name = name,
		.n_connected = n_connected,
		.n_workers = n_workers,
		.seed = 99,
		.socket = SOCKET_ID_ANY};
	struct demux *demux = demux_create(&conf);

	assert_non_null(demux);
	return demux;
}

static uint64_t
blocks(void)
{
	struct pktpool_mem_usage usage;

	return pktpool_mem_usage("DMUX", &usage) == 0 ? usage.blocks : 0;
}

static int
no_leak(void **state)
{
	(void)state;
	return blocks() != 0;
}

static void
add(struct demux *demux, struct demux_bind bind)
{
	assert_int_equal(demux_add(demux, &bind), 0);
}

static void
del(struct demux *demux, struct demux_bind bind)
{
	demux_del(demux, &bind);
}

static struct demux_bind
on_any_link(struct demux_bind bind)
{
	bind.any_link = true;
	return bind;
}

static struct demux_bind
sharing(struct demux_bind bind)
{
	bind.share = true;
	return bind;
}

/* The datagram of each test, but for what is said of it. */
static struct demux_key
datagram(uint32_t local, uint32_t zone)
{
	return bind_key(local, PORT, PEER, PEER_PORT, zone);
}

static void
expect(const struct demux *demux, struct demux_key key, uintptr_t ep)
{
	assert_int_equal(bind_number(bind_lookup(demux, &key)), ep);
}

/*
 * Everything that may stand on one port, put in in any order: the most specific one has the
 * datagram, and as each is taken out, the next one has it.
 */
static void
test_most_specific(void **state)
{
	static const unsigned orders[][5] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}};
	const uint32_t zone = zone_of(3, ZONE_TAGS(0, 7));
	struct demux_key key = datagram(HERE, zone);
	struct demux_bind binds[] = {
		bind_connected(1, &key),
		bind_bound(2, HERE, PORT, zone),
		on_any_link(bind_bound(3, HERE, PORT, zone)),
		bind_bound(4, ANY, PORT, zone),
		on_any_link(bind_bound(5, ANY, PORT, zone)),
	};

	(void)state;
	for (size_t o = 0; o < RTE_DIM(orders); o++) {
		struct demux *demux = make("specific", 8, 1);

		for (size_t i = 0; i < RTE_DIM(binds); i++)
			add(demux, binds[orders[o][i]]);
		assert_int_equal(demux_count(demux), RTE_DIM(binds));
		for (size_t i = 0; i < RTE_DIM(binds); i++) {
			expect(demux, key, i + 1);
			del(demux, binds[i]);
			assert_int_equal(demux_count(demux), RTE_DIM(binds) - 1 - i);
		}
		expect(demux, key, 0);
		demux_destroy(demux);
	}
}

/* One endpoint, and datagrams that differ from its own in one thing. */
struct rule {
	const char *what;
	struct demux_key key;
	bool connected, bound, any_link, any_local; /* which endpoint takes it */
};

static void
test_rules(void **state)
{
	const uint32_t zone = zone_of(3, 7), link = zone_of(4, 7), tags = zone_of(3, 8);
	struct rule rules[] = {
		{"its own", datagram(HERE, zone), true, true, true, true},
		{"another link", datagram(HERE, link), false, false, true, false},
		{"other tags", datagram(HERE, tags), false, false, false, false},
		{"another local address", datagram(ELSEWHERE, zone), false, false, false, true},
		{"another local port", bind_key(HERE, PORT + 1, PEER, PEER_PORT, zone), false,
			false, false, false},
		{"another peer", bind_key(HERE, PORT, PEER + 1, PEER_PORT, zone), false, true, true,
			true},
		{"another port of the peer", bind_key(HERE, PORT, PEER, PEER_PORT + 1, zone), false,
			true, true, true},
		{"from port 0", bind_key(HERE, PORT, PEER, 0, zone), false, true, true, true},
		{"the other family", datagram(HERE, zone), false, false, false, false},
		{"IPv6, the last bytes differ", datagram(HERE, zone), false, false, false, false},
	};

	(void)state;
	rules[8].key.family = PROTO_IPV6;
	rules[9].key.local[15] = 1;
	rules[9].key.family = PROTO_IPV6;
	for (unsigned kind = 0; kind < 4; kind++) {
		struct demux *demux = make("rules", 8, 1);
		struct demux_bind binds[] = {
			bind_connected(9, &rules[0].key),
			bind_bound(9, HERE, PORT, zone),
			on_any_link(bind_bound(9, HERE, PORT, zone)),
			bind_bound(9, ANY, PORT, zone),
		};

		add(demux, binds[kind]);
		for (size_t i = 0; i < RTE_DIM(rules); i++) {
			const struct rule *rule = &rules[i];
			bool takes[] = {
				rule->connected, rule->bound, rule->any_link, rule->any_local};

			if ((bind_lookup(demux, &rule->key) != 0) != takes[kind])
				fail_msg("%s: endpoint %u", rule->what, kind);
		}
		demux_destroy(demux);
	}
}

/* An owner is the endpoint and its worker, whichever way it is found. */
static void
test_owner(void **state)
{
	struct demux *demux = make("owner", 8, 64);
	struct demux_key key = datagram(HERE, 0), other = datagram(ELSEWHERE, 0);
	struct demux_bind connected = bind_connected(1, &key);
	struct demux_bind bound = bind_bound(2, ANY, PORT, 0);

	(void)state;
	connected.worker = 63;
	bound.worker = 5;
	add(demux, connected);
	add(demux, bound);
	assert_int_equal(demux_worker(bind_lookup(demux, &key)), 63);
	assert_ptr_equal(demux_endpoint(bind_lookup(demux, &key)), bind_ep(1));
	assert_int_equal(demux_worker(bind_lookup(demux, &other)), 5);
	assert_ptr_equal(demux_endpoint(bind_lookup(demux, &other)), bind_ep(2));
	/* Another endpoint's, another worker's, or what it was not put in with, stays in. */
	connected.ep = bind_ep(3);
	del(demux, connected);
	bound.worker = 6;
	del(demux, bound);
	bound.worker = 5;
	bound.key.zone = 1;
	del(demux, bound);
	assert_int_equal(demux_count(demux), 2);
	assert_int_equal(bind_number(bind_lookup(demux, &key)), 1);
	demux_destroy(demux);
}

/* Each pair of binds: in use or not; the same matrix from either side. */
static void
test_in_use(void **state)
{
	const uint32_t zone = zone_of(1, 5);
	struct demux_key key = datagram(HERE, zone), peer = datagram(HERE, zone);
	struct demux_bind six = bind_bound(1, ANY, PORT, zone);

	(void)state;
	peer.remote_port++;
	six.key.family = PROTO_IPV6;
	/* `same`: those with the same number, not 0, are in each other's way. */
	struct {
		struct demux_bind bind;
		unsigned same;
	} cases[] = {
		{bind_bound(1, ANY, PORT, zone), 1},
		{sharing(bind_bound(1, ANY, PORT, zone)), 1},
		{bind_bound(1, ANY, PORT, zone_of(2, 5)), 2},
		{bind_bound(1, ANY, PORT, zone_of(1, 6)), 3},
		{bind_bound(1, ANY, PORT + 1, zone), 4},
		{bind_bound(1, HERE, PORT, zone), 5},
		{sharing(bind_bound(1, HERE, PORT, zone)), 5},
		{bind_bound(1, ELSEWHERE, PORT, zone), 6},
		{on_any_link(bind_bound(1, ANY, PORT, zone)), 7},
		{on_any_link(bind_bound(1, ANY, PORT, zone_of(2, 5))), 7},
		{on_any_link(bind_bound(1, ANY, PORT, zone_of(1, 6))), 8},
		{on_any_link(bind_bound(1, HERE, PORT, zone)), 9},
		{six, 10},
		{bind_connected(1, &key), 11},
		{bind_connected(1, &peer), 12},
	};

	for (size_t a = 0; a < RTE_DIM(cases); a++) {
		for (size_t b = 0; b < RTE_DIM(cases); b++) {
			struct demux *demux = make("in use", 8, 1);
			bool both = cases[a].bind.share && cases[b].bind.share;
			int rc = cases[a].same == cases[b].same && !both ? -EADDRINUSE : 0;
			struct demux_bind second = cases[b].bind;

			second.ep = bind_ep(2);
			add(demux, cases[a].bind);
			if (demux_add(demux, &second) != rc)
				fail_msg("%zu then %zu", a, b);
			assert_int_equal(demux_count(demux), rc == 0 ? 2 : 1);
			/* Free again at once; and the second, if it is in, was not taken out. */
			del(demux, cases[a].bind);
			rc = rc == 0 && !second.share ? -EADDRINUSE : 0;
			assert_int_equal(demux_add(demux, &second), rc);
			demux_destroy(demux);
		}
	}
}

/* A port is free for a bind if nothing would be taken from anybody, either way. */
static void
test_is_free(void **state)
{
	const uint32_t zone = zone_of(1, 5), link = zone_of(2, 5), tags = zone_of(1, 6);
	struct demux_key key = datagram(HERE, zone), peer = datagram(HERE, zone);
	struct demux_key far = datagram(ELSEWHERE, zone);

	(void)state;
	bind_addr(peer.remote, PROTO_IPV4, PEER + 1);
	const struct {
		struct demux_bind in, asks;
		bool is_free;
	} cases[] = {
		{bind_bound(1, ANY, PORT, zone), bind_bound(2, ANY, PORT + 1, zone), true},
		{bind_bound(1, ANY, PORT, zone), bind_bound(2, ANY, PORT, zone), false},
		{bind_bound(1, ANY, PORT, zone), bind_bound(2, HERE, PORT, zone), false},
		{bind_bound(1, HERE, PORT, zone), bind_bound(2, ANY, PORT, zone), false},
		{bind_bound(1, HERE, PORT, zone), bind_bound(2, ELSEWHERE, PORT, zone), true},
		{bind_bound(1, ANY, PORT, zone), bind_bound(2, ANY, PORT, link), true},
		{on_any_link(bind_bound(1, ANY, PORT, zone)), bind_bound(2, ANY, PORT, link),
			false},
		{bind_bound(1, ANY, PORT, link), on_any_link(bind_bound(2, ANY, PORT, zone)),
			false},
		{on_any_link(bind_bound(1, ANY, PORT, zone)), bind_bound(2, ANY, PORT, tags), true},
		{sharing(bind_bound(1, ANY, PORT, zone)), sharing(bind_bound(2, ANY, PORT, zone)),
			false},
		{bind_bound(1, ANY, PORT, zone), bind_connected(2, &key), false},
		{bind_bound(1, ANY, PORT, link), bind_connected(2, &key), true},
		{bind_bound(1, ELSEWHERE, PORT, zone), bind_connected(2, &key), true},
		{bind_connected(1, &key), bind_connected(2, &key), false},
		{bind_connected(1, &key), bind_connected(2, &peer), true},
		{bind_connected(1, &far), bind_connected(2, &key), true},
		{bind_connected(1, &key), bind_bound(2, ANY, PORT, zone), false},
		{bind_connected(1, &key), bind_bound(2, ANY, PORT + 1, zone), true},
	};

	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		struct demux *demux = make("free", 8, 1);

		add(demux, cases[i].in);
		if (demux_is_free(demux, &cases[i].asks) != cases[i].is_free)
			fail_msg("case %zu", i);
		del(demux, cases[i].in);
		assert_true(demux_is_free(demux, &cases[i].asks));
		demux_destroy(demux);
	}
}

/* Multicast: all of the port on the group or on any address, the zone right; no more than asked. */
static void
test_lookup_all(void **state)
{
	const uint32_t zone = zone_of(1, 5), group = 200;
	struct demux *demux = make("all", 8, 1);
	struct demux_key key = datagram(group, zone);
	struct demux_bind binds[] = {
		on_any_link(bind_bound(1, ANY, PORT, zone)),
		sharing(bind_bound(2, ANY, PORT, zone)),
		sharing(bind_bound(3, ANY, PORT, zone)),
		bind_bound(4, group, PORT, zone),
		/* These not. */
		bind_connected(5, &key),
		bind_bound(6, HERE, PORT, zone),
		bind_bound(7, ANY, PORT, zone_of(2, 5)),
		bind_bound(8, group, PORT, zone_of(1, 6)),
		bind_bound(9, group, PORT + 1, zone),
	};
	const uintptr_t want[] = {4, 2, 3, 1};
	demux_owner owners[5] = {0};

	(void)state;
	assert_int_equal(demux_lookup_all(demux, &key, owners, 5), 0);
	for (size_t i = 0; i < RTE_DIM(binds); i++)
		add(demux, binds[i]);
	for (unsigned n = 0; n <= RTE_DIM(owners); n++) {
		unsigned found = RTE_MIN(n, (unsigned)RTE_DIM(want));

		memset(owners, 0xff, sizeof(owners));
		assert_int_equal(demux_lookup_all(demux, &key, owners, n), found);
		for (unsigned i = 0; i < RTE_DIM(owners); i++)
			assert_true(i < found ? bind_number(owners[i]) == want[i]
					      : owners[i] == ~(demux_owner)0);
	}
	demux_destroy(demux);
}

/* A burst: each key has its own answer, whichever way it is found, and no key's is another's. */
static void
test_burst(void **state)
{
	struct demux *demux = make("burst", 64, 2);
	struct demux_key keys[DEMUX_LOOKUP_MAX];
	const struct demux_key *where[DEMUX_LOOKUP_MAX];
	demux_owner owners[DEMUX_LOOKUP_MAX + 1];

	(void)state;
	for (unsigned i = 0; i < DEMUX_LOOKUP_MAX; i++) {
		keys[i] = bind_key(i + 1, (uint16_t)(PORT + i % 3), PEER, PEER_PORT, 0);
		where[DEMUX_LOOKUP_MAX - 1 - i] = &keys[i];
		if (i % 3 == 0)
			add(demux, bind_connected(i + 100, &keys[i]));
	}
	add(demux, bind_bound(1000, ANY, PORT + 1, 0));
	for (unsigned n = 0; n <= DEMUX_LOOKUP_MAX; n++) {
		memset(owners, 0xff, sizeof(owners));
		demux_lookup(demux, where, n, owners);
		for (unsigned k = 0; k < n; k++) {
			unsigned i = DEMUX_LOOKUP_MAX - 1 - k;
			const uintptr_t want[] = {i + 100, 1000, 0};

			assert_int_equal(bind_number(owners[k]), want[i % 3]);
		}
		assert_int_equal(owners[n], ~(demux_owner)0);
	}
	demux_destroy(demux);
}

/* What cannot be is refused, and nothing is left behind. */
static void
test_refusals(void **state)
{
	struct demux_conf conf = {.name = "refused", .n_connected = 8, .socket = SOCKET_ID_ANY};
	struct demux *demux;

	(void)state;
	assert_null(demux_create(&conf));
	conf.n_workers = 65;
	assert_null(demux_create(&conf));
	conf.n_workers = 64;
	demux = demux_create(&conf);
	assert_non_null(demux);
	assert_null(demux_create(&conf)); /* the name */
	demux_destroy(demux);
	conf.n_connected = 1u << 30; /* more than there is memory for */
	assert_null(demux_create(&conf));
	demux_destroy(NULL);
}

/* Names as long as a stack's may be, the same but for the last character. */
static void
test_names(void **state)
{
	struct demux *a = make("twelve-thirty-1", 8, 2), *b = make("twelve-thirty-2", 8, 2);

	(void)state;
	demux_destroy(a);
	demux_destroy(b);
}

/* No memory left: to add fails, to take out does not. */
static void
test_no_memory(void **state)
{
	struct demux *demux = make("poor", 8, 2);
	struct demux_bind first = bind_bound(1, ANY, PORT, 0), more = bind_bound(2, HERE, PORT, 0);
	static void *taken[4096];
	unsigned n = 0;

	(void)state;
	add(demux, first);
	for (size_t size = 128u << 20; size >= 64; size /= 2) {
		void *block;

		while (n < RTE_DIM(taken) && (block = rte_malloc(NULL, size, 0)) != NULL)
			taken[n++] = block;
	}
	assert_in_range(n, 1, RTE_DIM(taken) - 1);
	assert_int_equal(demux_add(demux, &more), -ENOMEM);
	assert_int_equal(demux_count(demux), 1);
	del(demux, first);
	expect(demux, datagram(HERE, 0), 0);
	while (n > 0)
		rte_free(taken[--n]);
	add(demux, more);
	demux_destroy(demux);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, no_leak)
	const struct CMUnitTest tests[] = {
		TEST(test_most_specific),
		TEST(test_rules),
		TEST(test_owner),
		TEST(test_in_use),
		TEST(test_is_free),
		TEST(test_lookup_all),
		TEST(test_burst),
		TEST(test_refusals),
		TEST(test_names),
		TEST(test_no_memory),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : rc;
}
