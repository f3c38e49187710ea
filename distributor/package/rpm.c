/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An .rpm: lead, signature header (digests only), header, cpio in zstd; its scriptlets run the package's own scripts. */
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "distributor/package/build_impl.h"
#include "distributor/package/rpm_header.h"

enum { LEAD = 96, LESS = 2, GREATER = 4, EQUAL = 8, INTERP = 1 << 8, PRE = 1 << 9, POST = 1 << 10, PREUN = 1 << 11, RPMLIB = 1 << 24 };
static const int64_t SIZE_MAX32 = 0xffffffffLL;

/* Tags, as rpm numbers them. */
enum {
	I18N_TABLE = 100, SIG_SHA1 = 269, SIG_SHA256 = 273, SIG_SIZE = 1000, SIG_PAYLOAD_SIZE = 1007,
	NAME = 1000, VERSION, RELEASE, EPOCH, SUMMARY, DESCRIPTION, BUILD_TIME, BUILD_HOST, SIZE = 1009, VENDOR = 1011, LICENCE = 1014,
	GROUP = 1016, OS = 1021, ARCH, PRE_IN, POST_IN, PRE_UN, FILE_SIZES = 1028, FILE_MODES = 1030, FILE_RDEVS = 1033, FILE_MTIMES,
	FILE_DIGESTS, FILE_LINKS, FILE_FLAGS, FILE_USERS = 1039, FILE_GROUPS, SOURCE_RPM = 1044, FILE_VERIFY, PROVIDE_NAMES = 1047,
	REQUIRE_FLAGS, REQUIRE_NAMES, REQUIRE_VERSIONS, CONFLICT_FLAGS = 1053, CONFLICT_NAMES, CONFLICT_VERSIONS, RPM_VERSION = 1064,
	PRE_IN_PROGRAM = 1085, POST_IN_PROGRAM, PRE_UN_PROGRAM, FILE_DEVICES = 1095, FILE_INODES, FILE_LANGS, PROVIDE_FLAGS = 1112,
	PROVIDE_VERSIONS, DIR_INDEXES = 1116, BASE_NAMES, DIR_NAMES, PAYLOAD_FORMAT = 1124, PAYLOAD_COMPRESSOR, PAYLOAD_FLAGS,
	FILE_DIGEST_ALGORITHM = 5011, ENCODING = 5062, PAYLOAD_DIGEST = 5092, PAYLOAD_DIGEST_ALGORITHM,
};
enum { SHA256_ID = 8 };

/* Epoch, version and release: "2:1.4-3" in parts. */
struct evr {
	const char *epoch, *version, *release; /* epoch NULL = none */
};

struct rpm {
	struct oak_build_work *work;
	const char *arch;
	struct evr evr;
	const struct oak_entries *plain; /* as in the archive */
	struct oak_entries files;        /* "./opt/tool/x" */
	bool scripts;
};

