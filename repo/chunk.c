/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gear hash over the bytes cuts where its upper bits are zero: less often before the average, more often behind it. */
#include "repo/chunk.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"

static const char head[] = "oakum.chunks/1 ";

/* 256 fixed numbers without pattern (splitmix64 of the index): part of the format, as the cuts follow from them. */
static uint64_t gear(unsigned char byte)
{
	uint64_t z = ((uint64_t)byte + 1) * 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

size_t oak_chunk_cut(const unsigned char *bytes, size_t n, bool last)
{
	static uint64_t table[256];
	const uint64_t strict = UINT64_MAX << (64 - 18), loose = UINT64_MAX << (64 - 14);
	size_t most = n < OAK_CHUNK_MAX ? n : OAK_CHUNK_MAX;
	uint64_t hash = 0;
	for (int i = 0; !table[255] && i < 256; i++)
		table[i] = gear((unsigned char)i);
	for (size_t i = OAK_CHUNK_MIN; i < most; i++) {
		hash = (hash << 1) + table[bytes[i]];
		if (!(hash & (i < OAK_CHUNK_AVERAGE ? strict : loose)))
			return i + 1;
	}
	return n >= OAK_CHUNK_MAX ? OAK_CHUNK_MAX : last ? n : 0;
}

static void add(struct oak_arena *arena, struct oak_chunks *chunks, const unsigned char *bytes, size_t n)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(bytes, n, digest);
	oak_hex(digest, sizeof(digest), hex);
	*oak_push(arena, &chunks->list) = (struct oak_chunk){chunks->size, (int64_t)n, oak_arena_strdup(arena, hex)};
	chunks->size += (int64_t)n;
}

int oak_chunks_of_file(struct oak_arena *arena, const char *file, struct oak_chunks *ret, struct oak_error *err)
{
	enum { WINDOW = 4 << 20 };
	OAK_AUTO(oak_free_p) unsigned char *window = oak_alloc(WINDOW);
	struct oak_chunks chunks = {0};
	FILE *in = fopen(file, "rb");
	size_t have = 0, got = 1, cut;
	if (!in)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", file);
	while (got > 0) {
		size_t at = 0;
		got = fread(window + have, 1, WINDOW - have, in);
		have += got;
		while (at < have && (cut = oak_chunk_cut(window + at, have - at, got == 0)) > 0) {
			add(arena, &chunks, window + at, cut);
			at += cut;
		}
		memmove(window, window + at, have - at);
		have -= at;
	}
	int result = ferror(in) ? oak_fail_errno(err, "file.read", "cannot read '%s'", file) : 0;
	fclose(in);
	*ret = chunks;
	return result;
}

void oak_chunks_format(const struct oak_chunks *chunks, struct oak_buf *out)
{
	oak_buf_addf(out, "%s%lld\n", head, (long long)chunks->size);
	for (size_t i = 0; i < chunks->list.n; i++)
		oak_buf_addf(out, "%lld %s\n", (long long)chunks->list.v[i].length, chunks->list.v[i].sha256);
}

static int invalid(struct oak_error *err, const char *why)
{
	return oak_fail(err, OAK_UNTRUSTED, "chunk.invalid", 0, "a chunk index is damaged: %s", why);
}

int oak_chunks_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_chunks *ret, struct oak_error *err)
{
	struct oak_chunks chunks = {0};
	struct oak_str rest = {text, n}, line, first;
	int64_t announced;
	if (n < sizeof(head) || memcmp(text, head, sizeof(head) - 1) != 0)
		return invalid(err, "it has no head");
	rest = (struct oak_str){text + sizeof(head) - 1, n - sizeof(head) + 1};
	if (text[n - 1] != '\n' || !oak_str_next(&rest, '\n', &line) || !oak_parse_int(line, 0, INT64_MAX / 2, &announced))
		return invalid(err, "its head names no size");
	while (rest.n && oak_str_next(&rest, '\n', &line)) {
		struct oak_chunk c = {.offset = chunks.size};
		if (!oak_str_next(&line, ' ', &first) || !oak_parse_int(first, 1, OAK_CHUNK_MAX, &c.length) || line.n != 64)
			return invalid(err, "a line is no length and hash");
		for (size_t i = 0; i < 64; i++)
			if (!line.p[i] || !strchr("0123456789abcdef", line.p[i]))
				return invalid(err, "a hash is none");
		c.sha256 = oak_arena_strndup(arena, line.p, line.n);
		chunks.size += c.length;
		if (chunks.size > announced)
			return invalid(err, "its chunks are more than the file");
		*oak_push(arena, &chunks.list) = c;
	}
	if (chunks.size != announced)
		return invalid(err, "its chunks are not the whole file");
	*ret = chunks;
	return 0;
}
