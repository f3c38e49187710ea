/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of result codes: those of wuerror.h that hosts meet, and of the parts of Windows below the agent. */
#include "scanners/wua/wua_words.h"

#include <stdio.h>

/* What to do. */
#define NET "check the network, the firewall and the proxy (netsh winhttp show proxy)"
#define DNS "check name resolution, the proxy (netsh winhttp show proxy) and the policy's server address (WUServer)"
#define PROXY "check the proxy (netsh winhttp show proxy)"
#define AGENT "check that the services wuauserv and bits can start (sc query wuauserv)"
#define LATER "try again later"
#define SCAN "scan again: what is offered has changed"
#define BUSY "try again when it has ended"
#define BUSYBOOT "let it end, or reboot, and try again"
#define REPORT "see the agent's log (Get-WindowsUpdateLog)"
#define NOTHING "nothing needs to be done"
#define RESET "stop wuauserv, rename SoftwareDistribution in the Windows folder, start it, and scan again"
#define SERVER "tell the administrator of the update server"
#define POLICY "check the policies of Windows Update (gpresult /h)"
#define ADMIN "run it as an administrator"
#define ALONE "use --batches smallest"
#define USER "install it by hand while a user is logged on"
#define EACH "see each update's own error"
#define EULA "set runs.acceptEulas, or reject the update in the baseline"
#define SERVERREMOVE "approve its removal on the update server, or remove it by hand"
#define LICENCE "check the product's licence"
#define AGENTOLD "update the Windows Update Agent and the servicing stack"
#define SOURCE "give the product's installation medium, or repair the product"
#define SERVICE "check which services are registered (Microsoft.Update.ServiceManager)"
#define POWER "connect it to mains"
#define UNSUPPORTED "use a Windows with a complete update agent"
#define METERED "use another network, or change the policy"
#define SIGNATURE "update the root certificates, and do not install the file otherwise"
#define SERVERAPPROVE "approve it on the update server"
#define TLS "check the clock, the root certificates and the server's certificate"
#define SERVERLOAD "try again later, and look at the update server"
#define SERVERTRIPS "scan again: the agent goes on where it stopped"
#define SERVERFILES "look whether the update server has the update's files"
#define MSI "repair Windows Installer, or the product"
#define MSILOG "see the installer's log in the TEMP folder of SYSTEM, and free space in the recovery partition"
#define REBOOT "reboot, and try again"
#define REMOVE "remove it by hand"
#define CBS "run DISM /Online /Cleanup-Image /RestoreHealth and sfc /scannow, then try again"
#define STACK "install the newest servicing stack update first"
#define AUTH "check that the update server lets this host in"
#define BITS "check the service bits (sc query bits)"
#define DOSVC "check the service dosvc (sc query dosvc)"
#define CATALOG "fetch a new wsusscn2.cab"
#define PAUSED "resume updates in the settings"
#define DRIVER "update the driver or the device by its maker's programs"
#define NOAGENT "oakum scans Windows by its update agent only"
#define MEMORY "free memory, and try again"
#define SHARED "reboot, or close the program, and try again"
#define DISK "free space on the system drive"
#define ENABLE "enable it: sc config wuauserv start= demand"
#define SAFEBOOT "boot normally"
#define RESERVED "check space in the system reserved partition and the logs of component servicing"
#define COMPAT "see the set-up's compatibility report"

