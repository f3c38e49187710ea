/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Advisories of feeds onto the updates that bring their fixes. */
#include "fleet/feed/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline/evaluate.h"
#include "core/map.h"
#include "core/str.h"
#include "fleet/feed/index.h"
#include "fleet/feed/reader.h"

enum { OLD_S = 14 * OAK_DAY };

/* Feeds of updates: notices first, then CVE by CVE, which fill in what notices leave out. */
static const struct {
	const char *name;
	bool notices;
} feeds[] = {
	{"debian-dsa", true},	  {"debian-dla", true},	     {"debian-dtsa", true},	{"ubuntu-usn", true},
	{"osv-debian", true},	  {"osv-ubuntu", true},	     {"osv-almalinux", true},	{"osv-rocky-linux", true},
	{"osv-redhat", true},	  {"osv-suse", true},	     {"debian-tracker", false}, {"ubuntu-cve", false},
};
enum { FEEDS = sizeof(feeds) / sizeof(*feeds) };

/* A fix as a feed tells it. */
struct row {
	const char *id, *classification, *severity, *title, *cves, *fixed;
	oak_time issued, updated;
	bool notice; /* an advisory in its own right, not one CVE */
};
struct rows {
	OAK_VEC(struct row) list;
};

struct join {
	struct oak_arena *arena; /* the inventory's */
	struct oak_inventory *inventory;
	struct oak_db *db[FEEDS];
	struct oak_stmt *stmt[FEEDS];
	struct oak_feed_marks *marks;
	struct oak_map rows;      /* package, ecosystem -> struct rows * */
	struct oak_map installed; /* name, arch and name alone -> const struct oak_package * */
	oak_evr_compare compare;
	bool by_source;
	const char *distribution; /* "debian" "ubuntu" "almalinux" */
};

void oak_feed_source(struct oak_arena *arena, const char *source, const char *name, const char *evr, const char **ret_name,
		     const char **ret_version)
{
	const char *open = source ? strstr(source, " (") : NULL, *close = open ? strrchr(open, ')') : NULL;
	size_t n = strlen(evr), digits = n;
	if (open && close) {
		*ret_name = oak_arena_strndup(arena, source, (size_t)(open - source));
		*ret_version = oak_arena_strndup(arena, open + 2, (size_t)(close - open) - 2);
		return;
	}
	while (digits && evr[digits - 1] >= '0' && evr[digits - 1] <= '9')
		digits--;
	if (digits < n && digits > 2 && evr[digits - 1] == 'b' && evr[digits - 2] == '+')
		n = digits - 2;
	*ret_name = source ? source : name;
	*ret_version = oak_arena_strndup(arena, evr, n);
}

static void add_problem(struct join *j, const char *kind, const char *subject, const char *detail)
{
	*oak_push(j->arena, &j->inventory->problems) = (struct oak_problem){
		.kind = kind,
		.subject = subject,
		.detail = oak_arena_strdup(j->arena, detail),
		.remedy = "run 'oakum feed import FILE' with a new copy",
	};
}

static void check_age(struct join *j, size_t i, oak_time now)
{
	struct oak_feed_info info;
	char when[OAK_TIME_TEXT];
	if (oak_feed_index_info(j->db[i], feeds[i].name, j->arena, &info, NULL) < 0 || info.imported_at == OAK_TIME_NONE ||
	    info.imported_at > now - OLD_S)
		return;
	add_problem(j, "feed-old", feeds[i].name,
		    oak_arena_printf(j->arena, "it was imported at %s, newer advisories are not known",
				     oak_time_format(info.imported_at, when)));
}

