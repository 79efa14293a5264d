/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engines that send and receive payloads, over net_ring: all that txonly makes comes to rxonly
 * as it was made, each once; echo gives back what came; pipe carries a file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_cycles.h>

#include "eal.h"
#include "session_rig.h"

#define N 2000

static struct session_rig a, b;
static uint16_t wire1[2], wire2[2];
static char error[600];

/* Until both have done all, or nothing has moved for a second. */
static void
converse(bool wait_for_a, bool wait_for_b)
{
	uint64_t moved = rte_get_tsc_cycles(), now = moved;

	while ((wait_for_a && !session_rig_is_done(&a)) ||
		(wait_for_b && !session_rig_is_done(&b))) {
		unsigned work = session_rig_turn(&a) + session_rig_turn(&b);

		now = rte_get_tsc_cycles();
		if (work > 0)
			moved = now;
		assert_true(now - moved < 2 * rte_get_tsc_hz());
	}
}

/* What is still under way arrives, and completes where it came from. */
static void
settle(void)
{
	for (unsigned quiet = 0;
		quiet < 100 || !session_rig_is_drained(&a) || !session_rig_is_drained(&b);)
		quiet = session_rig_turn(&a) + session_rig_turn(&b) == 0 ? quiet + 1 : 0;
}

static void
start(struct session_rig *rig, const struct engine *engine)
{
	struct opt_error err;

	if (session_rig_start(rig, engine, &err) != 0)
		fail_msg("%s", err.text);
}

static void
open_both(const uint16_t *wire, unsigned n_workers)
{
	session_rig_open(&a, "a", &wire[0], 1, n_workers, 1);
	session_rig_open(&b, "b", &wire[1], 1, n_workers, 2);
}

static void
close_both(void)
{
	session_rig_close(&a);
	session_rig_close(&b);
}

/* txonly with a's settings to rxonly, which is to see `datagrams` and `octets`. */
static void
run(const char *what, uint64_t datagrams)
{
	struct engine_figures tx, rx;

	session_rig_peer(&b, a.session.settings.to.family, 1);
	b.session.settings.count = datagrams;
	start(&b, &engine_rxonly);
	start(&a, &engine_txonly);
	converse(true, true);
	settle();
	session_rig_quit(&a);
	session_rig_quit(&b);
	tx = session_rig_stop(&a);
	rx = session_rig_stop(&b);
	(void)snprintf(error, sizeof(error),
		"%s: sent %lu failed %lu octets %lu; received %lu octets %lu bad %lu lost %lu "
		"reordered %lu duplicate %lu",
		what, tx.payloads_sent, tx.payloads_failed, tx.octets_sent, rx.payloads_received,
		rx.octets_received, rx.bad_content, rx.payloads_lost, rx.payloads_reordered,
		rx.payloads_duplicate);
	if (tx.payloads_sent != a.session.settings.count || tx.payloads_failed != 0 ||
		rx.payloads_received != datagrams || rx.octets_received != tx.octets_sent ||
		rx.bad_content + rx.payloads_lost + rx.payloads_reordered + rx.payloads_duplicate +
				rx.payloads_untracked !=
			0)
		fail_msg("%s", error);
}

static void
test_sizes(void **state)
{
	static const struct {
		uint32_t min, max;
		bool imix;
		uint16_t txpkts[3];
	} shapes[] = {
		{64, 64, false, {0}}, {1, 40, false, {0}}, {1472, 1473, false, {0}},
		{100, 9000, false, {0}}, {0, 0, true, {0}}, {0, 0, false, {10, 20, 30}},
		{64, 3000, false, {17, 1, 500}}, /* the rest is a piece of its own */
		{10, 20, false, {17, 100, 500}}, /* not all pieces are needed */
	};

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(shapes); s++) {
		for (unsigned k = 0; k < 4; k++) {
			struct session_settings *set = &a.session.settings;
			char what[64];

			session_rig_peer(&a, k / 2 == 0 ? 4 : 6, 2);
			set->count = N;
			set->payload_min = shapes[s].min;
			set->payload_max = shapes[s].max;
			set->imix = shapes[s].imix;
			set->data = k % 2 == 0 ? PROTO_DATA_COPY : PROTO_DATA_MAP;
			for (; set->n_txpkts < 3 && shapes[s].txpkts[set->n_txpkts] != 0;
				set->n_txpkts++)
				set->txpkts[set->n_txpkts] = shapes[s].txpkts[set->n_txpkts];
			(void)snprintf(what, sizeof(what), "shape %u, run %u", s, k);
			run(what, N);
		}
	}
}

