/* SPDX-License-Identifier: BSD-3-Clause */
/* How the values of a configuration are read, each into its field. */
#include <ctype.h>
#include <string.h>

#include "config_keys.h"

/* `text` into a field of opt->max characters. */
static int
put(const struct opt *opt, const char *text, char *field, struct opt_error *err)
{
	size_t len = strlen(text);

	if (len == 0 || len > opt->max)
		return opt_bad(opt, text, err);
	memcpy(field, text, len + 1);
	return OPT_OK;
}

int
config_set_text(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	return put(opt, text, (char *)target + opt->offset, err);
}

/* Letters, digits, '_', '-', '.': what a command line takes as one word. */
static bool
is_word(const char *text)
{
	while (isalnum((unsigned char)*text) || *text == '_' || *text == '-' || *text == '.')
		text++;
	return *text == '\0';
}

int
config_set_name(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	/* digits alone would be taken for a link's index */
	if (!is_word(text) || text[0] == '-' || text[strspn(text, "0123456789")] == '\0')
		return opt_bad(opt, text, err);
	return config_set_text(opt, text, target, err);
}

int
config_set_stack_name(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config *config = target;

	if (!is_word(text) || put(opt, text, config->name, err) != OPT_OK)
		return opt_bad(opt, text, err);
	config->stack.name = config->name;
	return OPT_OK;
}

/* The library takes 0 for "unpredictable"; a seed of 0 is a seed like any other. */
int
config_set_seed(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config *config = target;

	if (opt_set_number(opt, text, target, err) != OPT_OK)
		return OPT_BAD_VALUE;
	if (config->stack.seed == 0)
		config->stack.seed = UINT64_MAX;
	return OPT_OK;
}

int
config_set_port(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	if (text[strcspn(text, " \t,=")] != '\0')
		return opt_bad(opt, text, err);
	return config_set_text(opt, text, target, err);
}

/* ADDR/LEN, both there. */
static bool
parse_prefix(const char *text, struct config_prefix *prefix)
{
	const char *slash = strchr(text, '/'), *end;
	char addr[PROTO_ADDR_STR_MAX];
	uint64_t len;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(addr))
		return false;
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (proto_addr_parse(addr, &prefix->addr, NULL) != 0)
		return false;
	end = opt_number(slash + 1, &len);
	if (end == NULL || *end != '\0' || len > proto_addr_len(&prefix->addr) * 8)
		return false;
	prefix->len = (uint8_t)len;
	return true;
}

/* Is there a bit set behind the prefix's length? */
static bool
has_host_bits(const struct config_prefix *prefix)
{
	for (unsigned bit = prefix->len; bit < proto_addr_len(&prefix->addr) * 8; bit++) {
		if (prefix->addr.bytes[bit / 8] & 0x80 >> bit % 8)
			return true;
	}
	return false;
}

/* An address that one host can have: no group's, not "any". */
static bool
is_host(const struct proto_addr *addr)
{
	static const struct proto_addr any;

	return !proto_addr_is_multicast(addr) &&
	       memcmp(addr->bytes, any.bytes, sizeof(any.bytes)) != 0;
}

int
config_set_prefix(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config_prefix prefix;

	if (!parse_prefix(text, &prefix) || has_host_bits(&prefix) ||
		proto_addr_is_multicast(&prefix.addr))
		return opt_bad(opt, text, err);
	memcpy((char *)target + opt->offset, &prefix, sizeof(prefix));
	return OPT_OK;
}

int
config_set_host(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct proto_addr addr;

	if (proto_addr_parse(text, &addr, NULL) != 0 || !is_host(&addr))
		return opt_bad(opt, text, err);
	memcpy((char *)target + opt->offset, &addr, sizeof(addr));
	return OPT_OK;
}

int
config_set_mac(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct rte_ether_addr mac;

	if (rte_ether_unformat_addr(text, &mac) != 0 || !rte_is_valid_assigned_ether_addr(&mac))
		return opt_bad(opt, text, err);
	memcpy((char *)target + opt->offset, &mac, sizeof(mac));
	return OPT_OK;
}

int
config_add_address(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config_link *link = target;
	struct config_prefix prefix;

	if (!parse_prefix(text, &prefix) || prefix.len == 0 || !is_host(&prefix.addr))
		return opt_bad(opt, text, err);
	if (link->n_addrs == CONFIG_ADDRS_MAX)
		return opt_fail(err, OPT_BAD_VALUE, "%.100s: a link has at most %u addresses", text,
			CONFIG_ADDRS_MAX);
	link->addrs[link->n_addrs++] = prefix;
	return OPT_OK;
}

int
config_add_eal(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config *config = target;
	size_t word = strcspn(text, " =");

	/* "--vdev net_null0" as one word is what the EAL would take for an unknown option */
	if (text[0] == '-' && text[word] == ' ')
		return opt_bad(opt, text, err);
	if (config->n_eal == CONFIG_WORDS_MAX)
		return opt_fail(err, OPT_BAD_VALUE, "%.100s: the EAL gets at most %u words", text,
			CONFIG_WORDS_MAX);
	if (put(opt, text, config->eal[config->n_eal], err) != OPT_OK)
		return OPT_BAD_VALUE;
	config->n_eal++;
	return OPT_OK;
}

int
config_add_command(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct config *config = target;

	if (text[strcspn(text, "\r\n")] != '\0')
		return opt_bad(opt, text, err);
	if (config->n_script == CONFIG_SCRIPT_MAX)
		return opt_fail(err, OPT_BAD_VALUE,
			"%.100s: at most %u commands; use --script FILE", text, CONFIG_SCRIPT_MAX);
	if (put(opt, text, config->script[config->n_script], err) != OPT_OK)
		return OPT_BAD_VALUE;
	config->n_script++;
	return OPT_OK;
}

struct config_link *
config_link_append(struct config *config)
{
	struct config_link *link = &config->links[config->n_links];

	if (config->n_links == CONFIG_LINKS_MAX)
		return NULL;
	*link = (struct config_link){.n_addrs = 0};
	(void)snprintf(link->name, sizeof(link->name), "link%u", config->n_links++);
	return link;
}
