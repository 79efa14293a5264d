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
 *	[--reass-timeout SECONDS] [--workers N] [--idle spin|pause|interrupt]
 *	[--clock TIMES]
 *
 * With --workers each runs on an EAL lcore of its own, with an endpoint on a port of its own, from
 * --port on. Without, the main thread polls the only one;
 * its time may go faster than ours (--clock), so that minutes pass in seconds.
 */
#include "peer_args.h"

#include <fcntl.h>
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

/* The stack as asked for, started, with its one endpoint. */
static int
bring_up(struct peer *peer, struct asked *a, struct pktpool_why *why)
{
	unsigned i;

	if (proto_create(&peer->stack, &a->stack, why) != 0 ||
		proto_link_add(peer->stack, &a->link, &peer->link, why) != 0)
		return -1;
	for (i = 0; i < a->n_addrs; i++) {
		if (peer_add_addr(peer, a->addrs[i]) != 0)
			return -1;
	}
	for (i = 0; i < a->n_routes; i++) {
		if (peer_add_route(peer, a->routes[i]) != 0)
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
	if (a->run)
		return peer_run_workers(peer, &a->ep, why);
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
		peer_obey(peer, line);
	}
	if (n == 0)
		stop = 1;
}

/* Idle polls before the thread lets others have the core for a millisecond. */
#define IDLE_POLLS 200

static void
run(struct peer *peer, unsigned clock)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	const uint64_t begun = rte_get_tsc_cycles();
	unsigned idle = 0;

	while (!stop) {
		if (!peer->running) {
			idle = proto_poll(peer->worker,
				       begun + clock * (rte_get_tsc_cycles() - begun)) > 0
				       ? 0
				       : idle + 1;
			if (idle < IDLE_POLLS)
				continue;
		}
		if (poll(&in, 1, peer->running ? 100 : 1) > 0)
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
	struct asked asked = {.ep = {.local_port = 9000}, .clock = 1};
	struct pktpool_why why = {"arguments"};
	struct peer peer = {0};
	int status, eal = rte_eal_init(argc, argv);

	if (eal < 0)
		return 1;
	if (peer_parse(&asked, argc - eal, argv + eal) != 0 || bring_up(&peer, &asked, &why) != 0) {
		fprintf(stderr, "peer: %s\n", why.text);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	printf("{\"event\": \"up\"}\n");
	run(&peer, asked.clock);
	status = proto_stop(peer.stack);
	peer_say_counters(&peer);
	status = status != 0 ? status : proto_destroy(peer.stack, say_leak, NULL);
	printf("{\"event\": \"end\", \"status\": %d}\n", status);
	rte_eal_cleanup();
	return status != 0;
}
