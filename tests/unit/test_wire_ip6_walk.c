/* SPDX-License-Identifier: BSD-3-Clause */
/* Chains of IPv6 headers: put together at random, turned at random, and walked by DPDK too. */
#define ALLOW_EXPERIMENTAL_API /* rte_ipv6_get_next_ext() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>

#include "chain6.h"
#include "golden_ip6.h"
#include "rng.h"
#include "tight.h"
#include "wire/ip.h"

static struct tight tight;

static enum wire_fault
check(const void *bytes, uint32_t avail, uint32_t l3_len, struct ip6_view *view)
{
	memset(view, 0xa5, sizeof(*view));
	return ip6_check(tight_put(tight, bytes, avail), avail, l3_len, view);
}

static struct chain chain;

static enum wire_fault
chain_check(struct ip6_view *view)
{
	chain_seal(&chain);
	return check(chain.bytes, chain.len, chain.len, view);
}

/* The walk of rte_ip.h. It takes AH for an extension header: stop before. */
static void
assert_dpdk_agrees(const uint8_t *ip, const struct ip6_view *view)
{
	uint32_t at = HDR_LEN;
	int proto = ip[6];

	while (at < view->hdr_len) {
		size_t len = 0;

		proto = rte_ipv6_get_next_ext(ip + at, proto, &len);
		assert_true(proto >= 0);
		at += (uint32_t)len;
	}
	assert_int_equal(at, view->hdr_len);
	assert_int_equal(proto, view->proto);
}

/* Chains at random of what is good, with one fault at most: what must come of it is known. */
static void
test_random_chains(void **state)
{
	static const uint8_t ext[] = {IPPROTO_DSTOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT};
	struct rng rng = {.state = 8200};

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)rng.state);
	for (uint32_t round = 0; round < 50000; round++) {
		uint32_t n = rng_below(&rng, 9), frag_at = 0, unfrag_nh_at = 0, nh_at;
		struct ip6_view view, walked;

		chain_start(&chain);
		if (rng_below(&rng, 2) == 0 && n-- > 0)
			(void)chain_ext(&chain, IPPROTO_HOPOPTS, 1 + rng_below(&rng, 4));
		n = RTE_MIN(n, 8u);
		while (n-- > 0) {
			uint8_t type = ext[rng_below(&rng, frag_at == 0 ? 3 : 2)];

			if (type != IPPROTO_FRAGMENT) {
				(void)chain_ext(&chain, type, 1 + rng_below(&rng, 4));
				continue;
			}
			unfrag_nh_at = chain.nh_at;
			frag_at = chain.len;
			(void)chain_fragment(&chain, 0, true);
		}
		nh_at = chain.nh_at;
		(void)chain_add(&chain, IPPROTO_UDP, NULL, 8 + rng_below(&rng, 30));
		assert_int_equal(chain_check(&view), WIRE_OK);
		assert_int_equal(view.at, nh_at);
		assert_int_equal(view.frag_at, frag_at);
		assert_int_equal(view.unfrag_nh_at, unfrag_nh_at);
		assert_int_equal(view.fragment, frag_at != 0);
		assert_dpdk_agrees(chain.bytes, &view);
		assert_int_equal(ip6_walk(chain.bytes, chain.len, &walked), WIRE_OK);
		assert_view("walked", &walked, &view);
	}
}

/* Of a quote only the lengths count. */
static void
test_walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens) - 1; i++) {
		const struct golden *g = &goldens[i];
		struct ip6_view view;

		assert_int_equal(ip6_walk(g->bytes, g->len, &view), WIRE_OK);
		assert_dpdk_agrees(g->bytes, &view);
		for (uint32_t cut = 0; cut < g->len; cut++) {
			struct ip6_view part;
			const uint8_t *ip = tight_put(tight, g->bytes, cut);

			assert_int_equal(ip6_walk(ip, cut, &part),
				cut < view.hdr_len ? WIRE_TRUNCATED : WIRE_OK);
		}
	}
}

static void
assert_consistent(const uint8_t *bytes, uint32_t avail, const struct ip6_view *view)
{
	assert_in_range(view->hdr_len, HDR_LEN, avail);
	assert_in_range(view->hdr_len, HDR_LEN, HDR_LEN + view->payload_len);
	assert_int_equal(view->fragment, view->more || view->frag_off != 0);
	assert_int_equal(view->frag_at != 0, view->fragment || view->atomic);
	assert_int_equal(bytes[view->at], view->proto);
	if (view->frag_at != 0) {
		assert_in_range(view->frag_at + 8, HDR_LEN + 8, view->hdr_len);
		assert_int_equal(bytes[view->unfrag_nh_at], IPPROTO_FRAGMENT);
	}
	assert_dpdk_agrees(bytes, view);
}

/* Anything at all: no crash, and what is accepted hangs together. */
static void
test_fuzz(void **state)
{
	static const uint8_t likely_bytes[] = {0, 1, 5, 17, 43, 44, 51, 58, 59, 60, 0xc2, 0xff};
	struct rng rng = {.state = 20170718};
	uint32_t accepted = 0;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)rng.state);
	for (uint32_t round = 0; round < 300000; round++) {
		const struct golden *g = &goldens[rng_below(&rng, RTE_DIM(goldens) - 1)];
		uint32_t l3_len = rng_below(&rng, 160), avail = rng_below(&rng, l3_len + 1);
		uint8_t bytes[160] = {0};
		struct ip6_view view, walked;
		enum wire_fault fault;

		memcpy(bytes, g->bytes, g->len);
		for (uint32_t i = rng_below(&rng, 8); i > 0; i--)
			bytes[rng_below(&rng, 100)] =
				rng_below(&rng, 2) == 0
					? (uint8_t)rng_next(&rng)
					: likely_bytes[rng_below(&rng, RTE_DIM(likely_bytes))];
		if (rng_below(&rng, 2) == 0) {
			avail = l3_len = 100 + rng_below(&rng, 60);
			bytes[4] = 0;
			bytes[5] = (uint8_t)rng_below(&rng, 61);
		}
		fault = check(bytes, avail, l3_len, &view);
		if (fault == WIRE_OK || fault == WIRE_NO_NEXT) {
			accepted++;
			assert_consistent(bytes, avail, &view);
			assert_in_range(HDR_LEN + view.payload_len, 0, l3_len);
			assert_int_equal(ip6_walk(bytes, avail, &walked), WIRE_OK);
			assert_false(walked.router_alert); /* it reads no options */
			walked.router_alert = view.router_alert;
			assert_view("walked", &walked, &view);
		}
		fault = ip6_walk(tight_put(tight, bytes, avail), avail, &walked);
		if (fault == WIRE_OK)
			assert_in_range(walked.hdr_len, HDR_LEN, avail);
	}
	assert_true(accepted > 30000);
}

static int
setup(void **state)
{
	(void)state;
	tight = tight_map();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_chains),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
