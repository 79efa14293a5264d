/* SPDX-License-Identifier: BSD-3-Clause */
/* The arguments of `chainburst send`: what is accepted and as what, what is refused and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "args.h"
#include "words.h"

#define V4 "f --to 192.0.2.2:9000 "
#define V6 "f --to [2001:db8::2]:9000 "

static struct send_args args;
static struct opt_error error;

static int
parse_eal(const char *line, bool eal)
{
	static char *words[WORDS_MAX];
	int n = words_split(line, words);

	error.text[0] = '\0';
	return args_send(&args, n, words, eal, &error);
}

static int
parse(const char *line)
{
	return parse_eal(line, false);
}

struct refusal {
	const char *line;
	int status;
	const char *says; /* part of the error */
};

static const struct refusal refusals[] = {
	/* no file, no destination */
	{"", OPT_USAGE, "no FILE"},
	{"--to 192.0.2.2:9000", OPT_USAGE, "no FILE"},
	{"f", OPT_USAGE, "--to is missing"},
	{"f --to", OPT_USAGE, "--to: a value is missing"},
	/* options that are none */
	{V4 "--nonsense", OPT_USAGE, "--nonsense: no such option"},
	{V4 "--mt 1500", OPT_USAGE, "--mt: no such option"},
	{V4 "--mtuu 1500", OPT_USAGE, "--mtuu: no such option"},
	{V4 "-x", OPT_USAGE, "-x: no such option"},
	{V4 "-qv", OPT_USAGE, "-qv: no such option"},
	{V4 "--json=yes", OPT_USAGE, "takes no value"},
	{V4 "--=1", OPT_USAGE, "no such option"},
	/* --to */
	{"f --to 192.0.2.2", OPT_BAD_VALUE, "--to 192.0.2.2: expected ADDR:PORT"},
	{"f --to 192.0.2.2:0", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to 192.0.2.2:65536", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to 192.0.2.256:1", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to 192.0.2.2:", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to 192.0.2.2:-1", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to host:1", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to 2001:db8::2:1", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to [2001:db8::2]", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to [2001:db8::2:1", OPT_BAD_VALUE, "expected ADDR:PORT"},
	{"f --to ''", OPT_BAD_VALUE, "expected ADDR:PORT"},
	/* --from */
	{V4 "--from 2001:db8::9", OPT_BAD_VALUE, "--from"},
	{V6 "--from 192.0.2.1", OPT_BAD_VALUE, "an IPv6 address, as --to has"},
	{V4 "--from 224.0.0.1", OPT_BAD_VALUE, "a host's ADDR"},
	{V6 "--from ff02::1", OPT_BAD_VALUE, "--from"},
	{V4 "--from 0.0.0.0", OPT_BAD_VALUE, "a host's ADDR"},
	{V4 "--from 192.0.2.1:0", OPT_BAD_VALUE, "a host's ADDR"},
	/* numbers: ranges, signs, blanks, rubbish, overflow */
	{V4 "--payload 0", OPT_BAD_VALUE, "--payload 0: expected 1..65507"},
	{V4 "--payload 65508", OPT_BAD_VALUE, "--payload 65508: expected 1..65507, what an IPv4"},
	{V6 "--payload 65528", OPT_BAD_VALUE, "--payload 65528: expected"},
	{V4 "--payload 64k", OPT_BAD_VALUE, "--payload 64k"},
	{V4 "--payload 1M", OPT_BAD_VALUE, "--payload 1M"},
	{V4 "--payload 1G", OPT_BAD_VALUE, "--payload 1G"},
	{V4 "--payload 1kk", OPT_BAD_VALUE, "--payload 1kk"},
	{V4 "--payload k", OPT_BAD_VALUE, "--payload k"},
	{V4 "--payload -1", OPT_BAD_VALUE, "--payload -1"},
	{V4 "--payload +1", OPT_BAD_VALUE, "--payload +1"},
	{V4 "--payload ''", OPT_BAD_VALUE, "--payload"},
	{V4 "--payload 18446744073709551617", OPT_BAD_VALUE, "expected 1..65507"},
	{V4 "--payload 18446744073709551615k", OPT_BAD_VALUE, "expected 1..65507"},
	{V4 "--payload 0x", OPT_BAD_VALUE, "--payload 0x"},
	{V4 "--payload", OPT_USAGE, "--payload: a value is missing"},
	{V4 "--mtu 67", OPT_BAD_VALUE, "--mtu 67: expected 68..65535"},
	{V4 "--mtu 65536", OPT_BAD_VALUE, "--mtu 65536: expected 68..65535"},
	{V4 "--mtu 1500x", OPT_BAD_VALUE, "--mtu 1500x: expected"},
	{V4 "--mtu 9k", OPT_BAD_VALUE, "--mtu 9k: expected"},
	{V4 "--mtu 15a0", OPT_BAD_VALUE, "--mtu 15a0: expected"},
	{V6 "--mtu 1279", OPT_BAD_VALUE, "--mtu 1279: expected 1280..65535 for IPv6"},
	{V4 "--dscp 64", OPT_BAD_VALUE, "--dscp 64: expected 0..63"},
	{V4 "--ttl 0", OPT_BAD_VALUE, "--ttl 0: expected 1..255"},
	{V4 "--ttl 256", OPT_BAD_VALUE, "--ttl 256: expected 1..255"},
	{V6 "--flow-label 0x100000", OPT_BAD_VALUE, "--flow-label 0x100000: expected 0..0xfffff"},
	{V4 "--flow-label 1", OPT_USAGE, "--flow-label: IPv4 has none"},
	{V4 "--repeat 0", OPT_BAD_VALUE, "--repeat 0: expected 1.."},
	{V4 "--port 32", OPT_BAD_VALUE, "--port 32: expected"},
	{V4 "--packets 0", OPT_BAD_VALUE, "--packets 0"},
	{V4 "--buffers 4194305", OPT_BAD_VALUE, "--buffers 4194305"},
	{V4 "--payloads 65537", OPT_BAD_VALUE, "--payloads 65537: expected 1..65536"},
	{V4 "--seed 18446744073709551615", OPT_BAD_VALUE, "--seed"},
	/* rates */
	{V4 "--rate 0", OPT_BAD_VALUE, "--rate 0: expected"},
	{V4 "--rate 1001G", OPT_BAD_VALUE, "--rate 1001G: expected"},
	{V4 "--rate 1T", OPT_BAD_VALUE, "--rate 1T"},
	{V4 "--rate 1.G", OPT_BAD_VALUE, "--rate 1.G"},
	{V4 "--rate .5G", OPT_BAD_VALUE, "--rate .5G"},
	{V4 "--rate 1.5.5G", OPT_BAD_VALUE, "--rate 1.5.5G"},
	{V4 "--rate 0.9", OPT_BAD_VALUE, "--rate 0.9"},
	{V4 "--rate 99999999999999999999G", OPT_BAD_VALUE, "expected"},
	/* words */
	{V4 "--cut slice", OPT_BAD_VALUE, "--cut slice: expected segment or fragment"},
	{V4 "--cut ''", OPT_BAD_VALUE, "expected segment or fragment"},
	{V4 "--data mapp", OPT_BAD_VALUE, "--data mapp: expected copy, map or auto"},
	{V4 "--df sometimes", OPT_BAD_VALUE, "--df sometimes: expected auto, always or never"},
	{V6 "--df always", OPT_USAGE, "--df: IPv6 has no such bit"},
	{V6 "--no-udp-cksum", OPT_USAGE, "IPv6 needs the checksum"},
	/* MACs and VLANs */
	{V4 "--gateway-mac 01:00:5e:00:00:01", OPT_BAD_VALUE, "MAC of one station"},
	{V4 "--gateway-mac 00:00:00:00:00:00", OPT_BAD_VALUE, "MAC of one station"},
	{V4 "--gateway-mac 02:00:00:00:00", OPT_BAD_VALUE, "MAC of one station"},
	{V4 "--gateway-mac 02:00:00:00:00:0g", OPT_BAD_VALUE, "MAC of one station"},
	{V4 "--gateway-mac 02:00:00:00:00:01:02", OPT_BAD_VALUE, "MAC of one station"},
	{V4 "--neigh 192.0.2.2", OPT_BAD_VALUE, "--neigh 192.0.2.2: expected"},
	{V4 "--neigh =02:00:00:00:00:01", OPT_BAD_VALUE, "--neigh"},
	{V4 "--neigh 192.0.2.2=", OPT_BAD_VALUE, "--neigh 192.0.2.2=: expected"},
	{V4 "--neigh 239.0.0.1=02:00:00:00:00:01", OPT_BAD_VALUE, "address and MAC of one host"},
	{V4 "--neigh 192.0.2.2=ff:ff:ff:ff:ff:ff", OPT_BAD_VALUE, "address and MAC of one host"},
	{V4 "--vlan 4095", OPT_BAD_VALUE, "--vlan 4095: expected"},
	{V4 "--vlan 5:8", OPT_BAD_VALUE, "--vlan 5:8: expected"},
	{V4 "--vlan 5:", OPT_BAD_VALUE, "--vlan 5:: expected"},
	{V4 "--vlan :5", OPT_BAD_VALUE, "--vlan :5: expected"},
	{V4 "--vlan 5:1:1", OPT_BAD_VALUE, "--vlan 5:1:1: expected"},
	/* options that do not go together */
	{V4 "--pcap a --vdev net_null0", OPT_USAGE, "--pcap and --vdev"},
	{V4 "--pcap ''", OPT_BAD_VALUE, "--pcap ''"},
	{"- --to 192.0.2.2:1 --repeat 2", OPT_USAGE, "standard input"},
	{"- f - --to 192.0.2.2:1", OPT_USAGE, "standard input"},
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPT_ROWS(refusals); i++) {
		const struct refusal *r = &refusals[i];
		int status = parse(r->line);

		if (status != r->status || strstr(error.text, r->says) == NULL)
			fail_msg("'%s': status %d, '%s'; expected %d, '%s'", r->line, status,
				error.text, r->status, r->says);
		if (strchr(error.text, '\n') != NULL)
			fail_msg("'%s': more than one line", r->line);
	}
}

