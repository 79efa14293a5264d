/* SPDX-License-Identifier: BSD-3-Clause */
/* The arguments of `chainburst recv` and `echo`: what is accepted and as what, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "args_rx.h"
#include "words.h"

static struct rx_args args;
static struct opt_error error;

static int
parse(const char *line)
{
	static char *words[WORDS_MAX];
	int n = words_split(line, words);

	error.text[0] = '\0';
	return args_recv(&args, n, words, false, &error);
}

static void
expect_addr(unsigned i, const char *text, unsigned len)
{
	char own[PROTO_ADDR_STR_MAX];

	assert_true(i < args.net.n_addrs);
	assert_string_equal(proto_addr_format(&args.net.addrs[i].addr, own, sizeof(own)), text);
	assert_int_equal(args.net.addrs[i].len, len);
}

static void
test_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse("--pcap in"), OPT_OK);
	assert_int_equal(args.listen.family, 0);
	assert_int_equal(args.listen_port, 9000);
	assert_int_equal(args.net.n_addrs, 2);
	expect_addr(0, "192.0.2.2", 0);
	expect_addr(1, "2001:db8::2", 0);
	assert_true(args.promisc); /* a capture was made elsewhere */
	assert_null(args.out);
	assert_int_equal(args.count + args.bytes + args.idle + args.max_held, 0);
	assert_int_equal(parse("--vdev net_null0"), OPT_OK);
	assert_false(args.promisc);
	/* An IPv6 address needs an MTU of 1280. */
	assert_int_equal(parse("--pcap in --mtu 1279"), OPT_OK);
	assert_int_equal(args.net.n_addrs, 1);
	assert_int_equal(parse("--pcap in --mtu 1280"), OPT_OK);
	assert_int_equal(args.net.n_addrs, 2);
}

static void
test_values(void **state)
{
	(void)state;
	assert_int_equal(
		parse("--vdev v --listen [2001:db8::7]:65535 -o - -n 3 --bytes 2k --idle 9 "
		      "--promisc --max-held 5 --rx-packets 64 --dad"),
		OPT_OK);
	assert_int_equal(args.listen_port, 65535);
	assert_int_equal(args.net.n_addrs, 1);
	expect_addr(0, "2001:db8::7", 0); /* what is listened on is ours */
	assert_string_equal(args.out, "-");
	assert_int_equal(args.count, 3);
	assert_int_equal(args.bytes, 2048);
	assert_int_equal(args.idle, 9);
	assert_int_equal(args.max_held, 5);
	assert_int_equal(args.rx_packets, 64);
	assert_true(args.promisc && args.net.dad);
}

static void
test_addresses(void **state)
{
	(void)state;
	assert_int_equal(
		parse("--pcap in --addr 10.0.0.1/8 --addr fd00::1/128 --listen 7"), OPT_OK);
	assert_int_equal(args.net.n_addrs, 2);
	expect_addr(0, "10.0.0.1", 8);
	expect_addr(1, "fd00::1", 128);
	assert_int_equal(args.listen_port, 7);
	assert_int_equal(args.listen.family, 0);
	/* One that is there already is not added again; another is. */
	assert_int_equal(parse("--pcap in --addr 10.0.0.1/8 --listen 10.0.0.1"), OPT_OK);
	assert_int_equal(args.net.n_addrs, 1);
	assert_int_equal(args.listen_port, 9000);
	assert_int_equal(parse("--pcap in --addr 10.0.0.1/8 --listen 10.0.0.2:5"), OPT_OK);
	assert_int_equal(args.net.n_addrs, 2);
	expect_addr(1, "10.0.0.2", 0);
}

static const struct {
	const char *line;
	int status;
	const char *says;
} refusals[] = {
	{"", OPT_USAGE, "nothing to receive from"},
	{"--pcap in word", OPT_USAGE, "word: expected options only"},
	{"--pcap in --vdev v", OPT_USAGE, "leave one of them out"},
	{"--pcap in --addr 10.0.0.1/0", OPT_BAD_VALUE, "--addr 10.0.0.1/0"},
	{"--pcap in --addr 10.0.0.1/33", OPT_BAD_VALUE, "--addr 10.0.0.1/33"},
	{"--pcap in --addr 10.0.0.1/", OPT_BAD_VALUE, "--addr"},
	{"--pcap in --addr fd00::1/129", OPT_BAD_VALUE, "--addr"},
	{"--pcap in --addr 0.0.0.0/8", OPT_BAD_VALUE, "--addr"},
	{"--pcap in --addr ff02::1", OPT_BAD_VALUE, "--addr"},
	{"--pcap in --addr 10.0.0.1:5", OPT_BAD_VALUE, "--addr"},
	{"--pcap in --listen 0", OPT_BAD_VALUE, "--listen 0"},
	{"--pcap in --listen 65536", OPT_BAD_VALUE, "--listen 65536"},
	{"--pcap in --listen 10.0.0.1:0", OPT_BAD_VALUE, "--listen"},
	{"--pcap in --join 10.0.0.1", OPT_BAD_VALUE, "--join"},
	{"--pcap in --join 239.1.2.3 --listen 10.0.0.1", OPT_USAGE, "--join"},
	{"--pcap in --gateway ::", OPT_BAD_VALUE, "--gateway"},
	{"--pcap in --rx-packets 63", OPT_BAD_VALUE, "--rx-packets"},
};

static void
test_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (parse(refusals[i].line) != refusals[i].status ||
			strstr(error.text, refusals[i].says) == NULL)
			fail_msg("%s: %s", refusals[i].line, error.text);
	}
}

static void
test_limits(void **state)
{
	char line[1024] = "--pcap in";

	(void)state;
	for (unsigned i = 0; i < ARGS_ADDRS_MAX; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), " --addr 10.0.0.%u",
			i + 1);
	assert_int_equal(parse(line), OPT_OK);
	assert_int_equal(args.net.n_addrs, ARGS_ADDRS_MAX);
	strcat(line, " --listen 10.0.0.99");
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_non_null(strstr(error.text, "--listen"));
}

/* echo has no file to write and none to read. */
static void
test_echo(void **state)
{
	static char *words[WORDS_MAX];

	(void)state;
	assert_int_equal(
		args_echo(&args, words_split("--vdev v", words), words, false, &error), OPT_OK);
	assert_int_equal(args.net.n_addrs, 2);
	assert_int_equal(
		args_echo(&args, words_split("--out f", words), words, false, &error), OPT_USAGE);
	assert_int_equal(
		args_echo(&args, words_split("--pcap f", words), words, false, &error), OPT_USAGE);
	assert_int_equal(args_echo(&args, 0, words, true, &error), OPT_OK);
	assert_int_equal(args_echo(&args, 0, words, false, &error), OPT_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_echo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
