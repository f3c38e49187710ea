/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cutting snapshots from an evaluated inventory, and looking at an inventory through one. */
#include "baseline/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#include "baseline/evaluate.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/str.h"

bool oak_snapshot_name_check(const char *name)
{
	size_t n = strlen(name);
	return n >= 1 && n <= 64 && name[0] != '.' && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

static int by_identity(const void *a, const void *b)
{
	const struct oak_snapshot_item *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	if (!order)
		order = strcmp(x->arch, y->arch);
	return order ? order : strcmp(x->evr, y->evr);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *key_of(struct oak_arena *arena, const char *name, const char *arch, const char *evr)
{
	return oak_arena_printf(arena, "%s %s %s", name, arch ? arch : "", evr ? evr : "");
}

static bool offers(const struct oak_update *update, const char *repository)
{
	for (size_t i = 0; i < update->origins.n; i++)
		if (oak_streq(update->origins.v[i], repository))
			return true;
	return false;
}

static struct oak_snapshot_repository cut_repository(struct oak_arena *arena, const struct oak_inventory *inventory,
						     const struct oak_repository *repository)
{
	OAK_VEC(const char *) lines = {0};
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		if (offers(u, repository->id))
			*oak_push(arena, &lines) = key_of(arena, u->name, u->arch, u->evr);
	}
	if (lines.n)
		qsort(lines.v, lines.n, sizeof(*lines.v), by_text);
	struct oak_hasher *hasher = oak_sha256_new();
	for (size_t i = 0; i < lines.n; i++) {
		oak_hasher_add(hasher, lines.v[i], strlen(lines.v[i]));
		oak_hasher_add(hasher, "\n", 1);
	}
	unsigned char digest[OAK_SHA256_SIZE];
	oak_hasher_end(hasher, digest);
	char *hex = oak_arena_alloc(arena, OAK_SHA256_TEXT);
	oak_hex(digest, sizeof(digest), hex);
	return (struct oak_snapshot_repository){.id = repository->id, .uri = repository->uri, .digest = hex,
						.fetched_at = repository->fetched_at,
						.release_date = repository->release_date, .offered = (int64_t)lines.n};
}

static const char *platform_text(struct oak_arena *arena, const struct oak_platform *p)
{
	return oak_arena_printf(arena, "%s %s %s", p->id ? p->id : "unknown", p->version ? p->version : "-",
				p->arch ? p->arch : "-");
}

struct oak_snapshot *oak_snapshot_cut(struct oak_arena *arena, const char *name, const struct oak_verdict *verdict,
				      const struct oak_inventory *inventory, const bool *approved,
				      const enum oak_level *levels, oak_time now)
{
	struct oak_snapshot *s = OAK_NEW(arena, struct oak_snapshot);
	s->name = name;
	s->created_at = now;
	s->node_id = inventory->node.id;
	s->platform = platform_text(arena, &inventory->node.platform);
	s->baseline_id = verdict->baseline_id;
	s->baseline_name = verdict->baseline_name;
	s->baseline_digest = verdict->baseline_digest;
	for (size_t i = 0; i < inventory->repositories.n; i++)
		if (inventory->repositories.v[i].enabled)
			*oak_push(arena, &s->repositories) = cut_repository(arena, inventory, &inventory->repositories.v[i]);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		if (approved[i])
			*oak_push(arena, &s->approved) = (struct oak_snapshot_item){
				u->name, u->arch ? u->arch : "", u->evr, levels[i], u->origins.n ? u->origins.v[0] : NULL,
				u->advisories.n ? u->advisories.v[0].id : NULL};
	}
	if (s->approved.n)
		qsort(s->approved.v, s->approved.n, sizeof(*s->approved.v), by_identity);
	return s;
}

int oak_snapshot_promote(struct oak_arena *arena, struct oak_snapshot *snapshot, const char *ring, oak_time now,
			 struct oak_error *err)
{
	if (!oak_snapshot_name_check(ring))
		return oak_fail(err, OAK_INVALID, "snapshot.ring", 0,
				"'%s' is no name of a ring (1 to 64 letters, digits, dots, underscores, dashes)", ring);
	size_t kept = 0;
	for (size_t i = 0; i < snapshot->rings.n; i++)
		if (!oak_streq(snapshot->rings.v[i].ring, ring))
			snapshot->rings.v[kept++] = snapshot->rings.v[i];
	snapshot->rings.n = kept;
	*oak_push(arena, &snapshot->rings) = (struct oak_snapshot_ring){ring, now};
	return 0;
}

/* ------------------------------------------------------------------------------------------- the view */

