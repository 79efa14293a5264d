/* SPDX-License-Identifier: BSD-3-Clause */
/* Text in JSON. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdio.h>

/* A string value; NULL: null. Bytes that are no UTF-8 (a file name may have them): U+FFFD. */
void json_string(FILE *out, const char *text);

/* "name": and a string value. */
void json_member(FILE *out, const char *name, const char *text);

#endif
