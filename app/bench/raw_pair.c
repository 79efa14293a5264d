/* SPDX-License-Identifier: BSD-3-Clause */
#include "raw_pair.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "link_end.h"

#define VDEV	  "net_memif9" /* none of the stacks' */
#define BURST	  32u
#define MBUFS	  8191u
#define START_S	  20u
#define ECHO_LEN  106u /* 64 bytes and the headers of UDP, IPv4 and Ethernet */
#define FRAME_LEN 1514u

enum raw_kind {
	RAW_ECHO = 1, /* goes back as it is */
	RAW_DATA,
	RAW_ACKED, /* so many have come */
};

/* What a frame begins with; an Ethernet header's length, and a number. */
struct raw_head {
	uint8_t mac[12];
	uint16_t kind;
	uint16_t pad;
	uint64_t number;
};

static int
port_start(struct raw_pair *pair, const char *args, const char *meet)
{
	const struct rte_eth_conf conf = {0};
	int rc = link_port_make(VDEV, args, meet);

	if (rc < 0)
		return rc;
	pair->port_id = (uint16_t)rc;
	pair->made = true;
	pair->pool = rte_pktmbuf_pool_create(
		"raw_pair", MBUFS, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	rc = pair->pool == NULL ? -ENOMEM : rte_eth_dev_configure(pair->port_id, 1, 1, &conf);
	if (rc == 0)
		rc = rte_eth_tx_queue_setup(pair->port_id, 0, 1024, SOCKET_ID_ANY, NULL);
	if (rc == 0)
		rc = rte_eth_rx_queue_setup(
			pair->port_id, 0, 1024, SOCKET_ID_ANY, NULL, pair->pool);
	return rc == 0 ? rte_eth_dev_start(pair->port_id) : rc;
}

static void
port_close(struct raw_pair *pair)
{
	if (pair->made) {
		(void)rte_eth_dev_stop(pair->port_id);
		(void)rte_eal_hotplug_remove("vdev", VDEV);
	}
	rte_mempool_free(pair->pool);
	pair->pool = NULL;
	pair->made = false;
}

static void
frame_make(struct rte_mbuf *m, enum raw_kind kind, uint64_t number, uint16_t len)
{
	*rte_pktmbuf_mtod(m, struct raw_head *) =
		(struct raw_head){.kind = (uint16_t)kind, .number = number};
	m->data_len = len;
	m->pkt_len = len;
}

/* A ring that is full has room in a moment; a link that is down takes nothing, and is told. */
static void
burst(const struct raw_pair *pair, struct rte_mbuf **pkts, uint16_t n)
{
	uint64_t end = rte_get_tsc_cycles() + rte_get_tsc_hz() / 100;
	uint16_t sent = 0;

	while (sent < n && rte_get_tsc_cycles() < end)
		sent = (uint16_t)(sent + rte_eth_tx_burst(pair->port_id, 0, pkts + sent,
						 (uint16_t)(n - sent)));
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
}

static int
send_one(const struct raw_pair *pair, enum raw_kind kind, uint64_t number, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pair->pool);

	if (m == NULL)
		return -EAGAIN;
	frame_make(m, kind, number, len);
	burst(pair, &m, 1);
	return 0;
}

void
raw_pair_listen(struct raw_pair *pair)
{
	struct rte_mbuf *pkts[BURST];
	uint16_t n = rte_eth_rx_burst(pair->port_id, 0, pkts, BURST);

	for (uint16_t i = 0; i < n; i++) {
		const struct raw_head *head = rte_pktmbuf_mtod(pkts[i], const struct raw_head *);

		if (head->kind == RAW_ECHO)
			pair->answered = head->number;
		else if (head->kind == RAW_ACKED)
			pair->acked = head->number;
	}
	rte_pktmbuf_free_bulk(pkts, n);
}

int
raw_pair_trip(struct raw_pair *pair, uint64_t wait)
{
	uint64_t end = rte_get_tsc_cycles() + wait;
	int rc = send_one(pair, RAW_ECHO, ++pair->asked, ECHO_LEN);

	while (rc == 0 && pair->answered != pair->asked) {
		raw_pair_listen(pair);
		if (rte_get_tsc_cycles() > end)
			rc = -ETIMEDOUT;
	}
	return rc;
}

int
raw_pair_send(struct raw_pair *pair, unsigned int n)
{
	struct rte_mbuf *pkts[64];

	if (rte_pktmbuf_alloc_bulk(pair->pool, pkts, n) != 0)
		return -EAGAIN;
	for (unsigned int i = 0; i < n; i++)
		frame_make(pkts[i], RAW_DATA, 0, FRAME_LEN);
	burst(pair, pkts, (uint16_t)n);
	return 0;
}

int
raw_pair_open(struct raw_pair *pair, unsigned int cpu)
{
	const char *argv[] = {"chainburst-bench", "--peer-raw", NULL, NULL};
	uint64_t end = rte_get_tsc_cycles() + START_S * rte_get_tsc_hz();
	int rc;

	*pair = (struct raw_pair){.made = false};
	rc = meet_make(&pair->meet);
	argv[2] = meet_path(&pair->meet);
	if (rc == 0)
		rc = port_start(pair, link_kind_find("memif")->near_args, argv[2]);
	if (rc == 0)
		rc = peer_exec(&pair->peer, cpu, argv);
	if (rc == 0)
		do
			rc = raw_pair_trip(pair, rte_get_tsc_hz() / 20);
		while (rc == -ETIMEDOUT && rte_get_tsc_cycles() < end &&
			peer_alive(&pair->peer) != 0);
	if (rc == 0)
		peer_halt(&pair->peer);
	else
		raw_pair_close(pair);
	return rc;
}

void
raw_pair_close(struct raw_pair *pair)
{
	peer_end(&pair->peer);
	port_close(pair);
	meet_free(&pair->meet);
}

static volatile sig_atomic_t ended;

static void
on_signal(int signo)
{
	(void)signo;
	ended = 1;
}

/* Send an echo back; count the rest. */
static void
serve(struct raw_pair *pair)
{
	struct rte_mbuf *pkts[BURST];
	uint16_t n = rte_eth_rx_burst(pair->port_id, 0, pkts, BURST);

	for (uint16_t i = 0; i < n; i++) {
		if (rte_pktmbuf_mtod(pkts[i], const struct raw_head *)->kind == RAW_ECHO) {
			burst(pair, &pkts[i], 1);
			continue;
		}
		rte_pktmbuf_free(pkts[i]);
		if (++pair->acked % RAW_ACK == 0)
			(void)send_one(pair, RAW_ACKED, pair->acked, ECHO_LEN);
	}
}

int
raw_peer_main(const char *meet)
{
	struct raw_pair pair = {.made = false};
	int rc = link_peer_eal() < 0 ? -EIO : 0;

	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGINT, SIG_IGN);
	if (rc == 0)
		rc = port_start(&pair, link_kind_find("memif")->far_args, meet);
	while (rc == 0 && !ended)
		serve(&pair);
	port_close(&pair);
	rte_eal_cleanup();
	return rc == 0 ? 0 : 1;
}
