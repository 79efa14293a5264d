/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_H
#define FUZZ_H

/*
 * What every fuzz target shares: the two functions that libFuzzer calls (regression_main.c calls
 * them too), and a reader that turns an input's bytes into decisions. An input that has ended goes
 * on with zeros, so that any file is a valid input.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/* Up to `n` bytes, as they lie in the input; `*got` of them. */
static inline const uint8_t *
fuzz_bytes(struct fuzz_input *in, size_t n, size_t *got)
{
	const uint8_t *at = in->at;

	*got = n < in->left ? n : in->left;
	in->at += *got;
	in->left -= *got;
	return at;
}

/* `n` bytes into `to`, zeros where the input has ended. */
static inline void
fuzz_copy(struct fuzz_input *in, void *to, size_t n)
{
	size_t got;
	const uint8_t *at = fuzz_bytes(in, n, &got);

	if (got != 0)
		memcpy(to, at, got);
	if (got < n)
		memset((uint8_t *)to + got, 0, n - got);
}

static inline uint8_t
fuzz_u8(struct fuzz_input *in)
{
	uint8_t byte;

	fuzz_copy(in, &byte, 1);
	return byte;
}

/* Big endian: what stands in a header reads the same here. */
static inline uint16_t
fuzz_u16(struct fuzz_input *in)
{
	uint16_t high = fuzz_u8(in);

	return (uint16_t)(high << 8 | fuzz_u8(in));
}

static inline uint32_t
fuzz_u32(struct fuzz_input *in)
{
	uint32_t high = fuzz_u16(in);

	return high << 16 | fuzz_u16(in);
}

/* 0..bound - 1, from one byte where that is enough. */
static inline uint32_t
fuzz_below(struct fuzz_input *in, uint32_t bound)
{
	if (bound <= 1)
		return 0;
	return (bound <= 256 ? fuzz_u8(in) : bound <= 65536 ? fuzz_u16(in) : fuzz_u32(in)) % bound;
}

/* A copy of its own size, so that ASan sees a read beyond either end. The caller frees it. */
static inline uint8_t *
fuzz_dup(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n != 0 ? n : 1);

	if (copy == NULL)
		abort();
	if (n != 0)
		memcpy(copy, bytes, n);
	return copy;
}

/*
 * cmocka's assertions end the process where no test of cmocka's runs: an abort, which every fuzzer
 * takes for the finding that it is, and not an exit.
 */
static inline void
fuzz_assertions_abort(void)
{
	(void)setenv("CMOCKA_TEST_ABORT", "1", 1);
}

#endif /* FUZZ_H */
