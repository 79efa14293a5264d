/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_LEN 4096

static int
failed(const struct capture_file *file, const char *what, struct opt_error *err)
{
	return opt_fail(err, -1, "capture: %.200s: %s: %s", file->name, what, strerror(errno));
}

int
capture_file_open(struct capture_file *file, struct opt_error *err)
{
	file->octets = 0;
	file->fd = open(file->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file->fd < 0)
		return failed(file, "cannot be written", err);
	file->files++;
	return 0;
}

int
capture_file_write(struct capture_file *file, const void *bytes, size_t n, struct opt_error *err)
{
	const uint8_t *at = bytes;

	while (n > 0) {
		ssize_t done = write(file->fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return failed(file, "write", err);
		at += done;
		n -= (size_t)done;
		file->octets += (uint64_t)done;
	}
	return 0;
}

bool
capture_file_is_full(const struct capture_file *file, size_t n)
{
	return file->octets_max != 0 && file->octets + n > file->octets_max;
}

/* FILE.1 becomes FILE.2 and so on, and FILE becomes FILE.1. */
static int
make_way(const struct capture_file *file, struct opt_error *err)
{
	char from[PATH_LEN], to[PATH_LEN];

	for (unsigned i = file->n_files - 1; i > 0; i--) {
		(void)snprintf(to, sizeof(to), "%s.%u", file->name, i);
		if (i > 1)
			(void)snprintf(from, sizeof(from), "%s.%u", file->name, i - 1);
		else
			(void)snprintf(from, sizeof(from), "%s", file->name);
		if (rename(from, to) != 0 && errno != ENOENT)
			return failed(file, "cannot be renamed", err);
	}
	return 0;
}

int
capture_file_rotate(struct capture_file *file, struct opt_error *err)
{
	if (capture_file_close(file, err) != 0 || make_way(file, err) != 0)
		return -1;
	return capture_file_open(file, err);
}

int
capture_file_close(struct capture_file *file, struct opt_error *err)
{
	int fd = file->fd;

	if (fd < 0)
		return 0;
	file->fd = -1;
	return close(fd) == 0 ? 0 : failed(file, "close", err);
}
