/* SPDX-License-Identifier: BSD-3-Clause */
/* Flags of a session: what each does alone, and that they win over the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "session/config_flags.h"
#include "words.h"

static struct config config;
static struct config_flags flags;
static struct opt_error error;
static char file[] = "/tmp/test_config_flags.XXXXXX";

static int
parse(const char *line)
{
	static char *words[WORDS_MAX];
	int n = words_split(line, words);

	error.text[0] = '\0';
	return config_flags_parse(&flags, &config, n, words, &error);
}

static void
take(const char *line)
{
	if (parse(line) != OPT_OK)
		fail_msg("%s: %s", line, error.text);
}

/* Parse with this text in the file that --config names. */
static void
take_with(const char *yaml, const char *line)
{
	char whole[512];
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	fputs(yaml, out);
	fclose(out);
	snprintf(whole, sizeof(whole), "%s --config %s", line, file);
	take(whole);
}

static void
assert_addr(const struct proto_addr *addr, const char *text)
{
	char own[PROTO_ADDR_STR_MAX];

	assert_string_equal(proto_addr_format(addr, own, sizeof(own)), text);
}

static void
test_nothing(void **state)
{
	static struct config expected;

	(void)state;
	take("");
	config_init(&expected);
	assert_memory_equal(&config, &expected, sizeof(config));
	assert_null(flags.file);
	assert_null(flags.script);
	assert_false(flags.live || flags.help);
}

static void
test_own(void **state)
{
	(void)state;
	take("--live --script f");
	assert_true(flags.live);
	assert_string_equal(flags.script, "f");
	take("--workers 65 --help"); /* help is help, whatever else there is */
	assert_true(flags.help);
}

/* Without --link each --vdev is a link; with it, links are those named. */
static void
test_vdev(void **state)
{
	(void)state;
	take("--addr 192.0.2.1/24 --vdev net_null0,copy=1 --vdev=net_ring0");
	assert_int_equal(config.n_eal, 2);
	assert_string_equal(config.eal[0], "--vdev=net_null0,copy=1");
	assert_string_equal(config.eal[1], "--vdev=net_ring0");
	assert_int_equal(config.n_links, 2);
	assert_string_equal(config.links[0].port, "net_null0");
	assert_string_equal(config.links[1].port, "net_ring0");
	assert_int_equal(config.links[0].n_addrs, 1);
	take("--vdev net_null0 --vdev net_null1 --link net_null1");
	assert_int_equal(config.n_links, 1);
	assert_string_equal(config.links[0].port, "net_null1");
	assert_int_equal(config.n_eal, 2);
}

static void
test_link(void **state)
{
	const struct config_link *link = &config.links[0];

	(void)state;
	take("--link 0000:01:00.0,name=up,mtu=9000,rx_descriptors=64,tx_descriptors=128,dad,"
	     "slaac=true,promiscuous=false,offload=false --link 1,dad=false");
	assert_int_equal(config.n_links, 2);
	assert_string_equal(link->name, "up");
	assert_string_equal(link->port, "0000:01:00.0");
	assert_int_equal(link->mtu, 9000);
	assert_int_equal(link->n_rxd, 64);
	assert_int_equal(link->n_txd, 128);
	assert_true(link->dad && link->slaac && link->no_offload);
	assert_false(link->promisc);
	assert_string_equal(config.links[1].name, "link1");
	assert_false(config.links[1].dad);
}

/* Flags name links wherever they stand. */
static void
test_addr(void **state)
{
	(void)state;
	take("--addr down=2001:db8::1/64 --addr 192.0.2.1/24 --addr b=10.0.0.1/8 --link a,name=up "
	     "--link b,name=down");
	assert_int_equal(config.links[0].n_addrs, 1);
	assert_addr(&config.links[0].addrs[0].addr, "192.0.2.1");
	assert_int_equal(config.links[1].n_addrs, 2);
	assert_addr(&config.links[1].addrs[0].addr, "2001:db8::1");
	assert_int_equal(config.links[1].addrs[0].len, 64);
	assert_addr(&config.links[1].addrs[1].addr, "10.0.0.1"); /* by its port */
	take("--addr 192.0.2.1/24");				 /* the EAL's first port is meant */
	assert_int_equal(config.n_links, 1);
	assert_string_equal(config.links[0].port, "0");
}

static void
test_neigh(void **state)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};

	(void)state;
	take("--link a --link b,name=down --neigh 192.0.2.2=02:00:00:00:00:01 --neigh "
	     "down=2001:db8::2=02:00:00:00:00:09 --neigh 192.0.2.2=02:00:00:00:00:09");
	assert_int_equal(config.links[0].n_neighs, 1);
	assert_memory_equal(&config.links[0].neighs[0].mac, &mac, sizeof(mac));
	assert_int_equal(config.links[1].n_neighs, 1);
	assert_addr(&config.links[1].neighs[0].addr, "2001:db8::2");
}

