/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of an ethertype of one's own. */
#include "rx.h"

int
l2_in(struct rx *rx, struct rx_frame *f, uint16_t ethertype)
{
	for (unsigned i = 0; i < rx->n_l2; i++) {
		if (rx->l2[i].ethertype != ethertype || rx->l2[i].zone != f->zone)
			continue;
		rx_meta_set(f->pkt, 0, 1, f->group);
		f->pkt->port = f->link->index;
		sink_deliver(rx->l2[i].sink, &f->pkt, 1, load_of(&f->pkt, 1), f->counters);
		return RX_KEPT;
	}
	return PROTO_DROP_ETHERTYPE;
}
