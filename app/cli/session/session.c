/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a session of the EAL's ports, and taking it down. */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "session_control.h"

#define PAYLOAD_DEFAULT 64
#define BURST_DEFAULT	32
#define SETTLE_MS	20

/* The names of the EAL's ports, for an error. */
static void
port_names(char *text, size_t size)
{
	size_t len = 0;

	(void)snprintf(text, size, "none");
	for (uint16_t port = 0; port < RTE_MAX_ETHPORTS; port++) {
		char name[RTE_ETH_NAME_MAX_LEN] = "";

		if (!rte_eth_dev_is_valid_port(port))
			continue;
		(void)rte_eth_dev_get_name_by_port(port, name);
		len += (size_t)snprintf(text + len, size - len, "%s%s", len != 0 ? ", " : "", name);
		if (len >= size)
			return;
	}
}

/* The port of this name or number. Returns 0, or -1 with `err`. */
static int
port_find(const char *text, uint16_t *port, struct opt_error *err)
{
	char names[256];
	uint64_t number;
	const char *end = opt_number(text, &number);

	if (rte_eth_dev_get_port_by_name(text, port) == 0)
		return 0;
	if (end != NULL && *end == '\0' && number < RTE_MAX_ETHPORTS &&
		rte_eth_dev_is_valid_port((uint16_t)number)) {
		*port = (uint16_t)number;
		return 0;
	}
	port_names(names, sizeof(names));
	return opt_fail(err, -1, "port %.100s: no such port; EAL has: %s", text, names);
}

static int
link_net(struct session_link *link, const struct config_link *config, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};

	for (unsigned i = 0; i < config->n_addrs; i++) {
		if (proto_addr_add(link->link, &config->addrs[i].addr, config->addrs[i].len, &why) <
			0)
			return opt_fail(err, -1, "%s: %s", link->name, why.text);
	}
	for (unsigned i = 0; i < config->n_neighs; i++) {
		if (proto_neigh_add(
			    link->link, &config->neighs[i].addr, &config->neighs[i].mac, &why) < 0)
			return opt_fail(err, -1, "%s: %s", link->name, why.text);
	}
	return 0;
}

static int
link_add(struct session *session, const struct config_link *config, struct opt_error *err)
{
	struct session_link *link = &session->links[session->n_links];
	struct pktpool_why why = {.text = ""};
	struct proto_link_conf conf = {
		.mtu = config->mtu,
		.n_rxd = config->n_rxd,
		.n_txd = config->n_txd,
		.no_offload = config->no_offload,
		.promisc = config->promisc,
		.dad = config->dad,
		.slaac = config->slaac,
	};

	if (config->name[0] != '\0')
		(void)snprintf(link->name, sizeof(link->name), "%s", config->name);
	else
		(void)snprintf(link->name, sizeof(link->name), "link%u", session->n_links);
	for (unsigned i = 0; i < session->n_links; i++) {
		if (strcmp(session->links[i].name, link->name) == 0)
			return opt_fail(err, -1, "link %s: two links have this name: give another",
				link->name);
	}
	if (port_find(config->port, &link->port_id, err) < 0)
		return -1;
	conf.port = PROTO_PORT(link->port_id);
	link->promisc = config->promisc;
	if (proto_link_add(session->stack, &conf, &link->link, &why) < 0)
		return opt_fail(err, -1, "%s: %s", link->name, why.text);
	session->n_links++;
	return link_net(link, config, err);
}

/* Nobody named links: each port of the EAL is one. */
static int
links_of_ports(struct session *session, struct opt_error *err)
{
	for (uint16_t port = 0; port < RTE_MAX_ETHPORTS; port++) {
		struct config_link config = {.name = ""};

		if (!rte_eth_dev_is_valid_port(port))
			continue;
		if (session->n_links == CONFIG_LINKS_MAX)
			return opt_fail(err, -1, "EAL has %u ports: at most %u can be links",
				rte_eth_dev_count_avail(), CONFIG_LINKS_MAX);
		(void)snprintf(config.port, sizeof(config.port), "%u", port);
		if (link_add(session, &config, err) < 0)
			return -1;
	}
	if (session->n_links == 0)
		return opt_fail(err, -1,
			"EAL has no port: give it one, --vdev net_null0 or a NIC bound to "
			"vfio-pci");
	return 0;
}

static int
routes_add(struct session *session, const struct config *config, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};

	for (unsigned i = 0; i < config->n_routes; i++) {
		const struct config_route *route = &config->routes[i];
		struct session_link *link = session_link(session, route->link, err);

		if (link == NULL)
			return -1;
		if (proto_route_add(link->link, &route->prefix.addr, route->prefix.len,
			    route->gateway.family != 0 ? &route->gateway : NULL, &why) < 0)
			return opt_fail(err, -1, "%s", why.text);
	}
	return 0;
}

static int
workers_make(struct session *session, struct opt_error *err)
{
	while (proto_worker_at(session->stack, session->n_workers) != NULL)
		session->n_workers++;

	size_t size = session->n_workers * sizeof(*session->workers);

	session->workers = aligned_alloc(RTE_CACHE_LINE_SIZE, size);
	if (session->workers == NULL)
		return opt_fail(err, -1, "no memory for %u workers", session->n_workers);
	memset(session->workers, 0, size);
	for (unsigned i = 0; i < session->n_workers; i++) {
		session->workers[i].session = session;
		session->workers[i].worker = proto_worker_at(session->stack, i);
		session->workers[i].index = i;
	}
	return session_launch(session, err);
}

