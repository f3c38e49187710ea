/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets through delegations: depth first, each role once, no more of them than a bound (TUF specification, 5.6.7). */
#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "repo/tuf_client_impl.h"

static int not_found(const char *path, struct oak_error *err)
{
	return oak_fail(err, OAK_NOT_FOUND, "tuf.no-target", 0, "no trusted role has a target '%s'", path);
}

/* Push the delegations that COVER says, so that the first in the list is looked at first; a terminating one ends the search behind
 * it. HASH is that of a whole path; NULL = PATH is only how paths begin. */
static void push_delegations(struct oak_tuf *tuf, const struct oak_tuf_file *file, const char *path, const char *hash)
{
	size_t first = tuf->stack.n;
	for (size_t i = 0; i < file->role_count; i++) {
		const struct oak_tuf_role *role = &file->roles[i];
		if (hash ? !oak_tuf_role_covers(role, path, hash) : !oak_tuf_role_reaches(role, path))
			continue;
		*oak_push(tuf->arena, &tuf->stack) = (struct oak_tuf_edge){file, role};
		if (hash && role->terminating) {
			/* nothing behind it, neither here nor in those who delegated to here */
			size_t kept = tuf->stack.n - first;
			memmove(tuf->stack.v, tuf->stack.v + first, kept * sizeof(*tuf->stack.v));
			tuf->stack.n = kept;
			first = 0;
			break;
		}
	}
	for (size_t a = first, b = tuf->stack.n; a + 1 < b; a++, b--) {
		struct oak_tuf_edge swap = tuf->stack.v[a];
		tuf->stack.v[a] = tuf->stack.v[b - 1];
		tuf->stack.v[b - 1] = swap;
	}
}

/* The next role of the search that was not visited; NULL in *RET at the end. */
static int next_role(struct oak_tuf *tuf, size_t *left, struct oak_tuf_file **ret, struct oak_error *err)
{
	*ret = NULL;
	while (tuf->stack.n) {
		struct oak_tuf_edge e = tuf->stack.v[--tuf->stack.n];
		struct oak_tuf_delegated *d = oak_tuf_delegated_of(tuf, e.role->name);
		if (d->seen == tuf->searches)
			continue;
		if (!(*left)--)
			return oak_fail(err, OAK_INVALID, "tuf.too-many", 0, "too many delegated roles would have to be asked, '%s' too",
					e.role->name);
		d->seen = tuf->searches;
		return oak_tuf_load_targets(tuf, e.delegator, e.role, ret, err);
	}
	return 0;
}

/* Before every search: the file that it begins with. */
static struct oak_tuf_file *begin(struct oak_tuf *tuf, struct oak_error *err)
{
	tuf->searches++;
	tuf->stack.n = 0;
	if (!tuf->top[OAK_TUF_TARGETS])
		oak_fail(err, OAK_BUG, "tuf.order", 0, "targets were asked for before a refresh");
	return tuf->top[OAK_TUF_TARGETS];
}

int oak_tuf_find(struct oak_tuf *tuf, const char *path, const struct oak_tuf_target **ret, struct oak_error *err)
{
	char hash[65];
	size_t left = OAK_TUF_DELEGATIONS;
	struct oak_tuf_file *file = begin(tuf, err);
	if (!file)
		return -1;
	oak_tuf_path_hash(path, hash);
	while (file) {
		const struct oak_tuf_target *target = oak_map_find(&file->target_by_path, path);
		if (target) {
			*ret = target;
			return 0;
		}
		push_delegations(tuf, file, path, hash);
		if (next_role(tuf, &left, &file, err) < 0)
			return -1;
	}
	return not_found(path, err);
}

int oak_tuf_each_below(struct oak_tuf *tuf, const char *prefix, int (*each)(void *arg, const struct oak_tuf_target *target), void *arg,
		       struct oak_error *err)
{
	size_t left = OAK_TUF_ROLES;
	OAK_VEC(struct oak_tuf_file *) files = {0};
	struct oak_tuf_file *file = begin(tuf, err);
	if (!file)
		return -1;
	while (file) {
		*oak_push(tuf->arena, &files) = file;
		push_delegations(tuf, file, prefix, NULL);
		if (next_role(tuf, &left, &file, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < files.n; i++) {
		for (size_t k = 0; k < files.v[i]->target_count; k++) {
			const struct oak_tuf_target *target = &files.v[i]->targets[k], *found;
			struct oak_error ignored = {0};
			if (!oak_starts_with(target->path, prefix))
				continue;
			/* only what a search would give: not what a role lists beyond its delegation */
			if (i && (oak_tuf_find(tuf, target->path, &found, &ignored) < 0 || found != target))
				continue;
			if (each(arg, target) < 0)
				return -1;
		}
	}
	return 0;
}

int oak_tuf_each(struct oak_tuf *tuf, int (*each)(void *arg, const struct oak_tuf_target *target), void *arg,
		 struct oak_error *err)
{
	return oak_tuf_each_below(tuf, "", each, arg, err);
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
