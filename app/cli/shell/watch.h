/* SPDX-License-Identifier: BSD-3-Clause */
/* What changes in a session, for the log: the engine, links, and (debug) neighbours. */
#ifndef SHELL_WATCH_H
#define SHELL_WATCH_H

#include "../session/session.h"

#define WATCH_NEIGHS 64 /* of a link; of more, some changes are not seen */

struct watch {
	const struct engine *running;
	struct {
		bool started, carrier;
		unsigned n_neighs;
		struct proto_neigh_info neighs[WATCH_NEIGHS];
	} links[CONFIG_LINKS_MAX];
};

/* Look, and log what is not as it was. The control thread, every now and then. */
void watch_look(struct watch *watch, const struct session *session);

#endif
