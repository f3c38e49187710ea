/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes window documents; what is taken is written and read again, and asked. */
#include <stdint.h>
#include <stdlib.h>

#include "baseline/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct oak_zone *only_utc(void *arg, const char *name, struct oak_error *err)
{
	(void)arg, (void)name, (void)err;
	return oak_zone_utc();
}

static struct oak_window *read_window(struct oak_arena *arena, const char *text, size_t n, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_WINDOW_MAX};
	const struct oak_zones zones = {only_utc, NULL};
	const struct oak_value *doc;
	struct oak_window *window;
	if (oak_json_parse(arena, text, n, "fuzz", &limits, &doc, err) < 0 ||
	    oak_window_parse(arena, doc, "fuzz", &zones, &window, err) < 0)
		return NULL;
	return window;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	struct oak_window *window = read_window(arena, (const char *)data, size, &err);
	if (window) {
		const struct oak_calendars none = {NULL, 0};
		struct oak_opening o;
		struct oak_buf buf;
		struct oak_sink sink;
		oak_time t = 1795435200, unknown;
		if (oak_window_next(window, &none, t, t, &o, &unknown) && (o.opens <= t || o.cutoff > o.closes || o.cutoff <= o.opens))
			abort();
		oak_window_check(window, &none, t, &o);
		oak_buf_init(&buf, OAK_WINDOW_MAX);
		oak_sink_json(&sink, &buf);
		oak_window_format(window, &sink);
		struct oak_window *again = read_window(arena, oak_buf_text(&buf), buf.n, &err);
		if (!again || again->duration != window->duration || again->start != window->start)
			abort();
		oak_buf_done(&buf);
	}
	oak_arena_free(arena);
	return 0;
}
