/* SPDX-License-Identifier: BSD-3-Clause */
/* What the sum costs on top of a copy: each variant of lib/proto/wire/cksum against plain copies.
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ip.h>
#include <rte_malloc.h>
#include <rte_memcpy.h>
#include <rte_vect.h>

#include "bench.h"
#include "wire/cksum.h"

/* Destinations are walked as rooms of mbufs are: behind the headroom and the headers. */
#define ROOMS	  64u
#define ROOM_LEN  2304u
#define ROOM_DATA (128u + 42u)

struct copier {
	cksum_copy_fn copy;
	uint8_t *rooms;
	uint32_t sums; /* so that no sum is optimised away */
};

static uint32_t
copy_libc(void *restrict dst, const void *restrict src, size_t len)
{
	memcpy(dst, src, len);
	return 0;
}

static uint32_t
copy_dpdk(void *restrict dst, const void *restrict src, size_t len)
{
	rte_memcpy(dst, src, len);
	return 0;
}

static uint32_t
copy_then_sum(void *restrict dst, const void *restrict src, size_t len)
{
	rte_memcpy(dst, src, len);
	return rte_raw_cksum(dst, len);
}

static int64_t
run(void *arg, struct bench_data *data, unsigned int n)
{
	struct copier *c = arg;
	unsigned int room = 0;
	int64_t chunks = 0;

	for (unsigned int i = 0; i < n; i++) {
		const uint8_t *payload = bench_data_next(data);

		for (uint32_t at = 0; at < data->payload_len; at += BENCH_FRAME_DATA, chunks++) {
			uint8_t *dst = c->rooms + (size_t)room * ROOM_LEN + ROOM_DATA;

			c->sums += c->copy(dst, payload + at,
				RTE_MIN(BENCH_FRAME_DATA, data->payload_len - at));
			room = (room + 1) % ROOMS;
		}
	}
	return chunks;
}

static void
judge(struct bench *bench, const struct bench_group *group, const char *chosen, const char *what)
{
	const struct bench_result *libc = bench_group_find(group, "memcpy");
	const struct bench_result *dpdk = bench_group_find(group, "rte_memcpy");
	const char *best;

	if (libc == NULL || dpdk == NULL)
		return;
	best = libc->cycles.median <= dpdk->cycles.median ? "memcpy" : "rte_memcpy";
	bench_target_add(bench, what, group, chosen, best, 1.3, false);
}

int
bench_cksum(struct bench *bench)
{
	static const char *const names[] = {"copy+checksum, cold", "copy+checksum, hot"};
	static const char *const whats[] = {
		"one-pass copy+checksum <= 1.3x the best plain copy, cold",
		"one-pass copy+checksum <= 1.3x the best plain copy, hot"};
	const struct cksum_ops *chosen = cksum_ops_select(rte_vect_get_max_simd_bitwidth()), *ops;
	struct bench_case cases[BENCH_CASES_MAX] = {
		{.name = "memcpy", .what = "libc memcpy alone"},
		{.name = "rte_memcpy", .what = "rte_memcpy alone"},
		{.name = "rte_memcpy, then rte_raw_cksum", .what = "two passes"},
	};
	struct copier copiers[BENCH_CASES_MAX] = {
		{.copy = copy_libc}, {.copy = copy_dpdk}, {.copy = copy_then_sum}};
	uint8_t *rooms = rte_zmalloc("bench", (size_t)ROOMS * ROOM_LEN, 64);
	unsigned int n = 3;

	if (rooms == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; (ops = cksum_ops_nth(i)) != NULL && n < BENCH_CASES_MAX; i++) {
		if (!cksum_ops_usable(ops))
			continue;
		copiers[n].copy = ops->copy;
		cases[n].name = ops->name;
		cases[n++].what = ops == chosen
					  ? "one pass; the variant that the library chooses here"
					  : "one pass";
	}
	for (unsigned int i = 0; i < n; i++) {
		copiers[i].rooms = rooms;
		cases[i].run = run;
		cases[i].arg = &copiers[i];
	}
	for (unsigned int hot = 0; hot < RTE_DIM(names); hot++) {
		struct bench_group *group;

		if (!bench_wants(bench, names[hot]))
			continue;
		group = bench_group_run(bench, names[hot], "1472 B chunk", "memcpy", cases, n,
			bench_data_make(bench, BENCH_PAYLOAD, hot == 0), 11500);
		if (group == NULL)
			return -EIO;
		judge(bench, group, chosen->name, whats[hot]);
	}
	rte_free(rooms);
	return 0;
}
