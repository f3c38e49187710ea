/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of the TUF client, shared by repo/tuf_client*.c only. */
#ifndef OAK_REPO_TUF_CLIENT_IMPL_H
#define OAK_REPO_TUF_CLIENT_IMPL_H

#include "repo/tuf_model.h"

/* A targets role as snapshot lists it: parsed once, and signed for each of those who delegate to it. */
struct oak_tuf_delegated {
	struct oak_tuf_file *file; /* NULL = not loaded yet */
	OAK_VEC(const struct oak_tuf_role *) vouched; /* delegations whose keys were found to have signed it */
	uint64_t seen; /* number of the last search that came by */
};

/* A delegation that a search still has to look at. */
struct oak_tuf_edge {
	const struct oak_tuf_file *delegator;
	const struct oak_tuf_role *role;
};

struct oak_tuf {
	struct oak_arena *arena;
	struct oak_tuf_options options;
	struct oak_tuf_file *top[OAK_TUF_TYPE_COUNT]; /* in force; targets may be NULL before refresh */
	struct oak_map delegated;		      /* role name -> struct oak_tuf_delegated */
	OAK_VEC(struct oak_tuf_edge) stack;	      /* of the search that goes on */
	uint64_t searches;
	OAK_VEC(struct oak_tuf_file *) parsed;	      /* everything ever parsed, for freeing its keys */
};

/* Parse; the file is remembered for oak_tuf_close. */
int oak_tuf_take(struct oak_tuf *tuf, const struct oak_buf *bytes, enum oak_tuf_type type, const char *name,
		 struct oak_tuf_file **ret, struct oak_error *err) OAK_MUST_USE;
/* DIR/ROLE.json with the role's name quoted. */
const char *oak_tuf_path(struct oak_tuf *tuf, const char *role);
/* The trusted copy of a role; false if there is none that can be read. */
bool oak_tuf_load(struct oak_tuf *tuf, const char *role, int64_t max, struct oak_buf *ret);
int oak_tuf_save(struct oak_tuf *tuf, const char *role, const struct oak_buf *bytes, struct oak_error *err) OAK_MUST_USE;
/* "5.role.json" or "role.json" from the source; MAX bytes at most. */
int oak_tuf_get(struct oak_tuf *tuf, const char *role, int64_t version, int64_t max, struct oak_buf *ret,
		struct oak_error *err) OAK_MUST_USE;
int oak_tuf_check_expiry(const struct oak_tuf *tuf, const struct oak_tuf_file *file, const char *role,
			 struct oak_error *err) OAK_MUST_USE;

/* What is known of a targets role; made if absent. */
struct oak_tuf_delegated *oak_tuf_delegated_of(struct oak_tuf *tuf, const char *role);

/* The targets role NAME as snapshot lists it, signed for DELEGATOR's ROLE: the trusted copy if it still is the one, else fetched,
 * checked and stored. */
int oak_tuf_load_targets(struct oak_tuf *tuf, const struct oak_tuf_file *delegator, const struct oak_tuf_role *role,
			 struct oak_tuf_file **ret, struct oak_error *err) OAK_MUST_USE;

#endif
