/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pull reader for well-formed fragments. */
#include "core/xml_pull.h"

#include <stdlib.h>
#include <string.h>

void oak_xml_init(struct oak_xml *xml, const char *text, size_t n)
{
	*xml = (struct oak_xml){.p = text, .begin = text, .end = text + n};
}

static int broken(const struct oak_xml *xml, const char *name, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "catalog.xml", 0, "'%s' is not well-formed XML: %s at byte %zu", name, why, (size_t)(xml->p - xml->begin));
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct oak_xml *xml)
{
	while (xml->p < xml->end && is_space(*xml->p))
		xml->p++;
}

static bool at(const struct oak_xml *xml, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(xml->end - xml->p) >= n && memcmp(xml->p, word, n) == 0;
}

/* Behind WORD; false = it never comes. */
static bool skip_to(struct oak_xml *xml, const char *word, struct oak_str *ret_before)
{
	const char *start = xml->p;
	for (; xml->p < xml->end; xml->p++)
		if (at(xml, word)) {
			*ret_before = (struct oak_str){start, (size_t)(xml->p - start)};
			xml->p += strlen(word);
			return true;
		}
	return false;
}

/* A name with its prefix; empty = there is none. */
static struct oak_str read_name(struct oak_xml *xml)
{
	const char *start = xml->p;
	while (xml->p < xml->end && !is_space(*xml->p) && !memchr("<>/=\"'", *xml->p, 6))
		xml->p++;
	return (struct oak_str){start, (size_t)(xml->p - start)};
}

static struct oak_str without_prefix(struct oak_str name)
{
	const char *colon = name.n ? memchr(name.p, ':', name.n) : NULL;
	size_t skip = colon ? (size_t)(colon - name.p) + 1 : 0;
	return (struct oak_str){name.p + skip, name.n - skip};
}

static int read_attribute(struct oak_xml *xml, const char *name, struct oak_error *err)
{
	struct oak_str key = read_name(xml);
	skip_space(xml);
	if (!key.n || xml->p >= xml->end || *xml->p != '=')
		return broken(xml, name, "an attribute without a value", err);
	xml->p++;
	skip_space(xml);
	if (xml->p >= xml->end || (*xml->p != '"' && *xml->p != '\''))
		return broken(xml, name, "a value without quotes", err);
	char quote[2] = {*xml->p++, '\0'};
	struct oak_str value;
	if (!skip_to(xml, quote, &value))
		return broken(xml, name, "a value that does not end", err);
	if (xml->attribute_count >= OAK_XML_ATTRIBUTES)
		return broken(xml, name, "too many attributes", err);
	xml->attributes[xml->attribute_count].name = without_prefix(key);
	xml->attributes[xml->attribute_count++].value = value;
	return 0;
}

static int read_start(struct oak_xml *xml, const char *name, struct oak_error *err)
{
	xml->p++;
	struct oak_str full = read_name(xml);
	if (!full.n)
		return broken(xml, name, "a tag without a name", err);
	xml->attribute_count = 0;
	for (;;) {
		skip_space(xml);
		if (xml->p >= xml->end)
			return broken(xml, name, "a tag that does not end", err);
		if (*xml->p == '>' || at(xml, "/>"))
			break;
		if (read_attribute(xml, name, err) < 0)
			return -1;
	}
	xml->self_closed = *xml->p == '/';
	xml->p += xml->self_closed ? 2 : 1;
	if (xml->depth >= OAK_XML_DEPTH)
		return broken(xml, name, "elements nested too deeply", err);
	xml->open[xml->depth++] = full;
	xml->kind = OAK_XML_START;
	xml->name = without_prefix(full);
	return 0;
}

static int read_end(struct oak_xml *xml, const char *name, struct oak_error *err)
{
	xml->p += 2;
	struct oak_str full = read_name(xml);
	skip_space(xml);
	if (xml->p >= xml->end || *xml->p != '>')
		return broken(xml, name, "an end tag that does not end", err);
	if (!xml->depth || !oak_str_eq(xml->open[xml->depth - 1], full))
		return broken(xml, name, "an end tag that ends no element", err);
	xml->p++;
	xml->depth--;
	xml->kind = OAK_XML_END;
	xml->name = without_prefix(full);
	return 0;
}

