/* SPDX-License-Identifier: GPL-3.0-or-later */
/* index.xml, package.xml, then the facets of each update: x/ properties, l/LANGUAGE/ words, c/ relations, by revision id. */
#include "scanners/catalog.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/map.h"
#include "core/port.h"
#include "core/str.h"
#include "core/unpack.h"
#include "core/xml_pull.h"

enum { ENTRY_MAX = 1 << 30, ENTRIES_MAX = 4000000, UPDATES_MAX = 1000000, CAB_HEADER = 36 };
static const int64_t TOTAL_MAX = (int64_t)16 << 30;

/* Facets of one revision, which may come before package.xml does. */
struct facets {
	int64_t revision_id;
	struct oak_catalog_update says;
	bool english;
};

struct load {
	struct oak_arena *arena;
	struct oak_catalog *catalog;
	struct oak_map facets; /* revision id as text -> struct facets */
	const char *file;
	bool index, package, index_only;
};

static const char *lower(struct oak_arena *arena, const char *text)
{
	char *copy = oak_arena_strdup(arena, text);
	for (char *p = copy; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static struct facets *facets_of(struct load *l, const char *revision)
{
	struct facets *f = oak_map_find(&l->facets, revision);
	int64_t id;
	if (f || !oak_parse_int(oak_str_of(revision), 0, INT64_MAX, &id))
		return f;
	f = OAK_NEW(l->arena, struct facets);
	f->revision_id = id;
	f->says.size = -1;
	oak_map_put(&l->facets, oak_arena_strdup(l->arena, revision), f);
	return f;
}

static const char *attribute(struct load *l, const struct oak_xml *xml, const char *name)
{
	return oak_xml_attribute(xml, l->arena, name);
}

static int64_t number(struct load *l, const struct oak_xml *xml, const char *name, int64_t fallback)
{
	const char *text = attribute(l, xml, name);
	int64_t n;
	return text && oak_parse_int(oak_str_of(text), 0, INT64_MAX, &n) ? n : fallback;
}

static bool is(struct oak_str name, const char *word)
{
	return oak_str_eq(name, oak_str_of(word));
}

/* ------------------------------------------------------------------------------------------- package.xml */

static void begin_update(struct load *l, const struct oak_xml *xml)
{
	struct oak_catalog_update *u = oak_push(l->arena, &l->catalog->updates);
	const char *created = attribute(l, xml, "CreationDate");
	*u = (struct oak_catalog_update){.size = -1, .created = OAK_TIME_NONE, .revision_id = number(l, xml, "RevisionId", -1),
					 .revision = (int)number(l, xml, "RevisionNumber", 0), .id = lower(l->arena, attribute(l, xml, "UpdateId")),
					 .leaf = oak_strcaseeq(attribute(l, xml, "IsLeaf"), "true"),
					 .bundle = oak_strcaseeq(attribute(l, xml, "IsBundle"), "true"),
					 .software = !oak_strcaseeq(attribute(l, xml, "IsSoftware"), "false"),
					 .action = attribute(l, xml, "DeploymentAction")};
	if (created && !oak_time_parse(created, &u->created))
		u->created = OAK_TIME_NONE;
}

static void add_category(struct load *l, const struct oak_xml *xml, struct oak_catalog_update *u)
{
	const char *type = attribute(l, xml, "Type"), *id = lower(l->arena, attribute(l, xml, "Id"));
	if (!id)
		return;
	if (oak_streq(type, "UpdateClassification"))
		u->classification = id;
	else if (oak_streq(type, "ProductFamily"))
		u->family = id;
	else if (oak_streq(type, "Product"))
		*oak_push(l->arena, &u->products) = id;
}

static int read_package(struct load *l, const char *name, const char *bytes, size_t n, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) struct oak_xml *xml = oak_alloc(sizeof(*xml));
	struct oak_catalog_update *u = NULL;
	bool superseded = false, root = false;
	oak_xml_init(xml, bytes, n);
	do {
		if (oak_xml_next(xml, name, err) < 0)
			return -1;
		if (xml->kind == OAK_XML_END && is(xml->name, "SupersededBy"))
			superseded = false;
		if (xml->kind != OAK_XML_START)
			continue;
		root |= is(xml->name, "OfflineSyncPackage");
		superseded |= is(xml->name, "SupersededBy");
		if (is(xml->name, "Update")) {
			if (l->catalog->updates.n >= UPDATES_MAX)
				return oak_fail(err, OAK_INVALID, "catalog.too-large", 0, "'%s' lists more than %d updates", l->file, UPDATES_MAX);
			begin_update(l, xml);
			u = &l->catalog->updates.v[l->catalog->updates.n - 1];
		} else if (u && is(xml->name, "Category")) {
			add_category(l, xml, u);
		} else if (u && superseded && is(xml->name, "Revision")) {
			*oak_push(l->arena, &u->superseded_by) = number(l, xml, "Id", -1);
		}
	} while (xml->kind != OAK_XML_DONE);
	l->package = root;
	return root ? 0 : oak_fail(err, OAK_INVALID, "catalog.invalid", 0, "'%s' is no scan catalogue: '%s' is not an OfflineSyncPackage", l->file, name);
}

/* ------------------------------------------------------------------------------------------- facets */

/* Text elements of interest; the member they go to. */
struct word {
	const char *element;
	const char **slot;
};

static int read_words(struct load *l, const char *name, const char *bytes, size_t n, const struct word *words, size_t count,
		      void (*start)(struct load *l, const struct oak_xml *xml, struct facets *f), struct facets *f, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) struct oak_xml *xml = oak_alloc(sizeof(*xml));
	struct oak_str element = {0};
	oak_xml_init(xml, bytes, n);
	do {
		if (oak_xml_next(xml, name, err) < 0)
			return -1;
		if (xml->kind == OAK_XML_START) {
			element = xml->name;
			if (start)
				start(l, xml, f);
		}
		for (size_t i = 0; xml->kind == OAK_XML_TEXT && i < count; i++)
			if (is(element, words[i].element) && !*words[i].slot)
				*words[i].slot = oak_xml_decode(l->arena, oak_str_trim(xml->text));
		if (xml->kind == OAK_XML_END)
			element = (struct oak_str){0};
	} while (xml->kind != OAK_XML_DONE);
	return 0;
}

