/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last resort before a change: an archive of an installed package, rebuilt from its files and dpkg's own records. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "distributor/patch/apt.h"

enum { LIST_MAX = 64 * 1024 * 1024, STATUS_MAX = 256 * 1024 * 1024 };

struct repack {
	const struct oak_patch_host *host;
	struct oak_arena *arena;
	const char *name, *arch;
	const char *root; /* "" or the root folder */
	const char *tree; /* where the package is put together */
	const char *info; /* prefix of its files in dpkg's info folder: "…/info/NAME" or "…/info/NAME:ARCH" */
	struct oak_map diverted; /* where another's diversion put a file of its list: path -> path */
	OAK_VEC(const char *) moved; /* those of them that were found */
};

static int run(const char *const *argv, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf words;
	oak_buf_init(&words, 400);
	static const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL};
	struct oak_exec command = {.argv = argv, .env = env, .err = &words};
	struct oak_exec_result result;
	if (oak_exec(&command, &result, err) < 0)
		return -1;
	if (result.code != 0)
		return oak_fail(err, OAK_IO, "patch.secure", 0, "'%s' failed with %d: %s", argv[0], result.code, oak_buf_text(&words));
	return 0;
}

static int find_info(struct repack *r, struct oak_error *err)
{
	const char *base = oak_arena_printf(r->arena, "%s/var/lib/dpkg/info/%s", r->root, r->name);
	const char *with_arch = oak_arena_printf(r->arena, "%s:%s", base, r->arch ? r->arch : "all");
	r->info = oak_fs_exists(oak_arena_printf(r->arena, "%s.list", with_arch)) ? with_arch : base;
	if (oak_fs_exists(oak_arena_printf(r->arena, "%s.list", r->info)))
		return 0;
	return oak_fail(err, OAK_IO, "patch.secure", 0, "no archive to be had and dpkg has no list of the files of '%s'", r->name);
}

/* Folders as the system has them (links to folders become folders, as in the archive that it came from). */
static int make_folder(struct repack *r, const char *path, struct oak_error *err)
{
	struct stat st;
	const char *from = oak_arena_printf(r->arena, "%s%s", r->root, path), *to = oak_arena_printf(r->arena, "%s%s", r->tree, path);
	if (stat(from, &st) < 0)
		return 0;
	if (oak_fs_mkdirs(to, 0755, err) < 0)
		return -1;
	if (chown(to, st.st_uid, st.st_gid) < 0 || chmod(to, st.st_mode & 07777) < 0)
		return oak_fail_errno(err, "patch.secure", "cannot set the owner of '%s'", to);
	return 0;
}

/* Three lines each: from, to, and whose it is (":" is the administrator's). */
static int read_diversions(struct repack *r, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	const char *path = oak_arena_printf(r->arena, "%s/var/lib/dpkg/diversions", r->root);
	oak_buf_init(&text, LIST_MAX);
	oak_map_init(&r->diverted, r->arena, 64);
	if (oak_fs_exists(path) && oak_fs_read(path, &text, err) < 0)
		return -1;
	struct oak_str rest = {oak_buf_text(&text), text.n}, from, to, whose;
	while (oak_str_next(&rest, '\n', &from) && oak_str_next(&rest, '\n', &to) && oak_str_next(&rest, '\n', &whose))
		if (!oak_str_eq(whose, oak_str_of(r->name)))
			oak_map_put(&r->diverted, oak_arena_strndup(r->arena, from.p, from.n), oak_arena_strndup(r->arena, to.p, to.n));
	return 0;
}

/* One line of the list: folders are made at once, files named for tar. NEXT is the line after it. */
static int take_path(struct repack *r, const char *path, struct oak_str next, struct oak_buf *files, struct oak_error *err)
{
	size_t n = strlen(path);
	bool parent = next.n > n && memcmp(next.p, path, n) == 0 && next.p[n] == '/';
	const char *elsewhere = oak_map_find(&r->diverted, path), *at = elsewhere ? elsewhere : path;
	struct stat st;
	if (lstat(oak_arena_printf(r->arena, "%s%s", r->root, at), &st) < 0)
		return 0; /* removed by the administrator: so it was */
	if (parent || S_ISDIR(st.st_mode))
		return make_folder(r, path, err);
	oak_buf_add(files, at + 1, strlen(at) - 1);
	oak_buf_addc(files, '\0');
	if (elsewhere)
		*oak_push(r->arena, &r->moved) = oak_arena_strdup(r->arena, path);
	return 0;
}

