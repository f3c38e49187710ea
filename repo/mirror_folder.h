/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder that mirrors a TUF repository, DIR/metadata and DIR/targets: what a client trusts, put there so that a reader sees the old
 * state or the new one. */
#ifndef OAK_REPO_MIRROR_FOLDER_H
#define OAK_REPO_MIRROR_FOLDER_H

#include "repo/tuf.h"

/* Where TARGET lies below a repository's folder: "targets/pkg/…/HASH.file". In ARENA.
 * Errors: repo.path (UNTRUSTED: a name that leaves the folder or that not every system can keep). */
int oak_mirror_target_path(const struct oak_tuf *tuf, struct oak_arena *arena, const struct oak_tuf_target *target, const char **ret,
			   struct oak_error *err) OAK_MUST_USE;

/* Publish what TRUSTED (a folder of oak_tuf_open, every role of it loaded) holds in DIR/metadata: roots, roles, snapshot, and timestamp
 * last; all targets must be there. OLD_ROOT gives "N.root.json" of roots before the trusted one that DIR does not have yet; what it does
 * not find is left out. Errors: repo.damaged, repo.path, repo.unsupported (no consistent snapshots), file.*. */
int oak_mirror_publish(const char *dir, const char *trusted, const struct oak_tuf_source *old_root, struct oak_error *err)
	OAK_MUST_USE;

/* Copy the trusted metadata of FROM (root.json … ROLE.json) to TO, roots first. Errors: file.*. */
int oak_mirror_copy_trust(const char *from, const char *to, struct oak_error *err) OAK_MUST_USE;

/* A metadata source that reads DIR/metadata, names unquoted; ARG is a struct oak_mirror_dir. */
struct oak_mirror_dir {
	struct oak_arena *arena;
	const char *dir;
};
int oak_mirror_dir_get(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err);

#endif
