/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories and options from .repo files, dnf.conf, yum.conf and the variables' folders. */
#include "scanners/rpm/repoconf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/str.h"
#include "scanners/root.h"

static const struct {
	const char *arch, *base;
} basearchs[] = {{"i386", "i386"},     {"i486", "i386"},      {"i586", "i386"},	     {"i686", "i386"},
		 {"athlon", "i386"},   {"x86_64_v2", "x86_64"}, {"x86_64_v3", "x86_64"}, {"amd64", "x86_64"},
		 {"ia32e", "x86_64"},  {"armv7hl", "armhfp"}, {"armv7l", "arm"},     {"armv6hl", "armv6hl"}};

const char *oak_rpm_basearch(const char *arch)
{
	for (size_t i = 0; i < sizeof(basearchs) / sizeof(*basearchs); i++)
		if (oak_streq(basearchs[i].arch, arch))
			return basearchs[i].base;
	return arch;
}

void oak_rpm_conf_problem(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *subject, const char *detail,
			  const char *remedy)
{
	*oak_push(arena, &conf->problems) =
		(struct oak_problem){"repository-config", oak_arena_strdup(arena, subject), oak_arena_strdup(arena, detail), remedy};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void oak_rpm_conf_files(struct oak_arena *arena, const char *root, const char *path, const char *suffix, struct oak_words *ret)
{
	int fd = oak_root_open(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		if (entry->d_name[0] != '.' && oak_ends_with(entry->d_name, suffix))
			*oak_push(arena, &ret->list) = oak_arena_printf(arena, "%s/%s", path, entry->d_name);
	closedir(dir);
	if (ret->list.n)
		qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), by_name);
}

bool oak_rpm_conf_ini(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *path, struct oak_ini *ret)
{
	struct oak_buf text;
	struct oak_error err = {0};
	char message[1100];
	oak_buf_init(&text, OAK_INI_MAX);
	int result = oak_root_read(conf->root, path, &text);
	if (result < 0 && errno != ENOENT && errno != ENOTDIR)
		oak_rpm_conf_problem(arena, conf, path, oak_arena_printf(arena, "cannot read '%s': %s", path, strerror(errno)), NULL);
	if (result == 0 && (result = oak_ini_parse(arena, oak_buf_text(&text), text.n, path, ret, &err)) < 0)
		oak_rpm_conf_problem(arena, conf, path, oak_error_text(&err, message, sizeof(message)), NULL);
	oak_buf_done(&text);
	return result == 0;
}

static int number(const char *value, int fallback)
{
	int64_t n;
	return value && oak_parse_int(oak_str_of(value), INT32_MIN, INT32_MAX, &n) ? (int)n : fallback;
}

static const char *user_password(struct oak_arena *arena, const char *user, const char *password)
{
	return user && *user ? oak_arena_printf(arena, "%s:%s", user, password ? password : "") : NULL;
}

struct section {
	struct oak_arena *arena;
	struct oak_rpm_conf *conf;
	const struct oak_ini *ini;
	const char *name;
};

/* A setting of the section, with variables replaced; empty counts as absent. */
static const char *setting(const struct section *s, const char *key)
{
	const char *value = oak_ini_expand(s->arena, &s->conf->vars, oak_ini_get(s->ini, s->name, key));
	return value && *value ? value : NULL;
}

/* As above, but written and left empty is "_none_": a proxy of [main] does not count for this repository. */
static const char *proxy_setting(const struct section *s)
{
	const char *value = oak_ini_get(s->ini, s->name, "proxy");
	return value && !*value ? "_none_" : setting(s, "proxy");
}

/* zypp keeps the path inside of the medium apart from the URL. */
static void add_urls(const struct section *s, struct oak_rpm_repo *repo)
{
	struct oak_words words = {0};
	const char *path = s->conf->suse ? setting(s, "path") : NULL;
	oak_ini_words(s->arena, setting(s, "baseurl"), &words);
	for (size_t i = 0; i < words.list.n; i++) {
		const char *url = s->conf->suse ? oak_zypp_url(s->arena, s->conf, words.list.v[i], repo) : words.list.v[i];
		size_t whole = strcspn(url, "?"), n = whole;
		while (n && url[n - 1] == '/')
			n--;
		const char *below = path && strcmp(path, "/") != 0 ? path : "";
		*oak_push(s->arena, &repo->baseurls) =
			*below ? oak_arena_printf(s->arena, "%.*s%s%s%s", (int)n, url, *below == '/' ? "" : "/", below, url + whole) : url;
	}
}

static void list_setting(const struct section *s, const char *key, struct oak_words *ret)
{
	oak_ini_words(s->arena, setting(s, key), ret);
}

