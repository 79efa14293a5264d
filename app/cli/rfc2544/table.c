/* SPDX-License-Identifier: BSD-3-Clause */
/* Results as lines for people: each row as soon as it is there. */
#include "result.h"

#define RFC_TRIAL_S 60 /* RFC 2544 24: at least; 26.2: 120, 26.4: 2 */

static void
title(FILE *out, const struct result *result)
{
	const struct rfc2544_conf *conf = result->conf;
	const struct session *session = result->session;

	fprintf(out, "RFC 2544 %s, IPv%u: %s to %s", rfc2544_name(conf->test), result->family,
		session->links[conf->tx_link].name,
		conf->peer ? "a peer and back" : session->links[conf->rx_link].name);
	fprintf(out, "; trials of %g s%s, resolution %g %%", conf->trial,
		conf->trial < RFC_TRIAL_S && conf->test != RFC2544_BACK_TO_BACK
			? " (the RFC asks for 60)"
			: "",
		conf->resolution * 100);
	if (conf->tolerance > 0)
		fprintf(out, ", loss up to %g %% taken for none", conf->tolerance * 100);
	fputc('\n', out);
}

void
table_head(FILE *out, const struct result *result)
{
	static const char *const heads[] = {
		"  payloads/s    frames/s   Gbit/s  of line  limit    trials",
		"  payloads/s     min us     p50     p90     p99   p99.9     max",
		"  offered payloads/s: loss",
		"  payloads back to back      frames",
	};

	title(out, result);
	fprintf(out, "           size  payload  frames%s\n", heads[result->conf->test]);
	fflush(out);
}

static void
throughput(FILE *out, const struct result_row *row)
{
	fprintf(out, "%12.0f%12.0f%9.3f", row->rate, result_frames(row, row->rate),
		result_gbits(row, row->rate));
	if (row->line > 0)
		fprintf(out, "%7.1f %%", 100 * row->rate / row->line);
	else
		fputs("        -", out);
	fprintf(out, "  %-6s%9u", result_limit(row), row->trials);
}

static void
latency(FILE *out, const struct result_row *row)
{
	static const double shares[] = {0.5, 0.9, 0.99, 0.999};

	fprintf(out, "%12.0f%11.1f", row->rate,
		row->latency.n == 0 ? 0 : (double)row->latency.min / 1e3);
	for (unsigned i = 0; i < 4; i++)
		fprintf(out, "%8.1f", (double)hist_quantile(&row->latency, shares[i]) / 1e3);
	fprintf(out, "%8.1f", (double)row->latency.max / 1e3);
}

static void
frame_loss(FILE *out, const struct result_row *row)
{
	for (unsigned i = 0; i < row->n_points; i++)
		fprintf(out, "%s%.0f: %.4g %%", i == 0 ? "  " : ", ", row->points[i].offered,
			100 * row->points[i].loss);
}

void
table_row(FILE *out, const struct result *result, const struct result_row *row)
{
	char size[32];

	result_size(row, size, sizeof(size));
	fprintf(out, "%15s%9u%8u", size, row->shape.payload, row->shape.frames);
	switch (result->conf->test) {
	case RFC2544_THROUGHPUT:
		throughput(out, row);
		break;
	case RFC2544_LATENCY:
		latency(out, row);
		break;
	case RFC2544_FRAME_LOSS:
		frame_loss(out, row);
		break;
	case RFC2544_BACK_TO_BACK:
		fprintf(out, "%23.0f%12.0f", row->burst, row->burst * row->shape.frames);
		break;
	}
	fputc('\n', out);
	fflush(out);
}
