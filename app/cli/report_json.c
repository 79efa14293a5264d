/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>

#include "json.h"

static void
json_where(FILE *out, const struct report *report)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE];

	rte_ether_format_addr(mac, sizeof(mac), &report->link.port.mac);
	fprintf(out, "  \"port\": {\"id\": %u, ", report->port_id);
	json_member(out, "name", report->port_name);
	fputs(", ", out);
	json_member(out, "driver", report->link.port.driver);
	fprintf(out, ", \"mac\": \"%s\", \"mtu\": %u, ", mac, report->link.mtu);
	json_member(out, "pcap", report->pcap);
	fputs("},\n  \"endpoint\": {", out);
	json_member(out, "local", report->local);
	fprintf(out, ", \"local_port\": %u", report->local_port);
}

/* Received: where to, how much, and the reasons for what was dropped. */
static void
json_received(FILE *out, const struct report *report)
{
	const struct proto_counters *c = &report->counters;

	fputs("},\n  ", out);
	json_member(out, "out", report->out);
	fprintf(out,
		",\n  \"datagrams\": {\"received\": %" PRIu64 ", \"octets\": %" PRIu64
		", \"delivered\": %" PRIu64 ", \"reassembled\": %" PRIu64 "},\n",
		report->payloads_taken, report->octets_taken, c->count[PROTO_C_DATAGRAMS_DELIVERED],
		c->count[PROTO_C_DATAGRAMS_REASSEMBLED]);
	fprintf(out,
		"  \"frames_received\": {\"all\": %" PRIu64 ", \"octets\": %" PRIu64
		", \"delivered\": %" PRIu64 ", \"consumed\": %" PRIu64 ", \"discarded\": %" PRIu64
		"},\n  \"drops\": {",
		c->count[PROTO_C_FRAMES_RECEIVED], c->count[PROTO_C_OCTETS_RECEIVED],
		c->count[PROTO_C_FRAMES_DELIVERED], c->count[PROTO_C_FRAMES_CONSUMED],
		c->count[PROTO_C_FRAMES_DISCARDED]);
	for (unsigned i = 0; i < PROTO_DROP_MAX; i++)
		fprintf(out, "%s\"%s\": %" PRIu64, i == 0 ? "" : ", ", proto_drop_name(i),
			c->drop[i]);
	fputs("},\n", out);
}

static void
json_source(FILE *out, const struct report *report)
{
	fputs(", ", out);
	json_member(out, "remote", report->remote);
	fprintf(out, ", \"remote_port\": %u, \"cut\": \"%s\", \"data\": \"%s\", ",
		report->remote_port, report->cut, report->data);
	json_member(out, "auto_copies", report->link.auto_copies);
	fprintf(out,
		"},\n  \"source\": {\"files\": %u, \"repeat\": %" PRIu64
		", \"payload_len\": %" PRIu32 ", \"octets\": ",
		report->files, report->repeat, report->payload_len);
	if (report->source_octets == UINT64_MAX)
		fputs("null},\n", out);
	else
		fprintf(out, "%" PRIu64 "},\n", report->source_octets);
}

static void
json_counts(FILE *out, const struct proto_counters *c)
{
	fprintf(out,
		"  \"payloads\": {\"accepted\": %" PRIu64 ", \"completed\": %" PRIu64
		", \"failed\": %" PRIu64 ", \"refused\": %" PRIu64 ", \"mapped\": %" PRIu64
		", \"linearized\": %" PRIu64 ", \"octets\": %" PRIu64 "},\n",
		c->count[PROTO_C_PAYLOADS_ACCEPTED], c->count[PROTO_C_PAYLOADS_COMPLETED],
		c->count[PROTO_C_PAYLOADS_FAILED], c->count[PROTO_C_PAYLOADS_REFUSED],
		c->count[PROTO_C_PAYLOADS_MAPPED], c->count[PROTO_C_PAYLOADS_LINEARIZED],
		c->count[PROTO_C_PAYLOAD_OCTETS]);
	fprintf(out,
		"  \"frames\": {\"staged\": %" PRIu64 ", \"sent\": %" PRIu64
		", \"dropped\": %" PRIu64 ", \"octets\": %" PRIu64 "},\n",
		c->count[PROTO_C_FRAMES_STAGED], c->count[PROTO_C_FRAMES_SENT],
		c->count[PROTO_C_FRAMES_DROPPED], c->count[PROTO_C_OCTETS_SENT]);
	fprintf(out,
		"  \"bursts\": {\"all\": %" PRIu64 ", \"short\": %" PRIu64
		", \"reclaims\": %" PRIu64 "},\n  \"reasons\": {",
		c->count[PROTO_C_BURSTS], c->count[PROTO_C_BURSTS_SHORT],
		c->count[PROTO_C_RECLAIMS]);
	for (unsigned i = PROTO_REASON_NONE + 1; i < PROTO_REASON_MAX; i++)
		fprintf(out, "%s\"%s\": %" PRIu64, i == PROTO_REASON_NONE + 1 ? "" : ", ",
			proto_reason_name(i), c->reason[i]);
	fputs("},\n", out);
}

static void
json_rates(FILE *out, const struct report *report)
{
	const struct report_rates rates = report_rates(report);

	fprintf(out, "  \"duration_s\": %.9f,\n  \"mframes_per_s\": %.6f,\n", report->seconds,
		rates.mframes);
	fprintf(out, "  \"gbit_per_s\": %.6f,\n  \"payload_gbit_per_s\": %.6f,\n", rates.gbit,
		rates.payload_gbit);
}

static void
json_pool(FILE *out, const char *name, const struct pktpool_usage *usage)
{
	fprintf(out,
		"\"%s\": {\"in_use\": %" PRIu32 ", \"peak\": %" PRIu32 ", \"size\": %" PRIu32 "}",
		name, usage->in_use, usage->peak, usage->n + usage->n_overflow);
}

static void
json_offloads(FILE *out, const struct proto_offload rows[PROTO_OFFLOAD_ROWS])
{
	fputs("  \"offloads\": [", out);
	for (unsigned i = 0; i < PROTO_OFFLOAD_ROWS; i++) {
		fputs(i == 0 ? "\n    {" : ",\n    {", out);
		json_member(out, "name", rows[i].name);
		fprintf(out, ", \"advertised\": %s, \"granted\": %s, ",
			rows[i].advertised ? "true" : "false", rows[i].granted ? "true" : "false");
		json_member(out, "software", rows[i].software);
		fputc('}', out);
	}
	fputs("\n  ]\n}\n", out);
}

void
report_json(FILE *out, const struct report *report)
{
	fprintf(out,
		"{\n  \"program\": \"chainburst\",\n  \"version\": \"%s\",\n"
		"  \"command\": \"%s\",\n  \"status\": \"%s\",\n  \"exit_status\": %d,\n  ",
		CHAINBURST_VERSION, report->command, report->status, report->exit_status);
	json_member(out, "error", report->error);
	fputs(",\n", out);
	json_where(out, report);
	if (report->receives)
		json_received(out, report);
	else
		json_source(out, report);
	json_counts(out, &report->counters);
	json_rates(out, report);
	fputs("  \"pools\": {", out);
	json_pool(out, "packets", &report->packets);
	fputs(", ", out);
	json_pool(out, "buffers", &report->buffers);
	if (report->receives) {
		fputs(", ", out);
		json_pool(out, "rx_packets", &report->rx_packets);
	}
	fputs("},\n", out);
	json_offloads(out, report->offloads);
}
