/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a repository's metadata on this host, without changing anything. */
#include "scanners/rpm/metadata.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/stream.h"

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *oak_file_url_path(struct oak_arena *arena, const char *url)
{
	bool dir = oak_starts_with(url, "dir:");
	if (!dir && !oak_starts_with(url, "file:") && url[0] != '/')
		return NULL;
	const char *p = dir ? url + 4 : url[0] == '/' ? url : url + 5;
	if (oak_starts_with(p, "//localhost/"))
		p += 11;
	while (p[0] == '/' && p[1] == '/')
		p++;
	char *path = oak_arena_strdup(arena, p), *out = path;
	for (const char *in = path; *in; in++) {
		bool coded = in[0] == '%' && hex_value(in[1]) >= 0 && hex_value(in[2]) >= 0;
		*out++ = coded ? (char)(hex_value(in[1]) * 16 + hex_value(in[2])) : *in;
		in += coded ? 2 : 0;
	}
	*out = '\0';
	return path;
}

const char *oak_conf_path(struct oak_arena *arena, const char *root, const char *path)
{
	if (oak_root_exists(root, path))
		return oak_root_join(arena, root, path);
	return oak_fs_exists(path) ? path : NULL;
}

const char *oak_metadata_private_dir(struct oak_arena *arena, const char *cache_dir, const struct oak_rpm_repo *repo)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[65];
	oak_sha256(repo->id, strlen(repo->id), digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_printf(arena, "%s/repos/%.16s", cache_dir, hex);
}

/* One place where metadata may lie. */
struct place {
	const char *dir;
	bool flat;
	enum oak_metadata_source source;
};

static oak_time newest_in(const char *path)
{
	oak_time newest = OAK_TIME_NONE;
	struct stat st;
	DIR *dir = opendir(path);
	for (struct dirent *e; dir && (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.' && fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) && st.st_mtime > newest)
			newest = st.st_mtime;
	if (dir)
		closedir(dir);
	return newest;
}

static oak_time mtime_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? st.st_mtime : OAK_TIME_NONE;
}

/* The package manager's own stamp where there is one (zypp's cookie, yum's cachecookie), else the newest change. */
static oak_time fetched_at(struct oak_arena *arena, const struct place *place, oak_time now)
{
	static const char *const stamps[] = {".fetched", "cookie", "cachecookie"};
	if (place->source == OAK_METADATA_DIRECT)
		return now;
	for (size_t i = 0; i < sizeof(stamps) / sizeof(*stamps); i++) {
		oak_time t = mtime_of(oak_arena_printf(arena, "%s/%s", place->dir, stamps[i]));
		if (t != OAK_TIME_NONE)
			return t;
	}
	return newest_in(place->flat ? place->dir : oak_arena_printf(arena, "%s/repodata", place->dir));
}

static const char *repomd_path(struct oak_arena *arena, const struct place *place)
{
	return oak_arena_printf(arena, "%s/%srepomd.xml", place->dir, place->flat ? "" : "repodata/");
}

static int place_read(struct oak_arena *arena, const struct place *place, oak_time now, struct oak_metadata *ret,
		      struct oak_error *err)
{
	struct oak_metadata m = {.source = place->source, .dir = place->dir, .flat = place->flat,
				 .repomd_path = repomd_path(arena, place)};
	struct oak_buf text;
	unsigned char digest[OAK_SHA256_SIZE];
	oak_buf_init(&text, OAK_REPOMD_MAX);
	FILE *in = NULL;
	int result = oak_fs_read(m.repomd_path, &text, err);
	if (result == 0) {
		oak_sha256(oak_buf_text(&text), text.n, digest);
		oak_hex(digest, sizeof(digest), m.key);
		in = fmemopen(text.n ? text.p : (void *)(uintptr_t)" ", text.n ? text.n : 1, "r");
		result = in ? oak_repomd_parse(arena, in, m.repomd_path, &m.repomd, err) : -1;
	}
	if (in)
		fclose(in);
	oak_buf_done(&text);
	m.fetched_at = fetched_at(arena, place, now);
	if (result == 0)
		*ret = m;
	return result;
}

/* dnf: ID-<16 hex digits of the sha256 of the first source that is set>. */
static const char *dnf_name(struct oak_arena *arena, const struct oak_rpm_repo *repo)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[65];
	const char *source = repo->metalink	? repo->metalink
			     : repo->mirrorlist ? repo->mirrorlist
			     : repo->baseurls.n ? repo->baseurls.v[0]
						: repo->id;
	oak_sha256(source, strlen(source), digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_printf(arena, "%s-%.16s", repo->id, hex);
}

/* Folders of a cache that are called ID-<16 hex digits>: the exact one, else (a variable that we replace otherwise) the newest. */
static const char *dnf_folder(struct oak_arena *arena, const char *root, const char *cachedir, const struct oak_rpm_repo *repo)
{
	const char *exact = oak_arena_printf(arena, "%s/%s", cachedir, dnf_name(arena, repo)), *best = NULL;
	oak_time newest = OAK_TIME_NONE;
	size_t n = strlen(repo->id);
	if (oak_root_exists(root, oak_arena_printf(arena, "%s/repodata/repomd.xml", exact)))
		return oak_root_join(arena, root, exact);
	const char *folder = oak_root_join(arena, root, cachedir);
	DIR *dir = opendir(folder);
	for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
		const char *name = e->d_name;
		if (strncmp(name, repo->id, n) != 0 || name[n] != '-' || strspn(name + n + 1, "0123456789abcdef") != 16 || name[n + 17])
			continue;
		const char *path = oak_arena_printf(arena, "%s/%s", folder, name);
		oak_time t = mtime_of(oak_arena_printf(arena, "%s/repodata/repomd.xml", path));
		if (t > newest) {
			newest = t;
			best = path;
		}
	}
	if (dir)
		closedir(dir);
	return best;
}

