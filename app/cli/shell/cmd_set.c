/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that change what engines read when they start. The words fit their kinds. */
#include <inttypes.h>
#include <string.h>

#include "shell.h"
#include "values.h"

#define DELAY_MAX_US 10000000

static const char *const cuts[] = {
	[PROTO_SEGMENT] = "segment", [PROTO_FRAGMENT] = "fragment", NULL};
static const char *const datas[] = {
	[PROTO_DATA_AUTO] = "auto", [PROTO_DATA_COPY] = "copy", [PROTO_DATA_MAP] = "map", NULL};

#define SETTING(field) OPT_FIELD(struct session_settings, field)

static const struct opt numbers[] = {
	{.name = "burst", SETTING(burst), .min = 1, .max = 512, .expect = "1 to 512 payloads"},
	{.name = "flows", SETTING(flows), .min = 1, .max = 65535, .expect = "1 to 65535 flows"},
	{.name = "count", SETTING(count), .max = UINT64_MAX, .expect = "payloads; 0: no end"},
	{.name = "seed", SETTING(seed), .max = UINT64_MAX, .expect = "a number"},
};

static struct session_settings *
settings(struct shell *shell)
{
	return &shell->session->settings;
}

static int
set_fwd(struct shell *shell, const struct words *words, struct opt_error *err)
{
	const struct engine *engine = engine_find(words->at[2]);

	if (shell->session->running != NULL && engine != shell->session->running)
		return opt_fail(
			err, -1, "set fwd: %s runs: stop it first", shell->session->running->name);
	settings(shell)->engine = engine;
	return 0;
}

static int
set_number(struct shell *shell, const struct words *words, struct opt_error *err)
{
	for (unsigned i = 0; i < OPT_ROWS(numbers); i++) {
		if (strcmp(numbers[i].name, words->at[1]) != 0)
			continue;
		if (opt_set_number(&numbers[i], words->at[2], settings(shell), err) == OPT_OK)
			return 0;
		return opt_fail(err, -1, "set %s %.64s: expected %s", words->at[1], words->at[2],
			numbers[i].expect);
	}
	return -1;
}

static int
set_payload(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct session_settings *set = settings(shell);

	(void)err;
	set->imix = strcmp(words->at[2], "imix") == 0;
	set->n_txpkts = 0;
	if (!set->imix)
		(void)value_range(
			words->at[2], PROTO_PAYLOAD_MAX_IPV6, &set->payload_min, &set->payload_max);
	return 0;
}

/* The pieces are the payload: their sum is its length. */
static int
set_txpkts(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct session_settings *set = settings(shell);
	uint16_t pieces[VALUE_PIECES_MAX];
	uint32_t n = 0, sum = 0;

	(void)value_pieces(words->at[2], pieces, &n);
	for (uint32_t i = 0; i < n; i++)
		sum += pieces[i];
	if (sum > PROTO_PAYLOAD_MAX_IPV6)
		return opt_fail(err, -1,
			"set txpkts %.64s: %u bytes in all: a payload has at most %u", words->at[2],
			sum, PROTO_PAYLOAD_MAX_IPV6);
	memcpy(set->txpkts, pieces, sizeof(pieces));
	set->n_txpkts = n;
	set->payload_min = set->payload_max = sum;
	set->imix = false;
	return 0;
}

/* The index of a word in a list that has it. */
static unsigned
index_of(const char *const *list, const char *word)
{
	unsigned i = 0;

	while (list[i] != NULL && strcmp(list[i], word) != 0)
		i++;
	return i;
}

static int
set_cut(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)err;
	settings(shell)->cut = (enum proto_cut)index_of(cuts, words->at[2]);
	return 0;
}

static int
set_data(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)err;
	settings(shell)->data = (enum proto_data)index_of(datas, words->at[2]);
	return 0;
}

static int
set_rate(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)err;
	(void)value_rate(words->at[2], &settings(shell)->rate);
	return 0;
}

static int
set_to(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)err;
	(void)value_addr_port(words->at[2], &settings(shell)->to, &settings(shell)->to_port);
	return 0;
}

static int
set_from(struct shell *shell, const struct words *words, struct opt_error *err)
{
	(void)err;
	(void)value_addr_port(words->at[2], &settings(shell)->from, &settings(shell)->from_port);
	return 0;
}

static int
set_file(struct shell *shell, const struct words *words, struct opt_error *err)
{
	char *field = strcmp(words->at[1], "input") == 0 ? settings(shell)->input
							 : settings(shell)->output;

	if (strlen(words->at[2]) > CONFIG_TEXT_MAX)
		return opt_fail(err, -1, "set %s: the name is longer than %u bytes: give a shorter",
			words->at[1], CONFIG_TEXT_MAX);
	(void)snprintf(field, CONFIG_TEXT_MAX + 1, "%s", words->at[2]);
	return 0;
}

