/* SPDX-License-Identifier: BSD-3-Clause */
/* Files as payloads: each byte once and in order, whole payloads, and no block filled again early.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "eal.h"
#include "pktpool.h"
#include "pktpool_mem.h"
#include "source.h"

#define BURST	  32
#define HELD_MAX  70000
#define FILE_LEN  (20u << 20) /* more than all blocks together */
#define SHORT_LEN 1001u

static char dir[] = "/tmp/test_source_XXXXXX";
static char large[64], small[64], empty[64];
static unsigned n_empty;

/* The byte at an offset of a file: no two blocks look the same. */
static uint8_t
byte_at(uint64_t at)
{
	return (uint8_t)(at * 2654435761u >> 13 ^ at);
}

static void
make_file(char *name, size_t size, const char *leaf, uint32_t len)
{
	FILE *file;

	snprintf(name, size, "%s/%s", dir, leaf);
	file = fopen(name, "wb");
	assert_non_null(file);
	for (uint32_t i = 0; i < len; i++)
		assert_int_not_equal(fputc(byte_at(i), file), EOF);
	assert_int_equal(fclose(file), 0);
}

static void
on_empty(const char *name)
{
	(void)name;
	n_empty++;
}

static struct source *
make(char *const *files, unsigned n, uint64_t repeat, uint32_t payload)
{
	struct source_conf conf = {.files = files,
		.n_files = n,
		.repeat = repeat,
		.payload = payload,
		.empty = on_empty};
	struct source *source = NULL;
	struct opt_error err;

	n_empty = 0;
	assert_int_equal(source_create(&source, &conf, &err), 0);
	return source;
}

static void
assert_bytes(const struct iovec *iov, uint64_t at)
{
	const uint8_t *data = iov->iov_base;

	for (size_t i = 0; i < iov->iov_len; i++) {
		if (data[i] != byte_at(at + i))
			fail_msg("wrong byte at %llu", (unsigned long long)(at + i));
	}
}

/* Take all that there is, giving everything back at once. Returns the bytes of one file `len`. */
static uint64_t
take_all(struct source *source, uint32_t payload, uint64_t len)
{
	struct iovec iov[BURST];
	uint64_t total = 0, in_file = 0;
	unsigned n;
	void *ctx;

	while ((n = source_peek(source, iov, BURST, &ctx)) > 0) {
		/* fewer are taken than were seen, as when proto_send() refuses */
		unsigned taken = n > 1 ? n - 1 : n;
		size_t bytes = 0;

		for (unsigned i = 0; i < taken; i++) {
			assert_bytes(&iov[i], in_file + bytes);
			bytes += iov[i].iov_len;
			if (in_file + bytes < len)
				assert_int_equal(iov[i].iov_len, payload);
			if (in_file + bytes == len) {
				assert_int_equal(i + 1, n); /* a payload ends with its file */
				assert_int_equal(iov[i].iov_len, (len - 1) % payload + 1);
			}
		}
		source_take(source, taken, bytes);
		for (unsigned i = 0; i < taken; i++)
			source_give_back(ctx);
		total += bytes;
		in_file = (in_file + bytes) % len;
	}
	assert_int_equal(source_state(source), SOURCE_END);
	return total;
}

static void
test_every_byte(void **state)
{
	static const uint32_t payloads[] = {1, 7, 64, 1000, 1001, 1002, 65507};
	char *files[] = {small};

	(void)state;
	for (size_t i = 0; i < OPT_ROWS(payloads); i++) {
		struct source *source = make(files, 1, 3, payloads[i]);

		assert_int_equal(take_all(source, payloads[i], SHORT_LEN), 3 * SHORT_LEN);
		source_destroy(source, false);
	}
}

static void
test_longer_than_the_blocks(void **state)
{
	static const uint32_t payloads[] = {65507, 61440, 9999};
	char *files[] = {large};

	(void)state;
	for (size_t i = 0; i < OPT_ROWS(payloads); i++) {
		struct source *source = make(files, 1, 1, payloads[i]);

		assert_int_equal(take_all(source, payloads[i], FILE_LEN), FILE_LEN);
		source_destroy(source, false);
	}
}

/* As long as nothing is given back, what was taken keeps its bytes; then it goes on. */
static void
test_held(void **state)
{
	static struct iovec held[HELD_MAX];
	static void *ctxs[HELD_MAX];
	const uint32_t payload = 1000;
	char *files[] = {large};
	struct source *source = make(files, 1, 1, payload);
	unsigned n, count = 0;
	uint64_t bytes = 0;
	void *ctx;

	(void)state;
	while ((n = source_peek(source, held + count, BURST, &ctx)) > 0) {
		source_take(source, n, (size_t)n * payload);
		for (unsigned i = 0; i < n; i++)
			ctxs[count + i] = ctx;
		count += n;
		bytes += (uint64_t)n * payload;
		assert_true(count < HELD_MAX - BURST);
	}
	assert_int_equal(source_state(source), SOURCE_BUSY);
	assert_true(bytes < FILE_LEN);
	for (unsigned i = 0; i < count; i++)
		assert_bytes(&held[i], (uint64_t)i * payload);

	/* all of the first block but one payload: still busy */
	for (n = 0; ctxs[n + 1] == ctxs[0]; n++)
		source_give_back(ctxs[n]);
	assert_int_equal(source_peek(source, held + count, BURST, &ctx), 0);
	assert_int_equal(source_state(source), SOURCE_BUSY);
	source_give_back(ctxs[n]);
	assert_true(source_peek(source, held + count, BURST, &ctx) > 0);
	assert_ptr_equal(ctx, ctxs[0]);
	assert_bytes(&held[count], bytes);
	for (unsigned i = n + 1; i < count; i++)
		assert_bytes(&held[i], (uint64_t)i * payload);
	source_destroy(source, false);
}

static void
test_empty_files(void **state)
{
	char *files[] = {empty, small, empty};
	struct source *source = make(files, 3, 2, 100);

	(void)state;
	assert_int_equal(take_all(source, 100, SHORT_LEN), 2 * SHORT_LEN);
	assert_int_equal(n_empty, 2); /* said once for each, not in each round */
	source_destroy(source, false);
}

static void
test_file_gone(void **state)
{
	char gone[] = "/nonexistent/file", *files[] = {small, gone};
	struct source *source = make(files, 2, 1, 2000);
	struct iovec iov[BURST];
	void *ctx;

	(void)state;
	assert_int_equal(source_peek(source, iov, BURST, &ctx), 1);
	source_take(source, 1, iov[0].iov_len);
	source_give_back(ctx);
	assert_int_equal(source_peek(source, iov, BURST, &ctx), 0);
	assert_int_equal(source_state(source), SOURCE_ERROR);
	assert_non_null(strstr(source_error(source), "/nonexistent/file: No such file"));
	source_destroy(source, false);
}

static int
setup(void **state)
{
	(void)state;
	if (eal_start(1, NULL) < 0 || mkdtemp(dir) == NULL)
		return -1;
	make_file(large, sizeof(large), "large", FILE_LEN);
	make_file(small, sizeof(small), "small", SHORT_LEN);
	make_file(empty, sizeof(empty), "empty", 0);
	return 0;
}

/* Every source has given its memory back. */
static int
teardown(void **state)
{
	struct pktpool_mem_usage usage;

	(void)state;
	unlink(large);
	unlink(small);
	unlink(empty);
	rmdir(dir);
	if (pktpool_mem_usage("FILE", &usage) < 0 || usage.blocks != 0)
		return -1;
	return eal_stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_longer_than_the_blocks),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_empty_files),
		cmocka_unit_test(test_file_gone),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
