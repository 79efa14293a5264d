/* SPDX-License-Identifier: BSD-3-Clause */
/* Results as a plot: what gnuplot is told. */
#include <rte_common.h>

#include "result.h"

#define LINE_SHOWN 4 /* times the greatest rate */

/* From 0 to a little above the greatest; gnuplot's own choice stumbles when all are 0. */
static void
y_range(FILE *out, double max)
{
	fprintf(out, "set yrange [0:%.9g]\n", max > 0 ? max * 1.1 : 1);
}

/* Boxes: one a row. */
static void
boxes(FILE *out, const struct result *result)
{
	fprintf(out,
		"set style fill solid 0.7\nset boxwidth 0.7\nset bmargin 5\n"
		"set xlabel 'bytes of a frame with FCS, or of a payload'\n"
		"set xrange [-0.6:%.1f]\n",
		(double)result->n_rows - 0.4);
}

/* Each row's name, and numbers of it. */
static void
data_rates(FILE *out, const struct result *result)
{
	fputs("$data << EOD\n", out);
	for (unsigned i = 0; i < result->n_rows; i++) {
		const struct result_row *row = &result->rows[i];

		fprintf(out, "\"%s%u\" %.9g %.9g %.9g\n", row->size.is_payload ? "payload\\n" : "",
			row->size.bytes, result_gbits(row, row->rate), result_gbits(row, row->line),
			row->burst);
	}
	fputs("EOD\n", out);
}

/* The greatest of what was measured, and of what the line would let through. */
static void
greatest(const struct result *result, double *rate, double *line)
{
	*rate = *line = 0;
	for (unsigned i = 0; i < result->n_rows; i++) {
		const struct result_row *row = &result->rows[i];

		*rate = RTE_MAX(*rate, result_gbits(row, row->rate));
		*line = RTE_MAX(*line, result_gbits(row, row->line));
	}
}

/* The line's speed stands in the plot unless that would press the rest to the ground. */
static void
plot_throughput(FILE *out, const struct result *result)
{
	double rate, line;

	greatest(result, &rate, &line);
	if (line > LINE_SHOWN * rate)
		line = 0;
	y_range(out, RTE_MAX(rate, line));
	boxes(out, result);
	data_rates(out, result);
	fputs("set ylabel 'Gbit/s of frames without loss'\n"
	      "plot $data using 0:2:xtic(1) with boxes notitle",
		out);
	if (line > 0)
		fputs(", $data using 0:3 with points pt 7 ps 1.5 title \"the link's speed\"", out);
	fputc('\n', out);
}

static void
plot_burst(FILE *out, const struct result *result)
{
	double max = 0;

	for (unsigned i = 0; i < result->n_rows; i++)
		max = RTE_MAX(max, result->rows[i].burst);
	y_range(out, max);
	boxes(out, result);
	data_rates(out, result);
	fputs("set ylabel 'payloads back to back without loss'\n"
	      "plot $data using 0:4:xtic(1) with boxes notitle\n",
		out);
}

/* Latency over the share that is slower, as HdrHistogram plots it: the tail is what matters. */
static void
latency_data(FILE *out, const struct hist *hist)
{
	uint64_t seen = 0;

	for (unsigned i = 0; i < HIST_BUCKETS && hist->n > 0; i++) {
		double slower;

		if (hist->buckets[i] == 0)
			continue;
		slower = 1 - (double)seen / (double)hist->n; /* the share that is in it or above */
		seen += hist->buckets[i];
		fprintf(out, "%.9g %.9g\n", 1 / slower, (double)hist_bucket_top(i) / 1e3);
	}
}

static void
plot_latency(FILE *out, const struct result *result)
{
	for (unsigned i = 0; i < result->n_rows; i++) {
		fprintf(out, "$data%u << EOD\n", i);
		latency_data(out, &result->rows[i].latency);
		fputs("EOD\n", out);
	}
	fputs("set logscale x\nset logscale y\nset key bottom right\n"
	      "set ylabel 'latency, microseconds'\nset xlabel 'percentile'\n"
	      "set xtics ('0' 1, '50' 2, '90' 10, '99' 100, '99.9' 1000, '99.99' 10000, "
	      "'99.999' 100000, '99.9999' 1000000)\nplot ",
		out);
	for (unsigned i = 0; i < result->n_rows; i++) {
		char size[32];

		result_size(&result->rows[i], size, sizeof(size));
		fprintf(out, "%s$data%u with steps lw 2 title '%s'", i == 0 ? "" : ", ", i, size);
	}
	fputc('\n', out);
}

static void
plot_loss(FILE *out, const struct result *result)
{
	double max = 0;

	for (unsigned i = 0; i < result->n_rows; i++) {
		const struct result_row *row = &result->rows[i];

		fprintf(out, "$data%u << EOD\n", i);
		for (unsigned k = 0; k < row->n_points; k++) {
			fprintf(out, "%.9g %.9g\n", result_gbits(row, row->points[k].offered),
				100 * row->points[k].loss);
			max = RTE_MAX(max, 100 * row->points[k].loss);
		}
		fputs("EOD\n", out);
	}
	y_range(out, max);
	fputs("set xlabel 'Gbit/s offered'\nset ylabel '% lost'\n"
	      "set key top left\nplot ",
		out);
	for (unsigned i = 0; i < result->n_rows; i++) {
		char size[32];

		result_size(&result->rows[i], size, sizeof(size));
		fprintf(out, "%s$data%u with linespoints title '%s'", i == 0 ? "" : ", ", i, size);
	}
	fputc('\n', out);
}

void
plot_write(FILE *out, const struct result *result)
{
	static void (*const plots[])(FILE * out, const struct result *result) = {
		plot_throughput, plot_latency, plot_loss, plot_burst};

	fprintf(out,
		"set terminal svg size 900,540 dynamic background '#ffffff'\n"
		"set title 'RFC 2544 %s, IPv%u, trials of %g s'\nset grid\n",
		rfc2544_name(result->conf->test), result->family, result->conf->trial);
	plots[result->conf->test](out, result);
}
