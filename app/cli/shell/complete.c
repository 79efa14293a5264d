/* SPDX-License-Identifier: BSD-3-Clause */
/* Tab and `?`: what may follow what stands left of the cursor. */
#include <string.h>

#include "prompt.h"

#define LINE_LEN      1024
#define DONE	      0
#define CHOICE	      1
#define APPEND	      2
#define STATE_TAB     0
#define STATE_EXPLAIN (-1)

/* The words of the command at the cursor; the last, unfinished one is the prefix. */
static bool
cut(char *line, struct words *words, const char **prefix)
{
	size_t len = strlen(line);
	bool open = len != 0 && strchr(" \t;", line[len - 1]) == NULL;
	struct opt_error err;
	char *rest = line;

	*prefix = "";
	while (rest != NULL) {
		if (words_cut(rest, words, &rest, &err) < 0)
			return false;
	}
	if (open && words->n != 0)
		*prefix = words->at[--words->n];
	return true;
}

/* How many bytes all choices have in common. */
static size_t
common(const struct prompt_help *help)
{
	size_t len = strlen(help->choices[0].word);

	for (unsigned i = 1; i < help->n; i++) {
		size_t same = 0;

		while (same < len && help->choices[i].word[same] == help->choices[0].word[same])
			same++;
		len = same;
	}
	return len;
}

/* Choose what there is. Returns APPEND with `text`, or CHOICE: there are several; or DONE. */
static int
look(struct prompt_help *help, const struct grammar *grammar, const char *line, char *text,
	size_t size)
{
	char copy[LINE_LEN];
	struct words words;
	const char *prefix;
	size_t same;

	help->n = 0;
	if ((size_t)snprintf(copy, sizeof(copy), "%s", line) >= sizeof(copy) ||
		!cut(copy, &words, &prefix))
		return DONE;
	help->n = grammar_next(grammar, &words, prefix, help->explain, help->choices);
	if (help->n == 0)
		return DONE;
	if (help->explain)
		return CHOICE;
	same = common(help);
	if (help->n > 1 && same <= strlen(prefix))
		return CHOICE;
	(void)snprintf(text, size, "%.*s%s", (int)(same - strlen(prefix)),
		help->choices[0].word + strlen(prefix), help->n == 1 ? " " : "");
	return APPEND;
}

int
prompt_complete(struct prompt_help *help, const struct grammar *grammar, const char *line,
	char *text, size_t size, int *state)
{
	const struct grammar_choice *choice;

	if (*state == STATE_TAB || *state == STATE_EXPLAIN) {
		help->explain = *state == STATE_EXPLAIN;

		int what = look(help, grammar, line, text, size);

		if (what != CHOICE)
			return what;
		*state = 1;
	}
	if ((unsigned)*state > help->n)
		return DONE;
	choice = &help->choices[*state - 1];
	++*state;
	if (help->explain)
		(void)snprintf(text, size, "%-16s %s",
			choice->word[0] != '\0' ? choice->word : "[RETURN]", choice->help);
	else
		(void)snprintf(text, size, "%s", choice->word);
	return CHOICE;
}
