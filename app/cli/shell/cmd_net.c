/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that change addresses, routes and neighbours. The words fit their kinds. */
#include <string.h>

#include "shell.h"
#include "values.h"

/* The link that a command names, or the first. */
static struct proto_link *
link_of(struct shell *shell, const struct words *words, unsigned at, struct opt_error *err)
{
	const struct session_link *link;

	if (at >= words->n)
		return shell->session->links[0].link;
	link = session_link(shell->session, words->at[at], err);
	return link != NULL ? link->link : NULL;
}

static int
addr_add(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_link *link = link_of(shell, words, 3, err);
	struct pktpool_why why = {.text = ""};
	struct proto_addr addr;
	uint8_t len;
	int ret;

	if (link == NULL || !value_prefix(words->at[2], &addr, &len))
		return -1;
	if (strchr(words->at[2], '/') == NULL)
		len = addr.family == PROTO_IPV4 ? 24 : 64; /* as --addr of recv */
	session_park(shell->session);
	ret = proto_addr_add(link, &addr, len, &why);
	session_unpark(shell->session);
	return ret == 0 ? 0 : opt_fail(err, -1, "addr add: %s", why.text);
}

/* Take something away: from the link that is named, or from whichever has it. */
typedef int (*del_fn)(struct proto_link *link, const struct proto_addr *addr, uint8_t len);

static int
del(struct shell *shell, const struct words *words, unsigned link_at, del_fn fn,
	struct opt_error *err)
{
	struct session *session = shell->session;
	struct proto_addr addr;
	uint8_t len;
	int ret = -1;

	if (!value_prefix(words->at[2], &addr, &len))
		return -1;
	session_park(session);
	for (unsigned i = 0; i < session->n_links && ret != 0; i++) {
		struct proto_link *link = session->links[i].link;

		if (words->n <= link_at || link == link_of(shell, words, link_at, err))
			ret = fn(link, &addr, len);
	}
	session_unpark(session);
	if (ret == 0)
		return 0;
	return opt_fail(err, -1, "%s del %.64s: %s has it: see show %s", words->at[0], words->at[2],
		words->n > link_at ? "the link does not" : "no link", words->at[0]);
}

static int
del_addr(struct proto_link *link, const struct proto_addr *addr, uint8_t len)
{
	(void)len;
	return proto_addr_del(link, addr);
}

static int
del_neigh(struct proto_link *link, const struct proto_addr *addr, uint8_t len)
{
	(void)len;
	return proto_neigh_del(link, addr);
}

static int
addr_del(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return del(shell, words, 3, del_addr, err);
}

static int
neigh_del(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return del(shell, words, 3, del_neigh, err);
}

static int
route_del(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return del(shell, words, 3, proto_route_del, err);
}

static int
neigh_add(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_link *link = link_of(shell, words, 4, err);
	struct pktpool_why why = {.text = ""};
	struct rte_ether_addr mac;
	struct proto_addr addr;

	if (link == NULL || !value_addr(words->at[2], &addr) || !value_mac(words->at[3], &mac))
		return -1;
	if (proto_neigh_add(link, &addr, &mac, &why) < 0)
		return opt_fail(err, -1, "neigh add: %s", why.text);
	return 0;
}

static int
route_enter(struct shell *shell, const struct words *words, const struct proto_addr *gateway,
	struct proto_link *link, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct proto_addr prefix;
	uint8_t len;

	(void)shell;
	if (link == NULL || !value_prefix(words->at[2], &prefix, &len))
		return -1;
	if (proto_route_add(link, &prefix, len, gateway, &why) < 0)
		return opt_fail(err, -1, "route add: %s", why.text);
	return 0;
}

/* The link on which a gateway is a neighbour: the one whose address has the longest common prefix.
 */
static struct proto_link *
link_to(const struct shell *shell, const struct proto_addr *gateway, struct opt_error *err)
{
	char text[PROTO_ADDR_STR_MAX];

	for (unsigned i = 0; i < shell->session->n_links; i++) {
		struct proto_addr_info infos[PROTO_ADDRS_MAX];
		struct proto_link *link = shell->session->links[i].link;
		unsigned n = proto_addr_list(link, infos, PROTO_ADDRS_MAX);

		for (unsigned a = 0; a < n; a++) {
			if (infos[a].addr.family == gateway->family &&
				proto_addr_common(&infos[a].addr, gateway) >= infos[a].prefix_len)
				return link;
		}
	}
	(void)opt_fail(err, -1, "route add: no link has %s in a prefix of its own: name the link",
		proto_addr_format(gateway, text, sizeof(text)));
	return NULL;
}

static int
route_add_via(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_addr gateway;
	struct proto_link *link;

	if (!value_addr(words->at[4], &gateway))
		return -1;
	link = words->n > 5 ? link_of(shell, words, 5, err) : link_to(shell, &gateway, err);
	return route_enter(shell, words, &gateway, link, err);
}

static int
route_add_link(struct shell *shell, const struct words *words, struct opt_error *err)
{
	return route_enter(shell, words, NULL, link_of(shell, words, 4, err), err);
}

const struct shell_cmd shell_cmds_net[] = {
	{"addr add PREFIX [LINK]", "give a link (the first) an address", addr_add},
	{"addr del ADDR [LINK]", "take an address away", addr_del},
	{"route add PREFIX via ADDR [LINK]", "a route through a gateway", route_add_via},
	{"route add PREFIX link LINK", "a prefix that is on a link itself", route_add_link},
	{"route del PREFIX [LINK]", "remove a route", route_del},
	{"neigh add ADDR MAC [LINK]", "set a neighbour's Ethernet address on a link (the first)",
		neigh_add},
	{"neigh del ADDR [LINK]", "forget a neighbour", neigh_del},
	{NULL, NULL, NULL},
};
