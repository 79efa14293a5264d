/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP (RFC 826) and the conflicts that it shows (RFC 5227). */
#include "rx.h"

#include "../wire/arp.h"
#include "announce.h"

static void
reply_send(struct rx *rx, const struct rx_frame *f, const struct arp_view *request)
{
	uint8_t bytes[ARP_LEN];
	const struct iovec iov = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct arp_view reply = {
		.sender_mac = f->link->port.mac,
		.sender_ip = request->target_ip,
		.target_mac = request->sender_mac,
		.target_ip = request->sender_ip,
	};

	arp_build(bytes, &reply);
	(void)control_frame(
		rx->control, f->zone, &request->sender_mac, RTE_ETHER_TYPE_ARP, &iov, 1);
}

/* What the sender's pair of addresses tells. */
static void
sender_learn(struct rx *rx, const struct rx_frame *f, const struct arp_view *view, bool to_us)
{
	struct neigh_news news = {
		.zone = f->zone,
		.addr = rx_addr4(view->sender_ip),
		.has_mac = true,
		.mac = view->sender_mac,
		.create = view->request && to_us,
		.solicited = !view->request && to_us && !f->group,
		.override = true,
		.advert = !view->request,
	};
	struct net *net = rx->net;

	net_lock(net);
	bool changed = neigh_learn(&net->neighs, &news, rx->now);

	net_unlock(net);
	if (changed)
		net_changed(net);
}

/* RFC 5227 2.1.1 and 2.4: somebody else has, or probes for, an address of ours. */
static bool
conflict_check(struct rx *rx, const struct rx_frame *f, const struct arp_view *view)
{
	const struct ifaddr_set *addrs = &rx->ifs[f->link->index].addrs;
	struct proto_addr sender = rx_addr4(view->sender_ip);
	struct proto_addr target = rx_addr4(view->target_ip);
	const struct ifaddr *own;

	if (rte_is_same_ether_addr(&view->sender_mac, &f->link->port.mac))
		return false;
	own = ifaddr_find(addrs, &sender);
	/* One that has been given up is the other's: a neighbour as any. */
	if (view->sender_ip != 0 && own != NULL && own->state != IFADDR_CONFLICT) {
		announce_conflict(
			rx->net, rx->control, f->zone, &sender, &view->sender_mac, false, rx->now);
		return true;
	}
	own = ifaddr_find(addrs, &target);
	if (view->sender_ip == 0 && view->request && own != NULL && own->state == IFADDR_TENTATIVE)
		announce_conflict(
			rx->net, rx->control, f->zone, &target, &view->sender_mac, true, rx->now);
	return false;
}

int
arp_in(struct rx *rx, struct rx_frame *f)
{
	struct arp_view view;

	if (arp_check(f->l3, f->pkt->data_len, &view) != 0)
		return PROTO_DROP_ARP_BAD;
	struct proto_addr target = rx_addr4(view.target_ip);
	struct proto_addr sender = rx_addr4(view.sender_ip);
	bool to_us = rx_dest_of(rx, f->zone, &target) == RX_DEST_OWN;

	if (conflict_check(rx, f, &view))
		return RX_CONSUMED;
	if (view.sender_ip != 0 && rx_dest_of(rx, f->zone, &sender) == RX_DEST_OTHER &&
		sender.bytes[0] < 224)
		sender_learn(rx, f, &view, to_us);
	if (view.request && to_us)
		reply_send(rx, f, &view);
	return to_us || view.sender_ip == view.target_ip ? RX_CONSUMED : PROTO_DROP_ARP_OTHER;
}
