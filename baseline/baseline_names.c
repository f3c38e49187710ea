/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of operating systems, filter keys and their words; patch-semantics (a.1), (a.3). */
#include "baseline/baseline_names.h"

#include <stdio.h>

#include "baseline/reader.h"
#include "core/str.h"

const char *const oak_os_names[OAK_OS_COUNT] = {
	[OAK_OS_WINDOWS] = "WINDOWS",
	[OAK_OS_AMAZON_LINUX] = "AMAZON_LINUX",
	[OAK_OS_AMAZON_LINUX_2] = "AMAZON_LINUX_2",
	[OAK_OS_AMAZON_LINUX_2022] = "AMAZON_LINUX_2022",
	[OAK_OS_AMAZON_LINUX_2023] = "AMAZON_LINUX_2023",
	[OAK_OS_UBUNTU] = "UBUNTU",
	[OAK_OS_REDHAT_ENTERPRISE_LINUX] = "REDHAT_ENTERPRISE_LINUX",
	[OAK_OS_SUSE] = "SUSE",
	[OAK_OS_CENTOS] = "CENTOS",
	[OAK_OS_ORACLE_LINUX] = "ORACLE_LINUX",
	[OAK_OS_DEBIAN] = "DEBIAN",
	[OAK_OS_MACOS] = "MACOS",
	[OAK_OS_RASPBIAN] = "RASPBIAN",
	[OAK_OS_ROCKY_LINUX] = "ROCKY_LINUX",
	[OAK_OS_ALMA_LINUX] = "ALMA_LINUX",
	[OAK_OS_FEDORA] = "FEDORA",
};

const char *const oak_filter_key_names[OAK_FILTER_COUNT] = {
	[OAK_FILTER_PATCH_SET] = "PATCH_SET",
	[OAK_FILTER_PRODUCT] = "PRODUCT",
	[OAK_FILTER_PRODUCT_FAMILY] = "PRODUCT_FAMILY",
	[OAK_FILTER_CLASSIFICATION] = "CLASSIFICATION",
	[OAK_FILTER_MSRC_SEVERITY] = "MSRC_SEVERITY",
	[OAK_FILTER_SEVERITY] = "SEVERITY",
	[OAK_FILTER_PRIORITY] = "PRIORITY",
	[OAK_FILTER_SECTION] = "SECTION",
};

const char *const oak_date_basis_names[OAK_DATE_COUNT] = {
	[OAK_DATE_UPDATED] = "UPDATED",
	[OAK_DATE_ISSUED] = "ISSUED",
};

const char *const oak_undated_names[OAK_UNDATED_COUNT] = {
	[OAK_UNDATED_EVIDENCE] = "EVIDENCE",
	[OAK_UNDATED_APPROVE] = "APPROVE",
	[OAK_UNDATED_HOLD] = "HOLD",
};

enum kind { WINDOWS, RPM, SUSE, APT, MACOS, KIND_COUNT };
static const unsigned char kind_of[OAK_OS_COUNT] = {
	[OAK_OS_WINDOWS] = WINDOWS,
	[OAK_OS_AMAZON_LINUX] = RPM,
	[OAK_OS_AMAZON_LINUX_2] = RPM,
	[OAK_OS_AMAZON_LINUX_2022] = RPM,
	[OAK_OS_AMAZON_LINUX_2023] = RPM,
	[OAK_OS_UBUNTU] = APT,
	[OAK_OS_REDHAT_ENTERPRISE_LINUX] = RPM,
	[OAK_OS_SUSE] = SUSE,
	[OAK_OS_CENTOS] = RPM,
	[OAK_OS_ORACLE_LINUX] = RPM,
	[OAK_OS_DEBIAN] = APT,
	[OAK_OS_MACOS] = MACOS,
	[OAK_OS_RASPBIAN] = APT,
	[OAK_OS_ROCKY_LINUX] = RPM,
	[OAK_OS_ALMA_LINUX] = RPM,
	[OAK_OS_FEDORA] = RPM,
};

