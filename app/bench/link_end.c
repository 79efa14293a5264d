/* SPDX-License-Identifier: BSD-3-Clause */
#include "link_end.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#define PREFIX_LEN 24

static const struct link_kind kinds[] = {
	{"memif", "net_memif0", "net_memif0", "role=server,socket=%s,socket-abstract=no",
		"role=client,socket=%s,socket-abstract=no"},
	{"vhost", "net_vhost0", "net_virtio_user0", "iface=%s,queues=1", "path=%s,queues=1"},
};

const struct link_kind *
link_kind_find(const char *name)
{
	for (size_t i = 0; i < RTE_DIM(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int
said(const char *what, int rc, const char *why)
{
	if (rc < 0)
		fprintf(stderr, "chainburst-bench: %s: %s: %s\n", what, strerror(-rc), why);
	return rc;
}

int
link_port_make(const char *vdev, const char *args_format, const char *meet)
{
	char args[256];
	uint16_t port_id;
	int rc;

	(void)snprintf(args, sizeof(args), args_format, meet);
	rc = rte_eal_hotplug_add("vdev", vdev, args);
	if (rc == 0)
		rc = rte_eth_dev_get_port_by_name(vdev, &port_id);
	return rc < 0 ? said(vdev, rc, "DPDK makes no such port") : port_id;
}

static struct proto_addr
address(unsigned int host)
{
	return (struct proto_addr){.family = PROTO_IPV4, .bytes = {192, 0, 2, (uint8_t)host}};
}

static int
stack_make(struct link_end *end, const char *name, uint16_t port_id, struct pktpool_why *why)
{
	const struct proto_conf conf = {.name = name, .n_rx_packets = 16384};
	const struct proto_link_conf link_conf = {.port = PROTO_PORT(port_id), .mtu = 1500};
	const struct proto_addr own = address(end->host);
	int rc = proto_create(&end->proto, &conf, why);

	if (rc == 0)
		rc = proto_link_add(end->proto, &link_conf, &end->link, why);
	if (rc == 0)
		rc = proto_addr_add(end->link, &own, PREFIX_LEN, why);
	if (rc == 0)
		rc = proto_start(end->proto, why);
	if (rc == 0)
		end->worker = proto_worker_at(end->proto, 0);
	return rc;
}

int
link_end_make(
	struct link_end *end, const struct link_kind *kind, const char *meet, unsigned int host)
{
	bool near = host == LINK_END_NEAR;
	struct pktpool_why why = {""};
	int rc;

	*end = (struct link_end){.host = host};
	rc = link_port_make(near ? kind->near_driver : kind->far_driver,
		near ? kind->near_args : kind->far_args, meet);
	if (rc < 0)
		return rc;
	(void)snprintf(
		end->vdev, sizeof(end->vdev), "%s", near ? kind->near_driver : kind->far_driver);
	return said(kind->name, stack_make(end, kind->name, (uint16_t)rc, &why), why.text);
}

int
link_end_endpoint(struct link_end *end, uint16_t port, struct proto_endpoint_conf *conf,
	struct proto_endpoint **ep)
{
	struct pktpool_why why = {""};

	if (end->host == LINK_END_NEAR) {
		conf->remote = address(LINK_END_FAR);
		conf->remote_port = port;
	} else {
		conf->local_port = port;
	}
	return said("endpoint", proto_endpoint_create(end->worker, conf, ep, &why), why.text);
}

void
link_end_free(struct link_end *end)
{
	if (end->proto != NULL && proto_destroy(end->proto, NULL, NULL) != 0)
		fprintf(stderr, "chainburst-bench: a stack on %s is not empty at the end\n",
			end->vdev);
	if (end->vdev[0] != '\0')
		(void)rte_eal_hotplug_remove("vdev", end->vdev);
	*end = (struct link_end){0};
}
