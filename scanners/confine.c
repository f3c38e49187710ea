/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scanning child gives up, as far as this kernel and user allow; each step is optional. */
#include "scanners/child.h"

#ifndef _WIN32
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#endif

#ifdef __linux__
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13) /* version 2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* version 3 */
#endif

enum { ROOM_MIN = 16 * 1024 * 1024 };

/* All rights that change files, of the first version of Landlock: enough, and every version has them. */
static const uint64_t WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
			       LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
			       LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
			       LANDLOCK_ACCESS_FS_MAKE_SYM;

static void allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr beneath = {.allowed_access = rights,
						     .parent_fd = open(path, O_PATH | O_CLOEXEC)};
	if (beneath.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
}

/* Nothing on the disk can be changed from here on but oakum's own cache. Helper programs inherit it. */
static void lock_files(const char *cache_dir, const char *temporary, bool refresh)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1 || (version < 2 && refresh)) /* the first one forbids renames between folders, which apt needs */
		return;
	uint64_t all = WRITES | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
		       (version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
	struct landlock_ruleset_attr attr = {.handled_access_fs = all};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return;
	if (cache_dir)
		allow(ruleset, cache_dir, all);
	if (temporary)
		allow(ruleset, temporary, all);
	allow(ruleset, "/dev/null", all & (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE));
	syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
}

/* Root needs to read everything and to look into processes, no more: not even to download. */
static void drop_capabilities(void)
{
	uint64_t keep = (uint64_t)1 << CAP_DAC_READ_SEARCH | (uint64_t)1 << CAP_SYS_PTRACE;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	if (syscall(SYS_capget, &header, data) < 0)
		return;
	for (int i = 0; i < 2; i++) {
		uint32_t mask = (uint32_t)(keep >> (32 * i));
		data[i].effective &= mask;
		data[i].permitted &= mask;
		data[i].inheritable &= mask;
	}
	syscall(SYS_capset, &header, data);
}
#endif

#ifdef __linux__
/* Libraries split signed files into temporary ones: in the cache, the only place left, or in memory when that is full. */
static const char *temporary_folder(const char *cache_dir)
{
	struct statvfs st;
	bool full = !cache_dir || statvfs(cache_dir, &st) < 0 || (uint64_t)st.f_bavail * st.f_frsize < ROOM_MIN;
	return full && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : cache_dir;
}
#endif

void oak_child_confine(const struct oak_scan_request *request)
{
#ifdef __linux__
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	const char *temporary = temporary_folder(request->cache_dir);
	if (temporary)
		setenv("TMPDIR", temporary, 1);
	lock_files(request->cache_dir, temporary, request->refresh);
	drop_capabilities();
#else
	(void)request;
#endif
}
#endif
