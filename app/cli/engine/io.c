/* SPDX-License-Identifier: BSD-3-Clause */
/* io: frames from link to link as they are: testpmd's io, for comparison. */
#include "raw.h"

static int
io_start(struct session_worker *worker, struct opt_error *err)
{
	return raw_open(worker, true, err);
}

static unsigned
io_poll(struct session_worker *worker, uint64_t now)
{
	(void)now;
	return raw_forward(worker, false, NULL);
}

const struct engine engine_io = {
	.name = "io",
	.help = "forward frames between link pairs as they are",
	.raw = true,
	.links_min = 1,
	.state_size = sizeof(struct raw),
	.start = io_start,
	.poll = io_poll,
	.quit = raw_quit,
	.is_done = raw_is_done,
	.stop = raw_stop,
	.figures = raw_figures,
};
