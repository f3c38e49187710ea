/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client side of repositories: mirrors, cache, and what a reference names. */
#include "cli/repos.h"
#include "cli/repos_impl.h"

#include <stdlib.h>
#include <string.h>

#include "cli/network.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/lock.h"
#include "core/str.h"

enum { CONFIG_MAX = 1 << 20, PAGE_MAX = 256 << 20, LOCK_WAIT_S = 3600, ROUNDS = 3, BACKOFF_MS = 250, CLOCK_SLACK_S = 3600 };

bool oak_repos_name_ok(const char *name)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(name);
	return n >= 1 && n <= 64 && strspn(name, fine) == n && name[0] != '.' && name[0] != '-';
}

static const char *folder(struct oak_context *ctx)
{
	return oak_arena_printf(ctx->arena, "%s/tuf", ctx->state_dir);
}

static const char *config_path(struct oak_context *ctx, const char *name)
{
	return oak_arena_printf(ctx->arena, "%s/%s.json", folder(ctx), name);
}

static const char *metadata_dir(struct oak_context *ctx, const char *name)
{
	return oak_arena_printf(ctx->arena, "%s/%s", folder(ctx), name);
}

static int bad_name(struct oak_context *ctx, const char *name)
{
	return oak_fail(&ctx->err, OAK_INVALID, "repo.name", 0,
			"'%s' cannot be a repository's name (letters, digits, ._- and at most 64 of them)", name);
}

const char *oak_repos_mirror_dir(struct oak_context *ctx, const char *name)
{
	return oak_arena_printf(ctx->arena, "%s/mirror/%s", ctx->state_dir, name);
}

const char *oak_repos_trust_dir(struct oak_context *ctx, const char *name)
{
	return metadata_dir(ctx, name);
}

static int write_config(struct oak_context *ctx, const char *name, const char *const *urls, size_t count, bool opaque, oak_time until,
			int64_t timestamp)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, CONFIG_MAX);
	oak_sink_json(&sink, &text);
	sink.ops->begin_object(&sink);
	oak_put_strings(&sink, "urls", urls, count);
	oak_put_bool_opt(&sink, "opaqueKeyids", opaque);
	if (until > 0) {
		oak_put_time(&sink, "acceptExpiredUntil", until);
		oak_put_int(&sink, "acceptTimestamp", timestamp);
	}
	sink.ops->end_object(&sink);
	return oak_fs_write_atomic(config_path(ctx, name), text.p, text.n, 0644, &ctx->err);
}

int oak_repos_trust(struct oak_context *ctx, const char *name, const char *root_file, const char *const *urls, size_t count,
		    bool opaque_keyids)
{
	OAK_AUTO(oak_buf_done) struct oak_buf root;
	oak_buf_init(&root, OAK_TUF_ROOT_MAX);
	if (!oak_repos_name_ok(name))
		return bad_name(ctx, name);
	if (oak_fs_read(root_file, &root, &ctx->err) < 0)
		return oak_input_missing(&ctx->err);
	if (ctx->dry_run)
		return 0;
	if (oak_ctx_audit(ctx, "repo.trust", name, count ? urls[0] : NULL) < 0)
		return -1;
	/* trust of another root than before begins anew */
	if (oak_tuf_init(metadata_dir(ctx, name), oak_buf_text(&root), root.n, opaque_keyids, &ctx->err) < 0)
		return oak_context(&ctx->err, "'%s'", root_file);
	return write_config(ctx, name, urls, count, opaque_keyids, OAK_TIME_NONE, 0);
}

int oak_repos_forget(struct oak_context *ctx, const char *name)
{
	if (ctx->dry_run)
		return 0;
	/* the configuration first: what is left over after a crash is trusted no more */
	if (oak_ctx_audit(ctx, "repo.untrust", name, NULL) < 0 || oak_fs_remove(config_path(ctx, name), &ctx->err) < 0 ||
	    oak_fs_remove_tree(metadata_dir(ctx, name), &ctx->err) < 0)
		return -1;
	return oak_fs_remove_tree(oak_repos_mirror_dir(ctx, name), &ctx->err);
}

bool oak_repos_has(struct oak_context *ctx, const char *name)
{
	return oak_repos_name_ok(name) && oak_fs_exists(config_path(ctx, name));
}

