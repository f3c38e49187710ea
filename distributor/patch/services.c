/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From stale processes to units, and restarting them. */
#include "distributor/patch/services.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "distributor/patch/tool.h"
#include "scanners/reboot.h"
#include "scanners/root.h"

bool oak_service_is_sacred(const char *unit)
{
	static const char *const whole[] = {"dbus.service", "dbus-broker.service", "systemd-logind.service", "init.scope",
					    "systemd-journald.service", "systemd-udevd.service", "display-manager.service", "gdm.service",
					    "gdm3.service", "lightdm.service", "sddm.service", "getty.service", "oakum.service", "oakum-resume.service", "oakum-patch.service"};
	static const char *const prefixes[] = {"user@", "getty@", "serial-getty@", "console-getty", "container-getty@", "user-runtime-dir@", "sshd@", "ssh@"};
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (oak_streq(unit, whole[i]))
			return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (oak_starts_with(unit, prefixes[i]))
			return true;
	return false;
}

/* The service nearest to the leaf of the line of systemd's own hierarchy. */
const char *oak_service_of_cgroup(struct oak_arena *arena, const char *text)
{
	struct oak_str rest = oak_str_of(text), line;
	const char *found = NULL;
	while (oak_str_next(&rest, '\n', &line)) {
		bool systemd = (line.n > 3 && memcmp(line.p, "0::", 3) == 0) || memmem(line.p, line.n, ":name=systemd:", 14);
		struct oak_str path = line, part;
		const char *unit = NULL;
		if (!systemd)
			continue;
		while (oak_str_next(&path, '/', &part))
			if (part.n > 8 && memcmp(part.p + part.n - 8, ".service", 8) == 0)
				unit = oak_arena_strndup(arena, part.p, part.n);
		found = unit ? unit : found;
	}
	return found;
}

static const char *unit_of(struct oak_arena *arena, const char *root, long pid)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 64 * 1024);
	if (oak_root_read(root, oak_arena_printf(arena, "/proc/%ld/cgroup", pid), &text) < 0)
		return NULL;
	return oak_service_of_cgroup(arena, oak_buf_text(&text));
}

/* Parent of a process; 0 = not known. */
static long parent_of(const char *root, long pid)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 4096);
	char path[64];
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (oak_root_read(root, path, &text) < 0)
		return 0;
	const char *close = strrchr(oak_buf_text(&text), ')'); /* the command may hold blanks and brackets */
	return close && strlen(close) > 4 ? strtol(close + 4, NULL, 10) : 0;
}

static bool is_own(struct oak_arena *arena, const char *root, const char *unit)
{
	long pid = oak_streq(root, "/") ? (long)getpid() : 0;
	for (int depth = 0; pid > 1 && depth < 64; depth++, pid = parent_of(root, pid))
		if (oak_streq(unit_of(arena, root, pid), unit))
			return true;
	return false;
}

static int by_unit(const void *a, const void *b)
{
	const struct oak_service *x = a, *y = b;
	return strcmp(x->unit, y->unit);
}

static bool known(const struct oak_services *s, const char *unit)
{
	for (size_t i = 0; i < s->v.n; i++)
		if (oak_streq(s->v.v[i].unit, unit))
			return true;
	return false;
}

void oak_services_find(struct oak_arena *arena, const char *root, struct oak_services *ret)
{
	struct oak_stale_list stale = {0};
	if (oak_reboot_stale(arena, root, &stale) < 0)
		return;
	for (size_t i = 0; i < stale.v.n; i++) {
		const char *unit = unit_of(arena, root, (long)stale.v.v[i].pid);
		if (!unit) {
			ret->others++;
			continue;
		}
		if (known(ret, unit))
			continue;
		bool leave = oak_service_is_sacred(unit) || is_own(arena, root, unit);
		*oak_push(arena, &ret->v) = (struct oak_service){
			.unit = unit, .status = leave ? OAK_SERVICE_LEFT_ALONE : OAK_SERVICE_LISTED,
			.reason = oak_arena_printf(arena, "maps deleted %s", stale.v.v[i].file)};
	}
	if (ret->v.n)
		qsort(ret->v.v, ret->v.n, sizeof(*ret->v.v), by_unit);
}

