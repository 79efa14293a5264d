/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration files that are right: each key arrives in its field, and nothing else changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "session/config.h"

static struct config config;
static struct opt_error error;

static void
read_text(const char *yaml)
{
	config_init(&config);
	error.text[0] = '\0';
	if (config_read_memory(&config, "x.yaml", yaml, strlen(yaml), &error) != 0)
		fail_msg("%s\n%s", error.text, yaml);
}

static void
assert_addr(const struct proto_addr *addr, const char *text)
{
	char own[PROTO_ADDR_STR_MAX];

	assert_string_equal(proto_addr_format(addr, own, sizeof(own)), text);
}

static const char everything[] = "eal: [--no-huge, '--vdev=net_null0', \"a b\"]\n"
				 "name: s-1\n"
				 "workers: 64\n"
				 "pools:\n"
				 "  payloads: 65536\n"
				 "  packets: 16777216\n"
				 "  packets_overflow: 3\n"
				 "  buffers: 4\n"
				 "  rx_packets: 500\n"
				 "  cache: 0\n"
				 "endpoints: 16777216\n"
				 "seed: 0xfffffffffffffffe\n"
				 "icmp_rate: 1000000\n"
				 "idle: interrupt\n"
				 "reassembly: {datagrams: 7, frames: 500, share: 499,\n"
				 "  timeout_ipv4: 1, timeout_ipv6: 3600}\n"
				 "links:\n"
				 "  - port: net_null0\n"
				 "  - name: up.1\n"
				 "    port: 0000:01:00.0\n"
				 "    mtu: 68\n"
				 "    rx_descriptors: 256\n"
				 "    tx_descriptors: 512\n"
				 "    dad: true\n"
				 "    slaac: true\n"
				 "    promiscuous: true\n"
				 "    offload: false\n"
				 "    addresses: [192.0.2.1/24, '2001:db8::1/64']\n"
				 "    neighbours:\n"
				 "      - {address: 192.0.2.2, mac: 02:00:00:00:00:07}\n"
				 "routes:\n"
				 "  - {prefix: 198.51.100.0/24, via: 192.0.2.254, link: up.1}\n"
				 "  - prefix: '::/0'\n"
				 "engine: txonly\n"
				 "script: [set burst 4, \"start\"]\n";

static void
test_stack(void **state)
{
	(void)state;
	read_text(everything);
	assert_int_equal(config.n_eal, 3);
	assert_string_equal(config.eal[0], "--no-huge");
	assert_string_equal(config.eal[1], "--vdev=net_null0");
	assert_string_equal(config.eal[2], "a b");
	assert_string_equal(config.stack.name, "s-1");
	assert_int_equal(config.stack.n_workers, 64);
	assert_int_equal(config.stack.n_payloads, 65536);
	assert_int_equal(config.stack.n_packets, 16777216);
	assert_int_equal(config.stack.n_packets_overflow, 3);
	assert_int_equal(config.stack.n_buffers, 4);
	assert_int_equal(config.stack.n_rx_packets, 500);
	assert_int_equal(config.stack.cache, 0);
	assert_int_equal(config.stack.n_endpoints, 16777216);
	assert_true(config.stack.seed == UINT64_MAX - 1);
	assert_int_equal(config.stack.icmp_rate, 1000000);
	assert_int_equal(config.stack.idle, PROTO_IDLE_INTERRUPT);
	assert_int_equal(config.stack.reass_datagrams, 7);
	assert_int_equal(config.stack.reass_frames, 500);
	assert_int_equal(config.stack.reass_share, 499);
	assert_int_equal(config.stack.reass_timeout_ipv4_s, 1);
	assert_int_equal(config.stack.reass_timeout_ipv6_s, 3600);
	assert_string_equal(config.engine, "txonly");
	assert_int_equal(config.n_script, 2);
	assert_string_equal(config.script[0], "set burst 4");
	assert_string_equal(config.script[1], "start");
}

static void
test_links(void **state)
{
	const struct config_link *plain = &config.links[0], *link = &config.links[1];
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 7}};

	(void)state;
	read_text(everything);
	assert_int_equal(config.n_links, 2);
	assert_string_equal(plain->name, "link0");
	assert_string_equal(plain->port, "net_null0");
	assert_int_equal(plain->mtu | plain->n_rxd | plain->n_txd, 0);
	assert_false(plain->dad || plain->slaac || plain->promisc || plain->no_offload);
	assert_int_equal(plain->n_addrs | plain->n_neighs, 0);
	assert_string_equal(link->name, "up.1");
	assert_string_equal(link->port, "0000:01:00.0");
	assert_int_equal(link->mtu, 68);
	assert_int_equal(link->n_rxd, 256);
	assert_int_equal(link->n_txd, 512);
	assert_true(link->dad && link->slaac && link->promisc && link->no_offload);
	assert_int_equal(link->n_addrs, 2);
	assert_addr(&link->addrs[0].addr, "192.0.2.1");
	assert_int_equal(link->addrs[0].len, 24);
	assert_addr(&link->addrs[1].addr, "2001:db8::1");
	assert_int_equal(link->addrs[1].len, 64);
	assert_int_equal(link->n_neighs, 1);
	assert_addr(&link->neighs[0].addr, "192.0.2.2");
	assert_memory_equal(&link->neighs[0].mac, &mac, sizeof(mac));
}

