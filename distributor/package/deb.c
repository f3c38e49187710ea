/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A .deb: an ar archive of three members, whose maintainer scripts run the package's own. */
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "distributor/package/build_impl.h"

enum { AR_HEADER = 60 };

static const char *deb_arch(const char *arch)
{
	static const char *const names[][2] = {{"_any", "all"}, {"x86_64", "amd64"}, {"386", "i386"}, {"arm", "armhf"}, {"ppc64le", "ppc64el"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_streq(names[i][0], arch))
			return names[i][1];
	return arch;
}

/* Lower case; '_' is not allowed there. */
static const char *deb_name(struct oak_arena *arena, const char *name)
{
	char *out = oak_arena_strdup(arena, name);
	for (char *p = out; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p == '_' ? '-' : *p);
	return out;
}

static int check_words(const struct oak_recipe *recipe, struct oak_error *err)
{
	if (strlen(recipe->name) < 2)
		return oak_fail(err, OAK_INVALID, "build.native", 0, "a .deb needs a name of at least two characters, not '%s'", recipe->name);
	if (recipe->version[0] < '0' || recipe->version[0] > '9' || strchr(recipe->version, '_'))
		return oak_fail(err, OAK_INVALID, "build.native", 0, "a .deb needs a version that begins with a digit and has no '_', not '%s'", recipe->version);
	return 0;
}

static void put_relations(struct oak_arena *arena, const char *field, const struct oak_package_relation *v, size_t n, struct oak_buf *out)
{
	static const char *const signs[OAK_VERSION_COUNT] = {"", "<<", "<=", "=", ">=", ">>"};
	for (size_t i = 0, put = 0; i < n; i++)
		for (size_t k = 0; k < v[i].bounds.n + (v[i].bounds.n == 0); k++, put++) {
			oak_buf_addf(out, "%s%s", put ? ", " : field, deb_name(arena, v[i].name));
			if (v[i].bounds.n)
				oak_buf_addf(out, " (%s %s)", signs[v[i].bounds.v[k].operator], v[i].bounds.v[k].version);
		}
	if (n)
		oak_buf_addc(out, '\n');
}

/* First line, then the rest indented, empty lines as a dot. */
static void put_description(const char *text, struct oak_buf *out)
{
	struct oak_str rest = oak_str_of(text), line;
	bool first = true;
	oak_buf_adds(out, "Description: ");
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		if (!first && !line.n && !rest.n)
			break;
		oak_buf_adds(out, first ? "" : " ");
		if (line.n)
			oak_buf_add(out, line.p, line.n);
		else
			oak_buf_addc(out, '.');
		oak_buf_addc(out, '\n');
		first = false;
	}
}

static const char *control_text(struct oak_build_work *work, const char *arch, const struct oak_entries *entries)
{
	const struct oak_recipe *recipe = work->build->recipe;
	const struct oak_package_traits *traits = &recipe->traits;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 1 << 20);
	oak_buf_addf(&out, "Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: %s\nInstalled-Size: %lld\n", deb_name(work->arena, recipe->name),
		     recipe->version, deb_arch(arch), recipe->publisher && *recipe->publisher ? recipe->publisher : "unknown",
		     (long long)(entries->bytes + 1023) / 1024 + (long long)entries->list.n);
	put_relations(work->arena, "Depends: ", traits->requires.v, traits->requires.n, &out);
	put_relations(work->arena, "Conflicts: ", traits->conflicts.v, traits->conflicts.n, &out);
	oak_buf_adds(&out, "Section: misc\nPriority: optional\n");
	put_description(recipe->description && *recipe->description ? recipe->description : recipe->name, &out);
	return oak_arena_strdup(work->arena, oak_buf_text(&out));
}

/* A version that brings update.sh is updated in place; one that does not is uninstalled before the next is installed. */
static const char postinst[] = "case \"$1\" in\n"
			       "configure)\n"
			       "\tif [ -n \"${2:-}\" ] && [ ! -e \"$dir/.oakum-removed\" ] && mine update; then\n"
			       "\t\trun update\n"
			       "\telse\n"
			       "\t\trun install\n"
			       "\tfi\n"
			       "\trm -f \"$dir/.oakum-removed\"\n"
			       "\t! mine validate || run validate\n"
			       "\t;;\n"
			       "abort-upgrade)\n"
			       "\tif [ -e \"$dir/.oakum-removed\" ]; then\n"
			       "\t\trun install\n"
			       "\t\trm -f \"$dir/.oakum-removed\"\n"
			       "\tfi\n"
			       "\t;;\n"
			       "abort-remove) run install ;;\n"
			       "esac\n"
			       "exit 0\n";
static const char prerm[] = "case \"$1\" in\n"
			    "remove) run uninstall ;;\n"
			    "upgrade)\n"
			    "\tif ! has update; then\n"
			    "\t\trun uninstall\n"
			    "\t\t: >\"$dir/.oakum-removed\"\n"
			    "\tfi\n"
			    "\t;;\n"
			    "esac\n"
			    "exit 0\n";

