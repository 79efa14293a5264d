/* SPDX-License-Identifier: BSD-3-Clause */
/* ping: echo requests, one after the other. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"
#include "values.h"

#define COUNT_DEFAULT 4
#define SIZE_DEFAULT  56
#define COUNT_MAX     65535
#define ANSWER_MS     1000 /* that an answer is waited for */
#define SPACING_MS    200  /* between an answer and the next request */

/* An answer; written by whichever worker hears it, read by the control thread once `at` is set. */
struct answer {
	_Atomic uint64_t at; /* TSC; 0: none yet */
	uint64_t sent;
	struct proto_addr from;
	uint32_t len;
	uint8_t ttl;
	bool same; /* the bytes that were sent */
};

struct ping {
	struct shell *shell;
	struct proto_echo request;
	uint16_t id;
	unsigned count, sent, heard;
	_Atomic unsigned duplicates;
	struct answer *answers;
	uint8_t *data;
	double min_ms, max_ms, sum_ms;
};

static bool
is_same(const struct ping *ping, const struct rte_mbuf *seg, uint32_t len)
{
	uint32_t at = 0;

	for (; seg != NULL && at + seg->data_len <= ping->request.len; seg = seg->next) {
		if (memcmp(ping->data + at, rte_pktmbuf_mtod(seg, void *), seg->data_len) != 0)
			return false;
		at += seg->data_len;
	}
	return at == ping->request.len && len == at;
}

static void
on_reply(const struct proto_echo *reply, const struct rte_mbuf *data, void *arg)
{
	struct ping *ping = arg;
	struct answer *answer;

	if (reply->id != ping->id || reply->seq == 0 || reply->seq > ping->count)
		return;
	answer = &ping->answers[reply->seq - 1];
	if (atomic_load_explicit(&answer->at, memory_order_relaxed) != 0) {
		atomic_fetch_add_explicit(&ping->duplicates, 1, memory_order_relaxed);
		return;
	}
	answer->from = reply->addr;
	answer->len = reply->len;
	answer->ttl = reply->ttl;
	answer->same = is_same(ping, data, reply->len);
	atomic_store_explicit(&answer->at, rte_get_tsc_cycles(), memory_order_release);
}

static uint64_t
after_ms(unsigned ms)
{
	return rte_get_tsc_cycles() + ms * (rte_get_tsc_hz() / 1000);
}

static void
print_answer(struct ping *ping, const struct answer *answer)
{
	double ms = (double)(answer->at - answer->sent) * 1e3 / (double)rte_get_tsc_hz();
	char text[PROTO_ADDR_STR_MAX];

	ping->heard++;
	ping->sum_ms += ms;
	ping->min_ms = ping->heard == 1 || ms < ping->min_ms ? ms : ping->min_ms;
	ping->max_ms = ms > ping->max_ms ? ms : ping->max_ms;
	fprintf(ping->shell->out, "%u bytes from %s: seq %u, ttl %u, %.3f ms%s\n", answer->len,
		proto_addr_format(&answer->from, text, sizeof(text)), ping->sent, answer->ttl, ms,
		answer->same ? "" : ", not the bytes that were sent");
	(void)fflush(ping->shell->out);
}

/* Send the next request, and wait for its answer. */
static int
ask(struct ping *ping, enum shell_wake *wake, struct opt_error *err)
{
	struct session *session = ping->shell->session;
	struct answer *answer = &ping->answers[ping->sent];
	struct pktpool_why why = {.text = ""};
	uint64_t end = after_ms(ANSWER_MS);
	int ret;

	ping->request.seq = (uint16_t)++ping->sent;
	session_park(session);
	answer->sent = rte_get_tsc_cycles(); /* parking is not the way's time */
	ret = proto_echo_send(session->workers[0].worker, &ping->request, ping->data, &why);
	session_unpark(session);
	if (ret < 0)
		return opt_fail(err, -1, "ping: %s", why.text);
	while (*wake == SHELL_TIME && rte_get_tsc_cycles() < end &&
		atomic_load_explicit(&answer->at, memory_order_acquire) == 0)
		*wake = shell_rest(ping->shell, rte_get_tsc_cycles()); /* a turn */
	if (atomic_load_explicit(&answer->at, memory_order_acquire) != 0) {
		print_answer(ping, answer);
	} else if (*wake == SHELL_TIME) {
		fprintf(ping->shell->out, "no answer to seq %u\n", ping->sent);
		(void)fflush(ping->shell->out);
	}
	return 0;
}

