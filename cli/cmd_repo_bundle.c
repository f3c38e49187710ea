/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo export, import: a repository in one tar, to where no network reaches. */
#include <stdlib.h>
#include <string.h>

#include "cli/signers.h"
#include "cli/repos.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/bundle.h"

enum { LOCK_WAIT_S = 0 };

static int print(struct oak_context *ctx, const char *what, const struct oak_bundle_counts *counts)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.bundle/1");
		oak_put_int(&sink, "snapshot", counts->snapshot);
		oak_put_int(&sink, "targets", (int64_t)counts->targets);
		oak_put_int(&sink, "bytes", counts->bytes);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "snapshot %lld: %zu files %s, %lld bytes\n", (long long)counts->snapshot, counts->targets, what,
			     (long long)counts->bytes);
	}
	return oak_out_end(&buf, &ctx->err);
}

/* An empty folder of this command's, and the lock that keeps another from it. */
static int work_folder(struct oak_context *ctx, const char *name, const char **ret, int *lock)
{
	const char *dir = oak_arena_printf(ctx->arena, "%s/bundle", ctx->cache_dir);
	*ret = oak_arena_printf(ctx->arena, "%s/%s", dir, name);
	if (oak_fs_mkdirs(dir, 0700, &ctx->err) < 0 ||
	    oak_lock_take(oak_arena_printf(ctx->arena, "%s.lock", *ret), LOCK_WAIT_S, &oak_stop_signal, lock, &ctx->err) < 0 ||
	    oak_fs_remove_tree(*ret, &ctx->err) < 0) /* what a crash left */
		return -1;
	return oak_fs_mkdirs(*ret, 0700, &ctx->err);
}

static void remove_work(const char *folder)
{
	struct oak_error ignored = {0};
	if (oak_fs_remove_tree(folder, &ignored) < 0)
		return; /* the next call does */
}

