/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_dev.h>
#include <rte_ethdev.h>

#include "bench.h"

int
bench_port_make(const char *name)
{
	uint16_t port_id;
	int rc = rte_eal_hotplug_add("vdev", name, "no-rx=1");

	if (rc == 0)
		rc = rte_eth_dev_get_port_by_name(name, &port_id);
	if (rc < 0) {
		fprintf(stderr, "chainburst-bench: no vdev %s: %s; is the net_null driver there?\n",
			name, rte_strerror(-rc));
		return rc;
	}
	return port_id;
}

/* net_null insists on an rx queue too; a port nobody polls takes any pool. */
static int
rx_queue(uint16_t port_id)
{
	static struct rte_mempool *pool;

	if (pool == NULL)
		pool = rte_pktmbuf_pool_create(
			"bench_rx", 64, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return pool == NULL ? -ENOMEM
			    : rte_eth_rx_queue_setup(port_id, 0, 0, SOCKET_ID_ANY, NULL, pool);
}

int
bench_port_start(uint16_t port_id)
{
	const struct rte_eth_conf conf = {0};
	int rc = rte_eth_dev_configure(port_id, 1, 1, &conf);

	if (rc == 0)
		rc = rte_eth_tx_queue_setup(port_id, 0, 0, SOCKET_ID_ANY, NULL);
	if (rc == 0)
		rc = rx_queue(port_id);
	return rc == 0 ? rte_eth_dev_start(port_id) : rc;
}
