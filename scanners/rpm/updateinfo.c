/* SPDX-License-Identifier: GPL-3.0-or-later */
/* updateinfo.xml: advisories with their packages, as every rpm distribution writes them. */
#include "scanners/rpm/updateinfo.h"

#include "core/str.h"
#include "scanners/rpm/xml.h"

enum state {
	DOCUMENT,
	UPDATES,
	UPDATE,
	ID,
	TITLE,
	SEVERITY,
	ISSUED,
	UPDATED,
	REBOOT_SUGGESTED,
	REFERENCES,
	REFERENCE,
	PKGLIST,
	COLLECTION,
	MODULE,
	PACKAGE,
	PACKAGE_REBOOT
};

static const struct oak_xml_step steps[] = {
	{DOCUMENT, "updates", UPDATES, false},
	{DOCUMENT, "update", UPDATE, false},
	{UPDATES, "update", UPDATE, false},
	{UPDATE, "id", ID, true},
	{UPDATE, "title", TITLE, true},
	{UPDATE, "severity", SEVERITY, true},
	{UPDATE, "issued", ISSUED, true},
	{UPDATE, "updated", UPDATED, true},
	{UPDATE, "reboot_suggested", REBOOT_SUGGESTED, true},
	{UPDATE, "references", REFERENCES, false},
	{REFERENCES, "reference", REFERENCE, false},
	{UPDATE, "pkglist", PKGLIST, false},
	{PKGLIST, "collection", COLLECTION, false},
	{COLLECTION, "module", MODULE, false},
	{COLLECTION, "package", PACKAGE, false},
	{PACKAGE, "reboot_suggested", PACKAGE_REBOOT, true},
	{0, NULL, 0, false},
};

struct reader {
	struct oak_arena *arena;
	const struct oak_map *names; /* of packages that count; NULL = all */
	struct oak_updateinfo *out;
	struct oak_ui_update update;
	struct oak_ui_collection collection;
	struct oak_ui_package package;
};

static char *attr(struct reader *r, const char **atts, const char *name)
{
	return oak_arena_strdup(r->arena, oak_xml_attr(atts, name));
}

/* "security" becomes "Security": the word of the vendor, its first letter as AWS writes it. Empty counts as absent. */
static const char *classification(struct oak_arena *arena, const char *type)
{
	if (!type || !*type)
		return NULL;
	char *word = oak_arena_strdup(arena, type);
	if (word[0] >= 'a' && word[0] <= 'z')
		word[0] = (char)(word[0] - 'a' + 'A');
	return word;
}

/* "2008-03-14 12:00:00" as RFC 3339; a bare date, a time without seconds and epoch seconds are in use too. */
static oak_time date(struct oak_str text)
{
	char out[48];
	int64_t seconds;
	oak_time t;
	text = oak_str_trim(text);
	if (oak_parse_int(text, 1, INT32_MAX * (int64_t)2, &seconds))
		return seconds;
	if (text.n >= 4 && !memcmp(text.p + text.n - 4, " UTC", 4))
		text.n -= 4;
	if (text.n < 10 || text.n > 40)
		return OAK_TIME_NONE;
	bool zone = text.p[text.n - 1] == 'Z' || (text.n > 19 && memchr(text.p + 19, '+', text.n - 19)) ||
		    (text.n > 19 && memchr(text.p + 19, '-', text.n - 19));
	const char *time = text.n == 10 ? "T00:00:00" : text.n == 16 ? ":00" : "";
	snprintf(out, sizeof(out), "%.*s%s%s", (int)text.n, text.p, time, zone ? "" : "Z");
	out[10] = 'T';
	return oak_time_parse(out, &t) ? t : OAK_TIME_NONE;
}

static char *evr(struct reader *r, const char **atts)
{
	const char *e = oak_xml_attr(atts, "epoch"), *v = oak_xml_attr(atts, "version"), *rel = oak_xml_attr(atts, "release");
	if (!v || !*v)
		return NULL;
	bool epoch = e && *e && !oak_streq(e, "0");
	return oak_arena_printf(r->arena, "%s%s%s%s%s", epoch ? e : "", epoch ? ":" : "", v, rel && *rel ? "-" : "",
				rel ? rel : "");
}

/* CVE ids stand in references of type cve, and on openSUSE and Fedora in titles of bug references. */
static void add_cves(struct reader *r, const char *text)
{
	for (const char *p = text; p && (p = strstr(p, "CVE-")) != NULL;) {
		size_t n = 4, dashes = 0;
		while ((p[n] >= '0' && p[n] <= '9') || (p[n] == '-' && dashes++ == 0))
			n++;
		while (n && p[n - 1] == '-')
			n--;
		char *id = oak_arena_strndup(r->arena, p, n);
		bool known = n < 10;
		for (size_t i = 0; i < r->update.advisory.cves.n && !known; i++)
			known = oak_streq(r->update.advisory.cves.v[i], id);
		if (!known)
			*oak_push(r->arena, &r->update.advisory.cves) = id;
		p += n ? n : 1;
	}
}

/* References of type cve whose id lacks the prefix ("2008-2360") name a CVE as well. */
static void add_reference(struct reader *r, const char **atts)
{
	const char *type = oak_xml_attr(atts, "type"), *id = oak_xml_attr(atts, "id"), *title = oak_xml_attr(atts, "title");
	if (oak_strcaseeq(type, "cve")) {
		bool full = id && strstr(id, "CVE-");
		if (!full && id && strlen(id) > 5 && id[4] == '-')
			add_cves(r, oak_arena_printf(r->arena, "CVE-%s", id));
		add_cves(r, full ? id : title);
	} else if (oak_strcaseeq(type, "bugzilla") || oak_strcaseeq(type, "bug")) {
		if (id && *id)
			*oak_push(r->arena, &r->update.advisory.bugs) = oak_arena_strdup(r->arena, id);
		add_cves(r, title);
	} else if (id && oak_starts_with(id, "CVE-")) {
		add_cves(r, id);
	}
}

