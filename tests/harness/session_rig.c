/* SPDX-License-Identifier: BSD-3-Clause */
#include "session_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_eth_ring.h>

#define RING 4096

static struct rte_ring *
ring(const char *name, const char *way, unsigned queue)
{
	char full[RTE_RING_NAMESIZE];
	struct rte_ring *r;

	(void)snprintf(full, sizeof(full), "%s_%s%u", name, way, queue);
	r = rte_ring_create(full, RING, SOCKET_ID_ANY, 0);
	assert_non_null(r);
	return r;
}

void
session_rig_wire(const char *name, unsigned queues, uint16_t ports[2])
{
	struct rte_ring *ab[SESSION_RIG_WORKERS], *ba[SESSION_RIG_WORKERS];
	char full[32];
	int port;

	for (unsigned q = 0; q < queues; q++) {
		ab[q] = ring(name, "ab", q);
		ba[q] = ring(name, "ba", q);
	}
	(void)snprintf(full, sizeof(full), "%s_a", name);
	port = rte_eth_from_rings(full, ba, queues, ab, queues, 0);
	assert_true(port >= 0);
	ports[0] = (uint16_t)port;
	(void)snprintf(full, sizeof(full), "%s_b", name);
	port = rte_eth_from_rings(full, ab, queues, ba, queues, 0);
	assert_true(port >= 0);
	ports[1] = (uint16_t)port;
}

static struct proto_addr
address(unsigned family, unsigned link, unsigned host)
{
	struct pktpool_why why;
	struct proto_addr addr;
	char text[64];

	(void)snprintf(text, sizeof(text), family == 4 ? "192.0.%u.%u" : "2001:db8:%u::%u",
		2 + link, host);
	assert_int_equal(proto_addr_parse(text, &addr, &why), 0);
	return addr;
}

static void
add_link(struct session_rig *rig, uint16_t port, unsigned host)
{
	struct proto_link_conf conf = {.port = PROTO_PORT(port)};
	unsigned i = rig->session.n_links++;
	struct session_link *link = &rig->session.links[i];
	struct pktpool_why why;

	link->port_id = port;
	(void)snprintf(link->name, sizeof(link->name), "link%u", i);
	if (proto_link_add(rig->session.stack, &conf, &link->link, &why) != 0)
		fail_msg("%s", why.text);
	for (unsigned family = 4; family <= 6; family += 2) {
		struct proto_addr own = address(family, i, host);

		if (proto_addr_add(link->link, &own, family == 4 ? 24 : 64, &why) != 0)
			fail_msg("%s", why.text);
	}
}

void
session_rig_open(struct session_rig *rig, const char *name, const uint16_t *ports, unsigned n_ports,
	unsigned n_workers, unsigned host)
{
	struct proto_conf conf = {.name = name, .n_workers = (uint16_t)n_workers};
	struct pktpool_why why;

	memset(rig, 0, sizeof(*rig));
	if (proto_create(&rig->session.stack, &conf, &why) != 0)
		fail_msg("%s", why.text);
	for (unsigned i = 0; i < n_ports; i++)
		add_link(rig, ports[i], host);
	if (proto_start(rig->session.stack, &why) != 0)
		fail_msg("%s", why.text);
	rig->session.workers = rig->workers;
	rig->session.n_workers = n_workers;
	for (unsigned i = 0; i < n_workers; i++) {
		rig->workers[i].session = &rig->session;
		rig->workers[i].worker = proto_worker_at(rig->session.stack, i);
		rig->workers[i].index = i;
	}
}

void
session_rig_peer(struct session_rig *rig, unsigned family, unsigned to_host)
{
	rig->session.settings = (struct session_settings){
		.to = address(family, 0, to_host),
		.to_port = 9000,
		.from_port = 9000,
		.cut = PROTO_FRAGMENT,
		.burst = 32,
		.seed = 1,
	};
}

int
session_rig_start(struct session_rig *rig, const struct engine *engine, struct opt_error *err)
{
	struct session *s = &rig->session;
	int ret = 0;

	s->settings.engine = engine;
	s->running = engine;
	for (unsigned i = 0; i < s->n_workers; i++) {
		s->workers[i].engine =
			aligned_alloc(64, RTE_ALIGN(engine->state_size, RTE_CACHE_LINE_SIZE));
		assert_non_null(s->workers[i].engine);
		memset(s->workers[i].engine, 0, engine->state_size);
	}
	for (unsigned i = 0; i < s->n_workers && ret == 0; i++) {
		ret = engine->start(&s->workers[i], err);
		if (ret != 0) {
			for (unsigned k = 0; k <= i; k++)
				engine->stop(&s->workers[k]);
			for (unsigned k = 0; k < s->n_workers; k++)
				free(s->workers[k].engine);
		}
	}
	return ret;
}

unsigned
session_rig_turn(struct session_rig *rig)
{
	struct session *s = &rig->session;
	unsigned work = 0;

	for (unsigned i = 0; i < s->n_workers; i++) {
		uint64_t now = rte_get_tsc_cycles();

		if (s->running == NULL || !s->running->raw)
			work += proto_poll(s->workers[i].worker, now);
		if (s->running != NULL && s->running->poll != NULL)
			work += s->running->poll(&s->workers[i], now);
	}
	return work;
}

bool
session_rig_is_done(const struct session_rig *rig)
{
	bool done = true;

	for (unsigned i = 0; i < rig->session.n_workers; i++)
		done &= rig->session.running->is_done(&rig->session.workers[i]);
	return done;
}

bool
session_rig_is_drained(const struct session_rig *rig)
{
	const struct engine *engine = rig->session.running;
	bool drained = true;

	for (unsigned i = 0; i < rig->session.n_workers && engine->is_drained != NULL; i++)
		drained &= engine->is_drained(&rig->session.workers[i]);
	return drained;
}

struct engine_figures
session_rig_figures(const struct session_rig *rig)
{
	struct engine_figures sum = {0};

	for (unsigned i = 0; i < rig->session.n_workers; i++)
		rig->session.running->figures(&rig->session.workers[i], &sum);
	return sum;
}

void
session_rig_quit(struct session_rig *rig)
{
	for (unsigned i = 0; i < rig->session.n_workers; i++)
		rig->session.running->quit(&rig->session.workers[i]);
}

struct engine_figures
session_rig_stop(struct session_rig *rig)
{
	struct engine_figures before = session_rig_figures(rig), after;

	assert_true(session_rig_is_drained(rig));
	for (unsigned i = 0; i < rig->session.n_workers; i++)
		rig->session.running->stop(&rig->session.workers[i]);
	after = session_rig_figures(rig); /* `show fwd` after `stop` */
	assert_memory_equal(&before, &after, sizeof(before));
	for (unsigned i = 0; i < rig->session.n_workers; i++)
		free(rig->session.workers[i].engine);
	rig->session.running = NULL;
	return after;
}

void
session_rig_close(struct session_rig *rig)
{
	assert_int_equal(proto_destroy(rig->session.stack, NULL, NULL), 0);
}
