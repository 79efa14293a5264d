/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame's way up: input.c takes a burst from a port and looks at Ethernet; ipv4_in.c and
 * ipv6_in.c check the IP headers and pass fragments to reass.c; l4_in.c chooses by protocol;
 * udp_in.c checks UDP, and deliver.c finds the endpoint. What is for the stack itself ends in
 * arp_in.c, icmp_in.c and nd_in.c, whose answers go down through tx/control.h. handover.c passes on
 * what another worker owns.
 *
 * One exit for each frame: what a function here returns says what became of it, and input.c alone
 * frees and counts.
 */
#ifndef PROTO_RX_RX_H
#define PROTO_RX_RX_H

#include <string.h>

#include "../net/limit.h"
#include "../net/net.h"
#include "../tx/control.h"
#include "reass.h"
#include "sink.h"

#define RX_BURST   32
#define L3_LEN_MAX 511	/* of IP headers: what an mbuf's l3_len holds */
#define RX_IOV_MAX 8224 /* pieces of the longest echo reply: 64 KiB in fragments of 8 bytes */

/* What became of a frame: one of these, or an enum proto_drop. */
enum rx_end {
	RX_CONSUMED = -1, /* the stack acted on it: to be freed */
	RX_KEPT = -2,	  /* it is somebody else's now, who counts it */
};

/* A frame, or a datagram put together of several, while it is looked at. */
struct rx_frame {
	struct rte_mbuf *pkt; /* data starts at the header that is looked at next */
	const struct proto_link *link;
	struct proto_counters *counters;
	uint8_t *l3; /* the IP header, in the first buffer */
	uint32_t zone;
	uint32_t n_frames; /* 1, or of how many it was put together */
	uint16_t l2_len;   /* Ethernet header and tags, in front of l3 */
	uint16_t l3_len;   /* IP headers with options and extensions */
	uint8_t family;
	uint8_t proto; /* above IP */
	bool group;    /* the destination is multicast or broadcast */
	bool settled;  /* another worker passed it on: it stays here */
	bool router_alert;
	uint16_t nh_at; /* IPv6: offset of the next-header byte that named `proto`, 0: not known */
	struct rte_ether_addr src_mac;
};

/* What a fragment says. `hdr_len`: bytes from f->l3 to its first. */
struct rx_fragment {
	struct reass_key key;
	uint32_t offset;
	uint16_t hdr_len;
	uint16_t frag_at; /* IPv6: of the fragment header */
	bool more;
};

/* UDP datagrams that wait to be looked up together. */
struct rx_batch {
	unsigned n;
	const struct demux_key *key_at[RX_BURST]; /* of keys[], as a lookup takes them */
	struct demux_key keys[RX_BURST];
	struct rte_mbuf *pkts[RX_BURST];
	struct proto_counters *counters[RX_BURST];
};

struct rx;

/* A fragment that waits for the end of its burst, so that the table's lines are fetched together.
 */
struct rx_piece {
	struct rx_frame f;
	struct rx_fragment frag;
	int (*next)(struct rx *rx, struct rx_frame *f); /* for the whole datagram */
};

/* IPv4 addresses that no frame on a link may come from: our own, and broadcast of its prefixes. */
struct rx_unsound4 {
	unsigned n;
	rte_be32_t addrs[2 * IFADDRS_MAX];
};

/* What plain_in() compares frames of a link with. */
struct rx_plain {
	uint8_t is[2][16] __rte_aligned(16); /* bytes 0 to 15 and 20 to 35 of a frame */
	uint8_t mask[2][16];		     /* where they count */
	struct proto_counters *counters;
	/* Is a source with this first (last) byte to be looked at closely? */
	uint8_t doubt_first[256], doubt_last[256];
	uint32_t zone;
	uint16_t link;
	bool ready; /* rx_plain_dst() has named an address */
};

/* A worker's share of what receiving takes. */
struct rx {
	struct net *net;
	struct control *control;
	struct reass *reass;
	const struct cksum_ops *cksum;
	struct txq **txqs;	   /* for their counters */
	struct rte_ring **inboxes; /* of all workers */
	uint16_t worker;	   /* our index */
	uint16_t n_workers;
	uint64_t now;
	/* Is this endpoint a member of the group? */
	bool (*hears)(const struct rx_sink *sink, const struct proto_addr *group, uint16_t link);
	struct rte_mempool *pool; /* what this worker receives with; for copies, too */
	uint32_t pool_low;	  /* below so many free nothing is handed over */
	struct limit icmp_limit;
	struct rx_batch batch;
	unsigned n_pieces;
	struct rx_piece pieces[RX_BURST];
	/* The last own destination of each family, so that the next is one comparison. */
	uint32_t last_zone4, last_zone6;
	rte_be32_t last_dst4;
	uint8_t last_dst6[16];
	uint32_t addr_gen; /* of the copies below */
	struct rx_plain plain[NET_IFS];
	struct rx_unsound4 unsound4[NET_IFS];
	struct netif ifs[NET_IFS];
	struct iovec iov[RX_IOV_MAX];
};

/* Copy addresses and groups again if they have changed. Before a poll. */
void rx_refresh(struct rx *rx);

/* Take a burst from a link's rx queue. Returns how many frames. */
unsigned rx_poll_link(struct rx *rx, const struct proto_link *link, uint16_t queue);

/* Take what other workers passed on. Returns how many packets. */
unsigned rx_poll_inbox(struct rx *rx);

/* Run the reassembly timers. */
void rx_expire(struct rx *rx);

/* Drop whatever is held: reassembly, inbox. */
void rx_flush(struct rx *rx);