static int
ask_all(struct ping *ping, struct opt_error *err)
{
	enum shell_wake wake = SHELL_TIME;

	while (ping->sent < ping->count && wake == SHELL_TIME) {
		if (ping->sent != 0)
			wake = shell_rest(ping->shell, after_ms(SPACING_MS));
		if (wake == SHELL_TIME && ask(ping, &wake, err) < 0)
			return -1;
	}
	return 0;
}

static int
summary(const struct ping *ping, const char *to, struct opt_error *err)
{
	FILE *out = ping->shell->out;

	fprintf(out, "%s: %u sent, %u answered", to, ping->sent, ping->heard);
	if (ping->duplicates != 0)
		fprintf(out, ", %u more", ping->duplicates);
	if (ping->heard != 0)
		fprintf(out, "; least %.3f, mean %.3f, most %.3f ms", ping->min_ms,
			ping->sum_ms / ping->heard, ping->max_ms);
	fputc('\n', out);
	if (ping->heard == 0 && ping->sent != 0)
		return opt_fail(err, -1, "ping %s: no answer", to);
	return 0;
}

static void
hear(struct ping *ping, proto_echo_fn fn)
{
	session_park(ping->shell->session);
	proto_echo_hear(ping->shell->session->stack, fn, ping);
	session_unpark(ping->shell->session);
}

static int
ping_run(struct ping *ping, const char *to, struct opt_error *err)
{
	int ret;

	ping->answers = calloc(ping->count, sizeof(*ping->answers));
	ping->data = malloc(ping->request.len + 1);
	if (ping->answers == NULL || ping->data == NULL)
		return opt_fail(err, -1, "ping: no memory for %u answers", ping->count);
	for (uint32_t i = 0; i < ping->request.len; i++)
		ping->data[i] = (uint8_t)(i * 7 + ping->id);
	hear(ping, on_reply);
	ret = ask_all(ping, err);
	hear(ping, NULL);
	return ret < 0 ? ret : summary(ping, to, err);
}

static int
run_ping(struct shell *shell, const struct words *words, struct opt_error *err)
{
	uint64_t count = COUNT_DEFAULT, size = SIZE_DEFAULT;
	struct ping ping = {.shell = shell};
	int ret;

	(void)value_addr(words->at[1], &ping.request.addr);
	if (words->n > 2 && !value_number(words->at[2], 1, COUNT_MAX, &count))
		return opt_fail(
			err, -1, "ping: count %.32s: expected 1 to %u", words->at[2], COUNT_MAX);
	if (words->n > 3 && !value_number(words->at[3], 0, PROTO_ECHO_MAX_IPV6, &size))
		return opt_fail(err, -1, "ping: size %.32s: expected 0 to %u bytes", words->at[3],
			PROTO_ECHO_MAX_IPV6);
	if (shell->session->running != NULL && shell->session->running->raw)
		return opt_fail(err, -1, "ping: %s has the links, the stack hears nothing: stop it",
			shell->session->running->name);
	ping.count = (unsigned)count;
	ping.id = (uint16_t)(getpid() ^ (int)rte_get_tsc_cycles());
	ping.request.id = ping.id;
	ping.request.len = (uint32_t)size;
	ret = ping_run(&ping, words->at[1], err);
	free(ping.answers);
	free(ping.data);
	return ret;
}

const struct shell_cmd shell_cmds_ping[] = {
	{"ping ADDR [COUNT] [SIZE]", "send echo requests (4, of 56 bytes)", run_ping},
	{NULL, NULL, NULL},
};
