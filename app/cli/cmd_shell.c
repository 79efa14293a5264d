/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chainburst shell: a session with its commands: those of the configuration, of -c, of a script, or
 * typed at a prompt. At the end everything is taken down, and what is not back is named.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "session/config_flags.h"
#include "shell/cmd_capture.h"
#include "shell/live.h"
#include "shell/prompt.h"
#include "shell/script.h"
#include "signals.h"

#define MEGABYTES	 512 /* untouched memory is free */
#define MEGABYTES_WORKER 512

struct run {
	struct config config;
	struct config_flags flags;
	struct shell shell;
	int script; /* descriptor of --script; -1: none */
};

/* A file that cannot be read is found before anything starts. */
static int
script_open(struct run *run, struct opt_error *err)
{
	const char *name = run->flags.script;

	run->script = -1;
	if (name == NULL)
		return 0;
	run->script = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
	if (run->script < 0)
		return opt_fail(err, -1, "--script %.200s: %s", name, strerror(errno));
	return 0;
}

static int
eal_up(const struct eal_args *eal, const struct config *config, struct opt_error *err)
{
	const char *words[CONFIG_WORDS_MAX];
	unsigned workers = config->stack.n_workers != 0 ? config->stack.n_workers : 1;

	for (unsigned i = 0; i < config->n_eal; i++)
		words[i] = config->eal[i];
	return eal_start_words(
		eal, words, config->n_eal, MEGABYTES + workers * MEGABYTES_WORKER, err);
}

/* The commands of the configuration and of -c. Returns whether to go on. */
static bool
run_start_up(struct run *run, const struct script *script)
{
	const struct config *config = &run->config;
	const char *name = config->file[0] != '\0' ? config->file : "-c";

	for (unsigned i = 0; i < config->n_script; i++) {
		if (!script_line(&run->shell, script, config->script[i], name, 0))
			return false;
	}
	return true;
}

/* Returns 0, or -1 with `err`. */
static int
run_commands(struct run *run, struct opt_error *err)
{
	struct script script = {.keep_going = run->flags.keep_going, .echo = run->flags.echo};
	struct shell *shell = &run->shell;

	if (!run_start_up(run, &script))
		return 0;
	if (run->flags.live)
		live_run(shell, 0);
	if (shell->quit || *shell->stop)
		return 0;
	if (run->script >= 0)
		script_run(shell, &script, run->script,
			strcmp(run->flags.script, "-") == 0 ? "stdin" : run->flags.script);
	else if (!run->flags.commands && isatty(STDIN_FILENO))
		return prompt_run(shell, err);
	else if (!run->flags.commands)
		script_run(shell, &script, STDIN_FILENO, "stdin");
	return 0;
}

static void
report(void *arg, const char *line)
{
	unsigned *lines = arg;

	complain("still out: %s", line);
	++*lines;
}

/* Stop, show what was done, take everything down, and say what is not back. */
static int
take_down(struct shell *shell, struct opt_error *err)
{
	struct opt_error stop_err;
	bool ran = shell->session->running != NULL;
	unsigned lines = 0;
	int ret = 0;

	if (ran && session_stop(shell->session, err) < 0)
		ret = -1;
	if (ran)
		shell_show_fwd(shell, shell->out);
	if (shell->capture != NULL && cmd_capture_end(shell, ret == 0 ? err : &stop_err) < 0)
		ret = -1;
	if (session_close(shell->session, ret == 0 ? err : &stop_err) < 0)
		ret = -1;
	(void)pktpool_ledger(report, &lines);
	if (*shell->stop != 0 && lines == 0)
		fprintf(shell->out, "stopped by signal %d; all memory is back\n",
			(int)*shell->stop);
	return ret;
}

/* With the EAL up. Returns 0, or -1 with `err`. */
static int
run_session(struct run *run, const volatile sig_atomic_t *stop, struct opt_error *err)
{
	struct shell *shell = &run->shell;
	struct opt_error down_err;
	int ret;

	if (session_open(&shell->session, &run->config, stop, err) < 0)
		return -1;
	shell->out = stdout;
	shell->stop = stop;
	watch_look(&shell->watch, shell->session);
	ret = run_commands(run, err);
	if (take_down(shell, &down_err) < 0 && ret == 0) {
		*err = down_err;
		ret = -1;
	}
	return ret;
}

static int
run_all(struct run *run, const struct eal_args *eal)
{
	const volatile sig_atomic_t *stop = signals_catch();
	struct opt_error err;
	int ret;

	if (script_open(run, &err) < 0 || eal_up(eal, &run->config, &err) < 0) {
		complain("%s", err.text);
		return 1;
	}
	ret = run_session(run, stop, &err);
	if (ret < 0)
		complain("%s", err.text);
	eal_end();
	if (run->script >= 0)
		close(run->script);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("stdout: not all could be written; is the disk full?");
		ret = -1;
	}
	if (*stop != 0)
		return 128 + *stop;
	return ret < 0 || run->shell.failed ? 1 : OPT_OK;
}

static int
cmd_shell_run(const struct eal_args *eal, int argc, char **argv)
{
	struct run *run = calloc(1, sizeof(*run));
	struct opt_error err = {.text = "no memory"};
	int status = 1;

	if (run != NULL)
		status = config_flags_parse(&run->flags, &run->config, argc - 1, argv + 1, &err);
	if (status != OPT_OK) {
		complain("%s", err.text);
	} else if (run->flags.help) {
		puts("usage: chainburst [EAL ARGUMENTS --] [shell] [ARGUMENTS]\n\n"
		     "A stack with its links, an engine that works on them, and a prompt; help "
		     "lists "
		     "what\n"
		     "can be said there. Commands come from a terminal, a script, a pipe, or "
		     "-c.\n");
		config_flags_help(stdout);
	} else {
		status = run_all(run, eal);
	}
	free(run);
	return status;
}

const struct cmd cmd_shell = {
	.name = "shell",
	.help = "links, engines and a prompt, as testpmd has them",
	.run = cmd_shell_run,
};
