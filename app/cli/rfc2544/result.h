/* SPDX-License-Identifier: BSD-3-Clause */
/* What was measured, and its three forms. */
#ifndef RFC2544_RESULT_H
#define RFC2544_RESULT_H

#include "../../hist/hist.h"
#include "rfc2544.h"
#include "shape.h"

#define RESULT_POINTS 10 /* rates of a frame loss test: 100 %, 90 %... */

struct result_point {
	double offered; /* payloads a second, as they were reached */
	double loss;	/* a part of them */
};

/* Of one size. Which fields are filled depends on the test. */
struct result_row {
	struct rfc2544_size size;
	struct shape shape;
	double line;	   /* payloads a second that the link's speed lets through; 0: unknown */
	double rate;	   /* throughput; or at which latency was measured */
	bool sender_bound; /* the sender could not do more, and nothing was lost */
	unsigned trials;
	struct hist latency; /* ns */
	unsigned n_points;
	struct result_point points[RESULT_POINTS];
	double burst; /* payloads back to back, averaged */
};

struct result {
	const struct rfc2544_conf *conf; /* defaults filled in */
	const struct session *session;
	uint8_t family;
	unsigned n_rows;
	struct result_row *rows;
};

/* Of these payloads a second: frames a second, and Gbit/s of frames with FCS. */
double result_frames(const struct result_row *row, double rate);
double result_gbits(const struct result_row *row, double rate);

/* What the rate was limited by: "line", "sender" or "loss". */
const char *result_limit(const struct result_row *row);

/* As commands name the size: "1518", "payload 16384". */
void result_size(const struct result_row *row, char *text, size_t size);

void table_head(FILE *out, const struct result *result);
void table_row(FILE *out, const struct result *result, const struct result_row *row);

void json_write(FILE *out, const struct result *result);

/* gnuplot's commands and data, for an SVG on its standard output. */
void plot_write(FILE *out, const struct result *result);

#endif
