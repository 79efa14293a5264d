/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include <proto.h>
#include <rte_cycles.h>
#include <rte_eal.h>

static void
done(struct proto_endpoint *ep, const struct proto_done *d, unsigned n, void *arg)
{
	(void)ep, (void)n;
	*(int *)arg = d->status; /* from here on the payload's memory is ours again */
}

int
main(int argc, char **argv)
{
	static char text[3000] = "a payload reaches the wire";
	const struct iovec piece = {text, sizeof(text)};
	const struct proto_payload payload = {.iov = &piece, .iovcnt = 1};
	const struct rte_ether_addr next_hop = {{2, 0, 0, 0, 0, 1}};
	int status = -1;
	struct proto_endpoint_conf conf = {.local_port = 5000,
		.remote_port = 9000,
		.cut = PROTO_FRAGMENT,
		.done = done,
		.arg = &status};
	struct pktpool_why why = {"EAL did not start"};
	struct proto *stack;
	struct proto_link *link;
	struct proto_endpoint *ep;

	if (rte_eal_init(argc, argv) < 0 || proto_addr_parse("192.0.2.1", &conf.local, &why) ||
		proto_addr_parse("192.0.2.2", &conf.remote, &why) ||
		proto_create(&stack, &(struct proto_conf){0}, &why) ||
		proto_link_add(stack, &(struct proto_link_conf){0}, &link, &why) ||
		proto_addr_add(link, &conf.local, 24, &why) ||
		proto_neigh_add(link, &conf.remote, &next_hop, &why) || proto_start(stack, &why) ||
		proto_endpoint_create(proto_worker_at(stack, 0), &conf, &ep, &why)) {
		fprintf(stderr, "send_one: %s\n", why.text);
		return 1;
	}
	if (proto_send(ep, &payload, 1) != 1)
		fprintf(stderr, "send_one: %s\n", proto_reason_meaning(proto_refused(ep)));
	while (proto_outstanding(ep) > 0)
		proto_poll(proto_worker_at(stack, 0), rte_get_tsc_cycles());
	return proto_destroy(stack, NULL, NULL) || rte_eal_cleanup() || status;
}
