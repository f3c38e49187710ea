/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target after the other, then the documents, then the manifest. */
#include "distributor/package/build_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/platform.h"

enum { COPY_BLOCK = 1024 * 1024 };
static const char *const format_names[OAK_BUILD_COUNT] = {"", "zip", "tar.zst", "deb", "rpm"};

int oak_build_format_from_string(const char *text)
{
	for (int i = OAK_BUILD_ZIP; i < OAK_BUILD_COUNT; i++)
		if (oak_streq(format_names[i], text))
			return i;
	return -1;
}

static int on_progress(void *arg, int64_t done, struct oak_error *err)
{
	struct oak_build_work *work = arg;
	const struct oak_build *build = work->build;
	return build->progress ? build->progress(build->progress_arg, work->now, work->before + done, work->total, err) : 0;
}

void oak_build_pack(struct oak_build_work *work, struct oak_entries *entries, enum oak_pack_format format, struct oak_pack *ret)
{
	*ret = (struct oak_pack){.format = format, .entries = entries->list.v, .n = entries->list.n, .mtime = work->build->mtime,
				 .threads = work->build->threads, .digests = work->build->recipe->want_sbom || format == OAK_PACK_CPIO_ZST,
				 .progress = on_progress, .progress_arg = work};
}

static bool has_links(const struct oak_entries *entries)
{
	for (size_t i = 0; i < entries->list.n; i++)
		if (entries->list.v[i].kind == OAK_PACK_ENTRY_LINK)
			return true;
	return false;
}

static enum oak_build_format format_of(const struct oak_build *build)
{
	if (build->format != OAK_BUILD_DEFAULT)
		return build->format;
	return build->recipe->traits.model == OAK_MODEL_TREE ? OAK_BUILD_TAR_ZST : OAK_BUILD_ZIP;
}

/* "tool-1.2-debian-12-x86_64.zip"; of several versions or architectures the first. */
static const char *archive_name(struct oak_build_work *work, const struct oak_recipe_target *target)
{
	struct oak_arena *arena = work->arena;
	const struct oak_recipe *recipe = work->build->recipe;
	if (target->archive) {
		const char *slash = strrchr(target->archive, '/');
		return slash ? slash + 1 : target->archive;
	}
	return oak_arena_printf(arena, "%s-%s-%s-%s-%s.%s", recipe->name, oak_file_word(arena, recipe->version), oak_file_word(arena, target->platform),
				oak_file_word(arena, target->versions.v[0]), oak_file_word(arena, target->arches.v[0]),
				format_names[format_of(work->build)]);
}

static int place_all(struct oak_build_work *work, const struct oak_recipe_target *target, struct oak_manifest *manifest, const char *file,
		     struct oak_error *err)
{
	for (size_t v = 0; v < target->versions.n; v++)
		for (size_t a = 0; a < target->arches.n; a++)
			if (!oak_manifest_place(work->arena, manifest, target->platform, target->versions.v[v], target->arches.v[a], file))
				return oak_fail(err, OAK_INVALID, "recipe.invalid", 0, "two targets are for %s %s %s", target->platform, target->versions.v[v],
						target->arches.v[a]);
	return 0;
}

static struct oak_built_file *built(struct oak_build_work *work, const char *name, const char *sha256, int64_t size)
{
	struct oak_built_file *file = oak_push(work->arena, &work->built->files);
	*file = (struct oak_built_file){.name = name, .sha256 = sha256 ? oak_arena_strdup(work->arena, sha256) : NULL, .size = size};
	return file;
}

/* Take an archive of the author's as it is. */
static int copy_archive(const char *from, int to, struct oak_packed *ret, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(COPY_BLOCK);
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_BINARY);
	int result = fd < 0 ? oak_fail_errno(err, "file.open", "cannot open '%s'", from) : 0;
	ssize_t got = result == 0 ? 1 : 0;
	while (result == 0 && got > 0) {
		got = read(fd, block, COPY_BLOCK);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			result = oak_fail_errno(err, "file.read", "cannot read '%s'", from);
		else if (got > 0 && oak_output_put(to, block, (size_t)got, err) < 0)
			result = -1;
		else
			ret->size += got;
	}
	if (fd >= 0)
		close(fd);
	return result;
}

