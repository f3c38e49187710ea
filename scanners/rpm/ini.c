/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sections of key = value, as the configuration files of rpm hosts have them. */
#include "scanners/rpm/ini.h"

#include "core/buf.h"
#include "core/str.h"

enum { EXPANDED_MAX = 64 * 1024 };

struct reader {
	struct oak_arena *arena;
	struct oak_ini *ini;
	const char *section;
	int line;
};

static void section_start(struct reader *r, struct oak_str name)
{
	r->section = oak_arena_strndup(r->arena, name.p, name.n);
	for (size_t i = 0; i < r->ini->sections.n; i++)
		if (oak_streq(r->ini->sections.v[i], r->section))
			return;
	*oak_push(r->arena, &r->ini->sections) = r->section;
}

static char *lower(struct oak_arena *arena, struct oak_str s)
{
	char *text = oak_arena_strndup(arena, s.p, s.n);
	for (char *p = text; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return text;
}

/* A line that begins with a blank goes on with the value before it. */
static bool continuation(struct reader *r, struct oak_str line, struct oak_str trimmed)
{
	if (line.p[0] != ' ' && line.p[0] != '\t')
		return false;
	if (r->ini->entries.n == 0 || !oak_streq(r->ini->entries.v[r->ini->entries.n - 1].section, r->section))
		return false;
	struct oak_ini_entry *last = &r->ini->entries.v[r->ini->entries.n - 1];
	last->value = oak_arena_printf(r->arena, "%s%s%.*s", last->value, *last->value ? " " : "", (int)trimmed.n, trimmed.p);
	return true;
}

/* False: the line is neither a section nor a setting. */
static bool line_read(struct reader *r, struct oak_str line)
{
	struct oak_str s = oak_str_trim(line);
	if (s.n == 0 || line.p[0] == '#' || line.p[0] == ';' || s.p[0] == '#' || s.p[0] == ';')
		return true;
	if (continuation(r, line, s))
		return true;
	if (s.p[0] == '[') {
		const char *close = memchr(s.p, ']', s.n);
		if (!close || close == s.p + 1)
			return false;
		section_start(r, (struct oak_str){s.p + 1, (size_t)(close - s.p - 1)});
		return true;
	}
	size_t at = 0;
	while (at < s.n && s.p[at] != '=' && s.p[at] != ':')
		at++;
	struct oak_str key = oak_str_trim((struct oak_str){s.p, at});
	if (at == s.n || key.n == 0)
		return false;
	struct oak_str value = oak_str_trim((struct oak_str){s.p + at + 1, s.n - at - 1});
	*oak_push(r->arena, &r->ini->entries) = (struct oak_ini_entry){
		r->section, lower(r->arena, key), oak_arena_strndup(r->arena, value.p, value.n), r->line};
	return true;
}

int oak_ini_parse(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_ini *ret,
		  struct oak_error *err)
{
	struct oak_ini ini = {0};
	struct reader r = {.arena = arena, .ini = &ini, .section = ""};
	struct oak_str rest = {text, n}, line;
	if (n > OAK_INI_MAX)
		return oak_fail(err, OAK_INVALID, "rpm.config-invalid", 0, "cannot read '%s': larger than %d bytes", name,
				OAK_INI_MAX);
	if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		rest.p += 3, rest.n -= 3;
	while (rest.n && oak_str_next(&rest, '\n', &line)) {
		r.line++;
		if (memchr(line.p, '\0', line.n) || !line_read(&r, line))
			return oak_fail(err, OAK_INVALID, "rpm.config-invalid", 0,
					"cannot read '%s': line %d is neither a [section] nor a setting (correct or remove it)",
					name, r.line);
	}
	*ret = ini;
	return 0;
}

const char *oak_ini_get(const struct oak_ini *ini, const char *section, const char *key)
{
	for (size_t i = ini->entries.n; i-- > 0;)
		if (oak_streq(ini->entries.v[i].key, key) && oak_streq(ini->entries.v[i].section, section))
			return ini->entries.v[i].value;
	return NULL;
}

int oak_ini_bool(const char *value, int fallback)
{
	static const char *const yes[] = {"1", "yes", "true", "on", "enabled"};
	static const char *const no[] = {"0", "no", "false", "off", "disabled"};
	for (size_t i = 0; value && i < sizeof(yes) / sizeof(*yes); i++) {
		if (oak_strcaseeq(value, yes[i]))
			return 1;
		if (oak_strcaseeq(value, no[i]))
			return 0;
	}
	return fallback;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static const char *lookup(struct oak_arena *arena, const struct oak_map *vars, const char *p, size_t n)
{
	return oak_map_find(vars, lower(arena, (struct oak_str){p, n}));
}

/* "${name}", "${name:-word}", "${name:+word}" at P; returns what is behind it, NULL if it is none of them. */
static const char *expand_braced(struct oak_arena *arena, const struct oak_map *vars, const char *p, struct oak_buf *out)
{
	const char *name = p + 2, *end = name, *close = strchr(name, '}');
	while (is_word(*end))
		end++;
	if (!close || end == name)
		return NULL;
	const char *value = lookup(arena, vars, name, (size_t)(end - name));
	bool other = end[0] == ':' && (end[1] == '-' || end[1] == '+');
	if (end != close && !other)
		return NULL;
	if (other && (value && *value) == (end[1] == '+'))
		oak_buf_add(out, end + 2, (size_t)(close - end - 2));
	else if (value && !(other && end[1] == '+'))
		oak_buf_adds(out, value);
	else if (!other)
		oak_buf_add(out, p, (size_t)(close + 1 - p));
	return close + 1;
}

const char *oak_ini_expand(struct oak_arena *arena, const struct oak_map *vars, const char *text)
{
	if (!text || !strchr(text, '$'))
		return text;
	struct oak_buf out;
	oak_buf_init(&out, EXPANDED_MAX);
	while (*text) {
		const char *next = NULL, *end = text + 1;
		if (text[0] == '$' && text[1] == '{')
			next = expand_braced(arena, vars, text, &out);
		while (text[0] == '$' && is_word(*end))
			end++;
		const char *value = !next && end > text + 1 ? lookup(arena, vars, text + 1, (size_t)(end - text - 1)) : NULL;
		if (value) {
			oak_buf_adds(&out, value);
			next = end;
		}
		if (!next)
			oak_buf_addc(&out, *text);
		text = next ? next : text + 1;
	}
	const char *result = oak_arena_strdup(arena, oak_buf_text(&out));
	oak_buf_done(&out);
	return result;
}

void oak_ini_words(struct oak_arena *arena, const char *value, struct oak_words *ret)
{
	for (const char *p = value; p && *p;) {
		size_t n = strcspn(p, " \t\r\n,");
		if (n)
			*oak_push(arena, &ret->list) = oak_arena_strndup(arena, p, n);
		p += n + (p[n] != '\0');
	}
}
