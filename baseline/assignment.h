/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.assignment/1: what is assigned to nodes by tags and platform; what of it holds for one node; what contradicts. Pure. */
#ifndef OAK_BASELINE_ASSIGNMENT_H
#define OAK_BASELINE_ASSIGNMENT_H

#include "baseline/selector.h"
#include "core/sink.h"

enum { OAK_ASSIGNMENT_MAX = 1024 * 1024, OAK_ASSIGNMENTS_MAX = 10000 };

enum oak_assigned_action { OAK_ASSIGNED_INSTALL, OAK_ASSIGNED_UNINSTALL, OAK_ASSIGNED_ACTION_COUNT };
const char *oak_assigned_action_to_string(enum oak_assigned_action action);

/* What happens to a package that converge installed, once no assignment names it any more. */
enum oak_assigned_withdrawal { OAK_WITHDRAWN_KEEP, OAK_WITHDRAWN_UNINSTALL, OAK_WITHDRAWN_COUNT };
extern const char *const oak_withdrawal_names[OAK_WITHDRAWN_COUNT]; /* as documents write it */
const char *oak_assigned_withdrawal_to_string(enum oak_assigned_withdrawal withdrawal);

struct oak_assigned_package {
	const char *name;
	const char *version; /* exactly this one; NULL */
	const char *channel; /* "latest", or the highest below a prefix: "2.*"; NULL. One of the two for INSTALL */
	enum oak_assigned_action action;
	enum oak_assigned_withdrawal withdrawn;
};

struct oak_assignment {
	const char *name;     /* as it is called where it came from: the file's name */
	const char *selector_text;
	struct oak_selector *selector;
	int priority;         /* -1000000..1000000; the higher one wins */
	const char *baseline; /* NAME|FILE or repo:…; NULL = says nothing about it */
	OAK_VEC(const char *) windows, calendars; /* the same; empty = nothing */
	OAK_VEC(struct oak_assigned_package) packages;
	const char *ring;     /* NULL */
	const char *repository; /* that it came from, set by the caller: where its packages are; NULL */
};

/* Unknown keys, wrong types, a bad selector, a package twice are refused, all at once. An assignment that assigns nothing is refused.
 * Errors: assignment.invalid, selector.invalid (INVALID). Source: docs/formats/assignment.md. */
int oak_assignment_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_assignment **ret,
			 struct oak_error *err) OAK_MUST_USE;
void oak_assignment_format(const struct oak_assignment *assignment, struct oak_sink *sink);

struct oak_assignments {
	OAK_VEC(const struct oak_assignment *) list;
};

/* Two of equal priority that could match one node and set WHAT ("baseline", "windows", "package NAME") differently. */
struct oak_assignment_conflict {
	const struct oak_assignment *a, *b;
	const char *what, *says_a, *says_b;
};
struct oak_assignment_conflicts {
	OAK_VEC(struct oak_assignment_conflict) list;
};

/* All conflicts among LIST, in the order of the names. */
void oak_assignments_check(struct oak_arena *arena, const struct oak_assignments *list, struct oak_assignment_conflicts *ret);

/* The first conflict as an error with both sides named. Errors: assignment.conflict (INVALID). */
int oak_assignments_refuse(const struct oak_assignment_conflicts *conflicts, struct oak_error *err) OAK_MUST_USE;

/* One thing that is settled for a node, and by whom. */
struct oak_effective_package {
	const struct oak_assigned_package *package;
	const struct oak_assignment *from;
};
struct oak_effective_seen {
	const struct oak_assignment *assignment;
	const char *why_not;  /* NULL = it matches */
	const char *overruled; /* what of it a higher priority sets otherwise: "baseline (by 'x')"; NULL */
};
struct oak_effective {
	OAK_VEC(struct oak_effective_seen) seen; /* highest priority first, then by name */
	const struct oak_assignment *baseline, *windows, *calendars, *ring; /* who sets it; NULL = nobody */
	OAK_VEC(struct oak_effective_package) packages;			    /* by name */
	struct oak_assignment_conflicts conflicts; /* among those that match: what they set differently holds for neither */
};

void oak_assignments_effective(struct oak_arena *arena, const struct oak_assignments *list, const struct oak_node *node,
			       struct oak_effective *ret);

/* oakum.effective/1. */
void oak_effective_format(const struct oak_effective *effective, const struct oak_node *node, struct oak_sink *sink);

/* The version of VERSIONS that PACKAGE asks for: its own one if it is there, else the highest of its channel (Debian's order); NULL. */
const char *oak_assigned_version(const struct oak_assigned_package *package, const char *const *versions, size_t count);

#endif
