/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OSV documents: one advisory each, of any distribution, https://ossf.github.io/osv-schema/. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fleet/feed/reader.h"

/* Ecosystems whose packages a host can have. SOURCE: they name source packages. */
static const struct ecosystem {
	const char *prefix, *name, *index;
	bool source;
} ecosystems[] = {
	{"Debian", "debian", "osv-debian", true},
	{"Ubuntu", "ubuntu", "osv-ubuntu", true},
	{"AlmaLinux", "almalinux", "osv-almalinux", false},
	{"Rocky Linux", "rocky", "osv-rocky-linux", false},
	{"Red Hat", "redhat", "osv-redhat", false},
	{"SUSE", "suse", "osv-suse", false},
	{"openSUSE", "opensuse", "osv-suse", false},
};

static const struct ecosystem *find_ecosystem(const char *text, const char **ret_release)
{
	for (size_t i = 0; i < sizeof(ecosystems) / sizeof(*ecosystems); i++) {
		size_t n = strlen(ecosystems[i].prefix);
		if (strncmp(text, ecosystems[i].prefix, n) != 0 || (text[n] && text[n] != ':'))
			continue;
		*ret_release = text[n] ? text + n + 1 : "";
		return &ecosystems[i];
	}
	return NULL;
}

/* "Debian:12" is debian:bookworm, "Ubuntu:Pro:18.04:LTS" ubuntu:bionic, "AlmaLinux:10" almalinux:10. */
static void format_ecosystem(const struct ecosystem *e, const char *release, char out[96])
{
	char word[64];
	const char *p = release;
	for (;;) {
		size_t n = strcspn(p, ":");
		snprintf(word, sizeof(word), "%.*s", (int)(n < 60 ? n : 60), p);
		const char *codename = oak_feed_codename(e->name, word);
		if (codename) {
			snprintf(out, 96, "%s:%s", e->name, codename);
			return;
		}
		if (!p[n])
			break;
		p += n + 1;
	}
	snprintf(out, 96, "%s:%.80s", e->name, release);
}

/* Security, Bugfix or Enhancement, by the vendor's way of writing ids (ALSA, ALBA, ALEA; RLSA …). */
static const char *class_of(const char *id)
{
	static const struct {
		const char *prefix, *classification;
	} rows[] = {{"ALBA", "Bugfix"},	     {"ALEA", "Enhancement"}, {"RLBA", "Bugfix"},	{"RLEA", "Enhancement"},
		    {"RHBA", "Bugfix"},	     {"RHEA", "Enhancement"}, {"SUSE-RU", "Recommended"}, {"openSUSE-RU", "Recommended"},
		    {"SUSE-OU", "Optional"}, {"SUSE-FU", "Feature"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_starts_with(id, rows[i].prefix))
			return rows[i].classification;
	return "Security";
}

static const char *capitalised(struct oak_arena *arena, const char *word)
{
	char *copy = word && *word ? oak_arena_strdup(arena, word) : NULL;
	if (copy && *copy >= 'a' && *copy <= 'z')
		*copy = (char)(*copy - 'a' + 'A');
	return copy;
}

/* "Important: libsoup3 security update" */
static const char *severity_of_summary(struct oak_arena *arena, const char *summary)
{
	static const char *const words[] = {"Critical", "Important", "Moderate", "Low", "None", "High", "Medium"};
	for (size_t i = 0; summary && i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i]);
		if (strncmp(summary, words[i], n) == 0 && summary[n] == ':')
			return oak_arena_strdup(arena, words[i]);
	}
	return NULL;
}

/* A word that some source states; a CVSS vector alone is none. */
static const char *severity_of(struct oak_arena *arena, const struct oak_value *v, const char *summary)
{
	const char *found = severity_of_summary(arena, summary);
	const struct oak_value *list = oak_value_get(v, "severity");
	if (!found)
		found = capitalised(arena, oak_value_string(oak_value_get(oak_value_get(v, "database_specific"), "severity")));
	for (size_t i = 0; !found && list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++) {
		const char *type = oak_value_string(oak_value_get(&list->array.v[i], "type"));
		if (oak_streq(type, "Ubuntu"))
			found = capitalised(arena, oak_value_string(oak_value_get(&list->array.v[i], "score")));
	}
	return found;
}

/* CVE ids from the id itself, aliases, related and upstream. */
static int collect_cves(struct oak_feed_reader *r, const struct oak_value *v, const char *id, struct oak_error *err)
{
	static const char *const keys[] = {"aliases", "related", "upstream"};
	oak_feed_cves_begin(r);
	oak_feed_cves_add(r, id);
	for (size_t i = 0; i < 3; i++) {
		const struct oak_value *list;
		if (oak_feed_member(r, v, id, keys[i], OAK_VALUE_ARRAY, false, &list, err) < 0)
			return -1;
		for (size_t k = 0; list && k < list->array.n; k++)
			oak_feed_cves_add(r, oak_value_string(&list->array.v[k]));
	}
	return 0;
}

struct osv {
	struct oak_feed_reader *reader;
	struct oak_arena *arena;
	const struct oak_value *doc;
	struct oak_feed_advisory advisory;
	struct oak_feed_index *index; /* of the ecosystem at hand */
	const char *index_name;
	int64_t id;
};

/* The advisory goes into the index of each ecosystem that it affects, once. */
static int use_index(struct osv *o, const char *name, struct oak_error *err)
{
	if (o->index && oak_streq(o->index_name, name))
		return 0;
	o->index = oak_feed_reader_index(o->reader, name, err);
	o->index_name = name;
	return o->index ? oak_feed_index_advisory(o->index, &o->advisory, &o->id, err) : -1;
}

