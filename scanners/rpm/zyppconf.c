/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /etc/zypp: repositories, services, zypp.conf and locks. */
#include <errno.h>

#include "core/buf.h"
#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/repoconf.h"

/* A service's repositories stand in repos.d like all others; a plugin service makes its list by running a program,
 * which a scan does not do. */
static void services_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	struct oak_words files = {0};
	oak_rpm_conf_files(arena, conf->root, "/etc/zypp/services.d", ".service", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		struct oak_ini ini;
		if (!oak_rpm_conf_ini(arena, conf, files.list.v[i], &ini))
			continue;
		for (size_t k = 0; k < ini.sections.n; k++) {
			const char *name = ini.sections.v[k], *type = oak_ini_get(&ini, name, "type");
			if (oak_streq(type, "plugin") && oak_ini_bool(oak_ini_get(&ini, name, "enabled"), 1))
				oak_rpm_conf_problem(arena, conf, name, oak_arena_printf(arena, "service '%s' is a plugin, a program that would run as root: it was not run; the repositories that zypper wrote into repos.d for it are used", name),
						     "zypper refresh-services runs it");
		}
	}
}

static void repo_defaults(struct oak_rpm_conf *conf, const struct oak_ini *ini)
{
	int gpgcheck = oak_ini_bool(oak_ini_get(ini, "main", "gpgcheck"), 1);
	int repo_gpgcheck = oak_ini_bool(oak_ini_get(ini, "main", "repo_gpgcheck"), -1);
	for (size_t i = 0; i < conf->repos.n; i++) {
		struct oak_rpm_repo *repo = &conf->repos.v[i];
		if (repo->gpgcheck < 0)
			repo->gpgcheck = gpgcheck;
		if (repo->repo_gpgcheck < 0)
			repo->repo_gpgcheck = repo_gpgcheck;
	}
}

/* Vendors that zypp takes for one: its own pair, and those of vendors.d, each named by a prefix in any case. */
static void vendors_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	struct oak_words files = {0};
	oak_ini_words(arena, "suse,opensuse", oak_push(arena, &conf->vendors));
	oak_rpm_conf_files(arena, conf->root, "/etc/zypp/vendors.d", "", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		struct oak_ini ini;
		const char *list = oak_rpm_conf_ini(arena, conf, files.list.v[i], &ini) ? oak_ini_get(&ini, "main", "vendors") : NULL;
		struct oak_words *words = list ? oak_push(arena, &conf->vendors) : NULL;
		struct oak_str rest = oak_str_of(list), part;
		if (!words)
			continue;
		*words = (struct oak_words){0};
		while (rest.n && oak_str_next(&rest, ',', &part)) /* a vendor's name has blanks in it */
			if (oak_str_trim(part).n)
				*oak_push(arena, &words->list) = oak_arena_strndup(arena, oak_str_trim(part).p, oak_str_trim(part).n);
	}
}

static bool in_set(const struct oak_words *set, const char *vendor)
{
	for (size_t i = 0; i < set->list.n; i++)
		if (oak_strcasestr(vendor, set->list.v[i]) == vendor)
			return true;
	return false;
}

bool oak_vendor_change_allowed(const struct oak_rpm_conf *conf, const char *from, const char *to)
{
	from = from ? from : "";
	to = to ? to : "";
	if (conf->vendor_change || oak_strcaseeq(from, to))
		return true;
	for (size_t i = 0; i < conf->vendors.n; i++)
		if (in_set(&conf->vendors.v[i], from) && in_set(&conf->vendors.v[i], to))
			return true;
	return false;
}

/* One package name or "provides:CAPABILITY" a line. */
static void multiversion_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	struct oak_words files = {0};
	oak_rpm_conf_files(arena, conf->root, "/etc/zypp/multiversion.d", "", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		OAK_AUTO(oak_buf_done) struct oak_buf text;
		struct oak_str rest, line;
		oak_buf_init(&text, 1 << 20);
		if (oak_root_read(conf->root, files.list.v[i], &text) != 0)
			continue;
		rest = (struct oak_str){oak_buf_text(&text), text.n};
		while (rest.n && oak_str_next(&rest, '\n', &line))
			if (oak_str_trim(line).n && oak_str_trim(line).p[0] != '#')
				*oak_push(arena, &conf->installonly.list) = oak_arena_strndup(arena, oak_str_trim(line).p, oak_str_trim(line).n);
	}
}

