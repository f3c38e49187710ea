/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downloads, installations and removals of the scripted agent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

enum { SUCCEEDED_CODE = 2, WITH_ERRORS = 3, FAILED_CODE = 4, ABORTED_CODE = 5 };

static HRESULT WINAPI put_name(struct face *f, BSTR value)
{
	(void)f;
	(void)value;
	return S_OK;
}

static struct script_update *member(struct object *collection, int index)
{
	return ((struct script_update **)collection->state)[index];
}

/* ------------------------------------------------------------------------------------------- results: ITEMS holds a code for each update */

static HRESULT overall(const struct object *self)
{
	int bad = 0;
	for (int i = 0; i < self->count; i++)
		bad += FAILED((HRESULT)self->items[i]);
	return bad == 0 ? S_OK : bad == self->count ? (HRESULT)0x80240022 : (HRESULT)0x00240003;
}

static HRESULT WINAPI result_hresult(struct face *f, LONG *ret)
{
	*ret = f->self->aborted ? (HRESULT)0x8024000B : overall(f->self);
	return S_OK;
}

static HRESULT WINAPI result_code(struct face *f, int *ret)
{
	HRESULT hr = overall(f->self);
	*ret = f->self->aborted ? ABORTED_CODE : hr == S_OK ? SUCCEEDED_CODE : FAILED(hr) ? FAILED_CODE : WITH_ERRORS;
	return S_OK;
}

