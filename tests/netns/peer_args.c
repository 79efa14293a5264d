/* SPDX-License-Identifier: BSD-3-Clause */
/* What the peer's command line says. */
#include "peer_args.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* "A/LEN": an address, or a prefix. */
static int
prefix_parse(char *text, struct proto_addr *addr, uint8_t *len)
{
	struct pktpool_why why = {""};
	char *slash = strchr(text, '/');

	if (slash == NULL)
		return -1;
	*slash = '\0';
	*len = (uint8_t)atoi(slash + 1);
	return proto_addr_parse(text, addr, &why);
}

int
peer_add_addr(struct peer *peer, char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr addr;
	uint8_t len;

	if (prefix_parse(text, &addr, &len) != 0)
		return -1;
	return proto_addr_add(peer->link, &addr, len, &why);
}

/* "A/LEN=GATEWAY" */
int
peer_add_route(struct peer *peer, char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr prefix, gateway;
	char *equals = strchr(text, '=');
	uint8_t len;

	if (equals == NULL || proto_addr_parse(equals + 1, &gateway, &why) != 0)
		return -1;
	*equals = '\0';
	if (prefix_parse(text, &prefix, &len) != 0)
		return -1;
	return proto_route_add(peer->link, &prefix, len, &gateway, &why);
}

enum {
	OPT_ADDR = 'a',
	OPT_ROUTE = 'r',
	OPT_JOIN = 'j',
	OPT_PORT = 'p',
	OPT_MTU = 'm',
	OPT_VLAN = 'v',
	OPT_OUTER = 'o',
	OPT_DAD = 'd',
	OPT_SLAAC = 's',
	OPT_SINK = 'k',
	OPT_WORKERS = 'w',
	OPT_IDLE = 'i',
	OPT_REASS = 't',
	OPT_CLOCK = 'c',
};

static const struct option options[] = {
	{"addr", required_argument, NULL, OPT_ADDR},
	{"route", required_argument, NULL, OPT_ROUTE},
	{"join", required_argument, NULL, OPT_JOIN},
	{"port", required_argument, NULL, OPT_PORT},
	{"mtu", required_argument, NULL, OPT_MTU},
	{"vlan", required_argument, NULL, OPT_VLAN},
	{"outer", required_argument, NULL, OPT_OUTER},
	{"dad", no_argument, NULL, OPT_DAD},
	{"slaac", no_argument, NULL, OPT_SLAAC},
	{"sink", no_argument, NULL, OPT_SINK},
	{"workers", required_argument, NULL, OPT_WORKERS},
	{"idle", required_argument, NULL, OPT_IDLE},
	{"reass-timeout", required_argument, NULL, OPT_REASS},
	{"clock", required_argument, NULL, OPT_CLOCK},
	{NULL, 0, NULL, 0},
};

static int
put(char **list, unsigned *n, char *text)
{
	if (*n == MANY)
		return -1;
	list[(*n)++] = text;
	return 0;
}

static int
take_idle(enum proto_idle *idle, const char *text)
{
	static const char *const names[] = {
		[PROTO_IDLE_SPIN] = "spin",
		[PROTO_IDLE_PAUSE] = "pause",
		[PROTO_IDLE_INTERRUPT] = "interrupt",
	};

	for (unsigned i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*idle = (enum proto_idle)i;
			return 0;
		}
	}
	return -1;
}

static int
take_option(struct asked *a, int opt)
{
	switch (opt) {
	case OPT_ADDR:
		return put(a->addrs, &a->n_addrs, optarg);
	case OPT_ROUTE:
		return put(a->routes, &a->n_routes, optarg);
	case OPT_JOIN:
		return put(a->groups, &a->n_groups, optarg);
	case OPT_PORT:
		a->ep.local_port = (uint16_t)atoi(optarg);
		return 0;
	case OPT_MTU:
		a->link.mtu = (uint16_t)atoi(optarg);
		return 0;
	case OPT_VLAN:
		a->ep.vlan = true;
		a->ep.vlan_tci = (uint16_t)atoi(optarg);
		return 0;
	case OPT_OUTER:
		a->ep.qinq = true;
		a->ep.outer_tci = (uint16_t)atoi(optarg);
		return 0;
	case OPT_DAD:
		a->link.dad = true;
		return 0;
	case OPT_SLAAC:
		a->link.slaac = true;
		return 0;
	case OPT_SINK:
		a->sink = true;
		return 0;
	case OPT_WORKERS:
		a->run = true;
		a->stack.n_workers = (uint16_t)atoi(optarg);
		return a->stack.n_workers <= PEER_WORKERS_MAX ? 0 : -1;
	case OPT_IDLE:
		return take_idle(&a->stack.idle, optarg);
	case OPT_REASS:
		a->stack.reass_timeout_ipv4_s = a->stack.reass_timeout_ipv6_s =
			(uint32_t)atoi(optarg);
		return 0;
	case OPT_CLOCK:
		a->clock = (unsigned)atoi(optarg);
		return a->clock > 0 ? 0 : -1;
	default:
		return -1;
	}
}

int
peer_parse(struct asked *a, int argc, char **argv)
{
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (take_option(a, opt) != 0)
			return -1;
	}
	return optind == argc ? 0 : -1;
}
