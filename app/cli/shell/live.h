/* SPDX-License-Identifier: BSD-3-Clause */
/* What `show live` shows: samples of counters, and rates between two of them. */
#ifndef SHELL_LIVE_H
#define SHELL_LIVE_H

#include "shell.h"

struct live_link {
	uint64_t rx, tx, rx_octets, tx_octets, drops;
};

struct live_worker {
	uint64_t busy, total, frames;
};

struct live_sample {
	uint64_t tsc;
	struct live_link links[CONFIG_LINKS_MAX];
	struct live_worker workers[PROTO_WORKERS_MAX];
};

void live_take(const struct shell *shell, struct live_sample *sample);

/* A screen, or less: lines of at most `columns`, at most `rows`. */
struct live_text {
	char bytes[32768];
	size_t len;
	unsigned row, rows, columns;
	const char *line_end;
};

/* Draw what happened between two samples. */
void live_draw(struct live_text *text, const struct shell *shell, const struct live_sample *before,
	const struct live_sample *now);

/* The same as plain lines, one a link. */
void live_print(FILE *out, const struct shell *shell, double seconds,
	const struct live_sample *before, const struct live_sample *now);

/* Show it each second until a key, a signal, the engine's end, or `n` times (0: no end). */
void live_run(struct shell *shell, unsigned n);

#endif
