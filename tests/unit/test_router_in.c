/* SPDX-License-Identifier: BSD-3-Clause */
/* Router advertisements as a host hears them (RFC 4861 6.3.4, RFC 4862 5.5.3): what they bring. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>

#include "eal.h"
#include "reply.h"
#include "rig.h"
#include "rxfate.h"

#define ON_LINK	   0x80
#define AUTONOMOUS 0x40
#define ROUTER	   "fe80::9"
#define IN_PREFIX  "2001:db8:99::5"
#define FAR_AWAY   "2001:db8:77::5"

static struct rxrig rig;
static struct rxframe f;

/* An advertisement of 2001:db8:99::/64, from the router at 02:..:09. */
static void
advert(const char *src, uint16_t router_s, uint8_t flags, uint32_t valid_s)
{
	uint8_t prefix[32] = {3, 4, 64, flags, [16] = 0x20, 1, 0x0d, 0xb8, 0, 0x99};
	uint32_t be = rte_cpu_to_be_32(valid_s);

	memcpy(prefix + 4, &be, sizeof(be));
	memcpy(prefix + 8, &be, sizeof(be));
	frame_eth(&f, &rig, RTE_ETHER_TYPE_IPV6);
	memcpy(f.bytes, "\x33\x33\0\0\0\x01", 6);
	f.bytes[11] = 9;
	frame_ip(&f, 6, src, "ff02::1", IPPROTO_ICMPV6);
	f.bytes[f.l3 + 7] = 255;
	frame_icmp_type(&f, 134, 0, 64u << 24 | router_s);
	frame_put(&f, NULL, 8);
	frame_put(&f, (uint8_t[]){1, 1, 2, 0, 0, 0, 0, 9}, 8);
	frame_put(&f, prefix, sizeof(prefix));
	frame_finish(&f);
}

static void
advertised(uint16_t router_s, uint8_t flags, uint32_t valid_s)
{
	advert(ROUTER, router_s, flags, valid_s);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	rxrig_poll(&rig, 20);
}

static void
wait_s(uint32_t s)
{
	for (uint32_t i = 0; i < 2 * s; i++)
		rxrig_poll(&rig, 500);
}

/* Addresses of the link in the advertised prefix. */
static unsigned int
made(void)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned int n = proto_addr_list(rig.link, infos, RTE_DIM(infos)), found = 0;

	for (unsigned int i = 0; i < n; i++)
		found += infos[i].addr.bytes[5] == 0x99;
	return found;
}

/* Where a payload to this address goes: to a MAC's last byte; 0: he is asked for; -1: no route. */
static int
way_to(const char *dst)
{
	static char hello[] = "hello";
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_endpoint_conf conf = {.remote = addr_of(dst), .remote_port = 9};
	struct proto_endpoint *ep;
	struct reply r;
	int ret;

	reply_forget(&rig);
	ret = proto_endpoint_create(rig.worker, &conf, &ep, NULL);
	if (ret == -ENETUNREACH)
		return -1;
	assert_int_equal(ret, 0);
	assert_int_equal(proto_send(ep, &payload, 1), 1);
	rxrig_poll(&rig, 0);
	reply_next(&rig, &r);
	if (r.proto == IPPROTO_UDP) {
		ret = r.dst.addr_bytes[5];
	} else if (memcmp(r.l4 + 8, addr_of(ROUTER).bytes, 16) == 0) {
		ret = 9; /* the router has been silent: he is asked for first */
	} else {
		assert_memory_equal(r.l4 + 8, conf.remote.bytes, 16);
		ret = 0;
	}
	while (proto_outstanding(ep) != 0)
		wait_s(1);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
	return ret;
}

/* Only for links that configure themselves. */
static void
test_manual(void **state)
{
	(void)state;
	advertised(1800, ON_LINK | AUTONOMOUS, 3600);
	assert_int_equal(made(), 0);
	assert_int_equal(way_to(IN_PREFIX), -1);
}

/* From a link-local address (RFC 4861 6.1.2); on the link itself, not in a VLAN of it. */
static void
test_invalid(void **state)
{
	(void)state;
	advert("2001:db8::9", 1800, ON_LINK | AUTONOMOUS, 3600);
	rx_expect(&rig, &f, PROTO_DROP_ND_BAD, "from a global address");
	advert(ROUTER, 1800, ON_LINK | AUTONOMOUS, 3600);
	memmove(f.bytes + 18, f.bytes + 14, f.len - 14);
	memcpy(f.bytes + 12, "\x81\0\0\x05\x86\xdd", 6);
	f.len += 4;
	rx_expect(&rig, &f, FATE_CONSUMED, "in a VLAN");
	wait_s(5);
	assert_int_equal(made(), 0);
	assert_int_equal(way_to(FAR_AWAY), -1);
	assert_int_equal(way_to(IN_PREFIX), -1);
}

/* Each of the two flags does one thing (RFC 4861 6.3.4, RFC 4862 5.5.3). */
static void
test_flags(void **state)
{
	(void)state;
	advertised(0, 0, 3600);
	assert_int_equal(made(), 0);
	assert_int_equal(way_to(IN_PREFIX), -1);
	advertised(0, AUTONOMOUS, 3600);
	assert_int_equal(made(), 1);
	assert_int_equal(way_to(IN_PREFIX), -1); /* it says nothing of the link */
	advertised(0, ON_LINK, 0);
	assert_int_equal(way_to(IN_PREFIX), -1); /* valid no more */
	advertised(0, ON_LINK, 3600);
	assert_int_equal(way_to(IN_PREFIX), 0); /* asked for himself */
	assert_int_equal(way_to(FAR_AWAY), -1); /* lifetime 0: no default router */
	assert_int_equal(made(), 1);
}

