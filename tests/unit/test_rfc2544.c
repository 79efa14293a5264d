/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measurements over net_ring: between two links, to a peer that echoes, over a link that loses.
 * Times are short and rates low: what is checked is that every payload is accounted for, not speed.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <pktpool.h>

#include "eal.h"
#include "rfc2544/rfc2544.h"
#include "rfc2544/trial.h"
#include "session_rig.h"

static struct session_rig middle; /* what is between the links, or the peer */
static struct session *session;
static uint16_t left[2], right[2];
static volatile sig_atomic_t stop_signal;
static pthread_t middle_thread;
static _Atomic bool middle_ends;

static char json[] = "/tmp/chainburst-rfc2544-XXXXXX", svg[] = "/tmp/chainburst-svg-XXXXXX";

/* The EAL has one lcore: the session's worker is worked by this thread.
 */
static void *
middle_works(void *arg)
{
	(void)arg;
	assert_int_equal(rte_thread_register(), 0);
	while (!atomic_load(&middle_ends)) {
		if (session_rig_turn(&middle) == 0)
			(void)sched_yield();
	}
	rte_thread_unregister();
	return NULL;
}

/* Two links with the device in between, running this engine on a thread of its own. */
static void
open_all(const struct engine *engine, unsigned n_links, double loss)
{
	const uint16_t inner[] = {left[1], right[1]}, outer[] = {left[0], right[0]};
	static struct config config;
	struct opt_error err;

	session_rig_open(&middle, "middle", inner, n_links, 1, 9);
	session_rig_peer(&middle, 4, 2);
	middle.session.settings.loss = loss;
	if (session_rig_start(&middle, engine, &err) != 0)
		fail_msg("%s", err.text);
	memset(&config, 0, sizeof(config));
	config.stack.name = "bench";
	config.n_links = n_links;
	for (unsigned i = 0; i < n_links; i++) {
		struct config_link *link = &config.links[i];
		struct pktpool_why why;
		char text[2][32];

		(void)snprintf(link->port, sizeof(link->port), "%u", outer[i]);
		/* One network, as a switch would have it. */
		(void)snprintf(text[0], sizeof(text[0]), "192.0.2.%u", i + 1);
		(void)snprintf(text[1], sizeof(text[1]), "2001:db8::%u", i + 1);
		for (unsigned a = 0; a < 2; a++) {
			assert_int_equal(proto_addr_parse(text[a], &link->addrs[a].addr, &why), 0);
			link->addrs[a].len = a == 0 ? 24 : 64;
		}
		link->n_addrs = 2;
	}
	if (session_open(&session, &config, &stop_signal, &err) != 0)
		fail_msg("%s", err.text);
	atomic_store(&middle_ends, false);
	assert_int_equal(pthread_create(&middle_thread, NULL, middle_works, NULL), 0);
}

/* Frames of both, and their messages, that somebody has. */
static uint64_t
packets_out(void)
{
	static const char *const pools[] = {
		"bench.w0.pkt", "bench.w0.ctl", "middle.w0.pkt", "middle.w0.ctl"};
	uint64_t sum = 0;

	for (unsigned i = 0; i < RTE_DIM(pools); i++) {
		struct pktpool_usage usage;

		pktpool_usage(pktpool_lookup(pools[i]), &usage);
		sum += usage.in_use;
	}
	return sum;
}

/* Frames that were sent lie in the rings until the other side has read them. */
static void
settle(void)
{
	for (unsigned quiet = 0; quiet < 100;) {
		bool worked = session_turn(session);

		(void)sched_yield();
		quiet = worked || packets_out() != 0 ? 0 : quiet + 1;
	}
}

static void
close_all(void)
{
	struct opt_error err;

	settle();
	if (session_close(session, &err) != 0)
		fail_msg("%s", err.text);
	atomic_store(&middle_ends, true);
	assert_int_equal(pthread_join(middle_thread, NULL), 0);
	session_rig_quit(&middle);
	while (session_rig_turn(&middle) != 0 || !session_rig_is_drained(&middle))
		;
	(void)session_rig_stop(&middle);
	session_rig_close(&middle);
}

/* So many payloads of 5000 bytes from link 0 to link 1, which is its neighbour. */
static struct trial
trial_to(uint64_t count)
{
	struct trial trial = {.tx = session->links[0].link,
		.rx = session->links[1].link,
		.to_port = 2544,
		.payload = 5000,
		.count = count,
		.settle = 1};
	struct proto_link_info info;
	struct pktpool_why why;

	assert_int_equal(proto_addr_parse("192.0.2.2", &trial.to, &why), 0);
	proto_link_info(trial.rx, &info);
	assert_int_equal(proto_neigh_add(trial.tx, &trial.to, &info.port.mac, &why), 0);
	return trial;
}

