/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exporting: what a client with the folder as its mirror would fetch, in the order in which a publisher writes it. */
#include <stdio.h>
#include <string.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/map.h"
#include "core/sink.h"
#include "core/str.h"
#include "core/tar.h"
#include "repo/bundle.h"
#include "repo/mirror_folder.h"

struct exporting {
	const struct oak_bundle_export *export;
	struct oak_arena *arena;
	struct oak_tuf *tuf;
	struct oak_tar *tar;
	struct oak_map left_out; /* "targets/…/HASH.file" that an earlier bundle has */
	bool adding;
	struct oak_bundle_counts counts;
	struct oak_error *err;
};

static const struct oak_value *load(struct exporting *x, const char *name)
{
	const struct oak_value_limits limits = {.bytes = OAK_TUF_SIGNED_MAX};
	const struct oak_value *doc;
	struct oak_error ignored = {0};
	const char *path = oak_arena_printf(x->arena, "%s/metadata/%s", x->export->dir, name);
	if (!oak_fs_exists(path) || oak_value_load(x->arena, path, &limits, &doc, &ignored) < 0)
		return NULL;
	return oak_value_get(doc, "signed");
}

static void leave_out(struct exporting *x, const struct oak_value *role)
{
	const struct oak_value *list = oak_value_get(role, "targets");
	for (size_t i = 0; list && list->kind == OAK_VALUE_OBJECT && i < list->object.n; i++) {
		const char *hash = oak_value_string(oak_value_get(oak_value_get(&list->object.v[i].value, "hashes"), "sha256"));
		const char *path = list->object.v[i].key, *slash = strrchr(path, '/');
		int folder = slash ? (int)(slash + 1 - path) : 0;
		if (hash)
			oak_map_put(&x->left_out, oak_arena_printf(x->arena, "targets/%.*s%s.%s", folder, path, hash, path + folder), x);
	}
}

static int read_since(struct exporting *x)
{
	int64_t since = x->export->since;
	if (!since)
		return 0;
	const struct oak_value *meta = oak_value_get(load(x, oak_arena_printf(x->arena, "%lld.snapshot.json", (long long)since)), "meta");
	if (!meta || meta->kind != OAK_VALUE_OBJECT)
		return oak_fail(x->err, OAK_INVALID, "repo.since", 0, "'%s' has no snapshot %lld any more (leave '--since' out)", x->export->dir,
				(long long)since);
	for (size_t i = 0; i < meta->object.n; i++) {
		const struct oak_value *version = oak_value_get(&meta->object.v[i].value, "version");
		leave_out(x, load(x, oak_arena_printf(x->arena, "%lld.%s", version ? (long long)version->integer : 0, meta->object.v[i].key)));
	}
	return 0;
}

/* First pass checks, second one adds: a repository that is damaged gives no bundle at all. */
static int take_target(void *arg, const struct oak_tuf_target *target)
{
	struct exporting *x = arg;
	const char *path;
	if (oak_mirror_target_path(x->tuf, x->arena, target, &path, x->err) < 0)
		return -1;
	if (oak_map_has(&x->left_out, path))
		return 0;
	const char *file = oak_arena_printf(x->arena, "%s/%s", x->export->dir, path);
	if (x->adding)
		return oak_tar_add_file(x->tar, path, file, x->err);
	x->counts.targets++;
	x->counts.bytes += target->length;
	if (oak_tuf_check_file(target, file, x->err) == 0)
		return 0;
	if (x->err->kind == OAK_NOT_FOUND)
		x->err->kind = OAK_UNTRUSTED;
	return -1;
}

static int add_metadata(struct exporting *x, const char *name, bool optional)
{
	const char *file = oak_arena_printf(x->arena, "%s/metadata/%s", x->export->dir, name);
	if (optional && !oak_fs_exists(file))
		return 0;
	return oak_tar_add_file(x->tar, oak_arena_printf(x->arena, "metadata/%s", name), file, x->err);
}

