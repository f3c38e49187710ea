/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debian: the security tracker's JSON, and the lists of DSA, DLA and DTSA. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/feed/reader.h"

/* Version "0" says "never affected". Urgencies that say nothing are no severity. */
static const char *severity_of(const char *urgency)
{
	static const struct {
		const char *urgency, *severity;
	} rows[] = {{"high", "High"}, {"medium", "Medium"}, {"low", "Low"}, {"unimportant", "Unimportant"}};
	char word[16] = "";
	size_t n = urgency ? strcspn(urgency, "* ") : 0; /* "high**": by the NVD's word */
	if (n && n < sizeof(word))
		memcpy(word, urgency, n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_streq(rows[i].urgency, word))
			return rows[i].severity;
	return NULL;
}

static int tracker_release(struct oak_feed_reader *r, struct oak_feed_index *index, int64_t advisory, const char *package,
			   const struct oak_member *release, struct oak_error *err)
{
	const char *fixed, *urgency, *status;
	char ecosystem[96];
	if (oak_feed_string(r, &release->value, package, "status", true, &status, err) < 0 ||
	    oak_feed_string(r, &release->value, package, "fixed_version", false, &fixed, err) < 0 ||
	    oak_feed_string(r, &release->value, package, "urgency", false, &urgency, err) < 0)
		return -1;
	if (!fixed || oak_streq(fixed, "0") || !oak_streq(status, "resolved"))
		return 0;
	snprintf(ecosystem, sizeof(ecosystem), "debian:%.80s", release->key);
	const struct oak_feed_fix fix = {.ecosystem = ecosystem, .package = package, .fixed = fixed,
					 .severity = severity_of(urgency)};
	return oak_feed_index_fix(index, advisory, &fix, err);
}

static int tracker_cve(struct oak_feed_reader *r, struct oak_feed_index *index, const char *package,
		       const struct oak_member *cve, struct oak_error *err)
{
	const struct oak_value *releases;
	const char *title;
	int64_t id;
	char what[200];
	snprintf(what, sizeof(what), "%.100s of %.80s", cve->key, package);
	if (oak_feed_string(r, &cve->value, what, "description", false, &title, err) < 0 ||
	    oak_feed_member(r, &cve->value, what, "releases", OAK_VALUE_OBJECT, true, &releases, err) < 0)
		return -1;
	oak_feed_cves_begin(r);
	oak_feed_cves_add(r, cve->key);
	const struct oak_feed_advisory advisory = {
		.id = cve->key, .issued = OAK_TIME_NONE, .updated = OAK_TIME_NONE, .title = title, .cves = oak_feed_cves(r)};
	if (oak_feed_index_advisory(index, &advisory, &id, err) < 0)
		return -1;
	for (size_t i = 0; i < releases->object.n; i++)
		if (tracker_release(r, index, id, package, &releases->object.v[i], err) < 0)
			return -1;
	return 0;
}

static int tracker_package(struct oak_feed_reader *r, struct oak_feed_index *index, struct oak_str key, struct oak_str slice,
			   struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *v;
	const char *package = oak_arena_strndup(arena, key.p, key.n);
	if (oak_feed_parse(r, arena, slice, package, &v, err) < 0)
		return -1;
	if (v->kind != OAK_VALUE_OBJECT)
		return oak_feed_bad(r, package, "is no object of CVEs", err);
	for (size_t i = 0; i < v->object.n; i++)
		if (tracker_cve(r, index, package, &v->object.v[i], err) < 0)
			return -1;
	return 0;
}

int oak_feed_read_tracker(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	struct oak_slices packages;
	struct oak_str key, slice;
	struct oak_feed_index *index = oak_feed_reader_index(r, "debian-tracker", err);
	if (!index || !oak_slices_begin(&packages, text))
		return -1;
	while (oak_slices_next(&packages, &key, &slice))
		if (tracker_package(r, index, key, slice, err) < 0)
			return -1;
	return oak_feed_whole(r, &packages, err);
}

/* "[02 Nov 2023] DSA-5546-1 chromium - security update" */
struct dsa {
	char id[40], title[200], kind[8];
	oak_time at;
};

static bool parse_date(struct oak_str s, oak_time *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct oak_str day, month, year;
	int64_t d, y;
	if (!oak_str_next(&s, ' ', &day) || !oak_str_next(&s, ' ', &month) || !oak_str_next(&s, ' ', &year))
		return false;
	if (!oak_parse_int(day, 1, 31, &d)) { /* "August 26th, 2005", as the oldest lists write it */
		struct oak_str swap = day;
		day = (struct oak_str){month.p, strspn(month.p, "0123456789")};
		month = swap;
	}
	char word[4] = "";
	if (month.n)
		memcpy(word, month.p, month.n < 3 ? month.n : 3);
	const char *found = strlen(word) == 3 ? strstr(months, word) : NULL;
	if (!found || (found - months) % 3 || !oak_parse_int(day, 1, 31, &d) || !oak_parse_int(year, 1990, 2200, &y))
		return false;
	const struct oak_civil civil = {.year = (int)y, .month = (int)(found - months) / 3 + 1, .day = (int)d};
	*ret = oak_time_from_civil(&civil);
	return true;
}

static void copy(char *out, size_t size, struct oak_str from)
{
	size_t n = from.n < size - 1 ? from.n : size - 1;
	if (n)
		memcpy(out, from.p, n);
	out[n] = '\0';
}

