/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The approval clock: when a version was released, by which evidence, and from when on a rule approves it. */
#ifndef OAK_BASELINE_APPROVAL_H
#define OAK_BASELINE_APPROVAL_H

#include "baseline/baseline.h"
#include "baseline/inventory.h"
#include "baseline/memory.h"

/* Repositories and remembered first-seen times by key: built once for an evaluation. */
struct oak_evidence {
	const struct oak_inventory *inventory;
	const struct oak_memory *memory; /* NULL = none */
	oak_time now;
	struct oak_map repositories; /* id -> struct oak_repository */
	struct oak_map carriers;     /* ids of repositories of which an update here is in an advisory */
	bool unattributed;           /* an update is in an advisory and names no repository */
	struct oak_map seen;         /* repository, name, arch, version -> struct oak_first_seen */
	struct oak_map names;        /* name in memory -> its earliest struct oak_first_seen: Windows lineages */
};

void oak_evidence_init(struct oak_evidence *evidence, struct oak_arena *arena, const struct oak_inventory *inventory,
		       const struct oak_memory *memory, oak_time now);

const struct oak_repository *oak_evidence_repository(const struct oak_evidence *evidence, const char *id); /* NULL */

/* A release time with its evidence. */
struct oak_release {
	oak_time at; /* OAK_TIME_NONE with UNDATED: the baseline's undatedPolicy decides, not a date */
	enum oak_release_basis basis;
	bool undated; /* the advisory carries no date */
};

/* Release time of UPDATE as a candidate of ADVISORY (NULL = none), first evidence that exists: the advisory's date as
 * dateBasis says, first seen in a repository that we had watched before, build time, else min(Release date, first scan).
 * With a lost memory only advisory dates, first-seen times and the first scan since count: never earlier than before. */
struct oak_release oak_release_of(const struct oak_evidence *evidence, const struct oak_baseline *baseline,
				  const struct oak_update *update, const struct oak_advisory *advisory);

/* When RULE approves what was released at RELEASE: approved iff the result < NOW, or the rule has no delay to honour.
 * ApproveAfterDays N: release + N days. ApproveUntilDate: the release itself if before the end of that day, else
 * OAK_TIME_NEVER. HOLD of an undated one: OAK_TIME_NEVER; APPROVE, or delays not honoured: OAK_TIME_NONE (at once). */
oak_time oak_approval_at(const struct oak_baseline *baseline, const struct oak_rule *rule,
			 const struct oak_release *release);

/* True if an approval at AT counts at NOW: strictly before; a delay of zero days also for what was first seen in this
 * very scan. */
bool oak_approval_reached(const struct oak_rule *rule, const struct oak_release *release, oak_time at, oak_time now);

/* Under which name memory holds an update: its update id on Windows, else its name. */
const char *oak_memory_name(const struct oak_update *update);

#endif