void oak_zypp_conf_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	struct oak_words files = {0};
	struct oak_ini ini = {0};
	oak_rpm_conf_files(arena, conf->root, "/etc/zypp/repos.d", ".repo", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		struct oak_ini repo;
		if (oak_rpm_conf_ini(arena, conf, files.list.v[i], &repo))
			oak_repos_from_ini(arena, conf, &repo, files.list.v[i]);
	}
	if (!oak_rpm_conf_ini(arena, conf, "/etc/zypp/zypp.conf", &ini))
		(void)!oak_rpm_conf_ini(arena, conf, "/usr/etc/zypp/zypp.conf", &ini);
	repo_defaults(conf, &ini);
	conf->vendor_change = oak_ini_bool(oak_ini_get(&ini, "main", "solver.allowvendorchange"), 0) == 1;
	vendors_load(arena, conf);
	oak_ini_words(arena, oak_ini_get(&ini, "main", "multiversion"), &conf->installonly);
	multiversion_load(arena, conf);
	services_load(arena, conf);
}

static const char *const match_types[OAK_LOCK_MATCH_COUNT] = {
	[OAK_MATCH_GLOB] = "glob", [OAK_MATCH_EXACT] = "exact", [OAK_MATCH_SUBSTRING] = "substring", [OAK_MATCH_REGEX] = "regex"};

/* "version: >= 1.0-1", or a version alone. */
static void version_read(struct oak_arena *arena, const char *value, struct oak_lock *lock)
{
	size_t n = strspn(value, "<>=!");
	lock->op = n ? oak_arena_strndup(arena, value, n) : "=";
	if (oak_streq(lock->op, "=="))
		lock->op = "=";
	lock->evr = value + n + strspn(value + n, " \t");
}

static void lock_setting(struct oak_arena *arena, struct oak_lock *lock, const char *key, const char *value)
{
	if (oak_streq(key, "solvable_name") || oak_streq(key, "global_string"))
		lock->pattern = value;
	else if (oak_streq(key, "repo"))
		lock->repo = value;
	else if (oak_streq(key, "type"))
		lock->patch = oak_streq(value, "patch");
	else if (oak_streq(key, "case_sensitive"))
		lock->ignore_case = oak_ini_bool(value, 1) == 0;
	else if (oak_streq(key, "solvable_arch"))
		lock->arch = value;
	else if (oak_streq(key, "version") && *value)
		version_read(arena, value, lock);
	for (size_t i = 0; oak_streq(key, "match_type") && i < OAK_LOCK_MATCH_COUNT; i++)
		if (oak_streq(match_types[i], value))
			lock->match = (enum oak_lock_match)i;
}

/* Stanzas of "key: value" lines, parted by empty lines. */
void oak_zypp_locks_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	struct oak_buf text;
	struct oak_lock lock = {.kind = OAK_LOCK_ZYPP, .ignore_case = true};
	const struct oak_lock none = lock;
	oak_buf_init(&text, OAK_INI_MAX);
	if (oak_root_read(conf->root, "/etc/zypp/locks", &text) < 0 && errno != ENOENT)
		oak_rpm_conf_problem(arena, conf, "/etc/zypp/locks", oak_arena_printf(arena, "cannot read '/etc/zypp/locks': %s", strerror(errno)), NULL);
	struct oak_str rest = {text.p, text.n}, line;
	bool more = true;
	while (more) {
		more = rest.n && oak_str_next(&rest, '\n', &line);
		line = more ? oak_str_trim(line) : (struct oak_str){"", 0};
		const char *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
		if (line.n == 0) {
			if (lock.pattern)
				*oak_push(arena, &conf->locks) = lock;
			lock = none;
		} else if (colon && line.p[0] != '#') {
			struct oak_str key = oak_str_trim((struct oak_str){line.p, (size_t)(colon - line.p)});
			struct oak_str value = oak_str_trim((struct oak_str){colon + 1, (size_t)(line.p + line.n - colon - 1)});
			lock_setting(arena, &lock, oak_arena_strndup(arena, key.p, key.n), oak_arena_strndup(arena, value.p, value.n));
		}
	}
	oak_buf_done(&text);
}
