/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots in the state folder: found by name, or by the ring that they were promoted to. */
#include "cli/snapshots.h"

#include <dirent.h>
#include <stdlib.h>

#include "cli/repos.h"
#include "core/fs.h"
#include "core/str.h"

const char *oak_snapshot_path(const struct oak_context *ctx, const char *name)
{
	return name ? oak_arena_printf(ctx->arena, "%s/snapshots/%s.json", ctx->state_dir, name)
		    : oak_arena_printf(ctx->arena, "%s/snapshots", ctx->state_dir);
}

static int load(struct oak_context *ctx, const char *path, struct oak_snapshot **ret)
{
	const struct oak_value_limits limits = {.bytes = OAK_SNAPSHOT_MAX};
	const struct oak_value *doc;
	if (oak_value_load(ctx->arena, path, &limits, &doc, &ctx->err) < 0)
		return -1;
	if (oak_snapshot_parse(ctx->arena, doc, path, ret, &ctx->err) < 0)
		return -1;
	size_t n = strlen(path) - (oak_ends_with(path, ".json") ? 5 : 0);
	(*ret)->folder = oak_arena_printf(ctx->arena, "%.*s.archives", (int)n, path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int oak_snapshots_all(struct oak_context *ctx, struct oak_snapshots *ret)
{
	OAK_VEC(const char *) names = {0};
	DIR *dir = opendir(oak_snapshot_path(ctx, NULL));
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (e->d_name[0] != '.' && oak_ends_with(e->d_name, ".json"))
			*oak_push(ctx->arena, &names) = oak_arena_strndup(ctx->arena, e->d_name, strlen(e->d_name) - 5);
	if (dir)
		closedir(dir);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.n; i++) {
		struct oak_snapshot *s;
		if (load(ctx, oak_snapshot_path(ctx, names.v[i]), &s) < 0)
			return -1;
		*oak_push(ctx->arena, &ret->list) = s;
	}
	return 0;
}

/* The newest snapshot that was promoted to RING; NULL = none. */
static struct oak_snapshot *of_ring(const struct oak_snapshots *all, const char *ring, oak_time *ret_at)
{
	struct oak_snapshot *best = NULL;
	oak_time at = OAK_TIME_NONE;
	for (size_t i = 0; i < all->list.n; i++)
		for (size_t j = 0; j < all->list.v[i]->rings.n; j++) {
			const struct oak_snapshot_ring *r = &all->list.v[i]->rings.v[j];
			if (oak_streq(r->ring, ring) && (!best || r->at >= at)) {
				best = all->list.v[i];
				at = r->at;
			}
		}
	*ret_at = at;
	return best;
}

bool oak_snapshot_has_ring(const struct oak_snapshots *all, const struct oak_snapshot *snapshot, const char *ring)
{
	oak_time at;
	return of_ring(all, ring, &at) == snapshot;
}

int oak_snapshot_promotion(struct oak_context *ctx, const char *ring, oak_time *ret_at)
{
	struct oak_snapshots all = {0};
	oak_time now = oak_ctx_now(ctx), last;
	if (oak_snapshots_all(ctx, &all) < 0)
		return -1;
	*ret_at = of_ring(&all, ring, &last) && last >= now ? last + 1 : now;
	return 0;
}

int oak_snapshot_find(struct oak_context *ctx, const char *name, struct oak_snapshot **ret)
{
	struct oak_snapshots all = {0};
	if (oak_is_file_name(name))
		return load(ctx, name, ret);
	if (oak_repos_is_reference(name))
		return oak_repos_resolve(ctx, name, &name) < 0 ? -1 : load(ctx, name, ret);
	if (!oak_snapshot_name_check(name))
		return oak_fail(&ctx->err, OAK_INVALID, "snapshot.ring", 0, "'%s' is no name of a snapshot", name);
	if (oak_fs_exists(oak_snapshot_path(ctx, name)))
		return load(ctx, oak_snapshot_path(ctx, name), ret);
	if (oak_snapshots_all(ctx, &all) < 0)
		return -1;
	oak_time at;
	*ret = of_ring(&all, name, &at);
	if (*ret)
		return 0;
	return oak_fail(&ctx->err, OAK_INVALID, "snapshot.unknown", 0,
			"there is no snapshot '%s', and none was promoted to a ring of that name (see 'oakum snapshot list')", name);
}
