/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program's own log types, for --log-level=chainburst.*:debug among EAL's arguments. NOTICE and
 * above is shown unless that says otherwise; the library logs nothing.
 */
#ifndef CLI_LOG_H
#define CLI_LOG_H

#include <rte_log.h>

extern int log_link, log_engine, log_neigh, log_capture;

/* LOG(INFO, link, "%s: up", name): a line of chainburst.link. */
#define LOG(level, type, format, ...)                                                        \
	rte_log(RTE_LOG_##level, (uint32_t)log_##type, "chainburst." #type ": " format "\n", \
		##__VA_ARGS__)

/* Would such a line be shown? */
#define LOG_SHOWN(level, type) rte_log_can_log((uint32_t)log_##type, RTE_LOG_##level)

#endif
