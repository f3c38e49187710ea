/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive that nobody changes while it is read: the file itself, or a copy of ours. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#endif

#include "core/mem.h"
#include "distributor/package/extract.h"

enum { CHUNK = 1024 * 1024 };

/* Could somebody else than us and root write to what is behind FD? */
static bool is_exposed(int fd)
{
	struct stat st;
	return fstat(fd, &st) < 0 || (st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 0022);
}

static int copy_bytes(int from, int to, const char *name, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *chunk = oak_alloc(CHUNK);
	ssize_t got;
#ifdef FICLONE
	if (ioctl(to, FICLONE, from) == 0)
		return 0;
#endif
	while ((got = read(from, chunk, CHUNK)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return oak_fail_errno(err, "file.read", "cannot read '%s'", name);
		for (ssize_t done = 0; done < got;) {
			ssize_t wrote = write(to, chunk + done, (size_t)(got - done));
			if (wrote < 0 && errno != EINTR)
				return oak_fail_errno(err, "archive.write", "cannot copy '%s'", name);
			done += wrote > 0 ? wrote : 0;
		}
	}
	return 0;
}

int oak_archive_open(const char *path, const char *copy, int *ret_fd, struct oak_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	if (is_exposed(fd)) {
		int own = open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		int rc = own < 0 ? oak_fail_errno(err, "archive.write", "cannot make '%s'", copy) : copy_bytes(fd, own, path, err);
		close(fd);
		if (own >= 0)
			unlink(copy); /* the descriptor is enough */
		fd = own;
		if (rc < 0 && fd >= 0)
			close(fd);
		if (rc < 0)
			return -1;
	}
	*ret_fd = fd;
	return 0;
}
