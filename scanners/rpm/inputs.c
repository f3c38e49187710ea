/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of a scan's inputs; each path below the root also where its links lead inside of that root. */
#include "scanners/rpm/inputs.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <rpm/rpmlib.h>
#include <solv/pool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"
#include "scanners/root.h"

/* Read by the backend itself, whatever the configuration says. Folders count with what lies in them. */
static const char *const always[] = {
	"/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite-wal", "/var/lib/rpm/Packages.db", "/var/lib/rpm/Packages",
	"/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "/usr/lib/sysimage/rpm/Packages.db",
	"/usr/lib/sysimage/rpm/Packages", "/etc/rpm/platform", "/etc/os-release", "/usr/lib/os-release", NULL,
};
static const char *const of_dnf[] = {
	"/etc/yum.repos.d", "/etc/dnf", "/etc/yum.conf", "/etc/yum/vars", "/etc/dnf/vars", "/etc/dnf/plugins",
	"/etc/yum/pluginconf.d", "/etc/dnf/modules.d", "/etc/dnf/modules.defaults.d",
	"/usr/lib/sysimage/libdnf5/packages.toml", "/var/lib/dnf/history.sqlite", NULL,
};
static const char *const of_zypp[] = {
	"/etc/zypp", "/etc/zypp/repos.d", "/etc/zypp/services.d", "/etc/zypp/vars.d", "/etc/zypp/vendors.d", "/etc/zypp/multiversion.d", "/usr/etc/zypp", "/var/lib/zypp/AutoInstalled", NULL,
};

struct inputs {
	struct oak_arena *arena;
	const char *root;
	struct oak_paths *out;
	bool unsure;
};

static void add_plain(struct inputs *in, const char *path)
{
	*oak_push(in->arena, &in->out->v) = oak_arena_strdup(in->arena, path);
}

/* What FD is, by its own path. */
static const char *path_of(struct inputs *in, int fd)
{
	char link[64], path[4096];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path));
	return n > 0 && (size_t)n < sizeof(path) ? oak_arena_strndup(in->arena, path, (size_t)n) : NULL;
}

/* A link that means one file to us and another to the system below the root: the latter, and the folder of the link. */
static void add_as_seen_below(struct inputs *in, const char *joined, int fd)
{
	struct stat plain, below;
	bool same = stat(joined, &plain) == 0 && fstat(fd, &below) == 0 && plain.st_dev == below.st_dev && plain.st_ino == below.st_ino;
	const char *real = same ? NULL : path_of(in, fd);
	if (same)
		return;
	in->unsure |= !real;
	if (real) {
		add_plain(in, real);
		add_plain(in, oak_arena_strndup(in->arena, joined, (size_t)(strrchr(joined, '/') - joined) + 1));
	}
}

static void add(struct inputs *in, const char *path)
{
	const char *joined = oak_root_join(in->arena, in->root, path);
	add_plain(in, joined);
	int fd = oak_streq(in->root, "/") ? -1 : oak_root_open(in->root, path, O_PATH);
	if (fd < 0)
		return;
	add_as_seen_below(in, joined, fd);
	close(fd);
}

/* A folder, and the targets of the links in it. */
static void add_folder(struct inputs *in, const char *path)
{
	add(in, path);
	int fd = oak_streq(in->root, "/") ? -1 : oak_root_open(in->root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		struct stat st;
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
			add(in, oak_arena_printf(in->arena, "%s/%s", path, e->d_name));
	}
	closedir(dir);
}

static void add_repository(struct inputs *in, const struct oak_rpm_world *world, const struct oak_rpm_repo *repo)
{
	struct oak_words places = {0};
	oak_metadata_places(in->arena, &world->metadata, repo, &places);
	for (size_t i = 0; i < places.list.n; i++)
		add_plain(in, places.list.v[i]);
	for (size_t i = 0; i < repo->gpgkeys.list.n; i++) {
		const char *path = oak_file_url_path(in->arena, repo->gpgkeys.list.v[i]);
		if (path) {
			add_plain(in, path);
			add_plain(in, oak_root_join(in->arena, in->root, path));
		}
	}
}

/* The file that holds the code at ADDRESS: another version of it may answer otherwise. */
static void add_library(struct inputs *in, const void *address)
{
	Dl_info info;
	if (dladdr(address, &info) && info.dli_fname)
		add_plain(in, info.dli_fname);
}

void oak_rpm_inputs(struct oak_arena *arena, const struct oak_scan_request *request, const struct oak_rpm_world *world,
		    const void *code, struct oak_paths *ret)
{
	struct inputs in = {arena, request->root, ret, false};
	const char *const *lists[] = {always, world->conf.suse ? of_zypp : of_dnf};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; lists[k][i]; i++)
			add_folder(&in, lists[k][i]);
	for (size_t i = 0; i < world->conf.elsewhere.list.n; i++)
		add_folder(&in, world->conf.elsewhere.list.v[i]);
	for (size_t i = 0; i < world->conf.repos.n; i++)
		if (world->conf.repos.v[i].enabled)
			add_repository(&in, world, &world->conf.repos.v[i]);
	add_library(&in, code);
	add_library(&in, (const void *)rpmReadConfigFiles);
	add_library(&in, (const void *)pool_create);
	if (in.unsure)
		*ret = (struct oak_paths){.v = {0}};
}
