/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: findings as text and as JSON. */
#include <string.h>

#include "../json.h"
#include "doctor.h"

static const char *const severity_names[] = {
	[SEVERITY_OK] = "ok", [SEVERITY_WARN] = "warn", [SEVERITY_FAIL] = "FAIL"};

static void
print_sum(const struct doctor *doctor, FILE *out)
{
	unsigned n_fail = doctor_count(doctor, SEVERITY_FAIL);
	unsigned n_warn = doctor_count(doctor, SEVERITY_WARN);

	fprintf(out, "\n%s: %sready: %u fail, %u warn, %u ok\n",
		doctor->nic ? "a NIC" : "--no-huge", n_fail > 0 ? "not " : "", n_fail, n_warn,
		doctor_count(doctor, SEVERITY_OK));
	if (n_fail + n_warn > 0)
		fputs("Cures are commands for root.\n", out);
}

void
doctor_print(const struct doctor *doctor, FILE *out)
{
	for (unsigned i = 0; i < doctor->n; i++) {
		const struct finding *finding = &doctor->findings[i];

		fprintf(out, "%-4s %-10s %s\n", severity_names[finding->severity], finding->check,
			finding->what);
		if (finding->costs != NULL)
			fprintf(out, "     costs:     %s\n", finding->costs);
		if (finding->cure[0] != '\0')
			fprintf(out, "     cure:      %s\n", finding->cure);
	}
	print_sum(doctor, out);
}

void
doctor_print_json(const struct doctor *doctor, FILE *out)
{
	unsigned n_fail = doctor_count(doctor, SEVERITY_FAIL);

	fprintf(out, "{\n  \"program\": \"chainburst\",\n  \"command\": \"doctor\",\n");
	fprintf(out, "  \"need\": \"%s\",\n  \"ready\": %s,\n", doctor->nic ? "nic" : "no-huge",
		n_fail > 0 ? "false" : "true");
	fprintf(out, "  \"fail\": %u,\n  \"warn\": %u,\n  \"findings\": [", n_fail,
		doctor_count(doctor, SEVERITY_WARN));
	for (unsigned i = 0; i < doctor->n; i++) {
		const struct finding *finding = &doctor->findings[i];

		fprintf(out, "%s\n    {\"severity\": \"%s\", ", i > 0 ? "," : "",
			finding->severity == SEVERITY_FAIL ? "fail"
							   : severity_names[finding->severity]);
		json_member(out, "check", finding->check);
		fputs(", ", out);
		json_member(out, "what", finding->what);
		fputs(", ", out);
		json_member(out, "costs", finding->costs);
		fputs(", ", out);
		json_member(out, "cure", finding->cure[0] != '\0' ? finding->cure : NULL);
		fputc('}', out);
	}
	fputs("\n  ]\n}\n", out);
}
