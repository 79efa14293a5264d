/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet pools: limits and counts on one lcore, fresh packets, settings, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eal.h"
#include "pools.h"

#define MANY 4096

static void
exactly_n_plus_m(void **state)
{
	static const struct {
		uint32_t n, m;
		uint16_t cache;
	} table[] = {
		{1, 0, 0},
		{1, 1, 0},
		{7, 0, 0},
		{7, 3, PKTPOOL_CACHE_AUTO},
		{64, 0, 16},
		{64, 64, 32},
		{100, 1, 512},
		{1000, 0, PKTPOOL_CACHE_AUTO},
		{1023, 1, 256},
	};
	struct rte_mbuf *pkts[MANY];

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(table); i++) {
		uint32_t limit = table[i].n + table[i].m;
		struct pktpool *pool = make("exact", table[i].n, table[i].m, table[i].cache);

		for (unsigned int turn = 0; turn < 3; turn++) {
			assert_int_equal(exhaust(pool, pkts, MANY), limit);
			assert_int_equal(usage_of(pool).in_use, limit);
			assert_null(pktpool_alloc(pool));
			pktpool_free(pkts[0]);
			pkts[0] = pktpool_alloc(pool);
			assert_non_null(pkts[0]);
			assert_null(pktpool_alloc(pool));
			pktpool_free_bulk(pkts, limit);
		}
		assert_int_equal(usage_of(pool).peak, limit);
		assert_int_equal(usage_of(pool).refused, 9);
		assert_int_equal(usage_of(pool).allocated, 3 * (limit + 1));
		done_with(pool);
	}
}

static void
bulk_all_or_none(void **state)
{
	struct rte_mbuf *pkts[64], *more[64];
	struct pktpool *pool = make("bulk", 40, 10, 0);

	(void)state;
	for (unsigned int k = 0; k <= 50; k++) {
		assert_int_equal(pktpool_alloc_bulk(pool, pkts, k), 0);
		assert_int_equal(pktpool_alloc_bulk(pool, more, 51 - k), -ENOBUFS);
		assert_int_equal(usage_of(pool).in_use, k);
		assert_int_equal(pktpool_alloc_raw_bulk(pool, more, 50 - k), 0);
		assert_int_equal(usage_of(pool).in_use, 50);
		pktpool_free_bulk(pkts, k);
		pktpool_free_bulk(more, 50 - k);
	}
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, UINT32_MAX), -ENOBUFS);
	done_with(pool);
}

static void
overflow_counts(void **state)
{
	struct rte_mbuf *pkts[30], *more[30];
	struct pktpool *pool = make("overflow", 20, 10, 0);

	(void)state;
	for (unsigned int turn = 1; turn <= 4; turn++) {
		assert_int_equal(pktpool_alloc_bulk(pool, pkts, 20), 0);
		assert_int_equal(usage_of(pool).overflow_entered, turn - 1);
		/* Once inside, more overflow does not count again. */
		assert_int_equal(pktpool_alloc_bulk(pool, more, 1), 0);
		assert_int_equal(usage_of(pool).overflow_entered, turn);
		assert_int_equal(pktpool_alloc_bulk(pool, &more[1], 9), 0);
		assert_int_equal(usage_of(pool).overflow_entered, turn);
		assert_int_equal(usage_of(pool).in_use, 30);
		/* Below n it has ended, whether or not an allocation saw that. */
		pktpool_free_bulk(more, 10);
		pktpool_free_bulk(pkts, 20);
		if (turn % 2 == 0) {
			assert_int_equal(pktpool_alloc_bulk(pool, pkts, 1), 0);
			pktpool_free_bulk(pkts, 1);
		}
	}
	/* From far below to far above, at once, and again. */
	for (unsigned int turn = 5; turn <= 7; turn++) {
		assert_int_equal(pktpool_alloc_bulk(pool, pkts, 25), 0);
		assert_int_equal(usage_of(pool).overflow_entered, turn);
		pktpool_free_bulk(pkts, 25);
	}
	assert_int_equal(usage_of(pool).peak, 30);
	done_with(pool);
}

static void
peak_is_the_most_at_once(void **state)
{
	struct rte_mbuf *pkts[64];
	struct pktpool *pool = make("peak", 1000, 0, 32);

	(void)state;
	for (unsigned int n = 1; n <= 64; n++) {
		assert_int_equal(pktpool_alloc_bulk(pool, pkts, n), 0);
		pktpool_free_bulk(pkts, n);
		assert_int_equal(usage_of(pool).peak, n);
	}
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 3), 0);
	pktpool_free_bulk(pkts, 3);
	assert_int_equal(usage_of(pool).peak, 64);
	done_with(pool);
}

