/* SPDX-License-Identifier: BSD-3-Clause */
#include "veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const addresses[2] = {"10.77.0.1", "10.77.0.2"};
static const char *const prefixes[2] = {"10.77.0.1/24", "10.77.0.2/24"};

/* Run iproute2's ip in the thread's namespace. */
static int
ip(const char *const *argv)
{
	int status;
	pid_t pid;
	int rc = posix_spawnp(&pid, argv[0], NULL, NULL, (char **)(uintptr_t)argv, environ);

	if (rc != 0)
		return -rc;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return -EIO;
	return 0;
}

#define IP(...) ip((const char *const[]){"ip", __VA_ARGS__, NULL})

static int
own_namespace(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The other end's name, in the namespace of which we have the descriptor. */
static int
configure(const struct veth *veth)
{
	char far[64];
	int rc;

	(void)snprintf(far, sizeof(far), "/proc/%d/fd/%d", (int)getpid(), veth->ns[1]);
	rc = setns(veth->ns[0], CLONE_NEWNET) != 0 ? -errno : 0;
	if (rc == 0)
		rc = IP("link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", far);
	if (rc == 0)
		rc = IP("addr", "add", prefixes[0], "dev", "va");
	if (rc == 0)
		rc = IP("link", "set", "va", "up");
	if (rc == 0)
		rc = setns(veth->ns[1], CLONE_NEWNET) != 0 ? -errno : 0;
	if (rc == 0)
		rc = IP("addr", "add", prefixes[1], "dev", "vb");
	return rc == 0 ? IP("link", "set", "vb", "up") : rc;
}

int
veth_make(struct veth *veth)
{
	int home = own_namespace(), rc = home < 0 ? home : 0;

	*veth = (struct veth){{0}};
	for (unsigned int i = 0; i < 2 && rc == 0; i++) {
		if (unshare(CLONE_NEWNET) != 0) {
			rc = -errno;
			break;
		}
		veth->ns[i] = own_namespace();
		rc = veth->ns[i] < 0 ? veth->ns[i] : 0;
	}
	if (rc == 0)
		rc = configure(veth);
	if (home >= 0) {
		if (setns(home, CLONE_NEWNET) != 0 && rc == 0)
			rc = -errno;
		(void)close(home);
	}
	if (rc != 0)
		veth_free(veth);
	return rc;
}

void
veth_free(struct veth *veth)
{
	for (unsigned int i = 0; i < 2; i++)
		if (veth->ns[i] > 0)
			(void)close(veth->ns[i]);
	*veth = (struct veth){{0}};
}

/* A socket at one end, connected to the other's. */
static int
connected(const struct veth *veth, unsigned int end, uint16_t port)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)}, other = own;
	int fd, rc = 0;

	(void)inet_pton(AF_INET, addresses[end], &own.sin_addr);
	(void)inet_pton(AF_INET, addresses[1 - end], &other.sin_addr);
	if (setns(veth->ns[end], CLONE_NEWNET) != 0)
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&own, sizeof(own)) != 0 ||
		connect(fd, (const struct sockaddr *)&other, sizeof(other)) != 0)
		rc = -errno;
	if (rc != 0)
		(void)close(fd);
	return rc != 0 ? rc : fd;
}

int
veth_sockets(const struct veth *veth, uint16_t port, int fds[2])
{
	int home = own_namespace(), rc = home < 0 ? home : 0;

	fds[0] = fds[1] = -1;
	for (unsigned int end = 0; end < 2 && rc == 0; end++) {
		fds[end] = connected(veth, end, port);
		rc = fds[end] < 0 ? fds[end] : 0;
	}
	if (home >= 0) {
		if (setns(home, CLONE_NEWNET) != 0 && rc == 0)
			rc = -errno;
		(void)close(home);
	}
	return rc;
}
