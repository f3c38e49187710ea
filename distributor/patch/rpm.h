/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the dnf and zypper installers share: rpm itself. */
#ifndef OAK_DISTRIBUTOR_PATCH_RPM_H
#define OAK_DISTRIBUTOR_PATCH_RPM_H

#include "distributor/patch/tool.h"

/* Where ROOT keeps its rpm database, as ROOT sees it: "/var/lib/rpm" or "/usr/lib/sysimage/rpm". */
const char *oak_rpm_dbpath(const char *root);

/* A HOME for programs of the host that work on ROOT: with macros that name its database (the host's own default may be
 * elsewhere). In ARENA. Errors: file.*. */
int oak_rpm_home(const struct oak_patch_host *host, struct oak_arena *arena, const char **ret_home, struct oak_error *err);

/* "name-evr.arch" of the version TO or FROM. In ARENA. */
const char *oak_rpm_nevra(struct oak_arena *arena, const struct oak_plan_action *action, const char *evr);
/* "name-version-release.arch.rpm", the usual file name: without the epoch. */
const char *oak_rpm_file(struct oak_arena *arena, const struct oak_plan_action *action, const char *evr);
/* The archive of the version TO. */
const char *oak_rpm_archive(struct oak_arena *arena, const struct oak_plan_action *action);
/* Where the archive of the version before lies, or would lie. */
const char *oak_rpm_old_path(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *action);

/* A file below ROOT/FOLDER (depth 4) named NAME; NULL = none. In ARENA. */
const char *oak_rpm_find_file(struct oak_arena *arena, const char *root, const char *folder, const char *name);

/* rpm_archives.c: old archives, from the cache, the repositories, or rebuilt. */
struct oak_rpm_archives {
	const char *cache; /* the package manager's folder of archives, below ROOT */
	/* Fetch the installed versions of ACTIONS by one call; what cannot be had is left out. *ret_path: a scratch folder with
	 * them, NULL = the cache. */
	int (*fetch)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, const char **ret_path,
		     struct oak_error *err);
};
int oak_rpm_undoable(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_action_list actions,
		     struct oak_arena *arena, struct oak_plan_facts *ret, struct oak_error *err);
int oak_rpm_secure(const struct oak_rpm_archives *archives, const struct oak_patch_host *host, struct oak_action_list actions,
		   struct oak_error *err);

int oak_rpm_installed(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *ret,
		      struct oak_error *err);

void oak_rpm_files(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, oak_text_list *ret);

/* Two versions of one package that may not be there twice: what an interrupted transaction leaves. The older one is erased.
 * Also waits for rpm's lock and rebuilds a database that cannot be read. */
int oak_rpm_repair(const struct oak_patch_host *host, struct oak_arena *arena, oak_text_list *ret_did, struct oak_error *err);

/* One line of what a package manager said it would do, checked against the plan: 0, or patch.moved. KIND -1 = any. */
struct oak_rpm_step {
	const char *name, *arch, *evr;
	bool removal;
};
struct oak_rpm_steps {
	OAK_VEC(struct oak_rpm_step) v;
};
int oak_rpm_compare(const struct oak_rpm_steps *steps, struct oak_action_list actions, struct oak_error *err);

/* "(3/7) …" or "… 3/7": permille; -1 = neither. */
int oak_rpm_progress(const char *line);

/* An error of a package manager's run, with the words of its log; busy locks become lock.held. */
int oak_rpm_error(const struct oak_patch_host *host, const char *log, enum oak_error_kind kind, const char *id, const char *what,
		  struct oak_error *err);

#endif
