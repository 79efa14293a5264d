/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture inside the process: frames of links' queues, and frames that the stack drops with the
 * reason as their comment, into a pcapng file. It works with any EAL flags: nobody attaches.
 *
 * The workers copy (capture_tap.h), the control thread writes. What is sent is seen as it is given
 * to the driver: checksums that the port puts in are not there yet, and what a full ring refuses is
 * seen again when it is offered again.
 */
#ifndef CAPTURE_NG_CAPTURE_H
#define CAPTURE_NG_CAPTURE_H

#include <proto.h>

#include "../opt.h"

#define CAPTURE_RX    1u
#define CAPTURE_TX    2u
#define CAPTURE_DROPS 4u

#define CAPTURE_SNAPLEN_MIN 14
#define CAPTURE_SNAPLEN_MAX 65535

struct capture;

struct capture_link {
	uint16_t index;	  /* in the stack */
	uint16_t port_id; /* of ethdev */
	const char *name;
};

struct capture_conf {
	const char *file;
	unsigned what; /* CAPTURE_RX and so on; 0: rx and tx */
	struct proto *stack;
	unsigned n_links;
	struct capture_link links[PROTO_LINKS_MAX];
	uint32_t snaplen;	/* bytes of a frame that are kept; 0: all that the MTUs allow */
	uint32_t sample;	/* one frame in so many; 0: each */
	uint64_t rotate_octets; /* bytes of a file; 0: one file without end */
	unsigned rotate_files;	/* files kept */
};

struct capture_figures {
	uint64_t seen;	  /* frames that were to be captured */
	uint64_t written; /* to files, and what has been thrown away with the oldest */
	uint64_t missed;  /* frames for which no slot was free */
	uint64_t octets;  /* of all files that were begun */
	uint64_t files;
};

/*
 * Begin. Copies the names and the configuration. No worker works meanwhile (session_park()).
 * Returns 0, or -1 with `err`: nothing has begun then.
 */
int capture_start(struct capture **capture, const struct capture_conf *conf, struct opt_error *err);

/*
 * Write what has come; the control thread, every some ms. Returns how many frames, or -1 with
 * `err`: the file cannot be written (any more), and what comes from now on is not captured.
 */
int capture_drain(struct capture *capture, struct opt_error *err);

/* Figures so far. The control thread. */
void capture_figures(struct capture *capture, struct capture_figures *figures);

/*
 * Write what is left, and end. No worker works meanwhile. `capture` is gone afterwards; NULL is
 * fine. Returns 0, or -1 with `err`: the file is not complete.
 */
int capture_stop(struct capture *capture, struct capture_figures *figures, struct opt_error *err);

#endif
