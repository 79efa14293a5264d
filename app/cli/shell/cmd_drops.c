/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that show what was counted: drops by reason, and all counters. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shell.h"

struct row {
	const char *name, *meaning;
	uint64_t n;
	unsigned place;
};

/* The most first; those of the same count as they stand in the list. */
static int
row_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->place < y->place ? -1 : 1;
}

static void
print_rows(FILE *out, const char *title, struct row *rows, unsigned n, bool all)
{
	unsigned shown = 0;

	qsort(rows, n, sizeof(*rows), row_order);
	for (unsigned i = 0; i < n && (all || rows[i].n != 0); i++) {
		if (shown++ == 0)
			fprintf(out, "%s\n", title);
		fprintf(out, "  %-18s %12" PRIu64 "  %s\n", rows[i].name, rows[i].n,
			rows[i].meaning);
	}
	if (shown == 0)
		fprintf(out, "%s: none\n", title);
}

static bool
wants_all(const struct words *words)
{
	return strcmp(words->at[words->n - 1], "all") == 0;
}

static int
show_drops(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct row drops[PROTO_DROP_MAX], reasons[PROTO_REASON_MAX];
	struct proto_counters c;

	(void)err;
	shell_counters(shell, &c);
	for (unsigned i = 0; i < PROTO_DROP_MAX; i++)
		drops[i] = (struct row){proto_drop_name((enum proto_drop)i),
			proto_drop_meaning((enum proto_drop)i), c.drop[i], i};
	for (unsigned i = 0; i < PROTO_REASON_MAX; i++)
		reasons[i] = (struct row){proto_reason_name((enum proto_reason)i),
			proto_reason_meaning((enum proto_reason)i), c.reason[i], i};
	print_rows(shell->out, "received frames dropped", drops, PROTO_DROP_MAX, wants_all(words));
	print_rows(shell->out, "payloads refused or failed", reasons + 1, PROTO_REASON_MAX - 1,
		wants_all(words)); /* the first is "none" */
	return 0;
}

static int
show_counters(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct proto_counters c;

	(void)err;
	shell_counters(shell, &c);
	for (unsigned i = 0; i < PROTO_C_MAX; i++) {
		if (c.count[i] != 0 || wants_all(words))
			fprintf(shell->out, "  %-22s %14" PRIu64 "  %s\n",
				proto_counter_name((enum proto_counter)i), c.count[i],
				proto_counter_meaning((enum proto_counter)i));
	}
	return 0;
}

/* The stack's go on; what is shown begins at 0. */
static int
clear_counters(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)words, (void)err;
	proto_counters(shell->session->stack, &shell->cleared);
	return 0;
}

const struct shell_cmd shell_cmds_drops[] = {
	{"show drops [all]", "frames dropped and payloads refused, by reason", show_drops},
	{"show counters [all]", "what the stack has counted", show_counters},
	{"clear counters", "show counters and drops from 0 on", clear_counters},
	{NULL, NULL, NULL},
};