int oak_repos_names(struct oak_context *ctx, const char *const **ret, size_t *ret_n)
{
	const char *const *files;
	size_t n;
	if (oak_fs_list(ctx->arena, folder(ctx), ".json", &files, &n, &ctx->err) < 0)
		return -1;
	const char **names = oak_arena_alloc(ctx->arena, (n + 1) * sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = oak_arena_strndup(ctx->arena, files[i], strlen(files[i]) - 5);
	*ret = names;
	*ret_n = n;
	return 0;
}

static int read_config(struct oak_repo_client *c)
{
	struct oak_context *ctx = c->ctx;
	const struct oak_value_limits limits = {.bytes = CONFIG_MAX};
	const struct oak_value *doc;
	if (!oak_repos_name_ok(c->name))
		return bad_name(ctx, c->name);
	if (!oak_fs_exists(config_path(ctx, c->name)))
		return oak_fail(&ctx->err, OAK_INVALID, "repo.unknown", 0,
				"repository '%s' is not trusted here (run 'oakum repo trust add %s --url URL --root FILE')", c->name, c->name);
	if (oak_value_load(ctx->arena, config_path(ctx, c->name), &limits, &doc, &ctx->err) < 0)
		return -1;
	const struct oak_value *urls = oak_value_get(doc, "urls"), *opaque = oak_value_get(doc, "opaqueKeyids");
	c->opaque = opaque && opaque->kind == OAK_VALUE_BOOL && opaque->boolean;
	c->urls = oak_arena_alloc(ctx->arena, ((urls ? urls->array.n : 0) + 1) * sizeof(*c->urls)); /* and one of bundles */
	for (size_t i = 0; urls && urls->kind == OAK_VALUE_ARRAY && i < urls->array.n; i++)
		c->urls[c->url_count++] = oak_value_string(&urls->array.v[i]);
	const struct oak_value *until = oak_value_get(doc, "acceptExpiredUntil"), *timestamp = oak_value_get(doc, "acceptTimestamp");
	c->accept_until = OAK_TIME_NONE;
	if (until && timestamp && timestamp->kind == OAK_VALUE_INT && oak_value_string(until) &&
	    oak_time_parse(until->string, &c->accept_until))
		c->accept_timestamp = timestamp->integer;
	return 0;
}

/* What bundles brought is a mirror, too: the last one. */
static void add_bundle_mirror(struct oak_repo_client *c)
{
	const char *dir = oak_repos_mirror_dir(c->ctx, c->name);
	if (oak_fs_exists(oak_arena_printf(c->ctx->arena, "%s/metadata/timestamp.json", dir)))
		c->urls[c->url_count++] = dir;
}

int oak_repos_load(struct oak_context *ctx, const char *name, struct oak_repos_config *ret)
{
	struct oak_repo_client c = {.ctx = ctx, .name = name};
	if (read_config(&c) < 0)
		return -1;
	*ret = (struct oak_repos_config){c.urls, c.url_count, c.opaque, c.accept_until, c.accept_timestamp};
	return 0;
}

int oak_repos_root(struct oak_context *ctx, const char *name, struct oak_repos_root *ret)
{
	const struct oak_value_limits limits = {.bytes = OAK_TUF_ROOT_MAX};
	const struct oak_value *doc;
	if (oak_value_load(ctx->arena, oak_arena_printf(ctx->arena, "%s/root.json", metadata_dir(ctx, name)), &limits, &doc, &ctx->err) < 0)
		return oak_context(&ctx->err, "repository '%s'", name);
	const struct oak_value *body = oak_value_get(doc, "signed"), *role = oak_value_get(oak_value_get(body, "roles"), "root");
	const struct oak_value *ids = oak_value_get(role, "keyids"), *version = oak_value_get(body, "version"), *threshold = oak_value_get(role, "threshold");
	size_t n = ids && ids->kind == OAK_VALUE_ARRAY ? ids->array.n : 0;
	const char **keyids = oak_arena_alloc(ctx->arena, (n + 1) * sizeof(*keyids));
	for (size_t i = 0; i < n; i++)
		keyids[i] = oak_value_string(&ids->array.v[i]);
	*ret = (struct oak_repos_root){.version = version && version->kind == OAK_VALUE_INT ? version->integer : 0,
				       .threshold = threshold && threshold->kind == OAK_VALUE_INT ? threshold->integer : 0,
				       .keyids = keyids, .keyid_count = n};
	return 0;
}

int oak_repos_accept_expired(struct oak_context *ctx, const char *name, oak_time until, int64_t timestamp)
{
	struct oak_repos_config known;
	char text[OAK_TIME_TEXT], old[OAK_TIME_TEXT];
	if (oak_repos_load(ctx, name, &known) < 0)
		return -1;
	if (known.accept_until > 0 && known.accept_timestamp == timestamp && known.accept_until != until)
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "repo.postponed", 0,
				"the expiry of this bundle was postponed once, until %s (get a newer bundle)", oak_time_format(known.accept_until, old));
	if (known.accept_until == until && known.accept_timestamp == timestamp)
		return 0;
	const char *detail = oak_arena_printf(ctx->arena, "expired metadata of timestamp %lld are accepted until %s", (long long)timestamp,
					      oak_time_format(until, text));
	if (oak_ctx_audit(ctx, "repo.accept-expired", name, detail) < 0)
		return -1;
	return write_config(ctx, name, known.urls, known.url_count, known.opaque, until, timestamp);
}

