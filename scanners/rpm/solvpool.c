/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling the pool that a transaction is solved in. */
#include "scanners/rpm/solvpool.h"

#include <solv/bitmap.h>
#include <solv/poolarch.h>
#include <solv/repo_rpmdb.h>
#include <solv/repo_rpmmd.h>
#include <stdlib.h>

#include "core/hash.h"
#include "core/str.h"
#include "scanners/rpm/available.h"
#include "scanners/rpm/locks.h"
#include "scanners/rpm/solvfile.h"

/* full-<name>-<key>.solv: everything of one repository or of the database. */
struct cached {
	const char *family, *name, *path;
};

static struct cached cached_names(struct oak_arena *arena, const char *dir, const char *what, const char *key)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[65];
	oak_sha256(what, strlen(what), digest);
	oak_hex(digest, sizeof(digest), hex);
	struct cached c = {.family = oak_arena_printf(arena, "full-%.16s-", hex), .name = oak_arena_printf(arena, "full-%.16s-%.32s.solv", hex, key)};
	c.path = oak_arena_printf(arena, "%s/%s", dir, c.name);
	return c;
}

static int add_installed(struct oak_arena *arena, const struct oak_rpm_world *w, Repo *repo, struct oak_error *err)
{
	const char *cache_dir = w->metadata.cache_dir, *dir;
	struct cached c = cached_names(arena, cache_dir, "@System", w->db.identity);
	if (oak_solv_load(c.path, repo))
		return 0;
	if (oak_rpmdb_copy(arena, &w->db, cache_dir, &dir, err) < 0)
		return -1;
	int result = oak_rpmdb_add_to_repo(dir, &w->db, repo, err);
	oak_rpmdb_drop(dir);
	if (result == 0)
		oak_solv_save(cache_dir, c.family, c.name, repo, NULL);
	return result;
}

static int add_repository(struct oak_arena *arena, const struct oak_rpm_world *w, const struct oak_rpm_repo *conf, Repo *repo,
			  struct oak_modules *modules, struct oak_error *err)
{
	struct oak_metadata metadata;
	FILE *in;
	if (oak_metadata_find(arena, &w->metadata, conf, &metadata, err) < 0)
		return -1;
	struct cached c = cached_names(arena, w->metadata.cache_dir, conf->id, metadata.key);
	if (!oak_solv_load(c.path, repo)) {
		struct oak_xmlfilter filter;
		if (oak_available_open_all(arena, &metadata, "primary", &filter, &in, err) < 0 || !in)
			return -1;
		int bad = repo_add_rpmmd(repo, in, NULL, 0);
		fclose(in);
		if (filter.refused)
			return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0, "cannot read the primary metadata of '%s': %s", metadata.dir, filter.why);
		if (bad)
			return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0, "cannot read the primary metadata of '%s': %s",
					metadata.dir, pool_errstr(repo->pool));
		oak_solv_save(w->metadata.cache_dir, c.family, c.name, repo, NULL);
	}
	return w->conf.suse ? 0
			    : oak_available_modules(&metadata, w->metadata.cache_dir, oak_arena_printf(arena, "%s.mod", c.name), NULL, modules, err);
}

/* Excludes, versionlocks, zypp locks and inactive module streams: not to be considered at all. */
static bool is_excluded(const struct oak_rpm_world *w, const struct oak_rpm_repo *repo, const struct oak_modules *modules, Solvable *s)
{
	Pool *pool = s->repo->pool;
	struct oak_nevra v = {pool_id2str(pool, s->name), pool_id2str(pool, s->evr), pool_id2str(pool, s->arch)};
	const char *label;
	if (oak_locks_not_included(&w->conf, repo, &v) || oak_locks_find(&w->conf, repo->id, &v, NULL))
		return true;
	enum oak_module_verdict m = repo->module_hotfixes ? OAK_MODULE_NONE : oak_modules_judge(modules, v.name, v.evr, v.arch, &label);
	return m == OAK_MODULE_INACTIVE || m == OAK_MODULE_SHADOWED;
}

static bool anything_excluded(const struct oak_rpm_world *w, const struct oak_modules *modules)
{
	bool any = w->conf.locks.n || w->conf.includes.list.n || modules->list.n;
	for (size_t i = 0; i < w->conf.repos.n; i++)
		any |= w->conf.repos.v[i].includes.list.n > 0;
	return any;
}

