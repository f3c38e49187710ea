/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of the agent's objects into records; a property that fails is absent. */
#include "core/str.h"
#include "scanners/registry_win32.h"
#include "scanners/wua/wua_session_win32.h"

#define POLICY "SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate"

enum { CATEGORIES_MAX = 1000, BUNDLED_MAX = 1000, HISTORY_MAX = 2000 };

static void read_categories(struct oak_arena *arena, IUpdate *update, struct oak_wua_update *record)
{
	ICategoryCollection *list OAK_AUTO(oak_com_release) = NULL;
	if (FAILED(update->lpVtbl->get_Categories(update, &list)) || !list)
		return;
	LONG n = OAK_COM_NUMBER(LONG, list, get_Count);
	for (LONG i = 0; i < n && i < CATEGORIES_MAX; i++) {
		ICategory *one OAK_AUTO(oak_com_release) = NULL, *parent OAK_AUTO(oak_com_release) = NULL;
		if (FAILED(list->lpVtbl->get_Item(list, i, &one)) || !one)
			continue;
		struct oak_wua_category category = {.type = OAK_COM_TEXT(arena, one, get_Type), .id = OAK_COM_TEXT(arena, one, get_CategoryID),
						    .name = OAK_COM_TEXT(arena, one, get_Name)};
		if (SUCCEEDED(one->lpVtbl->get_Parent(one, &parent)) && parent &&
		    oak_strcaseeq(OAK_COM_TEXT(arena, parent, get_Type), "ProductFamily"))
			category.family = OAK_COM_TEXT(arena, parent, get_Name);
		*oak_push(arena, &record->categories) = category;
	}
}

static IStringCollection *strings(HRESULT hr, IStringCollection *list)
{
	return SUCCEEDED(hr) ? list : NULL;
}

#define READ_TEXTS(arena, object, method, ret)                                                               \
	do {                                                                                                 \
		IStringCollection *oak_list_ = NULL;                                                         \
		HRESULT oak_hr_ = (object)->lpVtbl->method((object), &oak_list_);                            \
		oak_com_texts((arena), strings(oak_hr_, oak_list_), (ret));                                  \
	} while (0)

/* Only what its version has: slots behind it belong to nobody. */
static void read_later(struct oak_arena *arena, IUpdate *update, struct oak_wua_update *record)
{
	IUpdate2 *second OAK_AUTO(oak_com_release) = oak_com_as(update, &oak_iid_update2);
	IUpdate3 *third OAK_AUTO(oak_com_release) = oak_com_as(update, &oak_iid_update3);
	if (second) {
		record->reboot_required = OAK_COM_BOOL(second, get_RebootRequired);
		READ_TEXTS(arena, second, get_CveIDs, &record->cves);
	}
	if (third)
		record->browse_only = OAK_COM_BOOL(third, get_BrowseOnly);
}

static void read_behaviour(IUpdate *update, struct oak_wua_update *record)
{
	IInstallationBehavior *behaviour OAK_AUTO(oak_com_release) = NULL;
	if (FAILED(update->lpVtbl->get_InstallationBehavior(update, &behaviour)) || !behaviour)
		return;
	record->reboot = (int)OAK_COM_NUMBER(InstallationRebootBehavior, behaviour, get_RebootBehavior);
	record->asks_user = OAK_COM_BOOL(behaviour, get_CanRequestUserInput);
}

static int64_t read_size(IUpdate *update)
{
	DECIMAL size = {.Lo64 = 0};
	LONG64 bytes = -1;
	if (FAILED(update->lpVtbl->get_MaxDownloadSize(update, &size)) || FAILED(VarI8FromDec(&size, &bytes)) || bytes < 0)
		return -1;
	return bytes;
}

static void add_missing(struct oak_arena *arena, const oak_wua_texts *from, oak_wua_texts *to)
{
	for (size_t i = 0; i < from->n; i++) {
		bool there = false;
		for (size_t k = 0; k < to->n; k++)
			there = there || oak_strcaseeq(from->v[i], to->v[k]);
		if (!there)
			*oak_push(arena, to) = from->v[i];
	}
}