static struct rfc2544_conf
conf_of(enum rfc2544_test test)
{
	return (struct rfc2544_conf){
		.test = test,
		.rx_link = 1,
		.n_sizes = 3,
		.sizes = {{64, false}, {1518, false}, {5000, true}},
		.trial = 0.05,
		.settle = 5,
		.rate = 5000,
		.resolution = 0.1,
	};
}

/* Run it; the table into `table`. */
static int
run(const struct rfc2544_conf *conf, char *table, size_t size, struct opt_error *err)
{
	FILE *out = fmemopen(table, size, "w");
	int ret;

	assert_non_null(out);
	ret = rfc2544_run(session, conf, out, json, svg, err);
	assert_int_equal(fclose(out), 0);
	return ret;
}

static void
must(const struct rfc2544_conf *conf, char *table, size_t size)
{
	struct opt_error err;

	if (run(conf, table, size, &err) != 0)
		fail_msg("%s", err.text);
}

/* The text after `key` in the JSON file, the n-th time. */
static double
json_number(const char *key, unsigned nth)
{
	static char text[1 << 20];
	FILE *in = fopen(json, "r");
	const char *at = text;

	assert_non_null(in);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	assert_int_equal(fclose(in), 0);
	for (unsigned i = 0; i <= nth; i++) {
		at = strstr(at, key);
		if (at == NULL)
			fail_msg("%s: no %s %u", text, key, nth);
		at += strlen(key);
	}
	return strtod(at, NULL);
}

static void
file_holds(const char *name, const char *what)
{
	static char text[1 << 20];
	FILE *in = fopen(name, "r");

	assert_non_null(in);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	assert_int_equal(fclose(in), 0);
	if (strstr(text, what) == NULL)
		fail_msg("%s is not in %s: %.200s", what, name, text);
}

/* All that was asked for goes: the first trial passes. */
static void
test_throughput(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_THROUGHPUT);
	char table[4096];

	(void)state;
	for (conf.family = 4; conf.family <= 6; conf.family += 2) {
		conf.sizes[0].bytes = conf.family == 4 ? 64 : 128;
		must(&conf, table, sizeof(table));
		for (unsigned i = 0; i < 3; i++) {
			double rate = json_number("\"payloads_per_s\": ", i);

			assert_true(rate > 0 && rate <= 5000);
		}
		assert_int_equal((int)json_number("\"frames\": ", 2), 4);
		file_holds(json, "\"test\": \"throughput\"");
		file_holds(svg, "<svg");
		assert_non_null(strstr(table, "payload 5000"));
	}
}

static void
test_latency(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_LATENCY);
	char table[4096];

	(void)state;
	conf.repeat = 2;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 3; i++) {
		double n = json_number("\"count\": ", i), min = json_number("\"min\": ", i);
		double p50 = json_number("\"p50\": ", i), max = json_number("\"max\": ", i);

		/* Of all that were sent at the rate found, whatever the load let it be. */
		if (n < 1 || n > 2 * 0.05 * 5000 + 2)
			fail_msg("%g latencies\n%s", n, table);
		assert_true(min > 0 && min <= p50 && p50 <= max && max < 1e10);
	}
	file_holds(svg, "<svg");
}

/* A link that loses a tenth: no burst of 250 comes through, unless that much is allowed for. */
static void
test_loss(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_BACK_TO_BACK);
	char table[4096];

	(void)state;
	conf.n_sizes = 1;
	conf.settle = 0.2;
	must(&conf, table, sizeof(table));
	assert_true(json_number("\"payloads_back_to_back\": ", 0) < 200);
	assert_true(json_number("\"trials\": ", 0) >= 4);
	conf.tolerance = 0.5;
	must(&conf, table, sizeof(table));
	assert_true(json_number("\"payloads_back_to_back\": ", 0) == 250);
	assert_true(json_number("\"trials\": ", 0) == 1);
	conf.test = RFC2544_FRAME_LOSS;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 2; i++)
		assert_in_range((int)(100 * json_number("\"lost\": ", i)), 0, 100);
}

/* What is lost is what the link in between says it has lost. */
static void
test_loss_counts(void **state)
{
	static struct trial_result result;
	struct trial trial = trial_to(2000);
	struct opt_error err;
	uint64_t lost;

	(void)state;
	trial.payload = 1000;
	trial.settle = 2;
	if (trial_run(session, &trial, &result, &err) != 0)
		fail_msg("%s", err.text);
	lost = result.sent - result.received;
	assert_int_equal(result.sent, 2000);	   /* less than a ring holds */
	assert_in_range(lost, 200 - 67, 200 + 67); /* 5 standard deviations */
	assert_in_range(lost, session_rig_figures(&middle).frames_lost - 5,
		session_rig_figures(&middle).frames_lost); /* messages of the stacks' own */
	assert_int_equal(result.latency.n, result.received);
}

