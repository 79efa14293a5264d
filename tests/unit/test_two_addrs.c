/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two stacks of one process on one wire, and their addresses: who probes finds who has (RFC 5227,
 * RFC 4862 5.4), and both take addresses from a router (RFC 4862 5.5), with which they talk.
 *
 * The wire is a pair of net_rings, and the test between them: it sees each frame, and is the
 * router. Time is the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "eal.h"
#include "rig.h"

#define RING	  1024
#define BURST	  32
#define STEP_MS	  5
#define PATIENCE  20000 /* ms of the test's time within which things come about */
#define PAYLOAD	  3000
#define ARP	  0x0806
#define IPV6	  0x86dd
#define RS	  133
#define NS	  135
#define NA	  136
#define ICMP6_AT  54 /* of the ICMPv6 message in a frame without extension headers */
#define TARGET_AT (ICMP6_AT + 8)

static const struct rte_ether_addr router_mac = {{0x02, 0, 0, 0, 0, 0x99}};

/* One end. */
struct end {
	struct rte_ring *in, *out; /* as its port sees them */
	uint16_t port;
	struct proto *stack;
	struct proto_link *link;
	struct proto_endpoint *ep;
	uint32_t n, len;
	uint8_t bytes[PAYLOAD];
	struct proto_rx_info info;
	/* What the wire has seen of it. */
	unsigned solicits; /* of routers */
	unsigned claims;   /* of the address in question, as if it were its own */
	unsigned probes;   /* for it, both families */
	unsigned routed;   /* frames to the router's MAC */
};

static struct end a, b;
static struct rte_mempool *pool; /* of the router */
static struct proto_addr question4, question6;
static bool router;
static uint64_t now;

/* What a frame says about the address in question. */
static void
look_arp(struct end *from, const uint8_t *frame)
{
	static const uint8_t none[4];

	if (memcmp(frame + 28, question4.bytes, 4) == 0)
		from->claims++;
	else if (memcmp(frame + 38, question4.bytes, 4) == 0 && memcmp(frame + 28, none, 4) == 0)
		from->probes++;
}

static void
look_ip6(struct end *from, const uint8_t *frame)
{
	static const uint8_t none[16];
	bool about =
		frame[20] == IPPROTO_ICMPV6 && memcmp(frame + TARGET_AT, question6.bytes, 16) == 0;

	from->solicits += frame[20] == IPPROTO_ICMPV6 && frame[ICMP6_AT] == RS;
	from->probes += about && frame[ICMP6_AT] == NS && memcmp(frame + 22, none, 16) == 0;
	from->claims +=
		(about && frame[ICMP6_AT] == NA) || memcmp(frame + 22, question6.bytes, 16) == 0;
}

static void
look(struct end *from, const struct rte_mbuf *m)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	unsigned type = (unsigned)frame[12] << 8 | frame[13];

	if (type == ARP)
		look_arp(from, frame);
	else if (type == IPV6)
		look_ip6(from, frame);
	from->routed += memcmp(frame, &router_mac, sizeof(router_mac)) == 0;
}

static void
carry(struct end *from, struct end *to)
{
	struct rte_mbuf *pkts[BURST];
	unsigned n;

	while ((n = rte_ring_dequeue_burst(from->out, (void **)pkts, BURST, NULL)) > 0) {
		for (unsigned i = 0; i < n; i++)
			look(from, pkts[i]);
		if (to->stack == NULL) { /* nobody there */
			rte_pktmbuf_free_bulk(pkts, n);
			continue;
		}
		assert_int_equal(rte_ring_enqueue_bulk(to->in, (void **)pkts, n, NULL), n);
	}
}

/* Internet checksum of an ICMPv6 message and its pseudo header, summed by hand (RFC 4443 2.3). */
static void
icmp6_sum(uint8_t *ip6, uint32_t len)
{
	uint32_t sum = len + IPPROTO_ICMPV6;

	for (uint32_t i = 8; i < 40 + len; i += 2)
		sum += (uint32_t)(ip6[i] << 8 | ip6[i + 1]);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	ip6[42] = (uint8_t)(~sum >> 8);
	ip6[43] = (uint8_t)~sum;
}

