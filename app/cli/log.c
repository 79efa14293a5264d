/* SPDX-License-Identifier: BSD-3-Clause */
#include "log.h"

#include <rte_common.h>

RTE_LOG_REGISTER(log_link, chainburst.link, NOTICE)
RTE_LOG_REGISTER(log_engine, chainburst.engine, NOTICE)
RTE_LOG_REGISTER(log_neigh, chainburst.neigh, NOTICE)
RTE_LOG_REGISTER(log_capture, chainburst.capture, NOTICE)
