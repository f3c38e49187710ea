/* SPDX-License-Identifier: GPL-3.0-or-later */
/* End record, central directory, local headers; compared with each other and laid side by side. */
#include "distributor/package/zip.h"

#include <stdlib.h>
#include <string.h>

#include "distributor/package/entry_name.h"

enum {
	END_SIZE = 22,
	COMMENT_MAX = 65535,
	END64_SIZE = 56,
	LOCATOR_SIZE = 20,
	CENTRAL_SIZE = 46,
	LOCAL_SIZE = 30,
	DIRECTORY_MAX = 64 * 1024 * 1024, /* 100,000 entries with names of 600 bytes */
	FLAG_ENCRYPTED = 1 | 1 << 6 | 1 << 13,
	FLAG_DESCRIPTOR = 1 << 3,
	MADE_UNIX = 3,
	MADE_MAC = 19,
	KIND = 0170000
};
static const uint32_t CENTRAL = 0x02014b50, LOCAL = 0x04034b50, END = 0x06054b50, END64 = 0x06064b50, LOCATOR = 0x07064b50,
		      DESCRIPTOR = 0x08074b50;
static const uint64_t ALL16 = 0xffff, ALL32 = 0xffffffff;

struct directory {
	int64_t at, size, end; /* END: where what follows it begins */
	uint64_t count;
};

struct scan {
	struct oak_arena *arena;
	const struct oak_zip_source *in;
	struct oak_zip *zip;
	struct oak_error *err;
	unsigned *flags; /* of each entry, for its descriptor */
};

