/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares the tables that oakum calls through, mingw's and ours, slot by slot with what is published. */
#include "scanners/wua/wua_api_win32.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "published.h"

enum { UNKNOWN_SLOTS = 3, DISPATCH_SLOTS = 7 };

/* Every method that oakum calls, and every one that our header declares. */
struct slot {
	const char *of, *method;
	size_t offset;
};
#define SLOT(type, method) {#type, #method, offsetof(type##Vtbl, method)}
static const struct slot slots[] = {
	SLOT(IUpdate2, get_RebootRequired), SLOT(IUpdate2, get_IsPresent), SLOT(IUpdate2, get_CveIDs), SLOT(IUpdate2, CopyToCache),
	SLOT(IUpdate3, get_BrowseOnly), SLOT(IUpdate4, get_PerUser), SLOT(IUpdate5, get_AutoSelection), SLOT(IUpdate5, get_AutoDownload),
	SLOT(IUpdateSearcher2, get_IgnoreDownloadPriority), SLOT(IUpdateSearcher2, put_IgnoreDownloadPriority),
	SLOT(IUpdateSearcher3, get_SearchScope), SLOT(IUpdateSearcher3, put_SearchScope),
	SLOT(IUpdateInstaller2, get_ForceQuiet), SLOT(IUpdateInstaller2, put_ForceQuiet),
	SLOT(IUpdateService, get_Name), SLOT(IUpdateService, get_ContentValidationCert), SLOT(IUpdateService, get_ExpirationDate),
	SLOT(IUpdateService, get_IsManaged), SLOT(IUpdateService, get_IsRegisteredWithAU), SLOT(IUpdateService, get_IssueDate),
	SLOT(IUpdateService, get_OffersWindowsUpdates), SLOT(IUpdateService, get_RedirectUrls), SLOT(IUpdateService, get_ServiceID),
	SLOT(IUpdateService, get_IsScanPackageService), SLOT(IUpdateService, get_CanRegisterWithAU), SLOT(IUpdateService, get_ServiceUrl),
	SLOT(IUpdateService, get_SetupPrefix), SLOT(IUpdateService2, get_IsDefaultAUService),
	SLOT(IUpdateServiceCollection, get_Item), SLOT(IUpdateServiceCollection, get__NewEnum), SLOT(IUpdateServiceCollection, get_Count),
	SLOT(IUpdateServiceManager, get_Services), SLOT(IUpdateServiceManager, AddService), SLOT(IUpdateServiceManager, RegisterServiceWithAU),
	SLOT(IUpdateServiceManager, RemoveService), SLOT(IUpdateServiceManager, UnregisterServiceWithAU),
	SLOT(IUpdateServiceManager, AddScanPackageService), SLOT(IUpdateServiceManager, SetOption),
	SLOT(IUpdateSession2, get_UserLocale), SLOT(IUpdateSession2, put_UserLocale),
	SLOT(IUpdateSession3, CreateUpdateServiceManager), SLOT(IUpdateSession3, QueryHistory),
	SLOT(IAutomaticUpdates2, get_Results), SLOT(IAutomaticUpdatesResults, get_LastSearchSuccessDate),
	SLOT(IAutomaticUpdatesResults, get_LastInstallationSuccessDate),
	/* mingw's */
	SLOT(IUpdateSession, put_ClientApplicationID), SLOT(IUpdateSession, CreateUpdateSearcher), SLOT(IUpdateSession, CreateUpdateDownloader),
	SLOT(IUpdateSession, CreateUpdateInstaller),
	SLOT(IUpdateSearcher, put_ClientApplicationID), SLOT(IUpdateSearcher, put_IncludePotentiallySupersededUpdates),
	SLOT(IUpdateSearcher, put_ServerSelection), SLOT(IUpdateSearcher, BeginSearch), SLOT(IUpdateSearcher, EndSearch),
	SLOT(IUpdateSearcher, QueryHistory), SLOT(IUpdateSearcher, put_Online), SLOT(IUpdateSearcher, GetTotalHistoryCount),
	SLOT(IUpdateSearcher, put_ServiceID),
	SLOT(ISearchJob, get_IsCompleted), SLOT(ISearchJob, CleanUp), SLOT(ISearchJob, RequestAbort),
	SLOT(ISearchResult, get_ResultCode), SLOT(ISearchResult, get_Updates), SLOT(ISearchResult, get_Warnings),
	SLOT(IUpdateException, get_Message), SLOT(IUpdateException, get_HResult), SLOT(IUpdateExceptionCollection, get_Item),
	SLOT(IUpdateExceptionCollection, get_Count),
	SLOT(IUpdateCollection, get_Item), SLOT(IUpdateCollection, get_Count), SLOT(IUpdateCollection, Add),
	SLOT(IUpdate, get_Title), SLOT(IUpdate, get_BundledUpdates), SLOT(IUpdate, get_Categories), SLOT(IUpdate, get_EulaAccepted),
	SLOT(IUpdate, get_EulaText), SLOT(IUpdate, get_Identity), SLOT(IUpdate, get_InstallationBehavior), SLOT(IUpdate, get_IsDownloaded),
	SLOT(IUpdate, get_IsHidden), SLOT(IUpdate, get_IsInstalled), SLOT(IUpdate, get_IsUninstallable),
	SLOT(IUpdate, get_LastDeploymentChangeTime), SLOT(IUpdate, get_MaxDownloadSize), SLOT(IUpdate, get_MsrcSeverity),
	SLOT(IUpdate, get_SecurityBulletinIDs), SLOT(IUpdate, get_SupersededUpdateIDs), SLOT(IUpdate, get_KBArticleIDs), SLOT(IUpdate, AcceptEula),
	SLOT(IUpdateIdentity, get_RevisionNumber), SLOT(IUpdateIdentity, get_UpdateID),
	SLOT(ICategory, get_Name), SLOT(ICategory, get_CategoryID), SLOT(ICategory, get_Parent), SLOT(ICategory, get_Type),
	SLOT(ICategoryCollection, get_Item), SLOT(ICategoryCollection, get_Count),
	SLOT(IInstallationBehavior, get_CanRequestUserInput), SLOT(IInstallationBehavior, get_RebootBehavior),
	SLOT(IStringCollection, get_Item), SLOT(IStringCollection, get_Count),
	SLOT(IUpdateHistoryEntry, get_Operation), SLOT(IUpdateHistoryEntry, get_ResultCode), SLOT(IUpdateHistoryEntry, get_HResult),
	SLOT(IUpdateHistoryEntry, get_Date), SLOT(IUpdateHistoryEntry, get_UpdateIdentity), SLOT(IUpdateHistoryEntryCollection, get_Item),
	SLOT(IUpdateHistoryEntryCollection, get_Count), SLOT(ISystemInformation, get_RebootRequired),
	SLOT(IUpdateDownloader, put_ClientApplicationID), SLOT(IUpdateDownloader, put_Updates), SLOT(IUpdateDownloader, BeginDownload),
	SLOT(IUpdateDownloader, EndDownload), SLOT(IDownloadJob, get_IsCompleted), SLOT(IDownloadJob, CleanUp), SLOT(IDownloadJob, GetProgress),
	SLOT(IDownloadJob, RequestAbort), SLOT(IDownloadProgress, get_PercentComplete), SLOT(IDownloadResult, GetUpdateResult),
	SLOT(IUpdateDownloadResult, get_HResult), SLOT(IUpdateDownloadResult, get_ResultCode),
	SLOT(IUpdateInstaller, put_ClientApplicationID), SLOT(IUpdateInstaller, put_Updates), SLOT(IUpdateInstaller, BeginInstall),
	SLOT(IUpdateInstaller, EndInstall), SLOT(IUpdateInstaller, BeginUninstall), SLOT(IUpdateInstaller, EndUninstall),
	SLOT(IUpdateInstaller, get_IsBusy), SLOT(IUpdateInstaller, put_AllowSourcePrompts),
	SLOT(IUpdateInstaller, get_RebootRequiredBeforeInstallation),
	SLOT(IInstallationJob, get_IsCompleted), SLOT(IInstallationJob, CleanUp), SLOT(IInstallationJob, GetProgress),
	SLOT(IInstallationJob, RequestAbort), SLOT(IInstallationProgress, get_PercentComplete), SLOT(IInstallationResult, GetUpdateResult),
	SLOT(IUpdateInstallationResult, get_HResult), SLOT(IUpdateInstallationResult, get_ResultCode),
	SLOT(IUpdateInstallationResult, get_RebootRequired),
};

