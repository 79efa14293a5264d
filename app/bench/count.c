/* SPDX-License-Identifier: BSD-3-Clause */
#include "count.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>
#include <rte_vect.h>
#include <rte_version.h>

#include "bench.h"
#include "nic_port.h"
#include "reasser.h"
#include "receiver.h"
#include "sender.h"

#define FRAMES	    5376u /* a multiple of 42, 32 and 8: N */
#define LARGE	    42u	  /* frames of a large payload */
#define SMALL	    64u	  /* bytes of a small payload */
#define BURST	    32u
#define PEERS	    1000u
#define REASS_MBUFS 8191u

struct counted {
	struct sender_stack nic, plain;
	struct sender copy, map, software, small;
	struct rx_peers peers;
	struct receiver one, many;
	struct reasser reasser;
	uint8_t *memory; /* a large payload */
	uint64_t now;
};

struct path {
	const char *name;
	int (*run)(struct counted *c, unsigned int n_frames); /* 0 or negative errno */
};

/* Payloads of @len bytes, @per_call at a time, until @n_frames have left. */
static int
send_all(
	struct counted *c, struct sender *s, uint32_t len, uint16_t per_call, unsigned int n_frames)
{
	const struct iovec iov = {c->memory, len};
	struct proto_payload payloads[BURST];
	unsigned int per_payload = len > BENCH_FRAME_DATA ? len / BENCH_FRAME_DATA : 1;

	for (uint16_t i = 0; i < BURST; i++)
		payloads[i] = (struct proto_payload){.iov = &iov, .iovcnt = 1};
	for (unsigned int sent = 0; sent < n_frames; sent += per_call * per_payload) {
		if (proto_send(s->ep, payloads, per_call) != per_call)
			return proto_reason_errno(proto_refused(s->ep));
		(void)proto_poll(s->stack->worker, c->now);
	}
	return proto_outstanding(s->ep) == 0 ? 0 : -EBUSY;
}

static int
copy_run(struct counted *c, unsigned int n)
{
	return send_all(c, &c->copy, LARGE * BENCH_FRAME_DATA, 1, n);
}

static int
map_run(struct counted *c, unsigned int n)
{
	return send_all(c, &c->map, LARGE * BENCH_FRAME_DATA, 1, n);
}

static int
software_run(struct counted *c, unsigned int n)
{
	return send_all(c, &c->software, LARGE * BENCH_FRAME_DATA, 1, n);
}

static int
small_run(struct counted *c, unsigned int n)
{
	return send_all(c, &c->small, SMALL, BURST, n);
}

static int
receive(struct counted *c, struct receiver *r, unsigned int n)
{
	uint64_t before = r->received;

	r->port.left = n;
	while (r->port.left != 0)
		(void)proto_poll(r->worker, c->now);
	return r->received - before == n ? 0 : -EBADMSG;
}

static int
one_run(struct counted *c, unsigned int n)
{
	return receive(c, &c->one, n);
}

static int
many_run(struct counted *c, unsigned int n)
{
	return receive(c, &c->many, n);
}

static int
reass_run(struct counted *c, unsigned int n)
{
	return reasser_hot(&c->reasser, n) == n ? 0 : -EBADMSG;
}

static const struct path paths[] = {
	{"tx copy, 1472 B, NIC checksums", copy_run},
	{"tx copy, 1472 B, software checksums", software_run},
	{"tx map, 1472 B, NIC checksums", map_run},
	{"tx copy, 64 B, NIC checksums", small_run},
	{"rx 64 B, one bound endpoint", one_run},
	{"rx 64 B, 1,000 connected endpoints", many_run},
	{"reassembly of 8 fragments", reass_run},
};

static int
senders_make(struct counted *c)
{
	static const struct sender_kind copy = {PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_COPY, false};
	static const struct sender_kind map = {PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_MAP, false};
	int rc = sender_stack_make(&c->nic, "nic", &nic_port_ops);

	if (rc == 0)
		rc = sender_stack_make(&c->plain, "plain", NULL);
	if (rc == 0)
		rc = sender_make(&c->copy, &c->nic, &copy, 1);
	if (rc == 0)
		rc = sender_make(&c->small, &c->nic, &copy, 1);
	if (rc == 0)
		rc = sender_make(&c->map, &c->nic, &map, 1);
	return rc == 0 ? sender_make(&c->software, &c->plain, &copy, 1) : rc;
}

static int
counted_make(struct counted *c)
{
	static const struct reasser_row eight = {"", 8, 1, REASSER_IN_ORDER, false};
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"count_reass", REASS_MBUFS, 256, 0, RTE_PKTMBUF_HEADROOM + 128, SOCKET_ID_ANY);
	int rc;

	c->memory = rte_zmalloc("count", LARGE * BENCH_FRAME_DATA, 4096);
	rc = c->memory == NULL || pool == NULL ? -ENOMEM : senders_make(c);
	if (rc == 0)
		rc = rx_peers_make(&c->peers, PEERS);
	if (rc == 0)
		rc = receiver_make(&c->one, "rx_one", &c->peers, 0);
	if (rc == 0)
		rc = receiver_make(&c->many, "rx_many", &c->peers, PEERS);
	if (rc == 0)
		rc = reasser_make(&c->reasser, &eight, pool);
	c->now = rte_get_tsc_cycles();
	return rc;
}

/* What valgrind counts, call by call. */
static int
count_slice(const struct path *path, struct counted *c, unsigned int n)
{
	int rc = path->run(c, n);

	__asm__ volatile("" ::: "memory"); /* no tail call: it ends here */
	return rc;
}

static int
start_eal(void)
{
	char text[11][48] = {"chainburst-bench", "--no-huge", "--no-pci", "--no-shconf", "-m",
		"512", "--iova-mode=va", "--no-telemetry", "--log-level=lib.eal:error",
		"--force-max-simd-bitwidth=256", ""};
	char *argv[RTE_DIM(text)];

	(void)snprintf(text[10], sizeof(text[10]), "--file-prefix=cb-count-%d", (int)getpid());
	for (unsigned int i = 0; i < RTE_DIM(text); i++)
		argv[i] = text[i];
	return rte_eal_init((int)RTE_DIM(argv), argv);
}

int
count_main(void)
{
	/* Called where the compiler cannot see it: it must keep its name. */
	int (*volatile slice)(const struct path *path, struct counted *counted, unsigned int n) =
		count_slice;
	static struct counted c;
	int rc = start_eal() < 0 ? -EIO : counted_make(&c);

	printf("%s, %s, glibc %s, %s, SIMD up to %u bits\n", BENCH_COMPILER, rte_version(),
		gnu_get_libc_version(),
		rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) == 1 ? "AVX2" : "no AVX2",
		rte_vect_get_max_simd_bitwidth());
	for (unsigned int i = 0; i < RTE_DIM(paths) && rc == 0; i++) {
		printf("%u %s\n", FRAMES, paths[i].name);
		rc = paths[i].run(&c, FRAMES); /* pools, tables and predictions settle */
		if (rc == 0)
			rc = slice(&paths[i], &c, FRAMES);
		if (rc == 0)
			rc = slice(&paths[i], &c, 2 * FRAMES);
		if (rc != 0)
			fprintf(stderr, "chainburst-bench: %s: %s\n", paths[i].name, strerror(-rc));
	}
	reasser_free(&c.reasser);
	receiver_free(&c.many);
	receiver_free(&c.one);
	sender_stack_free(&c.plain);
	sender_stack_free(&c.nic);
	free(c.peers.peer);
	rte_eal_cleanup();
	return rc == 0 ? 0 : 1;
}
