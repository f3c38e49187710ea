/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading, matching and settling an InstallOverrideList. */
#include "baseline/override.h"

#include "baseline/evaluate.h"
#include "baseline/glob.h"
#include "baseline/spelling.h"
#include "core/map.h"
#include "core/str.h"

enum { TOLD_MAX = 1000 /* entries that are looked at for warnings: a person reads no more */ };

static int parse_entry(struct oak_arena *arena, const struct oak_value *v, size_t index, const char *name,
		       struct oak_override *override, struct oak_error *err)
{
	const struct oak_value *id = oak_value_get(v, "id"), *title = oak_value_get(v, "title");
	if (v->kind != OAK_VALUE_OBJECT)
		return oak_fail(err, OAK_INVALID, "override.invalid", 0, "'%s': patches[%zu] must be an object, is %s", name,
				index, oak_value_kind_to_string(v->kind));
	if (!oak_value_string(id) || !*oak_value_string(id))
		return oak_fail(err, OAK_INVALID, "override.invalid", 0,
				"'%s': patches[%zu] has no id (each entry needs 'id: NAME')", name, index);
	if (title && title->kind != OAK_VALUE_NULL && !oak_value_string(title))
		return oak_fail(err, OAK_INVALID, "override.invalid", 0,
				"'%s': patches[%zu].title must be a string, is %s (put it in quotes)", name, index,
				oak_value_kind_to_string(title->kind));
	*oak_push(arena, &override->entries) = (struct oak_override_entry){oak_value_string(id), oak_value_string(title)};
	return 0;
}

int oak_override_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_override **ret,
		       struct oak_error *err)
{
	const struct oak_value *patches = oak_value_get(doc, "patches");
	if (!patches || patches->kind != OAK_VALUE_ARRAY)
		return oak_fail(err, OAK_INVALID, "override.invalid", 0,
				"'%s' has no list 'patches' (an override list is 'patches: [{id, title}]')", name);
	struct oak_override *override = OAK_NEW(arena, struct oak_override);
	for (size_t i = 0; i < patches->array.n; i++)
		if (parse_entry(arena, &patches->array.v[i], i, name, override, err) < 0)
			return -1;
	*ret = override;
	return 0;
}

struct question {
	const struct oak_override_entry *entry;
	bool id, title;
};

static void try_spelling(void *arg, const char *spelling, bool name_only)
{
	struct question *q = arg;
	(void)name_only;
	q->id = q->id || oak_glob_match(q->entry->id, spelling);
	q->title = q->title || (q->entry->title && oak_glob_match(q->entry->title, spelling));
}

/* A title is often the bare version: the id says whose it is. */
static bool bare_title(const char *title, const char *evr)
{
	const char *colon = strchr(evr, ':');
	return oak_glob_match(title, evr) || (colon && oak_glob_match(title, colon + 1));
}

bool oak_override_matches(const struct oak_override *override, enum oak_flavour flavour, const char *name, const char *arch,
			  const char *evr)
{
	for (size_t i = 0; i < override->entries.n; i++) {
		struct question q = {.entry = &override->entries.v[i]};
		oak_spell(flavour, name, arch, evr, try_spelling, &q);
		if (q.id && (!q.entry->title || q.title || bare_title(q.entry->title, evr)))
			return true;
	}
	return false;
}

/* Why an update must be left alone; NULL = it may be installed. */
static enum oak_reason obstacle(const struct oak_package *package, const struct oak_update *update)
{
	if (package->hold)
		return OAK_REASON_HELD;
	if (update->phased)
		return OAK_REASON_PHASED;
	if (update->needs_subscription)
		return OAK_REASON_NEEDS_SUBSCRIPTION;
	return OAK_REASON_NONE;
}

