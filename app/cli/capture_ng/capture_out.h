/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a capture writes: pcapng files that each say by themselves what the interfaces are and, at
 * their end, how many frames these missed so far. The control thread's.
 */
#ifndef CAPTURE_NG_CAPTURE_OUT_H
#define CAPTURE_NG_CAPTURE_OUT_H

#include "capture_clock.h"
#include "capture_file.h"
#include "capture_tap.h"
#include "pcapng_block.h"

#define CAPTURE_NAME_LEN 64

struct capture_interface {
	char name[CAPTURE_NAME_LEN];
	char port[RTE_ETH_NAME_MAX_LEN]; /* "" of the loop */
	struct rte_ether_addr mac;
	uint64_t speed;	 /* bits a second; 0: not known */
	uint64_t seen;	 /* frames that it was to have */
	uint64_t missed; /* of them */
};

struct capture_out {
	struct capture_file file; /* name, octets_max, n_files are set */
	uint32_t snaplen;
	unsigned n_interfaces;
	struct capture_interface interfaces[CAPTURE_IFS_MAX];
	bool broken; /* it could not be written: nothing more is */
	uint64_t written;
	uint64_t octets; /* of files that are closed */
	uint64_t start_ns;
	struct capture_clock clock;
	struct pcapng_buf buf; /* its bytes are set */
};

/* Open the (first) file. Returns 0, or -1 with `err`. */
int capture_out_open(struct capture_out *out, struct opt_error *err);

/*
 * Write a frame, in the next file if this one is full; flush writes what is still buffered. Return
 * 0, or -1 with `err`: then the file has been closed, and from then on they do nothing.
 */
int capture_out_put(
	struct capture_out *out, const struct capture_slot *slot, struct opt_error *err);
int capture_out_flush(struct capture_out *out, struct opt_error *err);

/* Write the interfaces' figures, and close. Returns 0, or -1 with `err`. */
int capture_out_close(struct capture_out *out, struct opt_error *err);

#endif