/* A bundle says little of itself: its KB and CVEs may stand in its parts only. */
static void read_bundled(struct oak_arena *arena, IUpdate *update, struct oak_wua_update *record)
{
	IUpdateCollection *parts OAK_AUTO(oak_com_release) = NULL;
	if (FAILED(update->lpVtbl->get_BundledUpdates(update, &parts)) || !parts)
		return;
	LONG n = OAK_COM_NUMBER(LONG, parts, get_Count);
	for (LONG i = 0; i < n && i < BUNDLED_MAX; i++) {
		IUpdate *part OAK_AUTO(oak_com_release) = NULL;
		struct oak_wua_update inner = {.size = -1};
		if (FAILED(parts->lpVtbl->get_Item(parts, i, &part)) || !part)
			continue;
		READ_TEXTS(arena, part, get_KBArticleIDs, &inner.kbs);
		READ_TEXTS(arena, part, get_SecurityBulletinIDs, &inner.bulletins);
		read_later(arena, part, &inner);
		add_missing(arena, &inner.kbs, &record->kbs);
		add_missing(arena, &inner.bulletins, &record->bulletins);
		add_missing(arena, &inner.cves, &record->cves);
	}
}

void oak_wua_read_update(struct oak_arena *arena, IUpdate *update, struct oak_wua_update *record)
{
	IUpdateIdentity *identity OAK_AUTO(oak_com_release) = NULL;
	if (SUCCEEDED(update->lpVtbl->get_Identity(update, &identity)) && identity) {
		record->id = OAK_COM_TEXT(arena, identity, get_UpdateID);
		record->revision = OAK_COM_NUMBER(LONG, identity, get_RevisionNumber);
	}
	record->title = OAK_COM_TEXT(arena, update, get_Title);
	record->severity = OAK_COM_TEXT(arena, update, get_MsrcSeverity);
	record->deployed_at = oak_wua_time(OAK_COM_NUMBER(DATE, update, get_LastDeploymentChangeTime));
	record->size = read_size(update);
	record->installed = OAK_COM_BOOL(update, get_IsInstalled);
	record->hidden = OAK_COM_BOOL(update, get_IsHidden);
	record->downloaded = OAK_COM_BOOL(update, get_IsDownloaded);
	record->uninstallable = OAK_COM_BOOL(update, get_IsUninstallable);
	record->eula_accepted = OAK_COM_BOOL(update, get_EulaAccepted);
	record->has_eula = OAK_COM_TEXT(arena, update, get_EulaText) != NULL;
	READ_TEXTS(arena, update, get_KBArticleIDs, &record->kbs);
	READ_TEXTS(arena, update, get_SecurityBulletinIDs, &record->bulletins);
	READ_TEXTS(arena, update, get_SupersededUpdateIDs, &record->supersedes);
	read_categories(arena, update, record);
	read_behaviour(update, record);
	read_later(arena, update, record);
	read_bundled(arena, update, record);
}

/* ------------------------------------------------------------------------------------------- history */

static void read_event(struct oak_arena *arena, IUpdateHistoryEntry *entry, struct oak_wua_answer *ret)
{
	IUpdateIdentity *identity OAK_AUTO(oak_com_release) = NULL;
	if (FAILED(entry->lpVtbl->get_UpdateIdentity(entry, &identity)) || !identity)
		return;
	*oak_push(arena, &ret->history) = (struct oak_wua_event){
		.update_id = OAK_COM_TEXT(arena, identity, get_UpdateID),
		.at = oak_wua_time(OAK_COM_NUMBER(DATE, entry, get_Date)),
		.removal = OAK_COM_NUMBER(UpdateOperation, entry, get_Operation) == uoUninstallation,
		.result = (int)OAK_COM_NUMBER(OperationResultCode, entry, get_ResultCode),
		.hresult = OAK_COM_NUMBER(LONG, entry, get_HResult)};
}

void oak_wua_read_history(struct oak_arena *arena, IUpdateSearcher *searcher, struct oak_wua_answer *ret)
{
	IUpdateHistoryEntryCollection *list OAK_AUTO(oak_com_release) = NULL;
	LONG n = OAK_COM_NUMBER(LONG, searcher, GetTotalHistoryCount);
	n = n > HISTORY_MAX ? HISTORY_MAX : n;
	if (n <= 0 || FAILED(searcher->lpVtbl->QueryHistory(searcher, 0, n, &list)) || !list)
		return;
	n = OAK_COM_NUMBER(LONG, list, get_Count);
	for (LONG i = 0; i < n && i < HISTORY_MAX; i++) {
		IUpdateHistoryEntry *entry OAK_AUTO(oak_com_release) = NULL;
		if (SUCCEEDED(list->lpVtbl->get_Item(list, i, &entry)) && entry)
			read_event(arena, entry, ret);
	}
}

