/* SPDX-License-Identifier: BSD-3-Clause */
#include "grammar.h"

#include <ctype.h>
#include <string.h>

/* One place of a syntax: "all|LINK", "[COUNT]", "[WORD...]". */
struct place {
	const char *at;
	size_t len; /* without brackets and dots */
	bool optional, repeats;
};

/* The place at `*syntax`, which moves behind it. Returns false at the end. */
static bool
place_next(const char **syntax, struct place *place)
{
	const char *at = *syntax + strspn(*syntax, " ");
	size_t len = strcspn(at, " ");

	*syntax = at + len;
	*place = (struct place){.at = at, .len = len};
	if (len == 0)
		return false;
	if (at[0] == '[') {
		place->optional = true;
		place->at++;
		place->len -= 2;
	}
	if (place->len > 3 && memcmp(place->at + place->len - 3, "...", 3) == 0) {
		place->repeats = true;
		place->len -= 3;
	}
	return true;
}

/* The alternative at `*at` of a place, which moves behind it. Returns its length, 0: no more. */
static size_t
alternative_next(const struct place *place, const char **at)
{
	const char *end = place->at + place->len;
	const char *start = *at == NULL ? place->at : *at;
	size_t len = 0;

	while (start + len < end && start[len] != '|')
		len++;
	*at = start + len + 1;
	return start < end ? len : 0;
}

static const struct grammar_kind *
kind_find(const struct grammar *grammar, const char *name, size_t len)
{
	const struct grammar_kind *kind = grammar->kinds;

	if (!isupper((unsigned char)name[0]))
		return NULL;
	while (kind->name != NULL &&
		(strlen(kind->name) != len || memcmp(kind->name, name, len) != 0))
		kind++;
	return kind->name != NULL ? kind : NULL;
}

/* Does a word fit a place? */
static bool
fits(const struct grammar *grammar, const struct place *place, const char *word)
{
	const char *at = NULL;
	size_t len;

	while ((len = alternative_next(place, &at)) != 0) {
		const char *text = at - len - 1;
		const struct grammar_kind *kind = kind_find(grammar, text, len);

		if (kind != NULL ? kind->fits(grammar->ctx, word)
				 : strlen(word) == len && memcmp(word, text, len) == 0)
			return true;
	}
	return false;
}

/*
 * How many of the words a command begins with. `*place` is what would have to follow (len 0:
 * nothing may), `*ends` whether the command may end there.
 */
static unsigned
follow(const struct grammar *grammar, const struct shell_cmd *cmd, const struct words *words,
	struct place *place, bool *ends)
{
	const char *syntax = cmd->syntax;
	unsigned n = 0;

	while (place_next(&syntax, place)) {
		if (n == words->n || !fits(grammar, place, words->at[n]))
			break;
		n++;
		while (place->repeats && n < words->n && fits(grammar, place, words->at[n]))
			n++;
		if (place->repeats) {
			place->optional = true; /* once it is there */
			break;
		}
	}
	*ends = place->len == 0 || place->optional;
	return n;
}

/* Add a choice unless it is there. Returns how many there are now. */
static unsigned
choice_add(struct grammar_choice *choices, unsigned n, const char *word, size_t len,
	const char *help, bool is_value)
{
	struct grammar_choice choice = {.is_value = is_value};

	(void)snprintf(choice.word, sizeof(choice.word), "%.*s", (int)len, word);
	(void)snprintf(choice.help, sizeof(choice.help), "%s", help);
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(choices[i].word, choice.word) == 0) {
			/* Of several commands: none's line is right. */
			if (!is_value && strcmp(choices[i].help, choice.help) != 0)
				(void)snprintf(choices[i].help, sizeof(choices[i].help),
					"several commands");
			return n;
		}
	}
	if (n < GRAMMAR_CHOICES_MAX)
		choices[n++] = choice;
	return n;
}

/* The values of a kind that are known, or its name. */
static unsigned
kind_choices(const struct grammar *grammar, const struct grammar_kind *kind, const char *prefix,
	bool names, struct grammar_choice *choices, unsigned n)
{
	const char *value;

	for (unsigned i = 0; kind->at != NULL && (value = kind->at(grammar->ctx, i)) != NULL; i++) {
		if (strncmp(value, prefix, strlen(prefix)) == 0)
			n = choice_add(choices, n, value, strlen(value), kind->expect, false);
	}
	if (names && kind->at == NULL)
		n = choice_add(choices, n, kind->name, strlen(kind->name), kind->expect, true);
	return n;
}

