/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_LINK_PAIR_H
#define BENCH_LINK_PAIR_H

#include "link_end.h"
#include "meet.h"
#include "peer.h"

#define LINK_PAIR_LEN 64u /* bytes of an echo */

/* Both ends of a link: ours, and the child that has the other. */
struct link_pair {
	const char *name; /* of the link */
	struct link_end end;
	struct peer peer;
	struct meet meet;
	struct proto_endpoint *echo;
	uint64_t asked,
		answered; /* the number of the last echo that went, and of that which came */
};

/*
 * Start the child on @cpu and wait until an echo has come back; then it stands still until
 * peer_go(). 0 or negative errno: there is nothing to close.
 */
int link_pair_open(struct link_pair *pair, const char *link, unsigned int cpu);
void link_pair_close(struct link_pair *pair);

/* Send LINK_PAIR_LEN bytes and poll until they are back, @wait cycles at most. 0 or negative errno.
 */
int link_pair_trip(struct link_pair *pair, uint64_t wait);

#endif /* BENCH_LINK_PAIR_H */
