/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an evaluation needs to remember about a node: first-seen times, vanished versions, pending reboots, outcomes. */
#include <stdio.h>
#include <unistd.h>

#include "baseline/evaluate.h"
#include "core/map.h"
#include "core/str.h"
#include "fleet/store/private.h"

struct recall {
	struct oak_store *store;
	struct oak_arena *arena;
	struct oak_inventory *inventory;
	struct oak_memory *memory;
	int64_t node; /* 0 = never stored */
	oak_time now;
	struct oak_map watched; /* repository -> oak_time *, of repositories known before this scan */
	struct oak_map seen;    /* repository, name, arch, evr -> struct oak_first_seen * */
	bool copied;            /* a copy had times that the database has not */
};

static const char *key_of(struct oak_arena *arena, const char *repository, const char *name, const char *arch,
			  const char *evr)
{
	return oak_arena_printf(arena, "%s\x1f%s\x1f%s\x1f%s", repository, name, arch, evr);
}

static void add_problem(struct recall *r, const char *kind, const char *subject, const char *detail, const char *remedy)
{
	struct oak_arena *arena = r->inventory->arena;
	*oak_push(arena, &r->inventory->problems) = (struct oak_problem){
		.kind = oak_arena_strdup(arena, kind),
		.subject = oak_arena_strdup(arena, subject),
		.detail = oak_arena_strdup(arena, detail),
		.remedy = oak_arena_strdup(arena, remedy),
	};
}

static void know_repository(struct recall *r, const char *name, oak_time since)
{
	oak_time **slot = (oak_time **)oak_map_slot(&r->watched, name);
	if (!*slot)
		*slot = oak_arena_alloc(r->arena, sizeof(oak_time));
	else if (**slot <= since)
		return;
	**slot = since;
}

/* The earliest of two records of one version counts: evidence never moves later. True if SEEN was news. */
static bool know_version(struct recall *r, const struct oak_first_seen *seen)
{
	struct oak_first_seen **slot = (struct oak_first_seen **)oak_map_slot(
		&r->seen, key_of(r->arena, seen->repository, seen->name, seen->arch, seen->evr));
	if (*slot && (*slot)->at <= seen->at)
		return false;
	if (!*slot)
		*slot = OAK_NEW(r->arena, struct oak_first_seen);
	**slot = *seen;
	return true;
}

static struct oak_first_seen seen_of_row(struct oak_arena *arena, struct oak_stmt *stmt)
{
	return (struct oak_first_seen){
		.repository = oak_arena_strdup(arena, oak_stmt_text(stmt, 0)),
		.name = oak_arena_strdup(arena, oak_stmt_text(stmt, 1)),
		.arch = oak_arena_strdup(arena, oak_stmt_text(stmt, 2)),
		.evr = oak_arena_strdup(arena, oak_stmt_text(stmt, 3)),
		.at = oak_stmt_int(stmt, 4),
		.watched = oak_stmt_int(stmt, 5) == 0,
		.release_date = oak_stmt_int(stmt, 5) == 1,
	};
}

#define SEEN_COLUMNS                                                                                         \
	"SELECT r.name, p.name, p.arch, e.text, f.at, f.basis FROM repository r JOIN first_seen f ON "       \
	"f.repository = r.id JOIN package p ON p.id = f.package JOIN evr e ON e.id = f.evr WHERE r.node = ? "

/* On Windows an update that was superseded still says when its lineage began, so the gone ones are wanted as well. */
static bool wants_gone(const struct recall *r)
{
	return oak_streq(r->inventory->node.platform.family, "windows");
}

