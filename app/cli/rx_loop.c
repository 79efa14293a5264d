/* SPDX-License-Identifier: BSD-3-Clause */
#include "rx_loop.h"

#include <rte_cycles.h>
#include <rte_pause.h>

#define DRAIN_S 5 /* longer than the search for a neighbour takes */

/* Has as much come as was asked for? */
static bool
is_full(const struct rx_loop *loop)
{
	return (loop->args->count != 0 && loop->payloads >= loop->args->count) ||
	       (loop->args->bytes != 0 && loop->octets >= loop->args->bytes);
}

bool
rx_loop_take(struct rx_loop *loop, const struct rte_mbuf *pkt)
{
	if (loop->failed || is_full(loop))
		return false;
	loop->last = rte_get_tsc_cycles();
	loop->idle_since = loop->last;
	if (loop->payloads++ == 0)
		loop->first = loop->last;
	loop->octets += pkt->pkt_len;
	return true;
}

void
rx_loop_fail(struct rx_loop *loop, const char *text)
{
	if (!loop->failed)
		(void)opt_fail(&loop->error, 0, "%s", text);
	loop->failed = true;
}

static void
draw(struct rx_loop *loop, uint64_t now)
{
	struct proto_counters c;

	proto_worker_counters(loop->net.worker, &c);
	progress_draw(&loop->progress, now,
		&(struct progress_now){
			.bytes = loop->octets,
			.frames = c.count[PROTO_C_FRAMES_RECEIVED],
			.octets = c.count[PROTO_C_OCTETS_RECEIVED],
		});
}

/* Has everything been read that there is, or has nothing come for too long? `now`: a quiet turn. */
static bool
is_over(const struct rx_loop *loop, uint64_t now)
{
	uint64_t seconds = loop->args->idle;
	struct proto_counters c;

	if (loop->frames != CAPTURE_FRAMES_UNKNOWN) {
		proto_worker_counters(loop->net.worker, &c);
		if (c.count[PROTO_C_FRAMES_RECEIVED] >= loop->frames)
			return true;
	}
	if (seconds == 0 && loop->args->net.pcap != NULL)
		seconds = ARGS_PCAP_IDLE_S;
	return seconds != 0 && now - loop->idle_since >= seconds * rte_get_tsc_hz();
}

/* The replies: their datagrams are held until they are gone. */
static void
drain(struct rx_loop *loop)
{
	uint64_t now = rte_get_tsc_cycles(), end = now + DRAIN_S * rte_get_tsc_hz();

	while (proto_outstanding(loop->ep) > 0 && now < end) {
		(void)proto_poll(loop->net.worker, now);
		now = rte_get_tsc_cycles();
	}
}

void
rx_loop_run(struct rx_loop *loop)
{
	uint64_t now = rte_get_tsc_cycles();
	struct opt_error err;

	loop->idle_since = now;
	while (!*loop->stop && !loop->failed && !is_full(loop)) {
		now = rte_get_tsc_cycles();
		if (progress_due(&loop->progress, now))
			draw(loop, now);
		if (proto_poll(loop->net.worker, now) > 0) {
			if (loop->args->net.pcap != NULL)
				loop->idle_since = now; /* a long capture of other things */
			continue;
		}
		if (output_flush(&loop->output, &err) < 0)
			rx_loop_fail(loop, err.text);
		if (is_over(loop, now))
			break;
		rte_pause();
	}
	drain(loop);
	progress_end(&loop->progress);
}
