/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rte_vect_get_max_simd_bitwidth() in DPDK 22.11 */
#include "worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_vect.h>

#include "endpoint.h"
#include "pktpool_mem.h"
#include "stack.h"
#include "upkeep.h"

#define INBOX_SIZE	4096 /* packets that other workers passed on */
#define RX_PACKETS_KEPT 4    /* one in so many is not for them */
#define CALLS_SIZE	256
#define RX_PACKETS_LOOP 64
#define HOLD_LIMIT	2048 /* frames that wait for neighbours, a link */
#define ICMP_BURST	50

/* A name "STACK.wN.what". */
static const char *
name_of(const struct proto_worker *worker, const char *what, char *name, size_t size)
{
	int len = snprintf(name, size, "%.15s.w%u.%.5s", worker->stack->name,
		worker->index % PROTO_WORKERS_MAX, what);

	return len > 0 && (size_t)len < size ? name : what; /* all fit: the stack's is short */
}

static int
pools_create(struct proto_worker *worker, int socket, struct pktpool_why *why)
{
	const struct proto *stack = worker->stack;
	char name[PKTPOOL_NAME_MAX + 1];
	struct pktpool_conf pkt_conf = {
		.name = name_of(worker, "pkt", name, sizeof(name)),
		.n = stack->conf.n_packets,
		.n_overflow = stack->conf.n_packets_overflow,
		.headroom = HDR_ROOM,
		.room = stack->frame_room,
		.cache = stack->conf.cache,
		.socket = socket,
	};
	struct bufpool_conf buf_conf = {
		.name = name,
		.n = stack->conf.n_buffers,
		.cache = stack->conf.cache,
		.socket = socket,
	};
	int ret = pktpool_create(&worker->share.pktpool, &pkt_conf, why);

	if (ret != 0)
		return ret;
	(void)name_of(worker, "ctl", name, sizeof(name));
	pkt_conf.n = CONTROL_PACKETS;
	pkt_conf.n_overflow = 0;
	ret = pktpool_create(&worker->control.share.pktpool, &pkt_conf, why);
	if (ret != 0)
		return ret;
	(void)name_of(worker, "rx", name, sizeof(name));
	/* What the rings of the ports keep is not the client's. */
	pkt_conf.n = worker->n_rx_packets;
	for (unsigned i = 0; i < stack->n_links; i++)
		pkt_conf.n += stack->links[i]->conf.n_rxd;
	/* Drivers ask for the room that is usual: net_af_packet refuses less than 2016. */
	pkt_conf.room = (uint16_t)RTE_MAX(stack->frame_room, RTE_MBUF_DEFAULT_DATAROOM);
	ret = pktpool_create(&worker->rx_pool, &pkt_conf, why);
	if (ret != 0)
		return ret;
	(void)name_of(worker, "buf", name, sizeof(name));
	return bufpool_create(&worker->share.bufpool, &buf_conf, why);
}

/* The queue to send on a link, and the one where frames wait for its neighbours. */
static int
txqs_create(struct proto_worker *worker, const struct proto_link *link)
{
	const struct proto *stack = worker->stack;
	uint32_t n_recs = stack->conf.n_payloads + CONTROL_RECORDS;
	uint32_t hold = RTE_MAX((uint32_t)HOLD_LIMIT, 2 * PLAN_FRAMES_MAX);
	struct txq **txqs = &worker->txqs[link->index];

	txqs[0] = txq_create(worker->index, link->conf.stage, n_recs, link->port.socket,
		&worker->share.completions, false);
	txqs[NET_IFS] = txq_create(
		worker->index, hold, n_recs, link->port.socket, &worker->share.completions, true);
	return txqs[0] != NULL && txqs[NET_IFS] != NULL ? 0 : -ENOMEM;
}

static int
queues_create(struct proto_worker *worker)
{
	const struct proto *stack = worker->stack;
	int ret = txqs_create(worker, stack->loop);

	for (unsigned i = 0; i < stack->n_links && ret == 0; i++)
		ret = txqs_create(worker, stack->links[i]);
	return ret;
}