static int load_seen(struct recall *r, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *repositories = NULL;
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *versions = NULL;
	int row;
	if (oak_db_query(r->store->db, &repositories, err, "SELECT name, watched_since FROM repository WHERE node = ?", "i",
			 r->node) < 0)
		return -1;
	while ((row = oak_stmt_step(repositories, err)) > 0)
		know_repository(r, oak_arena_strdup(r->arena, oak_stmt_text(repositories, 0)),
				oak_stmt_int(repositories, 1));
	if (row < 0 || oak_db_query(r->store->db, &versions, err, SEEN_COLUMNS "AND (f.gone_at IS NULL OR ? <> 0)", "ii", r->node,
				    (int64_t)wants_gone(r)) < 0)
		return -1;
	while ((row = oak_stmt_step(versions, err)) > 0) {
		struct oak_first_seen seen = seen_of_row(r->arena, versions);
		know_version(r, &seen);
	}
	return row;
}

/* Times from a readable copy: root's for an ordinary user, our own after the database was lost. */
static bool load_copy(struct recall *r, const char *dir)
{
	struct oak_seen_copy copy = {0};
	struct oak_error why = {0};
	bool found = false;
	if (oak_seen_copy_load(dir, r->inventory->node.id, r->arena, &copy, &found, &why) < 0) {
		add_problem(r, "first-seen-unreadable", dir, why.cause,
			    "release dates rest on other evidence until it can be read");
		return false;
	}
	for (size_t i = 0; i < copy.repositories.n; i++)
		know_repository(r, copy.repositories.v[i].repository, copy.repositories.v[i].at);
	for (size_t i = 0; i < copy.list.n; i++)
		r->copied |= know_version(r, &copy.list.v[i]);
	return found;
}

/* A database that replaces another one: say so as long as the old file lies there; on this node's first scan the times
 * come from their copy, or everything counts as seen now, which can only be later than what was lost. */
static int after_loss(struct recall *r, struct oak_error *err)
{
	const char *replaced, *kept;
	if (oak_store_meta(r->store, r->arena, "replacedAt", &replaced, err) < 0 ||
	    oak_store_meta(r->store, r->arena, "keptAs", &kept, err) < 0)
		return -1;
	if (!replaced)
		return 0;
	if (kept && *kept) {
		const char *path = oak_arena_printf(r->arena, "%s/%s", r->store->dir, kept);
		if (access(path, F_OK) == 0)
			add_problem(r, "state-replaced", path,
				    oak_arena_printf(r->arena, "the state database was damaged and is kept here; history begins at %s",
						     replaced),
				    "restore a backup, or remove the file when it is no longer needed");
	}
	if (r->node)
		return 0;
	r->memory->lost = !load_copy(r, r->store->dir);
	add_problem(r, "state-lost", r->store->path,
		    r->memory->lost ? "the state database was lost, first-seen times with it: every version counts as seen now"
				    : "the state database was lost; first-seen times were restored from their copy",
		    "restore a backup if there is one");
	return 0;
}

static int load_shared(struct recall *r, struct oak_error *err)
{
	(void)err;
	if (r->store->shared_dir && !load_copy(r, r->store->shared_dir) &&
	    access(r->store->shared_dir, F_OK) == 0 && !oak_seen_copy_exists(r->store->shared_dir, r->inventory->node.id))
		add_problem(r, "first-seen-unshared", r->store->shared_dir,
			    "the host's own first-seen times cannot be seen from here, dates rest on this user's scans",
			    "run 'oakum scan' as root once");
	return 0;
}

/* Was NAME.ARCH among this node's packages at an earlier scan? Otherwise its versions may be older than our first sight. */
static int package_known(struct recall *r, const char *name, bool *ret, struct oak_error *err)
{
	int64_t found;
	*ret = r->node && wants_gone(r); /* a Windows update belongs to the system, which was always there */
	if (!r->node || *ret)
		return 0;
	if (oak_db_query_int(r->store->db, &found, err,
			     "SELECT 1 FROM package p JOIN span s ON s.package = p.id JOIN series t ON t.id = s.series "
			     "WHERE p.name = ? AND t.node = ? LIMIT 1",
			     "ti", name, r->node) < 0)
		return -1;
	*ret = found != 0;
	return 0;
}

