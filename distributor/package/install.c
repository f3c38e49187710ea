/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading a package, and the numbers of its generations. */
#include "distributor/package/install.h"

#include "baseline/evaluate.h"
#include "core/fs.h"
#include "core/str.h"

static int read_whole(struct oak_arena *arena, const char *path, size_t max, const char **ret, size_t *ret_n, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, max);
	if (oak_fs_read(path, &text, err) < 0)
		return -1;
	*ret = oak_arena_strndup(arena, oak_buf_text(&text), text.n);
	*ret_n = text.n;
	return 0;
}

static int read_documents(struct oak_arena *arena, const struct oak_package_source *source, struct oak_package_loaded *l, struct oak_error *err)
{
	unsigned char digest[OAK_SHA256_SIZE];
	l->manifest_text = source->manifest;
	l->manifest_n = source->manifest_n;
	if (!l->manifest_text && read_whole(arena, source->manifest_path, OAK_MANIFEST_MAX, &l->manifest_text, &l->manifest_n, err) < 0)
		return -1;
	oak_sha256(l->manifest_text, l->manifest_n, digest);
	oak_hex(digest, sizeof(digest), l->manifest_sha256);
	if (source->envelope_path && oak_fs_exists(source->envelope_path) &&
	    read_whole(arena, source->envelope_path, OAK_DSSE_MAX, &l->envelope, &l->envelope_n, err) < 0)
		return -1;
	return oak_manifest_parse_text(arena, l->manifest_text, l->manifest_n, source->manifest_path, &l->manifest, err);
}

static int verify(struct oak_arena *arena, const struct oak_package_source *source, const struct oak_package_trust *trust,
		  struct oak_package_loaded *l, struct oak_error *err)
{
	const struct oak_verify_request request = {.name = l->name, .subject = source->manifest_path, .manifest = l->manifest_text,
						   .manifest_n = l->manifest_n, .envelope = l->envelope, .envelope_n = l->envelope_n,
						   .from_repository = source->from_repository, .trust = trust};
	if (oak_verify_signatures(arena, &request, &l->verification, err) < 0 || oak_manifest_check(l->manifest, source->manifest_path, err) < 0)
		return -1;
	return oak_verify_documents(arena, source->documents_dir, l->manifest, &request, &l->verification, err);
}

int oak_package_load(struct oak_arena *arena, const struct oak_package_source *source, const struct oak_package_trust *trust,
		     const struct oak_package_host *host, struct oak_package_loaded *ret, struct oak_error *err)
{
	*ret = (struct oak_package_loaded){.manifest = NULL};
	if (read_documents(arena, source, ret, err) < 0)
		return -1;
	ret->name = oak_manifest_name(arena, ret->manifest, source->given_name, source->fallback_name);
	if (!ret->name)
		return oak_fail(err, OAK_INVALID, "package.name", 0, "package '%s' has no usable name (give --name)", source->manifest_path);
	ret->named = source->given_name || ret->manifest->name || source->from_repository;
	if (verify(arena, source, trust, ret, err) < 0)
		return -1;
	ret->version = ret->manifest->version;
	if (oak_manifest_resolve(arena, ret->manifest, host, &ret->resolution, err) < 0)
		return -1;
	if (!ret->resolution.listed)
		return oak_fail(err, OAK_UNTRUSTED, "manifest.checksum", 0, "'%s' lists no checksum of '%s'", source->manifest_path, ret->resolution.file);
	return source->find(source->find_arg, ret->resolution.file, &ret->archive, err);
}

/* ------------------------------------------------------------------------------------------- generations */

int oak_package_next_generation(const struct oak_pkgs *pkgs, const char *name, int *ret, struct oak_error *err)
{
	struct oak_generations gens = {0};
	if (oak_pkgs_generations(pkgs, name, &gens, err) < 0)
		return -1;
	*ret = gens.v.n ? gens.v.v[gens.v.n - 1] + 1 : 1;
	return 0;
}

int oak_package_previous_generation(const struct oak_pkgs *pkgs, const struct oak_package_record *record, int *ret, struct oak_error *err)
{
	struct oak_generations gens = {0};
	struct oak_generation *g;
	*ret = 0;
	if (oak_pkgs_generations(pkgs, record->name, &gens, err) < 0)
		return -1;
	for (size_t i = gens.v.n; i-- > 0 && !*ret;)
		if (gens.v.v[i] < record->generation && oak_generation_load(pkgs, record->name, gens.v.v[i], &g, NULL) == 0 &&
		    !oak_streq(g->version, record->version))
			*ret = gens.v.v[i];
	return 0;
}
