/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: CPUs, how fast they run, and who else runs on them. */
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfile.h"

#define CPU "/sys/devices/system/cpu"

static void
check_number(struct doctor *doctor)
{
	char online_text[SYS_TEXT_MAX], allowed_text[SYS_TEXT_MAX];
	static const char one[] = "the worker, the commands and the kernel take turns";
	struct sys_cpus online, allowed;

	(void)sys_text(doctor->root, online_text, CPU "/online");
	doctor_allowed_cpus(doctor, allowed_text);
	sys_cpus_parse(online_text, &online);
	sys_cpus_parse(allowed_text, &allowed);
	if (allowed.n > 1)
		doctor_add(doctor, "cpus", SEVERITY_OK, "%s of %s", allowed_text, online_text);
	else if (online.n > 1)
		doctor_cure(doctor_add(doctor, "cpus", SEVERITY_WARN, "%s of %s", allowed_text,
				    online_text),
			one, "taskset -c %s chainburst ...", online_text);
	else
		doctor_cure(doctor_add(doctor, "cpus", SEVERITY_WARN, "one"), one,
			"none: the machine has no more; with idle: pause the worker leaves some");
}

/* Governors of all CPUs. */
struct governors {
	const char *root;
	unsigned n, n_slow;
	char slow[SYS_TEXT_MAX]; /* the first that is not "performance" */
};

static void
add_governor(const char *name, void *arg)
{
	struct governors *governors = arg;
	char text[SYS_TEXT_MAX];
	uint64_t cpu;

	if (strncmp(name, "cpu", 3) != 0 || opt_number(name + 3, &cpu) == NULL ||
		!sys_text(governors->root, text, CPU "/%s/cpufreq/scaling_governor", name))
		return;
	governors->n++;
	if (strcmp(text, "performance") == 0)
		return;
	if (governors->n_slow++ == 0)
		memcpy(governors->slow, text, sizeof(text));
}

static void
check_frequency(struct doctor *doctor)
{
	struct governors governors = {.root = doctor->root};

	(void)sys_each(doctor->root, CPU, add_governor, &governors);
	if (governors.n == 0)
		doctor_add(doctor, "frequency", SEVERITY_OK,
			"not the kernel's to set (a virtual machine, or the firmware's)");
	else if (governors.n_slow == 0)
		doctor_add(doctor, "frequency", SEVERITY_OK, "governor performance");
	else
		doctor_cure(doctor_add(doctor, "frequency", SEVERITY_WARN,
				    "governor %s on %u of %u CPUs", governors.slow,
				    governors.n_slow, governors.n),
			"a worker that has rested begins slowly; figures vary from run to run",
			"echo performance | tee " CPU "/cpu*/cpufreq/scaling_governor");
}

/* The CPUs behind the first, which is left to the kernel: "1-3". */
static void
all_but_first(const struct sys_cpus *cpus, char text[64])
{
	unsigned last = cpus->first, second = 0;

	for (unsigned i = cpus->first + 1; i < SYS_CPUS_MAX; i++) {
		if (!cpus->has[i])
			continue;
		if (second == 0)
			second = i;
		last = i;
	}
	if (second == last)
		(void)snprintf(text, 64, "%u", second);
	else
		(void)snprintf(text, 64, "%u-%u", second, last);
}

static void
check_isolation(struct doctor *doctor)
{
	char isolated[SYS_TEXT_MAX], nohz[SYS_TEXT_MAX], online_text[SYS_TEXT_MAX], rest[64];
	struct sys_cpus online, quiet;

	(void)sys_text(doctor->root, isolated, CPU "/isolated");
	(void)sys_text(doctor->root, nohz, CPU "/nohz_full");
	(void)sys_text(doctor->root, online_text, CPU "/online");
	sys_cpus_parse(online_text, &online);
	sys_cpus_parse(nohz, &quiet); /* "(null)" is none */
	if (isolated[0] != '\0' && quiet.n > 0) {
		doctor_add(doctor, "isolation", SEVERITY_OK, "isolcpus %s, nohz_full %s", isolated,
			nohz);
		return;
	}
	if (online.n < 2) {
		doctor_add(doctor, "isolation", SEVERITY_OK, "one CPU: nothing to isolate");
		return;
	}
	all_but_first(&online, rest);
	doctor_cure(doctor_add(doctor, "isolation", SEVERITY_WARN, "isolcpus %s, nohz_full %s",
			    isolated[0] != '\0' ? isolated : "none", quiet.n > 0 ? nohz : "none"),
		"the kernel interrupts workers: the worst latencies are its time slices",
		"sed -i 's/^GRUB_CMDLINE_LINUX=\"/&isolcpus=%s nohz_full=%s rcu_nocbs=%s /' "
		"/etc/default/grub && update-grub && reboot",
		rest, rest, rest);
}

void
doctor_cpus(struct doctor *doctor)
{
	check_number(doctor);
	check_frequency(doctor);
	check_isolation(doctor);
}