/* Segments: each is a datagram with a pattern of its own. MTU 1500. */
static void
test_segments(void **state)
{
	(void)state;
	for (unsigned family = 4; family <= 6; family += 2) {
		session_rig_peer(&a, family, 2);
		a.session.settings.count = N;
		a.session.settings.cut = PROTO_SEGMENT;
		a.session.settings.payload_min = a.session.settings.payload_max = 10000;
		run("segments", 7 * N);
		/* The last segment has 3 bytes: no room for a number. */
		a.session.settings.payload_min = a.session.settings.payload_max =
			family == 4 ? 1472 + 3 : 1452 + 3;
		run("short segments", 2 * N);
	}
}

/* More flows than workers, one rate for all, bursts that do not divide the count. */
static void
test_flows(void **state)
{
	(void)state;
	session_rig_peer(&a, 4, 2);
	a.session.settings.count = 1003;
	a.session.settings.flows = 7;
	a.session.settings.burst = 5;
	a.session.settings.rate = 1000000000;
	run("flows", 1003);
}

/* As many as were wanted, whatever comes. */
static void
test_rx_count(void **state)
{
	struct engine_figures rx;

	(void)state;
	session_rig_peer(&a, 4, 2);
	session_rig_peer(&b, 4, 1);
	a.session.settings.count = 100;
	b.session.settings.count = 33;
	start(&b, &engine_rxonly);
	start(&a, &engine_txonly);
	converse(true, true);
	settle();
	session_rig_quit(&a);
	session_rig_quit(&b);
	(void)session_rig_stop(&a);
	rx = session_rig_stop(&b);
	assert_int_equal(rx.payloads_received, 33);
}

static void
test_echo(void **state)
{
	struct engine_figures tx, echo;

	(void)state;
	session_rig_peer(&a, 6, 2);
	session_rig_peer(&b, 6, 1);
	a.session.settings.count = b.session.settings.count = N;
	a.session.settings.payload_min = 10;
	a.session.settings.payload_max = 5000;
	start(&b, &engine_echo);
	start(&a, &engine_txonly);
	converse(true, true);
	settle();
	session_rig_quit(&a);
	session_rig_quit(&b);
	tx = session_rig_stop(&a);
	echo = session_rig_stop(&b);
	assert_int_equal(tx.payloads_sent, N);
	assert_int_equal(echo.payloads_received, N);
	assert_int_equal(echo.payloads_sent, N);
	assert_int_equal(echo.payloads_failed, 0);
	assert_int_equal(echo.octets_received, tx.octets_sent);
	assert_int_equal(echo.octets_sent, tx.octets_sent);
}

/* Stopped in full run: what was begun completes, nothing is left (session_rig_stop asserts). */
static void
test_stop(void **state)
{
	struct engine_figures tx, rx;

	(void)state;
	session_rig_peer(&a, 4, 2);
	session_rig_peer(&b, 4, 1);
	a.session.settings.payload_min = a.session.settings.payload_max = 4000;
	start(&b, &engine_rxonly);
	start(&a, &engine_txonly);
	for (unsigned i = 0; i < 1000; i++)
		(void)(session_rig_turn(&a) + session_rig_turn(&b));
	assert_false(session_rig_is_done(&a));
	session_rig_quit(&a);
	settle();
	session_rig_quit(&b);
	tx = session_rig_stop(&a);
	rx = session_rig_stop(&b);
	assert_true(tx.payloads_sent > 1000);
	assert_int_equal(rx.payloads_received, tx.payloads_sent);
	assert_int_equal(rx.bad_content + rx.payloads_lost, 0);
}

/* Stopped while payloads wait for their turn: they were never sent, and hold nothing up. */
static void
test_stop_paced(void **state)
{
	struct engine_figures tx;

	(void)state;
	session_rig_peer(&a, 4, 2);
	session_rig_peer(&b, 4, 1);
	a.session.settings.payload_min = a.session.settings.payload_max = 1000;
	a.session.settings.rate = 1; /* the first at once, the second in hours */
	start(&b, &engine_rxonly);
	start(&a, &engine_txonly);
	for (unsigned i = 0; i < 100; i++)
		(void)(session_rig_turn(&a) + session_rig_turn(&b));
	session_rig_quit(&a);
	settle();
	session_rig_quit(&b);
	tx = session_rig_stop(&a);
	assert_int_equal(tx.payloads_sent, 1);
	assert_int_equal(session_rig_stop(&b).payloads_received, 1);
}

/*
 * Datagrams of one frame with two workers: fragments may be put together by another worker, and
 * come in another order then.
 */
