/* SPDX-License-Identifier: BSD-3-Clause */
#include "why.h"

#include <stdarg.h>
#include <stdio.h>

int
why_set(struct pktpool_why *why, int err, const char *format, ...)
{
	va_list args;

	if (why == NULL)
		return err;
	va_start(args, format);
	(void)vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return err;
}
