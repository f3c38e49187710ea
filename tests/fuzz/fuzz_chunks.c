/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chunk index: what is taken covers its file without gaps, and reads back from its own text. */
#include <stdint.h>
#include <stdlib.h>

#include "repo/chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_chunks chunks, again;
	struct oak_error err = {0};
	int64_t at = 0;
	oak_buf_init(&text, 1 << 22);
	if (size > (1 << 20) || !size || oak_chunks_parse(arena, (const char *)data, size, &chunks, &err) < 0)
		return 0;
	for (size_t i = 0; i < chunks.list.n; at += chunks.list.v[i++].length)
		if (chunks.list.v[i].offset != at || chunks.list.v[i].length < 1)
			abort();
	if (at != chunks.size)
		abort();
	oak_chunks_format(&chunks, &text);
	if (oak_chunks_parse(arena, oak_buf_text(&text), text.n, &again, &err) < 0 || again.list.n != chunks.list.n)
		abort();
	return 0;
}
