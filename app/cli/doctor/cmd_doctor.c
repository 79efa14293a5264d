/* SPDX-License-Identifier: BSD-3-Clause */
/* chainburst doctor: what this machine lacks, what that costs, and the command that mends it. */
#include <string.h>

#include <rte_version.h>

#include "../cmd.h"
#include "doctor.h"

enum need {
	NEED_ASKED, /* by the EAL arguments and the file, if there are any */
	NEED_NO_HUGE,
	NEED_NIC,
};

static const char *const need_names[] = {
	[NEED_ASKED] = "auto", [NEED_NO_HUGE] = "no-huge", [NEED_NIC] = "nic", NULL};

struct doctor_args {
	const char *file, *root;
	uint8_t need; /* enum need */
	bool json, help;
};

#define F(field) OPT_FIELD(struct doctor_args, field)

static const struct opt options[] = {
	{"need", 0, "WHAT", opt_set_choice, F(need), .choices = need_names,
		.expect = "no-huge, nic or auto",
		.help = "what has to work: no-huge: virtual devices, without hugepages and root;\n"
			"nic: a NIC that DPDK drives; auto: nic if there are EAL arguments (or a\n"
			"file) without --no-huge [auto]"},
	{"config", 0, "FILE", opt_set_text, F(file), .expect = "the name of a YAML file",
		.help = "look also at the ports and links of this configuration"},
	{"json", 0, NULL, opt_set_flag, F(json), .help = "print one JSON object"},
	{"sysroot", 0, "DIR", opt_set_text, F(root), .expect = "the name of a directory",
		.help = "read DIR/sys, DIR/proc, ... instead of /sys, /proc, ...: for tests"},
	{"help", 'h', NULL, opt_set_flag, F(help), .help = "print this"},
};

static void
help(void)
{
	fputs("usage: chainburst [EAL ARGUMENTS --] doctor [options]\n\n"
	      "Looks at hugepages, IOMMU and vfio, drivers, rights, NUMA and CPUs, and prints for "
	      "each\n"
	      "thing that is missing what it costs and the command that mends it. It changes "
	      "nothing.\n"
	      "With EAL arguments or --config it starts the EAL and looks at the ports, too.\n\n",
		stdout);
	opt_help(stdout, options, OPT_ROWS(options));
	fputs("\nExit status: 0 if what is needed works (there may be warnings); 1 if something "
	      "that it\n"
	      "needs fails, or a value or a file is bad; 2 for a wrong command line.\n"
	      "\n--json prints one object: need, ready, fail and warn (how many), findings: each "
	      "with\n"
	      "severity (ok, warn, fail), check, what, costs, cure.\n",
		stdout);
}

static int
parse(struct doctor_args *args, int argc, char **argv, struct opt_error *err)
{
	unsigned n_words = 0;
	int status = opt_parse(options, OPT_ROWS(options), argc, argv, args, &n_words, err);

	if (status == OPT_OK && n_words > 0 && !args->help)
		return opt_fail(err, OPT_USAGE, "doctor: %.100s: expected options only; see --help",
			argv[0]);
	return status;
}

/* Do these words do without hugepages? As eal_start_words() has it, devices alone do. */
static bool
is_no_huge(const struct eal_args *eal, const struct config *config)
{
	bool devices_alone = eal->argc == 0;

	for (int i = 1; i < eal->argc; i++) {
		if (strcmp(eal->argv[i], "--no-huge") == 0)
			return true;
	}
	for (unsigned i = 0; config != NULL && i < config->n_eal; i++) {
		if (strcmp(config->eal[i], "--no-huge") == 0)
			return true;
		devices_alone &= strncmp(config->eal[i], "--vdev=", 7) == 0;
	}
	return devices_alone;
}

/* The libraries that run are of the release that the headers were. */
static void
check_version(struct doctor *doctor)
{
	char built[32];
	int len = snprintf(
		built, sizeof(built), "%s %u.%02u.", RTE_VER_PREFIX, RTE_VER_YEAR, RTE_VER_MONTH);

	if (strncmp(rte_version(), built, (size_t)len) == 0)
		doctor_add(doctor, "dpdk", SEVERITY_OK, "%s", rte_version());
	else
		doctor_cure(doctor_add(doctor, "dpdk", SEVERITY_FAIL, "%s, built for %s",
				    rte_version(), built),
			"structures may differ: anything may happen",
			"meson setup --wipe build && ninja -C build");
}

static void
examine(struct doctor *doctor, const struct eal_args *eal, const struct config *config)
{
	check_version(doctor);
	doctor_memory(doctor);
	doctor_vfio(doctor);
	doctor_devices(doctor);
	doctor_rights(doctor);
	doctor_cpus(doctor);
	if (eal->argc > 0 || config != NULL)
		doctor_ports(doctor, eal, config);
}

static int
run(const struct eal_args *eal, int argc, char **argv)
{
	static struct config config;
	static struct doctor doctor;
	struct doctor_args args = {.root = "", .need = NEED_ASKED};
	struct opt_error err = {""};
	int status = parse(&args, argc - 1, argv + 1, &err);
	bool asked;

	if (status == OPT_OK && args.help) {
		help();
		return OPT_OK;
	}
	config_init(&config);
	if (status == OPT_OK && args.file != NULL && config_read(&config, args.file, &err) != 0)
		status = OPT_BAD_VALUE;
	if (status != OPT_OK) {
		complain("%s", err.text);
		return status;
	}
	asked = (eal->argc > 0 || args.file != NULL) &&
		!is_no_huge(eal, args.file != NULL ? &config : NULL);
	doctor = (struct doctor){.root = args.root,
		.nic = args.need == NEED_NIC || (args.need == NEED_ASKED && asked)};
	examine(&doctor, eal, args.file != NULL ? &config : NULL);
	if (args.json)
		doctor_print_json(&doctor, stdout);
	else
		doctor_print(&doctor, stdout);
	return doctor_count(&doctor, SEVERITY_FAIL) > 0 ? 1 : 0;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.help = "say what this machine lacks for DPDK, what it costs, and the cure",
	.run = run,
};
