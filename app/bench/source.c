/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>

#include <rte_cycles.h>

#define WAIT_S 3u /* without an acknowledgement: something was lost */

static void
on_ack(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct stream_flow *flow = arg;

	for (unsigned i = 0; i < n; i++)
		if (pkts[i]->pkt_len == sizeof(flow->ack))
			memcpy(&flow->ack, rte_pktmbuf_mtod(pkts[i], void *), sizeof(flow->ack));
	proto_return(ep, pkts, n);
}

static int
link_listen(struct source *s)
{
	(void)proto_poll(s->worker, rte_get_tsc_cycles());
	return 0;
}

static int
link_push(struct source *s, const uint8_t *payload)
{
	const struct iovec iov = {(void *)(uintptr_t)payload, STREAM_PAYLOAD};
	const struct proto_payload one = {.iov = &iov, .iovcnt = 1};
	int rc = 0;

	if (proto_send(s->ep, &one, 1) != 1)
		rc = proto_reason_errno(proto_refused(s->ep));
	(void)link_listen(s);
	return rc == -ENOBUFS ? -EAGAIN : rc;
}

int
source_link(struct source *s, const struct source_kind *kind, struct link_pair *pair,
	struct stream_flow *flow)
{
	struct proto_endpoint_conf conf = {
		.cut = kind->cut,
		.no_udp_cksum = kind->no_udp_cksum,
		.recv = on_ack,
		.arg = flow,
	};

	s->name = kind->name;
	s->what = kind->what;
	s->push = link_push;
	s->listen = link_listen;
	s->peer = &pair->peer;
	s->flow = flow;
	s->worker = pair->end.worker;
	return link_end_endpoint(
		&pair->end, kind->unchecked ? LINK_END_SINK_FAST : LINK_END_SINK, &conf, &s->ep);
}

#define RAW_FRAMES 44u /* of a payload */

_Static_assert(RAW_FRAMES *STREAM_ACK == RAW_ACK, "both acknowledge after as many bytes");

static int
raw_push(struct source *s, const uint8_t *payload)
{
	(void)payload;
	return raw_pair_send(s->raw, RAW_FRAMES);
}

static int
raw_listen(struct source *s)
{
	raw_pair_listen(s->raw);
	s->flow->ack.payloads = s->raw->acked / RAW_FRAMES;
	return 0;
}

void
source_raw(struct source *s, struct raw_pair *pair)
{
	s->name = "driver alone: memif";
	s->what = "frames of 1514 bytes, without a stack; nobody writes or reads them";
	s->push = raw_push;
	s->listen = raw_listen;
	s->peer = &pair->peer;
	s->raw = pair;
	s->flow = &s->own_flow;
}

/* The next payload if the window lets it, or what has come back. 0 or negative errno. */
static int
step(struct source *s, uint64_t until)
{
	struct stream_flow *flow = s->flow;
	int rc;

	if (flow->sent == until || flow->sent - flow->ack.payloads >= STREAM_WINDOW)
		return s->listen(s);
	rc = s->push(s, stream_payload(s->bytes, flow->sent));
	if (rc == 0)
		flow->sent++;
	return rc == -EAGAIN ? s->listen(s) : rc;
}

int
source_send(struct source *s, unsigned int n)
{
	const uint64_t until = s->flow->sent + n, wait = WAIT_S * rte_get_tsc_hz();
	uint64_t end = rte_get_tsc_cycles() + wait, acked = s->flow->ack.payloads;
	int rc = 0;

	while (rc == 0 && s->flow->ack.payloads < until) {
		rc = step(s, until);
		if (s->flow->ack.payloads != acked) {
			acked = s->flow->ack.payloads;
			end = rte_get_tsc_cycles() + wait;
		} else if (rc == 0 && rte_get_tsc_cycles() > end) {
			rc = -ETIMEDOUT;
		}
	}
	return rc == 0 && s->flow->ack.bad != 0 ? -EBADMSG : rc;
}
