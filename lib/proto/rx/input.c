/* SPDX-License-Identifier: BSD-3-Clause */
/* A burst from a port, Ethernet and its tags, and the one exit of each frame. */
#include "rx.h"

#include <netinet/in.h>
#include <string.h>

#include <rte_prefetch.h>

#include "pktpool.h"
#include "pktpool_chain.h"

/* Bytes that are made contiguous in packets of several segments: Ethernet with two tags, the
 * longest IP headers, and UDP's. */
#define HEADERS_MAX (22 + L3_LEN_MAX + 8)

/* What rx_dest_of() would call ours, as words to compare a source with. */
static void
unsound4_make(struct rx_unsound4 *unsound, const struct ifaddr_set *set)
{
	unsound->n = 0;
	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		const struct ifaddr *own = &set->addrs[i];
		bool usable = own->state == IFADDR_PREFERRED || own->state == IFADDR_DEPRECATED;
		rte_be32_t addr;

		if (own->addr.family != PROTO_IPV4 || (!usable && own->state != IFADDR_TENTATIVE))
			continue;
		memcpy(&addr, own->addr.bytes, sizeof(addr));
		unsound->addrs[unsound->n++] = addr;
		if (usable && own->prefix_len < 31) /* RFC 3021: the last two have none */
			unsound->addrs[unsound->n++] =
				addr | rte_cpu_to_be_32(UINT32_MAX >> own->prefix_len);
	}
}

/* No destination yet: rx_plain_dst() puts in what has been found to be ours. */
static void
plain_make(struct rx *rx, unsigned index)
{
	const struct proto_link *link = rx->ifs[index].link;
	struct rx_plain *plain = &rx->plain[index];

	*plain = (struct rx_plain){
		.is = {[0] = {[12] = 0x08, [14] = RTE_IPV4_VHL_DEF}, [1] = {[3] = IPPROTO_UDP}},
		.mask = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [12] = 0xff, 0xff, 0xff},
			{0x3f, 0xff, [3] = 0xff, [10] = 0xff, 0xff, 0xff, 0xff}},
		.zone = zone_of((uint16_t)index, 0),
		.link = (uint16_t)index,
	};
	if (link == NULL)
		return;
	plain->counters = &rx->txqs[index]->counters;
	memcpy(plain->is[0], &link->port.mac, sizeof(link->port.mac));
	plain->doubt_first[0] = plain->doubt_first[127] = 1;
	memset(&plain->doubt_first[224], 1, 32);
	for (unsigned i = 0; i < rx->unsound4[index].n; i++)
		plain->doubt_last[rte_be_to_cpu_32(rx->unsound4[index].addrs[i]) & 0xff] = 1;
}

void
rx_plain_dst(struct rx *rx, const struct rx_frame *f, rte_be32_t dst)
{
	struct rx_plain *plain = &rx->plain[f->link->index];

	/* The loop has rules of its own; frames with tags are not plain. */
	if (f->link->is_loop || zone_tags(f->zone) != 0)
		return;
	memcpy(&plain->is[1][10], &dst, sizeof(dst));
	plain->ready = true;
}

void
rx_refresh(struct rx *rx)
{
	struct net *net = rx->net;
	uint32_t gen = atomic_load_explicit(&net->addr_gen, memory_order_acquire);

	if (likely(gen == rx->addr_gen))
		return;
	rx->addr_gen = gen;
	rx->last_zone4 = rx->last_zone6 = UINT32_MAX;
	net_lock(net);
	for (unsigned i = 0; i < NET_IFS; i++) {
		rx->ifs[i].link = net->ifs[i].link;
		if (net->ifs[i].link != NULL)
			rx->ifs[i] = net->ifs[i];
		unsound4_make(&rx->unsound4[i], &rx->ifs[i].addrs);
		plain_make(rx, i);
	}
	net_unlock(net);
}

/* Is it an address of any link? What comes over the loop is for all of them. */
static bool
own_anywhere(const struct rx *rx, const struct proto_addr *dst)
{
	for (unsigned i = 0; i < PROTO_LINKS_MAX; i++)
		if (rx->ifs[i].link != NULL && ifaddr_is_own(&rx->ifs[i].addrs, dst))
			return true;
	return false;
}

