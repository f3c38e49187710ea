/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Excludes and locks of dnf, yum and zypp against one version of a package. */
#include "scanners/rpm/locks.h"

#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>

#include "baseline/evaluate.h"
#include "core/str.h"

const char *oak_lock_kind_to_string(enum oak_lock_kind kind)
{
	static const char *const words[OAK_LOCK_KIND_COUNT] = {
		[OAK_LOCK_EXCLUDE] = "exclude", [OAK_LOCK_VERSIONLOCK] = "versionlock", [OAK_LOCK_ZYPP] = "lock"};
	return words[kind];
}

struct parts {
	struct oak_str epoch, version, release;
};

static struct parts split(const char *evr)
{
	struct parts p = {.epoch = OAK_STR("0")};
	const char *colon = strchr(evr, ':'), *v = colon ? colon + 1 : evr, *dash = strrchr(v, '-');
	if (colon)
		p.epoch = (struct oak_str){evr, (size_t)(colon - evr)};
	p.version = dash ? (struct oak_str){v, (size_t)(dash - v)} : oak_str_of(v);
	p.release = dash ? oak_str_of(dash + 1) : OAK_STR("");
	return p;
}

bool oak_nevra_match(const char *pattern, const struct oak_nevra *n)
{
	char text[1024];
	struct parts p = split(n->evr);
	int el = (int)p.epoch.n, vl = (int)p.version.n, rl = (int)p.release.n;
	if (fnmatch(pattern, n->name, 0) == 0)
		return true;
	if (!strpbrk(pattern, "-.*?[:"))
		return false;
#define FORM(...) (snprintf(text, sizeof(text), __VA_ARGS__) < (int)sizeof(text) && fnmatch(pattern, text, 0) == 0)
	return FORM("%s.%s", n->name, n->arch) || FORM("%s-%.*s", n->name, vl, p.version.p) ||
	       FORM("%s-%.*s-%.*s", n->name, vl, p.version.p, rl, p.release.p) ||
	       FORM("%s-%.*s-%.*s.%s", n->name, vl, p.version.p, rl, p.release.p, n->arch) ||
	       FORM("%s-%.*s:%.*s", n->name, el, p.epoch.p, vl, p.version.p) ||
	       FORM("%s-%.*s:%.*s-%.*s", n->name, el, p.epoch.p, vl, p.version.p, rl, p.release.p) ||
	       FORM("%s-%.*s:%.*s-%.*s.%s", n->name, el, p.epoch.p, vl, p.version.p, rl, p.release.p, n->arch) ||
	       FORM("%.*s:%s-%.*s-%.*s", el, p.epoch.p, n->name, vl, p.version.p, rl, p.release.p) ||
	       FORM("%.*s:%s-%.*s-%.*s.%s", el, p.epoch.p, n->name, vl, p.version.p, rl, p.release.p, n->arch);
#undef FORM
}

static bool zypp_name_match(const struct oak_lock *lock, const char *name)
{
	regex_t re;
	switch (lock->match) {
	case OAK_MATCH_EXACT:
		return lock->ignore_case ? oak_strcaseeq(lock->pattern, name) : oak_streq(lock->pattern, name);
	case OAK_MATCH_SUBSTRING:
		return lock->ignore_case ? oak_strcasestr(name, lock->pattern) != NULL : strstr(name, lock->pattern) != NULL;
	case OAK_MATCH_REGEX:
		if (regcomp(&re, lock->pattern, REG_EXTENDED | REG_NOSUB | (lock->ignore_case ? REG_ICASE : 0)) != 0)
			return false;
		bool match = regexec(&re, name, 0, NULL, 0) == 0;
		regfree(&re);
		return match;
	case OAK_MATCH_GLOB:
	case OAK_LOCK_MATCH_COUNT:
		break;
	}
	return fnmatch(lock->pattern, name, lock->ignore_case ? FNM_CASEFOLD : 0) == 0;
}

/* Without a release in the lock only the versions are compared, as zypp does. */
static bool edition_match(const struct oak_lock *lock, const char *evr)
{
	char version[512];
	if (!lock->evr)
		return true;
	snprintf(version, sizeof(version), "%s", evr);
	char *dash = strrchr(version, '-');
	if (dash && !strchr(lock->evr, '-'))
		*dash = '\0';
	int order = oak_evr_compare_rpm(version, lock->evr);
	bool eq = strchr(lock->op, '=') != NULL && order == 0 && lock->op[0] != '!';
	return eq || (lock->op[0] == '<' && order < 0) || (lock->op[0] == '>' && order > 0) || (lock->op[0] == '!' && order != 0);
}

/* A zypp lock holds what is installed and keeps out what it names. */
static bool zypp_match(const struct oak_lock *lock, const char *repo, const struct oak_nevra *v, const char *installed)
{
	if (lock->patch || !zypp_name_match(lock, v->name))
		return false;
	if (lock->arch && !oak_streq(lock->arch, v->arch))
		return false;
	bool from = !lock->repo || oak_streq(lock->repo, repo);
	return (from && edition_match(lock, v->evr)) || (installed && !lock->repo && edition_match(lock, installed));
}