static void start_property(struct load *l, const struct oak_xml *xml, struct facets *f)
{
	if (!is(xml->name, "ExtendedProperties"))
		return;
	f->says.severity = attribute(l, xml, "MsrcSeverity");
	f->says.size = number(l, xml, "MaxDownloadSize", -1);
}

static int read_properties(struct load *l, const char *name, const char *bytes, size_t n, struct facets *f, struct oak_error *err)
{
	const struct word words[] = {{"KBArticleID", &f->says.kb}, {"SecurityBulletinID", &f->says.bulletin}, {"SupportUrl", &f->says.support_url}};
	return read_words(l, name, bytes, n, words, sizeof(words) / sizeof(*words), start_property, f, err);
}

static int read_language(struct load *l, const char *name, const char *language, const char *bytes, size_t n, struct facets *f, struct oak_error *err)
{
	bool english = oak_strcaseeq(language, "en") || oak_starts_with(language, "en-");
	if (f->says.title && !english)
		return 0;
	if (english && !f->english)
		f->says.title = f->says.description = NULL;
	f->english |= english;
	const struct word words[] = {{"Title", &f->says.title}, {"Description", &f->says.description}};
	return read_words(l, name, bytes, n, words, sizeof(words) / sizeof(*words), NULL, f, err);
}

static int read_relations(struct load *l, const char *name, const char *bytes, size_t n, struct facets *f, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) struct oak_xml *xml = oak_alloc(sizeof(*xml));
	bool superseded = false;
	oak_xml_init(xml, bytes, n);
	do {
		if (oak_xml_next(xml, name, err) < 0)
			return -1;
		if (xml->kind == OAK_XML_END && is(xml->name, "SupersededUpdates"))
			superseded = false;
		if (xml->kind != OAK_XML_START)
			continue;
		superseded |= is(xml->name, "SupersededUpdates");
		if (is(xml->name, "Properties"))
			f->says.type = attribute(l, xml, "UpdateType");
		const char *id = superseded && is(xml->name, "UpdateIdentity") ? attribute(l, xml, "UpdateID") : NULL;
		if (id)
			*oak_push(l->arena, &f->says.supersedes) = lower(l->arena, id);
	} while (xml->kind != OAK_XML_DONE);
	return 0;
}

/* ------------------------------------------------------------------------------------------- members */

static bool in_folder(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\\');
}

