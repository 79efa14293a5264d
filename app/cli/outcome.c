/* SPDX-License-Identifier: BSD-3-Clause */
#include "outcome.h"

#include <rte_ethdev.h>

#include "cmd.h"

void
outcome_figures(struct report *report, const struct net_stack *stack)
{
	(void)rte_eth_dev_get_name_by_port(report->port_id, report->port_name);
	proto_link_info(stack->link, &report->link);
	proto_link_offloads(stack->link, report->offloads);
	(void)snprintf(report->driver, sizeof(report->driver), "%s", report->link.port.driver);
	report->link.port.driver = report->driver; /* the port's own goes with the port */
	proto_worker_counters(stack->worker, &report->counters);
	pktpool_usage(proto_worker_pktpool(stack->worker), &report->packets);
	pktpool_usage(proto_worker_rx_pool(stack->worker), &report->rx_packets);
	bufpool_usage(proto_worker_bufpool(stack->worker), &report->buffers);
}

void
outcome_set(struct report *report, const char *error, int signo)
{
	report->error = error;
	report->exit_status = signo != 0 ? 128 + signo : error != NULL;
	report->status = signo != 0 ? "interrupted" : error != NULL ? "failed" : "ok";
}

int
outcome_print(const struct report *report, const struct net_args *args, FILE *out)
{
	if (args->json)
		report_json(out, report);
	else if (!args->quiet)
		report_table(out, report, args->verbose);
	if (fflush(out) == 0 && !ferror(out))
		return report->exit_status;
	complain("stdout: the report could not be written; is the disk full?");
	return report->exit_status != 0 ? report->exit_status : 1;
}
