/* SPDX-License-Identifier: BSD-3-Clause */
/* The command that measures after RFC 2544. */
#include <string.h>

#include "../rfc2544/rfc2544.h"
#include "bench_options.h"
#include "shell.h"

static enum rfc2544_test
test_of(const char *name)
{
	unsigned test = 0;

	while (strcmp(rfc2544_name(test), name) != 0) /* the grammar has let it through */
		test++;
	return (enum rfc2544_test)test;
}

static int
link_index(const struct shell *shell, const char *name, unsigned *index, struct opt_error *err)
{
	const struct session_link *link = session_link(shell->session, name, err);

	if (link == NULL)
		return -1;
	*index = (unsigned)(link - shell->session->links);
	return 0;
}

static bool
rest(void *ctx, uint64_t until)
{
	struct shell *shell = ctx;

	return shell_rest(shell, until) == SHELL_TIME;
}

/* bench TEST LINK peer|LINK [OPTION...] */
static int
run_bench(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct bench_options options = {.conf = {.data = shell->session->settings.data}};
	struct rfc2544_conf *conf = &options.conf;

	conf->rest = rest;
	conf->rest_ctx = shell;
	conf->test = test_of(words->at[1]);
	conf->peer = strcmp(words->at[3], "peer") == 0;
	if (link_index(shell, words->at[2], &conf->tx_link, err) < 0 ||
		(!conf->peer && link_index(shell, words->at[3], &conf->rx_link, err) < 0))
		return -1;
	for (unsigned i = 4; i < words->n; i++) {
		if (bench_option(&options, words->at[i], err) < 0)
			return -1;
	}
	return rfc2544_run(shell->session, conf, shell->out, options.json, options.svg, err);
}

const struct shell_cmd shell_cmds_bench[] = {
	{"bench throughput|latency|frame-loss|back-to-back LINK peer|LINK [OPTION...]",
		"measure after RFC 2544 from a link to another, or to a peer of set to that echoes",
		run_bench},
	{NULL, NULL, NULL},
};
