/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /run/reboot-required, the running kernel and /proc/PID/maps, below the root only. */
#include "scanners/reboot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baseline/kernel.h"
#include "core/map.h"
#include "core/str.h"
#include "scanners/root.h"

enum { MARK_MAX = 64 * 1024, VERSION_MAX = 4096, MAPS_CHUNK = 64 * 1024, PATH_LIMIT = 4096 };

static const char deleted[] = " (deleted)";

/* Files whose deletion says nothing: shared memory, temporary files, what a program generated for itself. */
static bool is_code(const char *path)
{
	static const char *const ignored[] = {"/memfd:", "/dev/", "/tmp/", "/var/tmp/", "/run/", "/SYSV", "/home/", "/var/cache/",
					      "/var/lib/", "/proc/", "/i915", "/drm "};
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		if (oak_starts_with(path, ignored[i]))
			return false;
	return *path == '/';
}

struct process {
	struct oak_arena *arena;
	struct oak_stale_list *list;
	size_t first; /* where this process's files begin in the list */
	pid_t pid;
	int dir;
};

static bool seen(const struct process *p, const char *file)
{
	for (size_t i = p->first; i < p->list->v.n; i++)
		if (oak_streq(p->list->v.v[i].file, file))
			return true;
	return false;
}

/* "7f..-7f.. r-xp 00000000 fe:00 1234   /usr/lib/x.so (deleted)"; programs and libraries count, mapped data does not. */
static void read_line(struct process *p, const char *line, size_t n)
{
	const size_t tail = sizeof(deleted) - 1;
	const char *flags = memchr(line, ' ', n), *path = memchr(line, '/', n);
	if (n <= tail || memcmp(line + n - tail, deleted, tail) != 0 || !flags || !path || flags + 4 > path)
		return;
	char file[PATH_LIMIT];
	snprintf(file, sizeof(file), "%.*s", (int)(line + n - tail - path), path);
	if ((flags[3] == 'x' || strstr(file, ".so")) && is_code(file) && oak_utf8_check(file, strlen(file)) && !seen(p, file))
		*oak_push(p->arena, &p->list->v) = (struct oak_stale){p->pid, NULL, oak_arena_strdup(p->arena, file)};
}

/* Lines of maps as they come; a line longer than the chunk is dropped. */
static void read_maps(struct process *p, int fd, char *chunk)
{
	size_t have = 0;
	ssize_t got;
	while ((got = read(fd, chunk + have, MAPS_CHUNK - have)) > 0) {
		have += (size_t)got;
		char *at = chunk, *end;
		while ((end = memchr(at, '\n', have - (size_t)(at - chunk))) != NULL) {
			read_line(p, at, (size_t)(end - at));
			at = end + 1;
		}
		have -= (size_t)(at - chunk);
		memmove(chunk, at, have);
		if (have == MAPS_CHUNK)
			have = 0;
	}
}

/* A process whose root is another folder belongs to a container. Not to be seen = ours. */
static bool of_this_root(int process_dir, const struct stat *root)
{
	struct stat st;
	return fstatat(process_dir, "root", &st, 0) < 0 || !S_ISDIR(st.st_mode) ||
	       (st.st_dev == root->st_dev && st.st_ino == root->st_ino);
}

static const char *command_of(struct oak_arena *arena, int dir)
{
	char text[64] = "";
	int fd = openat(dir, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	struct oak_str s = oak_str_trim((struct oak_str){text, n > 0 ? (size_t)n : 0});
	return oak_utf8_check(s.p, s.n) && s.n ? oak_arena_strndup(arena, s.p, s.n) : "?";
}

static void look_into(struct process *p, const struct stat *root, char *chunk)
{
	int fd = openat(p->dir, "maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		p->list->hidden += errno == EACCES || errno == EPERM;
		return;
	}
	p->first = p->list->v.n;
	read_maps(p, fd, chunk);
	close(fd);
	if (p->list->v.n == p->first)
		return;
	if (!of_this_root(p->dir, root)) {
		p->list->v.n = p->first;
		return;
	}
	const char *command = command_of(p->arena, p->dir);
	for (size_t i = p->first; i < p->list->v.n; i++)
		p->list->v.v[i].command = command;
}

int oak_reboot_stale(struct oak_arena *arena, const char *root, struct oak_stale_list *ret)
{
	struct stat st;
	int proc = oak_root_open(root, "/proc", O_RDONLY | O_DIRECTORY);
	DIR *dir = proc < 0 ? NULL : fdopendir(proc);
	if (!dir || stat(root, &st) < 0) {
		if (dir)
			closedir(dir);
		else if (proc >= 0)
			close(proc);
		return -1;
	}
	OAK_AUTO(oak_free_p) char *chunk = oak_alloc(MAPS_CHUNK);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		int64_t pid;
		if (!oak_parse_int(oak_str_of(entry->d_name), 1, INT32_MAX, &pid))
			continue;
		struct process p = {.arena = arena, .list = ret, .pid = (pid_t)pid};
		p.dir = openat(proc, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (p.dir < 0)
			continue;
		look_into(&p, &st, chunk);
		close(p.dir);
	}
	closedir(dir);
	return 0;
}

static void add_reason(struct oak_inventory *inventory, const char *reason)
{
	inventory->reboot_required = true;
	*oak_push(inventory->arena, &inventory->reboot_reasons) = reason;
}

/* Ubuntu's and Debian's mark, with the packages that asked for it. */
static void read_mark(const char *root, struct oak_inventory *inventory)
{
	struct oak_buf packages OAK_AUTO(oak_buf_done), names OAK_AUTO(oak_buf_done);
	oak_buf_init(&packages, MARK_MAX);
	oak_buf_init(&names, MARK_MAX);
	if (!oak_root_exists(root, "/run/reboot-required") && !oak_root_exists(root, "/var/run/reboot-required"))
		return;
	if (oak_root_read(root, "/run/reboot-required.pkgs", &packages) < 0 &&
	    oak_root_read(root, "/var/run/reboot-required.pkgs", &packages) < 0)
		oak_buf_clear(&packages);
	struct oak_str rest = {oak_buf_text(&packages), packages.n}, line;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	struct oak_map once;
	oak_map_init(&once, scratch, 16);
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		const char *name = oak_arena_strndup(scratch, line.n ? line.p : "", line.n);
		if (!line.n || oak_map_has(&once, name) || !oak_utf8_check(line.p, line.n))
			continue;
		oak_map_put(&once, name, scratch);
		oak_buf_addf(&names, "%s%s", names.n ? ", " : ": ", name);
	}
	add_reason(inventory, oak_arena_printf(inventory->arena, "/run/reboot-required%s", oak_buf_text(&names)));
}

