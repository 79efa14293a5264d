/* SPDX-License-Identifier: BSD-3-Clause */
#include "args_metrics.h"

#include <limits.h>
#include <stdio.h>

static const struct opt rows[] = {
	{
		.name = "file-prefix",
		.metavar = "P",
		.set = opt_set_text,
		OPT_FIELD(struct args_metrics, choice.prefix),
		.expect = "what the running chainburst has as its EAL's --file-prefix",
		.help = "the one with this EAL --file-prefix [whichever one runs]",
	},
	{
		.name = "pid",
		.metavar = "N",
		.set = opt_set_number,
		OPT_FIELD(struct args_metrics, choice.pid),
		.min = 1,
		.max = INT_MAX,
		.expect = "the number of a running process",
		.help = "the one with this process number [whichever one runs]",
	},
	{
		.name = "textfile",
		.metavar = "FILE",
		.set = opt_set_text,
		OPT_FIELD(struct args_metrics, textfile),
		.expect = "a file, in the folder that node_exporter's textfile collector reads",
		.help = "write FILE at once as a whole, for node_exporter's textfile\n"
			"collector (FILE ends in .prom there) [standard output]",
	},
	{
		.name = "help",
		.letter = 'h',
		.set = opt_set_flag,
		OPT_FIELD(struct args_metrics, help),
		.help = "print this",
	},
};

int
args_metrics(struct args_metrics *args, int argc, char **argv, struct opt_error *err)
{
	unsigned n_words;
	int status;

	*args = (struct args_metrics){.help = false};
	status = opt_parse(rows, OPT_ROWS(rows), argc - 1, argv + 1, args, &n_words, err);
	if (status == OPT_OK && n_words > 0 && !args->help)
		return opt_fail(
			err, OPT_USAGE, "%.200s: metrics takes options only; see --help", argv[1]);
	return status;
}

void
args_metrics_help(FILE *out)
{
	fputs("usage: chainburst metrics [options]\n\n"
	      "Prints what a running chainburst counts, in Prometheus' text format.\n\n",
		out);
	opt_help(out, rows, OPT_ROWS(rows));
	fputs("\nIt asks DPDK's telemetry socket, as the user that runs the other chainburst (or "
	      "root).\n\n"
	      "Exit status: 0; 1 if none answered or FILE could not be written; 2 for a wrong "
	      "command line.\n",
		out);
}
