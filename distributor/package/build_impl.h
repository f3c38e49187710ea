/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that build packages share; nobody else includes it. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_BUILD_IMPL_H
#define OAK_DISTRIBUTOR_PACKAGE_BUILD_IMPL_H

#include "distributor/package/build.h"
#include "distributor/package/collect.h"

/* A file of the out folder that is being written: FD, under a name that begins with a dot until it is whole. */
struct oak_output {
	const char *path, *temporary;
	int fd; /* -1 = closed */
};
int oak_output_open(struct oak_arena *arena, const char *dir, const char *name, struct oak_output *ret, struct oak_error *err) OAK_MUST_USE;
int oak_output_commit(struct oak_output *output, struct oak_error *err) OAK_MUST_USE; /* fsync, rename */
void oak_output_done(struct oak_output *output); /* removes what was not committed; for OAK_AUTO */

/* All N bytes. Errors: file.write. */
int oak_output_put(int fd, const void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;

/* A whole text as DIR/NAME. */
int oak_output_text(struct oak_arena *arena, const char *dir, const char *name, const struct oak_buf *text, struct oak_error *err) OAK_MUST_USE;

/* SHA-256 of what FD holds, from its beginning. */
int oak_output_hash(int fd, char ret_hex[OAK_SHA256_TEXT], struct oak_error *err) OAK_MUST_USE;

/* NAME with everything that a file name should not have replaced by '-'. */
const char *oak_file_word(struct oak_arena *arena, const char *text);

/* Fill the progress and fixed members of PACK for ENTRIES. */
struct oak_build_work {
	struct oak_arena *arena;
	const struct oak_build *build;
	struct oak_built *built;
	const char *now; /* the file being written */
	int64_t before, total;
};
void oak_build_pack(struct oak_build_work *work, struct oak_entries *entries, enum oak_pack_format format, struct oak_pack *ret);

/* What .deb and .rpm have in common. */
const char *oak_native_prefix(struct oak_build_work *work); /* "/opt/tool" */
/* ENTRIES below the prefix, each path with HEAD before it ("./opt/tool/x" for HEAD "."); the folders of the prefix too. */
void oak_native_entries(struct oak_build_work *work, const struct oak_entries *entries, const char *head, bool all_folders, struct oak_entries *ret);
bool oak_native_has(const struct oak_entries *entries, const char *path);
bool oak_native_scripts(const struct oak_entries *entries); /* there is at least one .sh of an action */
/* The shell functions that the maintainer scripts of both begin with: run ACTION. */
const char *oak_native_shell(struct oak_build_work *work, const struct oak_entries *entries);

/* STEM.SUFFIX, or with the platform in it if that name is taken; and the end of both: hash, size, name. */
const char *oak_native_name(struct oak_build_work *work, const struct oak_recipe_target *target, const char *stem, const char *suffix);
int oak_native_finish(struct oak_build_work *work, const struct oak_recipe_target *target, const char *arch, const char *name,
		      struct oak_output *output, int64_t bytes, struct oak_error *err) OAK_MUST_USE;

/* .deb and .rpm of one target. */
int oak_build_deb(struct oak_build_work *work, const struct oak_recipe_target *target, const char *arch, struct oak_entries *entries,
		  struct oak_error *err) OAK_MUST_USE;
int oak_build_rpm(struct oak_build_work *work, const struct oak_recipe_target *target, const char *arch, struct oak_entries *entries,
		  struct oak_error *err) OAK_MUST_USE;

/* Documents beside the archives. */
int oak_build_documents(struct oak_build_work *work, struct oak_manifest *manifest, struct oak_entries *entries, size_t n,
			struct oak_error *err) OAK_MUST_USE;

#endif
