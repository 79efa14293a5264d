/* SPDX-License-Identifier: BSD-3-Clause */
/* Ephemeral ports by RFC 6056 3.3.1: a random one, then one after the other until one is free. */
#include <rte_byteorder.h>

#include "demux.h"
#include "demux_hash.h"

struct port_range {
	uint32_t first;
	uint32_t n;
};

static uint16_t
choose(const struct demux *demux, const struct demux_bind *bind, const struct port_range *range,
	uint64_t *rng)
{
	uint32_t offset = (uint32_t)((demux_random(rng) >> 32) * range->n >> 32);
	struct demux_bind probe = *bind;

	for (uint32_t i = 0; i < range->n; i++) {
		probe.key.local_port = rte_cpu_to_be_16((uint16_t)(range->first + offset));
		if (demux_is_free(demux, &probe))
			return probe.key.local_port;
		offset = offset + 1 < range->n ? offset + 1 : 0;
	}
	return 0;
}

uint16_t
demux_ephemeral(const struct demux *demux, const struct demux_bind *bind, uint64_t *rng)
{
	/* RFC 6335 6: dynamic ports; RFC 6056 3.2: what an implementation should choose from. */
	static const struct port_range ranges[] = {{49152, 16384}, {1024, 64512}};
	uint16_t port = 0;

	for (unsigned i = 0; i < RTE_DIM(ranges) && port == 0; i++)
		port = choose(demux, bind, &ranges[i], rng);
	return port;
}