static void
test_routes(void **state)
{
	(void)state;
	read_text(everything);
	assert_int_equal(config.n_routes, 2);
	assert_addr(&config.routes[0].prefix.addr, "198.51.100.0");
	assert_int_equal(config.routes[0].prefix.len, 24);
	assert_addr(&config.routes[0].gateway, "192.0.2.254");
	assert_string_equal(config.routes[0].link, "up.1");
	assert_addr(&config.routes[1].prefix.addr, "::");
	assert_int_equal(config.routes[1].prefix.len, 0);
	assert_int_equal(config.routes[1].gateway.family, 0);
	assert_string_equal(config.routes[1].link, "link0"); /* the first */
}

/* One key changes one field. */
static void
test_defaults(void **state)
{
	static struct config expected;

	(void)state;
	read_text("workers: 2");
	config_init(&expected);
	assert_int_equal(expected.stack.cache, PKTPOOL_CACHE_AUTO);
	expected.stack.n_workers = 2;
	assert_memory_equal(&config, &expected, sizeof(config));
}

/* 0 is "unpredictable" to the library, and a seed like any other to a file. */
static void
test_seed_0(void **state)
{
	(void)state;
	read_text("seed: 0");
	assert_true(config.stack.seed != 0);
}

/* Numbers are decimal whatever they begin with; flags can be said. */
static void
test_forms(void **state)
{
	(void)state;
	read_text("links: [{port: a, mtu: 0100, dad: false, offload: true}]");
	assert_int_equal(config.links[0].mtu, 100);
	assert_false(config.links[0].dad || config.links[0].no_offload);
	read_text("{\"workers\": 3, \"idle\": \"spin\"}"); /* JSON is YAML */
	assert_int_equal(config.stack.n_workers, 3);
	read_text("--- # one document\nidle: pause\n...\n");
	assert_int_equal(config.stack.idle, PROTO_IDLE_PAUSE);
	read_text("links: [{port: a}]\nroutes: [{prefix: 10.0.0.0/8}, {prefix: 10.0.0.0/16}]");
	assert_int_equal(config.n_routes, 2); /* the longer wins */
	read_text("links: []\nroutes: []\nscript: []\neal: []\n");
	assert_int_equal(config.n_links | config.n_routes | config.n_script | config.n_eal, 0);
}

/* As many as there is room for. */
static void
test_full(void **state)
{
	static char text[32768];
	size_t at = 0;

	(void)state;
	at += (size_t)sprintf(text + at, "eal:\n");
	for (unsigned i = 0; i < CONFIG_WORDS_MAX; i++)
		at += (size_t)sprintf(text + at, " - word%u\n", i);
	at += (size_t)sprintf(text + at, "script:\n");
	for (unsigned i = 0; i < CONFIG_SCRIPT_MAX; i++)
		at += (size_t)sprintf(text + at, " - command%u\n", i);
	at += (size_t)sprintf(text + at, "links:\n");
	for (unsigned i = 0; i < CONFIG_LINKS_MAX; i++)
		at += (size_t)sprintf(text + at, " - port: %u\n", i);
	at += (size_t)sprintf(text + at, "   addresses:\n");
	for (unsigned i = 0; i < CONFIG_ADDRS_MAX; i++)
		at += (size_t)sprintf(text + at, "    - 192.0.2.%u/24\n", i + 1);
	at += (size_t)sprintf(text + at, "   neighbours:\n");
	for (unsigned i = 0; i < CONFIG_NEIGHS_MAX; i++)
		at += (size_t)sprintf(text + at,
			"    - {address: 192.0.2.%u, mac: 02:00:00:00:00:01}\n", i + 100);
	at += (size_t)sprintf(text + at, "routes:\n");
	for (unsigned i = 0; i < CONFIG_ROUTES_MAX; i++)
		at += (size_t)sprintf(text + at, " - prefix: 10.%u.0.0/16\n", i);
	assert_true(at < sizeof(text));
	read_text(text);
	assert_string_equal(config.eal[CONFIG_WORDS_MAX - 1], "word63");
	assert_string_equal(config.script[CONFIG_SCRIPT_MAX - 1], "command255");
	assert_string_equal(config.links[CONFIG_LINKS_MAX - 1].name, "link15");
	assert_addr(&config.links[15].addrs[CONFIG_ADDRS_MAX - 1].addr, "192.0.2.16");
	assert_addr(&config.links[15].neighs[CONFIG_NEIGHS_MAX - 1].addr, "192.0.2.163");
	assert_addr(&config.routes[CONFIG_ROUTES_MAX - 1].prefix.addr, "10.63.0.0");
}

/* From a file, whose name stays known. */
static void
test_file(void **state)
{
	char path[] = "/tmp/test_config.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "workers: 9\n", 11), 11);
	config_init(&config);
	assert_int_equal(config_read(&config, path, &error), 0);
	assert_int_equal(config.stack.n_workers, 9);
	assert_string_equal(config.file, path);
	close(fd);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_seed_0),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
