/* SPDX-License-Identifier: BSD-3-Clause */
/* What drivers do but do not say through rte_eth_dev_info_get(). */
#ifndef PROTO_LINK_QUIRKS_H
#define PROTO_LINK_QUIRKS_H

#include "../proto_link.h"

/* One row for each driver that is known; what is not named here is asked of the driver. */
struct driver_quirk {
	const char *driver;
	uint32_t frame_max;	   /* bytes with the Ethernet header, no FCS; 0: as it says */
	const char *frame_max_why; /* what happens above frame_max */
	uint64_t offload_extra;	   /* RTE_ETH_TX_OFFLOAD_*: done without being advertised */
	enum proto_reclaim reclaim;
	bool cpu_only;	  /* reads frames by CPU, never by DMA */
	bool frags_apart; /* fragments of a datagram come on several rx queues, whatever it says */
	bool stop_races;  /* its interrupt handler and a stop may free the same: see port_stop.c */
	bool hears_all;	  /* receives every frame, whatever its address, and has no filter to set */
};

/* The row of a driver, or NULL. */
const struct driver_quirk *driver_quirk_find(const char *driver);

#endif
