/* SPDX-License-Identifier: BSD-3-Clause */
/* The planner against a model which cuts frame by frame, over every MTU and all payload edges. */

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "tx/plan.h"

#define MTU_MAX 9216u
#define UDP	8u

struct family_case {
	enum plan_family family;
	enum plan_cut cut;
	uint32_t mtu_min, ip, frag_hdr, udp, payload_max;
};

static const struct family_case cases[] = {
	{PLAN_IPV4, PLAN_SEGMENT, 68, 20, 0, UDP, 65507},
	{PLAN_IPV4, PLAN_FRAGMENT, 68, 20, 0, UDP, 65507},
	{PLAN_IPV6, PLAN_SEGMENT, 1280, 40, 0, UDP, 65527},
	{PLAN_IPV6, PLAN_FRAGMENT, 1280, 40, 8, UDP, 65527},
	{PLAN_RAW, PLAN_SEGMENT, 46, 0, 0, 0, 65535},
};

/* What the model wants of one frame: compared, and held against the RFCs on its own. */
static void
check_frame(const struct family_case *c, uint32_t mtu, const struct plan *plan, uint32_t i,
	uint32_t offset, uint32_t data_len)
{
	bool last = i + 1 == plan->n_frames;
	uint32_t got_offset, got_len, l3_len;

	plan_frame(plan, i, &got_offset, &got_len);
	if (got_offset != offset || got_len != data_len)
		fail_msg("mtu %u frame %u: %u bytes at %u, want %u at %u", mtu, i, got_len,
			got_offset, data_len, offset);
	l3_len = c->ip + data_len;
	if (!plan->fragmented) {
		l3_len += c->udp;
	} else {
		uint32_t l4_offset = i == 0 ? 0 : offset + UDP;
		uint32_t l4_len = i == 0 ? data_len + UDP : data_len;

		l3_len = c->ip + c->frag_hdr + l4_len;
		if (l4_offset % 8 != 0 || l4_offset > 65528)
			fail_msg("mtu %u fragment %u at %u", mtu, i, l4_offset);
		if (!last && (l4_len % 8 != 0 || l3_len + 8 <= mtu))
			fail_msg("mtu %u fragment %u has %u bytes", mtu, i, l4_len);
	}
	if (l3_len > mtu)
		fail_msg("mtu %u frame %u has %u bytes", mtu, i, l3_len);
}

/* Cut as a person would with scissors: from the front, as much as fits, until nothing is left. */
static void
check_payload(const struct family_case *c, const struct plan_path *path, uint32_t mtu, uint32_t len)
{
	struct plan plan;
	uint32_t i = 0, offset = 0;
	bool frag = c->cut == PLAN_FRAGMENT && c->ip + c->udp + len > mtu;

	memset(&plan, 0xa5, sizeof(plan));
	if (len > c->payload_max) {
		struct plan was = plan;

		assert_int_equal(plan_make(path, len, &plan), -EMSGSIZE);
		assert_memory_equal(&plan, &was, sizeof(plan));
		return;
	}
	assert_int_equal(plan_make(path, len, &plan), 0);
	if (plan.fragmented != frag || plan_payload_len(&plan) != len)
		fail_msg("mtu %u payload %u: fragmented %d, %u bytes in all", mtu, len,
			plan.fragmented, plan_payload_len(&plan));
	do {
		uint32_t left = len - offset, data_len;

		if (frag) {
			uint32_t room = mtu - c->ip - c->frag_hdr, udp = offset == 0 ? UDP : 0;

			data_len = left + udp <= room ? left : room / 8 * 8 - udp;
		} else {
			data_len = RTE_MIN(left, mtu - c->ip - c->udp);
		}
		if (i >= plan.n_frames)
			fail_msg("mtu %u payload %u: only %u frames", mtu, len, plan.n_frames);
		check_frame(c, mtu, &plan, i++, offset, data_len);
		offset += data_len;
	} while (offset < len);
	if (i != plan.n_frames)
		fail_msg("mtu %u payload %u: %u frames, want %u", mtu, len, plan.n_frames, i);
}

