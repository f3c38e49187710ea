/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests: what is read, what is refused, what is kept; and which archive a host gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>

#include "core/str.h"
#include "distributor/package/resolve.h"

static struct oak_manifest *parse(struct oak_arena *arena, const char *text)
{
	struct oak_error err = {0};
	struct oak_manifest *manifest = NULL;
	if (oak_manifest_parse_text(arena, text, strlen(text), "m.json", &manifest, &err) < 0) {
		print_message("%s: %s\n", err.id, err.cause);
		return NULL;
	}
	return manifest;
}

/* platform/version/arch=file, one or more, as the agent's own tests make their manifests. */
struct place {
	const char *platform, *version, *arch, *file;
};
static const struct {
	const char *what;
	struct place places[4];
	const char *version, *expected; /* of the host "testplatform" "testarch"; NULL = none */
} rows[] = {
	{"one entry", {{"testplatform", "testversion", "testarch", "f"}}, "testversion", "f"},
	{"another platform", {{"x", "testversion", "testarch", "f"}}, "testversion", NULL},
	{"another version", {{"testplatform", "x", "testarch", "f"}}, "testversion", NULL},
	{"another architecture", {{"testplatform", "testversion", "x", "f"}}, "testversion", NULL},
	{"two architectures", {{"testplatform", "testversion", "x", "w"}, {"testplatform", "testversion", "testarch", "f"}}, "testversion", "f"},
	{"any platform", {{"_any", "testversion", "testarch", "f"}}, "testversion", "f"},
	{"any version", {{"testplatform", "_any", "testarch", "f"}}, "testversion", "f"},
	{"any architecture", {{"testplatform", "testversion", "_any", "f"}}, "testversion", "f"},
	{"an exact one before any", {{"testplatform", "testversion", "_any", "w"}, {"testplatform", "testversion", "testarch", "f"}}, "testversion", "f"},
	{"any at all levels", {{"_any", "_any", "_any", "f"}}, "testversion", "f"},
	{"no way back to any platform", {{"_any", "testversion", "testarch", "w"}, {"testplatform", "testversion", "x", "v"}}, "testversion", NULL},
	{"no wildcard, longer host", {{"testplatform", "6.2", "testarch", "f"}}, "6.2.4", NULL},
	{"longer key", {{"testplatform", "6.2.4.1", "testarch", "f"}, {"testplatform", "6.2.4.*", "testarch", "g"}}, "6.2", NULL},
	{"6.*", {{"testplatform", "6.*", "testarch", "f"}}, "6.2.4", "f"},
	{"6.* fits 6", {{"testplatform", "6.*", "testarch", "f"}}, "6", "f"},
	{"6.2.*", {{"testplatform", "6.2.*", "testarch", "f"}}, "6.2.4", "f"},
	{"6.2.4.*", {{"testplatform", "6.2.4.*", "testarch", "f"}}, "6.2.4", "f"},
	{"the longest", {{"testplatform", "6.*", "testarch", "a"}, {"testplatform", "6.2.*", "testarch", "b"}, {"testplatform", "6.2.4.*", "testarch", "f"}}, "6.2.4", "f"},
	{"*", {{"testplatform", "*", "testarch", "f"}}, "6.2.4", "f"},
	{"_any before *", {{"testplatform", "*", "testarch", "w"}, {"testplatform", "_any", "testarch", "f"}}, "6.2.4", "f"},
	{".*", {{"testplatform", ".*", "testarch", "f"}}, "6.2.4", NULL},
	{"6.1.* is not 6.13", {{"testplatform", "6.1.*", "testarch", "f"}}, "6.13.4", NULL},
	{"star in the middle", {{"testplatform", "6.*.4", "testarch", "f"}}, "6.2.4", NULL},
	{"nano, shorter", {{"testplatform", "2018nano", "testarch", "f"}}, "2018.04.11nano", NULL},
	{"nano, another", {{"testplatform", "2018.05nano", "testarch", "f"}}, "2018.04.11nano", NULL},
	{"nano host", {{"testplatform", "2018.04.11", "testarch", "f"}}, "2018.04.11nano", NULL},
	{"nano key", {{"testplatform", "2018.*nano", "testarch", "f"}}, "2018.04.11", NULL},
	{"nano exact", {{"testplatform", "2018.04.11nano", "testarch", "f"}}, "2018.04.11nano", "f"},
	{"nano wildcard", {{"testplatform", "2018.*nano", "testarch", "f"}}, "2018.04.11nano", "f"},
	{"nano gets any", {{"testplatform", "_any", "testarch", "f"}}, "2018.04.11nano", "f"},
	{"8 is not 8.10", {{"testplatform", "8", "testarch", "f"}}, "8.10", NULL},
	{"8.* is 8.10", {{"testplatform", "8.*", "testarch", "f"}}, "8.10", "f"},
	{"no way back to any version", {{"testplatform", "_any", "testarch", "w"}, {"testplatform", "6.2", "x", "v"}}, "6.2", NULL},
};

