/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that show addresses, neighbours, routes, endpoints and reassembly. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shell.h"

#define NEIGHS_SHOWN	1024
#define ROUTES_SHOWN	4096
#define ENDPOINTS_SHOWN 1024

/* How a command calls a link. */
static const char *
link_name(const struct shell *shell, const struct proto_link *link)
{
	const struct session *session = shell->session;

	for (unsigned i = 0; i < session->n_links; i++) {
		if (session->links[i].link == link)
			return session->links[i].name;
	}
	return "-";
}

static int
no_memory(struct opt_error *err)
{
	return opt_fail(err, -1, "no memory for the list");
}

static int
show_addr(struct shell *shell, const struct words *words, struct opt_error *err)
{
	char text[PROTO_ADDR_STR_MAX];

	(void)words, (void)err;
	fprintf(shell->out, "%-10s %-43s %s\n", "link", "address", "state");
	for (unsigned i = 0; i < shell->session->n_links; i++) {
		const struct session_link *link = &shell->session->links[i];
		struct proto_addr_info infos[PROTO_ADDRS_MAX];
		unsigned n = proto_addr_list(link->link, infos, PROTO_ADDRS_MAX);

		for (unsigned a = 0; a < n; a++) {
			char prefix[PROTO_ADDR_STR_MAX + 8];

			(void)snprintf(prefix, sizeof(prefix), "%s/%u",
				proto_addr_format(&infos[a].addr, text, sizeof(text)),
				infos[a].prefix_len);
			fprintf(shell->out, "%-10s %-43s %s\n", link->name, prefix,
				infos[a].usable	    ? "used"
				: infos[a].conflict ? "another station's"
						    : "probed");
		}
	}
	return 0;
}

static void
print_neigh(FILE *out, const char *link, const struct proto_neigh_info *info)
{
	static const char *const states[] = {
		[PROTO_NEIGH_INCOMPLETE] = "incomplete",
		[PROTO_NEIGH_FAILED] = "failed",
		[PROTO_NEIGH_REACHABLE] = "reachable",
		[PROTO_NEIGH_STALE] = "stale",
		[PROTO_NEIGH_DELAY] = "delay",
		[PROTO_NEIGH_PROBE] = "probe",
		[PROTO_NEIGH_STATIC] = "static",
	};
	char text[PROTO_ADDR_STR_MAX], mac[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(mac, sizeof(mac), &info->mac);
	fprintf(out, "%-10s %-39s %-17s %s", link,
		proto_addr_format(&info->addr, text, sizeof(text)),
		rte_is_zero_ether_addr(&info->mac) ? "-" : mac, states[info->state]);
	if (info->outer_vid != 0)
		fprintf(out, " vlan %u.%u", info->outer_vid, info->vid);
	else if (info->vid != 0)
		fprintf(out, " vlan %u", info->vid);
	fputc('\n', out);
}

static int
show_neigh(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_neigh_info *infos = malloc(NEIGHS_SHOWN * sizeof(*infos));

	(void)words;
	if (infos == NULL)
		return no_memory(err);
	fprintf(shell->out, "%-10s %-39s %-17s %s\n", "link", "address", "Ethernet address",
		"state");
	for (unsigned i = 0; i < shell->session->n_links; i++) {
		const struct session_link *link = &shell->session->links[i];
		unsigned n = proto_neigh_list(link->link, infos, NEIGHS_SHOWN);

		for (unsigned k = 0; k < n; k++)
			print_neigh(shell->out, link->name, &infos[k]);
	}
	free(infos);
	return 0;
}

/* By family, then address, then the longer prefix first. */
static int
route_order(const void *a, const void *b)
{
	const struct proto_route_info *x = a, *y = b;
	int order = memcmp(&x->prefix, &y->prefix, sizeof(x->prefix));

	return order != 0 ? order : y->prefix_len - x->prefix_len;
}

static int
show_route(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_route_info *infos = malloc(ROUTES_SHOWN * sizeof(*infos));
	char text[PROTO_ADDR_STR_MAX], prefix[PROTO_ADDR_STR_MAX + 8];
	unsigned n;

	(void)words;
	if (infos == NULL)
		return no_memory(err);
	n = proto_route_list(shell->session->stack, infos, ROUTES_SHOWN);
	qsort(infos, n, sizeof(*infos), route_order);
	fprintf(shell->out, "%-43s %-10s %s\n", "prefix", "link", "gateway");
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(prefix, sizeof(prefix), "%s/%u",
			proto_addr_format(&infos[i].prefix, text, sizeof(text)),
			infos[i].prefix_len);
		fprintf(shell->out, "%-43s %-10s %s\n", prefix, link_name(shell, infos[i].link),
			proto_addr_format(&infos[i].gateway, text, sizeof(text)));
	}
	free(infos);
	if (n == ROUTES_SHOWN)
		fprintf(shell->out, "the first %u; there may be more\n", ROUTES_SHOWN);
	return 0;
}

