/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_log.h>
#include <rte_pdump.h>

#define PATH_LEN  256
#define WORDS_MAX 128  /* of the EAL's command line */
#define WORD_LEN  4608 /* a path and what stands around it */
#define VDEV	  "--vdev="

#define EMBEDDED_WORDS 10 /* of start_embedded()'s own */

/* The directory for the telemetry socket, which EAL makes and never removes. */
static struct {
	char own[PATH_LEN];  /* BASE/dpdk/PREFIX */
	char dpdk[PATH_LEN]; /* BASE/dpdk */
	bool dpdk_was_there;
} runtime;

const char *
eal_runtime_base(void)
{
	const char *base = getenv("RUNTIME_DIRECTORY");

	if (base == NULL)
		base = getuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
	return base != NULL ? base : "/tmp";
}

/* Remember where the runtime directory will be. Returns whether EAL will be able to make it. */
static bool
runtime_plan(const char *prefix)
{
	struct stat st;

	if ((size_t)snprintf(runtime.dpdk, PATH_LEN, "%s/dpdk", eal_runtime_base()) >= PATH_LEN ||
		(size_t)snprintf(runtime.own, PATH_LEN, "%s/dpdk/%s", eal_runtime_base(), prefix) >=
			PATH_LEN)
		return false;
	runtime.dpdk_was_there = stat(runtime.dpdk, &st) == 0;
	return access(runtime.dpdk_was_there ? runtime.dpdk : eal_runtime_base(), W_OK | X_OK) == 0;
}

/* Registered before EAL registers the removal of its socket, so it runs after that. */
static void
runtime_remove(void)
{
	if (runtime.own[0] == '\0' || rmdir(runtime.own) < 0)
		return;
	if (!runtime.dpdk_was_there)
		(void)rmdir(runtime.dpdk); /* stays when another process has moved in */
}

/* A CPU that this process may run on: the one it runs on, so that several processes spread. */
static int
own_cpu(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : cpu;
}

/* Divert stderr into memory. Returns the descriptor of the memory; -1: not diverted. */
static int
divert(int *saved)
{
	int memory = memfd_create("chainburst-eal-log", MFD_CLOEXEC);

	fflush(stderr);
	*saved = dup(STDERR_FILENO);
	if (memory < 0 || *saved < 0 || dup2(memory, STDERR_FILENO) < 0) {
		if (memory >= 0)
			close(memory);
		if (*saved >= 0)
			close(*saved);
		return -1;
	}
	return memory;
}

