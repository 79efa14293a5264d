/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKTPOOL_ATTR_H
#define PKTPOOL_ATTR_H

/** @file
 * What every public header of pktpool shares: the attributes of its functions, and the text of a
 * refusal.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Marks a symbol that the library exports. */
#define PKTPOOL_API __attribute__((visibility("default")))

/** The numbered arguments (from 1) must not be NULL; without numbers: none of the pointers. */
#define PKTPOOL_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))

/** The caller must look at the result: it says who owns what. */
#define PKTPOOL_MUST_CHECK __attribute__((warn_unused_result))

/** Bytes in a refusal's text, the terminating zero included. */
#define PKTPOOL_WHY_MAX 256

/**
 * The cause and the cure of a refusal, in one line for a person. Written only when a function
 * refuses, always zero-terminated. Wherever one is taken, NULL is taken too.
 */
struct pktpool_why {
	char text[PKTPOOL_WHY_MAX];
};

/**
 * Write a refusal's text as printf() does, if anybody wants it (`why` may be NULL), so that
 * refusing is one statement. For layers on top of pktpool, which refuse in the same way. Any
 * thread.
 *
 * @return `err`
 */
PKTPOOL_API int pktpool_why_not(struct pktpool_why *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Takes one line of a report, without a line end. The line is gone when the function returns. */
typedef void (*pktpool_report_fn)(void *arg, const char *line);

#ifdef __cplusplus
}
#endif

#endif /* PKTPOOL_ATTR_H */
