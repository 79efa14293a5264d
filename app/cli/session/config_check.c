/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_check.h"

#include <string.h>

/* links[index].key */
static struct config_path
path_in(const char *list, unsigned index, const char *key)
{
	struct config_path path = {.n = 0};

	path = config_path_key(&path, list);
	path = config_path_index(&path, index);
	return config_path_key(&path, key);
}

/* A link must not have the name or the port of one before it. */
static int
check_twice(const struct config *config, unsigned index, const struct config_source *source,
	struct opt_error *err)
{
	const struct config_link *link = &config->links[index];

	for (unsigned i = 0; i < index; i++) {
		const char *key = strcmp(link->name, config->links[i].name) == 0   ? "name"
				  : strcmp(link->port, config->links[i].port) == 0 ? "port"
										   : NULL;
		struct config_path path;

		if (key == NULL)
			continue;
		path = path_in("links", index, key);
		return config_fail(source, &path, err,
			"'%s': links[%u] has it already; expected another",
			key[0] == 'n' ? link->name : link->port, i);
	}
	return 0;
}

/* Has a link before `index`, or this one before its address `n`, the address already? */
static bool
addr_is_taken(const struct config *config, unsigned index, unsigned n)
{
	const struct proto_addr *addr = &config->links[index].addrs[n].addr;

	for (unsigned i = 0; i <= index; i++) {
		const struct config_link *link = &config->links[i];

		for (unsigned j = 0; j < (i == index ? n : link->n_addrs); j++) {
			if (proto_addr_equal(addr, &link->addrs[j].addr))
				return true;
		}
	}
	return false;
}

static int
check_addrs(const struct config *config, unsigned index, const struct config_source *source,
	struct opt_error *err)
{
	const struct config_link *link = &config->links[index];
	char text[PROTO_ADDR_STR_MAX];

	for (unsigned i = 0; i < link->n_addrs; i++) {
		struct config_path path = path_in("links", index, "addresses");

		if (!addr_is_taken(config, index, i))
			continue;
		path = config_path_index(&path, i);
		return config_fail(source, &path, err, "%s stands twice; leave one of them out",
			proto_addr_format(&link->addrs[i].addr, text, sizeof(text)));
	}
	return 0;
}

static int
check_neighs(const struct config *config, unsigned index, const struct config_source *source,
	struct opt_error *err)
{
	const struct config_link *link = &config->links[index];
	char text[PROTO_ADDR_STR_MAX];

	for (unsigned i = 0; i < link->n_neighs; i++) {
		for (unsigned j = 0; j < i; j++) {
			struct config_path path = path_in("links", index, "neighbours");

			if (!proto_addr_equal(&link->neighs[i].addr, &link->neighs[j].addr))
				continue;
			path = config_path_index(&path, i);
			path = config_path_key(&path, "address");
			return config_fail(source, &path, err,
				"%s stands twice; leave one of them out",
				proto_addr_format(&link->neighs[i].addr, text, sizeof(text)));
		}
	}
	return 0;
}

static int
check_link(const struct config *config, unsigned index, const struct config_source *source,
	struct opt_error *err)
{
	if (check_twice(config, index, source, err) != 0 ||
		check_addrs(config, index, source, err) != 0)
		return -1;
	return check_neighs(config, index, source, err);
}

static bool
has_link(const struct config *config, const char *name)
{
	for (unsigned i = 0; i < config->n_links; i++) {
		if (strcmp(config->links[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Names of the links, ", " between them. */
static const char *
list_links(const struct config *config, char *text, size_t size)
{
	size_t at = 0;

	(void)snprintf(text, size, "none");
	for (unsigned i = 0; i < config->n_links && at < size; i++) {
		int n = snprintf(
			text + at, size - at, "%s%s", i > 0 ? ", " : "", config->links[i].name);

		at += n > 0 ? (size_t)n : 0;
	}
	return text;
}

static int
check_route(struct config *config, unsigned index, const struct config_source *source,
	struct opt_error *err)
{
	struct config_route *route = &config->routes[index];
	struct config_path path = path_in("routes", index, "link");
	char links[160];

	if (config->n_links == 0) {
		path.n = 2; /* routes[index] */
		return config_fail(source, &path, err, "there is no link to go out of; add links:");
	}
	if (route->link[0] == '\0')
		memcpy(route->link, config->links[0].name, sizeof(route->link));
	if (!has_link(config, route->link))
		return config_fail(source, &path, err,
			"'%s': no link has this name; expected one of: %s", route->link,
			list_links(config, links, sizeof(links)));
	path = path_in("routes", index, "via");
	if (route->gateway.family != 0 && route->gateway.family != route->prefix.addr.family)
		return config_fail(source, &path, err,
			"expected an IPv%u address, as its prefix is", route->prefix.addr.family);
	path = path_in("routes", index, "prefix");
	for (unsigned i = 0; i < index; i++) {
		const struct config_prefix *other = &config->routes[i].prefix;

		if (other->len == route->prefix.len &&
			proto_addr_equal(&other->addr, &route->prefix.addr))
			return config_fail(source, &path, err,
				"routes[%u] has it already; leave one of them out", i);
	}
	return 0;
}

/* Bounds of the library that depend on another value. */
static int
check_reassembly(
	const struct config *config, const struct config_source *source, struct opt_error *err)
{
	const struct proto_conf *stack = &config->stack;
	uint32_t rx_packets = stack->n_rx_packets != 0 ? stack->n_rx_packets : 4096;
	uint32_t frames = stack->reass_frames != 0 ? stack->reass_frames : rx_packets / 2;
	struct config_path path = {.n = 0};

	path = config_path_key(&path, "reassembly");
	if (frames > rx_packets) {
		path = config_path_key(&path, "frames");
		return config_fail(source, &path, err,
			"%u: expected at most %u, as there are pools.rx_packets", frames,
			rx_packets);
	}
	if (stack->reass_share > frames) {
		path = config_path_key(&path, "share");
		return config_fail(source, &path, err,
			"%u: expected at most %u, as there are reassembly.frames",
			stack->reass_share, frames);
	}
	return 0;
}

int
config_check(struct config *config, const struct config_source *source, struct opt_error *err)
{
	for (unsigned i = 0; i < config->n_links; i++) {
		if (check_link(config, i, source, err) != 0)
			return -1;
	}
	for (unsigned i = 0; i < config->n_routes; i++) {
		if (check_route(config, i, source, err) != 0)
			return -1;
	}
	return check_reassembly(config, source, err);
}
