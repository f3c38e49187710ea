/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit log: who changed what on this host, one line each, append-only, each line chained to the one before. */
#ifndef OAK_CORE_AUDIT_H
#define OAK_CORE_AUDIT_H

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

/* One change of host, key, policy or exception. Written as a JSON line of DIR/audit.log:
 * {"seq":7,"at":"…","user":"root","event":"package.install","subject":"tool@1.2","detail":"…","prev":"…","hash":"…"}
 * HASH is the SHA-256 of the line up to and without its own member, PREV the hash of the line before ("" for the first).
 * Lines cut off at the end show only against a copy: send the newest hash elsewhere. */
struct oak_audit {
	int64_t seq;         /* given by the log, from 1 */
	oak_time at;
	const char *user;    /* NULL when writing = the user this process runs as */
	const char *event;   /* "patch.apply" "baseline.import" "repo.trust-add" … */
	const char *subject; /* what was changed */
	const char *detail;  /* one sentence, NULL = none */
	const char *hash;    /* filled by load */
};

/* Append one line and sync it to disk; DIR is made if missing (0755: first-seen/ in it is for everyone, the log itself has mode 0600). Writers wait for each other.
 * A last line that a crash cut off stays as it is, and a new one is begun behind it. Errors: audit.write (by errno). */
int oak_audit_append(const char *dir, const struct oak_audit *entry, struct oak_error *err) OAK_MUST_USE;

/* All lines, oldest first, and whether the chain holds: *ret_broken gets the number of the first line (from 1) that
 * was changed, removed before, or is not whole; 0 = sound. No log is an empty list.
 * Errors: file.*. */
struct oak_audit_log {
	OAK_VEC(struct oak_audit) list;
	size_t broken;
	const char *why; /* what is wrong at BROKEN */
};
int oak_audit_load(struct oak_arena *arena, const char *dir, struct oak_audit_log *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
