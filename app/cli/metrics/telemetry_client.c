/* SPDX-License-Identifier: BSD-3-Clause */
#include "telemetry_client.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME	"dpdk_telemetry.v2"
#define GREETING_MAX	1024
#define ANSWER_EXTRA	1024 /* DPDK counts what is in the answer, not the braces around it */
#define ANSWER_MAX	(1 << 20)
#define PATH_LEN	512
#define TIMEOUT_SECONDS 5

/* Receive one answer. Returns its JSON object, or NULL. */
static json_t *
receive(int fd, size_t size)
{
	char *text = malloc(size);
	ssize_t n = text != NULL ? recv(fd, text, size, 0) : -1;
	json_t *root = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;

	free(text);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static bool
greeted(struct telemetry *telemetry)
{
	json_t *root = receive(telemetry->fd, GREETING_MAX);
	json_t *longest = json_object_get(root, "max_output_len");
	bool ok = json_is_integer(longest) && json_integer_value(longest) > 0 &&
		  json_integer_value(longest) < ANSWER_MAX;

	telemetry->answer_max = ok ? (size_t)json_integer_value(longest) + ANSWER_EXTRA : 0;
	telemetry->pid = json_integer_value(json_object_get(root, "pid"));
	json_decref(root);
	return ok;
}

/* Connect to a socket. Returns whether a DPDK process answers there. */
static bool
dial(struct telemetry *telemetry, const char *path)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(addr.sun_path))
		return false;
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	(void)snprintf(telemetry->path, sizeof(telemetry->path), "%s", path);
	telemetry->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (telemetry->fd < 0)
		return false;
	(void)setsockopt(
		telemetry->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, (socklen_t)sizeof(timeout));
	if (connect(telemetry->fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0 &&
		greeted(telemetry))
		return true;
	telemetry_close(telemetry);
	return false;
}

/* Does it know the stacks' commands? */
static bool
is_chainburst(const struct telemetry *telemetry)
{
	struct opt_error ignored;
	json_t *list = telemetry_ask(telemetry, "/proto/list", &ignored);
	bool is = json_is_array(list);

	json_decref(list);
	return is;
}

/* Add a process to the text that lists several. */
static void
list_add(char *list, size_t size, const struct telemetry *telemetry)
{
	size_t len = strlen(list);

	(void)snprintf(list + len, size - len, "%s%lld (%.100s)", len != 0 ? ", " : "",
		telemetry->pid, telemetry->path);
}

/* Choose among sockets. Returns how many fit; `telemetry` is the first one, connected. */
static unsigned
choose(struct telemetry *telemetry, const glob_t *paths, uint64_t pid, char *list, size_t size)
{
	unsigned n = 0;

	for (size_t i = 0; i < paths->gl_pathc; i++) {
		struct telemetry one;

		if (!dial(&one, paths->gl_pathv[i]))
			continue; /* left behind by a process that is gone */
		if ((pid != 0 && (uint64_t)one.pid != pid) || !is_chainburst(&one)) {
			telemetry_close(&one);
			continue;
		}
		list_add(list, size, &one);
		if (n++ == 0)
			*telemetry = one;
		else
			telemetry_close(&one);
	}
	return n;
}

int
telemetry_find(struct telemetry *telemetry, const char *base, const struct telemetry_choice *choice,
	struct opt_error *err)
{
	char pattern[PATH_LEN], list[300] = "";
	glob_t paths;
	unsigned n;

	(void)snprintf(pattern, sizeof(pattern), "%s/dpdk/%s/" SOCKET_NAME "*", base,
		choice->prefix != NULL ? choice->prefix : "*");
	if (glob(pattern, 0, NULL, &paths) != 0)
		paths = (glob_t){.gl_pathc = 0};
	n = choose(telemetry, &paths, choice->pid, list, sizeof(list));
	globfree(&paths);
	if (n == 1)
		return 0;
	if (n > 1) {
		telemetry_close(telemetry);
		return opt_fail(err, -1, "%u of them run: choose one by --pid or --file-prefix: %s",
			n, list);
	}
	return opt_fail(err, -1,
		"no running chainburst answers at %.200s: start one, without --no-telemetry, as "
		"the same user; --file-prefix and --pid as it has them",
		pattern);
}

json_t *
telemetry_ask(const struct telemetry *telemetry, const char *command, struct opt_error *err)
{
	json_t *root = NULL, *answer;

	if (send(telemetry->fd, command, strlen(command), MSG_NOSIGNAL) == (ssize_t)strlen(command))
		root = receive(telemetry->fd, telemetry->answer_max);
	answer = json_object_iter_value(json_object_iter(root));
	json_incref(answer);
	json_decref(root);
	if (answer == NULL)
		(void)opt_fail(err, -1, "%s: no answer to %.100s: has it ended?", telemetry->path,
			command);
	return answer;
}

void
telemetry_close(struct telemetry *telemetry)
{
	if (telemetry->fd >= 0)
		close(telemetry->fd);
	telemetry->fd = -1;
}
