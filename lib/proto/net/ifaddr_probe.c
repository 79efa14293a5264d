/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is an address ours alone? One machine for both families: wait, probe, listen, announce.
 * IPv4: address conflict detection (RFC 5227). IPv6: duplicate address detection (RFC 4862 5.4).
 */
#include "ifaddr_priv.h"

/* RFC 5227 1.1. Seconds, if not a number of messages. */
#define PROBE_WAIT	  1
#define PROBE_NUM	  3
#define PROBE_MIN	  1
#define PROBE_MAX	  2
#define ANNOUNCE_WAIT	  2
#define ANNOUNCE_NUM	  2
#define ANNOUNCE_INTERVAL 2
#define DEFEND_INTERVAL	  10

/* RFC 4862 5.1; RFC 4861 10. */
#define DUP_ADDR_DETECT_TRANSMITS  1
#define MAX_RTR_SOLICITATION_DELAY 1 /* also before the first probe: RFC 4862 5.4.2 */
#define RETRANS_TIMER		   1
#define UNSOLICITED_NA_NUM	   1 /* RFC 9131 6.1.1 asks for one; up to 3 are allowed */

struct timing {
	uint8_t wait_max; /* before the first probe */
	uint8_t n_probes;
	uint8_t gap_min, gap_max; /* between probes */
	uint8_t listen;		  /* after the last one */
	uint8_t n_announces;
	uint8_t announce_gap;
};

static const struct timing timing4 = {
	.wait_max = PROBE_WAIT,
	.n_probes = PROBE_NUM,
	.gap_min = PROBE_MIN,
	.gap_max = PROBE_MAX,
	.listen = ANNOUNCE_WAIT,
	.n_announces = ANNOUNCE_NUM,
	.announce_gap = ANNOUNCE_INTERVAL,
};

static const struct timing timing6 = {
	.wait_max = MAX_RTR_SOLICITATION_DELAY,
	.n_probes = DUP_ADDR_DETECT_TRANSMITS,
	.gap_min = RETRANS_TIMER,
	.gap_max = RETRANS_TIMER,
	.listen = RETRANS_TIMER,
	.n_announces = UNSOLICITED_NA_NUM,
	.announce_gap = RETRANS_TIMER,
};

static const struct timing *
timing_of(const struct ifaddr *a)
{
	return a->addr.family == PROTO_IPV4 ? &timing4 : &timing6;
}

void
ifaddr_probe_start(struct ifaddr_set *set, struct ifaddr *a, uint64_t now)
{
	a->probes = 0;
	a->defended = 0;
	a->due = IFADDR_NEVER;
	a->ready_untold = !set->conf.dad;
	a->state = ifaddr_age(a, now);
	if (set->conf.dad)
		a->state = IFADDR_TENTATIVE;
	if (set->conf.dad && now != 0)
		a->due = now + ifaddr_delay(set, 0, timing_of(a)->wait_max);
	set->next_due = 0;
}

static bool
say(const struct ifaddr *a, enum ifaddr_what what, struct ifaddr_action *action)
{
	*action = (struct ifaddr_action){what, a->addr, a->prefix_len};
	return true;
}

static bool
send_probe(struct ifaddr_set *set, struct ifaddr *a, uint64_t now, struct ifaddr_action *action)
{
	const struct timing *t = timing_of(a);

	a->probes++;
	if (a->probes < t->n_probes)
		a->due = now + ifaddr_delay(set, t->gap_min, t->gap_max);
	else
		a->due = now + t->listen * set->conf.hz;
	return say(a, IFADDR_SEND_PROBE, action);
}

static bool
send_announce(struct ifaddr_set *set, struct ifaddr *a, uint64_t now, struct ifaddr_action *action)
{
	a->announces--;
	a->due = a->announces > 0 ? now + timing_of(a)->announce_gap * set->conf.hz : IFADDR_NEVER;
	return say(a, IFADDR_SEND_ANNOUNCE, action);
}

/* Nobody has objected. It may be used from the first announcement on (RFC 5227 2.3). */
static void
become_ready(struct ifaddr *a, uint64_t now)
{
	a->state = ifaddr_age(a, now);
	a->announces = timing_of(a)->n_announces;
	a->ready_untold = true;
}

bool
ifaddr_probe_step(
	struct ifaddr_set *set, struct ifaddr *a, uint64_t now, struct ifaddr_action *action)
{
	if (a->state == IFADDR_TENTATIVE) {
		if (a->due > now)
			return false;
		if (a->probes < timing_of(a)->n_probes)
			return send_probe(set, a, now, action);
		become_ready(a, now);
	}
	if (a->announces > 0 && a->due <= now)
		return send_announce(set, a, now, action);
	if (!a->ready_untold)
		return false;
	a->ready_untold = false;
	return say(a, IFADDR_READY, action);
}

/*
 * The address is somebody else's. One that we made up ourselves, which is IPv6 and so tentative, is
 * made anew (RFC 7217 6).
 */
static bool
give_up(struct ifaddr_set *set, struct ifaddr *a, uint64_t now, struct ifaddr_action *action)
{
	(void)say(a, IFADDR_LOST, action);
	if (a->autoconf && ifaddr_auto_retry(set, a)) {
		ifaddr_probe_start(set, a, now);
		return true;
	}
	a->state = IFADDR_CONFLICT;
	a->ready_untold = false;
	a->due = IFADDR_NEVER;
	return true;
}

/* Was the last conflict so recent that defending has not helped (RFC 5227 2.4 (b))? */
static bool
defended_just_now(const struct ifaddr_set *set, const struct ifaddr *a, uint64_t now)
{
	return a->defended != 0 && now - a->defended < DEFEND_INTERVAL * set->conf.hz;
}

bool
ifaddr_conflict(struct ifaddr_set *set, const struct proto_addr *addr,
	const struct rte_ether_addr *mac, bool probe, uint64_t now, struct ifaddr_action *action)
{
	struct ifaddr *a = ifaddr_entry(set, addr);

	if (a == NULL || a->state == IFADDR_CONFLICT || !set->conf.dad ||
		rte_is_same_ether_addr(mac, &set->conf.mac))
		return false;
	if (a->state == IFADDR_TENTATIVE)
		return give_up(set, a, now, action);
	if (probe)
		return false;
	if (defended_just_now(set, a, now))
		return a->addr.family == PROTO_IPV4 && give_up(set, a, now, action);
	a->defended = now;
	return say(a, IFADDR_SEND_ANNOUNCE, action);
}
