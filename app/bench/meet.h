/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_MEET_H
#define BENCH_MEET_H

/* A directory of our own in $TMPDIR or /tmp, for the sockets where two processes meet. */
struct meet {
	char dir[64];	/* "": none */
	char path[108]; /* as long as a Unix socket's may be */
};

/* 0 or negative errno. */
int meet_make(struct meet *meet);

/* The path of a socket in it; good until the next call. */
const char *meet_path(struct meet *meet, const char *name);

/* The directory goes, with the sockets of the names that meet_path() was asked for. */
void meet_free(struct meet *meet);

#endif /* BENCH_MEET_H */