/* RFC 4861 4.2: a default router with one prefix, on the link and for addresses, an MTU, a MAC. */
static void
advertise(struct end *to)
{
	static const uint8_t frame[] = {0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0x99, 0x86, 0xdd,
		/* IPv6: fe80::99 to ff02::1, hop limit 255 */
		0x60, 0, 0, 0, 0, 64, IPPROTO_ICMPV6, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0x99, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		/* hop limit 64, no flags, router for 1800 s */
		134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0,
		/* 2001:db8:aaaa::/64, on-link and autonomous, valid 3600 s, preferred 1800 s */
		3, 4, 64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x07, 0x08, 0, 0, 0, 0, 0x20, 0x01, 0x0d,
		0xb8, 0xaa, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		/* MTU 1400; its MAC */
		5, 1, 0, 0, 0, 0, 0x05, 0x78, 1, 1, 2, 0, 0, 0, 0, 0x99};
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint8_t *bytes;

	assert_non_null(m);
	bytes = (uint8_t *)rte_pktmbuf_append(m, sizeof(frame));
	memcpy(bytes, frame, sizeof(frame));
	icmp6_sum(bytes + 14, sizeof(frame) - 54);
	assert_int_equal(rte_ring_enqueue(to->in, m), 0);
}

/* A step of time; what left one end has come to the other. */
static void
step(void)
{
	struct end *const ends[] = {&a, &b};

	now += STEP_MS * rte_get_tsc_hz() / 1000;
	for (unsigned i = 0; i < RTE_DIM(ends); i++) {
		struct end *end = ends[i];
		unsigned solicits = end->solicits;

		if (end->stack == NULL)
			continue;
		(void)proto_poll(proto_worker_at(end->stack, 0), now);
		carry(end, ends[1 - i]);
		if (router && end->solicits > solicits) {
			advertise(&a);
			advertise(&b);
		}
	}
}

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct end *end = arg;
	uint8_t flat[PAYLOAD];

	for (unsigned i = 0; i < n; i++) {
		end->len = pkts[i]->pkt_len;
		assert_true(end->len <= PAYLOAD);
		memcpy(end->bytes, rte_pktmbuf_read(pkts[i], 0, end->len, flat), end->len);
		proto_rx_info(ep, pkts[i], &end->info);
		end->n++;
	}
	proto_return(ep, pkts, n);
}

static void
stack_up(struct end *end, const char *name, const char *const addrs[], bool slaac)
{
	struct proto_conf conf = {.name = name, .n_packets = 1024, .n_rx_packets = 1024};
	struct proto_link_conf link_conf = {
		.port = PROTO_PORT(end->port), .dad = true, .slaac = slaac};
	struct proto_endpoint_conf bound = {
		.local_port = 9000, .cut = PROTO_FRAGMENT, .recv = on_recv, .arg = end};
	struct pktpool_why why;

	if (proto_create(&end->stack, &conf, &why) != 0 ||
		proto_link_add(end->stack, &link_conf, &end->link, &why) != 0)
		fail_msg("%s", why.text);
	for (; addrs != NULL && *addrs != NULL; addrs++) {
		struct proto_addr addr = addr_of(*addrs);

		assert_int_equal(
			proto_addr_add(end->link, &addr, addr.family == 4 ? 24 : 64, &why), 0);
	}
	if (proto_start(end->stack, &why) != 0 ||
		proto_endpoint_create(proto_worker_at(end->stack, 0), &bound, &end->ep, &why) != 0)
		fail_msg("%s", why.text);
	/* Links come up by the TSC, which has gone on. */
	now = RTE_MAX(now, rte_get_tsc_cycles());
}

/* What is known of an address of an end; all zeros: nothing. */
static struct proto_addr_info
info_of(const struct end *end, const struct proto_addr *addr)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX], none = {.prefix_len = 0};
	unsigned n = proto_addr_list(end->link, infos, PROTO_ADDRS_MAX);

	for (unsigned i = 0; i < n; i++)
		if (memcmp(&infos[i].addr, addr, sizeof(*addr)) == 0)
			return infos[i];
	return none;
}

static bool
settled(const struct end *end, const struct proto_addr *addr)
{
	struct proto_addr_info info = info_of(end, addr);

	return info.usable || info.conflict;
}

