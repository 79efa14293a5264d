/* SPDX-License-Identifier: BSD-3-Clause */
#include "script.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../cmd.h"

#define LINE_MAX_LEN 4096

bool
script_line(struct shell *shell, const struct script *script, const char *text, const char *name,
	unsigned line)
{
	char copy[LINE_MAX_LEN];
	struct opt_error err;
	int ret;

	if (script->echo)
		fprintf(shell->out, "> %s\n", text);
	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		ret = opt_fail(
			&err, -1, "the line is longer than %zu bytes: cut it", sizeof(copy) - 1);
	else
		ret = shell_line(shell, copy, &err);
	(void)fflush(shell->out); /* answers stand before the error */
	if (ret < 0) {
		shell->failed = true;
		if (line != 0)
			complain("%s:%u: %s", name, line, err.text);
		else
			complain("%s: %s", name, err.text);
	}
	return !shell->quit && !*shell->stop && (ret == 0 || script->keep_going);
}

/* What has been read and not yet run. */
struct text {
	char bytes[2 * LINE_MAX_LEN];
	size_t len;
	unsigned line;
	bool end;
};

/* Read on. A failure is the end, and said. */
static void
text_read(struct shell *shell, struct text *text, int fd, const char *name)
{
	ssize_t n = read(fd, text->bytes + text->len, sizeof(text->bytes) - 1 - text->len);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0) {
		complain("%s: %s", name, strerror(errno));
		shell->failed = true;
	}
	text->end = n <= 0;
	text->len += n > 0 ? (size_t)n : 0;
}

/* Run the whole lines that are there, at the end also one without its end. */
static bool
text_run(struct shell *shell, const struct script *script, struct text *text, const char *name)
{
	bool goes_on = true;
	char *at = text->bytes, *end = text->bytes + text->len;

	while (goes_on && at < end) {
		char *line_end = memchr(at, '\n', (size_t)(end - at));
		bool full = at == text->bytes && text->len == sizeof(text->bytes) - 1;

		if (line_end == NULL && !text->end && !full)
			break;
		if (line_end == NULL)
			line_end = end; /* a line without an end, or one that is too long */
		*line_end = '\0';
		goes_on = script_line(shell, script, at, name, ++text->line);
		at = RTE_MIN(line_end + 1, end);
	}
	text->len = (size_t)(end - at);
	memmove(text->bytes, at, text->len);
	return goes_on;
}

void
script_run(struct shell *shell, const struct script *script, int fd, const char *name)
{
	struct text text = {.len = 0};

	while (!text.end && !*shell->stop) {
		uint64_t until = rte_get_tsc_cycles() + rte_get_tsc_hz();

		if (!shell_turn(shell, fd, until))
			continue;
		text_read(shell, &text, fd, name);
		if (!text_run(shell, script, &text, name))
			return;
	}
}
