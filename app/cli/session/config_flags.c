/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_flags.h"

#include <string.h>

#include "config_check.h"
#include "config_flag_set.h"
#include "config_keys.h"

#define F(field) OPT_FIELD(struct config_flags, field)

static const struct opt options[] = {
	{"config", 0, "FILE", opt_set_text, F(file), .expect = "the name of a YAML file",
		.help = "read links, addresses, pools, ... from this YAML file;\n"
			"configs/reference.yaml explains each key; flags win over it"},
	{"vdev", 0, "SPEC", config_flag_vdev, .expect = "a DPDK virtual device, as in net_null0",
		.help = "make this DPDK virtual device; without any link named it is one;\n"
			"may be given again"},
	{"link", 0, "PORT[,KEY=VALUE]", config_flag_link,
		.expect = "PORT[,KEY=VALUE]..., as in net_null0,name=up,mtu=9000,dad",
		.help = "a link on this DPDK port (name, PCI address or number), with keys as in\n"
			"the file: name, mtu, rx_descriptors, tx_descriptors, dad, slaac,\n"
			"promiscuous, offload; may be given again"},
	{"addr", 0, "[LINK=]ADDR/LEN", config_flag_addr,
		.expect = "[LINK=]ADDR/LEN of a host, as in 192.0.2.1/24 or up=2001:db8::1/64",
		.help = "an address of a link [the first]; may be given again"},
	{"neigh", 0, "[LINK=]ADDR=MAC", config_flag_neigh,
		.expect = "[LINK=]ADDR=MAC of one host, as in 192.0.2.2=02:00:00:00:00:01",
		.help = "a neighbour who need not be asked for (ARP, ND); may be given again"},
	{"gateway", 0, "[LINK=]ADDR", config_flag_gateway,
		.expect = "[LINK=]ADDR of a router, as in 192.0.2.254",
		.help = "the router to what is on no link, one for each IP version"},
	{"workers", 0, "N", config_flag_key, .expect = "a number, 1..64",
		.help = "workers, each with a queue on every link; an lcore each (EAL's -l)\n"
			"if there are enough [1]"},
	{"engine", 0, "NAME", config_flag_key, .expect = "the name of an engine, as in txonly",
		.help = "what works on the links, as the command set fwd"},
	{"command", 'c', "COMMAND", config_flag_command,
		.expect = "commands of 255 characters at most, as in 'show port stats all'",
		.help = "commands at start-up, a ; between them; may be given again"},
	{"script", 0, "FILE", opt_set_text, F(script), .expect = "the name of a file, or -",
		.help = "commands from this file instead of a prompt; - is standard input"},
	{"keep-going", 0, NULL, opt_set_flag, F(keep_going),
		.help = "go on after a command that failed (the exit status is 1 all the same)"},
	{"echo", 0, NULL, opt_set_flag, F(echo), .help = "write each command before it is run"},
	{"live", 0, NULL, opt_set_flag, F(live), .help = "begin with show live"},
	{"help", 'h', NULL, opt_set_flag, F(help), .help = "print this"},
};

#define N_OPTIONS OPT_ROWS(options)

/* Does this flag make links, which others name? */
static bool
makes_links(const struct opt *opt)
{
	return opt->set == config_flag_vdev || opt->set == config_flag_link;
}

/* The target of opt_parse() while flags that change the configuration are put off. */
struct parsing {
	struct config_flags flags; /* first, for the offsets of the table */
	const struct opt *deferring;
};

static int
defer(const struct opt *opt, const char *text, void *target, struct opt_error *err)
{
	struct parsing *parsing = target;
	struct config_flags *flags = &parsing->flags;

	if (flags->n_waiting == CONFIG_FLAGS_MAX)
		return opt_fail(err, OPT_USAGE, "--%s: more than %u flags; use --config FILE",
			opt->name, CONFIG_FLAGS_MAX);
	flags->commands |= opt->letter == 'c';
	flags->waiting[flags->n_waiting++] =
		(struct config_flag){&options[opt - parsing->deferring], text};
	return OPT_OK;
}

/* The table with each setter of the configuration replaced by defer(). */
static void
deferring_table(struct opt table[N_OPTIONS])
{
	memcpy(table, options, sizeof(options));
	for (unsigned i = 0; i < N_OPTIONS; i++) {
		if (table[i].width == 0) /* it stores nothing in struct config_flags */
			table[i].set = defer;
	}
}

static int
apply(struct config_flags *flags, bool links, struct opt_error *err)
{
	for (unsigned i = 0; i < flags->n_waiting; i++) {
		const struct config_flag *flag = &flags->waiting[i];
		int status = OPT_OK;

		if (makes_links(flag->opt) == links)
			status = flag->opt->set(flag->opt, flag->text, flags->config, err);
		if (status != OPT_OK)
			return status;
	}
	return OPT_OK;
}

/* Where nobody names a link, each --vdev is one. */
static int
links_of_vdevs(struct config_flags *flags, struct opt_error *err)
{
	if (flags->config->n_links > 0)
		return OPT_OK;
	for (unsigned i = 0; i < flags->n_waiting; i++) {
		const struct config_flag *flag = &flags->waiting[i];
		char port[CONFIG_TEXT_MAX + 1];

		if (flag->opt->set != config_flag_vdev)
			continue;
		(void)snprintf(
			port, sizeof(port), "%.*s", (int)strcspn(flag->text, ","), flag->text);
		if (config_flag_link(flag->opt, port, flags->config, err) != OPT_OK)
			return OPT_BAD_VALUE;
	}
	return OPT_OK;
}

static int
fill(struct config_flags *flags, struct opt_error *err)
{
	int status;

	if (flags->file != NULL && config_read(flags->config, flags->file, err) != 0)
		return OPT_BAD_VALUE;
	status = apply(flags, true, err);
	if (status == OPT_OK)
		status = links_of_vdevs(flags, err);
	if (status == OPT_OK)
		status = apply(flags, false, err);
	if (status == OPT_OK && config_check(flags->config, NULL, err) != 0)
		status = OPT_BAD_VALUE;
	return status;
}

int
config_flags_parse(struct config_flags *flags, struct config *config, int argc, char **argv,
	struct opt_error *err)
{
	struct opt table[N_OPTIONS];
	struct parsing parsing = {.flags = {.config = config}, .deferring = table};
	unsigned n_words = 0;
	int status;

	config_init(config);
	deferring_table(table);
	status = opt_parse(table, N_OPTIONS, argc, argv, &parsing, &n_words, err);
	*flags = parsing.flags;
	if (status != OPT_OK || flags->help)
		return status;
	if (n_words > 0)
		return opt_fail(err, OPT_USAGE,
			"%.100s: not an option; a command stands behind -c, in quotes", argv[0]);
	return fill(flags, err);
}

void
config_flags_help(FILE *out)
{
	opt_help(out, options, N_OPTIONS);
}
