/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folder, manifest, archive, or name. */
#include "cli/package_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baseline/evaluate.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"

enum { BARE_MAX = 4096 };

void oak_package_place_done(struct oak_package_place *place)
{
	oak_repo_client_free(place->client);
	place->client = NULL;
}

/* ------------------------------------------------------------------------------------------- local */

static int find_local(void *arg, const char *name, const char **ret_path, struct oak_error *err)
{
	const struct oak_package_place *place = arg;
	struct oak_arena *arena = place->ctx->arena;
	if (!oak_package_file_check(name))
		return oak_fail(err, OAK_INVALID, "manifest.invalid", 0, "'%s' is no plain name of a file", name);
	if (place->only && !oak_streq(place->only, name))
		return oak_fail(err, OAK_INVALID, "package.other-file", 0, "this host needs '%s' of the package, not '%s' (give the folder)", name, place->only);
	*ret_path = oak_arena_printf(arena, "%s/%s", place->folder, name);
	return 0;
}

static int place_folder(struct oak_package_place *p, const char *folder)
{
	struct oak_arena *arena = p->ctx->arena;
	char *real = realpath(folder, NULL);
	p->folder = real ? oak_arena_strdup(arena, real) : folder;
	free(real);
	p->source.manifest_path = oak_arena_printf(arena, "%s/manifest.json", folder);
	p->source.envelope_path = oak_arena_printf(arena, "%s.sig", p->source.manifest_path);
	p->source.documents_dir = p->folder;
	p->source.fallback_name = p->folder;
	p->source.find = find_local;
	p->source.find_arg = p;
	if (oak_fs_exists(p->source.manifest_path))
		return 0;
	return oak_fail(&p->ctx->err, OAK_INVALID, "package.absent", 0, "'%s' is no package: it has no manifest.json", folder);
}

/* Does the manifest beside the archive list it? */
static bool is_listed(struct oak_package_place *p, const char *manifest, const char *name)
{
	const struct oak_value_limits limits = {.bytes = OAK_MANIFEST_MAX};
	const struct oak_value *doc;
	if (!oak_fs_exists(manifest) || oak_value_load(p->ctx->arena, manifest, &limits, &doc, NULL) < 0)
		return false;
	return oak_value_get(oak_value_get(doc, "files"), name) != NULL;
}

/* A zip on its own, as AWS's console takes it: for any system, named after itself; nobody can have signed it. */
static int place_bare(struct oak_package_place *p, const char *file, const char *name)
{
	struct oak_context *ctx = p->ctx;
	char hex[OAK_SHA256_TEXT];
	struct stat st;
	struct oak_sink sink;
	OAK_AUTO(oak_buf_done) struct oak_buf text = {0};
	if (!oak_ends_with(name, ".zip"))
		return oak_fail(&ctx->err, OAK_INVALID, "package.no-manifest", 0, "'%s' needs its manifest.json beside it", file);
	if (stat(file, &st) < 0)
		return oak_fail_errno(&ctx->err, "file.open", "cannot look at '%s'", file);
	if (oak_sha256_file(file, hex, &ctx->err) < 0)
		return -1;
	oak_buf_init(&text, BARE_MAX);
	oak_sink_json_compact(&sink, &text);
	oak_put_begin_object(&sink, NULL);
	oak_put_string(&sink, "schemaVersion", "2.0");
	oak_put_string(&sink, "version", "0");
	static const char *const levels[] = {"packages", "_any", "_any"};
	for (size_t i = 0; i < 3; i++)
		oak_put_begin_object(&sink, levels[i]);
	oak_put_begin_object(&sink, "_any");
	oak_put_string(&sink, "file", name);
	for (size_t i = 0; i < 4; i++)
		oak_put_end_object(&sink);
	oak_put_begin_object(&sink, "files");
	oak_put_begin_object(&sink, name);
	oak_put_begin_object(&sink, "checksums");
	oak_put_string(&sink, "sha256", hex);
	oak_put_end_object(&sink);
	oak_put_int(&sink, "size", st.st_size);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	p->source.manifest = oak_arena_strdup(ctx->arena, oak_buf_text(&text));
	p->source.manifest_n = text.n;
	p->source.envelope_path = NULL;
	p->source.fallback_name = oak_arena_strndup(ctx->arena, name, strlen(name) - 4);
	return 0;
}

static int place_file(struct oak_package_place *p, const char *file)
{
	struct oak_context *ctx = p->ctx;
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	const char *folder = !slash ? "." : slash == file ? "/" : oak_arena_strndup(ctx->arena, file, (size_t)(slash - file));
	if (!oak_fs_exists(file))
		return oak_fail(&ctx->err, OAK_INVALID, "package.absent", 0, "there is no '%s'", file);
	const char *manifest = oak_arena_printf(ctx->arena, "%s/manifest.json", folder);
	bool itself = oak_ends_with(name, ".json"), listed = !itself && is_listed(p, manifest, name);
	if ((itself || listed) && place_folder(p, folder) < 0)
		return -1;
	if (itself) {
		p->source.manifest_path = file;
		p->source.envelope_path = oak_arena_printf(ctx->arena, "%s.sig", file);
		return 0;
	}
	p->only = name;
	if (listed)
		return 0;
	p->folder = folder;
	p->source = (struct oak_package_source){.manifest_path = file, .documents_dir = folder, .find = find_local, .find_arg = p,
						.given_name = p->source.given_name};
	return place_bare(p, file, name);
}

