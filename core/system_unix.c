/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system's answers on Linux. */
#include "core/system.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

bool oak_is_privileged(void)
{
	return geteuid() == 0;
}

const char *oak_user_name(struct oak_arena *arena)
{
	const struct passwd *user = getpwuid(geteuid());
	return user ? oak_arena_strdup(arena, user->pw_name) : oak_arena_printf(arena, "%u", (unsigned)geteuid());
}

void oak_random_bytes(void *out, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = getrandom((char *)out + done, n - done, 0);
		if (got < 0 && errno != EINTR)
			abort();
		done += got > 0 ? (size_t)got : 0;
	}
}

int oak_disk_space(const char *path, int64_t *ret_free, uint64_t *ret_device)
{
	struct stat st;
	struct statvfs fs;
	if (stat(path, &st) < 0 || statvfs(path, &fs) < 0)
		return -1;
	*ret_free = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	*ret_device = (uint64_t)st.st_dev;
	return 0;
}

void oak_disk_sync(void)
{
	sync();
}

bool oak_path_is_absolute(const char *path)
{
	return path[0] == '/';
}

unsigned oak_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 1024 ? 1024 : (unsigned)n;
}
