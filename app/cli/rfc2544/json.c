/* SPDX-License-Identifier: BSD-3-Clause */
/* Results as JSON: everything, the histograms too. */
#include <inttypes.h>

#include "result.h"

/* Names of links come from a file: they may have quotes in them. */
static void
name(FILE *out, const char *key, const char *text)
{
	fprintf(out, "  \"%s\": \"", key);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputs("\",\n", out);
}

static void
latency(FILE *out, const struct hist *hist)
{
	static const struct {
		const char *name;
		double share;
	} of[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99_9", 0.999}};
	const char *comma = "";

	fprintf(out,
		", \"latency_ns\": {\"count\": %" PRIu64 ", \"min\": %" PRIu64 ", \"mean\": %.1f",
		hist->n, hist->n == 0 ? 0 : hist->min,
		hist->n == 0 ? 0 : hist->sum / (double)hist->n);
	for (unsigned i = 0; i < 4; i++)
		fprintf(out, ", \"%s\": %" PRIu64, of[i].name, hist_quantile(hist, of[i].share));
	fprintf(out, ", \"max\": %" PRIu64 ", \"histogram\": [", hist->max);
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		if (hist->buckets[i] == 0)
			continue;
		fprintf(out, "%s[%" PRIu64 ", %" PRIu64 "]", comma, hist_bucket_top(i),
			hist->buckets[i]);
		comma = ", ";
	}
	fputs("]}", out);
}

static void
frame_loss(FILE *out, const struct result_row *row)
{
	fputs(", \"loss\": [", out);
	for (unsigned i = 0; i < row->n_points; i++)
		fprintf(out, "%s{\"offered\": %.1f, \"lost\": %.9g}", i == 0 ? "" : ", ",
			row->points[i].offered, row->points[i].loss);
	fputc(']', out);
}

static void
rate(FILE *out, const struct result_row *row)
{
	fprintf(out, ", \"payloads_per_s\": %.1f, \"frames_per_s\": %.1f, \"gbit_per_s\": %.6f",
		row->rate, result_frames(row, row->rate), result_gbits(row, row->rate));
	fprintf(out, ", \"limit\": \"%s\"", result_limit(row));
}

static void
json_row(FILE *out, const struct result *result, const struct result_row *row)
{
	fprintf(out,
		"    {\"%s\": %u, \"payload_len\": %u, \"frames\": %u, \"octets\": %u, "
		"\"trials\": %u",
		row->size.is_payload ? "payload_size" : "frame_size", row->size.bytes,
		row->shape.payload, row->shape.frames, row->shape.octets, row->trials);
	if (row->line > 0)
		fprintf(out, ", \"line_payloads_per_s\": %.1f", row->line);
	switch (result->conf->test) {
	case RFC2544_THROUGHPUT:
		rate(out, row);
		break;
	case RFC2544_LATENCY:
		rate(out, row);
		latency(out, &row->latency);
		break;
	case RFC2544_FRAME_LOSS:
		frame_loss(out, row);
		break;
	case RFC2544_BACK_TO_BACK:
		fprintf(out, ", \"payloads_back_to_back\": %.1f", row->burst);
		break;
	}
	fputc('}', out);
}

void
json_write(FILE *out, const struct result *result)
{
	const struct rfc2544_conf *conf = result->conf;
	const struct session *session = result->session;

	fputs("{\n", out);
	fprintf(out, "  \"test\": \"%s\",\n", rfc2544_name(conf->test));
	name(out, "from", session->links[conf->tx_link].name);
	if (!conf->peer)
		name(out, "to", session->links[conf->rx_link].name);
	fprintf(out,
		"  \"round_trip\": %s,\n  \"family\": %u,\n  \"workers\": %u,\n"
		"  \"trial_s\": %g,\n  \"resolution\": %g,\n  \"tolerance\": %g,\n"
		"  \"repeat\": %u,\n  \"rows\": [\n",
		conf->peer ? "true" : "false", result->family, session->n_workers, conf->trial,
		conf->resolution, conf->tolerance, conf->repeat);
	for (unsigned i = 0; i < result->n_rows; i++) {
		json_row(out, result, &result->rows[i]);
		fputs(i + 1 < result->n_rows ? ",\n" : "\n", out);
	}
	fputs("  ]\n}\n", out);
}
