/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_flag_set.h"

#include <stdio.h>
#include <string.h>

#include "config_keys.h"

#define LINK_TEXT_MAX 512

/* Set `key` by its row; `text` is the whole flag, for the error. */
static int
set_by_row(const struct opt *opt, const char *text, const struct config_key *key, const char *value,
	void *target, struct opt_error *err)
{
	struct opt_error own;

	if (key->opt.set(&key->opt, value, target, &own) == OPT_OK)
		return OPT_OK;
	return opt_fail(err, OPT_BAD_VALUE, "--%s %.150s: %s: expected %s", opt->name, text,
		key->opt.name, key->opt.expect);
}

int
config_flag_vdev(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	const struct config_key *eal = config_key_find(config_keys, config_n_keys, "eal");
	char word[LINK_TEXT_MAX];

	if (text[0] == '\0' || text[0] == '-' || strlen(text) > CONFIG_TEXT_MAX - 7)
		return opt_bad(opt, text, err);
	(void)snprintf(word, sizeof(word), "--vdev=%s", text);
	return config_add_eal(&eal->opt, word, target, err);
}

/* By name or port; NULL: there is none. */
static struct config_link *
find_link(struct config *config, const char *name)
{
	for (unsigned i = 0; i < config->n_links; i++) {
		struct config_link *link = &config->links[i];

		if (strcmp(link->name, name) == 0 || strcmp(link->port, name) == 0)
			return link;
	}
	return NULL;
}

/* "KEY=VALUE", or "KEY" for KEY=true. */
static int
set_link_key(const struct opt *opt, const char *text, char *pair, struct config_link *link,
	struct opt_error *err)
{
	char *value = strchr(pair, '=');
	const struct config_key *key;

	if (value != NULL)
		*value++ = '\0';
	key = config_key_find(config_link_keys, config_n_link_keys, pair);
	if (key == NULL || key->kind != CONFIG_VALUE || key->required)
		return opt_fail(err, OPT_BAD_VALUE, "--%s %.150s: no key '%.50s'; expected %s",
			opt->name, text, pair, opt->expect);
	return set_by_row(opt, text, key, value != NULL ? value : "true", link, err);
}

/* The link of this port or name, made if there is none. */
static int
take_link(const struct opt *opt, const char *text, const char *port, struct config *config,
	struct config_link **link, struct opt_error *err)
{
	const struct config_key *key =
		config_key_find(config_link_keys, config_n_link_keys, "port");

	*link = find_link(config, port);
	if (*link != NULL)
		return OPT_OK;
	*link = config_link_append(config);
	if (*link == NULL)
		return opt_fail(err, OPT_BAD_VALUE, "--%s %.150s: at most %u links", opt->name,
			text, CONFIG_LINKS_MAX);
	return set_by_row(opt, text, key, port, *link, err);
}

int
config_flag_link(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	char copy[LINK_TEXT_MAX], *next = copy, *word;
	struct config_link *link;

	if (strlen(text) >= sizeof(copy))
		return opt_bad(opt, text, err);
	memcpy(copy, text, strlen(text) + 1);
	word = strsep(&next, ",");
	if (take_link(opt, text, word, target, &link, err) != OPT_OK)
		return OPT_BAD_VALUE;
	while ((word = strsep(&next, ",")) != NULL) {
		if (set_link_key(opt, text, word, link, err) != OPT_OK)
			return OPT_BAD_VALUE;
	}
	return OPT_OK;
}

/*
 * The link of "LINK=", of which `*text` is moved behind; without it the first, on port 0 if there
 * is none yet. `n_equals`: of those that the value itself has. NULL with `err` filled: no such
 * link.
 */
static struct config_link *
take_link_name(const struct opt *opt, const char **text, unsigned n_equals, struct config *config,
	struct opt_error *err)
{
	const char *equals = strchr(*text, '='), *whole = *text;
	char name[CONFIG_TEXT_MAX + 1];
	struct config_link *link;

	if (config->n_links == 0)
		(void)snprintf(config_link_append(config)->port, sizeof(link->port), "0");
	if (equals == NULL || (n_equals > 0 && strchr(equals + 1, '=') == NULL))
		return &config->links[0];
	(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - *text), *text);
	*text = equals + 1;
	link = find_link(config, name);
	if (link == NULL)
		(void)opt_fail(err, OPT_BAD_VALUE,
			"--%s %.150s: no link '%.50s'; the first is '%s'; --link makes more",
			opt->name, whole, name, config->links[0].name);
	return link;
}

