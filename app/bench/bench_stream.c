/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payloads of nearly 64 KiB one way between two processes: over a link between two stacks, and over
 * the kernel's UDP and a veth pair. The receiver compares every byte, where it does not say so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "bench.h"
#include "source.h"
#include "veth.h"

#define PAYLOADS   64u /* in a slice */
#define TURNS_PART 2u  /* its turns are long */
#define FIRST_PORT 7100u

static const struct source_kind memif_kinds[] = {
	{"memif, fragment", "one datagram a payload, as IP fragments", PROTO_FRAGMENT, false,
		false},
	{"memif, fragment, not looked at", "the same, and the receiver only counts bytes",
		PROTO_FRAGMENT, false, true},
	{"memif, segment", "datagrams of 1472 bytes", PROTO_SEGMENT, false, false},
	{"memif, segment, no UDP checksum", "the same, UDP checksum 0", PROTO_SEGMENT, true, false},
};

static const struct source_kind vhost_kinds[] = {
	{"vhost, fragment", "one datagram a payload, as IP fragments", PROTO_FRAGMENT, false,
		false},
	{"vhost, segment", "datagrams of 1472 bytes", PROTO_SEGMENT, false, false},
};

static const struct source_sockets socket_kinds[] = {
	{"kernel veth, one datagram", "send() of a payload, IP fragments; recv() that polls", false,
		true, false},
	{"kernel veth, UDP_SEGMENT", "UDP_SEGMENT 1472 and UDP_GRO; recv() that polls", true, true,
		false},
	{"kernel veth, UDP_SEGMENT, blocking", "the same, and recv() that sleeps", true, false,
		false},
	{"kernel veth, UDP_SEGMENT, not looked at", "polling, and only bytes are counted", true,
		true, true},
};

struct stream_group {
	struct link_pair memif, vhost;
	struct raw_pair raw;
	struct stream_flow flows[2][2]; /* of each link: to the sink that looks, and to the other */
	struct veth veth;
	uint8_t *bytes;
	struct source sources[BENCH_CASES_MAX];
	unsigned int n;
};

static int
link_sources(struct stream_group *g, struct link_pair *pair, struct stream_flow flows[2],
	const struct source_kind *kinds, unsigned int n)
{
	int rc = 0;

	for (unsigned int i = 0; i < n && rc == 0; i++) {
		struct source *s = &g->sources[g->n++];

		s->bytes = g->bytes;
		rc = source_link(s, &kinds[i], pair, &flows[kinds[i].unchecked]);
	}
	return rc;
}

/* The kernel's rows; what it cannot make here is left out, which is said. */
static int
socket_sources(struct bench *bench, struct stream_group *g)
{
	int rc = veth_make(&g->veth);

	if (rc != 0) {
		bench_note(bench, "stream: kernel UDP over veth is left out: %s%s", strerror(-rc),
			rc == -EPERM ? " (network namespaces need root)" : "");
		return 0;
	}
	for (unsigned int i = 0; i < RTE_DIM(socket_kinds) && rc == 0; i++) {
		struct source *s = &g->sources[g->n++];
		int fds[2];

		s->bytes = g->bytes;
		rc = veth_sockets(&g->veth, (uint16_t)(FIRST_PORT + i), fds);
		if (rc == 0)
			rc = source_socket(s, &socket_kinds[i], fds, (unsigned int)bench->peer_cpu);
	}
	return rc;
}

