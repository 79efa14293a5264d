/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_out.h"

#include <stdio.h>
#include <sys/utsname.h>

#include <rte_cycles.h>
#include <rte_version.h>

#define COMMENT_LEN 200
#define OS_LEN	    64

/* It cannot be written any more. Returns -1. */
static int
give_up(struct capture_out *out)
{
	struct opt_error ignored;

	out->broken = true;
	out->buf.len = 0;
	(void)capture_file_close(&out->file, &ignored);
	return -1;
}

int
capture_out_flush(struct capture_out *out, struct opt_error *err)
{
	size_t len = out->buf.len;

	if (out->broken || len == 0)
		return 0;
	out->buf.len = 0;
	return capture_file_write(&out->file, out->buf.bytes, len, err) == 0 ? 0 : give_up(out);
}

static int
begin(struct capture_out *out, struct opt_error *err)
{
	struct utsname uts;
	char os[OS_LEN] = "";

	if (uname(&uts) == 0)
		(void)snprintf(os, sizeof(os), "%.20s %.40s", uts.sysname, uts.release);
	pcapng_section(&out->buf, os, "chainburst on " RTE_VER_PREFIX);
	for (unsigned i = 0; i < out->n_interfaces; i++) {
		const struct capture_interface *from = &out->interfaces[i];
		const struct pcapng_interface interface = {
			.name = from->name,
			.description = from->port,
			.mac = from->mac,
			.snaplen = out->snaplen,
			.speed = from->speed,
		};

		pcapng_interface(&out->buf, &interface);
	}
	return capture_out_flush(out, err);
}

static int
end(struct capture_out *out, struct opt_error *err)
{
	uint64_t now = capture_clock_ns(&out->clock, rte_get_tsc_cycles());

	for (unsigned i = 0; i < out->n_interfaces; i++) {
		const struct pcapng_statistics statistics = {
			.interface = i,
			.start_ns = out->start_ns,
			.end_ns = now,
			.received = out->interfaces[i].seen,
			.dropped = out->interfaces[i].missed,
		};

		pcapng_statistics(&out->buf, &statistics);
	}
	return capture_out_flush(out, err);
}

int
capture_out_open(struct capture_out *out, struct opt_error *err)
{
	capture_clock_set(&out->clock);
	out->start_ns = out->clock.ns;
	if (capture_file_open(&out->file, err) != 0)
		return -1;
	return begin(out, err);
}

static int
rotate(struct capture_out *out, struct opt_error *err)
{
	if (capture_out_flush(out, err) != 0 || end(out, err) != 0)
		return -1;
	out->octets += out->file.octets;
	if (capture_file_rotate(&out->file, err) != 0)
		return give_up(out);
	return begin(out, err);
}

/* What the packet's comment says; NULL: nothing. */
static const char *
comment_of(const struct capture_slot *slot, char text[COMMENT_LEN])
{
	enum proto_drop drop = (enum proto_drop)slot->drop;

	if (slot->drop < 0)
		return NULL;
	(void)snprintf(text, COMMENT_LEN, "dropped: %s: %s", proto_drop_name(drop),
		proto_drop_meaning(drop));
	return text;
}

static void
put(struct capture_out *out, const struct capture_slot *slot)
{
	char text[COMMENT_LEN];
	const struct pcapng_packet packet = {
		.interface = slot->interface,
		.ns = capture_clock_ns(&out->clock, slot->tsc),
		.data = slot->bytes,
		.caplen = slot->caplen,
		.len = slot->len,
		.direction = slot->out ? PCAPNG_OUT : PCAPNG_IN,
		.queue = slot->queue,
		.comment = comment_of(slot, text),
	};

	pcapng_packet(&out->buf, &packet);
	out->written++;
}

int
capture_out_put(struct capture_out *out, const struct capture_slot *slot, struct opt_error *err)
{
	size_t room = slot->caplen + PCAPNG_PACKET_ROOM + COMMENT_LEN;

	if (out->broken)
		return 0;
	if (rte_get_tsc_cycles() - out->clock.tsc > rte_get_tsc_hz())
		capture_clock_set(&out->clock);
	if (out->buf.size - out->buf.len < room && capture_out_flush(out, err) != 0)
		return -1;
	if (capture_file_is_full(&out->file, out->buf.len + room) && rotate(out, err) != 0)
		return -1;
	put(out, slot);
	return 0;
}

int
capture_out_close(struct capture_out *out, struct opt_error *err)
{
	if (out->broken)
		return 0;
	if (capture_out_flush(out, err) != 0 || end(out, err) != 0)
		return -1;
	return capture_file_close(&out->file, err);
}
