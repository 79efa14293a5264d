/* SPDX-License-Identifier: BSD-3-Clause */
/* A stream over a pair of UDP sockets of the kernel. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source.h"

#define SEGMENT	 1472	    /* bytes, at an MTU of 1500 */
#define ROOM_MAX (64 << 20) /* of a socket: nothing is lost for want of it */

static int
socket_push(struct source *s, const uint8_t *payload)
{
	if (send(s->fds[0], payload, STREAM_PAYLOAD, 0) == (ssize_t)STREAM_PAYLOAD)
		return 0;
	return errno == ENOBUFS || errno == EINTR ? -EAGAIN : -errno;
}

static int
socket_listen(struct source *s)
{
	struct stream_ack ack;

	while (recv(s->fds[0], &ack, sizeof(ack), MSG_DONTWAIT) == (ssize_t)sizeof(ack))
		s->flow->ack = ack;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

/* The child: it takes what comes, cut as the kernel gives it. */
static void
sink_run(void *arg)
{
	static uint8_t room[UINT16_MAX + 1];
	const struct source *s = arg;
	struct stream_sink sink = {.bytes = s->unchecked ? NULL : s->bytes};

	for (;;) {
		ssize_t n = recv(s->fds[1], room, sizeof(room), s->recv_flag);

		if (n > 0 && stream_feed(&sink, room, (size_t)n))
			(void)send(s->fds[1], &sink.got, sizeof(sink.got), 0);
	}
}

static int
options_set(const int fds[2], bool segment)
{
	const int room = ROOM_MAX, segment_len = SEGMENT, on = 1;

	for (unsigned int i = 0; i < 2; i++)
		if (setsockopt(fds[i], SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0 ||
			setsockopt(fds[i], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) != 0)
			return -errno;
	if (!segment)
		return 0;
	if (setsockopt(fds[0], IPPROTO_UDP, UDP_SEGMENT, &segment_len, sizeof(segment_len)) != 0 ||
		setsockopt(fds[1], IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) != 0)
		return -errno;
	return 0;
}

int
source_socket(
	struct source *s, const struct source_sockets *how, const int fds[2], unsigned int cpu)
{
	int rc;

	s->name = how->name;
	s->what = how->what;
	s->push = socket_push;
	s->listen = socket_listen;
	s->peer = &s->sink;
	s->flow = &s->own_flow;
	s->fds[0] = fds[0];
	s->fds[1] = fds[1];
	s->recv_flag = how->spin ? MSG_DONTWAIT : 0;
	s->unchecked = how->unchecked;
	rc = options_set(fds, how->segment);
	if (rc == 0)
		rc = peer_fork(&s->sink, cpu, sink_run, s);
	if (rc == 0)
		peer_halt(&s->sink);
	return rc;
}

void
source_free(struct source *s)
{
	peer_end(&s->sink);
	for (unsigned int i = 0; i < 2 && s->fds[i] > 0; i++)
		(void)close(s->fds[i]);
	*s = (struct source){.name = NULL};
}
