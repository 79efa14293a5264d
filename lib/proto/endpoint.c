/* SPDX-License-Identifier: BSD-3-Clause */
#include "endpoint.h"

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "link/link.h"
#include "pktpool_mem.h"
#include "stack.h"
#include "worker.h"

#define TTL_DEFAULT 64 /* RFC 1700 */

/*
 * Pieces below this many bytes, on average, are copied by PROTO_DATA_AUTO. With hot data and a port
 * that makes checksums, mapping begins to pay between 484 and 740 bytes a frame. Where the UDP
 * checksum is made in software the bytes are read anyway: between 1472 and 3972.
 */
#define MAP_PIECE_MIN	       640
#define MAP_PIECE_MIN_SOFTWARE 2048

static int
conf_check_udp(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	uint8_t family = conf->remote.family;

	if (family != PROTO_IPV4 && family != PROTO_IPV6)
		return pktpool_why_not(
			why, -EINVAL, "remote address of family %u: expected 4 or 6", family);
	if (conf->local.family != 0 && conf->local.family != family)
		return pktpool_why_not(why, -EINVAL,
			"local address is IPv%u and the remote one IPv%u", conf->local.family,
			family);
	if (conf->local.family != 0 && proto_addr_is_multicast(&conf->local))
		return pktpool_why_not(
			why, -EINVAL, "the local address is multicast: a source is unicast");
	if (conf->local_port == 0 || conf->remote_port == 0)
		return pktpool_why_not(why, -EINVAL, "%s_port is 0: expected 1 to 65535",
			conf->local_port == 0 ? "local" : "remote");
	if (conf->no_udp_cksum && family == PROTO_IPV6)
		return pktpool_why_not(why, -EINVAL,
			"no_udp_cksum: IPv6 requires the UDP checksum (RFC 8200 8.1)");
	return 0;
}

static int
conf_check_l2(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	if (conf->link == NULL)
		return pktpool_why_not(why, -EINVAL, "a PROTO_L2 endpoint needs its link named");
	if (conf->ethertype < 0x0600)
		return pktpool_why_not(why, -EINVAL,
			"ethertype 0x%04x: below 0x0600 the field is a length (IEEE 802.3 3.2.6)",
			conf->ethertype);
	if (conf->cut != PROTO_SEGMENT)
		return pktpool_why_not(
			why, -EINVAL, "only IP can fragment: PROTO_L2 needs PROTO_SEGMENT");
	if (rte_is_zero_ether_addr(&conf->mac))
		return pktpool_why_not(
			why, -EINVAL, "a PROTO_L2 endpoint needs a destination in mac");
	return 0;
}

static int
conf_check(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	if (conf->kind != PROTO_UDP && conf->kind != PROTO_L2)
		return pktpool_why_not(
			why, -EINVAL, "kind %d: expected PROTO_UDP or PROTO_L2", conf->kind);
	if (conf->cut != PROTO_SEGMENT && conf->cut != PROTO_FRAGMENT)
		return pktpool_why_not(why, -EINVAL,
			"cut %d: expected PROTO_SEGMENT or PROTO_FRAGMENT", conf->cut);
	if ((unsigned)conf->data > PROTO_DATA_MAP)
		return pktpool_why_not(
			why, -EINVAL, "data %d: expected a PROTO_DATA_ policy", conf->data);
	if ((unsigned)conf->df > PROTO_DF_NEVER)
		return pktpool_why_not(
			why, -EINVAL, "df %d: expected a PROTO_DF_ policy", conf->df);
	if (conf->dscp > 63)
		return pktpool_why_not(
			why, -EINVAL, "dscp %u: expected 0 to 63 (RFC 2474)", conf->dscp);
	if (conf->flow_label > 0xfffff)
		return pktpool_why_not(
			why, -EINVAL, "flow_label 0x%x: it has 20 bits", conf->flow_label);
	return conf->kind == PROTO_UDP ? conf_check_udp(conf, why) : conf_check_l2(conf, why);
}

