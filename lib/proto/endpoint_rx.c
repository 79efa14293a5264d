/* SPDX-License-Identifier: BSD-3-Clause */
/* The receiving half of endpoints: addresses in the demultiplexer, what clients hold, groups. */
#include <errno.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "endpoint.h"
#include "pktpool.h"
#include "stack.h"
#include "worker.h"

static void
bind_init(struct proto_endpoint *ep, struct demux_bind *bind, uint8_t family)
{
	const struct proto_endpoint_conf *conf = &ep->conf;
	uint16_t link_index = 0;

	*bind = (struct demux_bind){
		.ep = ep,
		.worker = ep->worker->index,
		.share = conf->reuse_port,
	};
	bind->key.family = family;
	bind->key.local_port = rte_cpu_to_be_16(conf->local_port);
	if (ep->peer != NULL) {
		link_index = ep->peer->link->index;
		memcpy(bind->key.local, ep->peer->to.local.bytes, sizeof(bind->key.local));
		memcpy(bind->key.remote, ep->peer->to.addr.bytes, sizeof(bind->key.remote));
		bind->key.remote_port = rte_cpu_to_be_16(ep->peer->to.port);
	} else {
		memcpy(bind->key.local, conf->local.bytes, sizeof(bind->key.local));
		bind->any_link = conf->link == NULL;
		if (conf->link != NULL)
			link_index = conf->link->index;
	}
	bind->key.zone = zone_of(link_index, endpoint_tags(conf));
}

/* The families that an endpoint hears: one, or for a bound one without address both. */
static unsigned
binds_init(struct proto_endpoint *ep)
{
	uint8_t family = ep->peer != NULL ? ep->peer->to.addr.family : ep->conf.local.family;

	bind_init(ep, &ep->binds[0], family != 0 ? family : PROTO_IPV4);
	if (family != 0)
		return 1;
	bind_init(ep, &ep->binds[1], PROTO_IPV6);
	return 2;
}

/* Choose a port that is free for every family. The lock is held. */
static bool
port_choose(struct proto_endpoint *ep, unsigned n_binds)
{
	struct demux *demux = ep->worker->stack->net.demux;

	for (unsigned tries = 0; tries < 64; tries++) {
		uint16_t port = demux_ephemeral(demux, &ep->binds[0], &ep->worker->rng);

		if (port == 0)
			return false;
		for (unsigned i = 0; i < n_binds; i++)
			ep->binds[i].key.local_port = port;
		if (n_binds == 1 || demux_is_free(demux, &ep->binds[1]))
			return true;
	}
	return false;
}

static int
binds_enter(struct proto_endpoint *ep, unsigned n_binds)
{
	struct demux *demux = ep->worker->stack->net.demux;

	if (ep->conf.local_port == 0 && !port_choose(ep, n_binds))
		return -EADDRINUSE;
	for (ep->n_binds = 0; ep->n_binds < n_binds; ep->n_binds++) {
		int ret = demux_add(demux, &ep->binds[ep->n_binds]);

		if (ret == -EADDRINUSE && ep->peer != NULL && ep->conf.reuse_port)
			break; /* the first of them hears, all may send */
		if (ret != 0) {
			while (ep->n_binds > 0)
				demux_del(demux, &ep->binds[--ep->n_binds]);
			return ret;
		}
	}
	ep->conf.local_port = rte_be_to_cpu_16(ep->binds[0].key.local_port);
	return 0;
}

/*
 * A PROTO_L2 endpoint hears its ethertype on its link, in its VLAN. One that has nowhere to put
 * frames only sends.
 */
