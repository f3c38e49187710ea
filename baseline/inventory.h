/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model that every scanner fills and every question is asked of: oakum.inventory/1. */
#ifndef OAK_BASELINE_INVENTORY_H
#define OAK_BASELINE_INVENTORY_H

#include <stdbool.h>

#include "baseline/problem.h"
#include "core/mem.h"
#include "core/sink.h"
#include "core/time.h"
#include "core/value.h"

/* Strings are UTF-8, NUL-terminated, in the inventory's arena; NULL = absent. Times: OAK_TIME_NONE = absent. */

struct oak_tag {
	const char *key, *value;
};

struct oak_platform {
	const char *family;  /* "debian" "rhel" "suse" "amazon" "windows": decides the backend, not the version list */
	const char *id;      /* ID of os-release, or "windows" */
	const char *version; /* VERSION_ID as is; 10.0.20348.2113 on Windows */
	const char *arch;    /* "amd64"/"x86_64" as the package manager spells it */
	const char *kernel;  /* running kernel, uname -r */
	const char *boot_id;
	oak_time booted_at;
	const char *product, *edition; /* Windows: "Windows Server 2022 Datacenter" and "ServerDatacenter" */
};

struct oak_node {
	const char *id; /* UUID, or 1..128 printable characters when overridden */
	const char *name;
	OAK_VEC(struct oak_tag) tags;
	struct oak_platform platform;
};

struct oak_repository {
	const char *id; /* unique in the inventory; updates name it in origins[] */
	const char *uri, *suite, *codename, *label, *component;
	bool trusted;           /* its metadata's signature was checked */
	bool enabled;
	bool advisories;        /* carries advisories (updateinfo; a Debian security archive) */
	oak_time fetched_at;    /* last successful refresh */
	oak_time release_date;  /* Date of the Release file, revision of repomd */
	oak_time watched_since; /* first scan of ours that saw it */
	oak_time valid_until;
	const char *error;      /* why it could not be read or refreshed */
	bool in_place;          /* read where it lies: always as fresh as the scan; in no document */
};

struct oak_advisory {
	const char *id;             /* RHSA-2026:0001, DSA-5000-1, KB… */
	const char *classification; /* Security, Bugfix, Enhancement, Recommended, Newpackage, Optional, CriticalUpdates … */
	const char *severity;       /* as the vendor writes it: Critical Important Moderate Low … */
	oak_time issued, updated;
	const char *title;
	OAK_VEC(const char *) cves;
	OAK_VEC(const char *) bugs; /* bug ids, digits */
	OAK_VEC(const char *) known_exploited; /* those of cves[] that a known-exploited list names */
	bool reboot_suggested;
};

struct oak_package {
	const char *name, *arch, *evr;
	const char *source; /* source package name (and version where it differs: "name (version)") */
	const char *vendor;
	oak_time build_time, installed_at;
	bool automatic; /* auto-installed mark */
	bool hold;      /* dpkg hold, versionlock, zypper lock, exclude */
	const char *hold_kind;    /* "hold" "versionlock" "lock" "exclude"; NULL = hold */
	const char *pin;          /* apt pin that decides against newer versions, in words */
	const char *module;       /* "nodejs:18:…" modularity label */
	const char *signature_key;
	/* What tells whether a baseline approves the installed version, so that it is INSTALLED and not INSTALLED_OTHER. */
	OAK_VEC(const char *) origins; /* repositories that offer this very version */
	const char *section, *priority;
	OAK_VEC(struct oak_advisory) advisories; /* the newest that this version remedies */
	const char *offered; /* "none": no repository has any version of it; "other": none has the installed one; NULL */
};

struct oak_update {
	const char *name, *arch, *evr;
	OAK_VEC(const char *) origins; /* repository ids, best first */
	bool security;                 /* offered by a trusted security origin, or has a Security advisory */
	const char *source, *section, *priority;
	int64_t size; /* bytes to download, -1 = not known */
	oak_time issued, updated, built, first_seen;
	bool phased;        /* a phased update that this node is not in yet */
	int phase_percent;  /* 0 = not phased */
	const char *module;
	const char *needs_subscription; /* why it cannot be had ("Ubuntu Pro"), NULL */
	const char *successor_of;       /* a metapackage whose new dependency this is (kernel ABI), NULL */
	const char *policy; /* why the host never takes this version by itself (backports, experimental), NULL: it does */
	const char *uri, *sha256; /* where its package file is, and its hash: for dates and downloads. NULL = not known */
	size_t access; /* way to it: accesses.v[access - 1]; 0 = any */
	/* Windows */
	const char *kb, *update_id, *product, *product_family, *title;
	int revision;
	OAK_VEC(const char *) supersedes; /* update ids */
	bool hidden;
	OAK_VEC(struct oak_advisory) advisories; /* each with this very version */
};

/* An installed package of live patches, while live patching is on: it mends the kernel that its name says. */
struct oak_live_patch {
	const char *name, *evr;    /* kpatch-patch-5_14_0-427_13_1, kernel-livepatch-5_14_21-150400_24_100-default */
	OAK_VEC(const char *) cves; /* of all advisories that this version remedies */
};

/* A vendor's patch as the host's own tool sees it: NEEDED; OPTIONAL (needed, of a category that nobody must install);
 * UNWANTED (needed, but locked); NOT_NEEDED (what it updates is up to date); NOT_APPLICABLE (nothing of it is installed, or
 * only of another vendor); RETRACTED. */
struct oak_vendor_patch {
	const char *repository, *status;
	struct oak_advisory advisory; /* without title and lists where it is not applicable */
};

struct oak_http_access; /* core/http.h */

struct oak_inventory {
	struct oak_arena *arena; /* owns everything below */
	struct oak_node node;
	oak_time collected_at;
	oak_time metadata_at; /* age of the oldest enabled repository's metadata */
	OAK_VEC(struct oak_problem) problems;
	OAK_VEC(struct oak_repository) repositories;
	OAK_VEC(struct oak_package) packages;
	OAK_VEC(struct oak_update) updates; /* every version above the installed one; absent packages only in recorded files */
	bool reboot_required;
	OAK_VEC(const char *) reboot_reasons;
	OAK_VEC(struct oak_http_access) accesses; /* of a scan with --refresh: hold passwords, are never written anywhere */
	OAK_VEC(struct oak_live_patch) live_patches; /* none where no patch is loaded */
	OAK_VEC(struct oak_vendor_patch) patches; /* SUSE: all patches of the enabled repositories */
};

enum { OAK_INVENTORY_MAX = 256 * 1024 * 1024 };

struct oak_inventory *oak_inventory_new(struct oak_arena *arena) __attribute__((returns_nonnull));

/* Absent everywhere: times OAK_TIME_NONE, size -1, enabled true. For scanners that fill a model. */
void oak_repository_init(struct oak_repository *repository);
void oak_package_init(struct oak_package *package);
void oak_update_init(struct oak_update *update);
void oak_advisory_init(struct oak_advisory *advisory);

/* Build the model from a parsed document. Unknown keys, wrong types and ranges are refused, with the path.
 * name, arch and evr of packages and updates are never NULL afterwards ("" where a Windows update gives none).
 * Errors: inventory.invalid (INVALID). */
int oak_inventory_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
			struct oak_inventory **ret, struct oak_error *err) OAK_MUST_USE;

/* Write oakum.inventory/1; parse(format(x)) equals x. */
void oak_inventory_format(const struct oak_inventory *inventory, struct oak_sink *sink);

#endif
