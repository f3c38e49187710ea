/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which advisories concern this host, and which version each belongs to: as dnf counts them, and as zypp does. */
#include "baseline/evaluate.h"
#include "core/str.h"
#include "scanners/rpm/livepatch.h"
#include "scanners/rpm/updates_internal.h"

static void attach(struct oak_updates *u, struct oak_entry_update *e, const struct oak_advisory *a)
{
	for (size_t i = 0; i < e->advisories.n; i++)
		if (oak_streq(e->advisories.v[i]->id, a->id))
			return;
	*oak_push(u->scratch, &e->advisories) = a;
}

/* The installed version remedies A; of all such the newest are kept: they tell whether a baseline approves it. */
static void take_remedied(struct oak_updates *u, struct oak_slot *slot, const char *evr, const struct oak_advisory *a)
{
	struct oak_package *package = slot->package;
	int order = slot->remedied ? oak_evr_compare_rpm(evr, slot->remedied) : 1;
	bool all = oak_livepatch_is_package(package->name); /* each adds what it mends to those before */
	if (order < 0 && !all)
		return;
	if (order > 0 && !all)
		package->advisories.n = 0;
	slot->remedied = evr;
	for (size_t i = 0; i < package->advisories.n; i++)
		if (oak_streq(package->advisories.v[i].id, a->id))
			return;
	*oak_push(u->inventory->arena, &package->advisories) = oak_updates_advisory_copy(u, a);
}

static void take_for_slot(struct oak_updates *u, struct oak_slot *slot, const char *arch, const struct oak_ui_package *p,
			  const struct oak_advisory *a)
{
	if (oak_evr_compare_rpm(p->evr, slot->package->evr) <= 0) {
		take_remedied(u, slot, p->evr, a);
		return;
	}
	struct oak_entry_update *e = oak_updates_entry(u, slot, arch, p->evr);
	if (!e->inactive)
		attach(u, e, a);
}

/* zypp: a patch conflicts with "name.arch < evr" and with "name.noarch < evr"; of a noarch package with "name < evr". */
bool oak_updates_suse_arch(const char *advisory, const char *installed)
{
	return oak_streq(advisory, "noarch") || oak_streq(installed, "noarch") || oak_streq(advisory, installed);
}

/* A version of another arch than the installed one that is offered is the one the advisory means. */
static const char *entry_arch(const struct oak_updates *u, const struct oak_slot *slot, const struct oak_ui_package *p)
{
	if (!p->arch)
		return slot->package->arch;
	const char *key = oak_arena_printf(u->scratch, "%s\n%s\n%s", p->name, p->arch, p->evr);
	return oak_map_has(&u->by_key, key) ? p->arch : slot->package->arch;
}

/* Versions that are offered but would replace nothing here. */
static void take_absent(struct oak_updates *u, const struct oak_ui_package *p, const struct oak_advisory *a)
{
	const char *archs[] = {p->arch, "noarch", u->input->conf->arch};
	for (size_t i = p->arch ? 0 : 1; i < (p->arch ? 1 : sizeof(archs) / sizeof(*archs)); i++) {
		struct oak_entry_update *e = oak_map_find(&u->by_key, oak_arena_printf(u->scratch, "%s\n%s\n%s", p->name, archs[i], p->evr));
		if (e && !e->inactive && !*e->slot->package->evr)
			attach(u, e, a);
	}
}

static void take_package(struct oak_updates *u, const struct oak_ui_package *p, const struct oak_advisory *a)
{
	struct oak_slot *first = oak_map_find(&u->by_name, p->name);
	if (u->input->all && !oak_streq(p->arch, "src"))
		take_absent(u, p, a);
	if (!first || oak_streq(p->arch, "src"))
		return;
	for (struct oak_slot *slot = first; slot; slot = slot->next) {
		bool match = !p->arch || oak_streq(p->arch, slot->package->arch) ||
			     (u->input->conf->suse && oak_updates_suse_arch(p->arch, slot->package->arch));
		if (match)
			take_for_slot(u, slot, entry_arch(u, slot, p), p, a);
	}
}

/* A collection with modules counts only where one of them is active; zypp knows no modules. */
static bool collection_counts(const struct oak_updates *u, const struct oak_ui_collection *c)
{
	for (size_t i = 0; i < c->modules.n; i++) {
		const struct oak_ui_module *m = &c->modules.v[i];
		if (m->name && oak_modules_active(u->input->modules, m->name, m->stream, m->context, m->arch))
			return true;
	}
	return c->modules.n == 0 || u->input->conf->suse;
}

enum vendor_state { VENDOR_NOT_OFFERED, VENDOR_OTHER, VENDOR_FINE };

/* Does the patch's own repository offer P (or newer) in place of INSTALLED, of a vendor that may replace it? */
static enum vendor_state vendor_state(const struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_ui_package *p,
				      const struct oak_package *installed)
{
	enum vendor_state state = VENDOR_NOT_OFFERED;
	for (size_t i = 0; i < source->offer.packages.n; i++) {
		const struct oak_available *a = &source->offer.packages.v[i];
		if (!oak_streq(a->name, p->name) || (p->arch && !oak_updates_suse_arch(p->arch, a->arch)) || oak_evr_compare_rpm(a->evr, p->evr) < 0)
			continue;
		if (oak_vendor_change_allowed(u->input->conf, installed->vendor, a->vendor))
			return VENDOR_FINE;
		state = VENDOR_OTHER;
	}
	return state;
}

