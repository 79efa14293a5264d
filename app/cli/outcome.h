/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a command that had a stack: its figures, its exit status, its report. */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "net_stack.h"
#include "report.h"

/* What is known when the port has been stopped, while the stack is there. */
void outcome_figures(struct report *report, const struct net_stack *stack);

/* How the run has ended. `error`: NULL, or what went wrong; `signo`: 0, or what interrupted it. */
void outcome_set(struct report *report, const char *error, int signo);

/* Print the report to `out`. Returns the exit status: output that is lost is a failure. */
int outcome_print(const struct report *report, const struct net_args *args, FILE *out);

#endif
