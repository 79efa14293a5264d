/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>
#include <string.h>

struct report_rates
report_rates(const struct report *report)
{
	const uint64_t *count = report->counters.count;
	bool rx = report->receives;
	uint64_t frames = count[rx ? PROTO_C_FRAMES_RECEIVED : PROTO_C_FRAMES_SENT];
	uint64_t octets = count[rx ? PROTO_C_OCTETS_RECEIVED : PROTO_C_OCTETS_SENT];
	uint64_t payload = rx ? report->octets_taken : count[PROTO_C_PAYLOAD_OCTETS];

	if (report->seconds <= 0)
		return (struct report_rates){.mframes = 0};
	return (struct report_rates){
		.mframes = (double)frames / report->seconds / 1e6,
		.gbit = (double)octets / report->seconds * 8 / 1e9,
		.payload_gbit = (double)payload / report->seconds * 8 / 1e9,
	};
}

static void
row(FILE *out, const char *group, const char *name, uint64_t count, const char *more)
{
	fprintf(out, "  %-9s %-11s %14" PRIu64 "%s%s\n", group, name, count, more[0] ? "  " : "",
		more);
}

/* Rows for the reasons from `first` on and before `end` that have been counted. */
static void
reasons(FILE *out, const struct proto_counters *counters, unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++) {
		if (counters->reason[i] != 0)
			row(out, "", proto_reason_name(i), counters->reason[i],
				proto_reason_meaning(i));
	}
}

static void
table_where(FILE *out, const struct report *report)
{
	fprintf(out, "  on DPDK port %u, %s (%s)", report->port_id, report->port_name,
		report->link.port.driver);
	if (report->pcap != NULL)
		fprintf(out, ", %s %s", report->receives ? "from" : "into", report->pcap);
	if (report->out != NULL)
		fprintf(out, ", into %s", report->out);
	fputs("\n\n", out);
}

static void
table_head_rx(FILE *out, const struct report *report)
{
	if (report->local[0] == '-')
		fprintf(out, "  on every address of ours,");
	else
		fprintf(out, "  on %s", report->local);
	fprintf(out, " port %u, MTU %u\n", report->local_port, report->link.mtu);
}

static void
table_head_tx(FILE *out, const struct report *report)
{
	fprintf(out, "  %s port %u to %s port %u, MTU %u, cut %s, data %s\n", report->local,
		report->local_port, report->remote, report->remote_port, report->link.mtu,
		report->cut, report->data);
	if (report->link.auto_copies != NULL && strcmp(report->data, "auto") == 0)
		fprintf(out, "  auto copies here: %s\n", report->link.auto_copies);
}

static void
table_datagrams(FILE *out, const struct report *report)
{
	const struct proto_counters *c = &report->counters;
	char bytes[64];

	(void)snprintf(bytes, sizeof(bytes), "%" PRIu64 " bytes", report->octets_taken);
	row(out, "datagrams", "received", report->payloads_taken, bytes);
	row(out, "", "reassembled", c->count[PROTO_C_DATAGRAMS_REASSEMBLED], "");
}

static void
table_payloads(FILE *out, const struct report *report)
{
	const struct proto_counters *c = &report->counters;
	char bytes[64];

	(void)snprintf(bytes, sizeof(bytes), "%" PRIu64 " bytes", c->count[PROTO_C_PAYLOAD_OCTETS]);
	row(out, "payloads", "accepted", c->count[PROTO_C_PAYLOADS_ACCEPTED], bytes);
	row(out, "", "completed", c->count[PROTO_C_PAYLOADS_COMPLETED], "");
	row(out, "", "failed", c->count[PROTO_C_PAYLOADS_FAILED], "");
	reasons(out, c, PROTO_REASON_CANCELED, PROTO_REASON_MAX);
	row(out, "", "refused", c->count[PROTO_C_PAYLOADS_REFUSED], "");
	reasons(out, c, PROTO_REASON_NONE + 1, PROTO_REASON_CANCELED);
	row(out, "", "mapped", c->count[PROTO_C_PAYLOADS_MAPPED], "");
	if (c->count[PROTO_C_PAYLOADS_LINEARIZED] != 0)
		row(out, "", "linearized", c->count[PROTO_C_PAYLOADS_LINEARIZED],
			proto_counter_meaning(PROTO_C_PAYLOADS_LINEARIZED));
}

