/* SPDX-License-Identifier: BSD-3-Clause */
/* Values that words of commands stand for. Pure; each returns false: the text is no such value. */
#ifndef SHELL_VALUES_H
#define SHELL_VALUES_H

#include <proto.h>
#include <stdbool.h>

/* A number from min to max. */
bool value_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

/* "192.0.2.0/24"; without a length: the whole address. */
bool value_prefix(const char *text, struct proto_addr *addr, uint8_t *len);

bool value_addr(const char *text, struct proto_addr *addr);

/* "192.0.2.1:9000", "[2001:db8::1]:9000"; port 0: there was none. */
bool value_addr_port(const char *text, struct proto_addr *addr, uint16_t *port);

bool value_mac(const char *text, struct rte_ether_addr *mac);

/* "0.01" or "1%": 0..1. */
bool value_share(const char *text, double *share);

/* "250us", "10ms", "2s", "0.5" (seconds): microseconds. */
bool value_time(const char *text, uint64_t *us);

/* "18,46,1400": pieces of 1..65535 bytes. */
#define VALUE_PIECES_MAX 8
bool value_pieces(const char *text, uint16_t pieces[VALUE_PIECES_MAX], uint32_t *n);

/* "64", "64-1472". */
bool value_range(const char *text, uint32_t most, uint32_t *min, uint32_t *max);

/* "2.5G", "100M": powers of 1000, and "0" or "unlimited". */
bool value_rate(const char *text, uint64_t *rate);

#endif
