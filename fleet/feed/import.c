/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing: what a file is, all feeds in it or none, and what is imported already. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef _WIN32
#include <sys/mman.h>
#define O_BINARY 0
#else
#define O_CLOEXEC O_NOINHERIT
#endif

#include "core/fs.h"
#include "core/hash.h"
#include "core/unpack.h"
#include "fleet/feed/reader.h"

static struct oak_str skip_blanks(struct oak_str text)
{
	while (text.n && strchr(" \t\r\n", *text.p) && *text.p) {
		text.p++;
		text.n--;
	}
	return text;
}

/* First member of an object: its key, and its value as far as the text goes. */
static bool first_member(struct oak_str text, struct oak_str *ret_key, struct oak_str *ret_value)
{
	text = skip_blanks(text);
	if (!text.n || *text.p != '{')
		return false;
	text = skip_blanks((struct oak_str){text.p + 1, text.n - 1});
	const char *end = text.n && *text.p == '"' ? memchr(text.p + 1, '"', text.n - 1) : NULL;
	if (!end)
		return false;
	*ret_key = (struct oak_str){text.p + 1, (size_t)(end - text.p) - 1};
	text = skip_blanks((struct oak_str){end + 1, text.n - (size_t)(end + 1 - text.p)});
	if (!text.n || *text.p != ':')
		return false;
	*ret_value = skip_blanks((struct oak_str){text.p + 1, text.n - 1});
	return ret_value->n > 0;
}

/* True if one of the first members of the object (up to 64 kB of it) has the name KEY. */
static bool has_key(struct oak_str text, const char *key)
{
	struct oak_slices members;
	struct oak_str name = {NULL, 0}, value;
	if (text.n > 65536)
		text.n = 65536;
	if (!skip_blanks(text).n || *skip_blanks(text).p != '{' || !oak_slices_begin(&members, text))
		return false;
	while (oak_slices_next(&members, &name, &value))
		if (oak_str_eq(name, oak_str_of(key)))
			return true;
	return oak_str_eq(name, oak_str_of(key)); /* the last one began within these 64 kB, but did not end there */
}

static bool looks_osv(struct oak_str text)
{
	return has_key(text, "id") && (has_key(text, "affected") || has_key(text, "modified"));
}

static bool looks_osv_list(struct oak_str text)
{
	text = skip_blanks(text);
	if (text.n && *text.p == '[') {
		text = skip_blanks((struct oak_str){text.p + 1, text.n - 1});
		return text.n && *text.p == '{' && looks_osv(text);
	}
	return has_key(text, "vulns");
}

static bool looks_notices(struct oak_str text)
{
	return has_key(text, "notices");
}

static bool looks_ubuntu_cves(struct oak_str text)
{
	struct oak_str key, value;
	return first_member(text, &key, &value) && oak_str_eq(key, OAK_STR("cves")) && *value.p == '[';
}

static bool looks_kev(struct oak_str text)
{
	return has_key(text, "vulnerabilities") && (has_key(text, "catalogVersion") || has_key(text, "dateReleased"));
}

static bool looks_tracker(struct oak_str text)
{
	struct oak_str package, value, cve, entry;
	return first_member(text, &package, &value) && first_member(value, &cve, &entry) && cve.n > 5 &&
	       (memcmp(cve.p, "CVE-", 4) == 0 || memcmp(cve.p, "TEMP-", 5) == 0);
}

static bool looks_usn_database(struct oak_str text)
{
	struct oak_str key, value;
	return first_member(text, &key, &value) && key.n && *key.p >= '0' && *key.p <= '9' && memchr(key.p, '-', key.n) &&
	       *value.p == '{';
}

static bool looks_dsa(struct oak_str text)
{
	const char *end = text.n > 20 && *text.p == '[' ? memchr(text.p, ']', text.n < 40 ? text.n : 40) : NULL;
	return end && (size_t)(end - text.p) + 6 < text.n && end[1] == ' ' && end[2] >= 'A' && end[2] <= 'Z';
}

static bool looks_epss(struct oak_str text)
{
	return (text.n > 15 && memcmp(text.p, "#model_version:", 15) == 0) ||
	       (text.n > 9 && memcmp(text.p, "cve,epss,", 9) == 0);
}

