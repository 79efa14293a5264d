/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <rte_cycles.h>
#include <rte_memzone.h>

#include "link/link.h"
#include "pktpool.h"
#include "worker.h"

#define WORKERS_DEFAULT	 1
#define PAYLOADS_DEFAULT 1024
#define PACKETS_DEFAULT	 8192
#define BUFFERS_DEFAULT	 8192
#define POOL_MAX	 (1u << 24)

#define RX_PACKETS_DEFAULT   4096
#define ENDPOINTS_DEFAULT    1024
#define REASS_DEFAULT	     1024
#define TIMEOUT_IPV4_DEFAULT 30 /* RFC 1122 3.3.2: 60 to 120 is recommended, Linux has 30 */
#define TIMEOUT_IPV6_DEFAULT 60 /* RFC 8200 4.5 */
#define TIMEOUT_MAX	     3600
#define ICMP_RATE_DEFAULT    1000
#define ICMP_RATE_MAX	     1000000
#define LOOP_STAGE	     4096
#define ASK_RATE	     1000 /* neighbours a second */
#define ASK_BURST	     100

static int
conf_range(
	const char *field, uint32_t value, uint32_t least, uint32_t most, struct pktpool_why *why)
{
	if (value >= least && value <= most)
		return 0;
	return pktpool_why_not(why, -EINVAL, "%s %u: expected %u to %u", field, value, least, most);
}

static void
default_u32(uint32_t *field, uint32_t value)
{
	if (*field == 0)
		*field = value;
}

static void
conf_complete(struct proto_conf *conf)
{
	if (conf->name == NULL)
		conf->name = "proto";
	if (conf->n_workers == 0)
		conf->n_workers = WORKERS_DEFAULT;
	if (conf->cache == 0)
		conf->cache = PKTPOOL_CACHE_AUTO;
	default_u32(&conf->n_payloads, PAYLOADS_DEFAULT);
	default_u32(&conf->n_packets, PACKETS_DEFAULT);
	default_u32(&conf->n_buffers, BUFFERS_DEFAULT);
	default_u32(&conf->n_rx_packets, RX_PACKETS_DEFAULT);
	default_u32(&conf->n_endpoints, ENDPOINTS_DEFAULT);
	default_u32(&conf->reass_datagrams, REASS_DEFAULT);
	default_u32(&conf->reass_frames, RTE_MAX(conf->n_rx_packets / 2, 1u));
	default_u32(&conf->reass_share, stack_share(conf->reass_frames));
	default_u32(&conf->reass_timeout_ipv4_s, TIMEOUT_IPV4_DEFAULT);
	default_u32(&conf->reass_timeout_ipv6_s, TIMEOUT_IPV6_DEFAULT);
	default_u32(&conf->icmp_rate, ICMP_RATE_DEFAULT);
}

static int
conf_check(struct proto_conf *conf, struct pktpool_why *why)
{
	conf_complete(conf);
	if (conf->name[0] == '\0' || strlen(conf->name) > PROTO_NAME_MAX)
		return pktpool_why_not(why, -EINVAL, "name '%s': expected 1 to %u characters",
			conf->name, PROTO_NAME_MAX);
	const struct {
		const char *field;
		uint32_t value, least, most;
	} rows[] = {
		{"n_workers", conf->n_workers, 1, PROTO_WORKERS_MAX},
		{"n_payloads", conf->n_payloads, 1, PROTO_PAYLOADS_MAX},
		{"n_packets", conf->n_packets, 1, POOL_MAX},
		{"n_packets_overflow", conf->n_packets_overflow, 0, POOL_MAX},
		{"n_buffers", conf->n_buffers, 1, POOL_MAX},
		{"n_rx_packets", conf->n_rx_packets, 1, POOL_MAX},
		{"n_endpoints", conf->n_endpoints, 1, PROTO_ENDPOINTS_MAX},
		{"n_routes", conf->n_routes, 0, ROUTES_MAX},
		{"reass_datagrams", conf->reass_datagrams, 1, POOL_MAX},
		{"reass_frames", conf->reass_frames, 1, conf->n_rx_packets},
		{"reass_share", conf->reass_share, 1, conf->reass_frames},
		{"reass_timeout_ipv4_s", conf->reass_timeout_ipv4_s, 1, TIMEOUT_MAX},
		{"reass_timeout_ipv6_s", conf->reass_timeout_ipv6_s, 1, TIMEOUT_MAX},
		{"icmp_rate", conf->icmp_rate == UINT32_MAX ? 1 : conf->icmp_rate, 1,
			ICMP_RATE_MAX},
		{"idle", (uint32_t)conf->idle, 0, PROTO_IDLE_INTERRUPT},
	};

	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (conf_range(rows[i].field, rows[i].value, rows[i].least, rows[i].most, why) != 0)
			return -EINVAL;
	return 0;
}

