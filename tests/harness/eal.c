/* SPDX-License-Identifier: BSD-3-Clause */
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_eal.h>
#include <rte_errno.h>

#include "eal.h"

#define ARGS_MAX 32
#define ARG_LEN	 512

/* "(0-3)@(0,1)": the lcores float over the CPUs that this process may use. */
static void
lcore_map(unsigned int lcores, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "--lcores=(0-%u)@(", lcores - 1);
	const char *comma = "";
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		CPU_ZERO(&set);
	if (CPU_COUNT(&set) == 0)
		CPU_SET(0, &set);
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE && used < size - 16; cpu++) {
		if (CPU_ISSET(cpu, &set)) {
			used += (size_t)snprintf(text + used, size - used, "%s%u", comma, cpu);
			comma = ",";
		}
	}
	(void)snprintf(text + used, size - used, ")");
}

int
eal_start(unsigned int lcores, const char *const more[])
{
	static char args[ARGS_MAX][ARG_LEN];
	static char *argv[ARGS_MAX + 1];
	int telemetry = 0, argc = 0;

	(void)snprintf(args[argc++], ARG_LEN, "test");
	(void)snprintf(args[argc++], ARG_LEN, "--no-huge");
	(void)snprintf(args[argc++], ARG_LEN, "--no-pci");
	(void)snprintf(args[argc++], ARG_LEN, "--no-shconf");
	(void)snprintf(args[argc++], ARG_LEN, "-m256");
	(void)snprintf(args[argc++], ARG_LEN, "--iova-mode=va");
	(void)snprintf(args[argc++], ARG_LEN, "--log-level=error");
	(void)snprintf(args[argc++], ARG_LEN, "--file-prefix=test%d", (int)getpid());
	lcore_map(lcores, args[argc++], ARG_LEN);
	for (; more != NULL && *more != NULL && argc < ARGS_MAX - 1; more++) {
		if (strcmp(*more, "--telemetry") == 0)
			telemetry = 1;
		(void)snprintf(args[argc++], ARG_LEN, "%s", *more);
	}
	if (!telemetry)
		(void)snprintf(args[argc++], ARG_LEN, "--no-telemetry");
	for (int i = 0; i < argc; i++)
		argv[i] = args[i];
	if (rte_eal_init(argc, argv) < 0) {
		(void)fprintf(stderr, "the EAL does not start: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	return 0;
}

static void
on_settled(void *arg)
{
	(void)sem_post(arg);
}

/*
 * Wait until EAL's interrupt thread has seen what drivers took back from it: rte_eal_cleanup()
 * takes away the memory that it would still look at (seen with net_memif).
 */
static void
interrupts_settle(void)
{
	sem_t settled;

	(void)sem_init(&settled, 0, 0);
	if (rte_eal_alarm_set(1, on_settled, &settled) == 0)
		while (sem_wait(&settled) != 0)
			; /* a signal came */
	(void)sem_destroy(&settled);
}

int
eal_stop(void)
{
	interrupts_settle();
	return rte_eal_cleanup();
}
