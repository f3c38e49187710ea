/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SBOM and provenance of what was built: no times, no host names, so that they come out the same everywhere. */
#include "distributor/package/sbom.h"

#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/build_impl.h"

static void put_hash(struct oak_sink *sink, const char *sha256)
{
	oak_put_begin_array(sink, "hashes");
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "alg", "SHA-256");
	oak_put_string(sink, "content", sha256);
	oak_put_end_object(sink);
	oak_put_end_array(sink);
}

static void put_package(const struct oak_recipe *recipe, struct oak_sink *sink)
{
	oak_put_begin_object(sink, "component");
	oak_put_string(sink, "type", "application");
	oak_put_string(sink, "bom-ref", "package");
	oak_put_string_opt(sink, "publisher", recipe->publisher);
	oak_put_string(sink, "name", recipe->name);
	oak_put_string(sink, "version", recipe->version);
	oak_put_string_opt(sink, "description", recipe->description);
	if (recipe->licence) {
		oak_put_begin_array(sink, "licenses");
		oak_put_begin_object(sink, NULL);
		oak_put_begin_object(sink, "license");
		oak_put_string(sink, "name", recipe->licence);
		oak_put_end_object(sink);
		oak_put_end_object(sink);
		oak_put_end_array(sink);
	}
	oak_put_end_object(sink);
}

/* One component an archive, its files below it. */
static void put_archive(struct oak_arena *arena, const struct oak_manifest_file *file, const struct oak_entries *entries, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "type", "file");
	oak_put_string(sink, "bom-ref", file->name);
	oak_put_string(sink, "name", file->name);
	put_hash(sink, file->sha256);
	oak_put_begin_array(sink, "components");
	for (size_t i = 0; i < entries->list.n; i++) {
		const struct oak_pack_entry *entry = &entries->list.v[i];
		if (entry->kind != OAK_PACK_ENTRY_FILE)
			continue;
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "type", "file");
		oak_put_string(sink, "bom-ref", oak_arena_printf(arena, "%s/%s", file->name, entry->path));
		oak_put_string(sink, "name", entry->path);
		put_hash(sink, entry->sha256);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
	oak_put_end_object(sink);
}

static void make_sbom(struct oak_build_work *work, const struct oak_manifest *manifest, const struct oak_entries *entries, struct oak_buf *out)
{
	struct oak_sink sink;
	oak_sink_json(&sink, out);
	oak_put_begin_object(&sink, NULL);
	oak_put_string(&sink, "bomFormat", "CycloneDX");
	oak_put_string(&sink, "specVersion", "1.5");
	oak_put_int(&sink, "version", 1);
	oak_put_begin_object(&sink, "metadata");
	oak_put_begin_object(&sink, "tools");
	oak_put_begin_array(&sink, "components");
	oak_put_begin_object(&sink, NULL);
	oak_put_string(&sink, "type", "application");
	oak_put_string(&sink, "name", "oakum");
	oak_put_string(&sink, "version", OAK_VERSION);
	oak_put_end_object(&sink);
	oak_put_end_array(&sink);
	oak_put_end_object(&sink);
	put_package(work->build->recipe, &sink);
	oak_put_end_object(&sink);
	oak_put_begin_array(&sink, "components");
	for (size_t i = 0; i < manifest->files.n; i++)
		put_archive(work->arena, &manifest->files.v[i], &entries[i], &sink);
	oak_put_end_array(&sink);
	oak_put_end_object(&sink);
}

static void put_subjects(const struct oak_manifest *manifest, struct oak_sink *sink)
{
	oak_put_begin_array(sink, "subject");
	for (size_t i = 0; i < manifest->files.n; i++) {
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "name", manifest->files.v[i].name);
		oak_put_begin_object(sink, "digest");
		oak_put_string(sink, "sha256", manifest->files.v[i].sha256);
		oak_put_end_object(sink);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
}

