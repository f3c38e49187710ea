/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Desired state: what converge keeps about packages that it installed, and the steps from what is to what is assigned. */
#ifndef OAK_CLI_CONVERGE_H
#define OAK_CLI_CONVERGE_H

#include "cli/assignments.h"

/* A package that converge installed; what becomes of it was said by the assignment of that time. */
struct oak_managed {
	const char *name;
	const char *repository; /* NULL = of any */
	const char *from;	/* the assignment */
	enum oak_assigned_withdrawal withdrawn;
};
struct oak_managed_list {
	OAK_VEC(struct oak_managed) list;
};

/* STATE/converge/NODE.json; absent is empty. Errors: converge.record (INVALID), file.*. */
int oak_managed_load(struct oak_context *ctx, const char *node_id, struct oak_managed_list *ret) OAK_MUST_USE;
int oak_managed_save(struct oak_context *ctx, const char *node_id, const struct oak_managed_list *list) OAK_MUST_USE;

enum oak_converge_what { OAK_CONVERGE_PACKAGE, OAK_CONVERGE_PATCH };
enum oak_converge_status { OAK_STEP_WAITING, OAK_STEP_UNCHANGED, OAK_STEP_WOULD, OAK_STEP_DONE, OAK_STEP_FAILED, OAK_STEP_STATUS_COUNT };

struct oak_converge_step {
	enum oak_converge_what what;
	const char *name;	/* of the package, or the baseline */
	const char *action;	/* INSTALL, UNINSTALL, PATCH */
	const char *from, *to;	/* versions; NULL = not installed */
	const char *repository; /* NULL */
	const char *assignment; /* that wants it; of a withdrawn package the one that wanted it */
	enum oak_converge_status status;
	int exit_code;
	const char *detail; /* NULL = nothing to say */
};
struct oak_converge_steps {
	OAK_VEC(struct oak_converge_step) list;
};

/* One of our packages on this node, as 'package list' says. */
struct oak_converge_installed {
	const char *name, *version, *state;
};

struct oak_converge_facts {
	const struct oak_effective *effective;
	const struct oak_converge_installed *installed;
	size_t installed_count;
	const struct oak_managed_list *managed;
	/* Versions of PACKAGE that REPOSITORY (NULL: any trusted one) offers. */
	int (*versions)(void *arg, const char *repository, const char *package, const char *const **ret, size_t *ret_n);
	void *arg;
};

/* Steps in their order: what has to go first, then what has to come, by name; then patches. A package that nobody offers in the wanted
 * version is a step that FAILED already. Steps with nothing to do are UNCHANGED. *ret_managed is the record to keep once they are done.
 * Returns -1 only if VERSIONS did. */
int oak_converge_plan(struct oak_arena *arena, const struct oak_converge_facts *facts, struct oak_converge_steps *ret,
		      struct oak_managed_list *ret_managed) OAK_MUST_USE;

/* How a converge ended, for those who want to be told. */
struct oak_converge_end {
	const char *node_id, *status;
	oak_time started_at;
	const struct oak_converge_steps *steps;
	const char *error_id, *error; /* it could not be carried out; NULL = it was */
};
/* Tell what was done, a failure once and not at each attempt, and its end. Never fails; failures are warnings. */
void oak_converge_tell(struct oak_context *ctx, const struct oak_converge_end *end);

const char *oak_converge_status_to_string(enum oak_converge_status status);

#endif
