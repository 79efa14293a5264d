/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer's commands: a line each on standard input, an event each on standard output. */
#include "peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX 64

int
peer_join(struct peer *peer, const char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr group;

	if (proto_addr_parse(text, &group, &why) != 0)
		return -1;
	return proto_join(peer->ep, &group, NULL, &why);
}

static void
say_addrs(const struct peer *peer)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned n = proto_addr_list(peer->link, infos, PROTO_ADDRS_MAX);
	char text[PROTO_ADDR_STR_MAX];

	printf("{\"event\": \"addrs\", \"addrs\": [");
	for (unsigned i = 0; i < n; i++)
		printf("%s{\"addr\": \"%s\", \"len\": %u, \"usable\": %s, \"conflict\": %s, "
		       "\"autoconf\": %s}",
			i > 0 ? ", " : "", proto_addr_format(&infos[i].addr, text, sizeof(text)),
			infos[i].prefix_len, infos[i].usable ? "true" : "false",
			infos[i].conflict ? "true" : "false", infos[i].autoconf ? "true" : "false");
	printf("]}\n");
}

static void
say_neigh(const struct peer *peer)
{
	struct proto_neigh_info infos[ANSWER_MAX];
	unsigned n = proto_neigh_list(peer->link, infos, ANSWER_MAX);
	char text[PROTO_ADDR_STR_MAX];

	printf("{\"event\": \"neigh\", \"neigh\": [");
	for (unsigned i = 0; i < n; i++)
		printf("%s{\"addr\": \"%s\", \"mac\": \"" RTE_ETHER_ADDR_PRT_FMT
		       "\", \"state\": %d, \"vid\": %u}",
			i > 0 ? ", " : "", proto_addr_format(&infos[i].addr, text, sizeof(text)),
			RTE_ETHER_ADDR_BYTES(&infos[i].mac), infos[i].state, infos[i].vid);
	printf("]}\n");
}

static void
say_counters(const char *event, const struct proto_counters *sum)
{
	printf("{\"event\": \"%s\"", event);
	for (int i = 0; i < PROTO_C_MAX; i++)
		printf(", \"%s\": %" PRIu64, proto_counter_name(i), sum->count[i]);
	printf(", \"drop\": {");
	for (int i = 0, n = 0; i < PROTO_DROP_MAX; i++) {
		if (sum->drop[i] > 0)
			printf("%s\"%s\": %" PRIu64, n++ > 0 ? ", " : "", proto_drop_name(i),
				sum->drop[i]);
	}
	printf("}}\n");
}

void
peer_say_counters(const struct peer *peer)
{
	const struct proto_worker *worker;
	struct proto_counters sum;

	for (unsigned i = 0; (worker = proto_worker_at(peer->stack, i)) != NULL; i++) {
		proto_worker_counters(worker, &sum);
		say_counters("worker", &sum);
	}
	proto_counters(peer->stack, &sum);
	say_counters("counters", &sum);
}

/* What a command gives: an event, and how it ended. */
static void
say_result(const char *command, int status)
{
	printf("{\"event\": \"%s\", \"status\": %d}\n", command, status);
}

static void
command_send(struct peer *peer, const char *addr, const char *port, const char *payload_len)
{
	struct proto_peer to = {.port = (uint16_t)atoi(port)};
	struct pktpool_why why = {""};

	if (proto_addr_parse(addr, &to.addr, &why) != 0)
		say_result("send", -1);
	/* A group has no route: the link is told. */
	if (proto_addr_is_multicast(&to.addr))
		to.link = peer->link;
	if (to.addr.family != 0)
		peer_send(peer, &to, (uint32_t)atoi(payload_len));
}

static void
command_on_addr(struct peer *peer, const char *command, const char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr addr;

	if (proto_addr_parse(text, &addr, &why) != 0)
		say_result(command, -1);
	else if (strcmp(command, "pmtu") == 0)
		printf("{\"event\": \"pmtu\", \"mtu\": %u}\n", proto_pmtu(peer->link, &addr));
	else if (strcmp(command, "leave") == 0)
		say_result(command, proto_leave(peer->ep, &addr, NULL));
	else if (strcmp(command, "forget") == 0)
		say_result(command, proto_neigh_del(peer->link, &addr));
	else if (strcmp(command, "join") == 0)
		say_result(command, peer_join(peer, text));
	else
		say_result("unknown", -1);
}

#define WORDS 4

void
peer_command(struct peer *peer, char *line)
{
	const char *words[WORDS] = {"", "", "", ""};
	char *save = NULL;
	unsigned n = 0;

	for (char *w = strtok_r(line, " ", &save); w != NULL && n < WORDS;
		w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	if (strcmp(words[0], "send") == 0)
		command_send(peer, words[1], words[2], words[3]);
	else if (strcmp(words[0], "addrs") == 0)
		say_addrs(peer);
	else if (strcmp(words[0], "neigh") == 0)
		say_neigh(peer);
	else if (strcmp(words[0], "counters") == 0)
		peer_say_counters(peer);
	else
		command_on_addr(peer, words[0], words[1]);
}
