/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ubuntu: notices and CVEs of the security API, and the older USN database. */
#include <stdio.h>
#include <string.h>

#include "fleet/feed/reader.h"

static int add_fix(struct oak_feed_index *index, int64_t advisory, const char *codename, const char *package, bool binary,
		   const char *version, const char *severity, struct oak_error *err)
{
	char ecosystem[80];
	snprintf(ecosystem, sizeof(ecosystem), "ubuntu:%.60s", codename);
	const struct oak_feed_fix fix = {.ecosystem = ecosystem, .package = package, .binary = binary, .fixed = version,
					 .severity = severity};
	return oak_feed_index_fix(index, advisory, &fix, err);
}

/* Add the strings of the array KEY of V to the CVE list. */
static int add_cves(struct oak_feed_reader *r, const struct oak_value *v, const char *what, const char *key,
		    struct oak_error *err)
{
	const struct oak_value *list;
	if (oak_feed_member(r, v, what, key, OAK_VALUE_ARRAY, false, &list, err) < 0)
		return -1;
	for (size_t i = 0; list && i < list->array.n; i++) {
		if (list->array.v[i].kind != OAK_VALUE_STRING)
			return oak_feed_bad(r, what, "lists a CVE that is no string", err);
		oak_feed_cves_add(r, list->array.v[i].string);
	}
	return 0;
}

/* Notices: {"id":"USN-1-1","published":…,"cves_ids":[…],"release_packages":{"jammy":[{name,version,is_source}]}} */
static int notice_package(struct oak_feed_reader *r, struct oak_feed_index *index, int64_t id, const char *what,
			  const char *codename, const struct oak_value *package, struct oak_error *err)
{
	const char *name, *version;
	const struct oak_value *source;
	if (oak_feed_string(r, package, what, "name", true, &name, err) < 0 ||
	    oak_feed_string(r, package, what, "version", false, &version, err) < 0 ||
	    oak_feed_member(r, package, what, "is_source", OAK_VALUE_BOOL, false, &source, err) < 0)
		return -1;
	if (!version || !*version)
		return 0; /* the oldest notices name no versions */
	return add_fix(index, id, codename, name, !source || !source->boolean, version, NULL, err);
}

static int notice_packages(struct oak_feed_reader *r, struct oak_feed_index *index, int64_t id, const char *what,
			   const struct oak_value *releases, struct oak_error *err)
{
	for (size_t i = 0; releases && i < releases->object.n; i++) {
		const struct oak_member *release = &releases->object.v[i];
		if (release->value.kind != OAK_VALUE_ARRAY)
			return oak_feed_bad(r, what, "has packages of a release that are no array", err);
		for (size_t k = 0; k < release->value.array.n; k++)
			if (notice_package(r, index, id, what, release->key, &release->value.array.v[k], err) < 0)
				return -1;
	}
	return 0;
}

static int read_notice(struct oak_feed_reader *r, struct oak_str slice, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *v, *releases;
	struct oak_feed_advisory advisory = {.classification = "Security", .updated = OAK_TIME_NONE};
	int64_t id;
	struct oak_feed_index *index = oak_feed_reader_index(r, "ubuntu-usn", err);
	if (!index || oak_feed_parse(r, arena, slice, "a notice", &v, err) < 0 ||
	    oak_feed_string(r, v, "a notice", "id", true, &advisory.id, err) < 0 ||
	    oak_feed_string(r, v, advisory.id, "title", false, &advisory.title, err) < 0 ||
	    oak_feed_time(r, v, advisory.id, "published", &advisory.issued, err) < 0 ||
	    oak_feed_member(r, v, advisory.id, "release_packages", OAK_VALUE_OBJECT, false, &releases, err) < 0)
		return -1;
	oak_feed_cves_begin(r);
	if (add_cves(r, v, advisory.id, "cves_ids", err) < 0)
		return -1;
	advisory.cves = oak_feed_cves(r);
	if (oak_feed_index_advisory(index, &advisory, &id, err) < 0)
		return -1;
	return notice_packages(r, index, id, advisory.id, releases, err);
}

/* The array MEMBER of the document, item by item. */
static int each_item(struct oak_feed_reader *r, struct oak_str text, const char *member,
		     int (*read)(struct oak_feed_reader *r, struct oak_str slice, struct oak_error *err), struct oak_error *err)
{
	struct oak_slices members, items;
	struct oak_str key, value, item;
	bool found = false;
	if (!oak_slices_begin(&members, text))
		return oak_feed_bad(r, "the document", "is no object", err);
	while (oak_slices_next(&members, &key, &value)) {
		if (!oak_str_eq(key, oak_str_of(member)))
			continue;
		found = true;
		if (*value.p != '[' || !oak_slices_begin(&items, value))
			return oak_feed_bad(r, member, "is no array", err);
		while (oak_slices_next(&items, &key, &item))
			if (read(r, item, err) < 0)
				return -1;
		if (oak_feed_whole(r, &items, err) < 0)
			return -1;
	}
	if (oak_feed_whole(r, &members, err) < 0)
		return -1;
	return found ? 0 : oak_feed_bad(r, member, "is missing", err);
}

int oak_feed_read_notices(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	return each_item(r, text, "notices", read_notice, err);
}

/* The USN database: {"4011-1":{"timestamp":…,"cves":[…],"releases":{"xenial":{"sources":{"jinja2":{"version":…}}}}}} */
static int database_release(struct oak_feed_reader *r, struct oak_feed_index *index, int64_t id, const char *what,
			    const struct oak_member *release, struct oak_error *err)
{
	static const char *const kinds[] = {"sources", "binaries"};
	for (size_t k = 0; k < 2; k++) {
		const struct oak_value *packages;
		if (oak_feed_member(r, &release->value, what, kinds[k], OAK_VALUE_OBJECT, false, &packages, err) < 0)
			return -1;
		for (size_t i = 0; packages && i < packages->object.n; i++) {
			const char *version;
			const struct oak_member *p = &packages->object.v[i];
			if (oak_feed_string(r, &p->value, what, "version", false, &version, err) < 0 ||
			    (version && add_fix(index, id, release->key, p->key, k == 1, version, NULL, err) < 0))
				return -1;
		}
	}
	return 0;
}

