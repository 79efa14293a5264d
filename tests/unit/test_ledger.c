/* SPDX-License-Identifier: BSD-3-Clause */
/* Who holds what: the ledger, the reports of destroy and dump, and who took it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <rte_launch.h>

#include "eal.h"
#include "pktpool.h"
#include "pktpool_mem.h"

#define TEXT_MAX 16384

/* All lines of a report. */
struct report {
	char text[TEXT_MAX];
	size_t used;
	unsigned int lines;
};

static void
add_line(void *arg, const char *line)
{
	struct report *r = arg;

	assert_null(strchr(line, '\n'));
	r->used += (size_t)snprintf(r->text + r->used, sizeof(r->text) - r->used, "%s\n", line);
	r->lines++;
}

static void
has(const struct report *r, const char *text)
{
	if (strstr(r->text, text) == NULL)
		fail_msg("no \"%s\" in:\n%s", text, r->text);
}

static struct pktpool *
make(const char *name, uint16_t cache, bool track)
{
	struct pktpool_conf conf = {.name = name,
		.n = 100,
		.reserved = 8,
		.headroom = 16,
		.room = 16,
		.cache = cache,
		.track = track,
		.socket = SOCKET_ID_ANY};
	struct pktpool *pool = NULL;

	assert_int_equal(pktpool_create(&pool, &conf, NULL), 0);
	return pool;
}

static void
ledger_names_what_is_out(void **state)
{
	struct bufpool_conf conf = {.name = "bufs", .n = 10, .socket = SOCKET_ID_ANY};
	struct pktpool *pool = make("heads", 0, false);
	struct rte_mbuf *pkts[3], *bufs[2];
	struct report r = {.used = 0};
	struct bufpool *bp;
	void *block;

	(void)state;
	assert_int_equal(bufpool_create(&bp, &conf, NULL), 0);
	assert_int_equal(pktpool_ledger(add_line, &r), 0);
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 3), 0);
	assert_int_equal(bufpool_alloc_bulk(bp, bufs, 2), 0);
	block = pktpool_mem_alloc("Ldgr", 77, 0, SOCKET_ID_ANY, NULL);
	assert_non_null(block);
	assert_int_equal(pktpool_ledger(NULL, NULL), 3);
	assert_int_equal(pktpool_ledger(add_line, &r), 3);
	assert_int_equal(r.lines, 3);
	has(&r, "pool=heads kind=packets out=3 of=100");
	has(&r, "pool=bufs kind=buffers out=2 of=10");
	has(&r, "tag=Ldgr blocks=1 bytes=77");
	pktpool_free_bulk(pkts, 3);
	pktpool_free_bulk(bufs, 2);
	assert_int_equal(pktpool_mem_free(block), 0);
	assert_int_equal(pktpool_ledger(NULL, NULL), 0);
	assert_int_equal(bufpool_destroy(bp, NULL, NULL), 0);
	assert_int_equal(pktpool_destroy(pool, NULL, NULL), 0);
}

struct taken {
	struct pktpool *pool;
	struct rte_mbuf *pkt;
};

/* Not static: its name is to be found by the report. */
int take_in_named_function(void *arg);

__attribute__((visibility("default"), noinline)) int
take_in_named_function(void *arg)
{
	struct taken *taken = arg;

	taken->pkt = pktpool_alloc(taken->pool);
	return taken->pkt != NULL ? 0 : -1;
}

static int
cache_some(void *arg)
{
	struct rte_mbuf *pkts[20];

	if (pktpool_alloc_bulk(arg, pkts, 20) != 0)
		return -1;
	pktpool_free_bulk(pkts, 20);
	return 0;
}

/* Field by field: the struct has padding. */
static void
same_usage(const struct pktpool_usage *a, const struct pktpool_usage *b)
{
	assert_int_equal(a->in_use, b->in_use);
	assert_int_equal(a->peak, b->peak);
	assert_int_equal(a->provisioned, b->provisioned);
	assert_int_equal(a->overflow_entered, b->overflow_entered);
	assert_int_equal(a->allocated, b->allocated);
	assert_int_equal(a->refused, b->refused);
}

static void
reports_say_who_took_it(void **state)
{
	static const uint16_t caches[] = {0, 16};

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(caches); i++) {
		struct pktpool *pool = make("track", caches[i], true);
		struct report r = {.used = 0}, busy = {.used = 0};
		struct taken taken = {.pool = pool};
		struct pktpool_usage before, after;
		struct rte_mbuf *pkts[2];
		char line[64];

		assert_int_equal(rte_eal_remote_launch(cache_some, pool, 1), 0);
		assert_int_equal(rte_eal_wait_lcore(1), 0);
		assert_int_equal(rte_eal_remote_launch(take_in_named_function, &taken, 1), 0);
		assert_int_equal(rte_eal_wait_lcore(1), 0);
		assert_int_equal(pktpool_alloc_raw_bulk(pool, pkts, 2), 0);
		pktpool_track_site(pkts, 1, "tx/send.c:42");
		pktpool_usage(pool, &before);
		assert_int_equal(pktpool_dump(pool, add_line, &r), 3);
		pktpool_usage(pool, &after);
		same_usage(&before, &after);
		assert_int_equal(r.lines, 4);
		has(&r, "pool=track kind=packets n=100 overflow=0 in_use=3");
		has(&r, "taken_by=tx/send.c:42 lcore=0 age_ms=");
		has(&r, "taken_by=take_in_named_function+0x");
		has(&r, " lcore=1 age_ms=");
		(void)snprintf(line, sizeof(line), "out=%p refcnt=1", (void *)taken.pkt);
		has(&r, line);
		/* The reserved bytes are the client's, whatever the pool notes behind them. */
		assert_int_equal(pkt_reserved_size(pkts[0]), 8);
		assert_int_equal(pktpool_destroy(pool, add_line, &busy), -EBUSY);
		assert_int_equal(busy.lines, 3);
		assert_int_equal(pktpool_destroy(pool, NULL, NULL), -EBUSY);
		pktpool_free_bulk(pkts, 2);
		busy = (struct report){.used = 0};
		assert_int_equal(pktpool_destroy(pool, add_line, &busy), -EBUSY);
		assert_int_equal(busy.lines, 1);
		has(&busy, line);
		pktpool_free(taken.pkt);
		assert_int_equal(pktpool_destroy(pool, add_line, &busy), 0);
		assert_int_equal(busy.lines, 1);
	}
}

static void
reports_work_without_tracking(void **state)
{
	struct pktpool *pool = make("plain", 8, false);
	struct report r = {.used = 0};
	struct rte_mbuf *pkts[100];

	(void)state;
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 100), 0);
	assert_int_equal(pktpool_dump(pool, add_line, &r), 100);
	assert_int_equal(r.lines, 101);
	assert_null(strstr(r.text, "taken_by"));
	pktpool_track_site(pkts, 100, "nothing to note");
	pktpool_free_bulk(pkts, 100);
	assert_int_equal(pktpool_dump(pool, add_line, &r), 0);
	/* A dump leaves all descriptors where they can be had. */
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 100), 0);
	pktpool_free_bulk(pkts, 100);
	assert_int_equal(pktpool_destroy(pool, NULL, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ledger_names_what_is_out),
		cmocka_unit_test(reports_say_who_took_it),
		cmocka_unit_test(reports_work_without_tracking),
	};
	int failed;

	if (eal_start(2, NULL) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
	(void)eal_stop();
	return failed != 0;
}
