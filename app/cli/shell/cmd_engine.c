/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that start and stop engines, wait for them, and show what they have done. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shell.h"
#include "tx_first.h"
#include "values.h"

#define CHECKS_A_SEC 200 /* whether an engine is done: it parks the workers */
#define BURST_S	     10	 /* that a first burst may take */
#define READY_S	     15	 /* RFC 5227 takes 7 s at most to probe an address */

static void
print_figure(FILE *out, const char *name, uint64_t n, bool always)
{
	if (n != 0 || always)
		fprintf(out, "  %-18s %" PRIu64 "\n", name, n);
}

void
shell_show_fwd(const struct shell *shell, FILE *out)
{
	struct engine_figures f;
	double seconds = 0;
	const struct engine *engine = session_figures(shell->session, &f, &seconds);

	if (engine == NULL) {
		fprintf(out, "no engine has run\n");
		return;
	}
	fprintf(out, "%s: %s, %.3f s\n", engine->name,
		shell->session->running != NULL ? "running" : "stopped", seconds);
	print_figure(out, "payloads sent", f.payloads_sent, !engine->raw);
	print_figure(out, "payloads failed", f.payloads_failed, false);
	print_figure(out, "octets sent", f.octets_sent, false);
	print_figure(out, "payloads received", f.payloads_received, !engine->raw);
	print_figure(out, "octets received", f.octets_received, false);
	print_figure(out, "bad content", f.bad_content, false);
	print_figure(out, "payloads lost", f.payloads_lost, false);
	print_figure(out, "payloads late", f.payloads_reordered, false);
	print_figure(out, "payloads twice", f.payloads_duplicate, false);
	print_figure(out, "payloads untracked", f.payloads_untracked, false);
	print_figure(out, "frames in", f.frames_in, engine->raw);
	print_figure(out, "frames out", f.frames_out, engine->raw);
	print_figure(out, "frames lost", f.frames_lost, engine->raw);
	print_figure(out, "frames ignored", f.frames_ignored, false);
	print_figure(out, "frames reordered", f.frames_reordered, false);
	print_figure(out, "frames duplicated", f.frames_duplicated, false);
}

static int
show_fwd(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)words, (void)err;
	shell_show_fwd(shell, shell->out);
	return 0;
}

/* Rest until the engine is done, or `until`. */
static enum shell_wake
rest_until_done(struct shell *shell, uint64_t until)
{
	enum shell_wake wake = SHELL_TIME;

	while (wake == SHELL_TIME && rte_get_tsc_cycles() < until &&
		!session_is_done(shell->session)) {
		uint64_t slice = rte_get_tsc_cycles() + rte_get_tsc_hz() / CHECKS_A_SEC;

		wake = shell_rest(shell, RTE_MIN(slice, until));
	}
	return wake;
}

static int
run_start(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)words;
	return session_start(shell->session, err);
}

/*
 * As testpmd: a burst first, then the engine that is set. One of frames needs no addresses; no
 * worker may work between the two, or the stack receives what is to go round.
 */
static int
burst_first(struct shell *shell, bool frames, struct opt_error *err)
{
	struct session *session = shell->session;
	struct session_settings saved = session->settings;
	bool is_done;
	int ret;

	session->settings.engine = frames ? &engine_tx_first : &engine_txonly;
	session->settings.count = (uint64_t)saved.burst * session->n_workers;
	ret = session_start(session, err);
	session->settings = saved;
	if (ret < 0)
		return ret;
	(void)rest_until_done(shell, rte_get_tsc_cycles() + BURST_S * rte_get_tsc_hz());
	if (frames)
		session_park(session);
	is_done = session_is_done(session);
	ret = session_stop(session, err);
	if (ret == 0 && !is_done)
		ret = opt_fail(err, -1, "start tx_first: the burst was not sent in %u s", BURST_S);
	if (ret == 0)
		ret = session_start(session, err);
	if (frames)
		session_unpark(session);
	return ret;
}

static int
run_start_tx_first(struct shell *shell, const struct words *words, struct opt_error *err)
{
	const struct engine *engine = shell->session->settings.engine;

	(void)words;
	if (shell->session->running != NULL || engine == NULL)
		return session_start(shell->session, err); /* says why not */
	return burst_first(shell, engine->raw, err);
}

static int
run_stop(struct shell *shell, const struct words *words, struct opt_error *err)
{
	bool ran = shell->session->running != NULL;
	int ret = session_stop(shell->session, err);

	(void)words;
	if (ran)
		shell_show_fwd(shell, shell->out);
	return ret;
}

/* Until the engine is done. */
static int
run_wait(struct shell *shell, const struct words *words, struct opt_error *err)
{
	const struct engine *engine = shell->session->running;

	(void)words;
	if (engine == NULL)
		return opt_fail(
			err, -1, "wait: nothing runs: start an engine, or say for how long");
	if (engine->is_done == NULL)
		return opt_fail(err, -1, "wait: %s has no end: say for how long", engine->name);
	(void)rest_until_done(shell, UINT64_MAX);
	return 0;
}

static int
run_wait_time(struct shell *shell, const struct words *words, struct opt_error *err)
{
	uint64_t us;

	(void)err;
	(void)value_time(words->at[1], &us);
	(void)shell_rest(shell,
		rte_get_tsc_cycles() + (uint64_t)((double)us / 1e6 * (double)rte_get_tsc_hz()));
	return 0;
}

/* Why a link cannot be used yet, in `text`. Returns false: it can. */
static bool
not_ready(const struct session_link *link, char *text, size_t size)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned n = proto_addr_list(link->link, infos, PROTO_ADDRS_MAX);
	char addr[PROTO_ADDR_STR_MAX];
	struct proto_link_info info;

	proto_link_info(link->link, &info);
	if (!info.carrier) {
		(void)snprintf(text, size, "%s has no carrier", link->name);
		return true;
	}
	for (unsigned i = 0; i < n; i++) {
		if (infos[i].usable)
			continue;
		(void)snprintf(text, size, "%s: %s %s", link->name,
			proto_addr_format(&infos[i].addr, addr, sizeof(addr)),
			infos[i].conflict ? "is another station's" : "is still being probed");
		return true;
	}
	return false;
}

/* Until all links have a carrier and their addresses may be used. */
static int
run_wait_ready(struct shell *shell, const struct words *words, struct opt_error *err)
{
	uint64_t end = rte_get_tsc_cycles() + READY_S * rte_get_tsc_hz();
	enum shell_wake wake = SHELL_TIME;

	(void)words;
	for (unsigned i = 0; i < shell->session->n_links && wake == SHELL_TIME;) {
		char text[128];

		if (!not_ready(&shell->session->links[i], text, sizeof(text))) {
			i++;
			continue;
		}
		if (rte_get_tsc_cycles() > end)
			return opt_fail(err, -1, "wait ready: after %u s %s", READY_S, text);
		wake = shell_rest(shell, rte_get_tsc_cycles() + rte_get_tsc_hz() / 100);
	}
	return 0;
}

const struct shell_cmd shell_cmds_engine[] = {
	{"start", "start the engine that is set", run_start},
	{"start tx_first", "send a burst on each link, then start", run_start_tx_first},
	{"stop", "stop it, wait for completions, show what it has done", run_stop},
	{"wait", "until the engine is done", run_wait},
	{"wait TIME", "for so long", run_wait_time},
	{"wait ready", "until links have carriers and addresses may be used", run_wait_ready},
	{"show fwd", "what the engine has done", show_fwd},
	{NULL, NULL, NULL},
};
