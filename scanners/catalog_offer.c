/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which updates of the catalogue concern a host of which only product, build and installed updates are known. */
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/str.h"
#include "scanners/catalog.h"

/* The classifications by their ids, in the words of AWS's baselines. Source: Microsoft's documentation of WSUS' classification GUIDs. */
static const struct {
	const char *id, *name;
} classifications[] = {
	{"e6cf1350-c01b-414d-a61f-263d14d133b4", "CriticalUpdates"}, {"e0789628-ce08-4437-be74-2495b842f43b", "DefinitionUpdates"},
	{"ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0", "Drivers"},	      {"b54e7d24-7add-428f-8b75-90a396fa584f", "FeaturePacks"},
	{"0fa1201d-4330-4fa8-8ae9-b877473b6441", "SecurityUpdates"}, {"68c5b0a3-d1a6-4553-ae49-01d3a7827828", "ServicePacks"},
	{"b4832bd8-e735-4761-8daf-37f882276dab", "Tools"},	      {"28bc880e-0592-4cbf-8f95-c79b17911d5f", "UpdateRollups"},
	{"cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83", "Updates"},	      {"3689bdc8-b205-4af4-8d4a-a63924c5e9d5", "Upgrades"},
};

/* What WSUS calls the product of a build, and how titles call its version. Source: Microsoft's release health pages. */
static const struct {
	int64_t build;
	bool server;
	const char *product, *version;
} builds[] = {
	{2600, false, "Windows XP", NULL},		 {3790, true, "Windows Server 2003", NULL},
	{6001, false, "Windows Vista", NULL},		 {6001, true, "Windows Server 2008", NULL},
	{6002, false, "Windows Vista", NULL},		 {6002, true, "Windows Server 2008", NULL},
	{6003, true, "Windows Server 2008", NULL},	 {7600, false, "Windows 7", NULL},
	{7600, true, "Windows Server 2008 R2", NULL},	 {7601, false, "Windows 7", NULL},
	{7601, true, "Windows Server 2008 R2", NULL},	 {9200, false, "Windows 8", NULL},
	{9200, true, "Windows Server 2012", NULL},	 {9600, false, "Windows 8.1", NULL},
	{9600, true, "Windows Server 2012 R2", NULL},	 {10240, false, "Windows 10", "1507"},
	{10586, false, "Windows 10", "1511"},		 {14393, false, "Windows 10", "1607"},
	{14393, true, "Windows Server 2016", NULL},	 {15063, false, "Windows 10", "1703"},
	{16299, false, "Windows 10", "1709"},		 {17134, false, "Windows 10", "1803"},
	{17763, false, "Windows 10", "1809"},		 {17763, true, "Windows Server 2019", NULL},
	{18362, false, "Windows 10, version 1903 and later", "1903"}, {18363, false, "Windows 10, version 1903 and later", "1909"},
	{19041, false, "Windows 10, version 1903 and later", "2004"}, {19042, false, "Windows 10, version 1903 and later", "20H2"},
	{19043, false, "Windows 10, version 1903 and later", "21H1"}, {19044, false, "Windows 10, version 1903 and later", "21H2"},
	{19045, false, "Windows 10, version 1903 and later", "22H2"}, {20348, true, "Microsoft Server operating system-21H2", "21H2"},
	{22000, false, "Windows 11", "21H2"},		 {22621, false, "Windows 11", "22H2"},
	{22631, false, "Windows 11", "23H2"},		 {26100, false, "Windows 11", "24H2"},
	{26100, true, "Microsoft Server Operating System-24H2", "24H2"}, {26200, false, "Windows 11", "25H2"},
};

struct offer {
	const struct oak_catalog *catalog;
	struct oak_inventory *inventory;
	struct oak_map by_id;       /* GUID -> update */
	struct oak_map by_revision; /* revision id as text -> update */
	struct oak_map installed;   /* KB */
	const char *product, *version, *arch; /* of the host */
};

