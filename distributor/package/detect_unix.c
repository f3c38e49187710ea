/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detection rules on Linux: files, dpkg's status, rpm's database, units and init scripts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baseline/evaluate.h"
#include "core/exec.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/detect.h"

enum { STATUS_MAX = 64 * 1024 * 1024, ANSWER_MAX = 4096, TOOL_S = 60 };

static bool no(const char **ret_why, const char *why)
{
	*ret_why = why;
	return false;
}

/* A PATH of the system ROOT; its links lead within ROOT only as far as the kernel of ROOT would follow them, so none are followed at the end. */
static bool detect_file(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	const char *path = oak_streq(root, "/") ? rule->path : oak_arena_printf(arena, "%s%s", root, rule->path);
	return oak_detect_file(arena, path, rule, ret_why);
}

static bool at_least(struct oak_arena *arena, const char *what, const char *have, const char *want, int order, const char **ret_why)
{
	if (!want || order >= 0)
		return true;
	return no(ret_why, oak_arena_printf(arena, "'%s' is %s, and %s is needed", what, have, want));
}

static bool detect_dpkg(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	const char *path = oak_arena_printf(arena, "%s/var/lib/dpkg/status", oak_streq(root, "/") ? "" : root), *version = NULL;
	oak_buf_init(&text, STATUS_MAX);
	if (oak_fs_read(path, &text, NULL) == 0)
		version = oak_detect_dpkg_version(arena, oak_buf_text(&text), text.n, rule->name);
	if (!version)
		return no(ret_why, oak_arena_printf(arena, "dpkg has no '%s'", rule->name));
	return at_least(arena, rule->name, version, rule->version, rule->version ? oak_evr_compare_deb(version, rule->version) : 0, ret_why);
}

static bool has_rpm(const char *root)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/usr/bin/rpm", root);
	return access(path, X_OK) == 0;
}

static bool detect_rpm(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	bool own = oak_streq(root, "/"), inside = !own && geteuid() == 0 && has_rpm(root);
	const char *sysimage = oak_arena_printf(arena, "%s/usr/lib/sysimage/rpm", own ? "" : root);
	const char *db = oak_fs_is_dir(sysimage) ? "/usr/lib/sysimage/rpm" : "/var/lib/rpm";
	const char *const argv[] = {"rpm", "--dbpath", db, "-q", "--qf", "%{EVR}\n", rule->name, inside || own ? NULL : "--root", root, NULL};
	const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/root", NULL};
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, ANSWER_MAX);
	const struct oak_exec command = {.argv = argv, .env = env, .chroot = inside ? root : NULL, .dir = "/", .timeout_s = TOOL_S, .out = &out};
	struct oak_exec_result result = {.code = -1};
	if (oak_exec(&command, &result, NULL) < 0)
		return no(ret_why, "rpm cannot be asked");
	if (result.code != 0)
		return no(ret_why, oak_arena_printf(arena, "rpm has no '%s'", rule->name));
	struct oak_str rest = {out.p, out.n}, line = {NULL, 0};
	oak_str_next(&rest, '\n', &line);
	const char *version = oak_arena_strndup(arena, line.p ? line.p : "", line.n);
	return at_least(arena, rule->name, version, rule->version, rule->version ? oak_evr_compare_rpm(version, rule->version) : 0, ret_why);
}

static bool has_unit(struct oak_arena *arena, const char *root, const char *name)
{
	static const char *const folders[] = {"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
					      "/etc/init.d"};
	const char *at = oak_streq(root, "/") ? "" : root, *unit = strchr(name, '.') ? "" : ".service";
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct stat st;
		const char *path = oak_arena_printf(arena, "%s%s/%s%s", at, folders[i], name, i < 4 ? unit : "");
		if (lstat(path, &st) == 0)
			return true;
	}
	return false;
}

static bool detect_service(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	const char *const argv[] = {"systemctl", "is-active", "--quiet", "--", rule->name, NULL};
	if (!oak_package_name_check(rule->name) && strchr(rule->name, '/'))
		return no(ret_why, oak_arena_printf(arena, "'%s' is no service", rule->name));
	if (!has_unit(arena, root, rule->name))
		return no(ret_why, oak_arena_printf(arena, "there is no service '%s'", rule->name));
	if (!oak_streq(rule->value, "running"))
		return true;
	if (!oak_streq(root, "/"))
		return no(ret_why, oak_arena_printf(arena, "whether service '%s' runs cannot be told of a folder", rule->name));
	const struct oak_exec command = {.argv = argv, .timeout_s = TOOL_S};
	struct oak_exec_result result = {.code = -1};
	if (oak_exec(&command, &result, NULL) < 0 || result.code != 0)
		return no(ret_why, oak_arena_printf(arena, "service '%s' does not run", rule->name));
	return true;
}

static bool detect_registry(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	(void)root;
	return no(ret_why, oak_arena_printf(arena, "'%s': this system has no registry", rule->path));
}

bool oak_detect_rule(struct oak_arena *arena, const char *root, const struct oak_package_detect *rule, const char **ret_why)
{
	static bool (*const kinds[OAK_DETECT_COUNT])(struct oak_arena *, const char *, const struct oak_package_detect *, const char **) = {
		[OAK_DETECT_FILE] = detect_file,       [OAK_DETECT_DPKG] = detect_dpkg,		[OAK_DETECT_RPM] = detect_rpm,
		[OAK_DETECT_SERVICE] = detect_service, [OAK_DETECT_REGISTRY] = detect_registry,
	};
	return kinds[rule->kind](arena, root, rule, ret_why);
}
