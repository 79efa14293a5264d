/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration files that are wrong: each mistake is named by file, line, key, and its cure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "session/config.h"

static struct config config;

struct refusal {
	const char *yaml;
	const char *says; /* the whole error; behind a "*": what it contains */
};

static const struct refusal refusals[] = {
	/* not YAML, not one mapping */
	{"", "x.yaml:1: empty: expected keys and their values, as in workers: 1"},
	{"# nothing\n", "x.yaml:1: empty: expected keys and their values, as in workers: 1"},
	{"name: x\nworkers: 2 : 3",
		"x.yaml:2: not YAML: mapping values are not allowed in this context"},
	{"name: x\nlinks: [{port: a}", "x.yaml:3: not YAML: did not find expected ',' or ']', "
				       "while parsing a flow sequence "
				       "that began on line 2"},
	{"name: x\n\n\tworkers: 1", "*x.yaml:3: not YAML: "},
	{"\x01", "x.yaml:1: not YAML: control characters are not allowed"},
	{"- a", "x.yaml:1: expected keys and their values, as in workers: 1"},
	{"\n\na", "x.yaml:3: expected keys and their values, as in workers: 1"},
	{"workers: 2\n---\nworkers: 3", "x.yaml:2: a second document; expected one: leave it out"},
	{"eal: &a [x]\nscript: *a", "x.yaml:2: an alias; expected the value itself: write it out"},
	/* keys */
	{"name: x\nworker: 2",
		"x.yaml:2: worker: no such key; expected one of: eal, name, workers, pools, "
		"endpoints, seed, icmp_rate, idle, reassembly, links, routes, engine, script"},
	{"links:\n - port: a\n   name: b\n   mtx: 70",
		"x.yaml:4: links[0].mtx: no such key; expected one of: name, port, mtu, "
		"rx_descriptors, tx_descriptors, dad, slaac, promiscuous, offload, addresses, "
		"neighbours"},
	{"links:\n - mtx: 70", "*x.yaml:2: links[0].mtx: no such key; expected one of: name, port"},
	{"pools:\n\n  cash: 3",
		"x.yaml:3: pools.cash: no such key; expected one of: payloads, packets, "
		"packets_overflow, buffers, rx_packets, cache"},
	{"routes:\n - prefix: 0.0.0.0/0\n   gw: 1.1.1.1",
		"x.yaml:3: routes[0].gw: no such key; expected one of: prefix, via, link"},
	{"workers: 1\nname: x\nworkers: 2",
		"x.yaml:3: workers: stands twice; leave one of them out"},
	{"links:\n - port: a\n - name: b\n   mtu: 1500\n",
		"x.yaml:3: links[1].port: missing: expected the name or number of a DPDK port, as "
		"in net_pcap0, 0000:01:00.0 or 0"},
	{"links: [{}]", "*x.yaml:1: links[0].port: missing: "},
	{"routes:\n - via: 192.0.2.1", "*x.yaml:2: routes[0].prefix: missing: expected ADDR/LEN"},
	{"links:\n - port: a\n   neighbours:\n    - address: 192.0.2.2",
		"*x.yaml:4: links[0].neighbours[0].mac: missing: expected the MAC"},
	/* wrong types */
	{"workers: [2]", "x.yaml:1: workers: expected a number, 1..64"},
	{"workers: {a: 2}", "x.yaml:1: workers: expected a number, 1..64"},
	{"\nworkers:", "x.yaml:2: workers: '': expected a number, 1..64"},
	{"workers: two", "x.yaml:1: workers: 'two': expected a number, 1..64"},
	{"workers: 1.5", "x.yaml:1: workers: '1.5': expected a number, 1..64"},
	{"workers: 1 2", "x.yaml:1: workers: '1 2': expected a number, 1..64"},
	{"pools: 3", "x.yaml:1: pools: expected payloads:, packets: and so on below it"},
	{"name: x\nlinks: {port: a}",
		"x.yaml:2: links: expected a list of links, each with its port:"},
	{"links: [a]", "x.yaml:1: links[0]: expected a list of links, each with its port:"},
	{"eal: --no-huge",
		"x.yaml:1: eal: expected a list; one word of the EAL's command line an entry, as "
		"in --no-huge or --vdev=net_null0"},
	{"eal:\n - a\n - [b]", "*x.yaml:3: eal[1]: expected one word of the EAL's command line"},
	{"links:\n - {port: a}\n - port: b\n   addresses: 192.0.2.1/24",
		"x.yaml:4: links[1].addresses: expected a list; a host's ADDR/LEN, as in "
		"192.0.2.1/24 or 2001:db8::1/64"},
	{"links:\n - port: a\n   dad: flase",
		"x.yaml:3: links[0].dad: 'flase': expected true or false"},
	{"idle: sleep", "x.yaml:1: idle: 'sleep': expected spin, pause or interrupt"},
	/* numbers out of range */
	{"workers: 0", "x.yaml:1: workers: '0': expected a number, 1..64"},
	{"workers: 65", "x.yaml:1: workers: '65': expected a number, 1..64"},
	{"workers: -1", "x.yaml:1: workers: '-1': expected a number, 1..64"},
	{"pools:\n  payloads: 65537",
		"x.yaml:2: pools.payloads: '65537': expected a number, 1..65536"},
	{"pools:\n  packets: 16777217",
		"x.yaml:2: pools.packets: '16777217': expected a number, 1..16777216"},
	{"pools: {cache: 513}", "x.yaml:1: pools.cache: '513': expected a number, 0..512"},
	{"seed: 18446744073709551615", "x.yaml:1: seed: '18446744073709551615': expected a number, "
				       "0..18446744073709551614"},
	{"seed: 18446744073709551616", "x.yaml:1: seed: '18446744073709551616': expected a number, "
				       "0..18446744073709551614"},
	{"links:\n - {port: a, mtu: 67}",
		"x.yaml:2: links[0].mtu: '67': expected a number, 68..65535"},
	{"links:\n - port: a\n   mtu:\n     65536",
		"x.yaml:3: links[0].mtu: '65536': expected a number, 68..65535"},
	{"links:\n - {port: a, rx_descriptors: 0}",
		"x.yaml:2: links[0].rx_descriptors: '0': expected a number, 1..32768"},
	{"reassembly: {timeout_ipv6: 3601}",
		"x.yaml:1: reassembly.timeout_ipv6: '3601': expected a number, 1..3600"},
	{"reassembly:\n  frames: 4097",
		"x.yaml:2: reassembly.frames: 4097: expected at most 4096, as there are "
		"pools.rx_packets"},
	{"pools: {rx_packets: 10}\nreassembly:\n  datagrams: 3\n  share: 6",
		"x.yaml:4: reassembly.share: 6: expected at most 5, as there are "
		"reassembly.frames"},
	/* names */
	{"name: sixteen_letters_", "*x.yaml:1: name: 'sixteen_letters_': expected 1 to 15 letters"},
	{"name: a b", "*x.yaml:1: name: 'a b': expected 1 to 15 letters"},
	{"links: [{port: a, name: 7}]",
		"x.yaml:1: links[0].name: '7': expected up to 31 letters, digits, '_', '-', '.', "
		"not digits alone"},
	{"links: [{port: a, name: a=b}]", "*x.yaml:1: links[0].name: 'a=b': expected up to 31"},
	{"links: [{port: 'net_null0,copy=1'}]",
		"*links[0].port: 'net_null0,copy=1': expected the name"},
	{"engine: tx only",
		"x.yaml:1: engine: 'tx only': expected the name of an engine, as in txonly"},
	{"eal:\n - --vdev net_null0",
		"x.yaml:2: eal[0]: '--vdev net_null0': expected one word of the EAL's command line "
		"an entry, as in --no-huge or --vdev=net_null0"},
	{"script: [\"a\\nb\"]", "*x.yaml:1: script[0]: 'a\nb': expected one command an entry"},
	/* addresses */
	{"links:\n - port: a\n   addresses:\n    - 192.0.2.1/24\n    - 192.0.2.2",
		"x.yaml:5: links[0].addresses[1]: '192.0.2.2': expected a host's ADDR/LEN, as in "
		"192.0.2.1/24 or 2001:db8::1/64"},
	{"links: [{port: a, addresses: [192.0.2.1/33]}]",
		"*'192.0.2.1/33': expected a host's ADDR/LEN"},
	{"links: [{port: a, addresses: [192.0.2.1/0]}]",
		"*'192.0.2.1/0': expected a host's ADDR/LEN"},
	{"links: [{port: a, addresses: [192.0.2.256/24]}]", "*'192.0.2.256/24': expected a host's"},
	{"links: [{port: a, addresses: [224.0.0.1/24]}]", "*'224.0.0.1/24': expected a host's"},
	{"links: [{port: a, addresses: ['2001:db8::1/129']}]",
		"*'2001:db8::1/129': expected a host's"},
	{"links: [{port: a, addresses: ['::/64']}]", "*'::/64': expected a host's"},
	{"links: [{port: a, addresses: [192.0.2.1/24x]}]", "*'192.0.2.1/24x': expected a host's"},
	{"links: [{port: a, neighbours: [{address: 192.0.2.1/24, mac: 02:00:00:00:00:01}]}]",
		"*links[0].neighbours[0].address: '192.0.2.1/24': expected an address of one host"},
	{"links: [{port: a, neighbours: [{address: ff02::1, mac: 02:00:00:00:00:01}]}]",
		"*links[0].neighbours[0].address: 'ff02::1': expected an address of one host"},
	{"links: [{port: a, neighbours: [{address: 192.0.2.1, mac: 01:00:00:00:00:01}]}]",
		"*links[0].neighbours[0].mac: '01:00:00:00:00:01': expected the MAC of one "
		"station"},
	{"links: [{port: a, neighbours: [{address: 192.0.2.1, mac: 02-00-00}]}]",
		"*links[0].neighbours[0].mac: '02-00-00': expected the MAC of one station"},
	{"routes: [{prefix: 198.51.100.1/24}]",
		"x.yaml:1: routes[0].prefix: '198.51.100.1/24': expected ADDR/LEN without bits "
		"behind LEN, as in 198.51.100.0/24 or ::/0"},
	{"routes: [{prefix: 224.0.0.0/4}]", "*routes[0].prefix: '224.0.0.0/4': expected ADDR/LEN"},
	{"routes: [{prefix: 0.0.0.0/0, via: any}]", "*routes[0].via: 'any': expected a router's"},
	/* what belongs together */
	{"links:\n - {port: a, name: x}\n - port: b\n   name: x",
		"x.yaml:4: links[1].name: 'x': links[0] has it already; expected another"},
	{"links:\n - {port: a, name: link1}\n - port: b",
		"x.yaml:3: links[1].name: 'link1': links[0] has it already; expected another"},
	{"links:\n - {port: a}\n - {port: b}\n - port: a",
		"x.yaml:4: links[2].port: 'a': links[0] has it already; expected another"},
	{"links:\n - {port: a, addresses: [10.0.0.1/8]}\n - port: b\n   addresses:\n"
	 "     - 10.0.0.2/8\n     - 10.0.0.1/24",
		"x.yaml:6: links[1].addresses[1]: 10.0.0.1 stands twice; leave one of them out"},
	{"links:\n - port: a\n   addresses:\n     - fe80::1/64\n     - fe80:0::1/64",
		"x.yaml:5: links[0].addresses[1]: fe80::1 stands twice; leave one of them out"},
	{"links:\n - port: a\n   neighbours:\n"
	 "     - {address: 10.0.0.2, mac: 02:00:00:00:00:01}\n"
	 "     - mac: 02:00:00:00:00:02\n       address: 10.0.0.2\n",
		"x.yaml:6: links[0].neighbours[1].address: 10.0.0.2 stands twice; leave one of "
		"them out"},
	{"links: [{port: a, name: up}, {port: b, name: down}]\nroutes:\n - prefix: 0.0.0.0/0\n"
	 "   link: upp",
		"x.yaml:4: routes[0].link: 'upp': no link has this name; expected one of: up, "
		"down"},
	{"links: [{port: a}]\nroutes:\n - prefix: 0.0.0.0/0\n   via: fe80::1",
		"x.yaml:4: routes[0].via: expected an IPv4 address, as its prefix is"},
	{"links: [{port: a}]\nroutes:\n - prefix: ::/0\n   via: fe80::1\n - prefix: ::/0",
		"x.yaml:5: routes[1].prefix: routes[0] has it already; leave one of them out"},
	{"routes:\n - prefix: 0.0.0.0/0",
		"x.yaml:2: routes[0]: there is no link to go out of; add links:"},
};

