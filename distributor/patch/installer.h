/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installers: the host's own package managers behind one table of functions, each of them idempotent. */
#ifndef OAK_DISTRIBUTOR_PATCH_INSTALLER_H
#define OAK_DISTRIBUTOR_PATCH_INSTALLER_H

#include <stdbool.h>

#include "baseline/plan.h"
#include "core/error.h"

enum oak_conffiles { OAK_CONFFILES_KEEP, OAK_CONFFILES_NEW, OAK_CONFFILES_COUNT };

/* What an installer works on. Borrowed by every call; nothing is remembered between calls but what lies in run_dir. */
struct oak_patch_host {
	const char *root;     /* "/" or a folder, absolute, no trailing slash but for "/" */
	const char *run_dir;  /* logs/ and old/ (archives of the versions before) below it; exists */
	const char *lists;    /* folder with the metadata that the plan was made from; NULL = the host's own */
	int64_t lock_wait_s;  /* how long to wait for the package manager's locks */
	int64_t timeout_s;    /* of one call of the package manager; 0 = none */
	enum oak_conffiles conffiles;
	bool no_network;
	/* Asked once by commit of an installer that asks, right before the first change: everything is downloaded, and what will be done is what was asked
	 * for. Non-zero: commit ends with that error and nothing is changed. NULL = no need to ask. */
	int (*ready)(void *arg, struct oak_error *err);
	void *ready_arg;
	bool decline_eulas;   /* leave updates alone whose licence terms nobody accepted */
	const volatile int *stop; /* ends downloads; never ends a change half-way */
	/* One bar for all: 0..1000 of WHAT ("downloading", "installing"). May be NULL. */
	void (*progress)(void *arg, const char *what, int permille);
	void *progress_arg;
};

/* Installed versions by id ("openssl.amd64"). */
struct oak_installed {
	const char *id, *name, *arch, *evr;
	bool broken; /* not cleanly installed: half-installed, unpacked, reinst-required */
};
struct oak_installed_list {
	OAK_VEC(struct oak_installed) v; /* as the package manager lists them */
};

typedef OAK_VEC(const char *) oak_text_list;

/* Several actions of one plan: those of one batch. */
struct oak_action_list {
	const struct oak_plan_action *const *v;
	size_t n;
};

struct oak_installer {
	const char *name; /* "apt" "dnf" "zypper" "wua" */
	/* A plan that was made just now needs no check: commit does exactly its actions or nothing (apt, dnf), or solver and
	 * metadata are those that the plan was made with (zypper). */
	bool sure;
	bool asks; /* commit asks host->ready after its downloads, and secure takes no lock, so that it can run meanwhile */
	/* True if it serves systems of this FAMILY (platform.family) and the programs that it drives are there: inside ROOT or,
	 * where ROOT has none, on the host. */
	bool (*detect)(const char *root, const char *family);

	/* Locks free, database readable, and the package manager itself would do exactly ACTIONS with the metadata at hand.
	 * Changes nothing. Errors: lock.held (TRANSIENT), patch.moved (CONFLICT: says what it would do instead),
	 * patch.tool (IO: its own words). */
	int (*check)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* Download everything that ACTIONS need. Errors: patch.download (TRANSIENT), lock.held. */
	int (*stage)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* How each installed version could be brought back; fills one undo per action that has a "from". */
	int (*undoable)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
			struct oak_plan_facts *ret, struct oak_error *err);

	/* Put the archives of the installed versions into run_dir/old/. Actions that the plan calls irreversible are left
	 * out. Errors: patch.secure (IO: which archive cannot be had any more). */
	int (*secure)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* Do ACTIONS, from what stage fetched; what is not there yet is downloaded first. Errors before anything is changed:
	 * patch.moved, patch.download, lock.held, those of host->ready; then patch.install (IO: the package manager's words). */
	int (*commit)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* Name of the archive of the version that ACTION leads to. Where run_dir/kept/ has a file of that name, check, stage and
	 * commit use it instead of what repositories offer. NULL = not with this package manager. */
	const char *(*archive)(struct oak_arena *arena, const struct oak_plan_action *action);

	/* Put the archives of the versions that ACTIONS lead to into run_dir/kept/, under the names that archive gives them.
	 * Errors: snapshot.archive (IO: which one cannot be had). */
	int (*keep)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* Bring the versions before ACTIONS back from run_dir/old/. Errors: patch.undo (IO). */
	int (*undo)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* Write down, and later restore, which packages are marked as automatically installed. After MARKS_RESTORE new
	 * packages of ACTIONS that nobody asked for are automatic. */
	int (*marks_save)(const struct oak_patch_host *host, struct oak_error *err);
	int (*marks_restore)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err);

	/* After a crash: finish or undo what is half-way in the package database. What was done goes into *ret_did, what a
	 * person must do into err. Errors: patch.repair (IO). */
	int (*repair)(const struct oak_patch_host *host, struct oak_arena *arena, oak_text_list *ret_did,
		      struct oak_error *err);

	/* Programs and libraries of the installed versions that ACTIONS replace (absolute paths, as the package manager lists
	 * them): who maps them will have to be restarted. Failure gives fewer. */
	void (*files)(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
		      oak_text_list *ret);

	/* What is installed now. Errors: patch.tool. */
	int (*installed)(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *ret,
			 struct oak_error *err);
};

extern const struct oak_installer *const oak_installers[]; /* NULL-terminated, in order of detection */

/* The installer for ROOT. Errors: patch.no-installer (UNSUPPORTED). */
const struct oak_installer *oak_installer_detect(const char *root, const char *family, struct oak_error *err);
/* Those of ACTIONS that undo has to bring back: whose version before is not what is installed now. In ARENA; all of them where that
 * cannot be seen. */
struct oak_action_list oak_installer_left(const struct oak_installer *installer, const struct oak_patch_host *host,
					  struct oak_action_list actions, struct oak_arena *arena);
/* ACTIONS as going back sees them: new packages are removed, the others downgraded to what was before. In ARENA. */
struct oak_action_list oak_installer_reversed(struct oak_action_list actions, struct oak_arena *arena);
const struct oak_installer *oak_installer_find(const char *name); /* NULL = absent */

#endif
