/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the stack says by itself, not in answer to a frame: questions for neighbours, probes and
 * announcements of addresses, router solicitations. On the thread of whichever worker does it.
 */
#ifndef PROTO_RX_ANNOUNCE_H
#define PROTO_RX_ANNOUNCE_H

#include "../tx/control.h"

/* Ask for a neighbour's Ethernet address: ARP request, or neighbour solicitation. */
void announce_ask(struct net *net, struct control *control, const struct neigh_ask *ask);

/* Do what ifaddr_tick() or ifaddr_conflict() says. */
void announce_do(struct net *net, struct control *control, uint16_t link_index,
	const struct ifaddr_action *action, uint64_t now);

/* Somebody else (`mac`) has `addr`, or probes for it: defend it or give it up. */
void announce_conflict(struct net *net, struct control *control, uint32_t zone,
	const struct proto_addr *addr, const struct rte_ether_addr *mac, bool probe, uint64_t now);

/*
 * Send a neighbour advertisement of `addr`, which is ours (RFC 4861 7.2.4, 7.2.6): to `dst`, who
 * has asked, at `dst_mac`; `dst` NULL: to all nodes.
 */
void announce_neighbour(struct control *control, const struct proto_link *link, uint32_t zone,
	const struct proto_addr *addr, const struct proto_addr *dst,
	const struct rte_ether_addr *dst_mac);

/* Send a group report. */
void announce_report(
	struct net *net, struct control *control, uint16_t link_index, struct mcast_report *report);

#endif
