/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a baseline makes of an inventory: oakum.verdict/1. */
#ifndef OAK_BASELINE_VERDICT_H
#define OAK_BASELINE_VERDICT_H

#include "baseline/inventory.h"
#include "core/sink.h"

enum oak_state {
	OAK_STATE_INSTALLED,
	OAK_STATE_INSTALLED_OTHER,
	OAK_STATE_INSTALLED_REJECTED,
	OAK_STATE_INSTALLED_PENDING_REBOOT,
	OAK_STATE_MISSING,
	OAK_STATE_FAILED,
	OAK_STATE_NOT_APPLICABLE,
	OAK_STATE_AVAILABLE_SECURITY_UPDATE,
	OAK_STATE_COUNT
};

/* In rising order: comparing them compares levels. */
enum oak_level {
	OAK_LEVEL_UNSPECIFIED,
	OAK_LEVEL_INFORMATIONAL,
	OAK_LEVEL_LOW,
	OAK_LEVEL_MEDIUM,
	OAK_LEVEL_HIGH,
	OAK_LEVEL_CRITICAL,
	OAK_LEVEL_COUNT
};

enum oak_status { OAK_COMPLIANT, OAK_NON_COMPLIANT, OAK_UNKNOWN, OAK_STATUS_COUNT };
enum oak_operation { OAK_SCAN, OAK_INSTALL, OAK_OPERATION_COUNT };

/* Why a patch is in its state when the state alone does not say it. */
enum oak_reason {
	OAK_REASON_NONE,
	OAK_REASON_PENDING_APPROVAL,
	OAK_REASON_HELD,
	OAK_REASON_PHASED,
	OAK_REASON_VERSIONLOCK,
	OAK_REASON_EXCLUDED,
	OAK_REASON_PINNED,
	OAK_REASON_MODULE_DISABLED,
	OAK_REASON_BLOCKED_DEPENDENCY,
	OAK_REASON_BROKEN_DEPENDENCY,
	OAK_REASON_NEEDS_SUBSCRIPTION,
	OAK_REASON_RUNNING_OLD_KERNEL,
	OAK_REASON_LIVE_PATCHED,
	OAK_REASON_SUPERSEDED,
	OAK_REASON_SUPERSEDED_BEFORE_INSTALL,
	OAK_REASON_REJECTED,
	OAK_REASON_NOT_SECURITY,
	OAK_REASON_NOT_APPROVED,
	OAK_REASON_UNDATED,
	OAK_REASON_NO_ADVISORIES,
	OAK_REASON_NO_REPOSITORY,
	OAK_REASON_NO_LONGER_OFFERED,
	OAK_REASON_HIDDEN,
	OAK_REASON_EXCEPTION,
	OAK_REASON_COUNT
};

/* Where a release time comes from, best first. */
enum oak_release_basis {
	OAK_BASIS_NONE,
	OAK_BASIS_ADVISORY_UPDATED,
	OAK_BASIS_ADVISORY_ISSUED,
	OAK_BASIS_FIRST_SEEN,
	OAK_BASIS_BUILD_TIME,
	OAK_BASIS_RELEASE_DATE, /* min(Release date, first scan) */
	OAK_BASIS_FIRST_SCAN,
	OAK_BASIS_COUNT
};

struct oak_patch {
	const char *id; /* name.arch, or the KB */
	const char *name, *arch;
	const char *installed, *available; /* EVRs; NULL = none */
	enum oak_state state;
	enum oak_reason reason;
	const char *reason_detail;
	oak_time until; /* of a reason that ends by itself */
	enum oak_level level;
	const char *classification, *severity;
	oak_time released;
	enum oak_release_basis basis;
	oak_time approved_at;
	const char *rule; /* "rule 1", "approvedPatches[3]" … which decided */
	const char *repository;
	OAK_VEC(const char *) advisories;
	OAK_VEC(const char *) cves;
	OAK_VEC(const char *) known_exploited;
};

struct oak_summary {
	enum oak_status status;
	enum oak_level severity; /* highest level of a non-compliant patch */
	int64_t count[OAK_STATE_COUNT];
	int64_t critical_non_compliant, security_non_compliant, other_non_compliant;
	int64_t non_compliant_by_level[OAK_LEVEL_COUNT];
	int64_t available_security_update;
};

struct oak_verdict {
	struct oak_arena *arena;
	const struct oak_inventory *inventory; /* node, repositories, metadataAt */
	const char *baseline_id, *baseline_name;
	const char *baseline_digest; /* sha256 of the canonical oakum.baseline/1, for plans */
	enum oak_operation operation;
	oak_time evaluated_at;
	OAK_VEC(struct oak_problem) problems; /* the inventory's and the evaluation's own */
	struct oak_summary summary;
	OAK_VEC(struct oak_patch) patches; /* by state as in patch-semantics (c.5), then by id */
};

/* States that make a node non-compliant (AVAILABLE_SECURITY_UPDATE does too, if the baseline says so): as bits 1 << state. */
#define OAK_BAD_STATES                                                                                                 \
	(1u << OAK_STATE_MISSING | 1u << OAK_STATE_FAILED | 1u << OAK_STATE_INSTALLED_REJECTED |                       \
	 1u << OAK_STATE_INSTALLED_PENDING_REBOOT)
static inline bool oak_state_is_bad(enum oak_state state)
{
	return OAK_BAD_STATES >> state & 1;
}

/* Tables for both directions; from_string is case-insensitive and accepts "InstalledOther" too; -1 = unknown. */
const char *oak_state_to_string(enum oak_state state);
int oak_state_from_string(const char *text);
const char *oak_level_to_string(enum oak_level level);
int oak_level_from_string(const char *text);
const char *oak_status_to_string(enum oak_status status);
int oak_status_from_string(const char *text);
const char *oak_operation_to_string(enum oak_operation operation);
int oak_operation_from_string(const char *text);
const char *oak_reason_to_string(enum oak_reason reason);
int oak_reason_from_string(const char *text);
const char *oak_basis_to_string(enum oak_release_basis basis);
int oak_basis_from_string(const char *text);

/* The order of lists for people: below 0 if X matters more than Y, by level, known exploitation, then the vendor's severity. */
int oak_patch_compare_worst(const struct oak_patch *x, const struct oak_patch *y);

enum { OAK_VERDICT_MAX = 64 * 1024 * 1024 };

/* Write oakum.verdict/1. */
void oak_verdict_format(const struct oak_verdict *verdict, struct oak_sink *sink);

/* Read one back (reports, stored scans). The verdict's inventory holds node, repositories and times only.
 * Errors: verdict.invalid (INVALID). */
int oak_verdict_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		      struct oak_verdict **ret, struct oak_error *err) OAK_MUST_USE;

#endif
