/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo sync: a mirror of a repository of ours, of a Debian archive, or of an rpm repository. */
#include <stdlib.h>
#include <string.h>

#include "cli/network.h"
#include "cli/repos.h"
#include "cli/upstreams.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/lock.h"
#include "core/str.h"
#include "repo/mirror_folder.h"
#include "repo/place.h"
#include "repo/sync.h"

static const struct oak_opt opts[] = {
	{"to", 0, OAK_OPT_TEXT, "DIR", "the folder that becomes, or is, the mirror", OAK_OPT_NO_CONFIG},
	{"keep", 0, OAK_OPT_TEXT, "COUNT", "how many snapshots of an upstream stay (default: all)", 0},
	{"max-rate", 0, OAK_OPT_TEXT, "BYTES", "most bytes a second of each download, such as 500k or 2M", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

struct syncing {
	struct oak_context *ctx;
	const char *name, *dir;
	const char *stamp;
	size_t files, fetched, pruned;
	int64_t bytes, snapshot;
	struct oak_repo_client *client;
};

static void progress(void *arg, int64_t done, int64_t total)
{
	struct syncing *s = arg;
	oak_progress(&s->ctx->out, "fetching", done, total, -1);
}

static int print(struct syncing *s)
{
	struct oak_context *ctx = s->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_progress_end(&ctx->out);
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.sync/1");
		oak_put_string(&sink, "repository", s->name);
		if (s->snapshot)
			oak_put_int(&sink, "snapshot", s->snapshot);
		else
			oak_put_string(&sink, "snapshot", s->stamp);
		oak_put_int(&sink, "files", (int64_t)s->files);
		oak_put_int(&sink, "fetched", (int64_t)s->fetched);
		oak_put_int(&sink, "bytes", s->bytes);
		sink.ops->end_object(&sink);
	} else if (!s->snapshot && !s->stamp) {
		oak_buf_addf(&buf, "'%s' has nothing new\n", s->name);
	} else {
		oak_buf_addf(&buf, "'%s': %zu files, %zu of them fetched, %lld bytes\n", s->name, s->files, s->fetched, (long long)s->bytes);
	}
	return oak_out_end(&buf, &ctx->err);
}

static int max_rate(struct oak_context *ctx, int64_t *ret)
{
	const char *text = oak_opt_text(ctx, "max-rate");
	*ret = 0;
	return text ? oak_network_rate(ctx, "--max-rate", text, ret) : 0;
}

/* ---- ours ---- */

static int place_or_check(struct syncing *s, const struct oak_tuf_target *target, bool place)
{
	struct oak_context *ctx = s->ctx;
	struct oak_tuf *tuf = oak_repo_client_tuf(s->client);
	struct oak_error ignored = {0};
	const char *path, *file;
	if (oak_mirror_target_path(tuf, ctx->arena, target, &path, &ctx->err) < 0)
		return -1;
	const char *here = oak_arena_printf(ctx->arena, "%s/%s", s->dir, path);
	if (oak_fs_exists(here) && oak_tuf_check_file(target, here, &ignored) == 0)
		return 0;
	if (oak_repo_client_target(s->client, target, &file) < 0)
		return -1;
	if (place)
		return oak_place_file(file, here, &ctx->err);
	s->fetched++;
	s->bytes += target->length;
	return 0;
}

static int fetch_target(void *arg, const struct oak_tuf_target *target)
{
	struct syncing *s = arg;
	s->files++;
	return place_or_check(s, target, false);
}

static int place_target(void *arg, const struct oak_tuf_target *target)
{
	return place_or_check(arg, target, true);
}

/* Roots before the one that we trust: for those who begin with an older one. They are chained by signatures, so they need none of ours. */
static int get_old_root(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct syncing *s = arg;
	return oak_repo_client_metadata(s->client, name, max, out, err);
}

static int sync_ours(struct syncing *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_tuf_source old_root = {get_old_root, s};
	int64_t rate;
	s->client = max_rate(ctx, &rate) < 0 ? NULL : oak_repo_client_open_at(ctx, s->name, rate);
	if (!s->client)
		return -1;
	struct oak_tuf *tuf = oak_repo_client_tuf(s->client);
	int result = oak_tuf_each(tuf, fetch_target, s, &ctx->err) < 0 || oak_tuf_each(tuf, place_target, s, &ctx->err) < 0 ||
				     oak_mirror_publish(s->dir, oak_repos_trust_dir(ctx, s->name), &old_root, &ctx->err) < 0
			     ? -1
			     : 0;
	s->snapshot = oak_tuf_version(tuf, "snapshot");
	oak_repo_client_free(s->client);
	return result;
}

/* ---- upstream ---- */

static int sync_upstream(struct syncing *s, const char *work)
{
	struct oak_context *ctx = s->ctx;
	struct oak_upstream_config c;
	struct oak_mirrors mirrors;
	struct oak_mirror_limits limits;
	int64_t rate;
	if (oak_upstreams_load(ctx, s->name, &c) < 0 || max_rate(ctx, &rate) < 0 ||
	    oak_network_limits_at(ctx, rate, &limits) < 0)
		return -1;
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *fetcher = oak_network_fetcher_at(ctx, rate);
	if (!fetcher)
		return -1;
	oak_mirrors_init(&mirrors, ctx->arena, c.urls, c.url_count, fetcher, &limits);
	const struct oak_upstream upstream = {c.urls, c.url_count, c.suite, c.components, c.arches, c.component_count, c.arch_count, c.keyring, c.gpgcheck};
	struct oak_sync sync = {.arena = ctx->arena,
				.upstream = &upstream,
				.mirrors = &mirrors,
				.dir = s->dir,
				.cas = oak_arena_printf(ctx->arena, "%s/cas", ctx->cache_dir),
				.work = work,
				.now = oak_ctx_now(ctx),
				.stop = &oak_stop_signal,
				.progress = progress,
				.arg = s};
	if ((c.suite ? oak_sync_apt(&sync, &ctx->err) : oak_sync_rpm(&sync, &ctx->err)) < 0)
		return oak_context(&ctx->err, "upstream '%s'", s->name);
	s->stamp = sync.stamp;
	s->files = sync.files;
	s->fetched = sync.fetched;
	s->bytes = sync.bytes;
	int64_t keep = oak_opt_count(ctx, "keep", 0);
	return keep > 0 ? oak_sync_prune(ctx->arena, s->dir, (int)(keep > 100000 ? 100000 : keep), &s->pruned, &ctx->err) : 0;
}

/* One process at a time for a folder; its lock and the scratch of the call are in the cache, for a refusal leaves DIR alone. */
static int begin(struct oak_context *ctx, const char *dir, const char **ret_work, int *lock)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hash[OAK_SHA256_TEXT];
	char *full = realpath(dir, NULL);
	const char *known = full ? full : dir, *base = oak_arena_printf(ctx->arena, "%s/sync", ctx->cache_dir);
	oak_sha256(known, strlen(known), digest);
	oak_hex(digest, sizeof(digest), hash);
	free(full);
	*ret_work = oak_arena_printf(ctx->arena, "%s/%.16s", base, hash);
	if (oak_fs_mkdirs(base, 0700, &ctx->err) < 0 ||
	    oak_lock_take(oak_arena_printf(ctx->arena, "%s.lock", *ret_work), 0, &oak_stop_signal, lock, &ctx->err) < 0 ||
	    oak_fs_remove_tree(*ret_work, &ctx->err) < 0)
		return -1;
	return oak_fs_mkdirs(*ret_work, 0700, &ctx->err);
}