/* Comments, declarations; 1 = one was skipped. */
static int skip_other(struct oak_xml *xml, const char *name, struct oak_error *err)
{
	struct oak_str ignored;
	bool comment = at(xml, "<!--"), declaration = at(xml, "<?");
	if (at(xml, "<!DOCTYPE"))
		return broken(xml, name, "a document type (none is read)", err);
	if (!comment && !declaration)
		return 0;
	if (!skip_to(xml, comment ? "-->" : "?>", &ignored))
		return broken(xml, name, "a comment or declaration that does not end", err);
	return 1;
}

int oak_xml_next(struct oak_xml *xml, const char *name, struct oak_error *err)
{
	if (xml->self_closed) {
		xml->self_closed = false;
		xml->depth--;
		xml->kind = OAK_XML_END;
		return 0;
	}
	int skipped;
	while ((skipped = skip_other(xml, name, err)) > 0)
		;
	if (skipped < 0)
		return -1;
	if (xml->p >= xml->end) {
		xml->kind = OAK_XML_DONE;
		return xml->depth ? broken(xml, name, "it ends within an element", err) : 0;
	}
	if (at(xml, "<![CDATA[")) {
		xml->p += 9;
		xml->kind = OAK_XML_TEXT;
		return skip_to(xml, "]]>", &xml->text) ? 0 : broken(xml, name, "a character section that does not end", err);
	}
	if (*xml->p == '<')
		return at(xml, "</") ? read_end(xml, name, err) : read_start(xml, name, err);
	const char *start = xml->p, *tag = memchr(start, '<', (size_t)(xml->end - start));
	xml->p = tag ? tag : xml->end;
	xml->text = (struct oak_str){start, (size_t)(xml->p - start)};
	xml->kind = OAK_XML_TEXT;
	return 0;
}

static size_t put_code_point(char *out, unsigned long c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

/* The reference that begins at P: its characters to OUT, its length; 0 = it is none. */
static size_t reference(const char *p, size_t left, char *out, size_t *ret_out)
{
	static const struct {
		const char *text;
		char c;
	} named[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (left >= strlen(named[i].text) && memcmp(p, named[i].text, strlen(named[i].text)) == 0) {
			*out = named[i].c;
			*ret_out = 1;
			return strlen(named[i].text);
		}
	const char *end = memchr(p, ';', left < 12 ? left : 12);
	if (left < 4 || p[1] != '#' || !end)
		return 0;
	bool hex = p[2] == 'x' || p[2] == 'X';
	char *stop;
	unsigned long c = strtoul(p + (hex ? 3 : 2), &stop, hex ? 16 : 10);
	if (stop != end || c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret_out = put_code_point(out, c);
	return (size_t)(end - p) + 1;
}

const char *oak_xml_decode(struct oak_arena *arena, struct oak_str text)
{
	if (!text.n || !memchr(text.p, '&', text.n))
		return oak_arena_strndup(arena, text.n ? text.p : "", text.n);
	char *out = oak_arena_alloc(arena, text.n + 1); /* no reference is shorter than what it stands for */
	size_t n = 0;
	for (size_t i = 0; i < text.n;) {
		size_t wrote = 0, used = text.p[i] == '&' ? reference(text.p + i, text.n - i, out + n, &wrote) : 0;
		if (!used) {
			out[n++] = text.p[i++];
			continue;
		}
		n += wrote;
		i += used;
	}
	out[n] = '\0';
	return out;
}

const char *oak_xml_attribute(const struct oak_xml *xml, struct oak_arena *arena, const char *name)
{
	for (size_t i = 0; i < xml->attribute_count; i++)
		if (oak_str_eq(xml->attributes[i].name, oak_str_of(name)))
			return oak_xml_decode(arena, xml->attributes[i].value);
	return NULL;
}