static int
completions_create(struct proto_worker *worker, int socket)
{
	char name[RTE_RING_NAMESIZE];
	int ret = completions_init(&worker->share.completions,
		name_of(worker, "done", name, sizeof(name)), worker->stack->conf.n_payloads,
		socket);

	if (ret == 0)
		ret = completions_init(&worker->control.share.completions,
			name_of(worker, "cdone", name, sizeof(name)), CONTROL_RECORDS, socket);
	return ret;
}

static int
rings_create(struct proto_worker *worker, int socket)
{
	char name[RTE_RING_NAMESIZE];

	worker->inbox = rte_ring_create(
		name_of(worker, "in", name, sizeof(name)), INBOX_SIZE, socket, RING_F_SC_DEQ);
	worker->calls = rte_ring_create_elem(name_of(worker, "call", name, sizeof(name)),
		2 * sizeof(void *), CALLS_SIZE, socket, RING_F_SC_DEQ);
	return worker->inbox != NULL && worker->calls != NULL ? 0 : -ENOMEM;
}

static bool
hears(const struct rx_sink *sink, const struct proto_addr *group, uint16_t link)
{
	return endpoint_hears((const struct proto_endpoint *)sink, group, link);
}

static int
rx_create(struct proto_worker *worker, int socket)
{
	struct proto *stack = worker->stack;
	const struct proto_conf *conf = &stack->conf;
	struct reass_conf reass = {
		.n_datagrams = conf->reass_datagrams,
		.n_frames = conf->reass_frames,
		.share = conf->reass_share,
		.timeout_ipv4 = stack->net.hz * conf->reass_timeout_ipv4_s,
		.timeout_ipv6 = stack->net.hz * conf->reass_timeout_ipv6_s,
		.seed = stack->net.seed ^ worker->index,
		.socket = socket,
		.tap = &stack->net.tap,
	};
	struct rx *rx = pktpool_mem_alloc("PRXW", sizeof(*rx), 64, socket, NULL);

	worker->rx = rx;
	if (rx == NULL)
		return -ENOMEM;
	rx->net = &stack->net;
	rx->control = &worker->control;
	rx->cksum = worker->share.cksum;
	rx->txqs = worker->txqs;
	rx->inboxes = stack->inboxes;
	rx->worker = worker->index;
	rx->n_workers = conf->n_workers;
	rx->hears = hears;
	for (unsigned i = 0; i < RX_BURST; i++)
		rx->batch.key_at[i] = &rx->batch.keys[i];
	rx->pool = pktpool_mempool(worker->rx_pool);
	rx->pool_low = worker->n_rx_packets / RX_PACKETS_KEPT;
	rx->addr_gen = atomic_load_explicit(&stack->net.addr_gen, memory_order_acquire) - 1;
	if (conf->icmp_rate != UINT32_MAX)
		limit_init(&rx->icmp_limit, stack->net.hz / conf->icmp_rate, ICMP_BURST);
	rx->reass = reass_create(&reass);
	return rx->reass != NULL ? 0 : -ENOMEM;
}

/* What of a worker cannot say why it failed: for want of memory. */
static int
parts_create(struct proto_worker *worker, int socket, struct pktpool_why *why)
{
	struct proto *stack = worker->stack;

	worker->share.bufs = pktpool_mem_alloc(
		"PWRK", stack->conf.n_buffers * sizeof(*worker->share.bufs), 64, socket, why);
	if (worker->share.bufs == NULL || completions_create(worker, socket) != 0 ||
		queues_create(worker) != 0 || rings_create(worker, socket) != 0)
		return -ENOMEM;
	stack->inboxes[worker->index] = worker->inbox;
	return rx_create(worker, socket);
}

/* Receive buffers: some for the loop where no port receives. */
static uint32_t
rx_packets(const struct proto *stack)
{
	for (unsigned i = 0; i < stack->n_links; i++)
		if (!stack->links[i]->conf.send_only)
			return stack->conf.n_rx_packets;
	return RTE_MIN(stack->conf.n_rx_packets, (uint32_t)RX_PACKETS_LOOP);
}

int
worker_create(
	struct proto *stack, uint16_t index, struct proto_worker **out, struct pktpool_why *why)
{
	int socket = stack->links[0]->port.socket;
	struct proto_worker *worker = pktpool_mem_alloc("PWRK", sizeof(*worker), 64, socket, why);
	int ret;

