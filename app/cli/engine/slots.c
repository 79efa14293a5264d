/* SPDX-License-Identifier: BSD-3-Clause */
#include "slots.h"

#include <rte_malloc.h>

#include <pktpool_mem.h>

#define SLOTS_MAX 1024u
#define BYTES	  (8u << 20) /* of all slots, about: what is in flight stays in the cache */

void
slots_layout(struct slots_layout *layout, const uint16_t *pieces, unsigned n, uint32_t longest)
{
	*layout = (struct slots_layout){.n = n};
	for (unsigned i = 0; i < n; i++) {
		layout->len[i] = pieces[i];
		longest = longest > pieces[i] ? longest - pieces[i] : 0;
	}
	if (longest > 0 || n == 0)
		layout->len[layout->n++] = longest;
	for (unsigned i = 0; i < layout->n; i++) {
		layout->at[i] = layout->bytes;
		/* A line between them: nobody takes two for one. */
		layout->bytes += RTE_ALIGN(layout->len[i], (uint32_t)RTE_CACHE_LINE_SIZE) +
				 RTE_CACHE_LINE_SIZE;
	}
}

static void
share_out(struct slots *slots)
{
	for (unsigned i = 0; i < slots->n; i++) {
		struct slots_slot *slot = &slots->all[i];

		slot->room = (uint8_t *)slots->memory + (size_t)i * slots->layout.bytes;
		for (unsigned k = 0; k < slots->layout.n; k++)
			slot->iov[k].iov_base = slot->room + slots->layout.at[k];
		slots_give_back(slots, slot);
	}
}

int
slots_open(struct slots *slots, const struct slots_layout *layout, unsigned least,
	struct opt_error *err)
{
	struct pktpool_why why = {.text = ""};
	unsigned n = RTE_MIN(BYTES / layout->bytes, SLOTS_MAX);

	*slots = (struct slots){.layout = *layout, .n = RTE_MAX(n, least)};
	slots->all = rte_calloc("slots", slots->n, sizeof(*slots->all), 0);
	slots->free = rte_calloc("slots", slots->n, sizeof(struct slots_slot *), 0);
	slots->memory =
		pktpool_mem_alloc("Fwd_", (size_t)slots->n * layout->bytes, 0, SOCKET_ID_ANY, &why);
	if (slots->all == NULL || slots->free == NULL || slots->memory == NULL) {
		slots_close(slots);
		return opt_fail(err, -1,
			"no memory for %u payloads of up to %u bytes: set a smaller burst, or give "
			"the EAL more (-m MEGABYTES)",
			RTE_MAX(n, least), layout->bytes);
	}
	share_out(slots);
	return 0;
}

void
slots_close(struct slots *slots)
{
	(void)pktpool_mem_free(slots->memory);
	rte_free(slots->free);
	rte_free(slots->all);
	*slots = (struct slots){.n = 0};
}

/* Where the next byte of a payload goes. */
struct cursor {
	const struct slots_layout *layout;
	uint8_t *room;
	unsigned piece;
	uint32_t in_piece;
};

/* Write a whole datagram's bytes over the pieces from the cursor on. */
static void
put(struct cursor *to, const struct pattern *pattern, uint32_t len)
{
	for (uint32_t at = 0; at < len;) {
		uint32_t left = to->layout->len[to->piece] - to->in_piece;
		uint32_t n = RTE_MIN(left, len - at);

		pattern_write(pattern, to->room + to->layout->at[to->piece] + to->in_piece, n, at);
		at += n;
		to->in_piece += n;
		if (to->in_piece == to->layout->len[to->piece]) {
			to->piece++;
			to->in_piece = 0;
		}
	}
}

static uint32_t
set_lengths(const struct slots *slots, struct slots_slot *slot, uint32_t len)
{
	uint32_t n = 0;

	while (len > 0) {
		slot->iov[n].iov_len = RTE_MIN(len, slots->layout.len[n]);
		len -= (uint32_t)slot->iov[n++].iov_len;
	}
	return n;
}

uint32_t
slots_fill(const struct slots *slots, struct slots_slot *slot, uint32_t len, uint32_t unit,
	struct pattern_id *id)
{
	struct cursor to = {.layout = &slots->layout, .room = slot->room};

	for (uint32_t at = 0; at < len; at += id->length) {
		struct pattern pattern;

		id->length = (uint16_t)RTE_MIN(unit, len - at);
		pattern_init(&pattern, id);
		put(&to, &pattern, id->length);
		if (id->length >= PATTERN_HEAD)
			id->seq++; /* a shorter one shows none: nobody may miss it */
	}
	return set_lengths(slots, slot, len);
}
