/* SPDX-License-Identifier: BSD-3-Clause */
#include "signals.h"

#include <stddef.h>

static volatile sig_atomic_t stop;

static void
on_signal(int signo)
{
	stop = signo;
}

/*
 * No SA_RESTART: a read from a pipe must end, too. SIGPIPE is caught because net_pcap does not tell
 * that the reader of its pipe has gone, and because dying of it would leave files behind.
 */
const volatile sig_atomic_t *
signals_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGPIPE, &action, NULL);
	return &stop;
}