struct group {
	const struct oak_stale *example;
	size_t processes;
};

/* One reason a file, with how many processes still use it. */
static void report_stale(const struct oak_stale_list *list, struct oak_arena *scratch, struct oak_inventory *inventory)
{
	struct oak_map by_file;
	oak_map_init(&by_file, scratch, list->v.n);
	for (size_t i = 0; i < list->v.n; i++) {
		struct group **slot = (struct group **)oak_map_slot(&by_file, list->v.v[i].file);
		if (!*slot) {
			*slot = OAK_NEW(scratch, struct group);
			(*slot)->example = &list->v.v[i];
		}
		(*slot)->processes++;
	}
	for (size_t i = 0; i < list->v.n; i++) {
		const struct group *g = oak_map_find(&by_file, list->v.v[i].file);
		if (g->example != &list->v.v[i])
			continue;
		add_reason(inventory,
			   oak_arena_printf(inventory->arena, "%s was replaced, %zu %s still use%s the old one (%s)",
					    g->example->file, g->processes, g->processes == 1 ? "process" : "processes",
					    g->processes == 1 ? "s" : "", g->example->command));
	}
}

void oak_reboot_state(const char *root, struct oak_inventory *inventory)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	struct oak_stale_list stale = {.hidden = 0};
	read_mark(root, inventory);
	if (oak_reboot_stale(scratch, root, &stale) < 0)
		return;
	report_stale(&stale, scratch, inventory);
	if (stale.hidden)
		*oak_push(inventory->arena, &inventory->problems) = (struct oak_problem){
			"processes-hidden", "/proc",
			oak_arena_printf(inventory->arena,
					 "%zu processes of other users could not be examined for replaced libraries",
					 stale.hidden),
			geteuid() == 0 ? NULL : "scan as root to see all"};
}

/* The running kernel's own text names the package version it was built from: an update that kept the release. */
static void check_same_release(const char *root, const struct oak_package *p, struct oak_inventory *inventory)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	const char *version = oak_root_line(scratch, root, "/proc/version");
	const char *mark = version ? strstr(version, " Debian ") : NULL;
	if (!mark || strlen(version) >= VERSION_MAX)
		return;
	mark += strlen(" Debian ");
	size_t n = strcspn(mark, " ");
	if (strlen(p->evr) == n && memcmp(p->evr, mark, n) == 0)
		return;
	add_reason(inventory, oak_arena_printf(inventory->arena, "kernel %s runs from %.*s, installed is %s %s",
					       inventory->node.platform.kernel, (int)n, mark, p->name, p->evr));
}

static bool live_patch_on(const char *root)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	int fd = oak_root_open(root, "/sys/kernel/livepatch", O_RDONLY | O_DIRECTORY);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	bool found = false;
	if (!folder) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (const struct dirent *e; !found && (e = readdir(folder)) != NULL;)
		found = e->d_name[0] != '.' &&
			oak_streq(oak_root_line(scratch, root, oak_arena_printf(scratch, "/sys/kernel/livepatch/%s/enabled", e->d_name)), "1");
	closedir(folder);
	return found;
}

void oak_reboot_live_patches(const char *root, struct oak_inventory *inventory)
{
	if (inventory->live_patches.n && !live_patch_on(root))
		inventory->live_patches.n = 0;
}

void oak_reboot_kernel(const char *root, struct oak_inventory *inventory)
{
	const struct oak_platform *platform = &inventory->node.platform;
	const struct oak_package *newer = oak_kernel_not_booted(inventory);
	char release[OAK_KERNEL_TEXT];
	if (newer) {
		add_reason(inventory, oak_arena_printf(inventory->arena, "kernel %s is running, %s %s is installed",
						       platform->kernel, newer->name, newer->evr));
		return;
	}
	for (size_t i = 0; platform->kernel && i < inventory->packages.n; i++)
		if (oak_kernel_release(platform->family, &inventory->packages.v[i], release) &&
		    oak_streq(release, platform->kernel))
			check_same_release(root, &inventory->packages.v[i], inventory);
}
