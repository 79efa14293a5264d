/* SPDX-License-Identifier: BSD-3-Clause */
/* The program at the other end of a link: chainburst-bench --peer LINK MEET WORK. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>

#include "link_end.h"

static volatile sig_atomic_t ended;

static void
on_signal(int signo)
{
	(void)signo;
	ended = 1;
}

/* Each datagram goes back where it came from. Copied: its buffers are free when it is sent. */
static void
on_echo(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++) {
		struct iovec iov = {rte_pktmbuf_mtod(pkts[i], void *), pkts[i]->data_len};
		const struct proto_payload reply = {.iov = &iov, .iovcnt = 1};
		struct proto_rx_info info;

		proto_rx_info(ep, pkts[i], &info);
		/* What is refused is lost: the other end says that no answer came. */
		if (proto_send_to(ep, &info.peer, &reply, 1) == 0)
			continue;
	}
	proto_return(ep, pkts, n);
}

static int
start_eal(void)
{
	char text[11][48] = {"chainburst-bench", "--no-huge", "--no-pci", "--no-shconf", "-m",
		"512", "--no-telemetry", "--log-level=lib.eal:warning",
		"--log-level=pmd.net.*:error", "--log-level=lib.vhost.*:error", ""};
	char *argv[RTE_DIM(text)];

	(void)snprintf(text[10], sizeof(text[10]), "--file-prefix=cb-bench-peer-%d", (int)getpid());
	for (unsigned int i = 0; i < RTE_DIM(text); i++)
		argv[i] = text[i];
	return rte_eal_init((int)RTE_DIM(argv), argv);
}

/* argv: LINK MEET WORK. */
int
peer_main(int argc, char **argv)
{
	struct proto_endpoint_conf conf = {.data = PROTO_DATA_COPY, .recv = on_echo};
	const struct link_kind *kind = argc == 3 ? link_kind_find(argv[0]) : NULL;
	struct link_end end;
	int rc;

	if (kind == NULL || strcmp(argv[2], "echo") != 0 || start_eal() < 0)
		return 1;
	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGINT, SIG_IGN); /* the terminal's: the benchmark ends first */
	rc = link_end_make(&end, kind, argv[1], LINK_END_FAR, &conf);
	while (rc == 0 && !ended)
		(void)proto_poll(end.worker, rte_get_tsc_cycles());
	link_end_free(&end);
	rte_eal_cleanup();
	return rc == 0 ? 0 : 1;
}
