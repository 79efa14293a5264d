/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_out.h"
#include "capture_tap.h"

#define L2_MAX	   (RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN)
#define BUFFER_LEN (256 * 1024)
#define TURN	   64 /* slots that are written at once */

struct capture {
	struct proto *stack;
	unsigned what;
	char *name;
	struct capture_slots slots;
	struct capture_drops drops;
	unsigned n_queues;
	struct capture_queue *queues; /* aligned for the workers */
	struct capture_out out;
};

/* Every queue of the links, in the directions that are wanted. Returns how many. */
static unsigned
queues_count(const struct capture *capture, const struct capture_conf *conf)
{
	unsigned n = 0;

	for (unsigned i = 0; i < conf->n_links; i++) {
		struct rte_eth_dev_info info;

		if (rte_eth_dev_info_get(conf->links[i].port_id, &info) != 0)
			continue;
		n += (capture->what & CAPTURE_RX) != 0 ? info.nb_rx_queues : 0;
		n += (capture->what & CAPTURE_TX) != 0 ? info.nb_tx_queues : 0;
	}
	return n;
}

static int
queue_open(struct capture *capture, const struct capture_conf *conf, unsigned interface,
	uint16_t index, bool out, struct opt_error *err)
{
	struct capture_queue *queue = &capture->queues[capture->n_queues];
	int ret;

	*queue = (struct capture_queue){
		.slots = &capture->slots,
		.port_id = conf->links[interface].port_id,
		.queue = index,
		.interface = (uint16_t)interface,
		.out = out,
		.sample = capture->drops.sample,
	};
	ret = capture_queue_open(queue);
	if (ret != 0)
		return opt_fail(err, -1, "capture: link %.60s: no callback on %s queue %u: %s",
			conf->links[interface].name, out ? "tx" : "rx", index, strerror(-ret));
	capture->n_queues++;
	return 0;
}

static int
link_open(struct capture *capture, const struct capture_conf *conf, unsigned interface,
	struct opt_error *err)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(conf->links[interface].port_id, &info) != 0)
		return opt_fail(err, -1, "capture: link %.60s: its port is gone",
			conf->links[interface].name);
	for (uint16_t i = 0; (capture->what & CAPTURE_RX) != 0 && i < info.nb_rx_queues; i++)
		if (queue_open(capture, conf, interface, i, false, err) != 0)
			return -1;
	for (uint16_t i = 0; (capture->what & CAPTURE_TX) != 0 && i < info.nb_tx_queues; i++)
		if (queue_open(capture, conf, interface, i, true, err) != 0)
			return -1;
	return 0;
}

static int
queues_open(struct capture *capture, const struct capture_conf *conf, struct opt_error *err)
{
	size_t n = RTE_MAX(queues_count(capture, conf), 1u);

	capture->queues = aligned_alloc(RTE_CACHE_LINE_SIZE, n * sizeof(*capture->queues));
	if (capture->queues == NULL)
		return opt_fail(err, -1, "capture: no memory");
	for (unsigned i = 0; i < conf->n_links; i++)
		if (link_open(capture, conf, i, err) != 0)
			return -1;
	return 0;
}

static void
interface_init(struct capture_interface *interface, const struct capture_link *link)
{
	struct rte_eth_link status;

	(void)snprintf(interface->name, sizeof(interface->name), "%s", link->name);
	(void)rte_eth_dev_get_name_by_port(link->port_id, interface->port);
	(void)rte_eth_macaddr_get(link->port_id, &interface->mac);
	if (rte_eth_link_get_nowait(link->port_id, &status) == 0 &&
		status.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN)
		interface->speed = status.link_speed * UINT64_C(1000000);
}

static void
interfaces_init(struct capture *capture, const struct capture_conf *conf)
{
	memset(capture->drops.interface_of, -1, sizeof(capture->drops.interface_of));
	for (unsigned i = 0; i < conf->n_links; i++) {
		interface_init(&capture->out.interfaces[i], &conf->links[i]);
		capture->drops.interface_of[conf->links[i].index] = (int16_t)i;
	}
	capture->out.n_interfaces = conf->n_links;
	/* The stack's link to itself has no port, but it drops. */
	if ((capture->what & CAPTURE_DROPS) != 0 &&
		conf->n_links == proto_link_count(conf->stack)) {
		(void)snprintf(
			capture->out.interfaces[conf->n_links].name, CAPTURE_NAME_LEN, "loop");
		capture->drops.interface_of[PROTO_LINKS_MAX] = (int16_t)conf->n_links;
		capture->out.n_interfaces++;
	}
}

/* The longest frame of any link. */
static uint32_t
snaplen_of(const struct capture_conf *conf)
{
	uint32_t snaplen = 0;

	for (unsigned i = 0; i < conf->n_links; i++) {
		uint16_t mtu = RTE_ETHER_MTU;

		(void)rte_eth_dev_get_mtu(conf->links[i].port_id, &mtu);
		snaplen = RTE_MAX(snaplen, mtu + (uint32_t)L2_MAX);
	}
	return RTE_MIN(snaplen, (uint32_t)CAPTURE_SNAPLEN_MAX);
}

