/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small parts of every reader: documents, members with their types, CVE lists, code names. */
#include "fleet/feed/reader.h"

#include <stdio.h>
#include <string.h>

enum { SLICE_MAX = 128 * 1024 * 1024 };

struct oak_feed_index *oak_feed_reader_index(struct oak_feed_reader *reader, const char *name, struct oak_error *err)
{
	for (size_t i = 0; i < reader->n; i++)
		if (oak_streq(oak_feed_index_name(reader->index[i]), name))
			return reader->index[i];
	if (reader->n == OAK_FEED_INDICES) {
		oak_fail(err, OAK_BUG, "feed.invalid", 0, "too many kinds of feeds in one import");
		return NULL;
	}
	if (oak_feed_index_begin(reader->options->dir, name, reader->options->add, &reader->index[reader->n], err) < 0)
		return NULL;
	return reader->index[reader->n++];
}

int oak_feed_bad(const struct oak_feed_reader *reader, const char *what, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "feed.invalid", 0, "'%s' is not as expected: %s %s; nothing was imported",
			reader->name, what, why);
}

int oak_feed_whole(const struct oak_feed_reader *reader, const struct oak_slices *slices, struct oak_error *err)
{
	if (oak_slices_ended(slices))
		return 0;
	return oak_fail(err, OAK_INVALID, "feed.truncated", 0, "'%s' is not whole: %s; nothing was imported", reader->name,
			slices->broken ? slices->broken : "something is behind its end");
}

int oak_feed_parse(struct oak_feed_reader *reader, struct oak_arena *arena, struct oak_str slice, const char *what,
		   const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = SLICE_MAX};
	if (reader->options->stop && *reader->options->stop)
		return oak_fail(err, OAK_INTERRUPTED, "feed.interrupted", 0, "interrupted; nothing was imported");
	reader->documents++;
	if (oak_json_parse(arena, slice.p, slice.n, what, &limits, ret, err) < 0)
		return oak_context(err, "feed '%s'", reader->name);
	return 0;
}

int oak_feed_member(const struct oak_feed_reader *reader, const struct oak_value *v, const char *what, const char *key,
		    enum oak_value_kind kind, bool needed, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value *member = oak_value_get(v, key);
	char why[160];
	*ret = NULL;
	if (v && v->kind != OAK_VALUE_OBJECT) {
		snprintf(why, sizeof(why), "is %s, not an object", oak_value_kind_to_string(v->kind));
		return oak_feed_bad(reader, what, why, err);
	}
	if (!member || member->kind == OAK_VALUE_NULL) {
		snprintf(why, sizeof(why), "has no member '%s'", key);
		return needed ? oak_feed_bad(reader, what, why, err) : 0;
	}
	if (member->kind != kind) {
		snprintf(why, sizeof(why), "has a member '%s' that is %s", key, oak_value_kind_to_string(member->kind));
		return oak_feed_bad(reader, what, why, err);
	}
	*ret = member;
	return 0;
}

int oak_feed_string(const struct oak_feed_reader *reader, const struct oak_value *v, const char *what, const char *key,
		    bool needed, const char **ret, struct oak_error *err)
{
	const struct oak_value *member;
	if (oak_feed_member(reader, v, what, key, OAK_VALUE_STRING, needed, &member, err) < 0)
		return -1;
	*ret = oak_value_string(member);
	return 0;
}

int oak_feed_time(const struct oak_feed_reader *reader, const struct oak_value *v, const char *what, const char *key,
		  oak_time *ret, struct oak_error *err)
{
	const char *text;
	char zoned[64], why[160];
	*ret = OAK_TIME_NONE;
	if (oak_feed_string(reader, v, what, key, false, &text, err) < 0)
		return -1;
	if (!text || !*text || oak_time_parse(text, ret))
		return 0;
	snprintf(zoned, sizeof(zoned), "%.40sZ", text);
	if (strlen(text) <= 40 && oak_time_parse(zoned, ret))
		return 0;
	snprintf(why, sizeof(why), "has a time '%.40s' in '%s' that cannot be read", text, key);
	return oak_feed_bad(reader, what, why, err);
}

void oak_feed_cves_begin(struct oak_feed_reader *reader)
{
	oak_buf_clear(&reader->text);
}

/* "CVE-2026-0001", also inside "DEBIAN-CVE-2026-0001" and "UBUNTU-CVE-…"; whole ids only. */
void oak_feed_cves_add(struct oak_feed_reader *reader, const char *id)
{
	const char *cve = id ? strstr(id, "CVE-") : NULL;
	size_t n = cve ? 4 + strspn(cve + 4, "0123456789-") : 0;
	char wanted[40];
	if (!cve || cve[n] || n < 10 || n >= sizeof(wanted) - 2)
		return;
	for (const char *p = oak_buf_text(&reader->text); (p = strstr(p, cve)); p += n)
		if ((p == oak_buf_text(&reader->text) || p[-1] == ',') && (!p[n] || p[n] == ','))
			return;
	oak_buf_addf(&reader->text, "%s%s", reader->text.n ? "," : "", cve);
}

const char *oak_feed_cves(const struct oak_feed_reader *reader)
{
	return reader->text.n ? oak_buf_text(&reader->text) : NULL;
}

static const struct {
	const char *distribution, *version, *codename;
} releases[] = {
	{"debian", "8", "jessie"},     {"debian", "9", "stretch"},    {"debian", "10", "buster"},    {"debian", "11", "bullseye"},
	{"debian", "12", "bookworm"},  {"debian", "13", "trixie"},    {"debian", "14", "forky"},     {"debian", "15", "duke"},
	{"ubuntu", "14.04", "trusty"}, {"ubuntu", "16.04", "xenial"}, {"ubuntu", "18.04", "bionic"}, {"ubuntu", "20.04", "focal"},
	{"ubuntu", "22.04", "jammy"},  {"ubuntu", "23.10", "mantic"}, {"ubuntu", "24.04", "noble"},  {"ubuntu", "24.10", "oracular"},
	{"ubuntu", "25.04", "plucky"}, {"ubuntu", "25.10", "questing"}, {"ubuntu", "26.04", "resolute"},
};

const char *oak_feed_codename(const char *distribution, const char *version)
{
	for (size_t i = 0; version && i < sizeof(releases) / sizeof(*releases); i++)
		if (oak_streq(releases[i].distribution, distribution) && oak_streq(releases[i].version, version))
			return releases[i].codename;
	return NULL;
}
