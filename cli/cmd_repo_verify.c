/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo verify: a repository's folder as a client sees it, from its first root to the bytes of every target. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "repo/tuf.h"

struct check {
	struct oak_context *ctx;
	const char *dir;
	struct oak_tuf *tuf;
	size_t targets, bad;
	struct oak_error first;
};

/* What a web server looks for when it is asked for a quoted name. */
static const char *unquote(struct oak_arena *arena, const char *quoted)
{
	char *plain = oak_arena_strdup(arena, quoted), *to = plain;
	for (const char *p = quoted; *p; p++) {
		char hex[3] = {p[0] == '%' ? p[1] : '\0', p[0] == '%' ? p[2] : '\0', '\0'};
		*to++ = *p == '%' ? (char)strtol(hex, NULL, 16) : *p;
		p += *p == '%' ? 2 : 0;
	}
	*to = '\0';
	return plain;
}

/* The folder itself as the mirror. */
static int get(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct check *c = arg;
	const char *plain = unquote(c->ctx->arena, name);
	(void)max;
	if (strstr(plain, "/../"))
		return oak_fail(err, OAK_UNTRUSTED, "tuf.mismatch", 0, "'%s' would lie outside the repository", plain);
	return oak_fs_read(oak_arena_printf(c->ctx->arena, "%s/metadata/%s", c->dir, plain), out, err);
}

static int check_target(void *arg, const struct oak_tuf_target *target)
{
	struct check *c = arg;
	struct oak_arena *arena = c->ctx->arena;
	struct oak_error err = {0};
	const char *plain = unquote(arena, oak_tuf_target_url(c->tuf, arena, target));
	c->targets++;
	if (oak_tuf_check_file(target, oak_arena_printf(arena, "%s/targets/%s", c->dir, plain), &err) == 0)
		return 0;
	if (err.kind == OAK_NOT_FOUND)
		err.kind = OAK_UNTRUSTED; /* listed and not there: the repository is not what was signed */
	oak_warn(&c->ctx->out, "%s", err.cause);
	if (!c->bad++)
		c->first = err;
	return 0;
}

static int verify(struct check *c, const char *scratch)
{
	struct oak_context *ctx = c->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf root;
	oak_buf_init(&root, OAK_TUF_ROOT_MAX);
	if (get(c, "1.root.json", 0, &root, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			return oak_fail(&ctx->err, OAK_INVALID, "repo.absent", 0, "'%s' is no repository (run 'oakum repo init')", c->dir);
		return -1;
	}
	const struct oak_tuf_options options = {.dir = scratch, .metadata = {get, c}, .now = oak_ctx_now(ctx)};
	if (oak_tuf_init(scratch, oak_buf_text(&root), root.n, false, &ctx->err) < 0 ||
	    !(c->tuf = oak_tuf_open(&options, &ctx->err)) || oak_tuf_refresh(c->tuf, &ctx->err) < 0 ||
	    oak_tuf_each(c->tuf, check_target, c, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND || ctx->err.kind == OAK_INVALID)
			ctx->err.kind = OAK_UNTRUSTED; /* torn or damaged: not what was signed */
		return oak_context(&ctx->err, "repository '%s'", c->dir);
	}
	if (c->bad) {
		ctx->err = c->first;
		return oak_context(&ctx->err, "repository '%s': %zu of %zu targets are wrong", c->dir, c->bad, c->targets);
	}
	return 0;
}

static int print(struct check *c)
{
	struct oak_context *ctx = c->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_out_buf(&buf);
	static const char *const roles[] = {"root", "timestamp", "snapshot", "targets"};
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.repository/1");
		for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
			oak_put_int(&sink, roles[i], oak_tuf_version(c->tuf, roles[i]));
		oak_put_int(&sink, "files", (int64_t)c->targets);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "'%s' is whole: root %lld, snapshot %lld, %zu targets\n", c->dir,
			     (long long)oak_tuf_version(c->tuf, "root"), (long long)oak_tuf_version(c->tuf, "snapshot"), c->targets);
	}
	return oak_out_end(&buf, &ctx->err);
}

static void remove_folder(struct oak_arena *arena, const char *folder)
{
	const char *const *names;
	size_t n;
	struct oak_error ignored = {0};
	if (oak_fs_list(arena, folder, "", &names, &n, &ignored) == 0)
		for (size_t i = 0; i < n; i++)
			unlink(oak_arena_printf(arena, "%s/%s", folder, names[i]));
	rmdir(folder);
}

static int run(struct oak_context *ctx)
{
	const char *base = getenv("TMPDIR");
	char *scratch = oak_arena_printf(ctx->arena, "%s/oakum-verify-XXXXXX", base && *base ? base : "/tmp");
	struct check c = {.ctx = ctx, .dir = ctx->args[0]};
	if (!mkdtemp(scratch))
		return oak_fail_errno(&ctx->err, "file.mkdir", "cannot make a folder '%s'", scratch);
	int result = verify(&c, scratch);
	if (result == 0)
		result = print(&c);
	oak_tuf_close(c.tuf);
	remove_folder(ctx->arena, scratch);
	return result;
}

const struct oak_cmd oak_cmd_repo_verify = {
	.name = "repo verify",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "check a repository's folder as a client would, and all of its targets",
	.description = "Starts from DIR/metadata/1.root.json, follows the chain to the newest metadata as of now (or --at), and hashes every "
		       "target. Exit code 5 if anything is not what was signed, or has expired.",
	.run = run,
};