static void
table_frames(FILE *out, const struct report *report)
{
	const struct proto_counters *c = &report->counters;
	char bytes[64];

	(void)snprintf(bytes, sizeof(bytes), "%" PRIu64 " bytes", c->count[PROTO_C_OCTETS_SENT]);
	row(out, report->receives ? "" : "frames", "sent", c->count[PROTO_C_FRAMES_SENT], bytes);
	row(out, "", "dropped", c->count[PROTO_C_FRAMES_DROPPED], "");
	row(out, "bursts", "all", c->count[PROTO_C_BURSTS], "");
	row(out, "", "short", c->count[PROTO_C_BURSTS_SHORT], "");
}

/* What came, and what became of it: first the reasons for which it was dropped. */
static void
table_received(FILE *out, const struct report *report)
{
	const struct proto_counters *c = &report->counters;
	char bytes[64];

	(void)snprintf(
		bytes, sizeof(bytes), "%" PRIu64 " bytes", c->count[PROTO_C_OCTETS_RECEIVED]);
	row(out, "frames", "received", c->count[PROTO_C_FRAMES_RECEIVED], bytes);
	row(out, "", "delivered", c->count[PROTO_C_FRAMES_DELIVERED], "");
	row(out, "", "answered", c->count[PROTO_C_FRAMES_CONSUMED], "");
	row(out, "", "discarded", c->count[PROTO_C_FRAMES_DISCARDED], "");
	for (unsigned i = 0; i < PROTO_DROP_MAX; i++) {
		if (c->drop[i] != 0)
			row(out, "", proto_drop_name(i), c->drop[i], proto_drop_meaning(i));
	}
}

static void
table_rates(FILE *out, const struct report *report)
{
	const struct report_rates rates = report_rates(report);

	fprintf(out, "  %-21s %14.6f  s\n", "time", report->seconds);
	fprintf(out, "  %-21s %14.3f  Mframes/s\n", "rate", rates.mframes);
	fprintf(out, "  %-21s %14.3f  Gbit/s of frames (without FCS)\n", "", rates.gbit);
	fprintf(out, "  %-21s %14.3f  Gbit/s of payload\n", "", rates.payload_gbit);
}

static void
table_pool(FILE *out, const char *name, const struct pktpool_usage *usage)
{
	fprintf(out, "  %-21s %14" PRIu32 " %10" PRIu32 " %10" PRIu32 "\n", name, usage->in_use,
		usage->peak, usage->n + usage->n_overflow);
}

static void
table_offloads(FILE *out, const struct report *report)
{
	fprintf(out, "\n  %-21s %-10s %-7s  otherwise\n", "offload", "advertised", "granted");
	for (unsigned i = 0; i < PROTO_OFFLOAD_ROWS; i++) {
		const struct proto_offload *o = &report->offloads[i];

		fprintf(out, "  %-21s %-10s %-7s  %s\n", o->name, o->advertised ? "yes" : "no",
			o->granted ? "yes" : "no", o->software ? o->software : "");
	}
}

void
report_table(FILE *out, const struct report *report, bool verbose)
{
	fprintf(out, "%s: %s\n", report->command, report->status);
	if (report->error != NULL)
		fprintf(out, "  %s\n", report->error);
	if (report->receives)
		table_head_rx(out, report);
	else
		table_head_tx(out, report);
	table_where(out, report);
	if (report->receives)
		table_datagrams(out, report);
	if (!report->receives || report->replies)
		table_payloads(out, report);
	if (report->receives)
		table_received(out, report);
	table_frames(out, report);
	table_rates(out, report);
	fprintf(out, "\n  %-21s %14s %10s %10s\n", "pool", "in use", "peak", "of");
	table_pool(out, "packet descriptors", &report->packets);
	table_pool(out, "buffer descriptors", &report->buffers);
	if (report->receives)
		table_pool(out, "receive buffers", &report->rx_packets);
	if (verbose)
		table_offloads(out, report);
}
