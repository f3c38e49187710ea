/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets through delegations: depth first, each role once, no more of them than a bound (TUF specification, 5.6.7). */
#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "repo/tuf_client_impl.h"

/* A delegation that is still to be looked at. */
struct edge {
	const struct oak_tuf_file *delegator;
	const struct oak_tuf_role *role;
};

struct search {
	struct oak_tuf *tuf;
	OAK_VEC(struct edge) stack;
	struct oak_map visited;
	size_t roles;
};

static int not_found(const char *path, struct oak_error *err)
{
	return oak_fail(err, OAK_NOT_FOUND, "tuf.no-target", 0, "no trusted role has a target '%s'", path);
}

/* Push what covers PATH (NULL = everything), so that the first in the list is looked at first; a terminating one ends the
 * search behind it. */
static void push_delegations(struct search *s, const struct oak_tuf_file *file, const char *path)
{
	size_t first = s->stack.n;
	for (size_t i = 0; i < file->role_count; i++) {
		const struct oak_tuf_role *role = &file->roles[i];
		if (path && !oak_tuf_role_covers(role, path))
			continue;
		*oak_push(s->tuf->arena, &s->stack) = (struct edge){file, role};
		if (path && role->terminating) {
			/* nothing behind it, neither here nor in those who delegated to here */
			size_t kept = s->stack.n - first;
			memmove(s->stack.v, s->stack.v + first, kept * sizeof(*s->stack.v));
			s->stack.n = kept;
			first = 0;
			break;
		}
	}
	for (size_t a = first, b = s->stack.n; a + 1 < b; a++, b--) {
		struct edge swap = s->stack.v[a];
		s->stack.v[a] = s->stack.v[b - 1];
		s->stack.v[b - 1] = swap;
	}
}

static void begin(struct search *s, struct oak_tuf *tuf)
{
	*s = (struct search){.tuf = tuf};
	oak_map_init(&s->visited, tuf->arena, OAK_TUF_DELEGATIONS);
}

/* The next role of the search that was not visited; NULL in *RET at the end. */
static int next_role(struct search *s, size_t max, struct oak_tuf_file **ret, const struct oak_tuf_role **ret_role,
		     struct oak_error *err)
{
	*ret = NULL;
	while (s->stack.n) {
		struct edge e = s->stack.v[--s->stack.n];
		if (oak_map_has(&s->visited, e.role->name))
			continue;
		if (s->roles++ >= max)
			return oak_fail(err, OAK_INVALID, "tuf.too-many", 0, "more than %zu delegated roles would have to be asked", max);
		oak_map_put(&s->visited, e.role->name, s);
		if (oak_tuf_load_targets(s->tuf, e.delegator, e.role, ret, err) < 0)
			return -1;
		*ret_role = e.role;
		return 0;
	}
	return 0;
}

static int ready(const struct oak_tuf *tuf, struct oak_error *err)
{
	if (tuf->top[OAK_TUF_TARGETS])
		return 0;
	return oak_fail(err, OAK_BUG, "tuf.order", 0, "targets were asked for before a refresh");
}

int oak_tuf_find(struct oak_tuf *tuf, const char *path, const struct oak_tuf_target **ret, struct oak_error *err)
{
	struct search s;
	if (ready(tuf, err) < 0)
		return -1;
	begin(&s, tuf);
	struct oak_tuf_file *file = tuf->top[OAK_TUF_TARGETS];
	while (file) {
		const struct oak_tuf_role *role;
		const struct oak_tuf_target *target = oak_map_find(&file->target_by_path, path);
		if (target) {
			*ret = target;
			return 0;
		}
		push_delegations(&s, file, path);
		if (next_role(&s, OAK_TUF_DELEGATIONS, &file, &role, err) < 0)
			return -1;
	}
	return not_found(path, err);
}

int oak_tuf_each(struct oak_tuf *tuf, int (*each)(void *arg, const struct oak_tuf_target *target), void *arg,
		 struct oak_error *err)
{
	enum { ROLES_MAX = 100000 };
	struct search s;
	OAK_VEC(struct oak_tuf_file *) files = {0};
	if (ready(tuf, err) < 0)
		return -1;
	begin(&s, tuf);
	struct oak_tuf_file *file = tuf->top[OAK_TUF_TARGETS];
	while (file) {
		const struct oak_tuf_role *role;
		*oak_push(tuf->arena, &files) = file;
		push_delegations(&s, file, NULL);
		if (next_role(&s, ROLES_MAX, &file, &role, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < files.n; i++) {
		for (size_t k = 0; k < files.v[i]->target_count; k++) {
			const struct oak_tuf_target *target = &files.v[i]->targets[k], *found;
			struct oak_error ignored = {0};
			/* only what a search would give: not what a role lists beyond its delegation */
			if (i && (oak_tuf_find(tuf, target->path, &found, &ignored) < 0 || found != target))
				continue;
			if (each(arg, target) < 0)
				return -1;
		}
	}
	return 0;
}

const char *oak_tuf_target_url(const struct oak_tuf *tuf, struct oak_arena *arena, const struct oak_tuf_target *target)
{
	const char *slash = strrchr(target->path, '/'), *hash = target->hashes[0].hex;
	size_t folder = slash ? (size_t)(slash + 1 - target->path) : 0;
	for (size_t i = 0; i < target->hash_count; i++)
		if (oak_streq(target->hashes[i].algorithm, "sha256"))
			hash = target->hashes[i].hex;
	if (!tuf->top[OAK_TUF_ROOT]->consistent_snapshot)
		return oak_tuf_quote(arena, target->path, true);
	return oak_tuf_quote(arena,
			     oak_arena_printf(arena, "%.*s%s.%s", (int)folder, target->path, hash, target->path + folder), true);
}