/* Bytes from one end to an address of the other. */
static void
talk(struct end *from, struct end *to, const struct proto_addr *own, const struct proto_addr *dst)
{
	static uint8_t bytes[PAYLOAD];
	struct iovec iov = {bytes, sizeof(bytes)};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_peer peer = {.addr = *dst, .port = 9000, .link = from->link};
	uint32_t n = to->n;

	noise(bytes, sizeof(bytes), n + 5);
	assert_int_equal(proto_send_to(from->ep, &peer, &payload, 1), 1);
	for (unsigned ms = 0; to->n == n; ms += STEP_MS) {
		assert_true(ms < PATIENCE);
		step();
	}
	assert_int_equal(to->len, PAYLOAD);
	assert_memory_equal(to->bytes, bytes, PAYLOAD);
	assert_memory_equal(&to->info.peer.addr, own, sizeof(*own));
	assert_memory_equal(&to->info.peer.local, dst, sizeof(*dst));
}

static int
begin(void **state)
{
	(void)state;
	for (struct end *end = &a;; end = &b) {
		struct rte_ring *in = end->in, *out = end->out;
		uint16_t port = end->port;

		memset(end, 0, sizeof(*end));
		end->in = in;
		end->out = out;
		end->port = port;
		if (end == &b)
			break;
	}
	router = false;
	question4 = addr_of("192.0.2.1");
	question6 = addr_of("2001:db8::1");
	now = rte_get_tsc_cycles();
	return 0;
}

