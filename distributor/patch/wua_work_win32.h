/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the Windows installer: the updates of a plan as the agent's objects, and what is done with them. */
#ifndef OAK_DISTRIBUTOR_PATCH_WUA_WORK_WIN32_H
#define OAK_DISTRIBUTOR_PATCH_WUA_WORK_WIN32_H

#include "distributor/patch/installer.h"
#include "scanners/wua/wua_session_win32.h"

/* One action and the update that it means. */
struct oak_wua_item {
	const struct oak_plan_action *action;
	const struct oak_wua_update *record; /* NULL = the agent does not offer it */
	IUpdate *update;
	HRESULT hr; /* outcome of what was done last */
};

/* A conversation with the agent about the actions of one batch. Zero-initialise; oak_wua_work_done also after a failed begin. */
struct oak_wua_work {
	const struct oak_patch_host *host;
	struct oak_arena *arena;
	struct oak_wua_session session;
	struct oak_wua_answer answer;
	struct oak_wua_item *items;
	size_t n;
};

/* Ask the agent for ACTIONS: what it found before and, where one of them is not in that, the server. Errors: wua.*. */
int oak_wua_work_begin(struct oak_wua_work *work, const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
	OAK_MUST_USE;
void oak_wua_work_done(struct oak_wua_work *work);

/* True for the items that a step is about. */
typedef bool (*oak_wua_choice)(const struct oak_wua_item *item);

/* Download, install or uninstall the chosen items in one go; each one's outcome goes into its hr and into the run's log.
 * A stop signal ends downloads only. Errors: patch.interrupted, and *FAILED_ID where the agent would not even begin. */
enum oak_wua_job { OAK_WUA_DOWNLOAD, OAK_WUA_INSTALL, OAK_WUA_UNINSTALL };
int oak_wua_work_run(struct oak_wua_work *work, enum oak_wua_job job, oak_wua_choice choice, struct oak_error *err) OAK_MUST_USE;

/* Accept the licence terms of the chosen items, unless the host declines them: then those items fail. */
void oak_wua_work_eulas(struct oak_wua_work *work, oak_wua_choice choice);

/* The first item that failed, as an error with ID; 0 if none did. */
int oak_wua_work_verdict(const struct oak_wua_work *work, const char *id, const char *what, struct oak_error *err) OAK_MUST_USE;

#endif
