/* SPDX-License-Identifier: BSD-3-Clause */
/* Receiving UDP in frames of 64 bytes: a loop that only parses, one endpoint, a million. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "bench.h"
#include "receiver.h"

#define FRAMES	    20000u
#define PEERS_FULL  1000000u
#define PEERS_QUICK 100000u
#define BURST	    32u

struct rx {
	struct rx_peers peers;
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

static int
group_run(struct bench *bench, struct rx *rx, const char *name)
{
	static const char floor_name[] = "floor: parse and free", one_name[] = "one bound endpoint";
	const char *many_name =
		bench->quick ? "100,000 connected endpoints" : "1,000,000 connected endpoints";
	struct bench_case cases[] = {
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
	rc = rx_peers_make(&rx.peers, bench->quick ? PEERS_QUICK : PEERS_FULL);
	if (rc == 0)
		rc = receiver_make(&rx.one, "rx_one", &rx.peers, 0);
	if (rc == 0)
		rc = receiver_make(&rx.many, "rx_many", &rx.peers, rx.peers.n);
	if (rc == 0) {
		rx.floor = rx.one.port;
		rc = group_run(bench, &rx, name);
	}
	receiver_free(&rx.one);
	receiver_free(&rx.many);
	free(rx.peers.peer);
	return rc;
}
