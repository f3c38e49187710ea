/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Well-formed fragments piece by piece; everything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/xml_pull.h"

/* "<a b=c>text</a>" in short: +a(b=c) 'text' -a */
static const char *pieces(struct oak_arena *arena, const char *text, size_t n)
{
	OAK_AUTO(oak_free_p) struct oak_xml *xml = oak_alloc(sizeof(*xml));
	struct oak_error err = {0};
	const char *out = "";
	oak_xml_init(xml, text, n);
	for (;;) {
		if (oak_xml_next(xml, "x", &err) < 0)
			return err.id;
		switch (xml->kind) {
		case OAK_XML_START:
			out = oak_arena_printf(arena, "%s+%.*s", out, (int)xml->name.n, xml->name.p);
			for (size_t i = 0; i < xml->attribute_count; i++)
				out = oak_arena_printf(arena, "%s(%.*s=%s)", out, (int)xml->attributes[i].name.n, xml->attributes[i].name.p,
						       oak_xml_decode(arena, xml->attributes[i].value));
			break;
		case OAK_XML_END:
			out = oak_arena_printf(arena, "%s-%.*s", out, (int)xml->name.n, xml->name.p);
			break;
		case OAK_XML_TEXT:
			out = oak_arena_printf(arena, "%s'%s'", out, oak_xml_decode(arena, xml->text));
			break;
		case OAK_XML_DONE:
		case OAK_XML_KIND_COUNT:
			return out;
		}
	}
}

static void test_pieces(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pieces;
	} rows[] = {
		{"", ""},
		{"<a/>", "+a-a"},
		{"<?xml version='1.0'?><!-- < --><a b=\"1\" c='&lt;\"'>x<d/>y</a>", "+a(b=1)(c=<\")'x'+d-d'y'-a"},
		{"<a/><b/>", "+a-a+b-b"},
		{"<n:a n:b='&#65;&#x20ac;&amp;&apos;&nope;&#0;&'/>", "+a(b=A€&'&nope;&#0;&)-a"},
		{"<a><![CDATA[<x>]]></a >", "+a'<x>'-a"},
		{"<a", "catalog.xml"},
		{"<a>", "catalog.xml"},
		{"</a>", "catalog.xml"},
		{"<a></b>", "catalog.xml"},
		{"<a b></a>", "catalog.xml"},
		{"<a b=1></a>", "catalog.xml"},
		{"<a b='1></a>", "catalog.xml"},
		{"<!-- x", "catalog.xml"},
		{"<![CDATA[x", "catalog.xml"},
		{"<>", "catalog.xml"},
		{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "catalog.xml"},
	};
	struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(pieces(arena, rows[i].text, strlen(rows[i].text)), rows[i].pieces);
	oak_arena_free(arena);
}

static void test_depth(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_buf text;
	oak_buf_init(&text, 100000);
	for (int i = 0; i < OAK_XML_DEPTH; i++)
		oak_buf_adds(&text, "<a>");
	for (int i = 0; i < OAK_XML_DEPTH; i++)
		oak_buf_adds(&text, "</a>");
	assert_string_not_equal(pieces(arena, oak_buf_text(&text), text.n), "catalog.xml");
	oak_buf_clear(&text);
	for (int i = 0; i <= OAK_XML_DEPTH; i++)
		oak_buf_adds(&text, "<a>");
	assert_string_equal(pieces(arena, oak_buf_text(&text), text.n), "catalog.xml");
	oak_buf_done(&text);
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces), cmocka_unit_test(test_depth)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
