/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading SBOM and provenance as far as a node decides by them. */
#include "core/str.h"
#include "distributor/package/sbom.h"

static int parse(struct oak_arena *arena, const char *text, size_t n, const char *name, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_SBOM_MAX};
	if (oak_json_parse(arena, text, n, name, &limits, ret, err) == 0)
		return 0;
	if (err)
		err->kind = OAK_UNTRUSTED;
	return -1;
}

int oak_sbom_check(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_error *err)
{
	const struct oak_value *doc;
	if (parse(arena, text, n, name, &doc, err) < 0)
		return -1;
	if (!oak_streq(oak_value_string(oak_value_get(doc, "bomFormat")), "CycloneDX") || !oak_value_string(oak_value_get(doc, "specVersion")))
		return oak_fail(err, OAK_UNTRUSTED, "package.sbom", 0, "'%s' is no CycloneDX document", name);
	return 0;
}

/* True if a subject has the file's name and hash. */
static bool is_subject(const struct oak_value *subjects, const struct oak_manifest_file *file)
{
	for (size_t i = 0; subjects && subjects->kind == OAK_VALUE_ARRAY && i < subjects->array.n; i++) {
		const struct oak_value *subject = &subjects->array.v[i];
		const char *hash = oak_value_string(oak_value_get(oak_value_get(subject, "digest"), "sha256"));
		if (oak_streq(oak_value_string(oak_value_get(subject, "name")), file->name) && hash && file->sha256 && oak_strcaseeq(hash, file->sha256))
			return true;
	}
	return false;
}

int oak_provenance_check(struct oak_arena *arena, const char *text, size_t n, const struct oak_manifest *manifest, const char **ret_builder,
			 struct oak_error *err)
{
	const char *name = manifest->provenance.file;
	const struct oak_value *doc;
	if (parse(arena, text, n, name, &doc, err) < 0)
		return -1;
	const char *type = oak_value_string(oak_value_get(doc, "_type")), *predicate = oak_value_string(oak_value_get(doc, "predicateType"));
	if (!type || !oak_starts_with(type, "https://in-toto.io/Statement/") || !predicate)
		return oak_fail(err, OAK_UNTRUSTED, "package.provenance", 0, "'%s' is no in-toto statement", name);
	for (size_t i = 0; i < manifest->files.n; i++)
		if (!is_subject(oak_value_get(doc, "subject"), &manifest->files.v[i]))
			return oak_fail(err, OAK_UNTRUSTED, "package.provenance", 0, "'%s' does not speak of '%s' with this hash", name, manifest->files.v[i].name);
	const struct oak_value *body = oak_value_get(doc, "predicate");
	*ret_builder = oak_value_string(oak_value_get(oak_value_get(oak_value_get(body, "runDetails"), "builder"), "id"));
	if (!*ret_builder) /* SLSA 0.2 */
		*ret_builder = oak_value_string(oak_value_get(oak_value_get(body, "builder"), "id"));
	return 0;
}
