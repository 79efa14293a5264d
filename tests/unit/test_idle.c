/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker does when there is nothing to do, on ports with rx interrupts (net_vhost and
 * net_virtio_user, back to back in this process) and on one without (net_ring).
 *
 * The calls by which it rests are wrapped: they are counted, and a sleep lasts until a frame ends
 * it or the test lets it go, so that nothing but an interrupt can have woken the worker.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_epoll.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_power_intrinsics.h>

#include "eal.h"
#include "rig.h"

#define SLEEP_MS 1 /* what the worker asks for */
#define SLICE_MS 20
#define PATIENCE 20 /* seconds within which what is waited for comes */

/* How the worker has rested. */
static struct {
	_Atomic unsigned asleep, sleeps, woken, asked, pauses;
	_Atomic bool deep; /* sleep until a frame comes, however long that takes */
} rested;

int __real_rte_epoll_wait(int epfd, struct rte_epoll_event *events, int n, int timeout_ms);
int __wrap_rte_epoll_wait(int epfd, struct rte_epoll_event *events, int n, int timeout_ms);
int __real_rte_eth_dev_rx_intr_ctl_q(uint16_t port, uint16_t queue, int epfd, int op, void *data);
int __wrap_rte_eth_dev_rx_intr_ctl_q(uint16_t port, uint16_t queue, int epfd, int op, void *data);
int __real_rte_power_pause(uint64_t until);
int __wrap_rte_power_pause(uint64_t until);

int
__wrap_rte_epoll_wait(int epfd, struct rte_epoll_event *events, int n, int timeout_ms)
{
	int got;

	assert_int_equal(timeout_ms, SLEEP_MS);
	rested.sleeps++;
	rested.asleep = 1;
	do
		got = __real_rte_epoll_wait(epfd, events, n, rested.deep ? SLICE_MS : timeout_ms);
	while (got == 0 && rested.deep);
	rested.asleep = 0;
	rested.woken += got > 0;
	return got;
}

int
__wrap_rte_eth_dev_rx_intr_ctl_q(uint16_t port, uint16_t queue, int epfd, int op, void *data)
{
	rested.asked++;
	return __real_rte_eth_dev_rx_intr_ctl_q(port, queue, epfd, op, data);
}

int
__wrap_rte_power_pause(uint64_t until)
{
	rested.pauses++;
	return __real_rte_power_pause(until);
}

/* One end: a stack with an address, and a neighbour that it need not ask for. */
struct end {
	struct proto *stack;
	struct proto_link *link;
	struct proto_endpoint *ep;
	_Atomic uint32_t n;
	_Atomic bool knows; /* its thread */
	pthread_t thread;
};

static void
on_recv(struct proto_endpoint *ep, struct rte_mbuf **pkts, unsigned n, void *arg)
{
	struct end *end = arg;

	proto_return(ep, pkts, n);
	end->n += n;
}

static void
stack_on(
	struct end *end, const char *name, uint16_t port_id, const char *addr, enum proto_idle idle)
{
	struct proto_conf conf = {.name = name, .n_packets = 1024, .idle = idle};
	struct proto_link_conf link_conf = {.port = PROTO_PORT(port_id), .no_offload = true};
	struct proto_addr own = addr_of(addr);
	struct pktpool_why why;

	memset(end, 0, sizeof(*end));
	if (proto_create(&end->stack, &conf, &why) != 0 ||
		proto_link_add(end->stack, &link_conf, &end->link, &why) != 0 ||
		proto_addr_add(end->link, &own, 24, &why) != 0)
		fail_msg("%s", why.text);
}

static void
start(struct end *end)
{
	struct pktpool_why why;

	if (proto_start(end->stack, &why) != 0)
		fail_msg("%s", why.text);
}

static struct rte_ether_addr
mac_of(const struct end *end)
{
	struct proto_link_info info;

	proto_link_info(end->link, &info);
	return info.port.mac;
}

