/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which offered versions are updates here, from which repositories, and what keeps them back. */
#include "scanners/rpm/updates.h"

#include <stdlib.h>

#include "baseline/evaluate.h"
#include "core/str.h"
#include "scanners/rpm/locks.h"
#include "scanners/rpm/updates_internal.h"

/* Installed packages by name; of several versions of one arch the highest counts (kernels). */
static void index_installed(struct oak_updates *u)
{
	oak_map_init(&u->by_name, u->scratch, u->input->package_count);
	for (size_t i = 0; i < u->input->package_count; i++) {
		struct oak_package *p = &u->input->packages[i];
		void **slot = oak_map_slot(&u->by_name, p->name);
		struct oak_slot *have = *slot;
		while (have && !oak_streq(have->package->arch, p->arch))
			have = have->next;
		if (have) {
			if (oak_evr_compare_rpm(p->evr, have->package->evr) > 0)
				have->package = p;
			continue;
		}
		struct oak_slot *fresh = OAK_NEW(u->scratch, struct oak_slot);
		*fresh = (struct oak_slot){.package = p, .next = *slot};
		*slot = fresh;
	}
}

/* The installed package that a version of ARCH would replace: of the same arch; else, where there is only one, noarch and
 * the machine's own arch replace each other. */
struct oak_slot *oak_updates_slot(const struct oak_updates *u, const char *name, const char *arch)
{
	struct oak_slot *first = oak_map_find(&u->by_name, name);
	for (struct oak_slot *s = first; s; s = s->next)
		if (!arch || oak_streq(s->package->arch, arch))
			return s;
	if (!first || first->next)
		return NULL;
	bool change = oak_streq(arch, "noarch") || (oak_streq(first->package->arch, "noarch") && oak_streq(arch, u->input->conf->arch));
	return change ? first : NULL;
}

struct oak_entry_update *oak_updates_entry(struct oak_updates *u, struct oak_slot *slot, const char *arch, const char *evr)
{
	const char *key = oak_arena_printf(u->scratch, "%s\n%s\n%s", slot->package->name, arch, evr);
	void **at = oak_map_slot(&u->by_key, key);
	if (!*at) {
		struct oak_entry_update *e = OAK_NEW(u->scratch, struct oak_entry_update);
		*e = (struct oak_entry_update){.slot = slot, .arch = arch, .evr = evr, .size = -1, .built = OAK_TIME_NONE};
		*at = e;
		*oak_push(u->scratch, &u->entries) = e;
	}
	return *at;
}

static bool hidden_by_module(const struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_available *a,
			     const char **ret_label, bool *ret_inactive)
{
	enum oak_module_verdict verdict = source->repo->module_hotfixes
						  ? OAK_MODULE_NONE
						  : oak_modules_judge(u->input->modules, a->name, a->evr, a->arch, ret_label);
	*ret_inactive = verdict == OAK_MODULE_INACTIVE;
	return verdict == OAK_MODULE_SHADOWED;
}

/* What is not installed stands for itself, with a version that anything is newer than. */
static struct oak_slot *absent_slot(struct oak_updates *u, const struct oak_available *a)
{
	void **at = oak_map_slot(&u->absent, oak_arena_printf(u->scratch, "%s\n%s", a->name, a->arch));
	if (!*at) {
		struct oak_slot *slot = OAK_NEW(u->scratch, struct oak_slot);
		slot->package = OAK_NEW(u->scratch, struct oak_package);
		*slot->package = (struct oak_package){.name = a->name, .arch = a->arch, .evr = ""};
		*at = slot;
	}
	return *at;
}