static void memory_file(struct oak_arena *arena, const char *path, const char *text, unsigned mode, struct oak_entries *to)
{
	*oak_push(arena, &to->list) = (struct oak_pack_entry){
		.path = path, .kind = OAK_PACK_ENTRY_FILE, .bytes = text, .size = (int64_t)strlen(text), .mode = mode};
}

static void control_entries(struct oak_build_work *work, const char *arch, const struct oak_entries *entries, struct oak_entries *ret)
{
	struct oak_arena *arena = work->arena;
	const char *shell = oak_native_shell(work, entries);
	*oak_push(arena, &ret->list) = (struct oak_pack_entry){.path = "./", .kind = OAK_PACK_ENTRY_FOLDER, .mode = 0755};
	memory_file(arena, "./control", control_text(work, arch, entries), 0644, ret);
	if (!oak_native_scripts(entries))
		return;
	memory_file(arena, "./postinst", oak_arena_printf(arena, "#!/bin/sh\nset -e\n%s%s", shell, postinst), 0755, ret);
	memory_file(arena, "./prerm", oak_arena_printf(arena, "#!/bin/sh\nset -e\n%s%s", shell, prerm), 0755, ret);
}

static int put_header(int fd, const char *name, int64_t mtime, int64_t size, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf header;
	oak_buf_init(&header, 128);
	oak_buf_addf(&header, "%-16s%-12lld%-6d%-6d%-8o%-10lld`\n", name, (long long)mtime, 0, 0, 0100644U, (long long)size);
	if (header.n != AR_HEADER)
		return oak_fail(err, OAK_INVALID, "build.native", 0, "'%s' is too large for a .deb", name);
	return oak_output_put(fd, header.p, header.n, err);
}

static int64_t at(int fd, int64_t offset, int whence)
{
	return (int64_t)lseek(fd, (off_t)offset, whence);
}

/* One member whose size is known only when it is written. */
static int put_member(struct oak_build_work *work, int fd, const char *name, struct oak_entries *entries, enum oak_pack_format format,
		      struct oak_error *err)
{
	int64_t start = at(fd, 0, SEEK_CUR);
	struct oak_packed packed = {0};
	struct oak_pack pack;
	oak_build_pack(work, entries, format, &pack);
	if (put_header(fd, name, work->build->mtime, 0, err) < 0 || oak_pack_write(fd, &pack, &packed, err) < 0)
		return -1;
	if (packed.size % 2 && oak_output_put(fd, "\n", 1, err) < 0)
		return -1;
	if (at(fd, start, SEEK_SET) < 0 || put_header(fd, name, work->build->mtime, packed.size, err) < 0)
		return -1;
	return at(fd, 0, SEEK_END) < 0 ? oak_fail_errno(err, "file.write", "cannot write the package") : 0;
}

static int write_deb(struct oak_build_work *work, int fd, const char *arch, struct oak_entries *entries, struct oak_error *err)
{
	static const char head[] = "!<arch>\n", two[] = "2.0\n";
	struct oak_entries control = {0}, data;
	control_entries(work, arch, entries, &control);
	oak_native_entries(work, entries, ".", true, &data);
	if (oak_output_put(fd, head, 8, err) < 0 || put_header(fd, "debian-binary", work->build->mtime, 4, err) < 0 ||
	    oak_output_put(fd, two, 4, err) < 0)
		return -1;
	if (put_member(work, fd, "control.tar.gz", &control, OAK_PACK_TAR_GZ, err) < 0)
		return -1;
	return put_member(work, fd, "data.tar.zst", &data, OAK_PACK_TAR_ZST, err);
}

int oak_build_deb(struct oak_build_work *work, const struct oak_recipe_target *target, const char *arch, struct oak_entries *entries,
		  struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	OAK_AUTO(oak_output_done) struct oak_output output = {.fd = -1};
	if (target->archive)
		return oak_fail(err, OAK_INVALID, "build.native", 0, "a target with 'archive' cannot become a .deb: its files are not known");
	if (check_words(recipe, err) < 0)
		return -1;
	const char *version = strchr(recipe->version, ':') ? strchr(recipe->version, ':') + 1 : recipe->version;
	const char *stem = oak_arena_printf(work->arena, "%s_%s_%s", deb_name(work->arena, recipe->name), version, deb_arch(arch));
	const char *name = oak_native_name(work, target, stem, "deb");
	work->now = name;
	if (!work->build->dry_run && (oak_output_open(work->arena, work->build->out, name, &output, err) < 0 ||
				      write_deb(work, output.fd, arch, entries, err) < 0))
		return oak_context(err, "cannot build '%s'", name);
	return oak_native_finish(work, target, arch, name, &output, entries->bytes, err);
}
