/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks on CVEs: CISA's known exploited vulnerabilities, and EPSS scores. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/feed/reader.h"

static int read_vulnerability(struct oak_feed_reader *r, struct oak_feed_index *index, struct oak_str slice,
			      struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *v;
	const char *cve, *ransomware;
	oak_time added;
	if (oak_feed_parse(r, arena, slice, "a vulnerability", &v, err) < 0 ||
	    oak_feed_string(r, v, "a vulnerability", "cveID", true, &cve, err) < 0 ||
	    oak_feed_time(r, v, cve, "dateAdded", &added, err) < 0 ||
	    oak_feed_string(r, v, cve, "knownRansomwareCampaignUse", false, &ransomware, err) < 0)
		return -1;
	return oak_feed_index_mark(index, cve, added, oak_streq(ransomware, "Known") ? "ransomware" : NULL, 0, 0, err);
}

int oak_feed_read_kev(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	struct oak_slices members, items;
	struct oak_str key, value, item;
	int64_t announced = -1, n = 0;
	struct oak_feed_index *index = oak_feed_reader_index(r, "kev", err);
	if (!index || !oak_slices_begin(&members, text))
		return -1;
	while (oak_slices_next(&members, &key, &value)) {
		if (oak_str_eq(key, OAK_STR("count")))
			oak_parse_int(value, 0, INT64_MAX, &announced);
		if (!oak_str_eq(key, OAK_STR("vulnerabilities")))
			continue;
		if (*value.p != '[' || !oak_slices_begin(&items, value))
			return oak_feed_bad(r, "vulnerabilities", "is no array", err);
		for (; oak_slices_next(&items, &key, &item); n++)
			if (read_vulnerability(r, index, item, err) < 0)
				return -1;
		if (oak_feed_whole(r, &items, err) < 0)
			return -1;
	}
	if (oak_feed_whole(r, &members, err) < 0)
		return -1;
	if (announced >= 0 && announced < n)
		return oak_feed_bad(r, "count", "is less than the vulnerabilities that follow", err);
	return 0;
}

/* A number in [0, 1], the whole text. */
static bool parse_share(struct oak_str text, double *ret)
{
	char copy[32], *end;
	text = oak_str_trim(text);
	if (!text.n || text.n >= sizeof(copy) || strspn(text.p, "0123456789.eE+-") < text.n)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*ret = strtod(copy, &end);
	return *end == '\0' && *ret >= 0 && *ret <= 1;
}

static int read_score(struct oak_feed_reader *r, struct oak_feed_index *index, struct oak_str line, size_t number,
		      oak_time at, struct oak_error *err)
{
	struct oak_str field[3];
	char cve[40], what[40];
	double score, percentile;
	snprintf(what, sizeof(what), "line %zu", number);
	for (size_t i = 0; i < 3; i++)
		if (!oak_str_next(&line, ',', &field[i]))
			return oak_feed_bad(r, what, "has fewer than three fields", err);
	if (field[0].n < 10 || field[0].n >= sizeof(cve) || memcmp(field[0].p, "CVE-", 4) != 0 ||
	    !parse_share(field[1], &score) || !parse_share(field[2], &percentile))
		return oak_feed_bad(r, what, "is no CVE with two numbers from 0 to 1", err);
	memcpy(cve, field[0].p, field[0].n);
	cve[field[0].n] = '\0';
	return oak_feed_index_mark(index, cve, at, NULL, score, percentile, err);
}

/* The day behind "score_date:", if it is there. */
static void read_date(struct oak_str line, oak_time *ret)
{
	char text[200] = "", day[11] = "";
	memcpy(text, line.p, line.n < sizeof(text) - 1 ? line.n : sizeof(text) - 1);
	const char *date = strstr(text, "score_date:");
	if (!date || strlen(date) < 21)
		return;
	memcpy(day, date + 11, 10);
	oak_time_parse(day, ret);
}

/* "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000", "cve,epss,percentile", then rows. */
int oak_feed_read_epss(struct oak_feed_reader *r, struct oak_str text, struct oak_error *err)
{
	struct oak_str line;
	oak_time at = OAK_TIME_NONE;
	struct oak_feed_index *index = oak_feed_reader_index(r, "epss", err);
	if (!index)
		return -1;
	if (!text.n || text.p[text.n - 1] != '\n')
		return oak_fail(err, OAK_INVALID, "feed.truncated", 0,
				"'%s' is not whole: its last line does not end; nothing was imported", r->name);
	for (size_t number = 1; oak_str_next(&text, '\n', &line); number++) {
		line = oak_str_trim(line);
		if (line.n && *line.p == '#')
			read_date(line, &at);
		if (!line.n || *line.p == '#' || (line.n > 4 && memcmp(line.p, "cve,", 4) == 0))
			continue;
		r->documents++;
		if (read_score(r, index, line, number, at, err) < 0)
			return -1;
	}
	return 0;
}