/* What is left on the wire goes, then the stacks. */
static int
end(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	assert_int_equal(proto_stop(a.stack), 0);
	assert_int_equal(proto_stop(b.stack), 0);
	while (rte_ring_dequeue(a.in, (void **)&m) == 0 ||
		rte_ring_dequeue(b.in, (void **)&m) == 0 ||
		rte_ring_dequeue(a.out, (void **)&m) == 0 ||
		rte_ring_dequeue(b.out, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	assert_int_equal(proto_destroy(a.stack, NULL, NULL), 0);
	assert_int_equal(proto_destroy(b.stack, NULL, NULL), 0);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	return 0;
}

/* One has the addresses, the other comes with the same: it finds out, and never uses them. */
static void
test_taken(void **state)
{
	static const char *const of_a[] = {"192.0.2.1", "2001:db8::1", NULL};
	static const char *const of_b[] = {
		"192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2", NULL};
	struct proto_addr free4 = addr_of("192.0.2.2"), free6 = addr_of("2001:db8::2");

	(void)state;
	stack_up(&a, "a", of_a, false);
	for (unsigned ms = 0; !settled(&a, &question4) || !settled(&a, &question6); ms += STEP_MS) {
		assert_true(ms < PATIENCE);
		step();
	}
	assert_true(info_of(&a, &question4).usable && info_of(&a, &question6).usable);
	for (unsigned ms = 0; ms < 10000; ms += STEP_MS) /* its announcements */
		step();
	assert_int_equal(a.probes, 3 + 1); /* RFC 5227 1.1, RFC 4862 5.1 */

	stack_up(&b, "b", of_b, false);
	for (unsigned ms = 0; !settled(&b, &question4) || !settled(&b, &question6) ||
			      !settled(&b, &free4) || !settled(&b, &free6);
		ms += STEP_MS) {
		assert_true(ms < PATIENCE);
		step();
	}
	/* And for a while after. */
	for (unsigned ms = 0; ms < 10000; ms += STEP_MS)
		step();
	assert_true(info_of(&a, &question4).usable && info_of(&a, &question6).usable);
	assert_true(info_of(&b, &question4).conflict && info_of(&b, &question6).conflict);
	assert_false(info_of(&b, &question4).usable || info_of(&b, &question6).usable);
	assert_true(info_of(&b, &free4).usable && info_of(&b, &free6).usable);
	assert_true(b.probes >= 2);
	talk(&b, &a, &free4, &question4);
	talk(&b, &a, &free6, &question6);
	talk(&a, &b, &question4, &free4);
	talk(&a, &b, &question6, &free6);
	assert_int_equal(b.claims, 0);
}

/* Both come with the same at once: when one may use it, the other's probes have told it already. */
static void
test_at_once(void **state)
{
	static const char *const same[] = {"192.0.2.1", "2001:db8::1", NULL};
	const struct proto_addr *const in_question[] = {&question4, &question6};

	(void)state;
	stack_up(&a, "a", same, false);
	stack_up(&b, "b", same, false);
	for (unsigned ms = 0; ms < 15000; ms += STEP_MS) {
		bool told[RTE_DIM(
			in_question)]; /* before this step, in which one may announce it */

		for (unsigned i = 0; i < RTE_DIM(in_question); i++)
			told[i] = info_of(&a, in_question[i]).conflict ||
				  info_of(&b, in_question[i]).conflict;
		step();
		for (unsigned i = 0; i < RTE_DIM(in_question); i++) {
			bool of_a = info_of(&a, in_question[i]).usable;
			bool of_b = info_of(&b, in_question[i]).usable;

			assert_false(of_a && of_b);
			assert_true(told[i] || !(of_a || of_b));
		}
	}
	for (unsigned i = 0; i < RTE_DIM(in_question); i++)
		assert_true(settled(&a, in_question[i]) && settled(&b, in_question[i]));
}

/* The end's usable address that was made of the router's prefix, or (`local`) the link-local one.
 */
static bool
autoconf_of(const struct end *end, bool local, struct proto_addr *addr)
{
	static const uint8_t prefix[8] = {0x20, 0x01, 0x0d, 0xb8, 0xaa, 0xaa};
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned n = proto_addr_list(end->link, infos, PROTO_ADDRS_MAX);

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *bytes = infos[i].addr.bytes;

		if (!infos[i].usable || !infos[i].autoconf)
			continue;
		if (local ? bytes[0] == 0xfe && bytes[1] == 0x80
			  : memcmp(bytes, prefix, sizeof(prefix)) == 0) {
			*addr = infos[i].addr;
			return true;
		}
	}
	return false;
}

/* Both come up at once and ask; the router answers; they talk, and know the way out. */
static void
test_slaac(void **state)
{
	struct proto_addr of_a, of_b, local_a, local_b, far = addr_of("2001:db8:ffff::1");
	struct proto_peer peer = {.addr = far, .port = 9000};
	static uint8_t text[100];
	struct iovec iov = {text, sizeof(text)};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};

	(void)state;
	router = true;
	stack_up(&a, "a", NULL, true);
	stack_up(&b, "b", NULL, true);
	for (unsigned ms = 0; !autoconf_of(&a, false, &of_a) || !autoconf_of(&b, false, &of_b) ||
			      !autoconf_of(&a, true, &local_a) || !autoconf_of(&b, true, &local_b);
		ms += STEP_MS) {
		assert_true(ms < PATIENCE);
		step();
	}
	assert_true(a.solicits > 0 && b.solicits > 0);
	assert_memory_not_equal(&of_a, &of_b, sizeof(of_a));
	talk(&a, &b, &of_a, &of_b);
	talk(&b, &a, &of_b, &of_a);
	talk(&a, &b, &local_a, &local_b);
	/* Whom nobody here is: by the router, whose MAC its advertisement has told. */
	a.routed = 0;
	assert_int_equal(proto_send_to(a.ep, &peer, &payload, 1), 1);
	for (unsigned ms = 0; a.routed == 0; ms += STEP_MS) {
		assert_true(ms < PATIENCE);
		step();
	}
}

static int
wire_make(void **state)
{
	int port_a, port_b;

	(void)state;
	a.in = rte_ring_create("a_in", RING, SOCKET_ID_ANY, 0);
	a.out = rte_ring_create("a_out", RING, SOCKET_ID_ANY, 0);
	b.in = rte_ring_create("b_in", RING, SOCKET_ID_ANY, 0);
	b.out = rte_ring_create("b_out", RING, SOCKET_ID_ANY, 0);
	pool = rte_pktmbuf_pool_create("router", 255, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, -1);
	if (a.in == NULL || a.out == NULL || b.in == NULL || b.out == NULL || pool == NULL)
		return -1;
	port_a = rte_eth_from_rings("wire_a", &a.in, 1, &a.out, 1, 0);
	port_b = rte_eth_from_rings("wire_b", &b.in, 1, &b.out, 1, 0);
	a.port = (uint16_t)port_a;
	b.port = (uint16_t)port_b;
	return port_a < 0 || port_b < 0 ? -1 : 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken, begin, end),
		cmocka_unit_test_setup_teardown(test_at_once, begin, end),
		cmocka_unit_test_setup_teardown(test_slaac, begin, end),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, wire_make, NULL);

	return eal_stop() != 0 || failed != 0;
}
