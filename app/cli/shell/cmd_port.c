/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands about links and their ports. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "shell.h"

typedef int (*link_fn)(struct shell *shell, struct session_link *link, struct opt_error *err);

/* Call a function for the link, or for all, that the last word names. */
static int
for_links(struct shell *shell, const struct words *words, link_fn fn, struct opt_error *err)
{
	struct session *session = shell->session;
	const char *name = words->at[words->n - 1];
	struct session_link *link;
	int ret = 0;

	if (strcmp(name, "all") == 0) {
		for (unsigned i = 0; i < session->n_links && ret == 0; i++)
			ret = fn(shell, &session->links[i], err);
		return ret;
	}
	link = session_link(session, name, err);
	return link != NULL ? fn(shell, link, err) : -1;
}

static void
print_addrs(FILE *out, const struct proto_link *link)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned n = proto_addr_list(link, infos, PROTO_ADDRS_MAX);
	char text[PROTO_ADDR_STR_MAX];

	for (unsigned i = 0; i < n; i++)
		fprintf(out, "  address         %s/%u%s%s\n",
			proto_addr_format(&infos[i].addr, text, sizeof(text)), infos[i].prefix_len,
			infos[i].autoconf ? ", by itself" : "",
			infos[i].usable	    ? ""
			: infos[i].conflict ? ", not used: another station has it"
					    : ", is being probed");
}

static void
print_offloads(FILE *out, const struct proto_link *link)
{
	struct proto_offload rows[PROTO_OFFLOAD_ROWS];

	proto_link_offloads(link, rows);
	for (unsigned i = 0; i < PROTO_OFFLOAD_ROWS; i++)
		fprintf(out, "  offload         %-14s %s\n", rows[i].name,
			rows[i].granted		   ? "by the port"
			: rows[i].software != NULL ? rows[i].software
						   : "not asked for");
}

static int
show_info(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	static const char *const reclaims[] = {
		[PROTO_RECLAIM_IN_BURST] = "in the burst",
		[PROTO_RECLAIM_ON_DEMAND] = "when asked for",
		[PROTO_RECLAIM_WITH_TRAFFIC] = "with later traffic only",
	};
	char name[RTE_ETH_NAME_MAX_LEN] = "", mac[RTE_ETHER_ADDR_FMT_SIZE];
	FILE *out = shell->out;
	struct proto_link_info info;

	(void)err;
	proto_link_info(link->link, &info);
	(void)rte_eth_dev_get_name_by_port(link->port_id, name);
	rte_ether_format_addr(mac, sizeof(mac), &info.port.mac);
	fprintf(out,
		"%s: port %u, %s, driver %s\n"
		"  MAC             %s\n"
		"  state           %s, carrier %s\n"
		"  MTU             %u, at most %u\n"
		"  queues          %u of %u to receive, %u of %u to send\n"
		"  segments        %u a frame\n"
		"  sent frames     come back %s\n"
		"  data auto       %s%s\n",
		link->name, link->port_id, name, info.port.driver, mac,
		info.started ? "started" : "stopped", info.carrier ? "up" : "down", info.mtu,
		info.port.mtu_max,
		RTE_MIN(shell->session->n_workers, (unsigned)info.port.rx_queues_max),
		info.port.rx_queues_max, shell->session->n_workers, info.port.queues_max,
		info.port.segs_max, reclaims[info.port.reclaim],
		info.auto_copies != NULL ? "copies: " : "maps or copies",
		info.auto_copies != NULL ? info.auto_copies : "");
	print_addrs(out, link->link);
	print_offloads(out, link->link);
	return 0;
}

