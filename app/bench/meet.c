/* SPDX-License-Identifier: BSD-3-Clause */
#include "meet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
meet_make(struct meet *meet)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(meet->dir, sizeof(meet->dir), "%s/cb-bench-XXXXXX",
		tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");

	if (n >= (int)sizeof(meet->dir) || mkdtemp(meet->dir) == NULL) {
		int rc = n >= (int)sizeof(meet->dir) ? -ENAMETOOLONG : -errno;

		meet->dir[0] = '\0';
		return rc;
	}
	(void)snprintf(meet->path, sizeof(meet->path), "%s/socket", meet->dir);
	return 0;
}

const char *
meet_path(const struct meet *meet)
{
	return meet->path;
}

void
meet_free(struct meet *meet)
{
	if (meet->dir[0] == '\0')
		return;
	(void)unlink(meet->path);
	(void)rmdir(meet->dir);
	meet->dir[0] = '\0';
}
