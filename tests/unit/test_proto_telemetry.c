/* SPDX-License-Identifier: BSD-3-Clause */
/* /proto/... through the real socket. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "rig.h"

#define ANSWER_MAX (1 << 17)

static uint8_t bytes[4096];
static char runtime_dir[] = "/tmp/test_proto_telemetry.XXXXXX";

/* The answers to commands (with blanks between), one a line. */
static const char *
ask(const char *commands)
{
	static char answer[ANSWER_MAX];
	char shell[1024];
	size_t n;
	FILE *pipe;

	(void)snprintf(shell, sizeof(shell), "%s '%s/dpdk_telemetry.v2' %s",
		getenv("TELEMETRY_ASK"), rte_eal_get_runtime_dir(), commands);
	pipe = popen(shell, "r");
	assert_non_null(pipe);
	n = fread(answer, 1, sizeof(answer) - 1, pipe);
	answer[n] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return answer;
}

static void
has(const char *answer, const char *text)
{
	if (strstr(answer, text) == NULL)
		fail_msg("no %s in: %s", text, answer);
}

static void
test_answers(void **state)
{
	struct proto_endpoint_conf conf;
	const char *answer;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.conf.name = "tele";
	rig.conf.n_workers = 2;
	rig.port.info.offload_capa = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	rig_start(&rig);
	conf = rig_endpoint_conf(&rig, 4);
	conf.cut = PROTO_FRAGMENT;
	struct proto_endpoint *ep = rig_endpoint(&rig, &conf);

	assert_true(balance_send_one(&rig.balance, ep, bytes, 4000));
	assert_true(balance_send_one(&rig.balance, ep, bytes, 1000));
	assert_int_equal(proto_cancel(ep), 2);
	rig_drain(&rig);
	assert_true(balance_send_one(&rig.balance, ep, bytes, 1000));
	assert_false(balance_send_one(&rig.balance, ep, bytes, 65508));

	answer = ask("/proto/list /proto/stats,tele");
	has(answer, "{\"/proto/list\":[\"tele\"]}\n");
	has(answer, "\"name\":\"tele\",\"workers\":2,\"links\":1,\"payloads_outstanding\":1,");
	has(answer, "\"payloads_accepted\":3,\"payloads_completed\":0,\"payloads_failed\":2,"
		    "\"payloads_refused\":1,");
	has(answer, "\"frames_staged\":5,\"frames_sent\":0,\"frames_dropped\":4,");
	has(answer, "\"reason_too_long\":1,");
	has(answer, "\"reason_canceled\":2,");
	rig_drain(&rig);
	answer = ask("/proto/links,tele");
	has(answer, "{\"/proto/links\":{\"link0\":{\"driver\":\"fault\",\"mtu\":1500,\"started\":1,"
		    "\"carrier\":1,\"can_map\":1,");
	has(answer, "\"offload_udp_cksum\":\"granted\"");
	has(answer, "\"offload_ipv4_cksum\":\"advertised, not asked\"");
	has(answer, "\"offload_multi_segs\":\"software\"");
	has(answer, "\"frames_sent\":1,");
	rig_stop(&rig);
	has(ask("/proto/list"), "{\"/proto/list\":[]}\n");
}

static void
test_unknown(void **state)
{
	const char *answer;
	unsigned int n = 0;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	rig.conf.name = "known";
	rig_start(&rig);
	answer = ask("/proto/stats,unknown /proto/stats,know /proto/stats,known2 "
		     "/proto/links,unknown /proto/stats /proto/links /proto/list,x");
	for (const char *line = answer; (line = strstr(line, "{\"error\":\"")) != NULL; line++)
		n++;
	assert_int_equal(n, 6);
	has(answer, "no stack of that name; see /proto/list");
	has(answer, "a stack's name is needed; see /proto/list");
	has(answer, "{\"/proto/list\":[\"known\"]}");
	rig_stop(&rig);
}

/* Before it has been started, stopped, and after a start that failed. */
static void
test_any_state(void **state)
{
	struct port_fault port;
	struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &port};
	struct proto *stack = NULL;
	struct proto_link *link = NULL;
	const char *answer;

	(void)state;
	port_fault_init(&port);
	assert_int_equal(proto_create(&stack, &(struct proto_conf){.name = "s"}, NULL), 0);
	answer = ask("/proto/stats,s /proto/links,s");
	has(answer, "\"workers\":0,\"links\":0,");
	has(answer, "{\"/proto/links\":{}}");
	assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	has(ask("/proto/links,s"), "\"started\":0,\"carrier\":0,");
	port.start_errors = 1;
	port.start_error = -EIO;
	assert_int_equal(proto_start(stack, NULL), -EIO);
	has(ask("/proto/stats,s"), "\"workers\":0,\"links\":1,");
	assert_int_equal(proto_start(stack, NULL), 0);
	answer = ask("/proto/stats,s /proto/links,s");
	has(answer, "\"workers\":1,\"links\":1,");
	has(answer, "\"started\":1,\"carrier\":1,");
	assert_int_equal(proto_stop(stack), 0);
	has(ask("/proto/links,s"), "\"started\":0,\"carrier\":0,");
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	port_fault_fini(&port);
}

