/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files as payloads.
 *
 * Files are read, not mmapped, into a ring of blocks of EAL memory: a NIC can reach those bytes
 * (mapped payloads work on every port, not only on those that read by CPU), a file may be longer
 * than memory or be a pipe, and a file that shrinks meanwhile ends early instead of raising SIGBUS.
 * A block is filled again when all payloads in it have been given back.
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/stat.h>
#include <sys/uio.h>

#include "opt.h"

/* A size that is not known: a pipe. */
#define SOURCE_SIZE_UNKNOWN UINT64_MAX

struct source;

struct source_conf {
	char *const *files; /* "-" is standard input */
	unsigned n_files;
	uint64_t repeat;		 /* how often all of them are read, at least 1 */
	uint32_t payload;		 /* bytes of each payload but the last of a file */
	void (*empty)(const char *name); /* called once for each file without bytes; may be NULL */
};

/* Why source_peek() returned 0. */
enum source_state {
	SOURCE_READY, /* it did not */
	SOURCE_BUSY,  /* all blocks wait for payloads to be given back */
	SOURCE_SLOW,  /* a pipe has nothing to read now */
	SOURCE_END,   /* everything has been taken */
	SOURCE_ERROR, /* a file could not be read: source_error() */
};

/*
 * Check that a file can be read, and is not the one that `out` (may be NULL) describes. Needs no
 * EAL. `*bytes` is its size or SOURCE_SIZE_UNKNOWN. Returns 0, or -1 with `err` filled.
 */
int source_check(const char *name, const struct stat *out, uint64_t *bytes, struct opt_error *err);

/* Create a source; `conf->files` is lent to it. Returns 0, or -1 with `err` filled. */
int source_create(struct source **source, const struct source_conf *conf, struct opt_error *err);

/*
 * Free a source; no payload may be given back any more. NULL is fine. `held`: somebody may still
 * read its blocks, so they are left to the end of the EAL.
 */
void source_destroy(struct source *source, bool held);

/*
 * Look at the next payloads, in order; reads when it must. iov[i] is payload i, and `*ctx` is to be
 * given back once for each of them that was taken. Returns how many, at most `n`; 0:
 * source_state() says why.
 */
unsigned source_peek(struct source *source, struct iovec *iov, unsigned n, void **ctx);
enum source_state source_state(const struct source *source);

/* Take the first payloads of the last source_peek(), `n` of them with `bytes` together. */
void source_take(struct source *source, unsigned n, size_t bytes);

/* A payload has completed: `ctx` from source_peek(). */
void source_give_back(void *ctx);

/* Wait at most `ms` until a slow pipe has more, or a signal comes. */
void source_wait(const struct source *source, int ms);

/* What went wrong. */
const char *source_error(const struct source *source);

#endif
