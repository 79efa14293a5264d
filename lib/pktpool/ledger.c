/* SPDX-License-Identifier: BSD-3-Clause */
/* The ledger: which pool and which tag has something out. */
#include <stdio.h>

#include "core.h"
#include "pktpool_mem.h"

#define LINE_LEN 160

struct ledger {
	pktpool_report_fn report;
	void *arg;
	unsigned int lines;
};

static void
enter(struct ledger *ledger, const char *line)
{
	ledger->lines++;
	if (ledger->report != NULL)
		ledger->report(ledger->arg, line);
}

static void
enter_pool(struct rte_mempool *mp, void *arg)
{
	struct pool_core *core = core_of_mempool(mp);
	struct pktpool_usage u;
	char line[LINE_LEN];

	if (core == NULL)
		return;
	core_usage(core, &u);
	if (u.in_use == 0)
		return;
	(void)snprintf(line, sizeof(line), "pool=%s kind=%s out=%u of=%u", mp->name,
		core->kind == CORE_PACKETS ? "packets" : "buffers", u.in_use, u.n + u.n_overflow);
	enter(arg, line);
}

static void
enter_tag(void *arg, const struct pktpool_mem_usage *u)
{
	char line[LINE_LEN];

	if (u->blocks == 0)
		return;
	(void)snprintf(line, sizeof(line), "tag=%s blocks=%" PRIu64 " bytes=%" PRIu64, u->tag,
		u->blocks, u->bytes);
	enter(arg, line);
}

unsigned int
pktpool_ledger(pktpool_report_fn report, void *arg)
{
	struct ledger ledger = {.report = report, .arg = arg};

	rte_mempool_walk(enter_pool, &ledger);
	(void)pktpool_mem_tags(enter_tag, &ledger);
	return ledger.lines;
}
