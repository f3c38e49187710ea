/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node id, name, distribution and running kernel, all read below the root. */
#include "scanners/host.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/str.h"
#include "scanners/os_release.h"
#include "scanners/root.h"

enum { PROC_STAT_MAX = 1024 * 1024 };

const char *oak_host_machine_id(struct oak_arena *arena, const char *root)
{
	const char *id = oak_root_line(arena, root, "/etc/machine-id");
	if (!id)
		id = oak_root_line(arena, root, "/var/lib/dbus/machine-id");
	bool usable = id && strlen(id) == 32 && strspn(id, "0123456789abcdefABCDEF") == 32 && strspn(id, "0") < 32;
	return usable ? id : NULL;
}

const char *oak_host_node_id(const char *root, char out[OAK_NODE_ID_TEXT])
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *id = oak_host_machine_id(arena, root), *path = "";
	char real[PATH_MAX];
	if (!id) {
		id = oak_host_machine_id(arena, "/");
		id = id ? id : "";
		path = realpath(root, real) ? real : root;
	}
	return oak_host_uuid(id, path, out);
}

static void add_problem(struct oak_inventory *inventory, const char *kind, const char *subject, const char *detail,
			const char *remedy)
{
	*oak_push(inventory->arena, &inventory->problems) = (struct oak_problem){kind, subject, detail, remedy};
}

static const char *host_name(struct oak_arena *arena, const char *root)
{
	char name[HOST_NAME_MAX + 1] = "";
	if (oak_streq(root, "/") && gethostname(name, sizeof(name) - 1) == 0 && *name)
		return oak_arena_strdup(arena, name);
	const char *line = oak_root_line(arena, root, "/etc/hostname");
	return line && oak_utf8_check(line, strlen(line)) ? line : NULL;
}

/* "btime 1795435200" of /proc/stat */
static oak_time booted_at(const char *root)
{
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, PROC_STAT_MAX);
	int64_t at = OAK_TIME_NONE;
	if (oak_root_read(root, "/proc/stat", &buf) < 0)
		return at;
	struct oak_str rest = {oak_buf_text(&buf), buf.n}, line;
	while (oak_str_next(&rest, '\n', &line))
		if (line.n > 6 && memcmp(line.p, "btime ", 6) == 0)
			oak_parse_int((struct oak_str){line.p + 6, line.n - 6}, 0, INT64_MAX / 2, &at);
	return at;
}

static void check_end_of_life(const struct oak_os_release *os, oak_time now, struct oak_inventory *inventory)
{
	oak_time end = oak_os_end_of_life(os);
	if (end == OAK_TIME_NONE || now < end)
		return;
	char day[OAK_TIME_TEXT];
	oak_time_format(end - OAK_DAY, day);
	const char *name = os->pretty_name ? os->pretty_name : os->id;
	add_problem(inventory, "end-of-life", name,
		    oak_arena_printf(inventory->arena, "public security support of %s ended on %.10s: no missing patch does not "
						       "mean a safe system", name, day),
		    "upgrade to a supported release, or subscribe to extended support");
}

static void distribution(const char *root, oak_time now, struct oak_inventory *inventory)
{
	struct oak_os_release os;
	struct oak_platform *platform = &inventory->node.platform;
	bool found = oak_os_release_load(inventory->arena, root, &os);
	platform->id = os.id;
	platform->version = os.version_id;
	platform->family = os.family;
	if (!found)
		add_problem(inventory, "no-os-release", "/etc/os-release",
			    "the system does not say which distribution it is",
			    "the package manager found decides; name a baseline with --baseline");
	else if (!os.family)
		add_problem(inventory, "unknown-system", os.id ? os.id : "/etc/os-release",
			    "no family of distributions is known for it; the package manager found decides", NULL);
	check_end_of_life(&os, now, inventory);
}

const char *oak_host_arch(struct oak_arena *arena)
{
	struct utsname u;
	return uname(&u) == 0 ? oak_arena_strdup(arena, u.machine) : NULL;
}

const char *oak_host_boot_id(struct oak_arena *arena, const char *root)
{
	return oak_root_line(arena, root, "/proc/sys/kernel/random/boot_id");
}

void oak_host_facts(const char *root, oak_time now, struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	struct oak_platform *platform = &inventory->node.platform;
	inventory->node.name = host_name(arena, root);
	distribution(root, now, inventory);
	platform->kernel = oak_root_line(arena, root, "/proc/sys/kernel/osrelease");
	platform->boot_id = oak_host_boot_id(arena, root);
	platform->booted_at = booted_at(root);
	if (!platform->kernel)
		add_problem(inventory, "no-proc", "/proc",
			    "it is not mounted below the root: running kernel, boot time and libraries in use are not known",
			    "mount /proc there, or scan the running system itself");
}