static HRESULT WINAPI result_reboot(struct face *f, VARIANT_BOOL *ret)
{
	bool needed = false;
	for (int i = 0; i < f->self->count; i++)
		needed = needed || (SUCCEEDED((HRESULT)f->self->items[i]) && member(f->self->list, i)->needs_reboot);
	*ret = needed ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI one_hresult(struct face *f, LONG *ret)
{
	*ret = f->self->result;
	return S_OK;
}

static HRESULT WINAPI one_code(struct face *f, int *ret)
{
	*ret = FAILED(f->self->result) ? FAILED_CODE : SUCCEEDED_CODE;
	return S_OK;
}

static HRESULT WINAPI one_reboot(struct face *f, VARIANT_BOOL *ret)
{
	*ret = SUCCEEDED(f->self->result) && f->self->update->needs_reboot ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static const struct method one_methods[] = {{"get_HResult", one_hresult}, {"get_ResultCode", one_code}, {"get_RebootRequired", one_reboot}, {NULL, NULL}};
static struct class one_download = {.versions = {"IUpdateDownloadResult"}, .methods = one_methods};
static struct class one_install = {.versions = {"IUpdateInstallationResult"}, .methods = one_methods};

static HRESULT give_one(struct object *result, struct class *class, LONG index, void **ret)
{
	if (index < 0 || index >= result->count)
		return (HRESULT)0x80240007;
	struct object *one = object_new(class);
	one->update = member(result->list, index);
	one->result = (HRESULT)result->items[index];
	return object_give(one, ret);
}

static HRESULT WINAPI download_result_of(struct face *f, LONG index, void **ret)
{
	return give_one(f->self, &one_download, index, ret);
}

static HRESULT WINAPI install_result_of(struct face *f, LONG index, void **ret)
{
	return give_one(f->self, &one_install, index, ret);
}

static const struct method download_result_methods[] = {{"get_HResult", result_hresult}, {"get_ResultCode", result_code}, {"GetUpdateResult", download_result_of}, {NULL, NULL}};
static const struct method install_result_methods[] = {{"get_HResult", result_hresult}, {"get_ResultCode", result_code}, {"get_RebootRequired", result_reboot},
						       {"GetUpdateResult", install_result_of}, {NULL, NULL}};
static struct class download_result_class = {.versions = {"IDownloadResult"}, .methods = download_result_methods};
static struct class install_result_class = {.versions = {"IInstallationResult"}, .methods = install_result_methods};

static HRESULT give_result(struct object *job, struct class *class, void **ret)
{
	struct object *result = object_new(class);
	result->list = object_keep(job->list);
	result->count = job->count;
	result->aborted = job->aborted;
	result->items = calloc((size_t)job->count + 1, sizeof(int));
	memcpy(result->items, job->items, (size_t)job->count * sizeof(int));
	return object_give(result, ret);
}

/* ------------------------------------------------------------------------------------------- progress */

static HRESULT WINAPI progress_percent(struct face *f, LONG *ret)
{
	*ret = f->self->index;
	return S_OK;
}

static const struct method progress_methods[] = {{"get_PercentComplete", progress_percent}, {NULL, NULL}};
static struct class download_progress = {.versions = {"IDownloadProgress"}, .methods = progress_methods};
static struct class install_progress = {.versions = {"IInstallationProgress"}, .methods = progress_methods};

static HRESULT WINAPI give_progress(struct face *f, void **ret)
{
	bool download = strcmp(f->self->class->versions[0], "IDownloadJob") == 0;
	struct object *progress = object_new(download ? &download_progress : &install_progress);
	progress->index = f->self->ended ? 100 : 50;
	return object_give(progress, ret);
}

/* ------------------------------------------------------------------------------------------- jobs */

static const struct method job_methods[] = {{"get_AsyncState", job_state}, {"get_IsCompleted", job_completed}, {"CleanUp", job_clean},
					    {"GetProgress", give_progress}, {"RequestAbort", job_abort}, {NULL, NULL}};
static struct class download_job = {.versions = {"IDownloadJob"}, .methods = job_methods, .done = job_done};
static struct class install_job = {.versions = {"IInstallationJob"}, .methods = job_methods, .done = job_done};

static struct object *job_new(struct class *class, struct object *list, IUnknown *callback)
{
	struct object *job = object_new(class);
	job->list = object_keep(list);
	job->count = list->count;
	job->items = calloc((size_t)list->count + 1, sizeof(int));
	job->callback = callback;
	if (callback)
		callback->lpVtbl->AddRef(callback);
	return job;
}

static void download(struct object *job)
{
	while (script.never_downloads && !job->aborted)
		Sleep(10);
	for (int i = 0; i < job->count; i++) {
		struct script_update *u = member(job->list, i);
		job->items[i] = job->aborted ? (HRESULT)0x8024000B : u->download;
		u->downloaded = u->downloaded || SUCCEEDED((HRESULT)job->items[i]);
	}
	script_save_state();
}

static HRESULT install_one(const struct script_update *u)
{
	if (!u->downloaded)
		return (HRESULT)0x80246007;
	if (u->eula && !u->eula_accepted)
		return (HRESULT)0x80240023;
	return u->install;
}

static void install(struct object *job)
{
	for (int i = 0; i < job->count; i++) {
		struct script_update *u = member(job->list, i);
		HRESULT hr = install_one(u);
		job->items[i] = hr;
		logf_("install %s %08lx", u->kb, (unsigned long)hr);
		if (FAILED(hr))
			continue;
		u->installed = !u->needs_reboot; /* until the boot it is still offered */
		u->done_waiting = u->needs_reboot;
		u->done_at = script_now();
	}
	script_save_state();
}

static void removal(struct object *job)
{
	for (int i = 0; i < job->count; i++) {
		struct script_update *u = member(job->list, i);
		job->items[i] = u->uninstallable ? S_OK : (HRESULT)0x80240028;
		logf_("uninstall %s %08lx", u->kb, (unsigned long)job->items[i]);
		if (u->uninstallable)
			u->installed = u->done_waiting = false;
	}
	script_save_state();
}

/* ------------------------------------------------------------------------------------------- downloader and installer */

static HRESULT WINAPI put_updates(struct face *f, void *updates)
{
	object_drop(f->self->list);
	f->self->list = object_keep(object_of(updates));
	return S_OK;
}

static HRESULT WINAPI put_number(struct face *f, int value)
{
	(void)f;
	(void)value;
	return S_OK;
}

static HRESULT WINAPI begin_download(struct face *f, IUnknown *progress, IUnknown *completed, VARIANT state, void **ret)
{
	char names[1024];
	(void)progress;
	(void)state;
	logf_("BeginDownload %s", names_of(f->self->list, names, sizeof(names)));
	struct object *job = job_new(&download_job, f->self->list, completed);
	job_start(job, download);
	return object_give(job, ret);
}

static HRESULT WINAPI end_download(struct face *f, void *job, void **ret)
{
	(void)f;
	return give_result(object_of(job), &download_result_class, ret);
}

static const struct method downloader_methods[] = {{"put_ClientApplicationID", put_name}, {"put_Updates", put_updates}, {"put_Priority", put_number},
						   {"BeginDownload", begin_download}, {"EndDownload", end_download}, {NULL, NULL}};
static struct class downloader_class = {.versions = {"IUpdateDownloader"}, .methods = downloader_methods};

struct object *downloader_new(void)
{
	return object_new(&downloader_class);
}

static HRESULT WINAPI begin_install(struct face *f, IUnknown *progress, IUnknown *completed, VARIANT state, void **ret)
{
	char names[1024];
	(void)progress;
	(void)state;
	logf_("BeginInstall %s quiet=%d", names_of(f->self->list, names, sizeof(names)), f->self->quiet);
	if (FAILED(script.install_begin))
		return script.install_begin;
	struct object *job = job_new(&install_job, f->self->list, completed);
	job_start(job, install);
	return object_give(job, ret);
}

static HRESULT WINAPI begin_uninstall(struct face *f, IUnknown *progress, IUnknown *completed, VARIANT state, void **ret)
{
	char names[1024];
	(void)progress;
	(void)state;
	logf_("BeginUninstall %s", names_of(f->self->list, names, sizeof(names)));
	struct object *job = job_new(&install_job, f->self->list, completed);
	job_start(job, removal);
	return object_give(job, ret);
}

static HRESULT WINAPI end_install(struct face *f, void *job, void **ret)
{
	(void)f;
	return give_result(object_of(job), &install_result_class, ret);
}

static HRESULT WINAPI installer_busy(struct face *f, VARIANT_BOOL *ret)
{
	(void)f;
	*ret = script.busy ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI installer_reboot_first(struct face *f, VARIANT_BOOL *ret)
{
	(void)f;
	*ret = script.reboot_first ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI installer_quiet(struct face *f, VARIANT_BOOL value)
{
	f->self->quiet = value != VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI installer_prompts(struct face *f, VARIANT_BOOL value)
{
	(void)f;
	if (value != VARIANT_FALSE)
		logf_("ERROR the installer may ask for sources");
	return S_OK;
}

static const struct method installer_methods[] = {{"put_ClientApplicationID", put_name}, {"put_Updates", put_updates},
						  {"BeginInstall", begin_install}, {"EndInstall", end_install}, {"BeginUninstall", begin_uninstall},
						  {"EndUninstall", end_install}, {"get_IsBusy", installer_busy},
						  {"get_RebootRequiredBeforeInstallation", installer_reboot_first}, {"put_ForceQuiet", installer_quiet},
						  {"put_AllowSourcePrompts", installer_prompts}, {NULL, NULL}};
static struct class installer_class = {.versions = {"IUpdateInstaller", "IUpdateInstaller2", "IUpdateInstaller3", "IUpdateInstaller4"},
				       .methods = installer_methods};

struct object *installer_new(void)
{
	return object_new(&installer_class);
}
