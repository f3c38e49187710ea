/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the update agent and searching, online or in an offline catalogue. */
#include "scanners/wua/wua_session_win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/port.h"
#include "scanners/wua/wua_words.h"

enum { ENGLISH_US = 0x0409, UPDATES_MAX = 100000, ABORT_MS = 300 };

/* Everything there is: what is missing, hidden ones too, and what is installed. "or" is allowed at the top only. */
#define CRITERIA "IsInstalled=0 and IsHidden=0 or IsInstalled=0 and IsHidden=1 or IsInstalled=1"

/* Titles and categories in English, so that baselines mean the same on every host. */
static void speak_english(IUpdateSession *session)
{
	IUpdateSession2 *later OAK_AUTO(oak_com_release) = oak_com_as(session, &oak_iid_update_session2);
	if (later)
		later->lpVtbl->put_UserLocale(later, ENGLISH_US);
}

static IUpdateServiceManager *service_manager(IUpdateSession *session)
{
	IUpdateSession3 *later OAK_AUTO(oak_com_release) = oak_com_as(session, &oak_iid_update_session3);
	IUpdateServiceManager *services = NULL;
	if (later && SUCCEEDED(later->lpVtbl->CreateUpdateServiceManager(later, &services)))
		return services;
	void *made = NULL;
	HRESULT hr = CoCreateInstance(&oak_clsid_update_service_manager, NULL, CLSCTX_INPROC_SERVER, &oak_iid_update_service_manager, &made);
	return SUCCEEDED(hr) ? made : NULL;
}

int oak_wua_open(struct oak_wua_session *session, struct oak_error *err)
{
	void *made = NULL;
	BSTR name OAK_AUTO(oak_com_bstr_free) = oak_com_bstr("oakum");
	HRESULT hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
	session->joined = SUCCEEDED(hr);
	if (session->joined || hr == RPC_E_CHANGED_MODE)
		hr = CoCreateInstance(&CLSID_UpdateSession, NULL, CLSCTX_INPROC_SERVER, &IID_IUpdateSession, &made);
	session->session = made;
	if (SUCCEEDED(hr)) {
		speak_english(session->session);
		session->session->lpVtbl->put_ClientApplicationID(session->session, name);
		hr = session->session->lpVtbl->CreateUpdateSearcher(session->session, &session->searcher);
	}
	if (FAILED(hr))
		return oak_wua_fail(err, "wua.session", hr, "cannot open the Windows Update Agent");
	session->services = service_manager(session->session);
	session->searcher->lpVtbl->put_ClientApplicationID(session->searcher, name);
	return 0;
}

void oak_wua_close(struct oak_wua_session *session)
{
	if (session->package && session->services)
		session->services->lpVtbl->RemoveService(session->services, session->package);
	oak_com_bstr_free(&session->package);
	oak_com_release(&session->searcher);
	oak_com_release(&session->services);
	oak_com_release(&session->session);
	if (session->joined)
		CoUninitialize();
	*session = (struct oak_wua_session){0};
}

/* ------------------------------------------------------------------------------------------- an offline catalogue */

static int no_catalog(const char *path, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "wua.catalog", 0,
			"cannot use the offline catalogue '%s': there is no such file (fetch wsusscn2.cab from Microsoft)", path);
}