static void
test_no_loss(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_FRAME_LOSS);
	char table[4096];

	(void)state;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 6; i++) /* 3 sizes, each ends after two trials without loss */
		assert_true(json_number("\"lost\": ", i) == 0);
	conf.test = RFC2544_BACK_TO_BACK;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 3; i++)
		assert_true(json_number("\"payloads_back_to_back\": ", i) == 250);
}

/* There and back. */
static void
test_peer(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_LATENCY);
	struct pktpool_why why;
	char table[4096];

	(void)state;
	conf.peer = true;
	conf.rx_link = 0;
	assert_int_equal(proto_addr_parse("192.0.2.9", &session->settings.to, &why), 0);
	session->settings.to_port = 9000;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 3; i++)
		assert_true(json_number("\"count\": ", i) >= 1);
	assert_non_null(strstr(table, "link0 to a peer and back"));
}

static void
refused(const struct rfc2544_conf *conf, const char *with)
{
	struct opt_error err = {""};
	char table[4096];

	assert_int_equal(run(conf, table, sizeof(table), &err), -1);
	if (strstr(err.text, with) == NULL)
		fail_msg("%s", err.text);
}

static void
test_refusals(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_THROUGHPUT);
	struct opt_error err;

	(void)state;
	conf.rx_link = 2;
	refused(&conf, "bench between links 0 and 2: there are 2");
	conf.rx_link = 0;
	refused(&conf, "to itself");
	conf.rx_link = 1;
	conf.peer = true;
	refused(&conf, "set to ADDRESS:PORT");
	conf.peer = false;
	conf.sizes[1].bytes = 2000;
	refused(&conf, "frame of 2000 bytes: expected 62 to 1518");
	conf.sizes[1].bytes = 64;
	conf.resolution = 1;
	refused(&conf, "resolution 1");
	conf.resolution = 0.1;
	assert_int_equal(rfc2544_run(session, &conf, stdout, "/nonexistent/j", NULL, &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/j"));
	assert_int_equal(rfc2544_run(session, &conf, stdout, NULL, "/nonexistent/s", &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/s"));
	stop_signal = 1;
	refused(&conf, "interrupted");
	stop_signal = 0;
}

/* Nothing comes: said, not measured. */
static void
test_no_cable(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_THROUGHPUT);

	(void)state;
	refused(&conf, "no payload of link0 came to link1");
}

/* Frames and octets as the stack counts them are those of the shape. */
static void
test_shape(void **state)
{
	static struct trial_result result;
	struct trial trial = trial_to(100);
	struct opt_error err;

	(void)state;
	if (trial_run(session, &trial, &result, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.sent, 100);
	assert_int_equal(result.received, 100);
	assert_in_range(result.frames, 400, 404); /* and perhaps a message of the stack's own */
	assert_in_range(result.octets, 100 * (5008 + 4 * 34), 100 * (5008 + 4 * 34) + 400);
}

static int
through_io(void **state)
{
	(void)state;
	open_all(&engine_io, 2, 0);
	return 0;
}

static int
through_loss(void **state)
{
	(void)state;
	open_all(&engine_loss, 2, 0.1);
	return 0;
}

static int
through_nothing(void **state)
{
	(void)state;
	open_all(&engine_loss, 2, 1);
	return 0;
}

static int
to_peer(void **state)
{
	(void)state;
	open_all(&engine_echo, 1, 0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close_all();
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	session_rig_wire("left", 1, left);
	session_rig_wire("right", 1, right);
	return close(mkstemp(json)) | close(mkstemp(svg));
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(json) | unlink(svg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_throughput, through_io, end),
		cmocka_unit_test_setup_teardown(test_latency, through_io, end),
		cmocka_unit_test_setup_teardown(test_loss, through_loss, end),
		cmocka_unit_test_setup_teardown(test_loss_counts, through_loss, end),
		cmocka_unit_test_setup_teardown(test_no_loss, through_io, end),
		cmocka_unit_test_setup_teardown(test_peer, to_peer, end),
		cmocka_unit_test_setup_teardown(test_refusals, through_io, end),
		cmocka_unit_test_setup_teardown(test_no_cable, through_nothing, end),
		cmocka_unit_test_setup_teardown(test_shape, through_io, end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, set_up, tear_down);

	return eal_stop() != 0 || failed != 0;
}
