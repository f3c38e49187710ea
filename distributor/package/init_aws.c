/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking over an AWS Distributor package: its archives byte for byte, its manifest as a recipe. */
#include "distributor/package/init_aws.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/build_impl.h"
#include "distributor/package/verify.h"

enum { COPY_BLOCK = 1024 * 1024, RECIPE_TEXT_MAX = 16 * 1024 * 1024 };

static int copy(int from, int to, const char *name, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(COPY_BLOCK);
	for (;;) {
		ssize_t got = read(from, block, COPY_BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return oak_fail_errno(err, "file.read", "cannot read '%s'", name);
		if (got == 0)
			return 0;
		if (oak_output_put(to, block, (size_t)got, err) < 0)
			return oak_context(err, "cannot copy '%s'", name);
	}
}

/* Copy what was checked: the same descriptor. */
static int take(struct oak_arena *arena, const struct oak_recipe_init *init, const struct oak_manifest_file *file, struct oak_error *err)
{
	const char *from = oak_arena_printf(arena, "%s/%s", init->aws, file->name), *to = oak_arena_printf(arena, "%s/archives/%s", init->dir, file->name);
	int in = open(from, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (in < 0)
		return oak_fail(err, OAK_UNTRUSTED, "package.missing", errno, "'%s' is missing, but the manifest lists it", from);
	int result = oak_verify_fd(in, from, file->sha256, file->size, err), out = -1;
	if (result == 0 && !init->dry_run) {
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_BINARY, 0644);
		if (out < 0)
			result = errno == EEXIST ? oak_fail(err, OAK_CONFLICT, "init.exists", 0, "'%s' is there already (choose another folder)", to)
						 : oak_fail_errno(err, "file.write", "cannot write '%s'", to);
	}
	if (out >= 0) {
		result = copy(in, out, from, err);
		if (close(out) < 0 && result == 0)
			result = oak_fail_errno(err, "file.write", "cannot write '%s'", to);
	}
	close(in);
	return result;
}

/* A member of the manifest that AWS's part keeps, in JSON, which is YAML. */
static void put_extra(const struct oak_manifest *manifest, struct oak_buf *out)
{
	static const char *const known[] = {"schemaVersion", "version", "publisher", "description", "packages", "files", "x-oakum"};
	struct oak_sink sink;
	bool begun = false;
	for (size_t i = 0; i < manifest->raw->object.n; i++) {
		const struct oak_member *m = &manifest->raw->object.v[i];
		bool skip = false;
		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
			skip = skip || oak_strcaseeq(known[k], m->key);
		if (skip)
			continue;
		if (!begun)
			oak_buf_adds(out, "extra: ");
		oak_buf_adds(out, begun ? ", " : "{");
		begun = true;
		oak_sink_json_compact(&sink, out);
		sink.ops->string(&sink, m->key);
		while (out->n && out->p[out->n - 1] == '\n')
			out->p[--out->n] = '\0';
		oak_buf_adds(out, ": ");
		oak_sink_json_compact(&sink, out);
		oak_put_value(&sink, &m->value);
		while (out->n && out->p[out->n - 1] == '\n')
			out->p[--out->n] = '\0';
	}
	if (begun)
		oak_buf_adds(out, "}\n");
}

static void put_recipe(struct oak_arena *arena, const struct oak_manifest *manifest, const char *name, const char *version, struct oak_buf *out)
{
	oak_buf_addf(out, "# Taken over from an AWS Distributor package; its archives are used as they are.\nschema: oakum.recipe/1\nname: %s\nversion: %s\n",
		     oak_init_quote(arena, name), oak_init_quote(arena, version));
	if (manifest->publisher)
		oak_buf_addf(out, "publisher: %s\n", oak_init_quote(arena, manifest->publisher));
	if (manifest->description)
		oak_buf_addf(out, "description: %s\n", oak_init_quote(arena, manifest->description));
	oak_buf_addf(out, "model: %s\ntargets:\n", oak_package_model_to_string(manifest->traits.model));
	for (size_t p = 0; p < manifest->packages.n; p++) {
		const struct oak_manifest_platform *platform = &manifest->packages.v[p];
		for (size_t v = 0; v < platform->versions.n; v++)
			for (size_t a = 0; a < platform->versions.v[v].arches.n; a++) {
				const struct oak_manifest_arch *arch = &platform->versions.v[v].arches.v[a];
				oak_buf_addf(out, "  - {platform: %s, version: %s, arch: %s, archive: %s}\n", oak_init_quote(arena, platform->key),
					     oak_init_quote(arena, platform->versions.v[v].key), oak_init_quote(arena, arch->key),
					     oak_init_quote(arena, oak_arena_printf(arena, "archives/%s", arch->file)));
			}
	}
	put_extra(manifest, out);
}

static bool is_used(const struct oak_manifest *manifest, const char *file)
{
	for (size_t p = 0; p < manifest->packages.n; p++)
		for (size_t v = 0; v < manifest->packages.v[p].versions.n; v++)
			for (size_t a = 0; a < manifest->packages.v[p].versions.v[v].arches.n; a++)
				if (oak_streq(manifest->packages.v[p].versions.v[v].arches.v[a].file, file))
					return true;
	return false;
}

static int take_all(struct oak_arena *arena, const struct oak_recipe_init *init, const struct oak_manifest *manifest, struct oak_recipe_inited *ret,
		    struct oak_error *err)
{
	if (!init->dry_run && oak_fs_mkdirs(oak_arena_printf(arena, "%s/archives", init->dir), 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < manifest->files.n; i++) {
		const struct oak_manifest_file *file = &manifest->files.v[i];
		if (take(arena, init, file, err) < 0)
			return -1;
		if (!is_used(manifest, file->name))
			*oak_push(arena, &ret->notes) = oak_arena_printf(arena, "'%s' is for no platform: it was copied, but the recipe does not name it", file->name);
		if (file->size < 0)
			*oak_push(arena, &ret->notes) = oak_arena_printf(arena, "the manifest gave no size of '%s'; the new one will", file->name);
	}
	return 0;
}

int oak_init_from_aws(struct oak_arena *arena, const struct oak_recipe_init *init, struct oak_recipe_inited *ret, struct oak_error *err)
{
	const char *path = oak_arena_printf(arena, "%s/manifest.json", init->aws);
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	OAK_AUTO(oak_buf_done) struct oak_buf recipe;
	struct oak_manifest *manifest;
	oak_buf_init(&text, OAK_MANIFEST_MAX);
	oak_buf_init(&recipe, RECIPE_TEXT_MAX);
	if (oak_fs_read(path, &text, err) < 0) {
		if (err && err->kind == OAK_NOT_FOUND)
			err->kind = OAK_INVALID;
		return -1;
	}
	if (oak_manifest_parse_text(arena, oak_buf_text(&text), text.n, path, &manifest, err) < 0 || oak_manifest_check(manifest, path, err) < 0)
		return -1;
	char *real = realpath(init->aws, NULL);
	ret->name = oak_manifest_name(arena, manifest, init->name, real ? real : init->aws);
	free(real);
	if (!ret->name)
		return oak_fail(err, OAK_INVALID, "package.name", 0, "the package in '%s' has no usable name (give --name)", init->aws);
	if (take_all(arena, init, manifest, ret, err) < 0)
		return -1;
	put_recipe(arena, manifest, ret->name, manifest->version, &recipe);
	return init->dry_run ? 0 : oak_init_write(arena, init->dir, "recipe.yaml", oak_buf_text(&recipe), recipe.n, err);
}
