/* SPDX-License-Identifier: BSD-3-Clause */
#include "opt.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define HELP_COLUMN 26

int
opt_fail(struct opt_error *err, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return status;
}

int
opt_bad(const struct opt *opt, const char *text, struct opt_error *err)
{
	return opt_fail(
		err, OPT_BAD_VALUE, "--%s %.100s: expected %s", opt->name, text, opt->expect);
}

const char *
opt_number(const char *text, uint64_t *number)
{
	unsigned base = 10;
	uint64_t value = 0;
	const char *at;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	for (at = text; isxdigit((unsigned char)*at); at++) {
		int c = tolower((unsigned char)*at);
		unsigned digit = (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);

		if (digit >= base)
			break;
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
			__builtin_add_overflow(value, (uint64_t)digit, &value))
			return NULL;
	}
	if (at == text)
		return NULL;
	*number = value;
	return at;
}

/* Store a number in a field of 1, 2, 4 or 8 bytes; min and max of the row keep it in range. */
static void
store(const struct opt *opt, uint64_t value, void *target)
{
	uint8_t *field = (uint8_t *)target + opt->offset;

	switch (opt->width) {
	case 1:
		*field = (uint8_t)value;
		break;
	case 2:
		memcpy(field, &(uint16_t){(uint16_t)value}, 2);
		break;
	case 4:
		memcpy(field, &(uint32_t){(uint32_t)value}, 4);
		break;
	default:
		memcpy(field, &value, 8);
	}
}

static int
store_in_range(const struct opt *opt, const char *text, uint64_t value, void *target,
	struct opt_error *err)
{
	if (value < opt->min || value > opt->max)
		return opt_bad(opt, text, err);
	store(opt, value, target);
	return OPT_OK;
}

int
opt_set_flag(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	(void)text;
	(void)err;
	store(opt, true, target);
	return OPT_OK;
}

int
opt_set_text(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	if (text[0] == '\0')
		return opt_bad(opt, "''", err);
	memcpy((uint8_t *)target + opt->offset, &text, sizeof(text));
	return OPT_OK;
}

int
opt_set_number(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	uint64_t value;
	const char *end = opt_number(text, &value);

	if (end == NULL || *end != '\0')
		return opt_bad(opt, text, err);
	return store_in_range(opt, text, value, target, err);
}

int
opt_set_bytes(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	uint64_t value, unit = 1;
	const char *end = opt_number(text, &value);

	if (end == NULL)
		return opt_bad(opt, text, err);
	if (*end == 'k' || *end == 'K')
		unit = 1024;
	else if (*end == 'm' || *end == 'M')
		unit = 1024 * 1024;
	if (unit != 1)
		end++;
	if (*end != '\0' || __builtin_mul_overflow(value, unit, &value))
		return opt_bad(opt, text, err);
	return store_in_range(opt, text, value, target, err);
}

/* The power of 1000 that a letter stands for; 0: none. */
static uint64_t
decimal_unit(char letter)
{
	switch (letter) {
	case 'k':
	case 'K':
		return 1000;
	case 'm':
	case 'M':
		return 1000 * 1000;
	case 'g':
	case 'G':
		return 1000 * 1000 * 1000;
	default:
		return 0;
	}
}

int
opt_set_rate(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	const char *fraction = "";
	uint64_t value, unit, scale;
	const char *end = opt_number(text, &value);

	if (end == NULL)
		return opt_bad(opt, text, err);
	if (*end == '.') {
		fraction = ++end;
		while (isdigit((unsigned char)*end))
			end++;
		if (end == fraction)
			return opt_bad(opt, text, err);
	}
	unit = decimal_unit(*end);
	if (unit != 0)
		end++;
	else
		unit = 1;
	if (*end != '\0' || __builtin_mul_overflow(value, unit, &value))
		return opt_bad(opt, text, err);
	for (scale = unit / 10; isdigit((unsigned char)*fraction); fraction++, scale /= 10) {
		if (__builtin_add_overflow(value, scale * (uint64_t)(*fraction - '0'), &value))
			return opt_bad(opt, text, err);
	}
	return store_in_range(opt, text, value, target, err);
}

