/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending echo requests; rx/icmp_in.c hears the replies. */
#include <errno.h>
#include <string.h>

#include "proto_echo.h"
#include "stack.h"
#include "wire/icmp.h"
#include "worker.h"

void
proto_echo_hear(struct proto *stack, proto_echo_fn fn, void *arg)
{
	stack->net.echo_fn = fn;
	stack->net.echo_arg = arg;
}

/* The way to `dst`: its link and the source for it. */
static int
way_find(struct net *net, const struct proto_addr *dst, const struct proto_link **link,
	struct proto_addr *src, struct pktpool_why *why)
{
	char text[PROTO_ADDR_STR_MAX];

	*link = net_link_find(net, dst);
	if (*link == NULL)
		return pktpool_why_not(why, -ENETUNREACH, "%s: no route: add one, or an address",
			proto_addr_format(dst, text, sizeof(text)));
	if (!net_source_find(net, *link, dst, src))
		return pktpool_why_not(why, -EADDRNOTAVAIL,
			"%s: the link has no usable IPv%u address: add one",
			proto_addr_format(dst, text, sizeof(text)), dst->family);
	return 0;
}

int
proto_echo_send(struct proto_worker *worker, const struct proto_echo *request, const void *data,
	struct pktpool_why *why)
{
	const struct proto_addr *dst = &request->addr;
	uint32_t most = dst->family == PROTO_IPV4 ? PROTO_ECHO_MAX_IPV4 : PROTO_ECHO_MAX_IPV6;
	uint8_t header[ICMP_HDR_LEN];
	const struct proto_link *link;
	struct proto_addr src;
	struct iovec iov[2];

	if (request->len > most)
		return pktpool_why_not(why, -EMSGSIZE, "%u bytes: an echo of IPv%u has at most %u",
			request->len, dst->family, most);
	int ret = way_find(&worker->stack->net, dst, &link, &src, why);

	if (ret != 0)
		return ret;
	icmp_echo_build(header, dst->family, request->id, request->seq);
	iov[1] = (struct iovec){.iov_base = (void *)(uintptr_t)data, .iov_len = request->len};
	completions_own(&worker->control.share.completions);
	rx_refresh(worker->rx); /* it may come before the first poll */
	if (!answer_send(worker->rx, zone_of(link->index, 0), &src, dst, header, sizeof(header),
		    iov, request->len != 0 ? 2 : 1))
		return pktpool_why_not(why, -ENOBUFS,
			"not sent: the link is down, the next hop does not answer, or no "
			"descriptor "
			"is free");
	return 0;
}
