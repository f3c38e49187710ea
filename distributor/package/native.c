/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What .deb and .rpm share: where the files lie, and how a package's scripts are run by the host's package manager. */
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "distributor/package/build_impl.h"

const char *oak_native_prefix(struct oak_build_work *work)
{
	const struct oak_recipe *recipe = work->build->recipe;
	return recipe->prefix ? recipe->prefix : oak_arena_printf(work->arena, "/opt/%s", recipe->name);
}

static void folder(struct oak_arena *arena, const char *path, struct oak_entries *to)
{
	*oak_push(arena, &to->list) = (struct oak_pack_entry){.path = path, .kind = OAK_PACK_ENTRY_FOLDER, .mode = 0755};
}

void oak_native_entries(struct oak_build_work *work, const struct oak_entries *entries, const char *head, bool all_folders, struct oak_entries *ret)
{
	struct oak_arena *arena = work->arena;
	const char *prefix = oak_native_prefix(work);
	*ret = (struct oak_entries){.bytes = entries->bytes};
	for (const char *slash = strchr(prefix + 1, '/'); all_folders && slash; slash = strchr(slash + 1, '/'))
		folder(arena, oak_arena_printf(arena, "%s%.*s", head, (int)(slash - prefix), prefix), ret);
	folder(arena, oak_arena_printf(arena, "%s%s", head, prefix), ret);
	for (size_t i = 0; i < entries->list.n; i++) {
		struct oak_pack_entry *entry = oak_push(arena, &ret->list);
		*entry = entries->list.v[i];
		entry->path = oak_arena_printf(arena, "%s%s/%s", head, prefix, entries->list.v[i].path);
	}
}

bool oak_native_has(const struct oak_entries *entries, const char *path)
{
	for (size_t i = 0; i < entries->list.n; i++)
		if (oak_streq(entries->list.v[i].path, path))
			return true;
	return false;
}

bool oak_native_scripts(const struct oak_entries *entries)
{
	static const char *const names[] = {"install.sh", "uninstall.sh", "update.sh", "validate.sh"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_native_has(entries, names[i]))
			return true;
	return false;
}

/* TEXT for the shell, in single quotes. */
static const char *quote(struct oak_arena *arena, const char *text)
{
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 1 << 20);
	oak_buf_addc(&out, '\'');
	for (const char *p = text; *p; p++)
		if (*p == '\'')
			oak_buf_adds(&out, "'\\''");
		else
			oak_buf_addc(&out, *p);
	oak_buf_addc(&out, '\'');
	return oak_arena_strdup(arena, oak_buf_text(&out));
}

const char *oak_native_shell(struct oak_build_work *work, const struct oak_entries *entries)
{
	const struct oak_recipe *recipe = work->build->recipe;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 1 << 20);
	oak_buf_addf(&out, "dir=%s\n", quote(work->arena, oak_native_prefix(work)));
	oak_buf_adds(&out, "own='");
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++)
		if (oak_native_has(entries, oak_arena_printf(work->arena, "%s.sh", oak_package_action_to_string((enum oak_package_action)i))))
			oak_buf_addf(&out, " %s", oak_package_action_to_string((enum oak_package_action)i));
	oak_buf_adds(&out, " '\n");
	for (size_t i = 0; i < recipe->traits.args.n; i++)
		if (recipe->traits.args.v[i].fallback)
			oak_buf_addf(&out, "export %s=%s\n", recipe->traits.args.v[i].name, quote(work->arena, recipe->traits.args.v[i].fallback));
	oak_buf_adds(&out,
		     "# mine ACTION: this version brings its script; has ACTION: it is on the disk, perhaps of the version before.\n"
		     "mine() { case $own in *\" $1 \"*) return 0 ;; *) return 1 ;; esac; }\n"
		     "# run ACTION: 0 and 194 (done but for a reboot) are success.\n"
		     "has() { [ -f \"$dir/$1.sh\" ]; }\n"
		     "run() {\n"
		     "\thas \"$1\" || return 0\n"
		     "\tID= VERSION_ID=\n"
		     "\t[ ! -r /etc/os-release ] || . /etc/os-release\n"
		     "\trc=0\n"
		     "\t(\n"
		     "\t\tcd \"$dir\" || exit 1\n"
		     "\t\tBWS_ACTION_NAME=$1 BWS_PLATFORM_NAME=$ID BWS_PLATFORM_VERSION=$VERSION_ID BWS_ARCHITECTURE=$(uname -m) \\\n"
		     "\t\t\tsh \"./$1.sh\"\n"
		     "\t) || rc=$?\n"
		     "\tif [ \"$rc\" = 194 ]; then\n"
		     "\t\trc=0\n"
		     "\t\tmkdir -p /run 2>/dev/null && : >/run/reboot-required || :\n"
		     "\tfi\n"
		     "\treturn \"$rc\"\n"
		     "}\n");
	return oak_arena_strdup(work->arena, oak_buf_text(&out));
}

/* name_1.2_amd64.deb, with the platform in it where several targets are for one architecture. */
const char *oak_native_name(struct oak_build_work *work, const struct oak_recipe_target *target, const char *stem, const char *suffix)
{
	const char *name = oak_arena_printf(work->arena, "%s.%s", stem, suffix);
	for (size_t i = 0; i < work->built->files.n; i++)
		if (oak_streq(work->built->files.v[i].name, name))
			return oak_arena_printf(work->arena, "%s.%s-%s.%s", stem, oak_file_word(work->arena, target->platform),
						oak_file_word(work->arena, target->versions.v[0]), suffix);
	return name;
}

int oak_native_finish(struct oak_build_work *work, const struct oak_recipe_target *target, const char *arch, const char *name,
		      struct oak_output *output, int64_t bytes, struct oak_error *err)
{
	struct oak_built_file *file = oak_push(work->arena, &work->built->files);
	*file = (struct oak_built_file){.name = name, .platform = target->platform, .version = target->versions.v[0], .arch = arch, .size = bytes};
	if (work->build->dry_run)
		return 0;
	char hex[OAK_SHA256_TEXT];
	if (oak_output_hash(output->fd, hex, err) < 0)
		return -1;
	file->sha256 = oak_arena_strdup(work->arena, hex);
	file->size = (int64_t)lseek(output->fd, 0, SEEK_END);
	return oak_output_commit(output, err);
}