static void take_offer(struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_available *a)
{
	static const struct oak_lock not_included = {.kind = OAK_LOCK_EXCLUDE, .pattern = "includepkgs"};
	struct oak_slot *slot = oak_updates_slot(u, a->name, a->arch);
	const char *label = NULL;
	bool inactive, listed = false;
	if (slot) {
		slot->offered = true;
		slot->offered_same |= oak_evr_compare_rpm(a->evr, slot->package->evr) == 0;
	}
	if (u->input->all && (!slot || oak_evr_compare_rpm(a->evr, slot->package->evr) <= 0)) {
		listed = true; /* no update of anything here: nothing is said of holds */
		slot = absent_slot(u, a);
	}
	if (!slot || (!listed && oak_evr_compare_rpm(a->evr, slot->package->evr) <= 0) || hidden_by_module(u, source, a, &label, &inactive))
		return;
	struct oak_nevra nevra = {a->name, a->evr, a->arch};
	const struct oak_lock *lock = oak_locks_not_included(u->input->conf, source->repo, &nevra)
					      ? &not_included
					      : oak_locks_find(u->input->conf, source->repo->id, &nevra, slot->package->evr);
	struct oak_entry_update *e = oak_updates_entry(u, slot, a->arch, a->evr);
	e->module = label;
	e->inactive = inactive;
	e->size = e->size < 0 ? a->size : e->size;
	e->built = e->built == OAK_TIME_NONE ? a->built : e->built;
	e->source = e->source ? e->source : a->source;
	if (lock && !slot->lock)
		slot->lock = lock;
	*oak_push(u->scratch, &e->origins) = (struct oak_origin){source->repo, lock != NULL};
	if (!lock && !inactive)
		slot->open = true;
}

/* Of several repositories the best priority decides, whatever the version; a package manager would not look further. */
static void best_priority(struct oak_updates *u)
{
	for (size_t i = 0; i < u->entries.n; i++) {
		struct oak_entry_update *e = u->entries.v[i];
		for (size_t k = 0; k < e->origins.n; k++) {
			const struct oak_origin *o = &e->origins.v[k];
			bool counts = !e->inactive && (!o->locked || !e->slot->open);
			if (counts && (!e->slot->rated || o->repo->priority < e->slot->priority)) {
				e->slot->priority = o->repo->priority;
				e->slot->rated = true;
			}
		}
	}
}

static int by_preference(const void *pa, const void *pb)
{
	const struct oak_origin *a = pa, *b = pb;
	if (a->repo->priority != b->repo->priority)
		return a->repo->priority < b->repo->priority ? -1 : 1;
	if (a->repo->cost != b->repo->cost)
		return a->repo->cost < b->repo->cost ? -1 : 1;
	return strcmp(a->repo->id, b->repo->id);
}

/* Origins that the package manager would really take; a locked version keeps its origins only where nothing else is open. */
static void settle_origins(struct oak_updates *u, struct oak_entry_update *e)
{
	size_t kept = 0;
	(void)u;
	for (size_t i = 0; i < e->origins.n; i++) {
		const struct oak_origin *o = &e->origins.v[i];
		bool locked_out = o->locked && e->slot->open;
		bool worse = e->slot->rated && o->repo->priority > e->slot->priority;
		if (!locked_out && !worse)
			e->origins.v[kept++] = *o;
	}
	e->origins.n = kept;
	if (kept)
		qsort(e->origins.v, kept, sizeof(*e->origins.v), by_preference);
}

/* Held: something keeps every newer version back. A lock is said even where there is none. */
static void settle_holds(struct oak_updates *u)
{
	for (size_t i = 0; i < u->input->package_count; i++) {
		struct oak_package *p = &u->input->packages[i];
		struct oak_slot *slot = oak_updates_slot(u, p->name, p->arch);
		const struct oak_nevra nevra = {p->name, p->evr, p->arch};
		const struct oak_lock *lock = slot ? slot->lock : NULL;
		if (!lock && slot && !slot->open && u->input->conf->locks.n)
			lock = oak_locks_installed(u->input->conf, &nevra);
		if (!lock || slot->open)
			continue;
		p->hold = true;
		p->hold_kind = oak_arena_strdup(u->inventory->arena, oak_lock_kind_to_string(lock->kind));
	}
}

/* Where every enabled repository was read: does any of them have the package, and the installed version? */
static void settle_offered(struct oak_updates *u)
{
	for (size_t i = 0; i < u->input->package_count && u->input->complete; i++) {
		struct oak_package *p = &u->input->packages[i];
		const struct oak_slot *slot = oak_updates_slot(u, p->name, p->arch);
		if (slot && slot->package == p && !slot->offered_same)
			p->offered = oak_arena_strdup(u->inventory->arena, slot->offered ? "other" : "none");
	}
}

