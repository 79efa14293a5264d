/* SPDX-License-Identifier: BSD-3-Clause */
/* macswap: frames from link to link with their Ethernet addresses swapped: testpmd's macswap. */
#include "raw.h"

static unsigned
edit(struct raw *raw, const struct raw_port *out, struct rte_mbuf **pkts, unsigned n)
{
	(void)raw, (void)out;
	for (unsigned i = 0; i < n; i++) {
		struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkts[i], struct rte_ether_hdr *);
		struct rte_ether_addr dst;

		if (pkts[i]->data_len < sizeof(*eth))
			continue;
		dst = eth->dst_addr;
		eth->dst_addr = eth->src_addr;
		eth->src_addr = dst;
	}
	return n;
}

static int
macswap_start(struct session_worker *worker, struct opt_error *err)
{
	return raw_open(worker, true, err);
}

static unsigned
macswap_poll(struct session_worker *worker, uint64_t now)
{
	(void)now;
	return raw_forward(worker, false, edit);
}

const struct engine engine_macswap = {
	.name = "macswap",
	.help = "forward frames between link pairs with their Ethernet addresses swapped",
	.raw = true,
	.links_min = 1,
	.state_size = sizeof(struct raw),
	.start = macswap_start,
	.poll = macswap_poll,
	.quit = raw_quit,
	.is_done = raw_is_done,
	.stop = raw_stop,
	.figures = raw_figures,
};
