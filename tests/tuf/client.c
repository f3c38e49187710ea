/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client on liboaktuf that speaks the protocol of the TUF conformance suite:
 *   --metadata-dir DIR init ROOT
 *   --metadata-dir DIR --metadata-url URL refresh
 *   --metadata-dir DIR --metadata-url URL --target-name NAME --target-base-url URL --target-dir DIR download
 * Exit 0 or 1. Time comes from time(2), so that faketime can move it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/http.h"
#include "core/str.h"
#include "repo/tuf.h"

struct call {
	const char *metadata_dir, *metadata_url, *target_name, *target_base_url, *target_dir;
	const char *command, *argument;
	struct oak_fetcher *fetcher;
	struct oak_arena *arena;
};

static const struct {
	const char *name;
	size_t offset;
} options[] = {
	{"--metadata-dir", offsetof(struct call, metadata_dir)},       {"--metadata-url", offsetof(struct call, metadata_url)},
	{"--target-name", offsetof(struct call, target_name)},	       {"--target-base-url", offsetof(struct call, target_base_url)},
	{"--target-dir", offsetof(struct call, target_dir)},
};

static int fail(const struct oak_error *err)
{
	char text[1100];
	fprintf(stderr, "oaktuf-client: %s\n", oak_error_text(err, text, sizeof(text)));
	return 1;
}

static const char *join(struct oak_arena *arena, const char *base, const char *rest)
{
	return oak_arena_printf(arena, "%s%s%s", base, oak_ends_with(base, "/") ? "" : "/", rest);
}

static int get(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct call *c = arg;
	struct oak_transfer transfer = {.url = join(c->arena, c->metadata_url, name), .body = out, .max_bytes = max};
	return oak_fetch_one(c->fetcher, &transfer, err);
}

static int init(struct call *c, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf root;
	oak_buf_init(&root, OAK_TUF_ROOT_MAX);
	if (oak_fs_read(c->argument, &root, err) < 0)
		return -1;
	return oak_tuf_init(c->metadata_dir, oak_buf_text(&root), root.n, true, err);
}

static int download(struct call *c, struct oak_tuf *tuf, struct oak_error *err)
{
	const struct oak_tuf_target *target;
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, 1 << 30);
	if (oak_tuf_find(tuf, c->target_name, &target, err) < 0)
		return -1;
	const char *file = join(c->arena, c->target_dir, oak_tuf_quote(c->arena, target->path, false));
	struct oak_error ignored = {0};
	if (oak_fs_exists(file) && oak_tuf_check_file(target, file, &ignored) == 0)
		return 0;
	struct oak_transfer transfer = {.url = join(c->arena, c->target_base_url, oak_tuf_target_url(tuf, c->arena, target)),
					.body = &bytes,
					.max_bytes = target->length ? target->length : 1};
	if (oak_fetch_one(c->fetcher, &transfer, err) < 0 ||
	    oak_tuf_check_bytes(target, oak_buf_text(&bytes), bytes.n, err) < 0)
		return -1;
	return oak_fs_write_atomic(file, oak_buf_text(&bytes), bytes.n, 0644, err);
}

static int refresh(struct call *c, struct oak_error *err)
{
	const struct oak_http_options http = {.tries = 1, .total_s = 60};
	const struct oak_tuf_options tuf_options = {
		.dir = c->metadata_dir, .metadata = {get, c}, .now = (oak_time)time(NULL), .opaque_keyids = true};
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *fetcher = oak_http_new(&http, err);
	OAK_AUTO(oak_tuf_close_p) struct oak_tuf *tuf = fetcher ? oak_tuf_open(&tuf_options, err) : NULL;
	c->fetcher = fetcher;
	if (!tuf || oak_tuf_refresh(tuf, err) < 0)
		return -1;
	return strcmp(c->command, "download") == 0 ? download(c, tuf, err) : 0;
}

int main(int argc, char **argv)
{
	struct call c = {.arena = oak_arena_new()};
	struct oak_error err = {0};
	for (int i = 1; i < argc; i++) {
		bool known = false;
		for (size_t k = 0; k < sizeof(options) / sizeof(*options) && !known; k++) {
			known = strcmp(argv[i], options[k].name) == 0 && i + 1 < argc;
			if (known)
				*(const char **)((char *)&c + options[k].offset) = argv[++i];
		}
		if (!known && !c.command)
			c.command = argv[i];
		else if (!known)
			c.argument = argv[i];
	}
	bool is_init = c.command && strcmp(c.command, "init") == 0 && c.argument;
	bool is_refresh = c.command && strcmp(c.command, "refresh") == 0 && c.metadata_url;
	bool is_download = c.command && strcmp(c.command, "download") == 0 && c.metadata_url && c.target_name && c.target_base_url &&
			   c.target_dir;
	if (!c.metadata_dir || !(is_init || is_refresh || is_download)) {
		fprintf(stderr, "usage: oaktuf-client --metadata-dir DIR init ROOT | --metadata-url URL refresh | … download\n");
		return 2;
	}
	int result = is_init ? init(&c, &err) : refresh(&c, &err);
	if (result < 0)
		result = fail(&err);
	oak_arena_free(c.arena);
	return result;
}
