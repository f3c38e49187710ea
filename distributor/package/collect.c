/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking the author's files, and refusing what no archive of ours may hold. */
#include "distributor/package/collect.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/map.h"
#include "core/port.h"
#include "core/str.h"

enum { DEPTH_MAX = 64, LINK_MAX = 4096 };

struct walk {
	struct oak_arena *arena;
	struct oak_entries *out;
	bool links; /* the tree model keeps them */
	struct oak_error *err;
};

static int refuse(struct walk *w, const char *subject, const char *why)
{
	return oak_fail(w->err, OAK_INVALID, "recipe.source", 0, "'%s' cannot be packed: %s", subject, why);
}

static int add(struct walk *w, struct oak_pack_entry entry)
{
	if (w->out->list.n >= OAK_ENTRIES_MAX)
		return oak_fail(w->err, OAK_INVALID, "recipe.limit", 0, "a package may hold %d entries at most", OAK_ENTRIES_MAX);
	if (!oak_archive_path_check(entry.path))
		return refuse(w, entry.path, "not every platform takes this name, or it leads out of the package");
	*oak_push(w->arena, &w->out->list) = entry;
	w->out->bytes += entry.kind == OAK_PACK_ENTRY_FILE ? entry.size : 0;
	return 0;
}

static int add_file(struct walk *w, const char *from, const char *to, const struct stat *st, int mode)
{
	struct oak_pack_entry entry = {.path = to, .kind = OAK_PACK_ENTRY_FILE, .from = from, .size = st->st_size};
	entry.mode = mode >= 0 ? (unsigned)mode : st->st_mode & 0100 ? 0755 : 0644;
	return add(w, entry);
}

#ifndef _WIN32
/* A relative link that never climbs above the archive's top. */
static bool stays_inside(const char *path, const char *target)
{
	struct oak_str rest = oak_str_of(path), part;
	long depth = -1; /* the link itself is no folder */
	if (target[0] == '/' || target[0] == '\\' || strchr(target, ':'))
		return false;
	while (oak_str_next(&rest, '/', &part))
		depth++;
	rest = oak_str_of(target);
	while (oak_str_next(&rest, '/', &part)) {
		if (oak_str_eq(part, OAK_STR("..")))
			depth--;
		else if (part.n && !oak_str_eq(part, OAK_STR(".")))
			depth++;
		if (depth < 0)
			return false;
	}
	return true;
}
#endif

static int add_link(struct walk *w, const char *from, const char *to)
{
#ifdef _WIN32
	(void)to;
	return refuse(w, from, "links are not supported here");
#else
	char target[LINK_MAX];
	ssize_t n = readlink(from, target, sizeof(target) - 1);
	if (n < 0)
		return oak_fail_errno(w->err, "file.read", "cannot read the link '%s'", from);
	target[n] = '\0';
	if (!w->links)
		return refuse(w, from, "it is a symbolic link, which packages of the model \"script\" cannot hold (name its file in 'files')");
	if (!stays_inside(to, target))
		return refuse(w, from, "it is a symbolic link that leads out of the package");
	return add(w, (struct oak_pack_entry){.path = to, .kind = OAK_PACK_ENTRY_LINK, .from = oak_arena_strdup(w->arena, target), .mode = 0777});
#endif
}

static int walk_folder(struct walk *w, const char *from, const char *to, int mode, int depth);

static int walk_one(struct walk *w, const char *from, const char *to, int mode, int depth)
{
	struct stat st;
	if (lstat(from, &st) < 0)
		return oak_fail_errno(w->err, "file.open", "cannot look at '%s'", from);
	if (S_ISREG(st.st_mode))
		return add_file(w, from, to, &st, mode);
	if (S_ISDIR(st.st_mode)) {
		if (depth >= DEPTH_MAX)
			return refuse(w, from, "its folders are nested too deeply");
		if (*to && add(w, (struct oak_pack_entry){.path = to, .kind = OAK_PACK_ENTRY_FOLDER, .mode = 0755}) < 0)
			return -1;
		return walk_folder(w, from, to, mode, depth + 1);
	}
	if (S_ISLNK(st.st_mode))
		return add_link(w, from, to);
	return refuse(w, from, "it is neither a file nor a folder");
}

