/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The capture that recv --pcap names: opened and counted before the EAL starts, because net_pcap
 * does not tell when it has read the last frame.
 */
#ifndef CLI_CAPTURE_IN_H
#define CLI_CAPTURE_IN_H

#include <stdint.h>

#include <sys/stat.h>

#include "opt.h"

/* The number of frames is not known: a pcapng. */
#define CAPTURE_FRAMES_UNKNOWN UINT64_MAX

struct capture_in {
	int fd;
	uint64_t frames; /* whole ones */
	struct stat stat;
	char vdev[64]; /* the device that reads it */
};

/* Open a capture of Ethernet frames. Returns 0, or -1 with `err` filled. */
int capture_in_open(struct capture_in *capture, const char *name, struct opt_error *err);

void capture_in_close(struct capture_in *capture);

#endif
