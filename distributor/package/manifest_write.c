/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a manifest, with every member of a foreign one that we do not know. */
#include "core/str.h"
#include "distributor/package/manifest_impl.h"

/* The members of RAW that are none of KNOWN, as they were. */
static void put_rest(const struct oak_value *raw, const char *const *known, struct oak_sink *sink)
{
	for (size_t i = 0; raw && raw->kind == OAK_VALUE_OBJECT && i < raw->object.n; i++) {
		const char *const *k = known;
		while (*k && !oak_strcaseeq(*k, raw->object.v[i].key))
			k++;
		if (*k)
			continue;
		sink->ops->key(sink, raw->object.v[i].key);
		oak_put_value(sink, &raw->object.v[i].value);
	}
}

static void put_packages(const struct oak_manifest *manifest, struct oak_sink *sink)
{
	static const char *const known[] = {"file", NULL};
	oak_put_begin_object(sink, "packages");
	for (size_t p = 0; p < manifest->packages.n; p++) {
		const struct oak_manifest_platform *platform = &manifest->packages.v[p];
		oak_put_begin_object(sink, platform->key);
		for (size_t v = 0; v < platform->versions.n; v++) {
			const struct oak_manifest_version *version = &platform->versions.v[v];
			oak_put_begin_object(sink, version->key);
			for (size_t a = 0; a < version->arches.n; a++) {
				oak_put_begin_object(sink, version->arches.v[a].key);
				oak_put_string(sink, "file", version->arches.v[a].file);
				put_rest(version->arches.v[a].raw, known, sink);
				oak_put_end_object(sink);
			}
			oak_put_end_object(sink);
		}
		oak_put_end_object(sink);
	}
	oak_put_end_object(sink);
}

static void put_files(const struct oak_manifest *manifest, struct oak_sink *sink)
{
	static const char *const known[] = {"checksums", "size", NULL}, *const sums[] = {"sha256", "sha-256", NULL};
	oak_put_begin_object(sink, "files");
	for (size_t i = 0; i < manifest->files.n; i++) {
		const struct oak_manifest_file *file = &manifest->files.v[i];
		oak_put_begin_object(sink, file->name);
		oak_put_begin_object(sink, "checksums");
		oak_put_string_opt(sink, "sha256", file->sha256);
		put_rest(oak_manifest_member(file->raw, "checksums"), sums, sink);
		oak_put_end_object(sink);
		if (file->size >= 0)
			oak_put_int(sink, "size", file->size);
		put_rest(file->raw, known, sink);
		oak_put_end_object(sink);
	}
	oak_put_end_object(sink);
}

void oak_manifest_format(const struct oak_manifest *manifest, struct oak_sink *sink)
{
	static const char *const known[] = {"schemaVersion", "version", "publisher", "description", "packages", "files", "x-oakum", NULL};
	oak_put_begin_object(sink, NULL);
	oak_put_string_opt(sink, "schemaVersion", manifest->schema_version);
	oak_put_string_opt(sink, "version", manifest->version);
	oak_put_string_opt(sink, "publisher", manifest->publisher);
	oak_put_string_opt(sink, "description", manifest->description);
	put_rest(manifest->raw, known, sink);
	put_packages(manifest, sink);
	put_files(manifest, sink);
	if (manifest->ours)
		oak_shape_write(&oak_manifest_ours, manifest, "x-oakum", sink);
	oak_put_end_object(sink);
}
