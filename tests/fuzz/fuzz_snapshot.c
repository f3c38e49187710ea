/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots from any bytes, as they come from files: what reads is written and reads again as the same. */
#include "document.h"

#include "baseline/snapshot.h"

static void write_as_json(const struct oak_snapshot *thing, struct oak_buf *text)
{
	struct oak_sink sink;
	oak_buf_init(text, SIZE_MAX / 2);
	oak_sink_json(&sink, text);
	oak_snapshot_format(thing, &sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_snapshot *thing, *back;
	struct oak_buf first, second;
	struct oak_error err = {0};
	if (doc && oak_snapshot_parse(arena, doc, "fuzz", &thing, &err) == 0) {
		write_as_json(thing, &first);
		if (oak_snapshot_parse(arena, written_again(arena, &first), "again", &back, &err) < 0) {
			fprintf(stderr, "%s\n%s\n", err.cause, oak_buf_text(&first));
			abort();
		}
		write_as_json(back, &second);
		must_equal(&first, &second);
		oak_buf_done(&first);
		oak_buf_done(&second);
	}
	oak_arena_free(arena);
	return 0;
}
