/* SPDX-License-Identifier: BSD-3-Clause */
#include "balance.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_mempool.h>
#include <rte_memzone.h>

#include "pktpool_mem.h"

_Atomic uint32_t balance_reasons;

void
balance_fini(struct balance *balance)
{
	free(balance->outcomes);
	memset(balance, 0, sizeof(*balance));
}

void
balance_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg)
{
	struct balance *balance = arg;

	balance->wrong += balance->in_send || n == 0;
	for (unsigned int i = 0; i < n; i++) {
		uintptr_t index = (uintptr_t)done[i].ctx - 1;

		if (index >= balance->n || balance->outcomes[index].times++ != 0 ||
			done[i].status != proto_reason_errno(done[i].reason)) {
			balance->wrong++;
			continue;
		}
		balance->outcomes[index].status = done[i].status;
		balance->outcomes[index].reason = done[i].reason;
		balance_reasons |= 1u << done[i].reason;
		if (done[i].status == 0)
			balance->completed++;
		else
			balance->failed++;
	}
	if (balance->hook != NULL)
		balance->hook(ep, n, balance->hook_arg);
}

static void
grow(struct balance *balance, uint32_t n)
{
	if (balance->n + n <= balance->size)
		return;
	balance->size = 2 * (balance->n + n);
	balance->outcomes = realloc(balance->outcomes, balance->size * sizeof(struct outcome));
	if (balance->outcomes == NULL)
		abort();
}

static void
note_accepted(struct balance *balance, const struct proto_payload *payload)
{
	balance->outcomes[balance->n++] = (struct outcome){.status = 1};
	for (uint32_t i = 0; i < payload->iovcnt; i++)
		balance->payload_octets += payload->iov[i].iov_len;
}

uint16_t
balance_send(struct balance *balance, struct proto_endpoint *ep,
	const struct proto_payload *payloads, uint16_t n)
{
	struct proto_payload *own = calloc(n + 1u, sizeof(*own));
	uint32_t outstanding = proto_outstanding(ep);
	bool nested = balance->in_send;
	uint16_t accepted;

	assert_non_null(own);
	grow(balance, n);
	for (uint16_t i = 0; i < n; i++) {
		own[i] = payloads[i];
		own[i].ctx = (void *)(uintptr_t)(balance->n + i + 1u);
	}
	balance->in_send = true;
	accepted = proto_send(ep, own, n);
	balance->in_send = nested;
	assert_in_range(accepted, 0, n);
	for (uint16_t i = 0; i < accepted; i++)
		note_accepted(balance, &payloads[i]);
	assert_int_equal(proto_outstanding(ep), outstanding + accepted);
	assert_int_equal(proto_refused(ep) != PROTO_REASON_NONE, accepted < n);
	balance->refused_calls += accepted < n;
	balance_reasons |= 1u << proto_refused(ep);
	free(own);
	return accepted;
}

bool
balance_send_one(
	struct balance *balance, struct proto_endpoint *ep, const void *bytes, size_t payload_len)
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = payload_len};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};
	bool accepted = balance_send(balance, ep, &payload, 1) == 1;

	assert_ptr_equal(iov.iov_base, bytes);
	assert_int_equal(iov.iov_len, payload_len);
	return accepted;
}

static void
check_once(const struct balance *balance)
{
	assert_int_equal(balance->wrong, 0);
	for (uint32_t i = 0; i < balance->n; i++)
		if (balance->outcomes[i].times != 1)
			fail_msg("payload %u of %u has %u completions", i, balance->n,
				balance->outcomes[i].times);
	assert_int_equal(balance->completed + balance->failed, balance->n);
}

static void
check_port(const struct port_fault *port)
{
	if (port->n_wrong != 0)
		fail_msg("the port saw %u wrong things, first: %s", port->n_wrong, port->wrong);
}

static void
check_workers(const struct proto *stack)
{
	struct proto_worker *worker;

	for (unsigned int i = 0; (worker = proto_worker_at(stack, i)) != NULL; i++) {
		struct pktpool_usage pkts, bufs;

		pktpool_usage(proto_worker_pktpool(worker), &pkts);
		bufpool_usage(proto_worker_bufpool(worker), &bufs);
		assert_int_equal(pkts.in_use, 0);
		assert_int_equal(bufs.in_use, 0);
		assert_int_equal(proto_worker_outstanding(worker), 0);
	}
}

void
balance_check(
	const struct balance *balance, const struct proto *stack, const struct port_fault *port)
{
	struct proto_counters sum;
	const uint64_t *c = sum.count;
	uint64_t reasons = 0;

	check_port(port);
	check_once(balance);
	check_workers(stack);
	proto_counters(stack, &sum);
	assert_int_equal(c[PROTO_C_PAYLOADS_ACCEPTED], balance->n);
	assert_int_equal(c[PROTO_C_PAYLOADS_COMPLETED], balance->completed);
	assert_int_equal(c[PROTO_C_PAYLOADS_FAILED], balance->failed);
	assert_int_equal(c[PROTO_C_PAYLOADS_REFUSED], balance->refused_calls);
	assert_int_equal(c[PROTO_C_PAYLOAD_OCTETS], balance->payload_octets);
	assert_int_equal(
		c[PROTO_C_FRAMES_STAGED], c[PROTO_C_FRAMES_SENT] + c[PROTO_C_FRAMES_DROPPED]);
	assert_int_equal(c[PROTO_C_FRAMES_SENT], port_fault_frames(port));
	assert_int_equal(c[PROTO_C_OCTETS_SENT], port_fault_octets(port));
	assert_int_equal(sum.reason[PROTO_REASON_NONE], 0);
	for (unsigned int i = 0; i < PROTO_REASON_MAX; i++)
		reasons += sum.reason[i];
	assert_int_equal(reasons, balance->refused_calls + balance->failed);
}

static void
add_tag(void *arg, const struct pktpool_mem_usage *usage)
{
	struct holdings *h = arg;

	h->blocks += usage->blocks;
	h->bytes += usage->bytes;
}

static void
add_mempool(struct rte_mempool *mp, void *arg)
{
	(void)mp;
	((struct holdings *)arg)->mempools++;
}

static void
add_memzone(const struct rte_memzone *mz, void *arg)
{
	/* That telemetry has been registered is noted once in a process, for good. */
	if (strcmp(mz->name, "pktpool_telemetry") != 0 && strcmp(mz->name, "proto_telemetry") != 0)
		((struct holdings *)arg)->memzones++;
}

struct holdings
holdings_now(void)
{
	struct holdings h = {0};

	(void)pktpool_mem_tags(add_tag, &h);
	rte_mempool_walk(add_mempool, &h);
	rte_memzone_walk(add_memzone, &h);
	return h;
}
