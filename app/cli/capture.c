/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Bytes of the header of a capture, and of the header of each frame in it (pcap, not pcapng). */
#define PCAP_FILE_HDR  24
#define PCAP_FRAME_HDR 16

/* A character device takes a byte, or says why not (/dev/full): net_pcap would not say. */
static int
probe(int fd, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return EISDIR;
	if (S_ISBLK(st->st_mode) || isatty(fd))
		return EINVAL;
	return S_ISCHR(st->st_mode) && write(fd, "", 1) != 1 ? errno : 0;
}

int
capture_open(struct capture *capture, const char *name, struct opt_error *err)
{
	int error;

	*capture = (struct capture){.name = name};
	capture->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	capture->made = capture->fd >= 0;
	if (!capture->made)
		capture->fd = open(name, O_WRONLY | O_CLOEXEC);
	if (capture->fd < 0 || fstat(capture->fd, &capture->stat) < 0)
		error = errno;
	else
		error = probe(capture->fd, &capture->stat);
	if (error != 0) {
		if (capture->fd >= 0)
			close(capture->fd);
		return opt_fail(err, -1,
			"--pcap %.200s: expected a file that can be written: %s; name another",
			name, strerror(error));
	}
	capture->measurable = S_ISREG(capture->stat.st_mode);
	/* By descriptor: a name with a comma or a bracket would end the device's arguments. */
	(void)snprintf(capture->vdev, sizeof(capture->vdev), "net_pcap0,tx_pcap=/proc/self/fd/%d",
		capture->fd);
	return 0;
}

void
capture_discard(struct capture *capture)
{
	if (capture->name == NULL)
		return;
	if (capture->made)
		(void)unlink(capture->name);
	close(capture->fd);
}

int
capture_finish(struct capture *capture, uint64_t frames, uint64_t octets, struct opt_error *err)
{
	uint64_t expected = PCAP_FILE_HDR + PCAP_FRAME_HDR * frames + octets;
	int ret = 0;

	if (capture->name == NULL)
		return 0;
	if (fstat(capture->fd, &capture->stat) < 0)
		ret = opt_fail(err, -1, "--pcap %.200s: %s", capture->name, strerror(errno));
	else if (capture->measurable && (uint64_t)capture->stat.st_size != expected)
		ret = opt_fail(err, -1,
			"--pcap %.200s: %llu bytes are there, expected %llu; is the disk full?",
			capture->name, (unsigned long long)capture->stat.st_size,
			(unsigned long long)expected);
	close(capture->fd);
	return ret;
}
