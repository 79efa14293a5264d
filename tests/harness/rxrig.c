/* SPDX-License-Identifier: BSD-3-Clause */
#include "rxrig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ip.h>

#include "host.h"
#include "pktpool_chain.h"
#include "rig.h"

uint64_t rxrig_drops;

static struct holdings before;

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct rxrig *rig = arg;

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *at = rte_pktmbuf_read(pkts[i], 0, pkts[i]->pkt_len, rig->bytes);

		assert_int_equal(pkt_check(pkts[i], NULL), 0);
		if (at != rig->bytes && pkts[i]->pkt_len != 0)
			memcpy(rig->bytes, at, pkts[i]->pkt_len);
		rig->len = pkts[i]->pkt_len;
		rig->n++;
		proto_rx_info(ep, pkts[i], &rig->info);
		if (rig->hold)
			rig->held[rig->n_held++ % RTE_DIM(rig->held)] = pkts[i];
		else
			proto_return(ep, &pkts[i], 1);
	}
}

static void
on_error(struct proto_endpoint *ep, const struct proto_error *error, void *arg)
{
	struct rxrig *rig = arg;

	(void)ep;
	rig->n_errors++;
	rig->error = *error;
}

void
rxrig_init(struct rxrig *rig)
{
	static unsigned int n_rigs;
	static char name[16];

	memset(rig, 0, sizeof(*rig));
	(void)snprintf(name, sizeof(name), "rx%u", n_rigs++);
	rig->port = calloc(1, sizeof(*rig->port));
	rig->second = calloc(1, sizeof(*rig->second));
	assert_true(rig->port != NULL && rig->second != NULL);
	port_rx_init(rig->port, 4);
	port_rx_init(rig->second, 4);
	rig->n_links = 1;
	rig->conf = (struct proto_conf){.name = name,
		.n_payloads = 64,
		.n_packets = 512,
		.n_buffers = 64,
		.n_rx_packets = 1024,
		.icmp_rate = UINT32_MAX,
		.seed = 1};
	rig->link_conf = (struct proto_link_conf){.ops = port_rx_ops(), .port = rig->port};
	rig->ep_conf = (struct proto_endpoint_conf){
		.local_port = 9000, .recv = on_recv, .error = on_error, .arg = rig};
	rig->now = rte_get_tsc_hz();
	host_init();
	before = holdings_now();
}

void
rxrig_start(struct rxrig *rig)
{
	struct proto_link_conf confs[HOST_LINKS] = {rig->link_conf, rig->link_conf};
	struct proto_link *links[HOST_LINKS] = {NULL};
	struct pktpool_why why = {""};

	before = holdings_now();
	confs[1].port = rig->second;
	rig->stack = host_start(&rig->conf, confs, links, rig->n_links);
	rig->link = links[0];
	rig->second_link = links[1];
	rig->worker = proto_worker_at(rig->stack, 0);
	if (rig->ep_conf.local_port != 0 &&
		proto_endpoint_create(rig->worker, &rig->ep_conf, &rig->ep, &why) != 0)
		fail_msg("%s", why.text);
}

void
rxrig_poll(struct rxrig *rig, uint64_t ms)
{
	rig->now += ms * (rte_get_tsc_hz() / 1000);
	for (unsigned int idle = 0; idle < 3;) {
		unsigned int work = 0;

		for (unsigned int w = 0; proto_worker_at(rig->stack, w) != NULL; w++)
			work += proto_poll(proto_worker_at(rig->stack, w), rig->now);
		idle = work == 0 ? idle + 1 : 0;
	}
}

uint64_t
rxrig_dropped(const struct rxrig *rig, enum proto_drop drop)
{
	struct proto_counters sum;

	proto_counters(rig->stack, &sum);
	return sum.drop[drop];
}

uint64_t
rxrig_count(const struct rxrig *rig, enum proto_counter counter)
{
	struct proto_counters sum;

	proto_counters(rig->stack, &sum);
	return sum.count[counter];
}

