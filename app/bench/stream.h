/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Payloads one way, for a link and for sockets alike: all their bytes are known to both ends, and
 * the receiver acknowledges some at a time, so that the sender has a bounded number on their way
 * and knows the end. They come in order, cut as may be.
 */
#define STREAM_PAYLOAD (44u * 1472u) /* nearly 64 KiB, and whole segments at an MTU of 1500 */
#define STREAM_KINDS   8u	     /* payloads of different bytes, in turns */
#define STREAM_WINDOW  16u	     /* payloads on their way */
#define STREAM_ACK     4u	     /* payloads from one acknowledgement to the next */

/* What the receiver says, as bytes of its own machine: it is the same one. */
struct stream_ack {
	uint64_t payloads; /* since the beginning, of all slices */
	uint64_t bad;	   /* pieces with other bytes than these */
};

/* The receiver. */
struct stream_sink {
	const uint8_t *bytes; /* of stream_make(); NULL: they are counted, not looked at */
	size_t at;	      /* in the payload that is coming */
	struct stream_ack got;
};

/* The bytes of all kinds, one behind the other. NULL: no memory. Free with free(). */
uint8_t *stream_make(void);

static inline const uint8_t *
stream_payload(const uint8_t *bytes, uint64_t nth)
{
	return bytes + (nth % STREAM_KINDS) * STREAM_PAYLOAD;
}

/* Take the next bytes. Returns whether an acknowledgement is due. */
static inline bool
stream_feed(struct stream_sink *sink, const uint8_t *piece, size_t len)
{
	bool due = false;

	while (len != 0) {
		size_t part = STREAM_PAYLOAD - sink->at < len ? STREAM_PAYLOAD - sink->at : len;

		if (sink->bytes != NULL &&
			memcmp(piece, stream_payload(sink->bytes, sink->got.payloads) + sink->at,
				part) != 0)
			sink->got.bad++;
		piece += part;
		len -= part;
		sink->at += part;
		if (sink->at == STREAM_PAYLOAD) {
			sink->at = 0;
			due = due || ++sink->got.payloads % STREAM_ACK == 0;
		}
	}
	return due;
}

#endif /* BENCH_STREAM_H */
