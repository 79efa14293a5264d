/* SPDX-License-Identifier: BSD-3-Clause */
/* Which of a link's addresses a datagram is sent from. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "ifaddr_run.h"
#include "net/ifaddr.h"

struct candidate {
	const char *text;
	uint8_t prefix_len;
	enum ifaddr_state state;
};

struct choice {
	const char *rule;
	const char *dst;
	struct candidate candidates[3];
	const char *chosen; /* NULL: none */
};

#define TENTATIVE  IFADDR_TENTATIVE
#define PREFERRED  IFADDR_PREFERRED
#define DEPRECATED IFADDR_DEPRECATED
#define CONFLICT   IFADDR_CONFLICT

static const struct choice choices[] = {
	/* The examples of RFC 6724 10.1 that are about these rules. */
	{"2", "2001:db8:1::1", {{"2001:db8:3::1", 64, PREFERRED}, {"fe80::1", 64, PREFERRED}},
		"2001:db8:3::1"},
	{"2", "ff05::1", {{"2001:db8:3::1", 64, PREFERRED}, {"fe80::1", 64, PREFERRED}},
		"2001:db8:3::1"},
	{"1", "2001:db8:1::1",
		{{"2001:db8:1::1", 64, DEPRECATED}, {"2001:db8:2::1", 64, PREFERRED}},
		"2001:db8:1::1"},
	{"2", "fe80::1", {{"fe80::2", 64, DEPRECATED}, {"2001:db8:1::1", 64, PREFERRED}},
		"fe80::2"},
	{"8", "2001:db8:1::1", {{"2001:db8:1::2", 64, PREFERRED}, {"2001:db8:3::2", 64, PREFERRED}},
		"2001:db8:1::2"},
	/* Each rule goes before the next, and scopes that no example has. */
	{"2 before 3", "2001:db8::9",
		{{"fe80::1", 64, PREFERRED}, {"2001:db8:9::1", 64, DEPRECATED}}, "2001:db8:9::1"},
	{"3 before 8", "2001:db8:1::9",
		{{"2001:db8:1::1", 64, DEPRECATED}, {"2001:db8:9::1", 64, PREFERRED}},
		"2001:db8:9::1"},
	{"2, link group", "ff02::1", {{"fe80::1", 64, PREFERRED}, {"2001:db8::1", 64, PREFERRED}},
		"fe80::1"},
	{"2, global group", "ff0e::1", {{"fe80::1", 64, PREFERRED}, {"2001:db8::1", 64, PREFERRED}},
		"2001:db8::1"},
	{"2, site", "ff05::1",
		{{"fe80::1", 64, PREFERRED}, {"fec0::1", 64, PREFERRED},
			{"2001:db8::1", 64, PREFERRED}},
		"fec0::1"},
	{"2, site before 3", "2001:db8::9",
		{{"fec0::1", 64, PREFERRED}, {"2001:db8:9::1", 64, DEPRECATED}}, "2001:db8:9::1"},
	{"2, loopback", "::1", {{"2001:db8::1", 64, PREFERRED}, {"fe80::1", 64, PREFERRED}},
		"fe80::1"},
	{"2, ULA is global", "fd00::9", {{"fe80::1", 64, PREFERRED}, {"fd00::1", 64, PREFERRED}},
		"fd00::1"},
	{"2, febf is of the link", "febf::9",
		{{"2001:db8::1", 64, PREFERRED}, {"fe80::1", 64, PREFERRED}}, "fe80::1"},
	{"2, even too small is something", "2001:db8::9", {{"fe80::1", 64, PREFERRED}}, "fe80::1"},
	{"8, to the bit", "2001:db8::4:0:0:0:1",
		{{"2001:db8:0:8::1", 64, PREFERRED}, {"2001:db8:0:5::1", 64, PREFERRED},
			{"2001:db8:0:6::1", 64, PREFERRED}},
		"2001:db8:0:5::1"},
	{"8, up to the prefix", "2001:db8::9",
		{{"2001:db8::1:0:0:1", 64, PREFERRED}, {"2001:db8::8", 64, PREFERRED}},
		"2001:db8::1:0:0:1"},
	{"usable", "2001:db8::9",
		{{"2001:db8::1", 64, TENTATIVE}, {"2001:db8::2", 64, CONFLICT},
			{"2001:db8:9::3", 64, DEPRECATED}},
		"2001:db8:9::3"},
	{"usable, 1", "2001:db8::9", {{"2001:db8::9", 64, TENTATIVE}}, NULL},
	{"family", "2001:db8::9", {{"192.0.2.1", 24, PREFERRED}}, NULL},
	{"family", "192.0.2.9", {{"2001:db8::1", 24, PREFERRED}}, NULL},
	{"nothing", "192.0.2.9", {{NULL, 0, IFADDR_FREE}}, NULL},

	{"IPv4 1", "10.0.0.7", {{"10.0.0.1", 24, PREFERRED}, {"10.0.0.7", 8, PREFERRED}},
		"10.0.0.7"},
	{"IPv4 2", "8.8.8.8", {{"169.254.1.1", 16, PREFERRED}, {"10.0.0.1", 8, PREFERRED}},
		"10.0.0.1"},
	{"IPv4 2", "169.254.9.9", {{"10.0.0.1", 8, PREFERRED}, {"169.254.1.1", 16, PREFERRED}},
		"169.254.1.1"},
	{"IPv4 2, loopback", "126.0.0.1", {{"127.0.0.1", 8, PREFERRED}, {"10.0.0.1", 8, PREFERRED}},
		"10.0.0.1"},
	{"IPv4 prefix", "10.1.5.5", {{"10.1.0.1", 24, PREFERRED}, {"10.0.0.1", 8, PREFERRED}},
		"10.0.0.1"},
	{"IPv4 longer prefix", "10.1.5.5",
		{{"10.1.5.4", 8, PREFERRED}, {"10.1.0.1", 16, PREFERRED}}, "10.1.0.1"},
	{"IPv4 common", "198.51.100.9",
		{{"10.0.0.1", 8, PREFERRED}, {"192.0.2.1", 24, PREFERRED},
			{"203.0.113.1", 24, PREFERRED}},
		"192.0.2.1"},
	{"IPv4 first", "192.0.2.130",
		{{"192.0.2.1", 24, PREFERRED}, {"192.0.2.129", 24, PREFERRED}}, "192.0.2.1"},
	{"IPv4 group", "224.0.0.251", {{"169.254.1.1", 16, PREFERRED}, {"10.0.0.1", 8, PREFERRED}},
		"10.0.0.1"},
};