static const char *revision_text(struct oak_arena *arena, int64_t revision)
{
	return oak_arena_printf(arena, "%lld", (long long)revision);
}

static void find_host(struct offer *o)
{
	const struct oak_platform *p = &o->inventory->node.platform;
	bool server = p->product && oak_strcasestr(p->product, "Server");
	const char *text = p->version ? p->version : "";
	int64_t build = 0;
	for (int i = 0; i < 2 && text; i++)
		text = (text = strchr(text, '.')) ? text + 1 : NULL;
	if (text)
		oak_parse_int((struct oak_str){text, strspn(text, "0123456789")}, 0, INT32_MAX, &build);
	for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++)
		if (builds[i].build == build && builds[i].server == server) {
			o->product = builds[i].product;
			o->version = builds[i].version;
		}
	o->arch = p->arch;
}

static const char *title_of(const struct offer *o, const char *id)
{
	const struct oak_catalog_update *category = id ? oak_map_find(&o->by_id, id) : NULL;
	return category ? category->title : NULL;
}

static const char *product_of(const struct offer *o, const struct oak_catalog_update *u)
{
	for (size_t i = 0; i < u->products.n; i++) {
		const char *name = title_of(o, u->products.v[i]);
		if (name && o->product && oak_strcaseeq(name, o->product))
			return name;
	}
	return NULL;
}

/* "… for x64-based Systems"; a title that names no architecture is for all. */
static bool fits_arch(const struct offer *o, const char *title)
{
	static const struct {
		const char *word, *arch;
	} words[] = {{"arm64", "arm64"}, {"x64", "x86_64"}, {"x86", "x86"}, {"32-bit", "x86"}, {"itanium", "ia64"}};
	for (size_t i = 0; title && o->arch && i < sizeof(words) / sizeof(*words); i++)
		if (oak_strcasestr(title, words[i].word))
			return oak_streq(o->arch, words[i].arch);
	return true;
}

/* "Windows 10 Version 22H2 for …" */
static bool fits_version(const struct offer *o, const char *title)
{
	const char *word = title ? oak_strcasestr(title, "version ") : NULL;
	size_t n = word ? strspn(word + 8, "0123456789HhRrSs") : 0;
	if (!o->version || n != 4)
		return true;
	return oak_strcaseeq(oak_arena_strndup(o->inventory->arena, word + 8, n), o->version);
}

static const char *kb_of(struct oak_arena *arena, const struct oak_catalog_update *u)
{
	return u->kb && *u->kb ? oak_strcasestr(u->kb, "KB") == u->kb ? u->kb : oak_arena_printf(arena, "KB%s", u->kb) : NULL;
}

static bool replaced_by_installed(const struct offer *o, const struct oak_catalog_update *u, int depth)
{
	for (size_t i = 0; depth < 32 && i < u->superseded_by.n; i++) {
		const struct oak_catalog_update *next = oak_map_find(&o->by_revision, revision_text(o->inventory->arena, u->superseded_by.v[i]));
		const char *kb = next ? kb_of(o->inventory->arena, next) : NULL;
		if (next && ((kb && oak_map_has(&o->installed, kb)) || replaced_by_installed(o, next, depth + 1)))
			return true;
	}
	return false;
}

