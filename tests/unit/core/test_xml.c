/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in XML and cells in CSV: whatever comes in is data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/csv.h"
#include "core/xml.h"

static void expect(void (*add)(struct oak_buf *, const char *), const char *text, const char *wanted)
{
	struct oak_buf buf;
	oak_buf_init(&buf, 65536);
	add(&buf, text);
	assert_string_equal(oak_buf_text(&buf), wanted);
	oak_buf_done(&buf);
}

static void test_xml(void **state)
{
	(void)state;
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{NULL, ""},
		{"plain", "plain"},
		{"<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"},
		{"a\tb\nc\rd", "a&#9;b&#10;c&#13;d"},
		{"\x01\x1f", "\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xc3\xa9\xf0\x9f\x92\xa9", "\xc3\xa9\xf0\x9f\x92\xa9"},
		{"\xc3", "\xef\xbf\xbd"},		   /* cut off */
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* half a surrogate pair */
		{"\xc0\xaf<", "\xef\xbf\xbd\xef\xbf\xbd&lt;"}, /* overlong */
		{"\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd"},
		{"]]>", "]]&gt;"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect(oak_xml_text, rows[i].text, rows[i].wanted);
}

static void test_csv(void **state)
{
	(void)state;
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{NULL, ""},	      {"plain", "plain"},     {"a,b", "\"a,b\""},     {"a\"b", "\"a\"\"b\""},
		{"a\nb", "\"a\nb\""}, {"=1+1", "\"'=1+1\""},  {"+1", "\"'+1\""},      {"-1", "\"'-1\""},
		{"@x", "\"'@x\""},    {"\tx", "\"'\tx\""},    {"\rx", "\"'\rx\""},    {"a=b", "a=b"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect(oak_csv_cell, rows[i].text, rows[i].wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_xml), cmocka_unit_test(test_csv)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