/* All mirrors failed: waiting a little helps against what passes by itself, and a random time keeps a fleet from coming back at once. */
static bool wait_for_another_round(struct oak_context *ctx, int round)
{
	if (ctx->err.kind != OAK_TRANSIENT || ctx->no_network || round >= ROUNDS - 1)
		return false;
	oak_network_pause(ctx, BACKOFF_MS << round);
	return !oak_stop_signal;
}

/* A clock that was set back would make expired metadata fresh: it may not be before the last refresh. --at is asked for, not a clock. */
static int check_clock(struct oak_repo_client *c)
{
	struct oak_context *ctx = c->ctx;
	char text[OAK_TIME_TEXT] = "", now[OAK_TIME_TEXT];
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_error ignored = {0};
	const char *file = oak_arena_printf(ctx->arena, "%s/.clock", metadata_dir(ctx, c->name));
	oak_buf_init(&buf, 4096);
	c->floor = OAK_TIME_NONE;
	if (ctx->at_given || !oak_fs_exists(file) || oak_fs_read(file, &buf, &ignored) < 0)
		return 0;
	struct oak_str said = oak_str_trim(oak_str_of(oak_buf_text(&buf)));
	if (!oak_time_parse(oak_arena_strndup(ctx->arena, said.p, said.n), &c->floor) ||
	    oak_ctx_now(ctx) + CLOCK_SLACK_S >= c->floor)
		return 0;
	return oak_fail(&ctx->err, OAK_UNTRUSTED, "repo.clock", 0,
			"the clock says %s, but repository '%s' was refreshed at %s (set the clock; if that one was wrong, remove '%s')",
			oak_time_format(oak_ctx_now(ctx), now), c->name, oak_time_format(c->floor, text), file);
}

static void note_clock(struct oak_repo_client *c)
{
	struct oak_context *ctx = c->ctx;
	char text[OAK_TIME_TEXT];
	struct oak_error ignored = {0};
	if (ctx->at_given || (c->floor != OAK_TIME_NONE && oak_ctx_now(ctx) < c->floor + CLOCK_SLACK_S))
		return;
	oak_time_format(oak_ctx_now(ctx), text);
	if (oak_fs_write_atomic(oak_arena_printf(ctx->arena, "%s/.clock", metadata_dir(ctx, c->name)), text, strlen(text), 0644, &ignored) < 0)
		return; /* a state folder that cannot be written to has no floor; the refresh itself was right */
}

static int refresh(struct oak_repo_client *c)
{
	struct oak_context *ctx = c->ctx;
	if (check_clock(c) < 0)
		return -1;
	const struct oak_tuf_options options = {.dir = metadata_dir(ctx, c->name),
						.now = oak_ctx_now(ctx),
						.opaque_keyids = c->opaque,
						.accept_expired_until = c->accept_until > 0 ? c->accept_until : 0,
						.accept_timestamp = c->accept_timestamp};
	for (int round = 0;; round++) {
		if (oak_mirrors_refresh(&c->mirrors, &options, &c->tuf, &ctx->err) == 0) {
			note_clock(c);
			return 0;
		}
		if (!wait_for_another_round(ctx, round))
			return oak_context(&ctx->err, "repository '%s'", c->name);
	}
}

/* A delegated role did not come, or not as signed: all metadata again, from another mirror. */
static int another_mirror(struct oak_repo_client *c)
{
	struct oak_error why = c->ctx->err;
	oak_mirrors_blame(&c->mirrors, &why);
	if (c->url_count < 2 || why.kind == OAK_INTERRUPTED)
		return -1;
	oak_tuf_close(oak_steal(&c->tuf));
	return refresh(c);
}

