/* SPDX-License-Identifier: BSD-3-Clause */
#include "peer.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child does first: its CPU, and an end when its parent ends. */
static void
settle(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int
peer_exec(struct peer *peer, unsigned int cpu, const char *const *argv)
{
	peer->pid = fork();
	if (peer->pid < 0) {
		peer->pid = 0;
		return -errno;
	}
	if (peer->pid == 0) {
		settle(cpu);
		(void)execv("/proc/self/exe", (char **)(uintptr_t)argv);
		_exit(127);
	}
	return 0;
}

int
peer_fork(struct peer *peer, unsigned int cpu, void (*run)(void *arg), void *arg)
{
	peer->pid = fork();
	if (peer->pid < 0) {
		peer->pid = 0;
		return -errno;
	}
	if (peer->pid == 0) {
		settle(cpu);
		(void)signal(SIGTERM, SIG_DFL);
		run(arg);
		_exit(0);
	}
	return 0;
}

void
peer_go(const struct peer *peer)
{
	(void)kill(peer->pid, SIGCONT);
}

void
peer_halt(const struct peer *peer)
{
	siginfo_t info;

	(void)kill(peer->pid, SIGSTOP);
	(void)waitid(P_PID, (id_t)peer->pid, &info, WSTOPPED | WEXITED | WNOWAIT);
}

int
peer_alive(const struct peer *peer)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, (id_t)peer->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0;
}

long
peer_preemptions(const struct peer *peer)
{
	static const char key[] = "nonvoluntary_ctxt_switches:";
	char path[32], line[128];
	long n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)peer->pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, sizeof(key) - 1) == 0)
			n = strtol(line + sizeof(key) - 1, NULL, 10);
	if (f != NULL)
		(void)fclose(f);
	return n;
}

void
peer_end(struct peer *peer)
{
	if (peer->pid == 0)
		return;
	(void)kill(peer->pid, SIGTERM);
	(void)kill(peer->pid, SIGCONT);
	(void)waitpid(peer->pid, NULL, 0);
	peer->pid = 0;
}
