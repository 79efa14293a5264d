/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_options.h"

#include <string.h>

#include <rte_common.h>

#include "values.h"

#define FRAME_MAX 65535
#define TRIAL_S	  3600
#define RATE_MAX  1000000000
#define REPEAT	  1000

typedef bool (*option_fn)(struct bench_options *options, const char *value);

/* "64,1518": one or more sizes. */
static bool
add_sizes(struct rfc2544_conf *conf, const char *text, bool is_payload)
{
	for (;;) {
		uint64_t bytes;
		const char *end = opt_number(text, &bytes);

		if (end == NULL || bytes == 0 || bytes > FRAME_MAX ||
			conf->n_sizes == RFC2544_SIZES_MAX)
			return false;
		conf->sizes[conf->n_sizes++] = (struct rfc2544_size){(uint32_t)bytes, is_payload};
		if (*end == '\0')
			return true;
		if (*end != ',')
			return false;
		text = end + 1;
	}
}

static bool
set_size(struct bench_options *options, const char *value)
{
	return add_sizes(&options->conf, value, false);
}

static bool
set_payload(struct bench_options *options, const char *value)
{
	return add_sizes(&options->conf, value, true);
}

static bool
set_time(double *seconds, const char *value)
{
	uint64_t us;

	if (!value_time(value, &us) || us == 0 || us > TRIAL_S * UINT64_C(1000000))
		return false;
	*seconds = (double)us * 1e-6;
	return true;
}

static bool
set_trial(struct bench_options *options, const char *value)
{
	return set_time(&options->conf.trial, value);
}

static bool
set_settle(struct bench_options *options, const char *value)
{
	return set_time(&options->conf.settle, value);
}

static bool
set_resolution(struct bench_options *options, const char *value)
{
	return value_share(value, &options->conf.resolution) && options->conf.resolution > 0 &&
	       options->conf.resolution < 1;
}

static bool
set_tolerance(struct bench_options *options, const char *value)
{
	return value_share(value, &options->conf.tolerance) && options->conf.tolerance < 1;
}

static bool
set_rate(struct bench_options *options, const char *value)
{
	uint64_t rate;

	if (!value_number(value, 1, RATE_MAX, &rate))
		return false;
	options->conf.rate = (double)rate;
	return true;
}

static bool
set_repeat(struct bench_options *options, const char *value)
{
	uint64_t repeat;

	if (!value_number(value, 1, REPEAT, &repeat))
		return false;
	options->conf.repeat = (unsigned)repeat;
	return true;
}

static bool
set_ip(struct bench_options *options, const char *value)
{
	uint64_t family;

	if (!value_number(value, 4, 6, &family) || family == 5)
		return false;
	options->conf.family = (uint8_t)family;
	return true;
}

static bool
set_data(struct bench_options *options, const char *value)
{
	static const char *const names[] = {
		[PROTO_DATA_AUTO] = "auto", [PROTO_DATA_COPY] = "copy", [PROTO_DATA_MAP] = "map"};

	for (unsigned i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			options->conf.data = (enum proto_data)i;
			return true;
		}
	}
	return false;
}

static bool
set_json(struct bench_options *options, const char *value)
{
	options->json = value;
	return value[0] != '\0';
}

static bool
set_svg(struct bench_options *options, const char *value)
{
	options->svg = value;
	return value[0] != '\0';
}

static const struct {
	const char *name, *expect;
	option_fn set;
} table[] = {
	{"size", "frame sizes with FCS, up to 24: 64,512,1518", set_size},
	{"payload", "sizes of UDP payloads, up to 24: 1472,65507", set_payload},
	{"trial", "seconds, or 100ms; an hour at most", set_trial},
	{"settle", "seconds, or 100ms; an hour at most", set_settle},
	{"resolution", "a part of the highest rate: 0.01, 1%", set_resolution},
	{"tolerance", "a part of the payloads: 0.001, 0.1%", set_tolerance},
	{"rate", "payloads a second at most, 1 to 1000000000", set_rate},
	{"repeat", "1 to 1000 times", set_repeat},
	{"ip", "4 or 6", set_ip},
	{"data", "auto, copy or map", set_data},
	{"json", "a file", set_json},
	{"svg", "a file", set_svg},
};

int
bench_option(struct bench_options *options, const char *text, struct opt_error *err)
{
	size_t len = strcspn(text, "=");

	for (unsigned i = 0; i < RTE_DIM(table); i++) {
		if (strlen(table[i].name) != len || memcmp(table[i].name, text, len) != 0)
			continue;
		if (text[len] == '=' && table[i].set(options, text + len + 1))
			return 0;
		return opt_fail(err, -1, "bench %.64s: expected %s", text, table[i].expect);
	}
	return opt_fail(
		err, -1, "bench %.64s: no such option; there are %s", text, BENCH_OPTIONS_EXPECT);
}
