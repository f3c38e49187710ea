/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file: head, input records, and the arena's bytes, whose pointers are moved and checked when read back. */
#include "scanners/snapshot.h"

#ifndef _WIN32
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/map.h"
#include "core/str.h"
#include "scanners/answer.h"
#include "scanners/root.h"

enum { SETTLED_MS = 100, INPUTS_MAX = 4 * 1024 * 1024 };
static const size_t BODY_MAX = (size_t)256 << 20;

struct head {
	char magic[8];
	uint64_t layout;  /* of the structs, and this program's version */
	uint64_t request; /* what was asked */
	uint64_t base;    /* where the arena was */
	uint64_t used;
	uint64_t answer;  /* offset of the inventory in it */
	uint64_t inputs;  /* bytes of records */
	uint64_t check;   /* hash of records and arena */
};
static const char magic[8] = "oaksnap2";

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t pair[2] = {a, b};
	return oak_hash(pair, sizeof(pair));
}

static uint64_t layout(void)
{
	static const size_t sizes[] = {sizeof(struct oak_inventory), sizeof(struct oak_package), sizeof(struct oak_update),
				       sizeof(struct oak_repository), sizeof(struct oak_advisory), sizeof(struct oak_problem), sizeof(struct oak_vendor_patch),
				       offsetof(struct oak_update, advisories), offsetof(struct oak_inventory, updates)};
	return mix(oak_hash(sizes, sizeof(sizes)), oak_hash(OAK_VERSION, strlen(OAK_VERSION)));
}

static uint64_t hash_text(const char *text)
{
	return text ? oak_hash(text, strlen(text)) : 1;
}

static uint64_t request_hash(const struct oak_scan_request *request)
{
	uint64_t h = mix(hash_text(request->root), hash_text(request->offline_catalog));
	h = mix(h, (uint64_t)geteuid() << 2 | (uint64_t)request->all_versions);
	return mix(mix(h, hash_text(getenv("APT_CONFIG"))), hash_text(getenv("SOURCE_DATE_EPOCH")));
}

struct state {
	uint64_t hash;
	int64_t newest_ms; /* ctime */
};

static uint64_t hash_stat(const struct stat *st, int64_t *newest_ms)
{
	const int64_t v[] = {(int64_t)st->st_dev,    (int64_t)st->st_ino,     (int64_t)st->st_size,
			     (int64_t)st->st_mode,   st->st_mtim.tv_sec,      st->st_mtim.tv_nsec,
			     st->st_ctim.tv_sec,     st->st_ctim.tv_nsec,     (int64_t)st->st_uid};
	int64_t ms = (int64_t)st->st_ctim.tv_sec * 1000 + st->st_ctim.tv_nsec / 1000000;
	*newest_ms = ms > *newest_ms ? ms : *newest_ms;
	return oak_hash(v, sizeof(v));
}

/* A folder's entries in any order: their hashes are added up. */
static uint64_t hash_folder(int fd, int64_t *newest_ms)
{
	DIR *dir = fdopendir(fd);
	uint64_t sum = 0;
	if (!dir) {
		close(fd);
		return 2;
	}
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		struct stat st;
		if (oak_streq(entry->d_name, ".") || oak_streq(entry->d_name, "..") || oak_streq(entry->d_name, "lock"))
			continue;
		uint64_t h = fstatat(fd, entry->d_name, &st, 0) < 0 ? 3 : hash_stat(&st, newest_ms);
		sum += mix(h, hash_text(entry->d_name));
	}
	closedir(dir);
	return sum;
}

/* What is not there was perhaps removed just now: the nearest folder above it tells. */
static int64_t above_changed_ms(const char *path)
{
	OAK_AUTO(oak_free_p) char *above = oak_strdup(path);
	int64_t newest_ms = 0;
	struct stat st;
	for (char *slash; (slash = strrchr(above, '/')) != NULL;) {
		slash[slash == above] = '\0';
		bool there = stat(above, &st) == 0;
		if (there)
			hash_stat(&st, &newest_ms);
		if (there || slash == above)
			break;
	}
	return newest_ms;
}

/* SQLite's log: every reader sets its owner, so that its ctime says nothing; an empty one is as good as none. */
static struct state look_log(const struct stat *st)
{
	const int64_t v[] = {(int64_t)st->st_dev, (int64_t)st->st_ino, (int64_t)st->st_size, st->st_mtim.tv_sec, st->st_mtim.tv_nsec};
	struct state s = {.newest_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000};
	s.hash = st->st_size ? oak_hash(v, sizeof(v)) : 0;
	return s;
}

static struct state look(const char *path)
{
	struct stat st;
	struct state s = {.hash = 0};
	if (stat(path, &st) < 0)
		return s;
	if (S_ISREG(st.st_mode) && oak_ends_with(path, "-wal"))
		return look_log(&st);
	s.hash = hash_stat(&st, &s.newest_ms);
	int fd = S_ISDIR(st.st_mode) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0)
		s.hash = mix(s.hash, hash_folder(fd, &s.newest_ms));
	return s;
}

