/* SPDX-License-Identifier: BSD-3-Clause */
#include "quirks.h"

#include <string.h>

#include <rte_common.h>
#include <rte_ethdev.h>

/* Each row was seen in DPDK 22.11 with the driver itself; tests/unit/test_link.c holds the ones
 * that this machine can run. */
static const struct driver_quirk quirks[] = {
	{
		.driver = "net_pcap",
		.frame_max = 16128, /* RTE_ETH_PCAP_SNAPLEN - its margin */
		.frame_max_why =
			"net_pcap cuts frames over 16128 bytes in the file, counts them as "
			"sent and reports no error",
		.offload_extra = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
		.hears_all = true,
	},
	{
		.driver = "net_null",
		.offload_extra = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
		.hears_all = true,
	},
	{
		.driver = "net_ring", /* the peer gets the mbuf itself and frees it when it likes */
		.offload_extra = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
		.reclaim = PROTO_RECLAIM_WITH_TRAFFIC,
		.cpu_only = true,
		.hears_all = true,
	},
	{
		.driver = "net_af_packet",
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
	},
	{
		/* It offers to hash fragments by addresses and leaves it to the kernel, which takes
		 * the queue that last sent from one to the other: it changes with each reply. */
		.driver = "net_tap",
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
		.frags_apart = true,
	},
	{
		.driver = "net_memif",
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
		.stop_races = true,
		.hears_all = true,
	},
	{
		.driver = "net_vhost",
		.reclaim = PROTO_RECLAIM_IN_BURST,
		.cpu_only = true,
		.hears_all = true,
	},
};

const struct driver_quirk *
driver_quirk_find(const char *driver)
{
	for (size_t i = 0; i < RTE_DIM(quirks); i++)
		if (strcmp(driver, quirks[i].driver) == 0)
			return &quirks[i];
	return NULL;
}