static const struct oak_opt export_opts[] = {
	{"to", 0, OAK_OPT_TEXT, "TAR", "where the bundle is written", OAK_OPT_NO_CONFIG},
	{"since", 0, OAK_OPT_TEXT, "COUNT", "leave out files that snapshot version COUNT had: for who imported that one", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run_export(struct oak_context *ctx)
{
	struct oak_bundle_counts counts;
	OAK_AUTO(oak_lock_release) int lock = -1;
	struct oak_bundle_export x = {
		.dir = ctx->args[0], .to = oak_opt_text(ctx, "to"), .since = oak_opt_count(ctx, "since", 0), .now = oak_ctx_now(ctx)};
	if (!x.to)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo export' needs '--to TAR'");
	if (ctx->dry_run)
		return 0;
	if (work_folder(ctx, "export", &x.scratch, &lock) < 0)
		return -1;
	int result = oak_bundle_export(&x, &counts, &ctx->err);
	remove_work(x.scratch);
	return result < 0 ? oak_context(&ctx->err, "repository '%s'", x.dir) : print(ctx, "written", &counts);
}

const struct oak_cmd oak_cmd_repo_export = {
	.name = "repo export",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "put a repository into one tar, for a place without network",
	.description = "The tar holds all metadata from the first root on and every target, or with --since only targets that came after that "
		       "snapshot; 'oakum repo import' reads it. DIR is a repository of yours or a mirror that 'repo sync' made. Everything is "
		       "checked first; a damaged repository gives no bundle.",
	.opts = export_opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_export,
};

static const struct oak_opt import_opts[] = {
	{"repo", 0, OAK_OPT_TEXT, "NAME", "the trusted repository that the bundle is of", OAK_OPT_NO_CONFIG},
	{"accept-expired-until", 0, OAK_OPT_TEXT, "DATE", "let expired metadata of this bundle pass until DATE; logged, once a bundle", OAK_OPT_NO_CONFIG},
	{"to", 0, OAK_OPT_TEXT, "DIR", "the mirror folder to bring up to date (default: one in the state folder)", OAK_OPT_NO_CONFIG},
	{"resign", 0, OAK_OPT_TEXT, "DIR", "publish what came in this repository too, with its own keys", OAK_OPT_NO_CONFIG},
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "sign with this key (with --resign)", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys (with --resign)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

struct importing {
	struct oak_context *ctx;
	const char *name;
	oak_time until; /* OAK_TIME_NONE = expired metadata do not pass */
	struct oak_repo repo;
	bool resigns;
};

static int accept(void *arg, int64_t timestamp, struct oak_error *err)
{
	struct importing *i = arg;
	(void)err; /* it is the context's */
	return i->until > 0 ? oak_repos_accept_expired(i->ctx, i->name, i->until, timestamp) : 0;
}

/* A target of theirs becomes one of ours, under the same path. */
static int resign(void *arg, const struct oak_tuf_target *target, const char *file, struct oak_error *err)
{
	struct importing *i = arg;
	bool new;
	bool policy = oak_starts_with(target->path, "policy/");
	if (!i->resigns || (!policy && !oak_starts_with(target->path, "pkg/")) || oak_is_name_index(target->path))
		return 0;
	return oak_repo_stage(&i->repo, file, target->path, policy ? "policy" : "packages-main", target->custom, &new, err);
}

static int publish(struct importing *i)
{
	struct oak_repo_signers signers = {0};
	struct oak_context *ctx = i->ctx;
	int result = oak_repo_signers_open(ctx, &i->repo, &signers) < 0 ||
				     oak_repo_publish(&i->repo, &signers, oak_ctx_now(ctx), &ctx->err) < 0
			     ? -1
			     : 0;
	for (size_t k = 0; k < signers.n; k++)
		oak_signer_free(signers.v[k]);
	return result;
}

static int parse_until(struct oak_context *ctx, oak_time *ret)
{
	const char *text = oak_opt_text(ctx, "accept-expired-until");
	*ret = OAK_TIME_NONE;
	if (!text)
		return 0;
	const char *whole = strlen(text) == 10 ? oak_arena_printf(ctx->arena, "%sT00:00:00Z", text) : text;
	if (!oak_time_parse(whole, ret))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0,
				"'--accept-expired-until' cannot be '%s' (give a date, such as 2026-12-24)", text);
	if (*ret <= oak_ctx_now(ctx))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'--accept-expired-until' is over already: '%s'", text);
	return 0;
}

static int import(struct importing *i, struct oak_bundle_import *x, struct oak_bundle_counts *counts)
{
	struct oak_context *ctx = i->ctx;
	if (oak_bundle_import(x, counts, &ctx->err) < 0)
		return oak_context(&ctx->err, "bundle '%s'", x->tar);
	return i->resigns ? publish(i) : 0;
}

static int run_import(struct oak_context *ctx)
{
	struct importing i = {.ctx = ctx, .name = oak_opt_text(ctx, "repo")};
	struct oak_repos_config known;
	struct oak_bundle_counts counts;
	OAK_AUTO(oak_lock_release) int lock = -1;
	const char *to = oak_opt_text(ctx, "to"), *own = oak_opt_text(ctx, "resign");
	if (!i.name)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'repo import' needs '--repo NAME'");
	if (oak_repos_load(ctx, i.name, &known) < 0 || parse_until(ctx, &i.until) < 0)
		return -1;
	if (!oak_fs_exists(ctx->args[0]))
		return oak_fail(&ctx->err, OAK_INVALID, "file.open", 0, "there is no bundle '%s'", ctx->args[0]);
	if (ctx->dry_run)
		return 0;
	struct oak_bundle_import x = {.tar = ctx->args[0],
				      .trusted = oak_repos_trust_dir(ctx, i.name),
				      .mirror = to ? to : oak_repos_mirror_dir(ctx, i.name),
				      .now = oak_ctx_now(ctx),
				      .accept_expired_until = i.until > 0 ? i.until : 0,
				      .opaque_keyids = known.opaque,
				      .checked = accept,
				      .each = resign,
				      .arg = &i};
	if (work_folder(ctx, i.name, &x.stage, &lock) < 0)
		return -1;
	i.resigns = own != NULL;
	int result = own && oak_repo_open(ctx->arena, own, true, &i.repo, &ctx->err) < 0 ? -1 : import(&i, &x, &counts);
	if (own && i.repo.dir)
		oak_repo_done(&i.repo);
	remove_work(x.stage);
	return result < 0 ? -1 : print(ctx, "came", &counts);
}

const struct oak_cmd oak_cmd_repo_import = {
	.name = "repo import",
	.args = "TAR",
	.min_args = 1,
	.max_args = 1,
	.summary = "take over a bundle, with the checks of an ordinary refresh",
	.description = "The tar is only the transport: signatures, versions, hashes and expiry are checked as if a server had sent it, and until all "
		       "of it passed nothing changes. An older bundle than what is known, a cut one, or one whose predecessor is missing is "
		       "refused. Afterwards this host installs from it, or, with --to, a folder for a web server is up to date.\n\n"
		       "With --resign the targets are published in a repository of the enclave's own, signed with its keys: its nodes never "
		       "see the outside's. Expiry is never ignored: --accept-expired-until postpones it, for this bundle, to a date, once, and "
		       "writes that into the audit log.",
	.opts = import_opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_import,
};
