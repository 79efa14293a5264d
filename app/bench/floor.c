/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_memcpy.h>
#include <rte_udp.h>

#include "floor.h"

#define N_MBUFS 4096u
#define CACHE	512u

static void
on_freed(void *addr, void *arg)
{
	(void)addr;
	++*(uint64_t *)arg;
}

int
floor_init(struct floor *fl)
{
	struct rte_ipv4_hdr *ip = (void *)(fl->header + RTE_ETHER_HDR_LEN);
	struct rte_udp_hdr *udp = (void *)(ip + 1);
	int port = bench_port_make("net_null_floor"), rc;

	if (port < 0)
		return port;
	fl->port_id = (uint16_t)port;
	rc = bench_port_start(fl->port_id);
	if (rc != 0)
		return rc;
	fl->packets = rte_pktmbuf_pool_create(
		"floor_packets", N_MBUFS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	fl->buffers = rte_pktmbuf_pool_create("floor_buffers", N_MBUFS, CACHE, 0, 0, SOCKET_ID_ANY);
	if (fl->packets == NULL || fl->buffers == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < FLOOR_BURST_MAX; i++) {
		fl->shared[i].free_cb = on_freed;
		fl->shared[i].fcb_opaque = &fl->mapped_done;
	}

	memcpy(fl->header, "\x02\0\0\0\0\2\x02\0\0\0\0\1\x08", 13);
	*ip = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(BENCH_FRAME_DATA + sizeof(*ip) + sizeof(*udp)),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = rte_cpu_to_be_32(RTE_IPV4(192, 0, 2, 1)),
		.dst_addr = rte_cpu_to_be_32(RTE_IPV4(192, 0, 2, 2)),
	};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = udp->dst_port = rte_cpu_to_be_16(9);
	udp->dgram_len = rte_cpu_to_be_16(BENCH_FRAME_DATA + sizeof(*udp));
	return 0;
}

/* A port may take fewer than it is given; ours is asked until it has all. */
static void
burst(const struct floor *fl, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t sent = 0; sent < n;)
		sent = (uint16_t)(sent + rte_eth_tx_burst(fl->port_id, 0, pkts + sent,
						 (uint16_t)(n - sent)));
}

static inline void
packet_begin(const struct floor *fl, struct rte_mbuf *m, uint16_t data_len, uint32_t pkt_len)
{
	m->data_off = RTE_PKTMBUF_HEADROOM - FLOOR_HDR_LEN; /* the data on a cache line */
	m->ol_flags = 0;
	m->data_len = data_len;
	m->pkt_len = pkt_len;
	rte_memcpy(rte_pktmbuf_mtod(m, void *), fl->header, FLOOR_HDR_LEN);
}

/* Payloads in one burst: one large one, or 32 small ones. */
static inline unsigned int
per_burst(unsigned int frames)
{
	return frames >= 32 ? 1 : 32 / frames;
}

int64_t
floor_copy(void *arg, struct bench_data *data, unsigned int n)
{
	const unsigned int frames = (data->payload_len + BENCH_FRAME_DATA - 1) / BENCH_FRAME_DATA;
	struct rte_mbuf *pkts[FLOOR_BURST_MAX];
	const struct floor *fl = arg;
	int64_t total = 0;

	while (n != 0) {
		unsigned int k = RTE_MIN(n, per_burst(frames)), at = 0;

		if (rte_mempool_get_bulk(fl->packets, (void **)pkts, k * frames) != 0)
			return -ENOBUFS;
		for (n -= k; k != 0; k--) {
			const uint8_t *payload = bench_data_next(data);

			for (uint32_t left = data->payload_len; left != 0;) {
				uint16_t part = (uint16_t)RTE_MIN(left, BENCH_FRAME_DATA);
				struct rte_mbuf *m = pkts[at++];

				packet_begin(fl, m, (uint16_t)(FLOOR_HDR_LEN + part),
					FLOOR_HDR_LEN + part);
				rte_memcpy(rte_pktmbuf_mtod_offset(m, void *, FLOOR_HDR_LEN),
					payload, part);
				payload += part;
				left -= part;
			}
		}
		burst(fl, pkts, (uint16_t)at);
		total += at;
	}
	return total;
}

static inline void
buffer_map(struct rte_mbuf *b, uint8_t *va, uint16_t len, struct rte_mbuf_ext_shared_info *shared)
{
	b->buf_addr = va;
	rte_mbuf_iova_set(b, (rte_iova_t)(uintptr_t)va);
	b->data_off = 0;
	b->ol_flags = RTE_MBUF_F_EXTERNAL;
	b->data_len = len;
	b->pkt_len = len;
	b->buf_len = len;
	b->shinfo = shared;
}

int64_t
floor_map(void *arg, struct bench_data *data, unsigned int n)
{
	const unsigned int frames = (data->payload_len + BENCH_FRAME_DATA - 1) / BENCH_FRAME_DATA;
	struct rte_mbuf *pkts[FLOOR_BURST_MAX], *bufs[FLOOR_BURST_MAX];
	struct floor *fl = arg;
	int64_t total = 0;

	while (n != 0) {
		unsigned int k = RTE_MIN(n, per_burst(frames)), at = 0;

		if (rte_mempool_get_bulk(fl->packets, (void **)pkts, k * frames) != 0 ||
			rte_mempool_get_bulk(fl->buffers, (void **)bufs, k * frames) != 0)
			return -ENOBUFS;
		for (n -= k; k != 0; k--) {
			uint8_t *payload = bench_data_next(data);

			rte_mbuf_ext_refcnt_set(&fl->shared[k - 1], (uint16_t)frames);
			for (uint32_t left = data->payload_len; left != 0;) {
				uint16_t part = (uint16_t)RTE_MIN(left, BENCH_FRAME_DATA);
				struct rte_mbuf *m = pkts[at];

				packet_begin(fl, m, FLOOR_HDR_LEN, FLOOR_HDR_LEN + part);
				buffer_map(bufs[at], payload, part, &fl->shared[k - 1]);
				m->next = bufs[at++];
				m->nb_segs = 2;
				payload += part;
				left -= part;
			}
		}
		burst(fl, pkts, (uint16_t)at);
		total += at;
	}
	return total;
}