static void host_places(struct oak_arena *arena, const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo, struct place ret[4])
{
	static const char *const caches[] = {"/var/cache/dnf", "/var/cache/libdnf5"};
	size_t n = 0;
	if (conf->suse) {
		char *alias = oak_arena_strdup(arena, repo->id);
		for (char *p = alias; *p; p++)
			if (*p == '/')
				*p = '_';
		const char *raw = oak_arena_printf(arena, "/var/cache/zypp/raw/%s", alias);
		ret[0] = (struct place){oak_root_join(arena, conf->root, raw), false, OAK_METADATA_HOST};
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		const char *dir = dnf_folder(arena, conf->root, i == 0 && conf->cachedir ? conf->cachedir : caches[i], repo);
		if (dir)
			ret[n++] = (struct place){dir, false, OAK_METADATA_HOST};
	}
	const char *yum = oak_arena_printf(arena, "/var/cache/yum/%s/%s/%s", conf->basearch, conf->releasever ? conf->releasever : "", repo->id);
	ret[n] = (struct place){oak_root_join(arena, conf->root, yum), true, OAK_METADATA_HOST};
}

static void add_place(struct oak_arena *arena, struct oak_words *ret, const char *dir)
{
	*oak_push(arena, &ret->list) = dir;
	*oak_push(arena, &ret->list) = oak_arena_printf(arena, "%s/repodata", dir);
}

void oak_metadata_places(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			 struct oak_words *ret)
{
	static const char *const caches[] = {"/var/cache/dnf", "/var/cache/libdnf5"};
	const struct oak_rpm_conf *conf = request->conf;
	struct place places[4] = {{0}};
	for (size_t i = 0; i < repo->baseurls.n; i++) { /* without the folder itself: it may hold a distribution's packages */
		const char *path = oak_file_url_path(arena, repo->baseurls.v[i]);
		if (path) {
			*oak_push(arena, &ret->list) = oak_arena_printf(arena, "%s/repodata", path);
			*oak_push(arena, &ret->list) = oak_root_join(arena, conf->root, oak_arena_printf(arena, "%s/repodata", path));
		}
	}
	add_place(arena, ret, oak_metadata_private_dir(arena, request->cache_dir, repo));
	host_places(arena, conf, repo, places);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (places[i].dir)
			add_place(arena, ret, places[i].dir);
	for (size_t i = 0; i < 2 && !conf->suse; i++) /* where they are looked for by name */
		*oak_push(arena, &ret->list) = oak_root_join(arena, conf->root, i == 0 && conf->cachedir ? conf->cachedir : caches[i]);
}