static void
test_pipe(void **state)
{
	uint32_t payload = a.session.n_workers == 1 ? 2000 : 1000;
	uint64_t n = 100000 / payload + 1;
	char in[] = "/tmp/chainburst-pipe-in-XXXXXX", out[] = "/tmp/chainburst-pipe-out-XXXXXX";
	int in_fd = mkstemp(in), out_fd = mkstemp(out);
	static uint8_t bytes[100001], came[sizeof(bytes) + 1];
	struct engine_figures tx, rx;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	assert_int_equal(write(in_fd, bytes, sizeof(bytes)), sizeof(bytes));
	session_rig_peer(&a, 4, 2);
	session_rig_peer(&b, 4, 1);
	a.session.settings.payload_max = payload;
	b.session.settings.to_port = 0; /* hears all */
	b.session.settings.count = n;
	(void)snprintf(a.session.settings.input, sizeof(a.session.settings.input), "%s", in);
	(void)snprintf(b.session.settings.output, sizeof(b.session.settings.output), "%s", out);
	start(&b, &engine_pipe);
	start(&a, &engine_pipe);
	converse(true, true);
	settle();
	session_rig_quit(&a);
	session_rig_quit(&b);
	tx = session_rig_stop(&a);
	rx = session_rig_stop(&b);
	assert_int_equal(tx.payloads_sent, n);
	assert_int_equal(tx.octets_sent, sizeof(bytes));
	assert_int_equal(rx.payloads_received, n);
	assert_int_equal(read(out_fd, came, sizeof(came)), sizeof(bytes));
	assert_memory_equal(came, bytes, sizeof(bytes));
	(void)close(in_fd);
	(void)close(out_fd);
	(void)unlink(in);
	(void)unlink(out);
}

static void
refused(const struct engine *engine, const char *with)
{
	struct opt_error err = {""};

	assert_int_equal(session_rig_start(&a, engine, &err), -1);
	if (strstr(err.text, with) == NULL)
		fail_msg("%s: %s", engine->name, err.text);
	a.session.running = NULL;
}

/* What cannot be done is refused, with its name, and leaves nothing behind. */
static void
test_refusals(void **state)
{
	struct session_settings *set = &a.session.settings;

	(void)state;
	session_rig_peer(&a, 4, 2);
	set->to_port = set->from_port = 0;
	refused(&engine_txonly, "set to ADDRESS:PORT");
	refused(&engine_rxonly, "set from ADDRESS:PORT");
	refused(&engine_echo, "set from ADDRESS:PORT");
	refused(&engine_pipe, "set input FILE");
	session_rig_peer(&a, 4, 2);
	set->flows = 70000;
	refused(&engine_txonly, "flows 70000");
	set->flows = 900;
	set->from_port = 65000;
	refused(&engine_txonly, "set from a lower port");
	session_rig_peer(&a, 4, 2);
	set->payload_max = 65528;
	refused(&engine_txonly, "payload 65528");
	session_rig_peer(&a, 4, 2);
	(void)snprintf(set->input, sizeof(set->input), "/nonexistent/file");
	refused(&engine_pipe, "/nonexistent/file");
	set->input[0] = '\0';
	(void)snprintf(set->output, sizeof(set->output), "/nonexistent/file");
	refused(&engine_rxonly, "/nonexistent/file");
	refused(&engine_pipe, "/nonexistent/file");
}

/* A disk that is full is not silent. */
static void
test_full_disk(void **state)
{
	struct opt_error err = {""};

	(void)state;
	session_rig_peer(&a, 4, 2);
	session_rig_peer(&b, 4, 1);
	(void)snprintf(b.session.settings.output, sizeof(b.session.settings.output), "/dev/full");
	a.session.settings.count = 1000;
	start(&b, &engine_rxonly);
	start(&a, &engine_txonly);
	converse(true, true);
	settle();
	assert_int_equal(engine_rxonly.outcome(&b.workers[0], &err), -1);
	assert_non_null(strstr(err.text, "/dev/full"));
	session_rig_quit(&a);
	session_rig_quit(&b);
	(void)session_rig_stop(&a);
	(void)session_rig_stop(&b);
}

static int
one_worker(void **state)
{
	(void)state;
	open_both(wire1, 1);
	return 0;
}

static int
two_workers(void **state)
{
	(void)state;
	open_both(wire2, 2);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close_both();
	return 0;
}

static int
wires(void **state)
{
	(void)state;
	session_rig_wire("one", 1, wire1);
	session_rig_wire("two", 2, wire2);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sizes, one_worker, end),
		cmocka_unit_test_setup_teardown(test_segments, one_worker, end),
		cmocka_unit_test_setup_teardown(test_flows, one_worker, end),
		cmocka_unit_test_setup_teardown(test_flows, two_workers, end),
		cmocka_unit_test_setup_teardown(test_rx_count, one_worker, end),
		cmocka_unit_test_setup_teardown(test_echo, one_worker, end),
		cmocka_unit_test_setup_teardown(test_echo, two_workers, end),
		cmocka_unit_test_setup_teardown(test_stop, two_workers, end),
		cmocka_unit_test_setup_teardown(test_stop_paced, one_worker, end),
		cmocka_unit_test_setup_teardown(test_pipe, one_worker, end),
		cmocka_unit_test_setup_teardown(test_pipe, two_workers, end),
		cmocka_unit_test_setup_teardown(test_refusals, one_worker, end),
		cmocka_unit_test_setup_teardown(test_full_disk, one_worker, end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, wires, NULL);

	return eal_stop() != 0 || failed != 0;
}
