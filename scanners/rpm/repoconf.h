/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The package manager's own configuration: repositories, variables, excludes, locks. */
#ifndef OAK_SCANNERS_RPM_REPOCONF_H
#define OAK_SCANNERS_RPM_REPOCONF_H

#include "baseline/inventory.h"
#include "core/map.h"
#include "scanners/rpm/ini.h"

struct oak_rpm_repo {
	const char *id; /* section; zypp's alias */
	const char *name;
	OAK_VEC(const char *) baseurls;
	const char *mirrorlist, *metalink;
	const char *file; /* where it is configured, for messages */
	bool enabled;
	int priority; /* lower is better; 99 */
	int cost;     /* 1000 */
	int gpgcheck, repo_gpgcheck; /* 1, 0, -1 = not said */
	struct oak_words gpgkeys, excludes, includes;
	bool module_hotfixes;
	int ssl_verify; /* 1, 0; -1 while not said */
	const char *ssl_ca, *ssl_cert, *ssl_key, *proxy, *proxy_userpwd, *userpwd;
};

/* Why a version may not be installed though it is offered. */
enum oak_lock_kind { OAK_LOCK_EXCLUDE, OAK_LOCK_VERSIONLOCK, OAK_LOCK_ZYPP, OAK_LOCK_KIND_COUNT };

enum oak_lock_match { OAK_MATCH_GLOB, OAK_MATCH_EXACT, OAK_MATCH_SUBSTRING, OAK_MATCH_REGEX, OAK_LOCK_MATCH_COUNT };

struct oak_lock_condition {
	const char *key, *op, *value; /* "evr" "epoch" "arch"; "=" "!=" "<" "<=" ">" ">=" */
};

struct oak_lock {
	enum oak_lock_kind kind;
	const char *pattern; /* exclude: a glob on name, name.arch, nevra; versionlock: the locked nevra */
	const char *repo;    /* only for packages of this repository; NULL = all */
	/* zypp */
	enum oak_lock_match match;
	bool ignore_case;
	bool patch;	     /* locks a patch, not a package */
	const char *op, *evr; /* "<" "<=" "=" ">=" ">"; NULL = any version */
	const char *arch;
	/* dnf5's versionlock.toml: the pattern is a name, and a version that fulfils all of these is let through */
	bool by_conditions;
	OAK_VEC(struct oak_lock_condition) conditions;
};

struct oak_rpm_conf {
	bool suse;
	const char *root;
	const char *arch, *basearch, *releasever;
	const char *cachedir; /* of dnf, if moved */
	struct oak_map vars;
	OAK_VEC(struct oak_rpm_repo) repos;
	struct oak_words excludes, includes; /* [main] */
	struct oak_words installonly; /* what may be there several times: yum: beside kernel…; zypp: nothing else */
	OAK_VEC(struct oak_lock) locks;
	bool obsoletes;
	bool vendor_change; /* may an update come from another vendor? zypp: no, unless told */
	OAK_VEC(struct oak_words) vendors; /* zypp: sets of prefixes that count as one vendor */
	OAK_VEC(struct oak_problem) problems;
	struct oak_words elsewhere; /* files outside of the folders that are always looked at, which a setting led to */
};

/* What must be known before: arch as rpm spells it, releasever. FAMILY "suse" reads zypp only, all others yum.repos.d only.
 * Never fails: what cannot be read becomes a problem ("repository-config") and the rest is used. */
void oak_rpm_conf_load(struct oak_arena *arena, const char *root, const char *family, const char *arch,
		       const char *releasever, struct oak_rpm_conf *ret);

/* Parts of it, each a file. */
void oak_yum_conf_load(struct oak_arena *arena, struct oak_rpm_conf *conf);
void oak_zypp_conf_load(struct oak_arena *arena, struct oak_rpm_conf *conf);
void oak_zypp_locks_load(struct oak_arena *arena, struct oak_rpm_conf *conf);
void oak_versionlock_load(struct oak_arena *arena, struct oak_rpm_conf *conf);

/* Files of folder PATH below ROOT whose names end in SUFFIX, sorted by name, as paths below ROOT. */
void oak_rpm_conf_files(struct oak_arena *arena, const char *root, const char *path, const char *suffix, struct oak_words *ret);
/* Read and parse one; false (with a problem, if it exists) when it cannot be used. */
bool oak_rpm_conf_ini(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *path, struct oak_ini *ret);
void oak_rpm_conf_problem(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *subject, const char *detail,
			  const char *remedy);
/* One file's sections as repositories; the pure part. */
void oak_repos_from_ini(struct oak_arena *arena, struct oak_rpm_conf *conf, const struct oak_ini *ini, const char *file);

/* URL without zypp's own parameters (ssl_verify, ssl_capath, ssl_clientcert, ssl_clientkey, proxy, proxyport, proxyuser, proxypass,
 * credentials), which become settings of REPO. */
const char *oak_zypp_url(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *url, struct oak_rpm_repo *repo);

/* zypp's question: may a package of vendor FROM be replaced by one of vendor TO (NULL = none)? */
bool oak_vendor_change_allowed(const struct oak_rpm_conf *conf, const char *from, const char *to);

/* "x86_64" for amd64, "i386" for i686 …: $basearch. */
const char *oak_rpm_basearch(const char *arch);

#endif
