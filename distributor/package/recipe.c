/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.recipe/1 by table. */
#include "distributor/package/recipe.h"

#include <string.h>

#include "core/str.h"

typedef OAK_VEC(const char *) text_vec;

/* A string, or a list of them; numbers as they were written. */
static void read_texts(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	text_vec *to = at;
	const struct oak_value *items = value->kind == OAK_VALUE_ARRAY ? value->array.v : value;
	size_t n = value->kind == OAK_VALUE_ARRAY ? value->array.n : 1;
	for (size_t i = 0; i < n; i++) {
		struct oak_path here = {.up = path, .index = i};
		const char *text = NULL;
		oak_scalar_read(r, value->kind == OAK_VALUE_ARRAY ? &here : path, &items[i], &text);
		if (text)
			*oak_push(r->arena, to) = text;
	}
}

/* 0755, "0755", "755": octal digits, without setuid, setgid, sticky, and not writable by others. */
static void read_mode(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	const char *text = oak_value_scalar(r->arena, value);
	int mode = 0;
	size_t n = text ? strspn(text, "01234567") : 0;
	for (size_t i = 0; i < n && n <= 5; i++)
		mode = mode * 8 + (text[i] - '0');
	if (!n || text[n] || n > 5 || mode > 0777 || (mode & 022) || !(mode & 0400))
		oak_reader_error(r, path, "must be permission bits as in \"0644\": readable by the owner, writable by nobody else, no setuid or setgid");
	else
		memcpy(at, &mode, sizeof(mode));
}

#define FILE_AT(m) OAK_AT(struct oak_recipe_file, m)
static const struct oak_field file_fields[] = {
	{.key = "from", .kind = OAK_FIELD_STRING, FILE_AT(from), .flags = OAK_REQUIRED, .min = 1, .max = 4096},
	{.key = "to", .kind = OAK_FIELD_STRING, FILE_AT(to), .flags = OAK_OPTIONAL, .max = 4096},
	{.key = "mode", .kind = OAK_FIELD_CUSTOM, FILE_AT(mode), .read = read_mode},
};

static void check_file(struct oak_reader *r, const struct oak_path *path, void *record)
{
	struct oak_recipe_file *file = record;
	const char *to = file->to ? file->to : "";
	size_t n = strlen(to);
	if (!file->mode)
		file->mode = -1;
	if (oak_streq(to, ".") || oak_streq(to, "./"))
		to = "";
	else if (n && !oak_archive_path_check(to[n - 1] == '/' ? oak_arena_strndup(r->arena, to, n - 1) : to))
		oak_reader_error(r, path, "'to' must be a relative path with names that every platform takes, is \"%.60s\"", to);
	file->to = to;
}
static const struct oak_shape file_shape = {
	.fields = file_fields, .count = sizeof(file_fields) / sizeof(*file_fields), .size = sizeof(struct oak_recipe_file), .check = check_file};

struct scripts {
	const char *of[OAK_PACKAGE_COUNT];
};
#define SCRIPT(key_, action)                                                                                 \
	{.key = key_, .kind = OAK_FIELD_STRING, .offset = (action) * sizeof(const char *), .flags = OAK_OPTIONAL, .min = 1, .max = 4096}
static const struct oak_field script_fields[] = {
	SCRIPT("install", OAK_PACKAGE_INSTALL),
	SCRIPT("uninstall", OAK_PACKAGE_UNINSTALL),
	SCRIPT("update", OAK_PACKAGE_UPDATE),
	SCRIPT("validate", OAK_PACKAGE_VALIDATE),
};
static const struct oak_shape script_shape = OAK_SHAPE(struct scripts, script_fields);

