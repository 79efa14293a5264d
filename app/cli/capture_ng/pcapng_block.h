/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), in memory, in the machine's byte order.
 * librte_pcapng of DPDK 22.11 writes no comment with a packet, names all ports of the process and
 * numbers them by itself; so these four blocks are written here.
 */
#ifndef CAPTURE_NG_PCAPNG_BLOCK_H
#define CAPTURE_NG_PCAPNG_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

/* Where blocks are put. What finds no room is not put, and `overflow` says so. */
struct pcapng_buf {
	uint8_t *bytes;
	size_t len, size;
	int overflow;
};

/* Most bytes of a packet block besides the frame and its comment. */
#define PCAPNG_PACKET_ROOM 96

enum pcapng_direction {
	PCAPNG_IN = 1,
	PCAPNG_OUT = 2,
};

struct pcapng_interface {
	const char *name;
	const char *description;
	struct rte_ether_addr mac;
	uint32_t snaplen;
	uint64_t speed; /* bits a second; 0: not known */
};

struct pcapng_packet {
	uint32_t interface; /* in the order of the interface blocks */
	uint64_t ns;	    /* since 1970 */
	const void *data;
	uint32_t caplen; /* bytes that are here */
	uint32_t len;	 /* bytes that the frame had */
	enum pcapng_direction direction;
	uint32_t queue;
	const char *comment; /* NULL: none */
};

struct pcapng_statistics {
	uint32_t interface;
	uint64_t start_ns, end_ns;
	uint64_t received; /* frames that the capture was to have */
	uint64_t dropped;  /* of them, those that found no room */
};

void pcapng_section(struct pcapng_buf *buf, const char *os, const char *application);
/* Times of its packets are nanoseconds. */
void pcapng_interface(struct pcapng_buf *buf, const struct pcapng_interface *interface);
void pcapng_packet(struct pcapng_buf *buf, const struct pcapng_packet *packet);
void pcapng_statistics(struct pcapng_buf *buf, const struct pcapng_statistics *statistics);

#endif
