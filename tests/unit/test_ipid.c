/* SPDX-License-Identifier: BSD-3-Clause */
/* Identifications: never 0, no early repeat, one tuple's say nothing of another's (RFC 6864, 7739).
 */
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_common.h>

#include "net/ipid.h"

#define SPACE 65536u
#define TAKES (3 * SPACE)

static struct proto_addr
addr(uint32_t n)
{
	return (struct proto_addr){
		.family = PROTO_IPV4,
		.bytes = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n},
	};
}

static struct ipid_table *
table(uint64_t seed)
{
	static struct ipid_table tables[2];
	static unsigned int next;
	struct ipid_table *t = &tables[next++ % 2];

	ipid_table_init(t, seed);
	return t;
}

static struct ipid
find(struct ipid_table *t, uint32_t src, uint32_t dst, uint8_t proto)
{
	struct proto_addr a = addr(src), b = addr(dst);
	struct ipid id;

	ipid_find(t, &a, &b, proto, &id);
	return id;
}

/* A run of takes of n: none has a 0 in it, and none repeats within 65535 - n of its last use. */
static void
walk(struct ipid *id, uint32_t n)
{
	static uint32_t last[SPACE]; /* when it was used, in identifications; 0: never */
	uint32_t used = 0;

	memset(last, 0, sizeof(last));
	while (used < TAKES) {
		uint32_t first = ipid_take16(id, n);

		for (uint32_t i = 0; i < n; i++) {
			uint32_t value = first + i;

			assert_in_range(value, 1, SPACE - 1);
			used++;
			if (last[value] != 0 && used - last[value] < SPACE - 1 - 2 * n)
				fail_msg("%u again after %u others, takes of %u", value,
					used - last[value], n);
			last[value] = used;
		}
	}
}

static void
test_never_zero_no_repeat(void **state)
{
	static const uint32_t runs[] = {1, 2, 3, 7, 45, 1000, 1638};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(runs); i++) {
		struct ipid id = find(table(i + 1), 1, 2, IPPROTO_UDP);

		walk(&id, runs[i]);
	}
}

/* 32 bits: 0 is left out too. The counter is put close to where it would come. */
static void
test_ipv6(void **state)
{
	struct ipid id = find(table(9), 1, 2, IPPROTO_UDP);

	(void)state;
	atomic_store(id.next, 0u - id.offset - 5);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(ipid_take32(&id), i < 5 ? UINT32_MAX - 4 + i : i - 4);
}

/* Not by one counter: what is taken for one destination does not show in another's. */
static void
test_independent(void **state)
{
	struct ipid_table *t = table(123);
	struct ipid a = find(t, 1, 2, IPPROTO_UDP);
	uint32_t shared = 0, same_start = 0;
	uint16_t a_next = ipid_take16(&a, 1);

	(void)state;
	for (uint32_t i = 3; i < 1003; i++) {
		struct ipid b = find(t, 1, i, IPPROTO_UDP);
		uint16_t before = ipid_take16(&b, 1);

		for (uint32_t k = 0; k < 10; k++)
			(void)ipid_take16(&b, 1);
		uint16_t a_now = ipid_take16(&a, 1);

		shared += (uint16_t)(a_now - a_next) != 1 && (uint16_t)(a_now - a_next) != 2;
		a_next = a_now;
		same_start += (uint16_t)(before - a_now) < 64;
	}
	/* 8192 counters: a thousand others meet this one's about once in eight; starts are spread.
	 */
	assert_in_range(shared, 0, 4);
	assert_in_range(same_start, 0, 12);
}

