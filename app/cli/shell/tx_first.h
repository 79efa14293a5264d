/* SPDX-License-Identifier: BSD-3-Clause */
/* `start tx_first`: something to forward, where nobody else sends. */
#ifndef SHELL_TX_FIRST_H
#define SHELL_TX_FIRST_H

#include "../session/session.h"

/*
 * Each worker sends a burst (of the settings) of frames on each link: of the local experimental
 * ethertype, to Ethernet addresses as testpmd's peers have. Returns 0, or -1 with `err`.
 */
int tx_first(struct session *session, struct opt_error *err);

#endif
