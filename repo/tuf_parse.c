/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metadata files into structs; everything that has a wrong form is refused here, by name. */
#include <string.h>

#include "core/hash.h"
#include "core/str.h"
#include "repo/tuf_json.h"
#include "repo/tuf_model.h"

static const char *const types[OAK_TUF_TYPE_COUNT] = {"root", "timestamp", "snapshot", "targets"};

const char *oak_tuf_type_to_string(enum oak_tuf_type type)
{
	return types[type];
}

struct reader {
	struct oak_arena *arena;
	const char *name;
	bool opaque;
	struct oak_tuf_file *file;
	struct oak_error *err;
};

static int bad(const struct reader *r, const char *what)
{
	return oak_fail(r->err, OAK_INVALID, "tuf.invalid", 0, "metadata '%s': %s", r->name, what);
}

static const struct oak_value *member(const struct oak_value *v, const char *key, enum oak_value_kind kind)
{
	const struct oak_value *found = oak_value_get(v, key);
	return found && found->kind == kind ? found : NULL;
}


static bool key_id_ok(const struct reader *r, const char *id, const struct oak_value *key, const char *keytype,
		      const char *scheme, const char *public)
{
	OAK_AUTO(oak_buf_done) struct oak_buf whole;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_buf_init(&whole, OAK_PEM_MAX * 2);
	if (r->opaque)
		return true;
	if (oak_tuf_canonical(key, &whole, NULL) < 0)
		return false;
	oak_sha256(oak_buf_text(&whole), whole.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	if (oak_streq(hex, id))
		return true;
	/* foreign fields beside the three are no part of the key (tuf-on-ci adds some) */
	struct oak_member inner = {"public", {.kind = OAK_VALUE_STRING, .string = public}};
	struct oak_member outer[] = {{"keytype", {.kind = OAK_VALUE_STRING, .string = keytype}},
				     {"keyval", {.kind = OAK_VALUE_OBJECT, .object = {&inner, 1}}},
				     {"scheme", {.kind = OAK_VALUE_STRING, .string = scheme}}};
	struct oak_value bare = {.kind = OAK_VALUE_OBJECT, .object = {outer, 3}};
	oak_buf_clear(&whole);
	if (oak_tuf_canonical(&bare, &whole, NULL) < 0)
		return false;
	oak_sha256(oak_buf_text(&whole), whole.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_streq(hex, id);
}

static int read_key(const struct reader *r, const char *id, const struct oak_value *v, struct oak_tuf_key *ret)
{
	const char *keytype = oak_value_string(oak_value_get(v, "keytype"));
	const char *scheme = oak_value_string(oak_value_get(v, "scheme"));
	const char *public = oak_value_string(oak_value_get(member(v, "keyval", OAK_VALUE_OBJECT), "public"));
	struct oak_error ignored = {0};
	if (!keytype || !scheme || !public)
		return bad(r, "a key needs keytype, scheme and keyval.public");
	if (!key_id_ok(r, id, v, keytype, scheme, public))
		return oak_fail(r->err, OAK_UNTRUSTED, "tuf.keyid", 0, "metadata '%s': key id '%.64s' is not the hash of its key",
				r->name, id);
	int known = oak_scheme_from_string(scheme);
	ret->id = id;
	ret->usable = known >= 0 ? oak_key_from_public((enum oak_scheme)known, public, &ignored) : NULL;
	return 0;
}

static int read_keys(const struct reader *r, const struct oak_value *v)
{
	if (!v || v->kind != OAK_VALUE_OBJECT)
		return bad(r, "keys are missing");
	struct oak_tuf_file *f = r->file;
	f->keys = oak_arena_alloc(r->arena, v->object.n * sizeof(*f->keys) + 1);
	oak_map_init(&f->key_by_id, r->arena, v->object.n);
	for (size_t i = 0; i < v->object.n; i++) {
		if (read_key(r, v->object.v[i].key, &v->object.v[i].value, &f->keys[i]) < 0)
			return -1;
		f->key_count++;
		oak_map_put(&f->key_by_id, f->keys[i].id, &f->keys[i]);
	}
	return 0;
}

/* An array of strings without repetition; false if it is none. */
static bool read_strings(const struct reader *r, const struct oak_value *v, const char *const **ret, size_t *ret_n,
			 bool unique)
{
	struct oak_map seen;
	if (!v || v->kind != OAK_VALUE_ARRAY)
		return false;
	const char **list = oak_arena_alloc(r->arena, v->array.n * sizeof(*list) + 1);
	oak_map_init(&seen, r->arena, v->array.n);
	for (size_t i = 0; i < v->array.n; i++) {
		list[i] = oak_value_string(&v->array.v[i]);
		if (!list[i] || (unique && oak_map_has(&seen, list[i])))
			return false;
		oak_map_put(&seen, list[i], (void *)list);
	}
	*ret = list;
	*ret_n = v->array.n;
	return true;
}

static int read_role(const struct reader *r, const char *name, const struct oak_value *v, struct oak_tuf_role *ret)
{
	const struct oak_value *threshold = member(v, "threshold", OAK_VALUE_INT);
	ret->name = name;
	if (!v || !read_strings(r, oak_value_get(v, "keyids"), &ret->keyids, &ret->keyid_count, true))
		return bad(r, "a role needs a list of different keyids");
	if (!threshold || threshold->integer < 1)
		return bad(r, "the threshold of a role must be an integer above 0");
	ret->threshold = threshold->integer;
	return 0;
}

static int read_root(const struct reader *r, const struct oak_value *v)
{
	struct oak_tuf_file *f = r->file;
	const struct oak_value *roles = member(v, "roles", OAK_VALUE_OBJECT);
	const struct oak_value *consistent = oak_value_get(v, "consistent_snapshot");
	if (consistent && consistent->kind != OAK_VALUE_BOOL)
		return bad(r, "consistent_snapshot must be true or false");
	f->consistent_snapshot = consistent && consistent->boolean;
	if (!roles)
		return bad(r, "roles are missing");
	if (read_keys(r, oak_value_get(v, "keys")) < 0)
		return -1;
	f->roles = oak_arena_alloc(r->arena, OAK_TUF_TYPE_COUNT * sizeof(*f->roles));
	f->role_count = OAK_TUF_TYPE_COUNT;
	for (int i = 0; i < OAK_TUF_TYPE_COUNT; i++)
		if (read_role(r, types[i], member(roles, types[i], OAK_VALUE_OBJECT), &f->roles[i]) < 0)
			return -1;
	return 0;
}

/* {"sha256": "…"}: true if at least one is there and all are hex texts. */
static bool read_hashes(const struct oak_value *v, struct oak_tuf_hash *ret, size_t *ret_n)
{
	if (!v || v->kind != OAK_VALUE_OBJECT || !v->object.n || v->object.n > OAK_TUF_HASHES)
		return false;
	for (size_t i = 0; i < v->object.n; i++) {
		ret[i].algorithm = v->object.v[i].key;
		ret[i].hex = oak_value_string(&v->object.v[i].value);
		if (!ret[i].hex || !*ret[i].hex)
			return false;
	}
	*ret_n = v->object.n;
	return true;
}

static int read_meta(const struct reader *r, const char *name, const struct oak_value *v, struct oak_tuf_meta *ret)
{
	const struct oak_value *version = member(v, "version", OAK_VALUE_INT), *length = oak_value_get(v, "length");
	const struct oak_value *hashes = oak_value_get(v, "hashes");
	*ret = (struct oak_tuf_meta){.name = name, .length = -1};
	if (!version || version->integer < 1)
		return bad(r, "a file listed in meta needs a version above 0");
	ret->version = version->integer;
	if (length && (length->kind != OAK_VALUE_INT || length->integer < 1 || length->integer > OAK_TUF_SIGNED_MAX))
		return bad(r, "a length in meta is no integer above 0, or too large");
	ret->length = length ? length->integer : -1;
	if (hashes && !read_hashes(hashes, ret->hashes, &ret->hash_count))
		return bad(r, "hashes in meta are malformed");
	return 0;
}

static int read_metas(const struct reader *r, const struct oak_value *v)
{
	struct oak_tuf_file *f = r->file;
	const struct oak_value *meta = member(v, "meta", OAK_VALUE_OBJECT);
	if (!meta)
		return bad(r, "meta is missing");
	f->meta = oak_arena_alloc(r->arena, meta->object.n * sizeof(*f->meta) + 1);
	f->meta_count = meta->object.n;
	oak_map_init(&f->meta_by_name, r->arena, meta->object.n);
	for (size_t i = 0; i < meta->object.n; i++) {
		if (read_meta(r, meta->object.v[i].key, &meta->object.v[i].value, &f->meta[i]) < 0)
			return -1;
		oak_map_put(&f->meta_by_name, f->meta[i].name, &f->meta[i]);
	}
	const char *needed = f->type == OAK_TUF_TIMESTAMP ? "snapshot.json" : "targets.json";
	if (!oak_map_has(&f->meta_by_name, needed) || (f->type == OAK_TUF_TIMESTAMP && f->meta_count != 1))
		return bad(r, f->type == OAK_TUF_TIMESTAMP ? "meta must list snapshot.json and nothing else"
							   : "meta does not list targets.json");
	return 0;
}

static int read_target(const struct reader *r, const char *path, const struct oak_value *v, struct oak_tuf_target *ret)
{
	const struct oak_value *length = member(v, "length", OAK_VALUE_INT);
	ret->path = path;
	if (!length || length->integer < 0)
		return bad(r, "a target needs a length of 0 or more");
	if (!read_hashes(oak_value_get(v, "hashes"), ret->hashes, &ret->hash_count))
		return bad(r, "a target needs hashes");
	ret->length = length->integer;
	ret->custom = oak_value_get(v, "custom");
	return 0;
}

static int read_delegated(const struct reader *r, const struct oak_value *v, struct oak_tuf_role *ret)
{
	const struct oak_value *terminating = oak_value_get(v, "terminating");
	const struct oak_value *paths = oak_value_get(v, "paths"), *prefixes = oak_value_get(v, "path_hash_prefixes");
	const char *name = oak_value_string(oak_value_get(v, "name"));
	if (!name || !*name || strlen(name) > 4096)
		return bad(r, "a delegated role has no name");
	for (int i = 0; i < OAK_TUF_TYPE_COUNT; i++)
		if (oak_streq(name, types[i]))
			return bad(r, "a delegated role has the name of a top-level role");
	if (read_role(r, name, v, ret) < 0)
		return -1;
	if (!terminating || terminating->kind != OAK_VALUE_BOOL)
		return bad(r, "a delegated role must say whether it is terminating");
	ret->terminating = terminating->boolean;
	if (!paths == !prefixes)
		return bad(r, "a delegated role needs either paths or path_hash_prefixes");
	if (paths && !read_strings(r, paths, &ret->paths, &ret->path_count, false))
		return bad(r, "paths of a delegated role must be a list of texts");
	if (prefixes && !read_strings(r, prefixes, &ret->hash_prefixes, &ret->prefix_count, false))
		return bad(r, "path_hash_prefixes of a delegated role must be a list of texts");
	return 0;
}

static int read_delegations(const struct reader *r, const struct oak_value *v)
{
	struct oak_tuf_file *f = r->file;
	const struct oak_value *roles = member(v, "roles", OAK_VALUE_ARRAY);
	struct oak_map seen;
	if (oak_value_get(v, "succinct_roles"))
		return bad(r, "succinct_roles are not supported");
	if (!roles)
		return bad(r, "delegations need roles");
	if (read_keys(r, oak_value_get(v, "keys")) < 0)
		return -1;
	f->roles = oak_arena_alloc(r->arena, roles->array.n * sizeof(*f->roles) + 1);
	f->role_count = roles->array.n;
	oak_map_init(&seen, r->arena, roles->array.n);
	for (size_t i = 0; i < roles->array.n; i++) {
		if (read_delegated(r, &roles->array.v[i], &f->roles[i]) < 0)
			return -1;
		if (oak_map_has(&seen, f->roles[i].name))
			return bad(r, "two delegated roles have the same name");
		oak_map_put(&seen, f->roles[i].name, &f->roles[i]);
	}
	return 0;
}

static int read_targets(const struct reader *r, const struct oak_value *v)
{
	struct oak_tuf_file *f = r->file;
	const struct oak_value *targets = member(v, "targets", OAK_VALUE_OBJECT);
	const struct oak_value *delegations = oak_value_get(v, "delegations");
	if (!targets)
		return bad(r, "targets are missing");
	f->targets = oak_arena_alloc(r->arena, targets->object.n * sizeof(*f->targets) + 1);
	f->target_count = targets->object.n;
	oak_map_init(&f->target_by_path, r->arena, targets->object.n);
	for (size_t i = 0; i < targets->object.n; i++) {
		if (read_target(r, targets->object.v[i].key, &targets->object.v[i].value, &f->targets[i]) < 0)
			return -1;
		oak_map_put(&f->target_by_path, f->targets[i].path, &f->targets[i]);
	}
	return delegations ? read_delegations(r, delegations) : 0;
}

static int read_signatures(const struct reader *r, const struct oak_value *doc)
{
	struct oak_tuf_file *f = r->file;
	const struct oak_value *list = member(doc, "signatures", OAK_VALUE_ARRAY);
	struct oak_map seen;
	if (!list)
		return bad(r, "signatures are missing");
	f->signatures = oak_arena_alloc(r->arena, list->array.n * sizeof(*f->signatures) + 1);
	oak_map_init(&seen, r->arena, list->array.n);
	for (size_t i = 0; i < list->array.n; i++) {
		const struct oak_value *v = &list->array.v[i];
		const char *id = oak_value_string(oak_value_get(v, "keyid")), *sig = oak_value_string(oak_value_get(v, "sig"));
		if (!id || !sig)
			return bad(r, "a signature needs keyid and sig");
		if (oak_map_has(&seen, id))
			return bad(r, "two signatures have the same keyid");
		oak_map_put(&seen, id, (void *)list);
		f->signatures[f->signature_count++] = (struct oak_tuf_signature){id, sig};
	}
	return 0;
}

/* "2026-11-23T12:00:00Z", nothing else. */
static bool read_expires(const char *text, oak_time *ret)
{
	return text && strlen(text) == 20 && text[10] == 'T' && text[19] == 'Z' && oak_time_parse(text, ret);
}

static int read_common(const struct reader *r, const struct oak_value *v)
{
	struct oak_tuf_file *f = r->file;
	const struct oak_value *version = member(v, "version", OAK_VALUE_INT);
	const char *type = oak_value_string(oak_value_get(v, "_type"));
	const char *spec = oak_value_string(oak_value_get(v, "spec_version"));
	if (!oak_streq(type, types[f->type]))
		return bad(r, "_type is not the one that the file's name says");
	if (!spec || !oak_starts_with(spec, "1.") || spec[2] < '0' || spec[2] > '9')
		return bad(r, "spec_version is not 1.x");
	if (!version || version->integer < 1)
		return bad(r, "version must be an integer above 0");
	f->version = version->integer;
	if (!read_expires(oak_value_string(oak_value_get(v, "expires")), &f->expires))
		return bad(r, "expires must be a time such as 2026-11-23T12:00:00Z");
	return 0;
}

static int (*const readers[OAK_TUF_TYPE_COUNT])(const struct reader *r, const struct oak_value *v) = {
	[OAK_TUF_ROOT] = read_root,
	[OAK_TUF_TIMESTAMP] = read_metas,
	[OAK_TUF_SNAPSHOT] = read_metas,
	[OAK_TUF_TARGETS] = read_targets,
};

static int read_file(const struct reader *r, const struct oak_value *doc, size_t n)
{
	struct oak_tuf_file *f = r->file;
	f->signed_part = member(doc, "signed", OAK_VALUE_OBJECT);
	if (!f->signed_part)
		return bad(r, "there is no signed part");
	if (read_signatures(r, doc) < 0 || read_common(r, f->signed_part) < 0 || readers[f->type](r, f->signed_part) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf canonical;
	oak_buf_init(&canonical, n + 64); /* never longer: blanks and escapes only go */
	if (oak_tuf_canonical(f->signed_part, &canonical, r->err) < 0)
		return oak_context(r->err, "metadata '%s'", r->name);
	f->canonical = oak_arena_strndup(r->arena, canonical.p, canonical.n);
	f->canonical_size = canonical.n;
	return 0;
}

int oak_tuf_parse(struct oak_arena *arena, const void *bytes, size_t n, enum oak_tuf_type type, const char *name,
		  bool opaque_keyids, struct oak_tuf_file **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_TUF_SIGNED_MAX};
	const struct oak_value *doc;
	if (oak_json_parse(arena, bytes, n, name, &limits, &doc, err) < 0)
		return -1;
	struct oak_tuf_file *file = OAK_NEW(arena, struct oak_tuf_file);
	struct reader r = {arena, name, opaque_keyids, file, err};
	file->type = type;
	if (read_file(&r, doc, n) < 0) {
		oak_tuf_file_done(file);
		return -1;
	}
	*ret = file;
	return 0;
}

void oak_tuf_file_done(struct oak_tuf_file *file)
{
	for (size_t i = 0; file && i < file->key_count; i++) {
		oak_key_free(file->keys[i].usable);
		file->keys[i].usable = NULL;
	}
}
