/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dialects of updateinfo, and the sieve: what it leaves out must never change what is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "scanners/rpm/updateinfo.h"
#include "scanners/rpm/xmlfilter.h"

static struct oak_updateinfo read_text(struct oak_arena *arena, const char *text, const char *name)
{
	struct oak_updateinfo info = {0};
	struct oak_error err = {0};
	struct oak_map names;
	oak_map_init(&names, arena, 4);
	if (name)
		oak_map_put(&names, name, &names);
	struct oak_xmlfilter filter = {.tag = "update", .keep = oak_xmlfilter_keep_update, .arg = &names, .max_bytes = 1 << 20};
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	if (name)
		in = oak_xmlfilter_open(&filter, in);
	if (oak_updateinfo_parse(arena, in, "test", NULL, &info, &err) < 0)
		fail_msg("%s", err.cause);
	fclose(in);
	return info;
}

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		oak_time t;
	} cases[] = {{"2008-03-14 12:00:00", 1205496000}, {"1213630432", 1213630432}, {"2008-03-14", 1205452800},
		     {"2008-03-14T12:00:00Z", 1205496000}, {"2008-03-14 12:00", 1205496000}, {"2008-03-14 12:00:00 UTC", 1205496000},
		     {"", OAK_TIME_NONE}, {"yesterday", OAK_TIME_NONE}, {"2008-13-14 12:00:00", OAK_TIME_NONE}, {"0", OAK_TIME_NONE}};
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct oak_updateinfo info = read_text(
			arena, oak_arena_printf(arena, "<updates><update><id>A</id><issued date=\"%s\"/></update></updates>", cases[i].text), NULL);
		if (info.updates.v[0].advisory.issued != cases[i].t)
			fail_msg("date '%s'", cases[i].text);
		assert_int_equal(info.updates.v[0].advisory.updated, OAK_TIME_NONE);
	}
}

static void test_severity(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_updateinfo info = read_text(arena, "<updates><update type=\"security\"><id>A</id></update><update type=\"\"><id>B</id><severity/></update></updates>", NULL);
	assert_null(info.updates.v[0].advisory.severity); /* absent: no metadata (patch-semantics b.2); empty: metadata */
	assert_string_equal(info.updates.v[1].advisory.severity, "");
	assert_string_equal(info.updates.v[0].advisory.classification, "Security");
	assert_null(info.updates.v[1].advisory.classification);
}

static const char world[] =
	"<?xml version=\"1.0\"?>\n<updates>\n"
	"<update version=\"1\"><id>A</id><pkglist><collection><package name=\"bash\" version=\"2\" release=\"1\" epoch=\"0\"/></collection></pkglist></update>\n"
	"<update><id>B</id><pkglist><collection><package arch='noarch' version='2' name='zsh'/></collection></pkglist></update>\n"
	"<!-- between --><update><id>C</id><pkglist/></update>\n"
	"%s<update><id>D</id><pkglist><collection><package version=\"3\" name=\"bash\" epoch=\"7\" release=\"1\"/></collection></pkglist></update></updates>";

static size_t count_for(const struct oak_updateinfo *info, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < info->updates.n; i++)
		for (size_t c = 0; c < info->updates.v[i].collections.n; c++)
			for (size_t p = 0; p < info->updates.v[i].collections.v[c].packages.n; p++)
				n += strcmp(info->updates.v[i].collections.v[c].packages.v[p].name, name) == 0;
	return n;
}

static void test_sieve(void **state)
{
	static const char *const insets[] = {"", "<!-- <update><id>X</id></update> -->", "<update><id>E</id><title><![CDATA[</update>]]></title></update>",
					     "<update ><id>F</id></update >"};
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(insets) / sizeof(*insets); i++) {
		const char *text = oak_arena_printf(arena, world, insets[i]);
		struct oak_updateinfo all = read_text(arena, text, NULL), some = read_text(arena, text, "bash");
		assert_int_equal(count_for(&all, "bash"), 2);
		assert_int_equal(count_for(&some, "bash"), 2);
	}
	struct oak_updateinfo some = read_text(arena, oak_arena_printf(arena, world, ""), "bash");
	assert_int_equal(some.updates.n, 2);
	assert_string_equal(some.updates.v[1].collections.v[0].packages.v[0].evr, "7:3-1");
}

/* A big document: elements lie across the sieve's buffer. */
static void test_sieve_large(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_buf text;
	oak_buf_init(&text, 64 << 20);
	oak_buf_adds(&text, "<updates>");
	for (int i = 0; i < 3000; i++) {
		oak_buf_addf(&text, "<update><id>U%d</id><description>", i);
		for (int k = 0; k < i % 400; k++)
			oak_buf_adds(&text, "some text ");
		oak_buf_addf(&text, "</description><pkglist><collection><package name=\"%s%d\" version=\"1\"/></collection></pkglist></update>\n", i % 7 ? "x" : "bash", i % 7 ? i : 0);
	}
	oak_buf_adds(&text, "</updates>");
	struct oak_map names;
	oak_map_init(&names, arena, 4);
	oak_map_put(&names, "bash0", &names);
	struct oak_xmlfilter filter = {.tag = "update", .keep = oak_xmlfilter_keep_update, .arg = &names, .max_bytes = 64 << 20};
	struct oak_updateinfo info;
	struct oak_error err = {0};
	FILE *in = oak_xmlfilter_open(&filter, fmemopen(text.p, text.n, "r"));
	assert_int_equal(oak_updateinfo_parse(arena, in, "test", NULL, &info, &err), 0);
	fclose(in);
	assert_int_equal(info.updates.n, 429);
	oak_buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_dates), cmocka_unit_test(test_severity), cmocka_unit_test(test_sieve),
					   cmocka_unit_test(test_sieve_large)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