static enum vendor_state package_vendor_state(const struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_ui_package *p)
{
	enum vendor_state state = VENDOR_NOT_OFFERED;
	for (const struct oak_slot *slot = oak_map_find(&u->by_name, p->name); slot && state != VENDOR_FINE; slot = slot->next) {
		if ((p->arch && !oak_updates_suse_arch(p->arch, slot->package->arch)) || oak_evr_compare_rpm(p->evr, slot->package->evr) <= 0)
			continue;
		enum vendor_state here = vendor_state(u, source, p, slot->package);
		state = here > state ? here : state;
	}
	return state;
}

/* zypp: a patch is not applicable where all that it would update comes from vendors that may not replace the installed ones.
 * Source: libsolv, solvable_is_irrelevant_patch. */
bool oak_updates_other_vendor(const struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_ui_update *update)
{
	enum vendor_state state = VENDOR_NOT_OFFERED;
	if (u->input->conf->vendor_change)
		return false;
	for (size_t c = 0; c < update->collections.n; c++)
		for (size_t i = 0; i < update->collections.v[c].packages.n; i++) {
			enum vendor_state here = package_vendor_state(u, source, &update->collections.v[c].packages.v[i]);
			state = here > state ? here : state;
		}
	return state == VENDOR_OTHER;
}

static void take_update(struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_ui_update *update, size_t *other)
{
	if (oak_strcaseeq(update->status, "retracted"))
		return;
	if (oak_updates_other_vendor(u, source, update)) {
		(*other)++;
		return;
	}
	for (size_t c = 0; c < update->collections.n; c++) {
		const struct oak_ui_collection *collection = &update->collections.v[c];
		if (!collection_counts(u, collection))
			continue;
		for (size_t i = 0; i < collection->packages.n; i++)
			take_package(u, &collection->packages.v[i], &update->advisory);
	}
}

static void note_vendor(struct oak_updates *u, const struct oak_rpm_source *source, size_t n)
{
	struct oak_arena *arena = u->inventory->arena;
	*oak_push(arena, &u->inventory->problems) = (struct oak_problem){
		oak_arena_strdup(arena, "vendor-change"), oak_arena_strdup(arena, source->repo->id),
		oak_arena_printf(arena, "%zu patches of repository '%s' do not apply: their packages come from another vendor than the installed ones", n,
				 source->repo->id),
		oak_arena_strdup(arena, "zypper dist-upgrade --from the repository, or solver.allowVendorChange in zypp.conf")};
}

void oak_updates_take_advisories(struct oak_updates *u)
{
	for (size_t i = 0; i < u->input->source_count; i++) {
		const struct oak_rpm_source *source = &u->input->sources[i];
		size_t other = 0;
		for (size_t k = 0; k < source->offer.advisories.updates.n; k++)
			take_update(u, source, &source->offer.advisories.updates.v[k], &other);
		if (other)
			note_vendor(u, source, other);
	}
}

struct copied {
	const struct oak_advisory *from;
	struct oak_advisory to;
	struct copied *next;
};

/* The texts of an advisory are copied once for all versions that it names. */
static struct oak_advisory copy_texts(struct oak_arena *arena, const struct oak_advisory *a)
{
	struct oak_advisory to = {.issued = a->issued, .updated = a->updated, .reboot_suggested = a->reboot_suggested,
				  .id = oak_arena_strdup(arena, a->id), .title = oak_arena_strdup(arena, a->title),
				  .classification = oak_arena_strdup(arena, a->classification),
				  .severity = oak_arena_strdup(arena, a->severity)};
	for (size_t i = 0; i < a->cves.n; i++)
		*oak_push(arena, &to.cves) = oak_arena_strdup(arena, a->cves.v[i]);
	for (size_t i = 0; i < a->bugs.n; i++)
		*oak_push(arena, &to.bugs) = oak_arena_strdup(arena, a->bugs.v[i]);
	return to;
}

static const char **copy_list(struct oak_arena *arena, const char *const *v, size_t n)
{
	const char **list = n ? oak_arena_alloc(arena, n * sizeof(*list)) : NULL;
	if (n)
		memcpy(list, v, n * sizeof(*list));
	return list;
}

/* Each use has lists of its own: whoever moves the answer in memory walks over each once. */
struct oak_advisory oak_updates_advisory_copy(struct oak_updates *u, const struct oak_advisory *a)
{
	struct oak_arena *arena = u->inventory->arena;
	void **slot = oak_map_slot(&u->copies, a->id);
	struct copied *c = *slot;
	while (c && c->from != a)
		c = c->next;
	if (!c) {
		c = OAK_NEW(u->scratch, struct copied);
		*c = (struct copied){.from = a, .to = copy_texts(arena, a), .next = *slot};
		*slot = c;
		return c->to;
	}
	struct oak_advisory to = c->to;
	to.cves.v = copy_list(arena, to.cves.v, to.cves.n);
	to.cves.cap = to.cves.n;
	to.bugs.v = copy_list(arena, to.bugs.v, to.bugs.n);
	to.bugs.cap = to.bugs.n;
	return to;
}
