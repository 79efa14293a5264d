/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "live.h"

#define BAR_CELLS 24

/* Add a line, cut to the window; no more than it has rows. */
static void __attribute__((format(printf, 2, 3)))
line(struct live_text *text, const char *format, ...)
{
	char bytes[512];
	va_list args;

	if (text->row == text->rows)
		return;
	va_start(args, format);
	(void)vsnprintf(bytes, sizeof(bytes), format, args);
	va_end(args);
	/* The last line has no line end: it would scroll the window. */
	text->len += (size_t)snprintf(text->bytes + text->len, sizeof(text->bytes) - text->len,
		"%.*s%s", (int)text->columns, bytes,
		++text->row < text->rows ? text->line_end : "\x1b[K");
	if (text->len >= sizeof(text->bytes))
		text->len = sizeof(text->bytes) - 1;
}

static double
rate(uint64_t before, uint64_t now, double seconds)
{
	return (double)(now - before) / seconds;
}

static double
seconds_between(const struct live_sample *before, const struct live_sample *now)
{
	uint64_t cycles = now->tsc - before->tsc;

	return (double)(cycles != 0 ? cycles : 1) / (double)rte_get_tsc_hz();
}

static void
draw_links(struct live_text *text, const struct session *session, const struct live_sample *before,
	const struct live_sample *now)
{
	double seconds = seconds_between(before, now);

	line(text, "%-12s %12s %8s %12s %8s %12s", "link", "rx Mframes/s", "Gbit/s", "tx Mframes/s",
		"Gbit/s", "drops/s");
	for (unsigned i = 0; i < session->n_links; i++) {
		const struct live_link *a = &before->links[i], *b = &now->links[i];

		line(text, "%-12.12s %12.4f %8.3f %12.4f %8.3f %12.0f", session->links[i].name,
			rate(a->rx, b->rx, seconds) / 1e6,
			rate(a->rx_octets, b->rx_octets, seconds) * 8 / 1e9,
			rate(a->tx, b->tx, seconds) / 1e6,
			rate(a->tx_octets, b->tx_octets, seconds) * 8 / 1e9,
			rate(a->drops, b->drops, seconds));
	}
}

/* Cycles that a frame took, of those of turns with work; "-": there was none. */
static void
cycles_a_frame(const struct live_worker *a, const struct live_worker *b, char *text, size_t size)
{
	if (b->frames == a->frames)
		(void)snprintf(text, size, "-");
	else
		(void)snprintf(text, size, "%.0f",
			(double)(b->busy - a->busy) / (double)(b->frames - a->frames));
}

static double
busy_share(const struct live_worker *a, const struct live_worker *b)
{
	uint64_t total = b->total - a->total, busy = b->busy - a->busy;

	return total == 0 ? 0 : 100.0 * (double)RTE_MIN(busy, total) / (double)total;
}

static void
draw_workers(struct live_text *text, const struct session *session,
	const struct live_sample *before, const struct live_sample *now)
{
	line(text, "%-12s %6s %8s %14s %14s", "worker", "lcore", "busy", "cycles/frame",
		"outstanding");
	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct session_worker *worker = &session->workers[i];
		const struct live_worker *a = &before->workers[i], *b = &now->workers[i];
		char cycles[32];

		cycles_a_frame(a, b, cycles, sizeof(cycles));
		line(text, "%-12u %6u %7.1f%% %14s %14u", i, worker->lcore, busy_share(a, b),
			cycles, proto_worker_outstanding(worker->worker));
	}
}

/* [####    |     ]: in use, and its peak. */
static void
draw_pool(struct live_text *text, const char *name, const struct pktpool_usage *usage)
{
	uint64_t limit = (uint64_t)usage->n + usage->n_overflow;
	unsigned used = (unsigned)((uint64_t)usage->in_use * BAR_CELLS / limit);
	unsigned peak = (unsigned)((uint64_t)usage->peak * BAR_CELLS / limit);
	char bar[BAR_CELLS + 1];

	for (unsigned i = 0; i < BAR_CELLS; i++)
		bar[i] = i < used ? '#' : i == RTE_MIN(peak, BAR_CELLS - 1u) ? '|' : ' ';
	bar[BAR_CELLS] = '\0';
	line(text, "%-16.16s [%s] %7u of %7" PRIu64 ", peak %7u", name, bar, usage->in_use, limit,
		usage->peak);
}

static void
draw_pools(struct live_text *text, const struct session *session)
{
	struct pktpool_usage usage;

	for (unsigned i = 0; i < session->n_workers; i++) {
		const struct proto_worker *worker = session->workers[i].worker;
		struct pktpool *const pools[] = {
			proto_worker_pktpool(worker), proto_worker_rx_pool(worker)};
		struct bufpool *buffers = proto_worker_bufpool(worker);

		for (unsigned p = 0; p < RTE_DIM(pools); p++) {
			pktpool_usage(pools[p], &usage);
			draw_pool(text, pktpool_name(pools[p]), &usage);
		}
		bufpool_usage(buffers, &usage);
		draw_pool(text, bufpool_name(buffers), &usage);
	}
}

void
live_draw(struct live_text *text, const struct shell *shell, const struct live_sample *before,
	const struct live_sample *now)
{
	const struct session *session = shell->session;
	struct engine_figures figures;
	double seconds = 0;
	const struct engine *engine = session_figures(session, &figures, &seconds);

	if (session->running != NULL)
		line(text, "chainburst  %s, running for %.0f s  (q ends this view)", engine->name,
			seconds);
	else
		line(text, "chainburst  no engine runs  (q ends this view)");
	line(text, "%s", "");
	draw_links(text, session, before, now);
	line(text, "%s", "");
	draw_workers(text, session, before, now);
	line(text, "%s", "");
	draw_pools(text, session);
}

void
live_print(FILE *out, const struct shell *shell, double at, const struct live_sample *before,
	const struct live_sample *now)
{
	const struct session *session = shell->session;
	double seconds = seconds_between(before, now), busy = 0;
	uint32_t outstanding = 0;

	for (unsigned i = 0; i < session->n_workers; i++) {
		busy += busy_share(&before->workers[i], &now->workers[i]) / session->n_workers;
		outstanding += proto_worker_outstanding(session->workers[i].worker);
	}
	for (unsigned i = 0; i < session->n_links; i++) {
		const struct live_link *a = &before->links[i], *b = &now->links[i];

		fprintf(out,
			"%.1f s %s: rx %.4f Mframes/s %.3f Gbit/s, tx %.4f Mframes/s %.3f Gbit/s, "
			"%.0f drops/s, busy %.1f%%, outstanding %u\n",
			at, session->links[i].name, rate(a->rx, b->rx, seconds) / 1e6,
			rate(a->rx_octets, b->rx_octets, seconds) * 8 / 1e9,
			rate(a->tx, b->tx, seconds) / 1e6,
			rate(a->tx_octets, b->tx_octets, seconds) * 8 / 1e9,
			rate(a->drops, b->drops, seconds), busy, outstanding);
	}
	(void)fflush(out);
}
