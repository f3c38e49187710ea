/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a host is in AWS Distributor's words: Ohai's platform names, Go's architectures, package manager and init system. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PLATFORM_H
#define OAK_DISTRIBUTOR_PACKAGE_PLATFORM_H

#include <stdbool.h>

#include "core/error.h"
#include "core/mem.h"

struct oak_package_host {
	const char *platform;        /* "debian" "redhat" "amazon" "suse" "opensuseleap" "windows" … */
	const char *version;         /* VERSION_ID as is; "10.0.20348" on Windows, with "nano" behind it on Nano Server; "" = none */
	const char *arch;            /* "x86_64" "arm64" "386" "arm" … */
	const char *family;          /* "debian" "rhel" "fedora" "suse" … ; "" = not known */
	const char *package_manager; /* "apt" "yum" "dnf" "zypper" "apk" … ; "" = not known */
	const char *init_system;     /* "systemd" "windows" "docker" "upstart" … ; "" = not known */
};

/* Look at ROOT. Errors: package.platform (UNSUPPORTED: bottlerocket, flatcar, or nothing that tells the platform). */
int oak_package_host_detect(struct oak_arena *arena, const char *root, struct oak_package_host *ret, struct oak_error *err) OAK_MUST_USE;

/* Go's name of what uname or dpkg calls an architecture: aarch64 and arm64 are "arm64", amd64 is "x86_64", i686 is "386". */
const char *oak_package_arch(const char *machine);

/* Family and package manager of a platform; "" where it is in no table. */
void oak_package_family(const char *platform, const char **ret_family, const char **ret_manager);

/* Platform and version of the texts of os-release, lsb-release (NULL = absent); false if neither says it. */
bool oak_package_platform_parse(struct oak_arena *arena, const char *os_release, const char *lsb_release, const char **ret_platform,
				const char **ret_version);

#endif