int64_t oak_snapshot_clock_ms(void)
{
	struct timespec now; /* of the file system's time stamps, not of the scan */
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The newest change of what PATH led to, of the link that it may be, or of where it is missing. */
static int64_t changed_ms(const char *path, const struct state *s)
{
	struct stat st;
	int64_t newest_ms = s->hash ? s->newest_ms : above_changed_ms(path);
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		hash_stat(&st, &newest_ms);
	return newest_ms;
}

void oak_snapshot_take(struct oak_arena *arena, const struct oak_paths *paths, int64_t begun_ms, struct oak_snapshot_inputs *ret)
{
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, INPUTS_MAX);
	int64_t newest_ms = 0;
	for (size_t i = 0; i < paths->v.n; i++) {
		struct state s = look(paths->v.v[i]);
		int64_t ms = changed_ms(paths->v.v[i], &s);
		newest_ms = ms > newest_ms ? ms : newest_ms;
		oak_buf_add(&buf, &s.hash, sizeof(s.hash));
		oak_buf_add(&buf, paths->v.v[i], strlen(paths->v.v[i]) + 1);
	}
	char *records = oak_arena_alloc(arena, buf.n + 1);
	if (buf.n)
		memcpy(records, buf.p, buf.n);
	*ret = (struct oak_snapshot_inputs){records, buf.n, !buf.full && newest_ms + SETTLED_MS < begun_ms};
}

static bool unchanged(const char *records, size_t size)
{
	for (size_t at = 0; at < size;) {
		uint64_t hash;
		if (size - at <= sizeof(hash))
			return false;
		memcpy(&hash, records + at, sizeof(hash));
		const char *path = records + at + sizeof(hash), *end = memchr(path, '\0', size - at - sizeof(hash));
		if (!end || look(path).hash != hash)
			return false;
		at = (size_t)(end + 1 - records);
	}
	return size > 0;
}

/* Word by word: half a megabyte is hashed on every scan. */
static uint64_t checksum(uint64_t h, const char *p, size_t n)
{
	uint64_t word;
	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	return mix(h, oak_hash(p, n));
}

static const char *path_of(struct oak_arena *arena, const struct oak_scan_request *request)
{
	return request->cache_dir ? oak_root_join(arena, request->cache_dir, "scan.snapshot") : NULL;
}

static bool read_whole(int fd, void *to, size_t n)
{
	char *p = to;
	while (n) {
		ssize_t got = read(fd, p, n);
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static bool head_fits(const struct head *h, const struct oak_scan_request *request)
{
	return memcmp(h->magic, magic, sizeof(magic)) == 0 && h->layout == layout() && h->request == request_hash(request) &&
	       h->inputs <= INPUTS_MAX && h->used <= BODY_MAX && h->answer < h->used;
}

static bool load(int fd, const struct oak_scan_request *request, struct oak_arena **ret_arena, struct oak_inventory **ret)
{
	struct head h;
	if (!read_whole(fd, &h, sizeof(h)) || !head_fits(&h, request))
		return false;
	OAK_AUTO(oak_free_p) char *records = oak_alloc(h.inputs);
	if (!read_whole(fd, records, h.inputs) || !unchanged(records, h.inputs))
		return false;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new_shared(h.used + BODY_MAX);
	char *body = oak_arena_alloc(arena, h.used);
	if (!read_whole(fd, body, h.used) || checksum(checksum(0, records, h.inputs), body, h.used) != h.check)
		return false;
	void *answer = body + h.answer;
	if (oak_answer_check_inventory(arena, answer, (ptrdiff_t)((uintptr_t)body - h.base), NULL) < 0)
		return false;
	*ret = answer;
	*ret_arena = oak_steal(&arena);
	return true;
}

bool oak_snapshot_load(const struct oak_scan_request *request, struct oak_arena **ret_arena, struct oak_inventory **ret)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	const char *path = path_of(scratch, request);
	struct stat st;
	int fd = path && !request->refresh ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (fd < 0)
		return false;
	/* only what this user wrote: it decides what is reported as missing */
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022) &&
		  load(fd, request, ret_arena, ret);
	close(fd);
	return ok;
}

static bool write_whole(int fd, const void *from, size_t n)
{
	const char *p = from;
	while (n) {
		ssize_t done = write(fd, p, n);
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

void oak_snapshot_save(const struct oak_scan_request *request, const struct oak_arena *arena,
		       const struct oak_inventory *inventory, const struct oak_snapshot_inputs *inputs)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *scratch = oak_arena_new();
	const char *path = path_of(scratch, request), *base = oak_arena_base(arena);
	if (!path || !inputs->settled || oak_arena_used(arena) > BODY_MAX)
		return;
	struct head h = {.layout = layout(),
			 .request = request_hash(request),
			 .base = (uintptr_t)base,
			 .used = oak_arena_used(arena),
			 .answer = (uint64_t)((const char *)inventory - base),
			 .inputs = inputs->size};
	memcpy(h.magic, magic, sizeof(magic));
	h.check = checksum(checksum(0, inputs->records, inputs->size), base, h.used);
	const char *temporary = oak_arena_printf(scratch, "%s.%ld", path, (long)getpid());
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	bool ok = write_whole(fd, &h, sizeof(h)) && write_whole(fd, inputs->records, inputs->size) &&
		  write_whole(fd, base, h.used);
	ok &= close(fd) == 0; /* not synced: its checksum tells after a crash */
	if (!ok || rename(temporary, path) < 0)
		unlink(temporary);
}
#endif
