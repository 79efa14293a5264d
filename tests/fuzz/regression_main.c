/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A main() for a fuzz target without a fuzzer: runs it on each file that is named, and on each file
 * of each directory. So the corpus and the findings are tests with any compiler, a finding is run
 * again under a debugger, and afl-fuzz has its harness (@@). Compiled by afl-clang-fast and given
 * no argument it is AFL++'s persistent mode: inputs come through its shared memory.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX (1u << 20)
#define PATH_LEN  4096

static uint8_t input[INPUT_MAX];
static unsigned int n_run;

/* Targets that have nothing to set up leave it out. */
__attribute__((weak)) int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void
run(const uint8_t *bytes, size_t n)
{
	uint8_t *own = fuzz_dup(bytes, n);

	(void)LLVMFuzzerTestOneInput(own, n);
	free(own);
	n_run++;
}

static int
run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t n;
	int bad;

	if (file == NULL) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	n = fread(input, 1, sizeof(input), file);
	bad = ferror(file);
	(void)fclose(file);
	if (bad != 0) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	/* The last name here is the one that failed. */
	(void)fprintf(stderr, "%s\n", path);
	run(input, n);
	return 0;
}

static int
run_directory(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort), bad = 0;

	if (n < 0) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char name[PATH_LEN];

		if (entries[i]->d_name[0] != '.') {
			(void)snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
			bad |= run_file(name);
		}
		free(entries[i]);
	}
	free(entries);
	return bad;
}

static int
run_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return run_directory(path);
	return run_file(path);
}

#ifdef __AFL_HAVE_MANUAL_CONTROL
/* What AFL++'s macros become. */
#pragma clang diagnostic ignored "-Wcast-qual"
#pragma clang diagnostic ignored "-Wconversion"
__AFL_FUZZ_INIT();

static int
run_without_files(void)
{
	const unsigned char *shared;

	__AFL_INIT();
	shared = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000))
		run(shared, (size_t)__AFL_FUZZ_TESTCASE_LEN);
	return 0;
}
#else
static int
run_without_files(void)
{
	(void)fprintf(stderr, "usage: name files, or directories of files, to run\n");
	return 1;
}
#endif

int
main(int argc, char **argv)
{
	int bad = 0;

	if (LLVMFuzzerInitialize(&argc, &argv) != 0)
		return 1;
	if (argc < 2)
		return run_without_files();
	for (int i = 1; i < argc; i++)
		bad |= run_path(argv[i]);
	(void)fprintf(stderr, "%u inputs\n", n_run);
	return bad != 0 || n_run == 0;
}