int
config_flag_addr(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config_link *link = take_link_name(opt, &text, 0, target, err), one = {.n_addrs = 0};

	if (link == NULL || config_add_address(opt, text, &one, err) != OPT_OK)
		return OPT_BAD_VALUE;
	for (unsigned i = 0; i < link->n_addrs; i++) {
		if (proto_addr_equal(&link->addrs[i].addr, &one.addrs[0].addr)) {
			link->addrs[i] = one.addrs[0];
			return OPT_OK;
		}
	}
	return config_add_address(opt, text, link, err);
}

/* ADDR=MAC */
static int
parse_neigh(
	const struct opt *opt, const char *text, struct config_neigh *neigh, struct opt_error *err)
{
	const struct opt addr = {.name = opt->name, .offset = offsetof(struct config_neigh, addr)};
	const struct opt mac = {.name = opt->name, .offset = offsetof(struct config_neigh, mac)};
	size_t len = strcspn(text, "=");
	char host[PROTO_ADDR_STR_MAX];

	if (text[len] != '=' || len >= sizeof(host))
		return opt_bad(opt, text, err);
	(void)snprintf(host, sizeof(host), "%.*s", (int)len, text);
	if (config_set_host(&addr, host, neigh, err) != OPT_OK ||
		config_set_mac(&mac, text + len + 1, neigh, err) != OPT_OK)
		return opt_bad(opt, text, err);
	return OPT_OK;
}

int
config_flag_neigh(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config_link *link = take_link_name(opt, &text, 1, target, err);
	struct config_neigh neigh;
	unsigned i = 0;

	if (link == NULL || parse_neigh(opt, text, &neigh, err) != OPT_OK)
		return OPT_BAD_VALUE;
	while (i < link->n_neighs && !proto_addr_equal(&link->neighs[i].addr, &neigh.addr))
		i++;
	if (i == CONFIG_NEIGHS_MAX)
		return opt_fail(err, OPT_BAD_VALUE, "--%s %.100s: at most %u neighbours", opt->name,
			text, CONFIG_NEIGHS_MAX);
	link->neighs[i] = neigh;
	link->n_neighs += i == link->n_neighs;
	return OPT_OK;
}

/* The default route of this family; NULL: there is no room for one. */
static struct config_route *
default_route(struct config *config, uint8_t family)
{
	const struct config_prefix any = {.addr = {.family = family}};
	struct config_route *route;
	unsigned i = 0;

	while (i < config->n_routes && (config->routes[i].prefix.len != 0 ||
					       config->routes[i].prefix.addr.family != family))
		i++;
	if (i == CONFIG_ROUTES_MAX)
		return NULL;
	route = &config->routes[i];
	config->n_routes += i == config->n_routes;
	route->prefix = any;
	return route;
}

int
config_flag_gateway(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config_link *link = take_link_name(opt, &text, 0, target, err);
	struct config_route *route;
	struct proto_addr addr;

	if (link == NULL || config_set_host(opt, text, &addr, err) != OPT_OK)
		return OPT_BAD_VALUE;
	route = default_route(target, addr.family);
	if (route == NULL)
		return opt_fail(err, OPT_BAD_VALUE, "--%s %.100s: at most %u routes", opt->name,
			text, CONFIG_ROUTES_MAX);
	route->gateway = addr;
	memcpy(route->link, link->name, sizeof(route->link));
	return OPT_OK;
}

/* Characters up to the ; that ends a command: not in quotes, nor in a comment (see words_cut()). */
static size_t
command_len(const char *text)
{
	bool quoted = false;
	size_t n;

	for (n = 0; text[n] != '\0' && (quoted || text[n] != ';'); n++) {
		if (text[n] == '#' && !quoted && (n == 0 || text[n - 1] == ' '))
			return strlen(text);
		quoted ^= text[n] == '"';
	}
	return n;
}

int
config_flag_command(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	const struct config_key *script = config_key_find(config_keys, config_n_keys, "script");
	char command[CONFIG_TEXT_MAX + 1];
	const char *at = text;
	unsigned n = 0;

	for (;;) {
		size_t len = command_len(at);

		(void)snprintf(command, sizeof(command), "%.*s", (int)len, at);
		if (len >= sizeof(command))
			return opt_bad(opt, at, err);
		if (command[strspn(command, " \t")] != '\0') {
			if (config_add_command(&script->opt, command, target, err) != OPT_OK)
				return opt_bad(opt, at, err);
			n++;
		}
		at += len;
		if (*at++ == '\0')
			return n != 0 ? OPT_OK : opt_bad(opt, text, err);
	}
}

int
config_flag_key(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	const struct config_key *key = config_key_find(config_keys, config_n_keys, opt->name);

	if (key->opt.set(&key->opt, text, target, err) != OPT_OK)
		return opt_bad(opt, text, err);
	return OPT_OK;
}
