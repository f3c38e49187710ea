/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The predefined baselines, and which of them is an operating system's default. */
#include "baseline/predefined.h"

#include "baseline/baseline.h"

static const char *const defaults[OAK_OS_COUNT] = {
	[OAK_OS_WINDOWS] = "oakum-windows-default",
	[OAK_OS_AMAZON_LINUX] = "oakum-amazon-linux-default",
	[OAK_OS_AMAZON_LINUX_2] = "oakum-amazon-linux-2-default",
	[OAK_OS_AMAZON_LINUX_2022] = "oakum-amazon-linux-2022-default",
	[OAK_OS_AMAZON_LINUX_2023] = "oakum-amazon-linux-2023-default",
	[OAK_OS_UBUNTU] = "oakum-ubuntu-default",
	[OAK_OS_REDHAT_ENTERPRISE_LINUX] = "oakum-rhel-default",
	[OAK_OS_SUSE] = "oakum-suse-default",
	[OAK_OS_CENTOS] = "oakum-centos-default",
	[OAK_OS_ORACLE_LINUX] = "oakum-oracle-linux-default",
	[OAK_OS_DEBIAN] = "oakum-debian-default",
	[OAK_OS_MACOS] = "oakum-macos-default",
	[OAK_OS_RASPBIAN] = "oakum-raspbian-default",
	[OAK_OS_ROCKY_LINUX] = "oakum-rocky-linux-default",
	[OAK_OS_ALMA_LINUX] = "oakum-alma-linux-default",
	[OAK_OS_FEDORA] = "oakum-fedora-default",
};

size_t oak_predefined_count(void)
{
	return oak_predefined_table_count;
}

const char *oak_predefined_name(size_t index)
{
	return oak_predefined_table[index].name;
}

const char *oak_predefined_text(size_t index)
{
	return oak_predefined_table[index].text;
}

const char *oak_predefined_default(enum oak_os os)
{
	return defaults[os];
}
