/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stopping a port. net_memif hears on EAL's interrupt thread that its peer goes, and frees there,
 * without a lock, what a stop frees too: when both ends go at once, it is freed twice. So it is
 * stopped on that thread.
 */
#include "port_stop.h"

#include <semaphore.h>
#include <stdbool.h>

#include <rte_alarm.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>

#include "quirks.h"

struct stop_call {
	uint16_t port_id;
	sem_t done;
};

static void
stop_now(uint16_t port_id)
{
	/* A driver that fails to stop has said so in its log; the stack can do nothing with it. */
	(void)rte_eth_dev_stop(port_id);
}

static void
on_alarm(void *arg)
{
	struct stop_call *call = arg;

	stop_now(call->port_id);
	(void)sem_post(&call->done);
}

static bool
races_with_interrupts(uint16_t port_id)
{
	const struct driver_quirk *quirk;
	struct rte_eth_dev_info dev;

	if (rte_thread_is_intr() || rte_eth_dev_info_get(port_id, &dev) != 0)
		return false;
	quirk = driver_quirk_find(dev.driver_name);
	return quirk != NULL && quirk->stop_races;
}

void
port_stop(uint16_t port_id)
{
	struct stop_call call = {.port_id = port_id};

	(void)sem_init(&call.done, 0, 0);
	if (!races_with_interrupts(port_id) || rte_eal_alarm_set(1, on_alarm, &call) != 0)
		stop_now(port_id);
	else
		while (sem_wait(&call.done) != 0)
			; /* a signal came */
	(void)sem_destroy(&call.done);
}