static void
test_defaults(void **state)
{
	struct proto_addr addr;

	(void)state;
	assert_int_equal(parse(V4), OPT_OK);
	assert_int_equal(args.n_files, 1);
	assert_string_equal(args.files[0], "f");
	assert_int_equal(args.to_port, 9000);
	assert_int_equal(proto_addr_parse("192.0.2.1", &addr, NULL), 0);
	assert_true(proto_addr_equal(&args.from.addr, &addr));
	assert_int_equal(args.from_port, 49152);
	assert_int_equal(args.payload, 61440);
	assert_int_equal(args.cut, PROTO_SEGMENT);
	assert_int_equal(args.data, PROTO_DATA_AUTO);
	assert_int_equal(args.df, PROTO_DF_AUTO);
	assert_string_equal(args.net.pcap, "chainburst.pcap");
	assert_null(args.net.vdev);
	assert_int_equal(args.net.mtu, 0);
	assert_int_equal(args.rate, 0);
	assert_int_equal(args.repeat, 1);
	assert_int_equal(args.net.seed, 0);
	assert_false(args.gateway || args.net.vlan || args.net.json || args.net.quiet ||
		     args.net.verbose);

	assert_int_equal(parse(V6 "--cut fragment --vdev net_null0"), OPT_OK);
	assert_int_equal(proto_addr_parse("2001:db8::1", &addr, NULL), 0);
	assert_true(proto_addr_equal(&args.from.addr, &addr));
	assert_int_equal(args.payload, 65527);
	assert_null(args.net.pcap);
	assert_string_equal(args.net.vdev, "net_null0");

	assert_int_equal(parse(V4 "--cut=fragment"), OPT_OK);
	assert_int_equal(args.payload, 65507);
}

