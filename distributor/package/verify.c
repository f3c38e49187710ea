/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a folder to "this is what somebody trusted signed", or why not. */
#include "distributor/package/verify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baseline/glob.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/sbom.h"

enum { VERIFY_THREADS = 8 };

static int check_payload(const struct oak_verify_request *request, const struct oak_dsse *envelope, struct oak_error *err)
{
	if (oak_streq(envelope->payload_type, OAK_DSSE_MANIFEST) && envelope->payload_n == request->manifest_n &&
	    memcmp(envelope->payload, request->manifest, request->manifest_n) == 0)
		return 0;
	return oak_fail(err, OAK_UNTRUSTED, "package.signature", 0, "the signature of '%s' is over other bytes: the manifest was changed after it was signed",
			request->subject);
}

static int count_signatures(struct oak_arena *arena, const struct oak_verify_request *request, const struct oak_trust_rule *rule,
			    const struct oak_dsse *envelope, struct oak_verification *ret, struct oak_error *err)
{
	bool *used = oak_arena_alloc(arena, (rule->values.n + 1) * sizeof(*used));
	ret->needed = (size_t)rule->threshold;
	ret->good = oak_dsse_count(envelope, rule->values.v, rule->values.n, used);
	for (size_t i = 0; i < rule->values.n; i++)
		if (used[i])
			*oak_push(arena, &ret->keys) = oak_arena_strdup(arena, oak_key_id(rule->values.v[i]));
	if (ret->good >= ret->needed)
		return 0;
	return oak_fail(err, OAK_UNTRUSTED, "package.signature", 0, "'%s' has %zu of %zu needed signatures by trusted keys", request->subject, ret->good,
			ret->needed);
}

int oak_verify_signatures(struct oak_arena *arena, const struct oak_verify_request *request, struct oak_verification *ret,
			  struct oak_error *err)
{
	const struct oak_trust_rule *rule = oak_package_trust_rule(request->trust, request->name);
	struct oak_dsse envelope;
	*ret = (struct oak_verification){.name = request->name, .signature = request->envelope != NULL};
	if (request->trust->allow_unsigned || (request->from_repository && !(rule && rule->even_from_repository))) {
		ret->unsigned_allowed = true;
		return 0;
	}
	if (!rule)
		return oak_fail(err, OAK_UNTRUSTED, "package.no-key", 0, "no key is trusted for the package '%s' (give --key, or --trust with a policy that names it)",
				request->name);
	ret->needed = (size_t)rule->threshold;
	if (!request->envelope)
		return oak_fail(err, OAK_UNTRUSTED, "package.unsigned", 0, "'%s' is not signed (run 'oakum package sign', or give --allow-unsigned)",
				request->subject);
	const char *name = oak_arena_printf(arena, "%s.sig", request->subject);
	if (oak_dsse_parse(arena, request->envelope, request->envelope_n, name, &envelope, err) < 0 ||
	    check_payload(request, &envelope, err) < 0)
		return -1;
	return count_signatures(arena, request, rule, &envelope, ret, err);
}

static bool fits_any(const struct oak_trust_rule *rule, const char *builder)
{
	for (size_t i = 0; i < rule->builders.n; i++)
		if (builder && oak_glob_match(rule->builders.v[i], builder))
			return true;
	return rule->builders.n == 0;
}

static int load_document(struct oak_arena *arena, const char *dir, const struct oak_package_attachment *attachment, const char **ret, size_t *ret_n,
			 struct oak_error *err)
{
	const char *path = oak_arena_printf(arena, "%s/%s", dir, attachment->file);
	const struct oak_verify_file file = {path, attachment->sha256, attachment->size};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, OAK_SBOM_MAX);
	if (!oak_package_file_check(attachment->file))
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "'%s' is no plain name of a file", attachment->file);
	if (oak_verify_files(&file, 1, 1, err) < 0 || oak_fs_read(path, &buf, err) < 0)
		return -1;
	*ret = oak_arena_strndup(arena, buf.p ? buf.p : "", buf.n);
	*ret_n = buf.n;
	return 0;
}

static int check_sbom(struct oak_arena *arena, const char *dir, const struct oak_manifest *manifest, bool required,
		      struct oak_verification *ret, struct oak_error *err)
{
	const char *text;
	size_t n;
	if (!manifest->sbom.file)
		return required ? oak_fail(err, OAK_UNTRUSTED, "package.sbom", 0, "package '%s' has no SBOM, and the trust policy requires one", ret->name) : 0;
	if (load_document(arena, dir, &manifest->sbom, &text, &n, err) < 0 ||
	    oak_sbom_check(arena, text, n, manifest->sbom.file, err) < 0)
		return -1;
	ret->sbom_checked = true;
	return 0;
}

