/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session, services and searches of the scripted agent. */
#include <stdio.h>
#include <string.h>

#include "agent.h"

#define WSUS "3da21691-e39d-4da6-8a4b-b43877bcb1b7"
#define MICROSOFT_UPDATE "7971f918-a847-4430-9279-4a52d1efe18d"
#define CATALOG "11111111-aaaa-4bbb-8ccc-000000000001"

static char catalog_registered[TEXT]; /* service id of the offline catalogue, "" = none */

static HRESULT WINAPI put_name(struct face *f, BSTR value)
{
	(void)f;
	(void)value;
	return S_OK;
}

/* ------------------------------------------------------------------------------------------- services */

static HRESULT WINAPI service_id(struct face *f, BSTR *ret)
{
	*ret = wide(f->self->service);
	return S_OK;
}

static HRESULT WINAPI service_name(struct face *f, BSTR *ret)
{
	*ret = wide(f->self->superseded ? "oakum offline catalogue" : script.managed ? "Windows Server Update Service" : "Microsoft Update");
	return S_OK;
}

static HRESULT WINAPI service_url(struct face *f, BSTR *ret)
{
	*ret = f->self->superseded ? NULL : wide("https://update.example/v6/");
	return S_OK;
}

static HRESULT WINAPI service_managed(struct face *f, VARIANT_BOOL *ret)
{
	*ret = !f->self->superseded && script.managed ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI service_package(struct face *f, VARIANT_BOOL *ret)
{
	*ret = f->self->superseded ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI service_default(struct face *f, VARIANT_BOOL *ret)
{
	*ret = f->self->superseded ? VARIANT_FALSE : VARIANT_TRUE;
	return S_OK;
}

static HRESULT WINAPI service_issued(struct face *f, DATE *ret)
{
	*ret = f->self->superseded ? script_now() - 3 : 0;
	return S_OK;
}

static HRESULT WINAPI service_expires(struct face *f, DATE *ret)
{
	*ret = f->self->superseded ? script_now() + 30 : 0;
	return S_OK;
}

static const struct method service_methods[] = {{"get_ServiceID", service_id}, {"get_Name", service_name}, {"get_ServiceUrl", service_url},
						{"get_IsManaged", service_managed}, {"get_IsScanPackageService", service_package},
						{"get_IsDefaultAUService", service_default}, {"get_IssueDate", service_issued},
						{"get_ExpirationDate", service_expires}, {NULL, NULL}};
static struct class service_class = {.versions = {"IUpdateService", "IUpdateService2"}, .methods = service_methods};

/* SUPERSEDED marks the catalogue's service. */
static HRESULT give_service(bool catalog, void **ret)
{
	struct object *service = object_new(&service_class);
	service->superseded = catalog;
	snprintf(service->service, TEXT, "%s", catalog ? CATALOG : script.managed ? WSUS : MICROSOFT_UPDATE);
	return object_give(service, ret);
}

static HRESULT WINAPI list_count(struct face *f, LONG *ret)
{
	(void)f;
	*ret = 1;
	return S_OK;
}

static HRESULT WINAPI list_item(struct face *f, LONG index, void **ret)
{
	(void)f;
	(void)index;
	return give_service(false, ret);
}

static const struct method list_methods[] = {{"get_Count", list_count}, {"get_Item", list_item}, {NULL, NULL}};
static struct class list_class = {.versions = {"IUpdateServiceCollection"}, .methods = list_methods};

static HRESULT WINAPI services_list(struct face *f, void **ret)
{
	(void)f;
	return object_give(object_new(&list_class), ret);
}

static HRESULT WINAPI services_add_package(struct face *f, BSTR name, BSTR cab, LONG flags, void **ret)
{
	char called[TEXT], file[TEXT];
	(void)f;
	logf_("AddScanPackageService '%s' %s flags=%ld", narrow(name, called, TEXT), narrow(cab, file, TEXT), (long)flags);
	if (FAILED(script.catalog))
		return script.catalog;
	snprintf(catalog_registered, TEXT, "%s", CATALOG);
	return give_service(true, ret);
}

static HRESULT WINAPI services_remove(struct face *f, BSTR id)
{
	char text[TEXT];
	(void)f;
	logf_("RemoveService %s", narrow(id, text, TEXT));
	if (strcmp(text, catalog_registered) != 0)
		return (HRESULT)0x80240042;
	catalog_registered[0] = '\0';
	return S_OK;
}

static const struct method services_methods[] = {{"get_Services", services_list}, {"AddScanPackageService", services_add_package},
						 {"RemoveService", services_remove}, {NULL, NULL}};
static struct class services_class = {.versions = {"IUpdateServiceManager", "IUpdateServiceManager2"}, .methods = services_methods};

struct object *services_new(void)
{
	return object_new(&services_class);
}

/* ------------------------------------------------------------------------------------------- a search's result */

static HRESULT WINAPI warning_message(struct face *f, BSTR *ret)
{
	(void)f;
	*ret = wide("something went wrong");
	return S_OK;
}

static HRESULT WINAPI warning_code(struct face *f, LONG *ret)
{
	*ret = f->self->result;
	return S_OK;
}

static const struct method warning_methods[] = {{"get_Message", warning_message}, {"get_HResult", warning_code}, {NULL, NULL}};
static struct class warning_class = {.versions = {"IUpdateException"}, .methods = warning_methods};

static HRESULT WINAPI warnings_count(struct face *f, LONG *ret)
{
	*ret = FAILED(f->self->result) ? 1 : 0;
	return S_OK;
}

static HRESULT WINAPI warnings_item(struct face *f, LONG index, void **ret)
{
	struct object *one = object_new(&warning_class);
	(void)index;
	one->result = f->self->result;
	return object_give(one, ret);
}

static const struct method warnings_methods[] = {{"get_Count", warnings_count}, {"get_Item", warnings_item}, {NULL, NULL}};
static struct class warnings_class = {.versions = {"IUpdateExceptionCollection"}, .methods = warnings_methods};

static HRESULT WINAPI result_code(struct face *f, int *ret)
{
	(void)f;
	*ret = script.search_fails ? 4 : FAILED(script.warning) ? 3 : 2;
	return S_OK;
}

static HRESULT WINAPI result_warnings(struct face *f, void **ret)
{
	struct object *list = object_new(&warnings_class);
	(void)f;
	list->result = script.search_fails ? script.search : script.warning;
	return object_give(list, ret);
}

static HRESULT WINAPI result_updates(struct face *f, void **ret)
{
	return object_give(object_keep(f->self->list), ret);
}

static const struct method result_methods[] = {{"get_ResultCode", result_code}, {"get_Warnings", result_warnings}, {"get_Updates", result_updates}, {NULL, NULL}};
static struct class result_class = {.versions = {"ISearchResult"}, .methods = result_methods};

/* ------------------------------------------------------------------------------------------- searching */

static const struct method job_methods[] = {{"get_AsyncState", job_state}, {"get_IsCompleted", job_completed}, {"CleanUp", job_clean},
					    {"RequestAbort", job_abort}, {NULL, NULL}};
static struct class job_class = {.versions = {"ISearchJob"}, .methods = job_methods, .done = job_done};

static void search(struct object *job)
{
	(void)job;
}

/* Updates with a SOURCE are offered by that service only: "catalog" or "server". Superseded ones are left out unless asked for. */
static bool is_offered(const struct object *searcher, const struct script_update *u)
{
	const char *asked = strcmp(searcher->service, CATALOG) == 0 && searcher->selection == 3 ? "catalog" : "server";
	if (*u->source && strcmp(u->source, asked) != 0)
		return false;
	for (int i = 0; i < script.count && !searcher->superseded; i++)
		for (int k = 0; k < script.updates[i].supersedes_count; k++)
			if (strcmp(script.updates[i].supersedes[k], u->id) == 0)
				return false;
	return true;
}

static HRESULT WINAPI searcher_begin(struct face *f, BSTR criteria, IUnknown *callback, VARIANT state, void **ret)
{
	char text[1024];
	struct object *self = f->self;
	(void)state;
	logf_("BeginSearch '%s' online=%d selection=%d service=%s superseded=%d", narrow(criteria, text, sizeof(text)), self->online, self->selection,
	      *self->service ? self->service : "-", self->superseded);
	while (script.hangs)
		Sleep(1000);
	if (FAILED(script.search) && !script.search_fails && self->online)
		return script.search;
	struct object *job = object_new(&job_class);
	job->callback = callback;
	if (callback)
		callback->lpVtbl->AddRef(callback);
	if (script.search != NEVER_ENDS)
		job_start(job, search);
	return object_give(job, ret);
}

static HRESULT WINAPI searcher_end(struct face *f, void *job, void **ret)
{
	(void)job;
	struct object *result = object_new(&result_class);
	logf_("EndSearch");
	result->list = updates_new();
	for (int i = 0; i < script.count && !script.search_fails; i++)
		if (is_offered(f->self, &script.updates[i]))
			updates_add(result->list, &script.updates[i]);
	return object_give(result, ret);
}

static HRESULT WINAPI searcher_online(struct face *f, VARIANT_BOOL value)
{
	f->self->online = value != VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI searcher_superseded(struct face *f, VARIANT_BOOL value)
{
	f->self->superseded = value != VARIANT_FALSE;
	return S_OK;
}

static HRESULT WINAPI searcher_selection(struct face *f, int value)
{
	f->self->selection = value;
	return S_OK;
}

static HRESULT WINAPI searcher_service(struct face *f, BSTR value)
{
	narrow(value, f->self->service, TEXT);
	return S_OK;
}

static HRESULT WINAPI searcher_history_count(struct face *f, LONG *ret)
{
	(void)f;
	*ret = history_count();
	return S_OK;
}

static HRESULT WINAPI searcher_history(struct face *f, LONG start, LONG count, void **ret)
{
	(void)f;
	(void)start;
	(void)count;
	return object_give(history_new(), ret);
}

static const struct method searcher_methods[] = {{"put_ClientApplicationID", put_name}, {"BeginSearch", searcher_begin}, {"EndSearch", searcher_end},
						 {"put_Online", searcher_online}, {"put_IncludePotentiallySupersededUpdates", searcher_superseded},
						 {"put_ServerSelection", searcher_selection}, {"put_ServiceID", searcher_service},
						 {"GetTotalHistoryCount", searcher_history_count}, {"QueryHistory", searcher_history}, {NULL, NULL}};
static struct class searcher_class = {.versions = {"IUpdateSearcher", "IUpdateSearcher2", "IUpdateSearcher3"}, .methods = searcher_methods};

struct object *searcher_new(void)
{
	struct object *searcher = object_new(&searcher_class);
	searcher->online = true;
	return searcher;
}

/* ------------------------------------------------------------------------------------------- the session */

static HRESULT WINAPI session_searcher(struct face *f, void **ret)
{
	(void)f;
	return object_give(searcher_new(), ret);
}

static HRESULT WINAPI session_downloader(struct face *f, void **ret)
{
	(void)f;
	return object_give(downloader_new(), ret);
}

static HRESULT WINAPI session_installer(struct face *f, void **ret)
{
	(void)f;
	return object_give(installer_new(), ret);
}

static HRESULT WINAPI session_services(struct face *f, void **ret)
{
	(void)f;
	return object_give(services_new(), ret);
}

static HRESULT WINAPI session_locale(struct face *f, LCID value)
{
	(void)f;
	logf_("put_UserLocale %lu", (unsigned long)value);
	return S_OK;
}

static const struct method session_methods[] = {{"put_ClientApplicationID", put_name}, {"CreateUpdateSearcher", session_searcher},
						{"CreateUpdateDownloader", session_downloader}, {"CreateUpdateInstaller", session_installer},
						{"put_UserLocale", session_locale}, {"CreateUpdateServiceManager", session_services}, {NULL, NULL}};
static struct class session_class = {.versions = {"IUpdateSession", "IUpdateSession2", "IUpdateSession3"}, .methods = session_methods};

struct object *session_new(void)
{
	return object_new(&session_class);
}

/* ------------------------------------------------------------------------------------------- the system */

static HRESULT WINAPI system_reboot(struct face *f, VARIANT_BOOL *ret)
{
	bool waiting = script.reboot;
	(void)f;
	for (int i = 0; i < script.count; i++)
		waiting = waiting || script.updates[i].done_waiting;
	*ret = waiting ? VARIANT_TRUE : VARIANT_FALSE;
	return S_OK;
}

static const struct method system_methods[] = {{"get_RebootRequired", system_reboot}, {NULL, NULL}};
static struct class system_class = {.versions = {"ISystemInformation"}, .methods = system_methods};

struct object *system_new(void)
{
	return object_new(&system_class);
}

static HRESULT WINAPI results_search(struct face *f, VARIANT *ret)
{
	(void)f;
	VariantInit(ret);
	if (script.last_search > 0) {
		ret->vt = VT_DATE;
		ret->date = script.last_search;
	}
	return S_OK;
}

static const struct method results_methods[] = {{"get_LastSearchSuccessDate", results_search}, {NULL, NULL}};
static struct class results_class = {.versions = {"IAutomaticUpdatesResults"}, .methods = results_methods};

static HRESULT WINAPI automatic_results(struct face *f, void **ret)
{
	(void)f;
	return object_give(object_new(&results_class), ret);
}

static const struct method automatic_methods[] = {{"get_Results", automatic_results}, {NULL, NULL}};
static struct class automatic_class = {.versions = {"IAutomaticUpdates", "IAutomaticUpdates2"}, .methods = automatic_methods};

struct object *automatic_new(void)
{
	return object_new(&automatic_class);
}
