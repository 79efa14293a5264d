/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_EAL_H
#define HARNESS_EAL_H

/* One EAL for a test program, with flags that work for anybody anywhere: no root, no hugepages, no
 * PCI, and lcores that share whatever CPUs there are.
 */

/* Start the EAL with `lcores` lcores (0 is the main one), and with more arguments, a list that ends
 * with NULL (or is NULL). Telemetry is off unless "--telemetry" is among them. Returns 0, or -1
 * after it said why on stderr.
 */
int eal_start(unsigned int lcores, const char *const more[]);

/* Clean up. Returns 0. */
int eal_stop(void);

#endif /* HARNESS_EAL_H */