/* "192.0.2.1:9000", "[2001:db8::1]:9000", "*:9000". */
static const char *
place(const struct proto_addr *addr, uint16_t port, char *text, size_t size)
{
	char bytes[PROTO_ADDR_STR_MAX];
	bool six = addr->family == PROTO_IPV6;

	(void)snprintf(text, size, "%s%s%s:%u", six ? "[" : "",
		addr->family != 0 ? proto_addr_format(addr, bytes, sizeof(bytes)) : "*",
		six ? "]" : "", port);
	return text;
}

static void
print_endpoint(const struct shell *shell, unsigned worker, const struct proto_endpoint_info *info)
{
	static const char *const kinds[] = {
		[PROTO_UDP] = "udp", [PROTO_L2] = "l2", [PROTO_IP] = "ip"};
	char local[PROTO_ADDR_STR_MAX + 10], remote[PROTO_ADDR_STR_MAX + 10];

	if (info->kind == PROTO_L2) {
		(void)snprintf(local, sizeof(local), "ethertype 0x%04x", info->ethertype);
		(void)snprintf(remote, sizeof(remote), "-");
	} else {
		(void)place(&info->local, info->local_port, local, sizeof(local));
		(void)place(&info->remote, info->remote_port, remote, sizeof(remote));
	}
	fprintf(shell->out, "%-6u %-4s %-10s %-24s %-24s %11u %8u %12" PRIu64 "\n", worker,
		kinds[info->kind], link_name(shell, info->link), local,
		info->remote.family != 0 ? remote : "-", info->outstanding, info->held,
		info->frames);
}

static int
show_endpoint(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_endpoint_info *infos = malloc(ENDPOINTS_SHOWN * sizeof(*infos));
	const struct session *session = shell->session;

	(void)words;
	if (infos == NULL)
		return no_memory(err);
	fprintf(shell->out, "%-6s %-4s %-10s %-24s %-24s %11s %8s %12s\n", "worker", "kind", "link",
		"local", "remote", "outstanding", "held", "frames");
	for (unsigned i = 0; i < session->n_workers; i++) {
		session_park(shell->session);
		unsigned n =
			proto_endpoint_list(session->workers[i].worker, infos, ENDPOINTS_SHOWN);

		session_unpark(shell->session);
		for (unsigned k = 0; k < n; k++)
			print_endpoint(shell, i, &infos[k]);
	}
	free(infos);
	return 0;
}

static int
show_reassembly(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)words, (void)err;
	fprintf(shell->out, "%-7s %10s %10s %10s %10s\n", "worker", "datagrams", "limit",
		"fragments", "limit");
	for (unsigned i = 0; i < shell->session->n_workers; i++) {
		struct proto_reassembly r;

		session_park(shell->session);
		proto_worker_reassembly(shell->session->workers[i].worker, &r);
		session_unpark(shell->session);
		fprintf(shell->out, "%-7u %10u %10u %10u %10u\n", i, r.datagrams, r.datagrams_max,
			r.frames, r.frames_max);
	}
	return 0;
}

const struct shell_cmd shell_cmds_state[] = {
	{"show addr", "addresses of links", show_addr},
	{"show neigh", "neighbours, by ARP, neighbour discovery or hand", show_neigh},
	{"show route", "routes", show_route},
	{"show endpoint", "endpoints: from where to where, what is on its way", show_endpoint},
	{"show reassembly", "datagrams that are being put together", show_reassembly},
	{NULL, NULL, NULL},
};
