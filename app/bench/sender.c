/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "sender.h"

#define PER_CALL_MAX 64u
#define PIECES_MAX   1024u /* of a payload of 60 KiB in pieces of 64 bytes */
#define PREFIX_IPV4  24
#define PREFIX_IPV6  64

static int
said(const char *what, int rc, const struct pktpool_why *why)
{
	if (rc != 0)
		fprintf(stderr, "chainburst-bench: %s: %s: %s\n", what, strerror(-rc), why->text);
	return rc;
}

/* An address of our own and a neighbour, of one family. */
static int
add_peer(struct proto_link *link, const char *local, const char *remote, uint8_t prefix_len,
	struct pktpool_why *why)
{
	static const struct rte_ether_addr mac = {{0x02, 0, 0, 0, 0, 2}};
	struct proto_addr addr;
	int rc = proto_addr_parse(local, &addr, why);

	if (rc == 0)
		rc = proto_addr_add(link, &addr, prefix_len, why);
	if (rc == 0)
		rc = proto_addr_parse(remote, &addr, why);
	return rc == 0 ? proto_neigh_add(link, &addr, &mac, why) : rc;
}

int
sender_stack_make(struct sender_stack *s, const char *name, const struct proto_port_ops *ops)
{
	const struct proto_conf conf = {.name = name};
	struct pktpool_why why = {{0}};
	struct proto_link_conf link_conf = {.ops = ops, .mtu = 1500, .send_only = true};
	char vdev[32];
	int rc;

	snprintf(vdev, sizeof(vdev), "net_null_%s", name);
	rc = bench_port_make(vdev);
	if (rc < 0)
		return rc;
	link_conf.port = PROTO_PORT(rc);
	rc = proto_create(&s->proto, &conf, &why);
	if (rc == 0)
		rc = proto_link_add(s->proto, &link_conf, &s->link, &why);
	if (rc == 0)
		rc = add_peer(s->link, "192.0.2.1", "192.0.2.2", PREFIX_IPV4, &why);
	if (rc == 0)
		rc = add_peer(s->link, "2001:db8::1", "2001:db8::2", PREFIX_IPV6, &why);
	if (rc == 0)
		rc = proto_start(s->proto, &why);
	if (rc == 0)
		s->worker = proto_worker_at(s->proto, 0);
	return said(name, rc, &why);
}

void
sender_stack_free(struct sender_stack *s)
{
	if (s->proto != NULL && proto_destroy(s->proto, NULL, NULL) != 0)
		fprintf(stderr, "chainburst-bench: a stack is not empty at the end\n");
	s->proto = NULL;
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	struct sender *s = arg;
	(void)ep;

	for (unsigned i = 0; i < n; i++)
		s->completed += done[i].status == 0;
}

int
sender_make(struct sender *s, struct sender_stack *stack, const struct sender_kind *kind,
	unsigned int per_call)
{
	struct proto_endpoint_conf conf = {
		.kind = PROTO_UDP,
		.link = stack->link,
		.remote_port = 9,
		.cut = kind->cut,
		.data = kind->data,
		.no_udp_cksum = kind->no_udp_cksum,
		.done = on_done,
		.arg = s,
	};
	struct pktpool_why why = {{0}};
	int rc = proto_addr_parse(
		kind->family == PROTO_IPV4 ? "192.0.2.2" : "2001:db8::2", &conf.remote, &why);

	*s = (struct sender){.stack = stack, .per_call = RTE_MIN(per_call, PER_CALL_MAX)};
	if (rc == 0)
		rc = proto_endpoint_create(stack->worker, &conf, &s->ep, &why);
	return said("endpoint", rc, &why);
}

static uint64_t
frames_sent(const struct sender *s)
{
	struct proto_counters counters;

	proto_worker_counters(s->stack->worker, &counters);
	return counters.count[PROTO_C_FRAMES_SENT];
}

/* A payload in its pieces. Returns how many. */
static uint32_t
pieces_make(const struct sender *s, uint8_t *payload, uint32_t len, struct iovec *iov)
{
	uint32_t piece_len = s->piece_len != 0 ? s->piece_len : len, n = 0;

	for (uint32_t at = 0; at < len; at += piece_len)
		iov[n++] = (struct iovec){payload + at, RTE_MIN(piece_len, len - at)};
	return n;
}

int64_t
sender_run(void *arg, struct bench_data *data, unsigned int n)
{
	struct proto_payload payloads[PER_CALL_MAX];
	struct iovec iov[PIECES_MAX];
	struct sender *s = arg;
	uint64_t before = frames_sent(s);

	while (n != 0) {
		uint16_t k = (uint16_t)RTE_MIN(n, s->per_call), sent;

		for (uint16_t i = 0; i < k; i++)
			payloads[i] = (struct proto_payload){.iov = &iov[i],
				.iovcnt = pieces_make(
					s, bench_data_next(data), data->payload_len, &iov[i])};
		for (sent = 0; sent < k;) {
			uint16_t got = proto_send(s->ep, payloads + sent, (uint16_t)(k - sent));

			(void)proto_poll(s->stack->worker, rte_get_tsc_cycles());
			if (got == 0)
				return proto_reason_errno(proto_refused(s->ep));
			sent = (uint16_t)(sent + got);
		}
		n -= k;
		s->accepted += k;
	}
	/* net_null has freed every frame in its burst, so nothing may be outstanding now. */
	if (s->completed != s->accepted || proto_outstanding(s->ep) != 0)
		return -EBUSY;
	return (int64_t)(frames_sent(s) - before);
}
