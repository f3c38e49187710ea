/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two versions side by side, as sentences. */
#include "repo/describe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/sink.h"
#include "core/str.h"

enum { LINES = 500, CUT = 80, DOCUMENT_MAX = 16 << 20 };

static void say(struct oak_words *w, const char *fmt, ...) OAK_PRINTF(2, 3);

static void say(struct oak_words *w, const char *fmt, ...)
{
	va_list args;
	char text[2048];
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (w->lines.n < LINES)
		*oak_push(w->arena, &w->lines) = oak_arena_strdup(w->arena, text);
	else if (w->lines.n == LINES)
		*oak_push(w->arena, &w->lines) = "… and more";
}

/* ---- documents ---- */

/* A value on one line, not too long. */
static const char *brief(struct oak_words *w, const struct oak_value *v)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 1 << 20);
	oak_sink_json_compact(&sink, &buf);
	oak_put_value(&sink, v);
	size_t n = strcspn(oak_buf_text(&buf), "\n");
	if (n <= CUT)
		return oak_arena_strndup(w->arena, oak_buf_text(&buf), n);
	for (n = CUT; n && ((unsigned char)buf.p[n] & 0xc0) == 0x80; n--)
		; /* not inside a character */
	return oak_arena_printf(w->arena, "%.*s…", (int)n, buf.p);
}

static bool same(struct oak_words *w, const struct oak_value *a, const struct oak_value *b)
{
	return a->kind == b->kind && oak_streq(brief(w, a), brief(w, b)) && a->kind != OAK_VALUE_OBJECT && a->kind != OAK_VALUE_ARRAY;
}

static void compare(struct oak_words *w, const char *path, const struct oak_value *old, const struct oak_value *new);

static void compare_objects(struct oak_words *w, const char *path, const struct oak_value *old, const struct oak_value *new)
{
	for (size_t i = 0; i < old->object.n; i++) {
		const char *inner = oak_arena_printf(w->arena, "%s.%s", path, old->object.v[i].key);
		compare(w, inner, &old->object.v[i].value, oak_value_get(new, old->object.v[i].key));
	}
	for (size_t i = 0; i < new->object.n; i++)
		if (!oak_value_get(old, new->object.v[i].key))
			compare(w, oak_arena_printf(w->arena, "%s.%s", path, new->object.v[i].key), NULL, &new->object.v[i].value);
}

static bool holds(struct oak_words *w, const struct oak_value *list, const struct oak_value *item)
{
	for (size_t i = 0; i < list->array.n; i++)
		if (same(w, &list->array.v[i], item))
			return true;
	return false;
}

static bool scalars(const struct oak_value *list)
{
	for (size_t i = 0; i < list->array.n; i++)
		if (list->array.v[i].kind == OAK_VALUE_OBJECT || list->array.v[i].kind == OAK_VALUE_ARRAY)
			return false;
	return true;
}

/* Lists of words by what came and went; others by position. */
static void compare_lists(struct oak_words *w, const char *path, const struct oak_value *old, const struct oak_value *new)
{
	if (scalars(old) && scalars(new)) {
		for (size_t i = 0; i < old->array.n; i++)
			if (!holds(w, new, &old->array.v[i]))
				say(w, "%s: %s goes", path, brief(w, &old->array.v[i]));
		for (size_t i = 0; i < new->array.n; i++)
			if (!holds(w, old, &new->array.v[i]))
				say(w, "%s: %s comes", path, brief(w, &new->array.v[i]));
		return;
	}
	for (size_t i = 0; i < old->array.n || i < new->array.n; i++)
		compare(w, oak_arena_printf(w->arena, "%s[%zu]", path, i), i < old->array.n ? &old->array.v[i] : NULL,
			i < new->array.n ? &new->array.v[i] : NULL);
}

static void compare(struct oak_words *w, const char *path, const struct oak_value *old, const struct oak_value *new)
{
	if (!old && !new)
		return;
	if (!old)
		say(w, "%s: comes as %s", path, brief(w, new));
	else if (!new)
		say(w, "%s: goes, it was %s", path, brief(w, old));
	else if (old->kind == OAK_VALUE_OBJECT && new->kind == OAK_VALUE_OBJECT)
		compare_objects(w, path, old, new);
	else if (old->kind == OAK_VALUE_ARRAY && new->kind == OAK_VALUE_ARRAY)
		compare_lists(w, path, old, new);
	else if (!same(w, old, new))
		say(w, "%s: %s becomes %s", path, brief(w, old), brief(w, new));
}

