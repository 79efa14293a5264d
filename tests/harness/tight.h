/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HARNESS_TIGHT_H
#define HARNESS_TIGHT_H

/* Bytes that end where memory ends: whoever reads or writes one byte too many gets a SIGSEGV. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TIGHT_MAX 131072u

struct tight {
	uint8_t *end;
};

static inline struct tight
tight_map(void)
{
	uint8_t *map = mmap(NULL, TIGHT_MAX + 65536, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + TIGHT_MAX, 65536, PROT_NONE) != 0)
		abort();
	return (struct tight){.end = map + TIGHT_MAX};
}

/* `len` bytes (at most TIGHT_MAX) of what `bytes` holds. */
static inline uint8_t *
tight_put(struct tight tight, const void *bytes, uint32_t len)
{
	if (len != 0)
		memcpy(tight.end - len, bytes, len);
	return tight.end - len;
}

/* `len` bytes to write to, none of which is what it will be by chance. */
static inline uint8_t *
tight_room(struct tight tight, uint32_t len)
{
	memset(tight.end - len, 0xa5, len);
	return tight.end - len;
}

#endif /* HARNESS_TIGHT_H */