static const struct oak_repository *find_repository(const struct oak_inventory *inventory, const char *id)
{
	for (size_t i = 0; i < inventory->repositories.n; i++)
		if (oak_streq(inventory->repositories.v[i].id, id))
			return &inventory->repositories.v[i];
	return NULL;
}

/* Evidence for a version that nobody recorded yet. */
static int first_sight(struct recall *r, const struct oak_first_seen *wanted, struct oak_first_seen *ret,
		       struct oak_error *err)
{
	const oak_time *since = oak_map_find(&r->watched, wanted->repository);
	const struct oak_repository *repository = find_repository(r->inventory, wanted->repository);
	bool known = false;
	if (since && *since < r->now && package_known(r, wanted->name, &known, err) < 0)
		return -1;
	*ret = *wanted;
	ret->at = r->now;
	ret->watched = known || r->memory->lost;
	if (!ret->watched && repository && repository->release_date != OAK_TIME_NONE && repository->release_date < r->now) {
		ret->at = repository->release_date;
		ret->release_date = true;
	}
	return 0;
}

/* A version that was offered before, went away and came back has its old time. */
static int find_gone(struct recall *r, const struct oak_first_seen *wanted, struct oak_first_seen *ret, bool *ret_found,
		     struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	*ret_found = false;
	if (!r->node)
		return 0;
	if (oak_db_query(r->store->db, &stmt, err,
			 SEEN_COLUMNS "AND r.name = ? AND p.name = ? AND p.arch = ? AND p.kb = '' AND e.text = ?", "itttt",
			 r->node, wanted->repository, wanted->name, wanted->arch, wanted->evr) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	*ret_found = row > 0;
	if (row > 0)
		*ret = seen_of_row(r->arena, stmt);
	return row < 0 ? -1 : 0;
}

static int recall_origin(struct recall *r, struct oak_update *u, const char *origin, struct oak_error *err)
{
	struct oak_first_seen wanted = {.repository = origin,
					.name = u->update_id ? u->update_id : u->name,
					.arch = u->arch ? u->arch : "",
					.evr = u->evr ? u->evr : ""};
	const struct oak_first_seen *known =
		oak_map_find(&r->seen, key_of(r->arena, origin, wanted.name, wanted.arch, wanted.evr));
	if (known) {
		wanted = *known;
	} else {
		bool found;
		if (find_gone(r, &wanted, &wanted, &found, err) < 0 ||
		    (!found && first_sight(r, &wanted, &wanted, err) < 0))
			return -1;
	}
	if (u->first_seen == OAK_TIME_NONE || wanted.at < u->first_seen)
		u->first_seen = wanted.at;
	*oak_push(r->arena, &r->memory->first_seen) = wanted;
	return 0;
}

static int recall_versions(struct recall *r, struct oak_error *err)
{
	struct oak_inventory *inventory = r->inventory;
	for (size_t i = 0; i < inventory->updates.n; i++) {
		struct oak_update *u = &inventory->updates.v[i];
		u->first_seen = OAK_TIME_NONE;
		for (size_t k = 0; k < u->origins.n; k++)
			if (u->name && recall_origin(r, u, u->origins.v[k], err) < 0)
				return -1;
	}
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		const oak_time *since = oak_map_find(&r->watched, inventory->repositories.v[i].id);
		inventory->repositories.v[i].watched_since = since ? *since : r->now;
	}
	return 0;
}

/* What is offered no more but still counts: after the ones that are, marked. */
static void recall_gone(struct recall *r)
{
	struct oak_map offered;
	if (!wants_gone(r))
		return;
	oak_map_init(&offered, r->arena, r->memory->first_seen.n);
	for (size_t i = 0; i < r->memory->first_seen.n; i++) {
		const struct oak_first_seen *s = &r->memory->first_seen.v[i];
		oak_map_put(&offered, key_of(r->arena, s->repository, s->name, s->arch, s->evr), r);
	}
	for (size_t i = 0; i < r->seen.cap; i++) {
		if (!r->seen.slots[i].key || oak_map_has(&offered, r->seen.slots[i].key))
			continue;
		struct oak_first_seen *seen = oak_push(r->arena, &r->memory->first_seen);
		*seen = *(const struct oak_first_seen *)r->seen.slots[i].value;
		seen->gone = true;
	}
}

