/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repository metadata through libsolv, sieved for the installed names, and kept as .solv files of our own. */
#include "scanners/rpm/available.h"

#include <solv/pool.h>
#include <solv/repo.h>
#include <solv/repo_rpmmd.h>
#include <stdlib.h>

#include "core/hash.h"
#include "core/str.h"
#include "scanners/rpm/cache.h"
#include "scanners/rpm/solvfile.h"
#include "scanners/rpm/stream.h"
#include "scanners/rpm/xmlfilter.h"

int oak_available_open(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type, FILE **ret,
		       struct oak_error *err)
{
	const struct oak_repomd_file *file;
	bool missing;
	const char *path = oak_metadata_path(arena, metadata, type, &file, &missing);
	*ret = NULL;
	if (!path && missing)
		return oak_fail(err, OAK_IO, "rpm.metadata-incomplete", 0,
				"'%s' names a %s file that is not there (refresh the repository)", metadata->repomd_path, type);
	if (!path)
		return 0;
	if (oak_metadata_check(path, file, err) < 0)
		return -1;
	*ret = oak_metadata_open(path, err);
	return *ret ? 0 : -1;
}

/* As above, through the sieve. */
static int open_sieved(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type,
		       struct oak_xmlfilter *filter, FILE **ret, struct oak_error *err)
{
	FILE *in;
	if (oak_available_open(arena, metadata, type, &in, err) < 0)
		return -1;
	*ret = in ? oak_xmlfilter_open(filter, in) : NULL;
	return 0;
}

static bool keep_all(const void *arg, struct oak_str element)
{
	(void)arg, (void)element;
	return true;
}

int oak_available_open_all(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type,
			   struct oak_xmlfilter *filter, FILE **ret, struct oak_error *err)
{
	*filter = (struct oak_xmlfilter){.tag = "package", .keep = keep_all, .max_bytes = OAK_METADATA_MAX};
	return open_sieved(arena, metadata, type, filter, ret, err);
}

static int fail_refused(const struct oak_metadata *metadata, const char *type, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0, "cannot read the %s metadata of '%s': %s", type, metadata->dir, why);
}

/* A repository without primary is none for dnf; zypp takes it for an empty one. */
static int read_primary(struct oak_arena *arena, const struct oak_metadata *metadata, const struct oak_available_request *request,
			Repo *repo, struct oak_error *err)
{
	struct oak_xmlfilter filter = {.tag = "package", .keep = request->names ? oak_xmlfilter_keep_primary : keep_all, .arg = request->names, .max_bytes = OAK_METADATA_MAX};
	FILE *in;
	if (open_sieved(arena, metadata, "primary", &filter, &in, err) < 0)
		return -1;
	if (!in && request->suse)
		return 0;
	if (!in)
		return fail_refused(metadata, "primary", "repomd.xml names none (is this an rpm repository?)", err);
	int bad = repo_add_rpmmd(repo, in, NULL, 0);
	fclose(in);
	if (filter.refused)
		return fail_refused(metadata, "primary", filter.why, err);
	return bad ? fail_refused(metadata, "primary", pool_errstr(repo->pool), err) : 0;
}

/* zypp lists patches that do not apply, too. */
static int read_advisories(struct oak_arena *arena, const struct oak_metadata *metadata, const struct oak_available_request *request,
			   struct oak_updateinfo *ret, struct oak_error *err)
{
	struct oak_xmlfilter filter = {.tag = "update", .keep = request->suse || !request->names ? keep_all : oak_xmlfilter_keep_update, .arg = request->names,
				       .max_bytes = OAK_METADATA_MAX};
	FILE *in;
	if (open_sieved(arena, metadata, "updateinfo", &filter, &in, err) < 0)
		return -1;
	if (!in)
		return 0;
	int result = oak_updateinfo_parse(arena, in, oak_arena_printf(arena, "updateinfo of %s", metadata->dir), request->names, ret, err);
	fclose(in);
	if (result == 0)
		oak_updateinfo_narrow(ret);
	return filter.refused ? fail_refused(metadata, "updateinfo", filter.why, err) : result;
}

/* What the .solv keeps: a scan asks for no more. */
static int key_keep(Repo *repo, Repokey *key, void *data)
{
	static const Id keys[] = {SOLVABLE_NAME, SOLVABLE_ARCH, SOLVABLE_EVR, SOLVABLE_VENDOR, SOLVABLE_OBSOLETES, SOLVABLE_BUILDTIME,
				  SOLVABLE_DOWNLOADSIZE, SOLVABLE_SOURCENAME, SOLVABLE_SOURCEEVR, SOLVABLE_SOURCEARCH};
	(void)repo, (void)data;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i] == key->name)
			return key->storage == KEY_STORAGE_VERTICAL_OFFSET ? KEY_STORAGE_INCORE : (int)key->storage;
	return KEY_STORAGE_DROPPED;
}