int
opt_set_choice(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	for (uint64_t i = 0; opt->choices[i] != NULL; i++) {
		if (strcmp(text, opt->choices[i]) == 0) {
			store(opt, i, target);
			return OPT_OK;
		}
	}
	return opt_bad(opt, text, err);
}

/* The row of this name (`name`, `len`; NULL: of this letter), in included tables too. */
static const struct opt *
lookup(const struct opt *table, size_t rows, const char *name, size_t len, char letter)
{
	for (size_t i = 0; i < rows; i++) {
		const struct opt *opt = &table[i];

		if (opt->rows != NULL)
			opt = lookup(opt->rows, opt->n_rows, name, len, letter);
		else if (name != NULL
				 ? strlen(opt->name) != len || memcmp(opt->name, name, len) != 0
				 : opt->letter == '\0' || opt->letter != letter)
			opt = NULL;
		if (opt != NULL)
			return opt;
	}
	return NULL;
}

/* The row of "--name", "--name=value" or "-x"; `*value` is what stands behind the "=", or NULL. */
static const struct opt *
find(const struct opt *table, size_t rows, const char *arg, const char **value)
{
	bool is_long = arg[1] == '-';
	const char *name = arg + 2;
	size_t len = is_long ? strcspn(name, "=") : 0;

	*value = is_long && name[len] == '=' ? name + len + 1 : NULL;
	if (!is_long && arg[2] != '\0')
		return NULL;
	return lookup(table, rows, is_long ? name : NULL, len, arg[1]);
}

/* Parse the option at argv[*at]; `*at` is left on the last argument that it used. */
static int
parse_one(const struct opt *table, size_t rows, int argc, char **argv, int *at, void *target,
	struct opt_error *err)
{
	const char *value;
	const struct opt *opt = find(table, rows, argv[*at], &value);

	if (opt == NULL)
		return opt_fail(err, OPT_USAGE, "%.200s: no such option; see --help", argv[*at]);
	if (opt->metavar == NULL) {
		if (value != NULL)
			return opt_fail(err, OPT_USAGE,
				"%.200s: --%s takes no value; leave out =%.200s", argv[*at],
				opt->name, value);
		return opt->set(opt, "", target, err);
	}
	if (value == NULL) {
		if (*at + 1 >= argc)
			return opt_fail(err, OPT_USAGE, "--%s: a value is missing: expected %s",
				opt->name, opt->expect);
		value = argv[++*at];
	}
	return opt->set(opt, value, target, err);
}

int
opt_parse(const struct opt *table, size_t rows, int argc, char **argv, void *target,
	unsigned *n_words, struct opt_error *err)
{
	unsigned words = 0;
	bool options = true;

	for (int i = 0; i < argc; i++) {
		int status;

		if (!options || argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[words++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			options = false;
			continue;
		}
		status = parse_one(table, rows, argc, argv, &i, target, err);
		if (status != OPT_OK)
			return status;
	}
	*n_words = words;
	return OPT_OK;
}

static void
help_row(FILE *out, const struct opt *opt)
{
	const char *line = opt->help;
	char head[64];
	int len;

	len = snprintf(head, sizeof(head), "  %c%c%s--%s %s", opt->letter ? '-' : ' ',
		opt->letter ? opt->letter : ' ', opt->letter ? ", " : "  ", opt->name,
		opt->metavar ? opt->metavar : "");
	if (len > HELP_COLUMN)
		fprintf(out, "%s\n%*s", head, HELP_COLUMN, "");
	else
		fprintf(out, "%-*s", HELP_COLUMN, head);
	for (;;) {
		size_t n = strcspn(line, "\n");

		fprintf(out, " %.*s\n", (int)n, line);
		if (line[n] == '\0')
			break;
		line += n + 1;
		fprintf(out, "%*s", HELP_COLUMN, "");
	}
}

void
opt_help(FILE *out, const struct opt *table, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		if (table[i].rows != NULL)
			opt_help(out, table[i].rows, table[i].n_rows);
		else
			help_row(out, &table[i]);
	}
}
