/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole receive path: frames into a live stack, in any order, with time that passes, a client
 * that holds what it got, sends, joins groups and cancels, and a port that comes and goes. After
 * each input all must be even (rxrig_stop()): every frame delivered, consumed or dropped, every
 * payload completed once, nothing of EAL's left behind, no wrong frame sent.
 *
 * A stack is made for each input, so that what an input does depends on nothing but its bytes.
 *
 * Input: how the stack is made, then steps, each a byte and what it needs. A frame is bytes behind
 * headers that rxrig makes (FRAME_*), so that a fuzzer need not find checksums by chance.
 */
#include <rte_ip.h>

#include "eal.h"
#include "fuzz.h"
#include "pktpool_chain.h"
#include "rig.h"
#include "rxrig.h"

#define STEPS	   64u
#define FRAME_MAX  1700u /* bytes that a step puts into a frame */
#define PIECES_MAX 5u
#define HELD_MAX   48u
#define SEG_MAX	   1400u /* fits a buffer of the receive pool */
#define PENDING	   32u	 /* frames that wait for a poll */

static struct rxrig rig;
static struct rxframe f;
static uint8_t payload[20000];
static struct rte_mbuf *held[HELD_MAX];
static uint32_t n_held, n_accepted, n_completed;
static uint32_t n_pending;
static bool holding, up;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_assertions_abort();
	noise(payload, sizeof(payload), 5);
	return eal_start(1, NULL);
}

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned int n, void *arg)
{
	struct proto_rx_info info;

	(void)arg;
	for (unsigned int i = 0; i < n; i++) {
		assert_int_equal(pkt_check(pkts[i], NULL), 0);
		proto_rx_info(ep, pkts[i], &info);
		assert_true(info.n_frames >= 1);
		assert_true(
			info.peer.addr.family == PROTO_IPV4 || info.peer.addr.family == PROTO_IPV6);
		assert_ptr_equal(info.peer.link, rig.link);
		if (holding && n_held < HELD_MAX)
			held[n_held++] = pkts[i];
		else
			proto_return(ep, &pkts[i], 1);
	}
}

static void
on_done(struct proto_endpoint *ep, const struct proto_done *done, unsigned int n, void *arg)
{
	(void)ep;
	(void)arg;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(done[i].status, proto_reason_errno(done[i].reason));
	n_completed += n;
}

static void
on_error(struct proto_endpoint *ep, const struct proto_error *error, void *arg)
{
	(void)ep;
	(void)arg;
	assert_true(error->status < 0);
	assert_in_range(error->kind, PROTO_ERROR_NET_UNREACH, PROTO_ERROR_PARAM);
}

static void
start(struct fuzz_input *in)
{
	uint8_t how = fuzz_u8(in);

	rxrig_init(&rig);
	rig.conf.name = "fuzz"; /* one at a time */
	rig.conf.n_payloads = 16;
	rig.conf.n_packets = 64;
	rig.conf.n_buffers = 16;
	rig.conf.n_rx_packets = 512;
	rig.conf.n_endpoints = 8;
	rig.conf.n_routes = 8;
	rig.conf.reass_datagrams = 16;
	rig.conf.reass_frames = 100;
	rig.link_conf.stage = 64;
	rig.conf.n_workers = (how & 1) != 0 ? 2 : 1;
	rig.link_conf.dad = (how & 2) != 0;
	rig.link_conf.slaac = (how & 4) != 0;
	rig.link_conf.promisc = (how & 8) != 0;
	rig.conf.icmp_rate = (how & 16) != 0 ? 10 : UINT32_MAX;
	rig.ep_conf.recv = (how & 32) != 0 ? NULL : on_recv;
	rig.ep_conf.rx_ring = (how & 32) != 0 ? 32 : 0;
	rig.ep_conf.rx_held = (how & 64) != 0 ? 8 : 0;
	rig.ep_conf.done = on_done;
	rig.ep_conf.error = on_error;
	rig.port->burst = (how & 128) != 0 ? 3 : 0;
	n_held = n_accepted = n_completed = 0;
	n_pending = 0;
	holding = false;
	up = true;
	rxrig_start(&rig);
}

