/* SPDX-License-Identifier: BSD-3-Clause */
/* A configuration file: read, parsed, each value set, and then what they have to do with each
 * other. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_check.h"
#include "config_schema.h"

void
config_init(struct config *config)
{
	memset(config, 0, sizeof(*config));
	config->stack.cache = PKTPOOL_CACHE_AUTO;
}

static int set_mapping(const struct config_source *source, const struct config_path *path,
	const struct config_key *keys, unsigned n_keys, const struct config_slot *slots,
	void *target, struct opt_error *err);

static int
set_value(const struct config_source *source, const struct config_path *path,
	const struct config_key *key, const char *text, void *target, struct opt_error *err)
{
	struct opt_error own;

	if (key->opt.set(&key->opt, text, target, &own) == OPT_OK)
		return 0;
	return config_fail(source, path, err, "'%.100s': expected %s", text, key->opt.expect);
}

/* Set what stood at one key. */
static int
set_key(const struct config_source *source, const struct config_path *path,
	const struct config_key *key, const struct config_slot *slot, void *target,
	struct opt_error *err)
{
	if (key->kind == CONFIG_VALUE)
		return set_value(source, path, key, slot->value, target, err);
	if (key->kind == CONFIG_MAPPING)
		return set_mapping(source, path, key->keys, key->n_keys, slot->slots, target, err);
	for (uint32_t i = 0; i < slot->n; i++) {
		struct config_path entry = config_path_index(path, i);
		void *to = key->kind == CONFIG_MAPPINGS ? key->add(target) : target;
		int ret;

		if (to == NULL)
			return config_fail(
				source, &entry, err, "expected at most %u in all", key->n_max);
		ret = key->kind == CONFIG_VALUES
			      ? set_value(source, &entry, key, slot->values[i], to, err)
			      : set_mapping(source, &entry, key->keys, key->n_keys,
					slot->slots + i * key->n_keys, to, err);
		if (ret != 0)
			return ret;
	}
	return 0;
}

static int
set_mapping(const struct config_source *source, const struct config_path *path,
	const struct config_key *keys, unsigned n_keys, const struct config_slot *slots,
	void *target, struct opt_error *err)
{
	for (unsigned i = 0; i < n_keys; i++) {
		struct config_path below = config_path_key(path, keys[i].opt.name);

		if (slots[i].value != NULL &&
			set_key(source, &below, &keys[i], &slots[i], target, err) != 0)
			return -1;
	}
	return 0;
}

int
config_read_memory(struct config *config, const char *name, const char *text, size_t len,
	struct opt_error *err)
{
	const struct config_source source = {.name = name, .text = text, .len = len};
	const struct config_path top = {.n = 0};
	struct config_schema *schema;
	struct config_slot *slots;
	int ret;

	if (config_check_yaml(&source, err) != 0 ||
		config_schema_load(&source, &schema, &slots, err) != 0)
		return -1;
	ret = set_mapping(&source, &top, config_keys, config_n_keys, slots, config, err);
	config_schema_free(schema, slots);
	return ret != 0 ? ret : config_check(config, &source, err);
}

/* The bytes of a file. Returns how many, or -1 with errno. */
static ssize_t
read_all(int fd, char *text, size_t size)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, text + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || (len += (size_t)n) == size)
			return n < 0 ? -1 : (ssize_t)len;
	}
}

int
config_read(struct config *config, const char *path, struct opt_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = malloc(CONFIG_SOURCE_MAX + 1);
	ssize_t len;
	int ret;

	(void)snprintf(config->file, sizeof(config->file), "%s", path);
	errno = fd >= 0 && text == NULL ? ENOMEM : errno;
	len = fd >= 0 && text != NULL ? read_all(fd, text, CONFIG_SOURCE_MAX + 1) : -1;
	if (len < 0)
		ret = opt_fail(err, -1,
			"--config %.200s: %s; expected a YAML file that can be read", path,
			strerror(errno));
	else if (len > CONFIG_SOURCE_MAX)
		ret = opt_fail(err, -1, "--config %.200s: expected at most %d bytes of YAML", path,
			CONFIG_SOURCE_MAX);
	else
		ret = config_read_memory(config, path, text, (size_t)len, err);
	if (fd >= 0)
		close(fd);
	free(text);
	return ret;
}
