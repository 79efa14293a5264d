/* SPDX-License-Identifier: BSD-3-Clause */
/* Stateless autoconfiguration (RFC 4862), and finding routers (RFC 4861 6.3). */
#include <string.h>

#include <rte_common.h>

#include "ifaddr_priv.h"

/* RFC 4861 10. */
#define MAX_RTR_SOLICITATION_DELAY 1
#define RTR_SOLICITATION_INTERVAL  4
#define MAX_RTR_SOLICITATIONS	   3

#define IDGEN_RETRIES	  3 /* RFC 7217 7 */
#define IPV6_MTU_MIN	  1280
#define PREFIX_LEN	  64 /* what an identifier leaves: RFC 4862 5.5.3 (d) */
#define TWO_HOURS	  (2 * 3600)
#define LIFETIME_FOR_EVER UINT32_MAX

/* When a lifetime that begins now is over. */
static uint64_t
lifetime_end(const struct ifaddr_set *set, uint64_t now, uint32_t seconds)
{
	if (seconds == LIFETIME_FOR_EVER || seconds >= (IFADDR_NEVER - now) / set->conf.hz)
		return IFADDR_NEVER;
	return now + seconds * set->conf.hz;
}

/* Make an address from the prefix in `addr`. Returns it, or NULL: no room. */
static struct ifaddr *
auto_make(struct ifaddr_set *set, struct proto_addr addr)
{
	uint8_t dad_counter = 0;

	ifaddr_iid_make(&set->conf, &dad_counter, &addr);
	if (ifaddr_find(set, &addr) != NULL)
		return NULL;
	struct ifaddr *a = ifaddr_take(set, &addr, PREFIX_LEN);

	if (a != NULL) {
		a->autoconf = true;
		a->dad_counter = dad_counter;
	}
	return a;
}

bool
ifaddr_auto_retry(const struct ifaddr_set *set, struct ifaddr *a)
{
	if (a->dad_counter >= IDGEN_RETRIES)
		return false;
	a->dad_counter++;
	ifaddr_iid_make(&set->conf, &a->dad_counter, &a->addr);
	return true;
}

/* The first link-local address that is there, usable or not. */
static const struct ifaddr *
link_local_find(const struct ifaddr_set *set)
{
	for (unsigned i = 0; i < IFADDRS_MAX; i++)
		if (set->addrs[i].state != IFADDR_FREE && ifaddr_is_link_local(&set->addrs[i].addr))
			return &set->addrs[i];
	return NULL;
}

void
ifaddr_auto_start(struct ifaddr_set *set, uint64_t now)
{
	static const struct proto_addr prefix = {.family = PROTO_IPV6, .bytes = {0xfe, 0x80}};

	if (!set->conf.slaac)
		return;
	if (link_local_find(set) == NULL) {
		struct ifaddr *a = auto_make(set, prefix);

		if (a != NULL)
			ifaddr_probe_start(set, a, now);
	}
	set->solicits = MAX_RTR_SOLICITATIONS;
	set->solicited = false;
	set->solicit_due = now + ifaddr_delay(set, 0, MAX_RTR_SOLICITATION_DELAY);
	set->next_due = 0;
}

/* From the link-local address, or from :: as long as there is none to be used (RFC 4861 4.1). */
static void
solicit(struct ifaddr_set *set, uint64_t now, struct ifaddr_action *action)
{
	*action = (struct ifaddr_action){.what = IFADDR_SEND_SOLICIT};
	for (unsigned i = 0; i < IFADDRS_MAX && action->addr.family == 0; i++)
		if (ifaddr_usable(&set->addrs[i]) && ifaddr_is_link_local(&set->addrs[i].addr))
			action->addr = set->addrs[i].addr;
	set->solicits--;
	set->solicited = true;
	set->solicit_due = now + RTR_SOLICITATION_INTERVAL * set->conf.hz;
}

bool
ifaddr_auto_step(struct ifaddr_set *set, uint64_t now, struct ifaddr_action *action)
{
	for (unsigned i = 0; i < IFROUTERS_MAX; i++) {
		struct ifrouter *router = &set->routers[i];

		if (router->addr.family == 0 || router->until > now)
			continue;
		*action = (struct ifaddr_action){.what = IFADDR_ROUTER_GONE, .addr = router->addr};
		router->addr.family = 0;
		return true;
	}
	if (set->solicits == 0 || set->solicit_due > now)
		return false;
	solicit(set, now, action);
	return true;
}

uint64_t
ifaddr_auto_due(const struct ifaddr_set *set)
{
	uint64_t due = set->solicits > 0 ? set->solicit_due : IFADDR_NEVER;

	for (unsigned i = 0; i < IFROUTERS_MAX; i++)
		if (set->routers[i].addr.family != 0)
			due = RTE_MIN(due, set->routers[i].until);
	return due;
}

static struct ifrouter *
router_find(struct ifaddr_set *set, const struct proto_addr *addr)
{
	for (unsigned i = 0; i < IFROUTERS_MAX; i++)
		if (proto_addr_equal(&set->routers[i].addr, addr))
			return &set->routers[i];
	return NULL;
}

static struct ifrouter *
router_slot(struct ifaddr_set *set)
{
	for (unsigned i = 0; i < IFROUTERS_MAX; i++)
		if (set->routers[i].addr.family == 0)
			return &set->routers[i];
	return NULL;
}

