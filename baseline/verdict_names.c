/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a verdict: one table each, for both directions. */
#include "baseline/verdict_names.h"

#include "baseline/reader.h"

const char *const oak_state_names[OAK_STATE_COUNT] = {
	[OAK_STATE_INSTALLED] = "INSTALLED",
	[OAK_STATE_INSTALLED_OTHER] = "INSTALLED_OTHER",
	[OAK_STATE_INSTALLED_REJECTED] = "INSTALLED_REJECTED",
	[OAK_STATE_INSTALLED_PENDING_REBOOT] = "INSTALLED_PENDING_REBOOT",
	[OAK_STATE_MISSING] = "MISSING",
	[OAK_STATE_FAILED] = "FAILED",
	[OAK_STATE_NOT_APPLICABLE] = "NOT_APPLICABLE",
	[OAK_STATE_AVAILABLE_SECURITY_UPDATE] = "AVAILABLE_SECURITY_UPDATE",
};

const char *const oak_level_names[OAK_LEVEL_COUNT] = {
	[OAK_LEVEL_UNSPECIFIED] = "UNSPECIFIED",
	[OAK_LEVEL_INFORMATIONAL] = "INFORMATIONAL",
	[OAK_LEVEL_LOW] = "LOW",
	[OAK_LEVEL_MEDIUM] = "MEDIUM",
	[OAK_LEVEL_HIGH] = "HIGH",
	[OAK_LEVEL_CRITICAL] = "CRITICAL",
};

const char *const oak_status_names[OAK_STATUS_COUNT] = {
	[OAK_COMPLIANT] = "COMPLIANT",
	[OAK_NON_COMPLIANT] = "NON_COMPLIANT",
	[OAK_UNKNOWN] = "UNKNOWN",
};

const char *const oak_operation_names[OAK_OPERATION_COUNT] = {
	[OAK_SCAN] = "SCAN",
	[OAK_INSTALL] = "INSTALL",
};

const char *const oak_reason_names[OAK_REASON_COUNT] = {
	[OAK_REASON_NONE] = "",
	[OAK_REASON_PENDING_APPROVAL] = "PENDING_APPROVAL",
	[OAK_REASON_HELD] = "HELD",
	[OAK_REASON_PHASED] = "PHASED",
	[OAK_REASON_VERSIONLOCK] = "VERSIONLOCK",
	[OAK_REASON_EXCLUDED] = "EXCLUDED",
	[OAK_REASON_PINNED] = "PINNED",
	[OAK_REASON_MODULE_DISABLED] = "MODULE_DISABLED",
	[OAK_REASON_BLOCKED_DEPENDENCY] = "BLOCKED_DEPENDENCY",
	[OAK_REASON_BROKEN_DEPENDENCY] = "BROKEN_DEPENDENCY",
	[OAK_REASON_NEEDS_SUBSCRIPTION] = "NEEDS_SUBSCRIPTION",
	[OAK_REASON_RUNNING_OLD_KERNEL] = "RUNNING_OLD_KERNEL",
	[OAK_REASON_LIVE_PATCHED] = "LIVE_PATCHED",
	[OAK_REASON_SUPERSEDED] = "SUPERSEDED",
	[OAK_REASON_SUPERSEDED_BEFORE_INSTALL] = "SUPERSEDED_BEFORE_INSTALL",
	[OAK_REASON_REJECTED] = "REJECTED",
	[OAK_REASON_NOT_SECURITY] = "NOT_SECURITY",
	[OAK_REASON_NOT_APPROVED] = "NOT_APPROVED",
	[OAK_REASON_UNDATED] = "UNDATED",
	[OAK_REASON_NO_ADVISORIES] = "NO_ADVISORIES",
	[OAK_REASON_NO_REPOSITORY] = "NO_REPOSITORY",
	[OAK_REASON_NO_LONGER_OFFERED] = "NO_LONGER_OFFERED",
	[OAK_REASON_HIDDEN] = "HIDDEN",
	[OAK_REASON_EXCEPTION] = "EXCEPTION",
};

const char *const oak_basis_names[OAK_BASIS_COUNT] = {
	[OAK_BASIS_NONE] = "",
	[OAK_BASIS_ADVISORY_UPDATED] = "ADVISORY_UPDATED",
	[OAK_BASIS_ADVISORY_ISSUED] = "ADVISORY_ISSUED",
	[OAK_BASIS_FIRST_SEEN] = "FIRST_SEEN",
	[OAK_BASIS_BUILD_TIME] = "BUILD_TIME",
	[OAK_BASIS_RELEASE_DATE] = "RELEASE_DATE",
	[OAK_BASIS_FIRST_SCAN] = "FIRST_SCAN",
};

/* Both directions of one enumeration. */
#define WORDS(noun, type, count)                                                                             \
	const char *oak_##noun##_to_string(enum type value)                                                  \
	{                                                                                                    \
		return (unsigned)value < (count) ? oak_##noun##_names[value] : "";                           \
	}                                                                                                    \
	int oak_##noun##_from_string(const char *text)                                                       \
	{                                                                                                    \
		return oak_names_find(oak_##noun##_names, (count), text);                                    \
	}

WORDS(state, oak_state, OAK_STATE_COUNT)
WORDS(level, oak_level, OAK_LEVEL_COUNT)
WORDS(status, oak_status, OAK_STATUS_COUNT)
WORDS(operation, oak_operation, OAK_OPERATION_COUNT)
WORDS(reason, oak_reason, OAK_REASON_COUNT)
WORDS(basis, oak_release_basis, OAK_BASIS_COUNT)