#define TARGET(m) OAK_AT(struct oak_recipe_target, m)
static const struct oak_field target_fields[] = {
	{.key = "platform", .kind = OAK_FIELD_STRING, TARGET(platform), .flags = OAK_OPTIONAL, .min = 1, .max = 64, .valid = oak_text_printable},
	{.key = "version", .kind = OAK_FIELD_CUSTOM, TARGET(versions), .read = read_texts},
	{.key = "arch", .kind = OAK_FIELD_CUSTOM, TARGET(arches), .read = read_texts},
	{.key = "files", .kind = OAK_FIELD_OBJECTS, TARGET(files), .max = 100000, .shape = &file_shape},
	{.key = "scripts", .kind = OAK_FIELD_OBJECT, TARGET(scripts), .shape = &script_shape},
	{.key = "archive", .kind = OAK_FIELD_STRING, TARGET(archive), .flags = OAK_OPTIONAL, .min = 1, .max = 4096},
};

static bool key_check(const char *key)
{
	size_t n = strlen(key);
	return n >= 1 && n <= 64 && oak_text_printable(key) && !strpbrk(key, "/\\\"");
}

static void check_target(struct oak_reader *r, const struct oak_path *path, void *record)
{
	struct oak_recipe_target *target = record;
	if (!target->platform)
		target->platform = "_any";
	if (!target->versions.n)
		*oak_push(r->arena, &target->versions) = "_any";
	if (!target->arches.n)
		*oak_push(r->arena, &target->arches) = "_any";
	bool scripts = false;
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++)
		scripts = scripts || target->scripts[i];
	if (target->archive && (target->files.n || scripts))
		oak_reader_error(r, path, "has either 'archive' or 'files' and 'scripts'");
	if (!target->archive && !target->files.n && !scripts)
		oak_reader_error(r, path, "has no files, no scripts and no archive");
	bool good = key_check(target->platform);
	for (size_t i = 0; i < target->versions.n; i++)
		good = good && key_check(target->versions.v[i]);
	for (size_t i = 0; i < target->arches.n; i++)
		good = good && key_check(target->arches.v[i]);
	if (!good)
		oak_reader_error(r, path, "platform, version and arch must be 1 to 64 printable characters without slashes and quotes");
}
static const struct oak_shape target_shape = {.fields = target_fields,
					      .count = sizeof(target_fields) / sizeof(*target_fields),
					      .size = sizeof(struct oak_recipe_target),
					      .check = check_target};

/* true, false, or a file of the author's. */
static void read_document(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, bool *want, const char **file)
{
	if (value->kind == OAK_VALUE_BOOL) {
		*want = value->boolean;
		return;
	}
	const char *text = oak_value_string(value);
	*want = true;
	*file = text;
	if (oak_streq(text, "generate"))
		*file = NULL;
	else if (!text || !*text)
		oak_reader_error(r, path, "must be true, false, \"generate\" or the name of a file");
}

#define RECIPE(m) OAK_AT(struct oak_recipe, m)
static void read_sbom(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_recipe *recipe = (struct oak_recipe *)((char *)at - offsetof(struct oak_recipe, sbom));
	read_document(r, path, value, &recipe->want_sbom, &recipe->sbom);
}

static void read_provenance(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_recipe *recipe = (struct oak_recipe *)((char *)at - offsetof(struct oak_recipe, provenance));
	read_document(r, path, value, &recipe->want_provenance, &recipe->provenance);
}

static void read_extra(struct oak_reader *r, const struct oak_path *path, const struct oak_value *value, void *at)
{
	if (value->kind != OAK_VALUE_OBJECT)
		oak_reader_error(r, path, "must be an object, is %s", oak_value_kind_to_string(value->kind));
	else
		memcpy(at, &value, sizeof(value));
}

static bool prefix_check(const char *text)
{
	return text[0] == '/' && oak_archive_path_check(text + 1);
}