const struct oak_feed_format oak_feed_formats[] = {
	{"EPSS scores", looks_epss, oak_feed_read_epss},
	{"DSA list", looks_dsa, oak_feed_read_dsa},
	{"Ubuntu notices", looks_notices, oak_feed_read_notices},
	{"Ubuntu CVEs", looks_ubuntu_cves, oak_feed_read_ubuntu_cves},
	{"KEV", looks_kev, oak_feed_read_kev},
	{"OSV", looks_osv, oak_feed_read_osv},
	{"OSV list", looks_osv_list, oak_feed_read_osv_list},
	{"Debian tracker", looks_tracker, oak_feed_read_tracker},
	{"USN database", looks_usn_database, oak_feed_read_usn_database},
	{NULL, NULL, NULL},
};

static const struct oak_feed_format *format_of(struct oak_str text)
{
	for (const struct oak_feed_format *f = oak_feed_formats; f->name; f++)
		if (f->looks(text))
			return f;
	return NULL;
}

static int read_document(struct oak_feed_reader *r, const char *name, struct oak_str text, bool alone,
			 struct oak_error *err)
{
	const struct oak_feed_format *format = format_of(text);
	r->name = name;
	if (format)
		return format->read(r, text, err);
	if (!alone)
		return 0; /* licences and the like beside the documents of an archive or folder */
	return oak_fail(err, OAK_INVALID, "feed.unknown", 0,
			"'%s' is no feed that is known (Debian tracker, DSA list, Ubuntu notices, OSV, KEV, EPSS)", name);
}

static int on_entry(void *arg, const char *name, const char *bytes, size_t n, struct oak_error *err)
{
	struct oak_feed_reader *r = arg;
	return read_document(r, name, (struct oak_str){bytes, n}, oak_streq(name, r->options->path), err);
}

static bool is_archive(const unsigned char *head, size_t n)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t n;
	} rows[] = {{0, "\x1f\x8b", 2}, {0, "BZh", 3}, {0, "\xfd" "7zXZ", 5}, {0, "\x28\xb5\x2f\xfd", 4}, {0, "PK\x03\x04", 4},
		    {0, "PK\x05\x06", 4}, {257, "ustar", 5}, {0, "7z\xbc\xaf", 4}, {0, "!<arch>\n", 8}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (n >= rows[i].at + rows[i].n && memcmp(head + rows[i].at, rows[i].magic, rows[i].n) == 0)
			return true;
	return false;
}

#ifdef _WIN32
static int read_plain(struct oak_feed_reader *r, const char *path, int fd, size_t size, bool alone, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	(void)fd;
	oak_buf_init(&buf, size + 1);
	return oak_fs_read(path, &buf, err) < 0 ? -1 : read_document(r, path, (struct oak_str){buf.p, buf.n}, alone, err);
}
#else
/* Mapped, not read: only the pages at hand cost memory, and they can be given back at any time. */
static int read_plain(struct oak_feed_reader *r, const char *path, int fd, size_t size, bool alone, struct oak_error *err)
{
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	int rc = read_document(r, path, (struct oak_str){map, size}, alone, err);
	munmap(map, size);
	return rc;
}
#endif

static int read_open_file(struct oak_feed_reader *r, const char *path, int fd, bool alone, struct oak_error *err)
{
	const struct oak_unpack_limits limits = {.entry = OAK_FEED_ENTRY_MAX, .total = OAK_FEED_TOTAL_MAX, .entries = OAK_FEED_FILES_MAX};
	unsigned char head[512];
	struct stat st;
	if (fstat(fd, &st) < 0)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return oak_fail(err, OAK_INVALID, "feed.unknown", 0, "'%s' is no ordinary file", path);
	if (st.st_size > OAK_FEED_TOTAL_MAX)
		return oak_fail(err, OAK_INVALID, "feed.too-large", 0,
				"'%s' has %lld bytes, a feed may have %lld; nothing was read", path, (long long)st.st_size,
				(long long)OAK_FEED_TOTAL_MAX);
	if (st.st_size == 0)
		return alone ? oak_fail(err, OAK_INVALID, "feed.empty", 0, "'%s' is empty", path) : 0;
	ssize_t got = read(fd, head, sizeof(head));
	if (got < 0)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	if (is_archive(head, (size_t)got))
		return oak_unpack(path, &limits, on_entry, r, err);
	return read_plain(r, path, fd, (size_t)st.st_size, alone, err);
}

