/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way there and back of 64 bytes between two processes: over a link between two stacks, and
 * over the kernel's UDP and a veth pair. One payload is on its way at a time.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "bench.h"
#include "../hist/hist.h"
#include "link_pair.h"
#include "peer.h"
#include "raw_pair.h"
#include "veth.h"

#define TRIP_LEN    LINK_PAIR_LEN
#define TRIPS	    4000u
#define TRIPS_QUICK 2000u
#define TURNS_PART  20u /* its turns are long */
#define WAIT_S	    2u	/* an answer that has not come by then never comes */
#define KERNEL_PORT 7000u

/* One row: something that sends 64 bytes and waits until they are back. */
struct rtt {
	const char *name, *what;
	int (*trip)(struct rtt *rtt); /* 0 or negative errno */
	const struct peer *peer;
	unsigned int trips;    /* in a slice */
	struct hist slice;     /* TSC cycles */
	struct hist all;       /* of all slices but the first, which warms up */
	struct raw_pair raw;   /* over a driver alone, */
	struct link_pair pair; /* or over a link, */
	struct peer echo;      /* or over sockets: who answers, */
	int fds[2], recv_flag;
	uint64_t seq; /* and the payload that is on its way: its first 8 bytes */
};

struct rtt_group {
	struct rtt rows[BENCH_CASES_MAX];
	unsigned int n;
	struct veth veth;
};

static void
row_free(struct rtt *rtt)
{
	raw_pair_close(&rtt->raw);
	link_pair_close(&rtt->pair);
	peer_end(&rtt->echo);
	for (unsigned int end = 0; end < 2 && rtt->fds[end] > 0; end++)
		(void)close(rtt->fds[end]);
	rtt->fds[0] = rtt->fds[1] = 0;
}

static int
link_trip(struct rtt *rtt)
{
	return link_pair_trip(&rtt->pair, WAIT_S * rte_get_tsc_hz());
}

static int
link_make(struct bench *bench, struct rtt_group *g, const char *link)
{
	struct rtt *rtt = &g->rows[g->n];
	int rc = link_pair_open(&rtt->pair, link, (unsigned int)bench->peer_cpu);

	if (rc != 0)
		return rc;
	rtt->name = link;
	rtt->what = "two stacks that poll";
	rtt->trip = link_trip;
	rtt->peer = &rtt->pair.peer;
	g->n++;
	return 0;
}

static int
raw_trip(struct rtt *rtt)
{
	return raw_pair_trip(&rtt->raw, WAIT_S * rte_get_tsc_hz());
}

static int
raw_make(struct bench *bench, struct rtt_group *g)
{
	struct rtt *rtt = &g->rows[g->n];
	int rc = raw_pair_open(&rtt->raw, (unsigned int)bench->peer_cpu);

	if (rc != 0)
		return rc;
	rtt->name = "driver alone: memif";
	rtt->what = "frames of the same length, without a stack";
	rtt->trip = raw_trip;
	rtt->peer = &rtt->raw.peer;
	g->n++;
	return 0;
}

