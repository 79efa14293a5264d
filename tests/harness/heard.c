/* SPDX-License-Identifier: BSD-3-Clause */
#include "heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "pktpool_chain.h"

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	struct heard *heard = arg;

	heard->calls++;
	assert_true(n != 0 && ep != NULL && heard->n + n <= HEARD_MAX);
	for (unsigned int i = 0; i < n; i++)
		heard->pkts[heard->n++] = pkts[i];
}

static void
on_error(struct proto_endpoint *ep, const struct proto_error *error, void *arg)
{
	struct heard *heard = arg;

	assert_non_null(ep);
	heard->n_errors++;
	heard->error = *error;
}

void
heard_listen(
	struct heard *heard, struct proto_worker *worker, const struct proto_endpoint_conf *more)
{
	struct proto_endpoint_conf conf = {0};
	struct pktpool_why why = {""};

	memset(heard, 0, sizeof(*heard));
	if (more != NULL)
		conf = *more;
	if (conf.kind == PROTO_UDP && conf.local_port == 0)
		conf.local_port = LOCAL_PORT;
	if (conf.rx_ring == 0)
		conf.recv = on_recv;
	conf.error = on_error;
	conf.arg = heard;
	if (proto_endpoint_create(worker, &conf, &heard->ep, &why) != 0)
		fail_msg("%s", why.text);
}

void
heard_expect_bytes(const struct heard *heard, uint32_t i, const void *bytes, uint32_t n)
{
	static uint8_t got[65536];
	struct pktpool_why why = {""};
	const void *data;

	assert_true(i < heard->n);
	if (pkt_check(heard->pkts[i], &why) != 0)
		fail_msg("pkt_check: %s", why.text);
	assert_int_equal(heard->pkts[i]->pkt_len, n);
	data = n == 0 ? got : rte_pktmbuf_read(heard->pkts[i], 0, n, got);
	assert_non_null(data);
	assert_memory_equal(data, bytes, n);
}

void
heard_expect(const struct heard *heard, uint32_t i, uint32_t n)
{
	static struct rxframe counting;

	counting.len = 0;
	frame_count(&counting, n);
	heard_expect_bytes(heard, i, counting.bytes, n);
}

void
heard_return(struct heard *heard)
{
	proto_return(heard->ep, heard->pkts, heard->n);
	heard->n = 0;
}

void
heard_end(struct heard *heard)
{
	heard_return(heard);
	assert_int_equal(proto_held(heard->ep), 0);
	assert_int_equal(proto_endpoint_destroy(heard->ep), 0);
}

int
heard_begin(void **state)
{
	struct rxrig *rig = *state;

	rxrig_init(rig);
	rig->ep_conf.local_port = 0;
	rxrig_start(rig);
	return 0;
}