static int fill_archive(struct oak_build_work *work, const struct oak_recipe_target *target, struct oak_entries *entries, int fd,
			struct oak_packed *packed, struct oak_error *err)
{
	struct oak_pack pack;
	packed->unpacked_size = -1;
	if (target->archive) {
		if (copy_archive(oak_source_join(work->arena, work->build->recipe_dir, target->archive), fd, packed, err) < 0)
			return -1;
	} else {
		oak_build_pack(work, entries, format_of(work->build) == OAK_BUILD_ZIP ? OAK_PACK_ZIP : OAK_PACK_TAR_FRAMES, &pack);
		if (oak_pack_write(fd, &pack, packed, err) < 0)
			return -1;
	}
	return packed->sha256[0] ? 0 : oak_output_hash(fd, packed->sha256, err);
}

static int build_archive(struct oak_build_work *work, const struct oak_recipe_target *target, struct oak_entries *entries,
			 struct oak_manifest *manifest, struct oak_error *err)
{
	const char *name = archive_name(work, target);
	OAK_AUTO(oak_output_done) struct oak_output output = {.fd = -1};
	struct oak_packed packed = {0};
	work->now = name;
	if (target->archive && oak_manifest_file_find(manifest, name)) /* one zip for several platforms */
		return place_all(work, target, manifest, name, err);
	if (oak_manifest_file_find(manifest, name))
		return oak_fail(err, OAK_CONFLICT, "build.name", 0, "two targets would write '%s' (their platforms, versions or architectures are written alike)", name);
	if (place_all(work, target, manifest, name, err) < 0)
		return -1;
	if (!work->build->dry_run && (oak_output_open(work->arena, work->build->out, name, &output, err) < 0 ||
				      fill_archive(work, target, entries, output.fd, &packed, err) < 0 || oak_output_commit(&output, err) < 0))
		return oak_context(err, "cannot build '%s'", name);
	struct oak_built_file *file = built(work, name, work->build->dry_run ? NULL : packed.sha256, work->build->dry_run ? entries->bytes : packed.size);
	file->platform = target->platform;
	file->version = target->versions.v[0];
	file->arch = target->arches.v[0];
	*oak_push(work->arena, &manifest->files) = (struct oak_manifest_file){
		.name = name, .sha256 = file->sha256, .size = packed.size, .unpacked_size = target->archive ? -1 : entries->bytes,
		.entries = target->archive ? -1 : (int64_t)entries->list.n};
	work->before += entries->bytes;
	return 0;
}

static int fill_manifest(struct oak_build_work *work, struct oak_manifest *manifest, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	const char *const *libraries = oak_pack_libraries(err);
	manifest->schema_version = "2.0";
	manifest->version = recipe->version;
	manifest->publisher = recipe->publisher;
	manifest->description = recipe->description;
	manifest->raw = recipe->extra; /* as if they had been read */
	manifest->ours = true;
	manifest->name = recipe->name;
	manifest->traits = recipe->traits;
	manifest->rollback_floor = recipe->rollback_floor;
	if (!libraries)
		return -1;
	*oak_push(work->arena, &manifest->built_with) = (struct oak_pair){"oakum", OAK_VERSION};
	for (; libraries[0]; libraries += 2)
		*oak_push(work->arena, &manifest->built_with) = (struct oak_pair){libraries[0], libraries[1]};
	return 0;
}

