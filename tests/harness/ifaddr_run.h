/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_IFADDR_RUN_H
#define HARNESS_IFADDR_RUN_H

/* A set of addresses on a clock of milliseconds, and what it asked for. */

#include <cmocka.h>

#include "net/ifaddr.h"

#define HZ	   1000u
#define S(seconds) ((uint64_t)(seconds)*HZ)
#define ASKED_MAX  64
#define FOR_EVER   UINT32_MAX
#define HOUR	   3600u
#define PREFIX	   "2001:db8:1:2::"

static const struct rte_ether_addr own_mac = {{2, 0, 0, 0, 0, 1}};
static const struct rte_ether_addr other_mac = {{2, 0, 0, 0, 0, 2}};

/*
 * The identifiers of own_mac under the secret of run_init(), by OpenSSL:
 * openssl mac -macopt size:8 -macopt hexkey:efcdab89674523011032547698badcfe SIPHASH
 * of the prefix's 8 bytes, 02 00 00 00 00 01, the counter, and 00.
 */
static const char *const link_locals[] = {
	"fe80::161b:90b3:737d:f1c3",
	"fe80::4f10:c310:3ce4:82fe",
	"fe80::1cb9:2387:7d43:b68d",
	"fe80::29f2:f8b0:5a8c:4494",
};
static const char *const globals[] = {
	"2001:db8:1:2:e6a0:cc69:a555:7c4e",
	"2001:db8:1:2:284a:3fcd:b648:87e5",
	"2001:db8:1:2:bf7a:28a9:4899:1538",
	"2001:db8:1:2:549e:f897:e4fa:6e54",
};

struct asked {
	uint64_t at;
	struct ifaddr_action action;
};

struct run {
	struct ifaddr_set set;
	uint64_t now;
	unsigned int n_asked, looked; /* `looked`: how many expect() has been through */
	struct asked asked[ASKED_MAX];
};

static inline struct proto_addr
addr_of(const char *text)
{
	struct proto_addr addr = {0};

	if (proto_addr_parse(text, &addr, NULL) != 0)
		fail_msg("'%s' is no address", text);
	return addr;
}

static inline void
run_init(struct run *run, bool dad, bool slaac, uint64_t seed)
{
	const struct ifaddr_conf conf = {
		.dad = dad,
		.slaac = slaac,
		.mac = own_mac,
		.secret = 0x0123456789abcdef,
		.hz = HZ,
	};

	*run = (struct run){.now = S(1000)};
	ifaddr_init(&run->set, &conf, seed);
}

/* Tick now; `room` actions at a time. */
static inline void
run_tick(struct run *run, unsigned int room)
{
	struct ifaddr_action actions[8];
	unsigned int n;

	do {
		n = ifaddr_tick(&run->set, run->now, actions, room);
		assert_in_range(n, 0, room);
		for (unsigned int i = 0; i < n; i++) {
			assert_in_range(run->n_asked, 0, ASKED_MAX - 1);
			run->asked[run->n_asked++] = (struct asked){run->now, actions[i]};
		}
	} while (n == room);
	assert_true(run->set.next_due > run->now);
}

/* Tick each millisecond until `end`, that one too. */
static inline void
run_until(struct run *run, uint64_t end)
{
	for (; run->now <= end; run->now++)
		run_tick(run, 1 + (unsigned int)(run->now % 8));
	run->now = end;
}

/* The next action that was asked for; its time is returned. `addr` NULL: none. */
static inline uint64_t
run_expect(struct run *run, enum ifaddr_what what, const char *addr)
{
	struct proto_addr none = {0};
	const struct proto_addr want = addr != NULL ? addr_of(addr) : none;

	if (run->looked == run->n_asked)
		fail_msg("nothing more was asked for: %d, %s is missing", what, addr);
	const struct asked *asked = &run->asked[run->looked++];

	assert_int_equal(asked->action.what, what);
	assert_true(proto_addr_equal(&asked->action.addr, &want));
	return asked->at;
}

static inline void
run_expect_no_more(const struct run *run)
{
	if (run->looked != run->n_asked)
		fail_msg("action %d at %lu was not expected", run->asked[run->looked].action.what,
			(unsigned long)run->asked[run->looked].at);
}

static inline enum ifaddr_state
run_state(const struct run *run, const char *text)
{
	struct proto_addr addr = addr_of(text);
	const struct ifaddr *a = ifaddr_find(&run->set, &addr);

	return a != NULL ? a->state : IFADDR_FREE;
}

static inline bool
run_is_own(const struct run *run, const char *text)
{
	struct proto_addr addr = addr_of(text);

	return ifaddr_is_own(&run->set, &addr);
}

/* Tick once, later: for when nothing is due between. */
static inline void
run_leap(struct run *run, uint64_t to)
{
	run->now = to;
	run_tick(run, 8);
}

/* An advertisement of fe80::1, without prefixes. */
static inline struct ndp_ra
ra_of(uint16_t lifetime_s)
{
	return (struct ndp_ra){.router = addr_of("fe80::1"), .lifetime_s = lifetime_s};
}

static inline void
ra_prefix(struct ndp_ra *ra, const char *text, uint32_t valid_s, uint32_t preferred_s)
{
	unsigned int i = ra->n_prefixes++;

	ra->prefixes[i].prefix = addr_of(text);
	ra->prefixes[i].prefix_len = 64;
	ra->prefixes[i].autonomous = true;
	ra->prefixes[i].valid_s = valid_s;
	ra->prefixes[i].preferred_s = preferred_s;
}

static inline bool
run_advertise(struct run *run, const struct ndp_ra *ra)
{
	bool new_router;

	return ifaddr_advertised(&run->set, ra, run->now, &new_router);
}

/* A prefix alone. */
static inline bool
run_advertise_prefix(struct run *run, const char *text, uint32_t valid_s, uint32_t preferred_s)
{
	struct ndp_ra ra = ra_of(0);

	ra_prefix(&ra, text, valid_s, preferred_s);
	return run_advertise(run, &ra);
}

#endif /* HARNESS_IFADDR_RUN_H */