/* What stands in front of a step's bytes, and what is put right behind them. */
#define FRAME_RAW   0u /* nothing: the bytes are the frame */
#define FRAME_ETHER 1u /* Ethernet from the neighbour, any ethertype */
#define FRAME_IP4   2u
#define FRAME_UDP4  3u
#define FRAME_ICMP4 4u
#define FRAME_FRAG4 5u
#define FRAME_IP6   6u
#define FRAME_UDP6  7u
#define FRAME_ICMP6 8u
#define FRAME_FRAG6 9u
#define FRAME_ARP   10u
#define FRAME_IGMP  11u
#define FRAME_EXT6  12u
#define FRAME_KINDS 13u

/* To whom, in the network of rxrig. */
static void
aim(struct fuzz_input *in, bool is4)
{
	static const char *const to4[] = {"192.0.2.1", "224.0.0.1", "255.255.255.255",
		"192.0.2.255", "239.1.2.3", "192.0.2.77"};
	static const char *const to6[] = {
		"2001:db8::1", "ff02::1", "ff02::1:ff00:1", "ff02::16", "ff05::1:3", "fe80::1"};
	uint32_t which = fuzz_below(in, 16), from = which / 6;
	struct proto_addr to = addr_of(is4 ? to4[which % 6] : to6[which % 6]);
	uint8_t *l3 = f.bytes + f.l3;

	memcpy(l3 + (is4 ? 16 : 24), to.bytes, proto_addr_len(&to));
	if (to.bytes[0] == 0xff && !is4)
		memcpy(f.bytes,
			(const uint8_t[]){
				0x33, 0x33, to.bytes[12], to.bytes[13], to.bytes[14], to.bytes[15]},
			6);
	else if (proto_addr_is_multicast(&to))
		memcpy(f.bytes,
			(const uint8_t[]){1, 0, 0x5e, to.bytes[1] & 0x7f, to.bytes[2], to.bytes[3]},
			6);
	else if (to.bytes[0] == 255 || to.bytes[3] == 255)
		memset(f.bytes, 0xff, 6);
	/* From a router's link-local address, or another neighbour. */
	if (from == 1 && !is4)
		memcpy(l3 + 8, addr_of("fe80::2").bytes, 16);
	else if (from == 2)
		l3[is4 ? 15 : 23] = 99;
}