/* As many links as there can be: all of them are in the answer. */
static void
test_many_links(void **state)
{
	static struct port_fault ports[PROTO_LINKS_MAX];
	struct proto *stack = NULL;
	struct proto_link *link = NULL;
	const char *answer;
	char name[32];

	(void)state;
	assert_int_equal(
		proto_create(&stack,
			&(struct proto_conf){.name = "many", .n_packets = 64, .n_buffers = 64},
			NULL),
		0);
	for (unsigned int i = 0; i < PROTO_LINKS_MAX; i++) {
		struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &ports[i]};

		port_fault_init(&ports[i]);
		assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
	}
	struct proto_link_conf more = {.ops = &port_fault_ops, .port = &ports[0]};

	assert_int_equal(proto_link_add(stack, &more, &link, NULL), -ENOSPC);
	assert_int_equal(proto_start(stack, NULL), 0);
	answer = ask("/proto/links,many");
	for (unsigned int i = 0; i < PROTO_LINKS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "\"link%u\":{\"driver\":\"fault\"", i);
		has(answer, name);
	}
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	for (unsigned int i = 0; i < PROTO_LINKS_MAX; i++)
		port_fault_fini(&ports[i]);
}

/* Somebody asks all the time while stacks come and go. */
static void
test_meanwhile(void **state)
{
	struct port_fault port;
	struct proto_link_conf conf = {.ops = &port_fault_ops, .port = &port};
	char shell[1024];
	char answer[4096];
	unsigned int rounds = 0;
	size_t n, sum = 0;
	FILE *pipe;

	(void)state;
	(void)snprintf(shell, sizeof(shell),
		"%s '%s/dpdk_telemetry.v2' $(yes /proto/stats,s /proto/links,s /proto/list | head "
		"-300)",
		getenv("TELEMETRY_ASK"), rte_eal_get_runtime_dir());
	pipe = popen(shell, "r");
	assert_non_null(pipe);
	port_fault_init(&port);
	do {
		struct proto *stack = NULL;
		struct proto_link *link = NULL;

		for (unsigned int i = 0; i < 5; i++, rounds++) {
			assert_int_equal(proto_create(&stack,
						 &(struct proto_conf){.name = "s",
							 .n_packets = 64,
							 .n_buffers = 64,
							 .n_payloads = 8},
						 NULL),
				0);
			assert_int_equal(proto_link_add(stack, &conf, &link, NULL), 0);
			assert_int_equal(proto_start(stack, NULL), 0);
			assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
		}
		n = fread(answer, 1, sizeof(answer), pipe);
		sum += n;
	} while (n > 0);
	assert_int_equal(pclose(pipe), 0);
	assert_true(sum > 900 * strlen("{\"/proto/list\":[]}") && rounds > 10);
	port_fault_fini(&port);
}

/* However many stacks and pools there have been, each command is known once. */
static void
test_once(void **state)
{
	static const char *const commands[] = {"\"/proto/list\"", "\"/pktpool/list\""};
	const char *answer = ask("/");

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(commands); i++) {
		const char *at = strstr(answer, commands[i]);

		assert_non_null(at);
		assert_null(strstr(at + 1, commands[i]));
	}
}

int
main(void)
{
	static const char *const more[] = {"--telemetry", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_any_state),
		cmocka_unit_test(test_many_links),
		cmocka_unit_test(test_meanwhile),
		cmocka_unit_test(test_once),
	};
	char clean[128];
	int failed;

	if (mkdtemp(runtime_dir) == NULL || setenv("XDG_RUNTIME_DIR", runtime_dir, 1) != 0 ||
		setenv("RUNTIME_DIRECTORY", runtime_dir, 1) != 0)
		return 1;
	if (getenv("TELEMETRY_ASK") == NULL)
		(void)setenv("TELEMETRY_ASK", "python3 tests/harness/telemetry_ask.py", 1);
	if (eal_start(1, more) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += eal_stop();
	(void)snprintf(clean, sizeof(clean), "rm -rf '%s'", runtime_dir);
	return system(clean) != 0 || failed != 0;
}
