/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dpkg's status file: is it whole, and which architectures does it speak of? */
#ifndef OAK_SCANNERS_DPKG_STATUS_H
#define OAK_SCANNERS_DPKG_STATUS_H

#include "core/error.h"
#include "core/mem.h"

struct oak_dpkg_status {
	size_t stanzas;
	OAK_VEC(const char *) archs; /* native first; empty = the file names none */
};

/* libapt forgives what dpkg does not: a file cut short would be read as a host with fewer packages.
 * Errors: dpkg.no-status (NOT_FOUND, DENIED), dpkg.status (IO: damaged). */
int oak_dpkg_status_check(struct oak_arena *arena, const char *root, struct oak_dpkg_status *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
