/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading assignments, and the node that they are asked about. */
#include "cli/assignments.h"

#include "cli/node.h"
#include "cli/repos.h"
#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "scanners/host.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* "web" of "…/web.yaml". */
static const char *assignment_name(struct oak_context *ctx, const char *path)
{
	const char *base = base_name(path), *dot = strrchr(base, '.');
	return oak_arena_strndup(ctx->arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

static int load_file(struct oak_context *ctx, const char *file, const char *name, struct oak_assignment **ret)
{
	const struct oak_value *doc;
	const struct oak_value_limits limits = {OAK_ASSIGNMENT_MAX, 0};
	bool input = oak_opt_text(ctx, "assignments") != NULL; /* named on the command line: absent is bad input */
	if ((input ? oak_input_load(ctx, file, OAK_ASSIGNMENT_MAX, &doc)
		   : oak_value_load(ctx->arena, file, &limits, &doc, &ctx->err)) < 0 ||
	    oak_assignment_parse(ctx->arena, doc, name, ret, &ctx->err) < 0)
		return -1;
	return 0;
}

/* --- a file or folder -------------------------------------------------------------------------------------------------- */

static int load_folder(struct oak_context *ctx, const char *dir, struct oak_assignments *ret)
{
	const char *const *names;
	size_t n;
	if (oak_fs_list(ctx->arena, dir, "", &names, &n, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct oak_assignment *a;
		if (!oak_ends_with(names[i], ".yaml") && !oak_ends_with(names[i], ".yml") && !oak_ends_with(names[i], ".json"))
			continue;
		if (load_file(ctx, oak_arena_printf(ctx->arena, "%s/%s", dir, names[i]), assignment_name(ctx, names[i]), &a) < 0)
			return -1;
		*oak_push(ctx->arena, &ret->list) = a;
	}
	return 0;
}

/* --- a trusted repository ------------------------------------------------------------------------------------------------ */

struct found {
	struct oak_context *ctx;
	OAK_VEC(const char *) paths;
};

static int keep_path(void *arg, const struct oak_tuf_target *target)
{
	struct found *f = arg;
	if (f->paths.n == OAK_ASSIGNMENTS_MAX)
		return oak_fail(&f->ctx->err, OAK_INVALID, "assignment.too-many", 0, "a repository holds more than %d assignments", OAK_ASSIGNMENTS_MAX);
	*oak_push(f->ctx->arena, &f->paths) = oak_arena_strdup(f->ctx->arena, target->path);
	return 0;
}

/* A name stays, "policy/x" is of the same repository, and a file of this host is not the repository's to choose. */
static int adopt(struct oak_context *ctx, const struct oak_assignment *a, const char **reference)
{
	if (oak_starts_with(*reference, "policy/"))
		*reference = oak_arena_printf(ctx->arena, "repo:%s/%s", a->repository, *reference);
	else if (oak_is_file_name(*reference))
		return oak_fail(&ctx->err, OAK_INVALID, "assignment.invalid", 0,
				"'%s' names a file of this host, '%s' (a repository may name 'policy/FILE' of its own, or a name)", a->name, *reference);
	return 0;
}

static int adopt_all(struct oak_context *ctx, struct oak_assignment *a)
{
	if (a->baseline && adopt(ctx, a, &a->baseline) < 0)
		return -1;
	for (size_t i = 0; i < a->windows.n; i++)
		if (adopt(ctx, a, &a->windows.v[i]) < 0)
			return -1;
	for (size_t i = 0; i < a->calendars.n; i++)
		if (adopt(ctx, a, &a->calendars.v[i]) < 0)
			return -1;
	return 0;
}

static int load_repository(struct oak_context *ctx, const char *name, struct oak_assignments *ret)
{
	struct found found = {.ctx = ctx};
	OAK_AUTO(oak_repo_client_free_p) struct oak_repo_client *client = oak_repo_client_open(ctx, name);
	if (!client || oak_tuf_each_below(oak_repo_client_tuf(client), OAK_ASSIGNMENTS_PATH, keep_path, &found, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < found.paths.n; i++) {
		struct oak_assignment *a;
		const char *file;
		if (oak_repo_client_file(client, found.paths.v[i], &file) < 0 ||
		    load_file(ctx, file, oak_arena_printf(ctx->arena, "%s/%s", name, assignment_name(ctx, found.paths.v[i])), &a) < 0)
			return -1;
		a->repository = name;
		if (adopt_all(ctx, a) < 0)
			return -1;
		*oak_push(ctx->arena, &ret->list) = a;
	}
	return 0;
}

int oak_assignments_load(struct oak_context *ctx, struct oak_assignments *ret)
{
	const char *path = oak_opt_text(ctx, "assignments");
	const char *const *names;
	size_t n = oak_opt_list(ctx, "repo", &names);
	*ret = (struct oak_assignments){0};
	if (path && oak_fs_is_dir(path))
		return load_folder(ctx, path, ret);
	if (path) {
		struct oak_assignment *a;
		if (load_file(ctx, path, assignment_name(ctx, path), &a) < 0)
			return -1;
		*oak_push(ctx->arena, &ret->list) = a;
		return 0;
	}
	if (!n && oak_repos_names(ctx, &names, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (load_repository(ctx, names[i], ret) < 0)
			return -1;
	return 0;
}

/* --- the node -------------------------------------------------------------------------------------------------------------- */

int oak_tags_next(struct oak_context *ctx, const char *whole, struct oak_str *rest, struct oak_tag *ret)
{
	struct oak_str part, key;
	if (!oak_str_next(rest, ',', &part))
		return 0;
	const char *equals = memchr(part.p, '=', part.n);
	if (!equals || equals == part.p)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.tags", 0, "'--tags %s' must be KEY=VALUE, several with commas between them", whole);
	oak_str_next(&part, '=', &key);
	key = oak_str_trim(key);
	*ret = (struct oak_tag){oak_arena_strndup(ctx->arena, key.p, key.n), oak_arena_strndup(ctx->arena, part.p, part.n)};
	return 1;
}

static int tags(struct oak_context *ctx, struct oak_node *node)
{
	const char *const *lists;
	size_t n = oak_opt_list(ctx, "tags", &lists);
	if (n)
		node->tags.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct oak_str rest = oak_str_of(lists[i]);
		struct oak_tag tag;
		int more;
		while ((more = oak_tags_next(ctx, lists[i], &rest, &tag)) > 0)
			*oak_push(ctx->arena, &node->tags) = tag;
		if (more < 0)
			return -1;
	}
	return 0;
}

int oak_assignments_node(struct oak_context *ctx, struct oak_node *ret)
{
	const char *file = oak_opt_text(ctx, "inventory");
	struct oak_inventory *inventory;
	if (file) {
		const struct oak_value *doc;
		if (oak_input_load(ctx, file, OAK_INVENTORY_MAX, &doc) < 0 ||
		    oak_inventory_parse(ctx->arena, doc, file, &inventory, &ctx->err) < 0)
			return -1;
	} else {
		inventory = oak_inventory_new(ctx->arena);
		oak_host_facts(ctx->root, oak_ctx_now(ctx), inventory);
		inventory->node.platform.arch = oak_host_arch(ctx->arena);
		if (oak_node_id(ctx, &inventory->node.id) < 0 || oak_node_configure(ctx, ctx->arena, &inventory->node) < 0)
			return -1;
	}
	*ret = inventory->node;
	return tags(ctx, ret);
}

/* --- a publication ----------------------------------------------------------------------------------------------------------- */

/* Target paths and their hashes as they will be: the policy role's, overlaid by what is staged. */
static void targets_of(struct oak_context *ctx, const struct oak_repo *repo, struct oak_map *ret)
{
	const struct oak_value *targets = oak_value_get(oak_map_find(&repo->roles, "policy"), "targets");
	oak_map_init(ret, ctx->arena, 64);
	for (size_t i = 0; targets && targets->kind == OAK_VALUE_OBJECT && i < targets->object.n; i++) {
		const struct oak_member *m = &targets->object.v[i];
		const char *hash = oak_value_string(oak_value_get(oak_value_get(&m->value, "hashes"), "sha256"));
		if (hash)
			oak_map_put(ret, m->key, (void *)hash);
	}
	for (size_t i = 0; i < repo->staged.n; i++)
		oak_map_put(ret, repo->staged.v[i].path, (void *)repo->staged.v[i].sha256);
}

int oak_assignments_check_repo(struct oak_context *ctx, const struct oak_repo *repo)
{
	struct oak_map targets;
	struct oak_assignments list = {0};
	struct oak_assignment_conflicts conflicts = {0};
	targets_of(ctx, repo, &targets);
	for (size_t i = 0; i < targets.cap; i++) {
		const char *path = targets.slots[i].key;
		struct oak_assignment *a;
		if (!path || !oak_starts_with(path, OAK_ASSIGNMENTS_PATH))
			continue;
		if (load_file(ctx, oak_repo_target_path(repo, path, targets.slots[i].value), assignment_name(ctx, path), &a) < 0)
			return -1;
		*oak_push(ctx->arena, &list.list) = a;
	}
	oak_assignments_check(ctx->arena, &list, &conflicts);
	for (size_t i = 1; i < conflicts.list.n; i++)
		oak_note(&ctx->out, "'%s' and '%s' set the %s differently too ('%s', '%s')", conflicts.list.v[i].a->name,
			 conflicts.list.v[i].b->name, conflicts.list.v[i].what, conflicts.list.v[i].says_a, conflicts.list.v[i].says_b);
	return oak_assignments_refuse(&conflicts, &ctx->err);
}

int oak_assignments_policy_path(struct oak_context *ctx, const char *file, const char **ret)
{
	const struct oak_value *doc;
	struct oak_assignment *a;
	struct oak_error ignored = {0};
	*ret = oak_arena_printf(ctx->arena, "policy/%s", base_name(file));
	if (oak_ends_with(file, ".ics") || oak_value_load(ctx->arena, file, &(struct oak_value_limits){OAK_ASSIGNMENT_MAX, 0}, &doc, &ignored) < 0)
		return 0; /* a calendar, or a document of another kind */
	if (!oak_streq(oak_value_string(oak_value_get(doc, "schema")), "oakum.assignment/1"))
		return 0;
	*ret = oak_arena_printf(ctx->arena, OAK_ASSIGNMENTS_PATH "%s", base_name(file));
	return oak_assignment_parse(ctx->arena, doc, file, &a, &ctx->err);
}
