/* SPDX-License-Identifier: BSD-3-Clause */
/* The hash of the endpoint table: every bit of a key and of the seed counts, the table takes as
 * many connected endpoints as it was made for, and gives their memory back.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_lcore.h>
#include <rte_malloc.h>

#include "binds.h"
#include "demux_hash.h"
#include "eal.h"

#define MILLION 1000000

static struct demux_secret
secret_of(uint64_t seed)
{
	struct demux_secret secret;

	for (size_t i = 0; i < RTE_DIM(secret.m); i++)
		secret.m[i] = demux_random(&seed);
	return secret;
}

/* As the paper has it, in numbers of any length. */
static uint32_t
by_the_paper(const uint64_t m[], const uint32_t words[], unsigned n)
{
	unsigned __int128 sum = m[0];

	for (unsigned i = 0; i < n / 2; i++)
		sum += (unsigned __int128)(m[2 * i + 1] + words[2 * i]) *
		       (m[2 * i + 2] + words[2 * i + 1]);
	return (uint32_t)((uint64_t)sum >> 32);
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* All keys that differ in one bit, or two neighbouring ones: all hashes differ. */
static void
test_every_bit(void **state)
{
	struct demux_secret secret = secret_of(1);
	uint32_t seen[1 + 2 * 384];
	struct demux_key key = bind_key(1, 2, 3, 4, 5);
	unsigned n = 0;

	(void)state;
	seen[n++] = demux_hash_key(&secret, &key);
	for (unsigned bit = 0; bit < 2 * 384; bit++) {
		uint8_t bytes[sizeof(key)];
		struct demux_key changed;

		memcpy(bytes, &key, sizeof(key));
		bytes[bit % 384 / 8] ^= (uint8_t)(1u << bit % 8);
		if (bit >= 384)
			bytes[(bit + 1) % 384 / 8] ^= (uint8_t)(1u << (bit + 1) % 8);
		memcpy(&changed, bytes, sizeof(changed));
		seen[n++] = demux_hash_key(&secret, &changed);
	}
	qsort(seen, n, sizeof(seen[0]), by_value);
	for (unsigned i = 1; i < n; i++)
		assert_int_not_equal(seen[i - 1], seen[i]);
}

static void
test_paper(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct demux_secret secret = secret_of(seed);
		uint64_t rng = seed ^ 0xaaaa;
		uint32_t words[DEMUX_KEY_WORDS];
		struct demux_key key;

		for (size_t i = 0; i < RTE_DIM(words); i++)
			words[i] = (uint32_t)demux_random(&rng);
		memcpy(&key, words, sizeof(key));
		assert_int_equal(demux_hash_key(&secret, &key),
			by_the_paper(secret.m, words, RTE_DIM(words)));
	}
}