static int add_catalog(struct oak_wua_session *session, const char *path, struct oak_arena *arena, struct oak_wua_answer *answer,
		       struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *full = realpath(path, NULL);
	struct stat st;
	IUpdateService *service OAK_AUTO(oak_com_release) = NULL;
	if (!full || stat(full, &st) < 0 || !S_ISREG(st.st_mode))
		return no_catalog(path, err);
	if (!session->services)
		return oak_wua_fail(err, "wua.catalog", E_NOINTERFACE, "cannot use an offline catalogue");
	for (char *c = full; *c; c++)
		*c = *c == '/' ? '\\' : *c;
	BSTR name OAK_AUTO(oak_com_bstr_free) = oak_com_bstr("oakum offline catalogue"), cab OAK_AUTO(oak_com_bstr_free) = oak_com_bstr(full);
	HRESULT hr = session->services->lpVtbl->AddScanPackageService(session->services, name, cab, 0, &service);
	if (SUCCEEDED(hr))
		hr = service->lpVtbl->get_ServiceID(service, &session->package);
	if (SUCCEEDED(hr))
		hr = session->searcher->lpVtbl->put_ServerSelection(session->searcher, ssOthers);
	if (SUCCEEDED(hr))
		hr = session->searcher->lpVtbl->put_ServiceID(session->searcher, session->package);
	if (FAILED(hr)) {
		oak_wua_fail(err, "wua.catalog", hr, "cannot use the offline catalogue");
		return oak_context(err, "'%s'", path);
	}
	oak_wua_read_service(arena, service, &answer->service);
	answer->service.package = true;
	answer->fetched_at = st.st_mtime;
	return 0;
}

/* ------------------------------------------------------------------------------------------- searching */

static bool search_ended(void *job)
{
	ISearchJob *search = job;
	return OAK_COM_BOOL(search, get_IsCompleted);
}

static int gave_up(ISearchJob *job, struct oak_com_wait *wait, bool stopped, int64_t timeout_s, struct oak_error *err)
{
	bool ignored;
	job->lpVtbl->RequestAbort(job);
	wait->limit_ms = ABORT_MS;
	wait->stop = NULL;
	if (oak_com_wait(wait, &ignored) == 0)
		job->lpVtbl->CleanUp(job);
	if (stopped)
		return oak_fail(err, OAK_INTERRUPTED, "scan.interrupted", 0, "interrupted while the update agent searched");
	return oak_fail(err, OAK_TRANSIENT, "wua.timeout", 0,
			"the update agent's search did not end within %lld s (try again later, or with a longer --timeout; see whether "
			"the update server answers)",
			(long long)timeout_s);
}

static int run_search(IUpdateSearcher *searcher, const struct oak_wua_search *search, ISearchResult **ret, struct oak_error *err)
{
	static const char what[] = "cannot search for updates";
	enum { DEFAULT_S = 600, MARGIN_MS = 2 * ABORT_MS };
	int64_t timeout_s = search->timeout_s > 0 ? search->timeout_s : DEFAULT_S;
	OAK_AUTO(oak_com_signal_free_p) struct oak_com_signal *signal = oak_com_signal_new();
	ISearchJob *job OAK_AUTO(oak_com_release) = NULL;
	BSTR criteria OAK_AUTO(oak_com_bstr_free) = oak_com_bstr(CRITERIA);
	VARIANT state = {.vt = VT_EMPTY};
	bool stopped;
	HRESULT hr = searcher->lpVtbl->BeginSearch(searcher, criteria, oak_com_signal_unknown(signal), state, &job);
	if (FAILED(hr))
		return oak_wua_fail(err, "wua.search", hr, what);
	/* a little before whoever waits for the whole scan gives up: that one cannot say why */
	struct oak_com_wait wait = {.signal = signal, .job = job, .ended = search_ended, .limit_ms = timeout_s * 1000 - MARGIN_MS, .stop = search->stop};
	if (oak_com_wait(&wait, &stopped) < 0)
		return gave_up(job, &wait, stopped, timeout_s, err);
	hr = searcher->lpVtbl->EndSearch(searcher, job, ret);
	job->lpVtbl->CleanUp(job);
	return FAILED(hr) ? oak_wua_fail(err, "wua.search", hr, what) : 0;
}