/* A file:// repository is read where it lies: what the package manager would see after a refresh. */
static const char *direct_dir(struct oak_arena *arena, const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo)
{
	for (size_t i = 0; i < repo->baseurls.n; i++) {
		const char *path = oak_file_url_path(arena, repo->baseurls.v[i]);
		const char *repomd = path ? oak_arena_printf(arena, "%s/repodata/repomd.xml", path) : NULL;
		if (path && oak_fs_exists(repomd))
			return path;
		if (path && oak_root_exists(conf->root, repomd))
			return oak_root_join(arena, conf->root, path);
	}
	return NULL;
}

static bool is_there(struct oak_arena *arena, const struct place *place)
{
	return place->dir && oak_fs_exists(repomd_path(arena, place));
}

static int read_verified(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			 const struct place *place, struct oak_metadata *ret, struct oak_error *err)
{
	enum oak_metadata_trust trust;
	struct oak_metadata m;
	if (place_read(arena, place, request->now, &m, err) < 0 ||
	    oak_metadata_verify(arena, request, repo, m.repomd_path, &trust, err) < 0)
		return -1;
	m.trust = trust;
	*ret = m;
	return 0;
}

/* What the package manager fetched it has checked as its configuration says. */
static bool host_checked(struct oak_arena *arena, const struct oak_metadata *m, const struct oak_rpm_conf *conf,
			 const struct oak_rpm_repo *repo)
{
	if (!conf->suse)
		return repo->repo_gpgcheck == 1;
	return repo->repo_gpgcheck != 0 && repo->gpgcheck != 0 && oak_fs_exists(oak_arena_printf(arena, "%s.asc", m->repomd_path));
}

static int fail_missing(const struct oak_rpm_repo *repo, struct oak_error *err)
{
	return oak_fail(err, OAK_NOT_FOUND, "rpm.metadata-missing", ENOENT,
			"no metadata of repository '%s': this host's package manager has none in its cache (run with --refresh)", repo->id);
}

int oak_metadata_find(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
		      struct oak_metadata *ret, struct oak_error *err)
{
	struct place places[6] = {{oak_metadata_private_dir(arena, request->cache_dir, repo), false, OAK_METADATA_PRIVATE}};
	struct place direct = {direct_dir(arena, request->conf, repo), false, OAK_METADATA_DIRECT};
	struct oak_metadata best = {.fetched_at = OAK_TIME_NONE}, m;
	bool found = false;
	if (direct.dir)
		return read_verified(arena, request, repo, &direct, ret, err);
	host_places(arena, request->conf, repo, places + 1);
	struct oak_error first = {0}, here;
	for (size_t i = 0; i < 5; i++) {
		if (!is_there(arena, &places[i]))
			continue;
		here = (struct oak_error){0};
		int result = places[i].source == OAK_METADATA_PRIVATE ? read_verified(arena, request, repo, &places[i], &m, &here)
								      : place_read(arena, &places[i], request->now, &m, &here);
		if (result < 0) {
			first = first.kind ? first : here;
			continue;
		}
		if (m.source == OAK_METADATA_HOST)
			m.trust = host_checked(arena, &m, request->conf, repo) ? OAK_TRUST_SIGNED : OAK_TRUST_NONE;
		if (!found || m.fetched_at > best.fetched_at)
			best = m;
		found = true;
	}
	if (found)
		*ret = best;
	else if (first.kind && err)
		*err = first;
	return found ? 0 : first.kind ? -1 : fail_missing(repo, err);
}

const char *oak_metadata_path(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type,
			      const struct oak_repomd_file **ret_file, bool *ret_missing)
{
	static const char *const suffixes[] = {"", "_zck"};
	*ret_missing = false;
	for (size_t s = 0; s < 2; s++) {
		const char *want = oak_arena_printf(arena, "%s%s", type, suffixes[s]);
		for (size_t i = 0; i < metadata->repomd.files.n; i++) {
			const struct oak_repomd_file *file = &metadata->repomd.files.v[i];
			if (!oak_streq(file->type, want))
				continue;
			const char *base = strrchr(file->location, '/');
			const char *path = oak_arena_printf(arena, "%s/%s", metadata->dir, metadata->flat && base ? base + 1 : file->location);
			*ret_file = file;
			if (oak_fs_exists(path))
				return path;
			*ret_missing = true;
		}
	}
	return NULL;
}