static unsigned
place_choices(const struct grammar *grammar, const struct shell_cmd *cmd, const struct place *place,
	const char *prefix, bool names, struct grammar_choice *choices, unsigned n)
{
	const char *at = NULL;
	size_t len;

	while ((len = alternative_next(place, &at)) != 0) {
		const char *text = at - len - 1;
		const struct grammar_kind *kind = kind_find(grammar, text, len);

		if (kind != NULL)
			n = kind_choices(grammar, kind, prefix, names, choices, n);
		else if (strlen(prefix) <= len && memcmp(text, prefix, strlen(prefix)) == 0)
			n = choice_add(choices, n, text, len, cmd->help, false);
	}
	return n;
}

unsigned
grammar_next(const struct grammar *grammar, const struct words *words, const char *prefix,
	bool names, struct grammar_choice *choices)
{
	const struct shell_cmd *cmd;
	unsigned n = 0;

	for (unsigned i = 0; (cmd = grammar->cmd_at(i)) != NULL; i++) {
		struct place place;
		bool ends;

		if (follow(grammar, cmd, words, &place, &ends) != words->n)
			continue;
		if (names && ends && prefix[0] == '\0' && words->n != 0)
			n = choice_add(choices, n, "", 0, cmd->help, false);
		n = place_choices(grammar, cmd, &place, prefix, names, choices, n);
	}
	return n;
}

/* "a, b or C (what that is)" */
static void
choices_list(const struct grammar *grammar, const struct words *words, char *text, size_t size)
{
	struct grammar_choice choices[GRAMMAR_CHOICES_MAX];
	unsigned n = grammar_next(grammar, words, "", true, choices), left = 0;
	size_t len = 0;

	for (unsigned i = 0; i < n; i++)
		left += choices[i].word[0] != '\0';
	(void)snprintf(text, size, "%s", left == 0 ? "nothing more" : "");
	for (unsigned i = 0; i < n && len < size; i++) {
		const struct grammar_choice *choice = &choices[i];

		if (choice->word[0] == '\0')
			continue;
		left--;
		len += (size_t)snprintf(text + len, size - len, "%s%s%s%s%s", choice->word,
			choice->is_value ? " (" : "", choice->is_value ? choice->help : "",
			choice->is_value ? ")" : "",
			left > 1    ? ", "
			: left == 1 ? " or "
				    : "");
	}
}

/* Say which word does not fit, and what would. `n`: how many of them fit. */
static void
say_wrong(
	const struct grammar *grammar, const struct words *words, unsigned n, struct opt_error *err)
{
	struct words good = *words;
	char before[128] = "", expected[400];
	size_t len = 0;

	good.n = n;
	for (unsigned i = 0; i < n && len < sizeof(before); i++)
		len += (size_t)snprintf(before + len, sizeof(before) - len, "%s%s",
			i != 0 ? " " : "", words->at[i]);
	choices_list(grammar, &good, expected, sizeof(expected));
	if (n == 0)
		(void)opt_fail(
			err, -1, "%.64s: no such command: expected %s", words->at[0], expected);
	else if (n < words->n)
		(void)opt_fail(err, -1, "%s: \"%.64s\" does not fit: expected %s", before,
			words->at[n], expected);
	else
		(void)opt_fail(err, -1, "%s: a word is missing: expected %s", before, expected);
}

const struct shell_cmd *
grammar_match(const struct grammar *grammar, const struct words *words, struct opt_error *err)
{
	const struct shell_cmd *cmd;
	unsigned deepest = 0;

	for (unsigned i = 0; (cmd = grammar->cmd_at(i)) != NULL; i++) {
		struct place place;
		bool ends;
		unsigned n = follow(grammar, cmd, words, &place, &ends);

		if (n == words->n && ends)
			return cmd;
		if (n > deepest)
			deepest = n;
	}
	say_wrong(grammar, words, deepest, err);
	return NULL;
}

bool
grammar_begins(
	const struct grammar *grammar, const struct shell_cmd *cmd, const struct words *words)
{
	struct place place;
	bool ends;

	return follow(grammar, cmd, words, &place, &ends) == words->n;
}
