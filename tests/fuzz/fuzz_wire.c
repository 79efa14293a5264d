/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every parser of lib/proto/wire, on bytes that end where memory ends. Besides not reading too far
 * a parser must keep its word: what it accepts is within its bounds, what it says does not depend
 * on how much of the packet is contiguous, and what was built from what was read is what was read.
 *
 * Input: which parser, how many bytes are contiguous, then the header.
 */
#include "fuzz.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/ndp.h"

/* The rest of the input, of which `avail` bytes are to be seen. */
struct bytes {
	uint8_t *all;
	uint32_t len;
	uint8_t *seen;
	uint32_t avail;
};

static struct bytes
bytes_of(struct fuzz_input *in)
{
	uint32_t avail = fuzz_u16(in);
	struct bytes b;
	size_t n;
	const uint8_t *at = fuzz_bytes(in, UINT16_MAX, &n);

	b.all = fuzz_dup(at, n);
	b.len = (uint32_t)n;
	b.avail = avail < b.len ? avail : b.len;
	b.seen = fuzz_dup(at, b.avail);
	return b;
}

static void
bytes_free(struct bytes *b)
{
	free(b->all);
	free(b->seen);
}

static void
ip4_bounds(const struct bytes *b, const struct ip4_view *v, bool cksum_good)
{
	assert_in_range(v->hdr_len, 20, 60);
	assert_int_equal(v->hdr_len, (b->all[0] & 15) * 4);
	assert_in_range(v->total_len, v->hdr_len, b->len);
	assert_int_equal(v->frag_off % 8, 0);
	assert_int_equal(v->fragment, v->more || v->frag_off != 0);
	if (!cksum_good)
		assert_int_equal(rte_raw_cksum(b->all, v->hdr_len), 0xffff);
}

static void
ip4_one(const struct bytes *b, bool cksum_good)
{
	struct ip4_view whole = {0}, part = {0};
	enum wire_fault all = ip4_check(b->all, b->len, b->len, cksum_good, &whole);
	enum wire_fault some = ip4_check(b->seen, b->avail, b->len, cksum_good, &part);

	if (some != WIRE_TRUNCATED) {
		assert_int_equal(some, all);
		assert_memory_equal(&whole, &part, sizeof(whole));
	} else if (b->avail >= RTE_MIN(60u, b->len)) {
		assert_int_equal(all, WIRE_TRUNCATED);
	}
	if (all == WIRE_OK)
		ip4_bounds(b, &whole, cksum_good);
	if (all == WIRE_OK) /* any header that passes alone passes when the port vouches for it */
		assert_int_equal(ip4_check(b->all, b->len, b->len, true, &part), WIRE_OK);
}

static void
fuzz_ip4(struct bytes *b)
{
	ip4_one(b, false);
	ip4_one(b, true);
	if (b->len >= 20 && (b->all[0] & 15) >= 5 && (b->all[0] & 15u) * 4 <= b->len) {
		struct rte_ipv4_hdr *hdr = (void *)b->all;

		/* What no fuzzer guesses. */
		hdr->hdr_checksum = 0;
		hdr->hdr_checksum = (uint16_t)~rte_raw_cksum(hdr, (hdr->version_ihl & 15u) * 4);
		memcpy(b->seen, b->all, b->avail);
		ip4_one(b, false);
	}
}

static void
ip6_bounds(const struct bytes *b, const struct ip6_view *v)
{
	assert_in_range(v->hdr_len, 40, 40u + v->payload_len);
	assert_in_range(v->payload_len, 0, b->len - 40);
	assert_int_equal(b->all[v->at], v->proto);
	assert_false(v->fragment && v->atomic);
	assert_int_equal(v->fragment || v->atomic, v->frag_at != 0);
	assert_int_equal(v->frag_off % 8, 0);
	if (v->frag_at != 0) {
		assert_in_range(v->frag_at, 40, v->hdr_len - 8);
		assert_int_equal(b->all[v->unfrag_nh_at], 44);
		assert_memory_equal(&v->frag_id, b->all + v->frag_at + 4, 4);
	}
}

