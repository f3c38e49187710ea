/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Release evidence in order of trust, and the strict, instant-based approval delay. */
#include "baseline/approval.h"

#include <stdio.h>

#include "core/str.h"

static const char *seen_key(struct oak_arena *arena, const char *repository, const char *name, const char *arch,
			    const char *evr)
{
	return oak_arena_printf(arena, "%s\n%s\n%s\n%s", repository, name, arch ? arch : "", evr);
}

static void index_memory(struct oak_evidence *evidence, struct oak_arena *arena)
{
	const struct oak_memory *memory = evidence->memory;

	oak_map_init(&evidence->seen, arena, memory ? memory->first_seen.n : 0);
	oak_map_init(&evidence->names, arena, 0);
	for (size_t i = 0; memory && i < memory->first_seen.n; i++) {
		struct oak_first_seen *seen = &memory->first_seen.v[i];
		void **earliest = oak_map_slot(&evidence->names, seen->name);

		oak_map_put(&evidence->seen, seen_key(arena, seen->repository, seen->name, seen->arch, seen->evr), seen);
		if (!*earliest || ((struct oak_first_seen *)*earliest)->at > seen->at)
			*earliest = seen;
	}
}

/* Whatever a recorded inventory says of a repository: where an advisory came from, advisories are carried. */
static void index_carriers(struct oak_evidence *evidence, struct oak_arena *arena)
{
	const struct oak_inventory *inventory = evidence->inventory;

	oak_map_init(&evidence->carriers, arena, inventory->repositories.n);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *update = &inventory->updates.v[i];

		if (!update->advisories.n)
			continue;
		evidence->unattributed |= update->origins.n == 0;
		for (size_t k = 0; k < update->origins.n; k++)
			oak_map_put(&evidence->carriers, update->origins.v[k], (void *)update);
	}
}

void oak_evidence_init(struct oak_evidence *evidence, struct oak_arena *arena, const struct oak_inventory *inventory,
		       const struct oak_memory *memory, oak_time now)
{
	*evidence = (struct oak_evidence){.inventory = inventory, .memory = memory, .now = now};
	oak_map_init(&evidence->repositories, arena, inventory->repositories.n);
	for (size_t i = 0; i < inventory->repositories.n; i++)
		oak_map_put(&evidence->repositories, inventory->repositories.v[i].id, &inventory->repositories.v[i]);
	index_carriers(evidence, arena);
	index_memory(evidence, arena);
}

const struct oak_repository *oak_evidence_repository(const struct oak_evidence *evidence, const char *id)
{
	return oak_map_find(&evidence->repositories, id);
}

static oak_time earlier(oak_time a, oak_time b)
{
	if (a == OAK_TIME_NONE)
		return b;
	return b == OAK_TIME_NONE || a < b ? a : b;
}

const char *oak_memory_name(const struct oak_update *update)
{
	return update->update_id ? update->update_id : update->name;
}

static const struct oak_first_seen *remembered(const struct oak_evidence *evidence, const char *repository,
					       const struct oak_update *update)
{
	char small[1024];
	size_t n = strlen(repository) + strlen(oak_memory_name(update)) + strlen(update->evr) +
		   (update->arch ? strlen(update->arch) : 0) + 4;

	if (!evidence->seen.n || n > sizeof(small))
		return NULL;
	snprintf(small, sizeof(small), "%s\n%s\n%s\n%s", repository, oak_memory_name(update),
		 update->arch ? update->arch : "", update->evr);
	return oak_map_find(&evidence->seen, small);
}

/* Earliest first-seen times over the origins, apart by whether the repository was watched before. */
struct sightings {
	oak_time watched, unwatched, release_date;
	bool dated; /* the unwatched time is a Release date that was written down then */
};

static void add_sighting(struct sightings *s, bool watched, oak_time at)
{
	oak_time *slot = watched ? &s->watched : &s->unwatched;

	*slot = earlier(*slot, at);
}

static struct sightings sightings_of(const struct oak_evidence *evidence, const struct oak_update *update)
{
	struct sightings s = {OAK_TIME_NONE, OAK_TIME_NONE, OAK_TIME_NONE, false};