static int
set_share(struct shell *shell, const struct words *words, struct opt_error *err)
{
	struct session_settings *set = settings(shell);
	double *const fields[] = {&set->loss, &set->reorder, &set->duplicate};
	static const char *const names[] = {"loss", "reorder", "duplicate", NULL};

	(void)err;
	(void)value_share(words->at[2], fields[index_of(names, words->at[1])]);
	return 0;
}

static int
set_delay(struct shell *shell, const struct words *words, struct opt_error *err)
{
	uint64_t us;

	(void)value_time(words->at[2], &us);
	if (us > DELAY_MAX_US)
		return opt_fail(err, -1, "set delay %.64s: expected 10s at most", words->at[2]);
	settings(shell)->delay_us = (uint32_t)us;
	return 0;
}

static void
print_place(FILE *out, const char *name, const struct proto_addr *addr, uint16_t port)
{
	char text[PROTO_ADDR_STR_MAX];
	bool brackets = addr->family == PROTO_IPV6 && port != 0;

	if (addr->family == 0)
		return;
	fprintf(out, "set %s %s%s%s", name, brackets ? "[" : "",
		proto_addr_format(addr, text, sizeof(text)), brackets ? "]" : "");
	if (port != 0)
		fprintf(out, ":%u", port);
	fputc('\n', out);
}

static void
print_payload(FILE *out, const struct session_settings *set)
{
	if (set->n_txpkts != 0) {
		for (uint32_t i = 0; i < set->n_txpkts; i++)
			fprintf(out, "%s%u", i == 0 ? "set txpkts " : ",", set->txpkts[i]);
		fputc('\n', out);
	} else if (set->imix) {
		fprintf(out, "set payload imix\n");
	} else if (set->payload_min == set->payload_max) {
		fprintf(out, "set payload %u\n", set->payload_min);
	} else {
		fprintf(out, "set payload %u-%u\n", set->payload_min, set->payload_max);
	}
}

static void
print_rate(FILE *out, uint64_t rate)
{
	if (rate == 0)
		fprintf(out, "set rate unlimited\n");
	else
		fprintf(out, "set rate %" PRIu64 "\n", rate);
}

/* As commands, so that what is shown can be run again. */
static int
show_config(struct shell *shell, const struct words *words, struct opt_error *err)
{
	const struct session_settings *set = settings(shell);
	FILE *out = shell->out;

	(void)words, (void)err;
	if (set->engine != NULL)
		fprintf(out, "set fwd %s\n", set->engine->name);
	print_place(out, "to", &set->to, set->to_port);
	print_place(out, "from", &set->from, set->from_port);
	print_payload(out, set);
	fprintf(out, "set cut %s\nset data %s\nset burst %u\n", cuts[set->cut], datas[set->data],
		set->burst);
	print_rate(out, set->rate);
	fprintf(out, "set flows %u\nset count %" PRIu64 "\n", set->flows, set->count);
	if (set->input[0] != '\0')
		fprintf(out, "set input \"%s\"\n", set->input);
	if (set->output[0] != '\0')
		fprintf(out, "set output \"%s\"\n", set->output);
	fprintf(out,
		"set loss %g\nset reorder %g\nset duplicate %g\nset delay %uus\nset seed %" PRIu64
		"\n",
		set->loss, set->reorder, set->duplicate, set->delay_us, set->seed);
	return 0;
}

const struct shell_cmd shell_cmds_set[] = {
	{"set fwd ENGINE", "what start starts", set_fwd},
	{"set to ADDR:PORT", "where txonly and pipe send", set_to},
	{"set from ADDR[:PORT]", "from where engines send, and where they listen", set_from},
	{"set payload imix|BYTES", "how long payloads are: one length, a range, a mix",
		set_payload},
	{"set txpkts PIECES", "of which pieces a payload is made", set_txpkts},
	{"set cut segment|fragment", "many datagrams, or one in IP fragments", set_cut},
	{"set data auto|copy|map", "how payloads come into frames", set_data},
	{"set rate RATE", "payload bits a second, all workers", set_rate},
	{"set burst N", "payloads handed over at once, 1 to 512", set_number},
	{"set flows N", "of txonly, by local port", set_number},
	{"set count N", "payloads, then the engine is done; 0: no end", set_number},
	{"set seed N", "of what is random in engines", set_number},
	{"set input FILE", "what pipe sends", set_file},
	{"set output FILE", "where pipe and rxonly write", set_file},
	{"set loss SHARE", "share of frames that loss loses", set_share},
	{"set reorder SHARE", "share of frames that loss sends later", set_share},
	{"set duplicate SHARE", "share of frames that loss sends twice", set_share},
	{"set delay TIME", "for how long loss keeps each frame", set_delay},
	{"show config", "the settings, as commands", show_config},
	{NULL, NULL, NULL},
};
