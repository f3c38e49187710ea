/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cut by the content, and before each frame of zstd; the index as text. */
#include "repo/chunk.h"

#include <stdio.h>
#include <string.h>

#include "core/cut.h"
#include "core/str.h"

static const char head[] = "oakum.chunks/1 ";

/* A zstd frame begins: archives of ours are frames that the content cut, so that a frame is unchanged as a whole or not at all. */
static const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd};

static size_t before_frame(const unsigned char *bytes, size_t n)
{
	const unsigned char *at = bytes + OAK_CHUNK_LEAST, *end = bytes + n;
	while (at < end && (at = memchr(at, frame[0], (size_t)(end - at)))) {
		if (end - at >= (ptrdiff_t)sizeof(frame) && memcmp(at, frame, sizeof(frame)) == 0)
			return (size_t)(at - bytes);
		at++;
	}
	return 0;
}

size_t oak_chunk_cut(const unsigned char *bytes, size_t n, bool last)
{
	static const struct oak_cut_sizes sizes = {OAK_CHUNK_MIN, OAK_CHUNK_AVERAGE, OAK_CHUNK_MAX, 18, 14};
	struct oak_cutter cutter = {0};
	if (n < OAK_CHUNK_MAX && !last)
		return 0; /* a frame may begin in what is still to come */
	size_t cut = oak_cut(&sizes, &cutter, bytes, n), most = cut ? cut : n;
	size_t frames = before_frame(bytes, most + sizeof(frame) <= n ? most + sizeof(frame) - 1 : most);
	return frames ? frames : most;
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
