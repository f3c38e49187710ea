/* SPDX-License-Identifier: GPL-3.0-or-later */
/* systeminfo in several languages, encodings and formats; recorded runs of win_updates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/str.h"
#include "scanners/foreign.h"

static struct oak_inventory *read_text(struct oak_arena *arena, const char *text, enum oak_foreign kind)
{
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_error err = {0};
	assert_int_equal(oak_foreign_of(text, strlen(text)), kind);
	int rc = kind == OAK_FOREIGN_SYSTEMINFO ? oak_foreign_systeminfo(text, strlen(text), "x.txt", inventory, &err)
						: oak_foreign_win_updates(text, strlen(text), "x.txt", inventory, &err);
	assert_int_equal(rc, 0);
	return inventory;
}

static const char english[] = "\r\nHost Name:                 WEB01\r\nOS Name:                   Microsoft Windows Server 2019 Standard\r\n"
			      "OS Version:                10.0.17763 N/A Build 17763\r\nOS Manufacturer:           Microsoft Corporation\r\n"
			      "System Type:               x64-based PC\r\n"
			      "Processor(s):              1 Processor(s) Installed.\r\n                           [01]: Intel64 Family 6\r\n"
			      "Hotfix(s):                 5 Hotfix(s) Installed.\r\n                           [01]: KB5030214\r\n"
			      "                           [02]: KB893803v2 - Update\r\n                           [03]: Q147222\r\n"
			      "                           [04]: 943729\r\n                           [05]: {7A068575-C5DB-43D9-BE20-3895D0C69B17}\r\n"
			      "                           [06]: File 1\r\n                           [07]: KB5030214\r\n"
			      "Network Card(s):           1 NIC(s) Installed.\r\n                           [01]: Adapter 1234567\r\n";

static const char german[] = "Hostname:                                      BÜRO\nBetriebssystemname:                            Microsoft Windows 11 Pro\n"
			     "Betriebssystemversion:                         10.0.22631 Nicht zutreffend Build 22631\n"
			     "Systemtyp:                                     ARM64-based PC\n"
			     "Hotfix(es):                                    2 Hotfix(e) installiert.\n"
			     "                                               [01]: KB5032007\n                                               [02]: KB5033375\n";

static const char french[] = "Nom de l\xe2\x80\x99h\xc3\xb4te\xc2\xa0:                           PC1\n"
			     "Nom du syst\xc3\xa8me d\xe2\x80\x99" "exploitation:        Microsoft Windows 10 Professionnel\n"
			     "Version du syst\xc3\xa8me:                      10.0.19045 N/A build 19045\n"
			     "Correctif(s):                           1 Corr.\n                                        [01]: KB5034441\n";

static const char csv[] = "\"Host Name\",\"OS Name\",\"OS Version\",\"System Type\",\"Hotfix(s)\"\r\n"
			  "\"WEB \"\"1\"\"\",\"Microsoft Windows Server 2022 Datacenter\",\"10.0.20348 N/A Build 20348\",\"x64-based PC\","
			  "\"2 Hotfix(s) Installed.,[01]: KB5030216,[02]: KB5031364\"\r\n";

static void test_systeminfo(void **state)
{
	(void)state;
	static const struct {
		const char *text, *name, *version, *arch, *product, *kbs;
	} rows[] = {
		{english, "WEB01", "10.0.17763", "x86_64", "Microsoft Windows Server 2019 Standard", "KB5030214 KB893803 KB147222 KB943729 "},
		{german, "BÜRO", "10.0.22631", "arm64", "Microsoft Windows 11 Pro", "KB5032007 KB5033375 "},
		{french, "PC1", "10.0.19045", NULL, "Microsoft Windows 10 Professionnel", "KB5034441 "},
		{csv, "WEB \"1\"", "10.0.20348", "x86_64", "Microsoft Windows Server 2022 Datacenter", "KB5030216 KB5031364 "},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		const struct oak_inventory *inventory = read_text(arena, rows[i].text, OAK_FOREIGN_SYSTEMINFO);
		const char *kbs = "";
		for (size_t j = 0; j < inventory->packages.n; j++)
			kbs = oak_arena_printf(arena, "%s%s ", kbs, inventory->packages.v[j].name);
		assert_string_equal(inventory->node.name, rows[i].name);
		assert_string_equal(inventory->node.platform.version, rows[i].version);
		assert_string_equal(inventory->node.platform.product, rows[i].product);
		assert_true(oak_streq(inventory->node.platform.arch, rows[i].arch));
		assert_string_equal(kbs, rows[i].kbs);
		oak_arena_free(arena);
	}
}

static void test_cut_off(void **state)
{
	(void)state;
	/* any prefix is read or refused, never more */
	for (size_t n = 0; n < sizeof(english); n++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_inventory *inventory = oak_inventory_new(arena);
		struct oak_error err = {0};
		int rc = oak_foreign_systeminfo(english, n, "x", inventory, &err);
		assert_true(rc == 0 || oak_streq(err.id, "foreign.systeminfo"));
		oak_arena_free(arena);
	}
}

