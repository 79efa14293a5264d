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
	const char *command;
	bool sent;	    /* there was a stack that could work; else nothing below is filled */
	bool interrupted;   /* by a signal, before everything had been sent */
	const char *status; /* "ok", "failed", "interrupted" */
	int exit_status;
	const char *error; /* what went wrong first; NULL: nothing */
	uint16_t port_id;
	char port_name[64];
	const char *pcap; /* the capture that was written or read; NULL: none */
	struct proto_link_info link;
	char driver[64]; /* what link.port.driver points to */
	char local[PROTO_ADDR_STR_MAX], remote[PROTO_ADDR_STR_MAX];
	uint16_t local_port, remote_port;
	bool receives;	 /* recv, echo: remote, cut, data and what the source was are not filled */
	bool replies;	 /* echo */
	const char *out; /* where the payloads went; NULL: nowhere */
	uint64_t payloads_taken, octets_taken; /* datagrams that were wanted, and their bytes */
	const char *cut, *data;
	uint32_t payload_len;	/* bytes of each payload but a file's last */
	uint64_t source_octets; /* bytes in the files, all repetitions; UINT64_MAX: not known */
	unsigned files;
	uint64_t repeat;
	double seconds; /* from the first proto_send() to the last completion */
	struct proto_counters counters;
	struct pktpool_usage packets, buffers, rx_packets; /* after everything has been drained */
	struct proto_offload offloads[PROTO_OFFLOAD_ROWS];
};

/* Means over the run of what the command is for, received or sent; 0 if nothing was. */
struct report_rates {
	double mframes, gbit, payload_gbit; /* a second */
};

struct report_rates report_rates(const struct report *report);

void report_table(FILE *out, const struct report *report, bool verbose);
void report_json(FILE *out, const struct report *report);

#endif
