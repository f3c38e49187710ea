/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where installed packages live: ROOT/var/lib/oakum with pkgs/, cas/ and stage/. docs/formats/store.md. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_STORE_H
#define OAK_DISTRIBUTOR_PACKAGE_STORE_H

#include <stdbool.h>

#include "core/error.h"
#include "core/mem.h"
#include "distributor/package/seal.h"

/* DIR/pkgs/NAME/{state.json, run.json, journal, gen-N/, current -> gen-N}, DIR/cas/ab/SHA256.MODE, DIR/stage/ID. */
struct oak_pkgs {
	struct oak_arena *arena;
	const char *dir;
	const char *root; /* the examined system; "/" */
	int lock;         /* -1 = not held */
};

/* The folder DIR of the system ROOT. With CREATE it is made, and every folder in it must belong to us alone.
 * Errors: store.unsafe (UNTRUSTED: a link, another's, or writable by others), file.*. */
int oak_pkgs_open(struct oak_arena *arena, const char *dir, const char *root, bool create, struct oak_pkgs *ret, struct oak_error *err)
	OAK_MUST_USE;
void oak_pkgs_close(struct oak_pkgs *pkgs); /* for OAK_AUTO; lets the lock go */

/* The folder of package NAME, made if it is missing. Errors: as oak_pkgs_open. */
int oak_pkgs_make_package(const struct oak_pkgs *pkgs, const char *name, struct oak_error *err) OAK_MUST_USE;

/* One change at a time on a store, whoever asks. Errors: lock.held (TRANSIENT). */
int oak_pkgs_lock(struct oak_pkgs *pkgs, int64_t wait_s, const volatile int *stop, struct oak_error *err) OAK_MUST_USE;

/* Names of the packages that have a folder, sorted. */
int oak_pkgs_names(const struct oak_pkgs *pkgs, const char *const **ret, size_t *ret_n, struct oak_error *err) OAK_MUST_USE;

/* Paths, in the arena. NAME is safe as a file name (oak_package_name_check). */
const char *oak_pkgs_path(const struct oak_pkgs *pkgs, const char *name, const char *file); /* FILE NULL = the package's folder */
const char *oak_pkgs_generation(const struct oak_pkgs *pkgs, const char *name, int generation, const char *file);
const char *oak_pkgs_stage(const struct oak_pkgs *pkgs, const char *id);

/* Where pkgs/NAME/current leads: the number of a generation, 0 = nowhere. */
int oak_pkgs_current(const struct oak_pkgs *pkgs, const char *name);
/* Make it lead to GENERATION (0 = remove it), in one step that is on the disk afterwards. Errors: store.switch (IO). */
int oak_pkgs_switch(const struct oak_pkgs *pkgs, const char *name, int generation, struct oak_error *err) OAK_MUST_USE;

/* The number of a folder "gen-7"; 0 = it is no such name. */
int oak_generation_number(const char *name);

/* Generations that are there, ascending. */
struct oak_generations {
	OAK_VEC(int) v;
};
int oak_pkgs_generations(const struct oak_pkgs *pkgs, const char *name, struct oak_generations *ret, struct oak_error *err) OAK_MUST_USE;

/* Remove a folder and all in it, following no link; absent is fine. Errors: store.remove (IO). */
int oak_pkgs_remove(const char *path, struct oak_error *err) OAK_MUST_USE;

/* Make the folder PATH anew with mode 0700: one that is there already is not ours. Errors: store.unsafe, file.mkdir. */
int oak_pkgs_make(const char *path, struct oak_error *err) OAK_MUST_USE;
/* fsync a folder. Errors: store.sync (IO). */
int oak_pkgs_sync(const char *folder, struct oak_error *err) OAK_MUST_USE;

/* Bytes that can still be written where the store is; -1 = cannot be told. */
int64_t oak_pkgs_room(const struct oak_pkgs *pkgs);

/* ---- the store of contents (cas_unix.c) ---- */

/* For struct oak_extract: the file becomes a link (or a copy that shares its blocks) of the same content if the store has it whole, else
 * the store gets it. ARG is a struct oak_pkgs. Errors: store.link (IO). */
int oak_cas_keep(void *arg, int dir_fd, const char *name, const struct oak_sealed *file, struct oak_error *err);

/* Remove contents that no generation of any package has. *ret_n = how many. */
int oak_cas_collect(const struct oak_pkgs *pkgs, size_t *ret_n, struct oak_error *err) OAK_MUST_USE;

#endif
