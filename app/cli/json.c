/* SPDX-License-Identifier: BSD-3-Clause */
#include "json.h"

/* Bytes of the UTF-8 sequence that begins here; 0: it is none. */
static unsigned
utf8_len(const char *text)
{
	unsigned char c = (unsigned char)*text;
	unsigned len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	for (unsigned i = 1; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

void
json_string(FILE *out, const char *text)
{
	if (text == NULL) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	while (*text != '\0') {
		unsigned char c = (unsigned char)*text;
		unsigned len = utf8_len(text);

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (len == 0)
			fputs("\\ufffd", out);
		else
			fwrite(text, 1, len, out);
		text += len == 0 ? 1 : len;
	}
	fputc('"', out);
}

void
json_member(FILE *out, const char *name, const char *text)
{
	fprintf(out, "\"%s\": ", name);
	json_string(out, text);
}
