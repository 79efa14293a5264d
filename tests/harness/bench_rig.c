/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_rig.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <pktpool.h>

struct session_rig bench_middle;
struct session *bench_session;
static uint32_t middle_delay_us;
static uint16_t left[2], right[2];
volatile sig_atomic_t bench_stop;
static pthread_t middle_thread;
static _Atomic bool middle_ends;

/* The EAL has one lcore: the session's worker is worked by the test's thread. */
static void *
middle_works(void *arg)
{
	(void)arg;
	assert_int_equal(rte_thread_register(), 0);
	while (!atomic_load(&middle_ends)) {
		if (session_rig_turn(&bench_middle) == 0)
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

	session_rig_open(&bench_middle, "middle", inner, n_links, 1, 9);
	session_rig_peer(&bench_middle, 4, 2);
	bench_middle.session.settings.loss = loss;
	bench_middle.session.settings.delay_us = middle_delay_us;
	if (session_rig_start(&bench_middle, engine, &err) != 0)
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
	if (session_open(&bench_session, &config, &bench_stop, &err) != 0)
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
		bool worked = session_turn(bench_session);

		(void)sched_yield();
		quiet = worked || packets_out() != 0 ? 0 : quiet + 1;
	}
}

static void
close_all(void)
{
	struct opt_error err;

	settle();
	if (session_close(bench_session, &err) != 0)
		fail_msg("%s", err.text);
	atomic_store(&middle_ends, true);
	assert_int_equal(pthread_join(middle_thread, NULL), 0);
	session_rig_quit(&bench_middle);
	while (session_rig_turn(&bench_middle) != 0 || !session_rig_is_drained(&bench_middle))
		;
	(void)session_rig_stop(&bench_middle);
	session_rig_close(&bench_middle);
}

int
bench_through_io(void **state)
{
	(void)state;
	open_all(&engine_io, 2, 0);
	return 0;
}

int
bench_through_loss(void **state)
{
	(void)state;
	open_all(&engine_loss, 2, 0.1);
	return 0;
}

int
bench_through_nothing(void **state)
{
	(void)state;
	open_all(&engine_loss, 2, 1);
	return 0;
}

int
bench_through_delay(void **state)
{
	(void)state;
	middle_delay_us = 500000;
	open_all(&engine_loss, 2, 0);
	middle_delay_us = 0;
	return 0;
}

int
bench_to_peer(void **state)
{
	(void)state;
	open_all(&engine_echo, 1, 0);
	return 0;
}

int
bench_end(void **state)
{
	(void)state;
	close_all();
	return 0;
}

int
bench_wires(void **state)
{
	(void)state;
	session_rig_wire("left", 1, left);
	session_rig_wire("right", 1, right);
	return 0;
}