static void set_considered(const struct oak_rpm_world *w, const struct oak_solvpool *p, const struct oak_modules *modules)
{
	Map *considered = anything_excluded(w, modules) ? oak_alloc_zero(1, sizeof(*considered)) : NULL;
	if (!considered)
		return;
	map_init(considered, p->pool->nsolvables);
	map_setall(considered);
	for (Id id = 2; id < p->pool->nsolvables; id++) {
		Solvable *s = p->pool->solvables + id;
		if (s->repo && s->repo != p->installed && is_excluded(w, s->repo->appdata, modules, s))
			considered->map[id >> 3] = (unsigned char)(considered->map[id >> 3] & ~(1 << (id & 7)));
	}
	p->pool->considered = considered;
}

static void add_repositories(struct oak_arena *arena, const struct oak_rpm_world *w, struct oak_solvpool *p, struct oak_modules *modules,
			     struct oak_words *ret_left_out)
{
	for (size_t i = 0; i < w->conf.repos.n; i++) {
		const struct oak_rpm_repo *conf = &w->conf.repos.v[i];
		struct oak_error ignored = {0};
		if (!conf->enabled)
			continue;
		Repo *repo = repo_create(p->pool, conf->id);
		repo->priority = -conf->priority; /* libsolv: higher is better */
		repo->subpriority = -conf->cost;
		repo->appdata = (void *)(uintptr_t)conf;
		if (add_repository(arena, w, conf, repo, modules, &ignored) < 0) {
			repo_free(repo, 1);
			*oak_push(arena, &ret_left_out->list) = conf->id;
		}
	}
}

/* Package files that somebody kept: one more repository, with the excludes and locks of the host. */
static void add_archives(struct oak_arena *arena, const struct oak_rpm_world *w, struct oak_solvpool *p)
{
	if (!w->archive_count)
		return;
	struct oak_rpm_repo *conf = OAK_NEW(arena, struct oak_rpm_repo);
	conf->id = "kept";
	Repo *repo = repo_create(p->pool, conf->id);
	repo->appdata = conf;
	for (size_t i = 0; i < w->archive_count; i++)
		(void)repo_add_rpm(repo, w->archives[i], REPO_REUSE_REPODATA | REPO_NO_INTERNALIZE);
	repo_internalize(repo);
}

int oak_solvpool_load(struct oak_arena *arena, const struct oak_rpm_world *w, struct oak_solvpool *ret,
		      struct oak_words *ret_left_out, struct oak_error *err)
{
	struct oak_solvpool p = {.pool = pool_create()};
	struct oak_modules modules;
	oak_modules_init(&modules, arena);
	pool_setdisttype(p.pool, DISTTYPE_RPM);
	pool_setarch(p.pool, w->conf.arch);
	pool_set_flag(p.pool, POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1); /* i686 does not replace x86_64, as with dnf */
	p.installed = repo_create(p.pool, "@System");
	if (add_installed(arena, w, p.installed, err) < 0) {
		pool_free(p.pool);
		return -1;
	}
	pool_set_installed(p.pool, p.installed);
	add_repositories(arena, w, &p, &modules, ret_left_out);
	add_archives(arena, w, &p);
	if (modules.list.n)
		oak_modules_load_state(&modules, w->conf.root);
	oak_modules_settle(&modules);
	set_considered(w, &p, &modules);
	pool_addfileprovides(p.pool);
	pool_createwhatprovides(p.pool);
	*ret = p;
	return 0;
}

void oak_solvpool_add_filelists(struct oak_arena *arena, const struct oak_rpm_world *w, struct oak_solvpool *p)
{
	Pool *pool = p->pool;
	Id id;
	Repo *repo;
	FOR_REPOS(id, repo) {
		struct oak_metadata metadata;
		struct oak_error ignored = {0};
		struct oak_xmlfilter filter;
		FILE *in = NULL;
		if (repo == p->installed || oak_metadata_find(arena, &w->metadata, repo->appdata, &metadata, &ignored) < 0 ||
		    oak_available_open_all(arena, &metadata, "filelists", &filter, &in, &ignored) < 0 || !in)
			continue;
		(void)repo_add_rpmmd(repo, in, "FL", REPO_EXTEND_SOLVABLES);
		fclose(in);
	}
	pool_addfileprovides(p->pool);
	pool_createwhatprovides(p->pool);
}

void oak_solvpool_done(struct oak_solvpool *p)
{
	if (p->pool && p->pool->considered) {
		map_free(p->pool->considered);
		free(p->pool->considered);
		p->pool->considered = NULL;
	}
	if (p->pool)
		pool_free(p->pool);
	p->pool = NULL;
}
