/* SPDX-License-Identifier: BSD-3-Clause */
/* The kinds of values in commands: what fits, and for tab which there are. */
#include <string.h>

#include "bench_options.h"
#include "shell.h"
#include "values.h"

static bool
is_text(void *ctx, const char *text)
{
	(void)ctx;
	return text[0] != '\0';
}

static bool
is_number(void *ctx, const char *text)
{
	uint64_t number;

	(void)ctx;
	return value_number(text, 0, UINT64_MAX, &number);
}

static bool
is_addr(void *ctx, const char *text)
{
	struct proto_addr addr;

	(void)ctx;
	return value_addr(text, &addr);
}

static bool
is_addr_port(void *ctx, const char *text)
{
	struct proto_addr addr;
	uint16_t port;

	(void)ctx;
	return value_addr_port(text, &addr, &port);
}

static bool
is_peer(void *ctx, const char *text)
{
	struct proto_addr addr;
	uint16_t port;

	(void)ctx;
	return value_addr_port(text, &addr, &port) && port != 0;
}

static bool
is_prefix(void *ctx, const char *text)
{
	struct proto_addr addr;
	uint8_t len;

	(void)ctx;
	return value_prefix(text, &addr, &len);
}

static bool
is_mac(void *ctx, const char *text)
{
	struct rte_ether_addr mac;

	(void)ctx;
	return value_mac(text, &mac);
}

static bool
is_share(void *ctx, const char *text)
{
	double share;

	(void)ctx;
	return value_share(text, &share);
}

static bool
is_time(void *ctx, const char *text)
{
	uint64_t us;

	(void)ctx;
	return value_time(text, &us);
}

static bool
is_pieces(void *ctx, const char *text)
{
	uint16_t pieces[VALUE_PIECES_MAX];
	uint32_t n;

	(void)ctx;
	return value_pieces(text, pieces, &n);
}

static bool
is_range(void *ctx, const char *text)
{
	uint32_t min, max;

	(void)ctx;
	return value_range(text, PROTO_PAYLOAD_MAX_IPV6, &min, &max);
}

static bool
is_rate(void *ctx, const char *text)
{
	uint64_t rate;

	(void)ctx;
	return value_rate(text, &rate);
}

static bool
is_link(void *ctx, const char *text)
{
	const struct shell *shell = ctx;
	struct opt_error err;

	return session_link(shell->session, text, &err) != NULL;
}

static const char *
link_at(void *ctx, unsigned i)
{
	const struct shell *shell = ctx;

	return i < shell->session->n_links ? shell->session->links[i].name : NULL;
}

static bool
is_engine(void *ctx, const char *text)
{
	(void)ctx;
	return engine_find(text) != NULL;
}

static const char *
engine_name_at(void *ctx, unsigned i)
{
	const struct engine *engine = engine_at(i);

	(void)ctx;
	return engine != NULL ? engine->name : NULL;
}

/* The first word of the i-th command that has another one than the command before it. */
static const char *
command_at(void *ctx, unsigned i)
{
	struct shell *shell = ctx;
	const struct shell_cmd *cmd;
	unsigned found = 0;

	shell->value[0] = '\0';
	for (unsigned c = 0; (cmd = shell_cmd_at(c)) != NULL; c++) {
		size_t len = strcspn(cmd->syntax, " ");

		if (strlen(shell->value) == len && memcmp(shell->value, cmd->syntax, len) == 0)
			continue;
		(void)snprintf(shell->value, sizeof(shell->value), "%.*s", (int)len, cmd->syntax);
		if (found++ == i)
			return shell->value;
	}
	return NULL;
}

/* Of capture start. */
static const char *
option_at(void *ctx, unsigned i)
{
	static const char *const options[] = {
		"rx", "tx", "drops", "link", "snaplen", "sample", "rotate"};

	(void)ctx;
	return i < RTE_DIM(options) ? options[i] : NULL;
}

const struct grammar_kind shell_kinds[] = {
	{"ADDR", "an IPv4 or IPv6 address", is_addr, NULL},
	{"ADDR:PORT", "192.0.2.2:9000 or [2001:db8::2]:9000", is_peer, NULL},
	{"ADDR[:PORT]", "an address, with or without a port", is_addr_port, NULL},
	{"PREFIX", "192.0.2.1/24 or 2001:db8::1/64", is_prefix, NULL},
	{"MAC", "02:00:00:00:00:01", is_mac, NULL},
	{"LINK", "a link, by name or number", is_link, link_at},
	{"ENGINE", "an engine", is_engine, engine_name_at},
	{"N", "a number", is_number, NULL},
	{"COUNT", "how many", is_number, NULL},
	{"SIZE", "bytes", is_number, NULL},
	{"RATE", "bits a second: 2.5G, 100M, or unlimited", is_rate, NULL},
	{"SHARE", "0 to 1, or a percentage: 0.01, 1%", is_share, NULL},
	{"TIME", "seconds, or 10ms, 250us; a day at most", is_time, NULL},
	{"PIECES", "bytes of each piece of a payload, 8 at most: 18,46,1400", is_pieces, NULL},
	{"BYTES", "64, or a range: 64-1472", is_range, NULL},
	{"FILE", "a file, - for standard input or output", is_text, NULL},
	{"OPTION", "NAME=VALUE, of " BENCH_OPTIONS_EXPECT, is_text, NULL},
	{"WHAT", "rx, tx, drops, link NAME, snaplen BYTES, sample N, rotate SIZE COUNT", is_text,
		option_at},
	{"COMMAND", "the first words of a command", is_text, command_at},
	{NULL, NULL, NULL, NULL},
};
