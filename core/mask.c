/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds URLs in running text and blanks what authenticates. */
#include "core/mask.h"

static const char *const secret_names[] = {"token", "password", "passwd", "key", "signature", "sig", "secret"};

static bool is_url_char(char c)
{
	return (unsigned char)c > ' ' && !strchr("'\"<>()", c);
}

static bool ends_secret(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(secret_names) / sizeof(*secret_names); i++) {
		size_t m = strlen(secret_names[i]);
		size_t at = n >= m ? n - m : n;
		char tail[16] = "";
		if (n >= m && m < sizeof(tail))
			memcpy(tail, name + at, m);
		if (oak_strcaseeq(tail, secret_names[i]))
			return true;
	}
	return false;
}

/* One "name=value" at P (up to N bytes); returns how much was consumed. */
static size_t add_parameter(struct oak_buf *out, const char *p, size_t n)
{
	size_t name = 0, end = 0;
	while (end < n && !strchr("&;#", p[end]))
		end++;
	while (name < end && p[name] != '=')
		name++;
	if (name == end || !ends_secret(p, name)) {
		oak_buf_add(out, p, end);
		return end;
	}
	oak_buf_add(out, p, name + 1);
	oak_buf_adds(out, "***");
	return end;
}

/* The part of a URL behind "scheme://"; N bytes. */
static void add_url(struct oak_buf *out, const char *p, size_t n)
{
	size_t authority = 0, at = n;
	while (authority < n && !strchr("/?#", p[authority]))
		authority++;
	for (size_t i = 0; i < authority; i++)
		if (p[i] == '@')
			at = i;
	if (at < n) {
		oak_buf_adds(out, "***");
		p += at;
		n -= at;
	}
	while (n) {
		size_t plain = 0;
		while (plain < n && p[plain] != '?' && p[plain] != '&' && p[plain] != ';')
			plain++;
		plain += plain < n;
		oak_buf_add(out, p, plain);
		p += plain;
		n -= plain;
		size_t taken = n ? add_parameter(out, p, n) : 0;
		p += taken;
		n -= taken;
	}
}

void oak_mask_add(struct oak_buf *out, const char *text)
{
	for (const char *mark; (mark = strstr(text, "://")); text = mark) {
		mark += 3;
		oak_buf_add(out, text, (size_t)(mark - text));
		size_t n = 0;
		while (mark[n] && is_url_char(mark[n]))
			n++;
		add_url(out, mark, n);
		mark += n;
	}
	oak_buf_adds(out, text);
}

const char *oak_mask_url(struct oak_arena *arena, const char *text)
{
	if (!text || !strstr(text, "://"))
		return text;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 1024 * 1024);
	oak_mask_add(&out, text);
	return oak_streq(oak_buf_text(&out), text) ? text : oak_arena_strdup(arena, oak_buf_text(&out));
}
