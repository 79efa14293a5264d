/* SPDX-License-Identifier: BSD-3-Clause */
#include "link_pair.h"

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#define START_S 20u /* the child's EAL takes most of it, on a busy machine */

static void
on_answer(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct link_pair *pair = arg;

	for (unsigned i = 0; i < n; i++)
		if (pkts[i]->pkt_len == LINK_PAIR_LEN)
			memcpy(&pair->answered, rte_pktmbuf_mtod(pkts[i], void *),
				sizeof(pair->answered));
	proto_return(ep, pkts, n);
}

int
link_pair_trip(struct link_pair *pair, uint64_t wait)
{
	uint8_t bytes[LINK_PAIR_LEN] = {0};
	struct iovec iov = {bytes, sizeof(bytes)};
	const struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	uint64_t now = rte_get_tsc_cycles(), end = now + wait;

	pair->asked++;
	memcpy(bytes, &pair->asked, sizeof(pair->asked));
	if (proto_send(pair->echo, &payload, 1) != 1)
		return proto_reason_errno(proto_refused(pair->echo));
	while (pair->answered != pair->asked && now < end) {
		(void)proto_poll(pair->end.worker, now);
		now = rte_get_tsc_cycles();
	}
	return pair->answered == pair->asked ? 0 : -ETIMEDOUT;
}

/* The child starts, the drivers find each other, ARP finds both: until an answer comes. */
static int
wait_for_answer(struct link_pair *pair)
{
	uint64_t end = rte_get_tsc_cycles() + START_S * rte_get_tsc_hz();

	while (rte_get_tsc_cycles() < end) {
		if (link_pair_trip(pair, rte_get_tsc_hz() / 20) == 0)
			return 0;
		if (peer_alive(&pair->peer) == 0)
			return -ECHILD;
		/* A refusal (the link is not up yet) is no end; time for its threads to work. */
		rte_delay_us_sleep(1000);
		(void)proto_poll(pair->end.worker, rte_get_tsc_cycles());
	}
	return -ETIMEDOUT;
}

int
link_pair_open(struct link_pair *pair, const char *link, unsigned int cpu)
{
	struct proto_endpoint_conf conf = {.data = PROTO_DATA_COPY, .recv = on_answer, .arg = pair};
	const struct link_kind *kind = link_kind_find(link);
	const char *argv[] = {"chainburst-bench", "--peer", link, NULL, NULL};
	int rc;

	*pair = (struct link_pair){.name = link};
	rc = kind == NULL ? -EINVAL : meet_make(&pair->meet);
	if (rc == 0) {
		argv[3] = meet_path(&pair->meet);
		rc = link_end_make(&pair->end, kind, argv[3], LINK_END_NEAR);
	}
	if (rc == 0)
		rc = link_end_endpoint(&pair->end, LINK_END_ECHO, &conf, &pair->echo);
	if (rc == 0)
		rc = peer_exec(&pair->peer, cpu, argv);
	if (rc == 0)
		rc = wait_for_answer(pair);
	if (rc == 0)
		peer_halt(&pair->peer);
	else
		link_pair_close(pair);
	return rc;
}

void
link_pair_close(struct link_pair *pair)
{
	peer_end(&pair->peer);
	link_end_free(&pair->end);
	meet_free(&pair->meet);
}