/* How many frames each interface was to have, and missed. */
static void
figures_refresh(struct capture *capture)
{
	for (unsigned i = 0; i < capture->out.n_interfaces; i++) {
		struct capture_interface *interface = &capture->out.interfaces[i];

		interface->seen =
			atomic_load_explicit(&capture->drops.of[i].seen, memory_order_relaxed);
		interface->missed =
			atomic_load_explicit(&capture->drops.of[i].missed, memory_order_relaxed);
	}
	for (unsigned i = 0; i < capture->n_queues; i++) {
		const struct capture_queue *queue = &capture->queues[i];

		capture->out.interfaces[queue->interface].seen += queue->seen;
		capture->out.interfaces[queue->interface].missed += queue->missed;
	}
}

int
capture_drain(struct capture *capture, struct opt_error *err)
{
	struct capture_slot *slots[TURN];
	unsigned n, done = 0;
	int ret = 0;

	figures_refresh(capture);
	while (done < CAPTURE_SLOTS && (n = rte_ring_sc_dequeue_burst(capture->slots.full,
						(void **)slots, TURN, NULL)) != 0) {
		for (unsigned i = 0; i < n && ret == 0; i++)
			ret = capture_out_put(&capture->out, slots[i], err);
		(void)rte_ring_sp_enqueue_bulk(capture->slots.free, (void *const *)slots, n, NULL);
		done += n;
	}
	if (ret == 0)
		ret = capture_out_flush(&capture->out, err);
	return ret == 0 ? (int)done : -1;
}

void
capture_figures(struct capture *capture, struct capture_figures *figures)
{
	*figures = (struct capture_figures){
		.written = capture->out.written,
		.octets = capture->out.octets + capture->out.file.octets,
		.files = capture->out.file.files,
	};
	figures_refresh(capture);
	for (unsigned i = 0; i < capture->out.n_interfaces; i++) {
		figures->seen += capture->out.interfaces[i].seen;
		figures->missed += capture->out.interfaces[i].missed;
	}
}

/* Nobody copies any more. */
static void
listen_end(struct capture *capture)
{
	if ((capture->what & CAPTURE_DROPS) != 0)
		proto_drop_tap(capture->stack, NULL, NULL);
	for (unsigned i = 0; i < capture->n_queues; i++)
		capture_queue_close(&capture->queues[i]);
}

static void
capture_free(struct capture *capture)
{
	capture_slots_free(&capture->slots);
	free(capture->queues);
	free(capture->out.buf.bytes);
	free(capture->name);
	free(capture);
}

static struct capture *
capture_new(const struct capture_conf *conf)
{
	struct capture *capture = calloc(1, sizeof(*capture));

	if (capture == NULL)
		return NULL;
	capture->stack = conf->stack;
	capture->what = conf->what != 0 ? conf->what : CAPTURE_RX | CAPTURE_TX;
	capture->name = strdup(conf->file);
	capture->out.buf.bytes = malloc(BUFFER_LEN);
	capture->out.buf.size = BUFFER_LEN;
	capture->drops.slots = &capture->slots;
	capture->drops.sample = RTE_MAX(conf->sample, 1u);
	capture->out.file = (struct capture_file){
		.name = capture->name,
		.octets_max = conf->rotate_octets,
		.n_files = RTE_MAX(conf->rotate_files, 1u),
		.fd = -1,
	};
	if (capture->name != NULL && capture->out.buf.bytes != NULL)
		return capture;
	capture_free(capture);
	return NULL;
}

/* Slots first, so that a memory that is too small leaves no file. */
static int
open_all(struct capture *capture, const struct capture_conf *conf, struct opt_error *err)
{
	uint32_t snaplen = conf->snaplen != 0 ? conf->snaplen : snaplen_of(conf);

	if (capture_slots_make(&capture->slots, snaplen) == 0)
		return opt_fail(err, -1,
			"capture: no memory for copies of %" PRIu32
			" bytes: give EAL more (-m) or ask for a shorter snaplen",
			snaplen);
	capture->out.snaplen = snaplen;
	interfaces_init(capture, conf);
	if (capture_out_open(&capture->out, err) != 0 || queues_open(capture, conf, err) != 0)
		return -1;
	if ((capture->what & CAPTURE_DROPS) != 0)
		proto_drop_tap(capture->stack, capture_drop, &capture->drops);
	return 0;
}

int
capture_start(struct capture **out, const struct capture_conf *conf, struct opt_error *err)
{
	struct capture *capture = capture_new(conf);

	if (capture == NULL)
		return opt_fail(err, -1, "capture: no memory");
	if (open_all(capture, conf, err) != 0) {
		listen_end(capture);
		(void)capture_out_close(&capture->out, &(struct opt_error){{0}});
		capture_free(capture);
		return -1;
	}
	*out = capture;
	return 0;
}

int
capture_stop(struct capture *capture, struct capture_figures *figures, struct opt_error *err)
{
	int ret;

	if (capture == NULL)
		return 0;
	listen_end(capture);
	ret = capture_drain(capture, err) < 0 || capture_out_close(&capture->out, err) != 0 ? -1
											    : 0;
	capture_figures(capture, figures);
	capture_free(capture);
	return ret;
}
