/* SPDX-License-Identifier: BSD-3-Clause */
#include "flows.h"

#include <string.h>

#include "rng.h"

static uint32_t
hash(const struct proto_peer *peer, const struct pattern_id *id)
{
	uint64_t half[2] = {0, 0};

	memcpy(half, peer->addr.bytes, proto_addr_len(&peer->addr));
	half[0] ^= (uint64_t)peer->port << 48 | (uint64_t)id->run << 16 | id->flow;
	return (uint32_t)rng_mix(half[0] ^ rng_mix(half[1]));
}

static bool
is(const struct flows_flow *flow, const struct proto_peer *peer, const struct pattern_id *id)
{
	return flow->flow == id->flow && flow->run == id->run && flow->port == peer->port &&
	       proto_addr_equal(&flow->addr, &peer->addr);
}

void
flows_take(struct flows *flows, const struct proto_peer *peer, const struct pattern_id *id)
{
	uint32_t at = hash(peer, id) % FLOWS_SLOTS;
	struct flows_flow *flow = &flows->slots[at];

	while (flow->used && !is(flow, peer, id)) {
		at = (at + 1) % FLOWS_SLOTS;
		flow = &flows->slots[at];
	}
	if (flow->used) {
		seqs_take(&flow->seqs, id->seq, &flows->figures);
		return;
	}
	if (flows->n == FLOWS_MAX) {
		flows->untracked++;
		return;
	}
	flows->n++;
	flow->used = true;
	flow->port = peer->port;
	flow->run = id->run;
	flow->flow = id->flow;
	flow->addr = peer->addr;
	seqs_init(&flow->seqs, id->seq);
}