static const char *rpm_arch(const char *arch)
{
	static const char *const names[][2] = {{"_any", "noarch"}, {"arm64", "aarch64"}, {"386", "i686"}, {"arm", "armv7hl"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_streq(names[i][0], arch))
			return names[i][1];
	return arch;
}

static int split_version(struct oak_arena *arena, const char *text, struct evr *ret, struct oak_error *err)
{
	const char *colon = strchr(text, ':'), *version = colon ? colon + 1 : text, *dash = strrchr(version, '-');
	int64_t epoch;
	ret->epoch = colon ? oak_arena_strndup(arena, text, (size_t)(colon - text)) : NULL;
	ret->version = dash ? oak_arena_strndup(arena, version, (size_t)(dash - version)) : version;
	ret->release = dash ? dash + 1 : "1";
	if (!*ret->version || !*ret->release || strpbrk(ret->version, "-:") ||
	    (ret->epoch && !oak_parse_int(oak_str_of(ret->epoch), 0, INT32_MAX, &epoch)))
		return oak_fail(err, OAK_INVALID, "build.native", 0, "an .rpm needs a version as in 1.2, 1.2-3 or 1:1.2-3, not '%s'", text);
	return 0;
}

/* Before the new files: the old version's scripts are still there. */
static const char pre_in[] = "if [ \"$1\" -gt 1 ] && ! has update; then\n"
			     "\trun uninstall || echo \"uninstall.sh of the version before failed\" >&2\n"
			     "\t: >\"$dir/.oakum-removed\"\n"
			     "fi\n"
			     "exit 0\n";
static const char post_in[] = "if [ \"$1\" -gt 1 ] && [ ! -e \"$dir/.oakum-removed\" ] && mine update; then\n"
			      "\trun update || exit 1\n"
			      "else\n"
			      "\trun install || exit 1\n"
			      "fi\n"
			      "rm -f \"$dir/.oakum-removed\"\n"
			      "! mine validate || run validate || exit 1\n";
static const char pre_un[] = "[ \"$1\" -gt 0 ] || run uninstall || exit 1\n";

static void put_scripts(struct rpm *rpm, struct oak_rpm_header *h)
{
	struct oak_arena *arena = rpm->work->arena;
	const char *shell = oak_native_shell(rpm->work, rpm->plain);
	if (!rpm->scripts)
		return;
	oak_rpm_string(h, PRE_IN, OAK_RPM_STRING, oak_arena_printf(arena, "%s%s", shell, pre_in));
	oak_rpm_string(h, POST_IN, OAK_RPM_STRING, oak_arena_printf(arena, "%s%s", shell, post_in));
	oak_rpm_string(h, PRE_UN, OAK_RPM_STRING, oak_arena_printf(arena, "%s%s", shell, pre_un));
	oak_rpm_string(h, PRE_IN_PROGRAM, OAK_RPM_STRING, "/bin/sh");
	oak_rpm_string(h, POST_IN_PROGRAM, OAK_RPM_STRING, "/bin/sh");
	oak_rpm_string(h, PRE_UN_PROGRAM, OAK_RPM_STRING, "/bin/sh");
}

/* Three arrays that belong together. */
struct relations {
	OAK_VEC(const char *) names, versions;
	OAK_VEC(uint32_t) flags;
};

static void relate(struct oak_arena *arena, struct relations *to, const char *name, uint32_t flags, const char *version)
{
	*oak_push(arena, &to->names) = name;
	*oak_push(arena, &to->versions) = version;
	*oak_push(arena, &to->flags) = flags;
}

static void relate_all(struct oak_arena *arena, struct relations *to, const struct oak_package_relation *v, size_t n)
{
	static const uint32_t flags[OAK_VERSION_COUNT] = {0, LESS, LESS | EQUAL, EQUAL, GREATER | EQUAL, GREATER};
	for (size_t i = 0; i < n; i++) {
		if (!v[i].bounds.n)
			relate(arena, to, v[i].name, 0, "");
		for (size_t k = 0; k < v[i].bounds.n; k++)
			relate(arena, to, v[i].name, flags[v[i].bounds.v[k].operator], v[i].bounds.v[k].version);
	}
}

static void put_relations(struct oak_rpm_header *h, const struct relations *r, uint32_t names, uint32_t flags, uint32_t versions)
{
	oak_rpm_strings(h, names, r->names.v, r->names.n);
	oak_rpm_strings(h, versions, r->versions.v, r->versions.n);
	oak_rpm_ints(h, flags, OAK_RPM_INT32, r->flags.v, r->flags.n);
}

static void put_all_relations(struct rpm *rpm, struct oak_rpm_header *h)
{
	static const char *const features[][2] = {{"rpmlib(CompressedFileNames)", "3.0.4-1"},
						  {"rpmlib(FileDigests)", "4.6.0-1"},
						  {"rpmlib(PayloadFilesHavePrefix)", "4.0-1"},
						  {"rpmlib(PayloadIsZstd)", "5.4.18-1"}};
	struct oak_arena *arena = rpm->work->arena;
	const struct oak_recipe *recipe = rpm->work->build->recipe;
	struct relations provides = {0}, requires = {0}, conflicts = {0};
	const char *evr = oak_arena_printf(arena, "%s%s%s-%s", rpm->evr.epoch ? rpm->evr.epoch : "", rpm->evr.epoch ? ":" : "", rpm->evr.version,
					   rpm->evr.release);
	relate(arena, &provides, recipe->name, EQUAL, evr);
	if (rpm->scripts)
		relate(arena, &requires, "/bin/sh", INTERP | PRE | POST | PREUN, "");
	relate_all(arena, &requires, recipe->traits.requires.v, recipe->traits.requires.n);
	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++)
		relate(arena, &requires, features[i][0], RPMLIB | LESS | EQUAL, features[i][1]);
	relate_all(arena, &conflicts, recipe->traits.conflicts.v, recipe->traits.conflicts.n);
	put_relations(h, &provides, PROVIDE_NAMES, PROVIDE_FLAGS, PROVIDE_VERSIONS);
	put_relations(h, &requires, REQUIRE_NAMES, REQUIRE_FLAGS, REQUIRE_VERSIONS);
	put_relations(h, &conflicts, CONFLICT_NAMES, CONFLICT_FLAGS, CONFLICT_VERSIONS);
}