/* The candidates in this order; where two are equal the first wins, so the order matters then. */
static const struct proto_addr *
choose(struct ifaddr_set *set, const struct choice *c, bool backwards)
{
	struct ifaddr_conf conf = {.hz = HZ};
	struct proto_addr dst = addr_of(c->dst);

	ifaddr_init(set, &conf, 1);
	for (unsigned int i = 0; i < RTE_DIM(c->candidates); i++) {
		const struct candidate *from =
			&c->candidates[backwards ? RTE_DIM(c->candidates) - 1 - i : i];

		if (from->text == NULL)
			continue;
		struct proto_addr addr = addr_of(from->text);

		assert_int_equal(ifaddr_add(set, &addr, from->prefix_len, 1), 0);
		for (unsigned int k = 0; k < IFADDRS_MAX; k++)
			if (proto_addr_equal(&set->addrs[k].addr, &addr))
				set->addrs[k].state = (uint8_t)from->state;
	}
	return ifaddr_source(set, &dst);
}

static void
test_choices(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * RTE_DIM(choices); i++) {
		const struct choice *c = &choices[i / 2];
		struct ifaddr_set set;
		char text[PROTO_ADDR_STR_MAX] = "none";

		/* First come: only in the order of the table. */
		if (i % 2 == 1 && (strstr(c->rule, "first") || strstr(c->rule, "up to")))
			continue;
		const struct proto_addr *chosen = choose(&set, c, i % 2);

		if (chosen != NULL)
			proto_addr_format(chosen, text, sizeof(text));
		if (strcmp(text, c->chosen != NULL ? c->chosen : "none") != 0)
			fail_msg("rule %s, to %s: %s instead of %s", c->rule, c->dst, text,
				c->chosen);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
