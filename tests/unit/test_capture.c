/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures of a stack on net_ring0, which gives back what is sent to it: each frame is sent, comes
 * in, and is dropped as another station's. tshark reads what was written.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "capture_ng/capture.h"
#include "capture_ng/capture_clock.h"
#include "capture_ng/capture_tap.h"
#include "eal.h"

#define PAYLOAD_LEN 1000
#define FRAME_LEN   (PAYLOAD_LEN + 42)
#define LINES_MAX   64

static char dir[] = "/tmp/test_capture.XXXXXX";
static char file[64];
static struct proto *stack;
static struct proto_worker *worker;
static struct proto_endpoint *ep;
static struct capture_conf conf;
static struct capture *capture;
static struct opt_error err;
static char lines[LINES_MAX][2400];

static void
done(struct proto_endpoint *endpoint, const struct proto_done *d, unsigned n, void *arg)
{
	(void)endpoint, (void)d, (void)n, (void)arg;
}

static int
begin(void **state)
{
	const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};
	struct proto_endpoint_conf endpoint = {
		.local_port = 5000, .remote_port = 9000, .done = done};
	struct pktpool_why why = {""};
	struct proto_link *link;

	(void)state;
	if (proto_addr_parse("192.0.2.1", &endpoint.local, &why) != 0 ||
		proto_addr_parse("192.0.2.2", &endpoint.remote, &why) != 0 ||
		proto_create(&stack, &(struct proto_conf){.name = "cap"}, &why) != 0 ||
		proto_link_add(stack, &(struct proto_link_conf){.port = PROTO_PORT(0)}, &link,
			&why) != 0 ||
		proto_addr_add(link, &endpoint.local, 24, &why) != 0 ||
		proto_neigh_add(link, &endpoint.remote, &mac, &why) != 0 ||
		proto_start(stack, &why) != 0)
		fail_msg("%s", why.text);
	worker = proto_worker_at(stack, 0);
	if (proto_endpoint_create(worker, &endpoint, &ep, &why) != 0)
		fail_msg("%s", why.text);
	conf = (struct capture_conf){
		.file = file,
		.stack = stack,
		.n_links = 1,
		.links = {{.index = 0, .port_id = 0, .name = "wan"}},
	};
	return 0;
}

static int
end(void **state)
{
	(void)state;
	assert_int_equal(proto_stop(stack), 0);
	assert_int_equal(proto_destroy(stack, NULL, NULL), 0);
	assert_int_equal(unlink(file), 0);
	return 0;
}

/* Send datagrams, each of bytes that are its number. */
static void
traffic(unsigned int n)
{
	static uint8_t bytes[PAYLOAD_LEN];
	const struct iovec iov = {bytes, sizeof(bytes)};
	const struct proto_payload payload = {.iov = &iov, .iovcnt = 1};

	for (unsigned int i = 0; i < n; i++) {
		memset(bytes, (int)(i + 1), sizeof(bytes));
		assert_int_equal(proto_send(ep, &payload, 1), 1);
		while (proto_poll(worker, rte_get_tsc_cycles()) != 0)
			;
	}
	assert_int_equal(proto_outstanding(ep), 0);
}

static void
start(void)
{
	if (capture_start(&capture, &conf, &err) != 0)
		fail_msg("%s", err.text);
}

