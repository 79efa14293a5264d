/* SPDX-License-Identifier: BSD-3-Clause */
/* What multicast an ethdev port receives: a list of addresses, or else all, or else everything. */
#include "port_groups.h"

#include <errno.h>

#include <rte_ethdev.h>

#include "quirks.h"

/* ethdev answers at once where the mode is off already. One that cannot be left does no harm. */
static void
modes_leave(uint16_t port_id, bool allmulticast)
{
	if (rte_eth_promiscuous_get(port_id) == 1)
		(void)rte_eth_promiscuous_disable(port_id);
	if (allmulticast && rte_eth_allmulticast_get(port_id) == 1)
		(void)rte_eth_allmulticast_disable(port_id);
}

/* The port's list is too short, or it has none. */
static int
wider_enter(uint16_t port_id)
{
	int ret = rte_eth_allmulticast_enable(port_id);

	if (ret == 0)
		modes_leave(port_id, false);
	if (ret == -ENOTSUP)
		ret = rte_eth_promiscuous_enable(port_id);
	return ret;
}

int
port_groups_set(uint16_t port_id, const struct rte_ether_addr *macs, uint32_t n)
{
	struct rte_eth_dev_info dev;
	int ret = rte_eth_dev_info_get(port_id, &dev);

	if (ret != 0)
		return ret;
	const struct driver_quirk *quirk = driver_quirk_find(dev.driver_name);

	if (quirk != NULL && quirk->hears_all)
		return 0;
	/* The drivers read the list; ethdev just does not say const. */
	ret = rte_eth_dev_set_mc_addr_list(port_id, (struct rte_ether_addr *)(uintptr_t)macs, n);
	if (ret != 0 && n != 0)
		return wider_enter(port_id);
	modes_leave(port_id, true);
	return ret == -ENOTSUP ? 0 : ret;
}

int
port_promisc_set(uint16_t port_id)
{
	struct rte_eth_dev_info dev;
	int ret = rte_eth_dev_info_get(port_id, &dev);

	if (ret != 0)
		return ret;
	const struct driver_quirk *quirk = driver_quirk_find(dev.driver_name);

	if (quirk != NULL && quirk->hears_all)
		return 0;
	/* Some filter groups even then. */
	(void)rte_eth_allmulticast_enable(port_id);
	return rte_eth_promiscuous_enable(port_id);
}