	for (size_t i = 0; i < update->origins.n; i++) {
		const struct oak_first_seen *seen = remembered(evidence, update->origins.v[i], update);
		const struct oak_repository *r = oak_evidence_repository(evidence, update->origins.v[i]);

		if (seen) {
			add_sighting(&s, seen->watched, seen->at);
			s.dated |= !seen->watched && seen->release_date && s.unwatched == seen->at;
		}
		if (!seen && r && update->first_seen != OAK_TIME_NONE)
			add_sighting(&s, r->watched_since != OAK_TIME_NONE && r->watched_since < update->first_seen,
				     update->first_seen);
		if (r)
			s.release_date = earlier(s.release_date, r->release_date);
	}
	if (s.watched == OAK_TIME_NONE && s.unwatched == OAK_TIME_NONE)
		s.unwatched = update->first_seen;
	return s;
}

/* The first scan that saw it is this one, when nothing older is remembered. */
static oak_time this_scan(const struct oak_evidence *evidence)
{
	oak_time collected = evidence->inventory->collected_at;

	return collected != OAK_TIME_NONE && collected < evidence->now ? collected : evidence->now;
}

static struct oak_release undated_release(const struct oak_evidence *evidence, const struct oak_update *update)
{
	struct sightings s = sightings_of(evidence, update);
	bool lost = evidence->memory && evidence->memory->lost;
	oak_time scan = s.unwatched != OAK_TIME_NONE ? s.unwatched : this_scan(evidence);

	if (s.watched != OAK_TIME_NONE)
		return (struct oak_release){s.watched, OAK_BASIS_FIRST_SEEN, true};
	if (!lost && update->built != OAK_TIME_NONE && update->built <= scan)
		return (struct oak_release){update->built, OAK_BASIS_BUILD_TIME, true};
	if (!lost && s.release_date != OAK_TIME_NONE && s.release_date < scan)
		return (struct oak_release){s.release_date, OAK_BASIS_RELEASE_DATE, true};
	return (struct oak_release){scan, s.dated ? OAK_BASIS_RELEASE_DATE : OAK_BASIS_FIRST_SCAN, true};
}

struct oak_release oak_release_of(const struct oak_evidence *evidence, const struct oak_baseline *baseline,
				  const struct oak_update *update, const struct oak_advisory *advisory)
{
	oak_time updated = advisory ? advisory->updated : OAK_TIME_NONE;
	oak_time issued = advisory ? advisory->issued : OAK_TIME_NONE;
	bool by_issue = baseline->date_basis == OAK_DATE_ISSUED;

	if (updated == OAK_TIME_NONE && issued == OAK_TIME_NONE) {
		updated = update->updated;
		issued = update->issued;
	}
	if (updated != OAK_TIME_NONE && (!by_issue || issued == OAK_TIME_NONE))
		return (struct oak_release){updated, OAK_BASIS_ADVISORY_UPDATED, false};
	if (issued != OAK_TIME_NONE)
		return (struct oak_release){issued, OAK_BASIS_ADVISORY_ISSUED, false};
	return undated_release(evidence, update);
}

oak_time oak_approval_at(const struct oak_baseline *baseline, const struct oak_rule *rule,
			 const struct oak_release *release)
{
	if (!baseline->honour_delay || (!rule->has_days && rule->approve_until == OAK_TIME_NONE))
		return OAK_TIME_NONE;
	if (release->undated && baseline->undated == OAK_UNDATED_APPROVE)
		return OAK_TIME_NONE;
	if (release->undated && baseline->undated == OAK_UNDATED_HOLD)
		return OAK_TIME_NEVER;
	if (rule->approve_until != OAK_TIME_NONE)
		return release->at < rule->approve_until ? release->at : OAK_TIME_NEVER;
	if (release->at > OAK_TIME_NEVER - (oak_time)rule->approve_after_days * OAK_DAY)
		return OAK_TIME_NEVER;
	return release->at + (oak_time)rule->approve_after_days * OAK_DAY;
}

bool oak_approval_reached(const struct oak_rule *rule, const struct oak_release *release, oak_time at, oak_time now)
{
	if (at == OAK_TIME_NONE)
		return true;
	if (at == OAK_TIME_NEVER)
		return false;
	if (rule->approve_until != OAK_TIME_NONE)
		return true;
	return at < now || (rule->approve_after_days == 0 && at == now && release->undated);
}