/* in-toto statement version 1 with a SLSA provenance version 1. */
static void make_provenance(struct oak_build_work *work, const struct oak_manifest *manifest, struct oak_buf *out)
{
	const struct oak_recipe *recipe = work->build->recipe;
	struct oak_sink sink;
	oak_sink_json(&sink, out);
	oak_put_begin_object(&sink, NULL);
	oak_put_string(&sink, "_type", "https://in-toto.io/Statement/v1");
	put_subjects(manifest, &sink);
	oak_put_string(&sink, "predicateType", "https://slsa.dev/provenance/v1");
	oak_put_begin_object(&sink, "predicate");
	oak_put_begin_object(&sink, "buildDefinition");
	oak_put_string(&sink, "buildType", "urn:oakum:package-build:1");
	oak_put_begin_object(&sink, "externalParameters");
	oak_put_string(&sink, "name", recipe->name);
	oak_put_string(&sink, "version", recipe->version);
	oak_put_end_object(&sink);
	oak_put_begin_object(&sink, "internalParameters");
	for (size_t i = 0; i < manifest->built_with.n; i++)
		oak_put_string(&sink, manifest->built_with.v[i].key, manifest->built_with.v[i].value);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	oak_put_begin_object(&sink, "runDetails");
	oak_put_begin_object(&sink, "builder");
	oak_put_string(&sink, "id", recipe->builder ? recipe->builder : "local");
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
}

/* Write TEXT as NAME, and remember its hash. */
static int attach(struct oak_build_work *work, const char *name, const struct oak_buf *text, struct oak_package_attachment *to, struct oak_error *err)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	if (text->full)
		return oak_fail(err, OAK_INVALID, "recipe.limit", 0, "'%s' would be larger than %d bytes", name, OAK_SBOM_MAX);
	oak_sha256(oak_buf_text(text), text->n, digest);
	oak_hex(digest, sizeof(digest), hex);
	*to = (struct oak_package_attachment){.file = name, .sha256 = oak_arena_strdup(work->arena, hex), .size = (int64_t)text->n};
	*oak_push(work->arena, &work->built->files) =
		(struct oak_built_file){.name = name, .sha256 = work->build->dry_run ? NULL : to->sha256, .size = to->size};
	if (work->build->dry_run)
		return 0;
	return oak_output_text(work->arena, work->build->out, name, text, err);
}

static int load(struct oak_build_work *work, const char *path, struct oak_buf *to, struct oak_error *err)
{
	if (oak_fs_read(oak_source_join(work->arena, work->build->recipe_dir, path), to, err) == 0)
		return 0;
	if (err && err->kind == OAK_NOT_FOUND)
		err->kind = OAK_INVALID; /* the recipe names it */
	return -1;
}

static int build_sbom(struct oak_build_work *work, struct oak_manifest *manifest, const struct oak_entries *entries, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	const char *name = oak_arena_printf(work->arena, "%s-%s.cdx.json", recipe->name, oak_file_word(work->arena, recipe->version));
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_SBOM_MAX);
	if (!recipe->sbom) {
		make_sbom(work, manifest, entries, &text);
	} else if (load(work, recipe->sbom, &text, err) < 0 || oak_sbom_check(work->arena, oak_buf_text(&text), text.n, recipe->sbom, err) < 0) {
		if (err && err->kind == OAK_UNTRUSTED)
			err->kind = OAK_INVALID;
		return -1;
	}
	return attach(work, name, &text, &manifest->sbom, err);
}

static int build_provenance(struct oak_build_work *work, struct oak_manifest *manifest, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	const char *name = oak_arena_printf(work->arena, "%s-%s.provenance.json", recipe->name, oak_file_word(work->arena, recipe->version));
	const char *builder;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_SBOM_MAX);
	manifest->provenance.file = name; /* what a refusal is about */
	if (!recipe->provenance) {
		make_provenance(work, manifest, &text);
	} else if (load(work, recipe->provenance, &text, err) < 0 ||
		   (!work->build->dry_run &&
		    oak_provenance_check(work->arena, oak_buf_text(&text), text.n, manifest, &builder, err) < 0)) {
		if (err && err->kind == OAK_UNTRUSTED)
			err->kind = OAK_INVALID;
		return -1;
	}
	return attach(work, name, &text, &manifest->provenance, err);
}

int oak_build_documents(struct oak_build_work *work, struct oak_manifest *manifest, struct oak_entries *entries, size_t n, struct oak_error *err)
{
	const struct oak_recipe *recipe = work->build->recipe;
	(void)n;
	if (recipe->want_sbom && build_sbom(work, manifest, entries, err) < 0)
		return -1;
	return recipe->want_provenance ? build_provenance(work, manifest, err) : 0;
}
