/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Publishing into bins: only those that something is staged for change; a role that has grown is divided once. */
#include <stdio.h>
#include <string.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/publication.h"
#include "repo/tuf.h"

enum { INDEX_MAX = 64 << 20 };

/* ---- which roles have bins ---- */

static size_t listed_count(const struct oak_value *part)
{
	const struct oak_value *list = oak_value_get(part, "targets");
	return list && list->kind == OAK_VALUE_OBJECT ? list->object.n : 0;
}

static size_t staged_count(const struct oak_publication *p, const char *role)
{
	size_t n = 0;
	for (size_t i = 0; i < p->repo->staged.n; i++)
		n += oak_streq(p->repo->staged.v[i].role, role);
	return n;
}

/* Digits of the bins that a role gets with this publication, or has; 0 = none. A proposal divides nothing that has grown: its
 * reviewers would see every file move. */
static int digits_of(const struct oak_publication *p, const char *role)
{
	const struct oak_value *part = oak_map_find(&p->repo->roles, role), *bins = p->repo->bins;
	int digits = oak_bin_digits(part);
	if (digits || !oak_starts_with(role, "packages-"))
		return digits;
	if (bins && bins->kind == OAK_VALUE_INT)
		return oak_bin_digits_of(bins->integer) > 0 ? oak_bin_digits_of(bins->integer) : 0;
	return !p->proposal && listed_count(part) + staged_count(p, role) > OAK_BINS_FROM ? OAK_BINS_DIGITS : 0;
}

/* ---- delegations of a role to its bins ---- */

static void put_keys(struct oak_publication *p, struct oak_sink *sink, const struct oak_value *ids)
{
	const struct oak_value *keys = oak_value_get(oak_value_get(p->targets, "delegations"), "keys");
	oak_put_begin_object(sink, "keys");
	for (size_t i = 0; ids && ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++) {
		sink->ops->key(sink, oak_value_string(&ids->array.v[i]));
		oak_put_value(sink, oak_value_get(keys, oak_value_string(&ids->array.v[i])));
	}
	oak_put_end_object(sink);
}

