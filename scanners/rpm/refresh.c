/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private copies of repository metadata: fetched aside, checked, switched by rename. */
#include "scanners/rpm/refresh.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/module.h"
#include "core/str.h"
#include "scanners/rpm/net.h"
#include "scanners/rpm/stream.h"

/* What a scan reads. Where a repository has zchunk alone, that is fetched, else the plain file beside it. */
static const char *const types[] = {"primary", "updateinfo", "modules", NULL};
enum { TYPES = sizeof(types) / sizeof(*types), AUTHORITIES_MAX = 16 * 1024 * 1024 };

/* Of our own cache: what stays is removed the next time. */
static void remove_tree(const char *path)
{
	struct oak_error ignored = {0};
	(void)!oak_fs_remove_tree(path, &ignored);
}

static bool is_local(struct oak_arena *arena, const struct oak_rpm_repo *repo)
{
	for (size_t i = 0; i < repo->baseurls.n; i++)
		if (!oak_file_url_path(arena, repo->baseurls.v[i]))
			return false;
	return repo->baseurls.n > 0 && !repo->mirrorlist && !repo->metalink;
}

/* A file that the configuration names, where it lies on this host. */
static int host_file(struct oak_arena *arena, const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo, const char *path,
		     const char **ret, struct oak_error *err)
{
	*ret = path ? oak_conf_path(arena, conf->root, path) : NULL;
	return path && !*ret ? oak_fail(err, OAK_NOT_FOUND, "rpm.config-file", ENOENT,
					"'%s' names the certificate or key '%s', which is not on this host", repo->file, path)
			     : 0;
}

/* zypp names a folder of authorities, curl takes a file: all of them in one, beside what is fetched. */
static int authorities(struct oak_arena *arena, const char *path, const char *dir, const char **ret, struct oak_error *err)
{
	DIR *folder = path ? opendir(path) : NULL;
	struct oak_buf all OAK_AUTO(oak_buf_done);
	oak_buf_init(&all, AUTHORITIES_MAX);
	*ret = path;
	if (!folder)
		return 0;
	for (struct dirent *e; (e = readdir(folder)) != NULL;)
		if (e->d_name[0] != '.' && oak_fs_read(oak_arena_printf(arena, "%s/%s", path, e->d_name), &all, NULL) == 0)
			oak_buf_addc(&all, '\n');
	closedir(folder);
	*ret = oak_arena_printf(arena, "%s.ca", dir);
	return oak_fs_write_atomic(*ret, all.p ? all.p : "", all.n, 0600, err);
}

static int download(struct oak_arena *arena, const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo,
		    const char *const *wanted, const char *dir, struct oak_error *err)
{
	OAK_VEC(const char *) urls = {0};
	for (size_t i = 0; i < repo->baseurls.n; i++)
		*oak_push(arena, &urls) = repo->baseurls.v[i];
	*oak_push(arena, &urls) = NULL;
	struct oak_fetch fetch = {.dir = dir, .urls = urls.v, .mirrorlist = repo->mirrorlist, .metalink = repo->metalink,
				  .ssl_verify = repo->ssl_verify != 0, .types = wanted, .proxy = repo->proxy,
				  .proxy_userpwd = repo->proxy_userpwd, .userpwd = repo->userpwd,
				  .signature = oak_metadata_signature_wanted(conf, repo)};
	if (host_file(arena, conf, repo, repo->ssl_ca, &fetch.ssl_ca, err) < 0 ||
	    host_file(arena, conf, repo, repo->ssl_cert, &fetch.ssl_cert, err) < 0 ||
	    host_file(arena, conf, repo, repo->ssl_key, &fetch.ssl_key, err) < 0 || authorities(arena, fetch.ssl_ca, dir, &fetch.ssl_ca, err) < 0)
		return -1;
	const struct oak_rpm_net *net = oak_module_symbol("rpmnet", "oak_rpm_net", err);
	int result = net ? net->fetch(&fetch, err) : -1;
	if (fetch.ssl_ca && oak_starts_with(fetch.ssl_ca, dir))
		unlink(fetch.ssl_ca);
	return result;
}

