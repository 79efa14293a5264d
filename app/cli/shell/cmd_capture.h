/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SHELL_CMD_CAPTURE_H
#define SHELL_CMD_CAPTURE_H

#include "shell.h"

/* End the capture that runs (shell->capture), and say what it has written. Returns 0, or -1 with
 * `err`. */
int cmd_capture_end(struct shell *shell, struct opt_error *err);

#endif
