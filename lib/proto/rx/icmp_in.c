/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP and ICMPv6: echo is answered, errors go to icmp_error_in.c, ND and groups to their files. */
#include "rx.h"

#include <string.h>

#include "../wire/icmp.h"
#include "../wire/ndp.h"
#include "pktpool_chain.h"

#define ECHO_ID_AT     4
#define ECHO_SEQ_AT    6
#define IP4_TTL_AT     8
#define IP6_HOPS_AT    7
#define MLD_V2_REPORT  143  /* RFC 3810 */
#define ICMP_BYTES_MIN 4    /* type, code, checksum */
#define CONTIGUOUS_MAX 1500 /* of a message that is not echo: none is longer */

/* The bytes of a datagram behind the first eight, in pieces. Returns how many, or 0: too many. */
static uint32_t
echo_pieces(const struct rte_mbuf *pkt, struct iovec *iov, uint32_t max)
{
	uint32_t skip = ICMP_HDR_LEN;
	uint32_t n = 1; /* the header is the first */

	for (const struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		if (n == max)
			return 0;
		iov[n].iov_base = rte_pktmbuf_mtod_offset(seg, void *, skip);
		iov[n].iov_len = seg->data_len - skip;
		n += iov[n].iov_len != 0;
		skip = 0;
	}
	return n;
}

/* RFC 1122 3.2.2.6, RFC 4443 4.2: the same data back, as long as it was, fragmented if need be. */
static int
echo_answer(struct rx *rx, struct rx_frame *f)
{
	uint8_t header[ICMP_HDR_LEN];
	struct proto_addr src, dst;
	uint32_t n;

	if (f->pkt->data_len < ICMP_HDR_LEN)
		return PROTO_DROP_ICMP_TRUNCATED;
	if (f->group && f->family == PROTO_IPV4)
		return PROTO_DROP_ICMP_TYPE; /* RFC 1122 3.2.2.6: may be left without an answer */
	memcpy(header, rte_pktmbuf_mtod(f->pkt, void *), sizeof(header));
	header[0] = f->family == PROTO_IPV4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
	n = echo_pieces(f->pkt, rx->iov, RX_IOV_MAX);
	rx_addrs(f, &src, &dst);
	if (n == 0 || !answer_send(rx, f->zone, &dst, &src, header, sizeof(header), rx->iov, n))
		return PROTO_DROP_REPLY_REFUSED;
	return RX_CONSUMED;
}

/* Tell whoever sends echo requests. */
static int
echo_heard(struct rx *rx, struct rx_frame *f)
{
	struct proto_echo reply = {
		.ttl = f->l3[f->family == PROTO_IPV4 ? IP4_TTL_AT : IP6_HOPS_AT]};
	struct proto_addr dst;
	rte_be16_t field;

	if (f->pkt->data_len < ICMP_HDR_LEN)
		return PROTO_DROP_ICMP_TRUNCATED;
	memcpy(&field, rte_pktmbuf_mtod_offset(f->pkt, void *, ECHO_ID_AT), sizeof(field));
	reply.id = rte_be_to_cpu_16(field);
	memcpy(&field, rte_pktmbuf_mtod_offset(f->pkt, void *, ECHO_SEQ_AT), sizeof(field));
	reply.seq = rte_be_to_cpu_16(field);
	(void)rte_pktmbuf_adj(f->pkt, ICMP_HDR_LEN);
	reply.len = f->pkt->pkt_len;
	rx_addrs(f, &reply.addr, &dst);
	rx->net->echo_fn(&reply, f->pkt, rx->net->echo_arg);
	return RX_CONSUMED;
}

static bool
cksum_ok(const struct rx *rx, const struct rx_frame *f)
{
	uint32_t sum = rx_sum(rx, f->pkt);

	if (f->family == PROTO_IPV6)
		sum = cksum_add(sum, rx_pseudo_sum(f, f->pkt->pkt_len));
	return sum == 0xffff;
}

static int
icmp6_in(struct rx *rx, struct rx_frame *f, uint8_t type)
{
	if (type == ICMP6_ECHO_REQUEST)
		return echo_answer(rx, f);
	if (type >= NDP_RS && type <= NDP_REDIRECT)
		return nd_in(rx, f);
	if ((type >= MLD_LISTENER_QUERY && type <= MLD_LISTENER_REDUCTION) || type == MLD_V2_REPORT)
		return mld_in(rx, f);
	return PROTO_DROP_ICMP_TYPE;
}

int
icmp_in(struct rx *rx, struct rx_frame *f)
{
	if (unlikely(f->pkt->data_len < ICMP_BYTES_MIN))
		return PROTO_DROP_ICMP_TRUNCATED;
	if (unlikely(!cksum_ok(rx, f)))
		return PROTO_DROP_ICMP_CKSUM;
	uint8_t type = *rte_pktmbuf_mtod(f->pkt, uint8_t *);

	if (f->family == PROTO_IPV4 && type == ICMP_ECHO)
		return echo_answer(rx, f);
	if (rx->net->echo_fn != NULL &&
		type == (f->family == PROTO_IPV4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY))
		return echo_heard(rx, f);
	/* What follows is read as one piece; a message in fragments is none of these. */
	if (f->pkt->nb_segs > 1 &&
		pkt_pull(f->pkt, (uint16_t)RTE_MIN(f->pkt->pkt_len, (uint32_t)CONTIGUOUS_MAX)) != 0)
		return PROTO_DROP_ICMP_TRUNCATED;
	if (icmp_is_error(f->family, type))
		return icmp_error_in(rx, f);
	return f->family == PROTO_IPV6 ? icmp6_in(rx, f, type) : PROTO_DROP_ICMP_TYPE;
}