	if (worker == NULL)
		return -ENOMEM;
	worker->stack = stack;
	worker->index = index;
	worker->n_rx_packets = rx_packets(stack);
	worker->rng = stack->net.seed + index + 1;
	worker->share.n_packets = stack->conf.n_packets + stack->conf.n_packets_overflow;
	worker->share.n_buffers = stack->conf.n_buffers;
	worker->share.cksum = cksum_ops_select(rte_vect_get_max_simd_bitwidth());
	worker->control.share.n_packets = CONTROL_PACKETS;
	worker->control.share.cksum = worker->share.cksum;
	ret = pools_create(worker, socket, why);
	if (ret != 0) {
		(void)worker_destroy(worker);
		return ret;
	}
	if (parts_create(worker, socket, why) != 0) {
		(void)worker_destroy(worker);
		return pktpool_why_not(why, -ENOMEM,
			"no memory for worker %u: give EAL more (-m), or use smaller pools", index);
	}
	control_init(&worker->control, &stack->net, worker->txqs, stack->loop->conf.mtu);
	demux_worker_online(stack->net.demux, index);
	*out = worker;
	return 0;
}

/* Is anything out of a pool? Reports what. */
static bool
pool_busy(struct pktpool *pool, pktpool_report_fn report, void *arg)
{
	struct pktpool_usage usage = {0};

	if (pool != NULL)
		pktpool_usage(pool, &usage);
	if (usage.in_use != 0 && report != NULL)
		(void)pktpool_dump(pool, report, arg);
	return usage.in_use != 0;
}

/* Does a client hold datagrams of one of these endpoints? What waits in their rings is dropped. */
static bool
endpoints_busy(const struct proto_worker *worker, struct proto_endpoint *ep,
	pktpool_report_fn report, void *arg)
{
	bool busy = false;

	for (; ep != NULL; ep = ep->next) {
		char line[128];

		sink_flush(&ep->sink);
		if (sink_held(&ep->sink) == 0)
			continue;
		busy = true;
		(void)snprintf(line, sizeof(line),
			"stack %s worker %u: the client of port %u holds %" PRIu64
			" received frames: proto_return() them",
			worker->stack->name, worker->index, ep->conf.local_port,
			sink_held(&ep->sink));
		if (report != NULL)
			report(arg, line);
	}
	return busy;
}

bool
worker_busy(struct proto_worker *worker, pktpool_report_fn report, void *arg)
{
	struct pktpool_usage bufs = {0};
	bool busy = pool_busy(worker->share.pktpool, report, arg);

	busy |= endpoints_busy(worker, worker->endpoints, report, arg);
	busy |= endpoints_busy(worker, worker->l2_endpoints, report, arg);
	busy |= pool_busy(worker->control.share.pktpool, report, arg);
	if (worker->share.bufpool != NULL)
		bufpool_usage(worker->share.bufpool, &bufs);
	if (bufs.in_use != 0 && report != NULL)
		(void)bufpool_dump(worker->share.bufpool, report, arg);
	return busy || bufs.in_use != 0;
}

/* Destroy a pool and forget it. */
static int
pool_destroy(struct pktpool **pool)
{
	int ret = pktpool_destroy(*pool, NULL, NULL);

	if (ret == 0)
		*pool = NULL;
	return ret;
}

/* The receive pool first: of it a client may still have what it took over. */
static int
pools_destroy(struct proto_worker *worker)
{
	if (pool_destroy(&worker->rx_pool) != 0 || pool_destroy(&worker->share.pktpool) != 0 ||
		pool_destroy(&worker->control.share.pktpool) != 0 ||
		bufpool_destroy(worker->share.bufpool, NULL, NULL) != 0)
		return -EBUSY;
	worker->share.bufpool = NULL;
	return 0;
}

