/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backend for rpm hosts: what is installed, what the repositories offer, what keeps it back. */
#include <stdlib.h>

#include "core/module.h"
#include "core/str.h"
#include "scanners/rpm/auto.h"
#include "scanners/rpm/inputs.h"
#include "scanners/rpm/livepatch.h"
#include "scanners/rpm/refresh.h"
#include "scanners/rpm/resolve.h"
#include "scanners/rpm/updates.h"
#include "scanners/rpm/world.h"
#include "scanners/scanner.h"

static const char *keep(struct oak_arena *arena, const char *text)
{
	return oak_arena_strdup(arena, text);
}

static void copy_packages(struct oak_inventory *inventory, const struct oak_installed *installed)
{
	struct oak_arena *arena = inventory->arena;
	for (size_t i = 0; i < installed->packages.n; i++) {
		struct oak_package p = installed->packages.v[i];
		const char **const texts[] = {&p.name, &p.arch, &p.evr, &p.source, &p.vendor, &p.module, &p.signature_key};
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
			*texts[k] = keep(arena, *texts[k]);
		*oak_push(arena, &inventory->packages) = p;
	}
}

static void add_problem(struct oak_inventory *inventory, const char *kind, const char *subject, const char *detail, const char *remedy)
{
	struct oak_arena *arena = inventory->arena;
	*oak_push(arena, &inventory->problems) =
		(struct oak_problem){keep(arena, kind), keep(arena, subject), keep(arena, detail), keep(arena, remedy)};
}

/* A bad signature is told apart from what merely does not work. */
static const char *problem_kind(const struct oak_error *err)
{
	if (err->kind == OAK_UNTRUSTED && !oak_streq(err->id, "rpm.metadata-checksum"))
		return "repository-untrusted";
	return oak_streq(err->id, "rpm.metadata-missing") ? "repository-no-metadata" : "repository-failed";
}

static void note_failure(struct oak_inventory *inventory, const struct oak_rpm_repo *repo, const struct oak_error *err)
{
	char text[1100];
	oak_error_text(err, text, sizeof(text));
	add_problem(inventory, problem_kind(err), repo->id, text, NULL);
}

/* What the refresh before this scan said of REPO. */
static const char *refresh_error(const struct oak_inventory *inventory, const char *id)
{
	for (size_t i = 0; i < inventory->problems.n; i++)
		if (oak_starts_with(inventory->problems.v[i].kind, "repository-") && oak_streq(inventory->problems.v[i].subject, id) &&
		    !oak_streq(inventory->problems.v[i].kind, "repository-config"))
			return inventory->problems.v[i].detail;
	return NULL;
}

static struct oak_repository repository_of(struct oak_inventory *inventory, const struct oak_rpm_repo *repo)
{
	const char *uri = repo->baseurls.n ? repo->baseurls.v[0] : repo->metalink ? repo->metalink : repo->mirrorlist;
	return (struct oak_repository){.id = keep(inventory->arena, repo->id), .uri = keep(inventory->arena, uri),
				       .label = keep(inventory->arena, repo->name), .enabled = repo->enabled,
				       .fetched_at = OAK_TIME_NONE, .release_date = OAK_TIME_NONE,
				       .watched_since = OAK_TIME_NONE, .valid_until = OAK_TIME_NONE,
				       .error = keep(inventory->arena, refresh_error(inventory, repo->id))};
}

/* zypp would ask a person before it uses such metadata; dnf checks none unless it is told to. */
static void note_unsigned(struct oak_inventory *inventory, const struct oak_rpm_world *world, const struct oak_rpm_repo *repo,
			  const struct oak_metadata *metadata)
{
	if (metadata->trust == OAK_TRUST_EXPIRED)
		add_problem(inventory, "key-expired", repo->id,
			    oak_arena_printf(inventory->arena, "the metadata of repository '%s' is signed with a key that has expired", repo->id),
			    "import the repository's present key");
	if (metadata->trust == OAK_TRUST_NONE && metadata->source != OAK_METADATA_HOST && oak_metadata_signature_wanted(&world->conf, repo))
		add_problem(inventory, "unsigned-metadata", repo->id,
			    oak_arena_printf(inventory->arena, "the metadata of repository '%s' is not signed by a key of this host", repo->id),
			    "import the repository's key, or set gpgcheck=0 for it if that is meant");
}

/* Read one enabled repository into SOURCE. False: it cannot be used, and RECORD says why. */
static bool read_repository(const struct oak_rpm_world *world, const struct oak_rpm_repo *repo, struct oak_modules *modules,
			    struct oak_inventory *inventory, struct oak_repository *record, struct oak_rpm_source *source)
{
	struct oak_metadata metadata;
	struct oak_error err = {0};
	char text[1100];
	struct oak_available_request request = {world->metadata.cache_dir, repo->id, world->all_versions ? NULL : &world->names,
						world->all_versions ? "all" : world->names_digest, world->conf.suse};
	*source = (struct oak_rpm_source){.repo = repo};
	if (oak_metadata_find(world->arena, &world->metadata, repo, &metadata, &err) < 0 ||
	    oak_available_load(world->arena, &metadata, &request, modules, &source->offer, &err) < 0) {
		bool absent = oak_streq(err.id, "rpm.metadata-missing") && err.kind == OAK_NOT_FOUND && !record->error;
		oak_error_text(&err, text, sizeof(text));
		if (!record->error)
			note_failure(inventory, repo, &err);
		if (!absent && !record->error)
			record->error = keep(inventory->arena, text);
		return false;
	}
	record->fetched_at = metadata.fetched_at;
	record->in_place = metadata.source == OAK_METADATA_DIRECT;
	record->release_date = metadata.repomd.revision;
	if (metadata.repomd.expire != OAK_TIME_NONE && metadata.repomd.revision != OAK_TIME_NONE && metadata.source != OAK_METADATA_DIRECT)
		record->valid_until = metadata.repomd.revision + metadata.repomd.expire;
	record->trusted = metadata.trust != OAK_TRUST_NONE;
	record->advisories = source->offer.has_advisories;
	note_unsigned(inventory, world, repo, &metadata);
	return true;
}

