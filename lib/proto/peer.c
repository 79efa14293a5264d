/* SPDX-License-Identifier: BSD-3-Clause */
#include "peer.h"

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "endpoint.h"
#include "stack.h"
#include "worker.h"

/*
 * Pieces below this many bytes, on average, are copied by PROTO_DATA_AUTO. With hot data and a port
 * that makes checksums, mapping begins to pay between 484 and 740 bytes a frame. Where the UDP
 * checksum is made in software the bytes are read anyway: between 1472 and 3972.
 */
#define MAP_PIECE_MIN	       640
#define MAP_PIECE_MIN_SOFTWARE 2048

/* The endpoint's configuration as the headers of this peer have it. */
static struct proto_endpoint_conf
conf_of(const struct peer *peer, const struct proto_endpoint_conf *conf)
{
	struct proto_endpoint_conf own = *conf;

	own.remote = peer->to.addr;
	own.remote_port = peer->to.port;
	own.local = peer->to.local;
	return own;
}

static enum plan_family
plan_family_of(const struct proto_endpoint_conf *conf, const struct peer *peer)
{
	bool ipv4 = peer->to.addr.family == PROTO_IPV4;

	if (conf->kind == PROTO_L2)
		return PLAN_RAW;
	if (conf->kind == PROTO_IP)
		return ipv4 ? PLAN_IPV4_BARE : PLAN_IPV6_BARE;
	return ipv4 ? PLAN_IPV4 : PLAN_IPV6;
}

/* The least MTU of a family, for people. */
static int
mtu_refused(uint16_t mtu, enum plan_family family, struct pktpool_why *why)
{
	bool ipv4 = family == PLAN_IPV4 || family == PLAN_IPV4_BARE;

	return pktpool_why_not(why, -EINVAL, "mtu %u: expected at least %u for %s", mtu,
		family == PLAN_RAW ? PLAN_MTU_MIN_RAW
		: ipv4		   ? PLAN_MTU_MIN_IPV4
				   : PLAN_MTU_MIN_IPV6,
		family == PLAN_RAW ? "PROTO_L2"
		: ipv4		   ? "IPv4 (RFC 791)"
				   : "IPv6 (RFC 8200)");
}

static int
path_init(struct peer *peer, const struct proto_endpoint_conf *conf, uint16_t mtu,
	struct pktpool_why *why)
{
	enum plan_family family = plan_family_of(conf, peer);

	if (conf->mtu != 0)
		mtu = mtu < conf->mtu ? mtu : conf->mtu;
	if (mtu == peer->flow.path.mtu)
		return 0;
	if (plan_path_init(&peer->flow.path, family, mtu,
		    conf->cut == PROTO_FRAGMENT ? PLAN_FRAGMENT : PLAN_SEGMENT) != 0)
		return mtu_refused(mtu, family, why);
	flow_bound(&peer->flow);
	return 0;
}

static void
fill_choose(struct flow *flow, const struct proto_endpoint_conf *conf, const struct peer *peer)
{
	static const struct {
		fill_fn copy, map;
	} fills[] = {
		[PLAN_IPV4] = {fill_copy_ipv4, fill_map_ipv4},
		[PLAN_IPV6] = {fill_copy_ipv6, fill_map_ipv6},
		[PLAN_IPV4_BARE] = {fill_copy_ipv4_bare, fill_map_ipv4_bare},
		[PLAN_IPV6_BARE] = {fill_copy_ipv6_bare, fill_map_ipv6_bare},
		[PLAN_RAW] = {fill_copy_raw, fill_map_raw},
	};
	enum plan_family family = plan_family_of(conf, peer);

	flow->fill_copy = fills[family].copy;
	flow->fill_map = fills[family].map;
}

static void
map_policy_init(struct peer *peer, const struct proto_endpoint_conf *conf)
{
	struct flow *flow = &peer->flow;
	struct proto_link_info info;

	proto_link_info(peer->link, &info);
	flow->memory_any = info.port.cpu_only;
	flow->segs_max = info.port.segs_max;
	flow->may_map = conf->data == PROTO_DATA_MAP ||
			(conf->data == PROTO_DATA_AUTO && info.auto_copies == NULL);
	if (conf->data == PROTO_DATA_AUTO)
		flow->map_piece_min = flow->fill_ctx.cksum_mode == FILL_CKSUM_SOFTWARE
					      ? MAP_PIECE_MIN_SOFTWARE
					      : MAP_PIECE_MIN;
}

