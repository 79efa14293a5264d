/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_in.h"

#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* pcap's header: magic, version, two unused words, longest frame, link type. A frame's: time, ...
 */
#define FILE_WORDS    6
#define LINK_TYPE     5
#define FRAME_WORDS   4
#define FRAME_CAPLEN  2
#define MAGIC_US      0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du
#define MAGIC_PCAPNG  0x0a0d0d0au
#define LINK_ETHERNET 1u

/* Count the whole frames: a word of the file is swapped when another kind of machine wrote it. */
static uint64_t
count(int fd, off_t size, bool swapped)
{
	off_t at = FILE_WORDS * sizeof(uint32_t);
	uint32_t hdr[FRAME_WORDS];
	uint64_t n = 0;

	while (pread(fd, hdr, sizeof(hdr), at) == (ssize_t)sizeof(hdr)) {
		uint32_t len = swapped ? bswap_32(hdr[FRAME_CAPLEN]) : hdr[FRAME_CAPLEN];

		at += (off_t)(sizeof(hdr) + len);
		if (at > size)
			break;
		n++;
	}
	return n;
}

/* Returns NULL, or what is wrong. */
static const char *
examine(struct capture_in *capture)
{
	uint32_t hdr[FILE_WORDS];
	bool swapped;

	if (fstat(capture->fd, &capture->stat) < 0)
		return strerror(errno);
	if (!S_ISREG(capture->stat.st_mode))
		return "it is no regular file";
	if (pread(capture->fd, hdr, sizeof(hdr), 0) != (ssize_t)sizeof(hdr))
		return "it is too short";
	capture->frames = CAPTURE_FRAMES_UNKNOWN;
	if (hdr[0] == MAGIC_PCAPNG)
		return NULL;
	swapped = hdr[0] == bswap_32(MAGIC_US) || hdr[0] == bswap_32(MAGIC_NS);
	if (!swapped && hdr[0] != MAGIC_US && hdr[0] != MAGIC_NS)
		return "it is no pcap";
	if (((swapped ? bswap_32(hdr[LINK_TYPE]) : hdr[LINK_TYPE]) & UINT16_MAX) != LINK_ETHERNET)
		return "its frames are not Ethernet";
	capture->frames = count(capture->fd, capture->stat.st_size, swapped);
	return NULL;
}

int
capture_in_open(struct capture_in *capture, const char *name, struct opt_error *err)
{
	const char *wrong;

	*capture = (struct capture_in){.fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	wrong = capture->fd < 0 ? strerror(errno) : examine(capture);
	if (wrong != NULL) {
		capture_in_close(capture);
		return opt_fail(err, -1, "--pcap %.200s: expected a capture of Ethernet frames: %s",
			name, wrong);
	}
	/* By descriptor: a name with a comma or a bracket would end the device's arguments. */
	(void)snprintf(capture->vdev, sizeof(capture->vdev), "net_pcap0,rx_pcap=/proc/self/fd/%d",
		capture->fd);
	return 0;
}

void
capture_in_close(struct capture_in *capture)
{
	if (capture->fd >= 0)
		close(capture->fd);
	capture->fd = -1;
}