static void note_no_advisories(struct oak_inventory *inventory, const struct oak_rpm_repo *repo)
{
	add_problem(inventory, "no-advisories", repo->id,
		    oak_arena_printf(inventory->arena, "repository '%s' carries no advisories: what it offers cannot be told apart as security updates", repo->id),
		    NULL);
}

/* metadataAt is the oldest one's; not known as soon as one enabled repository has none. */
static void settle_age(struct oak_inventory *inventory)
{
	oak_time oldest = OAK_TIME_NEVER;
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		const struct oak_repository *r = &inventory->repositories.v[i];
		if (r->enabled && r->fetched_at < oldest)
			oldest = r->fetched_at;
	}
	inventory->metadata_at = oldest == OAK_TIME_NEVER ? OAK_TIME_NONE : oldest;
}

static void read_repositories(const struct oak_rpm_world *world, struct oak_modules *modules, struct oak_inventory *inventory,
			      struct oak_rpm_source *sources, size_t *ret_count)
{
	for (size_t i = 0; i < world->conf.repos.n; i++) {
		const struct oak_rpm_repo *repo = &world->conf.repos.v[i];
		struct oak_repository record = repository_of(inventory, repo);
		if (repo->enabled && read_repository(world, repo, modules, inventory, &record, &sources[*ret_count])) {
			if (!record.advisories)
				note_no_advisories(inventory, repo);
			(*ret_count)++;
		}
		*oak_push(inventory->arena, &inventory->repositories) = record;
	}
	settle_age(inventory);
}

static void copy_problems(const struct oak_rpm_world *world, struct oak_inventory *inventory)
{
	for (size_t i = 0; i < world->conf.problems.n; i++) {
		const struct oak_problem *p = &world->conf.problems.v[i];
		add_problem(inventory, p->kind, p->subject, p->detail, p->remedy);
	}
}

/* The child looks at one host once: refresh, inputs and scan start from the same reading. */
static struct oak_rpm_world *world_of(const struct oak_scan_request *request, struct oak_error *err)
{
	static struct oak_arena *arena;
	static struct oak_rpm_world world;
	if (arena)
		return &world;
	arena = oak_arena_new();
	if (oak_rpm_world_load(arena, request, &world, err) == 0)
		return &world;
	oak_arena_free(arena);
	arena = NULL;
	return NULL;
}

static int scan(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	struct oak_modules modules;
	struct oak_rpm_world *loaded = world_of(request, err);
	if (!loaded)
		return -1;
	struct oak_rpm_world world = *loaded;
	inventory->node = (struct oak_node){.platform.booted_at = OAK_TIME_NONE}; /* the host's facts are filled in afterwards */
	inventory->node.platform.arch = keep(inventory->arena, world.conf.arch);
	inventory->node.platform.family = keep(inventory->arena, world.conf.suse ? "suse" : "rhel");
	copy_packages(inventory, &world.installed);
	oak_auto_marks(request->root, world.conf.suse, inventory->packages.v, inventory->packages.n);
	copy_problems(&world, inventory);
	oak_modules_init(&modules, scratch);
	struct oak_rpm_source *sources = oak_arena_alloc(scratch, (world.conf.repos.n + 1) * sizeof(*sources));
	size_t n = 0;
	read_repositories(&world, &modules, inventory, sources, &n);
	if (modules.list.n)
		oak_modules_load_state(&modules, request->root);
	oak_modules_settle(&modules);
	size_t enabled = 0;
	for (size_t i = 0; i < world.conf.repos.n; i++)
		enabled += world.conf.repos.v[i].enabled;
	struct oak_updates_input input = {&world.conf, sources, n, &modules, world.all_versions, enabled && n == enabled, inventory->packages.v, inventory->packages.n};
	oak_updates_build(scratch, &input, inventory);
	oak_livepatch_scan(inventory);
	return 0;
}

static int refresh(const struct oak_scan_request *request, struct oak_inventory *inventory, struct oak_error *err)
{
	const struct oak_rpm_world *world = world_of(request, err);
	if (!world)
		return -1;
	for (size_t i = 0; i < world->conf.repos.n && !request->no_network; i++) {
		const struct oak_rpm_repo *repo = &world->conf.repos.v[i];
		struct oak_error here = {0};
		oak_progress_set(request->progress, OAK_PROGRESS_FETCH, (int64_t)i, (int64_t)world->conf.repos.n, -1);
		if (repo->enabled && oak_rpm_refresh(world->arena, &world->metadata, repo, &here) < 0)
			note_failure(inventory, repo, &here);
	}
	oak_progress_set(request->progress, OAK_PROGRESS_READ, 0, 0, -1);
	return 0;
}

static int inputs(const struct oak_scan_request *request, struct oak_arena *arena, struct oak_paths *ret, struct oak_error *err)
{
	const struct oak_rpm_world *world = world_of(request, err);
	if (!world)
		return -1;
	oak_rpm_inputs(arena, request, world, (const void *)inputs, ret);
	return 0;
}

OAK_EXPORT const struct oak_backend oak_backend = {
	.abi = OAK_BACKEND_ABI, .scan = scan, .refresh = refresh, .resolve = oak_rpm_resolve, .inputs = inputs};
