/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files of the kernel, below a root that --sysroot names ("" is the machine itself). A path is made
 * as printf does.
 */
#ifndef DOCTOR_SYSFILE_H
#define DOCTOR_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SYS_TEXT_MAX 256
#define SYS_CPUS_MAX 1024

/* The first line, without its newline. Returns false: it cannot be read. */
bool sys_text(const char *root, char text[SYS_TEXT_MAX], const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The number, decimal or 0x hexadecimal, that a file holds; 0: there is none. */
uint64_t sys_number(const char *root, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The last part of what a link leads to. Returns false: it is no link. */
bool sys_link(const char *root, char name[SYS_TEXT_MAX], const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* May the file be accessed so (F_OK, R_OK | W_OK, ...)? */
bool sys_access(const char *root, int mode, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Open for reading, line by line; NULL: it cannot be. */
FILE *sys_open(const char *root, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Call `visit` with each name in a directory, in order. Returns how many there are. */
typedef void (*sys_visit_fn)(const char *name, void *arg);
unsigned sys_each(const char *root, const char *path, sys_visit_fn visit, void *arg);

/* A set of CPUs, as the kernel writes it: "0-3,8". */
struct sys_cpus {
	bool has[SYS_CPUS_MAX];
	unsigned n, first;
};

/* Read one. What is no such text is the empty set. */
void sys_cpus_parse(const char *text, struct sys_cpus *cpus);

#endif
