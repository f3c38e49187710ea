/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's workflow: root, timestamp, snapshot, targets (TUF specification, 5.3 to 5.6). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

#include "core/fs.h"
#include "core/str.h"
#include "repo/tuf_client_impl.h"

const char *oak_tuf_quote(struct oak_arena *arena, const char *text, bool keep_slash)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~";
	char *out = oak_arena_alloc(arena, 3 * strlen(text) + 1), *p = out;
	for (; *text; text++) {
		if (strchr(plain, *text) || (keep_slash && *text == '/'))
			*p++ = *text;
		else
			p += snprintf(p, 4, "%%%02X", (unsigned char)*text);
	}
	*p = '\0';
	return out;
}

int oak_tuf_take(struct oak_tuf *tuf, const struct oak_buf *bytes, enum oak_tuf_type type, const char *name,
		 struct oak_tuf_file **ret, struct oak_error *err)
{
	if (oak_tuf_parse(tuf->arena, oak_buf_text(bytes), bytes->n, type, name, tuf->options.opaque_keyids, ret, err) < 0)
		return -1;
	*oak_push(tuf->arena, &tuf->parsed) = *ret;
	return 0;
}

const char *oak_tuf_path(struct oak_tuf *tuf, const char *role)
{
	return oak_arena_printf(tuf->arena, "%s/%s.json", tuf->options.dir, oak_tuf_quote(tuf->arena, role, false));
}

bool oak_tuf_load(struct oak_tuf *tuf, const char *role, int64_t max, struct oak_buf *ret)
{
	const char *path = oak_tuf_path(tuf, role);
	struct oak_error ignored = {0};
	oak_buf_done(ret);
	oak_buf_init(ret, (size_t)max);
	return oak_fs_exists(path) && oak_fs_read(path, ret, &ignored) == 0;
}

int oak_tuf_save(struct oak_tuf *tuf, const char *role, const struct oak_buf *bytes, struct oak_error *err)
{
	return oak_fs_write_atomic(oak_tuf_path(tuf, role), oak_buf_text(bytes), bytes->n, 0644, err);
}

int oak_tuf_get(struct oak_tuf *tuf, const char *role, int64_t version, int64_t max, struct oak_buf *ret,
		struct oak_error *err)
{
	const char *quoted = oak_tuf_quote(tuf->arena, role, false);
	const char *name = version ? oak_arena_printf(tuf->arena, "%lld.%s.json", (long long)version, quoted)
				   : oak_arena_printf(tuf->arena, "%s.json", quoted);
	oak_buf_done(ret);
	oak_buf_init(ret, (size_t)max);
	int result = tuf->options.metadata.get(tuf->options.metadata.arg, name, max, ret, err);
	bool too_large = ret->full || (result < 0 && oak_streq(err->id, "http.too-large"));
	if (result < 0 && !too_large)
		return -1;
	if (too_large)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "'%s' is larger than %lld bytes", name, (long long)max);
	return 0;
}

int oak_tuf_check_expiry(const struct oak_tuf *tuf, const struct oak_tuf_file *file, const char *role,
			 struct oak_error *err)
{
	char text[OAK_TIME_TEXT];
	const struct oak_tuf_options *o = &tuf->options;
	bool postponed = o->accept_expired_until > o->now && (file->type != OAK_TUF_TIMESTAMP || file->version == o->accept_timestamp);
	if (file->expires > o->now || postponed)
		return 0;
	return oak_fail(err, OAK_UNTRUSTED, "tuf.expired", 0, "cannot verify '%s': expired %s", role,
			oak_time_format(file->expires, text));
}

static void forget(struct oak_tuf *tuf, const char *role)
{
	unlink(oak_tuf_path(tuf, role));
}

static const struct oak_tuf_role *top_role(const struct oak_tuf_file *root, enum oak_tuf_type type)
{
	return &root->roles[type];
}

/* Do two roots name different keys for a role? */
static bool rotated(const struct oak_tuf_file *old, const struct oak_tuf_file *new, enum oak_tuf_type type)
{
	const struct oak_tuf_role *a = top_role(old, type), *b = top_role(new, type);
	if (a->keyid_count != b->keyid_count || a->threshold != b->threshold)
		return true;
	for (size_t i = 0; i < a->keyid_count; i++) {
		bool found = false;
		for (size_t k = 0; k < b->keyid_count; k++)
			found |= oak_streq(a->keyids[i], b->keyids[k]);
		if (!found)
			return true;
	}
	return false;
}

