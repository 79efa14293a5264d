/* SPDX-License-Identifier: BSD-3-Clause */
/* The public calls that list what a stack has: routes, endpoints. */
#include <string.h>

#include "endpoint.h"
#include "stack.h"
#include "worker.h"

unsigned
proto_route_list(struct proto *stack, struct proto_route_info *infos, unsigned n)
{
	net_lock(&stack->net);
	unsigned found = route_list(&stack->net.routes, infos, n);

	net_unlock(&stack->net);
	return found;
}

static struct proto_endpoint_info
info_of(const struct proto_endpoint *ep)
{
	const struct proto_endpoint_conf *conf = &ep->conf;

	return (struct proto_endpoint_info){
		.kind = conf->kind,
		.link = conf->kind != PROTO_UDP ? ep->peer->link : conf->link,
		.local = ep->peer != NULL ? ep->peer->to.local : conf->local,
		.remote = conf->remote,
		.local_port = conf->local_port,
		.remote_port = conf->remote_port,
		.ethertype = conf->ethertype,
		.outstanding = ep->target.outstanding,
		.held = (uint32_t)sink_held(&ep->sink),
		.frames = ep->sink.delivered,
	};
}

unsigned
proto_endpoint_list(
	const struct proto_worker *worker, struct proto_endpoint_info *infos, unsigned n)
{
	const struct proto_endpoint *const heads[] = {worker->endpoints, worker->l2_endpoints};
	unsigned found = 0;

	for (unsigned i = 0; i < RTE_DIM(heads); i++)
		for (const struct proto_endpoint *ep = heads[i]; ep != NULL && found < n;
			ep = ep->next)
			infos[found++] = info_of(ep);
	return found;
}
