/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dpkg's status file: is it whole, and which architectures does it speak of? */
#ifndef OAK_SCANNERS_DPKG_STATUS_H
#define OAK_SCANNERS_DPKG_STATUS_H

#include "core/error.h"
#include "core/mem.h"

/* A package that dpkg began with and did not end: its version counts as installed, but it does not work. */
struct oak_dpkg_unfinished {
	const char *id;    /* NAME.ARCH */
	const char *state; /* dpkg's word: "half-configured" */
};

struct oak_dpkg_status {
	size_t stanzas;
	OAK_VEC(const char *) archs; /* native first; empty = the file names none */
	OAK_VEC(struct oak_dpkg_unfinished) unfinished;
};

/* libapt forgives what dpkg does not: a file cut short would be read as a host with fewer packages.
 * Errors: dpkg.no-status (NOT_FOUND, DENIED), dpkg.status (IO: damaged). */
int oak_dpkg_status_check(struct oak_arena *arena, const char *root, struct oak_dpkg_status *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
