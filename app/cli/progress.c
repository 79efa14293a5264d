/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include <unistd.h>

#define DRAWS_PER_SECOND 5

void
progress_init(struct progress *progress, bool wanted, uint64_t total, uint64_t hz, uint64_t now)
{
	bool draw = wanted && isatty(STDERR_FILENO);

	*progress = (struct progress){
		.out = draw ? stderr : NULL,
		.hz = hz,
		.total = total,
		.start = now,
		.next = draw ? now + hz / DRAWS_PER_SECOND : UINT64_MAX,
		.last_at = now,
	};
}

/* "1.5 MB" and the like; three digits that count. */
static void
format_bytes(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)bytes;
	unsigned unit = 0;

	for (; value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1000;
	(void)snprintf(
		text, size, "%.*f %s", unit == 0 || value >= 100 ? 0 : 1, value, units[unit]);
}

/* "3 s", "2:05", "1:00:00": how long the rest takes at the mean rate so far; "?" if not known. */
static void
format_left(char *text, size_t size, const struct progress *progress, uint64_t now, uint64_t bytes)
{
	double elapsed = (double)(now - progress->start) / (double)progress->hz;
	double left = -1;
	unsigned long s;

	if (progress->total != UINT64_MAX && bytes > 0)
		left = progress->total > bytes
			       ? elapsed * (double)(progress->total - bytes) / (double)bytes
			       : 0;
	if (left < 0 || left > 1e7) {
		(void)snprintf(text, size, "?");
		return;
	}
	s = (unsigned long)(left + 0.5);
	if (s < 60)
		(void)snprintf(text, size, "%lu s", s);
	else if (s < 3600)
		(void)snprintf(text, size, "%lu:%02lu", s / 60, s % 60);
	else
		(void)snprintf(text, size, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
}

void
progress_format(const struct progress *progress, uint64_t now, const struct progress_now *done,
	char *line, size_t size)
{
	double seconds = (double)(now - progress->last_at) / (double)progress->hz;
	double frames = (double)(done->frames - progress->last_frames);
	double octets = (double)(done->octets - progress->last_octets);
	char bytes[24], total[32] = "", left[24];

	if (seconds <= 0)
		seconds = 1e-9;
	format_bytes(bytes, sizeof(bytes), done->bytes);
	format_left(left, sizeof(left), progress, now, done->bytes);
	if (progress->total != UINT64_MAX) {
		char of[24];

		format_bytes(of, sizeof(of), progress->total);
		(void)snprintf(total, sizeof(total), " of %s", of);
	}
	(void)snprintf(line, size, "%s%s  %.3f Mframes/s  %.3f Gbit/s  %s left", bytes, total,
		frames / seconds / 1e6, octets * 8 / seconds / 1e9, left);
}

void
progress_draw(struct progress *progress, uint64_t now, const struct progress_now *done)
{
	char line[128];

	progress->next = now + progress->hz / DRAWS_PER_SECOND;
	progress_format(progress, now, done, line, sizeof(line));
	progress->last_at = now;
	progress->last_frames = done->frames;
	progress->last_octets = done->octets;
	progress->drawn = true;
	fprintf(progress->out, "\r%.79s\033[K", line);
	fflush(progress->out);
}

void
progress_end(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", progress->out);
	progress->drawn = false;
	progress->next = UINT64_MAX;
}
