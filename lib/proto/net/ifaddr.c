/* SPDX-License-Identifier: BSD-3-Clause */
#include "ifaddr.h"

#include <errno.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "ifaddr_priv.h"

#define IPV4_BITS 32

void
ifaddr_init(struct ifaddr_set *set, const struct ifaddr_conf *conf, uint64_t seed)
{
	*set = (struct ifaddr_set){.conf = *conf, .rng = seed};
}

/* splitmix64. */
static uint64_t
rng_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
ifaddr_delay(struct ifaddr_set *set, uint64_t min_s, uint64_t max_s)
{
	uint64_t range = (max_s - min_s) * set->conf.hz;

	return min_s * set->conf.hz + rng_next(&set->rng) % (range + 1);
}

unsigned
ifaddr_common(const struct proto_addr *a, const struct proto_addr *b)
{
	unsigned len = (unsigned)proto_addr_len(a);

	for (unsigned i = 0; i < len; i++) {
		unsigned differ = a->bytes[i] ^ b->bytes[i];

		if (differ != 0)
			return i * 8 + (unsigned)__builtin_clz(differ) - 24;
	}
	return len * 8;
}

uint8_t
ifaddr_age(const struct ifaddr *a, uint64_t now)
{
	return a->preferred_until > now ? IFADDR_PREFERRED : IFADDR_DEPRECATED;
}

const struct ifaddr *
ifaddr_find(const struct ifaddr_set *set, const struct proto_addr *addr)
{
	for (unsigned i = 0; i < IFADDRS_MAX; i++)
		if (set->addrs[i].state != IFADDR_FREE &&
			proto_addr_equal(&set->addrs[i].addr, addr))
			return &set->addrs[i];
	return NULL;
}

struct ifaddr *
ifaddr_entry(struct ifaddr_set *set, const struct proto_addr *addr)
{
	const struct ifaddr *a = ifaddr_find(set, addr);

	return a != NULL ? &set->addrs[a - set->addrs] : NULL;
}

struct ifaddr *
ifaddr_take(struct ifaddr_set *set, const struct proto_addr *addr, uint8_t prefix_len)
{
	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		struct ifaddr *a = &set->addrs[i];

		if (a->state != IFADDR_FREE)
			continue;
		*a = (struct ifaddr){
			.addr = *addr,
			.prefix_len = prefix_len,
			.due = IFADDR_NEVER,
			.preferred_until = IFADDR_NEVER,
			.valid_until = IFADDR_NEVER,
		};
		return a;
	}
	return NULL;
}

int
ifaddr_add(struct ifaddr_set *set, const struct proto_addr *addr, uint8_t prefix_len, uint64_t now)
{
	if (ifaddr_entry(set, addr) != NULL)
		return -EEXIST;
	struct ifaddr *a = ifaddr_take(set, addr, prefix_len);

	if (a == NULL)
		return -ENOMEM;
	ifaddr_probe_start(set, a, now);
	return 0;
}

int
ifaddr_del(struct ifaddr_set *set, const struct proto_addr *addr)
{
	struct ifaddr *a = ifaddr_entry(set, addr);

	if (a == NULL)
		return -ENOENT;
	a->state = IFADDR_FREE;
	return 0;
}

bool
ifaddr_is_own(const struct ifaddr_set *set, const struct proto_addr *addr)
{
	const struct ifaddr *a = ifaddr_find(set, addr);

	return a != NULL && ifaddr_usable(a);
}

static uint32_t
ipv4_host_order(const struct proto_addr *addr)
{
	rte_be32_t be;

	memcpy(&be, addr->bytes, sizeof(be));
	return rte_be_to_cpu_32(be);
}

bool
ifaddr_is_broadcast(const struct ifaddr_set *set, const struct proto_addr *addr)
{
	if (addr->family != PROTO_IPV4)
		return false;
	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		const struct ifaddr *a = &set->addrs[i];

		/* The last two lengths have no broadcast address (RFC 3021). */
		if (!ifaddr_usable(a) || a->addr.family != PROTO_IPV4 ||
			a->prefix_len >= IPV4_BITS - 1)
			continue;
		uint32_t hosts = UINT32_MAX >> a->prefix_len;

		if (ipv4_host_order(addr) == (ipv4_host_order(&a->addr) | hosts))
			return true;
	}
	return false;
}

void
ifaddr_up(struct ifaddr_set *set, uint64_t now)
{
	for (unsigned i = 0; i < IFADDRS_MAX; i++)
		if (set->addrs[i].state != IFADDR_FREE)
			ifaddr_probe_start(set, &set->addrs[i], now);
	ifaddr_auto_start(set, now);
}

/* Its valid lifetime is over (RFC 4862 5.5.4). Says nothing of one that was lost before. */
static bool
addr_expire(struct ifaddr *a, struct ifaddr_action *action)
{
	bool lost = a->state != IFADDR_CONFLICT;

	if (lost)
		*action = (struct ifaddr_action){IFADDR_LOST, a->addr, a->prefix_len};
	a->state = IFADDR_FREE;
	return lost;
}

/* The next thing that is due for an address. Returns false: none. */
static bool
addr_step(struct ifaddr_set *set, struct ifaddr *a, uint64_t now, struct ifaddr_action *action)
{
	if (a->state == IFADDR_FREE)
		return false;
	if (a->valid_until <= now)
		return addr_expire(a, action);
	if (ifaddr_usable(a))
		a->state = ifaddr_age(a, now);
	return ifaddr_probe_step(set, a, now, action);
}

/* When addr_step() has something to do. */
static uint64_t
addr_due(const struct ifaddr *a)
{
	uint64_t due = RTE_MIN(a->due, a->valid_until);

	if (a->state == IFADDR_FREE)
		return IFADDR_NEVER;
	if (a->ready_untold)
		return 0;
	return a->state == IFADDR_PREFERRED ? RTE_MIN(due, a->preferred_until) : due;
}

static uint64_t
next_due(const struct ifaddr_set *set)
{
	uint64_t due = ifaddr_auto_due(set);

	for (unsigned i = 0; i < IFADDRS_MAX; i++)
		due = RTE_MIN(due, addr_due(&set->addrs[i]));
	return due;
}

unsigned
ifaddr_tick(struct ifaddr_set *set, uint64_t now, struct ifaddr_action *actions, unsigned n)
{
	unsigned done = 0;

	if (now < set->next_due)
		return 0;
	for (unsigned i = 0; i < IFADDRS_MAX; i++)
		while (done < n && addr_step(set, &set->addrs[i], now, &actions[done]))
			done++;
	while (done < n && ifaddr_auto_step(set, now, &actions[done]))
		done++;
	set->next_due = next_due(set);
	return done;
}