static int read_database_entry(struct oak_feed_reader *r, struct oak_str key, struct oak_str slice, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *v, *releases, *at;
	const char *what = oak_arena_printf(arena, "USN-%.*s", (int)(key.n < 60 ? key.n : 60), key.p);
	struct oak_feed_advisory advisory = {.id = what, .classification = "Security", .issued = OAK_TIME_NONE,
					     .updated = OAK_TIME_NONE};
	int64_t id;
	struct oak_feed_index *index = oak_feed_reader_index(r, "ubuntu-usn", err);
	if (!index || oak_feed_parse(r, arena, slice, what, &v, err) < 0 ||
	    oak_feed_string(r, v, what, "title", false, &advisory.title, err) < 0 ||
	    oak_feed_member(r, v, what, "releases", OAK_VALUE_OBJECT, true, &releases, err) < 0)
		return -1;
	at = oak_value_get(v, "timestamp"); /* seconds, mostly with a fraction */
	if (at && at->kind == OAK_VALUE_REAL && at->real > 0 && at->real < 1e11)
		advisory.issued = (oak_time)at->real;
	else if (at && at->kind == OAK_VALUE_INT)
		advisory.issued = at->integer;
	oak_feed_cves_begin(r);
	if (add_cves(r, v, what, "cves", err) < 0)
		return -1;
	advisory.cves = oak_feed_cves(r);
	if (oak_feed_index_advisory(index, &advisory, &id, err) < 0)
		return -1;
	for (size_t i = 0; i < releases->object.n; i++)
		if (database_release(r, index, id, what, &releases->object.v[i], err) < 0)
			return -1;
	return 0;
}

int oak_feed_read_usn_database(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	struct oak_slices entries;
	struct oak_str key, value;
	if (!oak_slices_begin(&entries, text))
		return oak_feed_bad(r, "the document", "is no object", err);
	while (oak_slices_next(&entries, &key, &value))
		if (read_database_entry(r, key, value, err) < 0)
			return -1;
	return oak_feed_whole(r, &entries, err);
}

/* CVEs: {"id":…,"priority":"medium","published":…,"packages":[{"name":…,"statuses":[{release_codename,status,description}]}]} */
static const char *severity_of(const char *priority)
{
	static const struct {
		const char *priority, *severity;
	} rows[] = {{"critical", "Critical"}, {"high", "High"}, {"medium", "Medium"}, {"low", "Low"}, {"negligible", "Negligible"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_streq(rows[i].priority, priority))
			return rows[i].severity;
	return NULL;
}

static int cve_package(struct oak_feed_reader *r, struct oak_feed_index *index, int64_t id, const char *what,
		       const struct oak_value *package, struct oak_error *err)
{
	const char *name;
	const struct oak_value *statuses;
	if (oak_feed_string(r, package, what, "name", true, &name, err) < 0 ||
	    oak_feed_member(r, package, what, "statuses", OAK_VALUE_ARRAY, true, &statuses, err) < 0)
		return -1;
	for (size_t i = 0; i < statuses->array.n; i++) {
		const struct oak_value *s = &statuses->array.v[i];
		const char *codename, *status, *version;
		if (oak_feed_string(r, s, what, "release_codename", true, &codename, err) < 0 ||
		    oak_feed_string(r, s, what, "status", true, &status, err) < 0 ||
		    oak_feed_string(r, s, what, "description", false, &version, err) < 0)
			return -1;
		/* "released" with the version that has it; "upstream" is no release of Ubuntu's */
		if (!oak_streq(status, "released") || oak_streq(codename, "upstream") || !version || *version < '0' ||
		    *version > '9' || strpbrk(version, " ,"))
			continue;
		if (add_fix(index, id, codename, name, false, version, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int read_cve(struct oak_feed_reader *r, struct oak_str slice, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *v, *packages;
	const char *priority;
	/* no date: "published" is that of the CVE, often long before any fix, and would be taken for the update's */
	struct oak_feed_advisory advisory = {.issued = OAK_TIME_NONE, .updated = OAK_TIME_NONE};
	int64_t id;
	struct oak_feed_index *index = oak_feed_reader_index(r, "ubuntu-cve", err);
	if (!index || oak_feed_parse(r, arena, slice, "a CVE", &v, err) < 0 ||
	    oak_feed_string(r, v, "a CVE", "id", true, &advisory.id, err) < 0 ||
	    oak_feed_string(r, v, advisory.id, "description", false, &advisory.title, err) < 0 ||
	    oak_feed_string(r, v, advisory.id, "priority", false, &priority, err) < 0 ||
	    oak_feed_member(r, v, advisory.id, "packages", OAK_VALUE_ARRAY, false, &packages, err) < 0)
		return -1;
	oak_feed_cves_begin(r);
	oak_feed_cves_add(r, advisory.id);
	advisory.cves = oak_feed_cves(r);
	advisory.severity = severity_of(priority);
	if (oak_feed_index_advisory(index, &advisory, &id, err) < 0)
		return -1;
	for (size_t i = 0; packages && i < packages->array.n; i++)
		if (cve_package(r, index, id, advisory.id, &packages->array.v[i], err) < 0)
			return -1;
	return 0;
}

int oak_feed_read_ubuntu_cves(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	return each_item(r, text, "cves", read_cve, err);
}
