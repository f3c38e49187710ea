/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What assignments say together: conflicts between any two, and what holds for one node. */
#include "baseline/assignment.h"

#include <stdlib.h>

#include "baseline/evaluate.h"
#include "core/buf.h"
#include "core/map.h"
#include "core/str.h"

/* --- what one assignment sets, as text ---------------------------------------------------------------------------------- */

enum what { BASELINE, WINDOWS, CALENDARS, RING, WHAT_COUNT };
static const char *const what_names[WHAT_COUNT] = {"baseline", "windows", "calendars", "ring"};

static const char *list_text(struct oak_arena *arena, const char *const *v, size_t n)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, (size_t)1 << 20);
	for (size_t i = 0; i < n; i++)
		oak_buf_addf(&buf, "%s%s", i ? ", " : "", v[i]);
	return n ? oak_arena_strdup(arena, oak_buf_text(&buf)) : NULL;
}

/* NULL = it says nothing about it. */
static const char *says(struct oak_arena *arena, const struct oak_assignment *a, enum what what)
{
	switch (what) {
	case BASELINE:
		return a->baseline;
	case WINDOWS:
		return list_text(arena, a->windows.v, a->windows.n);
	case CALENDARS:
		return list_text(arena, a->calendars.v, a->calendars.n);
	case RING:
		return a->ring;
	case WHAT_COUNT:
		break;
	}
	return NULL;
}

static const char *package_text(struct oak_arena *arena, const struct oak_assigned_package *p)
{
	const char *version = p->version ? p->version : p->channel;
	return oak_arena_printf(arena, "%s%s%s%s", oak_assigned_action_to_string(p->action), version ? " " : "", version ? version : "",
				p->withdrawn == OAK_WITHDRAWN_UNINSTALL ? ", withdrawn UNINSTALL" : "");
}

/* --- conflicts ---------------------------------------------------------------------------------------------------------- */

struct differences {
	struct oak_arena *arena;
	OAK_VEC(struct oak_assignment_conflict) list;
};

static void compare(struct differences *d, const struct oak_assignment *a, const struct oak_assignment *b)
{
	for (int w = 0; w < WHAT_COUNT; w++) {
		const char *x = says(d->arena, a, (enum what)w), *y = says(d->arena, b, (enum what)w);
		if (x && y && !oak_streq(x, y))
			*oak_push(d->arena, &d->list) = (struct oak_assignment_conflict){a, b, what_names[w], x, y};
	}
	for (size_t i = 0; i < a->packages.n; i++)
		for (size_t j = 0; j < b->packages.n; j++) {
			const struct oak_assigned_package *p = &a->packages.v[i], *q = &b->packages.v[j];
			const char *x, *y;
			if (!oak_streq(p->name, q->name))
				continue;
			x = package_text(d->arena, p), y = package_text(d->arena, q);
			if (!oak_streq(x, y))
				*oak_push(d->arena, &d->list) = (struct oak_assignment_conflict){
					a, b, oak_arena_printf(d->arena, "package '%s'", p->name), x, y};
		}
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct oak_assignment *const *)a)->name, (*(const struct oak_assignment *const *)b)->name);
}

void oak_assignments_check(struct oak_arena *arena, const struct oak_assignments *list, struct oak_assignment_conflicts *ret)
{
	struct oak_assignments sorted = {0};
	for (size_t i = 0; i < list->list.n; i++)
		*oak_push(arena, &sorted.list) = list->list.v[i];
	if (sorted.list.n)
		qsort(sorted.list.v, sorted.list.n, sizeof(*sorted.list.v), by_name);
	for (size_t i = 0; i < sorted.list.n; i++)
		for (size_t j = i + 1; j < sorted.list.n; j++) {
			const struct oak_assignment *a = sorted.list.v[i], *b = sorted.list.v[j];
			struct oak_arena *scratch = oak_arena_new();
			struct differences d = {.arena = arena};
			if (a->priority == b->priority)
				compare(&d, a, b);
			if (d.list.n && oak_selectors_overlap(scratch, a->selector, b->selector))
				for (size_t k = 0; k < d.list.n; k++)
					*oak_push(arena, &ret->list) = d.list.v[k];
			oak_arena_free(scratch);
		}
}

int oak_assignments_refuse(const struct oak_assignment_conflicts *conflicts, struct oak_error *err)
{
	if (!conflicts->list.n)
		return 0;
	const struct oak_assignment_conflict *c = &conflicts->list.v[0];
	return oak_fail(err, OAK_INVALID, "assignment.conflict", 0,
			"'%s' and '%s' set the %s differently at priority %d ('%s', '%s'), and a node could match both '%s' and '%s'; "
			"%zu such conflicts in all (give one a higher priority, or narrow a selector)",
			c->a->name, c->b->name, c->what, c->a->priority, c->says_a, c->says_b, c->a->selector_text,
			c->b->selector_text, conflicts->list.n);
}

/* --- one node ------------------------------------------------------------------------------------------------------------ */

