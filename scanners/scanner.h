/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scanners read a host and change nothing: one table of backends, each only fills the model. */
#ifndef OAK_SCANNERS_SCANNER_H
#define OAK_SCANNERS_SCANNER_H

#include "baseline/inventory.h"
#include "baseline/memory.h"
#include "baseline/transaction.h"
#include "core/error.h"
#include "core/module.h"
#include "core/progress.h"

/* What a backend is asked to look at. Borrowed; plain values, so that a forked child has them too. */
struct oak_scan_request {
	const char *root;      /* "/" or a folder; absolute, no trailing slash except for "/" */
	const char *cache_dir; /* oakum's own cache for this root (exists, 0700); never the host's */
	const char *node_id;
	oak_time now;
	bool refresh;          /* fill the private cache from the host's own sources first */
	bool no_network;
	const char *offline_catalog; /* Windows: wsusscn2.cab, else NULL */
	int64_t timeout_s;     /* whole scan; 0 = 600 */
	const char *const *archives; /* files of packages that resolve may use besides what repositories offer: kept ones of a snapshot */
	size_t archive_count;
	bool all_versions;     /* also updates of packages that are not installed (never set by scan) */
	const volatile int *stop; /* when it becomes non-zero the child is ended; NULL = none. Used by the parent only */
	volatile struct oak_progress_state *progress; /* in memory shared with the child, which fills it; NULL = nobody asks */
	void (*on_tick)(void *arg); /* in the parent, about ten times a second while the child works; NULL = none */
	void *tick_arg;
};

struct oak_paths {
	OAK_VEC(const char *) v;
};

/* One row of the table. */
struct oak_scanner {
	const char *name;   /* "dpkg" "rpm" "wua" "replay" */
	const char *module; /* shared object that has it; NULL = linked in */
	/* True if ROOT is a host of this kind; cheap, no foreign library; runs in the parent. */
	bool (*detect)(const char *root);
};

/* A backend. Each function runs in the child, once per process. Everything that an answer points to must be allocated
 * from its arena (shared with the parent), string literals too: the parent does not have the module, and refuses an
 * answer with a pointer elsewhere. */
struct oak_backend {
	int abi; /* OAK_BACKEND_ABI */
	int (*scan)(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err);
	int (*refresh)(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err);
	int (*resolve)(const struct oak_scan_request *request, const struct oak_want *wants, size_t n,
		       struct oak_arena *arena, struct oak_transaction *ret, struct oak_error *err);
	/* All files and folders (with what lies directly in them) on which scan's answer depends; while none of them
	 * changes the answer is taken from the last scan (scanners/snapshot.h). NULL = always scan. */
	int (*inputs)(const struct oak_scan_request *request, struct oak_arena *arena, struct oak_paths *ret,
		      struct oak_error *err);
};
enum { OAK_BACKEND_ABI = 1 };
/* Each module has one: OAK_EXPORT const struct oak_backend oak_backend = {…}; */
extern OAK_EXPORT const struct oak_backend oak_backend;

extern const struct oak_scanner *const oak_scanners[]; /* NULL-terminated, in order of detection */

/* The scanner for ROOT; NULL if it is no host we know.
 * Errors: scan.no-backend (UNSUPPORTED), scan.root (NOT_FOUND, DENIED, INVALID). */
const struct oak_scanner *oak_scanner_detect(const char *root, struct oak_error *err);

/* Scan ROOT in a child process. *ret_arena owns *ret (free it with oak_arena_free).
 * os-release, node facts and reboot state common to all backends are filled here (scanners/os_release, reboot).
 * Errors: scan.crashed (IO), scan.timeout (TRANSIENT), scan.interrupted (INTERRUPTED), scan.bad-answer (BUG), module.*
 * and the backend's own. */
int oak_scan(const struct oak_scan_request *request, struct oak_arena **ret_arena, struct oak_inventory **ret,
	     struct oak_error *err) OAK_MUST_USE;

/* The transaction that would bring WANTS about, by the host's own solver, in a child. Same ownership. */
int oak_resolve(const struct oak_scan_request *request, const struct oak_want *wants, size_t n,
		struct oak_arena **ret_arena, struct oak_transaction **ret, struct oak_error *err) OAK_MUST_USE;

#endif