/* One step of the chain: N+1.root.json, signed by the old and the new keys. *ret_more is false when there is none. */
static int next_root(struct oak_tuf *tuf, bool *ret_more, bool *forget_online, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 0);
	struct oak_tuf_file *old = tuf->top[OAK_TUF_ROOT], *new;
	*ret_more = false;
	if (oak_tuf_get(tuf, "root", old->version + 1, OAK_TUF_ROOT_MAX, &bytes, err) < 0) {
		if (err->kind != OAK_NOT_FOUND && err->kind != OAK_DENIED)
			return -1;
		*err = (struct oak_error){0};
		return 0;
	}
	if (oak_tuf_take(tuf, &bytes, OAK_TUF_ROOT, "root", &new, err) < 0 ||
	    oak_tuf_verify(new, old, top_role(old, OAK_TUF_ROOT), "root", err) < 0 ||
	    oak_tuf_verify(new, new, top_role(new, OAK_TUF_ROOT), "root", err) < 0)
		return -1;
	if (new->version != old->version + 1)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.rollback", 0, "cannot verify 'root': version %lld where %lld was asked for",
				(long long)new->version, (long long)old->version + 1);
	if (oak_tuf_save(tuf, "root", &bytes, err) < 0)
		return -1;
	*forget_online |= rotated(old, new, OAK_TUF_TIMESTAMP) || rotated(old, new, OAK_TUF_SNAPSHOT);
	tuf->top[OAK_TUF_ROOT] = new;
	*ret_more = true;
	return 0;
}

static int refresh_root(struct oak_tuf *tuf, struct oak_error *err)
{
	bool more = true, forget_online = false;
	int result = 0;
	for (int i = 0; more && i < OAK_TUF_ROOT_STEPS && result == 0; i++)
		result = next_root(tuf, &more, &forget_online, err);
	if (forget_online) { /* recovery from a fast-forward attack; also when a later step failed */
		forget(tuf, "timestamp");
		forget(tuf, "snapshot");
	}
	if (result < 0)
		return -1;
	return oak_tuf_check_expiry(tuf, tuf->top[OAK_TUF_ROOT], "root", err);
}

/* The trusted copy of timestamp or snapshot, if the root in force still vouches for it. */
static struct oak_tuf_file *trusted(struct oak_tuf *tuf, enum oak_tuf_type type, int64_t max)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 0);
	struct oak_error ignored = {0};
	struct oak_tuf_file *file, *root = tuf->top[OAK_TUF_ROOT];
	const char *name = oak_tuf_type_to_string(type);
	if (!oak_tuf_load(tuf, name, max, &bytes) || oak_tuf_take(tuf, &bytes, type, name, &file, &ignored) < 0 ||
	    oak_tuf_verify(file, root, top_role(root, type), name, &ignored) < 0)
		return NULL;
	return file;
}

static int rollback(const char *role, int64_t got, int64_t had, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "tuf.rollback", 0,
			"cannot verify '%s': version %lld is older than %lld, which was trusted before", role, (long long)got,
			(long long)had);
}

static int refresh_timestamp(struct oak_tuf *tuf, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 0);
	struct oak_tuf_file *root = tuf->top[OAK_TUF_ROOT], *new;
	struct oak_tuf_file *old = trusted(tuf, OAK_TUF_TIMESTAMP, OAK_TUF_TIMESTAMP_MAX);
	tuf->top[OAK_TUF_TIMESTAMP] = old;
	if (oak_tuf_get(tuf, "timestamp", 0, OAK_TUF_TIMESTAMP_MAX, &bytes, err) < 0 ||
	    oak_tuf_take(tuf, &bytes, OAK_TUF_TIMESTAMP, "timestamp", &new, err) < 0 ||
	    oak_tuf_verify(new, root, top_role(root, OAK_TUF_TIMESTAMP), "timestamp", err) < 0)
		return -1;
	if (old && new->version < old->version)
		return rollback("timestamp", new->version, old->version, err);
	if (old && new->version == old->version) /* no news; the bytes that we have stay */
		return oak_tuf_check_expiry(tuf, old, "timestamp", err);
	if (old && new->meta[0].version < old->meta[0].version)
		return rollback("snapshot", new->meta[0].version, old->meta[0].version, err);
	if (oak_tuf_check_expiry(tuf, new, "timestamp", err) < 0 || oak_tuf_save(tuf, "timestamp", &bytes, err) < 0)
		return -1;
	tuf->top[OAK_TUF_TIMESTAMP] = new;
	return 0;
}