/* The link to send on: named, or by route. */
static struct proto_link *
link_find(struct proto *stack, const struct proto_endpoint_conf *conf)
{
	if (conf->link != NULL)
		return conf->link->stack == stack ? conf->link : NULL;
	rte_spinlock_lock(&stack->net_lock);
	const struct route *route = route_find(&stack->routes, &conf->remote);
	struct proto_link *link = route != NULL ? route->link : NULL;

	rte_spinlock_unlock(&stack->net_lock);
	return link;
}

/* Fill in defaults that depend on the link. */
static int
conf_complete(
	struct proto_endpoint_conf *conf, const struct proto_link *link, struct pktpool_why *why)
{
	if (conf->ttl == 0)
		conf->ttl = TTL_DEFAULT;
	if (conf->mtu == 0)
		conf->mtu = link->conf.mtu;
	if (conf->mtu > link->conf.mtu)
		return pktpool_why_not(
			why, -EINVAL, "mtu %u is above the link's %u", conf->mtu, link->conf.mtu);
	if (conf->data == PROTO_DATA_MAP && link_one_segment(link))
		return pktpool_why_not(why, -ENOTSUP,
			"%s takes 1 segment a frame%s; PROTO_DATA_MAP needs "
			"RTE_ETH_TX_OFFLOAD_MULTI_SEGS: use copy or another port",
			link->port.driver, link->conf.copy_only ? " (copy_only)" : "");
	if (conf->kind == PROTO_UDP && conf->local.family == 0) {
		const struct proto_addr *own = link_addr(link, conf->remote.family);

		if (own == NULL)
			return pktpool_why_not(why, -EADDRNOTAVAIL,
				"the link has no IPv%u address: proto_addr_add() one, or set local",
				conf->remote.family);
		conf->local = *own;
	}
	return 0;
}

static int
path_init(struct proto_endpoint *ep, struct pktpool_why *why)
{
	const struct proto_endpoint_conf *conf = &ep->conf;
	enum plan_family family = PLAN_RAW;

	if (conf->kind == PROTO_UDP)
		family = conf->remote.family == PROTO_IPV4 ? PLAN_IPV4 : PLAN_IPV6;
	int ret = plan_path_init(&ep->flow.path, family, conf->mtu,
		conf->cut == PROTO_FRAGMENT ? PLAN_FRAGMENT : PLAN_SEGMENT);

	if (ret != 0)
		return pktpool_why_not(why, ret, "mtu %u: expected at least %u for %s", conf->mtu,
			family == PLAN_IPV4   ? PLAN_MTU_MIN_IPV4
			: family == PLAN_IPV6 ? PLAN_MTU_MIN_IPV6
					      : PLAN_MTU_MIN_RAW,
			family == PLAN_IPV4   ? "IPv4 (RFC 791)"
			: family == PLAN_IPV6 ? "IPv6 (RFC 8200)"
					      : "PROTO_L2");
	flow_bound(&ep->flow);
	return 0;
}

static void
fill_choose(struct proto_endpoint *ep)
{
	if (ep->conf.kind == PROTO_L2) {
		ep->flow.fill_copy = fill_copy_raw;
		ep->flow.fill_map = fill_map_raw;
	} else if (ep->conf.remote.family == PROTO_IPV4) {
		ep->flow.fill_copy = fill_copy_ipv4;
		ep->flow.fill_map = fill_map_ipv4;
	} else {
		ep->flow.fill_copy = fill_copy_ipv6;
		ep->flow.fill_map = fill_map_ipv6;
	}
}

