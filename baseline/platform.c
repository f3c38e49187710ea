/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which operating system of a baseline a platform is, and its product name. */
#include "baseline/baseline.h"
#include "baseline/baseline_names.h"
#include "core/str.h"

/* ID of os-release to operating system. */
static const struct {
	const char *id;
	enum oak_os os;
} ids[] = {
	{"ubuntu", OAK_OS_UBUNTU},	 {"linuxmint", OAK_OS_UBUNTU},
	{"pop", OAK_OS_UBUNTU},		 {"neon", OAK_OS_UBUNTU},
	{"elementary", OAK_OS_UBUNTU},	 {"zorin", OAK_OS_UBUNTU},
	{"raspbian", OAK_OS_RASPBIAN},	 {"debian", OAK_OS_DEBIAN},
	{"rhel", OAK_OS_REDHAT_ENTERPRISE_LINUX},
	{"centos", OAK_OS_CENTOS},	 {"ol", OAK_OS_ORACLE_LINUX},
	{"rocky", OAK_OS_ROCKY_LINUX},	 {"almalinux", OAK_OS_ALMA_LINUX},
	{"fedora", OAK_OS_FEDORA},	 {"sles", OAK_OS_SUSE},
	{"sled", OAK_OS_SUSE},		 {"suse", OAK_OS_SUSE},
	{"opensuse", OAK_OS_SUSE},	 {"windows", OAK_OS_WINDOWS},
	{"macos", OAK_OS_MACOS},
};

/* What a platform is taken for when its id is in no table: the family's plainest member. */
static const struct {
	const char *family;
	enum oak_os os;
} families[] = {
	{"debian", OAK_OS_DEBIAN},   {"rhel", OAK_OS_REDHAT_ENTERPRISE_LINUX}, {"suse", OAK_OS_SUSE},
	{"windows", OAK_OS_WINDOWS}, {"macos", OAK_OS_MACOS},
};

static int amazon(const char *version)
{
	static const struct {
		const char *prefix;
		enum oak_os os;
	} versions[] = {
		{"2022", OAK_OS_AMAZON_LINUX_2022},
		{"201", OAK_OS_AMAZON_LINUX}, /* 2012.03 … 2018.03 */
	};
	for (size_t i = 0; version && i < sizeof(versions) / sizeof(*versions); i++)
		if (oak_starts_with(version, versions[i].prefix))
			return (int)versions[i].os;
	if (version && (oak_streq(version, "2") || oak_starts_with(version, "2.")))
		return OAK_OS_AMAZON_LINUX_2;
	return OAK_OS_AMAZON_LINUX_2023; /* and what comes after it */
}

int oak_os_of_platform(const struct oak_platform *platform)
{
	const char *id = platform->id ? platform->id : "", *family = platform->family ? platform->family : "";
	if (oak_strcaseeq(id, "amzn") || oak_strcaseeq(family, "amazon"))
		return amazon(platform->version);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (oak_strcaseeq(id, ids[i].id))
			return (int)ids[i].os;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (oak_strcaseeq(family, families[i].family))
			return (int)families[i].os;
	return oak_starts_with(id, "opensuse") ? OAK_OS_SUSE : -1;
}

/* What a stranger may call a family in a recorded inventory: our own names first, then the package managers' and the distributions'. */
static const struct {
	const char *said, *family;
} family_names[] = {
	{"debian", "debian"},	{"rhel", "rhel"},   {"amazon", "amazon"}, {"suse", "suse"},    {"windows", "windows"},
	{"macos", "macos"},	{"deb", "debian"},  {"dpkg", "debian"},	  {"apt", "debian"},   {"ubuntu", "debian"},
	{"raspbian", "debian"}, {"redhat", "rhel"}, {"fedora", "rhel"},	  {"centos", "rhel"},  {"almalinux", "rhel"},
	{"rocky", "rhel"},	{"ol", "rhel"},	    {"amzn", "amazon"},	  {"sles", "suse"},    {"opensuse", "suse"},
	{"zypper", "suse"},	{"zypp", "suse"},   {"win", "windows"},	  {"darwin", "macos"}, {"rpm", "rhel"},
	{"dnf", "rhel"},	{"yum", "rhel"},
};

enum { OWN_FAMILIES = 6 };

static const char *family_of_os(int os)
{
	switch (os) {
	case OAK_OS_DEBIAN:
	case OAK_OS_UBUNTU:
	case OAK_OS_RASPBIAN:
		return "debian";
	case OAK_OS_AMAZON_LINUX:
	case OAK_OS_AMAZON_LINUX_2:
	case OAK_OS_AMAZON_LINUX_2022:
	case OAK_OS_AMAZON_LINUX_2023:
		return "amazon";
	case OAK_OS_SUSE:
		return "suse";
	case OAK_OS_WINDOWS:
		return "windows";
	case OAK_OS_MACOS:
		return "macos";
	default:
		return os < 0 ? NULL : "rhel";
	}
}

