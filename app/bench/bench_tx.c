/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending on net_null: the floor, Chainburst, rte_ipv4_fragment_packet and dpdk-testpmd. */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "bench.h"
#include "floor.h"
#include "nic_port.h"
#include "sender.h"
#include "testpmd.h"

#define FRAMES	   11500u /* about, in a slice: once through the working set */
#define TESTPMD_MS 100u

enum stack_kind {
	PLAIN,
	NIC,
	NIC_PREPARE,
	STACKS
};

/* Chainburst's rows. */
static const struct row {
	const char *name, *what;
	enum stack_kind stack;
	struct sender_kind kind;
} rows[] = {
	{"copy, segment, IPv4, NIC", "datagrams of 1472 bytes copied; the port does UDP checksums",
		NIC, {PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_COPY, false}},
	{"copy, segment, IPv6, NIC", "datagrams of 1452 bytes copied; the port does UDP checksums",
		NIC, {PROTO_IPV6, PROTO_SEGMENT, PROTO_DATA_COPY, false}},
	{"copy, segment, IPv4, software", "copied and summed in one pass", PLAIN,
		{PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_COPY, false}},
	{"copy, fragment, IPv4", "one datagram, copied and summed in one pass", PLAIN,
		{PROTO_IPV4, PROTO_FRAGMENT, PROTO_DATA_COPY, false}},
	{"map, segment, IPv4, NIC", "header and mapped bytes; the port does UDP checksums", NIC,
		{PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_MAP, false}},
	{"map, segment, IPv6, NIC", "header and mapped bytes; the port does UDP checksums", NIC,
		{PROTO_IPV6, PROTO_SEGMENT, PROTO_DATA_MAP, false}},
	{"map, segment, IPv4, NIC + tx_prepare", "the same, and tx_prepare looks at each frame",
		NIC_PREPARE, {PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_MAP, false}},
	{"map, segment, IPv4, no UDP checksum", "no_udp_cksum: the field is 0 (RFC 768)", PLAIN,
		{PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_MAP, true}},
	{"map, segment, IPv4, software", "mapped, and read once for its sum", PLAIN,
		{PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_MAP, false}},
	{"map, fragment, IPv4", "one datagram, mapped, and read once for its sum", PLAIN,
		{PROTO_IPV4, PROTO_FRAGMENT, PROTO_DATA_MAP, false}},
	{"map, fragment, IPv6", "one datagram, mapped, and read once for its sum", PLAIN,
		{PROTO_IPV6, PROTO_FRAGMENT, PROTO_DATA_MAP, false}},
};

/* All that sends: made once, used by each group. */
struct tx {
	struct floor floor;
	struct ipfrag frag, frag_summed;
	struct sender_stack stacks[STACKS];
	struct sender senders[RTE_DIM(rows)];
	struct testpmd testpmd;
};

static int
tx_make(struct tx *tx)
{
	static const struct proto_port_ops *const ops[STACKS] = {
		NULL, &nic_port_ops, &nic_port_prepare_ops};
	static const char *const names[STACKS] = {"plain", "nic", "nic_prepare"};
	int rc = floor_init(&tx->floor);

	ipfrag_init(&tx->frag, &tx->floor, false);
	ipfrag_init(&tx->frag_summed, &tx->floor, true);
	for (unsigned int i = 0; i < STACKS && rc == 0; i++)
		rc = sender_stack_make(&tx->stacks[i], names[i], ops[i]);
	for (unsigned int i = 0; i < RTE_DIM(rows) && rc == 0; i++)
		rc = sender_make(&tx->senders[i], &tx->stacks[rows[i].stack], &rows[i].kind, 1);
	return rc;
}

static void
tx_free(struct tx *tx)
{
	for (unsigned int i = 0; i < STACKS; i++)
		sender_stack_free(&tx->stacks[i]);
}

static struct bench_case
row_case(struct tx *tx, unsigned int i)
{
	return bench_case_make(rows[i].name, rows[i].what, sender_run, &tx->senders[i]);
}

static void
judge_large(struct bench *bench, const struct bench_group *g, bool cold)
{
	static const char frag[] = "rte_ipv4_fragment_packet";
	static const char frag_summed[] = "rte_ipv4_fragment_packet + UDP checksum";

	bench_target_add(bench,
		cold ? "copy <= 1.10x the hand-written loop, cold (NIC)"
		     : "copy <= 1.15x the hand-written loop, hot (NIC)",
		g, "copy, segment, IPv4, NIC", "floor copy", cold ? 1.10 : 1.15, false);
	bench_target_add(bench,
		cold ? "map <= 1.25x the hand-written loop, cold (NIC)"
		     : "map <= 1.25x the hand-written loop, hot (NIC)",
		g, "map, segment, IPv4, NIC", "floor map", 1.25, false);
	bench_target_add(bench,
		cold ? "map >= 5x rte_ipv4_fragment_packet, same fragments and UDP checksum, cold"
		     : "map >= 5x rte_ipv4_fragment_packet, same fragments and UDP checksum, hot",
		g, "map, fragment, IPv4", frag_summed, 5, true);
	bench_target_add(bench,
		cold ? "map (segments, NIC) >= 5x rte_ipv4_fragment_packet without UDP checksum, "
		       "cold"
		     : "map (segments, NIC) >= 5x rte_ipv4_fragment_packet without UDP checksum, "
		       "hot",
		g, "map, segment, IPv4, NIC", frag, 5, true);
}

