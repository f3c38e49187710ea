/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading a package, and how it stands with the others. */
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
	if (verify(arena, source, trust, ret, err) < 0)
		return -1;
	ret->version = ret->manifest->version;
	if (oak_manifest_resolve(arena, ret->manifest, host, &ret->resolution, err) < 0)
		return -1;
	if (!ret->resolution.listed)
		return oak_fail(err, OAK_UNTRUSTED, "manifest.checksum", 0, "'%s' lists no checksum of '%s'", source->manifest_path, ret->resolution.file);
	return source->find(source->find_arg, ret->resolution.file, &ret->archive, err);
}

/* ------------------------------------------------------------------------------------------- others in the store */

struct installed {
	const char *name, *version;
	const struct oak_package_traits *traits; /* NULL = its manifest cannot be read */
};

static int load_installed(const struct oak_pkgs *pkgs, const char *name, struct installed *ret, bool *ret_there, struct oak_error *err)
{
	struct oak_package_record *record;
	struct oak_generation *g = NULL;
	bool rebuilt;
	*ret_there = false;
	if (oak_record_load(pkgs, name, &record, &rebuilt, err) < 0)
		return -1;
	if (!record || record->state != OAK_PACKAGE_INSTALLED)
		return 0;
	if (oak_generation_load(pkgs, name, record->generation, &g, NULL) < 0)
		g = NULL;
	*ret = (struct installed){name, record->version, g ? &g->manifest->traits : NULL};
	*ret_there = true;
	return 0;
}

static const struct oak_package_relation *relation_to(const struct oak_package_relation *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (oak_streq(v[i].name, name))
			return &v[i];
	return NULL;
}

/* What OTHER, which stays, says of NAME at VERSION (NULL = gone). */
static int ask_other(const struct oak_pkgs *pkgs, const struct installed *other, const char *name, const char *version, struct oak_error *err)
{
	if (!other->traits)
		return 0;
	const struct oak_package_relation *need = relation_to(other->traits->requires.v, other->traits->requires.n, name);
	const struct oak_package_relation *clash = relation_to(other->traits->conflicts.v, other->traits->conflicts.n, name);
	if (need && !(version && oak_package_relation_holds(need, version)))
		return oak_fail(err, OAK_CONFLICT, "package.needed", 0, "package '%s' %s needs '%s' (%s it first)", other->name, other->version,
				oak_package_relation_text(pkgs->arena, need), version ? "update" : "uninstall");
	if (clash && version && oak_package_relation_holds(clash, version))
		return oak_fail(err, OAK_CONFLICT, "package.conflict", 0, "package '%s' %s conflicts with '%s' (uninstall it first)", other->name,
				other->version, oak_package_relation_text(pkgs->arena, clash));
	return 0;
}

static int check_requires(const struct oak_pkgs *pkgs, const struct oak_package_loaded *l, struct oak_error *err)
{
	const struct oak_package_traits *t = &l->manifest->traits;
	for (size_t i = 0; i < t->requires.n; i++) {
		struct installed other;
		bool there = false;
		const char *words = oak_package_relation_text(pkgs->arena, &t->requires.v[i]);
		if (load_installed(pkgs, t->requires.v[i].name, &other, &there, err) < 0)
			return -1;
		if (!there || !oak_package_relation_holds(&t->requires.v[i], other.version))
			return oak_fail(err, OAK_CONFLICT, "package.requires", 0, "package '%s' %s needs '%s', and %s (install that first)", l->name,
					l->version, words, there ? "another version is installed" : "it is not installed");
	}
	return 0;
}

int oak_package_relations(const struct oak_pkgs *pkgs, const char *name, const struct oak_package_loaded *l, struct oak_error *err)
{
	const char *const *names;
	size_t n;
	if (oak_pkgs_names(pkgs, &names, &n, err) < 0 || (l && check_requires(pkgs, l, err) < 0))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct installed other;
		bool there = false;
		if (oak_streq(names[i], name))
			continue;
		if (load_installed(pkgs, names[i], &other, &there, err) < 0)
			return -1;
		if (!there)
			continue;
		if (ask_other(pkgs, &other, name, l ? l->version : NULL, err) < 0)
			return -1;
		const struct oak_package_relation *clash =
			l ? relation_to(l->manifest->traits.conflicts.v, l->manifest->traits.conflicts.n, other.name) : NULL;
		if (clash && oak_package_relation_holds(clash, other.version))
			return oak_fail(err, OAK_CONFLICT, "package.conflict", 0, "package '%s' conflicts with '%s' %s, which is installed (uninstall it first)",
					name, other.name, other.version);
	}
	return 0;
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