void oak_describe_document(struct oak_words *w, const char *name, const struct oak_value *old, const struct oak_value *new)
{
	static const struct oak_value none = {.kind = OAK_VALUE_OBJECT};
	size_t before = w->lines.n;
	const struct oak_value *selector = oak_value_get(new, "selector");
	if (oak_value_string(selector))
		say(w, "%s: is for nodes with %s", name, selector->string);
	compare(w, oak_arena_printf(w->arena, "%s:", name), old ? old : &none, new);
	if (w->lines.n == before)
		say(w, "%s: says the same in other bytes", name);
}

/* ---- targets ---- */

static const struct oak_value *read_document(struct oak_words *w, const char *dir, const char *path, const struct oak_value *target)
{
	const struct oak_value_limits limits = {.bytes = DOCUMENT_MAX};
	const char *hash = oak_value_string(oak_value_get(oak_value_get(target, "hashes"), "sha256")), *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;
	const struct oak_value *doc;
	struct oak_error ignored = {0};
	if (!hash || !target)
		return NULL;
	const char *file = oak_arena_printf(w->arena, "%s/targets/%.*s%s.%s", dir, folder, path, hash, path + folder);
	return oak_value_load(w->arena, file, &limits, &doc, &ignored) == 0 ? doc : NULL;
}

static int64_t length_of(const struct oak_value *target)
{
	const struct oak_value *v = oak_value_get(target, "length");
	return v && v->kind == OAK_VALUE_INT ? v->integer : 0;
}

static void describe_policy(struct oak_words *w, const char *dir, const char *path, const struct oak_value *old, const struct oak_value *new)
{
	const struct oak_value *before = read_document(w, dir, path, old), *after = read_document(w, dir, path, new);
	say(w, "%s %s (%lld bytes)", old ? "changes" : "adds", path, (long long)length_of(new));
	if (after && after->kind == OAK_VALUE_OBJECT && (!old || before))
		oak_describe_document(w, path, before, after);
}

/* Files of one package version, counted together. */
struct package {
	const char *name;
	size_t files;
	int64_t bytes;
};

static const char *package_of(struct oak_words *w, const char *path)
{
	struct oak_str rest = oak_str_of(path), kind, name, version;
	if (!oak_str_next(&rest, '/', &kind) || !oak_str_eq(kind, OAK_STR("pkg")) || !oak_str_next(&rest, '/', &name) ||
	    !oak_str_next(&rest, '/', &version) || !rest.n)
		return NULL;
	return oak_arena_printf(w->arena, "package %.*s %.*s", (int)name.n, name.p, (int)version.n, version.p);
}

static const char *hash_of(const struct oak_value *target)
{
	return oak_value_string(oak_value_get(oak_value_get(target, "hashes"), "sha256"));
}

/* What LIST has that OTHER has not (or has with other bytes), packages together. */
static void describe_targets(struct oak_words *w, const char *dir, const struct oak_value *other, const struct oak_value *list, bool adds)
{
	OAK_VEC(struct package) packages = {0};
	for (size_t i = 0; list && list->kind == OAK_VALUE_OBJECT && i < list->object.n; i++) {
		const char *path = list->object.v[i].key, *name = package_of(w, path);
		const struct oak_value *target = &list->object.v[i].value, *before = oak_value_get(other, path);
		size_t k = 0;
		if (before && (!adds || oak_streq(hash_of(before), hash_of(target))))
			continue;
		if (!name && adds)
			describe_policy(w, dir, path, before, target);
		else if (!name)
			say(w, "removes %s", path);
		while (name && k < packages.n && !oak_streq(packages.v[k].name, name))
			k++;
		if (name && k == packages.n)
			*oak_push(w->arena, &packages) = (struct package){name, 0, 0};
		if (name) {
			packages.v[k].files++;
			packages.v[k].bytes += length_of(target);
		}
	}
	for (size_t k = 0; k < packages.n; k++)
		say(w, "%s %s (%zu files, %lld bytes)", adds ? "adds" : "removes", packages.v[k].name, packages.v[k].files,
		    (long long)packages.v[k].bytes);
}

