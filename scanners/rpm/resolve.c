/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsolv decides: exact versions wanted, nothing removed unasked; what cannot be had is refused with its root cause. */
#include "scanners/rpm/resolve.h"

#include <solv/solver.h>
#include <solv/transaction.h>
#include <stdlib.h>

#include "baseline/evaluate.h"
#include "core/str.h"
#include "scanners/rpm/solvpool.h"

/* One wish and what became of it. */
struct wish {
	const struct oak_want *want;
	Id solvable; /* 0 = refused */
};

struct work {
	struct oak_arena *arena, *scratch;
	struct oak_solvpool pool;
	const struct oak_rpm_world *world;
	struct wish *wishes;
	size_t n;
	struct oak_transaction *out;
};

static const char *keep(const struct work *w, const char *text)
{
	return oak_arena_strdup(w->arena, text);
}

static void refuse(struct work *w, struct wish *wish, const char *kind, const char *detail)
{
	*oak_push(w->arena, &w->out->refused) =
		(struct oak_problem){keep(w, kind), oak_arena_printf(w->arena, "%s.%s", wish->want->name, wish->want->arch), keep(w, detail), NULL};
	wish->solvable = 0;
}

static bool is_better(Solvable *a, Solvable *b)
{
	if (a->repo->priority != b->repo->priority)
		return a->repo->priority > b->repo->priority;
	return a->repo->subpriority > b->repo->subpriority;
}

/* The offered package with exactly that name, arch and version, of the best repository. */
static Id find_exact(struct work *w, const struct oak_want *want, const char **ret_other, bool *ret_excluded)
{
	Pool *pool = w->pool.pool;
	Id best = 0;
	for (Id p = 2; p < pool->nsolvables; p++) {
		Solvable *s = pool->solvables + p;
		if (!s->repo || s->repo == pool->installed || !oak_streq(pool_id2str(pool, s->name), want->name) ||
		    !oak_streq(pool_id2str(pool, s->arch), want->arch))
			continue;
		const char *evr = pool_id2str(pool, s->evr);
		bool exact = oak_evr_compare_rpm(evr, want->evr) == 0, hidden = pool->considered && !MAPTST(pool->considered, p);
		*ret_excluded |= exact && hidden;
		if (!exact && !hidden && (!*ret_other || oak_evr_compare_rpm(evr, *ret_other) > 0))
			*ret_other = evr;
		if (exact && !hidden && (!best || is_better(s, pool->solvables + best)))
			best = p;
	}
	return best;
}

static void find_wishes(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct oak_want *want = w->wishes[i].want;
		const char *other = NULL;
		bool excluded = false;
		w->wishes[i].solvable = find_exact(w, want, &other, &excluded);
		if (w->wishes[i].solvable)
			continue;
		const char *detail = excluded ? "an exclude, a lock or a module stream of this host's configuration hides it"
				     : other  ? oak_arena_printf(w->scratch, "no repository offers version %s; the newest offered is %s", want->evr, other)
					      : oak_arena_printf(w->scratch, "no repository offers version %s", want->evr);
		refuse(w, &w->wishes[i], excluded ? "EXCLUDED" : "NO_LONGER_OFFERED", detail);
	}
}

/* Packages that may be there several times: kernels. */
static void add_multiversion(struct work *w, Queue *job)
{
	static const char *const always[] = {"kernel", "kernel-core", "kernel-modules", "kernel-modules-core", "kernel-modules-extra",
					     "kernel-devel", "kernel-PAE", "kernel-debug", "kernel-uek", "kernel-uek-core", "installonlypkg(kernel)",
					     "installonlypkg(kernel-module)", "installonlypkg(vm)", "multiversion(kernel)"};
	Pool *pool = w->pool.pool;
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!w->world->conf.suse) /* zypper goes by its configuration alone */
			queue_push2(job, SOLVER_MULTIVERSION | SOLVER_SOLVABLE_PROVIDES, pool_str2id(pool, always[i], 1));
	for (size_t i = 0; i < w->world->conf.installonly.list.n; i++) {
		const char *name = w->world->conf.installonly.list.v[i];
		name = oak_starts_with(name, "provides:") ? name + 9 : name;
		queue_push2(job, SOLVER_MULTIVERSION | SOLVER_SOLVABLE_PROVIDES, pool_str2id(pool, name, 1));
	}
}

static void make_job(struct work *w, Queue *job)
{
	queue_empty(job);
	add_multiversion(w, job);
	for (size_t i = 0; i < w->n; i++)
		if (w->wishes[i].solvable)
			queue_push2(job, SOLVER_INSTALL | SOLVER_SOLVABLE, w->wishes[i].solvable);
}

static struct wish *wish_of(struct work *w, Id solvable)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->wishes[i].solvable && w->wishes[i].solvable == solvable)
			return &w->wishes[i];
	return NULL;
}

