/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of an ethertype of one's own: to the endpoint, on whichever worker it is. */
#include "rx.h"

#include <string.h>

static demux_owner
owner_of(const struct rx *rx, const struct rx_frame *f, uint16_t ethertype)
{
	struct demux_key key = {
		.local_port = rte_cpu_to_be_16(ethertype),
		.zone = f->zone,
		.family = DEMUX_L2,
	};
	const struct demux_key *keys[1] = {&key};
	demux_owner owner = 0;

	memcpy(key.remote, &f->src_mac, sizeof(f->src_mac)); /* one peer stays with one endpoint */
	demux_lookup(rx->net->demux, keys, 1, &owner);
	return owner;
}

int
l2_in(struct rx *rx, struct rx_frame *f, uint16_t ethertype)
{
	demux_owner owner = owner_of(rx, f, ethertype);

	if (owner == 0)
		return PROTO_DROP_ETHERTYPE;
	if (demux_worker(owner) != rx->worker && !f->settled)
		return handover_frame(rx, f, demux_worker(owner));
	if (demux_worker(owner) != rx->worker)
		return PROTO_DROP_ETHERTYPE; /* the endpoint has moved meanwhile */
	rx_meta_set(f->pkt, f->l2_len, 0, 1, f->group);
	f->pkt->port = f->link->index;
	sink_deliver((struct rx_sink *)demux_endpoint(owner), &f->pkt, 1, load_of(&f->pkt, 1),
		f->counters);
	return RX_KEPT;
}
