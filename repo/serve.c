/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What requests name and want: pure functions, so that they can be fuzzed. */
#include "repo/serve.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "core/time.h"

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)((at - digits) % 16) : -1;
}

/* Undo %XX, once; -1 for a bad escape or a name that is too long. */
static int decode(struct oak_str raw, char *ret)
{
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		int byte = (unsigned char)raw.p[i];
		if (byte == '%') {
			int high = raw.n - i > 2 ? hex_digit(raw.p[i + 1]) : -1, low = raw.n - i > 2 ? hex_digit(raw.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return -1;
			byte = 16 * high + low;
			i += 2;
		}
		if (byte < 0x20 || byte == 0x7f || byte == '\\' || n + 1 >= OAK_SERVE_PATH_MAX)
			return -1;
		ret[n++] = (char)byte;
	}
	ret[n] = '\0';
	return (int)n;
}

bool oak_serve_path(const char *raw, char ret[OAK_SERVE_PATH_MAX])
{
	char text[OAK_SERVE_PATH_MAX];
	if (raw[0] != '/')
		return false;
	if (decode((struct oak_str){raw + 1, strcspn(raw + 1, "?#")}, text) < 0)
		return false;
	struct oak_str rest = oak_str_of(text), part;
	if (!rest.n || text[rest.n - 1] == '/' || !oak_utf8_check(text, rest.n))
		return false;
	while (oak_str_next(&rest, '/', &part))
		if (!part.n || part.p[0] == '.' || part.n > 255)
			return false;
	memcpy(ret, text, strlen(text) + 1);
	return true;
}

enum oak_range oak_serve_range(const char *header, int64_t size, int64_t *ret_from, int64_t *ret_length)
{
	struct oak_str rest = oak_str_of(header), part, first;
	int64_t from = 0, to = size - 1;
	*ret_from = 0;
	*ret_length = size;
	if (!header || !oak_str_next(&rest, '=', &part) || !oak_str_eq(oak_str_trim(part), OAK_STR("bytes")))
		return OAK_RANGE_WHOLE;
	rest = oak_str_trim(rest);
	if (!rest.n || memchr(rest.p, ',', rest.n) || !memchr(rest.p, '-', rest.n) || !oak_str_next(&rest, '-', &first))
		return OAK_RANGE_WHOLE;
	if (!first.n) { /* the last so many bytes */
		if (!oak_parse_int(rest, 0, INT64_MAX, &to))
			return OAK_RANGE_WHOLE;
		if (!to || !size)
			return OAK_RANGE_NONE;
		from = to < size ? size - to : 0;
		to = size - 1;
	} else if (!oak_parse_int(first, 0, INT64_MAX, &from) || (rest.n && !oak_parse_int(rest, 0, INT64_MAX, &to)) || to < from) {
		/* "5-" of four bytes is no nonsense, but cannot be had */
		return !rest.n && from >= size ? OAK_RANGE_NONE : OAK_RANGE_WHOLE;
	}
	if (from >= size)
		return OAK_RANGE_NONE;
	to = to < size - 1 ? to : size - 1;
	*ret_from = from;
	*ret_length = to - from + 1;
	return OAK_RANGE_PART;
}

bool oak_serve_etag_listed(const char *header, const char *etag, bool weak)
{
	struct oak_str rest = oak_str_of(header), part;
	while (oak_str_next(&rest, ',', &part)) {
		part = oak_str_trim(part);
		if (oak_str_eq(part, OAK_STR("*")))
			return true;
		if (weak && part.n > 2 && part.p[0] == 'W' && part.p[1] == '/')
			part = (struct oak_str){part.p + 2, part.n - 2};
		if (oak_str_eq(part, oak_str_of(etag)))
			return true;
	}
	return false;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void oak_http_date_format(int64_t t, char ret[OAK_HTTP_DATE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	char text[OAK_TIME_TEXT];
	int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
	oak_time_format(t, text);
	sscanf(text, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second);
	int64_t since = t >= 0 ? t / OAK_DAY : -((OAK_DAY - 1 - t) / OAK_DAY);
	int weekday = (int)(((since + 4) % 7 + 7) % 7);
	snprintf(ret, OAK_HTTP_DATE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * (size_t)weekday, day,
		 months + 3 * (size_t)(month - 1), year % 10000, hour, minute, second);
}

bool oak_http_date_parse(const char *text, int64_t *ret)
{
	char month[4] = "", iso[40];
	int day, year, hour, minute, second, end = 0;
	if (strlen(text) != 29 || sscanf(text + 5, "%2d %3s %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute, &second, &end) != 6 ||
	    end != 24)
		return false;
	const char *at = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!at || (at - months) % 3 != 0)
		return false;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, (int)(at - months) / 3 + 1, day, hour, minute, second);
	return oak_time_parse(iso, ret);
}

/* An If-Range holds for the very same file: its ETag, or the exact date that we gave. */
static bool same_still(const char *if_range, const char *etag, int64_t mtime)
{
	int64_t date;
	if (if_range[0] == '"')
		return oak_streq(if_range, etag);
	return oak_http_date_parse(if_range, &date) && date == mtime;
}

/* RFC 9110, 13.2.2. */
struct oak_serve_answer oak_serve_decide(const struct oak_serve_conditions *asked, const char *etag, int64_t mtime, int64_t size)
{
	struct oak_serve_answer a = {200, 0, size};
	int64_t date;
	if (asked->if_match) {
		if (!oak_serve_etag_listed(asked->if_match, etag, false))
			return (struct oak_serve_answer){412, 0, 0};
	} else if (asked->if_unmodified_since && oak_http_date_parse(asked->if_unmodified_since, &date) && mtime > date) {
		return (struct oak_serve_answer){412, 0, 0};
	}
	if (asked->if_none_match) {
		if (oak_serve_etag_listed(asked->if_none_match, etag, true))
			return (struct oak_serve_answer){304, 0, 0};
	} else if (asked->if_modified_since && oak_http_date_parse(asked->if_modified_since, &date) && mtime <= date) {
		return (struct oak_serve_answer){304, 0, 0};
	}
	if (!asked->range || (asked->if_range && !same_still(asked->if_range, etag, mtime)))
		return a;
	switch (oak_serve_range(asked->range, size, &a.from, &a.length)) {
	case OAK_RANGE_WHOLE:
		break;
	case OAK_RANGE_PART:
		a.status = 206;
		break;
	case OAK_RANGE_NONE:
		a = (struct oak_serve_answer){416, 0, 0};
		break;
	}
	return a;
}
