/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measurements over net_ring: between two links, to a peer that echoes, over a link that loses.
 * Times are short and rates low: what is checked is that every payload is accounted for, not speed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench_rig.h"
#include "eal.h"
#include "rfc2544/rfc2544.h"

static char json[] = "/tmp/chainburst-rfc2544-XXXXXX", svg[] = "/tmp/chainburst-svg-XXXXXX";

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
	ret = rfc2544_run(bench_session, conf, out, json, svg, err);
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
		file_holds(json, "\"round_trip\": false,");
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

static void
test_no_loss(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_FRAME_LOSS);
	char table[4096];

	(void)state;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 6; i++) /* 3 sizes, each ends after two trials without loss */
		assert_true(json_number("\"lost\": ", i) == 0);
	for (unsigned i = 0; i < 3; i++)
		assert_true(json_number("\"trials\": ", i) == 2);
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
	assert_int_equal(proto_addr_parse("192.0.2.9", &bench_session->settings.to, &why), 0);
	bench_session->settings.to_port = 9000;
	must(&conf, table, sizeof(table));
	for (unsigned i = 0; i < 3; i++)
		assert_true(json_number("\"count\": ", i) >= 1);
	assert_non_null(strstr(table, "link0 to a peer and back"));
	file_holds(json, "\"round_trip\": true,");
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
	assert_int_equal(
		rfc2544_run(bench_session, &conf, stdout, "/nonexistent/j", NULL, &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/j"));
	assert_int_equal(
		rfc2544_run(bench_session, &conf, stdout, NULL, "/nonexistent/s", &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/s"));
	bench_stop = 1;
	refused(&conf, "interrupted");
	bench_stop = 0;
}

/* Nothing comes: said, not measured. */
static void
test_no_cable(void **state)
{
	struct rfc2544_conf conf = conf_of(RFC2544_THROUGHPUT);

	(void)state;
	refused(&conf, "no payload of link0 came to link1");
}

static int
set_up(void **state)
{
	(void)bench_wires(state);
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
		cmocka_unit_test_setup_teardown(test_throughput, bench_through_io, bench_end),
		cmocka_unit_test_setup_teardown(test_latency, bench_through_io, bench_end),
		cmocka_unit_test_setup_teardown(test_loss, bench_through_loss, bench_end),
		cmocka_unit_test_setup_teardown(test_no_loss, bench_through_io, bench_end),
		cmocka_unit_test_setup_teardown(test_peer, bench_to_peer, bench_end),
		cmocka_unit_test_setup_teardown(test_refusals, bench_through_io, bench_end),
		cmocka_unit_test_setup_teardown(test_no_cable, bench_through_nothing, bench_end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, set_up, tear_down);

	return eal_stop() != 0 || failed != 0;
}
