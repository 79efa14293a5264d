/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls about links: what they do to the stack's workers. */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "link/link.h"
#include "stack.h"
#include "worker.h"

/* What the net keeps of a link. */
static void
netif_init(struct net *net, struct proto_link *link)
{
	struct netif *netif = &net->ifs[link->index];
	struct ifaddr_conf conf = {
		.dad = link->conf.dad,
		.slaac = link->conf.slaac,
		.mac = link->port.mac,
		.secret = net->seed ^ 0x5851f42d4c957f2du,
		.hz = net->hz,
	};
	uint64_t seed = net->seed + link->index + 1;

	net_lock(net);
	netif->link = link;
	ifaddr_init(&netif->addrs, &conf, seed);
	mcast_init(&netif->groups, seed, net->hz);
	net_unlock(net);
}

/* The link that has this port; NULL: none. */
static const struct proto_link *
link_of_port(const struct proto *stack, const struct proto_link_conf *conf)
{
	const struct proto_port_ops *ops = conf->ops != NULL ? conf->ops : &proto_port_ethdev;

	for (unsigned i = 0; i < stack->n_links; i++) {
		const struct proto_link *link = stack->links[i];

		if (link->conf.ops == ops && link->conf.port == conf->port)
			return link;
	}
	return NULL;
}

int
proto_link_add(struct proto *stack, const struct proto_link_conf *conf, struct proto_link **out,
	struct pktpool_why *why)
{
	if (stack->started)
		return pktpool_why_not(why, -EBUSY,
			"stack %s has been started: add links before that", stack->name);
	if (stack->n_links == PROTO_LINKS_MAX)
		return pktpool_why_not(
			why, -ENOSPC, "a stack has at most %u links", PROTO_LINKS_MAX);
	const struct proto_link *other = link_of_port(stack, conf);

	if (other != NULL)
		return pktpool_why_not(why, -EEXIST,
			"link %u of stack %s has this port already: expected another port",
			other->index, stack->name);
	int ret = link_create(conf, out, why);

	if (ret != 0)
		return ret;
	struct proto_link *link = *out;

	link->stack = stack;
	link->tap = &stack->net.tap;
	link->index = stack->n_links;
	netif_init(&stack->net, link);
	stack->links[stack->n_links++] = link;
	return 0;
}

unsigned
proto_link_count(const struct proto *stack)
{
	return stack->n_links;
}

struct proto_link *
proto_link_at(const struct proto *stack, unsigned index)
{
	return index < stack->n_links ? stack->links[index] : NULL;
}

/* Bring the workers' queues in line with the link's state. */
static void
txqs_update(struct proto_link *link)
{
	for (unsigned i = 0; i < link->stack->n_workers; i++) {
		struct txq *txq = link->stack->workers[i]->txqs[link->index];

		txq->ops = link->conf.ops;
		txq->port = link->conf.port;
		txq->prepare = link->conf.ops->tx_prepare != NULL &&
			       (link->offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0;
		txq->reclaims = link->port.reclaim == PROTO_RECLAIM_ON_DEMAND;
		txq->stopped = !link->started;
	}
}

int
proto_link_start(struct proto_link *link, struct pktpool_why *why)
{
	if (link->started)
		return 0;
	int ret = link->conf.ops->start(link->conf.port, why);

	if (ret != 0)
		return ret;
	link->started = true;
	if (link->port.reclaim == PROTO_RECLAIM_ON_DEMAND &&
		link->conf.ops->tx_reclaim(link->conf.port, 0, 0) < 0)
		link->port.reclaim = PROTO_RECLAIM_WITH_TRAFFIC;
	txqs_update(link);
	if (!link->is_loop) {
		struct net *net = &link->stack->net;

		net_lock(net);
		ifaddr_up(&net->ifs[link->index].addrs, rte_get_tsc_cycles());
		net_unlock(net);
		(void)stack_groups_set(link); /* a port that cannot choose hears its own address */
		net_hurry(net);
	}
	net_addrs_changed(&link->stack->net);
	return 0;
}

static bool
pick_all(const struct send_rec *rec, const void *arg)
{
	RTE_SET_USED(rec);
	RTE_SET_USED(arg);
	return true;
}

void
proto_link_stop(struct proto_link *link)
{
	if (!link->started)
		return;
	link->started = false;
	txqs_update(link);
	for (unsigned i = 0; i < link->stack->n_workers; i++) {
		struct proto_worker *worker = link->stack->workers[i];
		struct txq *txq = worker->txqs[link->index];

		(void)txq_drop(worker->txqs[link->index + NET_IFS], pick_all, NULL, true,
			PROTO_REASON_STOPPED);
		(void)txq_drop(txq, pick_all, NULL, true, PROTO_REASON_STOPPED);
		completions_fail_handed(&worker->share.completions, txq, PROTO_REASON_STOPPED);
		completions_fail_handed(
			&worker->control.share.completions, txq, PROTO_REASON_STOPPED);
	}
	link->conf.ops->stop(link->conf.port);
	net_changed(&link->stack->net);
}

void
proto_link_counters(const struct proto_link *link, struct proto_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < link->stack->n_workers; i++) {
		struct txq *const *txqs = &link->stack->workers[i]->txqs[link->index];

		counters_sum(sum, &txqs[0]->counters);
		counters_sum(sum, &txqs[NET_IFS]->counters);
	}
}