static bool open_feeds(struct join *j, const char *dir, oak_time now)
{
	static const char sql[] = "SELECT a.ext, a.class, coalesce(f.severity, a.severity), a.issued, a.updated, a.title, a.cves, "
				  "f.fixed FROM fix f JOIN advisory a ON a.id = f.advisory WHERE f.package = ? AND f.ecosystem = ? "
				  "AND f.binary = ?";
	bool any = false;
	for (size_t i = 0; i < FEEDS; i++) {
		struct oak_error why = {0};
		if (oak_feed_index_open(dir, feeds[i].name, &j->db[i], &why) < 0 ||
		    (j->db[i] && oak_db_prepare(j->db[i], sql, &j->stmt[i], &why) < 0)) {
			add_problem(j, "feed-unreadable", feeds[i].name, why.cause);
			continue;
		}
		if (j->db[i])
			check_age(j, i, now);
		any = any || j->db[i];
	}
	struct oak_error why = {0};
	if (oak_feed_marks_open(dir, &j->marks, &why) < 0)
		add_problem(j, "feed-unreadable", "kev", why.cause);
	return any;
}

static void close_feeds(struct join *j)
{
	oak_feed_marks_free(j->marks);
	for (size_t i = 0; i < FEEDS; i++) {
		oak_stmt_free(j->stmt[i]);
		oak_db_close(j->db[i]);
	}
}

static void load_rows(struct join *j, size_t feed, const char *package, const char *ecosystem, struct rows *ret)
{
	struct oak_stmt *stmt = j->stmt[feed];
	struct oak_error why = {0};
	int row = -1;
	if (oak_stmt_bind(stmt, &why, "tti", package, ecosystem, (int64_t)!j->by_source) == 0)
		while ((row = oak_stmt_step(stmt, &why)) > 0)
			*oak_push(j->arena, &ret->list) = (struct row){
				.id = oak_arena_strdup(j->arena, oak_stmt_text(stmt, 0)),
				.classification = oak_arena_strdup(j->arena, oak_stmt_text(stmt, 1)),
				.severity = oak_arena_strdup(j->arena, oak_stmt_text(stmt, 2)),
				.issued = oak_stmt_time(stmt, 3),
				.updated = oak_stmt_time(stmt, 4),
				.title = oak_arena_strdup(j->arena, oak_stmt_text(stmt, 5)),
				.cves = oak_arena_strdup(j->arena, oak_stmt_text(stmt, 6)),
				.fixed = oak_arena_strdup(j->arena, oak_stmt_text(stmt, 7)),
				.notice = feeds[feed].notices && !strstr(oak_stmt_text(stmt, 0), "CVE-"),
			};
	if (row < 0) {
		add_problem(j, "feed-unreadable", feeds[feed].name, why.cause);
		oak_stmt_free(stmt);
		j->stmt[feed] = NULL;
	}
}

/* What all feeds say about PACKAGE, notices first. */
static const struct rows *rows_of(struct join *j, const char *package, const char *ecosystem)
{
	const char *key = oak_arena_printf(j->arena, "%s\n%s", package, ecosystem);
	struct rows *rows = oak_map_find(&j->rows, key);
	if (rows)
		return rows;
	struct rows all = {0};
	rows = OAK_NEW(j->arena, struct rows);
	for (size_t i = 0; i < FEEDS; i++)
		if (j->stmt[i])
			load_rows(j, i, package, ecosystem, &all);
	for (int notices = 1; notices >= 0; notices--)
		for (size_t i = 0; i < all.list.n; i++)
			if (all.list.v[i].notice == (notices != 0))
				*oak_push(j->arena, &rows->list) = all.list.v[i];
	oak_map_put(&j->rows, key, rows);
	return rows;
}

/* "debian:bookworm" for a version from bookworm, bookworm-security or bookworm-updates; else by the host's release. */
static const char *ecosystem_of(struct join *j, const struct oak_update *u)
{
	const struct oak_platform *p = &j->inventory->node.platform;
	for (size_t i = 0; j->by_source && i < u->origins.n; i++)
		for (size_t k = 0; k < j->inventory->repositories.n; k++) {
			const struct oak_repository *r = &j->inventory->repositories.v[k];
			const char *name = r->codename ? r->codename : r->suite;
			if (oak_streq(r->id, u->origins.v[i]) && name && *name && !strchr(name, '/') &&
			    !oak_starts_with(name, "stable") && !oak_starts_with(name, "oldstable"))
				return oak_arena_printf(j->arena, "%s:%.*s", j->distribution, (int)strcspn(name, "-"), name);
		}
	const char *codename = oak_feed_codename(j->distribution, p->version);
	if (codename)
		return oak_arena_printf(j->arena, "%s:%s", j->distribution, codename);
	const char *version = p->version ? p->version : "";
	return oak_arena_printf(j->arena, "%s:%.*s", j->distribution, (int)strcspn(version, "."), version);
}

