/* SPDX-License-Identifier: BSD-3-Clause */
/* The shell's turns, and how a line is run. */
#include "shell.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#define CTRL_C	      3
#define LOOKS_A_SEC   1000 /* at input: a system call each time */
#define WATCHES_A_SEC 10
#define NAP_MS	      1	 /* workers of this thread have nothing to do */
#define NAP_LONG_MS   10 /* others do the work */

static const struct shell_cmd *const tables[] = {
	shell_cmds_help,
	shell_cmds_port,
	shell_cmds_pool,
	shell_cmds_net,
	shell_cmds_state,
	shell_cmds_drops,
	shell_cmds_set,
	shell_cmds_engine,
	shell_cmds_ping,
	shell_cmds_capture,
	shell_cmds_live,
	shell_cmds_bench,
};

const struct shell_cmd *
shell_cmd_at(unsigned i)
{
	for (unsigned t = 0; t < RTE_DIM(tables); t++) {
		for (const struct shell_cmd *cmd = tables[t]; cmd->syntax != NULL; cmd++) {
			if (i-- == 0)
				return cmd;
		}
	}
	return NULL;
}

struct grammar
shell_grammar(struct shell *shell)
{
	return (struct grammar){.cmd_at = shell_cmd_at, .kinds = shell_kinds, .ctx = shell};
}

/* How long this thread may sleep at `now`: with an engine on it, or lately work, not at all. */
static int
nap_ms(const struct shell *shell, uint64_t now, uint64_t until)
{
	const struct session *session = shell->session;
	uint64_t ms = rte_get_tsc_hz() / 1000, left = until > now ? (until - now) / ms : 0;

	if (!session->threads && (session->running != NULL || now - shell->worked < ms))
		return 0;
	return (int)RTE_MIN(left, (uint64_t)(session->threads ? NAP_LONG_MS : NAP_MS));
}

bool
shell_turn(struct shell *shell, int fd, uint64_t until)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	uint64_t now = rte_get_tsc_cycles();

	if (session_turn(shell->session))
		shell->worked = now;
	if (now - shell->looked < rte_get_tsc_hz() / LOOKS_A_SEC)
		return false;
	shell->looked = now;
	if (shell->tick != NULL)
		shell->tick(shell);
	if (now - shell->watched > rte_get_tsc_hz() / WATCHES_A_SEC) {
		shell->watched = now;
		watch_look(&shell->watch, shell->session);
	}
	return poll(&pollfd, 1, nap_ms(shell, now, until)) > 0;
}

/* Read a key. Returns whether it ends the command; another is the prompt's. */
static bool
key_ends(struct shell *shell)
{
	char key;
	ssize_t n = read(STDIN_FILENO, &key, 1);

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		shell->quit = true; /* the terminal has gone */
	if (n != 1)
		return shell->quit;
	if (key == CTRL_C || (shell->q_ends && key == 'q')) {
		shell->n_typed = 0;
		return true;
	}
	if (shell->n_typed < sizeof(shell->typed))
		shell->typed[shell->n_typed++] = key;
	return false;
}

enum shell_wake
shell_rest(struct shell *shell, uint64_t until)
{
	while (!*shell->stop) {
		if (shell_turn(shell, shell->keys ? STDIN_FILENO : -1, until) && key_ends(shell))
			return SHELL_KEY;
		if (rte_get_tsc_cycles() >= until)
			return SHELL_TIME;
	}
	return SHELL_SIGNAL;
}

void
shell_counters(const struct shell *shell, struct proto_counters *c)
{
	proto_counters(shell->session->stack, c);
	for (unsigned i = 0; i < PROTO_C_MAX; i++)
		c->count[i] -= shell->cleared.count[i];
	for (unsigned i = 0; i < PROTO_REASON_MAX; i++)
		c->reason[i] -= shell->cleared.reason[i];
	for (unsigned i = 0; i < PROTO_DROP_MAX; i++)
		c->drop[i] -= shell->cleared.drop[i];
}

int
shell_line(struct shell *shell, char *line, struct opt_error *err)
{
	struct grammar grammar = shell_grammar(shell);

	while (line != NULL && !shell->quit && !*shell->stop) {
		const struct shell_cmd *cmd;
		struct words words;

		if (words_cut(line, &words, &line, err) < 0)
			return -1;
		if (words.n == 0)
			continue;
		cmd = grammar_match(&grammar, &words, err);
		if (cmd == NULL || cmd->run(shell, &words, err) < 0)
			return -1;
		watch_look(&shell->watch, shell->session);
	}
	return 0;
}