/* testpmd's words. */
static int
show_stats(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	struct rte_eth_stats s;
	int ret = rte_eth_stats_get(link->port_id, &s);

	if (ret != 0)
		return opt_fail(
			err, -1, "%s: the port has no statistics: %s", link->name, strerror(-ret));
	fprintf(shell->out,
		"%s: NIC statistics for port %u\n"
		"  RX-packets: %-16" PRIu64 " RX-missed: %-16" PRIu64 " RX-bytes: %" PRIu64 "\n"
		"  RX-errors:  %-16" PRIu64 " RX-nombuf: %" PRIu64 "\n"
		"  TX-packets: %-16" PRIu64 " TX-errors: %-16" PRIu64 " TX-bytes: %" PRIu64 "\n",
		link->name, link->port_id, s.ipackets, s.imissed, s.ibytes, s.ierrors, s.rx_nombuf,
		s.opackets, s.oerrors, s.obytes);
	return 0;
}

static int
print_xstats(FILE *out, uint16_t port, struct rte_eth_xstat_name *names,
	struct rte_eth_xstat *values, unsigned n)
{
	if (rte_eth_xstats_get_names(port, names, n) != (int)n ||
		rte_eth_xstats_get(port, values, n) != (int)n)
		return -1;
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "  %s: %" PRIu64 "\n", names[i].name, values[i].value);
	return 0;
}

static int
show_xstats(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	int n = rte_eth_xstats_get_names(link->port_id, NULL, 0);
	struct rte_eth_xstat_name *names = NULL;
	struct rte_eth_xstat *values = NULL;
	int ret = -1;

	fprintf(shell->out, "%s: NIC extended statistics for port %u\n", link->name, link->port_id);
	if (n >= 0) {
		names = calloc((size_t)n + 1, sizeof(*names));
		values = calloc((size_t)n + 1, sizeof(*values));
	}
	if (names != NULL && values != NULL)
		ret = print_xstats(shell->out, link->port_id, names, values, (unsigned)n);
	free(names);
	free(values);
	return ret == 0 ? 0 : opt_fail(err, -1, "%s: the port gives no xstats", link->name);
}

static int
clear_stats(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	int ret = rte_eth_stats_reset(link->port_id);

	(void)shell;
	return ret == 0 ? 0
			: opt_fail(err, -1, "%s: the port keeps its statistics: %s", link->name,
				  strerror(-ret));
}

static int
clear_xstats(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	int ret = rte_eth_xstats_reset(link->port_id);

	(void)shell;
	return ret == 0 ? 0
			: opt_fail(err, -1, "%s: the port keeps its xstats: %s", link->name,
				  strerror(-ret));
}

static int
run_show_info(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, show_info, err);
}

static int
run_show_stats(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, show_stats, err);
}

static int
run_show_xstats(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, show_xstats, err);
}

static int
run_clear_stats(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, clear_stats, err);
}

static int
run_clear_xstats(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, clear_xstats, err);
}

static int
link_up(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	int ret;

	session_park(shell->session);
	ret = proto_link_start(link->link, &why);
	session_unpark(shell->session);
	return ret == 0 ? 0 : opt_fail(err, -1, "%s: %s", link->name, why.text);
}

static int
link_down(struct shell *shell, struct session_link *link, struct opt_error *err)
{
	(void)err;
	session_park(shell->session);
	proto_link_stop(link->link);
	session_unpark(shell->session);
	return 0;
}

static int
run_link_up(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, link_up, err);
}

static int
run_link_down(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return for_links(shell, words, link_down, err);
}

const struct shell_cmd shell_cmds_port[] = {
	{"show port info all|LINK", "what ports are and can do", run_show_info},
	{"show port stats all|LINK", "what ports have counted", run_show_stats},
	{"show port xstats all|LINK", "what drivers have counted besides", run_show_xstats},
	{"clear port stats all|LINK", "count from 0 again", run_clear_stats},
	{"clear port xstats all|LINK", "count from 0 again", run_clear_xstats},
	{"link up all|LINK", "start a link that is down", run_link_up},
	{"link down all|LINK", "stop a link: what it has not sent fails", run_link_down},
	{NULL, NULL, NULL},
};