static void security_settings(const struct section *s, struct oak_rpm_repo *repo)
{
	repo->gpgcheck = oak_ini_bool(setting(s, "gpgcheck"), -1);
	repo->repo_gpgcheck = oak_ini_bool(setting(s, "repo_gpgcheck"), -1);
	list_setting(s, "gpgkey", &repo->gpgkeys);
	repo->ssl_verify = oak_ini_bool(setting(s, "sslverify"), -1);
	repo->ssl_ca = setting(s, "sslcacert");
	repo->ssl_cert = setting(s, "sslclientcert");
	repo->ssl_key = setting(s, "sslclientkey");
	repo->proxy = proxy_setting(s);
	repo->proxy_userpwd = user_password(s->arena, setting(s, "proxy_username"), setting(s, "proxy_password"));
	repo->userpwd = user_password(s->arena, setting(s, "username"), setting(s, "password"));
}

static struct oak_rpm_repo repo_from_section(const struct section *s, const char *file)
{
	struct oak_rpm_repo repo = {.id = s->name, .file = file};
	repo.name = setting(s, "name") ? setting(s, "name") : s->name;
	repo.enabled = oak_ini_bool(setting(s, "enabled"), 1) != 0;
	repo.priority = number(setting(s, "priority"), 99);
	repo.cost = number(setting(s, "cost"), 1000);
	if (s->conf->suse && repo.priority < 1) /* zypp: 0 means the default */
		repo.priority = 99;
	repo.mirrorlist = setting(s, "mirrorlist");
	repo.metalink = setting(s, "metalink");
	if (repo.mirrorlist && strstr(repo.mirrorlist, "metalink") && !repo.metalink) { /* as yum and dnf do */
		repo.metalink = repo.mirrorlist;
		repo.mirrorlist = NULL;
	}
	list_setting(s, "excludepkgs", &repo.excludes);
	list_setting(s, "exclude", &repo.excludes);
	list_setting(s, "includepkgs", &repo.includes);
	repo.module_hotfixes = oak_ini_bool(setting(s, "module_hotfixes"), 0) == 1;
	security_settings(s, &repo);
	add_urls(s, &repo);
	return repo;
}

static bool repo_known(const struct oak_rpm_conf *conf, const char *id)
{
	for (size_t i = 0; i < conf->repos.n; i++)
		if (oak_streq(conf->repos.v[i].id, id))
			return true;
	return false;
}

void oak_repos_from_ini(struct oak_arena *arena, struct oak_rpm_conf *conf, const struct oak_ini *ini, const char *file)
{
	for (size_t i = 0; i < ini->sections.n; i++) {
		struct section s = {arena, conf, ini, oak_ini_expand(arena, &conf->vars, ini->sections.v[i])};
		if (oak_streq(s.name, "main"))
			continue;
		s.name = ini->sections.v[i];
		struct oak_rpm_repo repo = repo_from_section(&s, file);
		repo.id = oak_ini_expand(arena, &conf->vars, s.name);
		if (repo_known(conf, repo.id)) {
			oak_rpm_conf_problem(arena, conf, repo.id,
					     oak_arena_printf(arena, "'%s' configures repository '%s' a second time; the first one is used", file, repo.id), NULL);
			continue;
		}
		if (repo.enabled && repo.baseurls.n == 0 && !repo.mirrorlist && !repo.metalink)
			oak_rpm_conf_problem(arena, conf, repo.id,
					     oak_arena_printf(arena, "'%s': repository '%s' has no baseurl, mirrorlist or metalink", file, repo.id), NULL);
		*oak_push(arena, &conf->repos) = repo;
	}
}

/* [main] gives the defaults of all repositories. */
static void defaults_from_main(const struct section *s, struct oak_rpm_repo *repo)
{
	struct oak_rpm_repo main = {0};
	security_settings(s, &main);
	const struct {
		const char **to, *from;
	} texts[] = {{&repo->ssl_ca, main.ssl_ca}, {&repo->ssl_cert, main.ssl_cert},		   {&repo->ssl_key, main.ssl_key},
		     {&repo->proxy, main.proxy},   {&repo->proxy_userpwd, main.proxy_userpwd}, {&repo->userpwd, main.userpwd}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!*texts[i].to)
			*texts[i].to = texts[i].from;
	if (repo->repo_gpgcheck < 0)
		repo->repo_gpgcheck = main.repo_gpgcheck;
	if (repo->ssl_verify < 0)
		repo->ssl_verify = main.ssl_verify;
}

static void main_load(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *path)
{
	struct oak_ini ini;
	if (!oak_rpm_conf_ini(arena, conf, path, &ini))
		return;
	struct section s = {arena, conf, &ini, "main"};
	list_setting(&s, "excludepkgs", &conf->excludes);
	list_setting(&s, "exclude", &conf->excludes);
	list_setting(&s, "includepkgs", &conf->includes);
	list_setting(&s, "installonlypkgs", &conf->installonly);
	conf->obsoletes = oak_ini_bool(setting(&s, "obsoletes"), conf->obsoletes) == 1;
	if (setting(&s, "cachedir"))
		conf->cachedir = setting(&s, "cachedir");
	oak_repos_from_ini(arena, conf, &ini, path);
	for (size_t i = 0; i < conf->repos.n; i++)
		defaults_from_main(&s, &conf->repos.v[i]);
}