/* Columns of the table of files. */
struct columns {
	uint32_t *sizes, *modes, *zeros, *times, *ones, *inodes, *verify, *folders;
	const char **digests, **links, **roots, **empties, **bases;
	OAK_VEC(const char *) dirs;
};

static uint32_t dir_index(struct oak_arena *arena, struct columns *c, const char *dir)
{
	if (!c->dirs.n || !oak_streq(c->dirs.v[c->dirs.n - 1], dir)) {
		for (size_t i = 0; i < c->dirs.n; i++)
			if (oak_streq(c->dirs.v[i], dir))
				return (uint32_t)i;
		*oak_push(arena, &c->dirs) = dir;
	}
	return (uint32_t)c->dirs.n - 1;
}

static void fill_row(struct rpm *rpm, struct columns *c, size_t i)
{
	static const unsigned types[] = {[OAK_PACK_ENTRY_FILE] = 0100000, [OAK_PACK_ENTRY_FOLDER] = 040000, [OAK_PACK_ENTRY_LINK] = 0120000};
	static const char blank[] = "0000000000000000000000000000000000000000000000000000000000000000";
	const struct oak_pack_entry *e = &rpm->files.list.v[i];
	const char *path = e->path + 1, *slash = strrchr(path, '/'); /* without the dot */
	c->sizes[i] = (uint32_t)(e->kind == OAK_PACK_ENTRY_FILE ? e->size : e->kind == OAK_PACK_ENTRY_LINK ? (int64_t)strlen(e->from) : 0);
	c->modes[i] = types[e->kind] | e->mode;
	c->times[i] = (uint32_t)rpm->work->build->mtime;
	c->ones[i] = 1;
	c->inodes[i] = (uint32_t)i + 1;
	c->verify[i] = 0xffffffff;
	c->digests[i] = e->kind != OAK_PACK_ENTRY_FILE ? "" : e->sha256[0] ? e->sha256 : blank;
	c->links[i] = e->kind == OAK_PACK_ENTRY_LINK ? e->from : "";
	c->roots[i] = "root";
	c->empties[i] = "";
	c->bases[i] = slash + 1;
	c->folders[i] = dir_index(rpm->work->arena, c, oak_arena_strndup(rpm->work->arena, path, (size_t)(slash + 1 - path)));
}

static void put_files(struct rpm *rpm, struct oak_rpm_header *h)
{
	struct oak_arena *arena = rpm->work->arena;
	size_t n = rpm->files.list.n;
	struct columns c = {0};
	uint32_t **const numbers[] = {&c.sizes, &c.modes, &c.zeros, &c.times, &c.ones, &c.inodes, &c.verify, &c.folders};
	const char ***const texts[] = {&c.digests, &c.links, &c.roots, &c.empties, &c.bases};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		*numbers[i] = oak_arena_alloc(arena, n * sizeof(uint32_t));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = oak_arena_alloc(arena, n * sizeof(const char *));
	for (size_t i = 0; i < n; i++)
		fill_row(rpm, &c, i);
	oak_rpm_ints(h, FILE_SIZES, OAK_RPM_INT32, c.sizes, n);
	oak_rpm_ints(h, FILE_MODES, OAK_RPM_INT16, c.modes, n);
	oak_rpm_ints(h, FILE_RDEVS, OAK_RPM_INT16, c.zeros, n);
	oak_rpm_ints(h, FILE_MTIMES, OAK_RPM_INT32, c.times, n);
	oak_rpm_strings(h, FILE_DIGESTS, c.digests, n);
	oak_rpm_strings(h, FILE_LINKS, c.links, n);
	oak_rpm_ints(h, FILE_FLAGS, OAK_RPM_INT32, c.zeros, n);
	oak_rpm_strings(h, FILE_USERS, c.roots, n);
	oak_rpm_strings(h, FILE_GROUPS, c.roots, n);
	oak_rpm_ints(h, FILE_VERIFY, OAK_RPM_INT32, c.verify, n);
	oak_rpm_ints(h, FILE_DEVICES, OAK_RPM_INT32, c.ones, n);
	oak_rpm_ints(h, FILE_INODES, OAK_RPM_INT32, c.inodes, n);
	oak_rpm_strings(h, FILE_LANGS, c.empties, n);
	oak_rpm_ints(h, DIR_INDEXES, OAK_RPM_INT32, c.folders, n);
	oak_rpm_strings(h, BASE_NAMES, c.bases, n);
	oak_rpm_strings(h, DIR_NAMES, c.dirs.v, c.dirs.n);
}

