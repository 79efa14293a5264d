/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bringing the EAL up: with the user's arguments, or embedded: no hugepages, no PCI, no shared
 * files, one virtual device, as an ordinary user and silent, leaving nothing behind.
 */
#ifndef CLI_EAL_H
#define CLI_EAL_H

#include <stdint.h>

#include "opt.h"

/* What stood before "--" on the command line. */
struct eal_args {
	int argc;    /* 0: nothing, not even "--": embedded */
	char **argv; /* argv[0] is the program */
};

/*
 * Start the EAL: with the user's arguments, its log where EAL sends it; or, without any, embedded,
 * with `vdev` ("net_null0") and `megabytes` of memory. While it starts embedded, what it and its
 * drivers write goes nowhere but into `err` if they fail. Errors of drivers later on go to stderr.
 * Returns 0, or -1 with `err` filled; then nothing is left behind.
 */
int eal_start(
	const struct eal_args *args, const char *vdev, unsigned megabytes, struct opt_error *err);

/*
 * The same with more words for the EAL's command line, which stand before the user's. Embedded
 * (`args` is empty, and the words are nothing but "--vdev=..." ): as above, with those devices.
 */
int eal_start_words(const struct eal_args *args, const char *const *words, unsigned n_words,
	unsigned megabytes, struct opt_error *err);

/* Where EAL puts its runtime directories (the rule of eal_create_runtime_dir()). */
const char *eal_runtime_base(void);

/* End the EAL, and remove the runtime directory that this process has made. */
void eal_end(void);

#endif
