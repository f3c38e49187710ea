/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sieve for primary.xml and updateinfo.xml, as a stdio stream. */
#include "scanners/rpm/xmlfilter.h"

#include <errno.h>
#include <stdlib.h>

#include "core/mem.h"

struct sieve {
	struct oak_xmlfilter *filter;
	FILE *in;
	char open[32], close[32]; /* "<package", "</package" */
	char *buf;
	size_t from, ready, pos, n, cap; /* [from, ready) may go out, [pos, n) is undecided, between them lies what was cut */
	int64_t total;
	bool eof, plain; /* plain: no more sieving, something unusual was met */
};

static void make_room(struct sieve *s)
{
	memmove(s->buf, s->buf + s->pos, s->n - s->pos);
	s->n -= s->pos;
	s->from = s->ready = s->pos = 0;
	if (s->cap - s->n < 65536) {
		s->cap *= 2;
		s->buf = oak_realloc(s->buf, s->cap);
	}
}

static bool refuse(struct sieve *s, const char *why)
{
	s->filter->refused = true;
	s->filter->why = why;
	return false;
}

/* More input, once all that was ready has gone out. False on an error of the input. */
static bool fill(struct sieve *s)
{
	make_room(s);
	size_t n = fread(s->buf + s->n, 1, s->cap - s->n, s->in);
	s->n += n;
	s->total += (int64_t)n;
	s->eof = n == 0;
	if (s->total > s->filter->max_bytes)
		return refuse(s, "it is larger than the limit when unpacked");
	return n > 0 || !ferror(s->in);
}

static bool names_end(char c)
{
	return c == ' ' || c == '>' || c == '/' || c == '\n' || c == '\t' || c == '\r';
}

/* First "<tag" or "</tag" with a name's end behind it, from P on; NULL = none whole in the buffer. */
static char *tag_find(const struct sieve *s, char *p, const char *tag)
{
	size_t n = strlen(tag);
	char *end = s->buf + s->n;
	while (p < end && (p = memmem(p, (size_t)(end - p), tag, n)) != NULL) {
		if (p + n >= end)
			return NULL;
		if (names_end(p[n]))
			return p;
		p += n;
	}
	return NULL;
}

static bool has(const char *p, size_t n, const char *text)
{
	return memmem(p, n, text, strlen(text)) != NULL;
}

/* Let the next N undecided bytes go out. */
static void pass(struct sieve *s, size_t n)
{
	if (s->ready != s->pos)
		memmove(s->buf + s->ready, s->buf + s->pos, n);
	s->ready += n;
	s->pos += n;
}

/* The ">" that ends the tag at P (one in quotes is text); NULL = not in the buffer. */
static char *tag_end(const struct sieve *s, char *p)
{
	char quote = '\0';
	for (char *end = s->buf + s->n; p < end; p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? '\0' : *p;
		else if (*p == '>' && !quote)
			return p;
	}
	return NULL;
}

/* The ">" behind the element that starts at START; NULL = not whole in the buffer. *ret_nested: another of its kind in it. */
static char *element_end(const struct sieve *s, char *start, bool *ret_nested)
{
	char *first = tag_end(s, start);
	*ret_nested = false;
	if (!first || first[-1] == '/')
		return first;
	char *close = tag_find(s, first, s->close), *inner = close ? tag_find(s, first, s->open) : NULL;
	*ret_nested = inner && inner < close;
	return close ? tag_end(s, close) : NULL;
}

/* One element starts at pos. True: decided (passed or cut out); false: more input is needed. */
static bool element_decide(struct sieve *s)
{
	bool nested;
	char *start = s->buf + s->pos, *end = element_end(s, start, &nested);
	if (!end) {
		if (s->n - s->pos > OAK_XMLFILTER_ELEMENT_MAX)
			s->plain = true;
		return s->plain;
	}
	size_t n = (size_t)(end + 1 - start);
	if (nested || has(start, n, "<!")) /* a comment or CDATA may hold anything */
		s->plain = true;
	else if (s->filter->keep(s->filter->arg, (struct oak_str){start, n}))
		pass(s, n);
	else
		s->pos += n;
	return true;
}

/* What stands between elements: true if it holds nothing unusual. */
static bool between_check(struct sieve *s, size_t n)
{
	const char *p = s->buf + s->pos;
	if (!memmem(p, n, "<!", 2))
		return true;
	if (has(p, n, "<!DOCTYPE") || has(p, n, "<!ENTITY"))
		return refuse(s, "it declares a document type, which repository metadata never does");
	const char *end = p + n;
	while ((p = memmem(p, (size_t)(end - p), "<!", 2)) != NULL) {
		const char *close = end - p >= 4 && !memcmp(p, "<!--", 4) ? memmem(p + 4, (size_t)(end - p - 4), "-->", 3) : NULL;
		if (!close) { /* an open comment, CDATA: no more sieving */
			s->plain = true;
			break;
		}
		p = close + 3;
	}
	return true;
}

/* Decide on as much as possible. False: a document type is declared. */
static bool advance(struct sieve *s)
{
	while (!s->plain && s->pos < s->n) {
		char *start = tag_find(s, s->buf + s->pos, s->open);
		size_t tail = s->eof || s->n - s->pos < sizeof(s->open) ? 0 : sizeof(s->open); /* may begin a tag */
		size_t between = start ? (size_t)(start - s->buf) - s->pos : s->n - s->pos - tail;
		if (!start && !s->eof && tail == 0)
			break;
		if (!between_check(s, between))
			return false;
		if (s->plain)
			break;
		pass(s, between);
		if (!start || !element_decide(s))
			break;
	}
	if (s->plain || s->eof)
		pass(s, s->n - s->pos);
	return true;
}

static ssize_t sieve_read(void *cookie, char *out, size_t size)
{
	struct sieve *s = cookie;
	while (s->from == s->ready && !(s->eof && s->pos == s->n)) {
		if (!fill(s) || !advance(s)) {
			errno = EIO;
			return -1;
		}
	}
	size_t n = s->ready - s->from;
	if (n > size)
		n = size;
	memcpy(out, s->buf + s->from, n);
	s->from += n;
	return (ssize_t)n;
}

static int sieve_close(void *cookie)
{
	struct sieve *s = cookie;
	fclose(s->in);
	free(s->buf);
	free(s);
	return 0;
}

FILE *oak_xmlfilter_open(struct oak_xmlfilter *filter, FILE *in)
{
	struct sieve *s = oak_alloc_zero(1, sizeof(*s));
	s->filter = filter;
	s->in = in;
	s->cap = 262144;
	s->buf = oak_alloc(s->cap);
	snprintf(s->open, sizeof(s->open), "<%s", filter->tag);
	snprintf(s->close, sizeof(s->close), "</%s", filter->tag);
	FILE *out = fopencookie(s, "r", (cookie_io_functions_t){.read = sieve_read, .close = sieve_close});
	if (!out)
		sieve_close(s);
	return out;
}