/* `to` hears on port 9000 and is run; `from` sends to it and is polled. */
static void
connect_ends(struct end *from, struct end *to, const char *to_addr)
{
	struct proto_endpoint_conf bound = {.local_port = 9000, .recv = on_recv, .arg = to};
	struct proto_endpoint_conf conf = {
		.remote = addr_of(to_addr), .remote_port = 9000, .data = PROTO_DATA_COPY};
	struct rte_ether_addr mac = mac_of(to);
	struct pktpool_why why;

	if (proto_neigh_add(from->link, &conf.remote, &mac, &why) != 0 ||
		proto_endpoint_create(proto_worker_at(from->stack, 0), &conf, &from->ep, &why) !=
			0 ||
		proto_endpoint_create(proto_worker_at(to->stack, 0), &bound, &to->ep, &why) != 0)
		fail_msg("%s", why.text);
}

static void
run(struct end *end)
{
	struct pktpool_why why;

	memset(&rested, 0, sizeof(rested));
	if (proto_run(end->stack, (unsigned[]){1}, &why) != 0)
		fail_msg("%s", why.text);
}

static void
halt(struct end *end)
{
	rested.deep = false;
	proto_halt(end->stack);
}

/* Poll `from` until *value is at least so much. */
static void
await(struct end *from, const _Atomic unsigned *value, unsigned least, const char *what)
{
	uint64_t begun = rte_get_tsc_cycles();

	while (*value < least) {
		if (from != NULL)
			(void)proto_poll(proto_worker_at(from->stack, 0), rte_get_tsc_cycles());
		if (rte_get_tsc_cycles() - begun > PATIENCE * rte_get_tsc_hz())
			fail_msg(
				"in vain waited for %s: %u, not %u; %u sleeps, %u woken, %u pauses",
				what, *value, least, rested.sleeps, rested.woken, rested.pauses);
	}
}

static void
send_one(struct end *from)
{
	static char text[100];
	struct iovec iov = {text, sizeof(text)};
	struct proto_payload payload = {.iov = &iov, .iovcnt = 1};

	assert_int_equal(proto_send(from->ep, &payload, 1), 1);
}

static void
tell_thread(struct proto_worker *worker, void *arg)
{
	struct end *end = arg;

	(void)worker;
	end->thread = pthread_self();
	end->knows = true;
}

/* Nanoseconds of CPU that the worker has used. */
static uint64_t
cpu_ns(const struct end *end)
{
	struct timespec spec;
	clockid_t clock;

	assert_int_equal(pthread_getcpuclockid(end->thread, &clock), 0);
	assert_int_equal(clock_gettime(clock, &spec), 0);
	return (uint64_t)spec.tv_sec * 1000000000u + (uint64_t)spec.tv_nsec;
}

static void
know_thread(struct end *end)
{
	assert_int_equal(proto_call(proto_worker_at(end->stack, 0), tell_thread, end), 0);
	while (!end->knows)
		sched_yield();
}

static struct end vhost, virtio;