static int by_priority(const void *x, const void *y)
{
	const struct oak_effective_seen *a = x, *b = y;
	if (a->assignment->priority != b->assignment->priority)
		return a->assignment->priority < b->assignment->priority ? 1 : -1;
	return strcmp(a->assignment->name, b->assignment->name);
}

static bool contested(const struct oak_effective *e, const struct oak_assignment *a, const char *what)
{
	for (size_t i = 0; i < e->conflicts.list.n; i++) {
		const struct oak_assignment_conflict *c = &e->conflicts.list.v[i];
		if ((c->a == a || c->b == a) && oak_streq(c->what, what))
			return true;
	}
	return false;
}

struct settling {
	struct oak_arena *arena;
	struct oak_effective *effective;
	struct oak_map owners;   /* what -> the assignment that settled it, contested or not */
	struct oak_buf overruled; /* of the assignment at hand */
};

/* True if A is to set WHAT: nobody above it said anything about it, and nobody beside it says otherwise. */
static bool claims(struct settling *s, const struct oak_assignment *a, const char *what)
{
	const struct oak_assignment *owner = oak_map_find(&s->owners, what);
	if (owner && owner->priority > a->priority)
		oak_buf_addf(&s->overruled, "%s%s (by '%s')", s->overruled.n ? ", " : "", what, owner->name);
	if (owner)
		return false;
	oak_map_put(&s->owners, what, (void *)a);
	return !contested(s->effective, a, what);
}

static void settle(struct settling *s, struct oak_effective_seen *seen)
{
	const struct oak_assignment *a = seen->assignment;
	struct oak_effective *e = s->effective;
	const struct oak_assignment **slots[WHAT_COUNT] = {&e->baseline, &e->windows, &e->calendars, &e->ring};
	oak_buf_clear(&s->overruled);
	for (int w = 0; w < WHAT_COUNT; w++)
		if (says(s->arena, a, (enum what)w) && claims(s, a, what_names[w]))
			*slots[w] = a;
	for (size_t i = 0; i < a->packages.n; i++)
		if (claims(s, a, oak_arena_printf(s->arena, "package '%s'", a->packages.v[i].name)))
			*oak_push(s->arena, &e->packages) = (struct oak_effective_package){&a->packages.v[i], a};
	if (s->overruled.n)
		seen->overruled = oak_arena_strdup(s->arena, oak_buf_text(&s->overruled));
}

/* Conflicts below an assignment that settled the matter harm nobody here. */
static void keep_live(struct settling *s)
{
	struct oak_assignment_conflicts *conflicts = &s->effective->conflicts;
	size_t n = 0;
	for (size_t i = 0; i < conflicts->list.n; i++) {
		const struct oak_assignment_conflict *c = &conflicts->list.v[i];
		const struct oak_assignment *owner = oak_map_find(&s->owners, c->what);
		if (owner && owner->priority == c->a->priority)
			conflicts->list.v[n++] = *c;
	}
	conflicts->list.n = n;
}

static int package_by_name(const void *a, const void *b)
{
	return strcmp(((const struct oak_effective_package *)a)->package->name, ((const struct oak_effective_package *)b)->package->name);
}

void oak_assignments_effective(struct oak_arena *arena, const struct oak_assignments *list, const struct oak_node *node,
			       struct oak_effective *ret)
{
	struct oak_assignments matching = {0};
	*ret = (struct oak_effective){0};
	for (size_t i = 0; i < list->list.n; i++) {
		const char *why_not = oak_selector_why_not(arena, list->list.v[i]->selector, node);
		*oak_push(arena, &ret->seen) = (struct oak_effective_seen){list->list.v[i], why_not, NULL};
		if (!why_not)
			*oak_push(arena, &matching.list) = list->list.v[i];
	}
	if (ret->seen.n)
		qsort(ret->seen.v, ret->seen.n, sizeof(*ret->seen.v), by_priority);
	oak_assignments_check(arena, &matching, &ret->conflicts);
	struct settling s = {.arena = arena, .effective = ret};
	oak_map_init(&s.owners, arena, 16);
	oak_buf_init(&s.overruled, (size_t)1 << 20);
	for (size_t i = 0; i < ret->seen.n; i++)
		if (!ret->seen.v[i].why_not)
			settle(&s, &ret->seen.v[i]);
	oak_buf_done(&s.overruled);
	keep_live(&s);
	if (ret->packages.n)
		qsort(ret->packages.v, ret->packages.n, sizeof(*ret->packages.v), package_by_name);
}

const char *oak_assigned_version(const struct oak_assigned_package *package, const char *const *versions, size_t count)
{
	const char *best = NULL;
	size_t prefix = package->channel && !oak_streq(package->channel, "latest") ? strlen(package->channel) - 1 : 0;
	for (size_t i = 0; i < count; i++) {
		bool fits = package->version ? oak_streq(versions[i], package->version)
					     : strncmp(versions[i], package->channel, prefix) == 0;
		if (fits && (!best || oak_evr_compare_deb(versions[i], best) > 0))
			best = versions[i];
	}
	return best;
}
