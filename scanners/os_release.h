/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What os-release says about a system, and which family of package manager that means. */
#ifndef OAK_SCANNERS_OS_RELEASE_H
#define OAK_SCANNERS_OS_RELEASE_H

#include <stdbool.h>

#include "core/mem.h"
#include "core/time.h"

/* Values as os-release(5) has them, unquoted; NULL = absent. */
struct oak_os_release {
	const char *id, *id_like, *version_id, *version_codename, *pretty_name, *name;
	const char *family;   /* "debian" "rhel" "suse" "amazon"; NULL = not known */
	oak_time support_end; /* SUPPORT_END; NONE = not said */
};

/* Read ROOT/etc/os-release, else ROOT/usr/lib/os-release. False (and all absent) if neither can be read. */
bool oak_os_release_load(struct oak_arena *arena, const char *root, struct oak_os_release *ret);

/* Parse its text; pure. Lines that are no assignments are skipped, as a shell-compatible reader must. */
void oak_os_release_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_os_release *ret);

/* Day on which security support of this release ended or will end: SUPPORT_END, else our table. NONE = not known.
 * For Debian the end of LTS, for Ubuntu the end of standard support. */
oak_time oak_os_end_of_life(const struct oak_os_release *os);

#endif
