/* SPDX-License-Identifier: BSD-3-Clause */
#include "seqs.h"

#include <stdbool.h>
#include <string.h>

static uint64_t *
word(struct seqs *seqs, uint64_t seq)
{
	return &seqs->came[seq % SEQS_WINDOW / 64];
}

static uint64_t
bit(uint64_t seq)
{
	return 1ull << (seq % 64);
}

void
seqs_init(struct seqs *seqs, uint64_t seq)
{
	*seqs = (struct seqs){.first = seq, .next = seq + 1};
	*word(seqs, seq) = bit(seq);
}

/* Open the window up to `seq`; what is skipped has not come. */
static void
advance(struct seqs *seqs, uint64_t seq)
{
	if (seq - seqs->next >= SEQS_WINDOW)
		memset(seqs->came, 0, sizeof(seqs->came));
	else
		for (uint64_t n = seqs->next; n < seq; n++)
			*word(seqs, n) &= ~bit(n);
	seqs->next = seq + 1;
}

/* A number below the highest. */
static void
take_old(struct seqs *seqs, uint64_t seq, struct seqs_figures *figures)
{
	bool told = seqs->next - seq <= SEQS_WINDOW;

	if (told && (*word(seqs, seq) & bit(seq)) != 0) {
		figures->duplicate++;
		return;
	}
	figures->reordered++;
	if (!told)
		return;
	*word(seqs, seq) |= bit(seq);
	if (seq > seqs->first)
		figures->lost--;
}

void
seqs_take(struct seqs *seqs, uint64_t seq, struct seqs_figures *figures)
{
	if (seq < seqs->next) {
		take_old(seqs, seq, figures);
		return;
	}
	figures->lost += seq - seqs->next;
	advance(seqs, seq);
	*word(seqs, seq) |= bit(seq);
}