static void
refuse(const char *yaml, size_t len, const char *says)
{
	struct opt_error error = {""};

	config_init(&config);
	if (config_read_memory(&config, "x.yaml", yaml, len, &error) != -1)
		fail_msg("taken: %s", yaml);
	if (says[0] == '*' ? strstr(error.text, says + 1) == NULL : strcmp(error.text, says) != 0)
		fail_msg("\n%s\nsays:     %s\nexpected: %s", yaml, error.text, says);
}

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		refuse(refusals[i].yaml, strlen(refusals[i].yaml), refusals[i].says);
}

/* `head`, `n` of `entry`, in which %u is the number of the entry. */
static void
refuse_many(const char *head, const char *entry, unsigned n, const char *says)
{
	static char text[32768];
	size_t at = (size_t)snprintf(text, sizeof(text), "%s", head);

	for (unsigned i = 1; i <= n; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		at += (size_t)snprintf(text + at, sizeof(text) - at, entry, i);
#pragma GCC diagnostic pop
	}
	assert_true(at < sizeof(text));
	refuse(text, at, says);
}

static void
test_too_many(void **state)
{
	(void)state;
	refuse_many("eal:\n", " - a%u\n", 65, "x.yaml:1: eal: expected at most 64 entries");
	refuse_many(
		"\nscript:\n", " - a%u\n", 257, "x.yaml:2: script: expected at most 256 entries");
	refuse_many(
		"links:\n", " - port: %u\n", 17, "x.yaml:1: links: expected at most 16 entries");
	refuse_many("links: [{port: a}]\nroutes:\n", " - prefix: 10.%u.0.0/16\n", 65,
		"x.yaml:2: routes: expected at most 64 entries");
	refuse_many("links:\n - port: a\n   addresses:\n", "     - 10.0.0.%u/24\n", 17,
		"x.yaml:3: links[0].addresses: expected at most 16 entries");
	refuse_many("links:\n - port: a\n   neighbours:\n",
		"     - {address: 10.0.0.%u, mac: 02:00:00:00:00:01}\n", 65,
		"x.yaml:3: links[0].neighbours: expected at most 64 entries");
}

