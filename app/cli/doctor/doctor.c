/* SPDX-License-Identifier: BSD-3-Clause */
#include "doctor.h"

#include <stdarg.h>

struct finding *
doctor_add(
	struct doctor *doctor, const char *check, enum severity severity, const char *format, ...)
{
	unsigned at = doctor->n < FINDINGS_MAX ? doctor->n++ : FINDINGS_MAX - 1;
	struct finding *finding = &doctor->findings[at];
	va_list args;

	*finding = (struct finding){.check = check, .severity = severity};
	va_start(args, format);
	(void)vsnprintf(finding->what, sizeof(finding->what), format, args);
	va_end(args);
	return finding;
}

void
doctor_cure(struct finding *finding, const char *costs, const char *format, ...)
{
	va_list args;

	finding->costs = costs;
	va_start(args, format);
	(void)vsnprintf(finding->cure, sizeof(finding->cure), format, args);
	va_end(args);
}

enum severity
doctor_nic(const struct doctor *doctor)
{
	return doctor->nic ? SEVERITY_FAIL : SEVERITY_WARN;
}

unsigned
doctor_count(const struct doctor *doctor, enum severity severity)
{
	unsigned n = 0;

	for (unsigned i = 0; i < doctor->n; i++)
		n += doctor->findings[i].severity == severity;
	return n;
}
