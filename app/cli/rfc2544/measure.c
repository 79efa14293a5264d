/* SPDX-License-Identifier: BSD-3-Clause */
#include "measure.h"

#include <rte_cycles.h>

#include "search.h"

#define WARM_UPS 3 /* of a second each: a neighbour that does not answer is given up then */

/* Run measure->trial as it is set. */
static int
run(struct measure *m)
{
	m->trial.settle = m->conf->settle;
	return trial_run(m->session, &m->trial, &m->last, m->err);
}

/* A part of the payloads was lost. */
static double
loss(const struct trial_result *result)
{
	if (result->sent == 0 || result->received >= result->sent)
		return 0;
	return (double)(result->sent - result->received) / (double)result->sent;
}

static bool
passed(const struct measure *m)
{
	return m->last.sent > 0 && loss(&m->last) <= m->conf->tolerance;
}

/* For the time of a trial at this rate; 0: as fast as it goes. */
static int
run_rate(struct measure *m, double rate)
{
	m->trial.rate = rate;
	m->trial.seconds = m->conf->trial;
	m->trial.count = 0;
	return run(m);
}

/* So many, as fast as they go. */
static int
run_burst(struct measure *m, uint64_t count)
{
	m->trial.rate = 0;
	m->trial.seconds = 0;
	m->trial.count = count;
	return run(m);
}

/* Payloads a second that went. */
static double
reached(const struct measure *m)
{
	return (double)m->last.sent / m->conf->trial;
}

static int
try_rate(void *arg, double rate, struct search_seen *seen)
{
	struct measure *m = arg;

	if (run_rate(m, rate) < 0)
		return -1;
	*seen = (struct search_seen){reached(m), passed(m)};
	return 0;
}

static int
try_burst(void *arg, double count, struct search_seen *seen)
{
	struct measure *m = arg;

	if (run_burst(m, (uint64_t)count < 1 ? 1 : (uint64_t)count) < 0)
		return -1;
	*seen = (struct search_seen){(double)m->last.sent, passed(m)};
	return 0;
}

int
measure_warm_up(struct measure *m)
{
	double settle = m->conf->settle > 1 ? m->conf->settle : 1;

	for (unsigned i = 0; i < WARM_UPS; i++) {
		m->trial.rate = m->trial.seconds = 0;
		m->trial.count = m->session->n_workers;
		m->trial.settle = settle;
		if (trial_run(m->session, &m->trial, &m->last, m->err) < 0)
			return -1;
		if (m->last.received > 0)
			return 0;
	}
	return opt_fail(m->err, -1,
		m->conf->peer ? "no payload came back from the peer of set to: expected one that "
				"sends back what it gets, as set fwd echo or reflect do"
			      : "no payload of %s came to %s: expected a cable or a device between "
				"them that lets it through; show neigh, show drops say more",
		m->session->links[m->conf->tx_link].name, m->session->links[m->conf->rx_link].name);
}

/* The highest rate that a search begins with. */
static int
highest(struct measure *m, const struct result_row *row, double *rate)
{
	*rate = m->conf->rate > 0 ? m->conf->rate : row->line;
	if (*rate > 0)
		return 0;
	/* Nobody knows: as fast as the sender can. */
	if (run_rate(m, 0) < 0)
		return -1;
	*rate = reached(m);
	return *rate > 0 ? 0 : opt_fail(m->err, -1, "nothing could be sent");
}

static int
throughput(struct measure *m, struct result_row *row)
{
	struct search_found found;
	double max;

	if (highest(m, row, &max) < 0 ||
		search_rate(max, m->conf->resolution, try_rate, m, &found) < 0)
		return -1;
	row->rate = found.rate;
	row->trials = found.trials;
	row->sender_bound = found.sender_bound || (found.rate >= max && row->line <= 0);
	return 0;
}

/* In ns from here on. */
static void
add_latency(struct result_row *row, const struct hist *cycles)
{
	double ns = 1e9 / (double)rte_get_tsc_hz();

	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		uint64_t top = hist_bucket_top(i);

		if (cycles->buckets[i] == 0)
			continue;
		top = top < cycles->max ? top : cycles->max;
		top = top > cycles->min ? top : cycles->min;
		hist_add(&row->latency, (uint64_t)((double)top * ns), cycles->buckets[i]);
	}
	/* These are known better than their bucket. */
	if (cycles->n > 0 && (uint64_t)((double)cycles->min * ns) < row->latency.min)
		row->latency.min = (uint64_t)((double)cycles->min * ns);
}

/* RFC 2544 26.2: at the throughput; every payload is timed, not one in a trial. */
static int
latency(struct measure *m, struct result_row *row)
{
	if (throughput(m, row) < 0)
		return -1;
	hist_init(&row->latency);
	for (unsigned i = 0; i < m->conf->repeat && row->rate > 0; i++) {
		if (run_rate(m, row->rate) < 0)
			return -1;
		add_latency(row, &m->last.latency);
		row->trials++;
	}
	return 0;
}

/* RFC 2544 26.3: 100 %, 90 %... of the highest rate, until two in a row lose nothing. */
static int
frame_loss(struct measure *m, struct result_row *row)
{
	unsigned good = 0;
	double max;

	if (highest(m, row, &max) < 0)
		return -1;
	while (row->n_points < RESULT_POINTS && good < 2) {
		struct result_point *point = &row->points[row->n_points];

		if (run_rate(m, max * (RESULT_POINTS - row->n_points) / RESULT_POINTS) < 0)
			return -1;
		*point = (struct result_point){reached(m), loss(&m->last)};
		good = point->loss > m->conf->tolerance ? 0 : good + 1;
		row->n_points++;
		row->trials++;
	}
	return 0;
}

/* RFC 2544 26.4: the longest burst without loss, up to one that lasts a trial. */
static int
back_to_back(struct measure *m, struct result_row *row)
{
	struct search_found found;
	double longest;

	if (run_rate(m, 0) < 0)
		return -1;
	longest = m->conf->rate > 0 ? m->conf->rate * m->conf->trial : (double)m->last.sent;
	for (unsigned i = 0; i < m->conf->repeat && longest >= 1; i++) {
		if (search_rate(longest, m->conf->resolution, try_burst, m, &found) < 0)
			return -1;
		row->burst += found.rate / m->conf->repeat;
		row->trials += found.trials;
	}
	return 0;
}

int
measure_row(struct measure *m, struct result_row *row)
{
	static int (*const of[])(struct measure * m, struct result_row * row) = {
		throughput, latency, frame_loss, back_to_back};

	m->trial.payload = row->shape.payload;
	return of[m->conf->test](m, row);
}
