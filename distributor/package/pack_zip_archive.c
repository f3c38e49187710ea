/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zip archives: entries are deflated in blocks by several threads; headers say sizes and sums, nothing else. */
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/buf.h"
#include "core/module.h"
#include "distributor/package/pack_deflate.h"

extern OAK_EXPORT oak_pack_fn oak_pack_zip;

enum {
	LOCAL = 0x04034b50,
	CENTRAL = 0x02014b50,
	END = 0x06054b50,
	END64 = 0x06064b50,
	LOCATOR64 = 0x07064b50,
	EXTRA64 = 1,
	UTF8_NAMES = 0x0800,
	STORED = 0,
	DEFLATED = 8,
	UNIX = 3,
	VERSION_20 = 20,
	VERSION_45 = 45,
	LOCAL_FIXED = 30,
};
static const int64_t LIMIT32 = 0xffffffffLL - 65536; /* the source's size must leave room for what deflate may add */

/* What the central directory says of one entry. */
struct member {
	int64_t offset, size, packed;
	uint32_t crc;
	uint16_t method;
	bool large; /* sizes in an extra field of 64 bits */
};

static void put16(struct oak_buf *b, unsigned v)
{
	const unsigned char bytes[] = {(unsigned char)v, (unsigned char)(v >> 8)};
	oak_buf_add(b, bytes, sizeof(bytes));
}

static void put32(struct oak_buf *b, uint64_t v)
{
	put16(b, (unsigned)(v & 0xffff));
	put16(b, (unsigned)(v >> 16 & 0xffff));
}

static void put64(struct oak_buf *b, uint64_t v)
{
	put32(b, v & 0xffffffff);
	put32(b, v >> 32);
}

/* MS-DOS date and time of a UTC instant, 1980 to 2107. */
static void put_time(struct oak_buf *b, int64_t mtime)
{
	int64_t days = mtime / 86400, seconds = mtime % 86400;
	int year = 1970, month = 0;
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	for (;; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		if (days < 365 + leap)
			break;
		days -= 365 + leap;
	}
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	while (days >= lengths[month] + (month == 1 && leap)) {
		days -= lengths[month] + (month == 1 && leap);
		month++;
	}
	put16(b, (unsigned)(seconds / 3600 << 11 | seconds / 60 % 60 << 5 | seconds % 60 / 2));
	put16(b, (unsigned)((year - 1980) << 9 | (month + 1) << 5) | (unsigned)(days + 1));
}

/* Folders have a slash behind their names in a zip. */
static const char *slash_of(const struct oak_pack_entry *entry)
{
	return entry->kind == OAK_PACK_ENTRY_FOLDER ? "/" : "";
}

static void put_extra64(struct oak_buf *b, const struct member *m, bool with_offset)
{
	put16(b, EXTRA64);
	put16(b, with_offset ? 24 : 16);
	put64(b, (uint64_t)m->size);
	put64(b, (uint64_t)m->packed);
	if (with_offset)
		put64(b, (uint64_t)m->offset);
}

static void local_header(struct oak_buf *b, const struct oak_pack *pack, const struct oak_pack_entry *entry, const struct member *m)
{
	put32(b, LOCAL);
	put16(b, m->large ? VERSION_45 : VERSION_20);
	put16(b, UTF8_NAMES);
	put16(b, m->method);
	put_time(b, pack->mtime);
	put32(b, m->crc);
	put32(b, m->large ? 0xffffffff : (uint64_t)m->packed);
	put32(b, m->large ? 0xffffffff : (uint64_t)m->size);
	put16(b, (unsigned)(strlen(entry->path) + strlen(slash_of(entry))));
	put16(b, m->large ? 20 : 0);
	oak_buf_adds(b, entry->path);
	oak_buf_adds(b, slash_of(entry));
	if (m->large)
		put_extra64(b, m, false);
}

static void central_header(struct oak_buf *b, const struct oak_pack *pack, const struct oak_pack_entry *entry, const struct member *m)
{
	bool large = m->large || m->offset > LIMIT32;
	unsigned type = entry->kind == OAK_PACK_ENTRY_FOLDER ? 040000 : 0100000;
	put32(b, CENTRAL);
	put16(b, UNIX << 8 | (large ? VERSION_45 : VERSION_20));
	put16(b, large ? VERSION_45 : VERSION_20);
	put16(b, UTF8_NAMES);
	put16(b, m->method);
	put_time(b, pack->mtime);
	put32(b, m->crc);
	put32(b, large ? 0xffffffff : (uint64_t)m->packed);
	put32(b, large ? 0xffffffff : (uint64_t)m->size);
	put16(b, (unsigned)(strlen(entry->path) + strlen(slash_of(entry))));
	put16(b, large ? 28 : 0);
	put16(b, 0); /* comment */
	put16(b, 0); /* disk */
	put16(b, 0); /* internal attributes */
	put32(b, (uint64_t)(type | entry->mode) << 16 | (entry->kind == OAK_PACK_ENTRY_FOLDER ? 0x10 : 0));
	put32(b, large ? 0xffffffff : (uint64_t)m->offset);
	oak_buf_adds(b, entry->path);
	oak_buf_adds(b, slash_of(entry));
	if (large)
		put_extra64(b, m, true);
}

