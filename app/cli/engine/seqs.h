/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequence numbers of a flow: which are missing, late, there twice. A window over the last
 * SEQS_WINDOW numbers remembers which came, as IPsec does against replay (RFC 4303 3.4.3).
 */
#ifndef ENGINE_SEQS_H
#define ENGINE_SEQS_H

#include <stdint.h>

#define SEQS_WINDOW 1024

/* Invariant: bit n % SEQS_WINDOW tells of number n, for next - SEQS_WINDOW <= n < next. */
struct seqs {
	uint64_t first; /* the number seen first; what came before it is not missed */
	uint64_t next;	/* 1 above the highest */
	uint64_t came[SEQS_WINDOW / 64];
};

struct seqs_figures {
	uint64_t lost;	    /* skipped, and not come since */
	uint64_t reordered; /* came after a higher one */
	uint64_t duplicate;
};

/* A flow begins with this number. */
void seqs_init(struct seqs *seqs, uint64_t seq);

/*
 * Another number of it. One below the window is `reordered`, and stays `lost` if it was: it is too
 * old to tell from a duplicate.
 */
void seqs_take(struct seqs *seqs, uint64_t seq, struct seqs_figures *figures);

#endif
