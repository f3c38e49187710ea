/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interfaces of the Windows Update Agent that mingw's wuapi.h lacks: later versions, and the service manager. */
#ifndef OAK_SCANNERS_WUA_WUA_API_WIN32_H
#define OAK_SCANNERS_WUA_WUA_API_WIN32_H

#define COBJMACROS
#include <windows.h>
#include <wuapi.h>

/* Each later version is its predecessor's table with methods behind it, so a pointer to it is a pointer to the earlier one as
 * well. Only what QueryInterface granted may be called. IIDs and the order of methods: tests/windows/published.h says where they
 * are published, and a test compares every slot with it. */
#define OAK_METHOD(type, name, ...) HRESULT(STDMETHODCALLTYPE *name)(type * self, ##__VA_ARGS__)
#define OAK_INTERFACE(name)                                                                                                  \
	typedef struct name name;                                                                                            \
	typedef struct name##Vtbl name##Vtbl;                                                                                \
	struct name {                                                                                                        \
		const name##Vtbl *lpVtbl;                                                                                    \
	};                                                                                                                   \
	struct name##Vtbl

/* The seven that every scriptable interface begins with; none of them is called by its slot but the first three. */
struct oak_dispatch_slots {
	HRESULT(STDMETHODCALLTYPE *QueryInterface)(void *self, REFIID iid, void **ret);
	ULONG(STDMETHODCALLTYPE *AddRef)(void *self);
	ULONG(STDMETHODCALLTYPE *Release)(void *self);
	void *GetTypeInfoCount, *GetTypeInfo, *GetIDsOfNames, *Invoke;
};

OAK_INTERFACE(IUpdate2)
{
	IUpdateVtbl base;
	OAK_METHOD(IUpdate2, get_RebootRequired, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdate2, get_IsPresent, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdate2, get_CveIDs, IStringCollection **ret);
	OAK_METHOD(IUpdate2, CopyToCache, IStringCollection *files);
};

OAK_INTERFACE(IUpdate3)
{
	IUpdate2Vtbl base;
	OAK_METHOD(IUpdate3, get_BrowseOnly, VARIANT_BOOL *ret);
};

OAK_INTERFACE(IUpdate4)
{
	IUpdate3Vtbl base;
	OAK_METHOD(IUpdate4, get_PerUser, VARIANT_BOOL *ret);
};

OAK_INTERFACE(IUpdate5)
{
	IUpdate4Vtbl base;
	OAK_METHOD(IUpdate5, get_AutoSelection, int *ret);
	OAK_METHOD(IUpdate5, get_AutoDownload, int *ret);
};

OAK_INTERFACE(IUpdateSearcher2)
{
	IUpdateSearcherVtbl base;
	OAK_METHOD(IUpdateSearcher2, get_IgnoreDownloadPriority, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateSearcher2, put_IgnoreDownloadPriority, VARIANT_BOOL value);
};

OAK_INTERFACE(IUpdateSearcher3)
{
	IUpdateSearcher2Vtbl base;
	OAK_METHOD(IUpdateSearcher3, get_SearchScope, int *ret);
	OAK_METHOD(IUpdateSearcher3, put_SearchScope, int value);
};

OAK_INTERFACE(IUpdateInstaller2)
{
	IUpdateInstallerVtbl base;
	OAK_METHOD(IUpdateInstaller2, get_ForceQuiet, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateInstaller2, put_ForceQuiet, VARIANT_BOOL value);
};

OAK_INTERFACE(IUpdateService)
{
	struct oak_dispatch_slots base;
	OAK_METHOD(IUpdateService, get_Name, BSTR *ret);
	OAK_METHOD(IUpdateService, get_ContentValidationCert, VARIANT *ret);
	OAK_METHOD(IUpdateService, get_ExpirationDate, DATE *ret);
	OAK_METHOD(IUpdateService, get_IsManaged, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateService, get_IsRegisteredWithAU, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateService, get_IssueDate, DATE *ret);
	OAK_METHOD(IUpdateService, get_OffersWindowsUpdates, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateService, get_RedirectUrls, IStringCollection **ret);
	OAK_METHOD(IUpdateService, get_ServiceID, BSTR *ret);
	OAK_METHOD(IUpdateService, get_IsScanPackageService, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateService, get_CanRegisterWithAU, VARIANT_BOOL *ret);
	OAK_METHOD(IUpdateService, get_ServiceUrl, BSTR *ret);
	OAK_METHOD(IUpdateService, get_SetupPrefix, BSTR *ret);
};

