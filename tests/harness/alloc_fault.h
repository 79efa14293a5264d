/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_ALLOC_FAULT_H
#define HARNESS_ALLOC_FAULT_H

/*
 * The k-th allocation fails. The linker puts these between the library and what it takes memory
 * with (-Wl,--wrap=NAME for each of ALLOC_FAULT_CALLS, in the test's program only): EAL's memory,
 * zones, rings, hashes and route tables, mempools, and the takes of the data path. meson.build has
 * the same list.
 */

#include <stdbool.h>
#include <stdint.h>

#define ALLOC_FAULT_CALLS(X)               \
	X(rte_zmalloc_socket)              \
	X(rte_memzone_reserve)             \
	X(rte_ring_create)                 \
	X(rte_ring_create_elem)            \
	X(rte_hash_create)                 \
	X(rte_hash_add_key)                \
	X(rte_hash_add_key_with_hash_data) \
	X(rte_fib_create)                  \
	X(rte_fib6_create)                 \
	X(rte_fib_add)                     \
	X(rte_fib6_add)                    \
	X(rte_mempool_create_empty)        \
	X(rte_mempool_populate_default)    \
	X(rte_lcore_callback_register)     \
	X(rte_pktmbuf_copy)                \
	X(pktpool_alloc_raw_bulk)          \
	X(bufpool_alloc_raw_bulk)          \
	X(rec_take)

enum alloc_fault_call {
#define ALLOC_FAULT_ENUM(name) ALLOC_FAULT_##name,
	ALLOC_FAULT_CALLS(ALLOC_FAULT_ENUM)
#undef ALLOC_FAULT_ENUM
	ALLOC_FAULT_MAX
};

/* The k-th call from now on fails, and the n - 1 behind it; k 0: none. */
void alloc_fault_arm(uint64_t k, uint64_t n);

/* How many have failed since it was armed, and the first of them by name (NULL: none). */
uint64_t alloc_fault_hits(void);
const char *alloc_fault_first(void);

/* Has this call ever failed in this process? */
bool alloc_fault_seen(enum alloc_fault_call call);
const char *alloc_fault_name(enum alloc_fault_call call);

#endif /* HARNESS_ALLOC_FAULT_H */
