/* SPDX-License-Identifier: BSD-3-Clause */
/* capture start and stop. While one runs, each of the shell's turns writes what has come. */
#include "cmd_capture.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../capture_ng/capture_words.h"
#include "../cmd.h"
#include "../log.h"

/* Write what has come; complain once when that fails. */
static void
tick(struct shell *shell)
{
	struct opt_error err;

	if (capture_drain(shell->capture, &err) >= 0)
		return;
	complain("%s; it goes on in no file, see show capture", err.text);
	shell->failed = true;
}

static void
link_put(struct capture_conf *conf, const struct session_link *link)
{
	unsigned at = conf->n_links++;

	conf->links[at].name = link->name;
	conf->links[at].port_id = link->port_id;
}

/* One link, or all of them. Returns 0, or -1 with `err`. */
static int
links_put(struct capture_words *words, struct session *session, struct opt_error *err)
{
	const struct session_link *one = NULL;

	if (words->link != NULL) {
		one = session_link(session, words->link, err);
		if (one == NULL)
			return -1;
	}
	for (unsigned i = 0; i < session->n_links; i++) {
		if (one != NULL && one != &session->links[i])
			continue;
		link_put(&words->conf, &session->links[i]);
		words->conf.links[words->conf.n_links - 1].index = (uint16_t)i;
	}
	return 0;
}

static int
run_start(struct shell *shell, const struct words *texts, struct opt_error *err)
{
	struct capture *capture = NULL;
	struct capture_words words;
	int ret;

	if (shell->capture != NULL)
		return opt_fail(err, -1, "capture start: one runs already: capture stop ends it");
	if (capture_words_read(&words, texts->n - 2, &texts->at[2], err) != 0 ||
		links_put(&words, shell->session, err) != 0)
		return -1;
	words.conf.stack = shell->session->stack;
	session_park(shell->session);
	ret = capture_start(&capture, &words.conf, err);
	session_unpark(shell->session);
	if (ret != 0)
		return -1;
	LOG(INFO, capture, "%s: %u links, snaplen %u, one frame in %u", words.conf.file,
		words.conf.n_links, words.conf.snaplen, RTE_MAX(words.conf.sample, 1u));
	shell->capture = capture;
	shell->tick = tick;
	return 0;
}

static void
figures_show(FILE *out, const struct capture_figures *figures)
{
	fprintf(out,
		"capture: %" PRIu64 " frames written, %" PRIu64 " missed of %" PRIu64 "; %" PRIu64
		" bytes in %" PRIu64 " %s\n",
		figures->written, figures->missed, figures->seen, figures->octets, figures->files,
		figures->files == 1 ? "file" : "files");
}

int
cmd_capture_end(struct shell *shell, struct opt_error *err)
{
	struct capture_figures figures;
	int ret;

	session_park(shell->session);
	ret = capture_stop(shell->capture, &figures, err);
	session_unpark(shell->session);
	shell->capture = NULL;
	shell->tick = NULL;
	figures_show(shell->out, &figures);
	return ret;
}

static int
nothing_runs(struct opt_error *err)
{
	return opt_fail(err, -1, "no capture runs: " CAPTURE_USAGE " begins one");
}

static int
run_stop(struct shell *shell, const struct words *texts, struct opt_error *err)
{
	(void)texts;
	if (shell->capture == NULL)
		return nothing_runs(err);
	return cmd_capture_end(shell, err);
}

static int
run_show(struct shell *shell, const struct words *texts, struct opt_error *err)
{
	struct capture_figures figures;

	(void)texts;
	if (shell->capture == NULL)
		return nothing_runs(err);
	capture_figures(shell->capture, &figures);
	figures_show(shell->out, &figures);
	return 0;
}

const struct shell_cmd shell_cmds_capture[] = {
	{"capture start FILE [WHAT...]",
		"frames into a pcapng file: rx, tx (both unless said), drops with why; link NAME, "
		"snaplen BYTES, sample N, rotate SIZE COUNT",
		run_start},
	{"capture stop", "end the capture", run_stop},
	{"show capture", "what the capture has written and missed", run_show},
	{NULL, NULL, NULL},
};
