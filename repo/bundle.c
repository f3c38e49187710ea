/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing a bundle: unpack into a stage, refresh a copy of the trust from there, and only then let anything change. */
#include "repo/bundle.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "core/tar.h"
#include "repo/mirror_folder.h"
#include "repo/place.h"

enum { BLOCK = 1 << 18 };

static int write_entry(struct oak_tar *tar, const char *path, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	int64_t got = 1;
	int result = 0, fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_BINARY, 0644);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot create '%s'", path);
	while (result == 0 && (got = oak_tar_read(tar, block, BLOCK, err)) > 0)
		for (int64_t done = 0; result == 0 && done < got;) {
			ssize_t put = write(fd, block + done, (unsigned)(got - done));
			if (put < 0)
				result = oak_fail_errno(err, "file.write", "cannot write '%s'", path);
			done += put;
		}
	if (result == 0 && got == 0 && fsync(fd) < 0)
		result = oak_fail_errno(err, "file.write", "cannot write '%s'", path);
	close(fd);
	return got < 0 ? -1 : result;
}

int oak_bundle_unpack(const char *path, const char *stage, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_tar_free_p) struct oak_tar *tar = oak_tar_open(path, err);
	const char *name = NULL, *last = "";
	int64_t size;
	if (!tar)
		return -1;
	for (;;) {
		if (oak_tar_next(tar, &name, &size, err) < 0)
			return -1;
		if (!name)
			break;
		last = oak_arena_strdup(arena, name);
		if (oak_streq(name, "bundle.json"))
			continue; /* for people: nothing in it is signed */
		if (!oak_starts_with(name, "metadata/") && !oak_starts_with(name, "targets/"))
			return oak_fail(err, OAK_UNTRUSTED, "tar.invalid", 0, "'%s' is no bundle: it has an entry '%s'", path, name);
		const char *to = oak_arena_printf(arena, "%s/%s", stage, name), *slash = strrchr(to, '/');
		if (oak_fs_mkdirs(oak_arena_strndup(arena, to, (size_t)(slash - to)), 0700, err) < 0 || write_entry(tar, to, err) < 0)
			return -1;
	}
	if (!oak_streq(last, "metadata/timestamp.json"))
		return oak_fail(err, OAK_UNTRUSTED, "tar.invalid", 0, "'%s' is no bundle, or it was cut off: its last entry is '%s'", path, last);
	return 0;
}

struct importing {
	const struct oak_bundle_import *import;
	struct oak_arena *arena;
	struct oak_tuf *tuf;
	struct oak_bundle_counts counts;
	struct oak_error *err;
};

/* Where the bytes of a target are: in the tar, or in the mirror since an earlier bundle. */
static int find_file(struct importing *i, const struct oak_tuf_target *target, const char **ret)
{
	const char *path;
	struct oak_error ignored = {0};
	if (oak_mirror_target_path(i->tuf, i->arena, target, &path, i->err) < 0)
		return -1;
	const char *staged = oak_arena_printf(i->arena, "%s/%s", i->import->stage, path);
	const char *known = oak_arena_printf(i->arena, "%s/%s", i->import->mirror, path);
	*ret = staged;
	if (oak_fs_exists(staged))
		return oak_tuf_check_file(target, staged, i->err);
	*ret = known;
	if (oak_fs_exists(known) && oak_tuf_check_file(target, known, &ignored) == 0)
		return 0;
	return oak_fail(i->err, OAK_NOT_FOUND, "repo.bundle-gap", 0,
			"'%s' is neither in the bundle nor here (import the bundles before it first, or one without '--since')", target->path);
}

static int check_target(void *arg, const struct oak_tuf_target *target)
{
	struct importing *i = arg;
	const char *file;
	return find_file(i, target, &file);
}

