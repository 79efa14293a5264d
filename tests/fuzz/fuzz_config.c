/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a configuration: a YAML text, or (where the first byte is a dash) flags, one a line.
 * What is taken keeps the bounds that its readers rely on; what is not is refused with a reason.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "session/config_flags.h"

#define NAME	  "fuzz.yaml"
#define FLAGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Both are large: they are not for a stack. */
static struct config config;
static struct config_flags flags;

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

#define DEMAND_TEXT(field) demand(memchr(field, '\0', sizeof(field)) != NULL)

static bool
is_link(const char *name)
{
	for (unsigned i = 0; i < config.n_links; i++) {
		if (strcmp(config.links[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
check_prefix(const struct config_prefix *prefix)
{
	demand(prefix->addr.family == PROTO_IPV4 || prefix->addr.family == PROTO_IPV6);
	demand(prefix->len <= proto_addr_len(&prefix->addr) * 8);
}

static void
check_link(const struct config_link *link, unsigned index)
{
	DEMAND_TEXT(link->name);
	DEMAND_TEXT(link->port);
	demand(link->name[0] != '\0' && link->port[0] != '\0');
	demand(link->mtu == 0 || link->mtu >= 68);
	demand(link->n_addrs <= CONFIG_ADDRS_MAX && link->n_neighs <= CONFIG_NEIGHS_MAX);
	for (unsigned i = 0; i < link->n_addrs; i++)
		check_prefix(&link->addrs[i]);
	for (unsigned i = 0; i < link->n_neighs; i++)
		demand(rte_is_valid_assigned_ether_addr(&link->neighs[i].mac));
	for (unsigned i = 0; i < index; i++)
		demand(strcmp(link->name, config.links[i].name) != 0 &&
			strcmp(link->port, config.links[i].port) != 0);
}

static void
check_config(void)
{
	demand(config.stack.name == NULL || config.stack.name == config.name);
	demand(config.stack.n_workers <= PROTO_WORKERS_MAX);
	demand(config.n_eal <= CONFIG_WORDS_MAX && config.n_script <= CONFIG_SCRIPT_MAX);
	demand(config.n_links <= CONFIG_LINKS_MAX && config.n_routes <= CONFIG_ROUTES_MAX);
	DEMAND_TEXT(config.name);
	DEMAND_TEXT(config.engine);
	for (unsigned i = 0; i < config.n_eal; i++)
		DEMAND_TEXT(config.eal[i]);
	for (unsigned i = 0; i < config.n_script; i++)
		DEMAND_TEXT(config.script[i]);
	for (unsigned i = 0; i < config.n_links; i++)
		check_link(&config.links[i], i);
	for (unsigned i = 0; i < config.n_routes; i++) {
		check_prefix(&config.routes[i].prefix);
		demand(is_link(config.routes[i].link));
	}
}

static void
try_yaml(const char *text, size_t size)
{
	struct opt_error err = {""};

	config_init(&config);
	if (config_read_memory(&config, NAME, text, size, &err) == 0)
		check_config();
	else
		demand(strncmp(err.text, NAME ":", strlen(NAME ":")) == 0);
}

/* Lines of `text`, which is written into. --config is left out: it would open any file. */
static void
try_flags(char *text)
{
	char *words[FLAGS_MAX], *next = text, *word;
	struct opt_error err = {""};
	int n = 0;

	while ((word = strsep(&next, "\n")) != NULL && n < FLAGS_MAX) {
		if (strncmp(word, "--config", 8) != 0)
			words[n++] = word;
	}
	if (config_flags_parse(&flags, &config, n, words, &err) != OPT_OK)
		demand(err.text[0] != '\0');
	else if (!flags.help)
		check_config();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (size > 0 && text[0] == '-' && memchr(text, '\n', size) != NULL && text[1] == '-')
		try_flags(text);
	else
		try_yaml(text, size);
	free(text);
	return 0;
}