static int read_fresh(struct oak_arena *arena, const char *dir, struct oak_metadata *ret, struct oak_error *err)
{
	struct oak_metadata m = {.dir = dir, .repomd_path = oak_arena_printf(arena, "%s/repodata/repomd.xml", dir)};
	FILE *in = fopen(m.repomd_path, "re");
	if (!in)
		return oak_fail_errno(err, "rpm.metadata-missing", "cannot open '%s'", m.repomd_path);
	int result = oak_repomd_parse(arena, in, m.repomd_path, &m.repomd, err);
	fclose(in);
	if (result == 0)
		*ret = m;
	return result;
}

static int check_files(struct oak_arena *arena, const struct oak_metadata *m, struct oak_error *err)
{
	int result = 0;
	for (size_t i = 0; types[i] && result == 0; i++) {
		const struct oak_repomd_file *file;
		bool missing;
		const char *path = oak_metadata_path(arena, m, types[i], &file, &missing);
		if (path)
			result = oak_metadata_check(path, file, err);
		else if (missing)
			result = oak_fail(err, OAK_IO, "rpm.metadata-incomplete", 0, "'%s' names a %s file that no mirror has", m->repomd_path, types[i]);
	}
	return result;
}

/* Once for the plain files; once more, by their own names, where only zchunk is there. */
static int fetch_files(struct oak_arena *arena, const struct oak_rpm_conf *conf, const struct oak_rpm_repo *repo, const char *fresh,
		       struct oak_error *err)
{
	const char *wanted[TYPES] = {NULL};
	struct oak_metadata m;
	bool zchunk = false;
	if (download(arena, conf, repo, types, fresh, err) < 0 || read_fresh(arena, fresh, &m, err) < 0)
		return -1;
	for (size_t i = 0; types[i]; i++) {
		const struct oak_repomd_file *file = oak_repomd_find(&m.repomd, types[i]);
		wanted[i] = file ? file->type : types[i];
		zchunk |= !oak_streq(wanted[i], types[i]);
	}
	if (zchunk) {
		remove_tree(fresh);
		if (oak_fs_mkdirs(fresh, 0700, err) < 0 || download(arena, conf, repo, wanted, fresh, err) < 0 ||
		    read_fresh(arena, fresh, &m, err) < 0)
			return -1;
	}
	return check_files(arena, &m, err);
}

static int put_in_place(struct oak_arena *arena, const char *fresh, const char *dir, struct oak_error *err)
{
	const char *old = oak_arena_printf(arena, "%s.old", dir);
	const char *stamp = oak_arena_printf(arena, "%s/.fetched", fresh);
	int fd = open(stamp, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", stamp);
	close(fd);
	remove_tree(old);
	(void)!rename(dir, old);
	if (rename(fresh, dir) < 0) {
		oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", fresh, dir);
		(void)!rename(old, dir);
		return -1;
	}
	remove_tree(old);
	return 0;
}

static int fetch_locked(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
			const char *dir, struct oak_error *err)
{
	enum oak_metadata_trust trust;
	const char *fresh = oak_arena_printf(arena, "%s.new", dir);
	remove_tree(fresh);
	if (oak_fs_mkdirs(fresh, 0700, err) < 0)
		return -1;
	int result = fetch_files(arena, request->conf, repo, fresh, err);
	if (result == 0)
		result = oak_metadata_verify(arena, request, repo, oak_arena_printf(arena, "%s/repodata/repomd.xml", fresh), &trust, err);
	if (result == 0)
		result = put_in_place(arena, fresh, dir, err);
	if (result < 0)
		remove_tree(fresh);
	return result;
}

int oak_rpm_refresh(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
		    struct oak_error *err)
{
	if (is_local(arena, repo))
		return 0;
	const char *dir = oak_metadata_private_dir(arena, request->cache_dir, repo);
	const char *lock = oak_arena_printf(arena, "%s.lock", dir);
	if (oak_fs_mkdirs(oak_arena_printf(arena, "%s/repos", request->cache_dir), 0700, err) < 0)
		return -1;
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0) {
		oak_fail_errno(err, "file.write", "cannot lock '%s'", lock);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	int result = fetch_locked(arena, request, repo, dir, err);
	close(fd);
	return result < 0 ? oak_context(err, "cannot refresh repository '%s'", repo->id) : 0;
}
