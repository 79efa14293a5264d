/* SPDX-License-Identifier: BSD-3-Clause */
/* The file that recv --out names: payloads one behind the other. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include <sys/stat.h>

#include <rte_mbuf.h>

#include "opt.h"

struct output {
	const char *name; /* NULL: there is none, and the rest does nothing */
	FILE *file;
	bool buffered; /* something has been written since the last output_flush() */
};

/*
 * Open (and truncate) the file, unless it is the one that `in` (may be NULL) describes. `name`
 * NULL: none; "-": standard output. Returns 0, or -1 with `err` filled.
 */
int output_open(
	struct output *output, const char *name, const struct stat *in, struct opt_error *err);

/* Write the bytes of a packet. Returns 0, or -1 with `err` filled. */
int output_write(struct output *output, const struct rte_mbuf *pkt, struct opt_error *err);

/* Write what is still buffered: a reader of a pipe waits for it. Returns 0, or -1 with `err`. */
int output_flush(struct output *output, struct opt_error *err);

/* Write what is still buffered, and close. Returns 0, or -1 with `err` filled. */
int output_close(struct output *output, struct opt_error *err);

#endif
