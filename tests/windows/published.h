/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interfaces of the Windows Update Agent as they are published: ids, ancestors, methods in the order of their slots. */
#ifndef OAK_TESTS_WINDOWS_PUBLISHED_H
#define OAK_TESTS_WINDOWS_PUBLISHED_H

/* Where this comes from (looked up 2026-11-23), and nothing of it from mingw's header or from ours:
 * - ids and order of methods: Microsoft's win32metadata, made from wuapi.h of the Windows SDK, namespace
 *   Windows.Win32.System.UpdateAgent, as published in the bindings of microsoft/windows-rs (crates/libs/windows) and in bindings
 *   for D made from the same metadata; interface by interface the order is that of the C tables in the SDK's wuapi.h
 *   ("typedef struct IUpdateInstaller4Vtbl", MIDL_INTERFACE ids);
 * - ids once more: learn.microsoft.com, "IID_IUpdate2 is defined as 144fe9b0-d23d-4a8b-8634-fb4457533b7a" on the page of IUpdate2
 *   (previous-versions/windows/desktop/aa386100), and so for the others;
 * - IUnknown has slots 0 to 2, IDispatch 3 to 6. */
struct published {
	const char *name, *base; /* base: another row, "IDispatch" or "IUnknown" */
	const char *iid;
	const char *methods; /* separated by blanks */
};