static void save_solv(const char *dir, const char *family, const char *name, Repo *repo)
{
	Id p;
	Solvable *s;
	FOR_REPO_SOLVABLES(repo, p, s)
		s->provides = s->requires = s->conflicts = s->recommends = s->suggests = s->supplements = s->enhances = 0;
	oak_solv_save(dir, family, name, repo, key_keep);
}

static const char *copy(struct oak_arena *arena, Pool *pool, Id id)
{
	return id ? oak_arena_strdup(arena, pool_id2str(pool, id)) : NULL;
}

/* libsolv's macros mix signed and unsigned. */
static const Reldep *relation(Pool *pool, Id id)
{
	return ((unsigned)id & 0x80000000u) ? &pool->rels[(unsigned)id ^ 0x80000000u] : NULL;
}

static void copy_obsoletes(struct oak_arena *arena, Pool *pool, const Solvable *s, struct oak_available *a)
{
	if (!s->obsoletes)
		return;
	for (Id id, *p = s->repo->idarraydata + s->obsoletes; (id = *p++) != 0;) {
		const Reldep *rel = relation(pool, id);
		if (!rel)
			*oak_push(arena, &a->obsoletes) = (struct oak_obsolete){copy(arena, pool, id), NULL, 0};
		else if (rel->flags <= 7 && !relation(pool, rel->name) && !relation(pool, rel->evr))
			*oak_push(arena, &a->obsoletes) = (struct oak_obsolete){copy(arena, pool, rel->name), copy(arena, pool, rel->evr), rel->flags};
	}
}

/* "bash (5.1.8-1)": source package, with its version where that differs from the package's. */
static const char *source_of(struct oak_arena *arena, Pool *pool, Solvable *s, const char *name, const char *evr)
{
	const char *source = solvable_lookup_str(s, SOLVABLE_SOURCENAME), *version = solvable_lookup_str(s, SOLVABLE_SOURCEEVR);
	const char *own = strchr(evr, ':') ? strchr(evr, ':') + 1 : evr;
	if (!source && solvable_lookup_void(s, SOLVABLE_SOURCENAME))
		source = name;
	(void)pool;
	if (!source)
		return NULL;
	return version && !oak_streq(version, evr) && !oak_streq(version, own) ? oak_arena_printf(arena, "%s (%s)", source, version)
								   : oak_arena_strdup(arena, source);
}

static bool wanted(const struct oak_map *names, const struct oak_available *a)
{
	bool keep = !names || oak_map_has(names, a->name);
	for (size_t i = 0; i < a->obsoletes.n && !keep; i++)
		keep = oak_map_has(names, a->obsoletes.v[i].name);
	return keep && !oak_streq(a->arch, "src") && !oak_streq(a->arch, "nosrc");
}

static void collect(struct oak_arena *arena, Repo *repo, const struct oak_map *names, struct oak_offer *offer)
{
	Pool *pool = repo->pool;
	Id p;
	Solvable *s;
	FOR_REPO_SOLVABLES(repo, p, s) {
		struct oak_available a = {.name = copy(arena, pool, s->name), .arch = copy(arena, pool, s->arch), .evr = copy(arena, pool, s->evr)};
		if (!a.name || !a.arch || !a.evr)
			continue;
		copy_obsoletes(arena, pool, s, &a);
		if (!wanted(names, &a))
			continue;
		uint64_t size = solvable_lookup_num(s, SOLVABLE_DOWNLOADSIZE, 0), built = solvable_lookup_num(s, SOLVABLE_BUILDTIME, 0);
		a.size = size ? (int64_t)size : -1;
		a.built = built ? (oak_time)built : OAK_TIME_NONE;
		a.vendor = copy(arena, pool, s->vendor);
		a.source = source_of(arena, pool, s, a.name, a.evr);
		*oak_push(arena, &offer->packages) = a;
	}
}

static Pool *pool_new(void)
{
	Pool *pool = pool_create();
	pool_setdisttype(pool, DISTTYPE_RPM); /* Debian's libsolv compares the Debian way otherwise, silently */
	return pool;
}

struct names {
	const char *family, *solv, *advisories, *modules;
};

