/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold of a manifest before anything that it names is used. */
#include <string.h>

#include "core/str.h"
#include "distributor/package/manifest.h"

const struct oak_manifest_file *oak_manifest_file_find(const struct oak_manifest *manifest, const char *name)
{
	for (size_t i = 0; i < manifest->files.n; i++)
		if (oak_streq(manifest->files.v[i].name, name))
			return &manifest->files.v[i];
	return NULL;
}

static int check_file(const struct oak_manifest *manifest, const struct oak_manifest_file *file, const char *name, struct oak_error *err)
{
	if (!oak_package_file_check(file->name))
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "manifest '%s' lists '%s', which is no plain name of a file", name, file->name);
	if (!file->sha256 || !oak_sha256_check(file->sha256))
		return oak_fail(err, OAK_UNTRUSTED, "manifest.checksum", 0, "manifest '%s' gives no sha256 of '%s'%s", name, file->name,
				file->other_sums ? " (sums of other kinds do not count)" : "");
	if (oak_ends_with(file->name, ".tar.zst") && manifest->traits.model != OAK_MODEL_TREE)
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0,
				"manifest '%s' lists '%s', but a tar.zst needs \"x-oakum\": {\"model\": \"tree\"}", name, file->name);
	return 0;
}

static int check_attachment(const struct oak_package_attachment *attachment, const struct oak_manifest *manifest, const char *name,
			    struct oak_error *err)
{
	if (attachment->file && oak_manifest_file_find(manifest, attachment->file))
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "manifest '%s' lists '%s' twice, as an archive and as a document", name,
				attachment->file);
	return 0;
}

int oak_manifest_check(const struct oak_manifest *manifest, const char *name, struct oak_error *err)
{
	if (!manifest->version || !oak_package_version_check(manifest->version))
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "manifest '%s' has no usable version (letters, digits, . _ + ~ : -, at most 128)",
				name);
	if (!manifest->files.n)
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "manifest '%s' lists no files", name);
	for (size_t i = 0; i < manifest->files.n; i++)
		if (check_file(manifest, &manifest->files.v[i], name, err) < 0)
			return -1;
	for (size_t p = 0; p < manifest->packages.n; p++)
		for (size_t v = 0; v < manifest->packages.v[p].versions.n; v++) {
			const struct oak_manifest_version *version = &manifest->packages.v[p].versions.v[v];
			for (size_t a = 0; a < version->arches.n; a++)
				if (!oak_manifest_file_find(manifest, version->arches.v[a].file))
					return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "manifest '%s' names '%s' for %s %s %s, but does not list it in 'files'",
							name, version->arches.v[a].file, manifest->packages.v[p].key, version->key,
							version->arches.v[a].key);
		}
	if (check_attachment(&manifest->sbom, manifest, name, err) < 0)
		return -1;
	return check_attachment(&manifest->provenance, manifest, name, err);
}

/* The last part of PATH without slashes behind it. */
static const char *last_part(struct oak_arena *arena, const char *path)
{
	size_t n = strlen(path), from;
	while (n > 1 && (path[n - 1] == '/' || path[n - 1] == '\\'))
		n--;
	for (from = n; from && path[from - 1] != '/' && path[from - 1] != '\\'; from--)
		;
	return oak_arena_strndup(arena, path + from, n - from);
}

const char *oak_manifest_name(struct oak_arena *arena, const struct oak_manifest *manifest, const char *given, const char *fallback)
{
	const char *name = given ? given : manifest->name;
	if (!name && fallback)
		name = last_part(arena, fallback);
	return name && oak_package_name_check(name) ? name : NULL;
}

static struct oak_manifest_platform *platform_of(struct oak_arena *arena, struct oak_manifest *manifest, const char *key)
{
	for (size_t i = 0; i < manifest->packages.n; i++)
		if (oak_streq(manifest->packages.v[i].key, key))
			return &manifest->packages.v[i];
	struct oak_manifest_platform *platform = oak_push(arena, &manifest->packages);
	*platform = (struct oak_manifest_platform){.key = key};
	return platform;
}

static struct oak_manifest_version *version_of(struct oak_arena *arena, struct oak_manifest_platform *platform, const char *key)
{
	for (size_t i = 0; i < platform->versions.n; i++)
		if (oak_streq(platform->versions.v[i].key, key))
			return &platform->versions.v[i];
	struct oak_manifest_version *version = oak_push(arena, &platform->versions);
	*version = (struct oak_manifest_version){.key = key};
	return version;
}

struct oak_manifest_arch *oak_manifest_place(struct oak_arena *arena, struct oak_manifest *manifest, const char *platform,
					     const char *version, const char *arch, const char *file)
{
	struct oak_manifest_version *at = version_of(arena, platform_of(arena, manifest, platform), version);
	for (size_t i = 0; i < at->arches.n; i++)
		if (oak_streq(at->arches.v[i].key, arch))
			return oak_streq(at->arches.v[i].file, file) ? &at->arches.v[i] : NULL;
	struct oak_manifest_arch *place = oak_push(arena, &at->arches);
	*place = (struct oak_manifest_arch){.key = arch, .file = file};
	return place;
}