static bool obsoletes(const struct oak_obsolete *o, const struct oak_package *p)
{
	if (!o->evr || !o->flags)
		return true;
	int order = oak_evr_compare_rpm(p->evr, o->evr);
	return (order < 0 && (o->flags & 4)) || (order == 0 && (o->flags & 2)) || (order > 0 && (o->flags & 1));
}

/* A differently named replacement is no update of ours (patch-semantics b.5): it is said, and the package manager's business. */
static void note_obsoleted(struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_available *a)
{
	for (size_t i = 0; i < a->obsoletes.n; i++) {
		const struct oak_obsolete *o = &a->obsoletes.v[i];
		struct oak_slot *slot = oak_streq(o->name, a->name) ? NULL : oak_map_find(&u->by_name, o->name);
		if (!slot || !obsoletes(o, slot->package) || slot->obsoleted || oak_map_has(&u->by_name, a->name))
			continue;
		slot->obsoleted = true;
		struct oak_arena *arena = u->inventory->arena;
		*oak_push(arena, &u->inventory->problems) = (struct oak_problem){
			oak_arena_strdup(arena, "package-obsoleted"), oak_arena_printf(arena, "%s.%s", slot->package->name, slot->package->arch),
			oak_arena_printf(arena, "'%s' is replaced by '%s-%s' of repository '%s'; the package manager's own upgrade makes the change",
					 slot->package->name, a->name, a->evr, source->repo->id),
			NULL};
	}
}

static void take_offers(struct oak_updates *u)
{
	for (size_t i = 0; i < u->input->source_count; i++) {
		const struct oak_rpm_source *source = &u->input->sources[i];
		for (size_t k = 0; k < source->offer.packages.n; k++) {
			take_offer(u, source, &source->offer.packages.v[k]);
			if (u->input->conf->obsoletes)
				note_obsoleted(u, source, &source->offer.packages.v[k]);
		}
	}
}

static const char *keep(struct oak_arena *arena, const char *text)
{
	return oak_arena_strdup(arena, text);
}

static void emit(struct oak_updates *u, const struct oak_entry_update *e)
{
	struct oak_arena *arena = u->inventory->arena;
	struct oak_update out = {.issued = OAK_TIME_NONE, .updated = OAK_TIME_NONE, .first_seen = OAK_TIME_NONE, .built = e->built,
				 .size = e->size, .name = keep(arena, e->slot->package->name), .arch = keep(arena, e->arch),
				 .evr = keep(arena, e->evr), .source = keep(arena, e->source), .module = keep(arena, e->module)};
	for (size_t i = 0; i < e->origins.n; i++)
		*oak_push(arena, &out.origins) = keep(arena, e->origins.v[i].repo->id);
	for (size_t i = 0; i < e->advisories.n; i++) {
		const struct oak_advisory a = oak_updates_advisory_copy(u, e->advisories.v[i]);
		out.security |= oak_strcaseeq(a.classification, "security");
		*oak_push(arena, &out.advisories) = a;
	}
	*oak_push(arena, &u->inventory->updates) = out;
}

static int by_name(const void *pa, const void *pb)
{
	const struct oak_update *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);
	if (order == 0)
		order = strcmp(a->arch, b->arch);
	return order ? order : oak_evr_compare_rpm(a->evr, b->evr);
}

void oak_updates_build(struct oak_arena *scratch, const struct oak_updates_input *input, struct oak_inventory *inventory)
{
	struct oak_updates u = {.scratch = scratch, .input = input, .inventory = inventory};
	oak_map_init(&u.by_key, scratch, 256);
	oak_map_init(&u.copies, scratch, 256);
	oak_map_init(&u.words, scratch, 64);
	oak_map_init(&u.absent, scratch, 256);
	index_installed(&u);
	take_offers(&u);
	best_priority(&u);
	for (size_t i = 0; i < u.entries.n; i++)
		settle_origins(&u, u.entries.v[i]);
	oak_updates_take_advisories(&u);
	if (input->conf->suse)
		oak_updates_take_patches(&u);
	for (size_t i = 0; i < u.entries.n; i++)
		if (u.entries.v[i]->origins.n || u.entries.v[i]->advisories.n)
			emit(&u, u.entries.v[i]);
	if (inventory->updates.n)
		qsort(inventory->updates.v, inventory->updates.n, sizeof(*inventory->updates.v), by_name);
	settle_holds(&u);
	settle_offered(&u);
}
