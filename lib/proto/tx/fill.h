/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filling: bytes into frames that have been planned and taken. Nothing here can fail.
 *
 * Which function fills is chosen when an endpoint is made: by what stands in the frame (IPv4, IPv6,
 * raw) and by how the bytes come there (copied or mapped). What differs between those is small;
 * frames.h has the loops that they share.
 */
#ifndef PROTO_TX_FILL_H
#define PROTO_TX_FILL_H

#include <sys/uio.h>

#include <rte_mbuf.h>

#include "../net/ipid.h"
#include "../wire/cksum.h"
#include "hdr.h"
#include "plan.h"

/* How the UDP checksum of a datagram sent whole comes about. Fragments: always in software. */
enum fill_cksum {
	FILL_CKSUM_SOFTWARE,
	FILL_CKSUM_OFFLOAD, /* the port puts it in; the field has the pseudo header's sum */
	FILL_CKSUM_NONE,    /* 0: "not used" (RFC 768) */
};

/* What of an endpoint a fill reads; the same for all its payloads. */
struct fill_ctx {
	struct hdr hdr;
	const struct cksum_ops *cksum;
	struct ipid ipid;
	uint64_t offload_flags; /* mbuf ol_flags of whole datagrams */
	uint64_t offload_lens;	/* mbuf tx_offload of them */
	uint16_t whole_df;	/* DF bit of whole datagrams, host byte order */
	uint8_t cksum_mode;	/* enum fill_cksum */
	bool iova_is_va;	/* a virtual address is what a device takes */
};

/* One payload to be filled. */
struct fill {
	const struct fill_ctx *ctx;
	const struct iovec *iov;
	const struct plan *plan;
	struct rte_mbuf **pkts; /* plan->n_frames raw packets */
	struct rte_mbuf **bufs; /* mapped: as many raw descriptors as there are pieces */
	struct rte_mbuf_ext_shared_info *shinfo; /* mapped: its count has been set */
};

typedef void (*fill_fn)(const struct fill *fill);

/* Copied: each frame is one segment, headers and client bytes in the packet's own room. */
void fill_copy_ipv4(const struct fill *fill);
void fill_copy_ipv6(const struct fill *fill);
void fill_copy_ipv4_bare(const struct fill *fill);
void fill_copy_ipv6_bare(const struct fill *fill);
void fill_copy_raw(const struct fill *fill);

/* Mapped: a packet with the headers, and behind it a descriptor for each piece of client memory. */
void fill_map_ipv4(const struct fill *fill);
void fill_map_ipv6(const struct fill *fill);
void fill_map_ipv4_bare(const struct fill *fill);
void fill_map_ipv6_bare(const struct fill *fill);
void fill_map_raw(const struct fill *fill);

#endif
