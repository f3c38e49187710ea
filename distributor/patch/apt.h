/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the apt installer that its files share. */
#ifndef OAK_DISTRIBUTOR_PATCH_APT_H
#define OAK_DISTRIBUTOR_PATCH_APT_H

#include "core/str.h"
#include "distributor/patch/tool.h"

/* True if apt runs chrooted: ROOT has its own, and we may. */
bool oak_apt_inside(const struct oak_patch_host *host);

/* A tool that runs PROGRAM ("apt-get", "apt-cache", "apt-mark") with what the host needs: folders, lists, locks. */
void oak_apt_tool(const struct oak_patch_host *host, struct oak_argv *argv, const char *program, struct oak_tool *ret);
/* The same for dpkg. */
void oak_apt_dpkg(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_tool *ret);

/* "name:arch" for a command line; without the arch for "all". In ARENA. */
const char *oak_apt_name(struct oak_arena *arena, const struct oak_plan_action *action);

/* Options of every installing call: answers, conffiles, progress. */
void oak_apt_options(const struct oak_patch_host *host, struct oak_argv *argv);
int oak_apt_progress(const char *line);

/* apt_guard.c: a program that apt runs before it changes anything, which lets it go on only with ACTIONS and after host->ready.
 * PATH is its folder (oak_tool_scratch_drop). Adds the options to ARGV. Errors: file.*. */
int oak_apt_guard(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions, const char **ret_path,
		  struct oak_error *err);
extern const char oak_apt_guard_words[]; /* what it says of anything else */

/* apt_archives.c */
int oak_apt_undoable(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
		     struct oak_plan_facts *ret, struct oak_error *err);
int oak_apt_secure(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);
const char *oak_apt_archive(struct oak_arena *arena, const struct oak_plan_action *action);
int oak_apt_keep(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);
/* Where the archive of the version before lies, or would lie, in run_dir/old. */
const char *oak_apt_old_path(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *action);
/* The archive NAME VERSION ARCH in ROOT's own cache. */
const char *oak_apt_cached(const struct oak_patch_host *host, struct oak_arena *arena, const char *name, const char *evr,
			   const char *arch);
void oak_apt_files(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, oak_text_list *ret);
/* repack.c: build the archive of an installed package from its files, and HASHES (oak_apt_conffiles_save) beside it. */
int oak_apt_repack(const struct oak_patch_host *host, const char *name, const char *arch, const char *to, const char *hashes,
		   struct oak_error *err);

/* apt_conffiles.c: what dpkg knows of the configuration files in STANZA of its status into the file TO. */
int oak_apt_conffiles_save(struct oak_arena *arena, const char *root, struct oak_str stanza, const char *to, struct oak_error *err);
/* For those of ACTIONS that went back by a rebuilt archive, dpkg's status is to know again what it knew. Under dpkg's lock. */
int oak_apt_conffiles_restore(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_action_list actions, struct oak_error *err);

/* apt_marks.c */
int oak_apt_marks_save(const struct oak_patch_host *host, struct oak_error *err);
int oak_apt_marks_restore(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

/* apt_repair.c */
int oak_apt_repair(const struct oak_patch_host *host, struct oak_arena *arena, oak_text_list *ret_did, struct oak_error *err);
int oak_apt_installed(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *ret,
		      struct oak_error *err);

#endif