static void on_start(void *arg, uint8_t state, const char **atts)
{
	struct reader *r = arg;
	const char *when;
	switch ((enum state)state) {
	case UPDATE:
		r->update = (struct oak_ui_update){0};
		r->update.advisory.issued = r->update.advisory.updated = OAK_TIME_NONE;
		r->update.advisory.classification = classification(r->arena, oak_xml_attr(atts, "type"));
		r->update.version = attr(r, atts, "version");
		r->update.status = attr(r, atts, "status");
		break;
	case ISSUED:
		if ((when = oak_xml_attr(atts, "date")) != NULL)
			r->update.advisory.issued = date(oak_str_of(when));
		break;
	case UPDATED:
		if ((when = oak_xml_attr(atts, "date")) != NULL)
			r->update.advisory.updated = date(oak_str_of(when));
		break;
	case REFERENCE:
		add_reference(r, atts);
		break;
	case COLLECTION:
		r->collection = (struct oak_ui_collection){0};
		break;
	case MODULE:
		*oak_push(r->arena, &r->collection.modules) =
			(struct oak_ui_module){attr(r, atts, "name"), attr(r, atts, "stream"), attr(r, atts, "version"),
					       attr(r, atts, "context"), attr(r, atts, "arch")};
		break;
	case PACKAGE: /* a distribution's updates name ten times as many packages as a host has */
		r->package = (struct oak_ui_package){0};
		if (!r->names || oak_map_has(r->names, oak_xml_attr(atts, "name") ? oak_xml_attr(atts, "name") : ""))
			r->package = (struct oak_ui_package){attr(r, atts, "name"), attr(r, atts, "arch"), evr(r, atts), false};
		break;
	case DOCUMENT:
	case UPDATES:
	case ID:
	case TITLE:
	case SEVERITY:
	case REBOOT_SUGGESTED:
	case REFERENCES:
	case PKGLIST:
	case PACKAGE_REBOOT:
		break;
	}
}

/* "True", "true", "1"; an element without text says it by being there, as yum and createrepo_c take it. */
static bool is_true(const char *text, size_t n)
{
	struct oak_str s = oak_str_trim((struct oak_str){text, n});
	return s.n == 0 || s.p[0] == 'T' || s.p[0] == 't' || s.p[0] == '1';
}

static const char *text_of(struct reader *r, const char *text, size_t n)
{
	struct oak_str s = oak_str_trim((struct oak_str){text, n});
	return oak_arena_strndup(r->arena, s.p ? s.p : "", s.n);
}

static void update_end(struct reader *r)
{
	if (r->update.advisory.id && *r->update.advisory.id)
		*oak_push(r->arena, &r->out->updates) = r->update;
}

static void on_end(void *arg, uint8_t state, const char *text, size_t n)
{
	struct reader *r = arg;
	struct oak_advisory *a = &r->update.advisory;
	switch ((enum state)state) {
	case ID:
		a->id = text_of(r, text, n);
		break;
	case TITLE:
		a->title = text_of(r, text, n);
		break;
	case SEVERITY: /* an empty element says "no severity": kept as such, an absent one is NULL */
		a->severity = text_of(r, text, n);
		break;
	case ISSUED: /* Amazon 1 and some mirrors write the date as text */
		if (a->issued == OAK_TIME_NONE && n)
			a->issued = date((struct oak_str){text, n});
		break;
	case UPDATED:
		if (a->updated == OAK_TIME_NONE && n)
			a->updated = date((struct oak_str){text, n});
		break;
	case REBOOT_SUGGESTED:
		a->reboot_suggested |= is_true(text, n);
		break;
	case PACKAGE_REBOOT:
		r->package.reboot = is_true(text, n);
		a->reboot_suggested |= r->package.reboot;
		break;
	case PACKAGE:
		if (r->package.name && r->package.evr)
			*oak_push(r->arena, &r->collection.packages) = r->package;
		break;
	case COLLECTION:
		*oak_push(r->arena, &r->update.collections) = r->collection;
		break;
	case UPDATE:
		update_end(r);
		break;
	case DOCUMENT:
	case UPDATES:
	case REFERENCES:
	case REFERENCE:
	case PKGLIST:
	case MODULE:
		break;
	}
}

int oak_updateinfo_parse(struct oak_arena *arena, FILE *in, const char *name, const struct oak_map *names, struct oak_updateinfo *ret,
			 struct oak_error *err)
{
	struct oak_updateinfo info = {0};
	struct reader reader = {.arena = arena, .names = names, .out = &info};
	struct oak_xml xml = {.steps = steps, .start = on_start, .end = on_end, .arg = &reader,
			      .max_bytes = OAK_UPDATEINFO_MAX, .name = name};
	if (oak_xml_parse(&xml, in, err) < 0)
		return -1;
	*ret = info;
	return 0;
}

void oak_updateinfo_narrow(struct oak_updateinfo *info)
{
	for (size_t i = 0; i < info->updates.n; i++) {
		struct oak_ui_update *update = &info->updates.v[i];
		size_t packages = 0;
		for (size_t c = 0; c < update->collections.n; c++)
			packages += update->collections.v[c].packages.n;
		if (packages)
			continue;
		update->collections.n = update->advisory.cves.n = update->advisory.bugs.n = 0;
		update->advisory.title = NULL;
	}
}
