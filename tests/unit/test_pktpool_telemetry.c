/* SPDX-License-Identifier: BSD-3-Clause */
/* /pktpool/... as dpdk-telemetry.py sees it: through the real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "eal.h"
#include "pktpool.h"
#include "pktpool_mem.h"

#define ANSWER_MAX 65536

/* Meson's "skipped". */
#define SKIP 77

static char runtime_dir[] = "/tmp/test_pktpool_telemetry.XXXXXX";

/* The answers to commands (with blanks between), from DPDK's own client. */
static const char *
ask(const char *commands)
{
	static char answer[ANSWER_MAX];
	char shell[512];
	size_t n;
	FILE *pipe;

	(void)snprintf(shell, sizeof(shell),
		"printf '%%s\\n' %s | dpdk-telemetry.py -f test%d 2>&1", commands, (int)getpid());
	pipe = popen(shell, "r");
	assert_non_null(pipe);
	n = fread(answer, 1, sizeof(answer) - 1, pipe);
	answer[n] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return answer;
}

/* The answer has this text, blanks and line ends aside. */
static void
has(const char *answer, const char *text)
{
	static char dense[ANSWER_MAX];
	char *to = dense;

	for (const char *from = answer; *from != '\0'; from++) {
		if (*from != ' ' && *from != '\n')
			*to++ = *from;
	}
	*to = '\0';
	if (strstr(dense, text) == NULL)
		fail_msg("no %s in: %s", text, answer);
}

static void
answers(void **state)
{
	struct pktpool_conf conf = {.name = "heads",
		.n = 30,
		.n_overflow = 5,
		.reserved = 16,
		.headroom = 64,
		.room = 100,
		.socket = SOCKET_ID_ANY};
	struct bufpool_conf buf_conf = {.name = "shells", .n = 9, .socket = SOCKET_ID_ANY};
	struct pktpool *pool;
	struct bufpool *bufs;
	struct rte_mbuf *pkts[32];
	const char *answer;
	void *block;

	(void)state;
	assert_int_equal(pktpool_create(&pool, &conf, NULL), 0);
	assert_int_equal(bufpool_create(&bufs, &buf_conf, NULL), 0);
	assert_int_equal(pktpool_alloc_bulk(pool, pkts, 32), 0);
	block = pktpool_mem_alloc("Tele", 1000, 0, SOCKET_ID_ANY, NULL);
	assert_non_null(block);
	answer = ask("/pktpool/list /pktpool/stats,heads");
	has(answer, "{\"/pktpool/list\":[\"heads\",\"shells\"]}");
	has(answer, "\"name\":\"heads\"");
	has(answer, "\"kind\":\"packets\"");
	has(answer, "\"n\":30,");
	has(answer, "\"n_overflow\":5");
	has(answer, "\"overflow_entered\":1");
	has(answer, "\"in_use\":32");
	has(answer, "\"peak\":32");
	has(answer, "\"allocated\":32");
	has(answer, "\"refused\":0");
	has(answer, "\"reserved\":16");
	has(answer, "\"headroom\":64");
	has(answer, "\"room\":100");
	answer = ask("/pktpool/stats,shells /pktpool/tags");
	has(answer, "\"kind\":\"buffers\"");
	has(answer, "\"in_use\":0");
	has(answer, "\"Tele\":{\"blocks\":1,\"bytes\":1000,\"peak_bytes\":1000,\"allocs\":1}");
	assert_int_equal(pktpool_mem_free(block), 0);
	pktpool_free_bulk(pkts, 32);
	assert_int_equal(bufpool_destroy(bufs, NULL, NULL), 0);
	assert_int_equal(pktpool_destroy(pool, NULL, NULL), 0);
	answer = ask("/pktpool/stats,heads /pktpool/stats /pktpool/tags");
	has(answer, "\"error\":\"nopoolhasthisname");
	has(answer, "\"error\":\"nameapool");
	has(answer, "\"Tele\":{\"blocks\":0,");
}

/* Pages of 64 tags; the longest answer still fits. */
static void
pages_of_tags(void **state)
{
	const char *answer;
	void *blocks[100];
	char tag[16];

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		(void)snprintf(tag, sizeof(tag), "p%03u", i);
		blocks[i] = pktpool_mem_alloc(tag, 1, 0, SOCKET_ID_ANY, NULL);
		assert_non_null(blocks[i]);
	}
	/* One was there before. */
	answer = ask("/pktpool/tags");
	has(answer, "\"p062\":{");
	assert_null(strstr(answer, "p063"));
	answer = ask("/pktpool/tags,64");
	has(answer, "\"p063\":{");
	has(answer, "\"p099\":{");
	assert_null(strstr(answer, "p062"));
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(pktpool_mem_free(blocks[i]), 0);
}

int
main(void)
{
	static const char *const more[] = {"--telemetry", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(pages_of_tags),
	};
	char clean[128];
	int failed;

	if (system("command -v dpdk-telemetry.py >/dev/null") != 0) {
		(void)fprintf(stderr, "SKIPPED: no dpdk-telemetry.py (Debian: dpdk)\n");
		return SKIP;
	}
	if (mkdtemp(runtime_dir) == NULL || setenv("XDG_RUNTIME_DIR", runtime_dir, 1) != 0 ||
		setenv("RUNTIME_DIRECTORY", runtime_dir, 1) != 0 || eal_start(1, more) != 0)
		return 99;
	failed = cmocka_run_group_tests_name("pktpool_telemetry", tests, NULL, NULL);
	(void)eal_stop();
	(void)snprintf(clean, sizeof(clean), "rm -rf '%s'", runtime_dir);
	failed |= system(clean) != 0;
	return failed != 0;
}