static int read_list(struct repack *r, struct oak_buf *files, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf list;
	oak_buf_init(&list, LIST_MAX);
	if (oak_fs_read(oak_arena_printf(r->arena, "%s.list", r->info), &list, err) < 0)
		return -1;
	struct oak_str rest = {oak_buf_text(&list), list.n}, line, next = {0};
	bool have = oak_str_next(&rest, '\n', &next);
	while (have) {
		line = next;
		have = oak_str_next(&rest, '\n', &next);
		if (line.n < 2 || line.p[0] != '/' || oak_str_eq(line, OAK_STR("/.")))
			continue;
		if (take_path(r, oak_arena_strndup(r->arena, line.p, line.n), have ? next : (struct oak_str){0}, files, err) < 0)
			return -1;
	}
	return 0;
}

/* Under the names that the package has for them. */
static int move_diverted(struct repack *r, struct oak_error *err)
{
	for (size_t i = 0; i < r->moved.n; i++) {
		const char *path = r->moved.v[i], *to = oak_arena_printf(r->arena, "%s%s", r->tree, path);
		const char *from = oak_arena_printf(r->arena, "%s%s", r->tree, (const char *)oak_map_find(&r->diverted, path));
		if (rename(from, to) < 0)
			return oak_fail_errno(err, "patch.secure", "cannot rename '%s' to '%s'", from, to);
	}
	return 0;
}

static int copy_files(struct repack *r, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf files;
	oak_buf_init(&files, LIST_MAX);
	if (read_diversions(r, err) < 0 || read_list(r, &files, err) < 0)
		return -1;
	const char *names = oak_arena_printf(r->arena, "%s.files", r->tree), *tar = oak_arena_printf(r->arena, "%s.tar", r->tree);
	if (oak_fs_write_atomic(names, oak_buf_text(&files), files.n, 0600, err) < 0)
		return -1;
	const char *const pack[] = {"tar", "-C", *r->root ? r->root : "/", "--null", "--no-recursion", "--xattrs", "-cf", tar, "-T", names, NULL};
	const char *const unpack[] = {"tar", "-C", r->tree, "--keep-directory-symlink", "--xattrs", "-xpf", tar, NULL};
	int rc = run(pack, err);
	if (rc == 0)
		rc = run(unpack, err);
	unlink(names);
	unlink(tar);
	return rc < 0 ? rc : move_diverted(r, err);
}

/* Configuration files that the administrator removed: dpkg-deb builds nothing without them, so empty ones stand for them. They
 * never arrive: dpkg sees a removed one as the administrator's choice, and oak_apt_conffiles_restore clears up behind it. */
static int stand_in(struct repack *r, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf list;
	const char *conffiles = oak_arena_printf(r->arena, "%s.conffiles", r->info);
	oak_buf_init(&list, LIST_MAX);
	if (!oak_fs_exists(conffiles))
		return 0;
	if (oak_fs_read(conffiles, &list, err) < 0)
		return -1;
	struct oak_str rest = {oak_buf_text(&list), list.n}, line;
	while (oak_str_next(&rest, '\n', &line)) {
		struct stat st;
		if (!line.n || line.p[0] != '/')
			continue;
		const char *path = oak_arena_printf(r->arena, "%s%.*s", r->tree, (int)line.n, line.p), *slash = strrchr(path, '/');
		if (lstat(path, &st) == 0)
			continue;
		if (oak_fs_mkdirs(oak_arena_strndup(r->arena, path, (size_t)(slash - path)), 0755, err) < 0 ||
		    oak_fs_write_atomic(path, "", 0, 0644, err) < 0)
			return -1;
	}
	return 0;
}

