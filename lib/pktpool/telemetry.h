/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_TELEMETRY_H
#define PKTPOOL_TELEMETRY_H

/* Make /pktpool/... answer. More than once is fine. */
void telemetry_register(void);

#endif /* PKTPOOL_TELEMETRY_H */
