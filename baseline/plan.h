/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exact, ordered, explained list of what would change: oakum.plan/1. Pure: (verdict, transaction) -> plan. */
#ifndef OAK_BASELINE_PLAN_H
#define OAK_BASELINE_PLAN_H

#include "baseline/transaction.h"
#include "baseline/verdict.h"

enum oak_batches { OAK_BATCHES_ONE, OAK_BATCHES_TIMED, OAK_BATCHES_SMALLEST, OAK_BATCHES_COUNT };

struct oak_plan_action {
	const char *patch; /* id: name.arch, or the KB */
	const char *name, *arch;
	enum oak_action_kind kind;
	const char *from, *to; /* NULL = none */
	int64_t size, disk;    /* bytes to download; growth on disk */
	const char *repository;
	const char *reason;    /* what approved it, or what needs it */
	bool asked;            /* approved itself, not pulled in */
	bool reversible;
	const char *undo;      /* how: "cache" "repository" "rebuild" "remove"; else why it cannot be undone */
	int batch;             /* 1, 2, … */
	/* Of the transaction, in no document: where the version before can be had. */
	const char *from_repository, *from_location, *from_sha256;
};

/* True if a version from before goes away, so that undoing the action needs its archive. */
static inline bool oak_plan_action_replaces(const struct oak_plan_action *action)
{
	return action->from && action->kind != OAK_ACTION_INSTALL;
}

struct oak_plan_refusal {
	const char *patch, *reason, *detail; /* reason: an enum oak_reason in words */
};

struct oak_plan_restart {
	const char *unit, *reason;
};

/* Space that the plan needs on one file system. */
struct oak_plan_disk {
	const char *path; /* mount point, as seen below the root */
	int64_t needs, available;
};

struct oak_plan {
	struct oak_arena *arena;
	const char *digest; /* sha256 hex, see oak_plan_digest */
	const char *node_id, *node_name;
	const char *baseline_id, *baseline_name, *baseline_digest;
	const char *snapshot; /* NULL = none */
	oak_time created_at;
	oak_time metadata_at;
	const char *window;   /* name or expression; NULL = none */
	OAK_VEC(struct oak_plan_action) actions; /* in the order of work */
	OAK_VEC(struct oak_plan_refusal) refused;
	int64_t download_bytes, disk_bytes, seconds; /* seconds: forecast of the whole */
	OAK_VEC(struct oak_plan_disk) disk;
	bool reboot_forecast;
	OAK_VEC(const char *) reboot_reasons;
	OAK_VEC(struct oak_plan_restart) restarts;
};

enum { OAK_PLAN_MAX = 64 * 1024 * 1024 };

/* What the host told about undoing one action; HOW NULL = it cannot be, because of WHY. */
struct oak_plan_undo {
	const char *patch, *how, *why;
};

/* Facts that the pure part cannot fetch. All borrowed, all may be empty. */
struct oak_plan_facts {
	OAK_VEC(struct oak_plan_undo) undo;
	OAK_VEC(struct oak_plan_disk) disk;
	OAK_VEC(struct oak_plan_restart) restarts;
	OAK_VEC(const char *) together; /* pairs of ids (2i, 2i+1) that must stay in one batch */
	int64_t bytes_per_second, ms_per_action; /* of earlier runs on this host; 0 = not known */
};

struct oak_plan_input {
	const struct oak_verdict *verdict;
	const struct oak_transaction *transaction;
	const struct oak_plan_facts *facts;
	const struct oak_plan_refusal *refused; /* found before the solver was asked */
	size_t refused_count;
	const char *snapshot, *window;
	enum oak_batches batches;
	int64_t seconds_left; /* of the window, for OAK_BATCHES_TIMED; 0 = no limit */
	oak_time now;
};

/* What to ask the solver for: every MISSING or FAILED patch of VERDICT, except those that are held, phased, locked, pinned or not
 * to be had, which become refusals. Both lists in ARENA. */
struct oak_plan_wants {
	OAK_VEC(struct oak_want) wants;
	OAK_VEC(struct oak_plan_refusal) refused;
};
void oak_plan_wants(struct oak_arena *arena, const struct oak_verdict *verdict, struct oak_plan_wants *ret);

/* Move the wants that (directly or through others) pull in one of the N forbidden ids to the refusals, with the chain in
 * words. Returns how many moved: 0 = TRANSACTION may stand. */
size_t oak_plan_forbid(struct oak_arena *arena, struct oak_plan_wants *wants, const struct oak_transaction *transaction,
		       const char *const *forbidden, size_t n, enum oak_reason reason);

/* The plan, digest included. Cannot fail. */
struct oak_plan *oak_plan_make(struct oak_arena *arena, const struct oak_plan_input *input);

/* sha256 hex of the canonical {actions [{from, kind, patch, to}], baseline, node, refused [{patch, reason}], snapshot}:
 * compact JSON, keys in this order. Sizes, words and forecasts are not in it: they may move without the transaction moving. */
const char *oak_plan_digest(struct oak_arena *arena, const struct oak_plan *plan);

/* Number of batches (0 for an empty plan), and the seconds that batch NUMBER will take. */
int oak_plan_batches(const struct oak_plan *plan);
int64_t oak_plan_batch_seconds(const struct oak_plan *plan, int number);

/* Write, and read back, oakum.plan/1. parse(format(x)) equals x. A plan whose digest does not fit its content is refused.
 * Errors: plan.invalid (INVALID), plan.digest (UNTRUSTED). */
void oak_plan_format(const struct oak_plan *plan, struct oak_sink *sink);
int oak_plan_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_plan **ret,
		   struct oak_error *err) OAK_MUST_USE;

/* How NOW differs from THEN, one line each ("openssl.amd64: was 3.0.20 to 3.0.22, is now 3.0.23"); empty when the digests agree. */
struct oak_plan_changes {
	OAK_VEC(const char *) lines;
};
void oak_plan_compare(struct oak_arena *arena, const struct oak_plan *then, const struct oak_plan *now,
		      struct oak_plan_changes *ret);

/* Find an action by id; NULL = absent. */
const struct oak_plan_action *oak_plan_find(const struct oak_plan *plan, const char *patch);

const char *oak_batches_to_string(enum oak_batches batches);
int oak_batches_from_string(const char *text); /* -1 = unknown */

/* Split an id at its last '.': "libssl3.amd64" is libssl3, amd64; without a dot *ret_arch is NULL. */
void oak_patch_id_split(struct oak_arena *arena, const char *id, const char **ret_name, const char **ret_arch);

#endif