static const struct oak_package *installed_of(const struct join *j, const char *name, const char *arch)
{
	const struct oak_package *p =
		oak_map_find(&j->installed, oak_arena_printf(j->arena, "%s\n%s", name, arch ? arch : ""));
	return p ? p : oak_map_find(&j->installed, name);
}

/* The version that feeds count by: of the source, or the package's own. */
static const char *counted_version(struct join *j, const char *source, const char *name, const char *evr, const char **ret_package)
{
	const char *version = evr;
	*ret_package = name;
	if (j->by_source)
		oak_feed_source(j->arena, source, name, evr, ret_package, &version);
	return version;
}

/* Does a lower offered version of the same package have the fix already? */
static bool lower_has_it(struct join *j, const struct oak_update *u, const char *fixed)
{
	for (size_t i = 0; i < j->inventory->updates.n; i++) {
		const struct oak_update *o = &j->inventory->updates.v[i];
		const char *package;
		if (o == u || !oak_streq(o->name, u->name) || !oak_streq(o->arch, u->arch) || j->compare(o->evr, u->evr) >= 0)
			continue;
		if (j->compare(counted_version(j, o->source, o->name, o->evr, &package), fixed) >= 0)
			return true;
	}
	return false;
}

static int rank(const char *severity)
{
	static const struct {
		const char *word;
		int rank;
	} rows[] = {{"Critical", 6}, {"Important", 5}, {"High", 5},	   {"Moderate", 4},   {"Medium", 4},
		    {"Low", 3},	     {"Negligible", 2}, {"Unimportant", 2}, {"None", 1}};
	for (size_t i = 0; severity && i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_strcaseeq(rows[i].word, severity))
			return rows[i].rank;
	return 0;
}

static bool has_text(const char *const *v, size_t n, struct oak_str text)
{
	for (size_t i = 0; i < n; i++)
		if (oak_str_eq(oak_str_of(v[i]), text))
			return true;
	return false;
}

static void add_cves(struct join *j, struct oak_advisory *a, const char *cves)
{
	struct oak_str rest = oak_str_of(cves), cve;
	while (rest.p && oak_str_next(&rest, ',', &cve))
		if (cve.n && !has_text(a->cves.v, a->cves.n, cve))
			*oak_push(j->arena, &a->cves) = oak_arena_strndup(j->arena, cve.p, cve.n);
}

static struct oak_advisory *find_advisory(struct oak_update *u, const char *id)
{
	for (size_t i = 0; i < u->advisories.n; i++)
		if (oak_streq(u->advisories.v[i].id, id))
			return &u->advisories.v[i];
	return NULL;
}

/* A CVE that notices of this update name already only gives them its severity. True if it did. */
static bool fill_severity(struct oak_update *u, const struct row *row)
{
	bool named = false;
	for (size_t i = 0; i < u->advisories.n; i++) {
		struct oak_advisory *a = &u->advisories.v[i];
		if (!row->cves || !has_text(a->cves.v, a->cves.n, oak_str_of(row->cves)) || oak_streq(a->id, row->id))
			continue;
		named = true;
		if (rank(row->severity) > rank(a->severity))
			a->severity = row->severity;
	}
	return named;
}

