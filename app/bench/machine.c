/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_vect.h>
#include <rte_version.h>

#include "bench.h"

/* The value of the first line of @path that begins with @key, behind its ':'. */
static void
read_value(const char *path, const char *key, char *value, size_t size)
{
	FILE *f = fopen(path, "r");
	char line[256];

	snprintf(value, size, "unknown");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, key, strlen(key)) != 0 || colon == NULL)
			continue;
		snprintf(value, size, "%s", colon + 1 + strspn(colon + 1, " \t"));
		value[strcspn(value, "\n")] = '\0';
		break;
	}
	if (f != NULL)
		fclose(f);
}

struct fact {
	const char *key;
	char value[200];
};

static unsigned int
gather(const struct bench *bench, struct fact *facts)
{
	struct utsname os = {0};
	double load[3] = {0};
	unsigned int n = 0;

	uname(&os);
	getloadavg(load, 3);
	facts[n].key = "cpu";
	read_value("/proc/cpuinfo", "model name", facts[n].value, sizeof(facts[n].value));
	facts[++n].key = "cpus";
	snprintf(facts[n].value, sizeof(facts[n].value), "%ld online, load average %.2f",
		sysconf(_SC_NPROCESSORS_ONLN), load[0]);
	facts[++n].key = "tsc";
	snprintf(facts[n].value, sizeof(facts[n].value), "%.0f MHz", bench->tsc_hz / 1e6);
	facts[++n].key = "kernel";
	snprintf(facts[n].value, sizeof(facts[n].value), "%s %s", os.sysname, os.release);
	facts[++n].key = "dpdk";
	snprintf(facts[n].value, sizeof(facts[n].value), "%s, %s, SIMD up to %u bits",
		rte_version(), rte_eal_has_hugepages() ? "hugepages" : "no hugepages",
		rte_vect_get_max_simd_bitwidth());
	facts[++n].key = "compiler";
	snprintf(facts[n].value, sizeof(facts[n].value), "%s", BENCH_COMPILER);
	facts[++n].key = "lcore";
	snprintf(facts[n].value, sizeof(facts[n].value), "everything on CPU %u", bench->lcore);
	facts[++n].key = "data";
	snprintf(facts[n].value, sizeof(facts[n].value),
		"cold: %u MiB walked through; hot: one payload again and again",
		BENCH_WORKING_SET >> 20);
	facts[++n].key = "sampling";
	snprintf(facts[n].value, sizeof(facts[n].value),
		"%u turns, cases interleaved, preempted slices repeated; median (quartiles)",
		bench->turns);
	facts[++n].key = "command";
	snprintf(facts[n].value, sizeof(facts[n].value), "%s", bench->command);
	return n + 1;
}

void
machine_print(const struct bench *bench, FILE *f, const char *before, const char *between,
	const char *after, const char *sep)
{
	struct fact facts[16];
	unsigned int n = gather(bench, facts);

	for (unsigned int i = 0; i < n; i++) {
		fprintf(f, "%s%s%s", before, facts[i].key, between);
		report_text(f, facts[i].value);
		fprintf(f, "%s%s", after, i + 1 < n ? sep : "\n");
	}
}