/* All that one problem says, from the wish down to the root cause: "a requires b = 2, …; nothing provides c needed by b-2". */
static const char *chain_of(struct work *w, Solver *solv, Queue *rules)
{
	const char *chain = NULL;
	for (int k = 0; k < rules->count; k++) {
		Id source, target, dep;
		SolverRuleinfo type = solver_ruleinfo(solv, rules->elements[k], &source, &target, &dep);
		if ((type & 0xf00) == SOLVER_RULE_JOB || (type & 0xf00) == SOLVER_RULE_UPDATE)
			continue;
		const char *text = solver_problemruleinfo2str(solv, type, source, target, dep);
		if (!chain || !strstr(chain, text))
			chain = chain ? oak_arena_printf(w->scratch, "%s; %s", chain, text) : oak_arena_strdup(w->scratch, text);
	}
	return chain ? chain : "the packages wanted exclude each other";
}

/* Refuse the wishes that a problem involves. False: none of ours is involved. */
static bool refuse_problem(struct work *w, Solver *solv, Id problem)
{
	bool any = false;
	Queue rules;
	queue_init(&rules);
	solver_findallproblemrules(solv, problem, &rules);
	const char *chain = chain_of(w, solv, &rules);
	for (int k = 0; k < rules.count; k++) {
		Id what = 0, source, target, dep;
		if ((solver_ruleinfo(solv, rules.elements[k], &source, &target, &dep) & 0xf00) != SOLVER_RULE_JOB)
			continue;
		solver_rule2job(solv, rules.elements[k], &what);
		struct wish *wish = wish_of(w, what);
		if (wish) {
			refuse(w, wish, "BROKEN_DEPENDENCY", chain);
			any = true;
		}
	}
	queue_free(&rules);
	return any;
}

static void refuse_all(struct work *w, const char *kind, const char *detail)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->wishes[i].solvable)
			refuse(w, &w->wishes[i], kind, detail);
}

/* Why PACKAGE is in the transaction: the package that needs it. 0 = it was wanted. */
static Id puller(Solver *solv, Id package)
{
	Id info = 0, source = 0, target, dep;
	int reason = solver_describe_decision(solv, package, &info);
	if (reason != SOLVER_REASON_UNIT_RULE && reason != SOLVER_REASON_RESOLVE && reason != SOLVER_REASON_RESOLVE_JOB)
		return 0;
	solver_ruleinfo(solv, info, &source, &target, &dep);
	return source == package ? 0 : source;
}

static struct wish *root_wish(struct work *w, Solver *solv, Id package)
{
	for (int guard = 0; package && guard < 100; guard++) {
		struct wish *wish = wish_of(w, package);
		if (wish)
			return wish;
		package = puller(solv, package);
	}
	return NULL;
}

/* Nothing is removed unasked: the wish whose package (or whose dependency) replaces another one is refused. */
static bool refuse_removals(struct work *w, Solver *solv, Transaction *trans)
{
	Pool *pool = w->pool.pool;
	bool any = false;
	for (int i = 0; i < trans->steps.count; i++) {
		Id p = trans->steps.elements[i];
		Id type = transaction_type(trans, p, SOLVER_TRANSACTION_SHOW_OBSOLETES | SOLVER_TRANSACTION_SHOW_ALL);
		if (type != SOLVER_TRANSACTION_OBSOLETED && type != SOLVER_TRANSACTION_ERASE)
			continue;
		Queue by;
		queue_init(&by);
		transaction_all_obs_pkgs(trans, p, &by);
		struct wish *wish = by.count ? root_wish(w, solv, by.elements[0]) : NULL;
		const char *detail = oak_arena_printf(w->scratch, "it would remove '%s'%s%s", pool_solvid2str(pool, p), by.count ? ", which is replaced by " : "",
						      by.count ? pool_solvid2str(pool, by.elements[0]) : "");
		queue_free(&by);
		if (wish)
			refuse(w, wish, "WOULD_REMOVE", detail);
		else
			refuse_all(w, "WOULD_REMOVE", detail);
		any = true;
	}
	return any;
}

static const char *evr_of(const struct work *w, Id p)
{
	return p ? keep(w, pool_id2str(w->pool.pool, w->pool.pool->solvables[p].evr)) : NULL;
}

static int64_t installed_size(Pool *pool, Id p)
{
	return p ? (int64_t)solvable_lookup_num(pool->solvables + p, SOLVABLE_INSTALLSIZE, 0) : 0;
}

/* Where the installed package OLD can be had again, so that its archive can be put aside. */
static void find_old(struct work *w, Id old, struct oak_action *a)
{
	Pool *pool = w->pool.pool;
	Solvable *o = old ? pool->solvables + old : NULL;
	for (Id p = 2; o && p < pool->nsolvables; p++) {
		Solvable *s = pool->solvables + p;
		if (s->name != o->name || s->evr != o->evr || s->arch != o->arch || !s->repo || s->repo == pool->installed ||
		    (pool->considered && !MAPTST(pool->considered, p)))
			continue;
		const struct oak_rpm_repo *conf = s->repo->appdata;
		unsigned int medium;
		Id type = 0;
		const char *location = solvable_get_location(s, &medium), *sum = solvable_lookup_checksum(s, SOLVABLE_CHECKSUM, &type);
		a->from_repository = keep(w, s->repo->name);
		if (location && conf->baseurls.n)
			a->from_location = oak_arena_printf(w->arena, "%s%s%s", conf->baseurls.v[0], oak_ends_with(conf->baseurls.v[0], "/") ? "" : "/",
							    location);
		if (sum && type == REPOKEY_TYPE_SHA256)
			a->from_sha256 = keep(w, sum);
		return;
	}
}

