/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a mirror needs of rpm metadata: names, places, sizes and checksums in repomd.xml and primary.xml. */
#ifndef OAK_REPO_RPM_INDEX_H
#define OAK_REPO_RPM_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* One <data> of repomd.xml or one <package> of primary.xml. Strings live during the call; NULL or -1 = not given. */
struct oak_rpm_entry {
	const char *type; /* "primary" …; of a package "rpm" */
	const char *href, *base; /* <location href xml:base> */
	const char *algorithm, *hex;
	int64_t size;
};
typedef int oak_rpm_take(void *arg, const struct oak_rpm_entry *entry, struct oak_error *err);

/* Call TAKE for each; *ret_revision (may be NULL) is repomd's <revision>, -1 = none or no number. A negative answer ends it.
 * Errors: repo.upstream (INVALID: no XML, too deep, entities), module.*. */
int oak_rpm_index(const char *text, size_t n, const char *name, oak_rpm_take *take, void *arg, int64_t *ret_revision,
		  struct oak_error *err) OAK_MUST_USE;

/* What module "rpmindex" exports as "oak_rpm_index_expat". */
typedef int oak_rpm_index_parse(const char *text, size_t n, const char *name, oak_rpm_take *take, void *arg, int64_t *ret_revision,
				struct oak_error *err);

#endif