/* Address, source and protocol each make another tuple; the same tuple is the same sequence. */
static void
test_tuples(void **state)
{
	struct ipid_table *t = table(77);
	struct ipid a = find(t, 1, 2, IPPROTO_UDP), again = find(t, 1, 2, IPPROTO_UDP);
	struct ipid other[] = {
		find(t, 2, 1, IPPROTO_UDP), find(t, 1, 3, IPPROTO_UDP), find(t, 1, 2, IPPROTO_TCP)};
	struct proto_addr v6 = addr(2);

	(void)state;
	assert_ptr_equal(a.next, again.next);
	assert_int_equal(a.offset, again.offset);
	uint16_t first = ipid_take16(&a, 5);

	assert_int_equal(ipid_take16(&again, 1), (uint16_t)(first + 5));
	for (size_t i = 0; i < RTE_DIM(other); i++)
		assert_int_not_equal(other[i].offset, a.offset);
	v6.family = PROTO_IPV6;
	ipid_find(t, &v6, &v6, IPPROTO_UDP, &other[0]);
	assert_int_not_equal(other[0].offset, a.offset);
}

/*
 * Each bit of the tuple, and both of the keys, count: the sequence is another one. (A hash that the
 * compiler lets read words before the bytes have been stored there is blind to them.)
 */
static void
test_every_bit(void **state)
{
	struct ipid_table *t = table(3);
	struct proto_addr ends[2] = {addr(1), addr(2)};
	uint32_t seen[2 * 128 + 8 + 2 + 128];
	unsigned int n = 0;
	struct ipid id;

	(void)state;
	for (unsigned int bit = 0; bit < 2 * 128; bit++) {
		ends[bit / 128].bytes[bit % 128 / 8] ^= (uint8_t)(1u << bit % 8);
		ipid_find(t, &ends[0], &ends[1], IPPROTO_UDP, &id);
		ends[bit / 128].bytes[bit % 128 / 8] ^= (uint8_t)(1u << bit % 8);
		seen[n++] = id.offset;
	}
	for (unsigned int bit = 0; bit < 8; bit++) {
		ipid_find(t, &ends[0], &ends[1], (uint8_t)(1u << bit), &id);
		seen[n++] = id.offset;
	}
	for (unsigned int i = 0; i < 2; i++) {
		ends[i].family = PROTO_IPV6;
		ipid_find(t, &ends[0], &ends[1], IPPROTO_UDP, &id);
		ends[i].family = PROTO_IPV4;
		seen[n++] = id.offset;
	}
	for (unsigned int bit = 0; bit < 64; bit++) {
		t->key[0] ^= 1ull << bit;
		ipid_find(t, &ends[0], &ends[1], IPPROTO_UDP, &id);
		t->key[0] ^= 1ull << bit;
		seen[n++] = id.offset;
	}
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < i; k++)
			if (seen[i] == seen[k])
				fail_msg("changes %u and %u of the tuple have the same effect", k,
					i);
}

/* The seed decides everything, and each bit of it. */
static void
test_seed(void **state)
{
	uint32_t same = 0;

	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		struct ipid a = find(table(42), 1, 2, IPPROTO_UDP);
		struct ipid b = find(table(42), 1, 2, IPPROTO_UDP);

		for (unsigned int i = 0; i < 20; i++)
			assert_int_equal(ipid_take16(&a, 3), ipid_take16(&b, 3));
		b = find(table(42 ^ 1ull << bit), 1, 2, IPPROTO_UDP);
		same += ipid_take16(&a, 1) == ipid_take16(&b, 1);
	}
	assert_in_range(same, 0, 1);
}

/* Two threads of one tuple never take the same. */
struct taker {
	struct ipid id;
	uint16_t took[16000];
};

static void *
take_many(void *arg)
{
	struct taker *taker = arg;

	for (size_t i = 0; i < RTE_DIM(taker->took); i++)
		taker->took[i] = ipid_take16(&taker->id, 1 + i % 2);
	return NULL;
}

static void
test_two_threads(void **state)
{
	static struct taker takers[2];
	static uint8_t seen[SPACE];
	struct ipid_table *t = table(5);
	pthread_t threads[2];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		takers[i].id = find(t, 8, 9, IPPROTO_UDP);
		assert_int_equal(pthread_create(&threads[i], NULL, take_many, &takers[i]), 0);
	}
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		for (size_t k = 0; k < RTE_DIM(takers[i].took); k++) {
			for (uint32_t m = 0; m < 1 + k % 2; m++)
				assert_int_equal(seen[takers[i].took[k] + m]++, 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_zero_no_repeat),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_independent),
		cmocka_unit_test(test_tuples),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