static const struct {
	const char *name;
	const IID *iid;
} ids[] = {
	{"IUpdate2", &oak_iid_update2}, {"IUpdate3", &oak_iid_update3}, {"IUpdate4", &oak_iid_update4}, {"IUpdate5", &oak_iid_update5},
	{"IUpdateSearcher2", &oak_iid_update_searcher2}, {"IUpdateSearcher3", &oak_iid_update_searcher3},
	{"IUpdateInstaller2", &oak_iid_update_installer2}, {"IUpdateService", &oak_iid_update_service},
	{"IUpdateService2", &oak_iid_update_service2}, {"IUpdateServiceCollection", &oak_iid_update_service_collection},
	{"IUpdateServiceManager", &oak_iid_update_service_manager}, {"IUpdateSession2", &oak_iid_update_session2},
	{"IUpdateSession3", &oak_iid_update_session3}, {"IAutomaticUpdates2", &oak_iid_automatic_updates2},
	{"IAutomaticUpdatesResults", &oak_iid_automatic_updates_results}, {"ISearchCompletedCallback", &oak_iid_search_completed},
	{"IDownloadCompletedCallback", &oak_iid_download_completed}, {"IDownloadProgressChangedCallback", &oak_iid_download_progress},
	{"IInstallationCompletedCallback", &oak_iid_installation_completed},
	{"IInstallationProgressChangedCallback", &oak_iid_installation_progress}, {"IUpdateSession", &IID_IUpdateSession},
	{"ISystemInformation", &IID_ISystemInformation}, {"UpdateSession", &CLSID_UpdateSession},
	{"UpdateServiceManager", &oak_clsid_update_service_manager}, {"UpdateCollection", &oak_clsid_update_collection},
	{"SystemInformation", &CLSID_SystemInformation}, {"AutomaticUpdates", &CLSID_AutomaticUpdates},
};

