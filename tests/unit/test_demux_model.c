/* SPDX-License-Identifier: BSD-3-Clause */
/* The endpoint table against a model: a list of endpoints that is scanned from end to end. All of a
 * small world of addresses, ports and zones is asked for while endpoints come and go at random.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include <rte_common.h>

#include "binds.h"
#include "eal.h"
#include "net/zone.h"
#include "rng.h"

#define STEPS	  6000
#define ENDPOINTS 48
#define WORLD	  (2 * 3 * 2 * 2 * 2 * 4) /* datagrams: see world() */
#define CONNECTED 10

static struct {
	struct demux_bind bind;
	bool in;
} model[ENDPOINTS];

static unsigned
model_connected(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ENDPOINTS; i++)
		n += model[i].in && model[i].bind.key.remote_port != 0;
	return n;
}

/* One of all datagrams. Local 0 is not among them, it is any address of binds. */
static struct demux_key
world(unsigned n)
{
	struct demux_key key;

	memset(&key, 0, sizeof(key));
	key.family = n % 2 == 0 ? PROTO_IPV4 : PROTO_IPV6;
	n /= 2;
	bind_addr(key.local, key.family, 1 + n % 3);
	n /= 3;
	key.local_port = rte_cpu_to_be_16((uint16_t)(1 + n % 2));
	n /= 2;
	bind_addr(key.remote, key.family, 8 + n % 2);
	n /= 2;
	key.remote_port = rte_cpu_to_be_16((uint16_t)(1 + n % 2));
	n /= 2;
	key.zone = zone_of((uint16_t)(n % 2), n / 2);
	return key;
}

static struct demux_bind
random_bind(struct rng *rng, uintptr_t ep)
{
	struct demux_key key = world(rng_below(rng, WORLD));
	struct demux_bind bind = bind_connected(ep, &key);

	bind.worker = (uint16_t)rng_below(rng, 64);
	if (rng_below(rng, 4) == 0)
		return bind;
	memset(bind.key.remote, 0, sizeof(bind.key.remote));
	bind.key.remote_port = 0;
	if (rng_below(rng, 2) == 0)
		memset(bind.key.local, 0, sizeof(bind.key.local));
	bind.any_link = rng_below(rng, 2) == 0;
	bind.share = rng_below(rng, 2) == 0;
	return bind;
}

static bool
is_any(const struct demux_bind *bind)
{
	static const uint8_t zeros[16];

	return memcmp(bind->key.local, zeros, sizeof(zeros)) == 0;
}

static bool
takes(const struct demux_bind *bind, const struct demux_key *key)
{
	if (bind->key.remote_port != 0)
		return memcmp(&bind->key, key, sizeof(*key)) == 0;
	return bind->key.family == key->family && bind->key.local_port == key->local_port &&
	       (is_any(bind) || memcmp(bind->key.local, key->local, 16) == 0) &&
	       zone_tags(bind->key.zone) == zone_tags(key->zone) &&
	       (bind->any_link || zone_link(bind->key.zone) == zone_link(key->zone));
}

/* The same set of datagrams, of all there are. */
static bool
same_set(const struct demux_bind *a, const struct demux_bind *b)
{
	for (unsigned n = 0; n < WORLD; n++) {
		struct demux_key key = world(n);

		if (takes(a, &key) != takes(b, &key))
			return false;
	}
	return true;
}

static int
model_add_errno(const struct demux_bind *bind)
{
	for (unsigned i = 0; i < ENDPOINTS; i++) {
		if (model[i].in && same_set(&model[i].bind, bind) &&
			!(model[i].bind.share && bind->share))
			return -EADDRINUSE;
	}
	return bind->key.remote_port != 0 && model_connected() == CONNECTED ? -ENOSPC : 0;
}

static bool
model_is_free(const struct demux_bind *bind)
{
	for (unsigned i = 0; i < ENDPOINTS; i++) {
		const struct demux_bind *other = &model[i].bind;

		if (!model[i].in || other->key.local_port != bind->key.local_port)
			continue;
		if (other->key.remote_port != 0 && bind->key.remote_port == 0)
			return false;
		for (unsigned n = 0; n < WORLD; n++) {
			struct demux_key key = world(n);

			if (takes(other, &key) && takes(bind, &key))
				return false;
		}
	}
	return true;
}

