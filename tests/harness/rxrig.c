/* SPDX-License-Identifier: BSD-3-Clause */
#include "rxrig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "balance.h"
#include "pktpool_chain.h"
#include "pktpool_mem.h"
#include "rig.h"

uint64_t rxrig_drops;

static const struct rte_ether_addr neighbour = {{0x02, 0, 0, 0, 0, 0x02}};
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
	assert_non_null(rig->port);
	port_rx_init(rig->port, 4);
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
	assert_int_equal(pktpool_mem_free(pktpool_mem_alloc("TEST", 1, 0, SOCKET_ID_ANY, NULL)), 0);
}

void
rxrig_start(struct rxrig *rig)
{
	static const char *const own[] = {"192.0.2.1", "2001:db8::1"};
	static const char *const theirs[] = {"192.0.2.2", "2001:db8::2"};
	struct pktpool_why why = {""};

	before = holdings_now();
	if (proto_create(&rig->stack, &rig->conf, &why) != 0 ||
		proto_link_add(rig->stack, &rig->link_conf, &rig->link, &why) != 0)
		fail_msg("%s", why.text);
	for (unsigned int i = 0; i < RTE_DIM(own); i++) {
		struct proto_addr addr = addr_of(own[i]), peer = addr_of(theirs[i]);

		assert_int_equal(proto_addr_add(rig->link, &addr, i == 0 ? 24 : 64, &why), 0);
		assert_int_equal(proto_neigh_add(rig->link, &peer, &neighbour, &why), 0);
	}
	if (proto_start(rig->stack, &why) != 0)
		fail_msg("%s", why.text);
	rig->worker = proto_worker_at(rig->stack, 0);
	if (proto_endpoint_create(rig->worker, &rig->ep_conf, &rig->ep, &why) != 0)
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
	struct holdings after;

	rxrig_poll(rig, 1);
	conserved(rig);
	assert_int_equal(proto_stop(rig->stack), 0);
	conserved(rig);
	assert_int_equal(rig->port->fault.n_wrong, 0);
	assert_int_equal(proto_destroy(rig->stack, NULL, NULL), 0);
	after = holdings_now();
	assert_memory_equal(&after, &before, sizeof(after));
	port_fault_fini(&rig->port->fault);
	free(rig->port);
}

void
frame_put(struct rxframe *f, const void *bytes, uint32_t n)
{
	if (bytes != NULL)
		memcpy(f->bytes + f->len, bytes, n);
	else
		memset(f->bytes + f->len, 0, n);
	f->len += n;
}

void
frame_eth(struct rxframe *f, const struct rxrig *rig, uint16_t ethertype)
{
	struct rte_ether_hdr eth = {
		.dst_addr = rig->port->fault.info.mac,
		.src_addr = neighbour,
		.ether_type = rte_cpu_to_be_16(ethertype),
	};

	f->len = 0;
	frame_put(f, &eth, sizeof(eth));
	f->l3 = f->len;
}

void
frame_tag(struct rxframe *f, uint16_t tpid, uint16_t tci)
{
	uint16_t words[2] = {rte_cpu_to_be_16(tci)};
	uint16_t type = rte_cpu_to_be_16(tpid);

	memcpy(&words[1], f->bytes + f->len - 2, 2);
	memcpy(f->bytes + f->len - 2, &type, 2);
	frame_put(f, words, sizeof(words));
	f->l3 = f->len;
}

void
frame_ip4(struct rxframe *f, uint8_t proto, uint16_t offset_field, uint16_t id)
{
	struct rte_ipv4_hdr ip = {
		.version_ihl = 0x45,
		.packet_id = rte_cpu_to_be_16(id),
		.fragment_offset = rte_cpu_to_be_16(offset_field),
		.time_to_live = 64,
		.next_proto_id = proto,
		.src_addr = rte_cpu_to_be_32(0xc0000202),
		.dst_addr = rte_cpu_to_be_32(0xc0000201),
	};

	f->l3 = f->len;
	frame_put(f, &ip, sizeof(ip));
	f->l4 = f->len;
}

void
frame_ip6(struct rxframe *f, uint8_t next)
{
	struct rte_ipv6_hdr ip = {
		.vtc_flow = rte_cpu_to_be_32(6u << 28),
		.proto = next,
		.hop_limits = 64,
	};
	struct proto_addr src = addr_of("2001:db8::2"), dst = addr_of("2001:db8::1");

	memcpy(ip.src_addr, src.bytes, 16);
	memcpy(ip.dst_addr, dst.bytes, 16);
	f->l3 = f->len;
	frame_put(f, &ip, sizeof(ip));
	f->l4 = f->len;
}

void
frame_fix(struct rxframe *f, bool udp)
{
	uint32_t ip_len = f->len - f->l3;
	struct rte_udp_hdr *header = (void *)(f->bytes + f->l4);

	if (udp) {
		header->dgram_len = rte_cpu_to_be_16((uint16_t)(f->len - f->l4));
		header->dgram_cksum = 0;
	}
	if (f->bytes[f->l3] >> 4 == 4) {
		struct rte_ipv4_hdr *ip = (void *)(f->bytes + f->l3);

		ip->total_length = rte_cpu_to_be_16((uint16_t)ip_len);
		ip->hdr_checksum = 0;
		ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, (ip->version_ihl & 15u) * 4);
		if (udp)
			header->dgram_cksum = rte_ipv4_udptcp_cksum(ip, header);
	} else {
		struct rte_ipv6_hdr *ip = (void *)(f->bytes + f->l3);

		ip->payload_len = rte_cpu_to_be_16((uint16_t)(ip_len - sizeof(*ip)));
		if (udp && f->l4 == f->l3 + sizeof(*ip))
			header->dgram_cksum = rte_ipv6_udptcp_cksum(ip, header);
	}
}

void
frame_udp(struct rxframe *f, uint32_t n)
{
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16(5000), .dst_port = rte_cpu_to_be_16(9000)};

	f->l4 = f->len;
	frame_put(f, &udp, sizeof(udp));
	for (uint32_t i = 0; i < n; i++)
		f->bytes[f->len++] = (uint8_t)i;
	frame_fix(f, true);
}

void
frame_icmp(struct rxframe *f, const void *bytes, uint32_t n)
{
	uint16_t *cksum = (void *)(f->bytes + f->len + 2);

	f->l4 = f->len;
	frame_put(f, bytes, n);
	frame_fix(f, false);
	memset(cksum, 0, 2);
	if (f->bytes[f->l3] >> 4 == 4)
		*cksum = (uint16_t)~rte_raw_cksum(f->bytes + f->l4, n);
	else {
		struct rte_ipv6_hdr ip;
		uint32_t sum;

		memcpy(&ip, f->bytes + f->l3, sizeof(ip));
		ip.proto = IPPROTO_ICMPV6;
		ip.payload_len = rte_cpu_to_be_16((uint16_t)n);
		sum = rte_raw_cksum(f->bytes + f->l4, n) + rte_ipv6_phdr_cksum(&ip, 0);
		*cksum = (uint16_t) ~((sum & 0xffff) + (sum >> 16));
	}
}

void
frame_datagram(struct rxframe *f, const struct rxrig *rig, uint8_t family, uint32_t n)
{
	frame_eth(f, rig, family == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (family == 4)
		frame_ip4(f, IPPROTO_UDP, 0, 1);
	else
		frame_ip6(f, IPPROTO_UDP);
	frame_udp(f, n);
}

void
frame_in(struct rxrig *rig, const struct rxframe *f)
{
	port_rx_inject(rig->port, 0, f->bytes, f->len, 1);
}
