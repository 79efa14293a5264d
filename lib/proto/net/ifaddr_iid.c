/* SPDX-License-Identifier: BSD-3-Clause */
/* Interface identifiers that are stable in a network and tell nothing outside of it (RFC 7217). */
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "ifaddr_priv.h"

static inline uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
sip_rounds(uint64_t v[4], unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

uint64_t
ifaddr_siphash16(const uint64_t key[2], const uint64_t words[2])
{
	/* "somepseudorandomlygeneratedbytes"; the last block is the length alone. */
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
		key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
	const uint64_t blocks[3] = {words[0], words[1], (uint64_t)16 << 56};

	for (unsigned i = 0; i < RTE_DIM(blocks); i++) {
		v[3] ^= blocks[i];
		sip_rounds(v, 2);
		v[0] ^= blocks[i];
	}
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

bool
ifaddr_iid_reserved(const uint8_t iid[IID_LEN])
{
	rte_be64_t be;

	memcpy(&be, iid, sizeof(be));
	uint64_t id = rte_be_to_cpu_64(be);

	return id == 0 ||						 /* Subnet-Router anycast */
	       id >> 24 == 0x02005efffeu ||				 /* the block of IANA */
	       (id >= 0xfdffffffffffff80u && id <= 0xfdffffffffffffffu); /* subnet anycast */
}

/* F(prefix, interface, counter, secret) of RFC 7217 5. */
static void
iid_hash(const struct ifaddr_conf *conf, uint8_t dad_counter, struct proto_addr *addr)
{
	const uint64_t key[2] = {conf->secret, ~conf->secret};
	uint64_t words[2] = {0}; /* prefix | MAC, counter, 0 */
	uint8_t interface[8] = {0};

	memcpy(interface, conf->mac.addr_bytes, sizeof(conf->mac.addr_bytes));
	interface[6] = dad_counter;
	memcpy(&words[0], addr->bytes, sizeof(words[0]));
	memcpy(&words[1], interface, sizeof(words[1]));
	words[0] = rte_le_to_cpu_64(words[0]);
	words[1] = rte_le_to_cpu_64(words[1]);
	uint64_t hash = rte_cpu_to_le_64(ifaddr_siphash16(key, words));

	memcpy(&addr->bytes[IID_LEN], &hash, IID_LEN);
}

void
ifaddr_iid_make(const struct ifaddr_conf *conf, uint8_t *dad_counter, struct proto_addr *addr)
{
	iid_hash(conf, *dad_counter, addr);
	while (ifaddr_iid_reserved(&addr->bytes[IID_LEN]))
		iid_hash(conf, ++*dad_counter, addr);
}
