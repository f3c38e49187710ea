/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw targets and headers of requests, one a line: what is taken as a path stays below the folder; ranges lie inside the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "repo/serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *raw)
{
	char path[OAK_SERVE_PATH_MAX];
	if (!oak_serve_path(raw, path))
		return;
	struct oak_str rest = oak_str_of(path), part;
	if (!rest.n || path[0] == '/' || strchr(path, '\\') || !oak_utf8_check(path, strlen(path)))
		abort();
	while (oak_str_next(&rest, '/', &part))
		if (!part.n || part.p[0] == '.')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_str rest = {(const char *)data, size}, line = OAK_STR("");
	const char *lines[7] = {"", "", "", "", "", "", ""};
	if (size > 65536)
		return 0;
	for (size_t i = 0; i < 7 && oak_str_next(&rest, '\n', &line); i++)
		lines[i] = oak_arena_strndup(arena, line.p ? line.p : "", line.n);
	check_path(lines[0]);
	const struct oak_serve_conditions asked = {lines[1], lines[2], lines[3], lines[4], lines[5], lines[6]};
	for (int64_t n = 0; n < 1000; n = 3 * n + 1) {
		struct oak_serve_answer a = oak_serve_decide(&asked, "\"1-2\"", 784111777, n);
		if (a.from < 0 || a.length < 0 || a.from + a.length > n)
			abort();
	}
	return 0;
}
