/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bench.h"

void
report_text(FILE *f, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\')
			fprintf(f, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(f, "\\u%04x", (unsigned int)*text);
		else
			fputc(*text, f);
}

static double
ns(const struct bench *bench, double cycles)
{
	return cycles * 1e9 / bench->tsc_hz;
}

/* Parts of a histogram that are told, by their names. */
static const struct percentile {
	const char *name;
	double part;
} percentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1}};

#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

static double
percentile_ns(const struct bench *bench, const struct hist *hist, unsigned int i)
{
	return ns(bench, (double)hist_quantile(hist, percentiles[i].part));
}

static double
gbit_s(const struct bench *bench, const struct bench_result *r)
{
	return r->bytes * 8 / ns(bench, r->cycles.median);
}

/* The end of a row: how much that is in a second, if it is bytes that count. */
static void
text_rate(const struct bench *bench, const struct bench_result *r, FILE *f)
{
	if (r->bytes != 0)
		fprintf(f, " %8.1f Gbit/s", gbit_s(bench, r));
	fprintf(f, "\n");
}

static bool
has_hist(const struct bench_group *group)
{
	return group->results[0].hist != NULL;
}

static void
text_hists(const struct bench *bench, const struct bench_group *group, FILE *f)
{
	if (!has_hist(group))
		return;
	fprintf(f, "  %-38s", "each alone, ns");
	for (unsigned int p = 0; p < PERCENTILES; p++)
		fprintf(f, " %10s", percentiles[p].name);
	fprintf(f, " %8s\n", "number");
	for (unsigned int i = 0; i < group->n; i++) {
		const struct bench_result *r = &group->results[i];

		fprintf(f, "  %-38s", r->name);
		for (unsigned int p = 0; p < PERCENTILES; p++)
			fprintf(f, " %10.0f", percentile_ns(bench, r->hist, p));
		fprintf(f, " %8" PRIu64 "\n", r->hist->n);
	}
}

void
report_group(const struct bench *bench, const struct bench_group *group, FILE *f)
{
	fprintf(f, "\n%s  (TSC cycles per %s; ratio to \"%s\", turn by turn)\n", group->name,
		group->unit, group->floor);
	fprintf(f, "  %-38s %8s %16s %8s %7s %14s\n", "", "median", "quartiles", "ns", "ratio",
		"quartiles");
	for (unsigned int i = 0; i < group->n; i++) {
		const struct bench_result *r = &group->results[i];
		char text[2][32];

		snprintf(text[0], sizeof(text[0]), "%.1f..%.1f", r->cycles.q1, r->cycles.q3);
		fprintf(f, "  %-38s %8.1f %16s %8.2f", r->name, r->cycles.median, text[0],
			ns(bench, r->cycles.median));
		if (r->ratio.n == 0) {
			fprintf(f, " %7s %14s", "1", "");
			text_rate(bench, r, f);
			continue;
		}
		snprintf(text[1], sizeof(text[1]), "%.2f..%.2f", r->ratio.q1, r->ratio.q3);
		fprintf(f, " %7.2f %14s", r->ratio.median, text[1]);
		text_rate(bench, r, f);
	}
	text_hists(bench, group, f);
	fflush(f);
}

static const char *
verdict(const struct bench_target *t)
{
	if (!t->measured)
		return "not measured";
	return (t->at_least ? t->got.median >= t->limit : t->got.median <= t->limit) ? "yes" : "NO";
}

void
report_targets(const struct bench *bench, FILE *f)
{
	fprintf(f, "\ntargets, by this run alone\n");
	fprintf(f, "  %-78s %8s %8s %14s  %s\n", "", "limit", "got", "quartiles", "reached");
	for (unsigned int i = 0; i < bench->n_targets; i++) {
		const struct bench_target *t = &bench->targets[i];

		fprintf(f, "  %-78s %s%7.2f ", t->what, t->at_least ? ">" : "<", t->limit);
		if (t->measured)
			fprintf(f, "%8.2f %6.2f..%-6.2f  %s\n", t->got.median, t->got.q1, t->got.q3,
				verdict(t));
		else
			fprintf(f, "%8s %14s  %s\n", "-", "", verdict(t));
	}
}

static void
json_spread(FILE *f, const char *name, const struct stat_spread *s)
{
	fprintf(f, "\"%s\": {\"n\": %zu, \"q1\": %.3f, \"median\": %.3f, \"q3\": %.3f}", name, s->n,
		s->q1, s->median, s->q3);
}

static void
json_hist(const struct bench *bench, const struct hist *hist, FILE *f)
{
	fprintf(f, ", \"each_ns\": {\"n\": %" PRIu64, hist->n);
	for (unsigned int p = 0; p < PERCENTILES; p++)
		fprintf(f, ", \"%s\": %.0f", percentiles[p].name, percentile_ns(bench, hist, p));
	fprintf(f, "}");
}