struct oak_repo_client *oak_repo_client_open(struct oak_context *ctx, const char *name)
{
	return oak_repo_client_open_at(ctx, name, 0);
}

struct oak_repo_client *oak_repo_client_open_at(struct oak_context *ctx, const char *name, int64_t max_rate)
{
	struct oak_repo_client *c = oak_alloc_zero(1, sizeof(*c));
	struct oak_mirror_limits limits;
	c->ctx = ctx;
	c->name = oak_arena_strdup(ctx->arena, name);
	if (read_config(c) == 0 && oak_network_limits_at(ctx, max_rate, &limits) == 0 &&
	    (c->fetcher = oak_network_fetcher_at(ctx, max_rate))) {
		add_bundle_mirror(c);
		oak_mirrors_init(&c->mirrors, ctx->arena, c->urls, c->url_count, c->fetcher, &limits);
		oak_network_jitter(ctx);
		if (refresh(c) == 0)
			return c;
	}
	oak_repo_client_free(c);
	return NULL;
}

void oak_repo_client_free(struct oak_repo_client *c)
{
	if (!c)
		return;
	oak_tuf_close(c->tuf);
	oak_fetcher_free(c->fetcher);
	free(c);
}

struct oak_tuf *oak_repo_client_tuf(struct oak_repo_client *c)
{
	return c->tuf;
}

const char *oak_target_sha256(const struct oak_tuf_target *target)
{
	for (size_t i = 0; i < target->hash_count; i++)
		if (oak_streq(target->hashes[i].algorithm, "sha256"))
			return target->hashes[i].hex;
	return NULL;
}

int oak_repo_client_file(struct oak_repo_client *c, const char *path, const char **ret_file)
{
	struct oak_context *ctx = c->ctx;
	const struct oak_tuf_target *target;
	size_t tries = 0;
	while (oak_tuf_find(c->tuf, path, &target, &ctx->err) < 0)
		if (oak_streq(ctx->err.id, "tuf.no-target") || tries++ >= c->url_count || another_mirror(c) < 0)
			return oak_context(&ctx->err, "repository '%s'", c->name);
	return oak_repo_client_target(c, target, ret_file);
}

int oak_repo_client_target(struct oak_repo_client *c, const struct oak_tuf_target *target, const char **ret_file)
{
	struct oak_context *ctx = c->ctx;
	struct oak_error ignored = {0};
	OAK_AUTO(oak_lock_release) int lock = -1;
	const char *hash = oak_target_sha256(target);
	if (!hash || strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64)
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "tuf.mismatch", 0, "target '%s' has no sha256", target->path);
	const char *dir = oak_arena_printf(ctx->arena, "%s/cas/%.2s", ctx->cache_dir, hash);
	const char *file = oak_arena_printf(ctx->arena, "%s/%s", dir, hash);
	*ret_file = file;
	if (oak_fs_exists(file) && oak_tuf_check_file(target, file, &ignored) == 0)
		return 0;
	/* two processes would write into one part file */
	if (oak_fs_mkdirs(dir, 0700, &ctx->err) < 0 ||
	    oak_lock_take(oak_arena_printf(ctx->arena, "%s/.lock", dir), LOCK_WAIT_S, &oak_stop_signal, &lock, &ctx->err) < 0)
		return -1;
	if (oak_fs_exists(file) && oak_tuf_check_file(target, file, &ignored) == 0)
		return 0;
	int done = oak_repo_delta(c, target, file);
	if (done != 0)
		return done < 0 ? -1 : 0;
	for (int round = 0;; round++) {
		if (oak_mirrors_fetch(&c->mirrors, c->tuf, target, file, &ctx->err) == 0)
			return 0;
		if (!wait_for_another_round(ctx, round))
			return -1;
	}
}

int oak_repo_client_metadata(struct oak_repo_client *c, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	return oak_mirrors_metadata(&c->mirrors, name, max, out, err);
}

struct files {
	struct oak_arena *arena;
	struct oak_name_files *found;
};

static int add_file(void *arg, const struct oak_tuf_target *target)
{
	struct files *f = arg;
	const char *hash = oak_target_sha256(target);
	if (hash)
		*oak_push(f->arena, &f->found->list) = (struct oak_name_file){target->path, hash, target->length};
	return 0;
}

