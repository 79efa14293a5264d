/* SPDX-License-Identifier: BSD-3-Clause */
#include "receiver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct receiver *r = arg;

	r->received += n;
	proto_return(ep, pkts, n);
}

/* `host`: the last byte of an address in 192.0.2.0/24. */
static struct proto_addr
address(uint8_t host)
{
	return (struct proto_addr){.family = PROTO_IPV4, .bytes = {192, 0, 2, host}};
}

static int
neighbours_add(struct proto_link *link, uint32_t n_peers, struct pktpool_why *why)
{
	static const struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 2}};
	int rc = 0;

	for (uint32_t peer = 0; peer < n_peers && rc == 0; peer += RX_PORTS_A_PEER) {
		struct proto_addr addr = address(rx_peer_host(peer));

		rc = proto_neigh_add(link, &addr, &mac, why);
	}
	return rc;
}

static int
receiver_start(
	struct receiver *r, const char *name, const struct rx_peers *peers, struct pktpool_why *why)
{
	const struct proto_conf conf = {.name = name, .n_endpoints = peers->n};
	struct proto_link_conf link_conf = {.ops = &rx_port_ops, .port = &r->port, .mtu = 1500};
	const struct proto_addr local = address(1);
	struct proto_link_info info;
	char vdev[32];
	int rc;

	snprintf(vdev, sizeof(vdev), "net_null_%s", name);
	rc = bench_port_make(vdev);
	if (rc < 0)
		return rc;
	r->port = (struct rx_port){
		.port_id = (uint16_t)rc, .peers = peers->peer, .n_peers = peers->n};
	rc = proto_create(&r->proto, &conf, why);
	if (rc == 0)
		rc = proto_link_add(r->proto, &link_conf, &r->link, why);
	if (rc == 0)
		rc = proto_addr_add(r->link, &local, 24, why);
	if (rc == 0)
		rc = neighbours_add(r->link, peers->n, why);
	if (rc == 0)
		rc = proto_start(r->proto, why);
	if (rc != 0)
		return rc;
	r->worker = proto_worker_at(r->proto, 0);
	proto_link_info(r->link, &info);
	rx_port_template(&r->port, &info.port.mac);
	return 0;
}

/* Endpoints: one that is bound, or one connected to each peer. */
static int
receiver_endpoints(struct receiver *r, uint32_t n_connected, struct pktpool_why *why)
{
	struct proto_endpoint_conf conf = {.local_port = RX_LOCAL_PORT, .recv = on_recv, .arg = r};
	struct proto_endpoint *ep;
	int rc = 0;

	if (n_connected == 0)
		return proto_endpoint_create(r->worker, &conf, &ep, why);
	for (uint32_t peer = 0; peer < n_connected && rc == 0; peer++) {
		conf.remote = address(rx_peer_host(peer));
		conf.remote_port = rx_peer_port(peer);
		rc = proto_endpoint_create(r->worker, &conf, &ep, why);
	}
	return rc;
}

int
receiver_make(
	struct receiver *r, const char *name, const struct rx_peers *peers, uint32_t n_connected)
{
	struct pktpool_why why = {{0}};
	int rc = receiver_start(r, name, peers, &why);

	if (rc == 0)
		rc = receiver_endpoints(r, n_connected, &why);
	if (rc != 0)
		fprintf(stderr, "chainburst-bench: %s: %s: %s\n", name, strerror(-rc), why.text);
	return rc;
}

int
rx_peers_make(struct rx_peers *peers, uint32_t n)
{
	uint64_t state = 1;

	peers->n = n;
	peers->peer = malloc(n * sizeof(peers->peer[0]));
	if (peers->peer == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;

		uint32_t j = (uint32_t)((state >> 33) % (i + 1));

		peers->peer[i] = peers->peer[j];
		peers->peer[j] = i;
	}
	return 0;
}

void
receiver_free(struct receiver *r)
{
	if (r->proto != NULL && proto_destroy(r->proto, NULL, NULL) != 0)
		fprintf(stderr, "chainburst-bench: a stack is not empty at the end\n");
}
