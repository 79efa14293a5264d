/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The one list of what is counted, of the reasons for which a payload is refused or fails, and of
 * those for which a received frame is dropped.
 *
 * Each list is an X-macro: the counters, telemetry, `show` output and documentation come from it,
 * so a reason is added in one line and appears everywhere.
 */
#ifndef PROTO_DROP_H
#define PROTO_DROP_H

#include <errno.h>
#include <stdint.h>

#include "pktpool.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reasons, as X(NAME, text, errno, meaning).
 *
 * Down to LINK_DOWN a payload is *refused*: proto_send() did not take it, its memory is the
 * caller's, there is no completion. From CANCELED on it had been accepted and its completion
 * carries the status.
 */
#define PROTO_REASONS(X)                                                                          \
	X(NONE, "none", 0, "not refused")                                                         \
	X(NO_RECORD, "no_record", -ENOBUFS,                                                       \
		"as many payloads are outstanding as proto_conf.n_payloads allows")               \
	X(NO_PACKET, "no_packet", -ENOBUFS, "the packet pool has too few free descriptors")       \
	X(NO_BUFFER, "no_buffer", -ENOBUFS, "the buffer pool has too few free descriptors")       \
	X(BACKLOG, "backlog", -EAGAIN, "the port has not yet taken the frames staged before")     \
	X(TOO_LONG, "too_long", -EMSGSIZE, "longer than a datagram of its family can be")         \
	X(NEEDS_FRAG, "needs_frag", -EMSGSIZE,                                                    \
		"would have to be fragmented, which the endpoint's DF policy forbids")            \
	X(BAD_PAYLOAD, "bad_payload", -EINVAL, "an iovec has a length but no address")            \
	X(NO_PEER, "no_peer", -EDESTADDRREQ,                                                      \
		"a bound endpoint sends with proto_send_to(), a connected one with proto_send()") \
	X(NO_ROUTE, "no_route", -ENETUNREACH, "no route to the remote address")                   \
	X(NO_NEIGH, "no_neigh", -EHOSTUNREACH,                                                    \
		"the next hop's Ethernet address is not known and it does not answer")            \
	X(NEIGH_QUEUE, "neigh_queue", -EAGAIN,                                                    \
		"as much waits for the next hop's Ethernet address as may wait")                  \
	X(LINK_DOWN, "link_down", -ENETDOWN, "the link has been stopped")                         \
	X(CANCELED, "canceled", -ECANCELED, "canceled before its first frame went to the port")   \
	X(STOPPED, "stopped", -ENETDOWN, "the link was stopped before the port had sent it all")  \
	X(PORT_ERROR, "port_error", -EIO, "the port's tx_prepare refused one of its frames")      \
	X(UNREACHABLE, "unreachable", -EHOSTUNREACH, "it waited, and the next hop did not answer")

/** Why a payload was refused or failed: enum proto_reason, PROTO_REASON_NO_RECORD and so on. */
enum proto_reason {
#define PROTO_REASON_ENUM(name, text, err, meaning) PROTO_REASON_##name,
	PROTO_REASONS(PROTO_REASON_ENUM)
#undef PROTO_REASON_ENUM
	PROTO_REASON_MAX
};

/** The short name of a reason, as in counters and telemetry; NULL outside the list. */
PKTPOOL_API const char *proto_reason_name(enum proto_reason reason);

/** What the reason means, for people; NULL outside the list. */
PKTPOOL_API const char *proto_reason_meaning(enum proto_reason reason);

/** The negative errno of a reason (0 for NONE). */
PKTPOOL_API int proto_reason_errno(enum proto_reason reason);