/* The index of a name, which a repository with bins has; 0 = there is none, 1 = read. */
static int read_index(struct oak_repo_client *c, const char *name, struct oak_name_files *ret)
{
	struct oak_context *ctx = c->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	const char *file;
	oak_buf_init(&bytes, PAGE_MAX);
	if (oak_repo_client_file(c, oak_name_index_path(ctx->arena, name), &file) < 0) {
		if (!oak_streq(ctx->err.id, "tuf.no-target"))
			return -1;
		ctx->err = (struct oak_error){0};
		return 0;
	}
	if (oak_fs_read(file, &bytes, &ctx->err) < 0 || oak_name_index_parse(ctx->arena, oak_buf_text(&bytes), bytes.n, ret, &ctx->err) < 0)
		return -1;
	return 1;
}

int oak_repo_client_files(struct oak_repo_client *c, const char *name, struct oak_name_files *ret)
{
	struct oak_arena *arena = c->ctx->arena;
	struct files files = {arena, ret};
	*ret = (struct oak_name_files){0};
	int result = read_index(c, name, ret);
	if (result != 0)
		return result < 0 ? -1 : 0;
	return oak_tuf_each_below(c->tuf, oak_arena_printf(arena, "pkg/%s/", name), add_file, &files, &c->ctx->err);
}

int oak_repo_client_versions(struct oak_repo_client *c, const char *name, const char *const **ret, size_t *ret_n)
{
	struct oak_arena *arena = c->ctx->arena;
	struct oak_name_files files;
	OAK_VEC(const char *) list = {0};
	const char *prefix = oak_arena_printf(arena, "pkg/%s/", name);
	if (oak_repo_client_files(c, name, &files) < 0)
		return -1;
	for (size_t i = 0; i < files.list.n; i++) {
		const char *path = files.list.v[i].path, *version = path + strlen(prefix);
		const char *slash = oak_starts_with(path, prefix) ? strchr(version, '/') : NULL;
		if (oak_streq(slash, "/manifest.json"))
			*oak_push(arena, &list) = oak_arena_strndup(arena, version, (size_t)(slash - version));
	}
	*ret = list.v;
	*ret_n = list.n;
	return 0;
}

bool oak_repos_is_reference(const char *text)
{
	return oak_starts_with(text, "repo:") || oak_starts_with(text, "http://") || oak_starts_with(text, "https://");
}

/* What a web address gives now, as a file in the cache. */
static int fetch_page(struct oak_context *ctx, const char *url, const char **ret_file)
{
	char hash[OAK_SHA256_TEXT];
	unsigned char digest[OAK_SHA256_SIZE];
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *fetcher = oak_network_fetcher(ctx);
	const char *dir = oak_arena_printf(ctx->arena, "%s/input", ctx->cache_dir);
	oak_sha256(url, strlen(url), digest);
	oak_hex(digest, sizeof(digest), hash);
	const char *end = oak_ends_with(url, ".json") ? ".json" : oak_ends_with(url, ".ics") ? ".ics" : ".yaml";
	struct oak_transfer transfer = {.url = url, .max_bytes = PAGE_MAX, .refuse_html = true, .total_s = 120};
	transfer.to = oak_arena_printf(ctx->arena, "%s/%.16s%s", dir, hash, end);
	if (!fetcher || oak_fs_mkdirs(dir, 0700, &ctx->err) < 0 || oak_fetch_one(fetcher, &transfer, &ctx->err) < 0)
		return -1;
	if (oak_starts_with(url, "http:"))
		oak_warn(&ctx->out, "'%s' is not signed: who carries it may change it (use https or a repository)", url);
	*ret_file = transfer.to;
	return 0;
}

int oak_repos_resolve(struct oak_context *ctx, const char *reference, const char **ret_file)
{
	if (!oak_starts_with(reference, "repo:") && oak_repos_is_reference(reference))
		return fetch_page(ctx, reference, ret_file);
	const char *rest = oak_starts_with(reference, "repo:") ? reference + 5 : reference, *slash = strchr(rest, '/');
	if (!slash || !slash[1])
		return oak_fail(&ctx->err, OAK_INVALID, "repo.name", 0, "'%s' must be 'repo:NAME/path'", reference);
	OAK_AUTO(oak_repo_client_free_p) struct oak_repo_client *client =
		oak_repo_client_open(ctx, oak_arena_strndup(ctx->arena, rest, (size_t)(slash - rest)));
	return client ? oak_repo_client_file(client, slash + 1, ret_file) : -1;
}
