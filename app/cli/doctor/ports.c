/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: the ports that DPDK has with these EAL arguments, and whether they can do what is asked.
 */
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include "doctor.h"

#define MEGABYTES 64 /* no stack is made */

/* As the shell does: the file's words, and behind them those of the command line. */
static int
start(const struct eal_args *eal, const struct config *config, struct opt_error *err)
{
	const char *words[CONFIG_WORDS_MAX];
	unsigned n = config != NULL ? config->n_eal : 0;

	for (unsigned i = 0; i < n; i++)
		words[i] = config->eal[i];
	return eal_start_words(eal, words, n, MEGABYTES, err);
}

/* Of the offloads that the stack uses, names of those that the port has (or has not), or "". */
static const char *
offloads(const struct proto_port_info *info, bool has, char *text, size_t size)
{
	static const struct {
		uint64_t bit;
		bool rx;
		const char *name;
	} rows[] = {
		{RTE_ETH_TX_OFFLOAD_IPV4_CKSUM, false, "tx ipv4_cksum"},
		{RTE_ETH_TX_OFFLOAD_UDP_CKSUM, false, "tx udp_cksum"},
		{RTE_ETH_TX_OFFLOAD_MULTI_SEGS, false, "tx multi_segs"},
		{RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE, false, "tx fast_free"},
		{RTE_ETH_RX_OFFLOAD_IPV4_CKSUM, true, "rx ipv4_cksum"},
		{RTE_ETH_RX_OFFLOAD_UDP_CKSUM, true, "rx udp_cksum"},
		{RTE_ETH_RX_OFFLOAD_RSS_HASH, true, "rx rss_hash"},
	};
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < RTE_DIM(rows) && at < size; i++) {
		uint64_t capa = rows[i].rx ? info->rx_offload_capa
					   : info->offload_capa | info->offload_extra;

		if (((capa & rows[i].bit) != 0) == has)
			at += (size_t)snprintf(
				text + at, size - at, "%s%s", at > 0 ? ", " : "", rows[i].name);
	}
	return text;
}

static void
check_offloads(struct doctor *doctor, const char *name, const struct proto_port_info *info)
{
	char has[192], lacks[192];

	(void)offloads(info, true, has, sizeof(has));
	(void)offloads(info, false, lacks, sizeof(lacks));
	if (lacks[0] == '\0' || !doctor->nic)
		doctor_add(doctor, "offloads", SEVERITY_OK, "%s: %s", name,
			has[0] != '\0' ? has : "none: the CPU does it all");
	else
		doctor_cure(doctor_add(doctor, "offloads", SEVERITY_WARN, "%s: without %s", name,
				    lacks),
			"the CPU does it, or copies",
			"none: its driver has no more; another NIC may");
}

/* Does an lcore of the EAL stand on the port's node? */
static void
check_socket(struct doctor *doctor, const char *name, int socket)
{
	unsigned lcore;

	if (socket < 0)
		return;
	RTE_LCORE_FOREACH (lcore) {
		if ((int)rte_lcore_to_socket_id(lcore) == socket)
			return;
	}
	doctor_cure(doctor_add(doctor, "port", SEVERITY_WARN, "%s is on node %d, and no lcore is",
			    name, socket),
		"each frame crosses over to the other node",
		"--lcores with CPUs of `cat /sys/devices/system/node/node%d/cpulist`", socket);
}

static void
check_port(struct doctor *doctor, uint16_t port)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	struct proto_port_info info;

	(void)rte_eth_dev_get_name_by_port(port, name);
	if (proto_port_ethdev.info(PROTO_PORT(port), &info) < 0) {
		doctor_cure(doctor_add(doctor, "port", SEVERITY_FAIL, "%s does not describe itself",
				    name),
			"it cannot be used", "none: its driver is broken; leave it out (--block)");
		return;
	}
	doctor_add(doctor, "port", SEVERITY_OK,
		"%u, %s: driver %s, MTU %u (at most %u%s%s), %u tx and %u rx queues", port, name,
		info.driver, info.mtu, info.mtu_max, info.mtu_max_why != NULL ? ": " : "",
		info.mtu_max_why != NULL ? info.mtu_max_why : "", info.queues_max,
		info.rx_queues_max);
	check_offloads(doctor, name, &info);
	check_socket(doctor, name, info.socket);
}