static void
test_every_mtu(void **state)
{
	static const uint32_t fixed[] = {0, 1, 7, 8, 9, 15, 16, 17, 1471, 1472, 1473, 61440, 65506,
		65507, 65508, 65526, 65527, 65528, 65535, 65536, UINT32_MAX};
	(void)state;

	for (size_t n = 0; n < RTE_DIM(cases); n++)
		for (uint32_t mtu = cases[n].mtu_min; mtu <= MTU_MAX; mtu++) {
			const struct family_case *c = &cases[n];
			struct plan_path path;

			assert_int_equal(plan_path_init(&path, c->family, mtu, c->cut), 0);
			for (size_t i = 0; i < RTE_DIM(fixed); i++)
				check_payload(c, &path, mtu, fixed[i]);
			for (uint32_t less = 0; less <= 56 && less <= mtu; less++)
				check_payload(c, &path, mtu, mtu - less);
			for (uint32_t more = 1; more <= 9; more++) {
				check_payload(c, &path, mtu, mtu + more);
				check_payload(c, &path, mtu, 2 * mtu - c->ip - UDP - 5 + more);
				check_payload(c, &path, mtu, 3 * (mtu - c->ip) - 21 + more * 3);
			}
		}
}

static void
test_every_payload(void **state)
{
	static const uint32_t mtus[] = {
		68, 69, 75, 76, 77, 576, 1280, 1281, 1492, 1500, 9000, 65535};
	(void)state;

	for (size_t n = 0; n < RTE_DIM(cases); n++)
		for (size_t m = 0; m < RTE_DIM(mtus); m++) {
			const struct family_case *c = &cases[n];
			struct plan_path path;

			if (mtus[m] < c->mtu_min)
				continue;
			assert_int_equal(plan_path_init(&path, c->family, mtus[m], c->cut), 0);
			for (uint32_t len = 0; len <= 65540; len += mtus[m] < 100 ? 7 : 1)
				check_payload(c, &path, mtus[m], len);
		}
}

/* A table a reader can check by hand. */
static void
test_known_plans(void **state)
{
	static const struct {
		size_t family_case;
		uint32_t mtu, len, n_frames, first, mid, last;
	} known[] = {
		{0, 1500, 0, 1, 0, 0, 0},
		{0, 1500, 1472, 1, 1472, 1472, 1472},
		{0, 1500, 1473, 2, 1472, 1472, 1},
		{0, 1500, 61440, 42, 1472, 1472, 1088},
		{1, 1500, 1472, 1, 1472, 1472, 1472},
		{1, 1500, 1473, 2, 1472, 1480, 1},
		{1, 1500, 65507, 45, 1472, 1480, 395},
		{1, 1499, 1472, 2, 1464, 1472, 8},
		/* The last fragment may use what rounding leaves: 48 + 48 + 51 bytes behind the
		   header. */
		{1, 71, 139, 3, 40, 48, 51},
		{1, 71, 140, 4, 40, 48, 4},
		{3, 1280, 1232, 1, 1232, 1232, 1232},
		{3, 1280, 1233, 2, 1224, 1232, 9},
		{3, 1500, 65527, 46, 1440, 1448, 375},
		{2, 1500, 65527, 46, 1452, 1452, 187},
		{4, 1500, 65535, 44, 1500, 1500, 1035},
	};
	(void)state;

	for (size_t i = 0; i < RTE_DIM(known); i++) {
		const struct family_case *c = &cases[known[i].family_case];
		struct plan_path path;
		struct plan plan;

		assert_int_equal(plan_path_init(&path, c->family, known[i].mtu, c->cut), 0);
		assert_int_equal(plan_make(&path, known[i].len, &plan), 0);
		assert_int_equal(plan.n_frames, known[i].n_frames);
		assert_int_equal(plan.first_data, known[i].first);
		assert_int_equal(plan.mid_data, known[i].mid);
		assert_int_equal(plan.last_data, known[i].last);
	}
}