/* Smaller is more specific. */
static unsigned
specificity(const struct demux_bind *bind)
{
	if (bind->key.remote_port != 0)
		return 0;
	return 1 + (is_any(bind) ? 2u : 0u) + (bind->any_link ? 1u : 0u);
}

static demux_owner
owner_of(const struct demux_bind *bind)
{
	return (uintptr_t)bind->ep | bind->worker;
}

static void
check_lookup(const struct demux_key *key, demux_owner owner)
{
	unsigned best = UINT32_MAX, owners = UINT32_MAX;

	for (unsigned i = 0; i < ENDPOINTS; i++) {
		if (!model[i].in || !takes(&model[i].bind, key))
			continue;
		best = RTE_MIN(best, specificity(&model[i].bind));
		if (owner_of(&model[i].bind) == owner)
			owners = specificity(&model[i].bind);
	}
	if (owners != best || (best == UINT32_MAX && owner != 0))
		fail_msg("owner of specificity %u where %u is the best", owners, best);
}

static void
check_lookup_all(const struct demux *demux, const struct demux_key *key)
{
	demux_owner owners[ENDPOINTS];
	unsigned found = demux_lookup_all(demux, key, owners, ENDPOINTS), want = 0;

	for (unsigned i = 0; i < ENDPOINTS; i++) {
		unsigned times = 0;

		if (!model[i].in || model[i].bind.key.remote_port != 0 ||
			!takes(&model[i].bind, key))
			continue;
		for (unsigned k = 0; k < found; k++)
			times += owners[k] == owner_of(&model[i].bind);
		assert_int_equal(times, 1);
		want++;
	}
	assert_int_equal(found, want);
}

static void
check_world(const struct demux *demux)
{
	struct demux_key keys[DEMUX_LOOKUP_MAX];
	const struct demux_key *where[DEMUX_LOOKUP_MAX];
	demux_owner owners[DEMUX_LOOKUP_MAX];

	for (unsigned first = 0; first < WORLD; first += DEMUX_LOOKUP_MAX) {
		for (unsigned i = 0; i < DEMUX_LOOKUP_MAX; i++) {
			keys[i] = world(first + i);
			where[i] = &keys[i];
		}
		demux_lookup(demux, where, DEMUX_LOOKUP_MAX, owners);
		for (unsigned i = 0; i < DEMUX_LOOKUP_MAX; i++) {
			check_lookup(&keys[i], owners[i]);
			check_lookup_all(demux, &keys[i]);
		}
	}
}

/* An endpoint goes, or one comes if it may. */
static void
step(struct demux *demux, struct rng *rng)
{
	unsigned i = rng_below(rng, ENDPOINTS);
	struct demux_bind bind = random_bind(rng, i + 1);

	assert_int_equal(demux_is_free(demux, &bind), model_is_free(&bind));
	if (model[i].in) {
		demux_del(demux, &model[i].bind);
		model[i].in = false;
		return;
	}
	int rc = model_add_errno(&bind);

	assert_int_equal(demux_add(demux, &bind), rc);
	if (rc == 0) {
		model[i].bind = bind;
		model[i].in = true;
	}
}

static void
test_model(void **state)
{
	RTE_BUILD_BUG_ON(WORLD % DEMUX_LOOKUP_MAX != 0);

	(void)state;
	for (uint16_t workers = 1; workers <= 2; workers++) {
		struct demux_conf conf = {.name = "model",
			.n_connected = CONNECTED,
			.n_workers = workers,
			.seed = workers,
			.socket = SOCKET_ID_ANY};
		struct demux *demux = demux_create(&conf);
		struct rng rng = {workers};

		assert_non_null(demux);
		memset(model, 0, sizeof(model));
		for (unsigned i = 0; i < STEPS; i++) {
			unsigned in = 0;

			step(demux, &rng);
			for (unsigned k = 0; k < ENDPOINTS; k++)
				in += model[k].in;
			assert_int_equal(demux_count(demux), in);
			if (i % 16 == 0)
				check_world(demux);
		}
		demux_destroy(demux);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_model)};

	if (eal_start(1, NULL) != 0)
		return 1;
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	return eal_stop() != 0 ? 1 : rc;
}
