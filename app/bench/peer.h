/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <sys/types.h>

/*
 * The process at the other end, on a CPU of its own. It spins, or works, only while it is its turn:
 * else it is stopped (SIGSTOP), so that several can take turns with the cases they belong to.
 */
struct peer {
	pid_t pid; /* 0: none */
};

/*
 * The program again, with @argv[1] and following as arguments, or (peer_fork) a function that does
 * not return. Both begin stopped or will at the first peer_halt(), and end with their parent. 0 or
 * negative errno.
 */
int peer_exec(struct peer *peer, unsigned int cpu, const char *const *argv);
int peer_fork(struct peer *peer, unsigned int cpu, void (*run)(void *arg), void *arg);

/* Its turn begins; ends. */
void peer_go(const struct peer *peer);
void peer_halt(const struct peer *peer);

/* Is it still there? */
int peer_alive(const struct peer *peer);

/* How often the kernel has taken the CPU from it. */
long peer_preemptions(const struct peer *peer);

/* Ask it to end (SIGTERM) and wait until it has. */
void peer_end(struct peer *peer);

#endif /* BENCH_PEER_H */
