/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_ip_frag.h>
#include <rte_memcpy.h>
#include <rte_udp.h>

#include "floor.h"

#define MTU 1500u

static void
on_freed(void *addr, void *arg)
{
	(void)addr;
	(void)arg;
}

void
ipfrag_init(struct ipfrag *frag, struct floor *fl, bool udp_cksum)
{
	frag->floor = fl;
	frag->udp_cksum = udp_cksum;
	frag->shared.free_cb = on_freed;
	memcpy(&frag->eth, fl->header, sizeof(frag->eth));
	memcpy(frag->header, fl->header + sizeof(frag->eth), sizeof(frag->header));
}

/* One datagram: a header mbuf, and the payload behind it where it lies. */
static struct rte_mbuf *
datagram(struct ipfrag *frag, uint8_t *payload, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(frag->floor->packets);
	struct rte_mbuf *b = rte_pktmbuf_alloc(frag->floor->buffers);
	struct rte_ipv4_hdr *ip;
	struct rte_udp_hdr *udp;

	if (m == NULL || b == NULL) {
		rte_pktmbuf_free(m);
		rte_pktmbuf_free(b);
		return NULL;
	}
	rte_mbuf_ext_refcnt_set(&frag->shared, 1);
	rte_pktmbuf_attach_extbuf(b, payload, (rte_iova_t)(uintptr_t)payload, len, &frag->shared);
	b->data_len = len;
	b->pkt_len = len;
	ip = (void *)rte_pktmbuf_append(m, sizeof(frag->header));
	memcpy(ip, frag->header, sizeof(frag->header));
	udp = (void *)(ip + 1);
	ip->total_length = rte_cpu_to_be_16((uint16_t)(len + sizeof(frag->header)));
	udp->dgram_len = rte_cpu_to_be_16((uint16_t)(len + sizeof(*udp)));
	m->next = b;
	m->nb_segs = 2;
	m->pkt_len += len;
	if (frag->udp_cksum)
		udp->dgram_cksum = rte_ipv4_udptcp_cksum_mbuf(m, ip, sizeof(*ip));
	return m;
}

int64_t
ipfrag_run(void *arg, struct bench_data *data, unsigned int n)
{
	struct rte_mbuf *out[FLOOR_BURST_MAX];
	struct ipfrag *frag = arg;
	int64_t total = 0;

	for (; n != 0; n--) {
		struct rte_mbuf *m =
			datagram(frag, bench_data_next(data), (uint16_t)data->payload_len);
		int32_t frames;

		if (m == NULL)
			return -ENOBUFS;
		frames = rte_ipv4_fragment_packet(
			m, out, FLOOR_BURST_MAX, MTU, frag->floor->packets, frag->floor->buffers);
		rte_pktmbuf_free(m);
		if (frames < 0)
			return frames;
		for (int32_t i = 0; i < frames; i++) {
			struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(out[i], struct rte_ipv4_hdr *);

			ip->hdr_checksum = 0;
			ip->hdr_checksum = rte_ipv4_cksum(ip);
			memcpy(rte_pktmbuf_prepend(out[i], sizeof(frag->eth)), &frag->eth,
				sizeof(frag->eth));
		}
		for (int32_t sent = 0; sent < frames;)
			sent += rte_eth_tx_burst(
				frag->floor->port_id, 0, out + sent, (uint16_t)(frames - sent));
		total += frames;
	}
	return total;
}