/* The rows of the agent's TestExtractPackageInfo, and what its code says beyond them. */
static void test_resolve(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_manifest *manifest = oak_manifest_new(arena);
		struct oak_resolution r;
		struct oak_error err = {0};
		for (size_t k = 0; k < 4 && rows[i].places[k].file; k++) {
			const struct place *p = &rows[i].places[k];
			assert_non_null(oak_manifest_place(arena, manifest, p->platform, p->version, p->arch, p->file));
		}
		const struct oak_package_host host = {.platform = "testplatform", .version = rows[i].version, .arch = "testarch"};
		int rc = oak_manifest_resolve(arena, manifest, &host, &r, &err);
		if ((rc == 0) != (rows[i].expected != NULL) || (rc == 0 && strcmp(r.file, rows[i].expected) != 0))
			fail_msg("%s: got %s", rows[i].what, rc == 0 ? r.file : "none");
		if (rc < 0)
			assert_string_equal(err.cause, oak_arena_printf(arena, "no manifest found for platform: testplatform, version %s, architecture testarch", rows[i].version));
		assert_true(r.steps.n > 0);
		oak_arena_free(arena);
	}
}

#define SUM "\"checksums\":{\"sha256\":\"7b8818d4db10a6b01ec261afe4a0b0c8178e97c33976f9aba34ac7529655e350\"}"
#define MANIFEST(files, more)                                                                                                      \
	"{\"schemaVersion\":\"2.0\",\"packageArn\":\"arn:x\",\"version\":\"1.2.3\",\"publisher\":\"P\","                           \
	"\"packages\":{\"debian\":{\"_any\":{\"x86_64\":{\"file\":\"a.zip\",\"note\":1}}}},\"files\":{" files "}" more "}"

static void test_kept(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	const char *text = MANIFEST("\"a.zip\":{" SUM ",\"size\":12,\"downloadLocation\":\"https://e/x\"}", ",\"future\":{\"a\":[1,2.5,null]}");
	struct oak_manifest *m = parse(arena, text), *again;
	assert_non_null(m);
	assert_string_equal(m->version, "1.2.3");
	assert_int_equal(m->files.v[0].size, 12);
	assert_false(m->ours);
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	struct oak_sink sink;
	oak_buf_init(&out, 1 << 20);
	oak_sink_json_compact(&sink, &out);
	oak_manifest_format(m, &sink);
	assert_non_null(strstr(out.p, "\"packageArn\":\"arn:x\""));
	assert_non_null(strstr(out.p, "\"future\":{\"a\":[1,2.5,null]}"));
	assert_non_null(strstr(out.p, "\"downloadLocation\":\"https://e/x\""));
	assert_non_null(strstr(out.p, "{\"file\":\"a.zip\",\"note\":1}"));
	again = parse(arena, out.p);
	assert_non_null(again);
	OAK_AUTO(oak_buf_done) struct oak_buf twice;
	oak_buf_init(&twice, 1 << 20);
	oak_sink_json_compact(&sink, &twice);
	oak_manifest_format(again, &sink);
	assert_string_equal(out.p, twice.p);
	oak_arena_free(arena);
}