/* The law of conservation: every frame that came is somewhere. */
static void
conserved(const struct rxrig *rig)
{
	struct proto_counters sum;
	const uint64_t *c = sum.count;
	uint64_t drops = 0, held = 0;

	proto_counters(rig->stack, &sum);
	for (unsigned int i = 0; i < PROTO_DROP_MAX; i++) {
		drops += sum.drop[i];
		if (sum.drop[i] != 0)
			rxrig_drops |= UINT64_C(1) << i;
	}
	for (unsigned int w = 0; proto_worker_at(rig->stack, w) != NULL; w++) {
		struct proto_reassembly figures;

		proto_worker_reassembly(proto_worker_at(rig->stack, w), &figures);
		held += figures.frames;
	}
	assert_int_equal(drops, c[PROTO_C_FRAMES_DISCARDED]);
	assert_int_equal(c[PROTO_C_FRAMES_RECEIVED] + c[PROTO_C_FRAMES_SHARED],
		c[PROTO_C_FRAMES_DELIVERED] + c[PROTO_C_FRAMES_CONSUMED] + drops + held);
	assert_int_equal(c[PROTO_C_FRAMES_HANDED_OVER], c[PROTO_C_FRAMES_TAKEN_OVER]);
	assert_int_equal(
		c[PROTO_C_FRAMES_STAGED], c[PROTO_C_FRAMES_SENT] + c[PROTO_C_FRAMES_DROPPED]);
}

void
rxrig_stop(struct rxrig *rig)
{
	rxrig_poll(rig, 1);
	conserved(rig);
	assert_int_equal(proto_stop(rig->stack), 0);
	conserved(rig);
	assert_int_equal(rig->port->fault.n_wrong + rig->second->fault.n_wrong, 0);
	host_end(rig->stack, &before);
	port_fault_fini(&rig->port->fault);
	port_fault_fini(&rig->second->fault);
	free(rig->port);
	free(rig->second);
}

int
rxrig_begin(void **state)
{
	rxrig_init(*state);
	rxrig_start(*state);
	return 0;
}

int
rxrig_end(void **state)
{
	rxrig_stop(*state);
	return 0;
}

void
frame_in(struct rxrig *rig, const struct rxframe *f)
{
	port_rx_inject(rig->port, 0, f->bytes, f->len, 1);
}

void
rxrig_expect_drop(struct rxrig *rig, const struct rxframe *f, enum proto_drop drop)
{
	uint64_t was = rxrig_dropped(rig, drop);
	uint32_t n = rig->n;

	frame_in(rig, f);
	rxrig_poll(rig, 1);
	if (rxrig_dropped(rig, drop) != was + 1)
		fail_msg("not dropped as %s", proto_drop_name(drop));
	assert_int_equal(rig->n, n);
}

uint32_t
rxrig_n_sent(const struct rxrig *rig)
{
	return rig->port->fault.queues[0].n_frames;
}

uint32_t
rxrig_answered(const struct rxrig *rig, uint8_t type, uint8_t code)
{
	const struct fault_queue *q = &rig->port->fault.queues[0];

	assert_true(q->n_frames > 0);
	const uint8_t *l3 = q->frames[q->n_frames - 1].bytes + RTE_ETHER_HDR_LEN;
	const uint8_t *icmp = l3 + (l3[0] >> 4 == 4 ? 20 : 40);
	uint32_t param;

	assert_int_equal(icmp[0], type);
	assert_int_equal(icmp[1], code);
	if (l3[0] >> 4 == 4) {
		assert_int_equal(rte_raw_cksum(l3, 20), 0xffff);
		assert_int_equal(rte_raw_cksum(icmp, (size_t)(l3[2] << 8 | l3[3]) - 20), 0xffff);
	}
	memcpy(&param, icmp + 4, sizeof(param));
	return rte_be_to_cpu_32(param);
}
