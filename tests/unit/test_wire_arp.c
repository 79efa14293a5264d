/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP: as scapy writes it, and each field that may be wrong. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ip.h>

#include "golden_wire.h"
#include "tight.h"
#include "wire/arp.h"

static struct tight tight;

static const struct arp_view views[] = {
	{
		.request = true,
		.sender_mac.addr_bytes = {2, 0, 0, 0, 0, 1},
		.sender_ip = RTE_BE32(RTE_IPV4(192, 0, 2, 1)),
		.target_ip = RTE_BE32(RTE_IPV4(192, 0, 2, 2)),
	},
	{
		.request = false,
		.sender_mac.addr_bytes = {2, 0, 0, 0, 0, 2},
		.target_mac.addr_bytes = {2, 0, 0, 0, 0, 1},
		.sender_ip = RTE_BE32(RTE_IPV4(192, 0, 2, 2)),
		.target_ip = RTE_BE32(RTE_IPV4(192, 0, 2, 1)),
	},
};
static const uint8_t *const goldens[] = {arp_request, arp_reply};

static int
check(const uint8_t *bytes, uint32_t avail, struct arp_view *view)
{
	return arp_check(tight_put(tight, bytes, avail), avail, view);
}

static void
test_golden(void **state)
{
	(void)state;
	static_assert(sizeof(arp_request) == ARP_LEN, "as scapy");
	for (size_t i = 0; i < RTE_DIM(goldens); i++) {
		uint8_t frame[ARP_LEN + 18] = {0}; /* padded to Ethernet's least */
		struct arp_view view;

		memcpy(frame, goldens[i], ARP_LEN);
		memset(&view, 0xa5, sizeof(view));
		assert_int_equal(check(frame, sizeof(frame), &view), 0);
		assert_int_equal(view.request, views[i].request);
		assert_memory_equal(&view.sender_mac, &views[i].sender_mac, 6);
		assert_memory_equal(&view.target_mac, &views[i].target_mac, 6);
		assert_int_equal(view.sender_ip, views[i].sender_ip);
		assert_int_equal(view.target_ip, views[i].target_ip);
		for (uint32_t cut = 0; cut < ARP_LEN; cut++)
			assert_int_equal(check(frame, cut, &view), -EINVAL);
		/* VLAN tags and rooms may put it anywhere. */
		memcpy(frame + 1, goldens[i], ARP_LEN);
		assert_int_equal(check(frame + 1, ARP_LEN, &view), 0);
		assert_int_equal(arp_check(frame + 1, ARP_LEN, &view), 0);
	}
}

static void
test_build(void **state)
{
	(void)state;
	for (size_t i = 0; i < RTE_DIM(goldens); i++) {
		uint8_t *room = tight_room(tight, ARP_LEN);

		room[-1] = 0x5a;
		arp_build(room, &views[i]);
		assert_memory_equal(room, goldens[i], ARP_LEN);
		assert_int_equal(room[-1], 0x5a);
	}
}

/* Every other value of each of the first 8 bytes, but the other opcode. */
static void
test_fixed_fields(void **state)
{
	struct arp_view view;

	(void)state;
	for (uint32_t at = 0; at < 8; at++) {
		for (uint32_t value = 0; value < 256; value++) {
			uint8_t bytes[ARP_LEN];
			bool good = value == arp_request[at] || (at == 7 && value == 2);

			memcpy(bytes, arp_request, ARP_LEN);
			bytes[at] = (uint8_t)value;
			assert_int_equal(check(bytes, ARP_LEN, &view), good ? 0 : -EINVAL);
		}
	}
}

static void
test_sender(void **state)
{
	static const struct {
		uint8_t mac[6];
		int ret;
	} cases[] = {
		{{0, 0, 0, 0, 0, 0}, -EINVAL},
		{{0, 0, 0, 0, 0, 1}, 0},
		{{0, 0, 1, 0, 0, 0}, 0},
		{{2, 0, 0, 0, 0, 0}, 0},
		{{1, 0, 0x5e, 0, 0, 1}, -EINVAL},
		{{3, 0, 0, 0, 0, 1}, -EINVAL},
		{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -EINVAL},
		{{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff}, 0},
	};
	struct arp_view view;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		uint8_t bytes[ARP_LEN];

		memcpy(bytes, arp_request, ARP_LEN);
		memcpy(bytes + 8, cases[i].mac, 6);
		assert_int_equal(check(bytes, ARP_LEN, &view), cases[i].ret);
		/* The target's is what the sender does not know: any. */
		memcpy(bytes, arp_reply, ARP_LEN);
		memcpy(bytes + 18, cases[i].mac, 6);
		assert_int_equal(check(bytes, ARP_LEN, &view), 0);
		assert_memory_equal(&view.target_mac, cases[i].mac, 6);
	}
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
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_fixed_fields),
		cmocka_unit_test(test_sender),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
