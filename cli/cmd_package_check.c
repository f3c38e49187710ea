/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum package sign, verify, show, resolve. */
#include <stdlib.h>
#include <string.h>

#include "cli/package_trust.h"
#include "cli/package_names.h"
#include "cli/package_source.h"
#include "cli/signers.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/resolve.h"
#include "distributor/package/verify.h"

/* The exact bytes of a manifest: DIR/manifest.json, or the file itself. */
static int load_manifest(struct oak_context *ctx, const char *given, const char **ret_path, struct oak_buf *text, struct oak_manifest **ret)
{
	*ret_path = oak_fs_is_dir(given) ? oak_arena_printf(ctx->arena, "%s/manifest.json", given) : given;
	oak_buf_init(text, OAK_MANIFEST_MAX);
	if (oak_fs_read(*ret_path, text, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID;
		return -1;
	}
	return oak_manifest_parse_text(ctx->arena, oak_buf_text(text), text->n, *ret_path, ret, &ctx->err);
}

/* The name of the package whose manifest is at PATH. */
static const char *name_of(struct oak_context *ctx, const struct oak_manifest *manifest, const char *path)
{
	char *real = realpath(path, NULL);
	const char *full = oak_arena_strdup(ctx->arena, real ? real : path), *end = full + strlen(full);
	free(real);
	while (end > full && *end != '/' && *end != '\\')
		end--;
	return oak_manifest_name(ctx->arena, manifest, oak_opt_text(ctx, "name"), oak_arena_strndup(ctx->arena, full, (size_t)(end - full)));
}

/* --- sign -------------------------------------------------------------------------------------------------------- */

static const struct oak_opt sign_opts[] = {
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "private key to sign with; several sign one after the other", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys, or PIN of the token", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* Nothing untrue is signed: every archive and document is what the manifest says. */
static int check_before(struct oak_context *ctx, const char *dir, const char *path, const struct oak_manifest *manifest)
{
	const struct oak_package_attachment *const documents[] = {&manifest->sbom, &manifest->provenance};
	struct oak_verify_file *files = oak_arena_alloc(ctx->arena, (manifest->files.n + 2) * sizeof(*files));
	size_t n = 0;
	if (oak_manifest_check(manifest, path, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < manifest->files.n; i++)
		files[n++] = (struct oak_verify_file){oak_arena_printf(ctx->arena, "%s/%s", dir, manifest->files.v[i].name), manifest->files.v[i].sha256,
						      manifest->files.v[i].size};
	for (size_t i = 0; i < 2; i++)
		if (documents[i]->file)
			files[n++] = (struct oak_verify_file){oak_arena_printf(ctx->arena, "%s/%s", dir, documents[i]->file), documents[i]->sha256,
							      documents[i]->size};
	return oak_verify_files(files, n, 8, &ctx->err);
}

static int sign_all(struct oak_context *ctx, const char *path, const struct oak_buf *text, struct oak_dsse *envelope)
{
	const char *const *keys;
	size_t n = oak_opt_list(ctx, "key", &keys);
	if (!n)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'package sign' needs '--key FILE'");
	for (size_t i = 0; i < n; i++) {
		OAK_AUTO(oak_signer_free_p) struct oak_signer *signer = oak_signer_named(ctx, keys[i]);
		if (!signer)
			return -1;
		if (oak_dsse_sign(ctx->arena, envelope, OAK_DSSE_MANIFEST, oak_buf_text(text), text->n, signer, &ctx->err) < 0)
			return oak_context(&ctx->err, "cannot sign '%s'", path);
	}
	return envelope->signatures.n <= OAK_DSSE_SIGNATURES
		       ? 0
		       : oak_fail(&ctx->err, OAK_INVALID, "dsse.invalid", 0, "a package takes %d signatures at most", OAK_DSSE_SIGNATURES);
}

static int run_sign(struct oak_context *ctx)
{
	const char *path, *dir = ctx->args[0];
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	OAK_AUTO(oak_buf_done) struct oak_buf old;
	struct oak_manifest *manifest;
	struct oak_dsse envelope = {0};
	oak_buf_init(&out, 2 * (size_t)OAK_DSSE_MAX);
	oak_buf_init(&old, OAK_DSSE_MAX);
	oak_buf_init(&text, 1);
	if (!oak_fs_is_dir(dir))
		return oak_fail(&ctx->err, OAK_INVALID, "package.folder", 0, "'%s' is no folder with a manifest.json", dir);
	if (load_manifest(ctx, dir, &path, &text, &manifest) < 0 || check_before(ctx, dir, path, manifest) < 0)
		return -1;
	const char *sig = oak_arena_printf(ctx->arena, "%s.sig", path);
	struct oak_error ignored = {0}; /* a damaged envelope is begun anew */
	if (oak_fs_exists(sig) &&
	    (oak_fs_read(sig, &old, &ignored) < 0 || oak_dsse_parse(ctx->arena, oak_buf_text(&old), old.n, sig, &envelope, &ignored) < 0))
		envelope = (struct oak_dsse){0};
	if (sign_all(ctx, path, &text, &envelope) < 0)
		return -1;
	oak_dsse_format(&envelope, &out);
	if (ctx->dry_run)
		return 0;
	if (oak_fs_write_atomic(sig, oak_buf_text(&out), out.n, 0644, &ctx->err) < 0)
		return -1;
	oak_note(&ctx->out, "'%s' holds %zu %s", sig, envelope.signatures.n, envelope.signatures.n == 1 ? "signature" : "signatures");
	for (size_t i = 0; i < envelope.signatures.n; i++)
		oak_note(&ctx->out, "  key %s", envelope.signatures.v[i].keyid ? envelope.signatures.v[i].keyid : "not named");
	return 0;
}

const struct oak_cmd oak_cmd_package_sign = {
	.name = "package sign",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "sign a package's manifest",
	.description =
		"Signs the exact bytes of DIR/manifest.json into DIR/manifest.json.sig (a DSSE envelope), once every archive and document was found\n"
		"to be what the manifest says. Signatures of other keys over the same bytes stay, so that several people can sign one after\n"
		"the other. Keys are PEM files (encrypted ones with --passphrase-file), PKCS#11 tokens, or programs (cmd:PATH): 'PATH\n"
		"public' prints the public key as PEM, 'PATH sign' the signature of its standard input, in base64 or as bytes.",
	.opts = sign_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_sign,
};

/* --- verify ------------------------------------------------------------------------------------------------------ */

static const struct oak_opt verify_opts[] = {
	OAK_PACKAGE_TRUST_OPTS,
	{"name", 0, OAK_OPT_TEXT, "NAME", "name of the package, where its manifest has none", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int print_verified(struct oak_context *ctx, const struct oak_manifest *manifest, const struct oak_verification *found)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	const char *status = found->unsigned_allowed ? "UNSIGNED" : "TRUSTED";
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "schema", "oakum.packageVerification/1");
		oak_put_string(&sink, "name", found->name);
		oak_put_string(&sink, "version", manifest->version);
		oak_put_string(&sink, "status", status);
		oak_put_int(&sink, "signaturesNeeded", (int64_t)found->needed);
		oak_put_strings(&sink, "signedBy", found->keys.v, found->keys.n);
		oak_put_int(&sink, "files", (int64_t)manifest->files.n);
		oak_put_bool(&sink, "sbom", found->sbom_checked);
		oak_put_bool(&sink, "provenance", found->provenance_checked);
		oak_put_end_object(&sink);
		return oak_out_end(&buf, &ctx->err);
	}
	if (ctx->out.format == OAK_OUT_CSV) {
		static const char *const headers[] = {"name", "version", "status", "signatures", "files"};
		struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
		oak_table_cell(table, found->name);
		oak_table_cell(table, manifest->version);
		oak_table_cell(table, status);
		oak_table_cellf(table, "%zu", found->good);
		oak_table_cellf(table, "%zu", manifest->files.n);
		oak_table_print(table, &buf);
		return oak_out_end(&buf, &ctx->err);
	}
	oak_buf_addf(&buf, "%s %s: %s; %zu %s, %zu %s of the manifest's hashes%s%s\n", found->name, manifest->version,
		     found->unsigned_allowed ? "no signature was asked for" : "signed by trusted keys", found->good,
		     found->good == 1 ? "signature" : "signatures", manifest->files.n, manifest->files.n == 1 ? "archive" : "archives",
		     found->sbom_checked ? ", SBOM" : "", found->provenance_checked ? ", provenance" : "");
	for (size_t i = 0; i < found->keys.n; i++)
		oak_buf_addf(&buf, "  key %s\n", found->keys.v[i]);
	return oak_out_end(&buf, &ctx->err);
}

static int run_verify(struct oak_context *ctx)
{
	OAK_AUTO(oak_package_trust_done) struct oak_package_trust trust = {0};
	struct oak_manifest *manifest;
	struct oak_verification found;
	const char *dir = ctx->args[0];
	if (!oak_package_is_path(dir))
		return oak_package_verify_installed(ctx, dir);
	if (!oak_fs_is_dir(dir))
		return oak_fail(&ctx->err, OAK_INVALID, "package.folder", 0, "'%s' is no folder with a manifest.json", dir);
	if (oak_ctx_package_trust(ctx, &trust) < 0)
		return -1;
	if (oak_verify_dir(ctx->arena, dir, oak_opt_text(ctx, "name"), &trust, &manifest, &found, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID; /* the command line names it */
		return -1;
	}
	if (found.unsigned_allowed)
		oak_warn(&ctx->out, "nobody's signature was asked for: the hashes only show that the package is whole");
	return print_verified(ctx, manifest, &found);
}

const struct oak_cmd oak_cmd_package_verify = {
	.name = "package verify",
	.args = "DIR|NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "check a package: signatures, archives, documents",
	.description =
		"Of a folder: enough trusted keys signed exactly this manifest, every archive has its hash and size, SBOM and provenance are\n"
		"there where the trust policy requires them. Keys are those of --key, else of the policy. Anything else is exit 5.\n\n"
		"Of an installed package NAME: its stored files are those that were installed.",
	.opts = verify_opts,
	.flags = OAK_CMD_ROOT,
	.run = run_verify,
};

/* --- resolve ----------------------------------------------------------------------------------------------------- */

static const struct oak_opt resolve_opts[] = {
	{"platform", 0, OAK_OPT_TEXT, "P", "as Ohai names it: debian, redhat, amazon, suse, windows … (default this host's)", OAK_OPT_NO_CONFIG},
	{"platform-version", 0, OAK_OPT_TEXT, "V", "VERSION_ID of os-release (default this host's)", OAK_OPT_NO_CONFIG},
	{"arch", 0, OAK_OPT_TEXT, "A", "x86_64, arm64, 386 … (default this host's)", OAK_OPT_NO_CONFIG},
	{"explain", 0, OAK_OPT_FLAG, NULL, "show every key that was looked at, and why", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* The host that the options describe; what they leave out is this one's. */
static int host_of(struct oak_context *ctx, struct oak_package_host *ret)
{
	const char *platform = oak_opt_text(ctx, "platform"), *version = oak_opt_text(ctx, "platform-version"), *arch = oak_opt_text(ctx, "arch");
	struct oak_package_host host = {.platform = "", .version = "", .arch = ""};
	if (!(platform && version && arch)) {
		int result = oak_package_host_detect(ctx->arena, ctx->root, &host, &ctx->err);
		if (result < 0 && !platform)
			return -1;
		if (platform)
			host.version = ""; /* another platform's version would mislead */
	}
	host.platform = platform ? platform : host.platform;
	host.version = version ? version : host.version;
	host.arch = arch ? oak_package_arch(arch) : host.arch;
	*ret = host;
	return 0;
}

static void put_steps(const struct oak_resolution *r, struct oak_sink *sink)
{
	oak_put_begin_array(sink, "steps");
	for (size_t i = 0; i < r->steps.n; i++) {
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "level", r->steps.v[i].level);
		oak_put_string(sink, "key", r->steps.v[i].key);
		oak_put_bool(sink, "chosen", r->steps.v[i].chosen);
		oak_put_string(sink, "why", r->steps.v[i].why);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
}

static void put_resolution(const struct oak_package_host *host, const struct oak_resolution *r, bool explain, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "schema", "oakum.resolve/1");
	oak_put_string(sink, "platform", host->platform);
	oak_put_string(sink, "version", host->version);
	oak_put_string(sink, "arch", host->arch);
	oak_put_string(sink, "file", r->file);
	oak_put_begin_object(sink, "matched");
	oak_put_string(sink, "platform", r->platform);
	oak_put_string(sink, "version", r->version);
	oak_put_string(sink, "arch", r->arch);
	oak_put_end_object(sink);
	oak_put_string_opt(sink, "sha256", r->listed ? r->listed->sha256 : NULL);
	if (explain)
		put_steps(r, sink);
	oak_put_end_object(sink);
}

static int print_resolution(struct oak_context *ctx, const struct oak_package_host *host, const struct oak_resolution *r)
{
	static const char *const headers[] = {"level", "key", "chosen", "why"};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	bool explain = oak_opt_flag(ctx, "explain");
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		put_resolution(host, r, explain, &sink);
	} else if (explain || ctx->out.format == OAK_OUT_CSV) {
		struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
		for (size_t i = 0; i < r->steps.n; i++) {
			oak_table_cell(table, r->steps.v[i].level);
			oak_table_cell(table, r->steps.v[i].key);
			oak_table_cell(table, r->steps.v[i].chosen ? "yes" : "no");
			oak_table_cell(table, r->steps.v[i].why);
		}
		oak_table_print(table, &buf);
	}
	if (r->file && ctx->out.format == OAK_OUT_TABLE)
		oak_buf_addf(&buf, "%s%s\n", explain ? "\n" : "", r->file);
	return oak_out_end(&buf, &ctx->err);
}

static void warn_lint(struct oak_context *ctx, const struct oak_manifest *manifest)
{
	struct oak_problems problems = {0};
	oak_manifest_lint(ctx->arena, manifest, &problems);
	for (size_t i = 0; i < problems.list.n; i++)
		oak_warn(&ctx->out, "%s: %s (%s)", problems.list.v[i].subject, problems.list.v[i].detail, problems.list.v[i].remedy);
}

static int run_resolve(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_manifest *manifest;
	struct oak_package_host host;
	struct oak_resolution r;
	const char *path;
	oak_buf_init(&text, 1);
	if (load_manifest(ctx, ctx->args[0], &path, &text, &manifest) < 0 || host_of(ctx, &host) < 0)
		return -1;
	int found = oak_manifest_resolve(ctx->arena, manifest, &host, &r, &ctx->err);
	if (oak_opt_flag(ctx, "explain"))
		warn_lint(ctx, manifest);
	if (found < 0) {
		const struct oak_error failed = ctx->err;
		if (oak_opt_flag(ctx, "explain") && print_resolution(ctx, &host, &r) < 0)
			return -1;
		ctx->err = failed;
		return -1;
	}
	if (manifest->files.n && !r.listed)
		oak_warn(&ctx->out, "'%s' is not listed in 'files', so that it cannot be installed", r.file);
	return print_resolution(ctx, &host, &r);
}

const struct oak_cmd oak_cmd_package_resolve = {
	.name = "package resolve",
	.args = "MANIFEST",
	.min_args = 1,
	.max_args = 1,
	.summary = "which archive of a package fits a host",
	.description =
		"Prints the archive that MANIFEST (or the folder that holds it) has for a platform, version and architecture: this host's, or those\n"
		"of the options. The rules are AWS's: the key itself, the longest \"6.2.*\", then _any and *; what was chosen at one level\n"
		"is final. No archive is exit 1. --explain shows every key that was looked at.",
	.opts = resolve_opts,
	.flags = OAK_CMD_ROOT,
	.run = run_resolve,
};

/* --- show -------------------------------------------------------------------------------------------------------- */

static const struct oak_opt show_opts[] = {
	{"repo", 0, OAK_OPT_TEXT, "NAME", "as this trusted repository offers it, installed or not", OAK_OPT_NO_CONFIG},
	{"name", 0, OAK_OPT_TEXT, "NAME", "name of the package, where its manifest has none", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* A manifest that was found: whose, and where. */
struct shown {
	const struct oak_manifest *manifest;
	const char *name, *repository; /* repository NULL = local */
	bool is_signed;
};

static void show_text(struct oak_context *ctx, const struct shown *s, struct oak_buf *buf)
{
	const struct oak_manifest *m = s->manifest;
	static const char *const headers[] = {"platform", "version", "arch", "file", "size"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	if (ctx->out.format == OAK_OUT_TABLE) {
		oak_buf_addf(buf, "%s %s, model %s%s%s, %s%s%s\n", s->name ? s->name : "-", m->version ? m->version : "-", oak_package_model_to_string(m->traits.model),
			     m->publisher ? ", by " : "", m->publisher ? m->publisher : "", s->is_signed ? "with a signature" : "not signed",
			     s->repository ? ", of repository " : "", s->repository ? s->repository : "");
		if (m->description)
			oak_buf_addf(buf, "%s\n", m->description);
		for (size_t i = 0; i < m->traits.requires.n; i++)
			oak_buf_addf(buf, "requires %s\n", oak_package_relation_text(ctx->arena, &m->traits.requires.v[i]));
		for (size_t i = 0; i < m->traits.conflicts.n; i++)
			oak_buf_addf(buf, "conflicts with %s\n", oak_package_relation_text(ctx->arena, &m->traits.conflicts.v[i]));
		oak_buf_adds(buf, "\n");
	}
	for (size_t p = 0; p < m->packages.n; p++)
		for (size_t v = 0; v < m->packages.v[p].versions.n; v++)
			for (size_t a = 0; a < m->packages.v[p].versions.v[v].arches.n; a++) {
				const struct oak_manifest_arch *arch = &m->packages.v[p].versions.v[v].arches.v[a];
				const struct oak_manifest_file *file = oak_manifest_file_find(m, arch->file);
				oak_table_cell(table, m->packages.v[p].key);
				oak_table_cell(table, m->packages.v[p].versions.v[v].key);
				oak_table_cell(table, arch->key);
				oak_table_cell(table, arch->file);
				if (file && file->size >= 0)
					oak_table_cellf(table, "%lld", (long long)file->size);
				else
					oak_table_cell(table, NULL);
			}
	oak_table_print(table, buf);
}

static int print_shown(struct oak_context *ctx, const struct shown *s)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (!oak_out_document(&ctx->out, &sink, &buf)) {
		show_text(ctx, s, &buf);
		return oak_out_end(&buf, &ctx->err);
	}
	oak_put_begin_object(&sink, NULL);
	oak_put_string(&sink, "schema", "oakum.packageDetails/1");
	oak_put_string(&sink, "name", s->name);
	oak_put_string(&sink, "version", s->manifest->version);
	oak_put_string(&sink, "model", oak_package_model_to_string(s->manifest->traits.model));
	oak_put_bool(&sink, "signed", s->is_signed);
	oak_put_string_opt(&sink, "repository", s->repository);
	sink.ops->key(&sink, "manifest");
	oak_manifest_format(s->manifest, &sink);
	oak_put_end_object(&sink);
	return oak_out_end(&buf, &ctx->err);
}

static int show_local(struct oak_context *ctx, const char *given)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text = {0};
	struct oak_manifest *manifest;
	const char *path;
	if (load_manifest(ctx, given, &path, &text, &manifest) < 0)
		return -1;
	return print_shown(ctx, &(struct shown){.manifest = manifest, .name = name_of(ctx, manifest, path),
						.is_signed = oak_fs_exists(oak_arena_printf(ctx->arena, "%s.sig", path))});
}

/* What is not installed here, but a trusted repository offers it for this host. */
static int show_offered(struct oak_context *ctx, const char *given)
{
	OAK_AUTO(oak_package_place_done) struct oak_package_place place = {0};
	struct oak_package_host host;
	struct oak_manifest *manifest;
	const struct oak_tuf_target *envelope;
	struct oak_error ignored = {0};
	if (host_of(ctx, &host) < 0 || oak_package_place_find(ctx, given, &host, &place) < 0 ||
	    oak_manifest_parse_text(ctx->arena, place.source.manifest, place.source.manifest_n, place.source.manifest_path, &manifest, &ctx->err) < 0)
		return -1;
	const char *sig = oak_arena_printf(ctx->arena, "%s/manifest.json.sig", place.prefix);
	return print_shown(ctx, &(struct shown){.manifest = manifest, .repository = place.repo,
						.name = oak_manifest_name(ctx->arena, manifest, oak_opt_text(ctx, "name"), place.source.fallback_name),
						.is_signed = oak_tuf_find(oak_repo_client_tuf(place.client), sig, &envelope, &ignored) == 0});
}

static int run_show(struct oak_context *ctx)
{
	const char *given = ctx->args[0], *const *names;
	size_t n;
	if (oak_opt_text(ctx, "repo"))
		return show_offered(ctx, given);
	if (oak_package_is_path(given))
		return show_local(ctx, given);
	int code = strchr(given, '@') ? -1 : oak_package_show_installed(ctx, given);
	if (code >= 0 || (!strchr(given, '@') && !oak_streq(ctx->err.id, "package.absent")) || oak_repos_names(ctx, &names, &n) < 0)
		return code;
	if (n == 0 && !strchr(given, '@'))
		return code;
	ctx->err = (struct oak_error){.kind = OAK_OK};
	return show_offered(ctx, given);
}

const struct oak_cmd oak_cmd_package_show = {
	.name = "package show",
	.args = "DIR|MANIFEST|NAME[@VERSION]",
	.min_args = 1,
	.max_args = 1,
	.summary = "what a package holds, or what is installed of it",
	.description = "Reads the manifest in DIR, or the file MANIFEST, and shows what it offers for which platform. Of an installed package NAME it\n"
		       "shows version, model, state and generations. A NAME that is not installed, NAME@VERSION, and with --repo any NAME, is shown as\n"
		       "trusted repositories offer it to this host, with what it requires.",
	.opts = show_opts,
	.flags = OAK_CMD_ROOT,
	.run = run_show,
};
