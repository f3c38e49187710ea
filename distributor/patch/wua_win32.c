/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The installer of Windows hosts: the Windows Update Agent downloads, installs and removes; we choose, watch and tell. */
#include "core/fault.h"
#include "core/str.h"
#include "distributor/patch/backends.h"
#include "distributor/patch/wua_work_win32.h"
#include "scanners/wua/wua_words.h"

static bool detect(const char *root, const char *family)
{
	return oak_streq(root, "/") && oak_streq(family, "windows");
}

/* ------------------------------------------------------------------------------------------- which updates a step is about */

static bool is_offered(const struct oak_wua_item *item)
{
	return item->record && !FAILED(item->hr);
}

/* Read anew: a download since the search counts. */
static bool is_downloaded(const struct oak_wua_item *item)
{
	IUpdate *update = item->update;
	return item->record && OAK_COM_BOOL(update, get_IsDownloaded);
}

static bool wants_download(const struct oak_wua_item *item)
{
	return item->record && !FAILED(item->hr) && !item->record->downloaded;
}

static bool is_ready(const struct oak_wua_item *item)
{
	return item->record && !FAILED(item->hr) && is_downloaded(item);
}

/* ------------------------------------------------------------------------------------------- check */

static int absent(const struct oak_wua_work *work, struct oak_error *err)
{
	for (size_t i = 0; i < work->n; i++)
		if (!work->items[i].record)
			return oak_fail(err, OAK_CONFLICT, "patch.moved", 0,
					"the update agent does not offer '%s' in revision %s any more (make a new plan)",
					work->items[i].action->patch, work->items[i].action->to);
	return 0;
}

/* Another installation is waited for as other package managers' locks are. */
static int wait_idle(IUpdateInstaller *installer, const struct oak_patch_host *host, struct oak_error *err)
{
	enum { TICK_MS = 500 };
	for (int64_t waited = 0; OAK_COM_BOOL(installer, get_IsBusy); waited += TICK_MS) {
		if (waited >= host->lock_wait_s * 1000 || (host->stop && *host->stop))
			return oak_fail(err, OAK_TRANSIENT, "lock.held", 0,
					"the update agent is busy: another installation is going on (try again later)");
		Sleep(TICK_MS);
	}
	return 0;
}

static int check_installer(struct oak_wua_work *work, struct oak_error *err)
{
	IUpdateSession *session = work->session.session;
	IUpdateInstaller *installer OAK_AUTO(oak_com_release) = NULL;
	HRESULT hr = session->lpVtbl->CreateUpdateInstaller(session, &installer);
	if (FAILED(hr))
		return oak_wua_fail(err, "patch.tool", hr, "cannot use the update agent's installer");
	if (wait_idle(installer, work->host, err) < 0)
		return -1;
	if (OAK_COM_BOOL(installer, get_RebootRequiredBeforeInstallation))
		return oak_fail(err, OAK_TRANSIENT, "patch.reboot-first", 0,
				"an earlier change waits for a reboot, and nothing can be installed before it (reboot, then try again)");
	return 0;
}

static int check(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_wua_work_done) struct oak_wua_work work = {0};
	return oak_wua_work_begin(&work, host, actions, err) < 0 || absent(&work, err) < 0 || check_installer(&work, err) < 0 ? -1 : 0;
}

/* ------------------------------------------------------------------------------------------- stage, commit */

static int download(struct oak_wua_work *work, struct oak_error *err)
{
	oak_wua_work_eulas(work, is_offered);
	if (work->host->no_network)
		return 0;
	return oak_wua_work_run(work, OAK_WUA_DOWNLOAD, wants_download, err);
}

/* One update that cannot be downloaded must not keep the others back: it fails when it is installed. */
static int get_ready(struct oak_wua_work *work, const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	size_t ready = 0;
	if (oak_wua_work_begin(work, host, actions, err) < 0 || absent(work, err) < 0 || download(work, err) < 0)
		return -1;
	for (size_t i = 0; i < work->n; i++)
		ready += is_ready(&work->items[i]);
	return ready || !work->n ? 0 : oak_wua_work_verdict(work, "patch.download", "cannot download", err);
}

static int stage(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_wua_work_done) struct oak_wua_work work = {0};
	return get_ready(&work, host, actions, err);
}

