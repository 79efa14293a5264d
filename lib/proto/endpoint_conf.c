/* SPDX-License-Identifier: BSD-3-Clause */
/* What an endpoint's configuration may say. */
#include <errno.h>

#include "endpoint.h"

static int
conf_check_bound(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	if (conf->kind != PROTO_UDP)
		return pktpool_why_not(why, -EINVAL, "remote address of family 0: expected 4 or 6");
	if (conf->remote_port != 0)
		return pktpool_why_not(why, -EINVAL,
			"remote_port %u without a remote address: give both, or none to be bound",
			conf->remote_port);
	if (conf->local.family != 0 && conf->local.family != PROTO_IPV4 &&
		conf->local.family != PROTO_IPV6)
		return pktpool_why_not(why, -EINVAL,
			"local address of family %u: expected 4, 6 or 0", conf->local.family);
	return 0;
}

static int
conf_check_recv(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	if (conf->rx_ring > UINT16_MAX)
		return pktpool_why_not(
			why, -EINVAL, "rx_ring %u: expected at most %u", conf->rx_ring, UINT16_MAX);
	if (conf->rx_ring != 0 && conf->recv != NULL)
		return pktpool_why_not(why, -EINVAL,
			"rx_ring and recv: datagrams go to one of them; leave the other out");
	if (conf->qinq && !conf->vlan)
		return pktpool_why_not(
			why, -EINVAL, "qinq without vlan: the 802.1ad tag stands before one");
	return 0;
}

static int
conf_check_udp(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	uint8_t family = conf->remote.family;

	if (family == 0)
		return conf_check_bound(conf, why);
	if (family != PROTO_IPV4 && family != PROTO_IPV6)
		return pktpool_why_not(
			why, -EINVAL, "remote address of family %u: expected 4 or 6", family);
	if (conf->local.family != 0 && conf->local.family != family)
		return pktpool_why_not(why, -EINVAL,
			"local address is IPv%u and the remote one IPv%u", conf->local.family,
			family);
	if (conf->local.family != 0 && proto_addr_is_multicast(&conf->local))
		return pktpool_why_not(
			why, -EINVAL, "the local address is multicast: a source is unicast");
	if (conf->remote_port == 0 && conf->kind == PROTO_UDP)
		return pktpool_why_not(why, -EINVAL, "remote_port is 0: expected 1 to 65535");
	if (conf->no_udp_cksum && family == PROTO_IPV6)
		return pktpool_why_not(why, -EINVAL,
			"no_udp_cksum: IPv6 requires the UDP checksum (RFC 8200 8.1)");
	return 0;
}

static int
conf_check_l2(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	if (conf->link == NULL)
		return pktpool_why_not(why, -EINVAL, "a PROTO_L2 endpoint needs its link named");
	if (conf->ethertype < 0x0600)
		return pktpool_why_not(why, -EINVAL,
			"ethertype 0x%04x: below 0x0600 the field is a length (IEEE 802.3 3.2.6)",
			conf->ethertype);
	if (conf->cut != PROTO_SEGMENT)
		return pktpool_why_not(
			why, -EINVAL, "only IP can fragment: PROTO_L2 needs PROTO_SEGMENT");
	if (rte_is_zero_ether_addr(&conf->mac))
		return pktpool_why_not(
			why, -EINVAL, "a PROTO_L2 endpoint needs a destination in mac");
	return 0;
}

int
endpoint_conf_check(const struct proto_endpoint_conf *conf, struct pktpool_why *why)
{
	if ((unsigned)conf->kind > PROTO_IP)
		return pktpool_why_not(why, -EINVAL,
			"kind %d: expected PROTO_UDP, PROTO_L2 or PROTO_IP", conf->kind);
	if (conf->cut != PROTO_SEGMENT && conf->cut != PROTO_FRAGMENT)
		return pktpool_why_not(why, -EINVAL,
			"cut %d: expected PROTO_SEGMENT or PROTO_FRAGMENT", conf->cut);
	if ((unsigned)conf->data > PROTO_DATA_MAP)
		return pktpool_why_not(
			why, -EINVAL, "data %d: expected a PROTO_DATA_ policy", conf->data);
	if ((unsigned)conf->df > PROTO_DF_NEVER)
		return pktpool_why_not(
			why, -EINVAL, "df %d: expected a PROTO_DF_ policy", conf->df);
	if (conf->dscp > 63)
		return pktpool_why_not(
			why, -EINVAL, "dscp %u: expected 0 to 63 (RFC 2474)", conf->dscp);
	if (conf->flow_label > 0xfffff)
		return pktpool_why_not(
			why, -EINVAL, "flow_label 0x%x: it has 20 bits", conf->flow_label);
	int ret = conf_check_recv(conf, why);

	if (ret != 0)
		return ret;
	return conf->kind == PROTO_L2 ? conf_check_l2(conf, why) : conf_check_udp(conf, why);
}