static void
map_policy_init(struct proto_endpoint *ep)
{
	struct proto_link_info info;

	proto_link_info(ep->link, &info);
	ep->flow.memory_any = info.port.cpu_only;
	ep->flow.segs_max = info.port.segs_max;
	ep->flow.may_map = ep->conf.data == PROTO_DATA_MAP ||
			   (ep->conf.data == PROTO_DATA_AUTO && info.auto_copies == NULL);
	if (ep->conf.data == PROTO_DATA_AUTO)
		ep->flow.map_piece_min = ep->flow.fill_ctx.cksum_mode == FILL_CKSUM_SOFTWARE
						 ? MAP_PIECE_MIN_SOFTWARE
						 : MAP_PIECE_MIN;
}

/* What the fill functions read, but the headers: those come with resolving. */
static void
fill_ctx_init(struct proto_endpoint *ep)
{
	struct fill_ctx *ctx = &ep->flow.fill_ctx;
	const struct proto_endpoint_conf *conf = &ep->conf;
	bool ipv4 = conf->remote.family == PROTO_IPV4;

	ctx->cksum = ep->flow.share->cksum;
	ctx->iova_is_va = rte_eal_iova_mode() == RTE_IOVA_VA;
	ctx->whole_df = conf->df == PROTO_DF_NEVER ? 0 : RTE_IPV4_HDR_DF_FLAG;
	if (conf->kind == PROTO_L2 || conf->no_udp_cksum)
		ctx->cksum_mode = FILL_CKSUM_NONE;
	else if ((ep->link->offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0)
		ctx->cksum_mode = FILL_CKSUM_OFFLOAD;
	if (conf->kind == PROTO_UDP)
		ipid_find(&ep->worker->stack->ipids, &conf->local, &conf->remote, IPPROTO_UDP,
			&ctx->ipid);
	if (ctx->cksum_mode == FILL_CKSUM_OFFLOAD) {
		struct rte_mbuf lens = {.tx_offload = 0};

		lens.l2_len = conf->vlan ? RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN : RTE_ETHER_HDR_LEN;
		lens.l3_len = proto_ip_hdr_len(&conf->remote);
		lens.l4_len = sizeof(struct rte_udp_hdr);
		ctx->offload_lens = lens.tx_offload;
		ctx->offload_flags =
			RTE_MBUF_F_TX_UDP_CKSUM | (ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
	}
}

/* The next hop's Ethernet address. The net lock is held. */
static enum proto_reason
next_hop_find(const struct proto_endpoint *ep, struct rte_ether_addr *mac)
{
	const struct proto *stack = ep->worker->stack;
	const struct proto_addr *hop = &ep->conf.remote;

	if (ep->conf.kind == PROTO_L2) {
		*mac = ep->conf.mac;
		return PROTO_REASON_NONE;
	}
	if (!proto_addr_is_multicast(hop)) {
		const struct route *route = route_find(&stack->routes, hop);

		/* On a link that was named, what no route leads elsewhere is on the link itself. */
		if (route == NULL || route->link != ep->link) {
			if (ep->conf.link == NULL)
				return PROTO_REASON_NO_ROUTE;
		} else if (route->gateway.family != 0) {
			hop = &route->gateway;
		}
	}
	if (neigh_find(&stack->neighs, ep->link->index, hop, mac) != 0)
		return PROTO_REASON_NO_NEIGH;
	return PROTO_REASON_NONE;
}

/*
 * Find the next hop's Ethernet address and build the headers anew, after routes, neighbours or
 * links have changed. Sets ep->unresolved. The worker's thread; takes the net lock.
 */
static void
endpoint_resolve(struct proto_endpoint *ep)
{
	struct proto *stack = ep->worker->stack;
	struct rte_ether_addr mac = {{0}};

	ep->net_gen = atomic_load_explicit(&stack->net_gen, memory_order_acquire);
	rte_spinlock_lock(&stack->net_lock);
	ep->unresolved =
		(uint8_t)(ep->link->started ? next_hop_find(ep, &mac) : PROTO_REASON_LINK_DOWN);
	rte_spinlock_unlock(&stack->net_lock);
	if (ep->unresolved != PROTO_REASON_NONE)
		return;
	hdr_build(&ep->flow.fill_ctx.hdr, &ep->conf, &ep->link->port.mac, &mac);
}

int
proto_endpoint_create(struct proto_worker *worker, const struct proto_endpoint_conf *conf,
	struct proto_endpoint **out, struct pktpool_why *why)
{
	struct proto *stack = worker->stack;
	struct proto_endpoint_conf own = *conf;
	char text[PROTO_ADDR_STR_MAX];
	int ret = conf_check(&own, why);

	if (ret != 0)
		return ret;
	struct proto_link *link = link_find(stack, &own);

	if (link == NULL)
		return pktpool_why_not(why, own.link != NULL ? -EINVAL : -ENETUNREACH,
			own.link != NULL ? "the link is of another stack%s"
					 : "no route to %s: proto_addr_add() or proto_route_add()",
			own.link != NULL ? "" : proto_addr_format(&own.remote, text, sizeof(text)));
	ret = conf_complete(&own, link, why);
	if (ret != 0)
		return ret;
	struct proto_endpoint *ep =
		pktpool_mem_alloc("PEND", sizeof(*ep), 64, link->port.socket, why);

	if (ep == NULL)
		return -ENOMEM;
	ep->worker = worker;
	ep->link = link;
	ep->conf = own;
	ep->flow.share = &worker->share;
	ep->flow.txq = worker->txqs[link->index];
	ep->flow.target = (struct completion_target){
		.ep = ep,
		.done = own.done,
		.arg = own.arg,
		.counters = &ep->flow.txq->counters,
		.queue = ep->flow.txq,
	};
	ret = path_init(ep, why);
	if (ret != 0) {
		(void)pktpool_mem_free(ep);
		return ret;
	}
	ep->flow.refuse_fragments = own.df == PROTO_DF_ALWAYS;
	fill_choose(ep);
	fill_ctx_init(ep);
	map_policy_init(ep);
	endpoint_resolve(ep);
	ep->next = worker->endpoints;
	worker->endpoints = ep;
	*out = ep;
	return 0;
}

int
proto_endpoint_destroy(struct proto_endpoint *ep)
{
	struct proto_endpoint **link = &ep->worker->endpoints;

	if (ep->flow.target.outstanding != 0)
		return -EBUSY;
	while (*link != ep)
		link = &(*link)->next;
	*link = ep->next;
	(void)pktpool_mem_free(ep);
	return 0;
}

uint16_t
proto_send(struct proto_endpoint *ep, const struct proto_payload *payloads, uint16_t n)
{
	const struct proto *stack = ep->worker->stack;
	enum proto_reason reason;
	uint16_t accepted = 0;

	ep->refused = PROTO_REASON_NONE;
	if (n == 0)
		return 0;
	completions_own(&ep->flow.share->completions);
	if (unlikely(ep->net_gen != atomic_load_explicit(&stack->net_gen, memory_order_acquire)))
		endpoint_resolve(ep);
	if (likely(ep->unresolved == PROTO_REASON_NONE)) {
		accepted = flow_send(&ep->flow, payloads, n, &reason);
	} else {
		reason = ep->unresolved;
		flow_refused(&ep->flow, reason);
	}
	ep->refused = (uint8_t)reason;
	return accepted;
}

uint32_t
proto_payload_max(const struct proto_endpoint *ep)
{
	return ep->flow.path.payload_max;
}

enum proto_reason
proto_refused(const struct proto_endpoint *ep)
{
	return ep->refused;
}

static bool
pick_target(const struct send_rec *rec, const void *arg)
{
	return rec->target == arg;
}

unsigned
proto_cancel(struct proto_endpoint *ep)
{
	return txq_drop(ep->flow.txq, pick_target, &ep->flow.target, false, PROTO_REASON_CANCELED);
}

uint32_t
proto_outstanding(const struct proto_endpoint *ep)
{
	return ep->flow.target.outstanding;
}