static const char *installed_evr(const struct oak_inventory *inventory, const char *name, const char *arch)
{
	const char *found = NULL, *other = NULL;
	size_t others = 0;
	oak_evr_compare compare = oak_evr_for_family(inventory->node.platform.family);
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];
		if (!oak_streq(p->name, name))
			continue;
		if (oak_streq(p->arch, arch) && (!found || compare(p->evr, found) > 0))
			found = p->evr;
		other = p->evr;
		others++;
	}
	return found ? found : others == 1 ? other : NULL; /* one that changed its arch, to "all" for example */
}

static bool is_offered(const struct recall *r, const char *name, const char *arch, const char *evr)
{
	for (size_t i = 0; i < r->inventory->updates.n; i++) {
		const struct oak_update *u = &r->inventory->updates.v[i];
		if (oak_streq(u->name, name) && oak_streq(u->evr, evr) && oak_streq(u->arch, arch))
			return true;
	}
	return false;
}

/* The version from which a missing one inherited its approval: it stays the reason while the heir is not installed. */
static const char *inherited_from(const struct oak_patch *patch)
{
	static const char words[] = "inherited from ";
	return patch->rule && oak_starts_with(patch->rule, words) ? patch->rule + sizeof(words) - 1 : NULL;
}

/* A repository that was taken away, or cannot be read now, did not drop the version. */
static bool can_tell(const struct oak_repository *repository)
{
	return repository && !repository->error && repository->fetched_at != OAK_TIME_NONE;
}

static int add_vanished(struct recall *r, struct oak_stmt *stmt, struct oak_error *err)
{
	const char *name = oak_stmt_text(stmt, 0), *arch = oak_stmt_text(stmt, 1), *evr = oak_stmt_text(stmt, 2);
	struct oak_patch patch = {0};
	if (oak_detail_parse(r->arena, oak_arena_strdup(r->arena, oak_stmt_text(stmt, 4)), &patch, err) < 0)
		return -1;
	const char *ancestor = inherited_from(&patch);
	if (ancestor)
		evr = ancestor;
	else if (is_offered(r, name, arch, evr))
		return 0;
	const char *installed = installed_evr(r->inventory, name, arch);
	if (!installed || oak_evr_for_family(r->inventory->node.platform.family)(installed, evr) >= 0)
		return 0;
	for (size_t i = 0; i < r->memory->vanished.n; i++) {
		const struct oak_vanished *v = &r->memory->vanished.v[i];
		if (oak_streq(v->name, name) && oak_streq(v->arch, arch) && oak_streq(v->evr, evr))
			return 0;
	}
	if (patch.repository && !can_tell(find_repository(r->inventory, patch.repository)))
		return 0;
	int64_t level = oak_stmt_int(stmt, 3);
	*oak_push(r->arena, &r->memory->vanished) = (struct oak_vanished){
		.repository = patch.repository,
		.name = oak_arena_strdup(r->arena, name),
		.arch = oak_arena_strdup(r->arena, arch),
		.evr = oak_arena_strdup(r->arena, evr),
		.approved_at = patch.approved_at,
		.level = level >= 0 && level < OAK_LEVEL_COUNT ? oak_level_to_string((enum oak_level)level) : NULL,
	};
	return 0;
}

/* Approved and missing at the last scan, offered by nobody now, and still not installed. No list of its own is kept:
 * the interval stays open for as long as the verdict says MISSING. */
