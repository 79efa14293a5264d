/* SPDX-License-Identifier: BSD-3-Clause */
#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

static int
cannot_write(const char *file, struct opt_error *err)
{
	return opt_fail(
		err, -1, "%.200s: expected a file that can be written: %s", file, strerror(errno));
}

/* Its input is the pipe, its output the file. Returns 0, or an errno. */
static int
spawn(struct gnuplot *gnuplot, int in, int out)
{
	char *argv[] = {(char[]){"gnuplot"}, (char[]){"-"}, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int ret;

	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&attr);
	/* Ctrl-C is for this program, which ends gnuplot by the end of its input. */
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	ret = posix_spawnp(&gnuplot->pid, argv[0], &actions, &attr, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attr);
	return ret;
}

int
gnuplot_open(struct gnuplot *gnuplot, const char *file, struct opt_error *err)
{
	int out, pipes[2], ret;

	*gnuplot = (struct gnuplot){.file = file};
	if (file == NULL)
		return 0;
	out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (out < 0 || pipe2(pipes, O_CLOEXEC) < 0) {
		(void)cannot_write(file, err);
		if (out >= 0)
			close(out);
		gnuplot->file = NULL;
		return -1;
	}
	ret = spawn(gnuplot, pipes[0], out);
	close(pipes[0]);
	close(out);
	gnuplot->in = ret == 0 ? fdopen(pipes[1], "w") : NULL;
	if (gnuplot->in != NULL)
		return 0;
	close(pipes[1]);
	(void)unlink(file);
	gnuplot->file = NULL;
	return opt_fail(err, -1,
		"gnuplot, which draws %.150s, does not start: %s; apt-get install %s", file,
		strerror(ret != 0 ? ret : errno), "gnuplot-nox");
}

int
gnuplot_close(struct gnuplot *gnuplot, struct opt_error *err)
{
	int status = 0;

	if (gnuplot->file == NULL)
		return 0;
	(void)fclose(gnuplot->in); /* what it could not read it says by its status */
	while (waitpid(gnuplot->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return opt_fail(
		err, -1, "%.200s: gnuplot failed; what it said stands above", gnuplot->file);
}
