/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending by size: of the payload, and of the pieces that a payload is in. Copied and mapped. */
#include <errno.h>

#include <rte_common.h>

#include "bench.h"
#include "floor.h"
#include "nic_port.h"
#include "sender.h"

#define FRAMES	   5000u /* about, in a slice */
#define TURNS_PART 3u
#define BURST	   32u

/* Up to one frame of each length, then whole frames. */
static const uint32_t payload_lens[] = {64, 256, 512, 1024, 1472, 2944, 5888, 14720, 61824};
static const uint32_t piece_lens[] = {64, 128, 256, 512, 1024, 1472, 2048, 4096, 9000};

#define PAYLOAD_LENS RTE_DIM(payload_lens)
#define PIECE_LENS   RTE_DIM(piece_lens)

static const struct sender_kind copy = {PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_COPY, false};
static const struct sender_kind map = {PROTO_IPV4, PROTO_SEGMENT, PROTO_DATA_MAP, false};

struct sweep {
	struct floor *floor;
	struct sender_stack stack;
	struct sender senders[BENCH_CASES_MAX];
	char names[3 * BENCH_CASES_MAX][32]; /* of all groups: the report reads them at the end */
	struct bench_case cases[BENCH_CASES_MAX];
	unsigned int n, n_senders, n_names;
};

/* A case of its own length. */
static void
case_add(struct sweep *sweep, const char *who, uint32_t len, const char *what, bench_run_fn run,
	void *arg)
{
	char *name = sweep->names[sweep->n_names++];

	(void)snprintf(name, sizeof(sweep->names[0]), "%s, %u B", who, len);
	sweep->cases[sweep->n++] = bench_case_make(name, what, run, arg);
}

/* What sends it; the case is its. */
static int
sender_add(struct sweep *sweep, const char *who, uint32_t len, const char *what,
	const struct sender_kind *kind, unsigned int per_call, uint32_t piece_len)
{
	struct sender *s = &sweep->senders[sweep->n_senders++];
	int rc = sender_make(s, &sweep->stack, kind, per_call);

	s->piece_len = piece_len;
	case_add(sweep, who, len, what, sender_run, s);
	return rc;
}

static int
endpoints_destroy(struct sweep *sweep)
{
	int rc = 0;

	for (unsigned int i = 0; i < sweep->n_senders && rc == 0; i++)
		if (sweep->senders[i].ep != NULL)
			rc = proto_endpoint_destroy(sweep->senders[i].ep);
	sweep->n = sweep->n_senders = 0;
	return rc;
}

static int
run(struct bench *bench, struct sweep *sweep, const char *name, bool cold)
{
	unsigned int turns = bench->turns;
	struct bench_group *group;

	bench->turns = turns / TURNS_PART + 1;
	group = bench_group_run(bench, name, "frame", sweep->cases[0].name, sweep->cases, sweep->n,
		bench_data_make(bench, BENCH_PAYLOAD, cold), FRAMES);
	bench->turns = turns;
	return group == NULL ? -EIO : 0;
}

static int
by_payload(struct bench *bench, struct sweep *sweep)
{
	static const char group[] = "tx by payload size, cold";
	int rc = 0;

	if (!bench_wants(bench, group))
		return 0;
	for (unsigned int i = 0; i < PAYLOAD_LENS && rc == 0; i++) {
		uint32_t len = payload_lens[i];
		uint32_t frames = (len + BENCH_FRAME_DATA - 1) / BENCH_FRAME_DATA;
		unsigned int per_call = RTE_MAX(1u, BURST / frames), first = sweep->n;

		case_add(sweep, "floor copy", len, "hand-written, bursts of 32 frames or more",
			floor_copy, sweep->floor);
		case_add(sweep, "floor map", len, "hand-written, bursts of 32 frames or more",
			floor_map, sweep->floor);
		rc = sender_add(sweep, "copy", len, "32 frames or more a proto_send(); NIC", &copy,
			per_call, 0);
		if (rc == 0)
			rc = sender_add(sweep, "map", len, "32 frames or more a proto_send(); NIC",
				&map, per_call, 0);
		for (unsigned int c = first; c < sweep->n; c++)
			sweep->cases[c].data = bench_data_make(bench, len, true);
	}
	if (rc == 0)
		rc = run(bench, sweep, group, true);
	return rc == 0 ? endpoints_destroy(sweep) : rc;
}

static int
by_piece(struct bench *bench, struct sweep *sweep, const char *group, bool cold)
{
	int rc = 0;

	if (!bench_wants(bench, group))
		return 0;
	for (unsigned int i = 0; i < PIECE_LENS && rc == 0; i++) {
		rc = sender_add(sweep, "copy", piece_lens[i],
			"60 KiB in pieces of this size, copied; NIC", &copy, 1, piece_lens[i]);
		if (rc == 0)
			rc = sender_add(sweep, "map", piece_lens[i],
				"60 KiB in pieces of this size, mapped; NIC", &map, 1,
				piece_lens[i]);
	}
	if (rc == 0)
		rc = run(bench, sweep, group, cold);
	return rc == 0 ? endpoints_destroy(sweep) : rc;
}

int
bench_sweep(struct bench *bench, struct floor *floor)
{
	static struct sweep sweep;
	int rc = sender_stack_make(&sweep.stack, "sweep", &nic_port_ops);

	sweep.floor = floor;
	if (rc == 0)
		rc = by_payload(bench, &sweep);
	if (rc == 0)
		rc = by_piece(bench, &sweep, "tx by piece size, cold", true);
	if (rc == 0)
		rc = by_piece(bench, &sweep, "tx by piece size, hot", false);
	sender_stack_free(&sweep.stack);
	return rc;
}