static void index_items(struct oak_arena *arena, const struct oak_snapshot *s, struct oak_map *ret)
{
	oak_map_init(ret, arena, s->approved.n);
	for (size_t i = 0; i < s->approved.n; i++) {
		struct oak_snapshot_item *item = &s->approved.v[i];
		oak_map_put(ret, key_of(arena, item->name, item->arch, item->evr), item);
	}
}

/* Versions of installed packages that the snapshot approves and nobody offers any more. */
static void make_up_lost(struct oak_arena *arena, const struct oak_snapshot *s, const struct oak_inventory *inventory,
			 const struct oak_map *offered, struct oak_inventory *view)
{
	oak_evr_compare compare = oak_evr_for_family(inventory->node.platform.family);
	struct oak_map installed;
	oak_map_init(&installed, arena, inventory->packages.n);
	for (size_t i = 0; i < inventory->packages.n; i++) {
		struct oak_package *p = &inventory->packages.v[i];
		oak_map_put(&installed, key_of(arena, p->name, p->arch, NULL), p);
	}
	for (size_t i = 0; i < s->approved.n; i++) {
		const struct oak_snapshot_item *item = &s->approved.v[i];
		const struct oak_package *p = oak_map_find(&installed, key_of(arena, item->name, item->arch, NULL));
		if (!p || compare(item->evr, p->evr) <= 0 ||
		    oak_map_has(offered, key_of(arena, item->name, item->arch, item->evr)))
			continue;
		struct oak_update *u = oak_push(arena, &view->updates);
		*u = (struct oak_update){.name = item->name, .arch = item->arch, .evr = item->evr, .size = -1,
					 .issued = OAK_TIME_NONE, .updated = OAK_TIME_NONE, .built = OAK_TIME_NONE,
					 .first_seen = s->created_at};
		if (item->repository)
			*oak_push(arena, &u->origins) = item->repository;
	}
}

static struct oak_baseline *open_baseline(struct oak_arena *arena, const struct oak_baseline *baseline)
{
	struct oak_baseline *b = OAK_NEW(arena, struct oak_baseline);
	*b = *baseline;
	memset(&b->global_filters, 0, sizeof(b->global_filters));
	memset(&b->rules, 0, sizeof(b->rules));
	memset(&b->approved, 0, sizeof(b->approved));
	*oak_push(arena, &b->rules) = (struct oak_rule){
		.has_days = true, .approve_until = OAK_TIME_NONE, .enable_non_security = true};
	b->honour_delay = false;
	b->undated = OAK_UNDATED_APPROVE;
	return b;
}

void oak_snapshot_view(struct oak_arena *arena, const struct oak_snapshot *snapshot, const struct oak_inventory *inventory,
		       const struct oak_baseline *baseline, struct oak_inventory **ret_inventory,
		       struct oak_baseline **ret_baseline)
{
	struct oak_inventory *view = OAK_NEW(arena, struct oak_inventory);
	struct oak_map approved, offered;
	index_items(arena, snapshot, &approved);
	oak_map_init(&offered, arena, inventory->updates.n);
	*view = *inventory;
	memset(&view->updates, 0, sizeof(view->updates));
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		const char *key = key_of(arena, u->name, u->arch, u->evr);
		oak_map_put(&offered, key, &inventory->updates.v[i]);
		if (oak_map_has(&approved, key))
			*oak_push(arena, &view->updates) = *u;
	}
	make_up_lost(arena, snapshot, inventory, &offered, view);
	*ret_inventory = view;
	*ret_baseline = open_baseline(arena, baseline);
}

void oak_snapshot_mark(const struct oak_snapshot *snapshot, const struct oak_inventory *inventory,
		       const struct oak_map *kept, struct oak_verdict *verdict)
{
	struct oak_arena *arena = verdict->arena;
	struct oak_map approved, offered;
	index_items(arena, snapshot, &approved);
	oak_map_init(&offered, arena, inventory->updates.n);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		struct oak_update *u = &inventory->updates.v[i];
		oak_map_put(&offered, key_of(arena, u->name, u->arch, u->evr), u);
	}
	const char *rule = oak_arena_printf(arena, "snapshot '%s'", snapshot->name);
	for (size_t i = 0; i < verdict->patches.n; i++) {
		struct oak_patch *p = &verdict->patches.v[i];
		const char *key = p->available ? key_of(arena, p->name, p->arch, p->available) : NULL;
		const struct oak_snapshot_item *item = key ? oak_map_find(&approved, key) : NULL;
		if (!item)
			continue;
		p->level = item->level;
		p->rule = rule;
		bool missing = p->state == OAK_STATE_MISSING || p->state == OAK_STATE_FAILED;
		if (missing && !oak_map_has(&offered, key) && !(kept && oak_map_has(kept, key))) {
			p->reason = OAK_REASON_NO_LONGER_OFFERED;
			p->reason_detail = oak_arena_printf(arena, "no repository has version %s any more", p->available);
		}
	}
}
