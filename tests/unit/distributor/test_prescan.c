/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules for the entries of archives, one row a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "distributor/package/prescan.h"
#include "distributor/package/seal.h"

static void test_names(void **state)
{
	static const struct {
		const char *name;
		enum oak_entry_flaw flaw;
	} rows[] = {
		{"a", OAK_ENTRY_FINE}, {"a/b/", OAK_ENTRY_FINE}, {"..a", OAK_ENTRY_FINE}, {"a..b/c", OAK_ENTRY_FINE}, {"caf\xc3\xa9", OAK_ENTRY_FINE},
		{".hidden/x", OAK_ENTRY_FINE}, {"COM", OAK_ENTRY_FINE}, {"console", OAK_ENTRY_FINE}, {"com10", OAK_ENTRY_FINE}, {"a b", OAK_ENTRY_FINE},
		{"..", OAK_ENTRY_LEADS_OUT}, {"../a", OAK_ENTRY_LEADS_OUT}, {"a/../b", OAK_ENTRY_LEADS_OUT}, {"a\\..\\b", OAK_ENTRY_LEADS_OUT},
		{"/a", OAK_ENTRY_LEADS_OUT}, {"\\a", OAK_ENTRY_LEADS_OUT}, {"C:", OAK_ENTRY_LEADS_OUT}, {"c:\\a", OAK_ENTRY_LEADS_OUT},
		{"", OAK_ENTRY_UNPORTABLE}, {"a//b", OAK_ENTRY_UNPORTABLE}, {"./a", OAK_ENTRY_UNPORTABLE}, {"a.", OAK_ENTRY_UNPORTABLE},
		{"a ", OAK_ENTRY_UNPORTABLE}, {"con", OAK_ENTRY_UNPORTABLE}, {"x/NUL.txt", OAK_ENTRY_UNPORTABLE}, {"com0", OAK_ENTRY_UNPORTABLE},
		{"a:b", OAK_ENTRY_UNPORTABLE}, {"a\\b", OAK_ENTRY_UNPORTABLE}, {"a\x01", OAK_ENTRY_UNPORTABLE}, {"a\x7f", OAK_ENTRY_UNPORTABLE},
		{"\xc2\x85", OAK_ENTRY_UNPORTABLE}, {"a\xe2\x80\xae", OAK_ENTRY_UNPORTABLE}, {"\xff", OAK_ENTRY_UNPORTABLE},
	};
	const char *why;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_entry_name_check(rows[i].name, &why) != rows[i].flaw)
			fail_msg("'%s' is judged wrongly (%s)", rows[i].name, why ? why : "fine");
}

struct add {
	enum oak_unpack_kind kind;
	const char *name, *target;
};

/* The id with which the entries are refused; NULL = taken. */
static const char *judge(const struct add *adds, size_t n, bool links)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_prescan scan = {.arena = arena, .subject = "x", .rules = {.unpacked = 100, .links = links}};
	struct oak_error err = {.kind = OAK_OK};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct oak_unpack_header h = {adds[i].kind, adds[i].name, adds[i].target, 06777, adds[i].kind == OAK_UNPACK_FILE ? 40 : 0, 0};
		rc = oak_prescan_add(&scan, &h, &err);
	}
	if (rc == 0)
		rc = oak_prescan_end(&scan, &err);
	for (size_t i = 0; rc == 0 && i < scan.entries.n; i++)
		assert_int_equal(scan.entries.v[i].mode & ~0755u, 0);
	oak_arena_free(arena);
	return rc < 0 ? err.id : NULL;
}

#define F OAK_UNPACK_FILE
#define D OAK_UNPACK_FOLDER
#define L OAK_UNPACK_LINK
#define H OAK_UNPACK_HARD_LINK
#define O OAK_UNPACK_OTHER

