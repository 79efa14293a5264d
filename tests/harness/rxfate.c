/* SPDX-License-Identifier: BSD-3-Clause */
#include "rxfate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void
rx_put(struct rxrig *rig, const struct rxframe *f, uint32_t pieces)
{
	if (pieces == 0)
		port_rx_inject_exact(rig->port, 0, f->bytes, f->len);
	else
		port_rx_inject(
			rig->port, 0, f->bytes, f->len, RTE_MAX(1u, RTE_MIN(pieces, f->len)));
}

void
rx_inject(struct rxrig *rig, const struct rxframe *f, uint32_t pieces)
{
	rx_put(rig, f, pieces);
	rxrig_poll(rig, 0);
}

static uint64_t
held(const struct rxrig *rig)
{
	const struct proto_worker *worker;
	uint64_t frames = 0;

	for (unsigned int i = 0; (worker = proto_worker_at(rig->stack, i)) != NULL; i++) {
		struct proto_reassembly figures;

		proto_worker_reassembly(worker, &figures);
		frames += figures.frames;
	}
	return frames;
}

const char *
rx_fate_name(int fate)
{
	static const char *const names[] = {"consumed", "delivered", "held"};

	if (fate < 0)
		return names[-1 - fate];
	return fate < PROTO_DROP_MAX ? proto_drop_name((enum proto_drop)fate) : "nowhere";
}

int
rx_fate(struct rxrig *rig, const struct rxframe *f, uint32_t pieces)
{
	struct proto_counters before, after;
	uint64_t held_before = held(rig), places;
	int fate = PROTO_DROP_MAX;

	proto_counters(rig->stack, &before);
	rx_inject(rig, f, pieces);
	proto_counters(rig->stack, &after);
	places = after.count[PROTO_C_FRAMES_CONSUMED] - before.count[PROTO_C_FRAMES_CONSUMED];
	if (places != 0)
		fate = FATE_CONSUMED;
	if (after.count[PROTO_C_FRAMES_DELIVERED] != before.count[PROTO_C_FRAMES_DELIVERED])
		fate = FATE_DELIVERED;
	places += after.count[PROTO_C_FRAMES_DELIVERED] - before.count[PROTO_C_FRAMES_DELIVERED];
	for (int i = 0; i < PROTO_DROP_MAX; i++) {
		places += after.drop[i] - before.drop[i];
		if (after.drop[i] != before.drop[i])
			fate = i;
	}
	if (held(rig) != held_before)
		fate = FATE_HELD;
	places += held(rig) - held_before;
	if (places != 1)
		fail_msg("one frame went to %u places, last %s", (unsigned int)places,
			rx_fate_name(fate));
	return fate;
}

void
rx_expect(struct rxrig *rig, const struct rxframe *f, int fate, const char *what)
{
	const uint32_t pieces[RX_WAYS] = {0, 1, 2, 3, f->len};

	for (unsigned int i = 0; i < RX_WAYS; i++) {
		int is = rx_fate(rig, f, pieces[i]);

		if (is != fate)
			fail_msg("%s, %u pieces: %s, expected %s", what, pieces[i],
				rx_fate_name(is), rx_fate_name(fate));
	}
}