static void read_warnings(struct oak_arena *arena, ISearchResult *result, struct oak_wua_answer *ret)
{
	IUpdateExceptionCollection *list OAK_AUTO(oak_com_release) = NULL;
	if (FAILED(result->lpVtbl->get_Warnings(result, &list)) || !list)
		return;
	LONG n = OAK_COM_NUMBER(LONG, list, get_Count);
	for (LONG i = 0; i < n && i < UPDATES_MAX; i++) {
		IUpdateException *one OAK_AUTO(oak_com_release) = NULL;
		if (SUCCEEDED(list->lpVtbl->get_Item(list, i, &one)))
			*oak_push(arena, &ret->warnings) =
				(struct oak_wua_warning){OAK_COM_TEXT(arena, one, get_Message), OAK_COM_NUMBER(LONG, one, get_HResult)};
	}
}

static void read_updates(struct oak_arena *arena, IUpdateCollection *list, struct oak_wua_answer *ret)
{
	LONG n = OAK_COM_NUMBER(LONG, list, get_Count);
	for (LONG i = 0; i < n && i < UPDATES_MAX; i++) {
		IUpdate *one OAK_AUTO(oak_com_release) = NULL;
		struct oak_wua_update *record = oak_push(arena, &ret->updates);
		*record = (struct oak_wua_update){.deployed_at = OAK_TIME_NONE, .size = -1};
		if (SUCCEEDED(list->lpVtbl->get_Item(list, i, &one)) && one)
			oak_wua_read_update(arena, one, record);
	}
}

/* A search can end without an error of its own and still have failed. */
static int check_result(ISearchResult *result, struct oak_arena *arena, struct oak_wua_answer *ret, struct oak_error *err)
{
	ret->result = (int)OAK_COM_NUMBER(OperationResultCode, result, get_ResultCode);
	read_warnings(arena, result, ret);
	if (ret->result != OAK_WUA_FAILED && ret->result != OAK_WUA_ABORTED)
		return 0;
	return oak_wua_fail(err, "wua.search", ret->warnings.n ? ret->warnings.v[0].hresult : E_FAIL, "cannot search for updates");
}

static int prepare(struct oak_wua_session *session, const struct oak_wua_search *search, struct oak_arena *arena,
		   struct oak_wua_answer *answer, struct oak_error *err)
{
	*answer = (struct oak_wua_answer){.fetched_at = OAK_TIME_NONE, .asked_server = search->online && !search->catalog};
	answer->service.issued_at = answer->service.expires_at = OAK_TIME_NONE;
	/* what is superseded by something too young may be what is approved */
	session->searcher->lpVtbl->put_IncludePotentiallySupersededUpdates(session->searcher, VARIANT_TRUE);
	if (search->catalog)
		return add_catalog(session, search->catalog, arena, answer, err);
	HRESULT hr = session->searcher->lpVtbl->put_Online(session->searcher, search->online ? VARIANT_TRUE : VARIANT_FALSE);
	if (FAILED(hr))
		return oak_wua_fail(err, "wua.search", hr, "cannot search for updates");
	oak_wua_read_default_service(arena, session->services, &answer->service);
	return 0;
}

int oak_wua_ask(struct oak_wua_session *session, const struct oak_wua_search *search, struct oak_arena *arena, struct oak_wua_answer *ret,
		IUpdateCollection **ret_updates, struct oak_error *err)
{
	ISearchResult *result OAK_AUTO(oak_com_release) = NULL;
	IUpdateCollection *updates OAK_AUTO(oak_com_release) = NULL;
	if (prepare(session, search, arena, ret, err) < 0 || run_search(session->searcher, search, &result, err) < 0 ||
	    check_result(result, arena, ret, err) < 0)
		return -1;
	HRESULT hr = result->lpVtbl->get_Updates(result, &updates);
	if (FAILED(hr) || !updates)
		return oak_wua_fail(err, "wua.search", FAILED(hr) ? hr : E_FAIL, "cannot read what was found");
	read_updates(arena, updates, ret);
	ret->reboot_required = oak_wua_read_reboot_required();
	if (search->history)
		oak_wua_read_history(arena, session->searcher, ret);
	if (!search->catalog && !search->online)
		ret->fetched_at = oak_wua_read_last_search();
	if (ret_updates)
		*ret_updates = oak_steal(&updates);
	return 0;
}
