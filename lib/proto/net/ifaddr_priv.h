/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of ifaddr.h share. */
#ifndef PROTO_NET_IFADDR_PRIV_H
#define PROTO_NET_IFADDR_PRIV_H

#include "ifaddr.h"

#define IFADDR_NEVER UINT64_MAX

/* Bytes of an interface identifier, and of the prefix before it (RFC 4291 2.5.1). */
#define IID_LEN 8

static inline bool
ifaddr_usable(const struct ifaddr *a)
{
	return a->state == IFADDR_PREFERRED || a->state == IFADDR_DEPRECATED;
}

/* fe80::/10 (RFC 4291 2.5.6). */
static inline bool
ifaddr_is_link_local(const struct proto_addr *addr)
{
	return addr->family == PROTO_IPV6 && addr->bytes[0] == 0xfe &&
	       (addr->bytes[1] & 0xc0) == 0x80;
}

/* Bits that two addresses have in common, from the first one on. */
unsigned ifaddr_common(const struct proto_addr *a, const struct proto_addr *b);

/* A random delay of `min_s` to `max_s` seconds, in cycles. */
uint64_t ifaddr_delay(struct ifaddr_set *set, uint64_t min_s, uint64_t max_s);

/* ifaddr_find(), to be changed. */
struct ifaddr *ifaddr_entry(struct ifaddr_set *set, const struct proto_addr *addr);

/* Take a free entry for an address that is valid for ever; its state is the caller's. Or NULL. */
struct ifaddr *ifaddr_take(
	struct ifaddr_set *set, const struct proto_addr *addr, uint8_t prefix_len);

/* IFADDR_PREFERRED or IFADDR_DEPRECATED at `now`, for one that is usable. */
uint8_t ifaddr_age(const struct ifaddr *a, uint64_t now);

/* An address is new, or the link is up again: probe, or use it at once. `now` 0: not yet. */
void ifaddr_probe_start(struct ifaddr_set *set, struct ifaddr *a, uint64_t now);

/* The next thing that is due for an address that is tentative or usable. Returns false: none. */
bool ifaddr_probe_step(
	struct ifaddr_set *set, struct ifaddr *a, uint64_t now, struct ifaddr_action *action);

/* Make the link-local address if there is none, and begin to solicit. Without slaac: nothing. */
void ifaddr_auto_start(struct ifaddr_set *set, uint64_t now);

/* The next solicitation or router that is gone. Returns false: none. */
bool ifaddr_auto_step(struct ifaddr_set *set, uint64_t now, struct ifaddr_action *action);

/* When ifaddr_auto_step() has something to do. */
uint64_t ifaddr_auto_due(const struct ifaddr_set *set);

/* Give an autoconfigured address its next identifier. Returns false: no more tries. */
bool ifaddr_auto_retry(const struct ifaddr_set *set, struct ifaddr *a);

/*
 * Write the interface identifier of RFC 7217 5 behind the prefix in the first IID_LEN bytes of
 * `addr`. A counter whose identifier is reserved is skipped.
 */
void ifaddr_iid_make(const struct ifaddr_conf *conf, uint8_t *dad_counter, struct proto_addr *addr);

/* Is it one that no host may take (RFC 5453)? */
bool ifaddr_iid_reserved(const uint8_t iid[IID_LEN]);

/* SipHash-2-4 of 16 bytes, as words of little-endian bytes. */
uint64_t ifaddr_siphash16(const uint64_t key[2], const uint64_t words[2]);

#endif
