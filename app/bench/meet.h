/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_MEET_H
#define BENCH_MEET_H

/* A directory of our own in $TMPDIR or /tmp, with room for one socket: where two processes meet. */
struct meet {
	char dir[64]; /* "": none */
	char path[80];
};

/* 0 or negative errno. */
int meet_make(struct meet *meet);

/* The path of the socket. */
const char *meet_path(const struct meet *meet);

/* The directory goes, with the socket. */
void meet_free(struct meet *meet);

#endif /* BENCH_MEET_H */