static int
socket_trip(struct rtt *rtt)
{
	uint64_t end = rte_get_tsc_cycles() + WAIT_S * rte_get_tsc_hz();
	uint8_t bytes[TRIP_LEN] = {0};
	uint64_t answered = 0;

	rtt->seq++;
	memcpy(bytes, &rtt->seq, sizeof(rtt->seq));
	if (send(rtt->fds[0], bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -errno;
	do {
		if (recv(rtt->fds[0], bytes, sizeof(bytes), rtt->recv_flag) ==
			(ssize_t)sizeof(bytes))
			memcpy(&answered, bytes, sizeof(answered));
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
	} while (answered != rtt->seq && rte_get_tsc_cycles() < end);
	return answered == rtt->seq ? 0 : -ETIMEDOUT;
}

/* The child of a socket row. */
static void
socket_echo(void *arg)
{
	const struct rtt *rtt = arg;
	uint8_t bytes[TRIP_LEN];

	for (;;) {
		ssize_t n = recv(rtt->fds[1], bytes, sizeof(bytes), rtt->recv_flag);

		if (n > 0)
			(void)send(rtt->fds[1], bytes, (size_t)n, 0);
	}
}

static int
socket_make(struct rtt_group *g, const char *name, const char *what, unsigned int cpu, bool spin)
{
	const struct timeval wait = {.tv_sec = WAIT_S};
	struct rtt *rtt = &g->rows[g->n];
	int rc = veth_sockets(&g->veth, (uint16_t)(KERNEL_PORT + g->n), rtt->fds);

	rtt->recv_flag = spin ? MSG_DONTWAIT : 0;
	if (rc == 0 && setsockopt(rtt->fds[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0)
		rc = -errno;
	if (rc == 0)
		rc = peer_fork(&rtt->echo, cpu, socket_echo, rtt);
	if (rc != 0)
		return rc;
	peer_halt(&rtt->echo);
	rtt->peer = &rtt->echo;
	rtt->name = name;
	rtt->what = what;
	rtt->trip = socket_trip;
	g->n++;
	return 0;
}

/* The kernel's rows; what it cannot make here is left out, which is said. */
static int
sockets_make(struct bench *bench, struct rtt_group *g)
{
	unsigned int here = bench->lcore, there = (unsigned int)bench->peer_cpu;
	int rc = veth_make(&g->veth);

	if (rc != 0) {
		bench_note(bench, "kernel UDP over veth is left out: %s%s", strerror(-rc),
			rc == -EPERM ? " (network namespaces need root)" : "");
		return 0;
	}
	rc = socket_make(g, "kernel veth, blocking", "send() and recv() that sleeps, two CPUs",
		there, false);
	if (rc == 0)
		rc = socket_make(g, "kernel veth, blocking, one CPU",
			"the same, and both processes on one CPU", here, false);
	if (rc == 0)
		rc = socket_make(g, "kernel veth, spinning",
			"recv(MSG_DONTWAIT) until something is there, two CPUs", there, true);
	return rc;
}

/* A slice of a case: the median trip, in cycles. */
static double
rtt_slice(void *arg, double tsc_hz)
{
	struct rtt *rtt = arg;
	bool warm = rtt->slice.n != 0;
	int rc = 0;

	(void)tsc_hz;
	hist_init(&rtt->slice);
	peer_go(rtt->peer);
	for (unsigned int i = 0; i < rtt->trips / 8 + 1 && rc == 0; i++)
		rc = rtt->trip(rtt);
	for (unsigned int i = 0; i < rtt->trips && rc == 0; i++) {
		uint64_t begin = rte_rdtsc_precise();

		rc = rtt->trip(rtt);
		hist_add(&rtt->slice, rte_rdtsc_precise() - begin, 1);
	}
	peer_halt(rtt->peer);
	if (rc != 0)
		return rc;
	if (warm)
		hist_merge(&rtt->all, &rtt->slice);
	return (double)hist_quantile(&rtt->slice, 0.5);
}

/* The kernel's best row in this run. NULL: there is none. */
static const char *
kernel_best(const struct bench_group *group)
{
	const struct bench_result *best = NULL;

	for (unsigned int i = 0; i < group->n; i++) {
		const struct bench_result *r = &group->results[i];

		if (strncmp(r->name, "kernel", 6) == 0 &&
			(best == NULL || r->cycles.median < best->cycles.median))
			best = r;
	}
	return best != NULL ? best->name : "";
}

static int
group_run(struct bench *bench, struct rtt_group *g, const char *name)
{
	struct bench_case cases[BENCH_CASES_MAX];
	unsigned int turns = bench->turns;
	struct bench_group *group;

	for (unsigned int i = 0; i < g->n; i++) {
		struct rtt *rtt = &g->rows[i];

		rtt->trips = bench->quick ? TRIPS_QUICK : TRIPS;
		hist_init(&rtt->all);
		cases[i] = (struct bench_case){.name = rtt->name,
			.what = rtt->what,
			.cycles = rtt_slice,
			.arg = rtt,
			.hist = &rtt->all};
	}
	bench->turns = bench->turns / TURNS_PART + 1;
	group = bench_group_run(bench, name, "round trip", g->rows[0].name, cases, g->n,
		bench_data_make(bench, TRIP_LEN, false), 1);
	bench->turns = turns;
	if (group == NULL)
		return -EIO;
	bench_target_add(bench, "echo over memif >= 3x faster than over kernel veth at its best",
		group, "memif", kernel_best(group), 3, true);
	return 0;
}

static void
group_free(struct rtt_group *g)
{
	for (unsigned int i = 0; i < RTE_DIM(g->rows); i++)
		row_free(&g->rows[i]);
	veth_free(&g->veth);
}

int
bench_rtt(struct bench *bench)
{
	static const char name[] = "rtt, 64 B there and back";
	static struct rtt_group g; /* the report reads its histograms */
	int rc;

	if (!bench_wants(bench, name))
		return 0;
	if (bench->peer_cpu < 0) {
		bench_note(bench, "%s is left out: it needs two CPUs", name);
		return 0;
	}
	rc = link_make(bench, &g, "memif");
	if (rc == 0 && link_make(bench, &g, "vhost") != 0)
		bench_note(bench, "vhost/virtio-user is left out: its ends did not meet");
	if (rc == 0)
		rc = raw_make(bench, &g);
	if (rc == 0)
		rc = sockets_make(bench, &g);
	if (rc == 0)
		rc = group_run(bench, &g, name);
	else
		fprintf(stderr, "chainburst-bench: %s: %s\n", name, strerror(-rc));
	group_free(&g);
	return rc;
}
