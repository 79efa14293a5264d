/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_memory.h>

#include <pktpool_mem.h>

/* A block holds whole payloads, at least one and about this many bytes. */
#define BLOCK_BYTES (256u * 1024)
#define BLOCKS	    32u

/* Invariant: taken <= filled <= block_bytes; a block is the current one, in flight, or free. */
struct block {
	uint8_t *data;
	uint32_t filled;
	uint32_t taken;
	uint32_t in_flight; /* payloads that were taken and not given back */
	bool sealed;	    /* no more is read into it: it is full, or its file has ended */
};

struct source {
	struct source_conf conf;
	struct block blocks[BLOCKS];
	unsigned current; /* index of the block that is read into and taken from */
	uint32_t block_bytes;
	void *memory;
	int fd; /* -1: none open */
	bool pollable;
	unsigned file;	  /* index of the open file, or the next to open */
	uint64_t round;	  /* of conf.repeat */
	uint64_t in_file; /* bytes read from the open file */
	enum source_state state;
	struct opt_error error;
};

static bool
is_stdin(const char *name)
{
	return strcmp(name, "-") == 0;
}

static int
refuse(const char *name, const char *why, struct opt_error *err)
{
	return opt_fail(err, -1, "%.200s: expected a file that can be read: %s", name, why);
}

/* Bytes of a regular file from where it is read. */
static uint64_t
bytes_left(const char *name, const struct stat *st)
{
	off_t at = is_stdin(name) ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;

	if (!S_ISREG(st->st_mode))
		return SOURCE_SIZE_UNKNOWN;
	return at > 0 ? (uint64_t)(st->st_size > at ? st->st_size - at : 0) : (uint64_t)st->st_size;
}

