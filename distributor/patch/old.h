/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives of the versions before, in run_dir/old: their hashes are recorded when they are put aside and asked before they are used. */
#ifndef OAK_DISTRIBUTOR_PATCH_OLD_H
#define OAK_DISTRIBUTOR_PATCH_OLD_H

#include "distributor/patch/installer.h"

struct oak_old {
	const char *file;   /* its name in run_dir/old */
	const char *sha256; /* hex, where it was checked already; NULL = hash it */
};
struct oak_old_list {
	OAK_VEC(struct oak_old) v;
};

/* Add those of LIST that are there to run_dir/old/SHA256SUMS, which sha256sum -c reads; what it has stays. Errors: file.*. */
int oak_old_record(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_old_list *list, struct oak_error *err) OAK_MUST_USE;

/* FILE is there, and what was recorded (if something was). Errors: rollback.archive (CONFLICT: absent; UNTRUSTED: another). */
int oak_old_check(const struct oak_patch_host *host, struct oak_arena *arena, const char *file, struct oak_error *err) OAK_MUST_USE;

#endif
