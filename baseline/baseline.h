/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patch baselines: rules, lists, exceptions and levels; AWS's three shapes and oakum.baseline/1. */
#ifndef OAK_BASELINE_BASELINE_H
#define OAK_BASELINE_BASELINE_H

#include "baseline/verdict.h"

/* As AWS spells them, in AWS's order; patch-semantics (a.1). */
enum oak_os {
	OAK_OS_WINDOWS,
	OAK_OS_AMAZON_LINUX,
	OAK_OS_AMAZON_LINUX_2,
	OAK_OS_AMAZON_LINUX_2022,
	OAK_OS_AMAZON_LINUX_2023,
	OAK_OS_UBUNTU,
	OAK_OS_REDHAT_ENTERPRISE_LINUX,
	OAK_OS_SUSE,
	OAK_OS_CENTOS,
	OAK_OS_ORACLE_LINUX,
	OAK_OS_DEBIAN,
	OAK_OS_MACOS,
	OAK_OS_RASPBIAN,
	OAK_OS_ROCKY_LINUX,
	OAK_OS_ALMA_LINUX,
	OAK_OS_FEDORA, /* ours */
	OAK_OS_COUNT
};

enum oak_filter_key {
	OAK_FILTER_PATCH_SET,
	OAK_FILTER_PRODUCT,
	OAK_FILTER_PRODUCT_FAMILY,
	OAK_FILTER_CLASSIFICATION,
	OAK_FILTER_MSRC_SEVERITY,
	OAK_FILTER_SEVERITY,
	OAK_FILTER_PRIORITY,
	OAK_FILTER_SECTION,
	OAK_FILTER_COUNT
};

enum oak_date_basis { OAK_DATE_UPDATED, OAK_DATE_ISSUED, OAK_DATE_COUNT };
enum oak_undated { OAK_UNDATED_EVIDENCE, OAK_UNDATED_APPROVE, OAK_UNDATED_HOLD, OAK_UNDATED_COUNT };

struct oak_filter {
	enum oak_filter_key key;
	OAK_VEC(const char *) values; /* "*" = any; OR among them, case-insensitive */
};

struct oak_rule {
	OAK_VEC(struct oak_filter) filters; /* AND */
	enum oak_level level;
	bool has_days;
	int approve_after_days; /* 0..360 */
	oak_time approve_until; /* exclusive: first instant after the ApproveUntilDate; OAK_TIME_NONE = not given */
	const char *approve_until_date; /* as written; at most one of days and date, none = no delay (apt only) */
	bool enable_non_security;
};

/* One entry of the approved or rejected list. */
struct oak_entry {
	const char *pattern;
	const char *owner, *reason; /* NULL = plain string */
	oak_time expires;           /* OAK_TIME_NONE = never; from then on the entry does not count */
};

struct oak_source {
	const char *name, *configuration;
	OAK_VEC(const char *) products;
};

struct oak_baseline {
	struct oak_arena *arena;
	const char *id, *name, *description;
	enum oak_os os;
	OAK_VEC(struct oak_filter) global_filters;
	OAK_VEC(struct oak_rule) rules;
	OAK_VEC(struct oak_entry) approved, rejected;
	enum oak_level approved_level;
	bool approved_enable_non_security;
	bool block_rejected; /* RejectedPatchesAction BLOCK */
	OAK_VEC(struct oak_source) sources;
	int available_security_status; /* enum oak_status, or -1 = not given (COMPLIANT) */
	bool honour_delay;
	enum oak_date_basis date_basis;
	enum oak_undated undated;
	bool inherit_approval;
	int64_t metadata_max_age; /* seconds; 3 days */
	OAK_VEC(const char *) patch_groups; /* nodes whose tag "Patch Group" has one of these values use this baseline */
	bool aws_shaped;          /* came from an AWS document: AWS's limits applied */
	OAK_VEC(const char *) warnings; /* of reading it, e.g. honourDelay set to false for an AWS apt document */
	const struct oak_value *kept;   /* AWS members that decide nothing, kept for a lossless export; NULL = none */
};

enum { OAK_BASELINE_MAX = 16 * 1024 * 1024 };

enum oak_baseline_format { OAK_FORMAT_OAKUM, OAK_FORMAT_AWS, OAK_FORMAT_AWS_CREATE, OAK_FORMAT_AWS_SNAPSHOT, OAK_BASELINE_FORMAT_COUNT };

/* Read any of the four shapes (found out from the keys). All errors of the document are reported at once:
 * *ret_errors (may be NULL) gets one problem per error with its path as subject; err holds the first and the count.
 * Errors: baseline.invalid (INVALID). */
int oak_baseline_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		       struct oak_baseline **ret, struct oak_problems *ret_errors, struct oak_error *err) OAK_MUST_USE;

/* Read AWS's BaselineOverride: an array of baselines, exactly one of them for OS. Names may be absent there.
 * Errors: baseline.override-array, baseline.override-none, baseline.override-two, baseline.invalid (INVALID). */
int oak_baseline_parse_override(struct oak_arena *arena, const struct oak_value *doc, const char *name, enum oak_os os,
				struct oak_baseline **ret, struct oak_problems *ret_errors, struct oak_error *err)
	OAK_MUST_USE;
enum { OAK_OVERRIDE_MAX = 4 * 1024 * 1024 };

/* "oakum", "aws", "aws-create", "aws-snapshot"; -1 = none of them. */
int oak_baseline_format_from_string(const char *text);

void oak_baseline_format(const struct oak_baseline *baseline, enum oak_baseline_format format, struct oak_sink *sink);

/* What AWS cannot hold of BASELINE. *ret_lost gets what an export would drop (a delay that AWS ignores, owners and
 * ends of exceptions …), one problem each. Errors: baseline.not-aws (INVALID): AWS would refuse the document. */
int oak_baseline_check_aws(struct oak_arena *arena, const struct oak_baseline *baseline, struct oak_problems *ret_lost,
			   struct oak_error *err) OAK_MUST_USE;

/* sha256 hex of the canonical oakum.baseline/1 (compact JSON, all members, kept AWS members left out). */
const char *oak_baseline_digest(struct oak_arena *arena, const struct oak_baseline *baseline);

const char *oak_os_to_string(enum oak_os os);
int oak_os_from_string(const char *text); /* -1 = unknown */
/* The OS of a platform by family and id; -1 if nothing fits. Unknown versions are no reason to fail. */
int oak_os_of_platform(const struct oak_platform *platform);
/* The family in our own spelling, whatever a recorded inventory calls it ("dpkg", "rpm", "linux"): by its name, else by the platform's id. */
const char *oak_family_of_platform(const struct oak_platform *platform);
/* Product name as AWS spells it ("RedhatEnterpriseLinux8.6", "Debian12"); in ARENA. */
const char *oak_product_of_platform(struct oak_arena *arena, const struct oak_platform *platform);

/* The predefined baselines, embedded; index 0..count-1. */
size_t oak_predefined_count(void);
const char *oak_predefined_name(size_t index);
const char *oak_predefined_text(size_t index); /* JSON */
/* Name of the predefined default of an OS. */
const char *oak_predefined_default(enum oak_os os);

#endif