static void test_encodings(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
		const char *text;
	} rows[] = {
		{"\xff\xfe" "A\0\xdc\0\x3d\xd8\x00\xde", 10, "AÜ\xf0\x9f\x98\x80"}, {"\xfe\xff\0A\0\xdc", 6, "AÜ"}, {"\xef\xbb\xbf" "Ü", 5, "Ü"},
		{"B\xdcRO \x80", 6, "BÜRO €"}, {"plain", 5, "plain"}, {"\xff\xfe\x00\xd8", 4, ""}, {"", 0, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_buf text;
		oak_buf_init(&text, 1000);
		oak_buf_add(&text, rows[i].bytes, rows[i].n);
		oak_foreign_to_utf8(&text);
		assert_string_equal(oak_buf_text(&text), rows[i].text);
		oak_buf_done(&text);
	}
}

static void test_not_ours(void **state)
{
	(void)state;
	static const char *const rows[] = {"", "schema: oakum.inventory/1\nnode: {name: Windows}\n", "{\"schema\": \"oakum.inventory/1\"}",
					   "{\n \"task\": 1\n}", "a: Windows\nb: c\n", "# Windows: 1.2\n"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(oak_foreign_of(rows[i], strlen(rows[i])), OAK_FOREIGN_NONE);
}

#define UPDATE(id, kb, more)                                                                                                        \
	"{\"id\":\"" id "\",\"kb\":[" kb "],\"title\":\"T " id "\",\"revision_number\":200,"                                          \
	"\"categories\":[\"Security Updates\",\"Windows Server 2019\"]" more "}"

static void test_win_updates(void **state)
{
	(void)state;
	static const char text[] =
		"{\"task\":\"search_result\",\"result\":{\"updates\":[" UPDATE("u1", "\"KB1234561\"", "") "," UPDATE("u2", "\"1234562\"", ",\"is_hidden\":true") ","
		UPDATE("u3", "", ",\"is_installed\":true") "," UPDATE("u4", "\"KB1234564\"", "") "],\"filtered\":[]}}\r\n"
		"{\"task\":\"download\",\"result\":{}}\nFAILURE\n\n{\"changed\": false}\n"
		"{\"task\":\"install_result\",\"result\":{\"info\":[{\"id\":\"u1\",\"result_code\":2,\"reboot_required\":true,\"hresult\":0},"
		"{\"id\":\"u2\",\"result_code\":4,\"hresult\":-2145124329},{\"id\":\"u4\",\"result_code\":4,\"hresult\":-1}]}}\n"
		"{\"task\":\"started\",\"result\":{}}\n"
		"{\"task\":\"install_result\",\"result\":{\"info\":[{\"id\":\"u4\",\"result_code\":2,\"reboot_required\":false,\"hresult\":0}]}}\n"
		"{\"task\":\"exit\",\"result\":{\"failed\":false,\"reboot_required\":false,\"changed\":true,\"exception\":null}}\n";
	struct oak_arena *arena = oak_arena_new();
	const struct oak_inventory *inventory = read_text(arena, text, OAK_FOREIGN_WIN_UPDATES);
	assert_int_equal(inventory->updates.n, 4);
	assert_int_equal(inventory->packages.n, 3);
	assert_string_equal(inventory->packages.v[0].name, "KB1234561");
	assert_string_equal(inventory->packages.v[1].name, "u3");
	assert_string_equal(inventory->packages.v[2].name, "KB1234564");
	assert_string_equal(inventory->updates.v[1].name, "KB1234562");
	assert_true(inventory->updates.v[1].hidden);
	assert_string_equal(inventory->updates.v[0].advisories.v[0].classification, "SecurityUpdates");
	assert_string_equal(inventory->updates.v[0].product, "Windows Server 2019");
	assert_string_equal(inventory->updates.v[0].product_family, "Windows");
	assert_false(inventory->reboot_required); /* it has started anew */
	assert_int_equal(inventory->problems.n, 2);
	assert_string_equal(inventory->problems.v[0].kind, "install-failed");
	assert_string_equal(inventory->problems.v[0].subject, "KB1234562");
	assert_string_equal(inventory->problems.v[0].detail, "result code 4, error 0x80240017");
	assert_string_equal(inventory->problems.v[1].kind, "unreadable-lines");
	oak_arena_free(arena);
}

static void test_no_run(void **state)
{
	(void)state;
	static const char text[] = "{\"task\":\"brew\",\"result\":{}}\n";
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_error err = {0};
	assert_int_equal(oak_foreign_win_updates(text, strlen(text), "x", inventory, &err), -1);
	assert_string_equal(err.id, "foreign.win-updates");
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_systeminfo), cmocka_unit_test(test_cut_off),     cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_not_ours),   cmocka_unit_test(test_win_updates), cmocka_unit_test(test_no_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