static const char *first_line(struct oak_arena *arena, const char *text)
{
	return oak_arena_strndup(arena, text, strcspn(text, "\n"));
}

static void make_header(struct rpm *rpm, const char *payload_digest, struct oak_buf *out)
{
	struct oak_arena *arena = rpm->work->arena;
	const struct oak_recipe *recipe = rpm->work->build->recipe;
	const char *description = recipe->description && *recipe->description ? recipe->description : recipe->name;
	struct oak_rpm_header header = {.arena = arena}, *h = &header;
	int64_t epoch = 0;
	static const char *const table[] = {"C"};
	const uint32_t build_time = (uint32_t)rpm->work->build->mtime, size = (uint32_t)rpm->files.bytes, algorithm = SHA256_ID;
	oak_rpm_strings(h, I18N_TABLE, table, 1);
	oak_rpm_string(h, NAME, OAK_RPM_STRING, recipe->name);
	oak_rpm_string(h, VERSION, OAK_RPM_STRING, rpm->evr.version);
	oak_rpm_string(h, RELEASE, OAK_RPM_STRING, rpm->evr.release);
	if (rpm->evr.epoch && oak_parse_int(oak_str_of(rpm->evr.epoch), 0, INT32_MAX, &epoch))
		oak_rpm_ints(h, EPOCH, OAK_RPM_INT32, &(uint32_t){(uint32_t)epoch}, 1);
	oak_rpm_string(h, SUMMARY, OAK_RPM_I18N, first_line(arena, description));
	oak_rpm_string(h, DESCRIPTION, OAK_RPM_I18N, description);
	oak_rpm_ints(h, BUILD_TIME, OAK_RPM_INT32, &build_time, 1);
	oak_rpm_string(h, BUILD_HOST, OAK_RPM_STRING, "localhost");
	oak_rpm_ints(h, SIZE, OAK_RPM_INT32, &size, 1);
	oak_rpm_string(h, VENDOR, OAK_RPM_STRING, recipe->publisher);
	oak_rpm_string(h, LICENCE, OAK_RPM_STRING, recipe->licence ? recipe->licence : "unknown");
	oak_rpm_string(h, GROUP, OAK_RPM_I18N, "Unspecified");
	oak_rpm_string(h, OS, OAK_RPM_STRING, "linux");
	oak_rpm_string(h, ARCH, OAK_RPM_STRING, rpm->arch);
	oak_rpm_string(h, SOURCE_RPM, OAK_RPM_STRING,
		       oak_arena_printf(arena, "%s-%s-%s.src.rpm", recipe->name, rpm->evr.version, rpm->evr.release));
	oak_rpm_string(h, RPM_VERSION, OAK_RPM_STRING, "4.18.0");
	oak_rpm_string(h, PAYLOAD_FORMAT, OAK_RPM_STRING, "cpio");
	oak_rpm_string(h, PAYLOAD_COMPRESSOR, OAK_RPM_STRING, "zstd");
	oak_rpm_string(h, PAYLOAD_FLAGS, OAK_RPM_STRING, "3");
	oak_rpm_ints(h, FILE_DIGEST_ALGORITHM, OAK_RPM_INT32, &algorithm, 1);
	oak_rpm_string(h, ENCODING, OAK_RPM_STRING, "utf-8");
	oak_rpm_strings(h, PAYLOAD_DIGEST, &payload_digest, 1);
	oak_rpm_ints(h, PAYLOAD_DIGEST_ALGORITHM, OAK_RPM_INT32, &algorithm, 1);
	put_scripts(rpm, h);
	put_all_relations(rpm, h);
	put_files(rpm, h);
	oak_rpm_format(h, OAK_RPM_REGION_HEADER, out);
}

static void hash_text(const char *kind, const struct oak_buf *bytes, char *out)
{
	size_t n;
	unsigned char digest[OAK_DIGEST_MAX];
	struct oak_hasher *hasher = oak_hasher_by_name(kind, &n);
	oak_hasher_add(hasher, bytes->p, bytes->n);
	oak_hasher_end(hasher, digest);
	oak_hex(digest, n, out);
}