static void
json_group(const struct bench *bench, const struct bench_group *group, FILE *f)
{
	fprintf(f, "    {\"name\": \"%s\", \"unit\": \"%s\", \"floor\": \"%s\", \"cases\": [\n",
		group->name, group->unit, group->floor);
	for (unsigned int i = 0; i < group->n; i++) {
		const struct bench_result *r = &group->results[i];

		fprintf(f, "      {\"name\": \"%s\", \"what\": \"", r->name);
		report_text(f, r->what);
		fprintf(f, "\", \"frames_per_payload\": %.3f, \"ns\": %.3f, ",
			r->frames_per_payload, ns(bench, r->cycles.median));
		json_spread(f, "cycles", &r->cycles);
		if (r->ratio.n != 0) {
			fprintf(f, ", ");
			json_spread(f, "ratio", &r->ratio);
		}
		if (r->bytes != 0)
			fprintf(f, ", \"gbit_s\": %.3f", gbit_s(bench, r));
		if (r->hist != NULL)
			json_hist(bench, r->hist, f);
		fprintf(f, "}%s\n", i + 1 < group->n ? "," : "");
	}
	fprintf(f, "    ]}");
}

static void
write_json(const struct bench *bench, FILE *f)
{
	fprintf(f, "{\n  \"machine\": {\n");
	machine_print(bench, f, "    \"", "\": \"", "\"", ",\n");
	fprintf(f, "  },\n  \"quick\": %s,\n  \"groups\": [\n", bench->quick ? "true" : "false");
	for (unsigned int i = 0; i < bench->n_groups; i++) {
		json_group(bench, &bench->groups[i], f);
		fprintf(f, "%s\n", i + 1 < bench->n_groups ? "," : "");
	}
	fprintf(f, "  ],\n  \"targets\": [\n");
	for (unsigned int i = 0; i < bench->n_targets; i++) {
		const struct bench_target *t = &bench->targets[i];

		fprintf(f, "    {\"what\": \"%s\", \"group\": \"%s\", \"%s\": %.2f, ", t->what,
			t->group, t->at_least ? "at_least" : "at_most", t->limit);
		if (t->measured)
			fprintf(f, "\"got\": %.3f, \"reached\": %s}", t->got.median,
				strcmp(verdict(t), "yes") == 0 ? "true" : "false");
		else
			fprintf(f, "\"got\": null, \"reached\": null}");
		fprintf(f, "%s\n", i + 1 < bench->n_targets ? "," : "");
	}
	fprintf(f, "  ],\n  \"notes\": [");
	for (unsigned int i = 0; i < bench->n_notes; i++) {
		fprintf(f, "%s\"", i == 0 ? "" : ", ");
		report_text(f, bench->notes[i]);
		fprintf(f, "\"");
	}
	fprintf(f, "]\n}\n");
}

static void
write_md(const struct bench *bench, FILE *f)
{
	fprintf(f, "# chainburst-bench\n\n");
	machine_print(bench, f, "- ", ": ", "", "\n");
	fprintf(f, "\n| target | limit | got | reached |\n|---|---|---|---|\n");
	for (unsigned int i = 0; i < bench->n_targets; i++) {
		const struct bench_target *t = &bench->targets[i];

		fprintf(f, "| %s | %s %.2f | ", t->what, t->at_least ? "≥" : "≤", t->limit);
		if (t->measured)
			fprintf(f, "%.2f | %s |\n", t->got.median, verdict(t));
		else
			fprintf(f, "- | %s |\n", verdict(t));
	}
	for (unsigned int g = 0; g < bench->n_groups; g++) {
		const struct bench_group *group = &bench->groups[g];

		fprintf(f, "\n## %s\n\nTSC cycles per %s; ratio to \"%s\", turn by turn.\n\n",
			group->name, group->unit, group->floor);
		fprintf(f, "| case | what | median | q1..q3 | ns | ratio | q1..q3 |\n");
		fprintf(f, "|---|---|---:|---:|---:|---:|---:|\n");
		for (unsigned int i = 0; i < group->n; i++) {
			const struct bench_result *r = &group->results[i];

			fprintf(f, "| %s | %s | %.1f | %.1f..%.1f | %.2f ", r->name, r->what,
				r->cycles.median, r->cycles.q1, r->cycles.q3,
				ns(bench, r->cycles.median));
			if (r->ratio.n == 0)
				fprintf(f, "| 1 | |\n");
			else
				fprintf(f, "| %.2f | %.2f..%.2f |\n", r->ratio.median, r->ratio.q1,
					r->ratio.q3);
		}
	}
}

static int
write_file(const struct bench *bench, const char *name,
	void (*write_it)(const struct bench *bench, FILE *f))
{
	char path[4096];
	FILE *f;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/%s", bench->dir, name);
	f = fopen(path, "w");
	if (f != NULL) {
		write_it(bench, f);
		rc = ferror(f) != 0 ? -EIO : 0;
	}
	if (f == NULL || fclose(f) != 0 || rc != 0) {
		rc = -(errno != 0 ? errno : EIO);
		fprintf(stderr, "chainburst-bench: %s: %s\n", path, strerror(-rc));
	}
	return rc;
}

int
report_write(const struct bench *bench)
{
	int rc = write_file(bench, "bench.json", write_json);

	return rc != 0 ? rc : write_file(bench, "bench.md", write_md);
}