static int place_target(void *arg, const struct oak_tuf_target *target)
{
	struct importing *i = arg;
	const char *file, *path;
	if (find_file(i, target, &file) < 0 || oak_mirror_target_path(i->tuf, i->arena, target, &path, i->err) < 0)
		return -1;
	path = oak_arena_printf(i->arena, "%s/%s", i->import->mirror, path);
	if (!oak_streq(path, file)) {
		if (oak_place_file(file, path, i->err) < 0)
			return -1;
		i->counts.targets++;
		i->counts.bytes += target->length;
	}
	return i->import->each ? i->import->each(i->import->arg, target, path, i->err) : 0;
}

static int open_client(struct importing *i, struct oak_mirror_dir *source, const char *trust)
{
	struct oak_tuf_options options = {.dir = trust,
					  .metadata = {oak_mirror_dir_get, source},
					  .now = i->import->now,
					  .opaque_keyids = i->import->opaque_keyids,
					  .accept_expired_until = i->import->accept_expired_until};
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	const struct oak_value_limits limits = {.bytes = OAK_TUF_TIMESTAMP_MAX};
	const struct oak_value *doc;
	struct oak_error ignored = {0};
	oak_buf_init(&bytes, OAK_TUF_TIMESTAMP_MAX);
	/* the override is for this bundle's timestamp; whether it is signed the refresh will say */
	if (options.accept_expired_until > 0 && oak_mirror_dir_get(source, "timestamp.json", 0, &bytes, &ignored) == 0 &&
	    oak_json_parse(i->arena, oak_buf_text(&bytes), bytes.n, "timestamp", &limits, &doc, &ignored) == 0) {
		const struct oak_value *v = oak_value_get(oak_value_get(doc, "signed"), "version");
		options.accept_timestamp = v && v->kind == OAK_VALUE_INT ? v->integer : 0;
	}
	i->tuf = oak_tuf_open(&options, i->err);
	return i->tuf && oak_tuf_refresh(i->tuf, i->err) == 0 ? 0 : -1;
}

static int check_all(struct importing *i, struct oak_mirror_dir *source, const char *trust)
{
	if (oak_mirror_copy_trust(i->import->trusted, trust, i->err) < 0)
		return -1;
	if (open_client(i, source, trust) < 0 || oak_tuf_each(i->tuf, check_target, i, i->err) < 0) {
		if (i->err->kind == OAK_INVALID || (i->err->kind == OAK_NOT_FOUND && !oak_streq(i->err->id, "repo.bundle-gap")))
			i->err->kind = OAK_UNTRUSTED; /* a bundle that lacks metadata, or has others */
		return -1;
	}
	i->counts.snapshot = oak_tuf_version(i->tuf, "snapshot");
	return i->import->checked ? i->import->checked(i->import->arg, oak_tuf_version(i->tuf, "timestamp"), i->err) : 0;
}

static int commit(struct importing *i, struct oak_mirror_dir *source, const char *trust)
{
	const struct oak_tuf_source old_root = {oak_mirror_dir_get, source};
	if (oak_tuf_each(i->tuf, place_target, i, i->err) < 0)
		return -1;
	oak_fault_point("bundle.targets");
	if (oak_mirror_publish(i->import->mirror, trust, &old_root, i->err) < 0)
		return -1;
	oak_fault_point("bundle.published");
	return oak_mirror_copy_trust(trust, i->import->trusted, i->err);
}

int oak_bundle_import(const struct oak_bundle_import *import, struct oak_bundle_counts *ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct importing i = {.import = import, .arena = arena, .err = err};
	struct oak_mirror_dir source = {arena, import->stage};
	const char *trust = oak_arena_printf(arena, "%s/trust", import->stage);
	if (oak_bundle_unpack(import->tar, import->stage, err) < 0)
		return -1;
	int result = check_all(&i, &source, trust) < 0 || commit(&i, &source, trust) < 0 ? -1 : 0;
	oak_tuf_close(i.tuf);
	*ret = i.counts;
	return result;
}