static int walk_folder(struct walk *w, const char *from, const char *to, int mode, int depth)
{
	DIR *dir = opendir(from);
	if (!dir)
		return oak_fail_errno(w->err, "file.open", "cannot read the folder '%s'", from);
	int result = 0;
	const struct dirent *entry;
	while (result == 0 && (errno = 0, entry = readdir(dir))) {
		if (oak_streq(entry->d_name, ".") || oak_streq(entry->d_name, ".."))
			continue;
		result = walk_one(w, oak_arena_printf(w->arena, "%s/%s", from, entry->d_name),
				  oak_arena_printf(w->arena, "%s%s%s", to, *to ? "/" : "", entry->d_name), mode, depth);
	}
	if (result == 0 && errno)
		result = oak_fail_errno(w->err, "file.read", "cannot read the folder '%s'", from);
	closedir(dir);
	return result;
}

const char *oak_source_join(struct oak_arena *arena, const char *dir, const char *path)
{
	bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');
	return absolute ? path : oak_arena_printf(arena, "%s/%s", dir, path);
}

/* The name of FROM when it goes into the folder TO ("bin/" or ""). */
static const char *place(struct walk *w, const char *from, const char *to)
{
	size_t n = strlen(from);
	while (n && from[n - 1] == '/')
		n--;
	size_t start = n;
	while (start && from[start - 1] != '/' && from[start - 1] != '\\')
		start--;
	return oak_arena_printf(w->arena, "%s%.*s", to, (int)(n - start), from + start);
}

static int collect_file(struct walk *w, const char *dir, const struct oak_recipe_file *file)
{
	const char *from = oak_source_join(w->arena, dir, file->from), *to = file->to;
	size_t n = strlen(to);
	struct stat st;
	if (stat(from, &st) < 0) /* a link that is named itself is followed */
		return oak_fail(w->err, OAK_INVALID, "recipe.source", errno, "'%s' cannot be packed: %s", from, strerror(errno));
	if (S_ISREG(st.st_mode))
		return add_file(w, from, !n || to[n - 1] == '/' ? place(w, file->from, to) : to, &st, file->mode);
	if (!S_ISDIR(st.st_mode))
		return refuse(w, from, "it is neither a file nor a folder");
	if (n && to[n - 1] == '/')
		to = oak_arena_strndup(w->arena, to, n - 1);
	if (*to && add(w, (struct oak_pack_entry){.path = to, .kind = OAK_PACK_ENTRY_FOLDER, .mode = 0755}) < 0)
		return -1;
	return walk_folder(w, from, to, file->mode, 1);
}

const char *oak_script_suffix(const char *platform, const char *script)
{
	bool power = oak_ends_with(script, ".ps1"), windows = oak_streq(platform, "windows");
	if (power != windows && !oak_streq(platform, "_any"))
		return NULL;
	return power ? ".ps1" : ".sh";
}

static int collect_scripts(struct walk *w, const char *dir, const struct oak_recipe_target *target)
{
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++) {
		const char *script = target->scripts[i], *from = script ? oak_source_join(w->arena, dir, script) : NULL;
		struct stat st;
		if (!script)
			continue;
		const char *suffix = oak_script_suffix(target->platform, script);
		if (!suffix)
			return refuse(w, script, oak_streq(target->platform, "windows") ? "a script for Windows must end in .ps1"
											 : "a script that ends in .ps1 is for Windows");
		if (stat(from, &st) < 0 || !S_ISREG(st.st_mode))
			return refuse(w, from, "there is no such file");
		if (add_file(w, from, oak_arena_printf(w->arena, "%s%s", oak_package_action_to_string((enum oak_package_action)i), suffix), &st, 0755) < 0)
			return -1;
	}
	return 0;
}

