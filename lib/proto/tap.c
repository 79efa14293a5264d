/* SPDX-License-Identifier: BSD-3-Clause */
#include "tap.h"

static void
tell(const struct drop_tap *tap, uint16_t link, const struct rte_mbuf *pkt, uint16_t front,
	uint32_t len, enum proto_drop reason)
{
	const struct proto_dropped frame = {
		.reason = reason,
		.link = link,
		.pkt = pkt,
		.front = front,
		.len = len,
	};

	tap->fn(&frame, tap->arg);
}

void
tap_frame(const struct drop_tap *tap, uint16_t link, const struct rte_mbuf *pkt, uint16_t front,
	enum proto_drop reason)
{
	tell(tap, link, pkt, front, pkt->pkt_len, reason);
}

void
tap_chain(const struct drop_tap *tap, uint16_t link, const struct rte_mbuf *pkt, uint16_t front,
	enum proto_drop reason)
{
	while (pkt != NULL) {
		const struct rte_mbuf *next = pkt->next;
		uint32_t len = pkt->data_len;

		/* What is marked with no header goes on with the frame before it. */
		for (; next != NULL && tap_headers(next) == 0; next = next->next)
			len += next->data_len;
		tell(tap, link, pkt, front, len, reason);
		pkt = next;
		if (pkt != NULL)
			front = tap_headers(pkt);
	}
}
