/* SPDX-License-Identifier: BSD-3-Clause */
#include "result.h"

#define AT_LINE 0.98 /* of the line's rate: as good as it gets */

static const char *const names[] = {"throughput", "latency", "frame-loss", "back-to-back", NULL};

const char *
rfc2544_name(unsigned test)
{
	return test < sizeof(names) / sizeof(names[0]) ? names[test] : NULL;
}

double
result_frames(const struct result_row *row, double rate)
{
	return rate * row->shape.frames;
}

double
result_gbits(const struct result_row *row, double rate)
{
	return rate * row->shape.octets * 8e-9;
}

const char *
result_limit(const struct result_row *row)
{
	if (row->line > 0 && row->rate >= row->line * AT_LINE)
		return "line";
	return row->sender_bound ? "sender" : "loss";
}

void
result_size(const struct result_row *row, char *text, size_t size)
{
	(void)snprintf(text, size, "%s%u", row->size.is_payload ? "payload " : "", row->size.bytes);
}