static int write_manifest(struct oak_build_work *work, struct oak_manifest *manifest, struct oak_error *err)
{
	const char *signature = oak_arena_printf(work->arena, "%s/manifest.json.sig", work->build->out);
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_buf_init(&text, OAK_MANIFEST_MAX);
	oak_sink_json(&sink, &text);
	oak_manifest_format(manifest, &sink);
	oak_sha256(oak_buf_text(&text), text.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	built(work, "manifest.json", work->build->dry_run ? NULL : hex, (int64_t)text.n);
	if (text.full)
		return oak_fail(err, OAK_INVALID, "recipe.limit", 0, "the manifest would be larger than %d bytes", OAK_MANIFEST_MAX);
	if (work->build->dry_run)
		return 0;
	if (oak_fs_exists(signature) && oak_fs_remove(signature, err) < 0)
		return -1;
	return oak_output_text(work->arena, work->build->out, "manifest.json", &text, err);
}

static int collect_all(struct oak_build_work *work, struct oak_entries **ret, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	struct oak_entries *all = oak_arena_alloc(work->arena, recipe->targets.n * sizeof(*all));
	for (size_t i = 0; i < recipe->targets.n; i++) {
		if (oak_recipe_collect(work->arena, recipe, &recipe->targets.v[i], work->build->recipe_dir, &all[i], err) < 0)
			return oak_context(err, "targets[%zu]", i);
		if (format_of(work->build) == OAK_BUILD_ZIP && has_links(&all[i]))
			return oak_fail(err, OAK_INVALID, "build.format", 0, "a zip cannot hold the symbolic links of targets[%zu] (use --format tar.zst)", i);
		work->total += all[i].bytes;
	}
	*ret = all;
	return 0;
}

static int build_portable(struct oak_build_work *work, struct oak_entries *all, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	struct oak_manifest *manifest = oak_manifest_new(work->arena);
	if (format_of(work->build) == OAK_BUILD_TAR_ZST && recipe->traits.model != OAK_MODEL_TREE)
		return oak_fail(err, OAK_INVALID, "build.format", 0, "a tar.zst is for the tree model; this recipe has the model \"script\"");
	if (fill_manifest(work, manifest, err) < 0)
		return -1;
	for (size_t i = 0; i < recipe->targets.n; i++)
		if (build_archive(work, &recipe->targets.v[i], &all[i], manifest, err) < 0)
			return -1;
	if (oak_build_documents(work, manifest, all, recipe->targets.n, err) < 0 || write_manifest(work, manifest, err) < 0)
		return -1;
	work->built->manifest = manifest;
	return 0;
}

static int build_native(struct oak_build_work *work, struct oak_entries *all, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	bool deb = work->build->format == OAK_BUILD_DEB;
	for (size_t i = 0; i < recipe->targets.n; i++) {
		const struct oak_recipe_target *target = &recipe->targets.v[i];
		const char *family, *manager;
		oak_package_family(target->platform, &family, &manager);
		bool fits = oak_streq(target->platform, "_any") ||
			    (deb ? oak_streq(manager, "apt") : oak_streq(manager, "yum") || oak_streq(manager, "dnf") || oak_streq(manager, "zypper"));
		for (size_t a = 0; fits && a < target->arches.n; a++)
			if ((deb ? oak_build_deb : oak_build_rpm)(work, target, target->arches.v[a], &all[i], err) < 0)
				return -1;
		work->before += all[i].bytes;
	}
	if (work->built->files.n)
		return 0;
	return oak_fail(err, OAK_INVALID, "build.format", 0, "the recipe has no target for %s", deb ? "Debian, Ubuntu or any platform" : "RHEL, SUSE or any platform");
}

int oak_package_build(struct oak_arena *arena, const struct oak_build *build, struct oak_built *ret, struct oak_error *err)
{
	struct oak_build_work work = {.arena = arena, .build = build, .built = ret, .now = build->recipe->name};
	struct oak_entries *all = NULL;
	bool native = build->format == OAK_BUILD_DEB || build->format == OAK_BUILD_RPM;
	*ret = (struct oak_built){0};
	if (collect_all(&work, &all, err) < 0 || (!build->dry_run && oak_fs_mkdirs(build->out, 0755, err) < 0))
		return -1;
	return native ? build_native(&work, all, err) : build_portable(&work, all, err);
}