static void add_action(struct work *w, Solver *solv, Transaction *trans, Id p)
{
	Pool *pool = w->pool.pool;
	Solvable *s = pool->solvables + p;
	Id type = transaction_type(trans, p, SOLVER_TRANSACTION_SHOW_ACTIVE | SOLVER_TRANSACTION_SHOW_MULTIINSTALL);
	if (type == SOLVER_TRANSACTION_IGNORE || s->repo == pool->installed)
		return;
	bool multi = type == SOLVER_TRANSACTION_MULTIINSTALL || type == SOLVER_TRANSACTION_INSTALL;
	Id old = multi ? 0 : transaction_obs_pkg(trans, p), by = puller(solv, p);
	struct oak_action a = {.kind = multi ? OAK_ACTION_INSTALL : type == SOLVER_TRANSACTION_DOWNGRADE ? OAK_ACTION_DOWNGRADE : OAK_ACTION_UPGRADE,
			       .name = keep(w, pool_id2str(pool, s->name)), .arch = keep(w, pool_id2str(pool, s->arch)),
			       .from = evr_of(w, old), .to = evr_of(w, p), .repository = keep(w, s->repo->name),
			       .download_bytes = (int64_t)solvable_lookup_num(s, SOLVABLE_DOWNLOADSIZE, 0),
			       .disk_bytes = installed_size(pool, p) - installed_size(pool, old), .asked = wish_of(w, p) != NULL};
	if (!a.asked && by)
		a.pulled_by = oak_arena_printf(w->arena, "%s.%s", pool_id2str(pool, pool->solvables[by].name), pool_id2str(pool, pool->solvables[by].arch));
	find_old(w, old, &a);
	*oak_push(w->arena, &w->out->actions) = a;
}

/* True: solved, or nothing left to solve; false: some wishes were refused, so once more. */
static bool solve_once(struct work *w)
{
	Queue job;
	Solver *solv = solver_create(w->pool.pool);
	bool done = false;
	queue_init(&job);
	make_job(w, &job);
	solver_set_flag(solv, SOLVER_FLAG_IGNORE_RECOMMENDED, 1);
	solver_set_flag(solv, SOLVER_FLAG_ALLOW_VENDORCHANGE, w->world->conf.vendor_change);
	solver_set_flag(solv, SOLVER_FLAG_YUM_OBSOLETES, !w->world->conf.suse);
	int problems = solver_solve(solv, &job);
	for (Id i = 1; i <= problems; i++)
		if (!refuse_problem(w, solv, i)) {
			refuse_all(w, "BROKEN_DEPENDENCY", solver_problem2str(solv, i));
			break;
		}
	if (problems == 0) {
		Transaction *trans = solver_create_transaction(solv);
		if (!refuse_removals(w, solv, trans)) {
			transaction_order(trans, 0);
			for (int i = 0; i < trans->steps.count; i++)
				add_action(w, solv, trans, trans->steps.elements[i]);
			done = true;
		}
		transaction_free(trans);
	}
	queue_free(&job);
	solver_free(solv);
	return done;
}

static void solve(struct work *w, const struct oak_want *wants)
{
	w->out->actions.n = w->out->refused.n = 0;
	for (size_t i = 0; i < w->n; i++)
		w->wishes[i] = (struct wish){&wants[i], 0};
	find_wishes(w);
	for (size_t round = 0; round <= w->n && !solve_once(w); round++)
		; /* each further round has at least one wish less */
}

/* A dependency on a file that primary.xml does not list may be fulfilled all the same. */
static bool lacks_file(const struct work *w)
{
	for (size_t i = 0; i < w->out->refused.n; i++)
		if (oak_streq(w->out->refused.v[i].kind, "BROKEN_DEPENDENCY") && strstr(w->out->refused.v[i].detail, "nothing provides /"))
			return true;
	return false;
}

int oak_rpm_resolve(const struct oak_scan_request *request, const struct oak_want *wants, size_t n, struct oak_arena *arena,
		    struct oak_transaction *ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	struct oak_rpm_world world;
	struct oak_words left_out = {0};
	struct work w = {.arena = arena, .scratch = scratch, .world = &world, .n = n, .out = ret};
	if (oak_rpm_world_load(scratch, request, &world, err) < 0 ||
	    oak_solvpool_load(scratch, &world, &w.pool, &left_out, err) < 0)
		return -1;
	w.wishes = oak_arena_alloc(scratch, (n + 1) * sizeof(*w.wishes));
	solve(&w, wants);
	if (lacks_file(&w) && !world.conf.suse) { /* zypp never looks further */
		oak_solvpool_add_filelists(scratch, &world, &w.pool);
		solve(&w, wants);
	}
	oak_solvpool_done(&w.pool);
	return 0;
}
