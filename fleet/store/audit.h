/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit log: each change of host, key, policy or exception is one append-only, hash-chained line. */
#ifndef OAK_FLEET_STORE_AUDIT_H
#define OAK_FLEET_STORE_AUDIT_H

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

/* One line of DIR/audit.log, a JSON object: {"seq":7,"at":"…","actor":"root","action":"patch.apply","subject":"…",
 * "detail":"…","prev":"<hash of the line before>","hash":"<sha256 of this line without its hash member>"}.
 * The first line's prev is 64 zeros. Strings are borrowed. */
struct oak_audit_event {
	oak_time at;
	const char *actor;   /* who: user name, or "uid 1000" */
	const char *action;  /* what, dotted: "patch.apply", "repo.key-new", "baseline.import" */
	const char *subject; /* to what: a run, a key id, a baseline */
	const char *detail;  /* in words; NULL = none */
};

/* Append and sync one line, under a lock, so that two processes never break the chain. A last line that a crash cut off
 * stays where it is and is ended; the chain goes on from the last whole line. The file has mode 0600.
 * Errors: audit.broken (IO: the last whole line is none of ours), file.*, audit.lock (TRANSIENT). */
int oak_audit_append(const char *dir, const struct oak_audit_event *event, struct oak_error *err) OAK_MUST_USE;

struct oak_audit_line {
	int64_t seq;
	oak_time at;
	const char *actor, *action, *subject, *detail, *hash;
};
struct oak_audit_log {
	OAK_VEC(struct oak_audit_line) list; /* oldest first */
	size_t torn;                         /* lines cut off by a crash; the chain runs on past them */
};
/* Read and verify all of it; an absent file is an empty log. Errors: audit.broken (UNTRUSTED: a line was changed, removed
 * or put in; says which), file.*. Removing lines off the end cannot be seen here: compare the last hash with one kept
 * elsewhere. */
int oak_audit_read(const char *dir, struct oak_arena *arena, struct oak_audit_log *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
