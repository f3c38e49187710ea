/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files that build updates[]: the work in hand. */
#ifndef OAK_SCANNERS_RPM_UPDATES_INTERNAL_H
#define OAK_SCANNERS_RPM_UPDATES_INTERNAL_H

#include "scanners/rpm/updates.h"

struct oak_lock;

/* One installed name.arch. */
struct oak_slot {
	struct oak_package *package; /* its highest version */
	struct oak_slot *next;	     /* other arch of the same name */
	const struct oak_lock *lock; /* what keeps a newer version back */
	bool open;		     /* a newer version that nothing keeps back exists */
	const char *remedied;	     /* newest version, not newer than the installed one, that an advisory names */
	bool rated, obsoleted;
	bool offered, offered_same; /* some version, the installed one */
	int priority; /* best of the repositories that offer a newer version */
};

struct oak_origin {
	const struct oak_rpm_repo *repo;
	bool locked;
};

/* One newer version. */
struct oak_entry_update {
	struct oak_slot *slot;
	const char *arch, *evr, *source, *module;
	bool inactive; /* of a module stream that is not in use: advisories of other collections do not count for it */
	int64_t size;
	oak_time built;
	OAK_VEC(struct oak_origin) origins;
	OAK_VEC(const struct oak_advisory *) advisories;
};

struct oak_updates {
	struct oak_arena *scratch;
	const struct oak_updates_input *input;
	struct oak_inventory *inventory;
	struct oak_map absent;	/* "name\narch" -> struct oak_slot *, of what is not installed (only where all is wanted) */
	struct oak_map by_name; /* -> struct oak_slot * */
	struct oak_map by_key;	/* -> struct oak_entry_update * */
	struct oak_map copies;	/* id -> copied advisories */
	struct oak_map words;	/* texts of the answer that are used many times */
	OAK_VEC(struct oak_entry_update *) entries;
};

struct oak_slot *oak_updates_slot(const struct oak_updates *u, const char *name, const char *arch);
struct oak_entry_update *oak_updates_entry(struct oak_updates *u, struct oak_slot *slot, const char *arch, const char *evr);
void oak_updates_take_advisories(struct oak_updates *u);
void oak_updates_take_patches(struct oak_updates *u); /* SUSE */
/* zypp's rule: a noarch package of a patch means every arch, and every arch a noarch package. */
bool oak_updates_suse_arch(const char *advisory, const char *installed);
/* zypp: all that the patch would update comes, in its own repository, from vendors that may not replace the installed ones. */
bool oak_updates_other_vendor(const struct oak_updates *u, const struct oak_rpm_source *source, const struct oak_ui_update *update);
struct oak_advisory oak_updates_advisory_copy(struct oak_updates *u, const struct oak_advisory *a);

#endif