static void end_records(struct oak_buf *b, size_t n, int64_t at, int64_t size)
{
	bool large = n > 0xfffe || at > LIMIT32 || size > LIMIT32;
	if (large) {
		put32(b, END64);
		put64(b, 44);
		put16(b, UNIX << 8 | VERSION_45);
		put16(b, VERSION_45);
		put32(b, 0);
		put32(b, 0);
		put64(b, n);
		put64(b, n);
		put64(b, (uint64_t)size);
		put64(b, (uint64_t)at);
		put32(b, LOCATOR64);
		put32(b, 0);
		put64(b, (uint64_t)(at + size));
		put32(b, 1);
	}
	put32(b, END);
	put16(b, 0);
	put16(b, 0);
	put16(b, large ? 0xffff : (unsigned)n);
	put16(b, large ? 0xffff : (unsigned)n);
	put32(b, large ? 0xffffffff : (uint64_t)size);
	put32(b, large ? 0xffffffff : (uint64_t)at);
	put16(b, 0);
}

/* The header over again, once sums and sizes are known: it has the same length. */
static int patch(int fd, int64_t at, const struct oak_buf *header, struct oak_error *err)
{
	if (oak_pack_seek(fd, at, SEEK_SET) < 0)
		return oak_fail_errno(err, "pack.write", "cannot write the archive");
	if (oak_pack_put(fd, header->p, header->n, err) < 0)
		return -1;
	return oak_pack_seek(fd, 0, SEEK_END) < 0 ? oak_fail_errno(err, "pack.write", "cannot write the archive") : 0;
}

static int write_member(int fd, struct oak_deflater *deflater, struct oak_pack *pack, struct oak_pack_entry *entry, int64_t base, struct member *m,
			int64_t *done, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf header;
	struct oak_deflated result = {.done = *done};
	oak_buf_init(&header, 128 * 1024);
	m->large = entry->size > LIMIT32;
	m->method = entry->kind == OAK_PACK_ENTRY_FILE && entry->size ? DEFLATED : STORED;
	m->size = m->method ? entry->size : 0;
	local_header(&header, pack, entry, m);
	if (oak_pack_put(fd, header.p, header.n, err) < 0)
		return -1;
	if (entry->kind == OAK_PACK_ENTRY_FILE && oak_deflater_run(deflater, fd, pack, entry, &result, err) < 0)
		return -1;
	*done = result.done;
	m->packed = result.packed;
	m->crc = result.crc;
	if (!m->method)
		return 0;
	size_t n = header.n;
	oak_buf_clear(&header);
	local_header(&header, pack, entry, m);
	return header.n == n ? patch(fd, base + m->offset, &header, err) : oak_fail(err, OAK_BUG, "pack.library", 0, "a header changed its length");
}

static int64_t position(int fd)
{
	return oak_pack_seek(fd, 0, SEEK_CUR);
}

static int write_directory(int fd, const struct oak_pack *pack, const struct member *members, int64_t base, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	int64_t at = position(fd) - base, size = 0;
	oak_buf_init(&out, 1024 * 1024);
	for (size_t i = 0; i < pack->n; i++) {
		oak_buf_clear(&out);
		central_header(&out, pack, &pack->entries[i], &members[i]);
		size += (int64_t)out.n;
		if (oak_pack_put(fd, out.p, out.n, err) < 0)
			return -1;
	}
	oak_buf_clear(&out);
	end_records(&out, pack->n, at, size);
	return oak_pack_put(fd, out.p, out.n, err);
}

int oak_pack_zip(int fd, struct oak_pack *pack, struct oak_packed *ret, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) struct member *members = oak_alloc_zero(pack->n + 1, sizeof(*members));
	struct oak_deflater *deflater = oak_deflater_new(pack->threads);
	int64_t base = position(fd), done = 0;
	int result = 0;
	for (size_t i = 0; result == 0 && i < pack->n; i++) {
		members[i].offset = position(fd) - base;
		result = write_member(fd, deflater, pack, &pack->entries[i], base, &members[i], &done, err);
	}
	oak_deflater_free(deflater);
	if (result < 0 || write_directory(fd, pack, members, base, err) < 0)
		return -1;
	ret->size = position(fd) - base;
	ret->unpacked_size = ret->stream_size = done;
	ret->sha256[0] = '\0';
	return 0;
}