/* Whose is a destination address? */
enum rx_dest {
	RX_DEST_OTHER,
	RX_DEST_OWN,
	RX_DEST_GROUP,	  /* multicast that somebody joined, or broadcast */
	RX_DEST_TENTATIVE /* IPv6 address that is being probed: ND only */
};

enum rx_dest rx_dest_of(const struct rx *rx, uint32_t zone, const struct proto_addr *dst);

/* Untagged datagrams to `dst`, found to be ours, may take the short way from now on. */
void rx_plain_dst(struct rx *rx, const struct rx_frame *f, rte_be32_t dst);

/*
 * Take frames, from the first on, as long as they are what nearly all are: plain UDP over IPv4, for
 * an address that rx_plain_dst() named. They are delivered, or wait in the batch, in their order.
 * Returns how many; pkts[that] is for rx_ethernet().
 */
unsigned plain_in(struct rx *rx, const struct rx_plain *plain, struct rte_mbuf **pkts, unsigned n);

/* The steps; each returns an enum proto_drop or rx_end. */
int rx_ethernet(struct rx *rx, struct rx_frame *f);
int arp_in(struct rx *rx, struct rx_frame *f);
int l2_in(struct rx *rx, struct rx_frame *f, uint16_t ethertype);
int ipv4_in(struct rx *rx, struct rx_frame *f);
int ipv6_in(struct rx *rx, struct rx_frame *f);
/* pkt's data starts behind the IP headers; f->l3, l3_len, family, proto are set. */
int l4_in(struct rx *rx, struct rx_frame *f);
int udp_in(struct rx *rx, struct rx_frame *f);
int icmp_in(struct rx *rx, struct rx_frame *f);
int icmp_error_in(struct rx *rx, struct rx_frame *f);
int nd_in(struct rx *rx, struct rx_frame *f);
int igmp_in(struct rx *rx, struct rx_frame *f);
int mld_in(struct rx *rx, struct rx_frame *f);

/*
 * A fragment: to the worker that puts its datagram together, or to reassembly. `hdr_len`: bytes
 * from f->l3 to the fragment's first. Complete: the step that goes on is `next`.
 */
int fragment_in(struct rx *rx, struct rx_frame *f, const struct rx_fragment *frag,
	int (*next)(struct rx *rx, struct rx_frame *f));

/* Hand the fragments of a burst to reassembly. */
void rx_fragments_flush(struct rx *rx);

/* Cut the packet to `len` bytes of data: what is behind is padding. */
void rx_trim(struct rte_mbuf *pkt, uint32_t len);

/* The sum of all data of a packet, in memory order. */
uint32_t rx_sum(const struct rx *rx, const struct rte_mbuf *pkt);

/* The pseudo header's sum for what follows the IP headers of `f`. */
uint32_t rx_pseudo_sum(const struct rx_frame *f, uint32_t l4_len);

/* An IPv4 address as a header has it. */
static inline struct proto_addr
rx_addr4(rte_be32_t be)
{
	struct proto_addr addr = {.family = PROTO_IPV4};

	memcpy(addr.bytes, &be, sizeof(be));
	return addr;
}

/* Source and destination of f's IP header. */
void rx_addrs(const struct rx_frame *f, struct proto_addr *src, struct proto_addr *dst);

/* Look up and deliver what waits in the batch. */
void rx_batch_flush(struct rx *rx);

/* Deliver datagrams that are all for one owner (0: nobody). `load`: theirs. */
void rx_run_deliver(struct rx *rx, demux_owner owner, struct rte_mbuf **pkts, unsigned n,
	struct load load, struct proto_counters *counters);

/* Deliver a datagram to every endpoint that hears its group. */
int deliver_group(struct rx *rx, struct rx_frame *f, const struct demux_key *key);

/* Send an ICMP error about f (`type` and `code` are the family's) if that is allowed. */
void answer_error(
	struct rx *rx, const struct rx_frame *f, uint8_t type, uint8_t code, uint32_t param);

/* Send an ICMP message from `src` (family 0: chosen) to `dst`. The checksum is put in here. */
bool answer_send(struct rx *rx, uint32_t zone, const struct proto_addr *src,
	const struct proto_addr *dst, uint8_t *header, uint32_t header_len, struct iovec *iov,
	uint32_t iovcnt);

/* Pass a frame to another worker. Returns RX_KEPT or PROTO_DROP_HANDOVER_FULL. */
int handover_frame(struct rx *rx, struct rx_frame *f, unsigned worker);

/* The same for an ICMP error, whose data starts at ICMP and lies in one piece. */
int handover_error(struct rx *rx, struct rx_frame *f, unsigned worker);

/* Datagrams that have been checked. */
void handover_datagrams(struct rx *rx, struct rte_mbuf **pkts, unsigned n, unsigned worker,
	struct proto_counters *counters);

/* The other workers (a bit each) get a copy of this checked datagram, for their members. */
void handover_group(struct rx *rx, struct rx_frame *f, uint64_t workers);

/* A copy of a datagram with its headers in front, counted as shared; or NULL, counted as NO_MEMORY.
 */
struct rte_mbuf *rx_copy(struct rx *rx, const struct rx_frame *f);

/* Queue a checked datagram for lookup. */
void rx_batch_add(struct rx *rx, struct rx_frame *f);

/* Count what became of a frame, and free it if it is to be freed. */
void rx_end(struct rx_frame *f, int end);

/* Count a drop, and show it to the stack's tap. */
void rx_drop(const struct rx_frame *f, enum proto_drop reason);

/* The key of a UDP datagram whose data starts at its payload. */
void rx_udp_key(const struct rte_mbuf *pkt, uint32_t zone, struct demux_key *key);

#endif