static bool skipped_field(struct oak_str line)
{
	static const char *const names[] = {"Status:", "Conffiles:", "Config-Version:", "Triggers-Pending:", "Triggers-Awaited:"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (line.n >= strlen(names[i]) && memcmp(line.p, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool is_field(struct oak_str stanza, const char *field, const char *value)
{
	struct oak_str line;
	size_t n = strlen(field), m = strlen(value);
	while (oak_str_next(&stanza, '\n', &line))
		if (line.n == n + m + 2 && memcmp(line.p, field, n) == 0 && memcmp(line.p + n, ": ", 2) == 0 &&
		    memcmp(line.p + n + 2, value, m) == 0)
			return true;
	return false;
}

/* The package's stanza of dpkg's status, without what belongs to the installation. What dpkg knows of its configuration files goes
 * into the file HASHES: the archive has what they are now, not what they came as. */
static int write_control(struct repack *r, const char *hashes, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf status, control;
	oak_buf_init(&status, STATUS_MAX);
	oak_buf_init(&control, 1 << 20);
	if (oak_fs_read(oak_arena_printf(r->arena, "%s/var/lib/dpkg/status", r->root), &status, err) < 0)
		return -1;
	const char *at = oak_buf_text(&status), *end = at + status.n;
	while (at < end) {
		const char *stop = strstr(at, "\n\n");
		struct oak_str stanza = {at, stop ? (size_t)(stop - at) : (size_t)(end - at)}, line;
		at = stop ? stop + 2 : end;
		if (!is_field(stanza, "Package", r->name) || (r->arch && !is_field(stanza, "Architecture", r->arch)))
			continue;
		if (oak_apt_conffiles_save(r->arena, r->root, stanza, hashes, err) < 0)
			return -1;
		bool skip = false;
		while (oak_str_next(&stanza, '\n', &line)) {
			skip = line.n && line.p[0] == ' ' ? skip : skipped_field(line);
			if (!skip && line.n) {
				oak_buf_add(&control, line.p, line.n);
				oak_buf_addc(&control, '\n');
			}
		}
		return oak_fs_write_atomic(oak_arena_printf(r->arena, "%s/DEBIAN/control", r->tree), oak_buf_text(&control), control.n,
					   0644, err);
	}
	return oak_fail(err, OAK_NOT_FOUND, "patch.secure", 0, "dpkg's status has no '%s'", r->name);
}

static int copy_records(struct repack *r, struct oak_error *err)
{
	static const struct {
		const char *name;
		unsigned mode;
	} records[] = {{"preinst", 0755}, {"postinst", 0755}, {"prerm", 0755},	  {"postrm", 0755},  {"config", 0755},
		       {"templates", 0644}, {"triggers", 0644}, {"shlibs", 0644}, {"symbols", 0644}, {"conffiles", 0644}, {"md5sums", 0644}};
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
		const char *from = oak_arena_printf(r->arena, "%s.%s", r->info, records[i].name);
		const char *to = oak_arena_printf(r->arena, "%s/DEBIAN/%s", r->tree, records[i].name);
		if (!oak_fs_exists(from))
			continue;
		if (oak_tool_copy(from, to, err) < 0)
			return -1;
		if (chmod(to, records[i].mode) < 0)
			return oak_fail_errno(err, "patch.secure", "cannot set the mode of '%s'", to);
	}
	return 0;
}

int oak_apt_repack(const struct oak_patch_host *host, const char *name, const char *arch, const char *to, const char *hashes,
		   struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct repack r = {.host = host, .arena = arena, .name = name, .arch = arch, .root = oak_streq(host->root, "/") ? "" : host->root};
	r.tree = oak_arena_printf(arena, "%s/repack", host->run_dir);
	const char *const clean[] = {"rm", "-rf", "--one-file-system", r.tree, NULL};
	const char *const build[] = {"dpkg-deb", "-Zgzip", "-z1", "--build", r.tree, to, NULL};
	int rc = find_info(&r, err);
	if (rc == 0)
		rc = run(clean, err);
	if (rc == 0)
		rc = oak_fs_mkdirs(oak_arena_printf(arena, "%s/DEBIAN", r.tree), 0755, err);
	if (rc == 0)
		rc = copy_files(&r, err);
	if (rc == 0)
		rc = stand_in(&r, err);
	if (rc == 0)
		rc = write_control(&r, hashes, err);
	if (rc == 0)
		rc = copy_records(&r, err);
	if (rc == 0)
		rc = run(build, err);
	int cleaned = run(clean, rc == 0 ? err : NULL);
	oak_arena_free(arena);
	return rc == 0 ? cleaned : rc;
}
