/* SPDX-License-Identifier: BSD-3-Clause */
/* The words behind `capture start`. */
#ifndef CAPTURE_NG_CAPTURE_WORDS_H
#define CAPTURE_NG_CAPTURE_WORDS_H

#include "capture.h"

#define CAPTURE_USAGE                                                              \
	"capture start FILE [link NAME] [rx] [tx] [drops] [snaplen N] [sample N] " \
	"[rotate SIZE COUNT]"

struct capture_words {
	struct capture_conf conf; /* but for the links and the stack */
	const char *link;	  /* NULL: all */
};

/*
 * Read FILE and what follows it. The texts stay the caller's. Returns 0, or -1 with `err`: the word
 * that is wrong and what was expected.
 */
int capture_words_read(
	struct capture_words *words, unsigned n, char *const *texts, struct opt_error *err);

#endif
