/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "testpmd.h"

#define PROMPT "testpmd> "

/* Its main lcore only waits for commands; the lcore that sends is the one our own cases run on. */
static void
child(unsigned int lcore)
{
	char lcores[32], prefix[48];

	snprintf(lcores, sizeof(lcores), "%u,%u", lcore == 0 ? 1 : lcore - 1, lcore);
	snprintf(prefix, sizeof(prefix), "--file-prefix=cb-testpmd-%d", (int)getpid());
	execlp("dpdk-testpmd", "dpdk-testpmd", "-l", lcores, lcore == 0 ? "--main-lcore=1" : "-v",
		"--no-huge", "--no-pci", "--no-shconf", "--iova-mode=va", "-m", "256",
		"--no-telemetry", prefix, "--vdev=net_null0,no-rx=1", "--", "-i",
		"--forward-mode=txonly", "--txpkts=42,1472", "--nb-cores=1",
		"--total-num-mbufs=16384", (char *)NULL);
	_exit(127);
}

/* Read to the next prompt, and the frames sent so far if they are told. -EIO: it has gone. */
static int
read_to_prompt(struct testpmd *t, double *frames)
{
	char line[512];
	size_t n = 0;
	int c;

	while ((c = fgetc(t->tty)) != EOF) {
		line[n++] = (char)c;
		line[n] = '\0';
		if (strcmp(line, PROMPT) == 0)
			return 0;
		if (c == '\n' || n + 1 == sizeof(line)) {
			const char *p = strstr(line, "TX-packets:");

			if (p != NULL)
				*frames = strtod(p + strlen("TX-packets:"), NULL);
			n = 0;
		}
	}
	return -EIO;
}

/* It echoes what it reads behind a prompt of its own, so the answer ends at the prompt after. */
static int
command(struct testpmd *t, const char *text, double *frames)
{
	if (fprintf(t->tty, "%s\n", text) < 0)
		return -EIO;
	return read_to_prompt(t, frames);
}

/* On a terminal of its own: into a pipe it would hold its answers back in a buffer. */
int
testpmd_open(struct testpmd *t, unsigned int lcore)
{
	double frames;
	int fd, rc;

	*t = (struct testpmd){0};
	t->pid = forkpty(&fd, NULL, NULL, NULL);
	if (t->pid < 0)
		return -errno;
	if (t->pid == 0)
		child(lcore);
	t->tty = fdopen(fd, "r+");
	if (t->tty == NULL)
		return -ENOMEM;
	setvbuf(t->tty, NULL, _IONBF, 0);
	rc = read_to_prompt(t, &frames);
	if (rc != 0)
		testpmd_close(t);
	return rc == -EIO ? -ENOENT : rc;
}

/* Seconds of CPU it has had: what others took from it on a busy machine is not its cost. */
static double
cpu_seconds(const struct testpmd *t)
{
	struct timespec ts = {0};
	clockid_t clock;

	if (clock_getcpuclockid(t->pid, &clock) != 0 || clock_gettime(clock, &ts) != 0)
		return 0;
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

double
testpmd_run(struct testpmd *t, unsigned int ms, double tsc_hz)
{
	double before = 0, after = 0, cpu = 0, ignored;
	int rc = command(t, "start", &ignored);

	rte_delay_us_sleep(20000);
	if (rc == 0)
		rc = command(t, "show port stats 0", &before);
	cpu = -cpu_seconds(t);
	rte_delay_us_sleep(ms * 1000);
	if (rc == 0)
		rc = command(t, "show port stats 0", &after);
	cpu += cpu_seconds(t);
	if (rc == 0)
		rc = command(t, "stop", &ignored);
	if (rc == 0 && (after <= before || cpu <= 0))
		rc = -EBADMSG;
	return rc == 0 ? tsc_hz * cpu / (after - before) : rc;
}

void
testpmd_close(struct testpmd *t)
{
	if (t->tty != NULL) {
		fputs("quit\n", t->tty);
		while (fgetc(t->tty) != EOF)
			;
		fclose(t->tty);
	}
	waitpid(t->pid, NULL, 0);
	*t = (struct testpmd){0};
}