/* Making contiguous what is asked for must come to an end, and to the same result. */
static void
ip6_step_by_step(const struct bytes *b, enum wire_fault all, const struct ip6_view *whole)
{
	uint32_t avail = b->avail;
	struct ip6_view v;

	for (unsigned int steps = 0; steps < 2 + 2 * IP6_EXT_MAX; steps++) {
		uint8_t *seen = fuzz_dup(b->all, avail);
		enum wire_fault fault;

		memset(&v, 0, sizeof(v));
		fault = ip6_check(seen, avail, b->len, &v);
		free(seen);
		if (fault != WIRE_TRUNCATED || avail == b->len) {
			assert_int_equal(fault, all);
			assert_memory_equal(&v, whole, sizeof(v));
			return;
		}
		assert_true(v.at > avail);
		avail = RTE_MIN(v.at, b->len);
	}
	fail_msg("ip6_check() asks for more again and again");
}

static void
fuzz_ip6(struct bytes *b)
{
	struct ip6_view whole, walked, part;
	enum wire_fault all, walk, some;

	memset(&whole, 0, sizeof(whole));
	all = ip6_check(b->all, b->len, b->len, &whole);
	if (all == WIRE_OK)
		ip6_bounds(b, &whole);
	ip6_step_by_step(b, all, &whole);
	memset(&walked, 0, sizeof(walked));
	memset(&part, 0, sizeof(part));
	walk = ip6_walk(b->all, b->len, &walked);
	some = ip6_walk(b->seen, b->avail, &part);
	if (all == WIRE_OK) {
		assert_int_equal(walk, WIRE_OK);
		assert_int_equal(walked.hdr_len, whole.hdr_len);
		assert_int_equal(walked.proto, whole.proto);
	}
	if (some == WIRE_OK) {
		assert_int_equal(walk, WIRE_OK);
		assert_int_equal(part.hdr_len, walked.hdr_len);
		assert_in_range(part.hdr_len, 40, b->avail);
	}
}

static void
fuzz_arp(struct bytes *b)
{
	uint8_t again[ARP_LEN];
	struct arp_view v;

	if (arp_check(b->seen, b->avail, &v) != 0)
		return;
	assert_true(b->avail >= ARP_LEN);
	memset(again, 0xa5, sizeof(again));
	arp_build(again, &v);
	assert_memory_equal(again, b->seen, ARP_LEN);
}

static void
icmp_error_one(const struct bytes *b, uint8_t family)
{
	struct icmp_error_view v, again;

	memset(&v, 0, sizeof(v));
	if (icmp_error_check(family, b->seen, b->avail, &v) != 0)
		return;
	assert_true(icmp_is_error(family, b->seen[0]));
	assert_in_range(v.kind, ICMP_KIND_OTHER, ICMP_KIND_PARAM_PROBLEM);
	assert_int_equal(v.src.family, family);
	assert_int_equal(v.dst.family, family);
	assert_true(b->avail >= ICMP_HDR_LEN + (family == PROTO_IPV4 ? 20 : 40));
	if (v.has_ports)
		assert_int_equal(v.proto, 17);
	if (v.kind != ICMP_KIND_TOO_BIG)
		assert_int_equal(v.mtu, 0);
	/* More of the quote changes nothing but that ports come in sight. */
	memset(&again, 0, sizeof(again));
	assert_int_equal(icmp_error_check(family, b->all, b->len, &again), 0);
	assert_int_equal(again.kind, v.kind);
	assert_true(proto_addr_equal(&again.dst, &v.dst));
	assert_int_equal(again.proto, v.proto);
}

static void
fuzz_icmp_error(struct bytes *b)
{
	icmp_error_one(b, PROTO_IPV4);
	icmp_error_one(b, PROTO_IPV6);
}

/* Of a packet that was checked: what is not seen is taken for the worst. */
static void
fuzz_icmp_may(struct bytes *b)
{
	uint8_t family = b->len != 0 && b->all[0] >> 4 == 4 ? PROTO_IPV4 : PROTO_IPV6;
	struct ip4_view v4;

	if (family == PROTO_IPV6 && b->avail < 40)
		return;
	if (family == PROTO_IPV4 && ip4_check(b->seen, b->avail, b->len, true, &v4) != WIRE_OK)
		return;
	for (unsigned int how = 0; how < 4; how++) {
		bool group = (how & 1) != 0, group_ok = (how & 2) != 0;
		bool some = icmp_may_answer(family, b->seen, b->avail, group, group_ok);

		if (some)
			assert_true(icmp_may_answer(family, b->all, b->len, group, group_ok));
		if (some)
			assert_true(!group || group_ok);
	}
}