/* ------------------------------------------------------------------------------------------- from a repository */

static int find_target(void *arg, const char *name, const char **ret_path, struct oak_error *err)
{
	struct oak_package_place *p = arg;
	if (oak_repo_client_file(p->client, oak_arena_printf(p->ctx->arena, "%s/%s", p->prefix, name), ret_path) == 0)
		return 0;
	if (err != &p->ctx->err)
		*err = p->ctx->err;
	return -1;
}

/* Has VERSION an archive for HOST? 1 yes, 0 no, -1. */
static int offers(struct oak_package_place *p, const char *version, const struct oak_package_host *host)
{
	struct oak_context *ctx = p->ctx;
	struct oak_manifest *manifest;
	struct oak_resolution resolution = {0};
	const char *file;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_MANIFEST_MAX);
	p->prefix = oak_arena_printf(ctx->arena, "pkg/%s/%s", p->name, version);
	if (find_target(p, "manifest.json", &file, &ctx->err) < 0 || oak_fs_read(file, &text, &ctx->err) < 0)
		return -1;
	const char *copy = oak_arena_strndup(ctx->arena, oak_buf_text(&text), text.n);
	if (oak_manifest_parse_text(ctx->arena, copy, text.n, p->prefix, &manifest, &ctx->err) < 0)
		return -1;
	if (oak_manifest_resolve(ctx->arena, manifest, host, &resolution, NULL) < 0)
		return 0;
	p->source.manifest = copy;
	p->source.manifest_n = text.n;
	p->version = version;
	return 1;
}

/* The highest version below LIMIT (NULL = any); NULL = none. */
static const char *highest(const char *const *versions, size_t n, const char *limit)
{
	const char *best = NULL;
	for (size_t i = 0; i < n; i++)
		if ((!limit || oak_evr_compare_deb(versions[i], limit) < 0) && (!best || oak_evr_compare_deb(versions[i], best) > 0))
			best = versions[i];
	return best;
}

static int choose_version(struct oak_package_place *p, const char *repo, const struct oak_package_host *host)
{
	struct oak_context *ctx = p->ctx;
	const char *const *versions, *wanted = p->version;
	size_t n;
	if (oak_repo_client_versions(p->client, p->name, &versions, &n) < 0)
		return -1;
	if (n == 0)
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.absent", 0, "repository '%s' has no package '%s'", repo, p->name);
	for (const char *v = highest(versions, n, NULL); v; v = highest(versions, n, v)) {
		if ((wanted && !oak_streq(v, wanted)) || (p->accepts && !p->accepts(p->accepts_arg, p->name, v)))
			continue;
		int fits = offers(p, v, host);
		if (fits != 0)
			return fits < 0 ? -1 : 0;
	}
	if (wanted)
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.no-version", 0, "repository '%s' has no version '%s' of package '%s' for platform: %s, version %s, architecture %s",
				repo, wanted, p->name, host->platform, host->version, host->arch);
	return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.no-platform", 0, "no manifest found for platform: %s, version %s, architecture %s", host->platform,
			host->version, host->arch);
}

static int place_in(struct oak_package_place *p, const char *repo, const struct oak_package_host *host)
{
	struct oak_context *ctx = p->ctx;
	oak_package_place_done(p);
	p->repo = repo;
	p->client = oak_repo_client_open(ctx, repo);
	if (!p->client || choose_version(p, repo, host) < 0)
		return -1;
	p->source.manifest_path = oak_arena_printf(ctx->arena, "repo:%s/%s/manifest.json", repo, p->prefix);
	p->source.fallback_name = oak_arena_printf(ctx->arena, "pkg/%s", p->name);
	p->source.from_repository = true;
	p->source.find = find_target;
	p->source.find_arg = p;
	return 0;
}

/* The first of all trusted repositories that has it. */
static int place_anywhere(struct oak_package_place *p, const char *const *names, size_t n, const struct oak_package_host *host)
{
	for (size_t i = 0; i < n; i++) {
		if (place_in(p, names[i], host) == 0)
			return 0;
		if (p->ctx->err.kind == OAK_TRANSIENT && n > 1) /* it might have it: whose package comes is not up to who can cut a line */
			return oak_context(&p->ctx->err, "'%s' was not looked for behind repository '%s' (give '--repo' to take it from another)", p->name, names[i]);
		if (p->ctx->err.kind != OAK_NOT_FOUND)
			return -1;
	}
	return -1;
}