/* The port of a link's text: its number or name. Returns false: DPDK has none. */
static bool
find_port(const char *text, uint16_t *port)
{
	uint64_t number;
	const char *end = opt_number(text, &number);

	if (end != NULL && *end == '\0' && number < RTE_MAX_ETHPORTS) {
		*port = (uint16_t)number;
		return rte_eth_dev_is_valid_port(*port);
	}
	return rte_eth_dev_get_port_by_name(text, port) == 0;
}

/* Can the port do what the file wants of the link? */
static void
check_link(struct doctor *doctor, const struct config *config, const struct config_link *link)
{
	unsigned n_workers = config->stack.n_workers != 0 ? config->stack.n_workers : 1;
	struct proto_port_info info;
	uint16_t port;

	if (!find_port(link->port, &port)) {
		doctor_cure(doctor_add(doctor, "link", SEVERITY_FAIL, "%s: DPDK has no port %s",
				    link->name, link->port),
			"the stack does not start",
			"write port: one of those above, or mend the words of eal:");
		return;
	}
	if (proto_port_ethdev.info(PROTO_PORT(port), &info) < 0)
		return; /* has been said */
	if (link->mtu > info.mtu_max)
		doctor_cure(doctor_add(doctor, "link", SEVERITY_FAIL, "%s: mtu: %u, at most %u",
				    link->name, link->mtu, info.mtu_max),
			"the stack does not start", "write mtu: %u", info.mtu_max);
	else if (n_workers > info.queues_max)
		doctor_cure(doctor_add(doctor, "link", SEVERITY_FAIL,
				    "%s: %u workers, and %u tx queues", link->name, n_workers,
				    info.queues_max),
			"the stack does not start", "write workers: %u", info.queues_max);
	else
		doctor_add(doctor, "link", SEVERITY_OK, "%s: port %u", link->name, port);
}

/* Each worker wants an lcore besides the main one. */
static void
check_lcores(struct doctor *doctor, const struct config *config)
{
	unsigned n_workers = config->stack.n_workers != 0 ? config->stack.n_workers : 1;
	unsigned n = rte_lcore_count();

	if (n > n_workers)
		doctor_add(doctor, "lcores", SEVERITY_OK, "%u for %u workers and commands", n,
			n_workers);
	else
		doctor_cure(doctor_add(doctor, "lcores", SEVERITY_WARN,
				    "%u for %u workers and commands", n, n_workers),
			"all workers share the main lcore with commands",
			"--lcores=0-%u among the EAL's words", n_workers);
}

void
doctor_ports(struct doctor *doctor, const struct eal_args *eal, const struct config *config)
{
	struct opt_error err = {""};

	if (start(eal, config, &err) < 0) {
		doctor_cure(doctor_add(doctor, "eal", SEVERITY_FAIL, "%s", err.text),
			"no port can be used", "mend what fails above, or the EAL's words");
		return;
	}
	if (rte_eth_dev_count_avail() == 0)
		doctor_cure(doctor_add(doctor, "port", SEVERITY_FAIL, "DPDK has none"),
			"there is nothing to drive",
			"--vdev=net_null0 among the EAL's words, or bind a device (see above)");
	for (uint16_t port = 0; port < RTE_MAX_ETHPORTS; port++) {
		if (rte_eth_dev_is_valid_port(port))
			check_port(doctor, port);
	}
	for (unsigned i = 0; config != NULL && i < config->n_links; i++)
		check_link(doctor, config, &config->links[i]);
	if (config != NULL)
		check_lcores(doctor, config);
	eal_end();
}
