/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum's own cache files: atomic writes without fsync (a cache may be lost), private maps. */
#include "scanners/rpm/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"

bool oak_cache_map(const char *path, struct oak_cache_file *ret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		  !(st.st_mode & 022) && st.st_size > 0;
	void *p = ok ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	if (fd >= 0)
		close(fd);
	if (p == MAP_FAILED)
		return false;
	*ret = (struct oak_cache_file){p, (size_t)st.st_size};
	return true;
}

void oak_cache_prune(const char *dir, const char *family, const char *keep)
{
	DIR *d = opendir(dir);
	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (oak_starts_with(e->d_name, family) && !oak_starts_with(e->d_name, keep))
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
}

void oak_cache_save(const char *dir, const char *family, const char *name, const struct oak_buf *content)
{
	char path[4096], temporary[4096];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(temporary, sizeof(temporary), "%s/.%s.%ld", dir, name, (long)getpid());
	int fd = content->full ? -1 : open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	bool ok = write(fd, content->p, content->n) == (ssize_t)content->n;
	ok = close(fd) == 0 && ok && rename(temporary, path) == 0;
	if (!ok)
		unlink(temporary);
	oak_cache_prune(dir, family, name);
}