OAK_INTERFACE(IUpdateService2)
{
	IUpdateServiceVtbl base;
	OAK_METHOD(IUpdateService2, get_IsDefaultAUService, VARIANT_BOOL *ret);
};

OAK_INTERFACE(IUpdateServiceCollection)
{
	struct oak_dispatch_slots base;
	OAK_METHOD(IUpdateServiceCollection, get_Item, LONG index, IUpdateService **ret);
	OAK_METHOD(IUpdateServiceCollection, get__NewEnum, IUnknown **ret);
	OAK_METHOD(IUpdateServiceCollection, get_Count, LONG *ret);
};

OAK_INTERFACE(IUpdateServiceManager)
{
	struct oak_dispatch_slots base;
	OAK_METHOD(IUpdateServiceManager, get_Services, IUpdateServiceCollection **ret);
	OAK_METHOD(IUpdateServiceManager, AddService, BSTR id, BSTR cab, IUpdateService **ret);
	OAK_METHOD(IUpdateServiceManager, RegisterServiceWithAU, BSTR id);
	OAK_METHOD(IUpdateServiceManager, RemoveService, BSTR id);
	OAK_METHOD(IUpdateServiceManager, UnregisterServiceWithAU, BSTR id);
	OAK_METHOD(IUpdateServiceManager, AddScanPackageService, BSTR name, BSTR cab, LONG flags, IUpdateService **ret);
	OAK_METHOD(IUpdateServiceManager, SetOption, BSTR name, VARIANT value);
};

OAK_INTERFACE(IUpdateSession2)
{
	IUpdateSessionVtbl base;
	OAK_METHOD(IUpdateSession2, get_UserLocale, LCID *ret);
	OAK_METHOD(IUpdateSession2, put_UserLocale, LCID value);
};

OAK_INTERFACE(IUpdateSession3)
{
	IUpdateSession2Vtbl base;
	OAK_METHOD(IUpdateSession3, CreateUpdateServiceManager, IUpdateServiceManager **ret); /* of its second version */
	OAK_METHOD(IUpdateSession3, QueryHistory, BSTR criteria, LONG start, LONG count, IUpdateHistoryEntryCollection **ret);
};

OAK_INTERFACE(IAutomaticUpdatesResults)
{
	struct oak_dispatch_slots base;
	OAK_METHOD(IAutomaticUpdatesResults, get_LastSearchSuccessDate, VARIANT *ret);
	OAK_METHOD(IAutomaticUpdatesResults, get_LastInstallationSuccessDate, VARIANT *ret);
};

OAK_INTERFACE(IAutomaticUpdates2)
{
	IAutomaticUpdatesVtbl base;
	OAK_METHOD(IAutomaticUpdates2, get_Results, IAutomaticUpdatesResults **ret);
};

/* What the agent calls when a search, a download or an installation has ended or moved on: one shape for all. */
struct oak_wua_callback_vtbl {
	HRESULT(STDMETHODCALLTYPE *QueryInterface)(void *self, REFIID iid, void **ret);
	ULONG(STDMETHODCALLTYPE *AddRef)(void *self);
	ULONG(STDMETHODCALLTYPE *Release)(void *self);
	HRESULT(STDMETHODCALLTYPE *Invoke)(void *self, void *job, void *args);
};

extern const IID oak_iid_update2, oak_iid_update3, oak_iid_update4, oak_iid_update5, oak_iid_update_searcher2, oak_iid_update_searcher3,
	oak_iid_update_installer2, oak_iid_update_service, oak_iid_update_service2, oak_iid_update_service_collection,
	oak_iid_update_service_manager, oak_iid_update_session2, oak_iid_update_session3, oak_iid_automatic_updates2,
	oak_iid_automatic_updates_results, oak_iid_search_completed, oak_iid_download_completed, oak_iid_download_progress,
	oak_iid_installation_completed, oak_iid_installation_progress;
extern const CLSID oak_clsid_update_service_manager, oak_clsid_update_collection;

#endif
