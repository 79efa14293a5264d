/* SPDX-License-Identifier: BSD-3-Clause */
/* gnuplot as a child process that reads commands from a pipe and writes into a file. */
#ifndef RFC2544_GNUPLOT_H
#define RFC2544_GNUPLOT_H

#include <stdio.h>

#include <sys/types.h>

#include "../opt.h"

struct gnuplot {
	const char *file; /* NULL: there is none, and the rest does nothing */
	FILE *in;	  /* its commands */
	pid_t pid;
};

/* Start it: so that it is not missing when the results are there. Returns 0, or -1 with `err`. */
int gnuplot_open(struct gnuplot *gnuplot, const char *file, struct opt_error *err);

/* No more commands; wait until it has written. Returns 0, or -1 with `err`. */
int gnuplot_close(struct gnuplot *gnuplot, struct opt_error *err);

#endif
