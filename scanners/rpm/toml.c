/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Line by line: dnf5 writes one key a line and no strings over several lines. Numbers, booleans and dates are passed over. */
#include "scanners/rpm/toml.h"

struct cursor {
	struct oak_arena *arena;
	const char *p, *end;
};

static void skip_blanks(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r'))
		c->p++;
}

static bool take(struct cursor *c, char wanted)
{
	skip_blanks(c);
	bool there = c->p < c->end && *c->p == wanted;
	c->p += there;
	return there;
}

/* "basic" with escapes or 'literal'; NULL = none here. */
static const char *quoted(struct cursor *c)
{
	char quote = c->p < c->end ? *c->p : '\0';
	if (quote != '"' && quote != '\'')
		return NULL;
	char *text = oak_arena_strndup(c->arena, c->p + 1, (size_t)(c->end - c->p - 1)), *out = text;
	const char *p = c->p + 1;
	for (; p < c->end && *p != quote; p++) {
		p += quote == '"' && *p == '\\' && p + 1 < c->end;
		*out++ = *p;
	}
	*out = '\0';
	if (p >= c->end)
		return NULL;
	c->p = p + 1;
	return text;
}

static bool is_bare(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || strchr("_-.+:", ch) != NULL;
}

/* A key, or a value without quotes. */
static const char *word(struct cursor *c)
{
	skip_blanks(c);
	const char *text = quoted(c), *from = c->p;
	if (text)
		return text;
	while (c->p < c->end && *c->p && is_bare(*c->p))
		c->p++;
	return c->p > from ? oak_arena_strndup(c->arena, from, (size_t)(c->p - from)) : NULL;
}

static bool pairs_read(struct cursor *c, const char *outer, const struct oak_toml_handler *handler)
{
	do {
		if (take(c, '}'))
			return true;
		const char *key = word(c), *value = key && take(c, '=') ? word(c) : NULL;
		if (!value)
			return false;
		handler->pair(handler->arg, outer, key, value);
	} while (take(c, ','));
	return take(c, '}');
}

static bool line_read(struct cursor *c, const struct oak_toml_handler *handler)
{
	skip_blanks(c);
	if (c->p == c->end || *c->p == '#')
		return true;
	if (take(c, '[')) {
		bool many = take(c, '[');
		const char *name = word(c);
		if (!name || !take(c, ']') || (many && !take(c, ']')))
			return false;
		handler->table(handler->arg, name);
	} else {
		const char *key = word(c), *value;
		if (!key || !take(c, '='))
			return false;
		if (take(c, '{'))
			return pairs_read(c, key, handler);
		value = word(c);
		if (!value)
			return false;
		handler->pair(handler->arg, key, NULL, value);
	}
	skip_blanks(c);
	return c->p == c->end || *c->p == '#';
}

int oak_toml_read(struct oak_arena *arena, const char *text, size_t n, const struct oak_toml_handler *handler)
{
	struct oak_str rest = {text, n}, line;
	for (int number = 1; rest.n && oak_str_next(&rest, '\n', &line); number++) {
		struct cursor c = {arena, line.p, line.p + line.n};
		if (line.n && !line_read(&c, handler))
			return number;
	}
	return 0;
}
