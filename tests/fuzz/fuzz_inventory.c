/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inventories from any bytes: what reads is written and reads again as the same. */
#include "document.h"

#include "baseline/inventory.h"

static void write_as_json(const struct oak_inventory *inventory, struct oak_buf *text)
{
	struct oak_sink sink;
	oak_buf_init(text, SIZE_MAX / 2);
	oak_sink_json(&sink, text);
	oak_inventory_format(inventory, &sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_inventory *inventory, *back;
	struct oak_buf first, second;
	struct oak_error err = {0};
	if (doc && oak_inventory_parse(arena, doc, "fuzz", &inventory, &err) == 0) {
		write_as_json(inventory, &first);
		if (oak_inventory_parse(arena, written_again(arena, &first), "again", &back, &err) < 0) {
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