/* The solicited-node group of an address of ours (RFC 4291 2.7.1), tentative ones too. */
static bool
is_solicited_node(const struct netif *netif, const struct proto_addr *dst)
{
	static const uint8_t prefix[13] = {0xff, 0x02, [11] = 1, [12] = 0xff};

	if (dst->family != PROTO_IPV6 || memcmp(dst->bytes, prefix, sizeof(prefix)) != 0)
		return false;
	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		const struct ifaddr *own = &netif->addrs.addrs[i];

		if (own->state != IFADDR_FREE && own->addr.family == PROTO_IPV6 &&
			memcmp(&own->addr.bytes[13], &dst->bytes[13], 3) == 0)
			return true;
	}
	return false;
}

enum rx_dest
rx_dest_of(const struct rx *rx, uint32_t zone, const struct proto_addr *dst)
{
	const struct netif *netif = &rx->ifs[zone_link(zone)];
	const struct ifaddr *own;

	if (proto_addr_is_multicast(dst))
		return mcast_is_member(&netif->groups, zone_tags(zone), dst) ||
				       is_solicited_node(netif, dst)
			       ? RX_DEST_GROUP
			       : RX_DEST_OTHER;
	if (netif->link->is_loop)
		return own_anywhere(rx, dst) ? RX_DEST_OWN : RX_DEST_OTHER;
	own = ifaddr_find(&netif->addrs, dst);
	if (own != NULL)
		return own->state == IFADDR_PREFERRED || own->state == IFADDR_DEPRECATED
			       ? RX_DEST_OWN
		       : own->state == IFADDR_TENTATIVE ? RX_DEST_TENTATIVE
							: RX_DEST_OTHER;
	if (dst->family == PROTO_IPV4 && (memcmp(dst->bytes, "\xff\xff\xff\xff", 4) == 0 ||
						 ifaddr_is_broadcast(&netif->addrs, dst)))
		return RX_DEST_GROUP;
	return RX_DEST_OTHER;
}

/* Bytes from the start of the frame to the packet's data. */
static uint16_t
front_of(const struct rx_frame *f)
{
	uint16_t l2_len = f->l2_len != 0 ? f->l2_len : (uint16_t)f->pkt->l2_len; /* handed over */

	if (f->l3 == NULL) /* nobody has looked beyond Ethernet */
		return 0;
	return (uint16_t)(rte_pktmbuf_mtod(f->pkt, const uint8_t *) - f->l3 + l2_len);
}

void
rx_drop(const struct rx_frame *f, enum proto_drop reason)
{
	count_drop(f->counters, reason, f->n_frames);
	if (!tap_is_set(f->link->tap))
		return;
	if (f->n_frames > 1)
		tap_chain(f->link->tap, f->link->index, f->pkt, front_of(f), reason);
	else
		tap_frame(f->link->tap, f->link->index, f->pkt, front_of(f), reason);
}

void
rx_end(struct rx_frame *f, int end)
{
	if (end == RX_KEPT)
		return;
	if (end == RX_CONSUMED)
		count_add(f->counters, PROTO_C_FRAMES_CONSUMED, f->n_frames);
	else
		rx_drop(f, (enum proto_drop)end);
	pktpool_free(f->pkt);
}

/* Step over up to two tags: sets the zone and `*ethertype`. Returns the length, or 0: too deep. */
static uint16_t
tags_skip(struct rx_frame *f, const uint8_t *frame, uint32_t avail, uint16_t *ethertype)
{
	uint32_t tags = 0;
	uint16_t at = RTE_ETHER_HDR_LEN;

	for (unsigned i = 0; *ethertype == RTE_ETHER_TYPE_VLAN || *ethertype == RTE_ETHER_TYPE_QINQ;
		i++) {
		uint16_t words[2];

		if (i == 2 || at + sizeof(words) > avail)
			return i == 2 ? 0 : UINT16_MAX;
		memcpy(words, frame + at, sizeof(words));
		tags = tags << 12 | (rte_be_to_cpu_16(words[0]) & 0xfff);
		*ethertype = rte_be_to_cpu_16(words[1]);
		at += (uint16_t)sizeof(words);
	}
	f->zone = zone_of(f->link->index, tags);
	return at;
}

