/* SPDX-License-Identifier: BSD-3-Clause */
/* Counting the frames of a capture: both byte orders, both clocks, cut ends, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture_in.h"

static char name[] = "/tmp/chainburst-capture-XXXXXX";
static uint8_t bytes[4096];
static size_t size;

static void
word(uint32_t value, int swapped)
{
	for (int i = 0; i < 4; i++)
		bytes[size++] = (uint8_t)(value >> 8 * (swapped ? 3 - i : i));
}

/* A capture of `n` frames of 1, 2, ... bytes. */
static void
build(uint32_t magic, uint32_t link_type, unsigned n, int swapped)
{
	size = 0;
	word(magic, swapped);
	for (int i = 0; i < 4; i++)
		word(65535, swapped);
	word(link_type, swapped);
	for (unsigned i = 1; i <= n; i++) {
		word(7, swapped);
		word(7, swapped);
		word(i, swapped);
		word(1500, swapped); /* more was on the wire: that is not in the file */
		memset(bytes + size, 0xa5, i);
		size += i;
	}
}

static int
look(size_t len, uint64_t *frames)
{
	struct opt_error err = {.text = ""};
	struct capture_in capture;
	int fd = open(name, O_WRONLY | O_TRUNC), ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	ret = capture_in_open(&capture, name, &err);
	assert_true((ret == 0) == (err.text[0] == '\0'));
	*frames = capture.frames;
	capture_in_close(&capture);
	return ret;
}

static void
test_count(void **state)
{
	uint64_t frames;

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		for (unsigned n = 0; n < 20; n++) {
			build(n % 2 != 0 ? 0xa1b2c3d4 : 0xa1b23c4d, 1, n, swapped);
			assert_int_equal(look(size, &frames), 0);
			assert_int_equal(frames, n);
		}
	}
}

/* A frame that is not all there does not count: net_pcap does not give it. */
static void
test_cut(void **state)
{
	uint64_t frames;

	(void)state;
	build(0xa1b2c3d4, 1, 3, 0);
	for (size_t len = 0; len < size; len++) {
		int ret = look(len, &frames);

		assert_int_equal(ret, len < 24 ? -1 : 0);
		if (ret == 0)
			assert_int_equal(frames, len < 24 + 17 ? 0 : len < 24 + 17 + 18 ? 1 : 2);
	}
}

static void
test_others(void **state)
{
	uint64_t frames;

	(void)state;
	build(0xa1b2c3d4, 101, 1, 0); /* raw IP */
	assert_int_equal(look(size, &frames), -1);
	build(0xa1b2c3d5, 1, 1, 0);
	assert_int_equal(look(size, &frames), -1);
	build(0x0a0d0d0a, 1, 1, 0); /* pcapng: read, not counted */
	assert_int_equal(look(size, &frames), 0);
	assert_true(frames == CAPTURE_FRAMES_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_others),
	};
	int fd = mkstemp(name), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(name);
	return failed;
}
