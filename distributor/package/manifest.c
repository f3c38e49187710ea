/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a manifest: AWS's members as its agent reads them, ours by table. */
#include "distributor/package/manifest_impl.h"

#include <string.h>

#include "core/str.h"

typedef OAK_VEC(struct oak_manifest_file) file_vec;

/* A member as Go's decoder finds it: exactly so named, else in any case. */
const struct oak_value *oak_manifest_member(const struct oak_value *object, const char *key)
{
	const struct oak_value *exact = oak_value_get(object, key);
	if (exact || !object || object->kind != OAK_VALUE_OBJECT)
		return exact;
	for (size_t i = 0; i < object->object.n; i++)
		if (oak_strcaseeq(object->object.v[i].key, key))
			return &object->object.v[i].value;
	return NULL;
}

static bool present(const struct oak_value *value)
{
	return value && value->kind != OAK_VALUE_NULL;
}

static bool expect(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, enum oak_value_kind kind)
{
	if (value->kind == kind)
		return true;
	oak_reader_error(r, path, "must be %s, is %s", oak_value_kind_to_string(kind), oak_value_kind_to_string(value->kind));
	return false;
}

static const char *text_member(struct oak_reader *r, const struct oak_path *path, const struct oak_value *object, const char *key)
{
	const struct oak_value *value = oak_manifest_member(object, key);
	struct oak_path here = {.up = path, .key = key};
	return present(value) && expect(r, &here, value, OAK_VALUE_STRING) ? value->string : NULL;
}

static void read_arches(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value,
			struct oak_manifest_version *version)
{
	if (!expect(r, path, value, OAK_VALUE_OBJECT))
		return;
	for (size_t i = 0; i < value->object.n; i++) {
		const struct oak_member *m = &value->object.v[i];
		struct oak_path here = {.up = path, .key = m->key};
		if (!expect(r, &here, &m->value, OAK_VALUE_OBJECT))
			continue;
		const char *file = text_member(r, &here, &m->value, "file");
		if (!file)
			oak_reader_error(r, &here, "names no 'file'");
		else
			*oak_push(r->arena, &version->arches) = (struct oak_manifest_arch){m->key, file, &m->value};
	}
}

static void read_packages(struct oak_reader *r, const struct oak_value *value, struct oak_manifest *manifest)
{
	struct oak_path top = {.key = "packages"};
	if (!expect(r, &top, value, OAK_VALUE_OBJECT))
		return;
	for (size_t i = 0; i < value->object.n; i++) {
		const struct oak_member *p = &value->object.v[i];
		struct oak_path at_platform = {.up = &top, .key = p->key};
		struct oak_manifest_platform platform = {.key = p->key};
		if (!expect(r, &at_platform, &p->value, OAK_VALUE_OBJECT))
			continue;
		for (size_t k = 0; k < p->value.object.n; k++) {
			const struct oak_member *v = &p->value.object.v[k];
			struct oak_path at_version = {.up = &at_platform, .key = v->key};
			struct oak_manifest_version version = {.key = v->key};
			read_arches(r, &at_version, &v->value, &version);
			*oak_push(r->arena, &platform.versions) = version;
		}
		*oak_push(r->arena, &manifest->packages) = platform;
	}
}

static void read_sums(struct oak_reader *r, const struct oak_path *path, const struct oak_value *sums, struct oak_manifest_file *file)
{
	struct oak_path at = {.up = path, .key = "checksums"};
	if (!present(sums) || !expect(r, &at, sums, OAK_VALUE_OBJECT))
		return;
	for (size_t i = 0; i < sums->object.n; i++) {
		const struct oak_member *sum = &sums->object.v[i];
		struct oak_path here = {.up = &at, .key = sum->key};
		if (!expect(r, &here, &sum->value, OAK_VALUE_STRING))
			continue;
		if (oak_strcaseeq(sum->key, "sha256") || oak_strcaseeq(sum->key, "sha-256"))
			file->sha256 = sum->value.string;
		else
			file->other_sums = true;
	}
}

static void read_files(struct oak_reader *r, const struct oak_value *value, struct oak_manifest *manifest)
{
	struct oak_path top = {.key = "files"};
	if (!expect(r, &top, value, OAK_VALUE_OBJECT))
		return;
	for (size_t i = 0; i < value->object.n; i++) {
		const struct oak_member *m = &value->object.v[i];
		struct oak_path here = {.up = &top, .key = m->key}, at_size = {.up = &here, .key = "size"};
		struct oak_manifest_file file = {.name = m->key, .size = -1, .unpacked_size = -1, .entries = -1, .raw = &m->value};
		if (!expect(r, &here, &m->value, OAK_VALUE_OBJECT))
			continue;
		const struct oak_value *size = oak_manifest_member(&m->value, "size");
		read_sums(r, &here, oak_manifest_member(&m->value, "checksums"), &file);
		if (present(size) && expect(r, &at_size, size, OAK_VALUE_INT)) {
			file.size = size->integer;
			if (file.size < 0)
				oak_reader_error(r, &at_size, "must not be negative");
		}
		*oak_push(r->arena, &manifest->files) = file;
	}
}

