/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files a target may share chunks with: other versions of its package in the cache, the installed one packed again from its tree,
 * and what an aborted download left. */
#include <string.h>
#include <unistd.h>

#include "cli/network.h"
#include "cli/package_dir.h"
#include "cli/repos_impl.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "distributor/package/rebuild.h"
#include "repo/delta.h"

enum { INDEX_MAX = 256 << 20, SEEDS_MAX = 32 };

struct seeds {
	struct oak_repo_client *client;
	const char *self; /* the target's own hash */
	const char *files[SEEDS_MAX];
	size_t n;
};

static const char *cached(struct oak_context *ctx, const char *hash)
{
	return oak_arena_printf(ctx->arena, "%s/cas/%.2s/%s", ctx->cache_dir, hash, hash);
}

static int find_seeds(struct seeds *s, const char *name)
{
	struct oak_context *ctx = s->client->ctx;
	struct oak_name_files files;
	if (oak_repo_client_files(s->client, name, &files) < 0)
		return -1;
	for (size_t i = 0; i < files.list.n && s->n + 2 < SEEDS_MAX; i++) {
		const char *hash = files.list.v[i].sha256;
		if (files.list.v[i].length < OAK_CHUNKS_LEAST_FILE || strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64 ||
		    oak_streq(hash, s->self))
			continue;
		const char *file = cached(ctx, hash);
		if (oak_fs_exists(file))
			s->files[s->n++] = file;
	}
	return 0;
}

/* The installed version of NAME as an archive, FILE; nothing where its own archive is in the cache still. */
static void add_installed(struct seeds *s, const char *name, const char *file)
{
	struct oak_context *ctx = s->client->ctx;
	OAK_AUTO(oak_pkgs_close) struct oak_pkgs pkgs = {.lock = -1};
	const char *dir = oak_package_store_dir(ctx);
	struct oak_generation *g;
	struct oak_error ignored = {0};
	if (!oak_package_name_check(name) || !oak_fs_is_dir(oak_arena_printf(ctx->arena, "%s/pkgs/%s", dir, name)) ||
	    oak_pkgs_open(ctx->arena, dir, ctx->root, false, &pkgs, &ignored) < 0)
		return;
	int current = oak_pkgs_current(&pkgs, name);
	if (!current || oak_generation_load(&pkgs, name, current, &g, &ignored) < 0 || oak_fs_exists(cached(ctx, g->archive_sha256)))
		return;
	unlink(file); /* of a call that was killed */
	if (oak_generation_rebuild(&pkgs, name, current, oak_processors(), file, &ignored) == 0)
		s->files[s->n++] = file;
	else
		unlink(file); /* then it saves nothing */
}

static int load_index(struct oak_repo_client *c, const struct oak_tuf_target *target, struct oak_chunks *ret)
{
	struct oak_context *ctx = c->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	const struct oak_tuf_target *index;
	struct oak_error ignored = {0}, before = ctx->err;
	const char *file;
	oak_buf_init(&text, INDEX_MAX);
	bool fine = oak_tuf_find(c->tuf, oak_arena_printf(ctx->arena, "%s.chunks", target->path), &index, &ignored) == 0 &&
		    oak_repo_client_target(c, index, &file) == 0 && oak_fs_read(file, &text, &ctx->err) == 0 &&
		    oak_chunks_parse(ctx->arena, oak_buf_text(&text), text.n, ret, &ctx->err) == 0;
	ctx->err = before; /* without an index the whole is fetched */
	return fine;
}

/* 1 = FILE is there, 0 = it is not, -1. */
static int assemble(struct seeds *seeds, const struct oak_tuf_target *target, const char *file)
{
	struct oak_repo_client *c = seeds->client;
	struct oak_context *ctx = c->ctx;
	struct oak_chunks index;
	bool done;
	if (!load_index(c, target, &index))
		return 0;
	struct oak_delta delta = {.mirrors = &c->mirrors,
				  .tuf = c->tuf,
				  .target = target,
				  .index = &index,
				  .seeds = seeds->files,
				  .seed_count = seeds->n,
				  .file = file,
				  .metered = oak_streq(oak_config_text(ctx, "network.metered"), "true")};
	if (oak_delta_fetch(&delta, &done, &ctx->err) < 0)
		return -1;
	if (done && ctx->verbose)
		oak_note(&ctx->out, "'%s': %lld bytes were here, %lld fetched", target->path, (long long)delta.reused, (long long)delta.fetched);
	return done;
}

int oak_repo_delta(struct oak_repo_client *c, const struct oak_tuf_target *target, const char *file)
{
	struct oak_context *ctx = c->ctx;
	struct oak_str rest = oak_str_of(target->path), kind, name;
	const char *part = oak_arena_printf(ctx->arena, "%s.part", file), *seed = oak_arena_printf(ctx->arena, "%s.seed", file);
	struct seeds seeds = {.client = c, .self = oak_target_sha256(target)};
	if (target->length < OAK_CHUNKS_LEAST_FILE || oak_ends_with(target->path, ".chunks") || !oak_str_next(&rest, '/', &kind) ||
	    !oak_str_eq(kind, OAK_STR("pkg")) || !oak_str_next(&rest, '/', &name))
		return 0;
	const char *package = oak_arena_strndup(ctx->arena, name.p, name.n);
	if (find_seeds(&seeds, package) < 0)
		return -1;
	add_installed(&seeds, package, seed);
	if (!seeds.n) /* a part alone is gone on with as it is */
		return 0;
	if (oak_fs_exists(part))
		seeds.files[seeds.n++] = part;
	int result = assemble(&seeds, target, file);
	unlink(seed);
	return result;
}