static void
fresh_packets(void **state)
{
	struct rte_mbuf *pkts[16];
	struct pktpool *pool = make("fresh", 16, 0, 0);

	(void)state;
	for (unsigned int turn = 0; turn < 3; turn++) {
		assert_int_equal(pktpool_alloc_bulk(pool, pkts, 16), 0);
		for (unsigned int i = 0; i < 16; i++) {
			struct rte_mbuf *m = pkts[i];
			const char *reason;

			assert_int_equal(rte_mbuf_check(m, 1, &reason), 0);
			assert_int_equal(m->data_off, 64);
			assert_int_equal(rte_pktmbuf_tailroom(m), 128);
			assert_int_equal(m->data_len + m->pkt_len, 0);
			assert_int_equal(m->ol_flags, 0);
			assert_int_equal(m->tx_offload, 0);
			assert_int_equal(m->packet_type, 0);
			assert_int_equal(m->vlan_tci, 0);
			assert_int_equal(m->port, RTE_MBUF_PORT_INVALID);
			/* Dirty it for the next turn. */
			assert_non_null(rte_pktmbuf_append(m, 100));
			m->ol_flags = RTE_MBUF_F_TX_VLAN;
			m->tx_offload = 77;
			m->vlan_tci = m->vlan_tci_outer = 9;
			m->packet_type = 5;
			m->port = 3;
			m->data_off = 7;
		}
		pktpool_free_bulk(pkts, 16);
	}
	done_with(pool);
}

static void
reserved_bytes(void **state)
{
	struct rte_mbuf *pkts[2], *pkt, *clone;
	struct pktpool *pool = make("reserved", 2, 0, 0);

	(void)state;
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 2), 0);
	pkt = pkts[0];
	clone = pkts[1];
	assert_int_equal(pkt_reserved_size(pkt), 24);
	assert_ptr_equal(pkt_reserved(pkt), rte_mbuf_to_priv(pkt));
	memset(pkt_reserved(pkt), 0xa5, 24);
	assert_int_equal(pkt_reinit(pkt), 0);
	for (unsigned int i = 0; i < 24; i++)
		assert_int_equal(((uint8_t *)pkt_reserved(pkt))[i], 0xa5);
	/* A clone has its own, although it borrows the other's priv_size. */
	memset(pkt_reserved(clone), 0x5a, 24);
	rte_pktmbuf_attach(clone, pkt);
	assert_int_equal(pkt_reserved_size(clone), 24);
	assert_int_equal(((uint8_t *)pkt_reserved(pkt))[23], 0xa5);
	assert_int_equal(((uint8_t *)pkt_reserved(clone))[0], 0x5a);
	assert_int_equal(pkt_reinit(pkt), -EBUSY);
	assert_int_equal(pkt_reinit(clone), 0);
	assert_int_equal(pkt_reinit(pkt), 0);
	assert_int_equal(clone->data_off, 64);
	assert_true(RTE_MBUF_DIRECT(clone));
	pktpool_free(clone);
	pktpool_free(pkt);
	pktpool_free(NULL);
	done_with(pool);
}

static void
reinit_frees_what_is_behind(void **state)
{
	struct rte_mbuf *pkts[3];
	struct pktpool *pool = make("reinit", 3, 0, 0);

	(void)state;
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 3), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_non_null(rte_pktmbuf_append(pkts[i], 10));
	assert_int_equal(rte_pktmbuf_chain(pkts[0], pkts[1]), 0);
	assert_int_equal(rte_pktmbuf_chain(pkts[0], pkts[2]), 0);
	assert_int_equal(pkt_reinit(pkts[0]), 0);
	assert_int_equal(usage_of(pool).in_use, 1);
	assert_int_equal(pkts[0]->pkt_len, 0);
	assert_int_equal(pkts[0]->nb_segs, 1);
	assert_int_equal(pkts[0]->data_off, 64);
	pktpool_free(pkts[0]);
	done_with(pool);
}