#define BIT(key) (1u << OAK_FILTER_##key)
static const struct {
	unsigned aws, ours;
} keys_of[KIND_COUNT] = {
	[WINDOWS] = {BIT(PATCH_SET) | BIT(PRODUCT_FAMILY) | BIT(PRODUCT) | BIT(CLASSIFICATION) | BIT(MSRC_SEVERITY), 0},
	[RPM] = {BIT(PRODUCT) | BIT(CLASSIFICATION) | BIT(SEVERITY), 0},
	[SUSE] = {BIT(PRODUCT) | BIT(CLASSIFICATION) | BIT(SEVERITY), 0},
	/* with feeds, apt updates have a classification and a severity too */
	[APT] = {BIT(PRODUCT) | BIT(PRIORITY) | BIT(SECTION), BIT(CLASSIFICATION) | BIT(SEVERITY)},
	[MACOS] = {BIT(PRODUCT) | BIT(CLASSIFICATION), 0},
};

static const char *const windows_classes[] = {"CriticalUpdates", "DefinitionUpdates", "Drivers", "FeaturePacks",
					      "SecurityUpdates", "ServicePacks", "Tools", "UpdateRollups",
					      "Updates", "Upgrades", NULL};
static const char *const windows_severities[] = {"Critical", "Important", "Moderate", "Low", "Unspecified", NULL};
static const char *const windows_sets[] = {"OS", "APPLICATION", NULL};
static const char *const rpm_classes[] = {"Security", "Bugfix", "Enhancement", "Recommended", "Newpackage", NULL};
static const char *const severities[] = {"Critical", "Important", "Medium", "Moderate", "Low", "None", NULL};
static const char *const suse_classes[] = {"Security", "Recommended", "Optional", "Feature", "Document", "Yast", NULL};
static const char *const priorities[] = {"Required", "Important", "Standard", "Optional", "Extra", NULL};
static const char *const apt_classes[] = {"Security", "Bugfix", "Enhancement", NULL};

static const char *const *const words[KIND_COUNT][OAK_FILTER_COUNT] = {
	[WINDOWS] = {[OAK_FILTER_CLASSIFICATION] = windows_classes,
		     [OAK_FILTER_MSRC_SEVERITY] = windows_severities,
		     [OAK_FILTER_PATCH_SET] = windows_sets},
	[RPM] = {[OAK_FILTER_CLASSIFICATION] = rpm_classes, [OAK_FILTER_SEVERITY] = severities},
	[SUSE] = {[OAK_FILTER_CLASSIFICATION] = suse_classes, [OAK_FILTER_SEVERITY] = severities},
	[APT] = {[OAK_FILTER_PRIORITY] = priorities, [OAK_FILTER_CLASSIFICATION] = apt_classes},
};

const char *oak_os_to_string(enum oak_os os)
{
	return (unsigned)os < OAK_OS_COUNT ? oak_os_names[os] : "";
}

int oak_os_from_string(const char *text)
{
	return oak_names_find(oak_os_names, OAK_OS_COUNT, text);
}

bool oak_os_is_apt(enum oak_os os)
{
	return kind_of[os] == APT;
}

bool oak_filter_key_allowed(enum oak_os os, enum oak_filter_key key, bool ours)
{
	unsigned mask = keys_of[kind_of[os]].aws | (ours ? keys_of[kind_of[os]].ours : 0);
	return mask >> key & 1;
}

const char *oak_filter_keys_of(enum oak_os os, bool ours, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (unsigned key = 0; key < OAK_FILTER_COUNT && used < size; key++)
		if (oak_filter_key_allowed(os, key, ours))
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
						 oak_filter_key_names[key]);
	return out;
}

bool oak_filter_value_known(enum oak_os os, enum oak_filter_key key, const char *value)
{
	const char *const *list = words[kind_of[os]][key];
	if (!list || strchr(value, '*'))
		return true;
	for (; *list; list++)
		if (oak_strcaseeq(*list, value))
			return true;
	return false;
}
