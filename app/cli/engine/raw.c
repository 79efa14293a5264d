/* SPDX-License-Identifier: BSD-3-Clause */
#include "raw.h"

#include <string.h>

#include <rte_ethdev.h>

#include <pktpool.h>

/* Some drivers cannot, and hear everything anyway: net_pcap on a file. */
static int
promisc_on(struct raw_port *port, struct opt_error *err)
{
	int ret;

	port->was_promisc = rte_eth_promiscuous_get(port->port_id) == 1;
	ret = rte_eth_promiscuous_enable(port->port_id);
	if (ret == 0 || ret == -ENOTSUP)
		return 0;
	return opt_fail(err, -1, "port %u: cannot take frames to any address: %s", port->port_id,
		strerror(-ret));
}

static int
port_open(struct raw *raw, const struct session *session, unsigned i, struct opt_error *err)
{
	struct raw_port *port = &raw->ports[i];
	struct rte_eth_dev_info info;
	int ret;

	port->port_id = session->links[i].port_id;
	port->any_mac = session->links[i].promisc;
	port->pair = (i ^ 1) < session->n_links ? i ^ 1 : i;
	ret = rte_eth_dev_info_get(port->port_id, &info);
	if (ret == 0)
		ret = rte_eth_macaddr_get(port->port_id, &port->mac);
	if (ret != 0)
		return opt_fail(err, -1, "port %u: %s", port->port_id, strerror(-ret));
	port->has_rx = raw->queue < info.nb_rx_queues;
	return raw->promisc ? promisc_on(port, err) : 0;
}

int
raw_open(struct session_worker *worker, bool promisc, struct opt_error *err)
{
	struct raw *raw = worker->engine;

	raw->queue = (uint16_t)worker->index;
	raw->promisc = promisc && worker->index == 0;
	for (; raw->n < worker->session->n_links; raw->n++) {
		if (port_open(raw, worker->session, raw->n, err) < 0)
			return -1;
	}
	return 0;
}

unsigned
raw_receive(struct raw *raw, unsigned in, struct rte_mbuf **pkts)
{
	const struct raw_port *port = &raw->ports[in];
	uint16_t n;

	if (!port->has_rx)
		return 0;
	n = rte_eth_rx_burst(port->port_id, raw->queue, pkts, RAW_BURST);
	raw->figures.frames_in += n;
	return n;
}

void
raw_send(struct raw *raw, unsigned out, struct rte_mbuf **pkts, unsigned n)
{
	uint16_t sent = rte_eth_tx_burst(raw->ports[out].port_id, raw->queue, pkts, (uint16_t)n);

	raw->figures.frames_out += sent;
	if (sent == n)
		return;
	raw->figures.frames_lost += n - sent;
	pktpool_free_bulk(pkts + sent, n - sent);
}

unsigned
raw_forward(struct session_worker *worker, bool to_itself, raw_edit_fn edit)
{
	struct raw *raw = worker->engine;
	unsigned work = 0;

	if (raw->quit)
		return 0;
	for (unsigned i = 0; i < raw->n; i++) {
		unsigned out = to_itself ? i : raw->ports[i].pair;
		struct rte_mbuf *pkts[RAW_BURST];
		unsigned n = raw_receive(raw, i, pkts);

		work += n;
		if (n > 0 && edit != NULL)
			n = edit(raw, &raw->ports[out], pkts, n);
		if (n > 0)
			raw_send(raw, out, pkts, n);
	}
	return work;
}

void
raw_quit(struct session_worker *worker)
{
	((struct raw *)worker->engine)->quit = true;
}

void
raw_stop(struct session_worker *worker)
{
	struct raw *raw = worker->engine;

	for (unsigned i = 0; raw->promisc && i < raw->n; i++) {
		if (!raw->ports[i].was_promisc)
			(void)rte_eth_promiscuous_disable(raw->ports[i].port_id);
	}
	raw->promisc = false;
}

/* The count is that of all workers together, in frames that came. */
bool
raw_is_done(const struct session_worker *worker)
{
	const struct session *session = worker->session;
	struct engine_figures sum = {.frames_in = 0};

	for (unsigned i = 0; i < session->n_workers; i++)
		raw_figures(&session->workers[i], &sum);
	return session->settings.count != 0 && sum.frames_in >= session->settings.count;
}

void
raw_figures(const struct session_worker *worker, struct engine_figures *sum)
{
	const struct engine_figures *own = &((const struct raw *)worker->engine)->figures;

	sum->frames_in += own->frames_in;
	sum->frames_out += own->frames_out;
	sum->frames_lost += own->frames_lost;
	sum->frames_ignored += own->frames_ignored;
	sum->frames_reordered += own->frames_reordered;
	sum->frames_duplicated += own->frames_duplicated;
}
