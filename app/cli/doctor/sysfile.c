/* SPDX-License-Identifier: BSD-3-Clause */
#include "sysfile.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../opt.h"

/* `path` receives root and the rest; false: it is too long. */
static bool
path_make(char path[PATH_MAX], const char *root, const char *format, va_list args)
{
	size_t len = strlen(root);

	if (len >= PATH_MAX)
		return false;
	(void)snprintf(path, PATH_MAX, "%s", root);
	return (size_t)vsnprintf(path + len, PATH_MAX - len, format, args) < PATH_MAX - len;
}

#define PATH(path, root, format)                            \
	({                                                  \
		va_list args_;                              \
		bool ok_;                                   \
		va_start(args_, format);                    \
		ok_ = path_make(path, root, format, args_); \
		va_end(args_);                              \
		ok_;                                        \
	})

static bool
first_line(const char *path, char text[SYS_TEXT_MAX])
{
	FILE *in = fopen(path, "re");
	bool ok;

	text[0] = '\0';
	if (in == NULL)
		return false;
	ok = fgets(text, SYS_TEXT_MAX, in) != NULL;
	fclose(in);
	text[strcspn(text, "\n")] = '\0';
	return ok;
}

bool
sys_text(const char *root, char text[SYS_TEXT_MAX], const char *format, ...)
{
	char path[PATH_MAX];

	text[0] = '\0';
	return PATH(path, root, format) && first_line(path, text);
}

uint64_t
sys_number(const char *root, const char *format, ...)
{
	char path[PATH_MAX], text[SYS_TEXT_MAX];
	uint64_t number;

	if (!PATH(path, root, format) || !first_line(path, text) ||
		opt_number(text, &number) == NULL)
		return 0;
	return number;
}

bool
sys_link(const char *root, char name[SYS_TEXT_MAX], const char *format, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t n;

	name[0] = '\0';
	if (!PATH(path, root, format) || (n = readlink(path, target, sizeof(target) - 1)) < 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	(void)snprintf(name, SYS_TEXT_MAX, "%.255s", last != NULL ? last + 1 : target);
	return true;
}

bool
sys_access(const char *root, int mode, const char *format, ...)
{
	char path[PATH_MAX];

	return PATH(path, root, format) && access(path, mode) == 0;
}

FILE *
sys_open(const char *root, const char *format, ...)
{
	char path[PATH_MAX];

	return PATH(path, root, format) ? fopen(path, "re") : NULL;
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

unsigned
sys_each(const char *root, const char *path, sys_visit_fn visit, void *arg)
{
	char whole[PATH_MAX];
	struct dirent **entries;
	int n = 0;

	if ((size_t)snprintf(whole, sizeof(whole), "%s%s", root, path) < sizeof(whole))
		n = scandir(whole, &entries, is_visible, versionsort);
	for (int i = 0; i < n; i++) {
		if (visit != NULL)
			visit(entries[i]->d_name, arg);
		free(entries[i]);
	}
	if (n > 0)
		free(entries);
	return n > 0 ? (unsigned)n : 0;
}

/* "3" or "3-5" at `text`. Returns its end; NULL: it is neither. */
static const char *
parse_range(const char *text, uint64_t *low, uint64_t *high)
{
	text = opt_number(text, low);
	*high = *low;
	if (text != NULL && *text == '-')
		text = opt_number(text + 1, high);
	return text;
}

void
sys_cpus_parse(const char *text, struct sys_cpus *cpus)
{
	uint64_t low = 0, high = 0;

	*cpus = (struct sys_cpus){.n = 0};
	do {
		text = parse_range(text, &low, &high);
		for (uint64_t i = low; text != NULL && i <= high && i < SYS_CPUS_MAX; i++) {
			if (cpus->n == 0 || i < cpus->first)
				cpus->first = (unsigned)i;
			cpus->n++;
			cpus->has[i] = true;
		}
	} while (text != NULL && *text++ == ',');
}