/* All folders above what is there already. */
static int add_parents(struct walk *w)
{
	struct oak_map known;
	size_t n = w->out->list.n;
	oak_map_init(&known, w->arena, 2 * n);
	for (size_t i = 0; i < n; i++)
		if (w->out->list.v[i].kind == OAK_PACK_ENTRY_FOLDER)
			oak_map_put(&known, w->out->list.v[i].path, w);
	for (size_t i = 0; i < n; i++) {
		const char *path = w->out->list.v[i].path;
		for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
			const char *parent = oak_arena_strndup(w->arena, path, (size_t)(slash - path));
			if (oak_map_has(&known, parent))
				continue;
			oak_map_put(&known, parent, w);
			if (add(w, (struct oak_pack_entry){.path = parent, .kind = OAK_PACK_ENTRY_FOLDER, .mode = 0755}) < 0)
				return -1;
		}
	}
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct oak_pack_entry *)a)->path, ((const struct oak_pack_entry *)b)->path);
}

/* A folder may be named twice; nothing else may, nor may two names differ in case alone. */
static int unify(struct walk *w)
{
	struct oak_map folded;
	size_t kept = 0, n = w->out->list.n;
	struct oak_pack_entry *v = w->out->list.v;
	if (n)
		qsort(v, n, sizeof(*v), by_path);
	oak_map_init(&folded, w->arena, n);
	for (size_t i = 0; i < n; i++) {
		if (kept && oak_streq(v[kept - 1].path, v[i].path)) {
			if (v[kept - 1].kind == OAK_PACK_ENTRY_FOLDER && v[i].kind == OAK_PACK_ENTRY_FOLDER)
				continue;
			return refuse(w, v[i].path, "two files of the recipe have this place");
		}
		char *lower = oak_arena_strdup(w->arena, v[i].path);
		for (char *p = lower; *p; p++)
			*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
		if (oak_map_has(&folded, lower))
			return refuse(w, v[i].path, "another name differs from it in upper and lower case alone, which Windows does not tell apart");
		oak_map_put(&folded, lower, w);
		v[kept++] = v[i];
	}
	w->out->list.n = kept;
	return 0;
}

static const struct oak_pack_entry *find(const struct oak_entries *entries, const char *path)
{
	struct oak_pack_entry key = {.path = path};
	return entries->list.n ? bsearch(&key, entries->list.v, entries->list.n, sizeof(key), by_path) : NULL;
}

/* A18: what a script is called must say which one it is. */
static int check_scripts(struct walk *w, const struct oak_recipe *recipe)
{
	const char *health = recipe->traits.health.script;
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++) {
		const char *action = oak_package_action_to_string((enum oak_package_action)i);
		const struct oak_pack_entry *sh = find(w->out, oak_arena_printf(w->arena, "%s.sh", action));
		const struct oak_pack_entry *ps1 = find(w->out, oak_arena_printf(w->arena, "%s.ps1", action));
		if (sh && ps1)
			return refuse(w, action, "there is a .sh and a .ps1 of it, and AWS's agent would refuse both (make a target for Windows)");
		if ((sh && sh->kind != OAK_PACK_ENTRY_FILE) || (ps1 && ps1->kind != OAK_PACK_ENTRY_FILE))
			return refuse(w, action, "its script must be a file");
	}
	if (health && !find(w->out, health))
		return refuse(w, health, "the health check names it, but it is not in the package");
	return 0;
}

int oak_recipe_collect(struct oak_arena *arena, const struct oak_recipe *recipe, const struct oak_recipe_target *target, const char *dir,
		       struct oak_entries *ret, struct oak_error *err)
{
	struct oak_entries entries = {0};
	struct walk w = {.arena = arena, .out = &entries, .links = recipe->traits.model == OAK_MODEL_TREE, .err = err};
	for (size_t i = 0; i < target->files.n; i++)
		if (collect_file(&w, dir, &target->files.v[i]) < 0)
			return -1;
	if (collect_scripts(&w, dir, target) < 0 || add_parents(&w) < 0 || unify(&w) < 0 || check_scripts(&w, recipe) < 0)
		return -1;
	*ret = entries;
	return 0;
}