/* Nothing that the trusted snapshot lists may vanish or go back. */
static int check_snapshot_rollback(const struct oak_tuf_file *old, const struct oak_tuf_file *new, struct oak_error *err)
{
	for (size_t i = 0; old && i < old->meta_count; i++) {
		const struct oak_tuf_meta *meta = oak_map_find(&new->meta_by_name, old->meta[i].name);
		if (!meta)
			return oak_fail(err, OAK_UNTRUSTED, "tuf.rollback", 0,
					"cannot verify 'snapshot': it does not list '%s' any more", old->meta[i].name);
		if (meta->version < old->meta[i].version)
			return rollback(meta->name, meta->version, old->meta[i].version, err);
	}
	return 0;
}

static int64_t limit(const struct oak_tuf_meta *meta, int64_t fallback)
{
	return meta->length >= 0 ? meta->length : fallback;
}

static int64_t in_name(const struct oak_tuf *tuf, int64_t version)
{
	return tuf->top[OAK_TUF_ROOT]->consistent_snapshot ? version : 0;
}

static int refresh_snapshot(struct oak_tuf *tuf, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 0);
	const struct oak_tuf_meta *meta = &tuf->top[OAK_TUF_TIMESTAMP]->meta[0];
	struct oak_tuf_file *root = tuf->top[OAK_TUF_ROOT], *new;
	struct oak_tuf_file *old = trusted(tuf, OAK_TUF_SNAPSHOT, OAK_TUF_SIGNED_MAX);
	tuf->top[OAK_TUF_SNAPSHOT] = old;
	if (old && old->version == meta->version)
		return oak_tuf_check_expiry(tuf, old, "snapshot", err);
	if (oak_tuf_get(tuf, "snapshot", in_name(tuf, meta->version), limit(meta, OAK_TUF_SNAPSHOT_MAX), &bytes, err) < 0 ||
	    oak_tuf_check_meta(meta, bytes.p, bytes.n, "snapshot", err) < 0 ||
	    oak_tuf_take(tuf, &bytes, OAK_TUF_SNAPSHOT, "snapshot", &new, err) < 0 ||
	    oak_tuf_verify(new, root, top_role(root, OAK_TUF_SNAPSHOT), "snapshot", err) < 0)
		return -1;
	if (new->version != meta->version)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0,
				"cannot verify 'snapshot': version %lld where timestamp says %lld", (long long)new->version,
				(long long)meta->version);
	if (check_snapshot_rollback(old, new, err) < 0 || oak_tuf_check_expiry(tuf, new, "snapshot", err) < 0 ||
	    oak_tuf_save(tuf, "snapshot", &bytes, err) < 0)
		return -1;
	tuf->top[OAK_TUF_SNAPSHOT] = new;
	return 0;
}

/* All checks of a targets file against snapshot and its delegator. */
static int check_targets(struct oak_tuf *tuf, const struct oak_buf *bytes, const struct oak_tuf_meta *meta,
			 const struct oak_tuf_file *delegator, const struct oak_tuf_role *role,
			 struct oak_tuf_file **ret, struct oak_error *err)
{
	struct oak_tuf_file *new;
	if (oak_tuf_check_meta(meta, bytes->p, bytes->n, role->name, err) < 0 ||
	    oak_tuf_take(tuf, bytes, OAK_TUF_TARGETS, role->name, &new, err) < 0 ||
	    oak_tuf_verify(new, delegator, role, role->name, err) < 0)
		return -1;
	if (new->version != meta->version)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0,
				"cannot verify '%s': version %lld where snapshot says %lld", role->name,
				(long long)new->version, (long long)meta->version);
	if (oak_tuf_check_expiry(tuf, new, role->name, err) < 0)
		return -1;
	for (size_t i = 0; i < new->target_count; i++)
		new->targets[i].role = role->name;
	*ret = new;
	return 0;
}

struct oak_tuf_delegated *oak_tuf_delegated_of(struct oak_tuf *tuf, const char *role)
{
	struct oak_tuf_delegated *known = oak_map_find(&tuf->delegated, role);
	if (!known)
		oak_map_put(&tuf->delegated, role, known = OAK_NEW(tuf->arena, struct oak_tuf_delegated));
	return known;
}

/* Another delegator may have vouched for a role: this one must as well. */
static int vouch(struct oak_tuf *tuf, struct oak_tuf_delegated *d, const struct oak_tuf_file *delegator,
		 const struct oak_tuf_role *role, struct oak_error *err)
{
	for (size_t i = 0; i < d->vouched.n; i++)
		if (d->vouched.v[i] == role)
			return 0;
	if (oak_tuf_verify(d->file, delegator, role, role->name, err) < 0)
		return -1;
	*oak_push(tuf->arena, &d->vouched) = role;
	return 0;
}