static void test_ours(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_manifest *m = parse(arena, MANIFEST("\"a.zip\":{" SUM "}",
		",\"x-oakum\":{\"format\":1,\"name\":\"tool\",\"model\":\"tree\",\"files\":{\"a.zip\":{\"unpackedSize\":5,\"entries\":2}},"
		"\"requires\":[\"base >= 1.0, < 2\",{\"name\":\"lib\",\"range\":\"> 3\"}],\"conflicts\":[\"other\"],"
		"\"detect\":[{\"type\":\"file\",\"path\":\"/opt/x\"}],\"health\":\"health.sh\",\"reboot\":\"never\","
		"\"timeouts\":{\"install\":\"10m\",\"update\":30},\"args\":{\"SSM_A\":{\"type\":\"integer\",\"default\":\"3\"},\"SSM_B\":\"x\"},"
		"\"idempotent\":true}"));
	assert_non_null(m);
	assert_int_equal(m->traits.model, OAK_MODEL_TREE);
	assert_int_equal(m->files.v[0].unpacked_size, 5);
	assert_int_equal(m->traits.timeouts[OAK_PACKAGE_INSTALL], 600);
	assert_int_equal(m->traits.timeouts[OAK_PACKAGE_UPDATE], 30);
	assert_int_equal(m->traits.requires.n, 2);
	assert_true(oak_package_relation_holds(&m->traits.requires.v[0], "1.5"));
	assert_false(oak_package_relation_holds(&m->traits.requires.v[0], "2"));
	assert_false(oak_package_relation_holds(&m->traits.requires.v[1], "3"));
	assert_string_equal(m->traits.health.script, "health.sh");
	assert_int_equal(m->traits.args.n, 2);
	assert_string_equal(m->traits.args.v[1].fallback, "x");
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	struct oak_sink sink;
	oak_buf_init(&out, 1 << 20);
	oak_sink_json_compact(&sink, &out);
	oak_manifest_format(m, &sink);
	struct oak_manifest *again = parse(arena, out.p);
	assert_non_null(again);
	assert_int_equal(again->traits.args.n, 2);
	assert_int_equal(again->files.v[0].entries, 2);
	oak_arena_free(arena);
}

/* What cannot be read, and what must not be used. */
static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *id;
	} bad[] = {
		{"[]", "manifest.invalid"},
		{"{\"packages\":[]}", "manifest.invalid"},
		{"{\"packages\":{\"debian\":{\"_any\":{\"x86_64\":null}}}}", "manifest.invalid"},
		{"{\"files\":{\"a\":{\"size\":-1}}}", "manifest.invalid"},
		{"{\"files\":{\"a\":{\"size\":1.5}}}", "manifest.invalid"},
		{"{\"version\":1}", "manifest.invalid"},
		{"{\"schemaVersion\":\"3.0\"}", "manifest.newer"},
		{"{\"x-oakum\":{\"format\":2}}", "manifest.newer"},
		{"{\"x-oakum\":{\"unheard\":1}}", "manifest.invalid"},
		{"{\"x-oakum\":{\"files\":{\"b\":{}}}}", "manifest.invalid"},
		{"{\"a\":1,\"a\":2}", "json.invalid"},
		{"{} x", "json.invalid"},
	};
	static const struct {
		const char *text, *id;
	} unusable[] = {
		{"{\"version\":\"1\"}", "manifest.invalid"},
		{MANIFEST("\"a.zip\":{}", ""), "manifest.checksum"},                                                /* P2, W6: an empty map */
		{MANIFEST("\"a.zip\":{\"checksums\":{\"md5\":\"d41d8cd98f00b204e9800998ecf8427e\"}}", ""), "manifest.checksum"}, /* P2, W6: md5 */
		{MANIFEST("\"a.zip\":{\"checksums\":{\"sha256\":\"\"}}", ""), "manifest.checksum"},                  /* W6: an empty value */
		{MANIFEST("\"b.zip\":{" SUM "}", ""), "manifest.invalid"},
		{MANIFEST("\"a.zip\":{" SUM "},\"../x\":{" SUM "}", ""), "manifest.invalid"},                       /* A1 in a manifest */
		{MANIFEST("\"a.zip\":{" SUM "},\"/etc/x\":{" SUM "}", ""), "manifest.invalid"},                     /* A2 in a manifest */
		{MANIFEST("\"a.zip\":{" SUM "},\"a\\\\b\":{" SUM "}", ""), "manifest.invalid"},
		{MANIFEST("\"a.zip\":{" SUM "},\"manifest.json\":{" SUM "}", ""), "manifest.invalid"},
		{MANIFEST("\"a.zip\":{" SUM "},\"t.tar.zst\":{" SUM "}", ""), "manifest.invalid"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_error err = {0};
		struct oak_manifest *m;
		assert_int_equal(oak_manifest_parse_text(arena, bad[i].text, strlen(bad[i].text), "m", &m, &err), -1);
		assert_string_equal(err.id, bad[i].id);
		oak_arena_free(arena);
	}
	for (size_t i = 0; i < sizeof(unusable) / sizeof(*unusable); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_error err = {0};
		struct oak_manifest *m = parse(arena, unusable[i].text);
		assert_non_null(m);
		assert_int_equal(oak_manifest_check(m, "m", &err), -1);
		assert_string_equal(err.id, unusable[i].id);
		oak_arena_free(arena);
	}
}