static int
stack_up(struct session *session, const struct config *config, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_conf conf = config->stack;

	if (proto_create(&session->stack, &conf, &why) < 0)
		return opt_fail(err, -1, "%s", why.text);
	for (unsigned i = 0; i < config->n_links; i++) {
		if (link_add(session, &config->links[i], err) < 0)
			return -1;
	}
	if ((config->n_links == 0 && links_of_ports(session, err) < 0) ||
		routes_add(session, config, err) < 0)
		return -1;
	if (proto_start(session->stack, &why) < 0)
		return opt_fail(err, -1, "%s", why.text);
	return workers_make(session, err);
}

static void
settings_init(struct session_settings *settings)
{
	settings->payload_min = PAYLOAD_DEFAULT;
	settings->payload_max = PAYLOAD_DEFAULT;
	settings->cut = PROTO_FRAGMENT;
	settings->burst = BURST_DEFAULT;
	settings->flows = 1;
}

/* Keep the first line of what is still out. */
static void
keep_first(void *arg, const char *line)
{
	struct opt_error *err = arg;

	if (err->text[0] == '\0')
		(void)opt_fail(err, -1, "still out: %s", line);
}

/* Free what session_open() made; the loops have ended. Returns 0, or -1 with `err`. */
static int
unmake(struct session *session, struct opt_error *err)
{
	err->text[0] = '\0';
	if (session->stack != NULL && proto_destroy(session->stack, keep_first, err) < 0) {
		if (err->text[0] == '\0')
			(void)opt_fail(err, -1, "still out: frames at the other end of a link");
		return -1; /* what is out points into all of this */
	}
	session_forget(session);
	free(session->workers);
	free(session->control);
	free(session);
	return 0;
}

static void
no_engine(const char *name, struct opt_error *err)
{
	const struct engine *engine;
	size_t len;

	(void)opt_fail(err, -1, "engine %.40s: there is none of this name: expected ", name);
	for (unsigned i = 0; (engine = engine_at(i)) != NULL; i++) {
		len = strlen(err->text);
		(void)snprintf(err->text + len, sizeof(err->text) - len, "%s%s", i != 0 ? ", " : "",
			engine->name);
	}
}

int
session_open(struct session **out, const struct config *config, const volatile sig_atomic_t *stop,
	struct opt_error *err)
{
	struct session *session = calloc(1, sizeof(*session));
	struct opt_error unmake_err;

	if (session != NULL)
		session->control = calloc(1, sizeof(struct session_control));
	if (session == NULL || session->control == NULL) {
		free(session);
		return opt_fail(err, -1, "no memory for a session");
	}
	session->stop = stop;
	settings_init(&session->settings);
	if (stack_up(session, config, err) < 0) {
		session_land(session);
		(void)unmake(session, &unmake_err);
		return -1;
	}
	if (config->engine[0] != '\0') {
		session->settings.engine = engine_find(config->engine);
		if (session->settings.engine == NULL) {
			no_engine(config->engine, err);
			(void)session_close(session, &unmake_err);
			return -1;
		}
	}
	*out = session;
	return 0;
}

/* Is anything that was sent still out: payloads, or frames in rings to ourselves? */
static bool
is_out(const struct session *session)
{
	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct proto_worker *worker = session->workers[i].worker;
		struct pktpool_usage usage;

		pktpool_usage(proto_worker_pktpool(worker), &usage);
		if (proto_worker_outstanding(worker) != 0 || usage.in_use != 0)
			return true;
	}
	return false;
}

/*
 * Let what is on its way arrive: until all is back and nothing more comes, for SETTLE_MS of those
 * that never end, as net_null; for a second what was sent.
 */
static void
settle(struct session *session)
{
	uint64_t start = rte_get_tsc_cycles(), elapsed = 0, hz = rte_get_tsc_hz();
	bool quiet = false;

	while (elapsed < hz && (!quiet || is_out(session))) {
		bool work = session_turn(session);

		elapsed = rte_get_tsc_cycles() - start;
		quiet = (!session->threads && !work) || elapsed > hz / 1000 * SETTLE_MS;
	}
}

int
session_close(struct session *session, struct opt_error *err)
{
	struct opt_error stop_err;

	if (session->running != NULL)
		(void)session_stop(session, &stop_err); /* what it says, unmake() will say better */
	settle(session);
	session_land(session);
	return unmake(session, err);
}

struct session_link *
session_link(struct session *session, const char *name, struct opt_error *err)
{
	char names[256] = "";
	size_t len = 0;
	uint64_t number;
	const char *end = opt_number(name, &number);

	for (unsigned i = 0; i < session->n_links; i++) {
		if (strcmp(session->links[i].name, name) == 0)
			return &session->links[i];
		if (len < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
				i != 0 ? ", " : "", session->links[i].name);
	}
	if (end != NULL && *end == '\0' && number < session->n_links)
		return &session->links[number];
	(void)opt_fail(err, -1, "link %.64s: no such link; there %s %s (0 to %u)", name,
		session->n_links == 1 ? "is" : "are", names, session->n_links - 1);
	return NULL;
}
