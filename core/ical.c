/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calendars: checks the frame of the text, then asks the module. */
#include "core/ical.h"

#include "core/ical_impl.h"
#include "core/module.h"

enum { DEPTH_MAX = 32, NAME_MAX_BYTES = 64 };

/* The next line without its end. */
static struct oak_str next_line(struct oak_str *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	struct oak_str line = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
	size_t used = line.n + (end != NULL);
	*rest = (struct oak_str){rest->p + used, rest->n - used};
	return oak_str_trim(line);
}

static bool has_prefix(struct oak_str line, const char *prefix)
{
	for (size_t i = 0; prefix[i]; i++)
		if (i >= line.n || (line.p[i] & ~0x20) != (prefix[i] & ~0x20))
			return false;
	return true;
}

static bool same_name(struct oak_str a, struct oak_str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if ((a.p[i] & ~0x20) != (b.p[i] & ~0x20))
			return false;
	return true;
}

static struct oak_str rest_of(struct oak_str line, size_t at)
{
	return oak_str_trim((struct oak_str){line.p + at, line.n - at});
}

/* libical keeps INTERVAL in 16 bits and wraps round without a word. */
static bool interval_fits(struct oak_str line)
{
	static const char word[] = "INTERVAL=";
	for (size_t i = 5; has_prefix(line, "RRULE") && i + sizeof(word) - 1 < line.n; i++) {
		struct oak_str rest = {line.p + i, line.n - i};
		if (!has_prefix(rest, word))
			continue;
		rest = (struct oak_str){rest.p + sizeof(word) - 1, rest.n - sizeof(word) + 1};
		long value = 0;
		for (size_t k = 0; k < rest.n && rest.p[k] >= '0' && rest.p[k] <= '9' && value <= INT16_MAX; k++)
			value = value * 10 + (rest.p[k] - '0');
		return value <= INT16_MAX;
	}
	return true;
}

char *oak_ical_unfold(struct oak_arena *arena, const char *text, size_t n, size_t *ret_n)
{
	char *out = oak_arena_alloc(arena, n + 1);
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		size_t end = text[i] == '\n' ? i : text[i] == '\r' && i + 1 < n && text[i + 1] == '\n' ? i + 1 : n;
		if (end + 1 < n && (text[end + 1] == ' ' || text[end + 1] == '\t'))
			i = end + 1;
		else
			out[used++] = text[i];
	}
	*ret_n = used;
	return out;
}

int oak_ical_check_frame(const char *text, size_t n, const char *name, struct oak_error *err)
{
	struct oak_str stack[DEPTH_MAX], rest = {text, n};
	size_t depth = 0, line_number = 0, calendars = 0;
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		rest = (struct oak_str){text + 3, n - 3};
	if (n && memchr(text, '\0', n))
		return oak_fail(err, OAK_INVALID, "ical.invalid", 0, "calendar '%s' holds a NUL byte", name);
	while (rest.n) {
		struct oak_str line = next_line(&rest);
		line_number++;
		if (has_prefix(line, "BEGIN:")) {
			if (depth == DEPTH_MAX)
				return oak_fail(err, OAK_INVALID, "ical.invalid", 0,
						"calendar '%s' nests deeper than %d (line %zu)", name, DEPTH_MAX,
						line_number);
			stack[depth++] = rest_of(line, 6);
			calendars += same_name(stack[depth - 1], OAK_STR("VCALENDAR"));
		} else if (has_prefix(line, "END:")) {
			if (!depth || !same_name(stack[depth - 1], rest_of(line, 4)))
				return oak_fail(err, OAK_INVALID, "ical.invalid", 0,
						"calendar '%s': line %zu ends something that did not begin", name,
						line_number);
			depth--;
		} else if (!interval_fits(line)) {
			return oak_fail(err, OAK_INVALID, "ical.unsupported", 0,
					"calendar '%s': line %zu: an INTERVAL of an RRULE over %d is not supported", name,
					line_number, INT16_MAX);
		}
	}
	if (!calendars)
		return oak_fail(err, OAK_INVALID, "ical.invalid", 0, "'%s' is no iCalendar file (no VCALENDAR in it)",
				name);
	if (depth)
		return oak_fail(err, OAK_INVALID, "ical.invalid", 0, "calendar '%s' is cut off: '%.*s' has no end", name,
				(int)(stack[depth - 1].n < NAME_MAX_BYTES ? stack[depth - 1].n : NAME_MAX_BYTES),
				stack[depth - 1].p);
	return 0;
}

int oak_ical_read(struct oak_arena *arena, const char *text, size_t n, const char *name,
		  const struct oak_ical_options *options, struct oak_ical *ret, struct oak_error *err)
{
	if (n > OAK_ICAL_MAX)
		return oak_fail(err, OAK_INVALID, "ical.invalid", 0, "calendar '%s' is larger than %d MiB", name,
				OAK_ICAL_MAX >> 20);
	text = oak_ical_unfold(arena, text, n, &n);
	if (oak_ical_check_frame(text, n, name, err) < 0)
		return -1;
	oak_ical_read_fn *read = (oak_ical_read_fn *)oak_module_symbol("ical", "oak_ical_module_read", err);
	return read ? read(arena, text, n, name, options, ret, err) : -1;
}