static void add(struct offer *o, const struct oak_catalog_update *u, const char *product)
{
	struct oak_arena *arena = o->inventory->arena;
	struct oak_update *update = oak_push(arena, &o->inventory->updates);
	oak_update_init(update);
	const char *kb = kb_of(arena, u);
	update->name = kb ? oak_arena_strdup(arena, kb) : oak_arena_strdup(arena, u->id ? u->id : "");
	update->arch = "";
	update->revision = u->revision;
	update->evr = oak_arena_printf(arena, "%d", u->revision);
	*oak_push(arena, &update->origins) = "offline-catalog";
	update->kb = kb ? update->name : NULL;
	update->update_id = oak_arena_strdup(arena, u->id);
	update->title = u->bulletin && u->title ? oak_arena_printf(arena, "%s (%s)", u->title, u->bulletin) : oak_arena_strdup(arena, u->title);
	update->product = oak_arena_strdup(arena, product);
	update->product_family = oak_arena_strdup(arena, title_of(o, u->family));
	update->size = u->size;
	update->updated = u->created;
	for (size_t i = 0; i < u->supersedes.n; i++)
		*oak_push(arena, &update->supersedes) = oak_arena_strdup(arena, u->supersedes.v[i]);
	struct oak_advisory *advisory = oak_push(arena, &update->advisories);
	oak_advisory_init(advisory);
	advisory->id = update->name;
	advisory->title = update->title;
	advisory->severity = oak_arena_strdup(arena, u->severity);
	advisory->updated = u->created;
	for (size_t i = 0; u->classification && i < sizeof(classifications) / sizeof(*classifications); i++)
		if (oak_streq(classifications[i].id, u->classification))
			advisory->classification = classifications[i].name;
	update->security = oak_streq(advisory->classification, "SecurityUpdates");
}

static bool is_offered(const struct oak_catalog_update *u)
{
	return u->software && u->id && !oak_strcaseeq(u->type, "Category") && !oak_strcaseeq(u->type, "Detectoid") &&
	       !oak_strcaseeq(u->action, "Bundle") && !oak_strcaseeq(u->action, "Evaluate");
}

static void add_repository(struct offer *o, const char *file)
{
	struct oak_arena *arena = o->inventory->arena;
	struct oak_repository *repository = oak_push(arena, &o->inventory->repositories);
	oak_time newest = OAK_TIME_NONE;
	for (size_t i = 0; i < o->catalog->updates.n; i++)
		if (o->catalog->updates.v[i].created > newest)
			newest = o->catalog->updates.v[i].created;
	oak_repository_init(repository);
	repository->id = "offline-catalog";
	repository->uri = oak_arena_strdup(arena, file);
	repository->enabled = repository->advisories = true;
	repository->fetched_at = repository->release_date = newest;
	o->inventory->metadata_at = newest;
}

void oak_catalog_offer(const struct oak_catalog *catalog, const char *file, struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	struct offer o = {.catalog = catalog, .inventory = inventory};
	oak_map_init(&o.by_id, arena, catalog->updates.n);
	oak_map_init(&o.by_revision, arena, catalog->updates.n);
	oak_map_init(&o.installed, arena, inventory->packages.n);
	for (size_t i = 0; i < catalog->updates.n; i++) {
		struct oak_catalog_update *u = &catalog->updates.v[i];
		if (u->id)
			oak_map_put(&o.by_id, u->id, u);
		oak_map_put(&o.by_revision, revision_text(arena, u->revision_id), u);
	}
	for (size_t i = 0; i < inventory->packages.n; i++)
		oak_map_put(&o.installed, inventory->packages.v[i].name, &o);
	find_host(&o);
	add_repository(&o, file);
	size_t offered = 0;
	for (size_t i = 0; i < catalog->updates.n; i++) {
		const struct oak_catalog_update *u = &catalog->updates.v[i];
		const char *product = is_offered(u) ? product_of(&o, u) : NULL;
		if (!product || !fits_arch(&o, u->title) || !fits_version(&o, u->title) || replaced_by_installed(&o, u, 0))
			continue;
		add(&o, u, product);
		offered++;
	}
	*oak_push(arena, &inventory->problems) = (struct oak_problem){
		.kind = "catalog-by-product", .subject = oak_arena_strdup(arena, file),
		.detail = oak_arena_printf(arena, "%zu of %zu updates were taken for this host's by product (%s), version and architecture; what they ask of "
						  "its files and registry cannot be seen from here",
					   offered, catalog->updates.n, o.product ? o.product : "not known"),
		.remedy = "scan the host itself with oakum.exe to be sure"};
}