/* Tables that workers share. */
static int
tables_init(struct proto *stack, struct pktpool_why *why)
{
	struct net *net = &stack->net;
	uint64_t seed = stack->conf.seed;

	if (seed == 0 && getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return pktpool_why_not(
			why, -EIO, "the kernel gave no random seed: set proto_conf.seed");
	struct demux_conf demux = {
		.name = stack->name,
		.n_connected = stack->conf.n_endpoints,
		.n_workers = stack->conf.n_workers,
		.seed = seed,
		.socket = SOCKET_ID_ANY,
	};

	net->seed = seed;
	net->hz = rte_get_tsc_hz();
	limit_init(&net->ask_limit, net->hz / ASK_RATE, ASK_BURST);
	ipid_table_init(&net->ipids, seed);
	net->demux = demux_create(&demux);
	if (net->demux == NULL ||
		route_table_init(&net->routes, stack->name, stack->conf.n_routes) ||
		neigh_table_init(&net->neighs, stack->name, seed, net->hz) != 0 ||
		pmtu_table_init(&net->pmtus, stack->name, seed, net->hz) != 0)
		return pktpool_why_not(why, -ENOMEM, "no memory for tables: give EAL more (-m)");
	return 0;
}

static void
tables_fini(struct proto *stack)
{
	demux_destroy(stack->net.demux);
	stack->net.demux = NULL;
	route_table_fini(&stack->net.routes);
	neigh_table_fini(&stack->net.neighs);
	pmtu_table_fini(&stack->net.pmtus);
}

int
proto_create(struct proto **out, const struct proto_conf *conf, struct pktpool_why *why)
{
	char zone_name[RTE_MEMZONE_NAMESIZE];
	struct proto_conf own = *conf;
	int ret = conf_check(&own, why);

	if (ret != 0)
		return ret;
	(void)snprintf(zone_name, sizeof(zone_name), STACK_ZONE_PREFIX "%s", own.name);
	if (rte_memzone_lookup(zone_name) != NULL)
		return pktpool_why_not(why, -EEXIST, "there is a stack '%s' already", own.name);
	const struct rte_memzone *zone =
		rte_memzone_reserve(zone_name, sizeof(struct proto), SOCKET_ID_ANY, 0);

	if (zone == NULL)
		return pktpool_why_not(why, -ENOMEM, "no memory for a stack: give EAL more (-m)");
	struct proto *stack = zone->addr;

	memset(stack, 0, sizeof(*stack));
	rte_spinlock_init(&stack->net.lock);
	(void)snprintf(stack->name, sizeof(stack->name), "%s", own.name);
	stack->conf = own;
	stack->conf.name = stack->name;
	ret = tables_init(stack, why);
	if (ret != 0) {
		tables_fini(stack);
		(void)rte_memzone_free(zone);
		return ret;
	}
	atomic_store_explicit(&stack->ready, true, memory_order_release);
	stack_telemetry_register();
	*out = stack;
	return 0;
}

/* The link to our own addresses: as wide as the widest. */
static int
loop_create(struct proto *stack, struct pktpool_why *why)
{
	struct proto_link_conf conf = {.ops = &port_loop_ops, .stage = LOOP_STAGE};
	uint16_t mtu = 0;

	for (unsigned i = 0; i < stack->n_links; i++)
		if (stack->links[i]->conf.mtu > mtu)
			mtu = stack->links[i]->conf.mtu;
	stack->loop_port = port_loop_create(
		stack->name, stack->conf.n_workers, mtu, stack->links[0]->port.socket);
	if (stack->loop_port == NULL)
		return pktpool_why_not(why, -ENOMEM, "no memory for the loop: give EAL more (-m)");
	conf.port = stack->loop_port;
	int ret = link_create(&conf, &stack->loop, why);

	if (ret != 0)
		return ret;
	stack->loop->stack = stack;
	stack->loop->tap = &stack->net.tap;
	stack->loop->index = PROTO_LINKS_MAX;
	stack->loop->is_loop = true;
	stack->net.ifs[PROTO_LINKS_MAX].link = stack->loop;
	return 0;
}

static void
loop_destroy(struct proto *stack)
{
	stack->net.ifs[PROTO_LINKS_MAX].link = NULL;
	link_destroy(stack->loop);
	port_loop_destroy(stack->loop_port);
	stack->loop = NULL;
	stack->loop_port = NULL;
}

/* Is a descriptor of any pool out? All are looked at before the first is destroyed. */
static bool
stack_busy(struct proto *stack, pktpool_report_fn report, void *arg)
{
	bool busy = false;

	for (unsigned i = 0; i < PROTO_WORKERS_MAX; i++)
		if (stack->workers[i] != NULL && worker_busy(stack->workers[i], report, arg))
			busy = true;
	return busy;
}

/* What is still out of the receive pools, when the ports have let go of theirs. */
static void
rx_report(struct proto *stack, pktpool_report_fn report, void *arg)
{
	for (unsigned i = 0; i < PROTO_WORKERS_MAX && report != NULL; i++)
		if (stack->workers[i] != NULL && stack->workers[i]->rx_pool != NULL)
			(void)pktpool_dump(stack->workers[i]->rx_pool, report, arg);
}

/* Undo a start that failed half way, or take a stopped stack apart. -EBUSY: descriptors are out. */
static int
stack_unmake(struct proto *stack, pktpool_report_fn report, void *arg)
{
	int ret = 0;

	if (stack_busy(stack, report, arg))
		return -EBUSY;
	net_lock(&stack->net); /* telemetry looks at the workers under it */
	stack->n_workers = 0;
	stack->started = false;
	net_unlock(&stack->net);
	for (unsigned i = 0; i < stack->n_links; i++)
		link_release(stack->links[i]);
	for (unsigned i = 0; i < PROTO_WORKERS_MAX && ret == 0; i++) {
		if (stack->workers[i] != NULL)
			ret = worker_destroy(stack->workers[i]);
		if (ret == 0)
			stack->workers[i] = NULL;
	}
	if (ret != 0)
		rx_report(stack, report, arg);
	else
		loop_destroy(stack);
	return ret;
}

/* Start the links that do not run: all of them, or none. */
static int
links_start(struct proto *stack, struct pktpool_why *why)
{
	uint32_t begun = 0;
	int ret = proto_link_start(stack->loop, why);

	_Static_assert(PROTO_LINKS_MAX <= 32, "a bit for each link");
	for (unsigned i = 0; i < stack->n_links && ret == 0; i++) {
		if (stack->links[i]->started)
			continue;
		ret = proto_link_start(stack->links[i], why);
		begun |= 1u << i;
	}
	for (unsigned i = 0; i < stack->n_links && ret != 0; i++)
		if ((begun & 1u << i) != 0)
			proto_link_stop(stack->links[i]);
	return ret;
}

static int
stack_make(struct proto *stack, struct pktpool_why *why)
{
	struct rte_mempool *rx_pools[PROTO_WORKERS_MAX];
	bool rx_intr = stack->conf.idle == PROTO_IDLE_INTERRUPT;
	int ret = loop_create(stack, why);

	for (uint16_t i = 0; i < stack->conf.n_workers && ret == 0; i++) {
		ret = worker_create(stack, i, &stack->workers[i], why);
		if (ret == 0)
			rx_pools[i] = pktpool_mempool(stack->workers[i]->rx_pool);
	}
	if (ret == 0)
		ret = link_setup(stack->loop, stack->conf.n_workers, rx_pools, false, why);
	for (unsigned i = 0; i < stack->n_links && ret == 0; i++)
		ret = link_setup(stack->links[i], stack->conf.n_workers, rx_pools, rx_intr, why);
	if (ret == 0)
		stack->n_workers = stack->conf.n_workers;
	return ret == 0 ? links_start(stack, why) : ret;
}

int
proto_start(struct proto *stack, struct pktpool_why *why)
{
	if (stack->started)
		return links_start(stack, why);
	if (stack->n_links == 0)
		return pktpool_why_not(
			why, -EINVAL, "stack %s has no link: proto_link_add() one", stack->name);
	stack->frame_room = 0;
	for (unsigned i = 0; i < stack->n_links; i++) {
		uint16_t room = link_frame_room(stack->links[i]);

		if (room > stack->frame_room)
			stack->frame_room = room;
	}
	int ret = stack_make(stack, why);

	if (ret != 0) {
		(void)stack_unmake(stack, NULL, NULL);
		return ret;
	}
	stack->started = true;
	return 0;
}

int
proto_stop(struct proto *stack)
{
	int ret = 0;

	proto_halt(stack);
	for (unsigned i = 0; i < stack->n_workers; i++)
		worker_last_calls(stack->workers[i]);
	for (unsigned i = 0; i < stack->n_links; i++)
		proto_link_stop(stack->links[i]);
	if (stack->loop != NULL)
		proto_link_stop(stack->loop);
	for (unsigned i = 0; i < stack->n_workers; i++) {
		worker_drain(stack->workers[i]);
		if (proto_worker_outstanding(stack->workers[i]) != 0)
			ret = -EBUSY;
	}
	return ret;
}

static void
outstanding_report(const struct proto *stack, pktpool_report_fn report, void *arg)
{
	for (unsigned i = 0; i < stack->n_workers && report != NULL; i++) {
		uint32_t n = proto_worker_outstanding(stack->workers[i]);
		char line[128];

		if (n == 0)
			continue;
		(void)snprintf(line, sizeof(line),
			"stack %s worker %u: %" PRIu32 " mapped payloads are still referred to",
			stack->name, i, n);
		report(arg, line);
	}
}

int
proto_destroy(struct proto *stack, pktpool_report_fn report, void *arg)
{
	if (proto_stop(stack) != 0) {
		outstanding_report(stack, report, arg);
		return -EBUSY;
	}
	int ret = stack_unmake(stack, report, arg);

	if (ret != 0)
		return ret;
	atomic_store_explicit(&stack->ready, false, memory_order_release);
	net_lock(&stack->net); /* telemetry may be looking at this moment */
	while (stack->n_links > 0)
		link_destroy(stack->links[--stack->n_links]);
	net_unlock(&stack->net);
	tables_fini(stack);

	char zone_name[RTE_MEMZONE_NAMESIZE];

	(void)snprintf(zone_name, sizeof(zone_name), STACK_ZONE_PREFIX "%s", stack->name);
	(void)rte_memzone_free(rte_memzone_lookup(zone_name));
	return 0;
}

struct proto_worker *
proto_worker_at(const struct proto *stack, unsigned index)
{
	return index < stack->n_workers ? stack->workers[index] : NULL;
}

void
proto_drop_tap(struct proto *stack, proto_drop_fn fn, void *arg)
{
	stack->net.tap = (struct drop_tap){fn, arg};
}

void
proto_counters(const struct proto *stack, struct proto_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < stack->n_workers; i++) {
		struct proto_counters one;

		proto_worker_counters(stack->workers[i], &one);
		counters_sum(sum, &one);
	}
}
