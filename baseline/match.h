/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which entries of an approved or rejected list speak of a package version or of one of its advisories. */
#ifndef OAK_BASELINE_MATCH_H
#define OAK_BASELINE_MATCH_H

#include "baseline/baseline.h"
#include "baseline/inventory.h"

/* How names and versions are spelled and compared on a platform. */
enum oak_flavour { OAK_FLAVOUR_RPM, OAK_FLAVOUR_SUSE, OAK_FLAVOUR_DEB, OAK_FLAVOUR_WINDOWS, OAK_FLAVOUR_COUNT };
enum oak_flavour oak_flavour_of(const char *family);

/* One entry that matched, and by what: the spelling of the package, or the id. */
struct oak_hit {
	size_t entry;
	const char *by;
};
struct oak_hits {
	OAK_VEC(struct oak_hit) list; /* by rising entry, each entry once */
};

/* An index over a list. Spellings of a package, all anchored, globs, case folded (source: patch-semantics (a.4)):
 *   rpm, SUSE  n  n.a  n-v  n-v-r  n-v-r.a  n-e:v-r  n-e:v-r.a  e:n-v-r.a  n.a:e:v-r   (epoch 0 when there is none)
 *   deb        n  n.a  n-v  n.a:v  n:a
 *   windows    n  KB number with or without "KB", the update's id, MS bulletins in its title
 * "name op version …" with op = == != < <= > >= (n, n.a, n:a; on rpm a version without release stands for all releases).
 * Advisory, CVE and bug ids: whole, case folded; "patch:ID" as zypper prints it. */
struct oak_matcher;
struct oak_matcher *oak_matcher_new(struct oak_arena *arena, const struct oak_entry *entries, size_t n,
				    enum oak_flavour flavour) __attribute__((returns_nonnull));

/* Entries that name this package version (EVR may be NULL: then by name alone). HITS is emptied first and
 * belongs to the matcher's arena; the texts in it live as long. */
void oak_matcher_package(struct oak_matcher *matcher, const char *name, const char *arch, const char *evr,
			 struct oak_hits *hits);
/* Entries that name UPDATE (by its spellings, KB, title) or ADVISORY (may be NULL) by any id. */
void oak_matcher_candidate(struct oak_matcher *matcher, const struct oak_update *update,
			   const struct oak_advisory *advisory, struct oak_hits *hits);

/* Entries that are a plain package name and never matched anything in this matcher's life: approved, but not here. */
size_t oak_matcher_unmatched_names(const struct oak_matcher *matcher);

#endif
