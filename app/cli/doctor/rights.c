/* SPDX-License-Identifier: BSD-3-Clause */
/* doctor: what this user may do. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfile.h"

/* The value of a line "NAME:\tVALUE" of /proc/self/status. */
static bool
status_value(const char *root, const char *name, char text[SYS_TEXT_MAX])
{
	FILE *in = sys_open(root, "/proc/self/status");
	size_t len = strlen(name);
	char line[SYS_TEXT_MAX];
	bool found = false;

	text[0] = '\0';
	while (in != NULL && !found && fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(
			text, SYS_TEXT_MAX, "%s", line + len + 1 + strspn(line + len + 1, "\t "));
		found = true;
	}
	if (in != NULL)
		fclose(in);
	return found;
}

bool
doctor_has_cap(const struct doctor *doctor, unsigned cap)
{
	char text[SYS_TEXT_MAX];

	return status_value(doctor->root, "CapEff", text) && strtoull(text, NULL, 16) >> cap & 1;
}

void
doctor_allowed_cpus(const struct doctor *doctor, char text[256])
{
	(void)status_value(doctor->root, "Cpus_allowed_list", text);
}

static void
check_caps(struct doctor *doctor)
{
	static const struct {
		unsigned cap;
		const char *name, *costs;
	} caps[] = {
		{DOCTOR_CAP_NET_RAW, "CAP_NET_RAW",
			"net_af_packet, and net_pcap on an interface, cannot be opened"},
		{DOCTOR_CAP_NET_ADMIN, "CAP_NET_ADMIN",
			"net_tap cannot be made, nor an interface set promiscuous"},
	};

	for (unsigned i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		if (doctor_has_cap(doctor, caps[i].cap))
			doctor_add(doctor, "rights", SEVERITY_OK, "%s", caps[i].name);
		else
			doctor_cure(
				doctor_add(doctor, "rights", SEVERITY_WARN, "no %s", caps[i].name),
				caps[i].costs,
				"setcap cap_net_raw,cap_net_admin=ep \"$(command -v "
				"chainburst)\"");
	}
}

/* Where the EAL makes its directory (the rule of eal_create_runtime_dir()). */
static void
check_runtime(struct doctor *doctor)
{
	const char *base = getenv("RUNTIME_DIRECTORY");

	if (base == NULL)
		base = geteuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
	if (base == NULL)
		base = "/tmp";
	if (sys_access(doctor->root, W_OK | X_OK, "%s", base))
		doctor_add(doctor, "runtime", SEVERITY_OK, "%s", base);
	else
		doctor_cure(doctor_add(doctor, "runtime", doctor_nic(doctor),
				    "%s may not be written by this user", base),
			"no telemetry socket; the EAL starts only with --no-telemetry and "
			"--no-shconf",
			"export XDG_RUNTIME_DIR=\"$(mktemp -d)\"");
}

void
doctor_rights(struct doctor *doctor)
{
	check_caps(doctor);
	check_runtime(doctor);
}
