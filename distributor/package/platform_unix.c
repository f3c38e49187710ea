/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at a Linux system: os-release, then lsb-release, then the distributions' own files. */
#include <sys/utsname.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "distributor/package/platform.h"
#include "scanners/root.h"

enum { RELEASE_MAX = 64 * 1024 };

static const char *read_text(struct oak_arena *arena, const char *root, const char *path)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, RELEASE_MAX);
	return oak_root_read(root, path, &buf) < 0 ? NULL : oak_arena_strdup(arena, oak_buf_text(&buf));
}

/* "Red Hat Enterprise Linux Server release 6.10 (Santiago)": the words before, the last number in it. */
static bool redhatish(struct oak_arena *arena, const char *line, const char **ret_platform, const char **ret_version)
{
	static const char *const words[][2] = {
		{"red hat enterprise linux", "redhat"}, {"oracle linux", "oracle"},   {"centos", "centos"}, {"rocky", "rocky"},
		{"almalinux", "almalinux"},		{"fedora", "fedora"},	      {"amazon linux", "amazon"},
		{"bottlerocket", "bottlerocket"},
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!oak_strcasestr(line, words[i][0]))
			continue;
		const char *p = line + strlen(line);
		while (p > line && !(p[-1] == ' ' && *p >= '0' && *p <= '9'))
			p--;
		*ret_platform = words[i][1];
		*ret_version = oak_arena_strndup(arena, p, p == line ? 0 : strspn(p, "0123456789."));
		return **ret_version != '\0';
	}
	return false;
}

static bool from_own_files(struct oak_arena *arena, const char *root, const char **ret_platform, const char **ret_version)
{
	static const struct {
		const char *path, *platform;
	} files[] = {
		{"/etc/debian_version", "debian"}, {"/etc/bottlerocket-release", NULL}, {"/etc/redhat-release", NULL},
		{"/etc/system-release", NULL},	   {"/etc/alpine-release", "alpine"},
	};
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *line = oak_root_line(arena, root, files[i].path);
		if (!line)
			continue;
		if (!files[i].platform)
			return redhatish(arena, line, ret_platform, ret_version);
		*ret_platform = files[i].platform;
		*ret_version = line;
		return true;
	}
	return false;
}

static const char *init_system(struct oak_arena *arena, const char *root)
{
	static const char *const marks[][2] = {
		{"/run/systemd/system", "systemd"},  {"/run/openrc", "openrc"},		   {"/sbin/initctl", "upstart"},
		{"/bin/systemctl", "systemd"},	     {"/usr/bin/systemctl", "systemd"},	   {"/sbin/update-rc.d", "updatercd"},
		{"/usr/sbin/update-rc.d", "updatercd"}, {"/sbin/chkconfig", "chkconfig"}, {"/usr/sbin/chkconfig", "chkconfig"},
	};
	const char *first = oak_root_line(arena, root, "/proc/1/comm");
	if (first && strstr(first, "systemd"))
		return "systemd";
	const char *group = oak_root_line(arena, root, "/proc/1/cgroup");
	if (group && strstr(group, "docker"))
		return "docker";
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (oak_root_exists(root, marks[i][0]))
			return marks[i][1];
	return "";
}

int oak_package_host_detect(struct oak_arena *arena, const char *root, struct oak_package_host *ret, struct oak_error *err)
{
	struct oak_package_host host = {0};
	struct utsname system;
	const char *os = read_text(arena, root, "/etc/os-release");
	if (!os)
		os = read_text(arena, root, "/usr/lib/os-release");
	if (!oak_package_platform_parse(arena, os, read_text(arena, root, "/etc/lsb-release"), &host.platform, &host.version) &&
	    !from_own_files(arena, root, &host.platform, &host.version))
		return oak_fail(err, OAK_UNSUPPORTED, "package.platform", 0,
				"cannot tell the platform of '%s': it has no os-release file (give --platform and --platform-version)", root);
	if (oak_streq(host.platform, "bottlerocket") || oak_streq(host.platform, "flatcar"))
		return oak_fail(err, OAK_UNSUPPORTED, "package.platform", 0, "packages cannot be installed on %s: its system is read-only",
				host.platform);
	host.arch = oak_arena_strdup(arena, uname(&system) == 0 ? oak_package_arch(system.machine) : "");
	host.init_system = init_system(arena, root);
	oak_package_family(host.platform, &host.family, &host.package_manager);
	*ret = host;
	return 0;
}