int
rx_ethernet(struct rx *rx, struct rx_frame *f)
{
	const uint8_t *frame = rte_pktmbuf_mtod(f->pkt, const uint8_t *);
	const struct rte_ether_hdr *eth = (const void *)frame;
	uint32_t avail = f->pkt->data_len;
	uint16_t l2_len = RTE_ETHER_HDR_LEN;

	if (unlikely(avail < RTE_ETHER_HDR_LEN))
		return PROTO_DROP_RUNT;
	f->group = rte_is_multicast_ether_addr(&eth->dst_addr);
	if (!f->group && unlikely(!rte_is_same_ether_addr(&eth->dst_addr, &f->link->port.mac)) &&
		!f->link->conf.promisc)
		return PROTO_DROP_OTHER_MAC;
	uint16_t ethertype = rte_be_to_cpu_16(eth->ether_type);

	f->src_mac = eth->src_addr;
	f->zone = zone_of(f->link->index, 0);
	if (unlikely(ethertype == RTE_ETHER_TYPE_VLAN || ethertype == RTE_ETHER_TYPE_QINQ)) {
		l2_len = tags_skip(f, frame, avail, &ethertype);
		if (l2_len == 0 || l2_len == UINT16_MAX)
			return l2_len == 0 ? PROTO_DROP_VLAN_DEPTH : PROTO_DROP_RUNT;
	}
	f->l2_len = l2_len;
	(void)rte_pktmbuf_adj(f->pkt, l2_len);
	f->l3 = rte_pktmbuf_mtod(f->pkt, uint8_t *);
	if (ethertype == RTE_ETHER_TYPE_IPV4)
		return ipv4_in(rx, f);
	if (ethertype == RTE_ETHER_TYPE_IPV6)
		return ipv6_in(rx, f);
	return ethertype == RTE_ETHER_TYPE_ARP ? arp_in(rx, f) : l2_in(rx, f, ethertype);
}

/* Headers must lie in the first segment. */
static bool
headers_pull(struct rte_mbuf *pkt)
{
	uint16_t bytes = (uint16_t)RTE_MIN(pkt->pkt_len, (uint32_t)HEADERS_MAX);

	return pkt->data_len >= bytes || pkt_pull(pkt, bytes) == 0;
}

static void
frame_in(struct rx *rx, const struct proto_link *link, struct rte_mbuf *pkt)
{
	struct rx_frame f = {
		.pkt = pkt,
		.link = link,
		.counters = &rx->txqs[link->index]->counters,
		.n_frames = 1,
	};

	if (unlikely(pkt->nb_segs > 1 && !headers_pull(pkt)))
		rx_end(&f, PROTO_DROP_RUNT);
	else
		rx_end(&f, rx_ethernet(rx, &f));
}

unsigned
rx_poll_link(struct rx *rx, const struct proto_link *link, uint16_t queue)
{
	struct rte_mbuf *pkts[RX_BURST];
	uint64_t octets = 0;
	unsigned n = link->conf.ops->rx_burst(link->conf.port, queue, pkts, RX_BURST);
	const struct rx_plain *plain = &rx->plain[link->index];

	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		rte_prefetch0(rte_pktmbuf_mtod(pkts[i], void *));
		octets += pkts[i]->pkt_len;
	}
	for (unsigned i = 0; i < n; i++) {
		/* Behind a fragment that waits nothing overtakes. */
		if (likely(plain->ready && rx->n_pieces == 0))
			i += plain_in(rx, plain, &pkts[i], n - i);
		if (i < n)
			frame_in(rx, link, pkts[i]);
	}
	rx_fragments_flush(rx);
	rx_batch_flush(rx);
	count_add(plain->counters, PROTO_C_RX_BURSTS, 1);
	count_add(plain->counters, PROTO_C_FRAMES_RECEIVED, n);
	count_add(plain->counters, PROTO_C_OCTETS_RECEIVED, octets);
	return n;
}

void
rx_trim(struct rte_mbuf *pkt, uint32_t len)
{
	struct rte_mbuf *seg = pkt;
	uint32_t left = len;
	uint16_t n_segs = 1;

	while (left > seg->data_len) {
		left -= seg->data_len;
		seg = seg->next;
		n_segs++;
	}
	seg->data_len = (uint16_t)left;
	pktpool_free(seg->next);
	seg->next = NULL;
	pkt->nb_segs = n_segs;
	pkt->pkt_len = len;
}

uint32_t
rx_sum(const struct rx *rx, const struct rte_mbuf *pkt)
{
	uint32_t total = 0;
	size_t at = 0;

	for (const struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		total = cksum_add_at(total,
			rx->cksum->sum(rte_pktmbuf_mtod(seg, const void *), seg->data_len), at);
		at += seg->data_len;
	}
	return total;
}