static const struct oak_patch *patch_of(const struct oak_verdict *verdict, const char *name, const char *arch)
{
	for (size_t i = 0; i < verdict->patches.n; i++)
		if (oak_streq(verdict->patches.v[i].name, name) && oak_streq(verdict->patches.v[i].arch, arch))
			return &verdict->patches.v[i];
	return NULL;
}

static void want(struct oak_arena *arena, const struct oak_verdict *verdict, const struct oak_package *package,
		 const struct oak_update *best, struct oak_plan_wants *ret, struct oak_problems *ret_warnings)
{
	enum oak_reason why = obstacle(package, best);
	if (why != OAK_REASON_NONE) {
		*oak_push(arena, &ret->refused) = (struct oak_plan_refusal){
			oak_arena_printf(arena, "%s.%s", package->name, package->arch), oak_reason_to_string(why),
			"the override list names it, but it is left alone as the host is configured"};
		return;
	}
	*oak_push(arena, &ret->wants) = (struct oak_want){best->name, best->arch, best->evr};
	const struct oak_patch *p = patch_of(verdict, package->name, package->arch);
	if (p && (p->state == OAK_STATE_INSTALLED_REJECTED || p->reason == OAK_REASON_REJECTED))
		*oak_push(arena, &ret_warnings->list) = (struct oak_problem){
			"override-rejected", p->id, "the baseline rejects it, the override list installs it", NULL};
}

/* ------------------------------------------------------------------------------------------- Windows: updates, not packages */

static const char *kb_name(struct oak_arena *arena, const struct oak_update *u)
{
	if (!u->kb || !*u->kb)
		return u->update_id ? u->update_id : u->name;
	return oak_strcasestr(u->kb, "kb") == u->kb ? u->kb : oak_arena_printf(arena, "KB%s", u->kb);
}

/* "KB4284819" or "4284819", the update's GUID, or its name; a title as Windows Update writes it. */
static bool names_update(struct oak_arena *arena, const struct oak_override *override, const struct oak_update *u)
{
	const char *kb = kb_name(arena, u), *const spellings[] = {kb, u->kb ? kb + 2 : NULL, u->update_id, u->name};
	for (size_t i = 0; i < override->entries.n; i++) {
		const struct oak_override_entry *e = &override->entries.v[i];
		bool id = false;
		for (size_t k = 0; k < sizeof(spellings) / sizeof(*spellings); k++)
			id = id || (spellings[k] && oak_glob_match(e->id, spellings[k]));
		if (id && (!e->title || (u->title && oak_glob_match(e->title, u->title))))
			return true;
	}
	return false;
}

static bool is_on_host(const struct oak_inventory *inventory, const char *kb, const struct oak_update *u)
{
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];
		bool named = oak_strcaseeq(p->name, kb) || oak_strcaseeq(p->name, u->update_id) || oak_streq(p->name, u->name);
		if (named && (!*p->evr || oak_streq(p->evr, u->evr)))
			return true;
	}
	return false;
}

/* One KB that comes again and again: the newest of those that are named. */
static bool is_superseded(const struct oak_update *u, const struct oak_update *const *named, size_t n)
{
	for (size_t i = 0; u->update_id && i < n; i++)
		for (size_t k = 0; k < named[i]->supersedes.n; k++)
			if (oak_strcaseeq(named[i]->supersedes.v[k], u->update_id))
				return true;
	return false;
}

