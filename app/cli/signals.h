/* SPDX-License-Identifier: BSD-3-Clause */
/* The signals that ask a command to end. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>

/*
 * From now on SIGINT, SIGTERM and SIGPIPE are remembered instead of ending the program. Returns
 * where: the signal that came last, 0: none.
 */
const volatile sig_atomic_t *signals_catch(void);

#endif