static void add_row(struct join *j, struct oak_update *u, const struct row *row, bool exact)
{
	const char *id = !row->notice && row->cves ? row->cves : row->id; /* DEBIAN-CVE-2026-1 is CVE-2026-1 */
	struct oak_advisory *a = find_advisory(u, id);
	if (!row->notice && fill_severity(u, row))
		return;
	if (!a) {
		a = oak_push(j->arena, &u->advisories);
		*a = (struct oak_advisory){.id = id, .issued = OAK_TIME_NONE, .updated = OAK_TIME_NONE};
	}
	/* a fixed CVE alone is no word of the distribution's that this is a security update: its archive says that */
	if (!a->classification)
		a->classification = row->classification && row->notice ? row->classification : u->security ? "Security" : NULL;
	if (rank(row->severity) > rank(a->severity))
		a->severity = row->severity;
	if (!a->title)
		a->title = row->title;
	if (exact && a->issued == OAK_TIME_NONE && a->updated == OAK_TIME_NONE) {
		a->issued = row->issued;
		a->updated = row->updated;
	}
	add_cves(j, a, row->cves);
	if (row->notice && oak_streq(row->classification, "Security"))
		u->security = true;
}

static void join_update(struct join *j, struct oak_update *u)
{
	const char *package, *ignored;
	const char *version = counted_version(j, u->source, u->name, u->evr, &package);
	const struct oak_package *installed = installed_of(j, u->name, u->arch);
	const char *have = installed ? counted_version(j, installed->source, installed->name, installed->evr, &ignored) : NULL;
	const struct rows *rows = rows_of(j, package, ecosystem_of(j, u));
	for (size_t i = 0; i < rows->list.n; i++) {
		const struct row *row = &rows->list.v[i];
		int order = j->compare(row->fixed, version);
		if (order > 0 || (have && j->compare(have, row->fixed) >= 0) || lower_has_it(j, u, row->fixed))
			continue;
		add_row(j, u, row, order == 0);
	}
}

static void mark_exploited(struct join *j, struct oak_advisory *a)
{
	for (size_t i = 0; i < a->cves.n; i++) {
		struct oak_feed_mark mark;
		if (has_text(a->known_exploited.v, a->known_exploited.n, oak_str_of(a->cves.v[i])))
			continue;
		if (oak_feed_mark_of(j->marks, a->cves.v[i], &mark, NULL) == 0 && mark.known_exploited)
			*oak_push(j->arena, &a->known_exploited) = a->cves.v[i];
	}
}

static void index_installed(struct join *j)
{
	oak_map_init(&j->installed, j->arena, j->inventory->packages.n * 2);
	for (size_t i = 0; i < j->inventory->packages.n; i++) {
		struct oak_package *p = &j->inventory->packages.v[i];
		const char *key = oak_arena_printf(j->arena, "%s\n%s", p->name, p->arch ? p->arch : "");
		const struct oak_package *other = oak_map_find(&j->installed, key);
		if (other && j->compare(other->evr, p->evr) >= 0)
			continue; /* of several installed versions the highest counts */
		oak_map_put(&j->installed, key, p);
		oak_map_put(&j->installed, p->name, p);
	}
}

static const char *distribution_of(const struct oak_platform *p)
{
	static const struct {
		const char *id, *distribution;
	} rows[] = {{"raspbian", "debian"}, {"rhel", "redhat"}, {"sles", "suse"}, {"opensuse-leap", "opensuse"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_streq(rows[i].id, p->id))
			return rows[i].distribution;
	return p->id ? p->id : "";
}

void oak_feed_join(const char *dir, oak_time now, struct oak_inventory *inventory)
{
	const struct oak_platform *p = &inventory->node.platform;
	struct join j = {.arena = inventory->arena, .inventory = inventory};
	if (oak_streq(p->family, "windows"))
		return;
	j.compare = oak_evr_for_family(p->family);
	j.by_source = oak_streq(p->family, "debian");
	j.distribution = distribution_of(p);
	bool any = open_feeds(&j, dir, now);
	if (any) {
		oak_map_init(&j.rows, j.arena, inventory->updates.n);
		index_installed(&j);
	}
	for (size_t i = 0; i < inventory->updates.n && (any || j.marks); i++) {
		struct oak_update *u = &inventory->updates.v[i];
		if (any && u->name && u->evr)
			join_update(&j, u);
		for (size_t k = 0; j.marks && k < u->advisories.n; k++)
			mark_exploited(&j, &u->advisories.v[k]);
	}
	close_feeds(&j);
}
