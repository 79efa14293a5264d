/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chainburst send: check everything that can be checked, then bring up EAL and stack, send, take
 * all down again, and only then report, since closing a port may still fail.
 */
#include <rte_cycles.h>

#include "args.h"
#include "capture.h"
#include "cmd.h"
#include "outcome.h"
#include "send_loop.h"
#include "signals.h"

static void
note_empty(const char *name)
{
	complain("note: %.200s is empty: it has no payload", name);
}

/* Sum the bytes of all files; SOURCE_SIZE_UNKNOWN if one is a pipe. */
static int
check_files(const struct send_args *args, const struct stat *out, uint64_t *total,
	struct opt_error *err)
{
	*total = 0;
	for (unsigned i = 0; i < args->n_files; i++) {
		uint64_t bytes;

		if (source_check(args->files[i], out, &bytes, err) < 0)
			return -1;
		if (bytes == SOURCE_SIZE_UNKNOWN || *total == SOURCE_SIZE_UNKNOWN ||
			__builtin_add_overflow(*total, bytes, total))
			*total = SOURCE_SIZE_UNKNOWN;
	}
	if (*total != SOURCE_SIZE_UNKNOWN && __builtin_mul_overflow(*total, args->repeat, total))
		*total = SOURCE_SIZE_UNKNOWN;
	return 0;
}

/* What of the report is known before anything is sent. */
static void
report_init(struct report *report, const struct send_args *args, uint64_t total)
{
	static const char *const data[] = {
		[PROTO_DATA_AUTO] = "auto", [PROTO_DATA_COPY] = "copy", [PROTO_DATA_MAP] = "map"};

	*report = (struct report){
		.command = "send",
		.port_id = args->net.port,
		.pcap = args->net.pcap,
		.local_port = args->from_port,
		.remote_port = args->to_port,
		.cut = args->cut == PROTO_SEGMENT ? "segment" : "fragment",
		.data = data[args->data],
		.payload_len = args->payload,
		.source_octets = total,
		.files = args->n_files,
		.repeat = args->repeat,
	};
	(void)proto_addr_format(&args->from.addr, report->local, sizeof(report->local));
	(void)proto_addr_format(&args->to, report->remote, sizeof(report->remote));
}

/* Everything between the EAL and the report. Returns 0, or -1 with `err`: see `report->sent`. */
static int
run(const struct send_args *args, uint64_t total, struct report *report,
	const volatile sig_atomic_t *stop, struct opt_error *err)
{
	struct source_conf source_conf = {
		.files = args->files,
		.n_files = args->n_files,
		.repeat = args->repeat,
		.payload = args->payload,
		.empty = args->net.quiet ? NULL : note_empty,
	};
	struct send_stack stack;
	struct send_loop loop = {.stack = &stack, .stop = stop};
	struct opt_error down_err = {.text = ""};
	uint64_t hz = rte_get_tsc_hz();
	int ret = send_stack_up(&stack, args, send_loop_done, &loop, stop, err);

	if (ret == 0)
		ret = source_create(&loop.source, &source_conf, err);
	if (ret == 0) {
		pace_init(&loop.pace, args->rate, hz, rte_get_tsc_cycles());
		progress_init(&loop.progress, !args->net.quiet, total, hz, rte_get_tsc_cycles());
		send_loop_run(&loop);
		net_stack_stop(&stack.net);
		outcome_figures(report, &stack.net);
		report->seconds = (double)(loop.completed - loop.begun) / (double)hz;
		report->sent = true;
		report->interrupted = loop.interrupted;
		if (loop.failed) {
			*err = loop.error;
			ret = -1;
		}
	}
	bool held = net_stack_down(&stack.net, &down_err) < 0;

	source_destroy(loop.source, held);
	if (held && ret == 0) {
		*err = down_err;
		ret = -1;
	}
	return ret;
}

/* Bring the EAL up, send, bring it down, report. */
static int
send_all(const struct eal_args *eal, const struct send_args *args, struct capture *capture,
	uint64_t total)
{
	const volatile sig_atomic_t *stop = signals_catch();
	struct opt_error err = {.text = ""}, capture_err;
	struct report report;
	int ret = eal_start(eal, args->net.vdev ? args->net.vdev : capture->vdev,
		net_stack_megabytes(&args->net, 0), &err);

	if (ret < 0) {
		capture_discard(capture);
		complain("%s", err.text);
		return 1;
	}
	report_init(&report, args, total);
	ret = run(args, total, &report, stop, &err);
	eal_end(); /* closes the capture, too: only now it can be measured */
	if (!report.sent)
		capture_discard(capture);
	else if (capture_finish(capture, report.counters.count[PROTO_C_FRAMES_SENT],
			 report.counters.count[PROTO_C_OCTETS_SENT], &capture_err) < 0) {
		if (ret == 0)
			err = capture_err;
		ret = -1;
	}
	if (ret == 0 && *stop == SIGPIPE)
		ret = opt_fail(&err, -1, "the reader of a pipe has gone before the end");
	if (ret < 0)
		complain("%s", err.text);
	outcome_set(&report, ret < 0 ? err.text : NULL,
		(report.sent ? report.interrupted : *stop != 0) ? *stop : 0);
	return report.sent ? outcome_print(&report, &args->net, stdout) : report.exit_status;
}

static int
cmd_send_run(const struct eal_args *eal, int argc, char **argv)
{
	struct capture capture = {.name = NULL};
	struct opt_error err;
	struct send_args args;
	uint64_t total;
	int status = args_send(&args, argc - 1, argv + 1, eal->argc > 0, &err);

	if (status != OPT_OK) {
		complain("%s", err.text);
		return status;
	}
	if (args.net.help) {
		args_send_help(stdout);
		return OPT_OK;
	}
	(void)signals_catch();
	if (args.net.pcap != NULL && capture_open(&capture, args.net.pcap, &err) < 0) {
		complain("%s", err.text);
		return 1;
	}
	if (check_files(&args, args.net.pcap != NULL ? &capture.stat : NULL, &total, &err) < 0) {
		capture_discard(&capture);
		complain("%s", err.text);
		return 1;
	}
	return send_all(eal, &args, &capture, total);
}

const struct cmd cmd_send = {
	.name = "send",
	.help = "send files as UDP payloads",
	.run = cmd_send_run,
};
