/* SPDX-License-Identifier: BSD-3-Clause */
/* chainburst metrics: what a running chainburst counts, for Prometheus. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cmd.h"
#include "args_metrics.h"
#include "metrics_sets.h"
#include "metrics_text.h"

#define PATH_LEN 4096

static int
put_failed(const char *name, struct opt_error *err)
{
	return opt_fail(err, -1, "%.200s: %s", name, strerror(errno));
}

/* Write to a file beside it and rename: whoever reads FILE sees all of it, or the one before. */
static int
put_textfile(const char *name, const struct metrics_sets *all, struct opt_error *err)
{
	char beside[PATH_LEN];
	FILE *out;

	(void)snprintf(beside, sizeof(beside), "%s.%d", name, (int)getpid());
	out = fopen(beside, "we");
	if (out == NULL)
		return put_failed(beside, err);
	metrics_text_put(out, all);
	if (ferror(out) != 0 || fflush(out) != 0 || fsync(fileno(out)) != 0) {
		(void)put_failed(beside, err);
		(void)fclose(out);
		(void)unlink(beside);
		return -1;
	}
	(void)fclose(out);
	if (rename(beside, name) == 0)
		return 0;
	(void)put_failed(name, err);
	(void)unlink(beside);
	return -1;
}

static int
put(const char *textfile, const struct metrics_sets *all, struct opt_error *err)
{
	if (textfile != NULL)
		return put_textfile(textfile, all, err);
	metrics_text_put(stdout, all);
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : put_failed("stdout", err);
}

static int
metrics(const struct args_metrics *args, struct opt_error *err)
{
	struct telemetry telemetry;
	struct metrics_sets all;
	int ret;

	if (telemetry_find(&telemetry, eal_runtime_base(), &args->choice, err) != 0)
		return -1;
	ret = metrics_sets_ask(&all, &telemetry, err);
	telemetry_close(&telemetry);
	if (ret != 0)
		return -1;
	ret = put(args->textfile, &all, err);
	metrics_sets_free(&all);
	return ret;
}

static int
cmd_metrics_run(const struct eal_args *eal, int argc, char **argv)
{
	struct args_metrics args;
	struct opt_error err;
	int status = args_metrics(&args, argc, argv, &err);

	if (status == OPT_OK && args.help) {
		args_metrics_help(stdout);
		return OPT_OK;
	}
	if (status == OPT_OK && eal->argc > 0)
		status = opt_fail(
			&err, OPT_USAGE, "metrics starts no EAL: leave out what stands before it");
	if (status == OPT_OK && metrics(&args, &err) != 0)
		status = OPT_BAD_VALUE;
	if (status != OPT_OK)
		complain("metrics: %s", err.text);
	return status;
}

const struct cmd cmd_metrics = {
	.name = "metrics",
	.help = "print what a running chainburst counts, for Prometheus",
	.run = cmd_metrics_run,
};
