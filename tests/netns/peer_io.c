/* SPDX-License-Identifier: BSD-3-Clause */
/* The peer's traffic: datagrams up and down, and what became of them. */
#include "peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What a payload on its way holds: a received datagram, or bytes of its own. */
struct flight {
	struct rte_mbuf *pkt;
	uint8_t *bytes;
};

static void
land(struct proto_endpoint *ep, struct flight *flight)
{
	if (flight->pkt != NULL)
		proto_return(ep, &flight->pkt, 1);
	free(flight->bytes);
	free(flight);
}

/* Takes ownership of `flight`, whatever comes of it. */
static void
send_off(struct proto_endpoint *ep, const struct proto_peer *to, const struct iovec *iov,
	uint32_t iovcnt, struct flight *flight)
{
	const struct proto_payload payload = {.iov = iov, .iovcnt = iovcnt, .ctx = flight};

	if (proto_send_to(ep, to, &payload, 1) == 1)
		return;
	printf("{\"event\": \"refused\", \"reason\": \"%s\"}\n",
		proto_reason_name(proto_refused(ep)));
	land(ep, flight);
}

#define PIECES_MAX 2048

static void
echo_one(struct proto_endpoint *ep, struct rte_mbuf *pkt)
{
	struct flight *flight = calloc(1, sizeof(*flight));
	struct iovec iov[PIECES_MAX];
	struct proto_rx_info info;
	uint32_t n = 0;

	if (flight == NULL || pkt->nb_segs > PIECES_MAX) {
		free(flight);
		proto_return(ep, &pkt, 1);
		return;
	}
	proto_rx_info(ep, pkt, &info);
	/* A group is no address to answer from. */
	if (proto_addr_is_multicast(&info.peer.local))
		info.peer.local = (struct proto_addr){0};
	for (struct rte_mbuf *s = pkt; s != NULL; s = s->next) {
		iov[n].iov_base = rte_pktmbuf_mtod(s, void *);
		iov[n++].iov_len = s->data_len;
	}
	flight->pkt = pkt;
	send_off(ep, &info.peer, iov, n, flight);
}

void
peer_echo(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++)
		echo_one(ep, pkts[i]);
}

static void
say_datagram(struct proto_endpoint *ep, const struct rte_mbuf *pkt)
{
	char from[PROTO_ADDR_STR_MAX], to[PROTO_ADDR_STR_MAX];
	struct proto_rx_info info;

	proto_rx_info(ep, pkt, &info);
	flockfile(stdout); /* other workers' lines */
	printf("{\"event\": \"datagram\", \"from\": \"%s\", \"port\": %u, \"to\": \"%s\", "
	       "\"frames\": %u, \"data\": \"",
		proto_addr_format(&info.peer.addr, from, sizeof(from)), info.peer.port,
		proto_addr_format(&info.peer.local, to, sizeof(to)), info.n_frames);
	for (const struct rte_mbuf *s = pkt; s != NULL; s = s->next) {
		for (uint16_t i = 0; i < s->data_len; i++)
			printf("%02x", rte_pktmbuf_mtod(s, const uint8_t *)[i]);
	}
	printf("\"}\n");
	funlockfile(stdout);
}

void
peer_sink(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++)
		say_datagram(ep, pkts[i]);
	proto_return(ep, pkts, n);
}

void
peer_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned n, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++) {
		struct flight *flight = done[i].ctx;

		if (done[i].status != 0 || flight->pkt == NULL)
			printf("{\"event\": \"done\", \"status\": %d, \"reason\": \"%s\"}\n",
				done[i].status, proto_reason_name(done[i].reason));
		land(ep, flight);
	}
}

void
peer_error(struct proto_endpoint *ep, const struct proto_error *error, void *arg)
{
	char from[PROTO_ADDR_STR_MAX], remote[PROTO_ADDR_STR_MAX];

	(void)ep;
	(void)arg;
	printf("{\"event\": \"error\", \"kind\": %d, \"status\": %d, \"from\": \"%s\", "
	       "\"remote\": \"%s\", \"port\": %u, \"mtu\": %u}\n",
		error->kind, error->status, proto_addr_format(&error->from, from, sizeof(from)),
		proto_addr_format(&error->remote, remote, sizeof(remote)), error->remote_port,
		error->mtu);
}

/* Byte i of a payload of `len` bytes is (7 i + len) mod 251: the tests know it too. */
static uint8_t *
pattern(uint32_t len)
{
	uint8_t *bytes = malloc(len + 1);

	for (uint32_t i = 0; bytes != NULL && i < len; i++)
		bytes[i] = (uint8_t)((7u * i + len) % 251);
	return bytes;
}

void
peer_send(struct peer *peer, const struct proto_peer *to, uint32_t payload_len)
{
	struct flight *flight = calloc(1, sizeof(*flight));
	struct iovec iov;

	if (flight == NULL)
		return;
	flight->bytes = pattern(payload_len);
	if (flight->bytes == NULL) {
		free(flight);
		return;
	}
	iov = (struct iovec){.iov_base = flight->bytes, .iov_len = payload_len};
	send_off(peer->ep, to, &iov, 1, flight);
}
