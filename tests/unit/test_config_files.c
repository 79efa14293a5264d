/* SPDX-License-Identifier: BSD-3-Clause */
/* The files in configs/ ($CONFIGS): each can be read, and explains the keys it has. */
#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/config_keys.h"

#define LINES_MAX 400

static struct config config;
static char lines[LINES_MAX][256];
static unsigned n_lines;

static void
read_lines(const char *path)
{
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	n_lines = 0;
	while (n_lines < LINES_MAX && fgets(lines[n_lines], sizeof(lines[0]), in) != NULL) {
		lines[n_lines][strcspn(lines[n_lines], "\n")] = '\0';
		n_lines++;
	}
	assert_true(feof(in));
	fclose(in);
}

static void
reference_path(char *path, size_t size)
{
	assert_non_null(getenv("CONFIGS"));
	snprintf(path, size, "%s/reference.yaml", getenv("CONFIGS"));
}

/* The key that a line begins with; false: none. */
static bool
key_of(const char *line, char key[64])
{
	size_t len;

	line += strspn(line, " ");
	if (strncmp(line, "- ", 2) == 0)
		line += 2;
	len = strspn(line, "abcdefghijklmnopqrstuvwxyz_0123456789");
	if (len == 0 || len > 63 || line[len] != ':' || (line[len + 1] != ' ' && line[len + 1]))
		return false;
	memcpy(key, line, len);
	key[len] = '\0';
	return true;
}

/* The first line that begins with this key; n_lines: none. */
static unsigned
first_of(const char *key)
{
	char own[64];
	unsigned i = 0;

	while (i < n_lines && !(key_of(lines[i], own) && strcmp(own, key) == 0))
		i++;
	return i;
}

/* What the comment above a line says; NULL: there is none. */
static const char *
comment_above(unsigned line)
{
	const char *text = line > 0 ? lines[line - 1] + strspn(lines[line - 1], " ") : "";

	return strncmp(text, "# ", 2) == 0 ? text + 2 : NULL;
}

static void
explains_its_keys(const char *path)
{
	char key[64];

	read_lines(path);
	for (unsigned i = 0; i < n_lines; i++) {
		if (key_of(lines[i], key) && comment_above(first_of(key)) == NULL)
			fail_msg("%s:%u: no comment above the first %s:", path, i + 1, key);
	}
}

static void
test_all(void **state)
{
	char pattern[512];
	glob_t found;

	(void)state;
	assert_non_null(getenv("CONFIGS"));
	snprintf(pattern, sizeof(pattern), "%s/*.yaml", getenv("CONFIGS"));
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 8);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct opt_error error = {""};

		config_init(&config);
		if (config_read(&config, found.gl_pathv[i], &error) != 0)
			fail_msg("%s", error.text);
		assert_true(config.n_links > 0);
		explains_its_keys(found.gl_pathv[i]);
	}
	globfree(&found);
}

/* Does the key stand somewhere with this comment above it? (`name` is of the stack and of links.)
 */
static bool
is_explained(const char *key, const char *expected)
{
	char own[64];

	for (unsigned i = 0; i < n_lines; i++) {
		const char *comment = comment_above(i);

		if (key_of(lines[i], own) && strcmp(own, key) == 0 && comment != NULL &&
			strcmp(comment, expected) == 0)
			return true;
	}
	return false;
}

/* Each key stands in the reference, with the table's words above it. */
static void
check_reference(const struct config_key *keys, unsigned n_keys)
{
	for (unsigned i = 0; i < n_keys; i++) {
		const struct opt *opt = &keys[i].opt;
		char expected[256];

		snprintf(expected, sizeof(expected), "%s%s", opt->help,
			keys[i].required ? "; needed" : "");
		if (!is_explained(opt->name, expected))
			fail_msg("reference.yaml: expected %s: and above it '# %s'", opt->name,
				expected);
		if (keys[i].keys != NULL)
			check_reference(keys[i].keys, keys[i].n_keys);
	}
}

static void
test_reference(void **state)
{
	char path[512];

	(void)state;
	reference_path(path, sizeof(path));
	read_lines(path);
	check_reference(config_keys, config_n_keys);
}

/* What the reference shows as defaults in [] of numbers is what it sets them to, where it can be.
 */
static void
test_reference_values(void **state)
{
	char path[512];
	struct opt_error error = {""};

	(void)state;
	reference_path(path, sizeof(path));
	config_init(&config);
	assert_int_equal(config_read(&config, path, &error), 0);
	assert_int_equal(config.stack.n_payloads, 1024);
	assert_int_equal(config.stack.n_packets, 8192);
	assert_int_equal(config.stack.n_buffers, 8192);
	assert_int_equal(config.stack.n_rx_packets, 4096);
	assert_int_equal(config.stack.reass_frames, 2048);
	assert_int_equal(config.stack.reass_timeout_ipv4_s, 30);
	assert_int_equal(config.stack.reass_timeout_ipv6_s, 60);
}

/* A row's words name its range: they are written once, and cannot disagree with it. */
static void
check_ranges(const struct config_key *keys, unsigned n_keys)
{
	for (unsigned i = 0; i < n_keys; i++) {
		const struct opt *opt = &keys[i].opt;
		char range[64];

		assert_true(n_keys <= CONFIG_KEYS_MAX);
		assert_non_null(opt->expect);
		snprintf(range, sizeof(range), "a number, %ju..%ju", (uintmax_t)opt->min,
			(uintmax_t)opt->max);
		if (opt->set == opt_set_number && strcmp(opt->expect, range) != 0)
			fail_msg("%s: expected '%s'", opt->name, range);
		if (keys[i].keys != NULL)
			check_ranges(keys[i].keys, keys[i].n_keys);
	}
}

static void
test_ranges(void **state)
{
	(void)state;
	check_ranges(config_keys, config_n_keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_reference_values),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