/* In the order of the codes of one facility; a unit test compares codes and names with wuerror.h. */
static const struct oak_wua_word words[] = {
	{0x80240001, "WU_E_NO_SERVICE", OAK_TRANSIENT, "the update agent's service cannot be reached", AGENT},
	{0x80240002, "WU_E_MAX_CAPACITY_REACHED", OAK_TRANSIENT, "the update agent has no room for more work", LATER},
	{0x80240003, "WU_E_UNKNOWN_ID", OAK_IO, "the update agent does not know the update any more", SCAN},
	{0x80240004, "WU_E_NOT_INITIALIZED", OAK_IO, "the update agent is not ready", AGENT},
	{0x80240007, "WU_E_INVALIDINDEX", OAK_IO, "the update agent was asked for an entry that it does not have", REPORT},
	{0x80240008, "WU_E_ITEMNOTFOUND", OAK_IO, "the update agent does not know the update any more", SCAN},
	{0x80240009, "WU_E_OPERATIONINPROGRESS", OAK_TRANSIENT, "another search, download or installation is going on", BUSY},
	{0x8024000A, "WU_E_COULDNOTCANCEL", OAK_TRANSIENT, "the work could not be cancelled", LATER},
	{0x8024000B, "WU_E_CALL_CANCELLED", OAK_TRANSIENT, "the work was cancelled", LATER},
	{0x8024000C, "WU_E_NOOP", OAK_IO, "there was nothing to do", NOTHING},
	{0x8024000D, "WU_E_XML_MISSINGDATA", OAK_IO, "the update's metadata are incomplete", RESET},
	{0x8024000E, "WU_E_XML_INVALID", OAK_IO, "the update's metadata are damaged", RESET},
	{0x8024000F, "WU_E_CYCLE_DETECTED", OAK_IO, "the updates' metadata refer to each other in a circle", SERVER},
	{0x80240010, "WU_E_TOO_DEEP_RELATION", OAK_IO, "the updates' metadata refer to each other too deeply", SERVER},
	{0x80240011, "WU_E_INVALID_RELATIONSHIP", OAK_IO, "an update's metadata refer to something that is not there", SERVER},
	{0x80240012, "WU_E_REG_VALUE_INVALID", OAK_IO, "a setting of the update agent in the registry cannot be read", POLICY},
	{0x80240014, "WU_E_INVALID_INSTALL_REQUESTED", OAK_IO, "the update cannot be installed by itself", SCAN},
	{0x80240016, "WU_E_INSTALL_NOT_ALLOWED", OAK_TRANSIENT, "nothing can be installed while another installation runs or a reboot is pending", BUSYBOOT},
	{0x80240017, "WU_E_NOT_APPLICABLE", OAK_NOT_FOUND, "no update of those that were asked for applies to this host", SCAN},
	{0x80240018, "WU_E_NO_USERTOKEN", OAK_DENIED, "the work needs the token of a user that is not there", ADMIN},
	{0x80240019, "WU_E_EXCLUSIVE_INSTALL_CONFLICT", OAK_IO, "an update that must be installed alone was installed together with others", ALONE},
	{0x8024001A, "WU_E_POLICY_NOT_SET", OAK_IO, "a policy that the update agent needs is not set", POLICY},
	{0x8024001B, "WU_E_SELFUPDATE_IN_PROGRESS", OAK_TRANSIENT, "the update agent is updating itself", LATER},
	{0x8024001D, "WU_E_INVALID_UPDATE", OAK_IO, "the update's metadata are not valid", SERVER},
	{0x8024001E, "WU_E_SERVICE_STOP", OAK_TRANSIENT, "the update agent's service was stopped, or the system is shutting down", AGENT},
	{0x8024001F, "WU_E_NO_CONNECTION", OAK_TRANSIENT, "there is no network connection", NET},
	{0x80240020, "WU_E_NO_INTERACTIVE_USER", OAK_IO, "the update needs a user who is logged on", USER},
	{0x80240021, "WU_E_TIME_OUT", OAK_TRANSIENT, "the work took too long", LATER},
	{0x80240022, "WU_E_ALL_UPDATES_FAILED", OAK_IO, "every update failed", EACH},
	{0x80240023, "WU_E_EULAS_DECLINED", OAK_DENIED, "the licence terms were declined", EULA},
	{0x80240024, "WU_E_NO_UPDATE", OAK_NOT_FOUND, "there are no updates", SCAN},
	{0x80240025, "WU_E_USER_ACCESS_DISABLED", OAK_DENIED, "a group policy forbids access to Windows Update", POLICY},
	{0x80240026, "WU_E_INVALID_UPDATE_TYPE", OAK_IO, "the update is of a kind that the agent does not know", SERVER},
	{0x80240027, "WU_E_URL_TOO_LONG", OAK_IO, "an address that the server sent is too long", SERVER},
	{0x80240028, "WU_E_UNINSTALL_NOT_ALLOWED", OAK_DENIED, "the update cannot be removed: the server did not approve that", SERVERREMOVE},
	{0x80240029, "WU_E_INVALID_PRODUCT_LICENSE", OAK_DENIED, "the product that the update is for has no valid licence", LICENCE},
	{0x8024002A, "WU_E_MISSING_HANDLER", OAK_UNSUPPORTED, "the update needs a newer update agent", AGENTOLD},
	{0x8024002B, "WU_E_LEGACYSERVER", OAK_UNSUPPORTED, "the update server is too old for this agent", SERVER},
	{0x8024002C, "WU_E_BIN_SOURCE_ABSENT", OAK_NOT_FOUND, "a patched program's original file is missing", SOURCE},
	{0x8024002D, "WU_E_SOURCE_ABSENT", OAK_NOT_FOUND, "the update needs its product's installation source", SOURCE},
	{0x8024002E, "WU_E_WU_DISABLED", OAK_DENIED, "a policy switches Windows Update off for this host", POLICY},
	{0x8024002F, "WU_E_CALL_CANCELLED_BY_POLICY", OAK_DENIED, "a policy forbids it", POLICY},
	{0x80240030, "WU_E_INVALID_PROXY_SERVER", OAK_IO, "the proxy's address is not valid", PROXY},
	{0x80240031, "WU_E_INVALID_FILE", OAK_IO, "a file of the update is not valid", RESET},
	{0x80240032, "WU_E_INVALID_CRITERIA", OAK_IO, "the update agent does not understand the search", REPORT},
	{0x80240033, "WU_E_EULA_UNAVAILABLE", OAK_TRANSIENT, "the licence terms could not be fetched", NET},
	{0x80240034, "WU_E_DOWNLOAD_FAILED", OAK_TRANSIENT, "the update could not be downloaded", NET},
	{0x80240035, "WU_E_UPDATE_NOT_PROCESSED", OAK_TRANSIENT, "the update was not worked on", LATER},
	{0x80240036, "WU_E_INVALID_OPERATION", OAK_IO, "the work is not possible in the object's state", REPORT},
	{0x80240037, "WU_E_NOT_SUPPORTED", OAK_UNSUPPORTED, "the update agent does not support that", REPORT},
	{0x80240038, "WU_E_WINHTTP_INVALID_FILE", OAK_TRANSIENT, "a download came as the wrong kind of file: a proxy or a portal may have answered", NET},
	{0x80240039, "WU_E_TOO_MANY_RESYNC", OAK_TRANSIENT, "the agent had to begin anew with the server too often", LATER},
	{0x80240040, "WU_E_NO_SERVER_CORE_SUPPORT", OAK_UNSUPPORTED, "Server Core does not have that", REPORT},
	{0x80240041, "WU_E_SYSPREP_IN_PROGRESS", OAK_TRANSIENT, "the system is being prepared (sysprep)", LATER},
	{0x80240042, "WU_E_UNKNOWN_SERVICE", OAK_NOT_FOUND, "the update service is not registered on this host", SERVICE},
	{0x80240043, "WU_E_NO_UI_SUPPORT", OAK_UNSUPPORTED, "this system has no user interface for it", REPORT},
	{0x80240044, "WU_E_PER_MACHINE_UPDATE_ACCESS_DENIED", OAK_DENIED, "only an administrator may do that", ADMIN},
	{0x80240045, "WU_E_UNSUPPORTED_SEARCHSCOPE", OAK_UNSUPPORTED, "the scope of the search is not supported", REPORT},
	{0x80240046, "WU_E_BAD_FILE_URL", OAK_IO, "the address of a file of the update is not valid", SERVER},
	{0x80240049, "WU_E_OUTOFRANGE", OAK_IO, "a number is out of range", REPORT},
	{0x8024004A, "WU_E_SETUP_IN_PROGRESS", OAK_TRANSIENT, "the update agent is being set up", LATER},
	{0x8024004B, "WU_E_ORPHANED_DOWNLOAD_JOB", OAK_TRANSIENT, "a download lost its job", LATER},
	{0x8024004C, "WU_E_LOW_BATTERY", OAK_TRANSIENT, "the battery is too low", POWER},
	{0x80240056, "WU_E_SYSTEM_UNSUPPORTED", OAK_UNSUPPORTED, "updates are not supported on this edition of Windows", UNSUPPORTED},
	{0x80240059, "WU_E_NETWORK_COST_EXCEEDS_POLICY", OAK_TRANSIENT, "the network is metered, and the policy forbids its use", METERED},
	{0x80240061, "WU_E_FILETRUST_SHA2SIGNATURE_MISSING", OAK_UNTRUSTED, "a file of the update has no SHA-2 signature", SIGNATURE},
	{0x80240062, "WU_E_UPDATE_NOT_APPROVED", OAK_DENIED, "the update server did not approve the update for this host", SERVERAPPROVE},
	{0x80240063, "WU_E_CALL_CANCELLED_BY_INTERACTIVE_SEARCH", OAK_TRANSIENT, "a person's search took over", LATER},
	{0x80240FFF, "WU_E_UNEXPECTED", OAK_IO, "the update agent failed for an unknown reason", REPORT},
	{0x80240436, "WU_E_PT_CATALOG_SYNC_REQUIRED", OAK_TRANSIENT, "the agent must fetch the server's catalogue again", LATER},
	{0x80240437, "WU_E_PT_SECURITY_VERIFICATION_FAILURE", OAK_UNTRUSTED, "the server's answer could not be verified", TLS},
	{0x80240438, "WU_E_PT_ENDPOINT_UNREACHABLE", OAK_TRANSIENT, "cannot reach the update server: its address does not answer", NET},
	{0x80240439, "WU_E_PT_INVALID_FORMAT", OAK_IO, "the server's answer cannot be read", SERVER},
	{0x8024043A, "WU_E_PT_INVALID_URL", OAK_IO, "the update server's address is not valid", POLICY},
	{0x8024043D, "WU_E_SERVICEPROP_NOTAVAIL", OAK_TRANSIENT, "a property of the update service cannot be had", NET},
	{0x80240440, "WU_E_PT_ENDPOINT_DISCONNECTED", OAK_TRANSIENT, "the update server closed the connection", NET},
	{0x80240444, "WU_E_PT_OPERATION_ABORTED", OAK_TRANSIENT, "the exchange with the server was broken off", LATER},
	{0x80240446, "WU_E_PT_QUOTA_EXCEEDED", OAK_TRANSIENT, "the server's answer is larger than allowed", SERVERLOAD},
	{0x80241001, "WU_E_MSI_WRONG_VERSION", OAK_UNSUPPORTED, "Windows Installer is too old", MSI},
	{0x80241002, "WU_E_MSI_NOT_CONFIGURED", OAK_IO, "Windows Installer is not set up", MSI},
	{0x80241003, "WU_E_MSP_DISABLED", OAK_DENIED, "a policy forbids patches of Windows Installer", POLICY},
	{0x80241004, "WU_E_MSI_WRONG_APP_CONTEXT", OAK_IO, "the program was installed for one user only", USER},
	{0x80241005, "WU_E_MSI_NOT_PRESENT", OAK_NOT_FOUND, "the product that the patch is for is not installed", MSI},
	{0x80242000, "WU_E_UH_REMOTEUNAVAILABLE", OAK_TRANSIENT, "the installer's process could not be started", AGENT},
	{0x80242002, "WU_E_UH_UNKNOWNHANDLER", OAK_UNSUPPORTED, "the update needs an installer that is not here", AGENTOLD},
	{0x80242003, "WU_E_UH_REMOTEALREADYACTIVE", OAK_TRANSIENT, "the installer's process is busy already", BUSY},
	{0x80242004, "WU_E_UH_DOESNOTSUPPORTACTION", OAK_UNSUPPORTED, "the update cannot be removed this way", REMOVE},
	{0x80242006, "WU_E_UH_INVALIDMETADATA", OAK_IO, "the installer cannot read the update's metadata", RESET},
	{0x80242007, "WU_E_UH_INSTALLERHUNG", OAK_TRANSIENT, "the installer took too long and was ended", REBOOT},
	{0x80242008, "WU_E_UH_OPERATIONCANCELLED", OAK_TRANSIENT, "the installation was cancelled", LATER},
	{0x80242009, "WU_E_UH_BADHANDLERXML", OAK_IO, "the update's instructions for the installer are damaged", RESET},
	{0x8024200A, "WU_E_UH_CANREQUIREINPUT", OAK_IO, "the update may want to ask a person something", USER},
	{0x8024200B, "WU_E_UH_INSTALLERFAILURE", OAK_IO, "the update's installer failed", CBS},
	{0x8024200D, "WU_E_UH_NEEDANOTHERDOWNLOAD", OAK_TRANSIENT, "the update must be downloaded again", LATER},
	{0x80242010, "WU_E_UH_FALLBACKERROR", OAK_IO, "the update's installer failed, and so did its fallback", CBS},
	{0x80242011, "WU_E_UH_TOOMANYDOWNLOADREQUESTS", OAK_TRANSIENT, "the installer asked for too many downloads", LATER},
	{0x80242012, "WU_E_UH_UNEXPECTEDCBSRESPONSE", OAK_IO, "component servicing answered unexpectedly", CBS},
	{0x80242014, "WU_E_UH_POSTREBOOTSTILLPENDING", OAK_TRANSIENT, "the installation is waiting for a reboot", REBOOT},
	{0x80242015, "WU_E_UH_POSTREBOOTRESULTUNKNOWN", OAK_IO, "the outcome after the reboot is not known", CBS},
	{0x80242016, "WU_E_UH_POSTREBOOTUNEXPECTEDSTATE", OAK_IO, "the update is in an unexpected state after the reboot", CBS},
	{0x80242017, "WU_E_UH_NEW_SERVICING_STACK_REQUIRED", OAK_NOT_FOUND, "the update needs a newer servicing stack", STACK},
	{0x80242019, "WU_E_UH_CUSTOMINSTALLER_INVALID_SIGNATURE", OAK_UNTRUSTED, "the signature of the update's installer is not valid", SIGNATURE},
	{0x8024201D, "WU_E_UH_HANDLER_DISABLEDUNTILREBOOT", OAK_TRANSIENT, "the installer does nothing more until a reboot", REBOOT},
	{0x80242FFF, "WU_E_UH_UNEXPECTED", OAK_IO, "the update's installer failed for an unknown reason", CBS},
	{0x80243001, "WU_E_INSTALLATION_RESULTS_UNKNOWN_VERSION", OAK_IO, "the stored results of an installation cannot be read", REPORT},
	{0x80243002, "WU_E_INSTALLATION_RESULTS_INVALID_DATA", OAK_IO, "the stored results of an installation are damaged", REPORT},
	{0x80243003, "WU_E_INSTALLATION_RESULTS_NOT_FOUND", OAK_NOT_FOUND, "the results of an installation are not there", REPORT},
	{0x80243FFD, "WU_E_NON_UI_MODE", OAK_IO, "a window would be needed, and there is no user", USER},
	{0x80244000, "WU_E_PT_SOAPCLIENT_BASE", OAK_TRANSIENT, "the exchange with the update server failed", NET},
	{0x80244001, "WU_E_PT_SOAPCLIENT_INITIALIZE", OAK_TRANSIENT, "the exchange with the update server cannot begin: an XML library is damaged", AGENT},
	{0x80244002, "WU_E_PT_SOAPCLIENT_OUTOFMEMORY", OAK_TRANSIENT, "the exchange with the update server ran out of memory", LATER},
	{0x80244003, "WU_E_PT_SOAPCLIENT_GENERATE", OAK_TRANSIENT, "a request to the update server could not be made", NET},
	{0x80244004, "WU_E_PT_SOAPCLIENT_CONNECT", OAK_TRANSIENT, "cannot connect to the update server", NET},
	{0x80244005, "WU_E_PT_SOAPCLIENT_SEND", OAK_TRANSIENT, "cannot send to the update server", NET},
	{0x80244006, "WU_E_PT_SOAPCLIENT_SERVER", OAK_TRANSIENT, "the update server failed", SERVERLOAD},
	{0x80244007, "WU_E_PT_SOAPCLIENT_SOAPFAULT", OAK_TRANSIENT, "the update server answered with a fault", SERVERLOAD},
	{0x80244008, "WU_E_PT_SOAPCLIENT_PARSEFAULT", OAK_TRANSIENT, "the update server's fault cannot be read", SERVERLOAD},
	{0x80244009, "WU_E_PT_SOAPCLIENT_READ", OAK_TRANSIENT, "cannot read the update server's answer", NET},
	{0x8024400A, "WU_E_PT_SOAPCLIENT_PARSE", OAK_TRANSIENT, "the update server's answer cannot be read: a proxy or a portal may have answered", NET},
	{0x8024400D, "WU_E_PT_SOAP_CLIENT", OAK_IO, "the update server finds this host's request faulty", RESET},
	{0x8024400E, "WU_E_PT_SOAP_SERVER", OAK_TRANSIENT, "the update server could not process the request", SERVERLOAD},
	{0x8024400F, "WU_E_PT_WMI_ERROR", OAK_IO, "Windows Management Instrumentation failed", AGENT},
	{0x80244010, "WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS", OAK_TRANSIENT, "more round trips to the update server were needed than are allowed", SERVERTRIPS},
	{0x80244011, "WU_E_PT_SUS_SERVER_NOT_SET", OAK_IO, "the policy names no update server (WUServer)", POLICY},
	{0x80244013, "WU_E_PT_INVALID_COMPUTER_NAME", OAK_IO, "the computer's name could not be determined", AGENT},
	{0x80244015, "WU_E_PT_REFRESH_CACHE_REQUIRED", OAK_TRANSIENT, "the server was changed: the agent must begin anew", LATER},
	{0x80244016, "WU_E_PT_HTTP_STATUS_BAD_REQUEST", OAK_IO, "the update server finds the request faulty (HTTP 400)", PROXY},
	{0x80244017, "WU_E_PT_HTTP_STATUS_DENIED", OAK_DENIED, "the update server wants authentication (HTTP 401)", AUTH},
	{0x80244018, "WU_E_PT_HTTP_STATUS_FORBIDDEN", OAK_DENIED, "the update server refuses this host (HTTP 403)", AUTH},
	{0x80244019, "WU_E_PT_HTTP_STATUS_NOT_FOUND", OAK_NOT_FOUND, "the update server does not have what it offers (HTTP 404)", SERVERFILES},
	{0x8024401A, "WU_E_PT_HTTP_STATUS_BAD_METHOD", OAK_IO, "the update server does not allow the request (HTTP 405)", PROXY},
	{0x8024401B, "WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ", OAK_DENIED, "the proxy wants authentication (HTTP 407)", PROXY},
	{0x8024401C, "WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT", OAK_TRANSIENT, "the update server timed out (HTTP 408)", SERVERLOAD},
	{0x8024401D, "WU_E_PT_HTTP_STATUS_CONFLICT", OAK_TRANSIENT, "the request conflicts with the server's state (HTTP 409)", SERVERLOAD},
	{0x8024401E, "WU_E_PT_HTTP_STATUS_GONE", OAK_NOT_FOUND, "what was asked for is gone from the update server (HTTP 410)", SERVERFILES},
	{0x8024401F, "WU_E_PT_HTTP_STATUS_SERVER_ERROR", OAK_TRANSIENT, "the update server failed (HTTP 500)", SERVERLOAD},
	{0x80244020, "WU_E_PT_HTTP_STATUS_NOT_SUPPORTED", OAK_UNSUPPORTED, "the update server does not support the request (HTTP 501)", PROXY},
	{0x80244021, "WU_E_PT_HTTP_STATUS_BAD_GATEWAY", OAK_TRANSIENT, "a proxy got a bad answer from the update server (HTTP 502)", PROXY},
	{0x80244022, "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL", OAK_TRANSIENT, "the update server is overloaded (HTTP 503)", SERVERLOAD},
	{0x80244023, "WU_E_PT_HTTP_STATUS_GATEWAY_TIMEOUT", OAK_TRANSIENT, "a proxy waited in vain for the update server (HTTP 504)", PROXY},
	{0x80244024, "WU_E_PT_HTTP_STATUS_VERSION_NOT_SUP", OAK_UNSUPPORTED, "the update server does not know this version of HTTP (HTTP 505)", PROXY},
	{0x80244025, "WU_E_PT_FILE_LOCATIONS_CHANGED", OAK_TRANSIENT, "files moved on the update server while they were fetched", LATER},
	{0x80244026, "WU_E_PT_REGISTRATION_NOT_SUPPORTED", OAK_UNSUPPORTED, "the update server knows no registration", SERVER},
	{0x80244027, "WU_E_PT_NO_AUTH_PLUGINS_REQUESTED", OAK_IO, "the update server names no way to authenticate", SERVER},
	{0x80244028, "WU_E_PT_NO_AUTH_COOKIES_CREATED", OAK_IO, "no authentication cookie could be made", RESET},
	{0x80244029, "WU_E_PT_INVALID_CONFIG_PROP", OAK_IO, "a property of the server's configuration is wrong", SERVER},
	{0x8024402A, "WU_E_PT_CONFIG_PROP_MISSING", OAK_IO, "a property of the server's configuration is missing", SERVER},
	{0x8024402B, "WU_E_PT_HTTP_STATUS_NOT_MAPPED", OAK_TRANSIENT, "the update server answered with an unusual HTTP status", NET},
	{0x8024402C, "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED", OAK_TRANSIENT, "cannot reach the update server: its name, or the proxy's, was not found", DNS},
	{0x8024402D, "WU_E_PT_LOAD_SHEDDING", OAK_TRANSIENT, "the update server sheds load", SERVERLOAD},
	{0x8024402F, "WU_E_PT_ECP_SUCCEEDED_WITH_ERRORS", OAK_TRANSIENT, "external files were fetched with errors", NET},
	{0x80244030, "WU_E_PT_ECP_INIT_FAILED", OAK_TRANSIENT, "the fetcher of external files could not begin", NET},
	{0x80244FFF, "WU_E_PT_UNEXPECTED", OAK_TRANSIENT, "the exchange with the update server failed for an unknown reason", NET},
	{0x80245001, "WU_E_REDIRECTOR_LOAD_XML", OAK_TRANSIENT, "the list of update servers cannot be read", NET},
	{0x80245006, "WU_E_REDIRECTOR_INVALID_RESPONSE", OAK_TRANSIENT, "the list of update servers is not valid", NET},
	{0x8024500C, "WU_E_REDIRECTOR_CONNECT_POLICY", OAK_DENIED, "a policy forbids a connection to Microsoft's update servers", POLICY},
	{0x8024500D, "WU_E_REDIRECTOR_ONLINE_DISALLOWED", OAK_DENIED, "a policy forbids any connection to the internet for updates", POLICY},
	{0x80246001, "WU_E_DM_URLNOTAVAILABLE", OAK_TRANSIENT, "the update server gives no address for a file of the update", SERVERFILES},
	{0x80246002, "WU_E_DM_INCORRECTFILEHASH", OAK_UNTRUSTED, "a downloaded file is not what the update promised", RESET},
	{0x80246003, "WU_E_DM_UNKNOWNALGORITHM", OAK_UNSUPPORTED, "a file's hash is of an unknown kind", AGENTOLD},
	{0x80246005, "WU_E_DM_NONETWORK", OAK_TRANSIENT, "there is no network for the download", NET},
	{0x80246006, "WU_E_DM_WRONGBITSVERSION", OAK_UNSUPPORTED, "the background transfer service (BITS) is too old", BITS},
	{0x80246007, "WU_E_DM_NOTDOWNLOADED", OAK_TRANSIENT, "the update has not been downloaded", LATER},
	{0x80246008, "WU_E_DM_FAILTOCONNECTTOBITS", OAK_TRANSIENT, "the background transfer service (BITS) does not answer", BITS},
	{0x80246009, "WU_E_DM_BITSTRANSFERERROR", OAK_TRANSIENT, "the background transfer service (BITS) failed", BITS},
	{0x8024600A, "WU_E_DM_DOWNLOADLOCATIONCHANGED", OAK_TRANSIENT, "the file moved on the server while it was fetched", LATER},
	{0x8024600B, "WU_E_DM_CONTENTCHANGED", OAK_TRANSIENT, "the file changed on the server while it was fetched", LATER},
	{0x80246012, "WU_E_DM_DOWNLOADFILEMISSING", OAK_TRANSIENT, "a downloaded file is missing", RESET},
	{0x80246013, "WU_E_DM_UPDATEREMOVED", OAK_NOT_FOUND, "the update was withdrawn", SCAN},
	{0x8024601E, "WU_E_DM_DOSVC_REQUIRED", OAK_TRANSIENT, "the delivery optimisation service is switched off", DOSVC},
	{0x80246FFF, "WU_E_DM_UNEXPECTED", OAK_TRANSIENT, "the download failed for an unknown reason", NET},
	{0x80247001, "WU_E_OL_INVALID_SCANFILE", OAK_IO, "the offline catalogue is not valid", CATALOG},
	{0x80247002, "WU_E_OL_NEWCLIENT_REQUIRED", OAK_UNSUPPORTED, "the offline catalogue needs a newer update agent", AGENTOLD},
	{0x80247005, "WU_E_SERVICE_NOT_REGISTERED", OAK_NOT_FOUND, "the update service is not registered on this host", SERVICE},
	{0x80247FFF, "WU_E_OL_UNEXPECTED", OAK_IO, "the search in the offline catalogue failed", CATALOG},
	{0x80248000, "WU_E_DS_SHUTDOWN", OAK_TRANSIENT, "the update agent is shutting down", LATER},
	{0x80248001, "WU_E_DS_INUSE", OAK_TRANSIENT, "the update agent's database is in use", BUSY},
	{0x80248002, "WU_E_DS_INVALID", OAK_IO, "the update agent's database is damaged", RESET},
	{0x80248003, "WU_E_DS_TABLEMISSING", OAK_IO, "the update agent's database lacks a table", RESET},
	{0x80248004, "WU_E_DS_TABLEINCORRECT", OAK_IO, "a table of the update agent's database is damaged", RESET},
	{0x80248006, "WU_E_DS_BADVERSION", OAK_IO, "the update agent's database is of another version", RESET},
	{0x80248007, "WU_E_DS_NODATA", OAK_IO, "the update agent's database lacks what was asked for", RESET},
	{0x80248008, "WU_E_DS_MISSINGDATA", OAK_IO, "the update agent's database is incomplete", RESET},
	{0x80248009, "WU_E_DS_MISSINGREF", OAK_IO, "the update agent's database refers to what is not there", RESET},
	{0x8024800C, "WU_E_DS_LOCKTIMEOUTEXPIRED", OAK_TRANSIENT, "the update agent's database stayed locked", BUSY},
	{0x8024800F, "WU_E_DS_STOREFILELOCKED", OAK_TRANSIENT, "another program holds the update agent's database", BUSY},
	{0x80248011, "WU_E_DS_UNABLETOSTART", OAK_IO, "the update agent cannot open its database", RESET},
	{0x80248014, "WU_E_DS_UNKNOWNSERVICE", OAK_NOT_FOUND, "the update service is not registered on this host", SERVICE},
	{0x80248015, "WU_E_DS_SERVICEEXPIRED", OAK_IO, "the update service's registration, or the offline catalogue, has expired", CATALOG},
	{0x8024801C, "WU_E_DS_RESETREQUIRED", OAK_TRANSIENT, "the agent must synchronise with the server anew", LATER},
	{0x8024801D, "WU_E_DS_IMPERSONATED", OAK_DENIED, "the update agent's database cannot be used in another's name", ADMIN},
	{0x80248020, "WU_E_DS_NODATA_NOSUCHREVISION", OAK_NOT_FOUND, "the update agent does not know that revision any more", SCAN},
	{0x80248021, "WU_E_DS_NODATA_NOSUCHUPDATE", OAK_NOT_FOUND, "the update agent does not know that update any more", SCAN},
	{0x80248FFF, "WU_E_DS_UNEXPECTED", OAK_IO, "the update agent's database failed for an unknown reason", RESET},
	{0x8024A000, "WU_E_AU_NOSERVICE", OAK_TRANSIENT, "automatic updates do not answer", AGENT},
	{0x8024A003, "WU_E_AU_LEGACYCLIENTDISABLED", OAK_DENIED, "the old client of automatic updates is switched off", POLICY},
	{0x8024A004, "WU_E_AU_PAUSED", OAK_TRANSIENT, "automatic updates are paused", PAUSED},
	{0x8024A005, "WU_E_AU_NO_REGISTERED_SERVICE", OAK_NOT_FOUND, "no update service is registered with automatic updates", SERVICE},
	{0x8024A007, "WU_E_REBOOT_IN_PROGRESS", OAK_TRANSIENT, "the system is rebooting", REBOOT},
	{0x8024A008, "WU_E_AU_OOBE_IN_PROGRESS", OAK_TRANSIENT, "Windows is still being set up", LATER},
	{0x8024AFFF, "WU_E_AU_UNEXPECTED", OAK_IO, "automatic updates failed for an unknown reason", AGENT},
	{0x8024B105, "WU_E_SKIPPED_UPDATE_INSTALLATION", OAK_TRANSIENT, "the update was skipped", LATER},
	{0x8024B303, "WU_E_TRUST_SUBJECT_NOT_TRUSTED", OAK_UNTRUSTED, "a file of the update is not trusted", SIGNATURE},
	{0x8024C001, "WU_E_DRV_PRUNED", OAK_NOT_FOUND, "the driver does not fit any device", SCAN},
	{0x8024C003, "WU_E_DRV_REG_MISMATCH", OAK_IO, "the device's registry data do not fit the driver", DRIVER},
	{0x8024C004, "WU_E_DRV_NO_METADATA", OAK_IO, "the driver's metadata are missing", SERVER},
	{0x8024C006, "WU_E_DRV_SYNC_FAILED", OAK_TRANSIENT, "the drivers could not be looked up", LATER},
	{0x8024C008, "WU_E_DRV_DEVICE_PROBLEM", OAK_IO, "the device has a problem that must be solved first", DRIVER},
	{0x8024CFFF, "WU_E_DRV_UNEXPECTED", OAK_IO, "the driver failed for an unknown reason", DRIVER},
	{0x8024D00C, "WU_E_SETUP_REBOOT_TO_FIX", OAK_TRANSIENT, "the update agent needs a reboot before it can go on", REBOOT},
	{0x8024D00D, "WU_E_SETUP_ALREADYRUNNING", OAK_TRANSIENT, "the update agent's set-up is running already", BUSY},
	{0x8024D00E, "WU_E_SETUP_REBOOTREQUIRED", OAK_TRANSIENT, "the update agent's own update needs a reboot", REBOOT},
	{0x8024D011, "WU_E_SELFUPDATE_REQUIRED", OAK_TRANSIENT, "the update agent must be updated first", AGENTOLD},
	{0x8024D012, "WU_E_SELFUPDATE_REQUIRED_ADMIN", OAK_DENIED, "an administrator must update the update agent first", ADMIN},
	{0x8024D014, "WU_E_SETUP_DEFERRABLE_REBOOT_PENDING", OAK_TRANSIENT, "the update agent's own update waits for a reboot", REBOOT},
	{0x8024D015, "WU_E_SETUP_NON_DEFERRABLE_REBOOT_PENDING", OAK_TRANSIENT, "the update agent's own update waits for a reboot", REBOOT},
	{0x8024E001, "WU_E_EE_UNKNOWN_EXPRESSION", OAK_UNSUPPORTED, "a rule of an update is not understood", AGENTOLD},
	{0x8024E003, "WU_E_EE_MISSING_METADATA", OAK_IO, "a rule of an update lacks its metadata", RESET},
	{0x8024EFFF, "WU_E_EE_UNEXPECTED", OAK_IO, "the rules of an update could not be evaluated", RESET},
	{0x8024F001, "WU_E_REPORTER_EVENTCACHECORRUPT", OAK_IO, "the update agent's event cache is damaged", RESET},
	{0x8024F004, "WU_E_SERVER_BUSY", OAK_TRANSIENT, "the update server is busy", SERVERLOAD},
	{0x00240005, "WU_S_REBOOT_REQUIRED", OAK_TRANSIENT, "the installation is completed by a reboot", REBOOT},
	{0x00240006, "WU_S_ALREADY_INSTALLED", OAK_IO, "the update is installed already", NOTHING},
	{0x00240009, "WU_S_SOME_UPDATES_SKIPPED_ON_BATTERY", OAK_TRANSIENT, "some updates were skipped because the host runs on battery", POWER},
	{0x80004001, "E_NOTIMPL", OAK_UNSUPPORTED, "the update agent of this system cannot do that", UNSUPPORTED},
	{0x80004002, "E_NOINTERFACE", OAK_UNSUPPORTED, "the update agent of this system is too old", AGENTOLD},
	{0x80004004, "E_ABORT", OAK_TRANSIENT, "the work was broken off", LATER},
	{0x80004005, "E_FAIL", OAK_IO, "the update agent failed without saying why", REPORT},
	{0x8000FFFF, "E_UNEXPECTED", OAK_IO, "the update agent failed unexpectedly", REPORT},
	{0x80010108, "RPC_E_DISCONNECTED", OAK_TRANSIENT, "the update agent's service ended", AGENT},
	{0x80040154, "REGDB_E_CLASSNOTREG", OAK_UNSUPPORTED, "this system has no Windows Update Agent", NOAGENT},
	{0x80070002, "ERROR_FILE_NOT_FOUND", OAK_NOT_FOUND, "a file of the update is not there", RESET},
	{0x80070003, "ERROR_PATH_NOT_FOUND", OAK_NOT_FOUND, "a folder of the update is not there", RESET},
	{0x80070005, "E_ACCESSDENIED", OAK_DENIED, "access is denied", ADMIN},
	{0x8007000E, "E_OUTOFMEMORY", OAK_TRANSIENT, "Windows has no memory left", MEMORY},
	{0x80070020, "ERROR_SHARING_VIOLATION", OAK_TRANSIENT, "another program holds a file of the update", SHARED},
	{0x80070057, "E_INVALIDARG", OAK_IO, "an argument is not valid", REPORT},
	{0x80070070, "ERROR_DISK_FULL", OAK_IO, "the disk is full", DISK},
	{0x8007007E, "ERROR_MOD_NOT_FOUND", OAK_IO, "a library that the update needs is missing", CBS},
	{0x80070422, "ERROR_SERVICE_DISABLED", OAK_DENIED, "the Windows Update service is disabled", ENABLE},
	{0x8007043C, "ERROR_NOT_SAFEBOOT_SERVICE", OAK_UNSUPPORTED, "Windows Update does not run in safe mode", SAFEBOOT},
	{0x8007045B, "ERROR_SHUTDOWN_IN_PROGRESS", OAK_TRANSIENT, "the system is shutting down", REBOOT},
	{0x80070490, "ERROR_NOT_FOUND", OAK_IO, "a component that the update belongs to is not there", CBS},
	{0x800705B4, "ERROR_TIMEOUT", OAK_TRANSIENT, "the work took too long", LATER},
	{0x80070641, "ERROR_INSTALL_SERVICE_FAILURE", OAK_TRANSIENT, "the Windows Installer service does not answer", MSI},
	{0x80070643, "ERROR_INSTALL_FAILURE", OAK_IO, "the update's installer failed", MSILOG},
	{0x80070652, "ERROR_INSTALL_ALREADY_RUNNING", OAK_TRANSIENT, "another program is being installed", BUSY},
	{0x800706BA, "RPC_S_SERVER_UNAVAILABLE", OAK_TRANSIENT, "the update agent's service does not answer", AGENT},
	{0x800706BE, "RPC_S_CALL_FAILED", OAK_TRANSIENT, "the update agent's service ended in the middle of a call", AGENT},
	{0x80070BC2, "ERROR_SUCCESS_REBOOT_REQUIRED", OAK_TRANSIENT, "the installation is completed by a reboot", REBOOT},
	{0x80070BC9, "ERROR_FAIL_REBOOT_REQUIRED", OAK_TRANSIENT, "the installation failed; a reboot is needed before the next try", REBOOT},
	{0x80072EE2, "WININET_E_TIMEOUT", OAK_TRANSIENT, "the update server did not answer in time", NET},
	{0x80072EE6, "WININET_E_UNRECOGNIZED_SCHEME", OAK_IO, "the update server's address is not valid", POLICY},
	{0x80072EE7, "WININET_E_NAME_NOT_RESOLVED", OAK_TRANSIENT, "cannot reach the update server: its name was not found", DNS},
	{0x80072EFD, "WININET_E_CANNOT_CONNECT", OAK_TRANSIENT, "cannot reach the update server: the connection was refused or filtered", NET},
	{0x80072EFE, "WININET_E_CONNECTION_ABORTED", OAK_TRANSIENT, "the connection to the update server was broken off", NET},
	{0x80072F05, "WININET_E_SEC_CERT_DATE_INVALID", OAK_UNTRUSTED, "the update server's certificate is expired or not valid yet", TLS},
	{0x80072F06, "WININET_E_SEC_CERT_CN_INVALID", OAK_UNTRUSTED, "the update server's certificate is another's", TLS},
	{0x80072F0D, "WININET_E_INVALID_CA", OAK_UNTRUSTED, "the update server's certificate is of an authority that this host does not trust", TLS},
	{0x80072F76, "WININET_E_HEADER_NOT_FOUND", OAK_TRANSIENT, "the update server's answer lacks a header", PROXY},
	{0x80072F78, "WININET_E_INVALID_SERVER_RESPONSE", OAK_TRANSIENT, "the update server's answer cannot be read", PROXY},
	{0x80072F8F, "WININET_E_DECODING_FAILED", OAK_UNTRUSTED, "the connection to the update server is not secure: certificate, clock or TLS version", TLS},
	{0x80073712, "ERROR_SXS_COMPONENT_STORE_CORRUPT", OAK_IO, "the component store is damaged", CBS},
	{0x80080005, "CO_E_SERVER_EXEC_FAILURE", OAK_TRANSIENT, "the update agent's service could not be started", AGENT},
	{0x80092004, "CRYPT_E_NOT_FOUND", OAK_UNTRUSTED, "a signature's certificate was not found", SIGNATURE},
	{0x800B0100, "TRUST_E_NOSIGNATURE", OAK_UNTRUSTED, "a file of the update is not signed", SIGNATURE},
	{0x800B0109, "CERT_E_UNTRUSTEDROOT", OAK_UNTRUSTED, "a file of the update is signed by an authority that this host does not trust", SIGNATURE},
	{0x800F0805, "CBS_E_INVALID_PACKAGE", OAK_IO, "the update's package is not valid", CBS},
	{0x800F081E, "CBS_E_NOT_APPLICABLE", OAK_NOT_FOUND, "the update does not apply to this host", SCAN},
	{0x800F081F, "CBS_E_SOURCE_MISSING", OAK_NOT_FOUND, "files that the update builds on are missing from the component store", CBS},
	{0x800F0823, "CBS_E_NEW_SERVICING_STACK_REQUIRED", OAK_NOT_FOUND, "the update needs a newer servicing stack", STACK},
	{0x800F0831, "CBS_E_STORE_CORRUPTION", OAK_IO, "the component store lacks an earlier update", CBS},
	{0x800F0900, "CBS_E_XML_PARSER_FAILURE", OAK_IO, "component servicing cannot read its own metadata", CBS},
	{0x800F0920, "CBS_E_HANG_DETECTED", OAK_TRANSIENT, "component servicing did not answer any more", REBOOT},
	{0x800F0922, "CBS_E_INSTALLERS_FAILED", OAK_IO, "a part of the update's installer failed", RESERVED},
	{0x800F0982, "PSFX_E_MATCHING_COMPONENT_NOT_FOUND", OAK_IO, "a component that the update builds on is not there", CBS},
	{0xC1900101, "MOSETUP_E_DRIVER", OAK_IO, "the upgrade was rolled back because of a driver", DRIVER},
	{0xC1900208, "MOSETUP_E_COMPAT_INSTALLREQ_BLOCK", OAK_IO, "a program or driver keeps the upgrade from being installed", COMPAT},
};

const struct oak_wua_word *oak_wua_words(size_t *ret_n)
{
	*ret_n = sizeof(words) / sizeof(*words);
	return words;
}

const struct oak_wua_word *oak_wua_word_find(int32_t hresult)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].code == (uint32_t)hresult)
			return &words[i];
	return NULL;
}

const char *oak_wua_word_text(int32_t hresult, char *out, size_t size)
{
	const struct oak_wua_word *word = oak_wua_word_find(hresult);
	if (word)
		snprintf(out, size, "%s (0x%08X %s: %s)", word->words, (unsigned)hresult, word->name, word->remedy);
	else
		snprintf(out, size, "Windows says 0x%08X (look that code up, and see Get-WindowsUpdateLog)", (unsigned)hresult);
	return out;
}

int oak_wua_fail(struct oak_error *err, const char *id, int32_t hresult, const char *what)
{
	const struct oak_wua_word *word = oak_wua_word_find(hresult);
	char text[400];
	return oak_fail(err, word ? word->kind : OAK_IO, id, hresult, "%s: %s", what, oak_wua_word_text(hresult, text, sizeof(text)));
}