/** Counters, as X(NAME, text, meaning). Reset only with the stack; each wraps at 2^64. */
#define PROTO_COUNTERS(X)                                                                          \
	X(PAYLOADS_ACCEPTED, "payloads_accepted", "payloads that proto_send() took")               \
	X(PAYLOADS_COMPLETED, "payloads_completed", "completions with status 0")                   \
	X(PAYLOADS_FAILED, "payloads_failed", "completions with an error")                         \
	X(PAYLOADS_REFUSED, "payloads_refused",                                                    \
		"payloads at which proto_send() stopped; one per call that returned short")        \
	X(PAYLOADS_MAPPED, "payloads_mapped", "accepted payloads whose memory was mapped")         \
	X(PAYLOADS_LINEARIZED, "payloads_linearized",                                              \
		"copied although the policy was map: more pieces in a frame than the port takes")  \
	X(PAYLOAD_OCTETS, "payload_octets", "bytes of accepted payloads")                          \
	X(FRAMES_STAGED, "frames_staged", "frames built for accepted payloads")                    \
	X(FRAMES_SENT, "frames_sent", "frames that the port took")                                 \
	X(FRAMES_DROPPED, "frames_dropped", "staged frames freed unsent (canceled, link stopped)") \
	X(OCTETS_SENT, "octets_sent",                                                              \
		"bytes of frames that the port took, Ethernet header, no FCS")                     \
	X(BURSTS, "bursts", "calls of the port's tx_burst")                                        \
	X(BURSTS_SHORT, "bursts_short", "bursts of which the port took less than all")             \
	X(RECLAIMS, "reclaims", "times an idle queue was asked to free sent frames")               \
	X(FRAMES_RECEIVED, "frames_received", "frames that the port gave")                         \
	X(OCTETS_RECEIVED, "octets_received",                                                      \
		"bytes of frames that the port gave, Ethernet header, no FCS")                     \
	X(RX_BURSTS, "rx_bursts", "calls of the port's rx_burst that gave a frame")                \
	X(FRAMES_DELIVERED, "frames_delivered", "frames of datagrams handed to endpoints")         \
	X(FRAMES_CONSUMED, "frames_consumed",                                                      \
		"frames that the stack itself acted on: ARP, ICMP, neighbours, groups")            \
	X(FRAMES_DISCARDED, "frames_discarded", "frames freed for a reason: the sum of the drops") \
	X(DATAGRAMS_DELIVERED, "datagrams_delivered", "datagrams handed to endpoints")             \
	X(DATAGRAMS_REASSEMBLED, "datagrams_reassembled", "datagrams put together from fragments") \
	X(DATAGRAM_OCTETS, "datagram_octets", "payload bytes of delivered datagrams")              \
	X(FRAMES_HANDED_OVER, "frames_handed_over",                                                \
		"frames passed to another worker, which owns their endpoint")                      \
	X(FRAMES_SHARED, "frames_shared",                                                          \
		"frames of copies made for further endpoints that hear the same group")            \
	X(FRAMES_TAKEN_OVER, "frames_taken_over", "frames that another worker passed on")          \
	X(CONTROL_SENT, "control_sent", "ARP, ICMP, ND and group messages sent")                   \
	X(CONTROL_LIMITED, "control_limited", "ICMP errors not sent: the rate limit (RFC 1812)")   \
	X(CONTROL_FAILED, "control_failed", "control messages not sent for want of descriptors")

/** Index of a counter: enum proto_counter, PROTO_C_PAYLOADS_ACCEPTED and so on. */
enum proto_counter {
#define PROTO_COUNTER_ENUM(name, text, meaning) PROTO_C_##name,
	PROTO_COUNTERS(PROTO_COUNTER_ENUM)
#undef PROTO_COUNTER_ENUM
	PROTO_C_MAX
};

/** The short name of a counter; NULL outside the list. */
PKTPOOL_API const char *proto_counter_name(enum proto_counter counter);

/** What the counter counts, for people; NULL outside the list. */
PKTPOOL_API const char *proto_counter_meaning(enum proto_counter counter);

/**
 * Reasons for which a received frame is dropped, as X(NAME, text, meaning). Counted in frames: a
 * datagram of 45 fragments that finds no endpoint counts 45. The meaning names the rule.
 */