static int check_provenance(struct oak_arena *arena, const char *dir, const struct oak_manifest *manifest, const struct oak_trust_rule *rule,
			    struct oak_verification *ret, struct oak_error *err)
{
	const char *text, *builder = NULL;
	size_t n;
	if (!manifest->provenance.file)
		return rule && rule->provenance ? oak_fail(err, OAK_UNTRUSTED, "package.provenance", 0,
							   "package '%s' has no provenance, and the trust policy requires one", ret->name)
						: 0;
	if (load_document(arena, dir, &manifest->provenance, &text, &n, err) < 0 ||
	    oak_provenance_check(arena, text, n, manifest, &builder, err) < 0)
		return -1;
	if (rule && !fits_any(rule, builder))
		return oak_fail(err, OAK_UNTRUSTED, "package.provenance", 0, "package '%s' was built by '%s', whom the trust policy does not name",
				ret->name, builder ? builder : "nobody");
	ret->provenance_checked = true;
	return 0;
}

int oak_verify_documents(struct oak_arena *arena, const char *dir, const struct oak_manifest *manifest,
			 const struct oak_verify_request *request, struct oak_verification *ret, struct oak_error *err)
{
	const struct oak_trust_rule *rule = oak_package_trust_rule(request->trust, request->name);
	if (check_sbom(arena, dir, manifest, rule && rule->sbom, ret, err) < 0)
		return -1;
	return check_provenance(arena, dir, manifest, rule, ret, err);
}

static int verify_archives(struct oak_arena *arena, const char *dir, const struct oak_manifest *manifest, struct oak_error *err)
{
	struct oak_verify_file *files = oak_arena_alloc(arena, manifest->files.n * sizeof(*files));
	for (size_t i = 0; i < manifest->files.n; i++)
		files[i] = (struct oak_verify_file){oak_arena_printf(arena, "%s/%s", dir, manifest->files.v[i].name), manifest->files.v[i].sha256,
						    manifest->files.v[i].size};
	return oak_verify_files(files, manifest->files.n, VERIFY_THREADS, err);
}

/* Bytes of DIR/manifest.json.sig; NULL where there is none. */
static int read_envelope(struct oak_arena *arena, const char *manifest, struct oak_verify_request *request, struct oak_error *err)
{
	const char *path = oak_arena_printf(arena, "%s.sig", manifest);
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, OAK_DSSE_MAX);
	if (!oak_fs_exists(path))
		return 0;
	if (oak_fs_read(path, &buf, err) < 0)
		return -1;
	request->envelope = oak_arena_strndup(arena, buf.p ? buf.p : "", buf.n);
	request->envelope_n = buf.n;
	return 0;
}

int oak_verify_dir(struct oak_arena *arena, const char *dir, const char *given, const struct oak_package_trust *trust,
		   struct oak_manifest **ret_manifest, struct oak_verification *ret, struct oak_error *err)
{
	struct oak_verify_request request = {.trust = trust, .subject = oak_arena_printf(arena, "%s/manifest.json", dir)};
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_manifest *manifest;
	oak_buf_init(&text, OAK_MANIFEST_MAX);
	if (oak_fs_read(request.subject, &text, err) < 0 || read_envelope(arena, request.subject, &request, err) < 0)
		return -1;
	request.manifest = oak_buf_text(&text);
	request.manifest_n = text.n;
	if (oak_manifest_parse_text(arena, request.manifest, request.manifest_n, request.subject, &manifest, err) < 0)
		return -1;
	*ret_manifest = manifest;
	char *real = realpath(dir, NULL); /* so that "." has a name, too */
	request.name = oak_manifest_name(arena, manifest, given, real ? real : dir);
	free(real);
	if (!request.name)
		return oak_fail(err, OAK_INVALID, "package.name", 0, "package '%s' has no usable name (give --name)", dir);
	if (oak_verify_signatures(arena, &request, ret, err) < 0 || oak_manifest_check(manifest, request.subject, err) < 0 ||
	    oak_verify_documents(arena, dir, manifest, &request, ret, err) < 0)
		return -1;
	return verify_archives(arena, dir, manifest, err);
}
