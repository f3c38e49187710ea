/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the Windows Update Agent answered, as plain records: filled by acquiring, read by decoding, on any system. */
#ifndef OAK_SCANNERS_WUA_WUA_RECORD_H
#define OAK_SCANNERS_WUA_WUA_RECORD_H

#include "baseline/inventory.h"

/* Strings are UTF-8 in one arena; NULL or "" = the agent gave none. Times OAK_TIME_NONE = none. */

struct oak_wua_category {
	const char *type; /* "UpdateClassification" "Product" "ProductFamily" "Company" */
	const char *id;   /* GUID: the same in every language */
	const char *name;
	const char *family; /* name of the ProductFamily above a Product; NULL */
};

typedef OAK_VEC(const char *) oak_wua_texts;

/* InstallationRebootBehavior of wuapi.h. */
enum oak_wua_reboot { OAK_WUA_REBOOT_NEVER, OAK_WUA_REBOOT_ALWAYS, OAK_WUA_REBOOT_CAN };
/* OperationResultCode of wuapi.h. */
enum oak_wua_result {
	OAK_WUA_NOT_STARTED,
	OAK_WUA_IN_PROGRESS,
	OAK_WUA_SUCCEEDED,
	OAK_WUA_SUCCEEDED_WITH_ERRORS,
	OAK_WUA_FAILED,
	OAK_WUA_ABORTED
};

struct oak_wua_update {
	const char *id; /* GUID */
	int revision;
	const char *title, *severity;
	oak_wua_texts kbs; /* digits, with or without "KB" */
	oak_wua_texts bulletins, cves, supersedes;
	OAK_VEC(struct oak_wua_category) categories;
	oak_time deployed_at; /* LastDeploymentChangeTime */
	int64_t size;         /* MaxDownloadSize, -1 = not known */
	bool installed, hidden, downloaded, uninstallable;
	bool has_eula, eula_accepted;
	bool asks_user;       /* its installer may want to ask questions */
	int reboot;           /* enum oak_wua_reboot */
	bool reboot_required; /* a boot completes it (IUpdate2) */
	bool browse_only;     /* optional: Windows never installs it by itself (IUpdate3) */
};

struct oak_wua_event {
	const char *update_id;
	oak_time at;
	bool removal;
	int result; /* enum oak_wua_result */
	int32_t hresult;
};

struct oak_wua_warning {
	const char *message;
	int32_t hresult;
};

/* Where the updates come from. */
struct oak_wua_service {
	const char *id, *name, *url;
	bool managed;  /* WSUS or the like, by policy */
	bool package;  /* an offline catalogue */
	oak_time issued_at, expires_at;
};

struct oak_wua_answer {
	struct oak_wua_service service;
	OAK_VEC(struct oak_wua_update) updates;
	OAK_VEC(struct oak_wua_event) history; /* newest first, as the agent keeps it */
	OAK_VEC(struct oak_wua_warning) warnings;
	int result;               /* enum oak_wua_result of the search */
	bool reboot_required;     /* ISystemInformation */
	bool asked_server;        /* false: from what the agent had found before */
	oak_time fetched_at;      /* when its metadata were fetched; NONE = never, or not known */
};

#endif