static int
group_large(struct bench *bench, struct tx *tx, const char *name, bool cold)
{
	struct bench_case cases[4 + RTE_DIM(rows)] = {
		bench_case_make("floor copy", "hand-written: bulk allocation, header, copy, burst",
			floor_copy, &tx->floor),
		bench_case_make("floor map",
			"hand-written: header mbuf, one external segment, burst", floor_map,
			&tx->floor),
		bench_case_make("rte_ipv4_fragment_packet",
			"fragments, IPv4 checksums, Ethernet, burst; UDP checksum 0", ipfrag_run,
			&tx->frag),
		bench_case_make("rte_ipv4_fragment_packet + UDP checksum",
			"the same with rte_ipv4_udptcp_cksum_mbuf over the datagram", ipfrag_run,
			&tx->frag_summed),
	};
	struct bench_group *group;

	if (!bench_wants(bench, name))
		return 0;
	for (unsigned int i = 0; i < RTE_DIM(rows); i++)
		cases[4 + i] = row_case(tx, i);
	group = bench_group_run(bench, name, "frame", "floor copy", cases, RTE_DIM(cases),
		bench_data_make(bench, BENCH_PAYLOAD, cold), FRAMES);
	if (group == NULL)
		return -EIO;
	judge_large(bench, group, cold);
	return 0;
}

static int
run_small(struct bench *bench, const char *name, struct bench_case *cases, unsigned int n)
{
	struct bench_group *group = bench_group_run(bench, name, "frame", "floor copy", cases, n,
		bench_data_make(bench, 64, true), FRAMES);

	if (group == NULL)
		return -EIO;
	bench_target_add(bench, "64 B payloads, bursts of 32 <= 1.5x the hand-written loop (NIC)",
		group, "copy, IPv4, NIC", "floor copy", 1.5, false);
	return 0;
}

/* One frame a payload: what a payload costs on top of a frame. */
static int
group_small(struct bench *bench, struct tx *tx)
{
	static const char name[] = "tx 64 B payloads, cold";
	static const struct {
		unsigned int row, per_call;
		const char *name, *what;
	} small[] = {
		{0, 32, "copy, IPv4, NIC", "32 payloads a proto_send()"},
		{0, 1, "copy, IPv4, NIC, one by one",
			"one payload a proto_send(), then proto_poll()"},
		{2, 32, "copy, IPv4, software", "32 payloads a proto_send(); summed while copied"},
		{4, 32, "map, IPv4, NIC", "32 payloads a proto_send()"},
	};
	struct bench_case cases[2 + RTE_DIM(small)] = {
		bench_case_make("floor copy", "hand-written, bursts of 32", floor_copy, &tx->floor),
		bench_case_make("floor map", "hand-written, bursts of 32", floor_map, &tx->floor),
	};
	struct sender senders[RTE_DIM(small)];
	int rc = 0;

	if (!bench_wants(bench, name))
		return 0;
	for (unsigned int i = 0; i < RTE_DIM(small) && rc == 0; i++) {
		const struct row *row = &rows[small[i].row];

		rc = sender_make(
			&senders[i], &tx->stacks[row->stack], &row->kind, small[i].per_call);
		cases[2 + i] =
			bench_case_make(small[i].name, small[i].what, sender_run, &senders[i]);
	}
	if (rc == 0)
		rc = run_small(bench, name, cases, RTE_DIM(cases));
	for (unsigned int i = 0; i < RTE_DIM(small) && rc == 0; i++)
		rc = proto_endpoint_destroy(senders[i].ep);
	return rc;
}

static double
testpmd_cycles(void *arg, double tsc_hz)
{
	return testpmd_run(arg, TESTPMD_MS, tsc_hz);
}

static int
group_testpmd(struct bench *bench, struct tx *tx)
{
	static const char name[] = "tx 60 KiB, map, with testpmd";
	struct bench_case cases[] = {
		{.name = "testpmd txonly 42,1472",
			.what = "dpdk-testpmd, by its own count of frames and the CPU time it had",
			.cycles = testpmd_cycles,
			.arg = &tx->testpmd},
		bench_case_make("floor map", "hand-written, cold", floor_map, &tx->floor),
		row_case(tx, 4),
	};
	unsigned int turns = bench->turns;
	struct bench_group *group;
	int rc;

	if (!bench_wants(bench, name))
		return 0;
	rc = testpmd_open(&tx->testpmd, bench->lcore);
	if (rc != 0) {
		fprintf(stderr, "chainburst-bench: no dpdk-testpmd to compare with: %s\n",
			strerror(-rc));
		bench_target_add(
			bench, "map <= 1.25x testpmd txonly 42,1472", NULL, "", "", 1.25, false);
		return 0;
	}
	bench->turns = bench->turns / 5 + 1; /* its turns are long */
	group = bench_group_run(bench, name, "frame", "testpmd txonly 42,1472", cases,
		RTE_DIM(cases), bench_data_make(bench, BENCH_PAYLOAD, true), FRAMES);
	bench->turns = turns;
	testpmd_close(&tx->testpmd);
	if (group == NULL)
		return -EIO;
	bench_target_add(bench, "map <= 1.25x testpmd txonly 42,1472", group,
		"map, segment, IPv4, NIC", "testpmd txonly 42,1472", 1.25, false);
	bench_target_add(bench, "map faster than testpmd txonly 42,1472 (the stretch)", group,
		"map, segment, IPv4, NIC", "testpmd txonly 42,1472", 1, false);
	return 0;
}

int
bench_tx(struct bench *bench)
{
	static struct tx tx;
	int rc = tx_make(&tx);

	if (rc == 0)
		rc = group_large(bench, &tx, "tx 60 KiB, cold", true);
	if (rc == 0)
		rc = group_large(bench, &tx, "tx 60 KiB, hot", false);
	if (rc == 0)
		rc = group_small(bench, &tx);
	if (rc == 0)
		rc = group_testpmd(bench, &tx);
	if (rc == 0)
		rc = bench_sweep(bench, &tx.floor);
	tx_free(&tx);
	return rc;
}