static int commit(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	enum { NOT_DOWNLOADED = (int)0x80246007 };
	OAK_AUTO(oak_wua_work_done) struct oak_wua_work work = {0};
	if (get_ready(&work, host, actions, err) < 0 || (host->ready && host->ready(host->ready_arg, err) < 0))
		return -1;
	oak_fault_point("wua.before-install");
	if (oak_wua_work_run(&work, OAK_WUA_INSTALL, is_ready, err) < 0)
		return -1;
	oak_fault_point("wua.after-install");
	for (size_t i = 0; i < work.n; i++)
		if (!FAILED(work.items[i].hr) && !is_downloaded(&work.items[i]))
			work.items[i].hr = (HRESULT)NOT_DOWNLOADED;
	return oak_wua_work_verdict(&work, "patch.install", "cannot install", err);
}

/* ------------------------------------------------------------------------------------------- ways back */

static int undoable(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, struct oak_plan_facts *ret,
		    struct oak_error *err)
{
	OAK_AUTO(oak_wua_work_done) struct oak_wua_work work = {0};
	if (actions.n && oak_wua_work_begin(&work, host, actions, err) < 0)
		return -1;
	for (size_t i = 0; i < work.n; i++) {
		bool can = work.items[i].record && work.items[i].record->uninstallable;
		*oak_push(arena, &ret->undo) = (struct oak_plan_undo){
			actions.v[i]->patch, can ? "uninstall" : NULL, can ? NULL : "Windows does not offer to uninstall this update"};
	}
	return 0;
}

static int undo(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_wua_work_done) struct oak_wua_work work = {0};
	if (oak_wua_work_begin(&work, host, actions, err) < 0 || absent(&work, err) < 0 ||
	    oak_wua_work_run(&work, OAK_WUA_UNINSTALL, is_offered, err) < 0)
		return -1;
	return oak_wua_work_verdict(&work, "patch.undo", "cannot uninstall", err);
}

/* The agent keeps what it needs for a way back itself. */
static int secure(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	(void)host;
	(void)actions;
	(void)err;
	return 0;
}

/* Windows knows no updates that were installed automatically for others. */
static int marks_save(const struct oak_patch_host *host, struct oak_error *err)
{
	(void)host;
	(void)err;
	return 0;
}

static int marks_restore(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	return secure(host, actions, err);
}

/* Component servicing finishes or undoes what was interrupted by itself, at the next boot. */
static int repair(const struct oak_patch_host *host, struct oak_arena *arena, oak_text_list *ret_did, struct oak_error *err)
{
	(void)arena;
	(void)ret_did;
	return marks_save(host, err);
}

/* Files in use are replaced at the boot that the agent asks for: no service is restarted for them. */
static void files(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, oak_text_list *ret)
{
	(void)host;
	(void)actions;
	(void)arena;
	(void)ret;
}

/* ------------------------------------------------------------------------------------------- what is installed */

static int installed(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *ret, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	OAK_AUTO(oak_wua_close) struct oak_wua_session session = {0};
	const struct oak_wua_search search = {.timeout_s = host->timeout_s, .history = true};
	struct oak_wua_answer answer;
	if (oak_wua_open(&session, err) < 0 || oak_wua_ask(&session, &search, scratch, &answer, NULL, err) < 0)
		return -1;
	const struct oak_wua_moment moment = oak_wua_moment_now(scratch, OAK_TIME_NONE);
	for (size_t i = 0; i < answer.updates.n; i++) {
		const struct oak_wua_update *u = &answer.updates.v[i];
		if (!u->id || !oak_wua_is_installed(&answer, u, &moment))
			continue;
		const char *name = oak_arena_strdup(arena, oak_wua_name(scratch, u));
		*oak_push(arena, &ret->v) =
			(struct oak_installed){.id = name, .name = name, .evr = oak_arena_strdup(arena, oak_wua_evr(scratch, &answer, u))};
	}
	return 0;
}

const struct oak_installer oak_installer_wua = {
	.name = "wua",
	.asks = true,
	.detect = detect,
	.check = check,
	.stage = stage,
	.undoable = undoable,
	.secure = secure,
	.commit = commit,
	.undo = undo,
	.marks_save = marks_save,
	.marks_restore = marks_restore,
	.repair = repair,
	.files = files,
	.installed = installed,
};