static const struct published *find(const char *name)
{
	for (int i = 0; i < PUBLISHED_COUNT; i++)
		if (strcmp(published[i].name, name) == 0)
			return &published[i];
	return NULL;
}

static int words(const char *text)
{
	int n = 0;
	for (const char *p = text; *p; p++)
		n += p == text || p[-1] == ' ';
	return n;
}

/* Slots before the interface's own; -1 = not published. */
static int first_slot(const struct published *row)
{
	if (strcmp(row->base, "IUnknown") == 0)
		return UNKNOWN_SLOTS;
	if (strcmp(row->base, "IDispatch") == 0)
		return DISPATCH_SLOTS;
	const struct published *base = find(row->base);
	return base ? first_slot(base) + words(base->methods) : -1;
}

static int published_slot(const struct published *row, const char *method)
{
	char name[64];
	int slot = first_slot(row), used;
	for (const char *p = row->methods; sscanf(p, " %63s%n", name, &used) == 1; p += used, slot++)
		if (strcmp(name, method) == 0)
			return slot;
	return -1;
}

static const char *published_id(const char *name)
{
	const struct published *row = find(name);
	for (size_t i = 0; i < sizeof(published_classes) / sizeof(*published_classes); i++)
		if (strcmp(published_classes[i].name, name) == 0)
			return published_classes[i].clsid;
	return row ? row->iid : NULL;
}

static void id_text(const IID *id, char out[40])
{
	snprintf(out, 40, "%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", (unsigned long)id->Data1, id->Data2, id->Data3, id->Data4[0],
		 id->Data4[1], id->Data4[2], id->Data4[3], id->Data4[4], id->Data4[5], id->Data4[6], id->Data4[7]);
}

int main(void)
{
	int bad = 0;
	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++) {
		const struct published *row = find(slots[i].of);
		int wanted = row ? published_slot(row, slots[i].method) : -1, got = (int)(slots[i].offset / sizeof(void *));
		if (wanted == got)
			continue;
		printf("%s::%s has slot %d instead of %d\n", slots[i].of, slots[i].method, got, wanted);
		bad++;
	}
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const char *wanted = published_id(ids[i].name);
		char got[40];
		id_text(ids[i].iid, got);
		if (wanted && strcmp(wanted, got) == 0)
			continue;
		printf("%s is %s instead of %s\n", ids[i].name, got, wanted ? wanted : "something published");
		bad++;
	}
	printf("%zu slots and %zu ids compared, %d wrong\n", sizeof(slots) / sizeof(*slots), sizeof(ids) / sizeof(*ids), bad);
	return bad ? 1 : 0;
}
