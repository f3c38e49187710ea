/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scan a root and print its inventory: scan_dump ROOT CACHE [refresh] [no-network] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/fs.h"
#include "core/sink.h"
#include "scanners/scanner.h"

int main(int argc, char **argv)
{
	struct oak_scan_request request = {.root = argc > 1 ? argv[1] : "/", .cache_dir = argc > 2 ? argv[2] : NULL,
					   .node_id = "00000000-0000-4000-8000-000000000000", .now = time(NULL)};
	for (int i = 3; i < argc; i++) {
		request.refresh |= strcmp(argv[i], "refresh") == 0;
		request.no_network |= strcmp(argv[i], "no-network") == 0;
	}
	struct oak_error err = {.kind = OAK_OK};
	struct oak_arena *arena = NULL;
	struct oak_inventory *inventory = NULL;
	char text[1024];
	if ((request.cache_dir && oak_fs_mkdirs(request.cache_dir, 0700, &err) < 0) ||
	    oak_scan(&request, &arena, &inventory, &err) < 0) {
		fprintf(stderr, "%s [%s]\n", oak_error_text(&err, text, sizeof(text)), err.id);
		return oak_error_exit(&err);
	}
	struct oak_buf out;
	struct oak_sink sink;
	oak_buf_init(&out, OAK_INVENTORY_MAX);
	oak_sink_json(&sink, &out);
	oak_inventory_format(inventory, &sink);
	fwrite(out.p, 1, out.n, stdout);
	oak_buf_done(&out);
	oak_arena_free(arena);
	return 0;
}
