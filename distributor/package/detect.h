/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detection rules: whether a package is there, read from the disk and not from our memory. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_DETECT_H
#define OAK_DISTRIBUTOR_PACKAGE_DETECT_H

#include "distributor/package/traits.h"

/* True if every rule of TRAITS for PLATFORM holds on ROOT, and true if there is none. *ret_why (in ARENA) names the first that does
 * not. Reads only; a rule that cannot be answered here does not hold. */
bool oak_detect(struct oak_arena *arena, const char *root, const char *platform, const struct oak_package_traits *traits,
		const char **ret_why);

/* One rule; detect_unix.c and detect_win32.c. */
bool oak_detect_rule(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why);

/* Whether PATH, the rule's path within its root, is there, with the rule's hash if it has one; no link is followed at its end. */
bool oak_detect_file(struct oak_arena *arena, const char *path, const struct oak_package_detect *rule, const char **ret_why);

/* Version of the installed package NAME in dpkg's status TEXT; NULL = not installed. In ARENA. Pure. */
const char *oak_detect_dpkg_version(struct oak_arena *arena, const char *text, size_t n, const char *name);

#endif