/* Of the peer: address and port, and nothing else. */
static void
test_peer(void **state)
{
	struct demux_secret secret = secret_of(1);
	struct demux_key key = bind_key(1, 2, 3, 4, 5), same = bind_key(9, 8, 3, 4, 7);
	uint32_t hash = demux_hash_peer(&secret, &key);

	(void)state;
	assert_int_equal(demux_hash_peer(&secret, &same), hash);
	for (unsigned bit = 0; bit < 128; bit++) {
		same = key;
		same.remote[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(demux_hash_peer(&secret, &same), hash);
	}
	for (unsigned bit = 0; bit < 16; bit++) {
		same = key;
		same.remote_port ^= (uint16_t)(1u << bit);
		assert_int_not_equal(demux_hash_peer(&secret, &same), hash);
	}
}

/* Number `i` of keys as they come: ports of one peer, one port of many peers, a bit of both. */
static struct demux_key
key_of(uint32_t i, uint32_t ports)
{
	return bind_key(1, 4789, 1 + i / ports, (uint16_t)(1 + i % ports), 0);
}

static void
add_all(struct demux *demux, uint32_t n, uint32_t ports)
{
	for (uint32_t i = 0; i < n; i++) {
		struct demux_key key = key_of(i, ports);
		struct demux_bind bind = bind_connected(i + 1, &key);
		int rc = demux_add(demux, &bind);

		if (rc != 0)
			fail_msg("%u of %u keys: %d", i, n, rc);
	}
	assert_int_equal(demux_count(demux), n);
}

static void
del_all(struct demux *demux, uint32_t n, uint32_t ports)
{
	for (uint32_t i = 0; i < n; i++) {
		struct demux_key key = key_of(i, ports);
		struct demux_bind bind = bind_connected(i + 1, &key);

		demux_del(demux, &bind);
	}
	assert_int_equal(demux_count(demux), 0);
}

/* Each is found, and as itself; `missing`: none is. */
static void
find_all(const struct demux *demux, uint32_t n, uint32_t ports, bool missing)
{
	struct demux_key keys[DEMUX_LOOKUP_MAX];
	const struct demux_key *where[DEMUX_LOOKUP_MAX];
	demux_owner owners[DEMUX_LOOKUP_MAX];

	for (uint32_t first = 0; first < n; first += DEMUX_LOOKUP_MAX) {
		unsigned burst = RTE_MIN(n - first, (uint32_t)DEMUX_LOOKUP_MAX);

		for (unsigned i = 0; i < burst; i++) {
			keys[i] = key_of(first + i, ports);
			where[i] = &keys[i];
		}
		demux_lookup(demux, where, burst, owners);
		for (unsigned i = 0; i < burst; i++) {
			if (bind_number(owners[i]) != (missing ? 0 : first + i + 1))
				fail_msg("key %u is %lu", first + i, bind_number(owners[i]));
		}
	}
}

static struct demux *
make(uint32_t n_connected, uint16_t n_workers, uint64_t seed)
{
	struct demux_conf conf = {.name = "hash",
		.n_connected = n_connected,
		.n_workers = n_workers,
		.seed = seed,
		.socket = SOCKET_ID_ANY};
	struct demux *demux = demux_create(&conf);

	assert_non_null(demux);
	return demux;
}

/* As many as were asked for, whatever the size, the keys and the seed; and one more is too many. */
static void
test_full(void **state)
{
	/* Powers of two; and 7281, 29126: with an eighth more just less than one. */
	static const uint32_t sizes[] = {0, 1, 2, 63, 64, 455, 4096, 7281, 16384, 29126};
	static const uint32_t ports[] = {1, 17, 1024, 65535};

	(void)state;
	for (size_t s = 0; s < RTE_DIM(sizes); s++) {
		for (size_t p = 0; p < RTE_DIM(ports); p++) {
			for (uint64_t seed = 0; seed < 4; seed++) {
				struct demux *demux = make(sizes[s], 1 + seed % 2, seed);
				struct demux_key key = key_of(sizes[s], ports[p]);
				struct demux_bind more = bind_connected(1, &key);

				add_all(demux, sizes[s], ports[p]);
				assert_int_equal(demux_add(demux, &more), -ENOSPC);
				find_all(demux, sizes[s], ports[p], false);
				demux_destroy(demux);
			}
		}
	}
}

static void
million(uint16_t n_workers)
{
	struct demux *demux = make(MILLION, n_workers, 1);

	demux_worker_online(demux, 0);
	for (unsigned round = 0; round < 2; round++) {
		add_all(demux, MILLION, 1000);
		find_all(demux, MILLION, 1000, false);
		del_all(demux, MILLION, 1000);
		find_all(demux, MILLION, 1000, true);
		demux_quiescent(demux, 0);
	}
	demux_destroy(demux);
}

static void
test_million(void **state)
{
	(void)state;
	million(1);
	million(2);
}

/* Slots of keys that went come back once the workers have been quiescent, and not before. */
static void
test_slots_come_back(void **state)
{
	const uint32_t n = 640;
	struct demux *demux = make(n, 2, 1);
	uint32_t in = 0;
	int rc;

	(void)state;
	demux_worker_online(demux, 1);
	add_all(demux, n, 100);
	del_all(demux, n, 100);
	do {
		struct demux_key key = key_of(in++, 100);
		struct demux_bind bind = bind_connected(1, &key);

		rc = demux_add(demux, &bind);
		if (rc == 0)
			demux_del(demux, &bind);
	} while (rc == 0 && in < n);
	assert_int_equal(rc, -ENOSPC);
	demux_quiescent(demux, 1);
	add_all(demux, n, 100);
	find_all(demux, n, 100, false);
	demux_destroy(demux);
}

/* Nothing is left of a table, with keys in it, some of them waiting. */
static void
test_no_leak(void **state)
{
	struct rte_malloc_socket_stats before, after;
	int socket = (int)rte_socket_id();

	(void)state;
	for (uint16_t workers = 1; workers <= 2; workers++) {
		for (unsigned round = 0; round < 2; round++) {
			assert_int_equal(rte_malloc_get_socket_stats(socket, &before), 0);
			struct demux *demux = make(1000, workers, 1);

			demux_worker_online(demux, 0);
			add_all(demux, 1000, 10);
			del_all(demux, 1000, 10);
			demux_destroy(demux);
			assert_int_equal(rte_malloc_get_socket_stats(socket, &after), 0);
			if (round != 0)
				assert_int_equal(before.alloc_count, after.alloc_count);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_paper),
		cmocka_unit_test(test_peer),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_slots_come_back),
		cmocka_unit_test(test_no_leak),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : rc;
}