static void
test_values(void **state)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], addr[PROTO_ADDR_STR_MAX];

	(void)state;
	assert_int_equal(
		parse("a --payload 60k b -w x.pcap --to=[2001:db8::2]:65535 --from "
		      "[2001:db8::3]:7 --mtu 1280 --dscp 63 --ttl 255 --flow-label 0xFFFFF "
		      "--vlan 4094:7 --seed 0x10 --repeat 4294967295 --port 31 --packets 1 "
		      "--buffers 2 --payloads 3 --json -q -v --data map -- --c"),
		OPT_OK);
	assert_int_equal(args.n_files, 3);
	assert_string_equal(args.files[0], "a");
	assert_string_equal(args.files[1], "b");
	assert_string_equal(args.files[2], "--c");
	assert_string_equal(args.net.pcap, "x.pcap");
	assert_int_equal(args.payload, 61440);
	assert_int_equal(args.to_port, 65535);
	assert_string_equal(proto_addr_format(&args.from.addr, addr, sizeof(addr)), "2001:db8::3");
	assert_int_equal(args.from_port, 7);
	assert_int_equal(args.net.mtu, 1280);
	assert_int_equal(args.dscp, 63);
	assert_int_equal(args.ttl, 255);
	assert_int_equal(args.flow_label, 0xfffff);
	assert_true(args.net.vlan);
	assert_int_equal(args.net.vlan_tci, 0xeffe | 7 << 13);
	assert_int_equal(args.net.vlan_tci & 0xfff, 4094);
	assert_int_equal(args.net.seed, 16);
	assert_int_equal(args.repeat, 4294967295);
	assert_int_equal(args.net.port, 31);
	assert_int_equal(args.net.packets, 1);
	assert_int_equal(args.net.buffers, 2);
	assert_int_equal(args.net.payloads, 3);
	assert_int_equal(args.data, PROTO_DATA_MAP);
	assert_true(args.net.json && args.net.quiet && args.net.verbose);

	assert_int_equal(
		parse(V4 "--df never --no-udp-cksum --gateway-mac 02:AB:00:00:00:01 --neigh "
			 "192.0.2.2=02:00:00:00:00:02 --neigh 192.0.2.3=02:00:00:00:00:03"),
		OPT_OK);
	assert_int_equal(args.df, PROTO_DF_NEVER);
	assert_true(args.no_udp_cksum && args.gateway);
	rte_ether_format_addr(mac, sizeof(mac), &args.gateway_mac);
	assert_string_equal(mac, "02:AB:00:00:00:01");
	assert_int_equal(args.net.n_neigh, 2);
	rte_ether_format_addr(mac, sizeof(mac), &args.net.neigh[1].mac);
	assert_string_equal(mac, "02:00:00:00:00:03");
	assert_string_equal(
		proto_addr_format(&args.net.neigh[1].addr, addr, sizeof(addr)), "192.0.2.3");
	assert_int_equal(parse("- --to 192.0.2.2:1"), OPT_OK);
	assert_string_equal(args.files[0], "-");
}

