/* SPDX-License-Identifier: BSD-3-Clause */
#include "tx_first.h"

#include <string.h>

#include "../engine/raw.h"

#define ETHERTYPE_LOCAL 0x88b5 /* IEEE 802 local experimental */
#define FRAME_MIN	60     /* without FCS */
#define BURST_MAX	512

/* A frame for this port. Returns NULL: no descriptor is free. */
static struct rte_mbuf *
frame_make(struct session_worker *worker, const struct raw_port *port, unsigned link)
{
	struct rte_mbuf *pkt = pktpool_alloc(proto_worker_pktpool(worker->worker));
	struct rte_ether_hdr eth = {
		.dst_addr = {{2, 0, 0, 0, 0, (uint8_t)link}},
		.src_addr = port->mac,
		.ether_type = RTE_BE16(ETHERTYPE_LOCAL),
	};
	char *bytes = pkt != NULL ? rte_pktmbuf_append(pkt, FRAME_MIN) : NULL;

	if (bytes == NULL) {
		pktpool_free(pkt);
		return NULL;
	}
	memset(bytes, 0, FRAME_MIN);
	memcpy(bytes, &eth, sizeof(eth));
	return pkt;
}

static unsigned
first_poll(struct session_worker *worker, uint64_t now)
{
	unsigned burst = RTE_MIN(worker->session->settings.burst, BURST_MAX), sent = 0;
	struct raw *raw = worker->engine;

	(void)now;
	for (unsigned i = 0; i < raw->n && !raw->quit; i++) {
		struct rte_mbuf *pkts[BURST_MAX];
		unsigned n = 0;

		while (n < burst && (pkts[n] = frame_make(worker, &raw->ports[i], i)) != NULL)
			n++;
		raw_send(raw, i, pkts, n);
		sent += n;
	}
	raw_quit(worker);
	return sent;
}

static int
first_start(struct session_worker *worker, struct opt_error *err)
{
	return raw_open(worker, false, err);
}

static bool
first_is_done(const struct session_worker *worker)
{
	const struct raw *raw = worker->engine;

	return raw->quit;
}

const struct engine engine_tx_first = {
	.name = "tx_first",
	.help = "a burst on each link",
	.raw = true,
	.links_min = 1,
	.state_size = sizeof(struct raw),
	.start = first_start,
	.poll = first_poll,
	.quit = raw_quit,
	.is_done = first_is_done,
	.stop = raw_stop,
	.figures = raw_figures,
};
