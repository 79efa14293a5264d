/* SPDX-License-Identifier: BSD-3-Clause */
#include "rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "host.h"

struct proto_addr
addr_of(const char *text)
{
	struct proto_addr addr = {0};

	if (proto_addr_parse(text, &addr, NULL) != 0)
		fail_msg("'%s' is no address", text);
	return addr;
}

void
noise(void *bytes, size_t n, uint64_t seed)
{
	struct rng rng = {.state = seed};
	uint8_t *to = bytes;

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(rng_next(&rng) >> 56);
}

void
rig_init(struct rig *rig)
{
	static unsigned int n_rigs;

	memset(rig, 0, sizeof(*rig));
	(void)snprintf(rig->name, sizeof(rig->name), "rig%u", n_rigs++);
	port_fault_init(&rig->port);
	rig->conf = (struct proto_conf){
		.name = rig->name,
		.n_payloads = 64,
		.n_packets = 512,
		.n_buffers = 512,
		.n_rx_packets = 256,
		.seed = 1,
	};
	rig->link_conf = (struct proto_link_conf){.ops = &port_fault_ops, .port = &rig->port};
	rig->now = 1;
	host_init();
}

void
rig_start(struct rig *rig)
{
	rig->before = holdings_now();
	rig->stack = host_start(&rig->conf, &rig->link_conf, &rig->link, 1);
	rig->worker = proto_worker_at(rig->stack, 0);
	frames_init(&rig->frames, &rig->port.queues[0]);
}

void
rig_stop(struct rig *rig)
{
	rig_drain(rig);
	balance_check(&rig->balance, rig->stack, &rig->port);
	host_end(rig->stack, &rig->before);
	assert_false(rig->port.started);
	port_fault_fini(&rig->port);
	balance_fini(&rig->balance);
}

struct proto_endpoint_conf
rig_endpoint_conf(struct rig *rig, uint8_t family)
{
	struct proto_endpoint_conf conf = {
		.local_port = 5000,
		.remote_port = 9000,
		.done = balance_done,
		.arg = &rig->balance,
		.reuse_port = true, /* a test makes several of these */
	};

	if (family == 0) {
		conf.kind = PROTO_L2;
		conf.link = rig->link;
		conf.mac = host_neighbour;
		conf.ethertype = 0x88b5;
		return conf;
	}
	conf.remote = addr_of(family == 4 ? "192.0.2.2" : "2001:db8::2");
	return conf;
}

struct proto_endpoint *
rig_endpoint(struct rig *rig, const struct proto_endpoint_conf *conf)
{
	struct pktpool_why why = {""};
	struct proto_endpoint *ep = NULL;

	if (proto_endpoint_create(rig->worker, conf, &ep, &why) != 0)
		fail_msg("%s", why.text);
	return ep;
}

unsigned int
rig_poll(struct rig *rig)
{
	rig->now += rte_get_tsc_hz() / 1000;
	return proto_poll(rig->worker, rig->now);
}

void
rig_drain(struct rig *rig)
{
	uint32_t idle = 0;

	while (proto_worker_outstanding(rig->worker) != 0 &&
		idle < 10000) /* 10 s: neighbours are waited for */
		idle = rig_poll(rig) == 0 ? idle + 1 : 0;
	assert_int_equal(proto_worker_outstanding(rig->worker), 0);
}

uint64_t
rig_count(const struct rig *rig, enum proto_counter counter)
{
	struct proto_counters sum;

	proto_counters(rig->stack, &sum);
	return sum.count[counter];
}

uint64_t
rig_reason(const struct rig *rig, enum proto_reason reason)
{
	struct proto_counters sum;

	proto_counters(rig->stack, &sum);
	return sum.reason[reason];
}

void
rig_expect(struct rig *rig, const struct proto_endpoint_conf *conf, const void *bytes,
	uint32_t payload_len)
{
	struct frames_want want = {
		.conf = *conf,
		.src = rig->port.info.mac,
		.dst = conf->kind == PROTO_L2 ? conf->mac : host_neighbour,
		.mtu = rig->port.setup.mtu,
		.offload = (rig->port.setup.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM) != 0,
	};

	if (conf->mtu != 0)
		want.mtu = conf->mtu;
	if (want.conf.local.family == 0 && conf->kind == PROTO_UDP)
		want.conf.local = addr_of(conf->remote.family == 4 ? "192.0.2.1" : "2001:db8::1");
	frames_expect(&rig->frames, &want, bytes, payload_len);
}

void
rig_expect_no_more(struct rig *rig)
{
	assert_int_equal(rig->frames.at, rig->port.queues[0].n_frames);
}
