/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors: matched to what we sent (RFC 5927 4.1), told to the endpoint, and path MTUs lowered
 * (RFC 1191, RFC 8201). An error that quotes nothing of ours changes nothing.
 */
#include "rx.h"

#include <errno.h>
#include <string.h>

#include "../wire/icmp.h"

/* What a kind means to a client; the errno is what Linux makes of it. */
static const struct {
	uint8_t kind;
	int16_t status;
} meanings[] = {
	[ICMP_KIND_OTHER] = {PROTO_ERROR_PARAM, -EPROTO},
	[ICMP_KIND_NET_UNREACH] = {PROTO_ERROR_NET_UNREACH, -ENETUNREACH},
	[ICMP_KIND_HOST_UNREACH] = {PROTO_ERROR_HOST_UNREACH, -EHOSTUNREACH},
	[ICMP_KIND_PROHIBITED] = {PROTO_ERROR_PROHIBITED, -EACCES},
	[ICMP_KIND_PROTO_UNREACH] = {PROTO_ERROR_PROTO_UNREACH, -ENOPROTOOPT},
	[ICMP_KIND_PORT_UNREACH] = {PROTO_ERROR_PORT_UNREACH, -ECONNREFUSED},
	[ICMP_KIND_TOO_BIG] = {PROTO_ERROR_TOO_BIG, -EMSGSIZE},
	[ICMP_KIND_TIME_EXCEEDED] = {PROTO_ERROR_TIME_EXCEEDED, -EHOSTUNREACH},
	[ICMP_KIND_FRAG_TIME] = {PROTO_ERROR_FRAG_TIME, -EHOSTUNREACH},
	[ICMP_KIND_PARAM_PROBLEM] = {PROTO_ERROR_PARAM, -EPROTO},
};

/* The endpoint that the quoted datagram would have come from. */
static demux_owner
owner_of(const struct rx *rx, const struct rx_frame *f, const struct icmp_error_view *view)
{
	struct demux_key key = {
		.local_port = view->src_port,
		.remote_port = view->dst_port,
		.zone = f->zone,
		.family = f->family,
	};
	const struct demux_key *keys[1] = {&key};
	demux_owner owner = 0;

	memcpy(key.local, view->src.bytes, sizeof(key.local));
	memcpy(key.remote, view->dst.bytes, sizeof(key.remote));
	demux_lookup(rx->net->demux, keys, 1, &owner);
	return owner;
}

/* Take the new path MTU in. Returns the one in force, or 0: nothing has changed. */
static uint16_t
mtu_lower(struct rx *rx, const struct rx_frame *f, const struct icmp_error_view *view)
{
	struct net *net = rx->net;
	uint16_t mtu = (uint16_t)RTE_MIN(view->mtu, (uint32_t)UINT16_MAX);
	uint16_t now_used;
	bool changed;

	/* RFC 5927 7.2: what was quoted must have been longer than what is said to fit. */
	if (mtu != 0 && mtu >= view->ip_len)
		return 0;
	net_lock(net);
	now_used = pmtu_find(&net->pmtus, &view->dst, f->link->conf.mtu);
	changed = pmtu_lower(&net->pmtus, &view->dst, mtu, view->ip_len, now_used, rx->now);
	now_used = pmtu_find(&net->pmtus, &view->dst, f->link->conf.mtu);
	net_unlock(net);
	if (changed)
		net_changed(net);
	return changed ? now_used : 0;
}

static void
error_tell(const struct rx_frame *f, demux_owner owner, const struct icmp_error_view *view,
	uint16_t mtu)
{
	struct rx_sink *sink = (struct rx_sink *)demux_endpoint(owner);
	struct proto_error error = {
		.kind = (enum proto_error_kind)meanings[view->kind].kind,
		.status = meanings[view->kind].status,
		.remote = view->dst,
		.remote_port = rte_be_to_cpu_16(view->dst_port),
		.mtu = mtu,
	};
	struct proto_addr dst;

	rx_addrs(f, &error.from, &dst);
	if (sink->error != NULL)
		sink->error(sink_endpoint(sink), &error, sink->arg);
}

/* A quote of UDP: some endpoint of ours must have sent it. */
static int
udp_error(struct rx *rx, struct rx_frame *f, const struct icmp_error_view *view)
{
	demux_owner owner = owner_of(rx, f, view);
	uint16_t mtu = 0;

	if (owner == 0)
		return PROTO_DROP_ICMP_QUOTE;
	if (demux_worker(owner) != rx->worker && !f->settled)
		return handover_error(rx, f, demux_worker(owner));
	if (demux_worker(owner) != rx->worker)
		return PROTO_DROP_ICMP_QUOTE; /* the endpoint has moved meanwhile */
	if (view->kind == ICMP_KIND_TOO_BIG) {
		mtu = mtu_lower(rx, f, view);
		if (mtu == 0)
			return RX_CONSUMED; /* known already, or no news to believe */
	}
	error_tell(f, owner, view, mtu);
	return RX_CONSUMED;
}

int
icmp_error_in(struct rx *rx, struct rx_frame *f)
{
	struct icmp_error_view view;

	if (icmp_error_check(
		    f->family, rte_pktmbuf_mtod(f->pkt, void *), f->pkt->data_len, &view) != 0)
		return PROTO_DROP_ICMP_TRUNCATED;
	if (rx_dest_of(rx, f->zone, &view.src) != RX_DEST_OWN)
		return PROTO_DROP_ICMP_QUOTE;
	if (view.kind == ICMP_KIND_OTHER)
		return PROTO_DROP_ICMP_TYPE;
	if (view.proto == IPPROTO_UDP && view.has_ports)
		return udp_error(rx, f, &view);
	/* An echo reply, or a fragment without ports: only a path MTU can be taken from it. */
	if (view.kind != ICMP_KIND_TOO_BIG ||
		(view.proto != IPPROTO_UDP && view.proto != IPPROTO_ICMPV6 &&
			view.proto != IPPROTO_ICMP))
		return PROTO_DROP_ICMP_QUOTE;
	(void)mtu_lower(rx, f, &view);
	return RX_CONSUMED;
}