static void
test_path_bounds(void **state)
{
	struct plan_path path, was;
	(void)state;

	memset(&path, 0xa5, sizeof(path));
	was = path;
	for (size_t n = 0; n < RTE_DIM(cases); n++) {
		static const uint32_t bad[] = {0, 1, 28, 45, 65536, 65536 + 1500, UINT32_MAX};
		const struct family_case *c = &cases[n];

		for (size_t i = 0; i < RTE_DIM(bad); i++)
			assert_int_equal(plan_path_init(&path, c->family, bad[i], c->cut), -EINVAL);
		assert_int_equal(plan_path_init(&path, c->family, c->mtu_min - 1, c->cut), -EINVAL);
		assert_int_equal(plan_path_init(&path, c->family, 1500, (enum plan_cut)2), -EINVAL);
	}
	assert_int_equal(plan_path_init(&path, PLAN_RAW, 1500, PLAN_FRAGMENT), -EINVAL);
	assert_int_equal(plan_path_init(&path, (enum plan_family)5, 1500, PLAN_SEGMENT), -EINVAL);
	assert_memory_equal(&path, &was, sizeof(path));

	assert_int_equal(plan_path_init(&path, PLAN_IPV4, 1500, PLAN_FRAGMENT), 0);
	assert_int_equal(path.payload_max, 65507);
	assert_int_equal(path.whole_max, 1472);
	assert_int_equal(path.mtu, 1500);
	assert_int_equal(plan_path_init(&path, PLAN_IPV4, 65535, PLAN_FRAGMENT), 0);
	assert_int_equal(path.whole_max, 65507);
	assert_int_equal(plan_path_init(&path, PLAN_IPV6, 65535, PLAN_FRAGMENT), 0);
	assert_int_equal(path.whole_max, 65535 - 48);
}

/* The bound exists twice, as a constant and in what is planned: they agree. */
static void
test_frames_max(void **state)
{
	uint32_t most = 0;
	(void)state;

	for (size_t n = 0; n < RTE_DIM(cases); n++)
		for (uint32_t mtu = cases[n].mtu_min; mtu <= 65535; mtu++) {
			struct plan_path path;
			struct plan plan;

			assert_int_equal(
				plan_path_init(&path, cases[n].family, mtu, cases[n].cut), 0);
			assert_int_equal(plan_make(&path, path.payload_max, &plan), 0);
			most = RTE_MAX(most, plan.n_frames);
		}
	assert_int_equal(most, PLAN_FRAMES_MAX);
}

#define IOV_MAX_TEST 800

/* Byte by byte: a piece begins where a frame begins or another iovec does. */
static void
model_pieces(const struct plan *plan, const struct iovec *iov, size_t iovcnt, uint32_t *total,
	uint32_t *most)
{
	uint32_t frame = UINT32_MAX, frame_end = 0, at = 0, in_frame = 0;

	*total = *most = 0;
	for (size_t i = 0; i < iovcnt; i++)
		for (size_t b = 0; b < iov[i].iov_len; b++, at++) {
			bool new_piece = b == 0;

			while (at == frame_end) {
				uint32_t offset, len;

				plan_frame(plan, ++frame, &offset, &len);
				frame_end = offset + len;
				new_piece = true;
				in_frame = 0;
			}
			if (new_piece) {
				++*total;
				*most = RTE_MAX(*most, ++in_frame);
			}
		}
}

