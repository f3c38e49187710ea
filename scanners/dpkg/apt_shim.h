/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libapt-pkg as C functions: no exception and no pending apt error gets out of here, each becomes an oak_error. */
#ifndef OAK_SCANNERS_DPKG_APT_SHIM_H
#define OAK_SCANNERS_DPKG_APT_SHIM_H

#ifdef __cplusplus
#include "scanners/dpkg/c_core.hh"
#define OAK_SHIM extern "C"
#else
#include "scanners/scanner.h"
#define OAK_SHIM
#endif

/* Where the examined system is and where we may keep our own files. Paths are absolute; strings are borrowed. */
struct oak_apt_setup {
	const char *root;     /* "/" or a folder */
	const char *dir;      /* apt's Dir: ROOT, or a tree of its own below it (Ubuntu's ESM lists) */
	const char *lists;    /* lists folder to read, NULL = the system's own */
	const char *own;      /* our folder for libapt's caches, lists and temporary files; NULL = keep nothing */
	const char *arch;     /* native architecture, NULL = this machine's */
	const char *const *archs; /* all architectures, native first */
	size_t arch_count;
	const char *const *archives; /* package files on offer besides those of the sources */
	size_t archive_count;
	bool no_network;
	bool all_versions;    /* a scan lists every offered version, also of what is not installed */
	bool access;          /* a scan also says how apt would get each package file */
	volatile struct oak_progress_state *progress; /* of a refresh; NULL = nobody asks */
};

/* Make libapt look at that system. May be called again with another dir. Errors: dpkg.apt-config (INVALID). */
OAK_SHIM int oak_apt_start(const struct oak_apt_setup *setup, struct oak_error *err);

/* Every file and folder that libapt reads for a scan, as its configuration has them. */
OAK_SHIM int oak_apt_inputs(struct oak_arena *arena, struct oak_paths *ret, struct oak_error *err);

/* When the lists were refreshed: as a whole, and per release where we did it ourselves. */
struct oak_apt_stamp {
	const char *release; /* "URI DIST" */
	oak_time fetched;
};
struct oak_apt_age {
	oak_time fetched; /* of releases without a stamp */
	const struct oak_apt_stamp *stamps;
	size_t stamp_count;
	const struct oak_problem *failed; /* refreshes of this very run, subject = "URI DIST" */
	size_t failed_count;
};

/* Repositories, packages and updates into INVENTORY; what is odd becomes a problem there.
 * Errors: dpkg.cache (IO), dpkg.untrusted (UNTRUSTED: no repository with a good signature is left). */
OAK_SHIM int oak_apt_scan(struct oak_inventory *inventory, const struct oak_apt_age *age, struct oak_error *err);

/* Ubuntu Pro's lists on a host that is not attached: only updates, each marked as needing a subscription. */
OAK_SHIM int oak_apt_scan_esm(struct oak_inventory *inventory, const struct oak_apt_age *age, struct oak_error *err);

/* Fill the lists folder from the system's own sources: what worked, what failed and why.
 * Errors: dpkg.refresh (IO: nothing could be tried), dpkg.locked (TRANSIENT). */
struct oak_apt_refreshed {
	OAK_VEC(const char *) good;         /* "URI DIST" */
	OAK_VEC(struct oak_problem) failed; /* subject = "URI DIST", kind as in the inventory */
};
OAK_SHIM int oak_apt_refresh(struct oak_arena *arena, int64_t seconds, struct oak_apt_refreshed *ret, struct oak_error *err);

/* The transaction for exact versions, by apt's solver. Errors: dpkg.cache, dpkg.resolve (IO). */
OAK_SHIM int oak_apt_resolve(const struct oak_want *wants, size_t n, struct oak_arena *arena, struct oak_transaction *ret,
			     struct oak_error *err);

OAK_SHIM const char *oak_apt_native_arch(void); /* static until the next start */

/* An address inside libapt-pkg. */
OAK_SHIM const void *oak_apt_libapt(void);

/* apt's own order of two versions: <0, 0, >0. */
OAK_SHIM int oak_apt_compare(const char *a, const char *b);

#endif