int
source_check(const char *name, const struct stat *out, uint64_t *bytes, struct opt_error *err)
{
	struct stat st;

	if ((is_stdin(name) ? fstat(STDIN_FILENO, &st) : stat(name, &st)) < 0)
		return refuse(name, strerror(errno), err);
	if (S_ISDIR(st.st_mode))
		return refuse(name, strerror(EISDIR), err);
	if (is_stdin(name) && (fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY)
		return refuse(name, strerror(EBADF), err);
	if (!is_stdin(name) && access(name, R_OK) < 0)
		return refuse(name, strerror(errno), err);
	if (out != NULL && S_ISREG(st.st_mode) && st.st_dev == out->st_dev &&
		st.st_ino == out->st_ino)
		return opt_fail(err, -1,
			"%.200s: --pcap would overwrite this file; write to another", name);
	*bytes = bytes_left(name, &st);
	return 0;
}

int
source_create(struct source **source, const struct source_conf *conf, struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	struct source *s = calloc(1, sizeof(*s));
	uint32_t per_block = conf->payload < BLOCK_BYTES ? BLOCK_BYTES / conf->payload : 1;

	if (s == NULL)
		return opt_fail(err, -1, "out of memory");
	s->conf = *conf;
	s->fd = -1;
	s->block_bytes = per_block * conf->payload;
	s->memory =
		pktpool_mem_alloc("FILE", (size_t)s->block_bytes * BLOCKS, 0, SOCKET_ID_ANY, &why);
	if (s->memory == NULL) {
		free(s);
		return opt_fail(err, -1, "no memory to read files into: %s", why.text);
	}
	for (unsigned i = 0; i < BLOCKS; i++)
		s->blocks[i].data = (uint8_t *)s->memory + (size_t)i * s->block_bytes;
	*source = s;
	return 0;
}

void
source_destroy(struct source *source, bool held)
{
	if (source == NULL)
		return;
	if (source->fd >= 0)
		close(source->fd);
	if (!held)
		(void)pktpool_mem_free(source->memory);
	free(source);
}

static enum source_state
fail(struct source *s)
{
	(void)opt_fail(&s->error, 0, "%.200s: %s", s->conf.files[s->file], strerror(errno));
	return SOURCE_ERROR;
}

/* Open the next file. READY, END after the last of the last round, SLOW on a signal, ERROR. */
static enum source_state
open_next(struct source *s)
{
	struct stat st;
	const char *name;

	if (s->file == s->conf.n_files) {
		if (s->round + 1 == s->conf.repeat)
			return SOURCE_END;
		s->round++;
		s->file = 0;
	}
	name = s->conf.files[s->file];
	s->fd = is_stdin(name) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			       : open(name, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return errno == EINTR ? SOURCE_SLOW : fail(s);
	if (fstat(s->fd, &st) < 0)
		return fail(s);
	s->pollable = !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode);
	if (!s->pollable)
		(void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	s->in_file = 0;
	return SOURCE_READY;
}

static void
close_file(struct source *s)
{
	if (s->in_file == 0 && s->round == 0 && s->conf.empty != NULL)
		s->conf.empty(s->conf.files[s->file]);
	close(s->fd);
	s->fd = -1;
	s->file++;
}

/* Read once into the current block, or seal it. READY: look again. */
static enum source_state
read_once(struct source *s, struct block *block)
{
	struct pollfd poll_fd = {.fd = s->fd, .events = POLLIN};
	ssize_t n;

	if (s->fd < 0)
		return open_next(s);
	if (s->pollable && poll(&poll_fd, 1, 0) <= 0)
		return SOURCE_SLOW;
	n = read(s->fd, block->data + block->filled, s->block_bytes - block->filled);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? SOURCE_SLOW : fail(s);
	s->in_file += (uint64_t)n;
	block->filled += (uint32_t)n;
	if (n == 0)
		close_file(s);
	block->sealed = block->filled == s->block_bytes || (n == 0 && block->filled > 0);
	return SOURCE_READY;
}

/* Go on to the next block if it is free. */
static enum source_state
next_block(struct source *s)
{
	unsigned next = (s->current + 1) % BLOCKS;
	struct block *block = &s->blocks[next];

	if (block->in_flight != 0)
		return SOURCE_BUSY;
	block->filled = 0;
	block->taken = 0;
	block->sealed = false;
	s->current = next;
	return SOURCE_READY;
}

/* Payloads of the current block that can be taken; a short one only at its file's end. */
static unsigned
ready(const struct source *s, const struct block *block, struct iovec *iov, unsigned n)
{
	uint32_t at = block->taken;
	unsigned i;

	for (i = 0; i < n && at < block->filled; i++) {
		uint32_t len = block->filled - at;

		if (len >= s->conf.payload)
			len = s->conf.payload;
		else if (!block->sealed)
			break;
		iov[i] = (struct iovec){.iov_base = block->data + at, .iov_len = len};
		at += len;
	}
	return i;
}

unsigned
source_peek(struct source *s, struct iovec *iov, unsigned n, void **ctx)
{
	do {
		struct block *block = &s->blocks[s->current];
		unsigned found = ready(s, block, iov, n);

		if (found > 0) {
			*ctx = block;
			s->state = SOURCE_READY;
			return found;
		}
		s->state = block->sealed ? next_block(s) : read_once(s, block);
	} while (s->state == SOURCE_READY);
	return 0;
}

enum source_state
source_state(const struct source *source)
{
	return source->state;
}

void
source_take(struct source *source, unsigned n, size_t bytes)
{
	struct block *block = &source->blocks[source->current];

	block->taken += (uint32_t)bytes;
	block->in_flight += n;
}

void
source_give_back(void *ctx)
{
	struct block *block = ctx;

	block->in_flight--;
}

void
source_wait(const struct source *source, int ms)
{
	struct pollfd poll_fd = {.fd = source->fd, .events = POLLIN};

	(void)poll(&poll_fd, source->fd >= 0 ? 1 : 0, ms);
}

const char *
source_error(const struct source *source)
{
	return source->error.text;
}