static void vars_load(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *folder)
{
	struct oak_words files = {0};
	oak_rpm_conf_files(arena, conf->root, folder, "", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		const char *value = oak_root_line(arena, conf->root, files.list.v[i]);
		const char *name = strrchr(files.list.v[i], '/') + 1;
		if (value)
			oak_map_put(&conf->vars, name, (void *)(uintptr_t)value);
	}
}

/* Folders that KEY of [main] names, else the usual ones; all of them become inputs of the scan. One written with the root in
 * front (for a dnf --installroot) is the one below it; one that is not there is passed over. */
static void folders(struct oak_arena *arena, struct oak_rpm_conf *conf, const struct oak_ini *main, const char *key,
		    const char *const *usual, struct oak_words *ret)
{
	struct oak_words said = {0};
	size_t n = strlen(conf->root);
	oak_ini_words(arena, oak_ini_get(main, "main", key), &said);
	for (size_t i = 0; i < said.list.n; i++) {
		const char *path = said.list.v[i];
		path += n > 1 && oak_starts_with(path, conf->root) && path[n] == '/' ? n : 0;
		*oak_push(arena, &conf->elsewhere.list) = path;
		if (oak_root_exists(conf->root, path))
			*oak_push(arena, &ret->list) = path;
	}
	bool none = ret->list.n == 0;
	for (size_t i = 0; none && usual[i]; i++) {
		*oak_push(arena, &ret->list) = usual[i];
		*oak_push(arena, &conf->elsewhere.list) = usual[i];
	}
}

static void repos_load(struct oak_arena *arena, struct oak_rpm_conf *conf, const char *folder)
{
	struct oak_words files = {0};
	oak_rpm_conf_files(arena, conf->root, folder, ".repo", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		struct oak_ini ini;
		if (oak_rpm_conf_ini(arena, conf, files.list.v[i], &ini))
			oak_repos_from_ini(arena, conf, &ini, files.list.v[i]);
	}
}

void oak_yum_conf_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	static const char *const usual_vars[] = {"/etc/yum/vars", "/etc/dnf/vars", NULL};
	static const char *const usual_repos[] = {"/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d", NULL};
	/* yum.conf is a link to dnf.conf where both are there */
	const char *path = oak_root_exists(conf->root, "/etc/dnf/dnf.conf") ? "/etc/dnf/dnf.conf" : "/etc/yum.conf";
	struct oak_words vars = {0}, repos = {0};
	struct oak_rpm_conf quiet = {.root = conf->root}; /* what is wrong with the file is said below */
	struct oak_ini main = {0};
	(void)oak_rpm_conf_ini(arena, &quiet, path, &main);
	folders(arena, conf, &main, "varsdir", usual_vars, &vars);
	folders(arena, conf, &main, "reposdir", usual_repos, &repos);
	for (size_t i = 0; i < vars.list.n; i++)
		vars_load(arena, conf, vars.list.v[i]);
	for (size_t i = 0; i < repos.list.n; i++)
		repos_load(arena, conf, repos.list.v[i]);
	if (oak_root_exists(conf->root, path))
		main_load(arena, conf, path);
	oak_versionlock_load(arena, conf);
}

/* Excludes of [main] and of each repository as locks, so that one test answers for all kinds. */
static void excludes_to_locks(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	for (size_t i = 0; i < conf->excludes.list.n; i++)
		*oak_push(arena, &conf->locks) = (struct oak_lock){.kind = OAK_LOCK_EXCLUDE, .pattern = conf->excludes.list.v[i]};
	for (size_t r = 0; r < conf->repos.n; r++)
		for (size_t i = 0; i < conf->repos.v[r].excludes.list.n; i++)
			*oak_push(arena, &conf->locks) =
				(struct oak_lock){.kind = OAK_LOCK_EXCLUDE, .pattern = conf->repos.v[r].excludes.list.v[i], .repo = conf->repos.v[r].id};
}

void oak_rpm_conf_load(struct oak_arena *arena, const char *root, const char *family, const char *arch,
		       const char *releasever, struct oak_rpm_conf *ret)
{
	*ret = (struct oak_rpm_conf){.root = root, .suse = oak_streq(family, "suse"), .arch = arch, .obsoletes = true, .vendor_change = true,
				     .basearch = oak_rpm_basearch(arch), .releasever = releasever};
	oak_map_init(&ret->vars, arena, 16);
	oak_map_put(&ret->vars, "arch", (void *)(uintptr_t)arch);
	oak_map_put(&ret->vars, "basearch", (void *)(uintptr_t)ret->basearch);
	if (releasever)
		oak_map_put(&ret->vars, "releasever", (void *)(uintptr_t)releasever);
	if (ret->suse) {
		vars_load(arena, ret, "/etc/zypp/vars.d");
		oak_zypp_conf_load(arena, ret);
		oak_zypp_locks_load(arena, ret);
	} else {
		oak_yum_conf_load(arena, ret);
	}
	excludes_to_locks(arena, ret);
}
