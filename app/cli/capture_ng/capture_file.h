/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file of a capture, or of several that take turns: FILE is written; when it would become
 * longer than it may, it becomes FILE.1, the one before FILE.2 and so on, and the oldest goes.
 */
#ifndef CAPTURE_NG_CAPTURE_FILE_H
#define CAPTURE_NG_CAPTURE_FILE_H

#include <stdbool.h>

#include "../opt.h"

struct capture_file {
	const char *name;
	uint64_t octets_max; /* 0: no end */
	unsigned n_files;    /* kept, FILE among them; with octets_max */
	int fd;		     /* -1: closed */
	uint64_t octets;     /* in the one that is written */
	uint64_t files;	     /* that have been begun */
};

/* Open (and truncate) the file. Returns 0, or -1 with `err`. */
int capture_file_open(struct capture_file *file, struct opt_error *err);

/* Write. Returns 0, or -1 with `err`: then the file holds a part of it at most. */
int capture_file_write(
	struct capture_file *file, const void *bytes, size_t n, struct opt_error *err);

/* Would `n` bytes more be too many? */
bool capture_file_is_full(const struct capture_file *file, size_t n);

/* Close this file and begin the next. Returns 0, or -1 with `err`: then it is closed. */
int capture_file_rotate(struct capture_file *file, struct opt_error *err);

/* Close. Returns 0, or -1 with `err`. A file that is closed stays so. */
int capture_file_close(struct capture_file *file, struct opt_error *err);

#endif
