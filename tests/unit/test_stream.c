/* SPDX-License-Identifier: BSD-3-Clause */
/* The benchmark's stream: however it is cut, a wrong, missing or repeated byte is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stream.h"

#define PAYLOADS (3 * STREAM_KINDS)

static uint8_t *bytes, *sent;

static int
begin(void **state)
{
	(void)state;
	bytes = stream_make();
	sent = malloc((size_t)PAYLOADS * STREAM_PAYLOAD);
	for (unsigned int i = 0; sent != NULL && i < PAYLOADS; i++)
		memcpy(sent + (size_t)i * STREAM_PAYLOAD, stream_payload(bytes, i), STREAM_PAYLOAD);
	return bytes == NULL || sent == NULL;
}

static int
end(void **state)
{
	(void)state;
	free(sent);
	free(bytes);
	return 0;
}

/* Feed it all in pieces of up to @max bytes. Returns how many acknowledgements were due. */
static unsigned int
feed(struct stream_sink *sink, size_t len, size_t max)
{
	uint64_t state = max;
	unsigned int due = 0;

	for (size_t at = 0; at < len;) {
		state = state * 6364136223846793005u + 1442695040888963407u;

		size_t part = 1 + (size_t)(state >> 33) % max;

		part = part < len - at ? part : len - at;
		due += stream_feed(sink, sent + at, part);
		at += part;
	}
	return due;
}

static void
test_whole(void **state)
{
	static const size_t cuts[] = {1, 8, 1472, 1480, 65536};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct stream_sink sink = {.bytes = bytes};

		assert_int_equal(feed(&sink, (size_t)PAYLOADS * STREAM_PAYLOAD, cuts[i]),
			PAYLOADS / STREAM_ACK);
		assert_int_equal(sink.got.payloads, PAYLOADS);
		assert_int_equal(sink.got.bad, 0);
		assert_int_equal(sink.at, 0);
	}
}

static void
test_wrong(void **state)
{
	static const size_t places[] = {
		0, 1471, STREAM_PAYLOAD - 1, STREAM_PAYLOAD, 5 * STREAM_PAYLOAD + 777};

	(void)state;
	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct stream_sink sink = {.bytes = bytes}, blind = {.bytes = NULL};

		sent[places[i]] ^= 0x04;
		(void)feed(&sink, (size_t)PAYLOADS * STREAM_PAYLOAD, 1472);
		(void)feed(&blind, (size_t)PAYLOADS * STREAM_PAYLOAD, 1472);
		sent[places[i]] ^= 0x04;
		assert_int_equal(sink.got.bad, 1);
		assert_int_equal(blind.got.bad, 0);
		assert_int_equal(blind.got.payloads, PAYLOADS);
	}
}

/* A payload that is missing, or one that comes twice: the kinds differ. */
static void
test_order(void **state)
{
	struct stream_sink missing = {.bytes = bytes}, twice = {.bytes = bytes};

	(void)state;
	(void)stream_feed(&missing, sent, STREAM_PAYLOAD);
	(void)stream_feed(&missing, sent + 2 * (size_t)STREAM_PAYLOAD, STREAM_PAYLOAD);
	assert_int_equal(missing.got.bad, 1);
	(void)stream_feed(&twice, sent, STREAM_PAYLOAD);
	(void)stream_feed(&twice, sent, STREAM_PAYLOAD);
	assert_int_equal(twice.got.bad, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