/* The name part of "name-epoch:version-release.*" or "epoch:name-version-release.*". */
static bool versionlock_name_match(const char *pattern, const char *name)
{
	char glob[512];
	size_t digits = strspn(pattern, "0123456789");
	const char *p = digits && pattern[digits] == ':' ? pattern + digits + 1 : pattern;
	snprintf(glob, sizeof(glob), "%s", p);
	for (int cut = 0; cut < 2; cut++) {
		char *dash = strrchr(glob, '-');
		if (dash)
			*dash = '\0';
	}
	return fnmatch(glob, name, 0) == 0;
}

static bool order_fits(int order, const char *op)
{
	if (op[0] == '!')
		return order != 0;
	return (order == 0 && strchr(op, '=')) || (order < 0 && op[0] == '<') || (order > 0 && op[0] == '>');
}

/* dnf5: does V fulfil all conditions of the lock on its name? */
static bool conditions_hold(const struct oak_lock *lock, const struct oak_nevra *v)
{
	struct parts p = split(v->evr);
	char epoch[32];
	snprintf(epoch, sizeof(epoch), "%.*s", (int)p.epoch.n, p.epoch.p);
	for (size_t i = 0; i < lock->conditions.n; i++) {
		const struct oak_lock_condition *c = &lock->conditions.v[i];
		bool fits = oak_streq(c->key, "arch")	? oak_streq(c->value, v->arch) == (c->op[0] != '!')
			    : oak_streq(c->key, "epoch") ? order_fits(oak_evr_compare_rpm(epoch, c->value), c->op)
			    : oak_streq(c->key, "evr")	? order_fits(oak_evr_compare_rpm(v->evr, c->value), c->op)
							: false;
		if (!fits)
			return false;
	}
	return true;
}

static bool locks_name(const struct oak_lock *lock, const char *name)
{
	return lock->by_conditions ? fnmatch(lock->pattern, name, 0) == 0 : versionlock_name_match(lock->pattern, name);
}

static const struct oak_lock *versionlock_find(const struct oak_rpm_conf *conf, const struct oak_nevra *v)
{
	const struct oak_lock *first = NULL;
	for (size_t i = 0; i < conf->locks.n; i++) {
		const struct oak_lock *lock = &conf->locks.v[i];
		if (lock->kind != OAK_LOCK_VERSIONLOCK)
			continue;
		if (lock->pattern[0] == '!') { /* an excluded version */
			if (oak_nevra_match(lock->pattern + 1, v))
				return lock;
			continue;
		}
		if (!locks_name(lock, v->name))
			continue;
		if (lock->by_conditions ? conditions_hold(lock, v) : oak_nevra_match(lock->pattern, v))
			return NULL;
		first = first ? first : lock;
	}
	return first;
}

const struct oak_lock *oak_locks_find(const struct oak_rpm_conf *conf, const char *repo, const struct oak_nevra *version,
				      const char *installed)
{
	for (size_t i = 0; i < conf->locks.n; i++) {
		const struct oak_lock *lock = &conf->locks.v[i];
		if (lock->kind == OAK_LOCK_EXCLUDE && (!lock->repo || oak_streq(lock->repo, repo)) && oak_nevra_match(lock->pattern, version))
			return lock;
		if (lock->kind == OAK_LOCK_ZYPP && zypp_match(lock, repo, version, installed))
			return lock;
	}
	return versionlock_find(conf, version);
}

bool oak_locks_patch(const struct oak_rpm_conf *conf, const char *repo, const char *id)
{
	for (size_t i = 0; i < conf->locks.n; i++) {
		const struct oak_lock *lock = &conf->locks.v[i];
		if (lock->kind == OAK_LOCK_ZYPP && lock->patch && (!lock->repo || oak_streq(lock->repo, repo)) && zypp_name_match(lock, id))
			return true;
	}
	return false;
}

const struct oak_lock *oak_locks_installed(const struct oak_rpm_conf *conf, const struct oak_nevra *p)
{
	for (size_t i = 0; i < conf->locks.n; i++) {
		const struct oak_lock *lock = &conf->locks.v[i];
		if (lock->kind == OAK_LOCK_ZYPP && !lock->repo && zypp_match(lock, NULL, p, p->evr))
			return lock;
		if (lock->kind == OAK_LOCK_VERSIONLOCK && lock->pattern[0] != '!' && locks_name(lock, p->name))
			return lock;
	}
	return NULL;
}

static bool included(const struct oak_words *words, const struct oak_nevra *v)
{
	for (size_t i = 0; i < words->list.n; i++)
		if (oak_nevra_match(words->list.v[i], v))
			return true;
	return words->list.n == 0;
}

bool oak_locks_not_included(const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo, const struct oak_nevra *version)
{
	return !included(&conf->includes, version) || !included(&repo->includes, version);
}