static void
refusals_say_why(void **state)
{
	static const struct {
		struct pktpool_conf conf;
		int err;
		const char *word;
	} table[] = {
		{{.name = "ok", .n = 0}, -EINVAL, "at least 1"},
		{{.name = "", .n = 1}, -EINVAL, "characters"},
		{{.name = NULL, .n = 1}, -EINVAL, "characters"},
		{{.name = "a\"b", .n = 1}, -EINVAL, "letters"},
		{{.name = "a name that is far too long", .n = 1}, -EINVAL, "characters"},
		{{.name = "taken", .n = 1}, -EEXIST, "exists"},
		{{.name = "ok", .n = 1, .headroom = 65535, .room = 1}, -EINVAL, "65535"},
		{{.name = "ok", .n = 1, .reserved = 4097}, -EINVAL, "4096"},
		{{.name = "ok", .n = 1, .cache = 513}, -EINVAL, "512"},
		{{.name = "ok", .n = UINT32_MAX, .n_overflow = 2}, -EINVAL, "at most"},
		{{.name = "ok", .n = 1U << 20, .room = 2048}, -ENOMEM, "-m"},
	};
	struct pktpool *taken = make("taken", 1, 0, 0);
	struct pktpool *untouched = taken;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(table); i++) {
		struct pktpool_conf conf = table[i].conf;
		struct pktpool_why why = {""};

		conf.socket = SOCKET_ID_ANY;
		assert_int_equal(pktpool_create(&untouched, &conf, &why), table[i].err);
		assert_non_null(strstr(why.text, table[i].word));
		assert_ptr_equal(untouched, taken);
		assert_int_equal(pktpool_create(&untouched, &conf, NULL), table[i].err);
	}
	assert_null(pktpool_lookup("ok"));
	done_with(taken);
}

static void
limits_of_the_settings(void **state)
{
	struct pktpool_conf conf = {
		.name = "a-name_of.25:characters-x",
		.n = 3,
		.headroom = 0,
		.room = 65535,
		.reserved = 4096,
		.socket = SOCKET_ID_ANY,
	};
	struct rte_mbuf *pkt;
	struct pktpool *pool;

	(void)state;
	assert_int_equal(strlen(conf.name), PKTPOOL_NAME_MAX);
	assert_int_equal(pktpool_create(&pool, &conf, NULL), 0);
	assert_ptr_equal(pktpool_lookup(conf.name), pool);
	assert_string_equal(pktpool_name(pool), conf.name);
	assert_int_equal(pktpool_room(pool), 65535);
	assert_int_equal(pktpool_headroom(pool), 0);
	assert_int_equal(pktpool_alloc_bulk(pool, &pkt, 1), 0);
	assert_ptr_equal(pktpool_of(pkt), pool);
	assert_ptr_equal(pkt->pool, pktpool_mempool(pool));
	memset(pkt_reserved(pkt), 1, 4096);
	assert_non_null(rte_pktmbuf_append(pkt, 65535));
	memset(rte_pktmbuf_mtod(pkt, void *), 2, 65535);
	pktpool_free(pkt);
	done_with(pool);
	/* No room at all: a head without data. */
	conf.room = conf.reserved = 0;
	assert_int_equal(pktpool_create(&pool, &conf, NULL), 0);
	pkt = pktpool_alloc(pool);
	assert_non_null(pkt);
	assert_int_equal(pkt->buf_len, 0);
	assert_int_equal(pkt_reserved_size(pkt), 0);
	pktpool_free(pkt);
	done_with(pool);
}

static void
destroy_refuses_while_out(void **state)
{
	struct pktpool *pool = make("busy", 4, 0, 0);
	struct rte_mbuf *pkt = pktpool_alloc(pool);

	(void)state;
	assert_non_null(pkt);
	assert_int_equal(pktpool_destroy(pool, NULL, NULL), -EBUSY);
	pktpool_free(pkt);
	pkt = pktpool_alloc(pool);
	assert_non_null(pkt);
	pktpool_free(pkt);
	assert_int_equal(pktpool_destroy(pool, NULL, NULL), 0);
	assert_int_equal(pktpool_destroy(NULL, NULL, NULL), 0);
	assert_null(pktpool_lookup("busy"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_n_plus_m),
		cmocka_unit_test(bulk_all_or_none),
		cmocka_unit_test(overflow_counts),
		cmocka_unit_test(peak_is_the_most_at_once),
		cmocka_unit_test(fresh_packets),
		cmocka_unit_test(reserved_bytes),
		cmocka_unit_test(reinit_frees_what_is_behind),
		cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(limits_of_the_settings),
		cmocka_unit_test(destroy_refuses_while_out),
	};
	int failed;

	if (eal_start(1, NULL) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("pool", tests, NULL, NULL);
	(void)eal_stop();
	return failed != 0;
}