static int
l2_enter(struct proto_endpoint *ep, struct pktpool_why *why)
{
	struct net *net = &ep->worker->stack->net;
	int ret;

	if (ep->conf.recv == NULL && ep->conf.rx_ring == 0)
		return 0;
	ep->binds[0] = (struct demux_bind){
		.ep = ep,
		.worker = ep->worker->index,
		.key = {.local_port = rte_cpu_to_be_16(ep->conf.ethertype),
			.zone = zone_of(ep->peer->link->index, endpoint_tags(&ep->conf)),
			.family = DEMUX_L2},
		.share = ep->conf.reuse_port,
	};
	net_lock(net);
	ret = demux_add(net->demux, &ep->binds[0]);
	ep->n_binds = ret == 0;
	net_unlock(net);
	if (ret == -EADDRINUSE)
		return pktpool_why_not(why, ret,
			"ethertype 0x%04x: another endpoint hears it on this link; use another, or "
			"set reuse_port on all of them",
			ep->conf.ethertype);
	if (ret != 0)
		return pktpool_why_not(why, ret, "no memory for an endpoint: give EAL more (-m)");
	return 0;
}

int
endpoint_bind(struct proto_endpoint *ep, struct pktpool_why *why)
{
	struct net *net = &ep->worker->stack->net;

	if (ep->conf.kind == PROTO_L2)
		return l2_enter(ep, why);
	if (ep->conf.kind != PROTO_UDP)
		return 0;
	unsigned n_binds = binds_init(ep);

	net_lock(net);
	int ret = binds_enter(ep, n_binds);

	net_unlock(net);
	if (ret == -EADDRINUSE)
		return pktpool_why_not(why, ret,
			ep->conf.local_port != 0
				? "local_port %u: another endpoint has this address and port; "
				  "use another, or set reuse_port on all of them"
				: "local_port %u: no ephemeral port is free",
			ep->conf.local_port);
	if (ret != 0)
		return pktpool_why_not(why, ret,
			"the stack holds %u connected endpoints: set proto_conf.n_endpoints higher",
			ep->worker->stack->conf.n_endpoints);
	return 0;
}

void
endpoint_unbind(struct proto_endpoint *ep)
{
	struct net *net = &ep->worker->stack->net;

	if (ep->n_binds == 0)
		return;
	net_lock(net);
	while (ep->n_binds > 0)
		demux_del(net->demux, &ep->binds[--ep->n_binds]);
	net_unlock(net);
}

/* Frames of datagrams, for the client's account. */
static uint64_t
frames_of(struct rte_mbuf *const *pkts, unsigned n)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < n; i++)
		frames += rx_meta_frames(pkts[i]);
	return frames;
}

unsigned
proto_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n)
{
	if (ep->sink.ring == NULL)
		return 0;
	return rte_ring_sc_dequeue_burst(ep->sink.ring, (void **)pkts, n, NULL);
}

void
proto_return(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n)
{
	proto_take(ep, pkts, n);
	pktpool_free_bulk(pkts, n);
}

void
proto_take(struct proto_endpoint *ep, struct rte_mbuf *const *pkts, unsigned n)
{
	sink_returned(&ep->sink, frames_of(pkts, n));
}

uint32_t
proto_held(const struct proto_endpoint *ep)
{
	return (uint32_t)sink_held(&ep->sink);
}

uint16_t
proto_local_port(const struct proto_endpoint *ep)
{
	return ep->conf.local_port;
}

void
proto_rx_info(
	const struct proto_endpoint *ep, const struct rte_mbuf *pkt, struct proto_rx_info *info)
{
	const uint8_t *data = rte_pktmbuf_mtod(pkt, const uint8_t *);
	struct rte_udp_hdr udp;
	const uint8_t *l3;

	memset(info, 0, sizeof(*info));
	info->n_frames = rx_meta_frames(pkt);
	info->peer.link = proto_link_at(ep->worker->stack, pkt->port);
	if (ep->conf.kind != PROTO_UDP)
		return;
	memcpy(&udp, data - sizeof(udp), sizeof(udp));
	info->peer.port = rte_be_to_cpu_16(udp.src_port);
	l3 = data - sizeof(udp) - pkt->l3_len;
	info->peer.addr.family = info->peer.local.family = l3[0] >> 4;
	if (l3[0] >> 4 == PROTO_IPV4) {
		memcpy(info->peer.addr.bytes, l3 + 12, 4);
		memcpy(info->peer.local.bytes, l3 + 16, 4);
		info->ttl = l3[8];
		info->tos = l3[1];
	} else {
		memcpy(info->peer.addr.bytes, l3 + 8, 16);
		memcpy(info->peer.local.bytes, l3 + 24, 16);
		info->ttl = l3[7];
		info->tos = (uint8_t)(l3[0] << 4 | l3[1] >> 4);
	}
	if (pkt->outer_l2_len != 0) /* a group is no source: the answer's is chosen */
		info->peer.local = (struct proto_addr){0};
}