int oak_tuf_load_targets(struct oak_tuf *tuf, const struct oak_tuf_file *delegator, const struct oak_tuf_role *role,
			 struct oak_tuf_file **ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 0);
	struct oak_error ignored = {0};
	const char *name = oak_arena_printf(tuf->arena, "%s.json", role->name);
	const struct oak_tuf_meta *meta = oak_map_find(&tuf->top[OAK_TUF_SNAPSHOT]->meta_by_name, name);
	struct oak_tuf_delegated *d = oak_tuf_delegated_of(tuf, role->name);
	struct oak_tuf_file *known;
	if (!meta)
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "snapshot does not list '%s'", name);
	if (d->file) {
		*ret = d->file;
		return vouch(tuf, d, delegator, role, err);
	}
	int64_t max = limit(meta, OAK_TUF_TARGETS_MAX);
	if (!oak_tuf_load(tuf, role->name, max, &bytes) ||
	    check_targets(tuf, &bytes, meta, delegator, role, &known, &ignored) < 0) {
		if (oak_tuf_get(tuf, role->name, in_name(tuf, meta->version), max, &bytes, err) < 0 ||
		    check_targets(tuf, &bytes, meta, delegator, role, &known, err) < 0 ||
		    oak_tuf_save(tuf, role->name, &bytes, err) < 0)
			return -1;
	}
	*ret = d->file = known;
	*oak_push(tuf->arena, &d->vouched) = role;
	return 0;
}

int oak_tuf_refresh(struct oak_tuf *tuf, struct oak_error *err)
{
	if (refresh_root(tuf, err) < 0 || refresh_timestamp(tuf, err) < 0 || refresh_snapshot(tuf, err) < 0)
		return -1;
	oak_map_init(&tuf->delegated, tuf->arena, 16);
	const struct oak_tuf_file *root = tuf->top[OAK_TUF_ROOT];
	return oak_tuf_load_targets(tuf, root, top_role(root, OAK_TUF_TARGETS), &tuf->top[OAK_TUF_TARGETS], err);
}

int oak_tuf_init(const char *dir, const void *root, size_t n, bool opaque_keyids, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_tuf_file *file;
	if (n > OAK_TUF_ROOT_MAX)
		return oak_fail(err, OAK_INVALID, "tuf.invalid", 0, "root metadata are larger than %d bytes", OAK_TUF_ROOT_MAX);
	if (oak_tuf_parse(arena, root, n, OAK_TUF_ROOT, "root", opaque_keyids, &file, err) < 0)
		return -1;
	int result = oak_tuf_verify(file, file, top_role(file, OAK_TUF_ROOT), "root", err);
	oak_tuf_file_done(file);
	if (result < 0 || oak_fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	return oak_fs_write_atomic(oak_arena_printf(arena, "%s/root.json", dir), root, n, 0644, err);
}

struct oak_tuf *oak_tuf_open(const struct oak_tuf_options *options, struct oak_error *err)
{
	struct oak_tuf *tuf = oak_alloc_zero(1, sizeof(*tuf));
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, OAK_TUF_ROOT_MAX);
	tuf->arena = oak_arena_new();
	tuf->options = *options;
	tuf->options.dir = oak_arena_strdup(tuf->arena, options->dir);
	oak_map_init(&tuf->delegated, tuf->arena, 16);
	struct oak_tuf_file *root = NULL;
	if (oak_fs_read(oak_tuf_path(tuf, "root"), &bytes, err) < 0 ||
	    oak_tuf_take(tuf, &bytes, OAK_TUF_ROOT, "root", &root, err) < 0 ||
	    oak_tuf_verify(root, root, top_role(root, OAK_TUF_ROOT), "root", err) < 0) {
		oak_tuf_close(tuf);
		return NULL;
	}
	tuf->top[OAK_TUF_ROOT] = root;
	return tuf;
}

void oak_tuf_close(struct oak_tuf *tuf)
{
	if (!tuf)
		return;
	for (size_t i = 0; i < tuf->parsed.n; i++)
		oak_tuf_file_done(tuf->parsed.v[i]);
	oak_arena_free(tuf->arena);
	free(tuf);
}

int64_t oak_tuf_version(const struct oak_tuf *tuf, const char *role)
{
	for (int i = 0; i < OAK_TUF_TYPE_COUNT; i++)
		if (oak_streq(oak_tuf_type_to_string((enum oak_tuf_type)i), role))
			return tuf->top[i] ? tuf->top[i]->version : 0;
	return 0;
}
