/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <rte_memzone.h>

#include "link/link.h"
#include "pktpool.h"
#include "worker.h"

#define WORKERS_DEFAULT	 1
#define PAYLOADS_DEFAULT 1024
#define PACKETS_DEFAULT	 8192
#define BUFFERS_DEFAULT	 8192
#define POOL_MAX	 (1u << 24)

#define RX_POOL_PER_LINK 512 /* mbufs for the rx queues that drivers insist on */

static int
conf_range(
	const char *field, uint32_t value, uint32_t least, uint32_t most, struct pktpool_why *why)
{
	if (value >= least && value <= most)
		return 0;
	return pktpool_why_not(why, -EINVAL, "%s %u: expected %u to %u", field, value, least, most);
}

static int
conf_check(struct proto_conf *conf, struct pktpool_why *why)
{
	if (conf->name == NULL)
		conf->name = "proto";
	if (conf->n_workers == 0)
		conf->n_workers = WORKERS_DEFAULT;
	if (conf->n_payloads == 0)
		conf->n_payloads = PAYLOADS_DEFAULT;
	if (conf->n_packets == 0)
		conf->n_packets = PACKETS_DEFAULT;
	if (conf->n_buffers == 0)
		conf->n_buffers = BUFFERS_DEFAULT;
	if (conf->cache == 0)
		conf->cache = PKTPOOL_CACHE_AUTO;
	if (conf->name[0] == '\0' || strlen(conf->name) > PROTO_NAME_MAX)
		return pktpool_why_not(why, -EINVAL, "name '%s': expected 1 to %u characters",
			conf->name, PROTO_NAME_MAX);
	int ret = conf_range("n_workers", conf->n_workers, 1, PROTO_WORKERS_MAX, why);

	if (ret == 0)
		ret = conf_range("n_payloads", conf->n_payloads, 1, PROTO_PAYLOADS_MAX, why);
	if (ret == 0)
		ret = conf_range("n_packets", conf->n_packets, 1, POOL_MAX, why);
	if (ret == 0)
		ret = conf_range("n_packets_overflow", conf->n_packets_overflow, 0, POOL_MAX, why);
	if (ret == 0)
		ret = conf_range("n_buffers", conf->n_buffers, 1, POOL_MAX, why);
	return ret;
}

/* Tables that workers share. */
static int
tables_init(struct proto *stack, struct pktpool_why *why)
{
	uint64_t seed = stack->conf.seed;

	if (seed == 0 && getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return pktpool_why_not(
			why, -EIO, "the kernel gave no random seed: set proto_conf.seed");
	ipid_table_init(&stack->ipids, seed);
	if (route_table_init(&stack->routes, stack->name) != 0 ||
		neigh_table_init(&stack->neighs, stack->name, (uint32_t)(seed >> 32)) != 0)
		return pktpool_why_not(why, -ENOMEM, "no memory for tables: give EAL more (-m)");
	return 0;
}

static void
tables_fini(struct proto *stack)
{
	route_table_fini(&stack->routes);
	neigh_table_fini(&stack->neighs);
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
	rte_spinlock_init(&stack->net_lock);
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

static int
rx_pool_create(struct proto *stack, struct pktpool_why *why)
{
	char name[PKTPOOL_NAME_MAX + 1];
	struct pktpool_conf conf = {
		.name = name,
		.n = RX_POOL_PER_LINK * stack->n_links,
		.headroom = RTE_PKTMBUF_HEADROOM,
		/* Drivers ask for the room that is usual: net_af_packet refuses less than 2016. */
		.room = (uint16_t)RTE_MAX(stack->frame_room, RTE_MBUF_DEFAULT_DATAROOM),
		.socket = stack->links[0]->port.socket,
	};

	(void)snprintf(name, sizeof(name), "%s.rx", stack->name);
	return pktpool_create(&stack->rx_pool, &conf, why);
}

/* Is a descriptor of any pool out? All are looked at before the first is destroyed. */
static bool
stack_busy(struct proto *stack, pktpool_report_fn report, void *arg)
{
	bool busy = false;

	for (unsigned i = 0; i < PROTO_WORKERS_MAX; i++)
		if (stack->workers[i] != NULL &&
			pools_busy(proto_worker_pktpool(stack->workers[i]),
				proto_worker_bufpool(stack->workers[i]), report, arg))
			busy = true;
	return busy;
}

/* Undo a start that failed half way, or take a stopped stack apart. -EBUSY: descriptors are out. */
static int
stack_unmake(struct proto *stack, pktpool_report_fn report, void *arg)
{
	int ret = 0;

	if (stack_busy(stack, report, arg))
		return -EBUSY;
	rte_spinlock_lock(&stack->net_lock); /* telemetry looks at the workers under it */
	stack->n_workers = 0;
	stack->started = false;
	rte_spinlock_unlock(&stack->net_lock);
	for (unsigned i = 0; i < PROTO_WORKERS_MAX && ret == 0; i++) {
		if (stack->workers[i] != NULL)
			ret = worker_destroy(stack->workers[i]);
		if (ret == 0)
			stack->workers[i] = NULL;
	}
	for (unsigned i = 0; i < stack->n_links; i++)
		link_release(stack->links[i]);
	if (ret == 0)
		ret = pktpool_destroy(stack->rx_pool, report, arg);
	if (ret == 0)
		stack->rx_pool = NULL;
	return ret;
}

/* Start the links that do not run: all of them, or none. */
static int
links_start(struct proto *stack, struct pktpool_why *why)
{
	uint32_t begun = 0;
	int ret = 0;

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
	int ret = stack->rx_pool == NULL ? rx_pool_create(stack, why) : 0;

	for (uint16_t i = 0; i < stack->conf.n_workers && ret == 0; i++)
		ret = worker_create(stack, i, &stack->workers[i], why);
	for (unsigned i = 0; i < stack->n_links && ret == 0; i++)
		ret = link_setup(stack->links[i], stack->conf.n_workers,
			pktpool_mempool(stack->rx_pool), why);
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

	for (unsigned i = 0; i < stack->n_links; i++)
		proto_link_stop(stack->links[i]);
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
	rte_spinlock_lock(&stack->net_lock); /* telemetry may be looking at this moment */
	while (stack->n_links > 0)
		link_destroy(stack->links[--stack->n_links]);
	rte_spinlock_unlock(&stack->net_lock);
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
proto_counters(const struct proto *stack, struct proto_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < stack->n_workers; i++) {
		struct proto_counters one;

		proto_worker_counters(stack->workers[i], &one);
		counters_sum(sum, &one);
	}
}