bool
endpoint_hears(const struct proto_endpoint *ep, const struct proto_addr *group, uint16_t link_index)
{
	for (unsigned i = 0; ep->bound != NULL && i < ENDPOINT_GROUPS; i++)
		if (ep->bound->groups[i].link_index == link_index &&
			proto_addr_equal(&ep->bound->groups[i].addr, group))
			return true;
	return false;
}

/* The link that a call about a group means. */
static struct proto_link *
group_link(const struct proto_endpoint *ep, struct proto_link *link)
{
	if (link == NULL)
		link = ep->conf.link;
	return link != NULL ? link : proto_link_at(ep->worker->stack, 0);
}

static struct endpoint_group *
group_find(struct proto_endpoint *ep, const struct proto_addr *group, uint16_t link_index)
{
	for (unsigned i = 0; i < ENDPOINT_GROUPS; i++)
		if (ep->bound->groups[i].link_index == link_index &&
			proto_addr_equal(&ep->bound->groups[i].addr, group))
			return &ep->bound->groups[i];
	return NULL;
}

int
proto_join(struct proto_endpoint *ep, const struct proto_addr *group, struct proto_link *link,
	struct pktpool_why *why)
{
	static const struct proto_addr none;
	char text[PROTO_ADDR_STR_MAX];

	link = group_link(ep, link);
	if (ep->bound == NULL || !proto_addr_is_multicast(group))
		return pktpool_why_not(why, -EINVAL,
			ep->bound == NULL ? "%s: only a bound endpoint joins groups"
					  : "%s is no multicast address",
			proto_addr_format(group, text, sizeof(text)));
	if (group_find(ep, group, link->index) != NULL)
		return pktpool_why_not(why, -EEXIST, "%s: the endpoint has joined it already",
			proto_addr_format(group, text, sizeof(text)));
	struct endpoint_group *slot = NULL;

	for (unsigned i = 0; i < ENDPOINT_GROUPS && slot == NULL; i++)
		if (proto_addr_equal(&ep->bound->groups[i].addr, &none))
			slot = &ep->bound->groups[i];
	if (slot == NULL)
		return pktpool_why_not(
			why, -ENOSPC, "an endpoint joins at most %u groups", ENDPOINT_GROUPS);
	int ret = stack_group_join(link, endpoint_tags(&ep->conf), group, ep->worker->now, why);

	if (ret == 0)
		*slot = (struct endpoint_group){.addr = *group, .link_index = link->index};
	return ret;
}

int
proto_leave(struct proto_endpoint *ep, const struct proto_addr *group, struct proto_link *link)
{
	link = group_link(ep, link);
	struct endpoint_group *slot = ep->bound != NULL ? group_find(ep, group, link->index) : NULL;

	if (slot == NULL || group->family == 0)
		return -ENOENT;
	memset(slot, 0, sizeof(*slot));
	stack_group_leave(link, endpoint_tags(&ep->conf), group, ep->worker->now);
	return 0;
}

void
endpoint_leave_all(struct proto_endpoint *ep)
{
	for (unsigned i = 0; ep->bound != NULL && i < ENDPOINT_GROUPS; i++) {
		struct endpoint_group group = ep->bound->groups[i];

		if (group.addr.family == 0)
			continue;
		ep->bound->groups[i] = (struct endpoint_group){0};
		stack_group_leave(proto_link_at(ep->worker->stack, group.link_index),
			endpoint_tags(&ep->conf), &group.addr, ep->worker->now);
	}
}