static int add_roles(struct exporting *x)
{
	const char *snapshot = oak_arena_printf(x->arena, "%lld.snapshot.json", (long long)x->counts.snapshot);
	const struct oak_value *meta = oak_value_get(load(x, snapshot), "meta");
	for (size_t i = 0; meta && meta->kind == OAK_VALUE_OBJECT && i < meta->object.n; i++) {
		const struct oak_value *version = oak_value_get(&meta->object.v[i].value, "version");
		if (version && version->kind == OAK_VALUE_INT &&
		    add_metadata(x, oak_arena_printf(x->arena, "%lld.%s", (long long)version->integer, meta->object.v[i].key), true) < 0)
			return -1;
	}
	return add_metadata(x, snapshot, false);
}

static int add_words(struct exporting *x)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, 65536);
	oak_sink_json(&sink, &text);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "schema", "oakum.bundle/1");
	oak_put_int(&sink, "snapshot", x->counts.snapshot);
	if (x->export->since)
		oak_put_int(&sink, "since", x->export->since);
	oak_put_time(&sink, "createdAt", x->export->now);
	oak_put_int(&sink, "targets", (int64_t)x->counts.targets);
	oak_put_int(&sink, "bytes", x->counts.bytes);
	sink.ops->end_object(&sink);
	return oak_tar_add_bytes(x->tar, "bundle.json", text.p, text.n, x->err);
}

static int write_all(struct exporting *x)
{
	if (!(x->tar = oak_tar_create(x->export->to, x->err)) || add_words(x) < 0)
		return -1;
	for (int64_t v = 1; v <= oak_tuf_version(x->tuf, "root"); v++)
		if (add_metadata(x, oak_arena_printf(x->arena, "%lld.root.json", (long long)v), true) < 0)
			return -1;
	x->adding = true;
	oak_fault_point("export.begun");
	if (add_roles(x) < 0 || oak_tuf_each(x->tuf, take_target, x, x->err) < 0 || add_metadata(x, "timestamp.json", false) < 0)
		return -1;
	oak_fault_point("export.whole");
	return oak_tar_finish(x->tar, x->err);
}

static int open_client(struct exporting *x, struct oak_mirror_dir *source)
{
	OAK_AUTO(oak_buf_done) struct oak_buf root;
	oak_buf_init(&root, OAK_TUF_ROOT_MAX);
	if (oak_mirror_dir_get(source, "1.root.json", 0, &root, x->err) < 0) {
		if (x->err->kind == OAK_NOT_FOUND)
			return oak_fail(x->err, OAK_INVALID, "repo.absent", 0, "'%s' is no repository (run 'oakum repo init')", x->export->dir);
		return -1;
	}
	/* as of 1970 nothing has expired: whether it is fresh is for who imports it to decide */
	const struct oak_tuf_options options = {.dir = x->export->scratch, .metadata = {oak_mirror_dir_get, source}, .now = 0};
	if (oak_tuf_init(x->export->scratch, oak_buf_text(&root), root.n, false, x->err) < 0 ||
	    !(x->tuf = oak_tuf_open(&options, x->err)) || oak_tuf_refresh(x->tuf, x->err) < 0)
		return -1;
	x->counts.snapshot = oak_tuf_version(x->tuf, "snapshot");
	return 0;
}

int oak_bundle_export(const struct oak_bundle_export *export, struct oak_bundle_counts *ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct exporting x = {.export = export, .arena = arena, .err = err};
	struct oak_mirror_dir source = {arena, export->dir};
	oak_map_init(&x.left_out, arena, 256);
	int result = open_client(&x, &source) < 0 || read_since(&x) < 0 || oak_tuf_each(x.tuf, take_target, &x, err) < 0 || write_all(&x) < 0 ? -1
																	     : 0;
	oak_tar_free(x.tar);
	oak_tuf_close(x.tuf);
	*ret = x.counts;
	return result;
}
