/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The capture that --pcap names: opened before the EAL starts, so that a name that cannot be
 * written costs nothing, and measured after the port is closed, because net_pcap does not tell when
 * the disk is full.
 */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/stat.h>

#include "opt.h"

struct capture {
	const char *name; /* as the user gave it; NULL: there is none, and the rest does nothing */
	int fd;
	bool made;	 /* the file was not there before */
	bool measurable; /* a regular file, or a link to one: its size tells what arrived */
	struct stat stat;
	char vdev[64]; /* the device that writes it */
};

/* Open (not yet truncate) the file. Returns 0, or -1 with `err` filled. */
int capture_open(struct capture *capture, const char *name, struct opt_error *err);

/* Close, and remove the file if capture_open() made it: for runs that fail before they send. */
void capture_discard(struct capture *capture);

/*
 * After the port has been closed: whether all of `frames` with `octets` bytes together are in the
 * file. Closes. Returns 0, or -1 with `err` filled.
 */
int capture_finish(
	struct capture *capture, uint64_t frames, uint64_t octets, struct opt_error *err);

#endif
