/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downloads, installations and removals: begun, watched, ended, and told update by update. */
#include "distributor/patch/wua_work_win32.h"

#include <stdio.h>

#include "core/fs.h"
#include "core/str.h"
#include "scanners/wua/wua_words.h"

/* ------------------------------------------------------------------------------------------- finding the updates */

static size_t find_all(struct oak_wua_work *work, IUpdateCollection *found)
{
	size_t absent = 0;
	for (size_t i = 0; i < work->n; i++) {
		struct oak_wua_item *item = &work->items[i];
		item->record = oak_wua_find(work->arena, &work->answer, item->action->patch, item->action->to);
		if (item->record) {
			LONG at = (LONG)(item->record - work->answer.updates.v);
			if (FAILED(found->lpVtbl->get_Item(found, at, &item->update)))
				item->record = NULL;
		}
		absent += !item->record;
	}
	return absent;
}

static void forget(struct oak_wua_work *work)
{
	for (size_t i = 0; i < work->n; i++)
		oak_com_release(&work->items[i].update);
}

int oak_wua_work_begin(struct oak_wua_work *work, const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_wua_search search = {.stop = host->stop, .timeout_s = host->timeout_s};
	*work = (struct oak_wua_work){.host = host, .arena = oak_arena_new(), .n = actions.n};
	work->items = oak_arena_alloc(work->arena, (actions.n + 1) * sizeof(*work->items));
	for (size_t i = 0; i < actions.n; i++)
		work->items[i].action = actions.v[i];
	if (oak_wua_open(&work->session, err) < 0)
		return -1;
	for (size_t absent = 1; absent;) {
		IUpdateCollection *found OAK_AUTO(oak_com_release) = NULL;
		if (oak_wua_ask(&work->session, &search, work->arena, &work->answer, &found, err) < 0)
			return -1;
		absent = find_all(work, found);
		if (!absent || search.online || host->no_network)
			break;
		search.online = true; /* the agent may have forgotten what it found */
		forget(work);
	}
	return 0;
}

void oak_wua_work_done(struct oak_wua_work *work)
{
	forget(work);
	work->n = 0;
	oak_wua_close(&work->session);
	oak_arena_free(work->arena);
	work->arena = NULL;
}

/* ------------------------------------------------------------------------------------------- the log */

static void write_log(const struct oak_wua_work *work, const char *name, const struct oak_wua_item *item)
{
	char words[512] = "done";
	struct oak_error ignored = {0};
	const char *dir = oak_arena_printf(work->arena, "%s/logs", work->host->run_dir);
	FILE *file = oak_fs_mkdirs(dir, 0700, &ignored) == 0 ? fopen(oak_arena_printf(work->arena, "%s/%s.log", dir, name), "ab") : NULL;
	if (!file)
		return; /* a log that cannot be written must not stop the change */
	if (item->hr != S_OK)
		oak_wua_word_text(item->hr, words, sizeof(words));
	fprintf(file, "%s %s: %s\n", item->action->patch, item->record && item->record->title ? item->record->title : "", words);
	fclose(file);
}

/* ------------------------------------------------------------------------------------------- jobs of three kinds */

struct job {
	enum oak_wua_job kind;
	IUpdateDownloader *downloader;
	IUpdateInstaller *installer;
	IDownloadJob *download;
	IInstallationJob *installation;
	struct oak_wua_work *work;
};

static void job_done(struct job *job)
{
	oak_com_release(&job->download);
	oak_com_release(&job->installation);
	oak_com_release(&job->downloader);
	oak_com_release(&job->installer);
}

static const char *const names[] = {[OAK_WUA_DOWNLOAD] = "download", [OAK_WUA_INSTALL] = "install", [OAK_WUA_UNINSTALL] = "rollback"};
static const char *const deeds[] = {[OAK_WUA_DOWNLOAD] = "downloading", [OAK_WUA_INSTALL] = "installing", [OAK_WUA_UNINSTALL] = "uninstalling"};

static HRESULT begin_download(struct job *job, IUpdateCollection *updates, IUnknown *callback)
{
	IUpdateSession *session = job->work->session.session;
	VARIANT state = {.vt = VT_EMPTY};
	HRESULT hr = session->lpVtbl->CreateUpdateDownloader(session, &job->downloader);
	if (SUCCEEDED(hr))
		hr = job->downloader->lpVtbl->put_Updates(job->downloader, updates);
	return SUCCEEDED(hr) ? job->downloader->lpVtbl->BeginDownload(job->downloader, callback, callback, state, &job->download) : hr;
}

