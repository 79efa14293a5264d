/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * The one list of what is counted, and of the reasons for which a payload is refused or fails.
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
#define PROTO_REASONS(X)                                                                         \
	X(NONE, "none", 0, "not refused")                                                        \
	X(NO_RECORD, "no_record", -ENOBUFS,                                                      \
		"as many payloads are outstanding as proto_conf.n_payloads allows")              \
	X(NO_PACKET, "no_packet", -ENOBUFS, "the packet pool has too few free descriptors")      \
	X(NO_BUFFER, "no_buffer", -ENOBUFS, "the buffer pool has too few free descriptors")      \
	X(BACKLOG, "backlog", -EAGAIN, "the port has not yet taken the frames staged before")    \
	X(TOO_LONG, "too_long", -EMSGSIZE, "longer than a datagram of its family can be")        \
	X(NEEDS_FRAG, "needs_frag", -EMSGSIZE,                                                   \
		"would have to be fragmented, which the endpoint's DF policy forbids")           \
	X(BAD_PAYLOAD, "bad_payload", -EINVAL, "an iovec has a length but no address")           \
	X(NO_ROUTE, "no_route", -ENETUNREACH, "no route to the remote address")                  \
	X(NO_NEIGH, "no_neigh", -EHOSTUNREACH, "the next hop's Ethernet address is not known")   \
	X(LINK_DOWN, "link_down", -ENETDOWN, "the link has been stopped")                        \
	X(CANCELED, "canceled", -ECANCELED, "canceled before its first frame went to the port")  \
	X(STOPPED, "stopped", -ENETDOWN, "the link was stopped before the port had sent it all") \
	X(PORT_ERROR, "port_error", -EIO, "the port's tx_prepare refused one of its frames")

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
	X(RECLAIMS, "reclaims", "times an idle queue was asked to free sent frames")

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
 * A snapshot of counters.
 *
 * After everything has been drained: payloads_accepted = payloads_completed + payloads_failed, and
 * frames_staged = frames_sent + frames_dropped. Before, the difference is what is on its way.
 */
struct proto_counters {
	uint64_t count[PROTO_C_MAX];	   /**< by enum proto_counter */
	uint64_t reason[PROTO_REASON_MAX]; /**< refusals and failures, by enum proto_reason */
};

#ifdef __cplusplus
}
#endif
#endif