int oak_package_place_need(struct oak_context *ctx, const char *name, const char *first, const struct oak_package_host *host,
			   bool (*accepts)(const void *arg, const char *name, const char *version), const void *accepts_arg,
			   struct oak_package_place *ret)
{
	const char *const *names;
	size_t n;
	*ret = (struct oak_package_place){.ctx = ctx, .name = name, .accepts = accepts, .accepts_arg = accepts_arg};
	if (place_in(ret, first, host) == 0)
		return 0;
	if (ctx->err.kind != OAK_NOT_FOUND || oak_opt_text(ctx, "repo"))
		return -1;
	return oak_repos_names(ctx, &names, &n) < 0 ? -1 : place_anywhere(ret, names, n, host);
}

static int place_name(struct oak_package_place *p, const char *text, const struct oak_package_host *host)
{
	struct oak_context *ctx = p->ctx;
	const char *at = strchr(text, '@'), *repo = oak_opt_text(ctx, "repo"), *const *names;
	size_t n;
	p->name = at ? oak_arena_strndup(ctx->arena, text, (size_t)(at - text)) : text;
	p->version = at && at[1] && !oak_strcaseeq(at + 1, "latest") ? at + 1 : NULL;
	if (!oak_package_name_check(p->name) || (p->version && !oak_package_version_check(p->version)))
		return oak_fail(&ctx->err, OAK_INVALID, "package.name", 0, "'%s' is neither a package's name nor a file or folder", text);
	if (repo)
		return place_in(p, repo, host);
	if (oak_repos_names(ctx, &names, &n) < 0)
		return -1;
	if (n == 0 && oak_fs_is_dir(text))
		return place_folder(p, text); /* says what the folder lacks */
	if (n == 0)
		return oak_fail(&ctx->err, OAK_INVALID, "package.absent", 0, "there is no file or folder '%s', and no repository is trusted (see 'oakum repo trust add')", text);
	return place_anywhere(p, names, n, host);
}

bool oak_package_is_path(const char *text)
{
	char manifest[4096 + sizeof("/manifest.json")];
	if (oak_is_file_name(text) || !oak_fs_is_dir(text))
		return oak_is_file_name(text) || oak_fs_exists(text);
	int n = snprintf(manifest, sizeof(manifest), "%s/manifest.json", text);
	return n > 0 && (size_t)n < sizeof(manifest) && oak_fs_exists(manifest);
}

int oak_package_place_find(struct oak_context *ctx, const char *text, const struct oak_package_host *host, struct oak_package_place *ret)
{
	*ret = (struct oak_package_place){.ctx = ctx, .source = {.given_name = oak_opt_text(ctx, "name")}};
	bool named = oak_opt_text(ctx, "repo") != NULL;
	if (!named && oak_package_is_path(text))
		return oak_fs_is_dir(text) ? place_folder(ret, text) : place_file(ret, text);
	return place_name(ret, text, host);
}

/* ------------------------------------------------------------------------------------------- documents of a repository */

static int lend(struct oak_package_place *p, const char *folder, const char *name)
{
	struct oak_context *ctx = p->ctx;
	const char *file, *to = oak_arena_printf(ctx->arena, "%s/%s", folder, name);
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, OAK_DSSE_MAX * 2);
	if (find_target(p, name, &file, &ctx->err) < 0) {
		bool absent = ctx->err.kind == OAK_NOT_FOUND;
		if (absent)
			ctx->err = (struct oak_error){.kind = OAK_OK};
		return absent ? 0 : -1;
	}
	if (oak_fs_read(file, &bytes, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(to, oak_buf_text(&bytes), bytes.n, 0600, &ctx->err);
}

int oak_package_place_documents(struct oak_package_place *p)
{
	struct oak_context *ctx = p->ctx;
	struct oak_manifest *manifest;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	if (!p->client)
		return 0;
	oak_sha256(p->source.manifest, p->source.manifest_n, digest);
	oak_hex(digest, sizeof(digest), hex);
	const char *folder = oak_arena_printf(ctx->arena, "%s/packages/%s", ctx->cache_dir, hex);
	if (oak_manifest_parse_text(ctx->arena, p->source.manifest, p->source.manifest_n, p->source.manifest_path, &manifest, &ctx->err) < 0 ||
	    oak_fs_mkdirs(folder, 0700, &ctx->err) < 0)
		return -1;
	p->source.documents_dir = folder;
	p->source.envelope_path = oak_arena_printf(ctx->arena, "%s/manifest.json.sig", folder);
	const char *const names[] = {"manifest.json.sig", manifest->sbom.file, manifest->provenance.file};
	for (size_t i = 0; i < 3; i++)
		if (names[i] && (i == 0 || oak_package_file_check(names[i])) && lend(p, folder, names[i]) < 0)
			return -1;
	return 0;
}
