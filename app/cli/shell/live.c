/* SPDX-License-Identifier: BSD-3-Clause */
/* show live: a screen refreshed each second, or plain lines where there is no terminal. */
#include "live.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "values.h"

#define SCREEN_BEGIN "\x1b[?1049h\x1b[?25l\x1b[2J" /* the other screen, no cursor */
#define SCREEN_END   "\x1b[?25h\x1b[?1049l"
#define SCREEN_HOME  "\x1b[H"
#define SCREEN_REST  "\x1b[J"
#define LINE_END     "\x1b[K\r\n"
#define COLUMNS_MIN  40
#define ROWS_MIN     6
#define COLUMNS	     80
#define ROWS	     24
#define TIMES_MAX    1000000

/* The stack's counters of a link; while a raw engine has the ports, theirs. */
static void
link_take(const struct session_link *link, bool raw, struct live_link *sample)
{
	struct rte_eth_stats eth = {.ipackets = 0};
	struct proto_counters c;

	(void)rte_eth_stats_get(link->port_id, &eth);
	proto_link_counters(link->link, &c);
	*sample = raw ? (struct live_link){eth.ipackets, eth.opackets, eth.ibytes, eth.obytes, 0}
		      : (struct live_link){c.count[PROTO_C_FRAMES_RECEIVED],
				c.count[PROTO_C_FRAMES_SENT], c.count[PROTO_C_OCTETS_RECEIVED],
				c.count[PROTO_C_OCTETS_SENT], 0};
	sample->drops = c.count[PROTO_C_FRAMES_DISCARDED] + eth.imissed + eth.rx_nombuf;
}

void
live_take(const struct shell *shell, struct live_sample *sample)
{
	const struct session *session = shell->session;
	bool raw = session->running != NULL && session->running->raw;

	sample->tsc = rte_get_tsc_cycles();
	for (unsigned i = 0; i < session->n_links; i++)
		link_take(&session->links[i], raw, &sample->links[i]);
	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct session_worker *worker = &session->workers[i];
		struct proto_counters c;

		proto_worker_counters(worker->worker, &c);
		sample->workers[i] = (struct live_worker){
			.busy = atomic_load_explicit(&worker->busy_cycles, memory_order_relaxed),
			.total = atomic_load_explicit(&worker->total_cycles, memory_order_relaxed),
			.frames = c.count[PROTO_C_FRAMES_RECEIVED] + c.count[PROTO_C_FRAMES_SENT],
		};
	}
}

/* The window's size; the usual one where nobody knows. */
static void
text_begin(struct live_text *text)
{
	struct winsize size = {.ws_row = 0};

	*text = (struct live_text){.rows = ROWS, .columns = COLUMNS, .line_end = LINE_END};
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row != 0 && size.ws_col != 0) {
		text->rows = size.ws_row;
		text->columns = size.ws_col;
	}
	text->len = (size_t)snprintf(text->bytes, sizeof(text->bytes), SCREEN_HOME);
}

/* All at once: a terminal shows no half of it. */
static void
put(FILE *out, const char *bytes, size_t len)
{
	(void)fflush(out);
	while (len != 0) {
		ssize_t n = write(fileno(out), bytes, len);

		if (n < 0 && errno != EINTR)
			return;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

static void
show_screen(
	const struct shell *shell, const struct live_sample *before, const struct live_sample *now)
{
	static struct live_text text; /* of the control thread, large */

	text_begin(&text);
	if (text.rows < ROWS_MIN || text.columns < COLUMNS_MIN)
		text.len += (size_t)snprintf(text.bytes + text.len, sizeof(text.bytes) - text.len,
			"%.*s\x1b[K", (int)text.columns,
			"the window is too small: 40x6 is the least");
	else
		live_draw(&text, shell, before, now);
	text.len +=
		(size_t)snprintf(text.bytes + text.len, sizeof(text.bytes) - text.len, SCREEN_REST);
	put(shell->out, text.bytes, text.len);
}

void
live_run(struct shell *shell, unsigned n)
{
	struct live_sample samples[2];
	bool screen = isatty(fileno(shell->out)) != 0;
	uint64_t hz = rte_get_tsc_hz(), start = rte_get_tsc_cycles();
	enum shell_wake wake = SHELL_TIME;

	shell->q_ends = true;
	if (screen)
		put(shell->out, SCREEN_BEGIN, strlen(SCREEN_BEGIN));
	live_take(shell, &samples[0]);
	for (unsigned i = 1; wake == SHELL_TIME && (n == 0 || i <= n); i++) {
		wake = shell_rest(shell, start + i * hz);
		live_take(shell, &samples[i % 2]);
		if (screen)
			show_screen(shell, &samples[(i - 1) % 2], &samples[i % 2]);
		else
			live_print(shell->out, shell,
				(double)(samples[i % 2].tsc - start) / (double)hz,
				&samples[(i - 1) % 2], &samples[i % 2]);
		if (!screen && session_is_done(shell->session))
			break;
	}
	if (screen)
		put(shell->out, SCREEN_END, strlen(SCREEN_END));
	shell->q_ends = false;
}

static int
show_live(struct shell *shell, const struct words *words, struct opt_error *err)
{
	uint64_t n = 0;

	if (words->n > 2 && !value_number(words->at[2], 1, TIMES_MAX, &n))
		return opt_fail(err, -1, "show live %.32s: expected 1 to %u seconds", words->at[2],
			TIMES_MAX);
	live_run(shell, (unsigned)n);
	return 0;
}

const struct shell_cmd shell_cmds_live[] = {
	{"show live [COUNT]", "rates each second, COUNT times; q or Ctrl-C ends it", show_live},
	{NULL, NULL, NULL},
};
