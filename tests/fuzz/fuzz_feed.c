/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a feed: known by its beginning, read by its format into an index; accepted or refused, never worse. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/fs.h"
#include "fleet/feed/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64];

static void remove_dir(void)
{
	rmdir(dir); /* an index that is never published leaves nothing */
}

static void walk_slices(struct oak_str text, int depth)
{
	struct oak_slices slices;
	struct oak_str key, value;
	if (depth > 4 || !oak_slices_begin(&slices, text))
		return;
	while (oak_slices_next(&slices, &key, &value)) {
		if (value.p < text.p || value.p + value.n > text.p + text.n || !value.n)
			abort();
		walk_slices(value, depth + 1);
	}
	oak_slices_ended(&slices);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_str text = {(const char *)data, size};
	struct oak_feed_import options = {.dir = dir, .path = "fuzz", .now = 1795435200};
	if (!dir[0]) {
		snprintf(dir, sizeof(dir), "/tmp/oakum-fuzz-XXXXXX");
		if (!mkdtemp(dir))
			return 0;
		atexit(remove_dir);
	}
	walk_slices(text, 0);
	for (const struct oak_feed_format *f = oak_feed_formats; f->name; f++) {
		if (!f->looks(text))
			continue;
		struct oak_feed_reader reader = {.options = &options, .name = "fuzz"};
		struct oak_error err = {0};
		oak_buf_init(&reader.text, 1 << 20);
		if (f->read(&reader, text, &err) < 0 && !err.id)
			abort(); /* refused without a word */
		for (size_t i = 0; i < reader.n; i++)
			oak_feed_index_free(reader.index[i]);
		oak_buf_done(&reader.text);
		break;
	}
	return 0;
}
