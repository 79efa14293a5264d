/* SPDX-License-Identifier: BSD-3-Clause */
/* A frame into the answer to it, in place. */
#ifndef ENGINE_REFLECT_FRAME_H
#define ENGINE_REFLECT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Turn a UDP datagram or an ICMP echo request (IPv4, IPv6; fragments too; tagged or not) into its
 * answer: Ethernet and IP addresses and UDP ports swapped, the request made a reply.
 *
 * `head` bytes of the frame lie at `frame`, of `len` in all. Returns whether it was one of those;
 * else nothing has changed. No checksum is verified: none gets right that was wrong.
 */
bool reflect_frame(uint8_t *frame, uint32_t head, uint32_t len);

#endif
