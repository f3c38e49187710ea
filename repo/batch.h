/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many files written together: all bytes first, one sync for all, then the renames, then the folders. */
#ifndef OAK_REPO_BATCH_H
#define OAK_REPO_BATCH_H

#include "core/error.h"
#include "core/map.h"

/* Zeroed but for ARENA: nothing waits. Files wait as PATH.part beside where they go; a crash leaves some of these, which 'repo gc' removes. */
struct oak_batch {
	struct oak_arena *arena;
	OAK_VEC(const char *) paths;
	struct oak_map waiting; /* path -> anything */
};

/* PATH shall have these bytes, or those of FROM, whose sha256 must be SHA256 (else file.changed, CONFLICT). Folders are made. Errors: file.*. */
int oak_batch_bytes(struct oak_batch *batch, const char *path, const void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;
int oak_batch_copy(struct oak_batch *batch, const char *from, const char *path, const char *sha256, struct oak_error *err) OAK_MUST_USE;
bool oak_batch_has(const struct oak_batch *batch, const char *path);

/* Sync all, rename all, sync the folders. After an error call oak_batch_drop. Errors: file.write, file.rename. */
int oak_batch_commit(struct oak_batch *batch, struct oak_error *err) OAK_MUST_USE;
/* Remove what waits. */
void oak_batch_drop(struct oak_batch *batch);

#endif
