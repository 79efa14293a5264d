/* SPDX-License-Identifier: BSD-3-Clause */
/* What to do with a payload that proto_send() refused. */
#ifndef CLI_REFUSAL_H
#define CLI_REFUSAL_H

#include <stdbool.h>

#include <proto_drop.h>

/* Refusals that end by themselves when the worker is polled. */
static inline bool
refusal_is_back_pressure(enum proto_reason reason)
{
	return reason == PROTO_REASON_BACKLOG || reason == PROTO_REASON_NO_RECORD ||
	       reason == PROTO_REASON_NO_PACKET || reason == PROTO_REASON_NO_BUFFER ||
	       reason == PROTO_REASON_NEIGH_QUEUE;
}

#endif