/* The default router list (RFC 4861 6.3.4). A router that says 0 goes with the next tick. */
static bool
router_follow(struct ifaddr_set *set, const struct ndp_ra *ra, uint64_t now, bool *new_router)
{
	struct ifrouter *router = router_find(set, &ra->router);

	*new_router = router == NULL && ra->lifetime_s != 0;
	if (*new_router)
		router = router_slot(set);
	if (router == NULL) {
		*new_router = false;
		return false;
	}
	router->addr = ra->router;
	router->until = lifetime_end(set, now, ra->lifetime_s);
	return *new_router || ra->lifetime_s == 0;
}

/* Values that a router leaves open stay as they are (RFC 4861 6.3.4). */
static bool
values_follow(struct ifaddr_set *set, const struct ndp_ra *ra)
{
	uint16_t mtu = set->ra_mtu;
	uint8_t hop_limit = set->ra_hop_limit;

	if (ra->mtu >= IPV6_MTU_MIN && ra->mtu <= UINT16_MAX)
		set->ra_mtu = (uint16_t)ra->mtu;
	if (ra->hop_limit != 0)
		set->ra_hop_limit = ra->hop_limit;
	return set->ra_mtu != mtu || set->ra_hop_limit != hop_limit;
}

static struct ifaddr *
auto_find(struct ifaddr_set *set, const struct proto_addr *prefix)
{
	for (unsigned i = 0; i < IFADDRS_MAX; i++) {
		struct ifaddr *a = &set->addrs[i];

		if (a->state != IFADDR_FREE && a->autoconf &&
			ifaddr_common(&a->addr, prefix) >= PREFIX_LEN)
			return a;
	}
	return NULL;
}

/*
 * The two-hour rule (RFC 4862 5.5.3 (e)): no message that anybody can forge ends an address sooner
 * than in two hours, unless it would end by then anyway.
 */
static void
valid_follow(struct ifaddr_set *set, struct ifaddr *a, uint64_t now, uint32_t valid_s)
{
	uint64_t end = lifetime_end(set, now, valid_s);
	uint64_t least = lifetime_end(set, now, TWO_HOURS);

	if (end > least || end > a->valid_until)
		a->valid_until = end;
	else if (a->valid_until > least)
		a->valid_until = least;
}

/* New lifetimes of an address that is there. Returns whether it is used in another way now. */
static bool
lifetimes_follow(struct ifaddr_set *set, struct ifaddr *a, uint64_t now, uint32_t valid_s,
	uint32_t preferred_s)
{
	uint8_t state = a->state;

	a->preferred_until = lifetime_end(set, now, preferred_s);
	valid_follow(set, a, now, valid_s);
	if (ifaddr_usable(a))
		a->state = ifaddr_age(a, now);
	return a->state != state;
}

/* Form an address (RFC 4862 5.5.3 (d)). Returns whether there is one more. */
static bool
prefix_enter(struct ifaddr_set *set, const struct proto_addr *prefix, uint64_t now,
	uint32_t valid_s, uint32_t preferred_s)
{
	struct ifaddr *a = valid_s != 0 ? auto_make(set, *prefix) : NULL;

	if (a == NULL)
		return false;
	a->valid_until = lifetime_end(set, now, valid_s);
	a->preferred_until = lifetime_end(set, now, preferred_s);
	ifaddr_probe_start(set, a, now);
	return true;
}

/* One prefix of an advertisement, the `i`th. Returns whether an address has changed. */
static bool
prefix_follow(struct ifaddr_set *set, const struct ndp_ra *ra, unsigned i, uint64_t now)
{
	const struct proto_addr *prefix = &ra->prefixes[i].prefix;
	uint32_t valid_s = ra->prefixes[i].valid_s, preferred_s = ra->prefixes[i].preferred_s;

	if (!ra->prefixes[i].autonomous || ra->prefixes[i].prefix_len != PREFIX_LEN ||
		preferred_s > valid_s || ifaddr_is_link_local(prefix) ||
		proto_addr_is_multicast(prefix))
		return false;
	struct ifaddr *a = auto_find(set, prefix);

	if (a != NULL)
		return lifetimes_follow(set, a, now, valid_s, preferred_s);
	return prefix_enter(set, prefix, now, valid_s, preferred_s);
}

/*
 * There is a router. One solicitation goes out all the same, for an advertisement that comes
 * unasked may not be complete (RFC 4861 6.3.7).
 */
static void
solicit_no_more(struct ifaddr_set *set)
{
	if (set->solicited)
		set->solicits = 0;
	else if (set->solicits > 1)
		set->solicits = 1;
}

bool
ifaddr_advertised(struct ifaddr_set *set, const struct ndp_ra *ra, uint64_t now, bool *new_router)
{
	*new_router = false;
	if (!set->conf.slaac)
		return false;
	bool changed = router_follow(set, ra, now, new_router);

	changed |= values_follow(set, ra);
	for (unsigned i = 0; i < ra->n_prefixes && i < RTE_DIM(ra->prefixes); i++)
		changed |= prefix_follow(set, ra, i, now);
	if (ra->lifetime_s != 0)
		solicit_no_more(set);
	set->next_due = 0;
	return changed;
}