/* repo-<repository>-<repomd>-<installed names>.{solv,adv}; zypp's advisories have other contents than dnf's */
static struct names cache_names(struct oak_arena *arena, const struct oak_available_request *request, const char *key)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[65];
	oak_sha256(request->repo_id, strlen(request->repo_id), digest);
	oak_hex(digest, sizeof(digest), hex);
	const char *stem = oak_arena_printf(arena, "repo-%.16s-%.32s-%.16s", hex, key, request->names_digest);
	return (struct names){oak_arena_printf(arena, "repo-%.16s-", hex), oak_arena_printf(arena, "%s.solv", stem),
			      oak_arena_printf(arena, request->suse ? "%s.patches" : "%s.adv", stem),
			      oak_arena_printf(arena, "%s.mod", stem)};
}

static int load_packages(struct oak_arena *arena, const struct oak_metadata *metadata, const struct oak_available_request *request,
			 const struct names *cached, struct oak_offer *offer, struct oak_error *err)
{
	Pool *pool = pool_new();
	Repo *repo = repo_create(pool, "repo");
	int result = 0;
	if (!oak_solv_load(oak_arena_printf(arena, "%s/%s", request->cache_dir, cached->solv), repo)) {
		result = read_primary(arena, metadata, request, repo, err);
		if (result == 0)
			collect(arena, repo, request->names, offer);
		if (result == 0)
			save_solv(request->cache_dir, cached->family, cached->solv, repo);
	} else {
		collect(arena, repo, request->names, offer);
	}
	pool_free(pool);
	return result;
}

static int load_advisories(struct oak_arena *arena, const struct oak_metadata *metadata, const struct oak_available_request *request,
			   const struct names *cached, struct oak_offer *offer, struct oak_error *err)
{
	struct oak_cache_file file;
	struct oak_buf packed;
	if (oak_cache_map(oak_arena_printf(arena, "%s/%s", request->cache_dir, cached->advisories), &file) &&
	    oak_updateinfo_unpack(arena, file.p, file.n, &offer->advisories))
		return 0;
	if (read_advisories(arena, metadata, request, &offer->advisories, err) < 0)
		return -1;
	oak_buf_init(&packed, OAK_UPDATEINFO_PACKED_MAX);
	oak_updateinfo_pack(&offer->advisories, &packed);
	oak_cache_save(request->cache_dir, cached->advisories, cached->advisories, &packed);
	oak_buf_done(&packed);
	return 0;
}

int oak_available_modules(const struct oak_metadata *metadata, const char *cache_dir, const char *name, const struct oak_map *names,
			  struct oak_modules *modules, struct oak_error *err)
{
	struct oak_arena *arena = modules->arena;
	struct oak_cache_file file;
	struct oak_modules here;
	struct oak_buf packed;
	FILE *in;
	if (!oak_repomd_find(&metadata->repomd, "modules"))
		return 0;
	if (oak_cache_map(oak_arena_printf(arena, "%s/%s", cache_dir, name), &file) && oak_modules_unpack(modules, file.p, file.n))
		return 0;
	if (oak_available_open(arena, metadata, "modules", &in, err) < 0)
		return -1;
	oak_modules_init(&here, arena);
	int result = in ? oak_modules_parse(&here, in, oak_arena_printf(arena, "modules of %s", metadata->dir), err) : 0;
	if (in)
		fclose(in);
	if (result < 0)
		return -1;
	oak_buf_init(&packed, OAK_MODULES_MAX);
	oak_modules_pack(&here, names, &packed);
	oak_cache_save(cache_dir, name, name, &packed);
	for (size_t i = 0; i < here.list.n; i++)
		*oak_push(arena, &modules->list) = here.list.v[i];
	for (size_t i = 0; i < here.defaults.n; i++)
		*oak_push(arena, &modules->defaults) = here.defaults.v[i];
	oak_buf_done(&packed);
	return 0;
}

int oak_available_load(struct oak_arena *arena, const struct oak_metadata *metadata, const struct oak_available_request *request,
		       struct oak_modules *modules, struct oak_offer *ret, struct oak_error *err)
{
	struct oak_offer offer = {0};
	struct names cached = cache_names(arena, request, metadata->key);
	if (load_packages(arena, metadata, request, &cached, &offer, err) < 0 ||
	    load_advisories(arena, metadata, request, &cached, &offer, err) < 0 ||
	    (!request->suse && /* zypp knows none */
	     oak_available_modules(metadata, request->cache_dir, cached.modules, request->names, modules, err) < 0))
		return -1;
	offer.has_advisories = oak_repomd_find(&metadata->repomd, "updateinfo") != NULL;
	*ret = offer;
	return 0;
}
