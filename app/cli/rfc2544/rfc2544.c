/* SPDX-License-Identifier: BSD-3-Clause */
/* One run: what is measured between whom, size by size, and where the results go. */
#include "rfc2544.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "gnuplot.h"
#include "measure.h"

#define PORT 2544

/* Zeros become defaults. */
static void
fill_in(struct rfc2544_conf *conf)
{
	if (conf->family == 0)
		conf->family = PROTO_IPV4;
	if (conf->port == 0)
		conf->port = PORT;
	if (conf->trial <= 0)
		conf->trial = 1;
	if (conf->settle <= 0)
		conf->settle = 2;
	if (conf->resolution <= 0)
		conf->resolution = 0.01;
	if (conf->repeat == 0)
		conf->repeat = 1;
}

static int
check(const struct session *session, const struct rfc2544_conf *conf, struct opt_error *err)
{
	if (session->running != NULL)
		return opt_fail(err, -1, "%s is running: expected stop before bench",
			session->running->name);
	if (conf->tx_link >= session->n_links || (!conf->peer && conf->rx_link >= session->n_links))
		return opt_fail(err, -1, "bench between links %u and %u: there are %u; name others",
			conf->tx_link, conf->rx_link, session->n_links);
	if (!conf->peer && conf->tx_link == conf->rx_link)
		return opt_fail(err, -1,
			"bench from %s to itself: expected another link, or a peer of set to",
			session->links[conf->tx_link].name);
	if (conf->peer && (session->settings.to.family == 0 || session->settings.to_port == 0))
		return opt_fail(err, -1,
			"bench with a peer: expected set to ADDRESS:PORT of one that sends back");
	if (conf->resolution >= 1)
		return opt_fail(err, -1,
			"resolution %g: expected a part of the highest rate, "
			"as 0.01",
			conf->resolution);
	return 0;
}

/* An address of the link that receives. Returns 0, or -1 with `err`. */
static int
address_of(const struct session_link *link, uint8_t family, struct proto_addr *addr,
	struct opt_error *err)
{
	struct proto_addr_info infos[PROTO_ADDRS_MAX];
	unsigned n = proto_addr_list(link->link, infos, PROTO_ADDRS_MAX);

	for (unsigned i = 0; i < n; i++) {
		if (infos[i].addr.family == family && infos[i].usable) {
			*addr = infos[i].addr;
			return 0;
		}
	}
	return opt_fail(
		err, -1, "%s has no IPv%u address to send to: addr add one", link->name, family);
}

static int
set_trial(struct trial *trial, const struct session *session, const struct rfc2544_conf *conf,
	struct opt_error *err)
{
	*trial = (struct trial){
		.tx = session->links[conf->tx_link].link,
		.to = session->settings.to,
		.to_port = session->settings.to_port,
		.data = conf->data,
		.rest = conf->rest,
		.rest_ctx = conf->rest_ctx,
		.payload = TRIAL_PAYLOAD_MIN,
		.run = (uint16_t)rte_rdtsc(),
	};
	if (conf->peer)
		return 0;
	trial->rx = session->links[conf->rx_link].link;
	trial->to_port = conf->port;
	return address_of(&session->links[conf->rx_link], conf->family, &trial->to, err);
}

/* The tx link's, or a router's word. */
static uint16_t
mtu_of(const struct trial *trial)
{
	uint16_t mtu = proto_pmtu(trial->tx, &trial->to);
	struct proto_link_info info;

	if (trial->rx == NULL)
		return mtu;
	proto_link_info(trial->rx, &info);
	return info.mtu < mtu ? info.mtu : mtu;
}

