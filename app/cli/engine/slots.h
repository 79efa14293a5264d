/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of a generator's payloads: slots, each with room for one payload in its pieces. A slot is
 * free, or with one payload from being filled until its completion.
 */
#ifndef ENGINE_SLOTS_H
#define ENGINE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/uio.h>

#include "../opt.h"
#include "pattern.h"

#define SLOTS_PIECES_MAX 9 /* of `set txpkts`, and one for what is longer */

/* How payloads lie in a slot. */
struct slots_layout {
	unsigned n;
	uint32_t len[SLOTS_PIECES_MAX];
	uint32_t at[SLOTS_PIECES_MAX]; /* in the slot: pieces do not touch */
	uint32_t bytes;		       /* of a slot */
};

struct slots_slot {
	struct iovec iov[SLOTS_PIECES_MAX];
	uint8_t *room;
};

struct slots {
	struct slots_layout layout;
	struct slots_slot *all;
	struct slots_slot **free; /* a stack */
	unsigned n, n_free;
	void *memory;
};

/* Pieces of these lengths, and of what is left of `longest` behind them; none: one piece. */
void slots_layout(
	struct slots_layout *layout, const uint16_t *pieces, unsigned n, uint32_t longest);

/* At least `least` slots of this layout. Returns 0, or -1 with `err`. */
int slots_open(struct slots *slots, const struct slots_layout *layout, unsigned least,
	struct opt_error *err);

void slots_close(struct slots *slots);

/* Take a slot; NULL: all are out. */
static inline struct slots_slot *
slots_take(struct slots *slots)
{
	return slots->n_free == 0 ? NULL : slots->free[--slots->n_free];
}

static inline void
slots_give_back(struct slots *slots, struct slots_slot *slot)
{
	slots->free[slots->n_free++] = slot;
}

/*
 * Fill a slot with a payload of `len` bytes that goes as datagrams of `unit` bytes, the last with
 * what is left: each has a pattern, and the sequence number after the one before. `id` is that of
 * the first, and becomes that of the first of the next payload. Returns the number of pieces.
 */
uint32_t slots_fill(const struct slots *slots, struct slots_slot *slot, uint32_t len, uint32_t unit,
	struct pattern_id *id);

#endif
