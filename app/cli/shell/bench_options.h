/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of the command bench: NAME=VALUE. Pure. */
#ifndef SHELL_BENCH_OPTIONS_H
#define SHELL_BENCH_OPTIONS_H

#include "../rfc2544/rfc2544.h"

struct bench_options {
	struct rfc2544_conf conf;
	const char *json, *svg; /* point into the words; NULL: none */
};

#define BENCH_OPTIONS_EXPECT                                                                       \
	"size=64,1518 payload=1472,65507 trial=TIME settle=TIME resolution=SHARE tolerance=SHARE " \
	"rate=N (payloads a second) repeat=N ip=4|6 data=auto|copy|map json=FILE svg=FILE"

/* Read one. Returns 0, or -1 with `err`: no such option, or a value that it does not take. */
int bench_option(struct bench_options *options, const char *text, struct opt_error *err);

#endif