static void
check_pieces(const struct plan_path *path, struct iovec *iov, size_t iovcnt)
{
	uint32_t len, total = 77, most = 78, want_total, want_most;
	struct plan plan;

	assert_int_equal(plan_iov_len(iov, iovcnt, path->payload_max, &len), 0);
	assert_int_equal(plan_make(path, len, &plan), 0);
	model_pieces(&plan, iov, iovcnt, &want_total, &want_most);
	assert_int_equal(plan_count_pieces(&plan, iov, iovcnt, &total, &most), 0);
	if (total != want_total || most != want_most)
		fail_msg("%zu pieces of %u bytes: %u (%u), want %u (%u)", iovcnt, len, total, most,
			want_total, want_most);

	/* Pieces which are not the payload of that plan. */
	total = most = 99;
	for (size_t i = 0; i < iovcnt; i += iovcnt / 3 + 1) {
		iov[i].iov_len++;
		assert_int_equal(plan_count_pieces(&plan, iov, iovcnt, &total, &most), -EINVAL);
		iov[i].iov_len--;
		if (iov[i].iov_len == 0)
			continue;
		iov[i].iov_len--;
		assert_int_equal(plan_count_pieces(&plan, iov, iovcnt, &total, &most), -EINVAL);
		iov[i].iov_len++;
	}
	assert_int_equal(total, 99);
	assert_int_equal(most, 99);
}

static void
test_pieces(void **state)
{
	static const uint32_t mtus[] = {68, 71, 1280, 1500, 9000};
	static struct iovec iov[IOV_MAX_TEST];
	uint64_t x = 88172645463325252ull;
	(void)state;

	for (unsigned int round = 0; round < 3000; round++) {
		const struct family_case *c = &cases[round % RTE_DIM(cases)];
		uint32_t mtu = RTE_MAX(mtus[round / 7 % RTE_DIM(mtus)], c->mtu_min);
		size_t iovcnt =
			round % 11 == 0 ? IOV_MAX_TEST : (round * 5) % (mtu > 2800 ? 7 : 23);
		struct plan_path path;

		for (size_t i = 0; i < iovcnt; i++) {
			x = x * 6364136223846793005ull + 1442695040888963407ull;
			/* Empty, one byte, exactly one frame, any; a long list gets short ones. */
			uint32_t any[] = {0, 1, mtu - c->ip - c->udp, (uint32_t)(x >> 40) % 2800};

			iov[i].iov_base = NULL;
			iov[i].iov_len = any[(x >> 33) % (iovcnt == IOV_MAX_TEST ? 2 : 4)];
		}
		assert_int_equal(plan_path_init(&path, c->family, mtu, c->cut), 0);
		check_pieces(&path, iov, iovcnt);
	}
	for (size_t i = 0; i < IOV_MAX_TEST; i++)
		iov[i].iov_len = 1;
	for (size_t n = 0; n < RTE_DIM(cases); n++) {
		struct plan_path path;

		assert_int_equal(
			plan_path_init(&path, cases[n].family, cases[n].mtu_min, cases[n].cut), 0);
		check_pieces(&path, iov, IOV_MAX_TEST);
	}
}

static void
test_iov_len(void **state)
{
	struct iovec iov[4] = {{NULL, 65507}, {NULL, 0}, {NULL, 0}, {NULL, 1}};
	uint32_t len = 42;
	(void)state;

	assert_int_equal(plan_iov_len(NULL, 0, 65507, &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(plan_iov_len(iov, 3, 65507, &len), 0);
	assert_int_equal(len, 65507);
	len = 42;
	assert_int_equal(plan_iov_len(iov, 4, 65507, &len), -EMSGSIZE);
	iov[0].iov_len = 1;
	iov[3].iov_len = SIZE_MAX; /* 1 + SIZE_MAX would be 0 */
	assert_int_equal(plan_iov_len(iov, 4, 65507, &len), -EMSGSIZE);
	iov[0].iov_len = SIZE_MAX;
	iov[3].iov_len = 1;
	assert_int_equal(plan_iov_len(iov, 4, 65507, &len), -EMSGSIZE);
	iov[0].iov_len = (size_t)1 << 32;
	assert_int_equal(plan_iov_len(iov, 4, 65507, &len), -EMSGSIZE);
	assert_int_equal(len, 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_mtu),
		cmocka_unit_test(test_every_payload),
		cmocka_unit_test(test_known_plans),
		cmocka_unit_test(test_path_bounds),
		cmocka_unit_test(test_frames_max),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_iov_len),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