/* Nobody sits before the screen. */
static void be_quiet(IUpdateInstaller *installer)
{
	IUpdateInstaller2 *later OAK_AUTO(oak_com_release) = oak_com_as(installer, &oak_iid_update_installer2);
	installer->lpVtbl->put_AllowSourcePrompts(installer, VARIANT_FALSE);
	if (later)
		later->lpVtbl->put_ForceQuiet(later, VARIANT_TRUE);
}

static HRESULT begin_installation(struct job *job, IUpdateCollection *updates, IUnknown *callback)
{
	IUpdateSession *session = job->work->session.session;
	VARIANT state = {.vt = VT_EMPTY};
	HRESULT hr = session->lpVtbl->CreateUpdateInstaller(session, &job->installer);
	if (SUCCEEDED(hr))
		hr = job->installer->lpVtbl->put_Updates(job->installer, updates);
	if (FAILED(hr))
		return hr;
	be_quiet(job->installer);
	return job->kind == OAK_WUA_UNINSTALL
		       ? job->installer->lpVtbl->BeginUninstall(job->installer, callback, callback, state, &job->installation)
		       : job->installer->lpVtbl->BeginInstall(job->installer, callback, callback, state, &job->installation);
}

static bool job_ended(void *arg)
{
	const struct job *job = arg;
	return job->download ? OAK_COM_BOOL(job->download, get_IsCompleted) : OAK_COM_BOOL(job->installation, get_IsCompleted);
}

static LONG percent(const struct job *job)
{
	IDownloadProgress *download OAK_AUTO(oak_com_release) = NULL;
	IInstallationProgress *installation OAK_AUTO(oak_com_release) = NULL;
	if (job->download && SUCCEEDED(job->download->lpVtbl->GetProgress(job->download, &download)) && download)
		return OAK_COM_NUMBER(LONG, download, get_PercentComplete);
	if (job->installation && SUCCEEDED(job->installation->lpVtbl->GetProgress(job->installation, &installation)) && installation)
		return OAK_COM_NUMBER(LONG, installation, get_PercentComplete);
	return 0;
}

static void show(void *arg)
{
	const struct job *job = arg;
	const struct oak_patch_host *host = job->work->host;
	if (host->progress)
		host->progress(host->progress_arg, deeds[job->kind], (int)percent(job) * 10);
}

static HRESULT outcome(int result, LONG hr)
{
	bool good = result == OAK_WUA_SUCCEEDED || result == OAK_WUA_SUCCEEDED_WITH_ERRORS;
	if (good)
		return S_OK;
	return FAILED(hr) ? hr : result == OAK_WUA_ABORTED ? E_ABORT : E_FAIL;
}

static HRESULT download_outcome(IDownloadResult *result, LONG i)
{
	IUpdateDownloadResult *one OAK_AUTO(oak_com_release) = NULL;
	HRESULT hr = result->lpVtbl->GetUpdateResult(result, i, &one);
	return FAILED(hr) ? hr : outcome((int)OAK_COM_NUMBER(OperationResultCode, one, get_ResultCode), OAK_COM_NUMBER(LONG, one, get_HResult));
}

static HRESULT installation_outcome(IInstallationResult *result, LONG i)
{
	IUpdateInstallationResult *one OAK_AUTO(oak_com_release) = NULL;
	HRESULT hr = result->lpVtbl->GetUpdateResult(result, i, &one);
	return FAILED(hr) ? hr : outcome((int)OAK_COM_NUMBER(OperationResultCode, one, get_ResultCode), OAK_COM_NUMBER(LONG, one, get_HResult));
}

/* In the order in which the updates were put into the collection. */
static void read_outcomes(struct job *job, oak_wua_choice choice)
{
	IDownloadResult *download OAK_AUTO(oak_com_release) = NULL;
	IInstallationResult *installation OAK_AUTO(oak_com_release) = NULL;
	HRESULT hr = job->kind == OAK_WUA_DOWNLOAD ? job->downloader->lpVtbl->EndDownload(job->downloader, job->download, &download)
		     : job->kind == OAK_WUA_INSTALL
			     ? job->installer->lpVtbl->EndInstall(job->installer, job->installation, &installation)
			     : job->installer->lpVtbl->EndUninstall(job->installer, job->installation, &installation);
	LONG at = 0;
	for (size_t i = 0; i < job->work->n; i++) {
		struct oak_wua_item *item = &job->work->items[i];
		if (!choice(item))
			continue;
		item->hr = download ? download_outcome(download, at) : installation ? installation_outcome(installation, at) : FAILED(hr) ? hr : E_FAIL;
		at++;
	}
	if (job->download)
		job->download->lpVtbl->CleanUp(job->download);
	if (job->installation)
		job->installation->lpVtbl->CleanUp(job->installation);
}