/* x-oakum.files: what AWS's "files" has no room for. */
struct extra {
	int64_t unpacked_size, entries;
	const char *tree_root;
};
#define EXTRA(m) OAK_AT(struct extra, m)
static const struct oak_field extra_fields[] = {
	{.key = "unpackedSize", .kind = OAK_FIELD_INT64, EXTRA(unpacked_size), .absent = -1, .max = INT64_MAX},
	{.key = "entries", .kind = OAK_FIELD_INT64, EXTRA(entries), .absent = -1, .max = INT64_MAX},
	{.key = "treeRoot", .kind = OAK_FIELD_STRING, EXTRA(tree_root), .flags = OAK_OPTIONAL, .valid = oak_sha256_check, .text = "64 hexadecimal digits"},
	{.key = "sha256", .kind = OAK_FIELD_IGNORED}, /* a copy of what "files" says */
	{.key = "size", .kind = OAK_FIELD_IGNORED},
};
static const struct oak_shape extra_shape = OAK_SHAPE(struct extra, extra_fields);

static void read_extras(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	file_vec *files = at;
	if (!expect(r, path, value, OAK_VALUE_OBJECT))
		return;
	for (size_t i = 0; i < value->object.n; i++) {
		const struct oak_member *m = &value->object.v[i];
		struct oak_path here = {.up = path, .key = m->key};
		struct extra extra = {0};
		struct oak_manifest_file *file = NULL;
		oak_shape_read_at(r, &here, &m->value, &extra_shape, &extra);
		for (size_t k = 0; k < files->n; k++)
			if (oak_streq(files->v[k].name, m->key))
				file = &files->v[k];
		if (!file) {
			oak_reader_error(r, &here, "no file of that name is listed in 'files'");
			continue;
		}
		file->unpacked_size = extra.unpacked_size;
		file->entries = extra.entries;
		file->tree_root = extra.tree_root;
	}
}

static bool write_extras(const void *at, const char *key, struct oak_sink *sink)
{
	const file_vec *files = at;
	bool begun = false;
	for (size_t i = 0; i < files->n; i++) {
		const struct oak_manifest_file *file = &files->v[i];
		if (file->unpacked_size < 0 && file->entries < 0 && !file->tree_root)
			continue;
		if (!begun)
			oak_put_begin_object(sink, key);
		begun = true;
		oak_put_begin_object(sink, file->name);
		if (file->unpacked_size >= 0)
			oak_put_int(sink, "unpackedSize", file->unpacked_size);
		if (file->entries >= 0)
			oak_put_int(sink, "entries", file->entries);
		oak_put_string_opt(sink, "treeRoot", file->tree_root);
		oak_put_end_object(sink);
	}
	if (begun)
		oak_put_end_object(sink);
	return begun;
}

#define ATTACHED(m) OAK_AT(struct oak_package_attachment, m)
static const struct oak_field attachment_fields[] = {
	{.key = "file", .kind = OAK_FIELD_STRING, ATTACHED(file), .flags = OAK_REQUIRED, .valid = oak_package_file_check, .text = "the name of a file"},
	{.key = "sha256", .kind = OAK_FIELD_STRING, ATTACHED(sha256), .flags = OAK_REQUIRED, .valid = oak_sha256_check, .text = "64 hexadecimal digits"},
	{.key = "size", .kind = OAK_FIELD_INT64, ATTACHED(size), .absent = -1, .max = INT64_MAX, .flags = OAK_OPTIONAL},
};
static const struct oak_shape attachment_shape = OAK_SHAPE(struct oak_package_attachment, attachment_fields);

static void read_attachment(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	oak_shape_read_at(r, path, value, &attachment_shape, at);
}

static bool write_attachment(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_package_attachment *attachment = at;
	if (attachment->file)
		oak_shape_write(&attachment_shape, attachment, key, sink);
	return attachment->file != NULL;
}

static void read_format(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	(void)at;
	if (value->kind != OAK_VALUE_INT || value->integer != 1)
		oak_reader_error(r, path, "must be 1");
}

static bool write_format(const void *at, const char *key, struct oak_sink *sink)
{
	(void)at;
	oak_put_int(sink, key, 1);
	return true;
}