/* End the capture: so many frames were to be captured, so many were. */
static void
stop(uint64_t seen, uint64_t written)
{
	struct capture_figures figures;

	if (capture_stop(capture, &figures, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(figures.seen, seen);
	assert_int_equal(figures.written, written);
	assert_int_equal(figures.missed, seen - written);
}

/* tshark's words on a file, a line each. Returns how many lines. */
static unsigned int
tshark(const char *path, const char *args)
{
	char command[512];
	unsigned int n = 0;
	FILE *pipe;

	(void)snprintf(command, sizeof(command), "tshark -n -r '%s' %s 2>/dev/null", path, args);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (n < LINES_MAX && fgets(lines[n], sizeof(lines[n]), pipe) != NULL) {
		lines[n][strcspn(lines[n], "\n")] = '\0';
		n++;
	}
	for (int c; (c = fgetc(pipe)) != EOF;)
		n += c == '\n';
	if (pclose(pipe) != 0)
		fail_msg("tshark does not like %s", path);
	return n;
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void
test_fields(void **state)
{
	static const char *const want[] = {
		"wan\t1042\t1042\t0x00000002\t192.0.2.2\t\t%02x",
		"wan\t1042\t1042\t0x00000001\t192.0.2.2\t\t%02x",
		"wan\t1042\t1042\t0x00000001\t192.0.2.2\tdropped: other_mac: %s\t%02x",
	};
	uint64_t before = now_ns(), last = before, after;

	(void)state;
	conf.what = CAPTURE_RX | CAPTURE_TX | CAPTURE_DROPS;
	start();
	traffic(3);
	stop(9, 9);
	after = now_ns();
	assert_int_equal(tshark(file, "-T fields -e frame.interface_name -e frame.len "
				      "-e frame.cap_len -e frame.packet_flags_direction "
				      "-e ip.dst -e frame.comment -e udp.payload"),
		9);
	for (unsigned int i = 0; i < 9; i++) {
		char line[256], *payload = strrchr(lines[i], '\t') + 1;

		payload[2] = '\0';
		if (i % 3 == 2)
			(void)snprintf(line, sizeof(line), want[2],
				proto_drop_meaning(PROTO_DROP_OTHER_MAC), i / 3 + 1);
		else
			(void)snprintf(line, sizeof(line), want[i % 3], i / 3 + 1);
		assert_string_equal(lines[i] + strspn(lines[i], " "), line);
	}
	assert_int_equal(tshark(file, "-T fields -e frame.time_epoch"), 9);
	for (unsigned int i = 0; i < 9; i++) {
		uint64_t seconds, ns;

		assert_int_equal(sscanf(lines[i], "%" SCNu64 ".%9" SCNu64, &seconds, &ns), 2);
		ns += seconds * 1000000000;
		assert_true(ns >= last && ns <= after);
		last = ns;
	}
}

/* The whole payload: a copy that went astray anywhere would show. */
static void
test_bytes(void **state)
{
	(void)state;
	conf.what = CAPTURE_TX;
	start();
	traffic(2);
	stop(2, 2);
	assert_int_equal(tshark(file, "-o udp.check_checksum:TRUE -Y 'udp.checksum.status == 1 && "
				      "udp.length == 1008' -T fields -e frame.number"),
		2);
}

static void
test_snaplen(void **state)
{
	(void)state;
	conf.what = CAPTURE_RX;
	conf.snaplen = 61;
	start();
	traffic(2);
	stop(2, 2);
	assert_int_equal(tshark(file, "-T fields -e frame.len -e frame.cap_len"), 2);
	assert_string_equal(lines[0], "1042\t61");
	assert_string_equal(lines[1], "1042\t61");
}

static void
test_sample(void **state)
{
	(void)state;
	conf.what = CAPTURE_RX | CAPTURE_DROPS;
	conf.sample = 4;
	start();
	traffic(10);
	stop(5, 5); /* received: 1, 5, 9; dropped: 4, 8 */
	assert_int_equal(tshark(file, "-Y frame.comment -T fields -e udp.payload"), 2);
	assert_memory_equal(lines[0], "0404", 4);
	assert_memory_equal(lines[1], "0808", 4);
	assert_int_equal(tshark(file, "-Y '!frame.comment' -T fields -e udp.payload"), 3);
	assert_memory_equal(lines[0], "0101", 4);
	assert_memory_equal(lines[2], "0909", 4);
}

static void
test_rotation(void **state)
{
	char name[3][72];
	unsigned int first = 1, n = 0, total = 0;
	struct stat st;

	(void)state;
	conf.what = CAPTURE_TX;
	conf.rotate_octets = 8192;
	conf.rotate_files = 3;
	start();
	for (unsigned int i = 0; i < 10; i++) {
		traffic(5);
		assert_int_equal(capture_drain(capture, &err), 5);
	}
	stop(50, 50);
	for (unsigned int i = 0; i < 3; i++) {
		(void)snprintf(name[i], sizeof(name[i]), i == 0 ? "%s" : "%s.%u", file, i);
		assert_int_equal(stat(name[i], &st), 0);
		assert_true(st.st_size <= 8192 + 128); /* and the figures at the end */
		n = tshark(name[i], "-T fields -e udp.payload");
		assert_true(n > 0 && (i == 0 || n >= 5));
		total += n;
		(void)sscanf(lines[n - 1], "%2x", &first);
		if (i == 0)
			assert_int_equal(first, 5); /* the newest */
	}
	assert_true(total < 50);
	(void)snprintf(name[0], sizeof(name[0]), "%s.3", file);
	assert_int_not_equal(stat(name[0], &st), 0);
	assert_int_equal(unlink(name[1]), 0);
	assert_int_equal(unlink(name[2]), 0);
}

/* What finds no slot is missed, counted, and said in the file; afterwards it goes on. */
static void
test_missed(void **state)
{
	(void)state;
	conf.what = CAPTURE_TX;
	conf.rotate_octets = 65536; /* tshark reads short files as a whole */
	start();
	traffic(CAPTURE_SLOTS + 30);
	assert_int_equal(capture_drain(capture, &err), CAPTURE_SLOTS);
	traffic(3);
	stop(CAPTURE_SLOTS + 33, CAPTURE_SLOTS + 3);
	assert_int_equal(tshark(file, "-X 'read_format:MIME Files Format' -V | grep -c "
				      "'Number of Dropped Packets: 30$'"),
		1);
	assert_string_equal(lines[0], "1");
}

static void
test_cannot_be_written(void **state)
{
	struct rlimit limit, none;
	char missing[96];

	(void)state;
	(void)snprintf(missing, sizeof(missing), "%s/none/x", dir);
	conf.file = missing;
	assert_int_equal(capture_start(&capture, &conf, &err), -1);
	assert_non_null(strstr(err.text, "cannot be written: No such file"));
	conf.file = "/dev/full";
	assert_int_equal(capture_start(&capture, &conf, &err), -1);
	assert_non_null(strstr(err.text, "No space left"));
	traffic(1); /* nobody listens */

	conf.file = file;
	start();
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	none = limit;
	none.rlim_cur = 2000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	traffic(5);
	assert_int_equal(capture_drain(capture, &err), -1);
	assert_non_null(strstr(err.text, "File too large"));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	traffic(CAPTURE_SLOTS); /* all slots come back although nothing is written */
	assert_int_equal(capture_drain(capture, &err), CAPTURE_SLOTS);
	assert_int_equal(capture_drain(capture, &err), 0);
	assert_int_equal(capture_stop(capture, &(struct capture_figures){0}, &err), 0);
}

/* Captures leave nothing behind: one after the other, and none in between. */
static void
test_again(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		conf.what = 0;
		start();
		traffic(2);
		stop(4, 4);
		traffic(2);
		assert_int_equal(tshark(file, "-T fields -e frame.number"), 4);
	}
}

static void
test_clock(void **state)
{
	struct capture_clock clock;
	uint64_t hz = rte_get_tsc_hz(), before = now_ns();

	(void)state;
	capture_clock_set(&clock);
	assert_in_range(clock.ns, before, now_ns());
	assert_in_range(capture_clock_ns(&clock, clock.tsc + hz) - clock.ns, 999999999, 1000000001);
	assert_in_range(clock.ns - capture_clock_ns(&clock, clock.tsc - hz), 999999999, 1000000001);
}

/* A dropped frame in three buffers, behind headers that were stepped over; and a part of it. */
static void
test_chain(void **state)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create("chain", 7, 0, 0, 256, SOCKET_ID_ANY);
	struct capture_slots slots;
	struct capture_drops drops = {.slots = &slots, .sample = 1};
	struct rte_mbuf *segs[3];
	struct capture_slot *slot = NULL;
	uint8_t want[3 * 20 + 14];
	unsigned int n = capture_slots_make(&slots, 60);

	(void)state;
	assert_int_equal(n, CAPTURE_SLOTS);
	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, segs, 3), 0);
	for (unsigned int i = 0; i < sizeof(want); i++)
		want[i] = (uint8_t)i;
	for (unsigned int i = 0, at = 0; i < 3; i++) {
		unsigned int len = i == 0 ? 34 : 20;

		memcpy(rte_pktmbuf_append(segs[i], (uint16_t)len), want + at, len);
		segs[i]->next = i < 2 ? segs[i + 1] : NULL;
		at += len;
	}
	(void)rte_pktmbuf_adj(segs[0], 14);
	for (uint32_t len = 1; len <= 60; len++) {
		const struct proto_dropped frame = {.reason = PROTO_DROP_IP_CKSUM,
			.link = 2,
			.pkt = segs[0],
			.front = 14,
			.len = len};

		capture_drop(&frame, &drops);
		assert_int_equal(rte_ring_dequeue(slots.full, (void **)&slot), 0);
		assert_int_equal(slot->len, len + 14);
		assert_int_equal(slot->caplen, RTE_MIN(len + 14, 60u));
		assert_int_equal(slot->drop, PROTO_DROP_IP_CKSUM);
		assert_memory_equal(slot->bytes, want, slot->caplen);
		assert_int_equal(rte_ring_enqueue(slots.free, slot), 0);
	}
	drops.interface_of[2] = -1; /* a link that is not listened to */
	capture_drop(&(struct proto_dropped){.link = 2, .pkt = segs[0], .len = 1}, &drops);
	assert_int_not_equal(rte_ring_dequeue(slots.full, (void **)&slot), 0);
	capture_slots_free(&slots);
	segs[0]->nb_segs = 3;
	rte_pktmbuf_free(segs[0]);
	rte_mempool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_chain),
		cmocka_unit_test_setup_teardown(test_fields, begin, end),
		cmocka_unit_test_setup_teardown(test_bytes, begin, end),
		cmocka_unit_test_setup_teardown(test_snaplen, begin, end),
		cmocka_unit_test_setup_teardown(test_sample, begin, end),
		cmocka_unit_test_setup_teardown(test_rotation, begin, end),
		cmocka_unit_test_setup_teardown(test_missed, begin, end),
		cmocka_unit_test_setup_teardown(test_cannot_be_written, begin, end),
		cmocka_unit_test_setup_teardown(test_again, begin, end),
	};

	if (access("/usr/bin/tshark", X_OK) != 0) {
		printf("1..0 # SKIP no tshark to read captures with: ./dev setup\n");
		return 0;
	}
	if (mkdtemp(dir) == NULL || eal_start(1, (const char *[]){"--vdev=net_ring0", NULL}) != 0)
		return 1;
	(void)snprintf(file, sizeof(file), "%s/capture.pcapng", dir);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	(void)rmdir(dir);
	return eal_stop() != 0 || failed != 0;
}