static void
ndp_bounds(const struct ndp_ra *ra)
{
	assert_in_range(ra->n_prefixes, 0, NDP_PREFIXES_MAX);
	for (unsigned int i = 0; i < ra->n_prefixes; i++) {
		assert_in_range(ra->prefixes[i].prefix_len, 0, 128);
		assert_true(ra->prefixes[i].preferred_s <= ra->prefixes[i].valid_s);
		for (unsigned int bit = ra->prefixes[i].prefix_len; bit < 128; bit++)
			assert_int_equal(
				ra->prefixes[i].prefix.bytes[bit / 8] >> (7 - bit % 8) & 1, 0);
	}
}

/* The message again, built from what was read of it, reads the same. */
static void
ndp_again(const struct ndp_view *v, const struct proto_addr *src, const struct proto_addr *dst)
{
	const struct rte_ether_addr *mac = v->has_mac ? &v->mac : NULL;
	uint8_t built[NDP_MSG_MAX];
	struct ndp_view again;
	uint16_t n;

	memset(built, 0xa5, sizeof(built));
	if (v->type == NDP_NS)
		n = ndp_ns_build(built, &v->target, mac);
	else if (v->type == NDP_NA)
		n = ndp_na_build(built, &v->target, mac, v->solicited, v->override);
	else if (v->type == NDP_RS)
		n = ndp_rs_build(built, mac);
	else
		return;
	assert_in_range(n, 8, sizeof(built));
	memset(&again, 0, sizeof(again));
	assert_int_equal(ndp_check(built, n, 255, src, dst, &again), 0);
	assert_int_equal(again.type, v->type);
	assert_int_equal(again.has_mac, v->has_mac);
	if (v->has_mac)
		assert_memory_equal(&again.mac, &v->mac, sizeof(v->mac));
	if (v->type != NDP_RS)
		assert_true(proto_addr_equal(&again.target, &v->target));
}

static void
fuzz_ndp(struct bytes *b)
{
	struct proto_addr src = {.family = PROTO_IPV6}, dst = {.family = PROTO_IPV6};
	struct ndp_view v;

	if (b->len < 33)
		return;
	memcpy(src.bytes, b->all, 16);
	memcpy(dst.bytes, b->all + 16, 16);
	uint8_t *msg = fuzz_dup(b->all + 33, b->len - 33);

	memset(&v, 0, sizeof(v));
	if (ndp_check(msg, b->len - 33, b->all[32] == 0 ? 255 : b->all[32], &src, &dst, &v) == 0) {
		assert_int_equal(v.type, msg[0]);
		ndp_bounds(&v.ra);
		ndp_again(&v, &src, &dst);
	}
	free(msg);
}

/* Each way to sum, as DPDK sums; and copies that are copies. */
static void
fuzz_cksum(struct bytes *b)
{
	uint32_t want = rte_raw_cksum(b->all, b->len);
	uint8_t *copy = malloc(b->len + 1u);
	const struct cksum_ops *ops;

	assert_non_null(copy);
	for (unsigned int i = 0; (ops = cksum_ops_nth(i)) != NULL; i++) {
		uint32_t head, tail;

		if (!cksum_ops_usable(ops))
			continue;
		assert_int_equal(ops->sum(b->all, b->len), want);
		copy[b->len] = 0xa5;
		assert_int_equal(ops->copy(copy, b->all, b->len), want);
		assert_memory_equal(copy, b->all, b->len);
		assert_int_equal(copy[b->len], 0xa5);
		head = ops->sum(b->all, b->avail);
		tail = ops->sum(b->all + b->avail, b->len - b->avail);
		assert_int_equal(cksum_add_at(head, tail, b->avail), want);
	}
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct bytes *) = {
		fuzz_ip4, fuzz_ip6, fuzz_arp, fuzz_icmp_error, fuzz_icmp_may, fuzz_ndp, fuzz_cksum};
	struct fuzz_input in = {data, size};
	uint32_t which = fuzz_below(&in, RTE_DIM(parsers));
	struct bytes b = bytes_of(&in);

	fuzz_assertions_abort();
	parsers[which](&b);
	bytes_free(&b);
	return 0;
}
