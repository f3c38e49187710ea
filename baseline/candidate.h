/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a candidate is: its advisory, its classification by origin, whether it counts as security. */
#ifndef OAK_BASELINE_CANDIDATE_H
#define OAK_BASELINE_CANDIDATE_H

#include "baseline/judge.h"

/* True if REPOSITORY is a Debian or Ubuntu security archive, by suite, label or address. */
bool oak_is_security_archive(const struct oak_repository *repository);

/* True if a repository can say which updates are security updates: it carries advisories or is a security archive. */
bool oak_carries_advisories(const struct oak_judge *judge, const struct oak_repository *repository);

/* True if two module labels ("nodejs:18:…") are of one stream. */
bool oak_candidate_same_stream(const char *a, const char *b);

/* The reason of a candidate that a rule or list would take if it were a security update: NOT_SECURITY, or NO_ADVISORIES
 * where none of its repositories could tell. */
void oak_candidate_not_security(struct oak_judge *judge, const struct oak_candidate *candidate, enum oak_reason *ret_reason,
				const char **ret_detail);

#endif
