/* SPDX-License-Identifier: BSD-3-Clause */
/* The program at the other end of a link: chainburst-bench --peer LINK MEET. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>

#include "link_end.h"
#include "stream.h"

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

int
link_peer_eal(void)
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

static void
acknowledge(struct proto_endpoint *ep, const struct rte_mbuf *pkt, const struct stream_sink *sink)
{
	struct stream_ack ack = sink->got;
	struct iovec iov = {&ack, sizeof(ack)};
	const struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	struct proto_rx_info info;

	proto_rx_info(ep, pkt, &info);
	if (proto_send_to(ep, &info.peer, &payload, 1) == 0)
		fprintf(stderr, "chainburst-bench: an acknowledgement is refused: %s\n",
			proto_reason_name(proto_refused(ep)));
}

/* Datagrams of a stream: whole payloads in the buffers of their fragments, or segments. */
static void
on_stream(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct stream_sink *sink = arg;

	for (unsigned i = 0; i < n; i++) {
		bool due = false;

		for (const struct rte_mbuf *m = pkts[i]; m != NULL; m = m->next)
			due |= stream_feed(sink, rte_pktmbuf_mtod(m, const uint8_t *), m->data_len);
		if (due)
			acknowledge(ep, pkts[i], sink);
	}
	proto_return(ep, pkts, n);
}

/* What this end does, each on its port. */
static int
serve(struct link_end *end, struct stream_sink sinks[2])
{
	struct proto_endpoint_conf echo = {.data = PROTO_DATA_COPY, .recv = on_echo};
	struct proto_endpoint_conf sink = {.data = PROTO_DATA_COPY, .recv = on_stream};
	struct proto_endpoint *ep;
	int rc = link_end_endpoint(end, LINK_END_ECHO, &echo, &ep);

	sink.arg = &sinks[0];
	if (rc == 0)
		rc = link_end_endpoint(end, LINK_END_SINK, &sink, &ep);
	sink.arg = &sinks[1];
	return rc == 0 ? link_end_endpoint(end, LINK_END_SINK_FAST, &sink, &ep) : rc;
}

/* argv: LINK MEET. */
int
peer_main(int argc, char **argv)
{
	const struct link_kind *kind = argc == 2 ? link_kind_find(argv[0]) : NULL;
	uint8_t *bytes = stream_make();
	struct stream_sink sinks[2] = {{.bytes = bytes}, {.bytes = NULL}};
	struct link_end end = {.host = 0};
	int rc = kind == NULL ? -EINVAL : bytes == NULL ? -ENOMEM : link_peer_eal() < 0 ? -EIO : 0;

	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGINT, SIG_IGN); /* the terminal's: the benchmark ends first */
	if (rc == 0)
		rc = link_end_make(&end, kind, argv[1], LINK_END_FAR);
	if (rc == 0)
		rc = serve(&end, sinks);
	while (rc == 0 && !ended)
		(void)proto_poll(end.worker, rte_get_tsc_cycles());
	link_end_free(&end);
	rte_eal_cleanup();
	free(bytes);
	return rc == 0 ? 0 : 1;
}
