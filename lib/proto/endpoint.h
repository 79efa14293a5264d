/* SPDX-License-Identifier: BSD-3-Clause */
/* An endpoint: a flow, and what it takes to find its next hop. */
#ifndef PROTO_ENDPOINT_PRIVATE_H
#define PROTO_ENDPOINT_PRIVATE_H

#include "proto_endpoint.h"
#include "tx/flow.h"

struct proto_endpoint {
	struct flow flow;
	struct proto_worker *worker;
	uint32_t net_gen;   /* of the stack when the headers were built */
	uint8_t refused;    /* enum proto_reason of the last short proto_send() */
	uint8_t unresolved; /* enum proto_reason that resolving ended with */
	struct proto_endpoint_conf conf;
	struct proto_link *link;
	struct proto_endpoint *next; /* of the worker's */
};

#endif
