/* SPDX-License-Identifier: BSD-3-Clause */
#include "tx_first.h"

#include <rte_cycles.h>
#include <rte_pause.h>

#define ETHERTYPE_LOCAL 0x88b5 /* IEEE 802 local experimental */
#define FRAME_MAX	1500
#define DRAIN_S		1

/* A burst of one worker on one link; the workers are parked. */
static int
burst(struct session *session, struct proto_worker *worker, unsigned link, struct opt_error *err)
{
	static const uint8_t zeros[FRAME_MAX];
	uint32_t len = RTE_MIN(session->settings.payload_min, (uint32_t)FRAME_MAX);
	const struct iovec piece = {(void *)(uintptr_t)zeros, len};
	const struct proto_payload payload = {.iov = &piece, .iovcnt = 1};
	struct pktpool_why why = {.text = ""};
	uint64_t now = rte_get_tsc_cycles(), end = now + DRAIN_S * rte_get_tsc_hz();
	struct proto_endpoint *ep;
	struct proto_endpoint_conf conf = {
		.kind = PROTO_L2,
		.link = session->links[link].link,
		.mac = {{2, 0, 0, 0, 0, (uint8_t)link}},
		.ethertype = ETHERTYPE_LOCAL,
		.data = PROTO_DATA_COPY,
	};
	unsigned sent = 0;

	if (proto_endpoint_create(worker, &conf, &ep, &why) < 0)
		return opt_fail(err, -1, "tx_first: %s: %s", session->links[link].name, why.text);
	while (sent < session->settings.burst && proto_send(ep, &payload, 1) == 1)
		sent++;
	while (proto_outstanding(ep) != 0 && now < end) {
		(void)proto_poll(worker, now);
		now = rte_get_tsc_cycles();
	}
	if (proto_endpoint_destroy(ep) < 0 || sent < session->settings.burst)
		return opt_fail(err, -1, "tx_first: %s took %u frames of %u: give a smaller burst",
			session->links[link].name, sent, session->settings.burst);
	return 0;
}

int
tx_first(struct session *session, struct opt_error *err)
{
	int ret = 0;

	session_park(session);
	for (unsigned w = 0; w < session->n_workers; w++) {
		for (unsigned i = 0; i < session->n_links && ret == 0; i++)
			ret = burst(session, session->workers[w].worker, i, err);
	}
	session_unpark(session);
	return ret;
}