static int recall_vanished(struct recall *r, const char *baseline, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	if (!baseline || !r->node)
		return 0;
	if (oak_db_query(r->store->db, &stmt, err,
			 "SELECT p.name, p.arch, e.text, s.level, d.doc FROM series t JOIN span s ON s.series = t.id JOIN "
			 "package p ON p.id = s.package JOIN evr e ON e.id = s.available JOIN detail d ON d.id = s.detail "
			 "WHERE t.node = ? AND t.baseline = ? AND s.until IS NULL AND s.state IN (?, ?)",
			 "itii", r->node, baseline, (int64_t)OAK_STATE_MISSING, (int64_t)OAK_STATE_FAILED) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0)
		if (add_vanished(r, stmt, err) < 0)
			return -1;
	return row;
}

static int recall_runs(struct recall *r, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *pending = NULL;
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *outcomes = NULL;
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *node = NULL;
	struct oak_memory *m = r->memory;
	int row;
	if (oak_db_query(r->store->db, &node, err, "SELECT last_no_reboot FROM node WHERE id = ?", "i", r->node) < 0 ||
	    (row = oak_stmt_step(node, err)) < 0)
		return -1;
	m->last_no_reboot_install = row > 0 ? oak_stmt_time(node, 0) : OAK_TIME_NONE;
	if (oak_db_query(r->store->db, &pending, err,
			 "SELECT name, arch, evr, installed_at FROM pending_reboot WHERE node = ?", "i", r->node) < 0)
		return -1;
	while ((row = oak_stmt_step(pending, err)) > 0)
		*oak_push(r->arena, &m->pending) = (struct oak_pending_reboot){
			.name = oak_arena_strdup(r->arena, oak_stmt_text(pending, 0)),
			.arch = oak_arena_strdup(r->arena, oak_stmt_text(pending, 1)),
			.evr = oak_arena_strdup(r->arena, oak_stmt_text(pending, 2)),
			.installed_at = oak_stmt_time(pending, 3),
		};
	if (row < 0 || oak_db_query(r->store->db, &outcomes, err,
				    "SELECT name, arch, evr, status, error FROM outcome WHERE node = ?", "i", r->node) < 0)
		return -1;
	while ((row = oak_stmt_step(outcomes, err)) > 0)
		*oak_push(r->arena, &m->outcomes) = (struct oak_last_outcome){
			.name = oak_arena_strdup(r->arena, oak_stmt_text(outcomes, 0)),
			.arch = oak_arena_strdup(r->arena, oak_stmt_text(outcomes, 1)),
			.evr = oak_arena_strdup(r->arena, oak_stmt_text(outcomes, 2)),
			.status = oak_arena_strdup(r->arena, oak_stmt_text(outcomes, 3)),
			.error = oak_arena_strdup(r->arena, oak_stmt_text(outcomes, 4)),
		};
	return row;
}

static int recall_all(struct recall *r, const char *baseline, struct oak_error *err)
{
	if (oak_store_node(r->store, r->inventory->node.id, &r->node, err) < 0 || after_loss(r, err) < 0 ||
	    load_seen(r, err) < 0 || load_shared(r, err) < 0 || recall_versions(r, err) < 0 ||
	    recall_vanished(r, baseline, err) < 0 || recall_runs(r, err) < 0)
		return -1;
	recall_gone(r);
	return 0;
}

int oak_store_recall(struct oak_store *store, struct oak_inventory *inventory, const char *baseline_id, oak_time now,
		     struct oak_arena *arena, struct oak_memory **ret, struct oak_error *err)
{
	struct recall r = {.store = store, .arena = arena, .inventory = inventory, .now = now};
	r.memory = OAK_NEW(arena, struct oak_memory);
	r.memory->last_no_reboot_install = OAK_TIME_NONE;
	oak_map_init(&r.watched, arena, inventory->repositories.n);
	oak_map_init(&r.seen, arena, inventory->updates.n * 2);
	/* One read transaction: one state of the database, and one lock instead of one per query. */
	if (oak_db_begin(store->db, false, err) < 0)
		return oak_store_settle(store, -1, err);
	int rc = recall_all(&r, baseline_id, err);
	oak_db_rollback(store->db);
	if (rc == 0)
		*ret = r.memory;
	return oak_store_settle(store, rc, err);
}