static void test_lint(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_manifest *m = oak_manifest_new(arena);
	struct oak_problems problems = {0};
	oak_manifest_place(arena, m, "_any", "_any", "_any", "a");
	oak_manifest_place(arena, m, "debian", "12", "x86_64", "b");
	oak_manifest_place(arena, m, "redhat", "6.*.4", "_any", "c");
	oak_manifest_place(arena, m, "redhat", "_any", "_any", "c");
	oak_manifest_lint(arena, m, &problems);
	assert_int_equal(problems.list.n, 2);
	assert_string_equal(problems.list.v[0].subject, "packages.debian");
	assert_string_equal(problems.list.v[1].subject, "packages.redhat.6.*.4");
	oak_arena_free(arena);
}

static void test_platforms(void **state)
{
	(void)state;
	static const struct {
		const char *os, *lsb, *platform, *version;
	} systems[] = {
		{"ID=debian\nVERSION_ID=\"12\"\n", NULL, "debian", "12"},
		{"ID=\"rhel\"\nVERSION_ID=\"8.10\"\n", NULL, "redhat", "8.10"},
		{"ID=ol\nVERSION_ID=9.4\n", NULL, "oracle", "9.4"},
		{"ID=amzn\nVERSION_ID=2023\n", NULL, "amazon", "2023"},
		{"ID=sles\nVERSION_ID=15.5\n", NULL, "suse", "15.5"},
		{"NAME=\"openSUSE Leap\"\nID=opensuse-leap\nVERSION_ID=15.6\n", NULL, "opensuseleap", "15.6"},
		{"NAME=openSUSE\nID=opensuse\nVERSION_ID=13.2\n", NULL, "opensuse", "13.2"},
		{"ID=rocky\nVERSION_ID=9.1\n", NULL, "rocky", "9.1"},
		{NULL, "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=\"17.04\"\n", "ubuntu", "17.04"},
	};
	for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++) {
		struct oak_arena *arena = oak_arena_new();
		const char *platform, *version;
		assert_true(oak_package_platform_parse(arena, systems[i].os, systems[i].lsb, &platform, &version));
		assert_string_equal(platform, systems[i].platform);
		assert_string_equal(version, systems[i].version);
		oak_arena_free(arena);
	}
	assert_string_equal(oak_package_arch("aarch64"), "arm64");
	assert_string_equal(oak_package_arch("amd64"), "x86_64");
	assert_string_equal(oak_package_arch("i686"), "386");
	assert_string_equal(oak_package_arch("s390x"), "s390x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve), cmocka_unit_test(test_kept), cmocka_unit_test(test_ours),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_lint), cmocka_unit_test(test_platforms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
