/* SPDX-License-Identifier: BSD-3-Clause */
/* Receiving UDP in frames of 64 bytes: a loop that only parses, one endpoint, a million. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "bench.h"
#include "rx_port.h"

#define FRAMES	    20000u
#define PEERS_FULL  1000000u
#define PEERS_QUICK 100000u
#define BURST	    32u

/* A stack that receives. */
struct receiver {
	struct rx_port port;
	struct proto *proto;
	struct proto_link *link;
	struct proto_worker *worker;
	uint64_t received;
};

struct rx {
	uint32_t n_peers;
	uint32_t *peers; /* in random order */
	struct receiver one, many;
	struct rx_port floor;
};

/* The floor: what no receiver can do without. It checks no UDP checksum and looks nothing up. */
static bool
parses(const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct rte_ipv4_hdr *ip = (const void *)(eth + 1);
	const struct rte_udp_hdr *udp = (const void *)(ip + 1);

	return eth->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4) &&
	       ip->version_ihl == RTE_IPV4_VHL_DEF && rte_ipv4_cksum(ip) == 0 &&
	       ip->next_proto_id == IPPROTO_UDP && udp->dst_port == RTE_BE16(RX_LOCAL_PORT) &&
	       rte_be_to_cpu_16(udp->dgram_len) <= m->data_len;
}

static int64_t
floor_run(void *arg, struct bench_data *data, unsigned int n)
{
	struct rx_port *port = arg;
	struct rte_mbuf *pkts[BURST];
	unsigned int good = 0;
	uint16_t got;

	(void)data;
	port->left = n;
	while ((got = rx_port_burst(port, 0, pkts, BURST)) != 0) {
		for (uint16_t i = 0; i < got; i++)
			good += parses(pkts[i]);
		rte_pktmbuf_free_bulk(pkts, got);
	}
	return good == n ? (int64_t)n : -EBADMSG;
}

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct receiver *r = arg;

	r->received += n;
	proto_return(ep, pkts, n);
}

static int64_t
stack_run(void *arg, struct bench_data *data, unsigned int n)
{
	struct receiver *r = arg;
	uint64_t before = r->received;

	(void)data;
	r->port.left = n;
	while (r->port.left != 0)
		(void)proto_poll(r->worker, rte_get_tsc_cycles());
	return r->received - before == n ? (int64_t)n : -EBADMSG;
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
receiver_start(struct receiver *r, const char *name, const struct rx *rx, struct pktpool_why *why)
{
	const struct proto_conf conf = {.name = name, .n_endpoints = rx->n_peers};
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
		.port_id = (uint16_t)rc, .peers = rx->peers, .n_peers = rx->n_peers};
	rc = proto_create(&r->proto, &conf, why);
	if (rc == 0)
		rc = proto_link_add(r->proto, &link_conf, &r->link, why);
	if (rc == 0)
		rc = proto_addr_add(r->link, &local, 24, why);
	if (rc == 0)
		rc = neighbours_add(r->link, rx->n_peers, why);
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

static int
receiver_make(struct receiver *r, const char *name, const struct rx *rx, uint32_t n_connected)
{
	struct pktpool_why why = {{0}};
	int rc = receiver_start(r, name, rx, &why);

	if (rc == 0)
		rc = receiver_endpoints(r, n_connected, &why);
	if (rc != 0)
		fprintf(stderr, "chainburst-bench: %s: %s: %s\n", name, strerror(-rc), why.text);
	return rc;
}

static int
peers_make(struct rx *rx, uint32_t n)
{
	uint64_t state = 1;

	rx->n_peers = n;
	rx->peers = malloc(n * sizeof(rx->peers[0]));
	if (rx->peers == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;

		uint32_t j = (uint32_t)((state >> 33) % (i + 1));

		rx->peers[i] = rx->peers[j];
		rx->peers[j] = i;
	}
	return 0;
}

static void
receiver_free(struct receiver *r)
{
	if (r->proto != NULL && proto_destroy(r->proto, NULL, NULL) != 0)
		fprintf(stderr, "chainburst-bench: a stack is not empty at the end\n");
}

static int
group_run(struct bench *bench, struct rx *rx, const char *name)
{
	static const char floor_name[] = "floor: parse and free", one_name[] = "one bound endpoint";
	const char *many_name =
		bench->quick ? "100,000 connected endpoints" : "1,000,000 connected endpoints";
	const struct bench_case cases[] = {
		bench_case_make(floor_name, "hand-written: burst, headers, IPv4 checksum, free",
			floor_run, &rx->floor),
		bench_case_make(
			one_name, "proto_poll() to recv() and proto_return()", stack_run, &rx->one),
		bench_case_make(many_name, "the same, each frame for another, in random order",
			stack_run, &rx->many),
	};
	struct bench_group *group = bench_group_run(bench, name, "frame", floor_name, cases,
		RTE_DIM(cases), bench_data_make(bench, RX_FRAME_LEN, false), FRAMES);

	if (group == NULL)
		return -EIO;
	bench_target_add(bench, "receive, one endpoint <= 1.5x a loop that only parses", group,
		one_name, floor_name, 1.5, false);
	bench_target_add(bench, "receive, a million endpoints <= 2.5x one", group, many_name,
		one_name, 2.5, false);
	return 0;
}

int
bench_rx(struct bench *bench)
{
	static const char name[] = "rx 64 B frames";
	static struct rx rx;
	int rc;

	if (!bench_wants(bench, name))
		return 0;
	rc = peers_make(&rx, bench->quick ? PEERS_QUICK : PEERS_FULL);
	if (rc == 0)
		rc = receiver_make(&rx.one, "rx_one", &rx, 0);
	if (rc == 0)
		rc = receiver_make(&rx.many, "rx_many", &rx, rx.n_peers);
	if (rc == 0) {
		rx.floor = rx.one.port;
		rc = group_run(bench, &rx, name);
	}
	receiver_free(&rx.one);
	receiver_free(&rx.many);
	free(rx.peers);
	return rc;
}