/* Undo divert(); `text` receives the first line that was written meanwhile, "" if none. */
static void
undivert(int memory, int saved, char *text, size_t size)
{
	ssize_t n;

	text[0] = '\0';
	if (memory < 0)
		return;
	fflush(stderr);
	(void)dup2(saved, STDERR_FILENO);
	close(saved);
	n = pread(memory, text, size - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	close(memory);
}

/* rte_eal_init() keeps pointers into argv, writes into it and reorders it: give it one of its own.
 */
static int
init(int argc, const char *const *args)
{
	static char *argv[WORDS_MAX + 1], *text; /* as long as the EAL, which is to the end */
	size_t size = 0;

	if (argc > WORDS_MAX) {
		rte_errno = E2BIG;
		return -1;
	}
	for (int i = 0; i < argc; i++)
		size += strlen(args[i]) + 1;
	text = malloc(size);
	if (text == NULL)
		return -1;
	size = 0;
	for (int i = 0; i < argc; i++) {
		size_t len = strlen(args[i]) + 1;

		argv[i] = memcpy(text + size, args[i], len);
		size += len;
	}
	return rte_eal_init(argc, argv);
}

/* `words`: "--vdev=...", at least one. */
static int
start_embedded(
	const char *const *words, unsigned n_words, unsigned megabytes, struct opt_error *err)
{
	char prefix[32], memory_mb[16], lcores[32], text[256];
	int ret, saved, memory;

	(void)snprintf(prefix, sizeof(prefix), "chainburst-%d", (int)getpid());
	(void)snprintf(memory_mb, sizeof(memory_mb), "%u", megabytes);
	(void)snprintf(lcores, sizeof(lcores), "--lcores=0@%d", own_cpu());

	const char *args[WORDS_MAX] = {"chainburst", "--no-huge", "--no-pci", "--no-shconf",
		"--iova-mode=va", "-m", memory_mb, lcores, "--file-prefix", prefix};
	int argc = EMBEDDED_WORDS;

	for (unsigned i = 0; i < n_words && argc < WORDS_MAX - 1; i++)
		args[argc++] = words[i];
	if (!runtime_plan(prefix) || atexit(runtime_remove) != 0) {
		runtime.own[0] = '\0';
		args[argc++] = "--no-telemetry"; /* it needs the directory */
	}

	rte_log_set_global_level(RTE_LOG_ERR);
	memory = divert(&saved);
	ret = init(argc, args);
	undivert(memory, saved, text, sizeof(text));
	if (ret >= 0 && rte_eth_dev_count_avail() > 0)
		return 0;
	if (ret >= 0)
		eal_end();
	return opt_fail(err, -1, "--vdev %.100s: no port: %s%s", words[0] + strlen(VDEV),
		text[0] != '\0' ? text : rte_strerror(rte_errno),
		ret < 0 && rte_errno == ENOMEM ? "; smaller --packets and --buffers need less"
					       : "");
}

/* The words, then the user's arguments: of two that cannot both be, EAL takes the last. */
static int
start_user(const struct eal_args *user, const char *const *words, unsigned n_words,
	struct opt_error *err)
{
	const char *args[WORDS_MAX + 1] = {"chainburst"};
	int argc = 1;

	for (unsigned i = 0; i < n_words && argc < WORDS_MAX; i++)
		args[argc++] = words[i];
	for (int i = 1; i < user->argc && argc <= WORDS_MAX; i++)
		args[argc++] = user->argv[i];
	if (init(argc, args) < 0)
		return opt_fail(err, -1,
			"EAL: %s; its arguments are %sthose before the --, see DPDK's guide",
			rte_strerror(rte_errno),
			n_words > 0 ? "the file's eal:, --vdev, and " : "");
	/* dpdk-dumpcap and dpdk-pdump may attach, where the EAL's flags allow it at all. */
	(void)rte_pdump_init();
	return 0;
}

int
eal_start(const struct eal_args *args, const char *vdev, unsigned megabytes, struct opt_error *err)
{
	char word[WORD_LEN];
	const char *words[] = {word};

	(void)snprintf(word, sizeof(word), VDEV "%s", vdev != NULL ? vdev : "");
	return eal_start_words(args, words, args->argc > 0 ? 0 : 1, megabytes, err);
}

static int
start(const struct eal_args *args, const char *const *words, unsigned n_words, unsigned megabytes,
	struct opt_error *err)
{
	bool embedded = args->argc == 0;

	for (unsigned i = 0; i < n_words; i++)
		embedded = embedded && strncmp(words[i], VDEV, strlen(VDEV)) == 0;
	if (!embedded)
		return start_user(args, words, n_words, err);
	if (n_words == 0)
		return opt_fail(err, -1,
			"no port is named: give --vdev net_null0, --config FILE, or EAL arguments "
			"before --");
	return start_embedded(words, n_words, megabytes, err);
}

int
eal_start_words(const struct eal_args *args, const char *const *words, unsigned n_words,
	unsigned megabytes, struct opt_error *err)
{
	sigset_t signals, before;

	/* EAL's threads inherit this: a signal is the main thread's, and ends no call of theirs. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &signals, &before);
	int ret = start(args, words, n_words, megabytes, err);

	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ret;
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

void
eal_end(void)
{
	for (uint16_t port = 0; port < RTE_MAX_ETHPORTS; port++) {
		if (!rte_eth_dev_is_valid_port(port))
			continue;
		if (rte_eth_dev_close(port) != -EINVAL)
			continue;
		(void)rte_eth_dev_stop(port); /* it ran still */
		(void)rte_eth_dev_close(port);
	}
	(void)rte_pdump_uninit(); /* says -1 where it was not there */
	interrupts_settle();
	(void)rte_eal_cleanup();
}
