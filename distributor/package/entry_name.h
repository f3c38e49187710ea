/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of archive entries that mean the same file on every system: the portable set. Pure. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_ENTRY_NAME_H
#define OAK_DISTRIBUTOR_PACKAGE_ENTRY_NAME_H

#include <stddef.h>

/* Limits of DESIGN §5. */
enum { OAK_ENTRY_COMPONENT_MAX = 255, OAK_ENTRY_PATH_MAX = 4096, OAK_ENTRY_DEPTH_MAX = 64, OAK_ENTRY_COUNT_MAX = 100000 };

enum oak_entry_flaw {
	OAK_ENTRY_FINE,
	OAK_ENTRY_LEADS_OUT, /* absolute, or with ".." : E_PATH */
	OAK_ENTRY_UNPORTABLE /* means something else, or nothing, somewhere: E_NAME */
};

/* Judge NAME (relative, '/' between components, one '/' at the end allowed). *ret_why says what is wrong, in words; static.
 * Source: distribution.md rows A1, A2, A12-A14. */
enum oak_entry_flaw oak_entry_name_check(const char *name, const char **ret_why);

/* The same for where a link points to: '..' is allowed, being absolute is not. */
enum oak_entry_flaw oak_entry_target_check(const char *target, const char **ret_why);

#endif