void oak_publication_put_bins(struct oak_publication *p, struct oak_sink *sink, const char *role, int digits)
{
	const struct oak_value *own = oak_publication_delegation(p, role);
	oak_put_begin_object(sink, "delegations");
	put_keys(p, sink, oak_value_get(own, "keyids"));
	oak_put_begin_array(sink, "roles");
	for (size_t i = 0; i < oak_bin_count(digits); i++) {
		const char *prefix = oak_bin_prefix(p->repo->arena, i, digits);
		sink->ops->begin_object(sink);
		oak_put_string(sink, "name", oak_bin_numbered(p->repo->arena, role, i, digits));
		sink->ops->key(sink, "keyids");
		oak_put_value(sink, oak_value_get(own, "keyids"));
		sink->ops->key(sink, "threshold");
		oak_put_value(sink, oak_value_get(own, "threshold"));
		oak_put_bool(sink, "terminating", true);
		oak_put_strings(sink, "path_hash_prefixes", &prefix, 1);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	oak_put_end_object(sink);
}

/* ---- what comes into which bin ---- */

struct bin {
	OAK_VEC(const struct oak_member *) kept;
	OAK_VEC(const struct oak_repo_target *) added;
	bool changes;
};

static int write_bin(struct oak_publication *p, const char *role, size_t number, int digits, const struct bin *b)
{
	const struct oak_contents contents = {b->kept.v, b->added.v, b->kept.n, b->added.n, 0};
	return oak_publication_write(p, oak_bin_numbered(p->repo->arena, role, number, digits), &contents);
}

/* Sort the members of PART's targets, but for those in AGAIN, into their bins. */
static void keep(struct oak_publication *p, struct bin *bins, int digits, const struct oak_value *part, const struct oak_map *again)
{
	const struct oak_value *list = oak_value_get(part, "targets");
	for (size_t i = 0; i < listed_count(part); i++)
		if (!oak_map_has(again, list->object.v[i].key))
			*oak_push(p->repo->arena, &bins[oak_bin_number(list->object.v[i].key, digits)].kept) = &list->object.v[i];
}

static int write_changed(struct oak_publication *p, const char *role, struct bin *bins, int digits, const struct oak_map *again, bool all)
{
	for (size_t i = 0; i < oak_bin_count(digits); i++) {
		const struct oak_value *old;
		if (!bins[i].changes && !all)
			continue;
		if (oak_repo_part(p->repo, oak_bin_numbered(p->repo->arena, role, i, digits), &old, p->err) < 0)
			return -1;
		keep(p, bins, digits, old, again);
		if (write_bin(p, role, i, digits, &bins[i]) < 0)
			return -1;
	}
	return 0;
}

int oak_publication_role(struct oak_publication *p, const char *role)
{
	const struct oak_value *old = oak_map_find(&p->repo->roles, role);
	struct oak_arena *arena = p->repo->arena;
	struct oak_map again;
	int digits = digits_of(p, role);
	bool divides = digits && !oak_bin_digits(old);
	if (!digits)
		return oak_publication_delegated(p, role);
	struct bin *bins = oak_arena_alloc(arena, oak_bin_count(digits) * sizeof(*bins));
	oak_map_init(&again, arena, p->repo->staged.n);
	for (size_t i = 0; i < p->repo->staged.n; i++) {
		const struct oak_repo_target *t = &p->repo->staged.v[i];
		if (!oak_streq(t->role, role))
			continue;
		struct bin *b = &bins[oak_bin_number(t->path, digits)];
		*oak_push(arena, &b->added) = t;
		b->changes = true;
		oak_map_put(&again, t->path, p);
	}
	if (divides) {
		const struct oak_contents nothing = {.bins = digits};
		keep(p, bins, digits, old, &again);
		if (oak_publication_write(p, role, &nothing) < 0)
			return -1;
	}
	return write_changed(p, role, bins, digits, &again, divides);
}

int oak_publication_resign(struct oak_publication *p, const char *role)
{
	int digits = oak_bin_digits(oak_map_find(&p->repo->roles, role));
	if (oak_publication_delegated(p, role) < 0)
		return -1;
	for (size_t i = 0; digits && i < oak_bin_count(digits); i++)
		if (oak_publication_delegated(p, oak_bin_numbered(p->repo->arena, role, i, digits)) < 0)
			return -1;
	return 0;
}

/* ---- indices of names ---- */

struct names {
	struct oak_publication *p;
	const char *role;
	int digits;
	struct oak_map files; /* name -> struct oak_name_files */
};

static const char *name_of(struct oak_arena *arena, const char *path)
{
	struct oak_str rest = oak_str_of(path), kind, name;
	bool package = oak_str_next(&rest, '/', &kind) && oak_str_eq(kind, OAK_STR("pkg")) && oak_str_next(&rest, '/', &name);
	return package ? oak_arena_strndup(arena, name.p, name.n) : NULL;
}

static void add_file(struct names *n, const char *path, int64_t length, const char *hash, bool new_names)
{
	struct oak_arena *arena = n->p->repo->arena;
	const char *name = hash ? name_of(arena, path) : NULL;
	struct oak_name_files *files = name ? oak_map_find(&n->files, name) : NULL;
	if (!name || (!files && !new_names))
		return;
	if (!files)
		oak_map_put(&n->files, name, files = OAK_NEW(arena, struct oak_name_files));
	if (oak_name_index_lists(path, length))
		*oak_push(arena, &files->list) = (struct oak_name_file){path, hash, length};
}

static void add_listed(struct names *n, const struct oak_value *part)
{
	const struct oak_value *list = oak_value_get(part, "targets");
	for (size_t i = 0; i < listed_count(part); i++) {
		const struct oak_value *target = &list->object.v[i].value, *length = oak_value_get(target, "length");
		add_file(n, list->object.v[i].key, length && length->kind == OAK_VALUE_INT ? length->integer : 0, oak_repo_hash_of(target), true);
	}
}

/* The index of a name as it was published last. */
static int read_index(struct names *n, const char *name, struct oak_name_files *ret)
{
	struct oak_repo *repo = n->p->repo;
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	const struct oak_value *bin;
	const char *path = oak_name_index_path(repo->arena, name);
	oak_buf_init(&bytes, INDEX_MAX);
	if (oak_repo_part(repo, oak_bin_name(repo->arena, n->role, path, n->digits), &bin, n->p->err) < 0)
		return -1;
	const char *hash = oak_repo_hash_of(oak_value_get(oak_value_get(bin, "targets"), path));
	if (!hash)
		return 0;
	if (oak_fs_read(oak_repo_target_path(repo, path, hash), &bytes, n->p->err) < 0)
		return -1;
	return oak_name_index_parse(repo->arena, oak_buf_text(&bytes), bytes.n, ret, n->p->err);
}

static void format_index(const char *name, const struct oak_name_files *files, struct oak_buf *buf)
{
	struct oak_sink sink;
	oak_sink_json_compact(&sink, buf);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "schema", "oakum.packageFiles/1");
	oak_put_string(&sink, "name", name);
	oak_put_begin_array(&sink, "files");
	for (size_t i = 0; i < files->list.n; i++) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "path", files->list.v[i].path);
		oak_put_int(&sink, "length", files->list.v[i].length);
		oak_put_string(&sink, "sha256", files->list.v[i].sha256);
		sink.ops->end_object(&sink);
	}
	oak_put_end_array(&sink);
	sink.ops->end_object(&sink);
}