static int systemctl(const struct oak_patch_host *host, struct oak_arena *arena, const char *verb, const char *unit, int *ret_code,
		     struct oak_error *err)
{
	struct oak_patch_host limited = *host;
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool = {.host = &limited, .argv = &argv, .log = "services"};
	limited.timeout_s = 300;
	oak_argv_add_all(&argv, (const char *const[]){"systemctl", verb, unit, NULL});
	return oak_tool_run(&tool, ret_code, err);
}

void oak_services_restart(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_services *services)
{
	if (!oak_streq(host->root, "/") || !oak_fs_is_dir("/run/systemd/system"))
		return;
	for (size_t i = 0; i < services->v.n; i++) {
		struct oak_service *s = &services->v.v[i];
		struct oak_error err = {0};
		char text[1024];
		int code = 0, active = 0;
		if (s->status != OAK_SERVICE_LISTED)
			continue;
		if (systemctl(host, arena, "try-restart", s->unit, &code, &err) < 0 || (code == 0 && systemctl(host, arena, "is-active", s->unit, &active, &err) < 0)) {
			s->status = OAK_SERVICE_FAILED;
			s->error = oak_arena_strdup(arena, oak_error_text(&err, text, sizeof(text)));
		} else if (code != 0 || active != 0) {
			s->status = OAK_SERVICE_FAILED;
			s->error = code ? oak_arena_printf(arena, "systemctl try-restart failed with %d", code) : "it is not active after the restart";
		} else {
			s->status = OAK_SERVICE_RESTARTED;
		}
	}
}

/* ------------------------------------------------------------------------------------------- forecast */

static void look_into(struct oak_arena *arena, const char *root, const char *pid, const struct oak_map *files, struct oak_plan_facts *ret)
{
	OAK_AUTO(oak_buf_done) struct oak_buf maps;
	oak_buf_init(&maps, 4 * 1024 * 1024);
	char path[64];
	snprintf(path, sizeof(path), "/proc/%.20s/maps", pid);
	if (oak_root_read(root, path, &maps) < 0)
		return;
	struct oak_str rest = {oak_buf_text(&maps), maps.n}, line;
	while (oak_str_next(&rest, '\n', &line)) {
		const char *slash = memchr(line.p, '/', line.n);
		char file[4096];
		size_t n = slash ? line.n - (size_t)(slash - line.p) : 0;
		if (!n || n >= sizeof(file))
			continue;
		memcpy(file, slash, n);
		file[n] = '\0';
		/* merged /usr: dpkg's list may say /lib where the kernel says /usr/lib */
		const char *hit = oak_map_has(files, file) ? file : oak_starts_with(file, "/usr/") && oak_map_has(files, file + 4) ? file : NULL;
		if (!hit)
			continue;
		const char *unit = unit_of(arena, root, strtol(pid, NULL, 10));
		for (size_t i = 0; unit && i < ret->restarts.n; i++)
			if (oak_streq(ret->restarts.v[i].unit, unit))
				unit = NULL;
		if (unit)
			*oak_push(arena, &ret->restarts) = (struct oak_plan_restart){unit, oak_arena_printf(arena, "maps %s", hit)};
		return;
	}
}

void oak_services_forecast(struct oak_arena *arena, const char *root, const char *const *files, size_t n, struct oak_plan_facts *ret)
{
	struct oak_map set;
	char path[4200];
	oak_map_init(&set, arena, n);
	for (size_t i = 0; i < n; i++)
		oak_map_put(&set, files[i], &set);
	snprintf(path, sizeof(path), "%s/proc", oak_streq(root, "/") ? "" : root);
	DIR *dir = n ? opendir(path) : NULL;
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (isdigit((unsigned char)e->d_name[0]))
			look_into(arena, root, e->d_name, &set, ret);
	if (dir)
		closedir(dir);
}