static void
test_gateway(void **state)
{
	(void)state;
	take("--link a --link b,name=down --gateway 192.0.2.254 --gateway down=fe80::1");
	assert_int_equal(config.n_routes, 2);
	assert_int_equal(config.routes[0].prefix.len, 0);
	assert_int_equal(config.routes[0].prefix.addr.family, PROTO_IPV4);
	assert_addr(&config.routes[0].gateway, "192.0.2.254");
	assert_string_equal(config.routes[0].link, "link0");
	assert_addr(&config.routes[1].gateway, "fe80::1");
	assert_addr(&config.routes[1].prefix.addr, "::");
	assert_string_equal(config.routes[1].link, "down");
}

/* What flags set replaces what the file says, what they add comes behind it. */
static void
test_flags_win(void **state)
{
	static const char yaml[] =
		"eal: [--no-huge]\nworkers: 2\nengine: echo\nscript: [one]\n"
		"links:\n"
		"  - port: a\n"
		"    mtu: 1500\n"
		"    dad: true\n"
		"    offload: false\n"
		"    addresses: [192.0.2.1/24]\n"
		"    neighbours: [{address: 192.0.2.2, mac: 02:00:00:00:00:01}]\n"
		"routes: [{prefix: 10.0.0.0/8}, {prefix: 0.0.0.0/0, via: "
		"192.0.2.9}]\n";

	(void)state;
	take_with(yaml, "--workers 3 --engine txonly -c two --command=three --vdev v --link "
			"a,mtu=9000,dad=false --addr 192.0.2.1/16 --addr 192.0.2.5/24 --neigh "
			"192.0.2.2=02:00:00:00:00:05 --gateway 192.0.2.8");
	assert_int_equal(config.stack.n_workers, 3);
	assert_string_equal(config.engine, "txonly");
	assert_int_equal(config.n_script, 3);
	assert_string_equal(config.script[0], "one");
	assert_string_equal(config.script[1], "two");
	assert_string_equal(config.script[2], "three");
	assert_string_equal(config.eal[1], "--vdev=v");
	assert_int_equal(config.n_links, 1); /* the file names its links: v is none */
	assert_int_equal(config.links[0].mtu, 9000);
	assert_false(config.links[0].dad);
	assert_true(config.links[0].no_offload); /* no flag said otherwise */
	assert_int_equal(config.links[0].n_addrs, 2);
	assert_int_equal(config.links[0].addrs[0].len, 16);
	assert_int_equal(config.links[0].n_neighs, 1);
	assert_int_equal(config.links[0].neighs[0].mac.addr_bytes[5], 5);
	assert_int_equal(config.n_routes, 2);
	assert_int_equal(config.routes[0].prefix.len, 8);
	assert_addr(&config.routes[1].gateway, "192.0.2.8");
	assert_string_equal(config.file, file);
}

struct refusal {
	const char *line;
	int status;
	const char *says;
};