#define OURS(m) OAK_AT(struct oak_manifest, m)
static const struct oak_field our_fields[] = {
	{.key = "format", .kind = OAK_FIELD_CUSTOM, .read = read_format, .write = write_format},
	{.key = "name", .kind = OAK_FIELD_STRING, OURS(name), .flags = OAK_OPTIONAL, .valid = oak_package_name_check, .text = "letters, digits, . _ + -"},
	OAK_TRAITS_ROWS(struct oak_manifest, traits),
	{.key = "files", .kind = OAK_FIELD_CUSTOM, OURS(files), .flags = OAK_OPTIONAL, .read = read_extras, .write = write_extras},
	{.key = "sbom", .kind = OAK_FIELD_CUSTOM, OURS(sbom), .flags = OAK_OPTIONAL, .read = read_attachment, .write = write_attachment},
	{.key = "provenance", .kind = OAK_FIELD_CUSTOM, OURS(provenance), .flags = OAK_OPTIONAL, .read = read_attachment, .write = write_attachment},
	{.key = "rollbackFloor", .kind = OAK_FIELD_CUSTOM, OURS(rollback_floor), .flags = OAK_OPTIONAL, .read = oak_scalar_read, .write = oak_scalar_write},
	{.key = "builtWith", .kind = OAK_FIELD_TAGS, OURS(built_with), .flags = OAK_OPTIONAL},
	{.key = "epoch", .kind = OAK_FIELD_IGNORED},
};
const struct oak_shape oak_manifest_ours = OAK_SHAPE(struct oak_manifest, our_fields);

/* Keys that were written with underscores before the format had its final names. */
static const struct oak_value *with_final_names(struct oak_arena *arena, const struct oak_value *ours)
{
	static const char *const names[][2] = {{"args_schema", "args"}, {"rollback_floor", "rollbackFloor"}};
	struct oak_value *copy = OAK_NEW(arena, struct oak_value);
	struct oak_member *members = oak_arena_alloc(arena, ours->object.n * sizeof(*members));
	for (size_t i = 0; i < ours->object.n; i++) {
		members[i] = ours->object.v[i];
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			if (oak_streq(members[i].key, names[k][0]))
				members[i].key = names[k][1];
	}
	copy->kind = OAK_VALUE_OBJECT;
	copy->line = ours->line;
	copy->object.v = members;
	copy->object.n = ours->object.n;
	return copy;
}

/* Refuse what a later version of either format says. */
static int check_format(const struct oak_value *doc, const struct oak_value *ours, const char *name, struct oak_error *err)
{
	const char *schema = oak_value_string(oak_manifest_member(doc, "schemaVersion"));
	const struct oak_value *format = oak_value_get(ours, "format");
	if (schema && !oak_streq(schema, "2") && !oak_starts_with(schema, "2."))
		return oak_fail(err, OAK_UNSUPPORTED, "manifest.newer", 0, "manifest '%s' has the schemaVersion '%s' (only 2.0 is known)", name, schema);
	if (format && (format->kind != OAK_VALUE_INT || format->integer != 1))
		return oak_fail(err, OAK_UNSUPPORTED, "manifest.newer", 0, "manifest '%s' has another 'format' than 1 in its x-oakum (update oakum)", name);
	return 0;
}

struct oak_manifest *oak_manifest_new(struct oak_arena *arena)
{
	struct oak_manifest *manifest = OAK_NEW(arena, struct oak_manifest);
	oak_shape_clear(&oak_manifest_ours, manifest);
	return manifest;
}

int oak_manifest_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_manifest **ret,
		       struct oak_error *err)
{
	struct oak_reader reader = {.arena = arena};
	struct oak_manifest *manifest = oak_manifest_new(arena);
	const struct oak_value *ours = oak_value_get(doc, "x-oakum"), *part;
	if (doc->kind != OAK_VALUE_OBJECT)
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "'%s' is no manifest: it must be an object, is %s", name,
				oak_value_kind_to_string(doc->kind));
	if (check_format(doc, ours, name, err) < 0)
		return -1;
	manifest->raw = doc;
	manifest->schema_version = text_member(&reader, NULL, doc, "schemaVersion");
	manifest->version = text_member(&reader, NULL, doc, "version");
	manifest->publisher = text_member(&reader, NULL, doc, "publisher");
	manifest->description = text_member(&reader, NULL, doc, "description");
	if (present(part = oak_manifest_member(doc, "packages")))
		read_packages(&reader, part, manifest);
	if (present(part = oak_manifest_member(doc, "files")))
		read_files(&reader, part, manifest);
	struct oak_path at_ours = {.key = "x-oakum"};
	if (present(ours) && expect(&reader, &at_ours, ours, OAK_VALUE_OBJECT)) {
		manifest->ours = true;
		oak_shape_read_at(&reader, &at_ours, with_final_names(arena, ours), &oak_manifest_ours, manifest);
	}
	if (oak_reader_finish(&reader, name, "manifest.invalid", err) < 0)
		return -1;
	*ret = manifest;
	return 0;
}

int oak_manifest_parse_text(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_manifest **ret,
			    struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_MANIFEST_MAX};
	const struct oak_value *doc;
	return oak_json_parse(arena, text, n, name, &limits, &doc, err) < 0 ? -1 : oak_manifest_parse(arena, doc, name, ret, err);
}