/* Only what is looked at is unpacked: installers' rules are most of a catalogue. */
static bool wanted(void *arg, const char *name)
{
	const struct load *l = arg;
	const char *slash = strchr(name, '/');
	if (!slash) {
		size_t n = strlen(name);
		return oak_strcaseeq(name, "index.xml") || oak_strcaseeq(name, "package.cab") || (!l->index_only && n > 4 && oak_strcaseeq(name + n - 4, ".cab"));
	}
	const char *path = slash + 1;
	if (oak_strcaseeq(path, "package.xml"))
		return true;
	return !l->index_only && (in_folder(path, "x") || in_folder(path, "l") || in_folder(path, "c"));
}

static int take(void *arg, const char *name, const char *bytes, size_t n, struct oak_error *err)
{
	struct load *l = arg;
	const char *slash = strchr(name, '/'), *path = slash ? slash + 1 : name;
	const char *last = path + strlen(path);
	while (last > path && last[-1] != '/' && last[-1] != '\\')
		last--;
	if (oak_strcaseeq(name, "index.xml")) {
		l->index = true;
		return 0;
	}
	if (oak_strcaseeq(path, "package.xml"))
		return read_package(l, name, bytes, n, err);
	struct facets *f = slash ? facets_of(l, last) : NULL;
	if (!f)
		return 0;
	if (in_folder(path, "x"))
		return read_properties(l, name, bytes, n, f, err);
	if (in_folder(path, "c"))
		return read_relations(l, name, bytes, n, f, err);
	size_t language = last > path + 2 ? (size_t)(last - path) - 3 : 0;
	return in_folder(path, "l") ? read_language(l, name, oak_arena_strndup(l->arena, path + 2, language), bytes, n, f, err) : 0;
}

static int not_whole(const char *file, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "catalog.invalid", 0, "'%s' is no usable scan catalogue: %s (fetch wsusscn2.cab from Microsoft again)", file, why);
}

/* The header says how long the file is: one that was cut off is told at once. */
static int check_length(const char *file, struct oak_error *err)
{
	unsigned char head[CAB_HEADER];
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", file);
	bool known = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	ssize_t got = known ? read(fd, head, sizeof(head)) : -1;
	close(fd);
	if (got < (ssize_t)sizeof(head) || memcmp(head, "MSCF", 4) != 0)
		return not_whole(file, "it is no cabinet", err);
	uint64_t size = (uint64_t)head[8] | (uint64_t)head[9] << 8 | (uint64_t)head[10] << 16 | (uint64_t)head[11] << 24;
	if (size > (uint64_t)st.st_size)
		return not_whole(file, "it is cut off", err);
	return 0;
}

static int run(struct load *l, struct oak_error *err)
{
	const struct oak_unpack_limits limits = {.entry = ENTRY_MAX, .total = TOTAL_MAX, .entries = ENTRIES_MAX, .wanted = wanted, .cabinets = true};
	oak_map_init(&l->facets, l->arena, 1024);
	if (check_length(l->file, err) < 0 || oak_unpack(l->file, &limits, take, l, err) < 0)
		return -1;
	if (!l->index || !l->package)
		return not_whole(l->file, l->index ? "package.xml is missing" : "index.xml is missing", err);
	return 0;
}

static void merge(struct load *l)
{
	for (size_t i = 0; i < l->catalog->updates.n; i++) {
		struct oak_catalog_update *u = &l->catalog->updates.v[i];
		const struct facets *f = oak_map_find(&l->facets, oak_arena_printf(l->arena, "%lld", (long long)u->revision_id));
		if (!f)
			continue;
		u->type = f->says.type;
		u->severity = f->says.severity;
		u->bulletin = f->says.bulletin;
		u->kb = f->says.kb;
		u->support_url = f->says.support_url;
		u->size = f->says.size;
		u->title = f->says.title;
		u->description = f->says.description;
		for (size_t j = 0; j < f->says.supersedes.n; j++)
			*oak_push(l->arena, &u->supersedes) = f->says.supersedes.v[j];
	}
}

int oak_catalog_load(struct oak_arena *arena, const char *file, struct oak_catalog *ret, struct oak_error *err)
{
	struct load l = {.arena = arena, .catalog = ret, .file = file};
	if (run(&l, err) < 0)
		return -1;
	merge(&l);
	return 0;
}

int oak_catalog_check(const char *file, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_catalog catalog = {0};
	struct load l = {.arena = arena, .catalog = &catalog, .file = file, .index_only = true};
	return run(&l, err);
}

const struct oak_catalog_update *oak_catalog_find(const struct oak_catalog *catalog, int64_t revision_id)
{
	for (size_t i = 0; i < catalog->updates.n; i++)
		if (catalog->updates.v[i].revision_id == revision_id)
			return &catalog->updates.v[i];
	return NULL;
}