static int run(struct oak_context *ctx)
{
	struct syncing s = {.ctx = ctx, .name = ctx->args[0], .dir = oak_opt_text(ctx, "to")};
	OAK_AUTO(oak_lock_release) int lock = -1;
	struct oak_error ignored = {0};
	const char *work;
	if (!s.dir)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo sync' needs '--to DIR'");
	if (ctx->dry_run)
		return 0;
	if (begin(ctx, s.dir, &work, &lock) < 0)
		return -1;
	int result = oak_upstreams_has(ctx, s.name) ? sync_upstream(&s, work) : sync_ours(&s);
	if (oak_fs_remove_tree(work, &ignored) < 0)
		oak_warn(&ctx->out, "%s", ignored.cause);
	return result < 0 ? -1 : print(&s);
}

const struct oak_cmd oak_cmd_repo_sync = {
	.name = "repo sync",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "mirror a repository into a folder that any web server can carry",
	.description = "NAME was trusted by 'repo trust add': a repository of ours, or, with --apt or --rpm there, a distribution's. Everything is "
		       "verified with the repository's own keys, and its checksums, before DIR changes; a refused sync changes no file. What an "
		       "interrupted one fetched is gone on with.\n\n"
		       "A distribution's repository becomes DIR/snapshots/DATE, whole and as it was signed, and DIR/current points to the newest; "
		       "snapshots share their files. A repository of ours is DIR itself.",
	.opts = opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