static void windows_wants(struct oak_arena *arena, const struct oak_override *override, const struct oak_verdict *verdict,
			  struct oak_plan_wants *ret, struct oak_problems *ret_warnings)
{
	const struct oak_inventory *inventory = verdict->inventory;
	const struct oak_update **named = oak_arena_alloc(arena, (inventory->updates.n + 1) * sizeof(*named));
	size_t n = 0;
	for (size_t i = 0; i < inventory->updates.n; i++)
		if (names_update(arena, override, &inventory->updates.v[i]))
			named[n++] = &inventory->updates.v[i];
	for (size_t i = 0; i < n; i++) {
		const char *kb = kb_name(arena, named[i]);
		if (is_on_host(inventory, kb, named[i]) || is_superseded(named[i], named, n))
			continue;
		if (named[i]->hidden) {
			*oak_push(arena, &ret->refused) = (struct oak_plan_refusal){
				kb, oak_reason_to_string(OAK_REASON_HIDDEN), "the override list names it, but it is hidden on this host"};
			continue;
		}
		*oak_push(arena, &ret->wants) = (struct oak_want){kb, NULL, named[i]->evr};
		for (size_t k = 0; k < verdict->patches.n; k++)
			if (oak_streq(verdict->patches.v[k].id, kb) && verdict->patches.v[k].reason == OAK_REASON_REJECTED)
				*oak_push(arena, &ret_warnings->list) = (struct oak_problem){
					"override-rejected", kb, "the baseline rejects it, the override list installs it", NULL};
	}
}

/* A slip of the pen would else look like a host that needs nothing. */
static void tell_unmatched(struct oak_arena *arena, const struct oak_override *override, const struct oak_inventory *inventory,
			   struct oak_problems *ret_warnings)
{
	enum oak_flavour flavour = oak_flavour_of(inventory->node.platform.family);
	for (size_t i = 0; i < override->entries.n && i < TOLD_MAX; i++) {
		struct oak_override_entry id = {override->entries.v[i].id, NULL};
		const struct oak_override whole = {.entries = {.v = &override->entries.v[i], .n = 1}}, named = {.entries = {.v = &id, .n = 1}};
		bool here = false, version = false;
		for (size_t k = 0; k < inventory->packages.n && !version; k++) {
			const struct oak_package *p = &inventory->packages.v[k];
			here = here || oak_override_matches(&named, flavour, p->name, p->arch, p->evr);
			version = here && oak_override_matches(&whole, flavour, p->name, p->arch, p->evr);
		}
		for (size_t k = 0; k < inventory->updates.n && !version; k++) {
			const struct oak_update *u = &inventory->updates.v[k];
			version = oak_override_matches(&whole, flavour, u->name, u->arch, u->evr);
		}
		if (!here || !version)
			*oak_push(arena, &ret_warnings->list) = (struct oak_problem){
				"override-unmatched", id.id,
				here ? oak_arena_printf(arena, "the override list wants '%s', which is neither installed nor on offer", override->entries.v[i].title)
				     : "the override list names it, but no such package is installed",
				NULL};
	}
}

void oak_override_wants(struct oak_arena *arena, const struct oak_override *override, const struct oak_verdict *verdict,
			struct oak_plan_wants *ret, struct oak_problems *ret_warnings)
{
	const struct oak_inventory *inventory = verdict->inventory;
	oak_evr_compare compare = oak_evr_for_family(inventory->node.platform.family);
	struct oak_map best;
	if (oak_flavour_of(inventory->node.platform.family) == OAK_FLAVOUR_WINDOWS) {
		windows_wants(arena, override, verdict, ret, ret_warnings);
		return;
	}
	tell_unmatched(arena, override, inventory, ret_warnings);
	oak_map_init(&best, arena, inventory->packages.n);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		struct oak_update *u = &inventory->updates.v[i];
		if (!oak_override_matches(override, oak_flavour_of(inventory->node.platform.family), u->name, u->arch, u->evr))
			continue;
		void **slot = oak_map_slot(&best, oak_arena_printf(arena, "%s %s", u->name, u->arch ? u->arch : ""));
		const struct oak_update *before = *slot;
		if (!before || compare(u->evr, before->evr) > 0)
			*slot = u;
	}
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];
		const struct oak_update *u =
			oak_map_find(&best, oak_arena_printf(arena, "%s %s", p->name, p->arch ? p->arch : ""));
		if (u && compare(u->evr, p->evr) > 0)
			want(arena, verdict, p, u, ret, ret_warnings);
	}
}
