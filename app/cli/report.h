/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a run has done: as a table for people, as one JSON object for programs.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <proto.h>

struct report {
	bool sent;	    /* there was a stack that could send; else nothing below is filled */
	bool interrupted;   /* by a signal, before everything had been sent */
	const char *status; /* "ok", "failed", "interrupted" */
	int exit_status;
	const char *error; /* what went wrong first; NULL: nothing */
	uint16_t port_id;
	char port_name[64];
	const char *pcap; /* the capture that was written; NULL: none */
	struct proto_link_info link;
	char driver[64]; /* what link.port.driver points to */
	char local[PROTO_ADDR_STR_MAX], remote[PROTO_ADDR_STR_MAX];
	uint16_t local_port, remote_port;
	const char *cut, *data;
	uint32_t payload_len;	/* bytes of each payload but a file's last */
	uint64_t source_octets; /* bytes in the files, all repetitions; UINT64_MAX: not known */
	unsigned files;
	uint64_t repeat;
	double seconds; /* from the first proto_send() to the last completion */
	struct proto_counters counters;
	struct pktpool_usage packets, buffers; /* after everything has been drained */
	struct proto_offload offloads[PROTO_OFFLOAD_ROWS];
};

/* A count as a rate over the run; 0 if nothing has completed. */
static inline double
report_per_second(const struct report *report, uint64_t count)
{
	return report->seconds > 0 ? (double)count / report->seconds : 0;
}

void report_table(FILE *out, const struct report *report, bool verbose);
void report_json(FILE *out, const struct report *report);

#endif
