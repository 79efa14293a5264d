/* SPDX-License-Identifier: BSD-3-Clause */
#include "pcapng_block.h"

#include <string.h>

/* Block types, and options by block (draft-ietf-opsawg-pcapng 4.1 to 4.6, 3.5). */
#define BLOCK_SECTION	 0x0a0d0d0au
#define BLOCK_INTERFACE	 1u
#define BLOCK_STATISTICS 5u
#define BLOCK_PACKET	 6u

#define BYTE_ORDER_MAGIC  0x1a2b3c4du
#define LINKTYPE_ETHERNET 1

#define OPT_END		0
#define OPT_COMMENT	1
#define SHB_OS		3
#define SHB_APPLICATION 4
#define IF_NAME		2
#define IF_DESCRIPTION	3
#define IF_MAC		6
#define IF_SPEED	8
#define IF_TSRESOL	9
#define EPB_FLAGS	2
#define EPB_QUEUE	6
#define ISB_START	2
#define ISB_END		3
#define ISB_RECEIVED	4
#define ISB_DROPPED	5
#define NANOSECONDS	9 /* 10^-9 */
#define OPTION_LEN_MAX	UINT16_MAX

static void
put(struct pcapng_buf *buf, const void *bytes, size_t n)
{
	if (n > buf->size - buf->len) {
		buf->overflow = 1;
		return;
	}
	memcpy(buf->bytes + buf->len, bytes, n);
	buf->len += n;
}

static void
put_u16(struct pcapng_buf *buf, uint16_t value)
{
	put(buf, &value, sizeof(value));
}

static void
put_u32(struct pcapng_buf *buf, uint32_t value)
{
	put(buf, &value, sizeof(value));
}

/* Times are two words, the high one first, in either byte order. */
static void
put_time(struct pcapng_buf *buf, uint64_t ns)
{
	put_u32(buf, (uint32_t)(ns >> 32));
	put_u32(buf, (uint32_t)ns);
}

/* Everything ends at a multiple of 4. */
static void
pad(struct pcapng_buf *buf, size_t n)
{
	static const uint8_t zeros[3];

	put(buf, zeros, (4 - n % 4) % 4);
}

static void
option(struct pcapng_buf *buf, uint16_t code, const void *value, size_t n)
{
	n = n > OPTION_LEN_MAX ? OPTION_LEN_MAX : n;
	put_u16(buf, code);
	put_u16(buf, (uint16_t)n);
	put(buf, value, n);
	pad(buf, n);
}

static void
option_text(struct pcapng_buf *buf, uint16_t code, const char *text)
{
	if (text != NULL && text[0] != '\0')
		option(buf, code, text, strlen(text));
}

static void
option_time(struct pcapng_buf *buf, uint16_t code, uint64_t ns)
{
	put_u16(buf, code);
	put_u16(buf, sizeof(ns));
	put_time(buf, ns);
}

/* Begin a block. Returns where it begins. */
static size_t
begin(struct pcapng_buf *buf, uint32_t type)
{
	size_t at = buf->len;

	put_u32(buf, type);
	put_u32(buf, 0); /* the length, see end() */
	return at;
}

/* End the block that began at `at`: end of options, and its length in front and behind. A block
 * that found no room goes. */
static void
end(struct pcapng_buf *buf, size_t at)
{
	uint32_t len;

	put_u16(buf, OPT_END);
	put_u16(buf, 0);
	len = (uint32_t)(buf->len - at + sizeof(len));
	put_u32(buf, len);
	if (buf->overflow)
		buf->len = at;
	else
		memcpy(buf->bytes + at + sizeof(uint32_t), &len, sizeof(len));
}

void
pcapng_section(struct pcapng_buf *buf, const char *os, const char *application)
{
	const uint64_t length = UINT64_MAX; /* not known */
	size_t at = begin(buf, BLOCK_SECTION);

	put_u32(buf, BYTE_ORDER_MAGIC);
	put_u16(buf, 1); /* version 1.0 */
	put_u16(buf, 0);
	put(buf, &length, sizeof(length));
	option_text(buf, SHB_OS, os);
	option_text(buf, SHB_APPLICATION, application);
	end(buf, at);
}

void
pcapng_interface(struct pcapng_buf *buf, const struct pcapng_interface *interface)
{
	const uint8_t resolution = NANOSECONDS;
	size_t at = begin(buf, BLOCK_INTERFACE);

	put_u16(buf, LINKTYPE_ETHERNET);
	put_u16(buf, 0);
	put_u32(buf, interface->snaplen);
	option_text(buf, IF_NAME, interface->name);
	option_text(buf, IF_DESCRIPTION, interface->description);
	option(buf, IF_MAC, &interface->mac, sizeof(interface->mac));
	if (interface->speed != 0)
		option(buf, IF_SPEED, &interface->speed, sizeof(interface->speed));
	option(buf, IF_TSRESOL, &resolution, sizeof(resolution));
	end(buf, at);
}

void
pcapng_packet(struct pcapng_buf *buf, const struct pcapng_packet *packet)
{
	const uint32_t flags = packet->direction;
	size_t at = begin(buf, BLOCK_PACKET);

	put_u32(buf, packet->interface);
	put_time(buf, packet->ns);
	put_u32(buf, packet->caplen);
	put_u32(buf, packet->len);
	put(buf, packet->data, packet->caplen);
	pad(buf, packet->caplen);
	option(buf, EPB_FLAGS, &flags, sizeof(flags));
	option(buf, EPB_QUEUE, &packet->queue, sizeof(packet->queue));
	option_text(buf, OPT_COMMENT, packet->comment);
	end(buf, at);
}

void
pcapng_statistics(struct pcapng_buf *buf, const struct pcapng_statistics *statistics)
{
	size_t at = begin(buf, BLOCK_STATISTICS);

	put_u32(buf, statistics->interface);
	put_time(buf, statistics->end_ns);
	option_time(buf, ISB_START, statistics->start_ns);
	option_time(buf, ISB_END, statistics->end_ns);
	option(buf, ISB_RECEIVED, &statistics->received, sizeof(statistics->received));
	option(buf, ISB_DROPPED, &statistics->dropped, sizeof(statistics->dropped));
	end(buf, at);
}
