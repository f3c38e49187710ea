/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installed packages, then the configuration that they decide on (arch, releasever), then the keys to caches. */
#include "scanners/rpm/world.h"

#include <stdlib.h>
#include <sys/utsname.h>

#include "core/hash.h"
#include "core/str.h"
#include "scanners/os_release.h"
#include "scanners/root.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the installed packages and the digest of their sorted set: an update that changes versions only keeps the caches. */
static void names_gather(struct oak_rpm_world *w)
{
	size_t n = w->installed.packages.n;
	const char **sorted = oak_arena_alloc(w->arena, (n + 1) * sizeof(*sorted));
	unsigned char digest[OAK_SHA256_SIZE];
	struct oak_hasher *hasher = oak_sha256_new();
	oak_map_init(&w->names, w->arena, n);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = w->installed.packages.v[i].name;
		oak_map_put(&w->names, sorted[i], (void *)(uintptr_t)sorted[i]);
	}
	qsort(sorted, n, sizeof(*sorted), by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !oak_streq(sorted[i], sorted[i - 1]))
			oak_hasher_add(hasher, sorted[i], strlen(sorted[i]) + 1);
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), w->names_digest);
}

/* /etc/rpm/platform says it outright ("x86_64-redhat-linux"); else what most installed packages are built for; else ours. */
static const char *arch_of(struct oak_rpm_world *w, const char *root)
{
	struct utsname host;
	const char *platform = oak_root_line(w->arena, root, "/etc/rpm/platform");
	if (platform && strchr(platform, '-'))
		return oak_arena_strndup(w->arena, platform, strcspn(platform, "-"));
	if (w->installed.arch)
		return w->installed.arch;
	return uname(&host) == 0 ? oak_arena_strdup(w->arena, host.machine) : "noarch";
}

int oak_rpm_world_load(struct oak_arena *arena, const struct oak_scan_request *request, struct oak_rpm_world *ret,
		       struct oak_error *err)
{
	struct oak_os_release os;
	*ret = (struct oak_rpm_world){.arena = arena, .archives = request->archives, .archive_count = request->archive_count, .all_versions = request->all_versions};
	setenv("HOME", request->cache_dir, 1); /* rpm's and gpg's files of the caller must not matter */
	if (oak_rpmdb_find(request->root, &ret->db, err) < 0 ||
	    oak_rpmdb_load(arena, &ret->db, request->cache_dir, &ret->installed, err) < 0)
		return -1;
	oak_os_release_load(arena, request->root, &os);
	const char *releasever = ret->installed.releasever ? ret->installed.releasever : os.version_id;
	oak_rpm_conf_load(arena, request->root, os.family, arch_of(ret, request->root), releasever, &ret->conf);
	ret->metadata = (struct oak_metadata_request){&ret->conf, request->cache_dir, request->now, ret->installed.keys.v, ret->installed.keys.n};
	names_gather(ret);
	return 0;
}