int
worker_destroy(struct proto_worker *worker)
{
	if (worker->rx != NULL && worker->rx->reass != NULL)
		reass_flush(worker->rx->reass);
	if (pools_destroy(worker) != 0)
		return -EBUSY;
	if (worker->rx != NULL)
		reass_destroy(worker->rx->reass);
	endpoints_free(&worker->endpoints);
	endpoints_free(&worker->l2_endpoints);
	demux_worker_offline(worker->stack->net.demux, worker->index);
	for (unsigned i = 0; i < RTE_DIM(worker->txqs); i++)
		txq_destroy(worker->txqs[i]);
	completions_fini(&worker->share.completions);
	completions_fini(&worker->control.share.completions);
	rte_ring_free(worker->inbox);
	rte_ring_free(worker->calls);
	worker->stack->inboxes[worker->index] = NULL;
	(void)pktpool_mem_free(worker->rx);
	(void)pktpool_mem_free(worker->share.bufs);
	(void)pktpool_mem_free(worker);
	return 0;
}

/* Own both sets of records on this thread. */
static void
worker_own(struct proto_worker *worker)
{
	completions_own(&worker->share.completions);
	completions_own(&worker->control.share.completions);
}

void
worker_last_calls(struct proto_worker *worker)
{
	worker_own(worker);
	(void)worker_calls(worker);
}

void
worker_drain(struct proto_worker *worker)
{
	worker_own(worker);
	rx_flush(worker->rx);
	while (completions_deliver(&worker->share.completions) +
			completions_deliver(&worker->control.share.completions) !=
		0)
		;
}

/* Frames up: from each port, and from other workers. */
static unsigned
poll_rx(struct proto_worker *worker)
{
	const struct proto *stack = worker->stack;
	unsigned work = 0;

	rx_refresh(worker->rx);
	for (unsigned i = 0; i < stack->n_links; i++) {
		const struct proto_link *link = stack->links[i];

		if (worker->index < link->n_rx_queues && link->started)
			work += rx_poll_link(worker->rx, link, worker->index);
	}
	if (stack->loop->started)
		work += rx_poll_link(worker->rx, stack->loop, worker->index);
	if (stack->n_workers > 1)
		work += rx_poll_inbox(worker->rx);
	rx_expire(worker->rx);
	return work;
}

static unsigned
poll_txq(struct txq *txq, uint64_t now)
{
	unsigned sent = txq_flush(txq);

	txq_reclaim_idle(txq, now);
	return sent;
}

unsigned
proto_poll(struct proto_worker *worker, uint64_t now)
{
	const struct proto *stack = worker->stack;
	unsigned work;

	worker->now = now;
	worker->rx->now = now;
	worker_own(worker);
	demux_quiescent(stack->net.demux, worker->index);
	work = worker_calls(worker);
	work += poll_rx(worker);
	upkeep(worker, now);
	holds_serve(worker);
	for (unsigned i = 0; i < stack->n_links; i++)
		work += poll_txq(worker->txqs[i], now);
	work += poll_txq(worker->txqs[stack->loop->index], now);
	work += completions_deliver(&worker->share.completions);
	(void)completions_deliver(&worker->control.share.completions);
	return work;
}

void
proto_worker_counters(const struct proto_worker *worker, struct proto_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < RTE_DIM(worker->txqs); i++)
		if (worker->txqs[i] != NULL)
			counters_sum(sum, &worker->txqs[i]->counters);
}

struct pktpool *
proto_worker_pktpool(const struct proto_worker *worker)
{
	return worker->share.pktpool;
}

struct pktpool *
proto_worker_rx_pool(const struct proto_worker *worker)
{
	return worker->rx_pool;
}

struct bufpool *
proto_worker_bufpool(const struct proto_worker *worker)
{
	return worker->share.bufpool;
}

uint32_t
proto_worker_outstanding(const struct proto_worker *worker)
{
	return completions_outstanding(&worker->share.completions) +
	       completions_outstanding(&worker->control.share.completions);
}

void
proto_worker_reassembly(const struct proto_worker *worker, struct proto_reassembly *figures)
{
	struct reass_usage usage;

	reass_usage(worker->rx->reass, &usage);
	*figures = (struct proto_reassembly){
		.datagrams = usage.datagrams,
		.frames = usage.frames,
		.datagrams_max = usage.datagrams_max,
		.frames_max = usage.frames_max,
	};
}
