/* SPDX-License-Identifier: BSD-3-Clause */
#include "send_loop.h"

#include <rte_cycles.h>

#include "refusal.h"

#define BURST 32

/* A port that moves nothing for so long, in seconds, is given up. */
#define STALL_S	       10
#define STALL_CANCEL_S 2 /* when interrupted */

#define UNREACHABLE                                                                              \
	"the next hop does not answer (ARP, ND): is it up, and on this link? --gateway names a " \
	"router, --neigh and --gateway-mac an Ethernet address"

static void
fail(struct send_loop *loop, const char *text)
{
	if (!loop->failed)
		(void)opt_fail(&loop->error, 0, "%s", text);
	loop->failed = true;
}

void
send_loop_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	struct send_loop *loop = arg;

	(void)ep;
	for (unsigned i = 0; i < n; i++) {
		source_give_back(done[i].ctx);
		if (done[i].status != 0 && !*loop->stop)
			fail(loop, done[i].reason == PROTO_REASON_UNREACHABLE
					   ? UNREACHABLE
					   : proto_reason_meaning(done[i].reason));
	}
	loop->completed = rte_get_tsc_cycles();
}

static void
refused(struct send_loop *loop, size_t payload_len, enum proto_reason reason)
{
	const char *cure = "";

	if (refusal_is_back_pressure(reason))
		return;
	if (reason == PROTO_REASON_NO_NEIGH) {
		fail(loop, UNREACHABLE);
		return;
	}
	if (reason == PROTO_REASON_NEEDS_FRAG)
		cure = "; --cut segment, --df auto or a smaller --payload does not need it";
	if (!loop->failed)
		(void)opt_fail(&loop->error, 0, "a payload of %zu bytes: %s%s", payload_len,
			proto_reason_meaning(reason), cure);
	loop->failed = true;
}

/* Let the worker work. Returns the time. */
static uint64_t
turn(struct send_loop *loop)
{
	uint64_t now = rte_get_tsc_cycles();

	if (proto_poll(loop->stack->net.worker, now) > 0)
		loop->moved = now;
	if (progress_due(&loop->progress, now)) {
		struct proto_counters c;

		proto_worker_counters(loop->stack->net.worker, &c);
		progress_draw(&loop->progress, now,
			&(struct progress_now){
				.bytes = c.count[PROTO_C_PAYLOAD_OCTETS],
				.frames = c.count[PROTO_C_FRAMES_SENT],
				.octets = c.count[PROTO_C_OCTETS_SENT],
			});
	}
	return now;
}

/* Has nothing moved for so long? Only while there is something that could. */
static bool
stalled(struct send_loop *loop, uint64_t now, unsigned seconds)
{
	if (proto_outstanding(loop->stack->ep) == 0 && !loop->pressed)
		loop->moved = now;
	if (now - loop->moved < seconds * rte_get_tsc_hz())
		return false;
	if (!loop->failed)
		(void)opt_fail(&loop->error, 0,
			"the port has taken no frame and given none back for %u s; is its link up "
			"and its "
			"peer reading?",
			seconds);
	loop->failed = true;
	return true;
}

/* Hand a burst over. Returns whether there is more to come. */
static bool
send_burst(struct send_loop *loop, uint64_t now)
{
	struct iovec iov[BURST];
	struct proto_payload payloads[BURST];
	unsigned n, allowed, taken;
	size_t bytes = 0;
	void *ctx;

	n = source_peek(loop->source, iov, BURST, &ctx);
	if (n == 0) {
		enum source_state state = source_state(loop->source);

		if (state == SOURCE_ERROR)
			fail(loop, source_error(loop->source));
		if (state == SOURCE_SLOW && proto_outstanding(loop->stack->ep) == 0)
			source_wait(loop->source, 100);
		return state != SOURCE_END && state != SOURCE_ERROR;
	}
	allowed = pace_allow(&loop->pace, now, iov, n);
	if (allowed == 0)
		return true;
	for (unsigned i = 0; i < allowed; i++)
		payloads[i] = (struct proto_payload){.iov = &iov[i], .iovcnt = 1, .ctx = ctx};
	taken = proto_send(loop->stack->ep, payloads, (uint16_t)allowed);
	for (unsigned i = 0; i < taken; i++)
		bytes += iov[i].iov_len;
	source_take(loop->source, taken, bytes);
	pace_spend(&loop->pace, now, bytes);
	if (taken > 0)
		loop->moved = now;
	loop->pressed = taken < allowed;
	if (loop->pressed)
		refused(loop, iov[taken].iov_len, proto_refused(loop->stack->ep));
	return true;
}

/* Notice a signal. */
static bool
interrupted(struct send_loop *loop)
{
	if (*loop->stop)
		loop->interrupted = true;
	return loop->interrupted;
}

/* Wait for the completions of what was accepted, unless a signal comes first. */
static void
drain(struct send_loop *loop)
{
	uint64_t now = rte_get_tsc_cycles();

	while (proto_outstanding(loop->stack->ep) > 0 && !interrupted(loop) &&
		!stalled(loop, now, STALL_S))
		now = turn(loop);
}

/* Cancel what has not begun, and wait for the rest. */
static void
cancel(struct send_loop *loop)
{
	uint64_t now = rte_get_tsc_cycles();

	(void)proto_cancel(loop->stack->ep);
	loop->pressed = false;
	loop->moved = now;
	while (proto_outstanding(loop->stack->ep) > 0 && !stalled(loop, now, STALL_CANCEL_S))
		now = turn(loop);
}

void
send_loop_run(struct send_loop *loop)
{
	uint64_t now = rte_get_tsc_cycles();

	loop->begun = now;
	loop->moved = now;
	loop->completed = now;
	while (!interrupted(loop) && !loop->failed && send_burst(loop, now)) {
		now = turn(loop);
		if (stalled(loop, now, STALL_S))
			break;
	}
	if (!loop->interrupted && !loop->failed)
		drain(loop);
	if (loop->interrupted || loop->failed)
		cancel(loop);
	progress_end(&loop->progress);
}
