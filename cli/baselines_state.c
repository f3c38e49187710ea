/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the state folder knows about baselines: imported ones, and the default of each operating system. */
#include "cli/baselines.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"

enum { DEFAULTS_MAX = 65536, LOCK_WAIT_S = 10, NAME_MAX_LENGTH = 128 };

bool oak_baselines_name_ok(const char *name)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(name);
	return n >= 1 && n <= NAME_MAX_LENGTH && strspn(name, fine) == n && name[0] != '.' && name[0] != '-' &&
	       !oak_is_file_name(name);
}

static const char *folder(const struct oak_context *ctx)
{
	return oak_arena_printf(ctx->arena, "%s/baselines", ctx->state_dir);
}

const char *oak_baselines_path(const struct oak_context *ctx, const char *name)
{
	return oak_arena_printf(ctx->arena, "%s/baselines/%s.json", ctx->state_dir, name);
}

static const char *defaults_path(const struct oak_context *ctx)
{
	return oak_arena_printf(ctx->arena, "%s/baselines/.defaults.json", ctx->state_dir);
}

bool oak_baselines_is_imported(const struct oak_context *ctx, const char *name)
{
	return oak_baselines_name_ok(name) && oak_fs_exists(oak_baselines_path(ctx, name));
}

int oak_baselines_imported(struct oak_context *ctx, const char *const **ret_names, size_t *ret_n)
{
	const char *const *files;
	size_t n;
	if (oak_fs_list(ctx->arena, folder(ctx), ".json", &files, &n, &ctx->err) < 0)
		return -1;
	OAK_VEC(const char *) names = {0};
	for (size_t i = 0; i < n; i++) {
		const char *name = oak_arena_strndup(ctx->arena, files[i], strlen(files[i]) - strlen(".json"));
		if (oak_baselines_name_ok(name))
			*oak_push(ctx->arena, &names) = name;
	}
	*ret_names = names.v;
	*ret_n = names.n;
	return 0;
}

/* The folder, and the lock that writers of it take. */
static int begin_change(struct oak_context *ctx, int *ret_lock)
{
	const char *lock = oak_arena_printf(ctx->arena, "%s/.lock", folder(ctx));
	if (oak_fs_mkdirs(folder(ctx), 0755, &ctx->err) < 0)
		return -1;
	return oak_lock_take(lock, LOCK_WAIT_S, &oak_stop_signal, ret_lock, &ctx->err);
}

static int write_document(struct oak_context *ctx, const char *path, struct oak_buf *text)
{
	int rc = oak_fs_write_atomic(path, oak_buf_text(text), text->n, 0644, &ctx->err);
	oak_buf_done(text);
	return rc;
}

int oak_baselines_save(struct oak_context *ctx, const char *name, const struct oak_baseline *baseline)
{
	OAK_AUTO(oak_lock_release) int lock = -1;
	struct oak_buf text;
	struct oak_sink sink;
	if (begin_change(ctx, &lock) < 0)
		return -1;
	oak_out_buf(&text);
	oak_sink_json(&sink, &text);
	oak_baseline_format(baseline, OAK_FORMAT_OAKUM, &sink);
	return write_document(ctx, oak_baselines_path(ctx, name), &text);
}

/* The file of defaults, an object of strings; *ret NULL = none. */
static int load_defaults(struct oak_context *ctx, const struct oak_value **ret)
{
	const struct oak_value_limits limits = {.bytes = DEFAULTS_MAX};
	const char *path = defaults_path(ctx);
	struct oak_error why = {0};
	*ret = NULL;
	if (!oak_fs_exists(path))
		return 0;
	if (oak_value_load(ctx->arena, path, &limits, ret, &why) == 0 && (*ret)->kind == OAK_VALUE_OBJECT)
		return 0;
	return oak_fail(&ctx->err, OAK_IO, "baseline.defaults", 0,
			"the default baselines cannot be read: %s (repair or remove '%s', then 'oakum baseline default')",
			why.cause[0] ? why.cause : "not an object", path);
}

/* The text under the key that names OS, in any case; a key that names none is a mistake and not to be passed over. */
static int text_for(struct oak_context *ctx, const struct oak_value *map, const char *where, enum oak_os os,
		    const char **ret)
{
	*ret = NULL;
	for (size_t i = 0; map && map->kind == OAK_VALUE_OBJECT && i < map->object.n; i++) {
		int key = oak_os_from_string(map->object.v[i].key);
		if (key < 0)
			return oak_fail(&ctx->err, OAK_INVALID, "baseline.os", 0,
					"%s: '%.60s' is no operating system of a baseline (WINDOWS, DEBIAN, UBUNTU …)", where,
					map->object.v[i].key);
		if (key == (int)os)
			*ret = oak_value_string(&map->object.v[i].value);
	}
	return 0;
}

int oak_baselines_default(struct oak_context *ctx, enum oak_os os, const char **ret_name, const char **ret_why)
{
	const struct oak_value *doc;
	const char *os_name = oak_os_to_string(os);
	const char *set, *configured;
	if (load_defaults(ctx, &doc) < 0 || text_for(ctx, doc, defaults_path(ctx), os, &set) < 0 ||
	    text_for(ctx, oak_config_get(ctx, "baselines.defaults"), "'baselines.defaults'", os, &configured) < 0)
		return -1;
	*ret_name = set;
	*ret_why = oak_arena_printf(ctx->arena, "default of %s set by 'oakum baseline default'", os_name);
	if (*ret_name)
		return 0;
	*ret_name = configured;
	*ret_why = oak_arena_printf(ctx->arena, "configured default of %s", os_name);
	return 0;
}

int oak_baselines_set_default(struct oak_context *ctx, enum oak_os os, const char *name)
{
	OAK_AUTO(oak_lock_release) int lock = -1;
	const struct oak_value *old;
	struct oak_buf text;
	struct oak_sink sink;
	if (begin_change(ctx, &lock) < 0 || load_defaults(ctx, &old) < 0)
		return -1;
	oak_out_buf(&text);
	oak_sink_json(&sink, &text);
	oak_put_begin_object(&sink, NULL);
	for (int i = 0; i < OAK_OS_COUNT; i++) {
		const char *key = oak_os_to_string((enum oak_os)i);
		oak_put_string_opt(&sink, key, i == (int)os ? name : oak_value_string(oak_value_get(old, key)));
	}
	oak_put_end_object(&sink);
	return write_document(ctx, defaults_path(ctx), &text);
}
