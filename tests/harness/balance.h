/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_BALANCE_H
#define HARNESS_BALANCE_H

/*
 * The conservation law: what was accepted completes exactly once, never from inside proto_send(),
 * and what was staged was sent or dropped. It stands between a test and proto_send().
 */

#include "port_fault.h"
#include "proto.h"

/* What became of one payload. */
struct outcome {
	uint32_t times; /* completions seen: 1 in the end */
	int status;
	enum proto_reason reason;
};

struct balance {
	struct outcome *outcomes; /* of the accepted payloads, in order; ctx is the index + 1 */
	uint32_t n;
	uint32_t size;
	uint32_t completed; /* completions seen, with status 0 and with another */
	uint32_t failed;
	uint64_t refused_calls;
	uint64_t payload_octets;
	bool in_send;
	uint32_t wrong; /* completions that should not have come, as they came */
	/* Called for each burst of completions, after it was noted; may be NULL. */
	void (*hook)(struct proto_endpoint *ep, unsigned int n, void *arg);
	void *hook_arg;
};

/* The reasons that tests of this program have raised: bit 1 << enum proto_reason. */
extern _Atomic uint32_t balance_reasons;

void balance_fini(struct balance *balance);

/* proto_endpoint_conf.done with the balance as .arg. */
void balance_done(
	struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg);

/* proto_send() of payloads whose ctx is set here. Returns how many were accepted. */
uint16_t balance_send(struct balance *balance, struct proto_endpoint *ep,
	const struct proto_payload *payloads, uint16_t n);

/* Send one payload of one piece. Returns whether it was accepted. */
bool balance_send_one(
	struct balance *balance, struct proto_endpoint *ep, const void *bytes, size_t payload_len);

/*
 * Assert that everything is even: after all has been drained, against the counters of the stack and
 * what the port logged. The stack's other endpoints must have gone through the same balance.
 */
void balance_check(
	const struct balance *balance, const struct proto *stack, const struct port_fault *port);

/* What this process holds of EAL: blocks by tag, mempools, memzones. Two are compared by memcmp. */
struct holdings {
	uint64_t blocks;
	uint64_t bytes;
	uint64_t mempools;
	uint64_t memzones;
};

struct holdings holdings_now(void);

#endif /* HARNESS_BALANCE_H */
