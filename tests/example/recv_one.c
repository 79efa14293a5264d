/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include <proto.h>
#include <rte_cycles.h>
#include <rte_eal.h>

static unsigned echoed;

static void
done(struct proto_endpoint *ep, const struct proto_done *d, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *pkt = d[i].ctx;

		proto_return(ep, &pkt, 1); /* the reply has left: its bytes are the stack's again */
		echoed++;
	}
}

static void
recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++) { /* each is ours now, a chain of the frames' buffers */
		struct iovec iov[64];
		struct proto_payload reply = {.iov = iov, .ctx = pkts[i]};
		struct proto_rx_info from;

		proto_rx_info(ep, pkts[i], &from);
		for (struct rte_mbuf *m = pkts[i]; m != NULL && reply.iovcnt < 64; m = m->next)
			iov[reply.iovcnt++] =
				(struct iovec){rte_pktmbuf_mtod(m, void *), m->data_len};
		if (proto_send_to(ep, &from.peer, &reply, 1) != 1)
			proto_return(ep, &pkts[i], 1); /* refused: still ours */
	}
}

int
main(int argc, char **argv)
{
	struct proto_endpoint_conf conf = {
		.local_port = 9000, .cut = PROTO_FRAGMENT, .recv = recv, .done = done};
	const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};
	struct pktpool_why why = {"EAL did not start"};
	struct proto_addr own, peer;
	struct proto *stack;
	struct proto_link *link;
	struct proto_endpoint *ep;

	if (rte_eal_init(argc, argv) < 0 || proto_addr_parse("192.0.2.2", &own, &why) ||
		proto_addr_parse("192.0.2.1", &peer, &why) ||
		proto_create(&stack, &(struct proto_conf){0}, &why) ||
		/* A capture: its frames are for other Ethernet addresses, and nobody answers ARP.
		 */
		proto_link_add(stack, &(struct proto_link_conf){.promisc = true}, &link, &why) ||
		proto_addr_add(link, &own, 24, &why) || proto_neigh_add(link, &peer, &mac, &why) ||
		proto_start(stack, &why) ||
		proto_endpoint_create(proto_worker_at(stack, 0), &conf, &ep, &why)) {
		fprintf(stderr, "recv_one: %s\n", why.text);
		return 1;
	}
	while (echoed == 0)
		proto_poll(proto_worker_at(stack, 0), rte_get_tsc_cycles());
	return proto_destroy(stack, NULL, NULL) || rte_eal_cleanup();
}
