/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files around a package manager: what its log complains of, scratch folders, copies. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/patch/tool.h"

enum { LOG_TAIL = 256 * 1024, SHOWN = 3, COPY = 1 << 18 };

static bool is_complaint(struct oak_str line)
{
	static const char *const marks[] = {"E: ", "Error: ", "error: ", "dpkg: error", " - nothing provides", "Problem: ", "No space left", "W: Failed to fetch", " conflicts between ", " conflicts with file ", "Download (curl) error", "Error message: ", "Curl error",
					     " is not signed", "Signature verification failed", "Public key for "};
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (line.n >= strlen(marks[i]) && memmem(line.p, line.n, marks[i], strlen(marks[i])))
			return true;
	return false;
}

bool oak_tool_untrusted(const char *words)
{
	static const char *const marks[] = {"GPG check FAILED", "is not signed", "Signature verification failed", "unauthenticated packages", "Hash Sum mismatch"};
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (strstr(words, marks[i]))
			return true;
	return false;
}

const char *oak_tool_complaint(const struct oak_patch_host *host, struct oak_arena *arena, const char *log)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 64 * 1024 * 1024);
	const char *path = oak_arena_printf(arena, "%s/logs/%s.log", host->run_dir, log);
	if (oak_fs_read(path, &text, NULL) < 0)
		return "it left no log";
	size_t skip = text.n > LOG_TAIL ? text.n - LOG_TAIL : 0;
	struct oak_str rest = {text.p + skip, text.n - skip}, line, last[SHOWN] = {{0}}, final = {0}, space = {0};
	size_t n = 0;
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n > 1 && line.p[0] == '#' && line.p[1] == ' ' && !memmem(line.p, line.n, "# exit", 6))
			n = 0, space.n = 0; /* a new command: what an earlier one said does not count */
		else if (is_complaint(line))
			last[n++ % SHOWN] = line;
		else if (line.n && line.p[0] != '#')
			final = line;
		if (!space.n && memmem(line.p, line.n, "No space left", 13))
			space = line; /* the cause, however much is said of what follows from it */
	}
	if (!n)
		return final.n ? oak_arena_strndup(arena, final.p, final.n > 200 ? 200 : final.n) : "it said nothing";
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 400);
	if (space.n && n > SHOWN)
		oak_buf_addf(&out, "%.*s", (int)(space.n > 160 ? 160 : space.n), space.p);
	for (size_t i = n > SHOWN ? n - SHOWN : 0; i < n; i++)
		oak_buf_addf(&out, "%s%.*s", out.n ? "; " : "", (int)last[i % SHOWN].n, last[i % SHOWN].p);
	return oak_arena_strdup(arena, oak_buf_text(&out));
}

int oak_tool_scratch(const struct oak_patch_host *host, const char *name, bool inside, struct oak_arena *arena,
		     const char **ret_path, const char **ret_seen, struct oak_error *err)
{
	bool own = !inside || oak_streq(host->root, "/");
	const char *seen = own ? oak_arena_printf(arena, "%s/%s", host->run_dir, name)
			       : oak_arena_printf(arena, "/var/cache/oakum/%s", name);
	const char *path = own ? seen : oak_arena_printf(arena, "%s%s", host->root, seen);
	if (oak_fs_mkdirs(path, 0755, err) < 0)
		return -1;
	*ret_path = path;
	*ret_seen = seen;
	return 0;
}

void oak_tool_scratch_drop(const struct oak_patch_host *host, const char *path)
{
	DIR *dir = opendir(path);
	char parent[4200], entry[4200];
	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir));) {
		int n = snprintf(entry, sizeof(entry), "%s/%s", path, e->d_name);
		if (!oak_streq(e->d_name, ".") && !oak_streq(e->d_name, "..") && n > 0 && (size_t)n < sizeof(entry))
			unlink(entry);
	}
	closedir(dir);
	rmdir(path);
	snprintf(parent, sizeof(parent), "%s/var/cache/oakum", oak_streq(host->root, "/") ? "" : host->root);
	if (!oak_streq(host->root, "/"))
		rmdir(parent); /* only if it is empty */
}

/* The disk works while the next one is copied. */
static bool begin_sync(int fd)
{
#ifdef SYNC_FILE_RANGE_WRITE
	(void)!sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
	(void)fd;
#endif
	return true;
}

static int copy(const char *from, const char *to, bool later, struct oak_error *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (in < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", from);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, 0644);
	OAK_AUTO(oak_free_p) char *chunk = oak_alloc(COPY);
	ssize_t got = -1;
	bool ok = out >= 0;
	while (ok && (got = read(in, chunk, COPY)) > 0)
		for (ssize_t at = 0, done; ok && at < got; at += done) {
			done = write(out, chunk + at, (unsigned)(got - at));
			ok = done >= 0;
		}
	ok = ok && got == 0 && (later ? begin_sync(out) : fsync(out) == 0);
	int rc = ok ? 0 : oak_fail_errno(err, "file.write", "cannot copy '%s' to '%s'", from, to);
	close(in);
	if (out >= 0)
		close(out);
	if (rc < 0)
		unlink(to);
	return rc;
}

int oak_tool_copy(const char *from, const char *to, struct oak_error *err)
{
	return copy(from, to, false, err);
}

int oak_tool_copy_begin(const char *from, const char *to, struct oak_error *err)
{
	return copy(from, to, true, err);
}

int oak_tool_copy_end(const char *part, const char *to, struct oak_error *err)
{
	int fd = open(part, O_RDWR | O_CLOEXEC | O_BINARY);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", part);
	int rc = fsync(fd) == 0 ? 0 : oak_fail_errno(err, "file.write", "cannot write '%s'", part);
	close(fd);
	if (rc == 0 && rename(part, to) < 0)
		rc = oak_fail_errno(err, "file.write", "cannot rename '%s'", part);
	return rc;
}
