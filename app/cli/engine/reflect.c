/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * reflect: UDP and ICMP echo are answered out of the frame that they came in, without a stack: what
 * is sent to this port's Ethernet address (on a promiscuous link: to any), whatever the IP address.
 * Two reflectors never stop.
 */
#include <pktpool.h>

#include "raw.h"
#include "reflect_frame.h"

static bool
answer(const struct raw_port *port, struct rte_mbuf *pkt)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkt, const struct rte_ether_hdr *);

	if (pkt->data_len < sizeof(*eth) ||
		(!port->any_mac && !rte_is_same_ether_addr(&eth->dst_addr, &port->mac)))
		return false;
	return reflect_frame(rte_pktmbuf_mtod(pkt, uint8_t *), pkt->data_len, pkt->pkt_len);
}

static unsigned
edit(struct raw *raw, const struct raw_port *out, struct rte_mbuf **pkts, unsigned n)
{
	struct rte_mbuf *others[RAW_BURST];
	unsigned left = 0, n_others = 0;

	for (unsigned i = 0; i < n; i++) {
		if (answer(out, pkts[i]))
			pkts[left++] = pkts[i];
		else
			others[n_others++] = pkts[i];
	}
	raw->figures.frames_ignored += n_others;
	pktpool_free_bulk(others, n_others);
	return left;
}

static int
reflect_start(struct session_worker *worker, struct opt_error *err)
{
	return raw_open(worker, false, err);
}

static unsigned
reflect_poll(struct session_worker *worker, uint64_t now)
{
	(void)now;
	return raw_forward(worker, true, edit);
}

const struct engine engine_reflect = {
	.name = "reflect",
	.help = "answer UDP and ICMP echo frame by frame at line rate; ARP and ND it does not",
	.raw = true,
	.links_min = 1,
	.state_size = sizeof(struct raw),
	.start = reflect_start,
	.poll = reflect_poll,
	.quit = raw_quit,
	.is_done = raw_is_done,
	.stop = raw_stop,
	.figures = raw_figures,
};
