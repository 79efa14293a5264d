/* SPDX-License-Identifier: BSD-3-Clause */
#include "proto_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
proto_addr_parse(const char *text, struct proto_addr *addr, struct pktpool_why *why)
{
	struct proto_addr parsed = {0};

	if (inet_pton(AF_INET, text, parsed.bytes) == 1)
		parsed.family = PROTO_IPV4;
	else if (inet_pton(AF_INET6, text, parsed.bytes) == 1)
		parsed.family = PROTO_IPV6;
	else
		return pktpool_why_not(why, -EINVAL,
			"'%s' is no IP address: expected one like 192.0.2.1 or 2001:db8::1", text);
	*addr = parsed;
	return 0;
}

/* "1".."65535", nothing before or behind it. */
static int
port_parse(const char *text, uint16_t *port)
{
	char *end;
	unsigned long value;

	if (text[0] < '0' || text[0] > '9' || strlen(text) > 5)
		return -EINVAL;
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value == 0 || value > UINT16_MAX)
		return -EINVAL;
	*port = (uint16_t)value;
	return 0;
}

/* Cut "A:P" or "[A]:P" into its address (copied to `host`) and its port (NULL if there is none). */
static int
host_port_split(const char *text, char *host, size_t size, const char **port)
{
	const char *begin = text;
	const char *end;

	*port = NULL;
	if (text[0] == '[') {
		begin = text + 1;
		end = strchr(begin, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return -EINVAL;
		if (end[1] == ':')
			*port = end + 2;
	} else {
		const char *colon = strchr(text, ':');

		/* More than one colon: an IPv6 address without brackets, and so without a port. */
		if (colon != NULL && strchr(colon + 1, ':') != NULL)
			colon = NULL;
		end = colon != NULL ? colon : text + strlen(text);
		if (colon != NULL)
			*port = colon + 1;
	}
	if ((size_t)(end - begin) >= size)
		return -EINVAL;
	memcpy(host, begin, (size_t)(end - begin));
	host[end - begin] = '\0';
	return 0;
}

int
proto_addr_port_parse(
	const char *text, struct proto_addr *addr, uint16_t *port, struct pktpool_why *why)
{
	char host[PROTO_ADDR_STR_MAX];
	const char *port_text;
	struct proto_addr parsed;
	uint16_t parsed_port = *port;

	if (host_port_split(text, host, sizeof(host), &port_text) != 0)
		return pktpool_why_not(why, -EINVAL,
			"'%s' is no address and port: expected 192.0.2.1:9 or [2001:db8::1]:9",
			text);
	if (proto_addr_parse(host, &parsed, why) != 0)
		return -EINVAL;
	if (port_text != NULL && port_parse(port_text, &parsed_port) != 0)
		return pktpool_why_not(why, -EINVAL,
			"'%s' is no port: expected a number from 1 to 65535", port_text);
	*addr = parsed;
	*port = parsed_port;
	return 0;
}

const char *
proto_addr_format(const struct proto_addr *addr, char *text, size_t size)
{
	int family = addr->family == PROTO_IPV4 ? AF_INET : AF_INET6;

	if (addr->family == 0 || inet_ntop(family, addr->bytes, text, (socklen_t)size) == NULL) {
		if (size >= 2)
			memcpy(text, "-", 2);
		else if (size == 1)
			text[0] = '\0';
	}
	return text;
}

bool
proto_addr_is_multicast(const struct proto_addr *addr)
{
	if (addr->family == PROTO_IPV4)
		return (addr->bytes[0] & 0xf0) == 0xe0;
	return addr->family == PROTO_IPV6 && addr->bytes[0] == 0xff;
}

unsigned
proto_addr_common(const struct proto_addr *a, const struct proto_addr *b)
{
	unsigned bits = (unsigned)proto_addr_len(a) * 8;

	for (unsigned i = 0; i < bits; i++)
		if (((a->bytes[i / 8] ^ b->bytes[i / 8]) & (0x80 >> i % 8)) != 0)
			return i;
	return bits;
}

bool
proto_addr_equal(const struct proto_addr *a, const struct proto_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
