/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact bytes of trusted metadata under the names that a repository has; timestamp.json is renamed last. */
#include "repo/mirror_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/tar.h"

/* What a web server looks for when it is asked for a quoted name. */
static const char *unquote(struct oak_arena *arena, const char *quoted)
{
	char *plain = oak_arena_strdup(arena, quoted), *to = plain;
	for (const char *p = quoted; *p; p++) {
		const char hex[3] = {p[0] == '%' ? p[1] : '\0', p[0] == '%' && p[1] ? p[2] : '\0', '\0'};
		bool escape = hex[0] && hex[1];
		*to++ = escape ? (char)strtol(hex, NULL, 16) : *p;
		p += escape ? 2 : 0;
	}
	*to = '\0';
	return plain;
}

int oak_mirror_target_path(const struct oak_tuf *tuf, struct oak_arena *arena, const struct oak_tuf_target *target, const char **ret,
			   struct oak_error *err)
{
	const char *path = oak_arena_printf(arena, "targets/%s", unquote(arena, oak_tuf_target_url(tuf, arena, target)));
	if (!oak_tar_name_ok(path))
		return oak_fail(err, OAK_UNTRUSTED, "repo.path", 0, "target '%s' has a name that cannot be kept as a file", target->path);
	*ret = path;
	return 0;
}

int oak_mirror_dir_get(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct oak_mirror_dir *m = arg;
	const char *plain = oak_arena_printf(m->arena, "metadata/%s", unquote(m->arena, name));
	(void)max;
	if (!oak_tar_name_ok(plain))
		return oak_fail(err, OAK_UNTRUSTED, "repo.path", 0, "role '%s' has a name that cannot be kept as a file", name);
	return oak_fs_read(oak_arena_printf(m->arena, "%s/%s", m->dir, plain), out, err);
}

struct publication {
	struct oak_arena *arena;
	const char *dir, *trusted;
	struct oak_error *err;
};

static int read_trusted(struct publication *p, const char *role, struct oak_buf *ret)
{
	oak_buf_done(ret);
	oak_buf_init(ret, OAK_TUF_SIGNED_MAX);
	return oak_fs_read(oak_arena_printf(p->arena, "%s/%s.json", p->trusted, oak_tuf_quote(p->arena, role, false)), ret, p->err);
}

static int signed_part(struct publication *p, const char *role, const struct oak_value **ret)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	const struct oak_value_limits limits = {.bytes = OAK_TUF_SIGNED_MAX};
	const struct oak_value *doc;
	oak_buf_init(&bytes, 0);
	if (read_trusted(p, role, &bytes) < 0 || oak_json_parse(p->arena, oak_buf_text(&bytes), bytes.n, role, &limits, &doc, p->err) < 0)
		return -1;
	*ret = oak_value_get(doc, "signed");
	return 0;
}

static int64_t version_of(const struct oak_value *part)
{
	const struct oak_value *v = oak_value_get(part, "version");
	return v && v->kind == OAK_VALUE_INT ? v->integer : 0;
}

static int put(struct publication *p, const char *name, const struct oak_buf *bytes)
{
	const char *path = oak_arena_printf(p->arena, "metadata/%s", name);
	if (!oak_tar_name_ok(path))
		return oak_fail(p->err, OAK_UNTRUSTED, "repo.path", 0, "role '%s' has a name that cannot be kept as a file", name);
	path = oak_arena_printf(p->arena, "%s/%s", p->dir, path);
	const char *slash = strrchr(path, '/');
	if (oak_fs_mkdirs(oak_arena_strndup(p->arena, path, (size_t)(slash - path)), 0755, p->err) < 0)
		return -1;
	oak_fault_point("mirror.metadata");
	return oak_fs_write_atomic(path, oak_buf_text(bytes), bytes->n, 0644, p->err);
}

static int put_role(struct publication *p, const char *role, int64_t version)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 0);
	if (read_trusted(p, role, &bytes) < 0)
		return -1;
	return put(p, version ? oak_arena_printf(p->arena, "%lld.%s.json", (long long)version, role) : oak_arena_printf(p->arena, "%s.json", role),
		   &bytes);
}

static int put_roots(struct publication *p, int64_t newest, const struct oak_tuf_source *old_root)
{
	for (int64_t v = 1; v < newest; v++) {
		OAK_AUTO(oak_buf_done) struct oak_buf bytes;
		struct oak_error ignored = {0};
		const char *name = oak_arena_printf(p->arena, "%lld.root.json", (long long)v);
		oak_buf_init(&bytes, OAK_TUF_ROOT_MAX);
		if (oak_fs_exists(oak_arena_printf(p->arena, "%s/metadata/%s", p->dir, name)) ||
		    old_root->get(old_root->arg, name, OAK_TUF_ROOT_MAX, &bytes, &ignored) < 0)
			continue;
		if (put(p, name, &bytes) < 0)
			return -1;
	}
	return put_role(p, "root", newest);
}

/* Every role that snapshot lists and that is trusted: the others are delegated to by nobody. */
static int put_roles(struct publication *p, const struct oak_value *snapshot)
{
	const struct oak_value *meta = oak_value_get(snapshot, "meta");
	for (size_t i = 0; meta && meta->kind == OAK_VALUE_OBJECT && i < meta->object.n; i++) {
		const char *file = meta->object.v[i].key;
		if (!oak_ends_with(file, ".json"))
			continue;
		const char *role = oak_arena_strndup(p->arena, file, strlen(file) - 5);
		if (!oak_fs_exists(oak_arena_printf(p->arena, "%s/%s.json", p->trusted, oak_tuf_quote(p->arena, role, false))))
			continue;
		if (put_role(p, role, version_of(&meta->object.v[i].value)) < 0)
			return -1;
	}
	return 0;
}

int oak_mirror_publish(const char *dir, const char *trusted, const struct oak_tuf_source *old_root, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct publication p = {arena, dir, trusted, err};
	const struct oak_value *root, *snapshot;
	if (signed_part(&p, "root", &root) < 0 || signed_part(&p, "snapshot", &snapshot) < 0)
		return -1;
	const struct oak_value *consistent = oak_value_get(root, "consistent_snapshot");
	if (!consistent || consistent->kind != OAK_VALUE_BOOL || !consistent->boolean)
		return oak_fail(err, OAK_UNSUPPORTED, "repo.unsupported", 0, "a repository without consistent snapshots cannot be mirrored");
	if (put_roots(&p, version_of(root), old_root) < 0 || put_roles(&p, snapshot) < 0 ||
	    put_role(&p, "snapshot", version_of(snapshot)) < 0)
		return -1;
	return put_role(&p, "timestamp", 0);
}

int oak_mirror_copy_trust(const char *from, const char *to, struct oak_error *err)
{
	static const char *const first[] = {"root.json", "timestamp.json", "snapshot.json", "targets.json"};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *const *names;
	size_t n;
	if (oak_fs_mkdirs(to, 0755, err) < 0 || oak_fs_list(arena, from, ".json", &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n + 4; i++) {
		OAK_AUTO(oak_buf_done) struct oak_buf bytes;
		const char *name = i < 4 ? first[i] : names[i - 4];
		const char *file = oak_arena_printf(arena, "%s/%s", from, name);
		oak_buf_init(&bytes, OAK_TUF_SIGNED_MAX);
		if (!oak_fs_exists(file))
			continue;
		if (oak_fs_read(file, &bytes, err) < 0 ||
		    oak_fs_write_atomic(oak_arena_printf(arena, "%s/%s", to, name), oak_buf_text(&bytes), bytes.n, 0644, err) < 0)
			return -1;
	}
	return 0;
}
