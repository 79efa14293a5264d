/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Check everything that can be checked, then bring up EAL and stack, receive, take all down again,
 * and only then report.
 */
#include "rx_run.h"

#include <string.h>

#include <rte_cycles.h>

#include "cmd.h"
#include "outcome.h"
#include "signals.h"

static int
add_endpoint(struct rx_loop *loop, const struct rx_engine *engine, struct opt_error *err)
{
	const struct rx_args *args = loop->args;
	struct pktpool_why why = {.text = ""};
	struct proto_endpoint_conf conf = {
		.kind = PROTO_UDP,
		.local = args->listen,
		.local_port = args->listen_port,
		.cut = PROTO_FRAGMENT,
		.vlan = args->net.vlan,
		.vlan_tci = args->net.vlan_tci,
		.rx_held = args->max_held,
		.recv = engine->recv,
		.done = engine->done,
		.arg = loop,
	};

	if (proto_endpoint_create(loop->net.worker, &conf, &loop->ep, &why) < 0)
		return opt_fail(err, -1, "--listen: %s", why.text);
	for (unsigned i = 0; i < args->n_join; i++) {
		if (proto_join(loop->ep, &args->join[i], loop->net.link, &why) < 0)
			return opt_fail(err, -1, "--join: %s", why.text);
	}
	return 0;
}

static int
stack_up(struct rx_loop *loop, const struct rx_engine *engine, struct opt_error *err)
{
	struct net_stack_conf conf = {
		.name = engine->name,
		.rx_packets = loop->args->rx_packets,
		.promisc = loop->args->promisc,
	};

	if (net_stack_open(&loop->net, &loop->args->net, &conf, err) < 0 ||
		net_stack_start(&loop->net, loop->stop, err) < 0)
		return -1;
	return add_endpoint(loop, engine, err);
}

static void
figures(struct report *report, const struct rx_loop *loop)
{
	outcome_figures(report, &loop->net);
	report->seconds = (double)(loop->last - loop->first) / (double)rte_get_tsc_hz();
	report->payloads_taken = loop->payloads;
	report->octets_taken = loop->octets;
	report->sent = true;
}

/* Everything between the EAL and the report. Returns 0, or -1 with `err`: see `report->sent`. */
static int
receive(struct rx_loop *loop, const struct rx_engine *engine, struct report *report,
	struct opt_error *err)
{
	struct opt_error down_err = {.text = ""};
	int ret = stack_up(loop, engine, err);

	if (ret == 0) {
		progress_init(&loop->progress, !loop->args->net.quiet, UINT64_MAX, rte_get_tsc_hz(),
			rte_get_tsc_cycles());
		rx_loop_run(loop);
		net_stack_stop(&loop->net);
		figures(report, loop);
		if (loop->failed) {
			*err = loop->error;
			ret = -1;
		}
	}
	if (net_stack_down(&loop->net, &down_err) < 0 && ret == 0) {
		*err = down_err;
		ret = -1;
	}
	return ret;
}

static void
report_init(struct report *report, const struct rx_engine *engine, const struct rx_args *args)
{
	*report = (struct report){
		.command = engine->name,
		.port_id = args->net.port,
		.pcap = args->net.pcap,
		.local_port = args->listen_port,
		.receives = true,
		.replies = engine->done != NULL,
		.out = args->out,
	};
	(void)proto_addr_format(&args->listen, report->local, sizeof(report->local));
}

static int
run(struct rx_loop *loop, const struct rx_engine *engine, const struct eal_args *eal,
	struct capture_in *capture)
{
	const struct rx_args *args = loop->args;
	bool out_is_stdout = args->out != NULL && strcmp(args->out, "-") == 0;
	struct opt_error err = {.text = ""}, out_err;
	struct report report;
	int ret = eal_start(eal, args->net.vdev ? args->net.vdev : capture->vdev,
		net_stack_megabytes(&args->net, args->rx_packets), &err);

	report_init(&report, engine, args);
	if (ret == 0) {
		ret = receive(loop, engine, &report, &err);
		eal_end();
	}
	if (output_close(&loop->output, &out_err) < 0 && ret == 0) {
		err = out_err;
		ret = -1;
	}
	if (ret == 0 && loop->payloads == 0)
		ret = opt_fail(&err, -1, "nothing was received");
	if (ret < 0)
		complain("%s", err.text);
	outcome_set(&report, ret < 0 ? err.text : NULL, 0);
	return report.sent ? outcome_print(&report, &args->net, out_is_stdout ? stderr : stdout)
			   : report.exit_status;
}

int
rx_run(const struct rx_engine *engine, const struct eal_args *eal, int argc, char **argv)
{
	struct capture_in capture = {.fd = -1, .frames = CAPTURE_FRAMES_UNKNOWN};
	struct opt_error err;
	struct rx_args args;
	struct rx_loop loop = {.args = &args};
	int status = engine->parse(&args, argc - 1, argv + 1, eal->argc > 0, &err);

	if (status != OPT_OK) {
		complain("%s", err.text);
		return status;
	}
	if (args.net.help) {
		engine->help(stdout);
		return OPT_OK;
	}
	loop.stop = signals_catch();
	if ((args.net.pcap != NULL && capture_in_open(&capture, args.net.pcap, &err) < 0) ||
		output_open(&loop.output, args.out, capture.fd >= 0 ? &capture.stat : NULL, &err) <
			0) {
		capture_in_close(&capture);
		complain("%s", err.text);
		return 1;
	}
	loop.frames = capture.frames;
	status = run(&loop, engine, eal, &capture);
	capture_in_close(&capture);
	return status;
}
