/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_words.h"

#include <string.h>

#define SAMPLE_MAX	  1000000000u
#define ROTATE_OCTETS_MIN 65536
#define ROTATE_OCTETS_MAX (UINT64_C(1) << 40)
#define ROTATE_FILES_MAX  1000

/* What is left of the words. */
struct rest {
	unsigned n;
	char *const *texts;
};

/* A word that stands alone: its bit; 0: it is none. */
static unsigned
flag_of(const char *word)
{
	static const struct {
		const char *word;
		unsigned bit;
	} flags[] = {{"rx", CAPTURE_RX}, {"tx", CAPTURE_TX}, {"drops", CAPTURE_DROPS}};

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(word, flags[i].word) == 0)
			return flags[i].bit;
	return 0;
}

/* Options with a value are those of the command line, without the dashes. */
static const struct opt values[] = {
	{
		.name = "link",
		.metavar = "NAME",
		.set = opt_set_text,
		OPT_FIELD(struct capture_words, link),
		.expect = "the name of a link, see show link",
	},
	{
		.name = "snaplen",
		.metavar = "BYTES",
		.set = opt_set_number,
		OPT_FIELD(struct capture_words, conf.snaplen),
		.min = CAPTURE_SNAPLEN_MIN,
		.max = CAPTURE_SNAPLEN_MAX,
		.expect = "bytes kept of a frame, 14 to 65535",
	},
	{
		.name = "sample",
		.metavar = "N",
		.set = opt_set_number,
		OPT_FIELD(struct capture_words, conf.sample),
		.min = 1,
		.max = SAMPLE_MAX,
		.expect = "a number from 1 on: one frame in so many",
	},
	{
		.name = "rotate",
		.metavar = "SIZE",
		.set = opt_set_bytes,
		OPT_FIELD(struct capture_words, conf.rotate_octets),
		.min = ROTATE_OCTETS_MIN,
		.max = ROTATE_OCTETS_MAX,
		.expect = "bytes of a file, at least 64k, and then how many files to keep",
	},
};

/* The second value of rotate. */
static const struct opt rotate_files = {
	.name = "rotate",
	.metavar = "COUNT",
	.set = opt_set_number,
	OPT_FIELD(struct capture_words, conf.rotate_files),
	.min = 1,
	.max = ROTATE_FILES_MAX,
	.expect = "a size and how many files to keep, 1 to 1000: rotate 10M 5",
};

static const struct opt *
value_of(const char *word)
{
	for (unsigned i = 0; i < OPT_ROWS(values); i++)
		if (strcmp(word, values[i].name) == 0)
			return &values[i];
	return NULL;
}

/* opt.h names options with dashes; these words have none. */
static int
undash(int status, struct opt_error *err)
{
	if (status == OPT_OK)
		return 0;
	if (strncmp(err->text, "--", 2) == 0)
		memmove(err->text, err->text + 2, strlen(err->text) - 1);
	return -1;
}

/* Take the next word as a value. */
static int
value_read(const struct opt *opt, struct rest *rest, struct capture_words *words,
	struct opt_error *err)
{
	if (rest->n == 0)
		return opt_fail(
			err, -1, "%s: a value is missing: expected %s", opt->name, opt->expect);
	rest->n--;
	return undash(opt->set(opt, *rest->texts++, words, err), err);
}

static int
word_read(struct rest *rest, struct capture_words *words, struct opt_error *err)
{
	const char *word = *rest->texts++;
	const struct opt *opt = value_of(word);
	unsigned flag = flag_of(word);

	rest->n--;
	words->conf.what |= flag;
	if (flag != 0)
		return 0;
	if (opt == NULL)
		return opt_fail(err, -1,
			"%.100s: expected link, rx, tx, drops, snaplen, sample or rotate", word);
	if (value_read(opt, rest, words, err) != 0)
		return -1;
	if (strcmp(opt->name, "rotate") != 0)
		return 0;
	return value_read(&rotate_files, rest, words, err);
}

int
capture_words_read(
	struct capture_words *words, unsigned n, char *const *texts, struct opt_error *err)
{
	struct rest rest = {.n = n, .texts = texts};

	*words = (struct capture_words){.link = NULL};
	if (n == 0)
		return opt_fail(err, -1, "a file is missing: expected " CAPTURE_USAGE);
	words->conf.file = *rest.texts++;
	rest.n--;
	if (strcmp(words->conf.file, "-") == 0)
		return opt_fail(
			err, -1, "-: expected a file's name: answers go to standard output");
	while (rest.n > 0)
		if (word_read(&rest, words, err) != 0)
			return -1;
	return 0;
}