static void
test_rate(void **state)
{
	static const struct {
		const char *line;
		uint64_t rate;
	} rates[] = {
		{V4 "--rate 1", 1},
		{V4 "--rate 1k", 1000},
		{V4 "--rate 20M", 20000000},
		{V4 "--rate 2.5G", 2500000000},
		{V4 "--rate 0.000000001G", 1},
		{V4 "--rate 1.0005k", 1000},
		{V4 "--rate 0x10", 16},
		{V4 "--rate 1000G", 1000000000000},
	};

	(void)state;
	for (size_t i = 0; i < OPT_ROWS(rates); i++) {
		assert_int_equal(parse(rates[i].line), OPT_OK);
		assert_int_equal(args.rate, rates[i].rate);
	}
}

/* --seed 0 is a seed, although the library takes 0 for "unpredictable". */
static void
test_seed(void **state)
{
	(void)state;
	assert_int_equal(parse(V4 "--seed 0"), OPT_OK);
	assert_true(args.net.seed != 0);
	assert_int_equal(parse(V4 "--seed 1"), OPT_OK);
	assert_int_equal(args.net.seed, 1);
}

static void
test_eal(void **state)
{
	(void)state;
	assert_int_equal(parse_eal(V4, true), OPT_OK);
	assert_null(args.net.pcap);
	assert_int_equal(parse_eal(V4 "--pcap x", true), OPT_USAGE);
	assert_non_null(strstr(error.text, "put --vdev net_pcap0,tx_pcap=OUT before the --"));
	assert_int_equal(parse_eal(V4 "--vdev net_null0", true), OPT_USAGE);
	assert_non_null(strstr(error.text, "--vdev: EAL arguments were given"));
}

static void
test_help_wins(void **state)
{
	(void)state;
	assert_int_equal(parse("--help"), OPT_OK);
	assert_true(args.net.help);
	assert_int_equal(parse("-h --json"), OPT_OK);
	assert_true(args.net.help);
}

static void
test_neigh_limit(void **state)
{
	static char line[4096];
	size_t at = (size_t)snprintf(line, sizeof(line), V4);

	(void)state;
	for (unsigned i = 0; i < ARGS_NEIGH_MAX; i++)
		at += (size_t)snprintf(
			line + at, sizeof(line) - at, "--neigh=192.0.2.%u=02:00:00:00:00:01 ", i);
	assert_int_equal(parse(line), OPT_OK);
	assert_int_equal(args.net.n_neigh, ARGS_NEIGH_MAX);
	snprintf(line + at, sizeof(line) - at, "--neigh=192.0.2.99=02:00:00:00:00:01");
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_non_null(strstr(error.text, "at most 64"));
}

/* An error stays whole however long the value is. */
static void
test_long_value(void **state)
{
	static char line[3000];

	(void)state;
	memcpy(line, V4 "--mtu ", sizeof(V4 "--mtu ") - 1);
	memset(line + sizeof(V4 "--mtu ") - 1, '9', 2000);
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_non_null(strstr(error.text, "expected 68..65535"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_eal),
		cmocka_unit_test(test_help_wins),
		cmocka_unit_test(test_neigh_limit),
		cmocka_unit_test(test_long_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
