/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does an exclude, a versionlock or a zypp lock hold a version back? Pure. */
#ifndef OAK_SCANNERS_RPM_LOCKS_H
#define OAK_SCANNERS_RPM_LOCKS_H

#include "scanners/rpm/repoconf.h"

/* One version of a package. evr: "[epoch:]version-release". */
struct oak_nevra {
	const char *name, *evr, *arch;
};

/* dnf's forms: a glob on name, name.arch, name-version, name-version-release, name-version-release.arch, and with the epoch
 * before the version or before the name. */
bool oak_nevra_match(const char *pattern, const struct oak_nevra *nevra);

/* The lock that keeps VERSION of REPO from being installed in place of INSTALLED (an EVR, NULL = none); NULL = nothing does.
 * A versionlock of a name lets only the locked versions through. */
const struct oak_lock *oak_locks_find(const struct oak_rpm_conf *conf, const char *repo, const struct oak_nevra *version,
				      const char *installed);

/* The lock or versionlock that names the installed package; NULL = none. */
const struct oak_lock *oak_locks_installed(const struct oak_rpm_conf *conf, const struct oak_nevra *installed);

/* Is the patch ID of REPO locked (zypp)? */
bool oak_locks_patch(const struct oak_rpm_conf *conf, const char *repo, const char *id);

/* Is VERSION hidden by includepkgs of [main] or of its repository (everything else is excluded)? */
bool oak_locks_not_included(const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo, const struct oak_nevra *version);

const char *oak_lock_kind_to_string(enum oak_lock_kind kind); /* "exclude" "versionlock" "lock" */

#endif
