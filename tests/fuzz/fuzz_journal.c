/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals from any bytes, as a power loss may leave them: what is read is written as it was, and always says what to do. */
#include "document.h"

#include "core/str.h"
#include "distributor/journal_fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_journal_entries entries = {0}, again = {0};
	struct oak_run_state state;
	size_t used = 0, used_again = 0;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, SIZE_MAX / 2);
	const char *bytes = oak_arena_strndup(arena, (const char *)data, size);
	oak_journal_parse(arena, bytes, strnlen(bytes, size), &entries, &used);
	if (used > size)
		abort();
	for (size_t i = 0; i < entries.list.n; i++)
		oak_buf_adds(&text, oak_journal_format(arena, &entries.list.v[i]));
	oak_journal_parse(arena, oak_buf_text(&text), text.n, &again, &used_again);
	if (again.torn || again.list.n != entries.list.n)
		abort();
	oak_journal_fold(&entries, &state);
	(void)oak_run_recovery(&state);
	oak_arena_free(arena);
	return 0;
}