/* A NUL in a value would hide what stands behind it. */
static void
test_nul(void **state)
{
	static const char text[] = "workers: 1\0 2\n", escaped[] = "name: \"a\\0b\"\n";

	(void)state;
	refuse(text, sizeof(text) - 1, "x.yaml:1: not YAML: control characters are not allowed");
	refuse(escaped, sizeof(escaped) - 1, "*x.yaml:1: a zero byte");
}

static void
refuse_file(const char *path, const char *says)
{
	struct opt_error error = {""};

	config_init(&config);
	assert_int_equal(config_read(&config, path, &error), -1);
	if (strstr(error.text, says) == NULL)
		fail_msg("says: %s\nexpected: %s", error.text, says);
	assert_non_null(strstr(error.text, path));
}

static void
test_files(void **state)
{
	char path[] = "/tmp/test_config.XXXXXX", tail[] = "workers: 1 # ";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	refuse_file("/nonsense/x.yaml", "No such file or directory; expected a YAML file");
	refuse_file("/tmp", "Is a directory; expected a YAML file");
	refuse_file(path, "empty");
	assert_int_equal(write(fd, tail, strlen(tail)), strlen(tail));
	for (int i = 0; i < 65536; i++)
		assert_int_equal(write(fd, "x", 1), 1);
	refuse_file(path, "expected at most 65536 bytes of YAML");
	assert_int_equal(ftruncate(fd, 65536), 0);
	config_init(&config);
	assert_int_equal(config_read(&config, path, &(struct opt_error){""}), 0);
	if (geteuid() != 0) {
		assert_int_equal(fchmod(fd, 0), 0);
		refuse_file(path, "Permission denied");
	}
	close(fd);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