/* The default router, his MAC from his word, while his lifetime lasts. */
static void
test_default_router(void **state)
{
	(void)state;
	assert_int_equal(way_to(FAR_AWAY), -1);
	advertised(60, 0, 0);
	assert_int_equal(way_to(FAR_AWAY), 9);
	wait_s(50);
	assert_int_equal(way_to(FAR_AWAY), 9);
	wait_s(11);
	assert_int_equal(way_to(FAR_AWAY), -1);
	advertised(60, 0, 0);
	assert_int_equal(way_to(FAR_AWAY), 9);
	advertised(0, 0, 0); /* he says himself that he is none any more */
	assert_int_equal(way_to(FAR_AWAY), -1);
}

/* A default route that the user has set by another router outlives the advertised one. */
static void
test_other_router(void **state)
{
	struct proto_addr any = {.family = PROTO_IPV6}, other = addr_of(PEER6);

	(void)state;
	advertised(60, 0, 0);
	assert_int_equal(proto_route_del(rig.link, &any, 0), 0);
	assert_int_equal(proto_route_add(rig.link, &any, 0, &other, NULL), 0);
	wait_s(70);
	assert_int_equal(way_to(FAR_AWAY), 2);
}

/* Does a report (RFC 3810 5.2.12) that has left say this of a solicited-node group? */
static bool
told(uint8_t record)
{
	bool found = false;

	while (rig.looked_at < rxrig_n_sent(&rig)) {
		struct reply r;

		reply_next(&rig, &r);
		if (r.proto == IPPROTO_ICMPV6 && r.l4[0] == 143 && r.l4[8] == record &&
			memcmp(r.l4 + 12, addr_of("ff02::1:ff00:0").bytes, 13) == 0)
			found = true;
	}
	return found;
}

/* An address lives as long as its prefix is valid; its group is joined, and left with it. */
static void
test_lifetime(void **state)
{
	(void)state;
	wait_s(10);
	reply_forget(&rig);
	advertised(0, AUTONOMOUS, 60);
	assert_int_equal(made(), 1);
	wait_s(10);
	assert_true(told(4));
	wait_s(40);
	assert_int_equal(made(), 1);
	assert_false(told(3));
	wait_s(15);
	assert_int_equal(made(), 0);
	assert_true(told(3));
}

/* The port is told to take the Ethernet address of the new address's group (RFC 2464 7). */
static void
test_filter(void **state)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	uint32_t found = 0;
	unsigned int n;

	(void)state;
	advertised(0, AUTONOMOUS, 3600);
	wait_s(5);
	n = proto_addr_list(rig.link, infos, RTE_DIM(infos));
	for (unsigned int i = 0; i < n; i++) {
		uint8_t mac[6] = {0x33, 0x33, 0xff};

		if (infos[i].addr.family != PROTO_IPV6)
			continue;
		memcpy(mac + 3, infos[i].addr.bytes + 13, 3);
		uint32_t k = 0;

		while (k < rig.port->n_macs && memcmp(&rig.port->macs[k], mac, sizeof(mac)) != 0)
			k++;
		found += k < rig.port->n_macs;
	}
	assert_int_equal(n, 4);
	assert_int_equal(found, 3); /* the configured, the link-local, the advertised one */
}

/* An endpoint that has a way takes the better one that comes to be. */
static void
test_better_way(void **state)
{
	static char hello[] = "hello";
	struct iovec iov = {hello, 5};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_endpoint_conf conf = {.remote = addr_of(IN_PREFIX), .remote_port = 9};
	struct proto_endpoint *ep;
	struct reply r;

	(void)state;
	advertised(1800, 0, 0);
	assert_int_equal(proto_endpoint_create(rig.worker, &conf, &ep, NULL), 0);
	reply_forget(&rig);
	assert_int_equal(proto_send(ep, &payload, 1), 1);
	rxrig_poll(&rig, 0);
	reply_next(&rig, &r);
	assert_int_equal(r.proto, IPPROTO_UDP);
	assert_int_equal(r.dst.addr_bytes[5], 9);
	advert(ROUTER, 1800, ON_LINK, 3600);
	assert_int_equal(rx_fate(&rig, &f, 1), FATE_CONSUMED);
	assert_int_equal(proto_send(ep, &payload, 1), 1);
	rxrig_poll(&rig, 0);
	reply_next(&rig, &r); /* asked for himself */
	assert_int_equal(r.l4[0], 135);
	assert_memory_equal(r.l4 + 8, conf.remote.bytes, 16);
	while (proto_outstanding(ep) != 0) /* nobody answers */
		wait_s(1);
}

static int
begin(void **state)
{
	(void)state;
	rxrig_init(&rig);
	rig.link_conf.slaac = true;
	rxrig_start(&rig);
	rig.now = rte_get_tsc_cycles(); /* by which the stack has started its probes */
	wait_s(5);			/* the link-local address is probed for */
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RX_TEST(test_manual, &rig),
		RX_TEST_BEGIN(test_invalid, begin, &rig),
		RX_TEST_BEGIN(test_flags, begin, &rig),
		RX_TEST_BEGIN(test_default_router, begin, &rig),
		RX_TEST_BEGIN(test_other_router, begin, &rig),
		RX_TEST_BEGIN(test_lifetime, begin, &rig),
		RX_TEST_BEGIN(test_filter, begin, &rig),
		RX_TEST_BEGIN(test_better_way, begin, &rig),
	};

	if (eal_start(1, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 || failed != 0;
}
