/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files below a folder, opened without following links; the way to the module that serves. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module.h"
#include "core/str.h"
#include "repo/serve.h"

int oak_serve_open(int dirfd, const char *path, int64_t *ret_size, int64_t *ret_mtime_ns)
{
	char part[256];
	struct oak_str rest = oak_str_of(path), name;
	struct stat st;
	int at = dup(dirfd), file = -1;
	while (at >= 0 && oak_str_next(&rest, '/', &name)) {
		if (name.n >= sizeof(part))
			break;
		memcpy(part, name.p, name.n);
		part[name.n] = '\0';
		bool last = !rest.n;
		int next = openat(at, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (last ? O_NONBLOCK : O_DIRECTORY));
		close(at);
		at = last ? -1 : next;
		file = last ? next : -1;
	}
	if (at >= 0)
		close(at);
	if (file >= 0 && fstat(file, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH)) {
		*ret_size = st.st_size;
		*ret_mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
		return file;
	}
	if (file >= 0)
		close(file);
	return -1;
}

int oak_serve_run(const struct oak_serve_options *options, struct oak_error *err)
{
	union {
		void *object;
		oak_serve_loop *loop;
	} symbol = {.object = oak_module_symbol("serve", "oak_serve_microhttpd", err)};
	if (!symbol.object)
		return -1;
	int dirfd = open(options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", options->dir);
	int result = symbol.loop(options, dirfd, err);
	close(dirfd);
	return result;
}
