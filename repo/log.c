/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the roots, then the snapshots from the oldest that is left, and looks at each role version once, under the keys of its time. */
#include "repo/log.h"

#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/proposal.h"
#include "repo/tuf_model.h"

enum { ROOTS_MAX = 10000 };

struct walk {
	struct oak_repo *repo;
	struct oak_arena *arena;
	OAK_VEC(struct oak_tuf_file *) roots;  /* in order */
	OAK_VEC(struct oak_tuf_file *) parsed; /* for freeing their keys */
	struct oak_map files;		       /* "5.targets" -> struct oak_tuf_file */
	struct oak_map newest;		       /* role -> version that was looked at last */
	OAK_VEC(struct oak_log_entry) entries;
	struct oak_error *err;
};

static struct oak_tuf_file *load(struct walk *w, const char *role, int64_t version, enum oak_tuf_type type)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	struct oak_error ignored = {0};
	struct oak_tuf_file *file = NULL;
	const char *key = oak_arena_printf(w->arena, "%lld.%s", (long long)version, role);
	const char *path = oak_repo_metadata_path(w->repo, role, version);
	oak_buf_init(&bytes, OAK_TUF_SIGNED_MAX);
	if ((file = oak_map_find(&w->files, key)))
		return file;
	if (!oak_fs_exists(path) || oak_fs_read(path, &bytes, &ignored) < 0 ||
	    oak_tuf_parse(w->arena, oak_buf_text(&bytes), bytes.n, type, role, false, &file, &ignored) < 0)
		return NULL; /* collected, or damaged: 'repo verify' says so */
	*oak_push(w->arena, &w->parsed) = file;
	oak_map_put(&w->files, key, file);
	return file;
}

static void note(struct oak_log_entry *e, const struct oak_value *part)
{
	const struct oak_value *ours = oak_value_get(part, "x-oakum");
	const char *at = oak_value_string(oak_value_get(ours, "createdAt"));
	e->at = OAK_TIME_NONE;
	e->reason = oak_value_string(oak_value_get(ours, "reason"));
	if (at && !oak_time_parse(at, &e->at))
		e->at = OAK_TIME_NONE;
}

static void set_signers(struct walk *w, struct oak_log_entry *e, const struct oak_tuf_file *file, const struct oak_tuf_file *delegator,
			const struct oak_tuf_role *rule)
{
	e->threshold = rule->threshold;
	e->signer_count = oak_good_signers(w->arena, file, delegator, rule, &e->signers);
	e->proven = (int64_t)e->signer_count >= rule->threshold;
}

static void set_changes(struct walk *w, struct oak_log_entry *e, const struct oak_value *old, const struct oak_value *new, bool root)
{
	struct oak_words words = {.arena = w->arena};
	if (root)
		oak_describe_root(&words, old, new);
	else
		oak_describe_role(&words, w->repo->dir, old, new);
	e->changes = words.lines.v;
	e->change_count = words.lines.n;
}

/* Each root must be signed by its own keys and by those of the one before. */
static void walk_roots(struct walk *w)
{
	struct oak_tuf_file *old = NULL, *root;
	for (int64_t v = 1; v < ROOTS_MAX && (root = load(w, "root", v, OAK_TUF_ROOT)); v++) {
		struct oak_log_entry e = {.role = "root", .version = v};
		const char *const *ignored;
		note(&e, root->signed_part);
		set_signers(w, &e, root, root, &root->roles[OAK_TUF_ROOT]);
		if (old)
			e.proven &= (int64_t)oak_good_signers(w->arena, root, old, &old->roles[OAK_TUF_ROOT], &ignored) >=
				    old->roles[OAK_TUF_ROOT].threshold;
		set_changes(w, &e, old ? old->signed_part : NULL, root->signed_part, true);
		*oak_push(w->arena, &w->entries) = e;
		*oak_push(w->arena, &w->roots) = root;
		old = root;
	}
}

/* Targets has no mark of the root of its time: the newest one whose keys fit is taken. */
static void prove_targets(struct walk *w, struct oak_log_entry *e, const struct oak_tuf_file *file)
{
	for (size_t i = w->roots.n; i-- > 0 && !e->proven;)
		set_signers(w, e, file, w->roots.v[i], &w->roots.v[i]->roles[OAK_TUF_TARGETS]);
}

static void look_at(struct walk *w, const char *role, int64_t version, const struct oak_tuf_file *targets, int64_t snapshot)
{
	int64_t before = (intptr_t)oak_map_find(&w->newest, role);
	struct oak_tuf_file *file, *old;
	if (version == before || !(file = load(w, role, version, OAK_TUF_TARGETS)))
		return;
	struct oak_log_entry e = {.role = role, .version = version, .snapshot = snapshot};
	const struct oak_tuf_role *rule = targets ? oak_role_of(targets, role) : NULL;
	note(&e, file->signed_part);
	if (oak_streq(role, "targets"))
		prove_targets(w, &e, file);
	else if (rule)
		set_signers(w, &e, file, targets, rule);
	old = before ? load(w, role, before, OAK_TUF_TARGETS) : NULL;
	set_changes(w, &e, old ? old->signed_part : NULL, file->signed_part, false);
	*oak_push(w->arena, &w->entries) = e;
	oak_map_put(&w->newest, role, (void *)(intptr_t)version);
}

static int64_t listed(const struct oak_value *meta, const char *file)
{
	const struct oak_value *v = oak_value_get(oak_value_get(meta, file), "version");
	return v && v->kind == OAK_VALUE_INT ? v->integer : 0;
}

static void walk_snapshot(struct walk *w, int64_t version)
{
	struct oak_tuf_file *snapshot = load(w, "snapshot", version, OAK_TUF_SNAPSHOT);
	const struct oak_value *meta = snapshot ? oak_value_get(snapshot->signed_part, "meta") : NULL;
	if (!meta || meta->kind != OAK_VALUE_OBJECT)
		return;
	look_at(w, "targets", listed(meta, "targets.json"), NULL, version);
	const struct oak_tuf_file *targets = load(w, "targets", listed(meta, "targets.json"), OAK_TUF_TARGETS);
	for (size_t i = 0; i < meta->object.n; i++) {
		const char *file = meta->object.v[i].key;
		if (!oak_ends_with(file, ".json") || oak_streq(file, "targets.json"))
			continue;
		const char *role = oak_arena_strndup(w->arena, file, strlen(file) - 5), *parent = oak_bin_parent(w->arena, role);
		int64_t of_parent = parent ? listed(meta, oak_arena_printf(w->arena, "%s.json", parent)) : 0;
		look_at(w, role, listed(meta, file), parent ? load(w, parent, of_parent, OAK_TUF_TARGETS) : targets, version);
	}
}

int oak_repo_log(struct oak_repo *repo, struct oak_log_entry **ret, size_t *ret_n, struct oak_error *err)
{
	struct walk w = {.repo = repo, .arena = repo->arena, .err = err};
	int64_t newest = oak_repo_version(repo->snapshot);
	oak_map_init(&w.files, w.arena, 256);
	oak_map_init(&w.newest, w.arena, 16);
	walk_roots(&w);
	if (!w.roots.n)
		return oak_fail(err, OAK_INVALID, "repo.damaged", 0, "'%s' has no root that can be read", repo->dir);
	for (int64_t v = 1; v <= newest; v++)
		walk_snapshot(&w, v);
	for (size_t i = 0; i < w.parsed.n; i++)
		oak_tuf_file_done(w.parsed.v[i]);
	*ret = w.entries.v;
	*ret_n = w.entries.n;
	return 0;
}