/* Sizes and shapes of all rows. Returns 0, or -1 with `err`. */
static int
make_rows(struct result *result, struct rfc2544_conf *conf, uint16_t mtu, struct opt_error *err)
{
	uint16_t port_id = result->session->links[conf->tx_link].port_id;
	struct rte_eth_link link = {.link_speed = 0};

	if (rte_eth_link_get_nowait(port_id, &link) < 0 ||
		link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		link.link_speed = 0;
	if (conf->n_sizes == 0)
		conf->n_sizes = shape_defaults(conf->sizes, result->family, mtu);
	result->rows = calloc(conf->n_sizes, sizeof(*result->rows));
	if (result->rows == NULL)
		return opt_fail(err, -1, "no memory for %u results", conf->n_sizes);
	for (; result->n_rows < conf->n_sizes; result->n_rows++) {
		struct result_row *row = &result->rows[result->n_rows];

		row->size = conf->sizes[result->n_rows];
		if (shape_of(&row->shape, &row->size, result->family, mtu, err) < 0)
			return -1;
		row->line = shape_line_rate(&row->shape, link.link_speed);
	}
	return 0;
}

static int
measure_all(struct result *result, struct measure *measure, FILE *table)
{
	table_head(table, result);
	if (measure_warm_up(measure) < 0)
		return -1;
	for (unsigned i = 0; i < result->n_rows; i++) {
		if (measure_row(measure, &result->rows[i]) < 0)
			return -1;
		table_row(table, result, &result->rows[i]);
	}
	return 0;
}

/* The JSON file is opened before anything is measured: its name may be wrong. */
static int
open_json(FILE **out, const char *name, struct opt_error *err)
{
	*out = name == NULL ? NULL : fopen(name, "we");
	if (name == NULL || *out != NULL)
		return 0;
	return opt_fail(
		err, -1, "%.200s: expected a file that can be written: %s", name, strerror(errno));
}

static int
close_json(FILE *out, const char *name, struct opt_error *err)
{
	if (out == NULL)
		return 0;
	if (ferror(out) == 0 && fclose(out) == 0)
		return 0;
	return opt_fail(err, -1, "%.200s: cannot be written: %s", name, strerror(errno));
}

/* With all files open. */
static int
run(struct result *result, struct measure *measure, FILE *table, FILE *json, FILE *plot)
{
	if (measure_all(result, measure, table) < 0)
		return -1;
	if (json != NULL)
		json_write(json, result);
	if (plot != NULL)
		plot_write(plot, result);
	return 0;
}

static int
run_into(struct result *result, struct measure *measure, FILE *table, const char *json,
	const char *svg, struct opt_error *err)
{
	struct gnuplot gnuplot;
	struct opt_error late;
	FILE *json_file;
	int ret;

	if (open_json(&json_file, json, err) < 0)
		return -1;
	if (gnuplot_open(&gnuplot, svg, err) < 0) {
		(void)close_json(json_file, json, &late);
		return -1;
	}
	ret = run(result, measure, table, json_file, gnuplot.in);
	if (close_json(json_file, json, &late) < 0 && ret == 0) {
		*err = late;
		ret = -1;
	}
	if (gnuplot_close(&gnuplot, &late) < 0 && ret == 0) {
		*err = late;
		ret = -1;
	}
	return ret;
}

int
rfc2544_run(struct session *session, const struct rfc2544_conf *given, FILE *table,
	const char *json, const char *svg, struct opt_error *err)
{
	struct rfc2544_conf conf = *given;
	struct measure *measure = calloc(1, sizeof(*measure)); /* it has a histogram in it */
	struct result result = {.conf = &conf, .session = session};
	int ret = -1;

	if (measure == NULL)
		return opt_fail(err, -1, "no memory for a measurement");
	fill_in(&conf);
	measure->session = session;
	measure->conf = &conf;
	measure->err = err;
	if (check(session, &conf, err) == 0 &&
		set_trial(&measure->trial, session, &conf, err) == 0) {
		result.family = measure->trial.to.family;
		if (make_rows(&result, &conf, mtu_of(&measure->trial), err) == 0)
			ret = run_into(&result, measure, table, json, svg, err);
	}
	free(result.rows);
	free(measure);
	return ret;
}
