/* SPDX-License-Identifier: BSD-3-Clause */
/* chainburst-bench: what a frame costs, as ratios from one run. */

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "bench.h"
#include "count.h"
#include "link_end.h"
#include "raw_pair.h"

#define TURNS_QUICK 81u
#define TURNS_FULL  601u

static const char usage[] =
	"usage: chainburst-bench [EAL-ARGS --] [--quick] [--only TEXT] [--turns N] [--out DIR]\n"
	"\n"
	"Measures on one lcore, on net_null, what a frame costs: a hand-written loop (the floor),\n"
	"Chainburst, rte_ipv4_fragment_packet, dpdk-testpmd; what a checksum adds to a copy; what\n"
	"receiving and reassembly cost. With a second process on a second CPU: an echo, and\n"
	"payloads of 64 KiB, over memif and vhost/virtio-user and, as root, over kernel UDP and a\n"
	"veth pair.\n"
	"\n"
	"  --quick      about 30 seconds instead of some minutes\n"
	"  --only TEXT  only groups whose name contains TEXT (\"cold\", \"tx\", \"checksum\", "
	"...)\n"
	"  --turns N    turns of each case, 1..1024 (default 601; 81 with --quick)\n"
	"  --out DIR    where bench.json and bench.md are written (default: here)\n"
	"\n"
	"Without EAL-ARGS it needs no NIC, no hugepages and no root: --no-huge --no-pci "
	"--no-shconf\n"
	"-m 4096 --iova-mode=va, and one lcore, the last CPU that it may use.\n";

/* The last CPU of those we may use, @but for one. -1: there is none. */
static int
last_cpu(const cpu_set_t *set, int but)
{
	int last = -1;

	for (int i = 0; i < CPU_SETSIZE; i++)
		if (i != but && CPU_ISSET((size_t)i, set))
			last = i;
	return last;
}

/* Where the EAL's arguments end: the index of "--", or 0. */
static int
find_separator(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return 0;
}

static int
start_eal(const cpu_set_t *cpus, char **argv, int separator)
{
	/* rte_eal_init() takes writable strings. */
	char text[14][48] = {"chainburst-bench", "-l", "", "--no-huge", "--no-pci", "--no-shconf",
		"-m", "4096", "--iova-mode=va", "--no-telemetry", "--log-level=lib.eal:warning",
		"--log-level=pmd.net.*:error", "--log-level=lib.vhost.*:error", ""};
	char *defaults[RTE_DIM(text)];

	if (separator != 0)
		return rte_eal_init(separator, argv);
	snprintf(text[2], sizeof(text[2]), "%d", last_cpu(cpus, -1));
	snprintf(text[13], sizeof(text[13]), "--file-prefix=cb-bench-%d", (int)getpid());
	for (unsigned int i = 0; i < RTE_DIM(text); i++)
		defaults[i] = text[i];
	return rte_eal_init((int)RTE_DIM(defaults), defaults);
}

static int
parse(struct bench *bench, int argc, char **argv)
{
	static const struct option options[] = {{"quick", no_argument, NULL, 'q'},
		{"only", required_argument, NULL, 'o'}, {"turns", required_argument, NULL, 't'},
		{"out", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
	unsigned long turns = 0;
	char *end = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (c) {
		case 'q':
			bench->quick = true;
			break;
		case 'o':
			bench->only = optarg;
			break;
		case 'd':
			bench->dir = optarg;
			break;
		case 't':
			turns = strtoul(optarg, &end, 10);
			if (*end != '\0' || turns < 1 || turns > BENCH_TURNS_MAX) {
				fprintf(stderr, "chainburst-bench: --turns takes 1..1024\n");
				return -EINVAL;
			}
			break;
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		default:
			fputs(usage, stderr);
			return -EINVAL;
		}
	if (optind != argc) {
		fprintf(stderr, "chainburst-bench: %s is not an option\n%s", argv[optind], usage);
		return -EINVAL;
	}
	bench->turns = turns != 0 ? (unsigned int)turns : bench->quick ? TURNS_QUICK : TURNS_FULL;
	return 0;
}

/* The command as it was given, to repeat the run. */
static const char *
command_line(int argc, char **argv, char *text, size_t size)
{
	size_t n = 0;

	for (int i = 0; i < argc && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i == 0 ? "" : " ", argv[i]);
	return text;
}

static int
run(struct bench *bench)
{
	int rc;

	bench->tsc_hz = (double)rte_get_tsc_hz();
	bench->memory = rte_malloc("bench", BENCH_WORKING_SET + UINT16_MAX, 4096);
	if (bench->memory == NULL) {
		fprintf(stderr,
			"chainburst-bench: no memory for %u MiB of payloads: give EAL more\n",
			BENCH_WORKING_SET >> 20);
		return -ENOMEM;
	}
	for (size_t i = 0; i < BENCH_WORKING_SET + UINT16_MAX; i++)
		bench->memory[i] = (uint8_t)(i * 2654435761u >> 13);

	printf("chainburst-bench\n");
	machine_print(bench, stdout, "  ", ": ", "", "\n");
	rc = bench_cksum(bench);
	if (rc == 0)
		rc = bench_tx(bench);
	if (rc == 0)
		rc = bench_rx(bench);
	if (rc == 0)
		rc = bench_reass(bench);
	if (rc == 0)
		rc = bench_rtt(bench);
	if (rc == 0)
		rc = bench_stream(bench);
	if (rc == 0 && bench->n_groups == 0 && bench->n_notes == 0) {
		fprintf(stderr, "chainburst-bench: no group's name contains \"%s\"\n", bench->only);
		rc = -EINVAL;
	}
	if (rc == 0) {
		report_targets(bench, stdout);
		rc = report_write(bench);
	}
	bench_groups_free(bench);
	rte_free(bench->memory);
	return rc;
}

int
main(int argc, char **argv)
{
	static struct bench bench = {.dir = "."};
	static char command[1024];
	int separator = find_separator(argc, argv), rc;
	cpu_set_t cpus;

	if (argc > 1 && strcmp(argv[1], "--peer") == 0)
		return peer_main(argc - 2, argv + 2);
	if (argc == 3 && strcmp(argv[1], "--peer-raw") == 0)
		return raw_peer_main(argv[2]);
	if (argc == 2 && strcmp(argv[1], "--count") == 0)
		return count_main();
	CPU_ZERO(&cpus);
	if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
		CPU_SET(0, &cpus);
	bench.command = command_line(argc, argv, command, sizeof(command));
	argv[separator] = argv[0];
	if (parse(&bench, argc - separator, argv + separator) != 0)
		return 2;
	if (start_eal(&cpus, argv, separator) < 0) {
		fprintf(stderr, "chainburst-bench: EAL did not start: %s\n",
			rte_strerror(rte_errno));
		return 1;
	}
	bench.lcore = (unsigned int)rte_lcore_to_cpu_id((int)rte_lcore_id());
	bench.peer_cpu = last_cpu(&cpus, (int)bench.lcore);
	rc = run(&bench);
	rte_eal_cleanup();
	return rc == 0 ? 0 : 1;
}