/* The two drivers as they are: one end listens, and must be there before the other is made. */
static void
pair_up(enum proto_idle idle)
{
	char sock[64], args[96];
	uint16_t port;

	(void)snprintf(sock, sizeof(sock), "/tmp/chainburst-idle-%d.sock", (int)getpid());
	(void)snprintf(args, sizeof(args), "iface=%s", sock);
	assert_int_equal(rte_vdev_init("net_vhost7", args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_vhost7", &port), 0);
	stack_on(&vhost, "vhost", port, "192.0.2.1", idle);
	start(&vhost);
	(void)snprintf(args, sizeof(args), "path=%s", sock);
	assert_int_equal(rte_vdev_init("net_virtio_user7", args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_virtio_user7", &port), 0);
	stack_on(&virtio, "virtio", port, "192.0.2.2", idle);
	start(&virtio);
}

/* net_virtio keeps the mbufs of its rx queues until the port is closed. */
static void
pair_down(void)
{
	assert_int_equal(proto_stop(virtio.stack), 0);
	assert_int_equal(rte_vdev_uninit("net_virtio_user7"), 0);
	assert_int_equal(proto_destroy(virtio.stack, NULL, NULL), 0);
	assert_int_equal(proto_destroy(vhost.stack, NULL, NULL), 0);
	assert_int_equal(rte_vdev_uninit("net_vhost7"), 0);
}

/* A frame, and nothing else, wakes a worker that sleeps; none is missed on the way to sleep. */
static void
wakes(struct end *from, struct end *to, const char *to_addr)
{
	connect_ends(from, to, to_addr);
	run(to);
	/* Only when both ends know each other the events are those that stay. */
	send_one(from);
	await(from, &to->n, 1, "the first frame");
	rested.deep = true;
	for (unsigned i = 2; i <= 50; i++) {
		unsigned woken;

		await(from, &rested.asleep, 1, "sleep");
		woken = rested.woken;
		send_one(from);
		await(from, &to->n, i, "a frame that wakes");
		assert_true(rested.woken > woken);
	}
	/* At every moment between awake and asleep. */
	for (unsigned i = 51; i <= 2000; i++) {
		send_one(from);
		await(from, &to->n, i, "a frame on the way to sleep");
		rte_delay_us_block(i % 40);
	}
	(void)printf(
		"# %u sleeps, %u woken, %u paused\n", rested.sleeps, rested.woken, rested.pauses);
	assert_int_equal(rested.pauses, 0);
	halt(to);
	assert_int_equal(rested.asked, 2); /* to begin with, and at the end */
}

static void
test_vhost_wakes(void **state)
{
	(void)state;
	pair_up(PROTO_IDLE_INTERRUPT);
	wakes(&virtio, &vhost, "192.0.2.1");
	pair_down();
}

static void
test_virtio_wakes(void **state)
{
	(void)state;
	pair_up(PROTO_IDLE_INTERRUPT);
	wakes(&vhost, &virtio, "192.0.2.2");
	pair_down();
}

#define SECOND_NS 1000000000u

/* CPU time of a second in which nothing comes. */
static uint64_t
cpu_of_a_second(struct end *end)
{
	uint64_t begun, hz = rte_get_tsc_hz();
	struct timespec spec = {.tv_nsec = 50000000};
	uint64_t cpu;

	run(end);
	know_thread(end);
	begun = rte_get_tsc_cycles();
	cpu = cpu_ns(end);
	while (rte_get_tsc_cycles() - begun < hz)
		(void)nanosleep(&spec, NULL);
	cpu = cpu_ns(end) - cpu;
	halt(end);
	return cpu;
}

/* An idle worker leaves the CPU to others; one that spins uses many times as much of it. */
static void
test_sleeps(void **state)
{
	uint64_t sleeper, begun;

	(void)state;
	pair_up(PROTO_IDLE_INTERRUPT);
	sleeper = cpu_of_a_second(&virtio);
	assert_true(rested.sleeps > 0);
	assert_int_equal(rested.pauses, 0);
	pair_down();
	assert_true(sleeper < SECOND_NS / 5);

	pair_up(PROTO_IDLE_SPIN);
	run(&virtio);
	know_thread(&virtio);
	begun = rte_get_tsc_cycles();
	/* However little of a CPU the machine has for it. */
	while (cpu_ns(&virtio) < 5 * sleeper)
		assert_true(rte_get_tsc_cycles() - begun < PATIENCE * rte_get_tsc_hz());
	halt(&virtio);
	assert_int_equal(rested.sleeps, 0);
	assert_int_equal(rested.pauses, 0);
	pair_down();
	(void)printf("# a second of sleep: %.1f ms of CPU\n", (double)sleeper / 1e6);
}

static struct end ring_a, ring_b;
static uint16_t ring_ports[2];

static int
rings_make(void **state)
{
	struct rte_ring *ab = rte_ring_create("ab", 1024, SOCKET_ID_ANY, 0);
	struct rte_ring *ba = rte_ring_create("ba", 1024, SOCKET_ID_ANY, 0);
	int a, b;

	(void)state;
	if (ab == NULL || ba == NULL)
		return -1;
	a = rte_eth_from_rings("idle_a", &ba, 1, &ab, 1, 0);
	b = rte_eth_from_rings("idle_b", &ab, 1, &ba, 1, 0);
	ring_ports[0] = (uint16_t)a;
	ring_ports[1] = (uint16_t)b;
	return a < 0 || b < 0 ? -1 : 0;
}

static void
rings_up(enum proto_idle idle)
{
	stack_on(&ring_a, "ring_a", ring_ports[0], "192.0.2.1", idle);
	stack_on(&ring_b, "ring_b", ring_ports[1], "192.0.2.2", idle);
	start(&ring_a);
	start(&ring_b);
	connect_ends(&ring_a, &ring_b, "192.0.2.2");
}

static void
rings_down(void)
{
	assert_int_equal(proto_destroy(ring_a.stack, NULL, NULL), 0);
	assert_int_equal(proto_destroy(ring_b.stack, NULL, NULL), 0);
}

/* Frames come, with pauses in between, whatever kind they are. */
static void
receives_and_pauses(void)
{
	for (unsigned i = 1; i <= 100; i++) {
		unsigned pauses = rested.pauses;

		await(&ring_a, &rested.pauses, pauses + 1, "a pause");
		send_one(&ring_a);
		await(&ring_a, &ring_b.n, i, "a frame");
	}
	assert_int_equal(rested.sleeps, 0);
}

/* A port without interrupts is asked once, and its worker pauses. */
static void
test_fallback(void **state)
{
	(void)state;
	rings_up(PROTO_IDLE_INTERRUPT);
	for (unsigned times = 0; times < 2; times++) {
		run(&ring_b);
		receives_and_pauses();
		ring_b.n = 0;
		halt(&ring_b);
		assert_int_equal(rested.asked, 1);
	}
	rings_down();
}

static void
test_pause(void **state)
{
	(void)state;
	rings_up(PROTO_IDLE_PAUSE);
	run(&ring_b);
	receives_and_pauses();
	halt(&ring_b);
	assert_int_equal(rested.asked, 0);
	rings_down();
}

/* One port with interrupts and one without: the worker pauses, and switches off what it had on. */
static void
test_mixed(void **state)
{
	struct proto_conf conf = {.name = "mixed", .idle = PROTO_IDLE_INTERRUPT};
	struct proto_link_conf link_conf;
	struct pktpool_why why;
	struct proto_link *link;
	struct end mixed = {0};
	uint16_t port;
	char args[96];

	(void)state;
	(void)snprintf(args, sizeof(args), "iface=/tmp/chainburst-mix-%d.sock", (int)getpid());
	assert_int_equal(rte_vdev_init("net_vhost8", args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_vhost8", &port), 0);
	assert_int_equal(proto_create(&mixed.stack, &conf, &why), 0);
	link_conf = (struct proto_link_conf){.port = PROTO_PORT(port)};
	assert_int_equal(proto_link_add(mixed.stack, &link_conf, &link, &why), 0);
	link_conf.port = PROTO_PORT(ring_ports[0]);
	assert_int_equal(proto_link_add(mixed.stack, &link_conf, &link, &why), 0);
	start(&mixed);
	run(&mixed);
	await(NULL, &rested.pauses, 100, "pauses");
	halt(&mixed);
	assert_int_equal(rested.sleeps, 0);
	assert_int_equal(rested.asked, 3); /* on, refused, off */
	assert_int_equal(proto_destroy(mixed.stack, NULL, NULL), 0);
	assert_int_equal(rte_vdev_uninit("net_vhost8"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vhost_wakes),
		cmocka_unit_test(test_virtio_wakes),
		cmocka_unit_test(test_sleeps),
		cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_mixed),
	};

	if (eal_start(2, NULL) != 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, rings_make, NULL);

	return eal_stop() != 0 || failed != 0;
}