static int read_events(struct osv *o, const struct oak_value *range, struct oak_feed_fix *fix, struct oak_error *err)
{
	const struct oak_value *events;
	const char *type;
	if (oak_feed_string(o->reader, range, o->advisory.id, "type", true, &type, err) < 0 ||
	    oak_feed_member(o->reader, range, o->advisory.id, "events", OAK_VALUE_ARRAY, true, &events, err) < 0)
		return -1;
	if (!oak_streq(type, "ECOSYSTEM"))
		return 0; /* commits of a git repository are no versions of a package */
	for (size_t i = 0; i < events->array.n; i++) {
		if (oak_feed_string(o->reader, &events->array.v[i], o->advisory.id, "fixed", false, &fix->fixed, err) < 0)
			return -1;
		if (fix->fixed && *fix->fixed && oak_feed_index_fix(o->index, o->id, fix, err) < 0)
			return -1;
	}
	return 0;
}

static int read_affected(struct osv *o, const struct oak_value *affected, struct oak_error *err)
{
	const struct oak_value *package, *ranges;
	const char *ecosystem, *name, *release;
	char text[96];
	if (oak_feed_member(o->reader, affected, o->advisory.id, "package", OAK_VALUE_OBJECT, false, &package, err) < 0)
		return -1;
	if (!package)
		return 0; /* of software that is in no ecosystem */
	if (oak_feed_string(o->reader, package, o->advisory.id, "ecosystem", true, &ecosystem, err) < 0 ||
	    oak_feed_string(o->reader, package, o->advisory.id, "name", true, &name, err) < 0 ||
	    oak_feed_member(o->reader, affected, o->advisory.id, "ranges", OAK_VALUE_ARRAY, false, &ranges, err) < 0)
		return -1;
	const struct ecosystem *e = find_ecosystem(ecosystem, &release);
	if (!e)
		return 0; /* npm, PyPI and the like */
	if (use_index(o, e->index, err) < 0)
		return -1;
	format_ecosystem(e, release, text);
	const char *urgency = oak_value_string(oak_value_get(oak_value_get(affected, "ecosystem_specific"), "urgency"));
	struct oak_feed_fix fix = {.ecosystem = text, .package = name, .binary = !e->source};
	if (urgency && !strchr(urgency, ' '))
		fix.severity = capitalised(o->arena, urgency);
	for (size_t i = 0; ranges && i < ranges->array.n; i++)
		if (read_events(o, &ranges->array.v[i], &fix, err) < 0)
			return -1;
	return 0;
}

static int read_value(struct oak_feed_reader *r, struct oak_arena *arena, const struct oak_value *v, struct oak_error *err)
{
	struct osv o = {.reader = r, .arena = arena, .doc = v};
	const struct oak_value *affected;
	const char *withdrawn;
	if (oak_feed_string(r, v, "an OSV document", "id", true, &o.advisory.id, err) < 0)
		return -1;
	const char *id = o.advisory.id;
	if (oak_feed_string(r, v, id, "withdrawn", false, &withdrawn, err) < 0 ||
	    oak_feed_string(r, v, id, "summary", false, &o.advisory.title, err) < 0 ||
	    oak_feed_time(r, v, id, "published", &o.advisory.issued, err) < 0 ||
	    oak_feed_time(r, v, id, "modified", &o.advisory.updated, err) < 0 ||
	    oak_feed_member(r, v, id, "affected", OAK_VALUE_ARRAY, false, &affected, err) < 0)
		return -1;
	if (withdrawn)
		return 0;
	if (collect_cves(r, v, id, err) < 0)
		return -1;
	o.advisory.cves = oak_arena_strdup(arena, oak_feed_cves(r));
	o.advisory.classification = class_of(id);
	o.advisory.severity = severity_of(arena, v, o.advisory.title);
	/* "modified" moves with each edit of the database's text; where an advisory was issued, that is its date */
	if (o.advisory.issued != OAK_TIME_NONE)
		o.advisory.updated = OAK_TIME_NONE;
	if (strstr(id, "CVE-")) /* of a vulnerability, not of an update that fixes it */
		o.advisory.issued = o.advisory.updated = OAK_TIME_NONE;
	for (size_t i = 0; affected && i < affected->array.n; i++)
		if (read_affected(&o, &affected->array.v[i], err) < 0)
			return -1;
	return 0;
}

int oak_feed_read_osv(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *v;
	return oak_feed_parse(r, arena, text, r->name, &v, err) < 0 ? -1 : read_value(r, arena, v, err);
}

/* An array of documents, or {"vulns": [ … ]} as the API answers. */
int oak_feed_read_osv_list(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	struct oak_slices outer, items;
	struct oak_str key, value, item;
	if (!oak_slices_begin(&outer, text))
		return oak_feed_bad(r, "the document", "is neither object nor array", err);
	bool array = outer.close == ']';
	while (oak_slices_next(&outer, &key, &value)) {
		if (array) {
			if (oak_feed_read_osv(r, value, err) < 0)
				return -1;
			continue;
		}
		if (!oak_str_eq(key, OAK_STR("vulns")) || *value.p != '[' || !oak_slices_begin(&items, value))
			continue;
		while (oak_slices_next(&items, &key, &item))
			if (oak_feed_read_osv(r, item, err) < 0)
				return -1;
		if (oak_feed_whole(r, &items, err) < 0)
			return -1;
	}
	return oak_feed_whole(r, &outer, err);
}