const char *oak_family_of_platform(const struct oak_platform *platform)
{
	const char *said = platform->family ? platform->family : "", *family;
	struct oak_platform by_id = {.id = platform->id, .version = platform->version};

	for (size_t i = 0; i < OWN_FAMILIES; i++)
		if (oak_strcaseeq(said, family_names[i].said))
			return family_names[i].family;
	family = family_of_os(oak_os_of_platform(&by_id)); /* "rpm" alone does not tell SUSE from Red Hat */
	if (family)
		return family;
	for (size_t i = OWN_FAMILIES; i < sizeof(family_names) / sizeof(*family_names); i++)
		if (oak_strcaseeq(said, family_names[i].said))
			return family_names[i].family;
	return platform->family;
}

/* Product names: a prefix and how much of the version follows. */
enum version_part { WHOLE, MAJOR, NOTHING };
static const struct {
	const char *prefix;
	enum version_part part;
} products[OAK_OS_COUNT] = {
	[OAK_OS_WINDOWS] = {"Windows", NOTHING},
	[OAK_OS_AMAZON_LINUX] = {"AmazonLinux", WHOLE},
	[OAK_OS_AMAZON_LINUX_2] = {"AmazonLinux2", NOTHING},
	[OAK_OS_AMAZON_LINUX_2022] = {"AmazonLinux2022", NOTHING},
	[OAK_OS_AMAZON_LINUX_2023] = {"AmazonLinux", MAJOR},
	[OAK_OS_UBUNTU] = {"Ubuntu", WHOLE},
	[OAK_OS_REDHAT_ENTERPRISE_LINUX] = {"RedhatEnterpriseLinux", WHOLE},
	[OAK_OS_SUSE] = {"Suse", WHOLE},
	[OAK_OS_CENTOS] = {"CentOS", WHOLE},
	[OAK_OS_ORACLE_LINUX] = {"OracleLinux", WHOLE},
	[OAK_OS_DEBIAN] = {"Debian", MAJOR},
	[OAK_OS_MACOS] = {"MacOS", WHOLE},
	[OAK_OS_RASPBIAN] = {"Raspbian", MAJOR},
	[OAK_OS_ROCKY_LINUX] = {"RockyLinux", WHOLE},
	[OAK_OS_ALMA_LINUX] = {"AlmaLinux", WHOLE},
	[OAK_OS_FEDORA] = {"Fedora", MAJOR},
};

/* Windows by version and lowest build; the first row that fits, highest build first. */
static const struct {
	const char *version;
	int64_t build;
	const char *product;
} windows[] = {
	{"10.0", 26100, "WindowsServer2025"}, {"10.0", 22000, "Windows11"},	    {"10.0", 20349, "Windows11"},
	{"10.0", 20348, "WindowsServer2022"}, {"10.0", 17764, "Windows10"},	    {"10.0", 17763, "WindowsServer2019"},
	{"10.0", 14394, "Windows10"},	      {"10.0", 14393, "WindowsServer2016"}, {"10.0", 0, "Windows10"},
	{"6.3", 0, "WindowsServer2012R2"},    {"6.2", 0, "WindowsServer2012"},	    {"6.1", 0, "WindowsServer2008R2"},
	{"6.0", 0, "WindowsServer2008"},
};

static const char *windows_product(const char *version)
{
	struct oak_str rest = oak_str_of(version), major = {0}, minor = {0}, build = {0};
	int64_t number = 0;
	if (!oak_str_next(&rest, '.', &major) || !oak_str_next(&rest, '.', &minor))
		return "Windows";
	if (oak_str_next(&rest, '.', &build) && !oak_parse_int(build, 0, INT32_MAX, &number))
		number = 0;
	struct oak_str both = {version, major.n + 1 + minor.n};
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++)
		if (oak_str_eq(both, oak_str_of(windows[i].version)) && number >= windows[i].build)
			return windows[i].product;
	return "Windows";
}

const char *oak_product_of_platform(struct oak_arena *arena, const struct oak_platform *platform)
{
	int os = oak_os_of_platform(platform);
	const char *version = platform->version ? platform->version : "";
	if (os < 0)
		return oak_arena_printf(arena, "%s%s", platform->id ? platform->id : "", version);
	if (os == OAK_OS_WINDOWS)
		return windows_product(version);
	size_t n = products[os].part == WHOLE   ? strlen(version)
		   : products[os].part == MAJOR ? strcspn(version, ".")
						: 0;
	return oak_arena_printf(arena, "%s%.*s", products[os].prefix, (int)n, version);
}
