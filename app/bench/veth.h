/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_VETH_H
#define BENCH_VETH_H

#include <stdint.h>

/*
 * Two network namespaces without names, a veth pair between them, and UDP sockets in them: what
 * the kernel offers two programs. All of it goes with this process.
 */
struct veth {
	int ns[2]; /* file descriptors of the namespaces; 0: none */
};

/* 0; -EPERM: not root; other negative errno. */
int veth_make(struct veth *veth);
void veth_free(struct veth *veth);

/* A pair of connected sockets, fds[0] here, fds[1] at the other end. 0 or negative errno. */
int veth_sockets(const struct veth *veth, uint16_t port, int fds[2]);

#endif /* BENCH_VETH_H */
