/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives kept with a snapshot: gathered when it is cut, on offer when no repository has their versions any more. */
#include <stdio.h>

#include "cli/snapshots.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "distributor/patch/tool.h"

static const char *key_of(struct oak_arena *arena, const char *name, const char *arch, const char *evr)
{
	return oak_arena_printf(arena, "%s %s %s", name, arch ? arch : "", evr);
}

static const char *path_of(struct oak_context *ctx, const char *folder, const char *file)
{
	return oak_arena_printf(ctx->arena, "%s/%s", folder, file);
}

/* ------------------------------------------------------------------------------------------- keeping */

/* What the package manager left where we let it work. */
static void drop(struct oak_context *ctx, const struct oak_patch_host *host, const char *work)
{
	static const char *const below[] = {"logs", "home", "fetch", "kept"};
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		oak_tool_scratch_drop(host, path_of(ctx, work, below[i]));
	oak_tool_scratch_drop(host, work);
}

static int record(struct oak_context *ctx, const struct oak_plan_run *run, const char *folder, struct oak_snapshot *snapshot)
{
	for (size_t i = 0; i < run->plan->actions.n; i++) {
		const struct oak_plan_action *a = &run->plan->actions.v[i];
		char *sum = oak_arena_alloc(ctx->arena, OAK_SHA256_TEXT);
		if (!a->to)
			continue;
		const char *file = run->installer->archive(ctx->arena, a);
		if (oak_sha256_file(path_of(ctx, folder, file), sum, &ctx->err) < 0)
			return -1;
		*oak_push(ctx->arena, &snapshot->archives) = (struct oak_snapshot_archive){a->name, a->arch ? a->arch : "", a->to, file, sum};
	}
	return 0;
}

int oak_snapshot_keep(struct oak_context *ctx, struct oak_plan_run *run, struct oak_snapshot *snapshot)
{
	run->snapshot = snapshot;
	if (oak_plan_run_continue(ctx, OAK_INSTALL, run) < 0)
		return -1;
	if (!run->installer || !run->installer->keep)
		return oak_fail(&ctx->err, OAK_UNSUPPORTED, "snapshot.no-archives", 0,
				"archives cannot be kept here: %s (leave --keep-archives out)",
				run->installer ? "this system's updates have none" : "a recorded inventory has no package manager");
	const struct oak_plan_action **v = oak_arena_alloc(ctx->arena, (run->plan->actions.n + 1) * sizeof(*v));
	const char *work = oak_arena_printf(ctx->arena, "%s.work", snapshot->folder), *kept = path_of(ctx, work, "kept");
	for (size_t i = 0; i < run->plan->actions.n; i++)
		v[i] = &run->plan->actions.v[i];
	run->host.run_dir = work;
	oak_tool_scratch_drop(&run->host, snapshot->folder); /* of a cut that was not saved */
	if (!run->plan->actions.n)
		return 0;
	int rc = oak_fs_mkdirs(work, 0700, &ctx->err);
	if (rc == 0)
		rc = run->installer->keep(&run->host, (struct oak_action_list){v, run->plan->actions.n}, &ctx->err);
	if (rc == 0)
		rc = record(ctx, run, kept, snapshot);
	if (rc == 0 && rename(kept, snapshot->folder) < 0)
		rc = oak_fail_errno(&ctx->err, "file.write", "cannot rename '%s' to '%s'", kept, snapshot->folder);
	if (rc == 0)
		drop(ctx, &run->host, work);
	return rc < 0 ? rc : oak_fs_sync_parent(snapshot->folder, &ctx->err);
}

/* ------------------------------------------------------------------------------------------- offering */

static void warn(struct oak_inventory *inventory, const struct oak_snapshot_archive *a, const char *why)
{
	*oak_push(inventory->arena, &inventory->problems) = (struct oak_problem){
		"archive", oak_arena_strdup(inventory->arena, a->file),
		oak_arena_printf(inventory->arena, "what the snapshot kept does not count: %s", why), NULL};
}

void oak_snapshot_offer(struct oak_context *ctx, const struct oak_snapshot *snapshot, struct oak_plan_run *run)
{
	struct oak_map offered;
	OAK_VEC(const char *) paths = {0};
	struct oak_inventory *inventory = run->scan.inventory;
	if (run->kept || !snapshot->archives.n || !snapshot->folder)
		return;
	oak_map_init(&offered, ctx->arena, inventory->updates.n);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		oak_map_put(&offered, key_of(ctx->arena, u->name, u->arch, u->evr), &inventory->updates.v[i]);
	}
	run->kept = OAK_NEW(ctx->arena, struct oak_map);
	run->kept_in = snapshot->folder;
	oak_map_init(run->kept, ctx->arena, snapshot->archives.n);
	for (size_t i = 0; i < snapshot->archives.n; i++) {
		struct oak_snapshot_archive *a = &snapshot->archives.v[i];
		const char *key = key_of(ctx->arena, a->name, a->arch, a->evr), *path = path_of(ctx, snapshot->folder, a->file);
		char sum[OAK_SHA256_TEXT];
		struct oak_error err = {0};
		if (oak_map_has(&offered, key))
			continue;
		if (oak_sha256_file(path, sum, &err) < 0) {
			warn(inventory, a, err.cause);
		} else if (!oak_streq(sum, a->sha256)) {
			warn(inventory, a, "its hash is not the recorded one");
		} else {
			oak_map_put(run->kept, key, a);
			*oak_push(ctx->arena, &paths) = path;
		}
	}
	run->scan.request.archives = paths.v;
	run->scan.request.archive_count = paths.n;
}

int oak_snapshot_stage(struct oak_context *ctx, const struct oak_plan_run *run, const struct oak_plan *plan, const char *run_dir)
{
	const char *kept = path_of(ctx, run_dir, "kept");
	for (size_t i = 0; run->kept && i < plan->actions.n; i++) {
		const struct oak_plan_action *p = &plan->actions.v[i];
		const struct oak_snapshot_archive *a = p->to ? oak_map_find(run->kept, key_of(ctx->arena, p->name, p->arch, p->to)) : NULL;
		char sum[OAK_SHA256_TEXT];
		if (!a)
			continue;
		const char *to = path_of(ctx, kept, run->installer->archive(ctx->arena, p));
		if (oak_fs_mkdirs(kept, 0700, &ctx->err) < 0 || oak_tool_copy(path_of(ctx, run->kept_in, a->file), to, &ctx->err) < 0 ||
		    oak_sha256_file(to, sum, &ctx->err) < 0)
			return -1;
		if (!oak_streq(sum, a->sha256))
			return oak_fail(&ctx->err, OAK_UNTRUSTED, "snapshot.archive", 0, "'%s' is not the archive that the snapshot recorded", a->file);
	}
	return 0;
}
