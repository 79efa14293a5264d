/* SPDX-License-Identifier: BSD-3-Clause */
#include "endpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_jhash.h>

#include "pktpool_mem.h"
#include "stack.h"
#include "upkeep.h"
#include "worker.h"

#define TTL_DEFAULT 64 /* RFC 1700 */

/* A connected endpoint's peer, as its configuration names it. */
static struct proto_peer
peer_of(const struct proto_endpoint_conf *conf)
{
	return (struct proto_peer){
		.addr = conf->remote,
		.port = conf->remote_port,
		.local = conf->local,
	};
}

static int
peer_make(struct proto_endpoint *ep, const struct proto_peer *to, struct peer **out,
	struct pktpool_why *why)
{
	struct peer *peer = pktpool_mem_alloc("PPER", sizeof(*peer), 64, SOCKET_ID_ANY, why);

	if (peer == NULL)
		return -ENOMEM;
	int ret = peer_init(peer, ep->worker, &ep->conf, to, &ep->target, why);

	if (ret != 0)
		(void)pktpool_mem_free(peer);
	else
		*out = peer;
	return ret;
}

static int
ring_make(struct proto_endpoint *ep, struct pktpool_why *why)
{
	char name[RTE_RING_NAMESIZE];

	if (ep->conf.rx_ring == 0)
		return 0;
	(void)snprintf(name, sizeof(name), "ep.%" PRIxPTR, (uintptr_t)ep);
	ep->sink.ring = rte_ring_create(name, ep->conf.rx_ring, SOCKET_ID_ANY,
		RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
	if (ep->sink.ring == NULL)
		return pktpool_why_not(
			why, -ENOMEM, "no memory for a ring of %u datagrams", ep->conf.rx_ring);
	return 0;
}

static void
sink_init(struct proto_endpoint *ep)
{
	ep->sink.tid = &ep->worker->share.completions.tid;
	ep->sink.tap = &ep->worker->stack->net.tap;
	ep->sink.recv = ep->conf.recv;
	ep->sink.error = ep->conf.error;
	ep->sink.arg = ep->conf.arg;
	ep->sink.held_max =
		ep->conf.rx_held != 0 ? ep->conf.rx_held : stack_share(ep->worker->n_rx_packets);
}

/* What an endpoint of this kind sends with: its peer, or room for several. */
static int
ways_make(struct proto_endpoint *ep, struct pktpool_why *why)
{
	struct proto_peer to = peer_of(&ep->conf);

	if (!endpoint_is_bound(&ep->conf))
		return peer_make(ep, &to, &ep->peer, why);
	ep->bound = pktpool_mem_alloc("PBND", sizeof(*ep->bound), 64, SOCKET_ID_ANY, why);
	return ep->bound != NULL ? 0 : -ENOMEM;
}

/* Free what an endpoint has; it is in no list and no table. */
static void
endpoint_free(struct proto_endpoint *ep)
{
	(void)pktpool_mem_free(ep->bound);
	(void)pktpool_mem_free(ep->peer);
	rte_ring_free(ep->sink.ring);
	(void)pktpool_mem_free(ep);
}

static void
list_add(struct proto_endpoint *ep)
{
	struct proto_endpoint **head =
		ep->conf.kind == PROTO_L2 ? &ep->worker->l2_endpoints : &ep->worker->endpoints;

	ep->next = *head;
	ep->prev = head;
	if (ep->next != NULL)
		ep->next->prev = &ep->next;
	*head = ep;
}

static void
list_del(struct proto_endpoint *ep)
{
	*ep->prev = ep->next;
	if (ep->next != NULL)
		ep->next->prev = ep->prev;
}

int
proto_endpoint_create(struct proto_worker *worker, const struct proto_endpoint_conf *conf,
	struct proto_endpoint **out, struct pktpool_why *why)
{
	int ret = endpoint_conf_check(conf, why);

	if (ret != 0)
		return ret;
	struct proto_endpoint *ep = pktpool_mem_alloc("PEND", sizeof(*ep), 64, SOCKET_ID_ANY, why);

	if (ep == NULL)
		return -ENOMEM;
	ep->worker = worker;
	ep->conf = *conf;
	if (ep->conf.ttl == 0)
		ep->conf.ttl = TTL_DEFAULT;
	sink_init(ep);
	ep->target = (struct completion_target){.ep = ep, .done = conf->done, .arg = conf->arg};
	ret = ways_make(ep, why);
	if (ret == 0)
		ret = ring_make(ep, why);
	if (ret == 0)
		ret = endpoint_bind(ep, why);
	if (ret != 0) {
		endpoint_free(ep);
		return ret;
	}
	if (ep->peer != NULL) {
		ep->target.counters = &worker->txqs[ep->peer->link->index]->counters;
		ep->target.queue = worker->txqs[ep->peer->link->index];
	} else {
		ep->target.counters = &worker->txqs[0]->counters;
		ep->target.queue = worker->txqs[0];
	}
	list_add(ep);
	*out = ep;
	return 0;
}

int
proto_endpoint_destroy(struct proto_endpoint *ep)
{
	if (ep->target.outstanding != 0)
		return -EBUSY;
	sink_flush(&ep->sink);
	if (sink_held(&ep->sink) != 0)
		return -EBUSY;
	endpoint_leave_all(ep);
	endpoint_unbind(ep);
	list_del(ep);
	endpoint_free(ep);
	return 0;
}

void
endpoints_free(struct proto_endpoint **head)
{
	while (*head != NULL) {
		struct proto_endpoint *ep = *head;

		endpoint_leave_all(ep);
		endpoint_unbind(ep);
		list_del(ep);
		endpoint_free(ep);
	}
}

/* What waited for the neighbour goes before what is sent now, which else waits behind it. */
static void
held_first(struct proto_endpoint *ep, struct peer *peer)
{
	struct proto_worker *worker = ep->worker;

	if (peer->waits || peer->neigh == NEIGH_NO_ID)
		return;
	holds_serve(worker);
	worker->holding |= ep->target.held != 0;
	peer->flow.txq = worker->txqs[peer->link->index + (ep->target.held != 0 ? NET_IFS : 0)];
}

/* Send over a way that is known; refuses with its reason when there is none. */
static uint16_t
peer_send(struct proto_endpoint *ep, struct peer *peer, const struct proto_payload *payloads,
	uint16_t n)
{
	struct net *net = &ep->worker->stack->net;
	enum proto_reason reason;
	uint16_t accepted = 0;

	completions_own(&ep->worker->share.completions);
	if (unlikely(peer->net_gen != atomic_load_explicit(&net->gen, memory_order_acquire) ||
		     peer->unresolved != PROTO_REASON_NONE))
		peer_refresh(peer, &ep->conf);
	if (unlikely(ep->target.held != 0 || (peer->flow.txq->holds && !peer->waits)))
		held_first(ep, peer);
	if (likely(peer->unresolved == PROTO_REASON_NONE)) {
		neigh_used(&net->neighs, peer->neigh);
		accepted = flow_send(&peer->flow, payloads, n, &reason);
	} else {
		reason = peer->unresolved;
		flow_refused(&peer->flow, reason);
	}
	ep->refused = (uint8_t)reason;
	return accepted;
}

/* A send that has no way to count its refusal. */
static uint16_t
send_refuse(struct proto_endpoint *ep, enum proto_reason reason)
{
	ep->refused = (uint8_t)reason;
	count_add(ep->target.counters, PROTO_C_PAYLOADS_REFUSED, 1);
	count_reason(ep->target.counters, reason);
	return 0;
}

uint16_t
proto_send(struct proto_endpoint *ep, const struct proto_payload *payloads, uint16_t n)
{
	ep->refused = PROTO_REASON_NONE;
	if (n == 0)
		return 0;
	if (unlikely(ep->peer == NULL))
		return send_refuse(ep, PROTO_REASON_NO_PEER);
	return peer_send(ep, ep->peer, payloads, n);
}

/* Is this the way to that peer? */
static bool
peer_is(const struct peer *peer, const struct proto_peer *to)
{
	return peer->to.port == to->port && proto_addr_equal(&peer->to.addr, &to->addr) &&
	       (to->local.family == 0 || proto_addr_equal(&peer->to.local, &to->local)) &&
	       (to->link == NULL || peer->link == to->link);
}

/* The place where the way to a peer is remembered. */
static unsigned
peer_slot(const struct proto_peer *to)
{
	uint32_t words[4];

	memcpy(words, to->addr.bytes, sizeof(words));
	return rte_jhash_32b(words, RTE_DIM(words), to->port) & (ENDPOINT_PEERS - 1);
}

/* Find or make the way to a peer; an earlier one in the same place is forgotten. */
static enum proto_reason
peer_find(struct proto_endpoint *ep, const struct proto_peer *to, struct peer **out)
{
	unsigned slot = peer_slot(to);
	struct peer *peer = &ep->bound->peers[slot];
	struct proto_peer own = *to;

	*out = peer;
	if (likely(ep->bound->known[slot] && peer_is(peer, to)))
		return PROTO_REASON_NONE;
	if (own.local.family == 0)
		own.local = ep->conf.local;
	if ((to->addr.family != PROTO_IPV4 && to->addr.family != PROTO_IPV6) || to->port == 0 ||
		(own.local.family != 0 && own.local.family != to->addr.family))
		return PROTO_REASON_BAD_PAYLOAD;
	ep->bound->known[slot] =
		peer_init(peer, ep->worker, &ep->conf, &own, &ep->target, NULL) == 0;
	return ep->bound->known[slot] ? PROTO_REASON_NONE : PROTO_REASON_NO_ROUTE;
}

uint16_t
proto_send_to(struct proto_endpoint *ep, const struct proto_peer *to,
	const struct proto_payload *payloads, uint16_t n)
{
	struct peer *peer;

	ep->refused = PROTO_REASON_NONE;
	if (n == 0)
		return 0;
	if (unlikely(ep->bound == NULL))
		return send_refuse(ep, PROTO_REASON_NO_PEER);
	enum proto_reason reason = peer_find(ep, to, &peer);

	if (unlikely(reason != PROTO_REASON_NONE))
		return send_refuse(ep, reason);
	return peer_send(ep, peer, payloads, n);
}

uint32_t
proto_payload_max(const struct proto_endpoint *ep)
{
	/* A bound endpoint's peers may be of either family: what both take. */
	return ep->peer != NULL ? ep->peer->flow.path.payload_max : PROTO_PAYLOAD_MAX_IPV4;
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
	unsigned n = 0;

	for (unsigned i = 0; i < 2 * NET_IFS; i++)
		if (ep->worker->txqs[i] != NULL)
			n += txq_drop(ep->worker->txqs[i], pick_target, &ep->target, false,
				PROTO_REASON_CANCELED);
	return n;
}

uint32_t
proto_outstanding(const struct proto_endpoint *ep)
{
	return ep->target.outstanding;
}