static int stage_index(struct names *n, const char *name, const struct oak_name_files *files)
{
	struct oak_repo *repo = n->p->repo;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_buf_init(&buf, INDEX_MAX);
	format_index(name, files, &buf);
	if (buf.full)
		return oak_fail(n->p->err, OAK_INVALID, "repo.package", 0, "package '%s' has too many files", name);
	oak_sha256(buf.p, buf.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	struct oak_repo_target t = {.path = oak_name_index_path(repo->arena, name),
				    .role = n->role,
				    .length = (int64_t)buf.n,
				    .sha256 = oak_arena_strdup(repo->arena, hex)};
	*oak_push(repo->arena, &repo->staged) = t;
	const char *to = oak_repo_target_path(repo, t.path, hex);
	repo->batch.arena = repo->arena;
	return oak_fs_exists(to) ? 0 : oak_batch_bytes(&repo->batch, to, buf.p, buf.n, n->p->err);
}

static int index_role(struct oak_publication *p, const char *role, int digits)
{
	struct oak_repo *repo = p->repo;
	struct names n = {p, role, digits, {0}};
	const struct oak_value *part = oak_map_find(&repo->roles, role);
	size_t staged = repo->staged.n;
	oak_map_init(&n.files, repo->arena, 64);
	if (!oak_bin_digits(part)) /* it is divided now: every name gets its first index */
		add_listed(&n, part);
	for (size_t i = 0; i < staged; i++) {
		const struct oak_repo_target *t = &repo->staged.v[i];
		const char *name = oak_streq(t->role, role) ? name_of(repo->arena, t->path) : NULL;
		struct oak_name_files *files = name ? oak_map_find(&n.files, name) : NULL;
		if (name && !files) {
			oak_map_put(&n.files, name, files = OAK_NEW(repo->arena, struct oak_name_files));
			if (oak_bin_digits(part) && read_index(&n, name, files) < 0)
				return -1;
		}
		if (name)
			add_file(&n, t->path, t->length, t->sha256, false);
	}
	for (size_t i = 0; i < n.files.cap; i++)
		if (n.files.slots[i].key && stage_index(&n, n.files.slots[i].key, n.files.slots[i].value) < 0)
			return -1;
	return 0;
}

int oak_publication_index(struct oak_publication *p)
{
	struct oak_repo *repo = p->repo;
	for (size_t i = 0; i < repo->staged.n; i++) /* of a proposal that was withdrawn */
		if (oak_is_name_index(repo->staged.v[i].path))
			repo->staged.v[i--] = repo->staged.v[--repo->staged.n];
	for (size_t i = 0; i < p->roles.n; i++) {
		int digits = digits_of(p, p->roles.v[i]);
		if (digits && index_role(p, p->roles.v[i], digits) < 0)
			return -1;
	}
	return 0;
}
