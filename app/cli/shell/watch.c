/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch.h"

#include <string.h>

#include "../engine/engine.h"
#include "../log.h"

static void
engine_look(struct watch *watch, const struct engine *running)
{
	if (watch->running == running)
		return;
	if (watch->running != NULL)
		LOG(INFO, engine, "%s stopped", watch->running->name);
	if (running != NULL)
		LOG(INFO, engine, "%s started", running->name);
	watch->running = running;
}

static const char *
state_name(enum proto_neigh_state state)
{
	static const char *const names[] = {
		[PROTO_NEIGH_INCOMPLETE] = "incomplete",
		[PROTO_NEIGH_FAILED] = "failed",
		[PROTO_NEIGH_REACHABLE] = "reachable",
		[PROTO_NEIGH_STALE] = "stale",
		[PROTO_NEIGH_DELAY] = "delay",
		[PROTO_NEIGH_PROBE] = "probe",
		[PROTO_NEIGH_STATIC] = "static",
	};

	return names[state];
}

/* The neighbour of this address and VLAN in a list, or NULL. */
static const struct proto_neigh_info *
neigh_find(const struct proto_neigh_info *list, unsigned n, const struct proto_neigh_info *who)
{
	for (unsigned i = 0; i < n; i++)
		if (memcmp(&list[i].addr, &who->addr, sizeof(who->addr)) == 0 &&
			list[i].vid == who->vid && list[i].outer_vid == who->outer_vid)
			return &list[i];
	return NULL;
}

static void
neigh_log(const char *link, const struct proto_neigh_info *neigh, const char *state)
{
	char text[PROTO_ADDR_STR_MAX], mac[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(mac, sizeof(mac), &neigh->mac);
	LOG(DEBUG, neigh, "%s: %s at %s: %s", link,
		proto_addr_format(&neigh->addr, text, sizeof(text)), mac, state);
}

static void
neighs_look(struct watch *watch, unsigned at, const struct session_link *link)
{
	struct proto_neigh_info *was = watch->links[at].neighs, now[WATCH_NEIGHS];
	unsigned n_was = watch->links[at].n_neighs;
	unsigned n = proto_neigh_list(link->link, now, WATCH_NEIGHS);

	for (unsigned i = 0; i < n; i++) {
		const struct proto_neigh_info *before = neigh_find(was, n_was, &now[i]);

		if (before == NULL || before->state != now[i].state ||
			!rte_is_same_ether_addr(&before->mac, &now[i].mac))
			neigh_log(link->name, &now[i], state_name(now[i].state));
	}
	for (unsigned i = 0; i < n_was; i++)
		if (neigh_find(now, n, &was[i]) == NULL)
			neigh_log(link->name, &was[i], "gone");
	memcpy(was, now, n * sizeof(*was));
	watch->links[at].n_neighs = n;
}

static void
link_look(struct watch *watch, unsigned at, const struct session_link *link)
{
	struct proto_link_info info;

	proto_link_info(link->link, &info);
	if (info.started != watch->links[at].started)
		LOG(INFO, link, "%s (port %u, %s, MTU %u): %s", link->name, link->port_id,
			info.port.driver, info.mtu, info.started ? "started" : "stopped");
	if (info.started && info.carrier != watch->links[at].carrier)
		LOG(INFO, link, "%s: %s", link->name, info.carrier ? "up" : "down");
	watch->links[at].started = info.started;
	watch->links[at].carrier = info.started && info.carrier;
}

void
watch_look(struct watch *watch, const struct session *session)
{
	engine_look(watch, session->running);
	for (unsigned i = 0; i < session->n_links; i++) {
		if (LOG_SHOWN(INFO, link))
			link_look(watch, i, &session->links[i]);
		if (LOG_SHOWN(DEBUG, neigh))
			neighs_look(watch, i, &session->links[i]);
	}
}