static bool parse_head(struct oak_str line, struct dsa *ret)
{
	struct oak_str date, id, word;
	const char *end = memchr(line.p, ']', line.n);
	if (!end)
		return false;
	date = (struct oak_str){line.p + 1, (size_t)(end - line.p) - 1};
	line = oak_str_trim((struct oak_str){end + 1, line.n - (size_t)(end + 1 - line.p)});
	if (!oak_str_next(&line, ' ', &id) || id.n < 5 || id.n >= sizeof(ret->id))
		return false;
	struct oak_str rest = id;
	oak_str_next(&rest, '-', &word);
	copy(ret->id, sizeof(ret->id), id);
	copy(ret->kind, sizeof(ret->kind), word);
	copy(ret->title, sizeof(ret->title), line);
	return parse_date(date, &ret->at);
}

/* "[bookworm] - vlc 3.0.20-0+deb12u1", perhaps with "(high)"; "<not-affected>" and the like are no versions. */
static int dsa_package(struct oak_feed_reader *r, struct oak_feed_index *index, int64_t advisory, struct oak_str line,
		       struct oak_error *err)
{
	struct oak_str word[4];
	char release[64], package[200], version[200], ecosystem[80], *p;
	(void)r;
	for (size_t i = 0; i < 4; i++)
		if (!oak_str_next(&line, ' ', &word[i]))
			return 0;
	if (word[0].n < 3 || *word[0].p != '[' || word[0].p[word[0].n - 1] != ']' || word[1].n != 1 || !word[3].n ||
	    *word[3].p == '<')
		return 0;
	copy(release, sizeof(release), (struct oak_str){word[0].p + 1, word[0].n - 2});
	copy(package, sizeof(package), word[2]);
	copy(version, sizeof(version), word[3]);
	for (p = release; *p && *p != ']'; p++)
		;
	*p = '\0';
	snprintf(ecosystem, sizeof(ecosystem), "debian:%s", release);
	const struct oak_feed_fix fix = {.ecosystem = ecosystem, .package = package, .fixed = version};
	return oak_feed_index_fix(index, advisory, &fix, err);
}

static void add_cves(struct oak_feed_reader *r, struct oak_str line)
{
	struct oak_str word;
	char id[40];
	line = (struct oak_str){line.p + 1, line.n - 1};
	while (oak_str_next(&line, ' ', &word)) {
		while (word.n && (word.p[word.n - 1] == '}' || word.p[word.n - 1] == ','))
			word.n--;
		copy(id, sizeof(id), word);
		oak_feed_cves_add(r, id);
	}
}

/* A list's own index, by the kind of its entries. */
static struct oak_feed_index *index_of_kind(struct oak_feed_reader *r, const char *kind, struct oak_error *err)
{
	static const struct {
		const char *kind, *name;
	} rows[] = {{"DSA", "debian-dsa"}, {"DLA", "debian-dla"}, {"DTSA", "debian-dtsa"}, {"ELA", "debian-dla"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_streq(rows[i].kind, kind))
			return oak_feed_reader_index(r, rows[i].name, err);
	oak_feed_bad(r, kind, "is no kind of advisory that is known (DSA, DLA, DTSA)", err);
	return NULL;
}

/* One entry: its head, and the indented lines behind it (in BODY). */
static int dsa_entry(struct oak_feed_reader *r, struct oak_str head, struct oak_str body, struct oak_error *err)
{
	struct dsa dsa;
	struct oak_str rest = body, line;
	int64_t id;
	char start[41], what[64];
	copy(start, sizeof(start), head);
	snprintf(what, sizeof(what), "the entry '%s'", start);
	if (!parse_head(head, &dsa))
		return oak_feed_bad(r, what, "has no date and id", err);
	struct oak_feed_index *index = index_of_kind(r, dsa.kind, err);
	if (!index)
		return -1;
	oak_feed_cves_begin(r);
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n && *line.p == '{')
			add_cves(r, line);
	}
	const struct oak_feed_advisory advisory = {.id = dsa.id, .classification = "Security", .issued = dsa.at,
						   .updated = OAK_TIME_NONE, .title = dsa.title, .cves = oak_feed_cves(r)};
	if (oak_feed_index_advisory(index, &advisory, &id, err) < 0)
		return -1;
	while (oak_str_next(&body, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n && *line.p == '[' && dsa_package(r, index, id, line, err) < 0)
			return -1;
	}
	return 0;
}

int oak_feed_read_dsa(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	struct oak_str line, head = {NULL, 0}, body = {NULL, 0};
	if (!oak_utf8_check(text.p, text.n) || memchr(text.p, '\0', text.n))
		return oak_feed_bad(r, "the list", "is no UTF-8 text", err);
	if (!text.n || text.p[text.n - 1] != '\n')
		return oak_fail(err, OAK_INVALID, "feed.truncated", 0,
				"'%s' is not whole: its last line does not end; nothing was imported", r->name);
	while (oak_str_next(&text, '\n', &line)) {
		if (line.n && *line.p == '[') {
			if (head.p && dsa_entry(r, head, body, err) < 0)
				return -1;
			r->documents++;
			head = line;
			body = (struct oak_str){line.p + line.n, 0};
		} else if (line.n && *line.p != '\t' && *line.p != ' ') {
			return oak_feed_bad(r, "a line", "is neither an entry nor indented", err);
		} else if (head.p) {
			body.n = (size_t)(line.p + line.n - body.p);
		}
	}
	return head.p ? dsa_entry(r, head, body, err) : 0;
}
