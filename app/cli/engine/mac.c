/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mac: frames from link to link, from the port they go out on to 02:00:00:00:00:NN, NN that port:
 * testpmd's mac with its default --eth-peer addresses.
 */
#include "raw.h"

static unsigned
edit(struct raw *raw, const struct raw_port *out, struct rte_mbuf **pkts, unsigned n)
{
	const struct rte_ether_addr peer = {{0x02, 0, 0, 0, 0, (uint8_t)out->port_id}};

	(void)raw;
	for (unsigned i = 0; i < n; i++) {
		struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkts[i], struct rte_ether_hdr *);

		if (pkts[i]->data_len < sizeof(*eth))
			continue;
		eth->dst_addr = peer;
		eth->src_addr = out->mac;
	}
	return n;
}

static int
mac_start(struct session_worker *worker, struct opt_error *err)
{
	return raw_open(worker, true, err);
}

static unsigned
mac_poll(struct session_worker *worker, uint64_t now)
{
	(void)now;
	return raw_forward(worker, false, edit);
}

const struct engine engine_mac = {
	.name = "mac",
	.help = "forward frames between link pairs with new Ethernet addresses",
	.raw = true,
	.links_min = 1,
	.state_size = sizeof(struct raw),
	.start = mac_start,
	.poll = mac_poll,
	.quit = raw_quit,
	.is_done = raw_is_done,
	.stop = raw_stop,
	.figures = raw_figures,
};
