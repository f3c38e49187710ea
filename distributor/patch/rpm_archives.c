/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Old archives on an rpm host: from the package manager's cache, from the repositories. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "distributor/patch/aside.h"
#include "distributor/patch/old.h"
#include "distributor/patch/rpm.h"

static const char *cached(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_arena *arena,
			  const struct oak_plan_action *a)
{
	return oak_rpm_find_file(arena, host->root, archives->cache, oak_rpm_file(arena, a, a->from));
}

int oak_rpm_undoable(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_action_list actions,
		     struct oak_arena *arena, struct oak_plan_facts *ret, struct oak_error *err)
{
	(void)err;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		struct oak_plan_undo undo = {.patch = a->patch};
		if (!oak_plan_action_replaces(a))
			continue;
		if (cached(archives, host, arena, a))
			undo.how = "cache";
		else if (a->from_repository)
			undo.how = "repository";
		else
			undo.why = oak_arena_printf(arena, "no repository has version %s any more, and rpm cannot rebuild it", a->from);
		*oak_push(arena, &ret->undo) = undo;
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------- putting them aside */

/* A repository on this host: its file as it is, if it is the one that the metadata means. */
static const char *local_file(struct oak_arena *arena, const struct oak_plan_action *a)
{
	char sum[OAK_SHA256_TEXT];
	if (!a->from_location || !oak_starts_with(a->from_location, "file:///") || !a->from_sha256)
		return NULL;
	const char *path = oak_arena_strdup(arena, a->from_location + 7);
	return oak_sha256_file(path, sum, NULL) == 0 && oak_streq(sum, a->from_sha256) ? path : NULL;
}

/* A whole archive in the cache, not what an interrupted download left of one. */
static const char *whole(const char *path, const struct oak_plan_action *a)
{
	char sum[OAK_SHA256_TEXT];
	if (!path || !oak_fs_exists(path))
		return NULL;
	if (!a->from_sha256)
		return path;
	return oak_sha256_file(path, sum, NULL) == 0 && oak_streq(sum, a->from_sha256) ? path : NULL;
}

static const char *part_of(struct oak_arena *arena, const char *to)
{
	return oak_arena_printf(arena, "%s.part", to);
}

static int keep(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *a, const char *from,
		struct oak_error *err)
{
	return oak_tool_copy_begin(from, part_of(arena, oak_rpm_old_path(host, arena, a)), err);
}

/* All that were copied: on the disk, and under their names. */
static int settle(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_old_list list = {0};
	for (size_t i = 0; i < actions.n; i++) {
		const char *to = oak_plan_action_replaces(actions.v[i]) ? oak_rpm_old_path(host, arena, actions.v[i]) : NULL;
		if (to && !oak_fs_exists(to) && oak_fs_exists(part_of(arena, to)) && oak_tool_copy_end(part_of(arena, to), to, err) < 0)
			return -1;
		if (to) /* a hash of the metadata was compared before the copy was made */
			*oak_push(arena, &list.v) = (struct oak_old){strrchr(to, '/') + 1, actions.v[i]->from_sha256};
	}
	if (oak_old_record(host, arena, &list, err) < 0)
		return -1;
	return oak_fs_sync_parent(oak_arena_printf(arena, "%s/old/x", host->run_dir), err);
}

static int missing(const struct oak_patch_host *host, const struct oak_plan_action *a, struct oak_error *err)
{
	oak_rpm_error(host, "secure", OAK_IO, "patch.secure", "cannot fetch the installed version", err);
	return oak_context(err, "cannot secure '%s' %s for a later rollback", a->name, a->from);
}

static int fetch_all(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_arena *arena,
		     struct oak_action_list list, struct oak_error *err)
{
	const char *path = NULL;
	int rc = list.n ? archives->fetch(host, list, arena, &path, err) : 0;
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		const struct oak_plan_action *a = list.v[i];
		const char *got = path ? whole(oak_arena_printf(arena, "%s/%s", path, oak_rpm_file(arena, a, a->from)), a) : NULL;
		if (!got)
			got = whole(cached(archives, host, arena, a), a);
		rc = got ? keep(host, arena, a, got, err) : missing(host, a, err);
	}
	if (path)
		oak_tool_scratch_drop(host, path);
	return rc;
}

/* Every second action, from FIRST on. */
struct half {
	const struct oak_rpm_archives *archives;
	const struct oak_patch_host *host;
	struct oak_action_list actions;
	size_t first;
};

static bool wanted(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *a)
{
	return oak_plan_action_replaces(a) && a->reversible && !oak_fs_exists(oak_rpm_old_path(host, arena, a));
}

/* Hash and copy what is on this host. */
static int keep_half(void *arg, struct oak_error *err)
{
	const struct half *half = arg;
	struct oak_arena *arena = oak_arena_new();
	int rc = 0;
	for (size_t i = half->first; rc == 0 && i < half->actions.n; i += 2) {
		const struct oak_plan_action *a = half->actions.v[i];
		if (!wanted(half->host, arena, a))
			continue;
		const char *here = whole(cached(half->archives, half->host, arena, a), a);
		if (!here)
			here = local_file(arena, a);
		if (here)
			rc = keep(half->host, arena, a, here, err);
	}
	oak_arena_free(arena);
	return rc;
}

/* By two processes: both hash and copy what may be hundreds of megabytes, and the package manager waits for it. */
static int keep_local(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_action_list actions,
		      struct oak_error *err)
{
	struct half mine = {archives, host, actions, 0}, other = {archives, host, actions, 1};
	struct oak_aside aside = {0};
	if (oak_aside_start(&aside, keep_half, &other, err) < 0)
		return -1;
	if (keep_half(&mine, err) == 0)
		return oak_aside_wait(&aside, err);
	oak_aside_end(&aside);
	return -1;
}

/* What an earlier attempt, killed, left half written. */
static void drop_parts(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_action_list actions)
{
	for (size_t i = 0; i < actions.n; i++)
		if (oak_plan_action_replaces(actions.v[i]))
			unlink(part_of(arena, oak_rpm_old_path(host, arena, actions.v[i])));
}

int oak_rpm_secure(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_action_list actions,
		   struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_plan_action **v = oak_arena_alloc(arena, (actions.n + 1) * sizeof(*v));
	size_t n = 0;
	int rc = oak_fs_mkdirs(oak_arena_printf(arena, "%s/old", host->run_dir), 0700, err);
	drop_parts(host, arena, actions);
	if (rc == 0)
		rc = keep_local(archives, host, actions, err);
	for (size_t i = 0; rc == 0 && i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if (wanted(host, arena, a) && !oak_fs_exists(part_of(arena, oak_rpm_old_path(host, arena, a))))
			v[n++] = a;
	}
	if (rc == 0)
		rc = fetch_all(archives, host, arena, (struct oak_action_list){v, n}, err);
	if (rc == 0)
		rc = settle(host, arena, actions, err);
	oak_arena_free(arena);
	return rc;
}
