/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_NIC_PORT_H
#define BENCH_NIC_PORT_H

#include "proto_link.h"

/*
 * A port that claims what most NICs can do: multi-segment frames, IPv4 and UDP checksums; and that
 * reads frames by DMA, so memory must be known to the EAL. Behind it is an ethdev, which does none
 * of it: the bytes are wrong on any wire, the work that is left to the CPU is that of a real NIC's.
 * `port` is PROTO_PORT(port_id).
 */
extern const struct proto_port_ops nic_port_ops;

/* The same with the tx_prepare of drivers that need one (ixgbe, i40e, ...): a look at each frame.
 */
extern const struct proto_port_ops nic_port_prepare_ops;

#endif /* BENCH_NIC_PORT_H */
