/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SUSE's patches as zypper lists them: needed, not needed, not applicable. */
#include "baseline/evaluate.h"
#include "core/str.h"
#include "scanners/rpm/locks.h"
#include "scanners/rpm/updates_internal.h"

struct found {
	bool installed; /* a package of it, of whatever arch */
	bool older;	/* an installed one that it would update */
};

static void look_at(const struct oak_updates *u, const struct oak_ui_package *p, struct found *found)
{
	for (const struct oak_slot *slot = oak_map_find(&u->by_name, p->name); slot; slot = slot->next) {
		found->installed = true;
		found->older |= !oak_streq(p->arch, "src") && (!p->arch || oak_updates_suse_arch(p->arch, slot->package->arch)) &&
				oak_evr_compare_rpm(p->evr, slot->package->evr) > 0;
	}
}

/* libzypp's categories that nobody must install. */
static bool is_optional(const char *classification)
{
	static const char *const words[] = {"optional", "feature", "enhancement"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (oak_strcaseeq(classification, words[i]))
			return true;
	return false;
}

static const char *status_of(const struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_ui_update *update)
{
	struct found found = {false, false};
	for (size_t c = 0; c < update->collections.n; c++)
		for (size_t i = 0; i < update->collections.v[c].packages.n; i++)
			look_at(u, &update->collections.v[c].packages.v[i], &found);
	if (oak_strcaseeq(update->status, "retracted"))
		return "RETRACTED";
	if (!found.installed || oak_updates_other_vendor(u, source, update))
		return "NOT_APPLICABLE";
	if (!found.older)
		return "NOT_NEEDED";
	if (oak_locks_patch(u->input->conf, source->repo->id, update->advisory.id))
		return "UNWANTED";
	return is_optional(update->advisory.classification) ? "OPTIONAL" : "NEEDED";
}

/* Thousands of patches share a few words. */
static const char *word(struct oak_updates *u, const char *text)
{
	void **slot = text ? oak_map_slot(&u->words, text) : NULL;
	if (slot && !*slot)
		*slot = oak_arena_strdup(u->inventory->arena, text);
	return slot ? *slot : NULL;
}

void oak_updates_take_patches(struct oak_updates *u)
{
	struct oak_arena *arena = u->inventory->arena;
	for (size_t i = 0; i < u->input->source_count; i++) {
		const struct oak_rpm_source *source = &u->input->sources[i];
		for (size_t k = 0; k < source->offer.advisories.updates.n; k++) {
			const struct oak_ui_update *update = &source->offer.advisories.updates.v[k];
			const struct oak_advisory *a = &update->advisory;
			const char *status = status_of(u, source, update);
			bool here = !oak_streq(status, "NOT_APPLICABLE");
			struct oak_vendor_patch patch = {.repository = word(u, source->repo->id), .status = word(u, status)};
			patch.advisory = (struct oak_advisory){.id = oak_arena_strdup(arena, a->id), .classification = word(u, a->classification),
							       .severity = word(u, a->severity), .issued = a->issued, .updated = a->updated,
							       .title = here ? oak_arena_strdup(arena, a->title) : NULL,
							       .reboot_suggested = a->reboot_suggested};
			for (size_t n = 0; here && n < a->cves.n; n++)
				*oak_push(arena, &patch.advisory.cves) = oak_arena_strdup(arena, a->cves.v[n]);
			*oak_push(arena, &u->inventory->patches) = patch;
		}
	}
}