/* Everything before the payload. Its length depends on nothing that the payload decides. */
static void make_head(struct rpm *rpm, const struct oak_packed *packed, struct oak_buf *out)
{
	struct oak_rpm_header signature = {.arena = rpm->work->arena};
	OAK_AUTO(oak_buf_done) struct oak_buf header;
	char sha1[2 * OAK_DIGEST_MAX + 1], sha256[2 * OAK_DIGEST_MAX + 1];
	char lead[LEAD] = {(char)0xed, (char)0xab, (char)0xee, (char)0xdb, 3, 0, 0, 0, 0, 1};
	oak_buf_init(&header, 512 * 1024 * 1024);
	make_header(rpm, packed->sha256, &header);
	hash_text("sha1", &header, sha1);
	hash_text("sha256", &header, sha256);
	const uint32_t total = (uint32_t)((int64_t)header.n + packed->size), stream = (uint32_t)packed->stream_size;
	oak_rpm_string(&signature, SIG_SHA1, OAK_RPM_STRING, sha1);
	oak_rpm_string(&signature, SIG_SHA256, OAK_RPM_STRING, sha256);
	oak_rpm_ints(&signature, SIG_SIZE, OAK_RPM_INT32, &total, 1);
	oak_rpm_ints(&signature, SIG_PAYLOAD_SIZE, OAK_RPM_INT32, &stream, 1);
	const char *name = oak_arena_printf(rpm->work->arena, "%s-%s-%s", rpm->work->build->recipe->name, rpm->evr.version, rpm->evr.release);
	memcpy(lead + 10, name, strlen(name) < 65 ? strlen(name) : 65);
	lead[77] = 1; /* Linux */
	lead[79] = 5; /* signature header */
	oak_buf_add(out, lead, LEAD);
	oak_rpm_format(&signature, OAK_RPM_REGION_SIGNATURE, out);
	while (out->n % 8)
		oak_buf_addc(out, '\0');
	oak_buf_add(out, header.p, header.n);
}

static int put(int fd, const struct oak_buf *bytes, struct oak_error *err)
{
	return bytes->full ? oak_fail(err, OAK_INVALID, "build.native", 0, "the table of files is too large for an .rpm")
			   : oak_output_put(fd, bytes->p, bytes->n, err);
}

static int write_rpm(struct rpm *rpm, int fd, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf head;
	struct oak_packed packed = {.sha256 = "0000000000000000000000000000000000000000000000000000000000000000"};
	struct oak_pack pack;
	oak_buf_init(&head, 512 * 1024 * 1024);
	make_head(rpm, &packed, &head);
	size_t n = head.n;
	if (put(fd, &head, err) < 0)
		return -1;
	oak_build_pack(rpm->work, &rpm->files, OAK_PACK_CPIO_ZST, &pack);
	if (oak_pack_write(fd, &pack, &packed, err) < 0)
		return -1;
	if (packed.size + (int64_t)n > SIZE_MAX32 || packed.stream_size > SIZE_MAX32)
		return oak_fail(err, OAK_INVALID, "build.native", 0, "the files are too large for an .rpm (4 GiB)");
	oak_buf_clear(&head);
	make_head(rpm, &packed, &head);
	if (head.n != n)
		return oak_fail(err, OAK_BUG, "pack.library", 0, "a header changed its length");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return oak_fail_errno(err, "file.write", "cannot write the package");
	return put(fd, &head, err);
}

int oak_build_rpm(struct oak_build_work *work, const struct oak_recipe_target *target, const char *arch, struct oak_entries *entries,
		  struct oak_error *err)
{
	struct rpm rpm = {.work = work, .arch = rpm_arch(arch), .plain = entries, .scripts = oak_native_scripts(entries)};
	OAK_AUTO(oak_output_done) struct oak_output output = {.fd = -1};
	if (target->archive)
		return oak_fail(err, OAK_INVALID, "build.native", 0, "a target with 'archive' cannot become an .rpm: its files are not known");
	if (split_version(work->arena, work->build->recipe->version, &rpm.evr, err) < 0)
		return -1;
	oak_native_entries(work, entries, ".", false, &rpm.files);
	const char *stem = oak_arena_printf(work->arena, "%s-%s-%s.%s", work->build->recipe->name, rpm.evr.version, rpm.evr.release, rpm.arch);
	const char *name = oak_native_name(work, target, stem, "rpm");
	work->now = name;
	if (!work->build->dry_run &&
	    (oak_output_open(work->arena, work->build->out, name, &output, err) < 0 || write_rpm(&rpm, output.fd, err) < 0))
		return oak_context(err, "cannot build '%s'", name);
	return oak_native_finish(work, target, arch, name, &output, entries->bytes, err);
}