static void
put_ip(struct fuzz_input *in, bool is4, uint8_t proto, uint16_t offset_field)
{
	frame_eth(&f, &rig, is4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (is4)
		frame_ip4(&f, proto, offset_field, 7);
	else
		frame_ip6(&f, proto);
	aim(in, is4);
	/* Options, hop limit, TTL: a byte of the header may be any. */
	if (proto == 58 || (fuzz_u8(in) & 1) == 0)
		f.bytes[f.l3 + (is4 ? 8 : 7)] = 255;
}

static void
put_bytes(struct fuzz_input *in, uint32_t n)
{
	size_t got;
	const uint8_t *at = fuzz_bytes(in, n, &got);

	if (got != 0)
		frame_put(&f, at, (uint32_t)got);
	if (n > got)
		frame_put(&f, NULL, (uint32_t)(n - got));
}

static void
put_fragment(struct fuzz_input *in, bool is4, uint32_t n)
{
	uint16_t field = fuzz_u16(in);
	uint8_t hdr[8] = {17, 0, 0, 0, 0, 0, 0, fuzz_u8(in) & 3};

	if (is4) {
		put_ip(in, true, 17, field & 0x3fff);
		f.bytes[f.l3 + 5] = hdr[7];
	} else {
		put_ip(in, false, 44, 0);
		hdr[2] = (uint8_t)(field >> 8);
		hdr[3] = (uint8_t)field & 0xf9;
		frame_put(&f, hdr, sizeof(hdr));
	}
	put_bytes(in, n);
	frame_fix(&f, false);
}

/* UDP to the endpoint's port, its checksum right; then a byte may be changed. */
static void
put_udp(struct fuzz_input *in, bool is4, uint32_t n)
{
	put_ip(in, is4, 17, 0);
	frame_udp(&f, n);
}

static void
put_icmp(struct fuzz_input *in, bool is4, uint32_t n)
{
	uint8_t msg[FRAME_MAX];

	put_ip(in, is4, is4 ? 1 : 58, 0);
	n = RTE_MAX(n, 4u);
	fuzz_copy(in, msg, n);
	frame_icmp(&f, msg, n);
}

static void
put_igmp(struct fuzz_input *in, uint32_t n)
{
	uint16_t cksum;

	put_ip(in, true, 2, 0);
	put_bytes(in, RTE_MAX(n, 8u));
	memset(f.bytes + f.l4 + 2, 0, 2);
	cksum = (uint16_t)~rte_raw_cksum(f.bytes + f.l4, f.len - f.l4);
	memcpy(f.bytes + f.l4 + 2, &cksum, 2);
	frame_fix(&f, false);
}

static void
put_frame(struct fuzz_input *in, uint32_t kind, uint32_t n)
{
	switch (kind) {
	case FRAME_RAW:
		f.len = f.l3 = 0;
		put_bytes(in, RTE_MAX(n, 1u));
		return;
	case FRAME_ETHER:
	case FRAME_ARP:
		frame_eth(&f, &rig, kind == FRAME_ARP ? RTE_ETHER_TYPE_ARP : fuzz_u16(in));
		put_bytes(in, n);
		return;
	case FRAME_IP4:
	case FRAME_IP6:
	case FRAME_EXT6:
		put_ip(in, kind == FRAME_IP4, kind == FRAME_EXT6 ? 0 : fuzz_u8(in), 0);
		put_bytes(in, n);
		frame_fix(&f, false);
		return;
	case FRAME_UDP4:
	case FRAME_UDP6:
		put_udp(in, kind == FRAME_UDP4, n);
		return;
	case FRAME_ICMP4:
	case FRAME_ICMP6:
		put_icmp(in, kind == FRAME_ICMP4, n);
		return;
	case FRAME_IGMP:
		put_igmp(in, n);
		return;
	default:
		put_fragment(in, kind == FRAME_FRAG4, n);
	}
}

/* A byte that is another now, and an end that is elsewhere. */
static void
spoil(struct fuzz_input *in)
{
	uint32_t at = fuzz_u8(in);

	if (at < f.len)
		f.bytes[at] = fuzz_u8(in);
	at = fuzz_u8(in);
	if (at < 128)
		frame_put(&f, NULL, at % 46); /* Ethernet's padding */
	else if (at - 128 < f.len - 1)
		f.len -= at - 128;
}

static void
poll_all(uint64_t ms)
{
	rxrig_poll(&rig, ms);
	n_pending = 0;
}

static void
step_frame(struct fuzz_input *in, uint8_t what)
{
	uint32_t kind = fuzz_below(in, FRAME_KINDS), n = fuzz_u8(in);
	uint16_t queue = rig.conf.n_workers == 2 ? what & 1 : 0;
	uint32_t pieces;

	if ((what & 8) != 0)
		n = fuzz_u16(in) % FRAME_MAX;
	put_frame(in, kind, n);
	if ((what & 16) != 0)
		spoil(in);
	if ((what & 32) != 0 && f.len >= 14) {
		/* A tag between the addresses and the ethertype. */
		memmove(f.bytes + 16, f.bytes + 12, f.len - 12);
		memcpy(f.bytes + 12, (const uint8_t[]){0x81, 0, 0, 5}, 4);
		f.len += 4;
	}
	pieces = 1 + f.len / SEG_MAX + ((what & 64) != 0 ? fuzz_below(in, PIECES_MAX) : 0);
	if (!up)
		return;
	port_rx_inject(rig.port, queue, f.bytes, f.len, RTE_MIN(pieces, f.len));
	if (++n_pending >= PENDING)
		poll_all(0);
}

static void
give_back(void)
{
	proto_return(rig.ep, held, n_held);
	n_held = 0;
}

static void
step_time(struct fuzz_input *in)
{
	static const uint32_t ms[] = {0, 1, 10, 1000, 5000, 31000, 61000, 3600000};

	poll_all(ms[fuzz_below(in, RTE_DIM(ms))]);
}

static void
step_send(struct fuzz_input *in)
{
	static const char *const whom[] = {"192.0.2.2", "192.0.2.9", "2001:db8::2", "2001:db8::9",
		"239.1.2.3", "ff02::1", "198.51.100.1", "fe80::2"};
	struct proto_peer peer = {
		.addr = addr_of(whom[fuzz_below(in, RTE_DIM(whom))]), .port = 5000};
	struct iovec iov = {payload, fuzz_u16(in) % sizeof(payload)};
	struct proto_payload p = {.iov = &iov, .iovcnt = 1};

	n_accepted += proto_send_to(rig.ep, &peer, &p, 1);
}

static void
step_group(struct fuzz_input *in)
{
	uint8_t which = fuzz_u8(in);
	struct proto_addr group = addr_of((which & 1) != 0 ? "239.1.2.3" : "ff05::1:3");

	if ((which & 2) != 0)
		(void)!proto_leave(rig.ep, &group, NULL);
	else
		(void)!proto_join(rig.ep, &group, NULL, NULL);
}

static void
step_client(struct fuzz_input *in)
{
	struct rte_mbuf *pkts[8];
	unsigned int n;

	switch (fuzz_below(in, 4)) {
	case 0:
		holding = !holding;
		return;
	case 1:
		give_back();
		return;
	case 2:
		(void)proto_cancel(rig.ep);
		return;
	default:
		if (rig.ep_conf.rx_ring == 0)
			return;
		n = proto_recv(rig.ep, pkts, RTE_DIM(pkts));
		proto_return(rig.ep, pkts, n);
	}
}

/* The port takes nothing, or a part, or all; the link goes down and up. */
static void
step_port(struct fuzz_input *in)
{
	static const uint32_t patterns[][2] = {{0, 0}, {1, 0}, {2, 3}};
	uint32_t which = fuzz_below(in, 6);

	if (which < RTE_DIM(patterns))
		port_fault_takes(&rig.port->fault, 2, patterns[which]);
	else if (which == 3)
		port_fault_takes_all(&rig.port->fault);
	else if (which == 4)
		proto_link_stop(rig.link);
	else
		assert_int_equal(proto_link_start(rig.link, NULL), 0);
	up = which == 5 || (up && which != 4);
}

static void
step(struct fuzz_input *in)
{
	uint8_t what = fuzz_u8(in);

	if ((what & 128) == 0) {
		step_frame(in, what);
		return;
	}
	switch (what & 7) {
	case 0:
	case 1:
	case 2:
		step_time(in);
		return;
	case 3:
		step_send(in);
		return;
	case 4:
		step_group(in);
		return;
	case 5:
		step_client(in);
		return;
	case 6:
		step_port(in);
		return;
	default:
		(void)proto_poll(rig.worker, rig.now);
	}
}

/* What waits for a neighbour has been told that there is none when so many seconds are over. */
#define PATIENCE_S 10u

static uint32_t
outstanding(void)
{
	uint32_t n = 0;

	for (unsigned int w = 0; proto_worker_at(rig.stack, w) != NULL; w++)
		n += proto_worker_outstanding(proto_worker_at(rig.stack, w));
	return n;
}

static void
stop(void)
{
	give_back();
	port_fault_takes_all(&rig.port->fault);
	poll_all(1);
	for (unsigned int i = 0; i < PATIENCE_S && outstanding() != 0; i++)
		poll_all(1000);
	give_back();
	rxrig_stop(&rig);
	assert_int_equal(n_completed, n_accepted);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	start(&in);
	for (unsigned int i = 0; in.left != 0 && i < STEPS; i++)
		step(&in);
	stop();
	return 0;
}
