/* SPDX-License-Identifier: BSD-3-Clause */
/* `start tx_first`: something to forward, where nobody else sends. */
#ifndef SHELL_TX_FIRST_H
#define SHELL_TX_FIRST_H

#include "../engine/engine.h"

/*
 * Each worker sends one burst (of the settings) of frames on each link, and is done. They have the
 * local experimental ethertype and go to Ethernet addresses as testpmd's peers have. Not in
 * engine_at(): nobody sets it.
 */
extern const struct engine engine_tx_first;

#endif
