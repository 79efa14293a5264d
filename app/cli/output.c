/* SPDX-License-Identifier: BSD-3-Clause */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BUFFER (1u << 18) /* few calls of write() for small payloads */

static int
failed(const struct output *output, struct opt_error *err)
{
	return opt_fail(err, -1, "--out %.200s: expected a file that can be written: %s",
		output->name, strerror(errno));
}

int
output_open(struct output *output, const char *name, const struct stat *in, struct opt_error *err)
{
	struct stat st;
	int fd;

	*output = (struct output){.name = name};
	if (name == NULL)
		return 0;
	fd = strcmp(name, "-") == 0 ? dup(STDOUT_FILENO)
				    : open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(output, err);
	if (in != NULL && st.st_dev == in->st_dev && st.st_ino == in->st_ino) {
		close(fd);
		return opt_fail(err, -1, "--out %.200s: it is the capture; name another", name);
	}
	if (S_ISREG(st.st_mode) && strcmp(name, "-") != 0 && ftruncate(fd, 0) < 0)
		return failed(output, err);
	output->file = fdopen(fd, "w");
	if (output->file == NULL || setvbuf(output->file, NULL, _IOFBF, BUFFER) != 0)
		return failed(output, err);
	return 0;
}

int
output_write(struct output *output, const struct rte_mbuf *pkt, struct opt_error *err)
{
	if (output->file == NULL)
		return 0;
	output->buffered = true;
	for (const struct rte_mbuf *seg = pkt; seg != NULL; seg = seg->next) {
		if (fwrite(rte_pktmbuf_mtod(seg, const void *), 1, seg->data_len, output->file) !=
			seg->data_len)
			return failed(output, err);
	}
	return 0;
}

int
output_flush(struct output *output, struct opt_error *err)
{
	if (!output->buffered)
		return 0;
	output->buffered = false;
	return fflush(output->file) == 0 ? 0 : failed(output, err);
}

int
output_close(struct output *output, struct opt_error *err)
{
	FILE *file = output->file;

	output->file = NULL;
	if (file != NULL && fclose(file) != 0)
		return failed(output, err);
	return 0;
}