static int read_file(struct oak_feed_reader *r, const char *path, bool alone, struct oak_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	int rc = read_open_file(r, path, fd, alone, err);
	close(fd);
	return rc;
}

static int read_folder(struct oak_feed_reader *r, const char *path, int depth, size_t *files, struct oak_error *err)
{
	DIR *dir = opendir(path);
	int rc = dir ? 0 : oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	for (struct dirent *entry; rc == 0 && (entry = readdir(dir));) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		const char *below = oak_arena_printf(arena, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		if (++*files > OAK_FEED_FILES_MAX)
			rc = oak_fail(err, OAK_INVALID, "feed.too-large", 0, "'%s' holds more than %d files", path,
				      OAK_FEED_FILES_MAX);
		else if (oak_fs_is_dir(below))
			rc = depth < 8 ? read_folder(r, below, depth + 1, files, err) : 0;
		else
			rc = read_file(r, below, false, err);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const struct oak_feed_info *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static int finish_all(struct oak_feed_reader *r, const char *sha256, struct oak_arena *arena, struct oak_feed_infos *ret,
		      struct oak_error *err)
{
	if (!r->n)
		return oak_fail(err, OAK_INVALID, "feed.empty", 0, "'%s' holds nothing that concerns a host", r->options->path);
	const char *said = r->options->said ? r->options->said : r->options->path;
	for (size_t i = 0; i < r->n; i++) {
		struct oak_feed_info *info = oak_push(arena, &ret->list);
		*info = (struct oak_feed_info){.file = oak_arena_strdup(arena, said), .sha256 = sha256,
					       .signed_by = r->options->signed_by, .imported_at = r->options->now};
		if (oak_feed_index_finish(r->index[i], info, err) < 0)
			return -1;
		info->name = oak_arena_strdup(arena, info->name);
	}
	for (size_t i = 0; i < r->n && !r->options->check_only; i++)
		if (oak_feed_index_publish(r->index[i], err) < 0)
			return -1;
	qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), by_name);
	return 0;
}

static int import(struct oak_feed_reader *r, struct oak_arena *arena, struct oak_feed_infos *ret, struct oak_error *err)
{
	const char *path = r->options->path;
	char sha256[OAK_SHA256_TEXT];
	size_t files = 0;
	if (oak_fs_mkdirs(r->options->dir, 0755, err) < 0)
		return -1;
	if (oak_fs_is_dir(path))
		return read_folder(r, path, 0, &files, err) < 0 ? -1 : finish_all(r, NULL, arena, ret, err);
	if (read_file(r, path, true, err) < 0 || oak_sha256_file(path, sha256, err) < 0)
		return -1;
	return finish_all(r, oak_arena_strdup(arena, sha256), arena, ret, err);
}

int oak_feed_import(const struct oak_feed_import *options, struct oak_arena *arena, struct oak_feed_infos *ret,
		    struct oak_error *err)
{
	struct oak_feed_reader reader = {.options = options, .name = options->path};
	oak_buf_init(&reader.text, 4 * 1024 * 1024);
	int rc = import(&reader, arena, ret, err);
	for (size_t i = 0; i < reader.n; i++)
		oak_feed_index_free(reader.index[i]);
	oak_buf_done(&reader.text);
	return rc;
}

int oak_feed_list(const char *dir, struct oak_arena *arena, struct oak_feed_infos *ret, struct oak_error *err)
{
	for (size_t i = 0; oak_feed_names[i]; i++) {
		OAK_AUTO(oak_db_close_p) struct oak_db *db = NULL;
		struct oak_feed_info info;
		if (oak_feed_index_open(dir, oak_feed_names[i], &db, err) < 0)
			return -1;
		if (!db)
			continue;
		if (oak_feed_index_info(db, oak_feed_names[i], arena, &info, err) < 0)
			return -1;
		*oak_push(arena, &ret->list) = info;
	}
	return 0;
}
