/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables from what a system calls itself to what AWS's packages call it. */
#include "distributor/package/platform.h"

#include <string.h>

#include "core/str.h"
#include "scanners/os_release.h"

const char *oak_package_arch(const char *machine)
{
	static const char *const names[][2] = {
		{"amd64", "x86_64"},  {"x86_64", "x86_64"}, {"aarch64", "arm64"},  {"arm64", "arm64"}, {"i386", "386"},
		{"i486", "386"},      {"i586", "386"},	    {"i686", "386"},	   {"armhf", "arm"},   {"armel", "arm"},
		{"armv7l", "arm"},    {"armv6l", "arm"},    {"ppc64el", "ppc64le"}, {"ppc64le", "ppc64le"}, {"loongarch64", "loong64"},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_strcaseeq(names[i][0], machine))
			return names[i][1];
	return machine;
}

void oak_package_family(const char *platform, const char **ret_family, const char **ret_manager)
{
	static const struct {
		const char *platform, *family, *manager;
	} table[] = {
		{"debian", "debian", "apt"},	   {"ubuntu", "debian", "apt"},	      {"raspbian", "debian", "apt"},
		{"redhat", "rhel", "yum"},	   {"centos", "rhel", "yum"},	      {"amazon", "rhel", "yum"},
		{"oracle", "rhel", "yum"},	   {"rocky", "rhel", "yum"},	      {"almalinux", "rhel", "yum"},
		{"fedora", "fedora", "dnf"},	   {"alpine", "alpine", "alpine"},    {"suse", "suse", "zypper"},
		{"opensuse", "suse", "zypper"},	   {"opensuseleap", "suse", "zypper"}, {"gentoo", "gentoo", "emerge"},
		{"arch", "arch", "pacman"},	   {"windows", "windows", "windows"}, {"mac_os_x", "mac_os_x", "mac_os_x"},
	};
	*ret_family = *ret_manager = "";
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (oak_streq(table[i].platform, platform)) {
			*ret_family = table[i].family;
			*ret_manager = table[i].manager;
		}
}

/* ID of os-release to Ohai's name; NULL = the same. */
static const char *ohai_name(const char *id, const char *name)
{
	static const char *const names[][2] = {
		{"rhel", "redhat"}, {"ol", "oracle"}, {"amzn", "amazon"}, {"sles", "suse"}, {"suse", "suse"},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_streq(names[i][0], id))
			return names[i][1];
	if ((oak_streq(id, "opensuse") || oak_streq(id, "opensuse-leap")) && name && oak_strcasestr(name, "leap"))
		return "opensuseleap";
	return id;
}

static bool from_os_release(struct oak_arena *arena, const char *text, const char **ret_platform, const char **ret_version)
{
	struct oak_os_release os;
	oak_os_release_parse(arena, text, strlen(text), &os);
	if (!os.id && !os.version_id)
		return false;
	*ret_platform = os.id ? ohai_name(os.id, os.name) : "";
	*ret_version = os.version_id ? os.version_id : "";
	return true;
}

/* DISTRIB_ID=Ubuntu, DISTRIB_RELEASE=17.04 */
static bool from_lsb_release(struct oak_arena *arena, const char *text, const char **ret_platform, const char **ret_version)
{
	struct oak_str rest = oak_str_of(text), line;
	const char *id = NULL, *release = NULL;
	while (oak_str_next(&rest, '\n', &line)) {
		const char *copy = oak_arena_strndup(arena, line.p, line.n), *equals = strchr(copy, '=');
		if (!equals)
			continue;
		struct oak_str value = oak_str_trim(oak_str_of(equals + 1));
		if (value.n >= 2 && (*value.p == '"' || *value.p == '\''))
			value = (struct oak_str){value.p + 1, value.n - 2};
		if (oak_starts_with(copy, "DISTRIB_ID="))
			id = oak_arena_strndup(arena, value.p, value.n);
		if (oak_starts_with(copy, "DISTRIB_RELEASE="))
			release = oak_arena_strndup(arena, value.p, value.n);
	}
	if (!id && !release)
		return false;
	char *lower = oak_arena_strdup(arena, id ? id : "");
	for (char *p = lower; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	*ret_platform = lower;
	*ret_version = release ? release : "";
	return true;
}

bool oak_package_platform_parse(struct oak_arena *arena, const char *os_release, const char *lsb_release, const char **ret_platform,
				const char **ret_version)
{
	return (os_release && from_os_release(arena, os_release, ret_platform, ret_version)) ||
	       (lsb_release && from_lsb_release(arena, lsb_release, ret_platform, ret_version));
}
