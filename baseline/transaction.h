/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host's own solver would do: the exact actions and what it refuses; plain data that plans are made of. */
#ifndef OAK_BASELINE_TRANSACTION_H
#define OAK_BASELINE_TRANSACTION_H

#include "baseline/inventory.h"

/* One action of a resolved transaction. */
enum oak_action_kind { OAK_ACTION_UPGRADE, OAK_ACTION_INSTALL, OAK_ACTION_REMOVE, OAK_ACTION_DOWNGRADE, OAK_ACTION_COUNT };
struct oak_action {
	enum oak_action_kind kind;
	const char *name, *arch, *from, *to; /* EVRs; NULL = none */
	const char *repository;
	int64_t download_bytes, disk_bytes;  /* disk may be negative */
	bool asked; /* wanted by the caller, not pulled in */
	const char *pulled_by;
	/* Where the version that is installed now can still be had: a repository's id, NULL = nowhere or not known; its URL and the
	 * sha256 of the file where metadata says so. */
	const char *from_repository, *from_location, *from_sha256;
};

/* What should be installed: exact versions. */
struct oak_want {
	const char *name, *arch, *evr;
};

struct oak_transaction {
	OAK_VEC(struct oak_action) actions;  /* in the order in which the package manager will act */
	OAK_VEC(struct oak_problem) refused; /* subject = name.arch, kind = BROKEN_DEPENDENCY …, detail = root cause chain */
};

const char *oak_action_kind_to_string(enum oak_action_kind kind);
int oak_action_kind_from_string(const char *text); /* -1 = unknown */

#endif
