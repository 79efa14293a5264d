/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Planner and filler, round trip: any endpoint, any payload in any pieces, down to a port, and the
 * frames there put together by code that knows nothing of the planner (harness/frames.c) are the
 * payload, whole and within the MTU. A refusal is one that the payload deserved.
 *
 * Input: which port, the endpoint's fields, then payloads, each a count of pieces and their sizes.
 */
#include <rte_ethdev.h>

#include "eal.h"
#include "fuzz.h"
#include "rig.h"

#define LINK_MTU     9216
#define PAYLOADS_MAX 8
#define PIECES_MAX   12
#define N_PORTS	     3

static struct rig rigs[N_PORTS];
static uint8_t bytes[2 * 65536];

/* A port that does everything in software, one that does checksums, one that is slow and small. */
static void
port_of(struct rig *rig, unsigned int which)
{
	rig_init(rig);
	rig->port.info.mtu = LINK_MTU;
	rig->conf.n_packets = 2048;
	rig->conf.n_buffers = 4096;
	if (which == 1)
		rig->port.info.offload_capa =
			RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	if (which == 2) {
		rig->conf.n_buffers = 40;
		rig->port.info.segs_max = 3;
		rig->port.info.reclaim = PROTO_RECLAIM_ON_DEMAND;
		rig->port.hold = 40;
	}
	rig_start(rig);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_assertions_abort();
	if (eal_start(1, NULL) != 0)
		return 1;
	noise(bytes, sizeof(bytes), 7);
	for (unsigned int i = 0; i < N_PORTS; i++)
		port_of(&rigs[i], i);
	return 0;
}

static struct proto_endpoint_conf
conf_of(struct fuzz_input *in, struct rig *rig)
{
	static const uint8_t families[] = {4, 6, 0};
	struct proto_endpoint_conf conf = rig_endpoint_conf(rig, families[fuzz_below(in, 3)]);
	uint8_t flags = fuzz_u8(in);

	conf.cut = (flags & 1) != 0 && conf.kind == PROTO_UDP ? PROTO_FRAGMENT : PROTO_SEGMENT;
	conf.vlan = (flags & 2) != 0;
	conf.no_udp_cksum = (flags & 4) != 0 && conf.remote.family == 4;
	conf.df = (enum proto_df)((flags >> 3) % 3);
	conf.data = (enum proto_data)((flags >> 5) % 3);
	conf.mtu = fuzz_u16(in);
	if (conf.mtu > LINK_MTU)
		conf.mtu = (uint16_t)(conf.mtu % (LINK_MTU + 1));
	conf.dscp = fuzz_u8(in) & 63;
	conf.ttl = fuzz_u8(in);
	conf.vlan_tci = conf.vlan ? fuzz_u16(in) : 0;
	if (conf.remote.family == 6)
		conf.flow_label = fuzz_u16(in);
	return conf;
}

/* One payload: pieces of the noise, which may be empty. */
static uint32_t
payload_of(struct fuzz_input *in, struct iovec *iov, struct proto_payload *p, uint32_t from)
{
	uint32_t n = fuzz_below(in, PIECES_MAX + 1), len = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t piece = fuzz_u8(in) & 1 ? fuzz_u16(in) : fuzz_u8(in);

		if (from + len + piece > sizeof(bytes))
			piece = 0;
		iov[i] = (struct iovec){piece != 0 ? bytes + from + len : NULL, piece};
		len += piece;
	}
	*p = (struct proto_payload){.iov = iov, .iovcnt = n};
	return len;
}

/* Was it right to refuse? */
static void
refusal_check(const struct rig *rig, const struct proto_endpoint *ep,
	const struct proto_endpoint_conf *conf, uint32_t len, uint32_t n_outstanding)
{
	(void)rig;
	switch (proto_refused(ep)) {
	case PROTO_REASON_TOO_LONG:
		assert_true(len > proto_payload_max(ep));
		return;
	case PROTO_REASON_NEEDS_FRAG:
		assert_int_equal(conf->df, PROTO_DF_ALWAYS);
		assert_int_equal(conf->cut, PROTO_FRAGMENT);
		return;
	case PROTO_REASON_NO_PACKET:
	case PROTO_REASON_NO_BUFFER:
	case PROTO_REASON_BACKLOG:
		assert_true(n_outstanding != 0 || len > 60000);
		return;
	default:
		fail_msg("refused for %s", proto_reason_name(proto_refused(ep)));
	}
}

static void
expect_sent(struct rig *rig, const struct proto_endpoint_conf *conf, const uint32_t *from,
	const uint32_t *len, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		rig_expect(rig, conf, bytes + from[i], len[i]);
	rig_expect_no_more(rig);
}

/* Everything has completed, everything is back. */
static void
settle(struct rig *rig)
{
	struct pktpool_usage pkts, bufs;

	(void)port_fault_release(&rig->port, 0, UINT32_MAX);
	rig_drain(rig);
	assert_int_equal(rig->balance.wrong, 0);
	assert_int_equal(rig->balance.completed, rig->balance.n);
	assert_int_equal(rig->port.n_wrong, 0);
	assert_int_equal(rig_count(rig, PROTO_C_FRAMES_SENT), port_fault_frames(&rig->port));
	assert_int_equal(rig_count(rig, PROTO_C_OCTETS_SENT), port_fault_octets(&rig->port));
	rig->balance.n = rig->balance.completed = 0;
	pktpool_usage(proto_worker_pktpool(rig->worker), &pkts);
	bufpool_usage(proto_worker_bufpool(rig->worker), &bufs);
	assert_int_equal(pkts.in_use, 0);
	assert_int_equal(bufs.in_use, 0);
}

static void
send_all(struct fuzz_input *in, struct rig *rig, const struct proto_endpoint_conf *conf,
	struct proto_endpoint *ep)
{
	uint32_t from[PAYLOADS_MAX], len[PAYLOADS_MAX], n = 0;

	while (in->left != 0 && n < PAYLOADS_MAX) {
		struct iovec iov[PIECES_MAX];
		struct proto_payload p;

		from[n] = fuzz_u8(in);
		len[n] = payload_of(in, iov, &p, from[n]);
		if (balance_send(&rig->balance, ep, &p, 1) == 1)
			n++;
		else
			refusal_check(rig, ep, conf, len[n], n);
	}
	(void)port_fault_release(&rig->port, 0, UINT32_MAX);
	rig_drain(rig);
	expect_sent(rig, conf, from, len, n);
	settle(rig);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct rig *rig = &rigs[fuzz_below(&in, N_PORTS)];
	struct proto_endpoint_conf conf = conf_of(&in, rig);
	struct pktpool_why why = {""};
	struct proto_endpoint *ep = NULL;
	int ret;

	port_fault_forget(&rig->port);
	frames_init(&rig->frames, &rig->port.queues[0]);
	ret = proto_endpoint_create(rig->worker, &conf, &ep, &why);
	if (ret != 0) {
		assert_true(ret < 0 && ep == NULL && why.text[0] != '\0');
		return 0;
	}
	send_all(&in, rig, &conf, ep);
	assert_int_equal(proto_endpoint_destroy(ep), 0);
	return 0;
}