static void
offload_init(struct fill_ctx *ctx, const struct proto_endpoint_conf *conf, const struct peer *peer)
{
	bool ipv4 = peer->to.addr.family == PROTO_IPV4;
	unsigned n_tags = (conf->vlan ? 1u : 0) + (conf->qinq ? 1u : 0);

	ctx->offload_lens = rte_mbuf_tx_offload(RTE_ETHER_HDR_LEN + n_tags * RTE_VLAN_HLEN,
		proto_ip_hdr_len(&peer->to.addr), sizeof(struct rte_udp_hdr), 0, 0, 0, 0);
	ctx->offload_flags =
		RTE_MBUF_F_TX_UDP_CKSUM | (ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
}

/* What the fill functions read, but the headers: those come with resolving. */
static void
fill_ctx_init(struct peer *peer, const struct proto_endpoint_conf *conf)
{
	struct fill_ctx *ctx = &peer->flow.fill_ctx;

	ctx->cksum = peer->flow.share->cksum;
	ctx->iova_is_va = rte_eal_iova_mode() == RTE_IOVA_VA;
	ctx->whole_df = conf->df == PROTO_DF_NEVER ? 0 : RTE_IPV4_HDR_DF_FLAG;
	if (conf->kind != PROTO_UDP || conf->no_udp_cksum)
		ctx->cksum_mode = FILL_CKSUM_NONE;
	else if ((peer->link->offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0)
		ctx->cksum_mode = FILL_CKSUM_OFFLOAD;
	if (conf->kind != PROTO_L2)
		ipid_find(&peer->worker->stack->net.ipids, &peer->to.local, &peer->to.addr,
			conf->kind == PROTO_UDP ? IPPROTO_UDP : conf->ip_proto, &ctx->ipid);
	if (ctx->cksum_mode == FILL_CKSUM_OFFLOAD)
		offload_init(ctx, conf, peer);
}

static int
local_find(struct peer *peer, struct pktpool_why *why)
{
	char text[PROTO_ADDR_STR_MAX];

	if (peer->to.local.family != 0 || net_source_find(&peer->worker->stack->net, peer->link,
						  &peer->to.addr, &peer->to.local))
		return 0;
	return pktpool_why_not(why, -EADDRNOTAVAIL,
		"the link has no IPv%u address to reach %s from: proto_addr_add() one, or set "
		"local",
		peer->to.addr.family, proto_addr_format(&peer->to.addr, text, sizeof(text)));
}

/* The link to send on: that of our own addresses (unless no_loop), the named one, or by route. */
static int
link_find(struct peer *peer, const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	struct proto *stack = peer->worker->stack;
	struct proto_link *named = peer->to.link != NULL ? peer->to.link : conf->link;
	struct proto_link *by_route =
		conf->kind != PROTO_L2 ? net_link_find(&stack->net, &peer->to.addr) : NULL;
	char text[PROTO_ADDR_STR_MAX];

	if (named != NULL && named->stack != stack)
		return pktpool_why_not(why, -EINVAL, "the link is of another stack");
	peer->bound_link = named != NULL;
	if (named != NULL && (conf->no_loop || by_route == NULL || !by_route->is_loop))
		peer->link = named;
	else
		peer->link = by_route;
	if (peer->link == NULL)
		return pktpool_why_not(why, -ENETUNREACH,
			"no route to %s: proto_addr_add() or proto_route_add()",
			proto_addr_format(&peer->to.addr, text, sizeof(text)));
	if (conf->data == PROTO_DATA_MAP && link_one_segment(peer->link))
		return pktpool_why_not(why, -ENOTSUP,
			"%s takes 1 segment a frame%s; PROTO_DATA_MAP needs "
			"RTE_ETH_TX_OFFLOAD_MULTI_SEGS: use copy or another port",
			peer->link->port.driver, peer->link->conf.copy_only ? " (copy_only)" : "");
	if (conf->mtu > peer->link->conf.mtu && !peer->link->is_loop)
		return pktpool_why_not(why, -EINVAL, "mtu %u is above the link's %u", conf->mtu,
			peer->link->conf.mtu);
	return 0;
}

int
peer_init(struct peer *peer, struct proto_worker *worker, const struct proto_endpoint_conf *conf,
	const struct proto_peer *to, struct completion_target *target, struct pktpool_why *why)
{
	memset(peer, 0, sizeof(*peer));
	peer->worker = worker;
	peer->to = *to;
	peer->neigh = NEIGH_NO_ID;
	peer->flow.share = &worker->share;
	peer->flow.target = target;
	int ret = link_find(peer, conf, why);

	if (ret == 0 && conf->kind != PROTO_L2)
		ret = local_find(peer, why);
	if (ret != 0 || peer->link == NULL)
		return ret;
	peer->flow.txq = worker->txqs[peer->link->index];
	ret = path_init(peer, conf, peer->link->conf.mtu, why);
	if (ret != 0)
		return ret;
	peer->flow.refuse_fragments = conf->df == PROTO_DF_ALWAYS;
	fill_choose(&peer->flow, conf, peer);
	fill_ctx_init(peer, conf);
	map_policy_init(peer, conf);
	peer->net_gen = atomic_load_explicit(&worker->stack->net.gen, memory_order_acquire) - 1;
	return 0;
}

void
peer_refresh(struct peer *peer, const struct proto_endpoint_conf *conf)
{
	struct proto_worker *worker = peer->worker;
	struct net *net = &worker->stack->net;
	uint32_t gen = atomic_load_explicit(&net->gen, memory_order_acquire);
	struct net_hop hop = {.mac = conf->mac,
		.neigh = NEIGH_NO_ID,
		.mtu = peer->link->conf.mtu,
		.reason = peer->link->started ? PROTO_REASON_NONE : PROTO_REASON_LINK_DOWN};

	if (conf->kind != PROTO_L2)
		net_hop_find(net, peer->link, endpoint_tags(conf), &peer->to.addr, peer->bound_link,
			worker->now, &hop);
	peer->net_gen = gen;
	peer->unresolved = (uint8_t)hop.reason;
	peer->waits = hop.waits;
	peer->neigh = hop.neigh;
	if (hop.reason != PROTO_REASON_NONE)
		return;
	struct proto_endpoint_conf own = conf_of(peer, conf);

	/* A path below the least that is believed: routers have to fragment, so let them. */
	if (conf->df == PROTO_DF_AUTO)
		peer->flow.fill_ctx.whole_df =
			hop.mtu == PMTU_MIN_IPV4 && hop.mtu < peer->link->conf.mtu
				? 0
				: RTE_IPV4_HDR_DF_FLAG;
	peer->flow.neigh = hop.neigh;
	peer->flow.txq = worker->txqs[peer->link->index + (hop.waits ? NET_IFS : 0)];
	(void)path_init(peer, conf, hop.mtu, NULL);
	hdr_build(&peer->flow.fill_ctx.hdr, &own, &peer->link->port.mac, &hop.mac);
}