static const struct oak_field recipe_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.recipe/1"},
	{.key = "name", .kind = OAK_FIELD_STRING, RECIPE(name), .flags = OAK_REQUIRED, .valid = oak_package_name_check,
	 .text = "1 to 128 letters, digits, . _ + - (the first a letter or digit)"},
	{.key = "version", .kind = OAK_FIELD_CUSTOM, RECIPE(version), .read = oak_scalar_read},
	{.key = "publisher", .kind = OAK_FIELD_STRING, RECIPE(publisher), .flags = OAK_OPTIONAL, .max = 256, .valid = oak_text_printable},
	{.key = "description", .kind = OAK_FIELD_STRING, RECIPE(description), .flags = OAK_OPTIONAL, .max = 4096},
	OAK_TRAITS_ROWS(struct oak_recipe, traits),
	{.key = "targets", .kind = OAK_FIELD_OBJECTS, RECIPE(targets), .flags = OAK_REQUIRED, .min = 1, .max = 1000, .shape = &target_shape},
	{.key = "prefix", .kind = OAK_FIELD_STRING, RECIPE(prefix), .flags = OAK_OPTIONAL, .max = 1024, .valid = prefix_check, .text = "an absolute path"},
	{.key = "licence", .kind = OAK_FIELD_STRING, RECIPE(licence), .flags = OAK_OPTIONAL, .max = 256, .valid = oak_text_printable},
	{.key = "rollbackFloor", .kind = OAK_FIELD_CUSTOM, RECIPE(rollback_floor), .flags = OAK_OPTIONAL, .read = oak_scalar_read},
	{.key = "sbom", .kind = OAK_FIELD_CUSTOM, RECIPE(sbom), .flags = OAK_OPTIONAL, .read = read_sbom},
	{.key = "provenance", .kind = OAK_FIELD_CUSTOM, RECIPE(provenance), .flags = OAK_OPTIONAL, .read = read_provenance},
	{.key = "builder", .kind = OAK_FIELD_STRING, RECIPE(builder), .flags = OAK_OPTIONAL, .max = 1024, .valid = oak_text_printable},
	{.key = "extra", .kind = OAK_FIELD_CUSTOM, RECIPE(extra), .flags = OAK_OPTIONAL, .read = read_extra},
};
static const struct oak_shape recipe_shape = OAK_SHAPE(struct oak_recipe, recipe_fields);

/* What the tables cannot see: a version, scripts that the model needs. */
static void check_recipe(struct oak_reader *r, const struct oak_recipe *recipe)
{
	if (!recipe->version || !oak_package_version_check(recipe->version))
		oak_reader_error(r, &(struct oak_path){.key = "version"}, "must be 1 to 128 letters, digits, . _ + ~ : - (the first a letter or digit)");
	for (size_t i = 0; recipe->traits.model == OAK_MODEL_SCRIPT && i < recipe->targets.n; i++) {
		const struct oak_recipe_target *target = &recipe->targets.v[i];
		struct oak_path targets = {.key = "targets"}, here = {.up = &targets, .index = i};
		if (!target->archive && (!target->scripts[OAK_PACKAGE_INSTALL] || !target->scripts[OAK_PACKAGE_UNINSTALL]))
			oak_reader_error(r, &here, "a package of the model \"script\" needs scripts 'install' and 'uninstall'");
	}
}

/* A recipe may leave its schema away. */
static const struct oak_value *with_schema(struct oak_arena *arena, const struct oak_value *doc)
{
	if (doc->kind != OAK_VALUE_OBJECT || oak_value_get(doc, "schema"))
		return doc;
	struct oak_member *members = oak_arena_alloc(arena, (doc->object.n + 1) * sizeof(*members));
	members[0] = (struct oak_member){.key = "schema", .value = {.kind = OAK_VALUE_STRING, .string = "oakum.recipe/1"}};
	for (size_t i = 0; i < doc->object.n; i++)
		members[i + 1] = doc->object.v[i];
	struct oak_value *copy = OAK_NEW(arena, struct oak_value);
	copy->kind = OAK_VALUE_OBJECT;
	copy->object.v = members;
	copy->object.n = doc->object.n + 1;
	return copy;
}

int oak_recipe_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_recipe **ret, struct oak_error *err)
{
	struct oak_recipe *recipe = OAK_NEW(arena, struct oak_recipe);
	struct oak_reader reader = {.arena = arena};
	oak_shape_read(&reader, with_schema(arena, doc), &recipe_shape, recipe);
	if (!reader.error_count)
		check_recipe(&reader, recipe);
	if (oak_reader_finish(&reader, name, "recipe.invalid", err) < 0)
		return -1;
	*ret = recipe;
	return 0;
}