static const struct published published[] = {
	{"IStringCollection", "IDispatch", "eff90582-2ddc-480f-a06d-60f3fbc362c3",
	 "get_Item put_Item get__NewEnum get_Count get_ReadOnly Add Clear Copy Insert RemoveAt"},
	{"ISystemInformation", "IDispatch", "ade87bf7-7b56-4275-8fab-b9b0e591844b", "get_OemHardwareSupportLink get_RebootRequired"},
	{"IAutomaticUpdatesResults", "IDispatch", "e7a4d634-7942-4dd9-a111-82228ba33901",
	 "get_LastSearchSuccessDate get_LastInstallationSuccessDate"},
	{"IAutomaticUpdates", "IDispatch", "673425bf-c082-4c7c-bdfd-569464b8e0ce",
	 "DetectNow Pause Resume ShowSettingsDialog get_Settings get_ServiceEnabled EnableService"},
	{"IAutomaticUpdates2", "IAutomaticUpdates", "4a2f5c31-cfd9-410e-b7fb-29a653973a0f", "get_Results"},
	{"IUpdateIdentity", "IDispatch", "46297823-9940-4c09-aed9-cd3ea6d05968", "get_RevisionNumber get_UpdateID"},
	{"ICategory", "IDispatch", "81ddc1b8-9d35-47a6-b471-5b80f519223b",
	 "get_Name get_CategoryID get_Children get_Description get_Image get_Order get_Parent get_Type get_Updates"},
	{"ICategoryCollection", "IDispatch", "3a56bfb8-576c-43f7-9335-fe4838fd7e37", "get_Item get__NewEnum get_Count"},
	{"IInstallationBehavior", "IDispatch", "d9a59339-e245-4dbd-9686-4d5763e39624",
	 "get_CanRequestUserInput get_Impact get_RebootBehavior get_RequiresNetworkConnectivity"},
	{"IUpdate", "IDispatch", "6a92b07a-d821-4682-b423-5c805022cc4d",
	 "get_Title get_AutoSelectOnWebSites get_BundledUpdates get_CanRequireSource get_Categories get_Deadline "
	 "get_DeltaCompressedContentAvailable get_DeltaCompressedContentPreferred get_Description get_EulaAccepted get_EulaText get_HandlerID "
	 "get_Identity get_Image get_InstallationBehavior get_IsBeta get_IsDownloaded get_IsHidden put_IsHidden get_IsInstalled get_IsMandatory "
	 "get_IsUninstallable get_Languages get_LastDeploymentChangeTime get_MaxDownloadSize get_MinDownloadSize get_MoreInfoUrls "
	 "get_MsrcSeverity get_RecommendedCpuSpeed get_RecommendedHardDiskSpace get_RecommendedMemory get_ReleaseNotes "
	 "get_SecurityBulletinIDs get_SupersededUpdateIDs get_SupportUrl get_Type get_UninstallationNotes get_UninstallationBehavior "
	 "get_UninstallationSteps get_KBArticleIDs AcceptEula get_DeploymentAction CopyFromCache get_DownloadPriority get_DownloadContents"},
	{"IUpdate2", "IUpdate", "144fe9b0-d23d-4a8b-8634-fb4457533b7a", "get_RebootRequired get_IsPresent get_CveIDs CopyToCache"},
	{"IUpdate3", "IUpdate2", "112eda6b-95b3-476f-9d90-aee82c6b8181", "get_BrowseOnly"},
	{"IUpdate4", "IUpdate3", "27e94b0d-5139-49a2-9a61-93522dc54652", "get_PerUser"},
	{"IUpdate5", "IUpdate4", "c1c2f21a-d2f4-4902-b5c6-8a081c19a890", "get_AutoSelection get_AutoDownload"},
	{"IUpdateCollection", "IDispatch", "07f7438c-7709-4ca5-b518-91279288134e",
	 "get_Item put_Item get__NewEnum get_Count get_ReadOnly Add Clear Copy Insert RemoveAt"},
	{"IUpdateException", "IDispatch", "a376dd5e-09d4-427f-af7c-fed5b6e1c1d6", "get_Message get_HResult get_Context"},
	{"IUpdateExceptionCollection", "IDispatch", "503626a3-8e14-4729-9355-0fe664bd2321", "get_Item get__NewEnum get_Count"},
	{"ISearchResult", "IDispatch", "d40cff62-e08c-4498-941a-01e25f0fd33c", "get_ResultCode get_RootCategories get_Updates get_Warnings"},
	{"ISearchJob", "IDispatch", "7366ea16-7a1a-4ea2-b042-973d3e9cd99b", "get_AsyncState get_IsCompleted CleanUp RequestAbort"},
	{"ISearchCompletedCallback", "IUnknown", "88aee058-d4b0-4725-a2f1-814a67ae964c", "Invoke"},
	{"IUpdateHistoryEntry", "IDispatch", "be56a644-af0e-4e0e-a311-c1d8e695cbff",
	 "get_Operation get_ResultCode get_HResult get_Date get_UpdateIdentity get_Title get_Description get_UnmappedResultCode "
	 "get_ClientApplicationID get_ServerSelection get_ServiceID get_UninstallationSteps get_UninstallationNotes get_SupportUrl"},
	{"IUpdateHistoryEntryCollection", "IDispatch", "a7f04f3c-a290-435b-aadf-a116c3357a5c", "get_Item get__NewEnum get_Count"},
	{"IUpdateSearcher", "IDispatch", "8f45abf1-f9ae-4b95-a933-f0f66e5056ea",
	 "get_CanAutomaticallyUpgradeService put_CanAutomaticallyUpgradeService get_ClientApplicationID put_ClientApplicationID "
	 "get_IncludePotentiallySupersededUpdates put_IncludePotentiallySupersededUpdates get_ServerSelection put_ServerSelection "
	 "BeginSearch EndSearch EscapeString QueryHistory Search get_Online put_Online GetTotalHistoryCount get_ServiceID put_ServiceID"},
	{"IUpdateSearcher2", "IUpdateSearcher", "4cbdcb2d-1589-4beb-bd1c-3e582ff0add0",
	 "get_IgnoreDownloadPriority put_IgnoreDownloadPriority"},
	{"IUpdateSearcher3", "IUpdateSearcher2", "04c6895d-eaf2-4034-97f3-311de9be413a", "get_SearchScope put_SearchScope"},
	{"IUpdateDownloadResult", "IDispatch", "bf99af76-b575-42ad-8aa4-33cbb5477af1", "get_HResult get_ResultCode"},
	{"IDownloadResult", "IDispatch", "daa4fdd0-4727-4dbe-a1e7-745dca317144", "get_HResult get_ResultCode GetUpdateResult"},
	{"IDownloadProgress", "IDispatch", "d31a5bac-f719-4178-9dbb-5e2cb47fd18a",
	 "get_CurrentUpdateBytesDownloaded get_CurrentUpdateBytesToDownload get_CurrentUpdateIndex get_PercentComplete "
	 "get_TotalBytesDownloaded get_TotalBytesToDownload GetUpdateResult get_CurrentUpdateDownloadPhase get_CurrentUpdatePercentComplete"},
	{"IDownloadJob", "IDispatch", "c574de85-7358-43f6-aae8-8697e62d8ba7",
	 "get_AsyncState get_IsCompleted get_Updates CleanUp GetProgress RequestAbort"},
	{"IDownloadCompletedCallback", "IUnknown", "77254866-9f5b-4c8e-b9e2-c77a8530d64b", "Invoke"},
	{"IDownloadProgressChangedCallback", "IUnknown", "8c3f1cdd-6173-4591-aebd-a56a53ca77c1", "Invoke"},
	{"IUpdateDownloader", "IDispatch", "68f1c6f9-7ecc-4666-a464-247fe12496c3",
	 "get_ClientApplicationID put_ClientApplicationID get_IsForced put_IsForced get_Priority put_Priority get_Updates put_Updates "
	 "BeginDownload Download EndDownload"},
	{"IUpdateInstallationResult", "IDispatch", "d940f0f8-3cbb-4fd0-993f-471e7f2328ad", "get_HResult get_RebootRequired get_ResultCode"},
	{"IInstallationResult", "IDispatch", "a43c56d6-7451-48d4-af96-b6cd2d0d9b7a",
	 "get_HResult get_RebootRequired get_ResultCode GetUpdateResult"},
	{"IInstallationProgress", "IDispatch", "345c8244-43a3-4e32-a368-65f073b76f36",
	 "get_CurrentUpdateIndex get_CurrentUpdatePercentComplete get_PercentComplete GetUpdateResult"},
	{"IInstallationJob", "IDispatch", "5c209f0b-bad5-432a-9556-4699bed2638a",
	 "get_AsyncState get_IsCompleted get_Updates CleanUp GetProgress RequestAbort"},
	{"IInstallationCompletedCallback", "IUnknown", "45f4f6f3-d602-4f98-9a8a-3efa152ad2d3", "Invoke"},
	{"IInstallationProgressChangedCallback", "IUnknown", "e01402d5-f8da-43ba-a012-38894bd048f1", "Invoke"},
	{"IUpdateInstaller", "IDispatch", "7b929c68-ccdc-4226-96b1-8724600b54c2",
	 "get_ClientApplicationID put_ClientApplicationID get_IsForced put_IsForced get_ParentHwnd put_ParentHwnd put_ParentWindow "
	 "get_ParentWindow get_Updates put_Updates BeginInstall BeginUninstall EndInstall EndUninstall Install RunWizard get_IsBusy Uninstall "
	 "get_AllowSourcePrompts put_AllowSourcePrompts get_RebootRequiredBeforeInstallation"},
	{"IUpdateInstaller2", "IUpdateInstaller", "3442d4fe-224d-4cee-98cf-30e0c4d229e6", "get_ForceQuiet put_ForceQuiet"},
	{"IUpdateInstaller3", "IUpdateInstaller2", "16d11c35-099a-48d0-8338-5fae64047f8e",
	 "get_AttemptCloseAppsIfNecessary put_AttemptCloseAppsIfNecessary"},
	{"IUpdateInstaller4", "IUpdateInstaller3", "ef8208ea-2304-492d-9109-23813b0958e1", "Commit"},
	{"IUpdateSession", "IDispatch", "816858a4-260d-4260-933a-2585f1abc76b",
	 "get_ClientApplicationID put_ClientApplicationID get_ReadOnly get_WebProxy put_WebProxy CreateUpdateSearcher "
	 "CreateUpdateDownloader CreateUpdateInstaller"},
	{"IUpdateSession2", "IUpdateSession", "91caf7b0-eb23-49ed-9937-c52d817f46f7", "get_UserLocale put_UserLocale"},
	{"IUpdateSession3", "IUpdateSession2", "918efd1e-b5d8-4c90-8540-aeb9bdc56f9d", "CreateUpdateServiceManager QueryHistory"},
	{"IUpdateService", "IDispatch", "76b3b17e-aed6-4da5-85f0-83587f81abe3",
	 "get_Name get_ContentValidationCert get_ExpirationDate get_IsManaged get_IsRegisteredWithAU get_IssueDate get_OffersWindowsUpdates "
	 "get_RedirectUrls get_ServiceID get_IsScanPackageService get_CanRegisterWithAU get_ServiceUrl get_SetupPrefix"},
	{"IUpdateService2", "IUpdateService", "1518b460-6518-4172-940f-c75883b24ceb", "get_IsDefaultAUService"},
	{"IUpdateServiceCollection", "IDispatch", "9b0353aa-0e52-44ff-b8b0-1f7fa0437f88", "get_Item get__NewEnum get_Count"},
	{"IUpdateServiceManager", "IDispatch", "23857e3c-02ba-44a3-9423-b1c900805f37",
	 "get_Services AddService RegisterServiceWithAU RemoveService UnregisterServiceWithAU AddScanPackageService SetOption"},
	{"IUpdateServiceManager2", "IUpdateServiceManager", "0bb8531d-7e8d-424f-986c-a0b8f60a3e7b",
	 "get_ClientApplicationID put_ClientApplicationID QueryServiceRegistration AddService2"},
};

enum { PUBLISHED_COUNT = sizeof(published) / sizeof(*published) };

/* Classes that can be created. */
static const struct {
	const char *name, *clsid;
} published_classes[] = {
	{"UpdateSession", "4cb43d7f-7eee-4906-8698-60da1c38f2fe"},
	{"UpdateServiceManager", "f8d253d9-89a4-4daa-87b6-1168369f0b21"},
	{"UpdateCollection", "13639463-00db-4646-803d-528026140d88"},
	{"SystemInformation", "c01b9ba0-bea7-41ba-b604-d0a36f469133"},
	{"AutomaticUpdates", "bfe18e9c-6d87-4450-b37c-e02f0b373803"},
};

#endif
