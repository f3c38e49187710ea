/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes TUF metadata of all four types; the canonical form of what is taken must parse to the same canonical form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "repo/tuf_json.h"
#include "repo/tuf_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void canonical_twice(struct oak_arena *arena, const uint8_t *data, size_t size)
{
	const struct oak_value_limits limits = {.bytes = 1 << 20};
	const struct oak_value *doc;
	struct oak_error err = {0};
	struct oak_buf first;
	oak_buf_init(&first, 1 << 21);
	if (oak_json_parse(arena, (const char *)data, size, "fuzz", &limits, &doc, &err) == 0 &&
	    oak_tuf_canonical(doc, &first, &err) == 0 && first.n > size + 64)
		abort(); /* it is never longer than the text */
	oak_buf_done(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	for (int type = 0; type < OAK_TUF_TYPE_COUNT; type++) {
		struct oak_tuf_file *file;
		struct oak_error err = {0};
		if (oak_tuf_parse(arena, data, size, (enum oak_tuf_type)type, "fuzz", type & 1, &file, &err) == 0) {
			for (size_t i = 0; i < file->role_count; i++) {
				oak_tuf_role_covers(&file->roles[i], "pkg/a/1.0/manifest.json", "5f");
				if (oak_tuf_verify(file, file, &file->roles[i], "fuzz", &err) == 0 && !file->signature_count)
					abort();
			}
			oak_tuf_file_done(file);
		} else if (!err.id) {
			abort();
		}
	}
	canonical_twice(arena, data, size);
	oak_arena_free(arena);
	return 0;
}
