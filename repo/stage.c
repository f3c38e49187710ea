/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Staging: files are copied to where they will be served from, and wait there for a publication. */
#include "repo/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/proposal.h"

/* Every path and its hash: a repository has a hundred thousand of them. What is staged goes before what is published. */
static void index_known(struct oak_repo *repo)
{
	oak_map_init(&repo->known, repo->arena, 1024);
	for (size_t i = 0; i < repo->roles.cap; i++) {
		const struct oak_value *part = repo->roles.slots[i].key ? repo->roles.slots[i].value : NULL;
		const struct oak_value *list = oak_value_get(part, "targets");
		for (size_t k = 0; list && list->kind == OAK_VALUE_OBJECT && k < list->object.n; k++)
			oak_map_put(&repo->known, list->object.v[k].key, (void *)(uintptr_t)oak_repo_hash_of(&list->object.v[k].value));
	}
	for (size_t i = 0; i < repo->staged.n; i++)
		oak_map_put(&repo->known, repo->staged.v[i].path, (void *)(uintptr_t)repo->staged.v[i].sha256);
}

/* Hash that PATH has in the bins of any role; NULL = in none. Only the bin that can have it is read. */
static int hash_in_bins(struct oak_repo *repo, const char *path, const char **ret, struct oak_error *err)
{
	OAK_VEC(const char *) parents = {0};
	for (size_t i = 0; i < repo->roles.cap; i++) /* reading a bin adds to the roles */
		if (repo->roles.slots[i].key && oak_bin_digits(repo->roles.slots[i].value))
			*oak_push(repo->arena, &parents) = repo->roles.slots[i].key;
	for (size_t i = 0; i < parents.n && !*ret; i++) {
		const struct oak_value *bin;
		int digits = oak_bin_digits(oak_map_find(&repo->roles, parents.v[i]));
		if (oak_repo_part(repo, oak_bin_name(repo->arena, parents.v[i], path, digits), &bin, err) < 0)
			return -1;
		*ret = oak_repo_hash_of(oak_value_get(oak_value_get(bin, "targets"), path));
	}
	return 0;
}

/* Hash that PATH has already, published in any role or staged; NULL = it is new. */
static int known_hash(struct oak_repo *repo, const char *path, const char **ret, struct oak_error *err)
{
	if (!repo->known.arena)
		index_known(repo);
	*ret = oak_map_find(&repo->known, path);
	return *ret ? 0 : hash_in_bins(repo, path, ret, err);
}

/* Components of letters, digits and ". _ - + ~ @" that are no "." or "..". */
static bool path_ok(const char *path)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+~@ ";
	struct oak_str rest = oak_str_of(path), part;
	if (strlen(path) > 1000)
		return false;
	while (oak_str_next(&rest, '/', &part)) {
		if (!part.n || part.n > 200 || oak_str_eq(part, OAK_STR(".")) || oak_str_eq(part, OAK_STR("..")))
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!strchr(fine, part.p[i]))
				return false;
	}
	return true;
}

int oak_repo_stage(struct oak_repo *repo, const char *file, const char *path, const char *role, const struct oak_value *custom,
		   bool *ret_new, struct oak_error *err)
{
	char hash[OAK_SHA256_TEXT];
	struct stat st;
	if (!path_ok(path) || oak_is_name_index(path))
		return oak_fail(err, OAK_INVALID, "repo.path", 0,
				"'%s' cannot be a target's path (letters, digits, blanks and ._-+~@ between single slashes)", path);
	if (oak_sha256_file(file, hash, err) < 0)
		return -1;
	if (oak_proposal_exists(repo))
		return oak_fail(err, OAK_CONFLICT, "repo.proposed", 0,
				"a proposal waits: publish it first, or withdraw it with 'oakum repo propose --withdraw'");
	const char *known;
	if (known_hash(repo, path, &known, err) < 0)
		return -1;
	bool replaces = oak_streq(role, "policy"); /* policies have no versions in their paths */
	if (known && !oak_streq(known, hash) && !replaces)
		return oak_fail(err, OAK_CONFLICT, "repo.immutable", 0,
				"'%s' was published before with other bytes (a version never changes: give this one a new version)", path);
	*ret_new = !known || !oak_streq(known, hash);
	if (!*ret_new)
		return 0;
	const char *to = oak_repo_target_path(repo, path, hash);
	repo->batch.arena = repo->arena;
	oak_fault_point("repo.target");
	/* named by its hash: what is there is the same */
	if (!oak_fs_exists(to) && !oak_batch_has(&repo->batch, to) && oak_batch_copy(&repo->batch, file, to, hash, err) < 0)
		return -1;
	if (stat(oak_fs_exists(to) ? to : oak_arena_printf(repo->arena, "%s.part", to), &st) != 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", to);
	for (size_t i = 0; replaces && i < repo->staged.n; i++) /* a policy that was staged before */
		if (oak_streq(repo->staged.v[i].path, path))
			repo->staged.v[i--] = repo->staged.v[--repo->staged.n];
	*oak_push(repo->arena, &repo->staged) =
		(struct oak_repo_target){oak_arena_strdup(repo->arena, path), oak_arena_strdup(repo->arena, role), st.st_size,
					 oak_arena_strdup(repo->arena, hash), oak_value_copy(repo->arena, custom)};
	const struct oak_repo_target *t = &repo->staged.v[repo->staged.n - 1];
	oak_map_put(&repo->known, t->path, (void *)(uintptr_t)t->sha256);
	return 0;
}