static void test_entries(void **state)
{
	static const struct {
		const char *id;
		bool links;
		struct add adds[4];
	} rows[] = {
		{NULL, false, {{F, "a/b", NULL}, {D, "a/", NULL}, {D, "./", NULL}}},
		{NULL, true, {{F, "bin/t", NULL}, {L, "l", "bin/t"}, {L, "m", "bin/../l"}}},
		{NULL, true, {{L, "d/l", "../nowhere"}}},
		{"archive.link", true, {{L, "d/l", "../../out"}}},
		{"archive.link", true, {{L, "l", "/etc"}}},
		{"archive.link", true, {{L, "l", "m"}, {L, "m", "l"}}},
		{"archive.link", true, {{D, "d/e", NULL}, {L, "l", "d/e"}, {L, "m", "l/../../.."}}},
		{"archive.link", true, {{L, "d", "e"}, {F, "d/x", NULL}}},
		{"archive.link", true, {{F, "d/x", NULL}, {L, "d", "e"}}},
		{"archive.link", false, {{L, "l", "a"}}},
		{"archive.link", true, {{H, "h", "a"}}},
		{"archive.type", true, {{O, "dev", NULL}}},
		{"archive.duplicate", true, {{F, "a", NULL}, {F, "a", NULL}}},
		{"archive.duplicate", true, {{F, "a", NULL}, {D, "a/", NULL}}},
		{"archive.duplicate", true, {{F, "a/b", NULL}, {F, "a", NULL}}},
		{"archive.duplicate", true, {{F, "a", NULL}, {F, "a/b", NULL}}},
		{"archive.name", true, {{F, "A", NULL}, {F, "a", NULL}}},
		{"archive.name", true, {{F, "D/x", NULL}, {F, "d/y", NULL}}},
		{"archive.name", true, {{F, "caf\xc3\xa9", NULL}}}, /* no library to compare such names with */
		{"archive.size", true, {{F, "a", NULL}, {F, "b", NULL}, {F, "c", NULL}}},
		{"archive.path", true, {{F, "../a", NULL}}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t n = 0;
		while (n < 4 && rows[i].adds[n].name)
			n++;
		const char *id = judge(rows[i].adds, n, rows[i].links);
		if (!oak_streq(id, rows[i].id))
			fail_msg("row %zu: %s instead of %s", i, id ? id : "taken", rows[i].id ? rows[i].id : "taken");
	}
}

static void test_seal(void **state)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_seal seal = {0}, again = {0};
	struct oak_buf text;
	struct oak_error err;
	char first[OAK_SHA256_TEXT], second[OAK_SHA256_TEXT];
	(void)state;
	*oak_push(arena, &seal.v) = (struct oak_sealed){.kind = OAK_UNPACK_LINK, .path = "z l", .target = "a b c"};
	*oak_push(arena, &seal.v) = (struct oak_sealed){.kind = OAK_UNPACK_FOLDER, .path = "d d"};
	*oak_push(arena, &seal.v) = (struct oak_sealed){.kind = OAK_UNPACK_FILE, .path = "d d/f", .mode = 0644, .size = 5,
							.sha256 = "0123456789012345678901234567890123456789012345678901234567890123"};
	oak_seal_sort(&seal);
	oak_buf_init(&text, 10000);
	oak_seal_format(&seal, &text);
	assert_int_equal(oak_seal_parse(arena, oak_buf_text(&text), text.n, &again, &err), 0);
	oak_seal_digest(&seal, first);
	oak_seal_digest(&again, second);
	assert_string_equal(first, second);
	assert_string_equal(oak_seal_find(&again, "z l")->target, "a b c");
	assert_null(oak_seal_find(&again, "d"));
	static const char *const bad[] = {"file 644 5 short f\n", "file 999 5 0123456789012345678901234567890123456789012345678901234567890123 f\n",
					  "folder ../x\n", "link 99 a b\n", "link 1 a \n", "what x\n"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(oak_seal_parse(arena, bad[i], strlen(bad[i]), &again, &err), -1);
	oak_buf_done(&text);
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_entries), cmocka_unit_test(test_seal)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
