/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What converge tells: once what it did, once what it cannot do, and that it can again; its timer comes every few minutes. */
#include "cli/converge.h"
#include "cli/journal.h"
#include "cli/notify.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"

enum { STEPS_TOLD = 8, TEXT_MAX = 16 * 1024, TOLD_MAX = 4096 };

/* STATE/converge/NODE.told: what failed when somebody was told last; absent = nothing failed. */
static const char *told_file(struct oak_context *ctx, const char *node_id)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(node_id, strlen(node_id), digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_printf(ctx->arena, "%s/converge/%.32s.told", ctx->state_dir, hex);
}

static const char *last_told(struct oak_context *ctx, const char *file)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_error ignored = {0};
	oak_buf_init(&text, TOLD_MAX);
	if (!oak_fs_exists(file) || oak_fs_read(file, &text, &ignored) < 0)
		return NULL;
	return oak_arena_strdup(ctx->arena, oak_buf_text(&text));
}

static void remember(struct oak_context *ctx, const char *file, const char *failing)
{
	struct oak_error err = {0};
	int rc = failing ? oak_fs_write_atomic(file, failing, strlen(failing), 0600, &err) : oak_fs_exists(file) ? oak_fs_remove(file, &err) : 0;
	if (rc < 0)
		oak_warn(&ctx->out, "%s", err.cause);
}

static void add_step(struct oak_buf *buf, const struct oak_converge_step *s)
{
	oak_buf_addf(buf, "%s%s", buf->n ? "; " : "", s->name ? s->name : "patches");
	if (s->what == OAK_CONVERGE_PACKAGE)
		oak_buf_addf(buf, " %s -> %s", s->from ? s->from : "none", s->to ? s->to : "none");
	oak_buf_addf(buf, " %s", oak_converge_status_to_string(s->status));
	if (s->detail)
		oak_buf_addf(buf, ": %s", s->detail);
}

/* The steps in words; *RET_FAILING is what failed, the same text for the same failure, NULL if nothing did. */
static const char *words(struct oak_context *ctx, const struct oak_converge_end *end, bool *ret_changed, const char **ret_failing)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text, failing;
	size_t told = 0;
	oak_buf_init(&text, TEXT_MAX);
	oak_buf_init(&failing, TEXT_MAX);
	for (size_t i = 0; i < end->steps->list.n; i++) {
		const struct oak_converge_step *s = &end->steps->list.v[i];
		bool failed = s->status == OAK_STEP_FAILED;
		*ret_changed = *ret_changed || s->status == OAK_STEP_DONE;
		if (failed)
			oak_buf_addf(&failing, "%s %s %d\n", s->name ? s->name : "", s->to ? s->to : "", s->exit_code);
		if ((failed || s->status == OAK_STEP_DONE) && told++ < STEPS_TOLD)
			add_step(&text, s);
	}
	if (told > STEPS_TOLD)
		oak_buf_addf(&text, "; and %zu more", told - STEPS_TOLD);
	if (end->error_id) {
		oak_buf_addf(&text, "%s%s", text.n ? "; " : "", end->error);
		oak_buf_addf(&failing, "%s\n", end->error_id);
	}
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(oak_buf_text(&failing), failing.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	*ret_failing = failing.n ? oak_arena_strdup(ctx->arena, hex) : NULL;
	return oak_arena_strdup(ctx->arena, text.n ? oak_buf_text(&text) : "all is as assigned");
}

void oak_converge_tell(struct oak_context *ctx, const struct oak_converge_end *end)
{
	const char *failing, *file, *before;
	char at[OAK_TIME_TEXT];
	bool changed = false;
	if (ctx->dry_run)
		return;
	if (!oak_streq(end->status, "UNCHANGED") && !oak_streq(end->status, "MISSED_WINDOW"))
		oak_journal_run(ctx, end->node_id, oak_time_format(end->started_at, at), "converge", end->status);
	if (!oak_config_get(ctx, "notify"))
		return;
	const char *text = words(ctx, end, &changed, &failing);
	file = told_file(ctx, end->node_id);
	before = last_told(ctx, file);
	bool news = changed || (failing ? !oak_streq(failing, before) : before != NULL);
	const struct oak_notify_run run = {
		.id = oak_arena_printf(ctx->arena, "converge/%s", oak_time_format(end->started_at, at)),
		.status = end->status, .node_id = end->node_id, .ended_at = oak_ctx_now(ctx), .unnamed = true,
		.detail = oak_arena_printf(ctx->arena, "converge: %s", text)};
	if (!news)
		return;
	oak_notify_run(ctx, &run);
	remember(ctx, file, failing);
	oak_notify_flush(ctx);
}