#define PROTO_DROPS(X)                                                                             \
	X(RUNT, "runt", "shorter than its Ethernet header and tags")                               \
	X(OTHER_MAC, "other_mac", "the Ethernet destination is another station's")                 \
	X(VLAN_DEPTH, "vlan_depth", "more than two VLAN tags")                                     \
	X(ETHERTYPE, "ethertype", "an ethertype that nobody here takes")                           \
	X(ARP_BAD, "arp_bad", "an ARP message too short, or not Ethernet and IPv4 (RFC 826)")      \
	X(ARP_OTHER, "arp_other", "an ARP message about addresses that are not ours")              \
	X(IP_TRUNCATED, "ip_truncated", "shorter than its IP header says")                         \
	X(IP_VERSION, "ip_version", "the version is not that of the ethertype")                    \
	X(IP_HDR_LEN, "ip_hdr_len", "an IPv4 header length below 20 bytes (RFC 791 3.1)")          \
	X(IP_LENGTH, "ip_length", "a total length below the header, or above the frame")           \
	X(IP_CKSUM, "ip_cksum", "a bad IPv4 header checksum (RFC 1122 3.2.1.2)")                   \
	X(IP_OPTIONS, "ip_options", "IPv4 options with an impossible length, or a source route")   \
	X(IP_SOURCE, "ip_source", "a source that is multicast, broadcast, loopback, or our own")   \
	X(IP_DEST, "ip_dest", "an IP destination that is not ours")                                \
	X(IP_PROTO, "ip_proto", "a protocol above IP that nobody here takes")                      \
	X(EXT_TRUNCATED, "ext_truncated", "an IPv6 extension header beyond the packet's end")      \
	X(EXT_TOO_MANY, "ext_too_many", "more IPv6 extension headers than the limit")              \
	X(EXT_ORDER, "ext_order", "hop-by-hop options not directly behind the IPv6 header")        \
	X(EXT_OPTION, "ext_option",                                                                \
		"an IPv6 option that says: discard if not known (RFC 8200 4.2)")                   \
	X(EXT_ROUTING, "ext_routing", "a routing header with segments left (RFC 5095)")            \
	X(NO_NEXT_HEADER, "no_next_header", "nothing follows the IPv6 headers (RFC 8200 4.7)")     \
	X(FRAG_LENGTH, "frag_length",                                                              \
		"a fragment, not the last, whose length is no multiple of 8")                      \
	X(FRAG_TOO_LONG, "frag_too_long", "a fragment that ends above 65535 bytes")                \
	X(FRAG_EMPTY, "frag_empty", "a fragment without bytes")                                    \
	X(FRAG_FIRST_SHORT, "frag_first_short",                                                    \
		"a first fragment without the whole header chain (RFC 7112, RFC 8200 4.5)")        \
	X(FRAG_DUPLICATE, "frag_duplicate", "bytes that had all arrived before")                   \
	X(FRAG_OVERLAP, "frag_overlap", "a datagram with overlapping fragments (RFC 5722)")        \
	X(FRAG_INCONSISTENT, "frag_inconsistent",                                                  \
		"a datagram whose fragments disagree on its end")                                  \
	X(FRAG_TIMEOUT, "frag_timeout", "a datagram not complete in time (RFC 1122 3.3.2)")        \
	X(FRAG_EVICTED, "frag_evicted", "the oldest datagram, making room for a newer one")        \
	X(FRAG_SHARE, "frag_share", "a source's oldest datagram: it holds more than its share")    \
	X(UDP_TRUNCATED, "udp_truncated", "shorter than a UDP header")                             \
	X(UDP_LENGTH, "udp_length", "a UDP length below 8, or above the IP payload (RFC 768)")     \
	X(UDP_CKSUM, "udp_cksum", "a bad UDP checksum")                                            \
	X(UDP_NO_CKSUM, "udp_no_cksum", "no UDP checksum over IPv6 (RFC 8200 8.1)")                \
	X(NO_ENDPOINT, "no_endpoint", "no endpoint for the destination and port")                  \
	X(ENDPOINT_FULL, "endpoint_full", "the endpoint's client holds as many frames as it may")  \
	X(ICMP_TRUNCATED, "icmp_truncated",                                                        \
		"shorter than its ICMP header, or than what it quotes")                            \
	X(ICMP_CKSUM, "icmp_cksum", "a bad ICMP or ICMPv6 checksum")                               \
	X(ICMP_TYPE, "icmp_type", "an ICMP message of a type or code that nobody here takes")      \
	X(ICMP_QUOTE, "icmp_quote", "an ICMP error about nothing that was sent (RFC 5927)")        \
	X(ND_BAD, "nd_bad", "a neighbour discovery message that is not valid (RFC 4861 6.1, 7.1)") \
	X(GROUP_BAD, "group_bad", "an IGMP or MLD message that is not valid (RFC 3376, RFC 3810)") \
	X(REPLY_REFUSED, "reply_refused", "an answer was due, and no descriptors were free")       \
	X(HANDOVER_FULL, "handover_full",                                                          \
		"the worker that owns the endpoint is behind: its inbox is full, or keeps too "    \
		"much of the receive pool")                                                        \
	X(NO_MEMORY, "no_memory", "no descriptor was free for a copy")                             \
	X(STOPPED, "stopped", "the stack was stopped while it held the frame")

/** Why a received frame was dropped: enum proto_drop, PROTO_DROP_RUNT and so on. */
enum proto_drop {
#define PROTO_DROP_ENUM(name, text, meaning) PROTO_DROP_##name,
	PROTO_DROPS(PROTO_DROP_ENUM)
#undef PROTO_DROP_ENUM
	PROTO_DROP_MAX
};

/** The short name of a drop reason; NULL outside the list. */
PKTPOOL_API const char *proto_drop_name(enum proto_drop drop);

/** What the drop reason means, for people; NULL outside the list. */
PKTPOOL_API const char *proto_drop_meaning(enum proto_drop drop);

/**
 * A snapshot of counters.
 *
 * After everything has been drained: payloads_accepted = payloads_completed + payloads_failed, and
 * frames_staged = frames_sent + frames_dropped. Before, the difference is what is on its way.
 *
 * Of a whole stack: frames_received + frames_shared = frames_delivered + frames_consumed +
 * frames_discarded + what waits in reassembly and in inboxes. frames_discarded is the sum of
 * `drop`.
 */
struct proto_counters {
	uint64_t count[PROTO_C_MAX];	   /**< by enum proto_counter */
	uint64_t reason[PROTO_REASON_MAX]; /**< refusals and failures, by enum proto_reason */
	uint64_t drop[PROTO_DROP_MAX];	   /**< received frames, by enum proto_drop */
};

#ifdef __cplusplus
}
#endif
#endif
