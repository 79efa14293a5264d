/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `chainburst doctor` looks at and says. A check reads the machine through sysfile.h and adds
 * findings; printing is print.c's.
 */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../eal.h"
#include "../session/config.h"

#define FINDINGS_MAX 192

enum severity {
	SEVERITY_OK,
	SEVERITY_WARN, /* it works, at a cost */
	SEVERITY_FAIL, /* what is asked for does not work */
};

struct finding {
	const char *check;
	enum severity severity;
	char what[256];	   /* as it is */
	const char *costs; /* NULL: nothing */
	char cure[320];	   /* a command, or what to do; "none: " and why; empty: nothing to do */
};

struct doctor {
	const char *root; /* stands before /sys, /proc, ... */
	bool nic;	  /* a NIC is to be driven; else --no-huge is enough */
	unsigned n;
	struct finding findings[FINDINGS_MAX];
};

/*
 * Add a finding. What comes after the last that has room is put into it, so that there always is
 * one to fill.
 */
struct finding *doctor_add(struct doctor *doctor, const char *check, enum severity severity,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What a finding costs, and the command that mends it. */
void doctor_cure(struct finding *finding, const char *costs, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* SEVERITY_FAIL where a NIC is to be driven; SEVERITY_WARN where that is not asked. */
enum severity doctor_nic(const struct doctor *doctor);

/* Capabilities, by their numbers (capabilities(7)). */
#define DOCTOR_CAP_NET_ADMIN 12
#define DOCTOR_CAP_NET_RAW   13
#define DOCTOR_CAP_IPC_LOCK  14

bool doctor_has_cap(const struct doctor *doctor, unsigned cap);

/* The CPUs that this process may run on, as the kernel writes them. */
void doctor_allowed_cpus(const struct doctor *doctor, char text[256]);

/* How many findings are of this severity. */
unsigned doctor_count(const struct doctor *doctor, enum severity severity);

/* The checks, in the order in which they are printed. */
void doctor_memory(struct doctor *doctor);
void doctor_vfio(struct doctor *doctor);
void doctor_devices(struct doctor *doctor);
void doctor_rights(struct doctor *doctor);
void doctor_cpus(struct doctor *doctor);
/* Starts the EAL, looks at its ports (those of `config`, may be NULL), and ends it. */
void doctor_ports(struct doctor *doctor, const struct eal_args *eal, const struct config *config);

void doctor_print(const struct doctor *doctor, FILE *out);
void doctor_print_json(const struct doctor *doctor, FILE *out);

#endif