/* A download that was asked to stop is waited for all the same: what it does now is little. */
static int wait_for(struct job *job, struct oak_com_signal *signal)
{
	enum { ABORT_MS = 10000 };
	struct oak_com_wait wait = {.signal = signal, .job = job, .ended = job_ended, .on_tick = show, .arg = job,
				    .stop = job->kind == OAK_WUA_DOWNLOAD ? job->work->host->stop : NULL};
	bool stopped, again;
	if (oak_com_wait(&wait, &stopped) == 0)
		return 0;
	job->download->lpVtbl->RequestAbort(job->download);
	wait.stop = NULL;
	wait.limit_ms = ABORT_MS;
	return oak_com_wait(&wait, &again) == 0 ? 1 : -1;
}

static IUpdateCollection *collect(struct oak_wua_work *work, oak_wua_choice choice, LONG *ret_n)
{
	void *made = NULL;
	LONG ignored;
	*ret_n = 0;
	if (FAILED(CoCreateInstance(&oak_clsid_update_collection, NULL, CLSCTX_INPROC_SERVER, &IID_IUpdateCollection, &made)))
		return NULL;
	IUpdateCollection *list = made;
	for (size_t i = 0; i < work->n; i++) {
		struct oak_wua_item *item = &work->items[i];
		if (!choice(item))
			continue;
		HRESULT hr = list->lpVtbl->Add(list, item->update, &ignored);
		if (SUCCEEDED(hr))
			++*ret_n;
		else
			item->hr = hr; /* so it is none of those that are chosen any more */
	}
	return list;
}

static int interrupted(struct oak_error *err)
{
	return oak_fail(err, OAK_INTERRUPTED, "patch.interrupted", 0, "interrupted while updates were downloaded");
}

int oak_wua_work_run(struct oak_wua_work *work, enum oak_wua_job kind, oak_wua_choice choice, struct oak_error *err)
{
	static const char *const ids[] = {[OAK_WUA_DOWNLOAD] = "patch.download", [OAK_WUA_INSTALL] = "patch.install", [OAK_WUA_UNINSTALL] = "patch.undo"};
	static const char *const what[] = {[OAK_WUA_DOWNLOAD] = "cannot download", [OAK_WUA_INSTALL] = "cannot install", [OAK_WUA_UNINSTALL] = "cannot uninstall"};
	OAK_AUTO(job_done) struct job job = {.kind = kind, .work = work};
	OAK_AUTO(oak_com_signal_free_p) struct oak_com_signal *signal = oak_com_signal_new();
	LONG n;
	IUpdateCollection *list OAK_AUTO(oak_com_release) = collect(work, choice, &n);
	if (!list)
		return oak_wua_fail(err, ids[kind], E_FAIL, what[kind]);
	if (n == 0)
		return 0;
	IUnknown *callback = oak_com_signal_unknown(signal);
	HRESULT hr = kind == OAK_WUA_DOWNLOAD ? begin_download(&job, list, callback) : begin_installation(&job, list, callback);
	if (FAILED(hr))
		return oak_wua_fail(err, ids[kind], hr, what[kind]);
	int waited = wait_for(&job, signal);
	if (waited < 0)
		return interrupted(err);
	read_outcomes(&job, choice);
	for (size_t i = 0; i < work->n; i++)
		if (choice(&work->items[i]))
			write_log(work, names[kind], &work->items[i]);
	return waited > 0 ? interrupted(err) : 0;
}

/* ------------------------------------------------------------------------------------------- licence terms, outcomes */

void oak_wua_work_eulas(struct oak_wua_work *work, oak_wua_choice choice)
{
	enum { DECLINED = (int)0x80240023 };
	for (size_t i = 0; i < work->n; i++) {
		struct oak_wua_item *item = &work->items[i];
		if (!choice(item) || item->record->eula_accepted)
			continue;
		item->hr = work->host->decline_eulas ? (HRESULT)DECLINED : item->update->lpVtbl->AcceptEula(item->update);
	}
}

int oak_wua_work_verdict(const struct oak_wua_work *work, const char *id, const char *what, struct oak_error *err)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct oak_wua_item *item = &work->items[i];
		const char *text = oak_arena_printf(work->arena, "%s '%s'", what, item->action->patch);
		if (FAILED(item->hr))
			return oak_wua_fail(err, id, item->hr, text);
	}
	return 0;
}
