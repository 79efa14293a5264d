/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line on a terminal, redrawn five times a second while payloads are sent.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out; /* NULL: nothing is drawn */
	uint64_t hz;
	uint64_t total; /* payload bytes, UINT64_MAX: not known */
	uint64_t start, next;
	uint64_t last_at, last_frames, last_octets;
	bool drawn;
};

/* What has been done so far. */
struct progress_now {
	uint64_t bytes;	 /* of payloads accepted */
	uint64_t frames; /* sent */
	uint64_t octets; /* of those frames */
};

/* Draw on stderr if that is a terminal and `wanted`. `now` and `hz` of the TSC. */
void progress_init(
	struct progress *progress, bool wanted, uint64_t total, uint64_t hz, uint64_t now);

/* Is it time to draw? Costs a comparison, so a loop may ask at every turn. */
static inline bool
progress_due(const struct progress *progress, uint64_t now)
{
	return now >= progress->next;
}

void progress_draw(struct progress *progress, uint64_t now, const struct progress_now *done);

/* Remove the line. */
void progress_end(struct progress *progress);

/* Write one line of progress, without a line end, as progress_draw() does. */
void progress_format(const struct progress *progress, uint64_t now, const struct progress_now *done,
	char *line, size_t size);

#endif
