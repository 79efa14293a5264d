/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rdline_new() in DPDK 22.11 */
#include "prompt.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmdline_rdline.h>

#define PROMPT	   "chainburst> "
#define INPUT_SIZE 256
#define LINE_SIZE  1024 /* more than rdline keeps */
#define REST_S	   1

struct prompt {
	struct shell *shell;
	struct grammar grammar;
	struct prompt_help help;
};

static int
on_char(struct rdline *rdl, char c)
{
	const struct prompt *prompt = rdline_get_opaque(rdl);

	return fputc(c, prompt->shell->out);
}

static int
on_complete(struct rdline *rdl, const char *line, char *text, unsigned size, int *state)
{
	struct prompt *prompt = rdline_get_opaque(rdl);

	return prompt_complete(&prompt->help, &prompt->grammar, line, text, size, state);
}

/* A line has been typed. */
static void
on_line(struct rdline *rdl, const char *line, unsigned size)
{
	struct prompt *prompt = rdline_get_opaque(rdl);
	struct shell *shell = prompt->shell;
	char copy[LINE_SIZE];
	struct opt_error err;

	(void)size;
	(void)snprintf(copy, sizeof(copy), "%s", line);
	copy[strcspn(copy, "\r\n")] = '\0';
	if (copy[strspn(copy, " \t")] != '\0')
		(void)rdline_add_history(rdl, copy);
	(void)fflush(shell->out);
	if (shell_line(shell, copy, &err) < 0)
		fprintf(shell->out, "%s\n", err.text);
}

/* Characters as they are typed, unechoed; output stays as it was. */
static int
raw(struct termios *saved, struct opt_error *err)
{
	struct termios term;

	if (tcgetattr(STDIN_FILENO, saved) < 0)
		return opt_fail(err, -1, "standard input is no terminal: %s", strerror(errno));
	term = *saved;
	term.c_iflag &= (tcflag_t) ~(ICRNL | IXON);
	term.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG | IEXTEN);
	term.c_cc[VMIN] = 1;
	term.c_cc[VTIME] = 0;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &term);
	return 0;
}

/* Feed what has been typed, also while a command ran. Returns false at the end. */
static bool
feed(struct shell *shell, struct rdline *rdl)
{
	char input[INPUT_SIZE];
	ssize_t n;

	if (shell->n_typed != 0) {
		n = shell->n_typed;
		memcpy(input, shell->typed, shell->n_typed);
		shell->n_typed = 0;
	} else {
		n = read(STDIN_FILENO, input, sizeof(input));
	}
	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	for (ssize_t i = 0; i < n && !shell->quit; i++) {
		int ret = rdline_char_in(rdl, input[i]);

		if (ret == RDLINE_RES_EOF)
			return false;
		if (ret == RDLINE_RES_VALIDATED && !shell->quit && !*shell->stop)
			rdline_newline(rdl, PROMPT);
	}
	(void)fflush(shell->out);
	return true;
}

int
prompt_run(struct shell *shell, struct opt_error *err)
{
	struct prompt prompt = {.shell = shell, .grammar = shell_grammar(shell)};
	struct rdline *rdl;
	struct termios saved;

	if (raw(&saved, err) < 0)
		return -1;
	rdl = rdline_new(on_char, on_line, on_complete, &prompt);
	if (rdl == NULL) {
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &saved);
		return opt_fail(err, -1, "no memory for the prompt");
	}
	shell->keys = true;
	rdline_newline(rdl, PROMPT);
	(void)fflush(shell->out);
	while (!shell->quit && !*shell->stop) {
		uint64_t until = rte_get_tsc_cycles() + REST_S * rte_get_tsc_hz();

		if ((shell->n_typed != 0 || shell_turn(shell, STDIN_FILENO, until)) &&
			!feed(shell, rdl))
			break;
	}
	shell->keys = false;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
	rdline_free(rdl);
	fputc('\n', shell->out);
	return 0;
}