static int
sources_make(struct bench *bench, struct stream_group *g)
{
	unsigned int cpu = (unsigned int)bench->peer_cpu;
	int rc;

	g->bytes = stream_make();
	rc = g->bytes == NULL ? -ENOMEM : link_pair_open(&g->memif, "memif", cpu);
	if (rc == 0)
		rc = link_sources(g, &g->memif, g->flows[0], memif_kinds, RTE_DIM(memif_kinds));
	if (rc == 0 && link_pair_open(&g->vhost, "vhost", cpu) != 0)
		bench_note(bench, "stream: vhost/virtio-user is left out: its ends did not meet");
	else if (rc == 0)
		rc = link_sources(g, &g->vhost, g->flows[1], vhost_kinds, RTE_DIM(vhost_kinds));
	if (rc == 0)
		rc = raw_pair_open(&g->raw, cpu);
	if (rc != 0)
		return rc;
	g->sources[g->n].bytes = g->bytes;
	source_raw(&g->sources[g->n++], &g->raw);
	return socket_sources(bench, g);
}

/* TSC cycles a payload. */
static double
send_some(void *arg, unsigned int n)
{
	uint64_t begin = rte_rdtsc_precise();
	int rc = source_send(arg, n);

	return rc == 0 ? (double)(rte_rdtsc_precise() - begin) / n : rc;
}

/* A slice of a case. */
static double
stream_slice(void *arg, double tsc_hz)
{
	struct source *s = arg;
	double cycles;

	(void)tsc_hz;
	peer_go(s->peer);
	cycles = send_some(s, PAYLOADS / 4); /* warms up, and wakes the peer */
	if (cycles > 0)
		cycles = bench_undisturbed(send_some, s, PAYLOADS, s->peer);
	peer_halt(s->peer);
	return cycles;
}

/* The best row of the kernel in which the bytes are looked at. */
static const char *
kernel_best(const struct bench_group *group)
{
	const struct bench_result *best = NULL;

	for (unsigned int i = 0; i < group->n; i++) {
		const struct bench_result *r = &group->results[i];

		if (strncmp(r->name, "kernel", 6) == 0 &&
			strstr(r->name, "not looked at") == NULL &&
			(best == NULL || r->cycles.median < best->cycles.median))
			best = r;
	}
	return best != NULL ? best->name : "";
}

static int
group_run(struct bench *bench, struct stream_group *g, const char *name)
{
	struct bench_case cases[BENCH_CASES_MAX];
	unsigned int turns = bench->turns;
	struct bench_group *group;

	for (unsigned int i = 0; i < g->n; i++)
		cases[i] = (struct bench_case){.name = g->sources[i].name,
			.what = g->sources[i].what,
			.cycles = stream_slice,
			.arg = &g->sources[i],
			.bytes = STREAM_PAYLOAD};
	bench->turns = bench->turns / TURNS_PART + 1;
	group = bench_group_run(bench, name, "payload", cases[0].name, cases, g->n,
		bench_data_make(bench, BENCH_PAYLOAD, false), 1);
	bench->turns = turns;
	if (group == NULL)
		return -EIO;
	bench_target_add(bench, "64 KiB payloads over memif >= 3x kernel veth at its best", group,
		cases[0].name, kernel_best(group), 3, true);
	bench_target_add(bench, "64 KiB payloads over memif >= 3x kernel veth, one datagram each",
		group, cases[0].name, socket_kinds[0].name, 3, true);
	return 0;
}

static void
group_free(struct stream_group *g)
{
	for (unsigned int i = 0; i < g->n; i++)
		source_free(&g->sources[i]);
	veth_free(&g->veth);
	raw_pair_close(&g->raw);
	link_pair_close(&g->vhost);
	link_pair_close(&g->memif);
	free(g->bytes);
}

int
bench_stream(struct bench *bench)
{
	static const char name[] = "stream, 64 KiB payloads one way";
	static struct stream_group g;
	int rc;

	if (!bench_wants(bench, name))
		return 0;
	if (bench->peer_cpu < 0) {
		bench_note(bench, "%s is left out: it needs two CPUs", name);
		return 0;
	}
	rc = sources_make(bench, &g);
	if (rc == 0)
		rc = group_run(bench, &g, name);
	else
		fprintf(stderr, "chainburst-bench: %s: %s\n", name, strerror(-rc));
	group_free(&g);
	return rc;
}
