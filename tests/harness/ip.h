/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_IP_H
#define HARNESS_IP_H

/* Addresses from text for tests without an EAL; the others have addr_of() of rig.h. */

#include <stdio.h>
#include <stdlib.h>

#include "proto_addr.h"

/* A bad text ends the program: it is the test that is wrong. */
static inline struct proto_addr
ip(const char *text)
{
	struct pktpool_why why = {""};
	struct proto_addr addr;

	if (proto_addr_parse(text, &addr, &why) != 0) {
		(void)fprintf(stderr, "%s\n", why.text);
		exit(1);
	}
	return addr;
}

#endif /* HARNESS_IP_H */