static uint64_t get(const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	for (int i = bytes; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static int truncated(const struct scan *s)
{
	return oak_fail(s->err, OAK_INVALID, "archive.truncated", 0, "'%s' ends too early (E_TRUNC)", s->in->name);
}

static int mismatch(const struct scan *s, const char *what)
{
	return oak_fail(s->err, OAK_INVALID, "archive.mismatch", 0, "'%s' contradicts itself: %s (E_ZIP_MISMATCH)", s->in->name, what);
}

static int unsupported(const struct scan *s, const char *what)
{
	return oak_fail(s->err, OAK_INVALID, "archive.unsupported", 0, "'%s' cannot be read: %s (E_UNSUPPORTED)", s->in->name, what);
}

static int read_at(const struct scan *s, int64_t at, void *to, size_t n)
{
	if (at < 0 || at > s->in->size || (int64_t)n > s->in->size - at)
		return truncated(s);
	if (s->in->read_at(s->in->arg, at, to, n) < 0)
		return oak_fail(s->err, OAK_IO, "file.read", 0, "cannot read '%s'", s->in->name);
	return 0;
}

/* ------------------------------------------------------------------------------------------- the end */

/* The one place that can be the end record: its comment reaches exactly to the end of the file. */
static int find_end(struct scan *s, int64_t *ret_at, unsigned char end[END_SIZE])
{
	size_t n = s->in->size < END_SIZE + COMMENT_MAX ? (size_t)s->in->size : END_SIZE + COMMENT_MAX, found = 0, others = 0;
	if (s->in->size < END_SIZE)
		return truncated(s);
	OAK_AUTO(oak_free_p) unsigned char *tail = oak_alloc(n);
	if (read_at(s, s->in->size - (int64_t)n, tail, n) < 0)
		return -1;
	size_t place = 0;
	for (size_t i = 0; i + END_SIZE <= n; i++) {
		if (tail[i] != 'P' || get(tail + i, 4) != END)
			continue;
		bool fits = i + END_SIZE + get(tail + i + 20, 2) == n;
		found += fits;
		others += !fits;
		place = fits && found == 1 ? i : place;
	}
	if (found == 0 && !others && tail[0] != 'P' && s->in->size <= (int64_t)n)
		return unsupported(s, "it is no zip");
	if (found == 0)
		return others ? mismatch(s, "there are bytes behind its end") : truncated(s);
	if (found > 1)
		return mismatch(s, "it has two ends");
	memcpy(end, tail + place, END_SIZE);
	*ret_at = s->in->size - (int64_t)n + (int64_t)place;
	return memmem(tail + place + END_SIZE, n - place - END_SIZE, "PK\5\6", 4) ? mismatch(s, "its comment holds another end") : 0;
}

static int read_end64(struct scan *s, int64_t end_at, struct directory *d)
{
	unsigned char locator[LOCATOR_SIZE], end[END64_SIZE];
	if (end_at < LOCATOR_SIZE + END64_SIZE)
		return truncated(s);
	if (read_at(s, end_at - LOCATOR_SIZE, locator, sizeof(locator)) < 0)
		return -1;
	if (get(locator, 4) != LOCATOR)
		return mismatch(s, "its zip64 locator is missing");
	int64_t at = end_at - LOCATOR_SIZE - END64_SIZE;
	if (get(locator + 4, 4) != 0 || get(locator + 16, 4) != 1)
		return unsupported(s, "it spans several disks");
	if (get(locator + 8, 8) != (uint64_t)at)
		return mismatch(s, "its zip64 end is elsewhere");
	if (read_at(s, at, end, sizeof(end)) < 0)
		return -1;
	if (get(end, 4) != END64 || get(end + 4, 8) != END64_SIZE - 12 || get(end + 24, 8) != get(end + 32, 8) || get(end + 48, 8) > INT64_MAX ||
	    get(end + 40, 8) > INT64_MAX)
		return mismatch(s, "its zip64 end is none");
	*d = (struct directory){(int64_t)get(end + 48, 8), (int64_t)get(end + 40, 8), at, get(end + 32, 8)};
	return 0;
}

static int find_directory(struct scan *s, struct directory *d)
{
	unsigned char end[END_SIZE];
	int64_t at = 0;
	if (find_end(s, &at, end) < 0)
		return -1;
	*d = (struct directory){(int64_t)get(end + 16, 4), (int64_t)get(end + 12, 4), at, get(end + 10, 2)};
	bool wide = d->count == ALL16 || (uint64_t)d->size == ALL32 || (uint64_t)d->at == ALL32;
	if (!wide && (get(end + 4, 2) != 0 || get(end + 6, 2) != 0))
		return unsupported(s, "it spans several disks");
	if (!wide && get(end + 8, 2) != d->count)
		return mismatch(s, "its end counts the entries twice, differently");
	if (wide && read_end64(s, at, d) < 0)
		return -1;
	if (d->count > OAK_ENTRY_COUNT_MAX)
		return oak_fail(s->err, OAK_INVALID, "archive.count", 0, "'%s' has more than %d entries (E_COUNT)", s->in->name, OAK_ENTRY_COUNT_MAX);
	if (d->at > d->end || d->size != d->end - d->at)
		return mismatch(s, "its directory does not end where it should");
	return d->size > DIRECTORY_MAX ? mismatch(s, "its directory is too large") : 0;
}

/* ------------------------------------------------------------------------------------------- the directory */

struct zip64 {
	uint64_t size, packed, offset;
};

/* Replace what is all ones by the extra field's value, in its order. */
static int widen(struct scan *s, const unsigned char *extra, size_t n, struct zip64 *z)
{
	for (size_t i = 0; i + 4 <= n;) {
		size_t id = (size_t)get(extra + i, 2), len = (size_t)get(extra + i + 2, 2), at = i + 4;
		i = at + len;
		if (i > n)
			return mismatch(s, "an extra field is cut");
		uint64_t *wide[] = {&z->size, &z->packed, &z->offset};
		for (size_t k = 0; id == 1 && k < 3; k++) {
			if (*wide[k] != ALL32)
				continue;
			if (at + 8 > i)
				return mismatch(s, "a zip64 field is cut");
			*wide[k] = get(extra + at, 8);
			at += 8;
		}
	}
	return z->size > INT64_MAX / 2 || z->packed > INT64_MAX / 2 || z->offset > INT64_MAX / 2 ? mismatch(s, "a size is absurd") : 0;
}

static enum oak_unpack_kind kind_of(unsigned mode, bool slash)
{
	switch (mode & KIND) {
	case 0:
		return slash ? OAK_UNPACK_FOLDER : OAK_UNPACK_FILE;
	case 0100000:
		return OAK_UNPACK_FILE;
	case 0040000:
		return OAK_UNPACK_FOLDER;
	case 0120000:
		return OAK_UNPACK_LINK;
	default:
		return OAK_UNPACK_OTHER;
	}
}

static int check_central(struct scan *s, const unsigned char *h, const struct zip64 *z)
{
	unsigned method = (unsigned)get(h + 10, 2);
	if (get(h + 8, 2) & FLAG_ENCRYPTED)
		return unsupported(s, "it is encrypted");
	if (method != 0 && method != 8)
		return unsupported(s, "an entry is packed by a method other than deflate");
	if (get(h + 34, 2) != 0)
		return unsupported(s, "it spans several disks");
	if (method == 0 && z->packed != z->size)
		return mismatch(s, "a stored entry has two sizes");
	if (z->size / 1100 > z->packed + 64)
		return oak_fail(s->err, OAK_INVALID, "archive.size", 0, "'%s' has an entry larger than deflate can make it (E_SIZE)", s->in->name);
	return 0;
}

/* One header of the directory; *ret_n bytes long. */
static int read_central(struct scan *s, const unsigned char *p, size_t left, size_t *ret_n)
{
	if (left < CENTRAL_SIZE || get(p, 4) != CENTRAL)
		return mismatch(s, "its directory has fewer entries than its end says");
	size_t name_n = (size_t)get(p + 28, 2), extra_n = (size_t)get(p + 30, 2), comment_n = (size_t)get(p + 32, 2);
	*ret_n = CENTRAL_SIZE + name_n + extra_n + comment_n;
	if (*ret_n > left)
		return mismatch(s, "its directory is cut");
	struct zip64 z = {get(p + 24, 4), get(p + 20, 4), get(p + 42, 4)};
	const char *name = (const char *)p + CENTRAL_SIZE;
	if (widen(s, p + CENTRAL_SIZE + name_n, extra_n, &z) < 0 || check_central(s, p, &z) < 0)
		return -1;
	if (memchr(name, '\0', name_n))
		return oak_fail(s->err, OAK_INVALID, "archive.name", 0, "'%s' has a name with a NUL in it (E_NAME)", s->in->name);
	unsigned made = (unsigned)get(p + 5, 1), attributes = (unsigned)get(p + 38, 4);
	unsigned mode = made == MADE_UNIX || made == MADE_MAC ? attributes >> 16 : 0;
	bool slash = name_n > 0 && name[name_n - 1] == '/';
	struct oak_zip_entry e = {
		.header = {.kind = kind_of(mode, slash), .name = oak_arena_strndup(s->arena, name, name_n),
			   .mode = mode ? mode & 07777 : 0644, .size = (int64_t)z.size},
		.data = {.offset = (int64_t)z.offset, .packed = (int64_t)z.packed, .size = (int64_t)z.size,
			 .crc = (uint32_t)get(p + 16, 4), .stored = get(p + 10, 2) == 0}};
	if (e.header.kind == OAK_UNPACK_FOLDER && z.size != 0)
		return mismatch(s, "a folder has a content");
	s->flags[s->zip->entries.n] = (unsigned)get(p + 8, 2) | (unsigned)get(p + 10, 2) << 16;
	*oak_push(s->arena, &s->zip->entries) = e;
	return 0;
}

static int read_directory(struct scan *s, const struct directory *d)
{
	OAK_AUTO(oak_free_p) unsigned char *bytes = oak_alloc((size_t)d->size + 1);
	size_t at = 0;
	if (read_at(s, d->at, bytes, (size_t)d->size) < 0)
		return -1;
	for (uint64_t i = 0; i < d->count; i++) {
		size_t n = 0;
		if (read_central(s, bytes + at, (size_t)d->size - at, &n) < 0)
			return -1;
		at += n;
	}
	return at == (size_t)d->size ? 0 : mismatch(s, "its directory has more bytes than entries");
}

/* ------------------------------------------------------------------------------------------- the local headers */

/* Compare the local header with the directory's; *ret_data is where the bytes begin. */
static int check_local(struct scan *s, const struct oak_zip_entry *e, unsigned flags, int64_t *ret_data)
{
	unsigned char h[LOCAL_SIZE];
	OAK_AUTO(oak_free_p) unsigned char *rest = oak_alloc(2 * 65536);
	if (read_at(s, e->data.offset, h, sizeof(h)) < 0)
		return -1;
	size_t name_n = (size_t)get(h + 26, 2), extra_n = (size_t)get(h + 28, 2);
	if (get(h, 4) != LOCAL)
		return mismatch(s, "an entry of its directory is not there");
	if (read_at(s, e->data.offset + LOCAL_SIZE, rest, name_n + extra_n) < 0)
		return -1;
	if (name_n != strlen(e->header.name) || memcmp(rest, e->header.name, name_n) != 0)
		return mismatch(s, "an entry has two names");
	if (get(h + 6, 2) != (flags & ALL16) || get(h + 8, 2) != flags >> 16)
		return mismatch(s, "an entry has two methods");
	struct zip64 z = {get(h + 22, 4), get(h + 18, 4), 0};
	if (widen(s, rest + name_n, extra_n, &z) < 0)
		return -1;
	bool later = flags & FLAG_DESCRIPTOR, empty = !z.size && !z.packed && !get(h + 14, 4);
	bool same = z.size == (uint64_t)e->data.size && z.packed == (uint64_t)e->data.packed && get(h + 14, 4) == e->data.crc;
	if (!same && !(later && empty))
		return mismatch(s, "an entry has two sizes or checksums");
	*ret_data = e->data.offset + LOCAL_SIZE + (int64_t)(name_n + extra_n);
	return 0;
}

/* The descriptor at AT: with or without signature, with 4 or 8 bytes a size. Its length; 0 = there is none that fits. */
static int64_t descriptor_at(struct scan *s, const struct oak_deflated *d, int64_t at, int64_t limit)
{
	unsigned char b[24];
	for (int wide = 0; wide < 2; wide++)
		for (int64_t marked = 4; marked >= 0; marked -= 4) {
			int bytes = wide ? 8 : 4;
			int64_t n = marked + 4 + 2 * bytes;
			if (n != limit - at || read_at(s, at, b, (size_t)n) < 0)
				continue;
			const unsigned char *p = b + marked;
			if ((!marked || get(b, 4) == DESCRIPTOR) && get(p, 4) == d->crc && get(p + 4, bytes) == (uint64_t)d->packed &&
			    get(p + 4 + bytes, bytes) == (uint64_t)d->size)
				return n;
		}
	return 0;
}

struct span {
	struct oak_zip_entry entry;
	unsigned flags;
};

static int by_offset(const void *a, const void *b)
{
	int64_t x = ((const struct span *)a)->entry.data.offset, y = ((const struct span *)b)->entry.data.offset;
	return (x > y) - (x < y);
}

/* Every byte before the directory belongs to exactly one entry. */
static int lay_out(struct scan *s, const struct directory *d)
{
	size_t n = s->zip->entries.n;
	OAK_AUTO(oak_free_p) struct span *spans = oak_alloc_zero(n + 1, sizeof(*spans));
	int64_t at = 0, data = 0;
	for (size_t i = 0; i < n; i++)
		spans[i] = (struct span){s->zip->entries.v[i], s->flags[i]};
	qsort(spans, n, sizeof(*spans), by_offset);
	for (size_t i = 0; i < n; i++) {
		struct oak_zip_entry *e = &spans[i].entry;
		int64_t limit = i + 1 < n ? spans[i + 1].entry.data.offset : d->at;
		if (e->data.offset > at)
			return mismatch(s, at == 0 ? "there are bytes before its first entry" : "there are bytes between its entries");
		if (e->data.offset < at || limit < e->data.offset)
			return oak_fail(s->err, OAK_INVALID, "archive.overlap", 0, "'%s' has entries that overlap (E_ZIP_OVERLAP)", s->in->name);
		if (check_local(s, e, spans[i].flags, &data) < 0)
			return -1;
		at = data + e->data.packed;
		if (at > limit)
			return oak_fail(s->err, OAK_INVALID, "archive.overlap", 0, "'%s' has entries that overlap (E_ZIP_OVERLAP)", s->in->name);
		if (spans[i].flags & FLAG_DESCRIPTOR)
			at += descriptor_at(s, &e->data, at, limit);
		e->data.offset = data;
		s->zip->entries.v[i] = *e;
	}
	return at == d->at ? 0 : mismatch(s, "there are bytes that belong to no entry");
}

int oak_zip_scan(struct oak_arena *arena, const struct oak_zip_source *source, struct oak_zip *ret, struct oak_error *err)
{
	struct scan s = {.arena = arena, .in = source, .zip = ret, .err = err};
	struct directory d = {0};
	if (find_directory(&s, &d) < 0)
		return -1;
	OAK_AUTO(oak_free_p) unsigned *flags = oak_alloc_zero((size_t)d.count + 1, sizeof(*flags));
	s.flags = flags;
	return read_directory(&s, &d) < 0 || lay_out(&s, &d) < 0 ? -1 : 0;
}
