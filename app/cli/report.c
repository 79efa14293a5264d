/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>
#include <string.h>

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
table_head(FILE *out, const struct report *report)
{
	fprintf(out, "send: %s\n", report->status);
	if (report->error != NULL)
		fprintf(out, "  %s\n", report->error);
	fprintf(out, "  %s port %u to %s port %u, MTU %u, cut %s, data %s\n", report->local,
		report->local_port, report->remote, report->remote_port, report->link.mtu,
		report->cut, report->data);
	if (report->link.auto_copies != NULL && strcmp(report->data, "auto") == 0)
		fprintf(out, "  auto copies here: %s\n", report->link.auto_copies);
	fprintf(out, "  on DPDK port %u, %s (%s)%s%s\n\n", report->port_id, report->port_name,
		report->link.port.driver, report->pcap ? ", into " : "",
		report->pcap ? report->pcap : "");
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
	row(out, "frames", "sent", c->count[PROTO_C_FRAMES_SENT], bytes);
	row(out, "", "dropped", c->count[PROTO_C_FRAMES_DROPPED], "");
	row(out, "bursts", "all", c->count[PROTO_C_BURSTS], "");
	row(out, "", "short", c->count[PROTO_C_BURSTS_SHORT], "");
	fprintf(out, "  %-21s %14.6f  s\n", "time", report->seconds);
	fprintf(out, "  %-21s %14.3f  Mframes/s\n", "rate",
		report_per_second(report, c->count[PROTO_C_FRAMES_SENT]) / 1e6);
	fprintf(out, "  %-21s %14.3f  Gbit/s of frames (without FCS)\n", "",
		report_per_second(report, c->count[PROTO_C_OCTETS_SENT]) * 8 / 1e9);
	fprintf(out, "  %-21s %14.3f  Gbit/s of payload\n", "",
		report_per_second(report, c->count[PROTO_C_PAYLOAD_OCTETS]) * 8 / 1e9);
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
	table_head(out, report);
	table_payloads(out, report);
	table_frames(out, report);
	fprintf(out, "\n  %-21s %14s %10s %10s\n", "pool", "in use", "peak", "of");
	table_pool(out, "packet descriptors", &report->packets);
	table_pool(out, "buffer descriptors", &report->buffers);
	if (verbose)
		table_offloads(out, report);
}