/* ---- who may sign ---- */

static const struct oak_value *role_named(const struct oak_value *roles, const char *name)
{
	for (size_t i = 0; roles && roles->kind == OAK_VALUE_ARRAY && i < roles->array.n; i++)
		if (oak_streq(oak_value_string(oak_value_get(&roles->array.v[i], "name")), name))
			return &roles->array.v[i];
	return roles && roles->kind == OAK_VALUE_OBJECT ? oak_value_get(roles, name) : NULL;
}

static int64_t threshold_of(const struct oak_value *role)
{
	const struct oak_value *v = oak_value_get(role, "threshold");
	return v && v->kind == OAK_VALUE_INT ? v->integer : 0;
}

static bool lists(const struct oak_value *ids, const char *id)
{
	for (size_t i = 0; ids && ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++)
		if (oak_streq(oak_value_string(&ids->array.v[i]), id))
			return true;
	return false;
}

static void describe_keys(struct oak_words *w, const char *name, const struct oak_value *a, const struct oak_value *b, const char *verb)
{
	const struct oak_value *ids = oak_value_get(b, "keyids");
	for (size_t i = 0; ids && ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++) {
		const char *id = oak_value_string(&ids->array.v[i]);
		if (id && !lists(oak_value_get(a, "keyids"), id))
			say(w, "role %s: key %.16s… %s", name, id, verb);
	}
}

static void describe_signers(struct oak_words *w, const char *name, const struct oak_value *old, const struct oak_value *new)
{
	const struct oak_value *ids = oak_value_get(new, "keyids");
	if (!old && new)
		say(w, "role %s: may be signed by %lld of %zu keys", name, (long long)threshold_of(new),
		    ids && ids->kind == OAK_VALUE_ARRAY ? ids->array.n : 0);
	if (old && !new)
		say(w, "role %s: goes", name);
	if (!old || !new)
		return;
	describe_keys(w, name, new, old, "goes");
	describe_keys(w, name, old, new, "comes");
	if (threshold_of(old) != threshold_of(new))
		say(w, "role %s: %lld signatures become %lld", name, (long long)threshold_of(old), (long long)threshold_of(new));
	const struct oak_value *before = oak_value_get(old, "paths"), *after = oak_value_get(new, "paths");
	if (before && after && before->kind == OAK_VALUE_ARRAY && after->kind == OAK_VALUE_ARRAY)
		compare_lists(w, oak_arena_printf(w->arena, "role %s: paths", name), before, after);
}

static void describe_delegations(struct oak_words *w, const struct oak_value *old, const struct oak_value *new)
{
	const struct oak_value *before = oak_value_get(oak_value_get(old, "delegations"), "roles");
	const struct oak_value *after = oak_value_get(oak_value_get(new, "delegations"), "roles");
	for (size_t i = 0; before && before->kind == OAK_VALUE_ARRAY && i < before->array.n; i++) {
		const char *name = oak_value_string(oak_value_get(&before->array.v[i], "name"));
		if (name && !role_named(after, name))
			describe_signers(w, name, &before->array.v[i], NULL);
	}
	for (size_t i = 0; after && after->kind == OAK_VALUE_ARRAY && i < after->array.n; i++) {
		const char *name = oak_value_string(oak_value_get(&after->array.v[i], "name"));
		if (name)
			describe_signers(w, name, role_named(before, name), &after->array.v[i]);
	}
}

void oak_describe_role(struct oak_words *w, const char *dir, const struct oak_value *old, const struct oak_value *new)
{
	const struct oak_value *before = oak_value_get(old, "targets"), *after = oak_value_get(new, "targets");
	describe_delegations(w, old, new);
	describe_targets(w, dir, before, after, true);
	describe_targets(w, dir, after, before, false);
}

void oak_describe_root(struct oak_words *w, const struct oak_value *old, const struct oak_value *new)
{
	static const char *const roles[] = {"root", "targets", "snapshot", "timestamp"};
	const struct oak_value *before = oak_value_get(old, "roles"), *after = oak_value_get(new, "roles");
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		describe_signers(w, roles[i], role_named(before, roles[i]), role_named(after, roles[i]));
}
