/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The other side of the tests against the kernel: a small program on the public API.
 *
 * It echoes UDP on a port (or, with --sink, tells what came), does what lines on its standard input
 * say, and tells what happens as one JSON object a line. The tests wait for those lines, so that
 * nothing has to sleep.
 *
 * usage: peer EAL-FLAGS -- [--addr A/LEN]... [--route A/LEN=GATEWAY]... [--join GROUP]...
 *	[--port N] [--mtu N] [--vlan VID] [--outer VID] [--dad] [--slaac] [--sink]
 */
#include "peer.h"

#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>

static volatile sig_atomic_t stop;

static void
on_signal(int signo)
{
	(void)signo;
	stop = 1;
}

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

static int
add_addr(struct peer *peer, char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr addr;
	uint8_t len;

	if (prefix_parse(text, &addr, &len) != 0)
		return -1;
	return proto_addr_add(peer->link, &addr, len, &why);
}

/* "A/LEN=GATEWAY" */
static int
add_route(struct peer *peer, char *text)
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

int
peer_join(struct peer *peer, const char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr group;

	if (proto_addr_parse(text, &group, &why) != 0)
		return -1;
	return proto_join(peer->ep, &group, NULL, &why);
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
	{NULL, 0, NULL, 0},
};

#define MANY 16

/* What the command line says; addresses wait for the link. */
struct asked {
	struct proto_link_conf link;
	struct proto_endpoint_conf ep;
	char *addrs[MANY], *routes[MANY], *groups[MANY];
	unsigned n_addrs, n_routes, n_groups;
	bool sink;
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
	default:
		return -1;
	}
}

static int
parse(struct asked *a, int argc, char **argv)
{
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (take_option(a, opt) != 0)
			return -1;
	}
	return optind == argc ? 0 : -1;
}

/* The stack as asked for, started, with its one endpoint. */
static int
bring_up(struct peer *peer, struct asked *a, struct pktpool_why *why)
{
	unsigned i;

	if (proto_create(&peer->stack, &(struct proto_conf){0}, why) != 0 ||
		proto_link_add(peer->stack, &a->link, &peer->link, why) != 0)
		return -1;
	for (i = 0; i < a->n_addrs; i++) {
		if (add_addr(peer, a->addrs[i]) != 0)
			return -1;
	}
	for (i = 0; i < a->n_routes; i++) {
		if (add_route(peer, a->routes[i]) != 0)
			return -1;
	}
	if (proto_start(peer->stack, why) != 0)
		return -1;
	peer->worker = proto_worker_at(peer->stack, 0);
	a->ep.recv = a->sink ? peer_sink : peer_echo;
	a->ep.done = peer_done;
	a->ep.error = peer_error;
	a->ep.cut = PROTO_FRAGMENT;
	a->ep.arg = peer;
	if (proto_endpoint_create(peer->worker, &a->ep, &peer->ep, why) != 0)
		return -1;
	for (i = 0; i < a->n_groups; i++) {
		if (peer_join(peer, a->groups[i]) != 0)
			return -1;
	}
	return 0;
}

/* Commands that have come, each a line. At the end of the input: stop. */
static void
read_commands(struct peer *peer)
{
	static char line[256];
	static size_t len;
	char c;
	ssize_t n;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1) {
		if (c != '\n' && len < sizeof(line) - 1) {
			line[len++] = c;
			continue;
		}
		line[len] = '\0';
		len = 0;
		peer_command(peer, line);
	}
	if (n == 0)
		stop = 1;
}

/* Idle polls before the thread lets others have the core for a millisecond. */
#define IDLE_POLLS 200

static void
run(struct peer *peer)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	unsigned idle = 0;

	while (!stop) {
		idle = proto_poll(peer->worker, rte_get_tsc_cycles()) > 0 ? 0 : idle + 1;
		if (idle < IDLE_POLLS)
			continue;
		if (poll(&in, 1, 1) > 0)
			read_commands(peer);
	}
}

static void
say_leak(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "peer: still out: %s\n", line);
}

int
main(int argc, char **argv)
{
	struct asked asked = {.ep = {.local_port = 9000}};
	struct pktpool_why why = {"arguments"};
	struct peer peer = {0};
	int status, eal = rte_eal_init(argc, argv);

	if (eal < 0)
		return 1;
	if (parse(&asked, argc - eal, argv + eal) != 0 || bring_up(&peer, &asked, &why) != 0) {
		fprintf(stderr, "peer: %s\n", why.text);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	printf("{\"event\": \"up\"}\n");
	run(&peer);
	status = proto_stop(peer.stack);
	peer_say_counters(&peer);
	status = status != 0 ? status : proto_destroy(peer.stack, say_leak, NULL);
	printf("{\"event\": \"end\", \"status\": %d}\n", status);
	rte_eal_cleanup();
	return status != 0;
}