/* ------------------------------------------------------------------------------------------- services, the host */

void oak_wua_read_service(struct oak_arena *arena, IUpdateService *service, struct oak_wua_service *ret)
{
	ret->id = OAK_COM_TEXT(arena, service, get_ServiceID);
	ret->name = OAK_COM_TEXT(arena, service, get_Name);
	ret->url = OAK_COM_TEXT(arena, service, get_ServiceUrl);
	ret->managed = OAK_COM_BOOL(service, get_IsManaged);
	ret->package = OAK_COM_BOOL(service, get_IsScanPackageService);
	ret->issued_at = oak_wua_time(OAK_COM_NUMBER(DATE, service, get_IssueDate));
	ret->expires_at = oak_wua_time(OAK_COM_NUMBER(DATE, service, get_ExpirationDate));
}

static bool is_default(IUpdateService *service)
{
	IUpdateService2 *later OAK_AUTO(oak_com_release) = oak_com_as(service, &oak_iid_update_service2);
	return later && OAK_COM_BOOL(later, get_IsDefaultAUService);
}

void oak_wua_read_default_service(struct oak_arena *arena, IUpdateServiceManager *services, struct oak_wua_service *ret)
{
	IUpdateServiceCollection *list OAK_AUTO(oak_com_release) = NULL;
	bool by_policy = oak_registry_number(POLICY "\\AU", "UseWUServer", 0) == 1;
	if (services && SUCCEEDED(services->lpVtbl->get_Services(services, &list)) && list) {
		LONG n = OAK_COM_NUMBER(LONG, list, get_Count);
		for (LONG i = 0; i < n && i < CATEGORIES_MAX; i++) {
			IUpdateService *one OAK_AUTO(oak_com_release) = NULL;
			if (SUCCEEDED(list->lpVtbl->get_Item(list, i, &one)) && one && is_default(one)) {
				oak_wua_read_service(arena, one, ret);
				ret->issued_at = ret->expires_at = OAK_TIME_NONE; /* of the registration, not of what it offers */
				break;
			}
		}
	}
	ret->managed |= by_policy;
	if (by_policy && oak_registry_text(arena, POLICY, "WUServer"))
		ret->url = oak_registry_text(arena, POLICY, "WUServer");
}

oak_time oak_wua_read_last_search(void)
{
	void *made = NULL;
	IAutomaticUpdatesResults *results OAK_AUTO(oak_com_release) = NULL;
	VARIANT date = {.vt = VT_EMPTY};
	CoCreateInstance(&CLSID_AutomaticUpdates, NULL, CLSCTX_INPROC_SERVER, &oak_iid_automatic_updates2, &made);
	IAutomaticUpdates2 *updates OAK_AUTO(oak_com_release) = made;
	if (!updates || FAILED(updates->lpVtbl->get_Results(updates, &results)) || !results ||
	    FAILED(results->lpVtbl->get_LastSearchSuccessDate(results, &date)))
		return OAK_TIME_NONE;
	oak_time at = date.vt == VT_DATE ? oak_wua_time(date.date) : OAK_TIME_NONE;
	VariantClear(&date);
	return at;
}

bool oak_wua_read_reboot_required(void)
{
	void *made = NULL;
	CoCreateInstance(&CLSID_SystemInformation, NULL, CLSCTX_INPROC_SERVER, &IID_ISystemInformation, &made);
	ISystemInformation *system OAK_AUTO(oak_com_release) = made;
	return system && OAK_COM_BOOL(system, get_RebootRequired);
}

/* As the agent writes its history: by the host's clock, whatever NOW is pretended. */
static oak_time booted_at(void)
{
	enum { TICKS_A_SECOND = 10000000 };
	static const int64_t seconds_1601_to_1970 = 11644473600;
	FILETIME now;
	GetSystemTimeAsFileTime(&now);
	int64_t ticks = (int64_t)(((uint64_t)now.dwHighDateTime << 32) | now.dwLowDateTime);
	return ticks / TICKS_A_SECOND - seconds_1601_to_1970 - (int64_t)(GetTickCount64() / 1000);
}

struct oak_wua_moment oak_wua_moment_now(struct oak_arena *arena, oak_time now)
{
	return (struct oak_wua_moment){.now = now, .booted_at = booted_at(),
				       .product = oak_registry_text(arena, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "ProductName")};
}