static const struct refusal refusals[] = {
	{"--nonsense", OPT_USAGE, "--nonsense: no such option; see --help"},
	{"start", OPT_USAGE, "start: not an option; a command stands behind -c, in quotes"},
	{"--workers", OPT_USAGE, "--workers: a value is missing: expected a number, 1..64"},
	{"--workers 65", OPT_BAD_VALUE, "--workers 65: expected a number, 1..64"},
	{"--engine tx=only", OPT_BAD_VALUE,
		"--engine tx=only: expected the name of an engine, as in txonly"},
	{"--vdev --link", OPT_BAD_VALUE,
		"--vdev --link: expected a DPDK virtual device, as in net_null0"},
	{"--link a,mtu=67", OPT_BAD_VALUE, "--link a,mtu=67: mtu: expected a number, 68..65535"},
	{"--link a,mtu", OPT_BAD_VALUE, "--link a,mtu: mtu: expected a number, 68..65535"},
	{"--link a,dad=yes", OPT_BAD_VALUE, "--link a,dad=yes: dad: expected true or false"},
	{"--link a,speed=1", OPT_BAD_VALUE,
		"--link a,speed=1: no key 'speed'; expected PORT[,KEY=VALUE]..., as in "
		"net_null0,name=up,mtu=9000,dad"},
	{"--link a,port=b", OPT_BAD_VALUE,
		"--link a,port=b: no key 'port'; expected PORT[,KEY=VALUE]..., as in "
		"net_null0,name=up,mtu=9000,dad"},
	{"--link a,addresses=1", OPT_BAD_VALUE,
		"--link a,addresses=1: no key 'addresses'; expected PORT[,KEY=VALUE]..., as in "
		"net_null0,name=up,mtu=9000,dad"},
	{"--link =a", OPT_BAD_VALUE,
		"--link =a: port: expected the name or number of a DPDK port, as in net_pcap0, "
		"0000:01:00.0 or 0"},
	{"--link a,name=x --link b,name=x", OPT_BAD_VALUE,
		"links[1].name: 'x': links[0] has it already; expected another"},
	{"--addr 192.0.2.1", OPT_BAD_VALUE,
		"--addr 192.0.2.1: expected [LINK=]ADDR/LEN of a host, as in 192.0.2.1/24 or "
		"up=2001:db8::1/64"},
	{"--link a --addr up=192.0.2.1/24", OPT_BAD_VALUE,
		"--addr up=192.0.2.1/24: no link 'up'; the first is 'link0'; --link makes more"},
	{"--link a --link b --addr link0=192.0.2.1/24 --addr link1=192.0.2.1/24", OPT_BAD_VALUE,
		"links[1].addresses[0]: 192.0.2.1 stands twice; leave one of them out"},
	{"--neigh 192.0.2.1", OPT_BAD_VALUE,
		"--neigh 192.0.2.1: expected [LINK=]ADDR=MAC of one host, as in "
		"192.0.2.2=02:00:00:00:00:01"},
	{"--neigh 192.0.2.1=01:00:00:00:00:01", OPT_BAD_VALUE,
		"--neigh 192.0.2.1=01:00:00:00:00:01: expected [LINK=]ADDR=MAC of one host, as in "
		"192.0.2.2=02:00:00:00:00:01"},
	{"--gateway 224.0.0.1", OPT_BAD_VALUE,
		"--gateway 224.0.0.1: expected [LINK=]ADDR of a router, as in 192.0.2.254"},
	{"--config /nonsense.yaml", OPT_BAD_VALUE,
		"--config /nonsense.yaml: No such file or directory; expected a YAML file that can "
		"be read"},
	{"-c ''", OPT_BAD_VALUE,
		"--command : expected commands of 255 characters at most, as in "
		"'show port stats all'"},
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		assert_int_equal(parse(refusals[i].line), refusals[i].status);
		assert_string_equal(error.text, refusals[i].says);
	}
}

/* Commands of one -c: each may be long, a ; in quotes or behind a # ends none. */
static void
test_commands(void **state)
{
	char line[1024], x[201] = {0}, y[257] = {0};

	(void)state;
	memset(x, 'x', sizeof(x) - 1);
	memset(y, 'y', sizeof(y) - 1);
	snprintf(line, sizeof(line), "-c %s;%.255s;\"a;b\";#c;d", x, y);
	take(line);
	assert_int_equal(config.n_script, 4);
	assert_string_equal(config.script[0], x);
	assert_memory_equal(config.script[1], y, 255);
	assert_string_equal(config.script[2], "\"a;b\"");
	assert_string_equal(config.script[3], "#c;d");
	take("-c start;");
	assert_int_equal(config.n_script, 1);
	snprintf(line, sizeof(line), "-c start;%s", y);
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_int_equal(parse("-c ;"), OPT_BAD_VALUE);
}

/* One more than there is room for, of what flags can add. */
static void
test_too_many(void **state)
{
	char line[4096];
	size_t at = 0;

	(void)state;
	for (unsigned i = 0; i <= CONFIG_LINKS_MAX; i++)
		at += (size_t)sprintf(line + at, "--link %u ", i + 1);
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_string_equal(error.text, "--link 17: at most 16 links");
	at = 0;
	for (unsigned i = 0; i <= CONFIG_ADDRS_MAX; i++)
		at += (size_t)sprintf(line + at, "--addr 10.0.0.%u/24 ", i + 1);
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_string_equal(error.text, "10.0.0.17/24: a link has at most 16 addresses");
	at = 0;
	for (unsigned i = 0; i <= CONFIG_NEIGHS_MAX; i++)
		at += (size_t)sprintf(line + at, "--neigh 10.0.0.%u=02:00:00:00:00:01 ", i + 1);
	assert_int_equal(parse(line), OPT_BAD_VALUE);
	assert_string_equal(
		error.text, "--neigh 10.0.0.65=02:00:00:00:00:01: at most 64 neighbours");
}

static int
make_file(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_vdev),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_addr),
		cmocka_unit_test(test_neigh),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_flags_win),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
