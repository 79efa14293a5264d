/* SPDX-License-Identifier: BSD-3-Clause */
#include "values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../opt.h"

#define TIME_MAX_S 86400.0

bool
value_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	uint64_t value;
	const char *end = opt_number(text, &value);

	if (end == NULL || *end != '\0' || value < min || value > max)
		return false;
	*number = value;
	return true;
}

bool
value_addr(const char *text, struct proto_addr *addr)
{
	return proto_addr_parse(text, addr, NULL) == 0;
}

bool
value_prefix(const char *text, struct proto_addr *addr, uint8_t *len)
{
	char bytes[PROTO_ADDR_STR_MAX];
	size_t n = strcspn(text, "/");
	uint64_t bits;

	if (n >= sizeof(bytes))
		return false;
	memcpy(bytes, text, n);
	bytes[n] = '\0';
	if (!value_addr(bytes, addr))
		return false;
	bits = proto_addr_len(addr) * 8;
	if (text[n] == '/' && !value_number(text + n + 1, 0, bits, &bits))
		return false;
	*len = (uint8_t)bits;
	return true;
}

bool
value_addr_port(const char *text, struct proto_addr *addr, uint16_t *port)
{
	*port = 0;
	return value_addr(text, addr) || proto_addr_port_parse(text, addr, port, NULL) == 0;
}

bool
value_mac(const char *text, struct rte_ether_addr *mac)
{
	return rte_ether_unformat_addr(text, mac) == 0;
}

/* A number that may have a fraction; no sign, no exponent. Returns its end, NULL: none. */
static const char *
fraction(const char *text, double *number)
{
	size_t n = strspn(text, "0123456789.");
	char *end;

	if (n == 0 || text[0] == '.')
		return NULL;
	*number = strtod(text, &end);
	return end == text + n ? end : NULL;
}

bool
value_share(const char *text, double *share)
{
	double value;
	const char *end = fraction(text, &value);

	if (end == NULL)
		return false;
	if (strcmp(end, "%") == 0)
		value /= 100;
	else if (*end != '\0')
		return false;
	if (value > 1)
		return false;
	*share = value;
	return true;
}

bool
value_time(const char *text, uint64_t *us)
{
	static const struct {
		const char *name;
		double us;
	} units[] = {{"", 1e6}, {"s", 1e6}, {"ms", 1e3}, {"us", 1}};
	double value;
	const char *end = fraction(text, &value);

	for (unsigned i = 0; end != NULL && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		if (value * units[i].us > TIME_MAX_S * 1e6)
			return false;
		*us = (uint64_t)(value * units[i].us + 0.5);
		return true;
	}
	return false;
}

bool
value_pieces(const char *text, uint16_t pieces[VALUE_PIECES_MAX], uint32_t *n)
{
	uint16_t found[VALUE_PIECES_MAX];
	uint32_t i = 0;

	for (;;) {
		uint64_t len;
		const char *end = opt_number(text, &len);

		if (end == NULL || len == 0 || len > UINT16_MAX || i == VALUE_PIECES_MAX)
			return false;
		found[i++] = (uint16_t)len;
		if (*end == '\0')
			break;
		if (*end != ',')
			return false;
		text = end + 1;
	}
	memcpy(pieces, found, i * sizeof(found[0]));
	*n = i;
	return true;
}

bool
value_range(const char *text, uint32_t most, uint32_t *min, uint32_t *max)
{
	uint64_t from, to;
	const char *end = opt_number(text, &from);

	if (end == NULL || from > most)
		return false;
	to = from;
	if (*end == '-' && !value_number(end + 1, from, most, &to))
		return false;
	if (*end != '-' && *end != '\0')
		return false;
	*min = (uint32_t)from;
	*max = (uint32_t)to;
	return true;
}

bool
value_rate(const char *text, uint64_t *rate)
{
	static const struct opt row = {
		.name = "rate", .width = sizeof(uint64_t), .max = UINT64_MAX, .expect = ""};
	struct opt_error err;

	if (strcmp(text, "unlimited") == 0) {
		*rate = 0;
		return true;
	}
	return opt_set_rate(&row, text, rate, &err) == OPT_OK;
}
