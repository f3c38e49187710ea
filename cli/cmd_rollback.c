/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum rollback: bring the versions from before a run back. */
#include <errno.h>
#include <unistd.h>

#include "cli/plan_run.h"
#include "cli/session.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/patch/tool.h"

static const struct oak_opt opts[] = {
	{"reboot", 0, OAK_OPT_TEXT, "never|if-needed|always", "boot afterwards (never)", 0},
	{"restart", 0, OAK_OPT_TEXT, "none|list|auto", "services that run old code: ignore, list, restart them (list)", 0},
	{"wait-lock", 0, OAK_OPT_TEXT, "DURATION", "wait so long for the package manager's locks (10m)", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* The archives and marks of the old run, seen from the new one. */
static int link_old(struct oak_session *s, const char *old_dir)
{
	struct oak_context *ctx = s->ctx;
	const char *marks = oak_arena_printf(ctx->arena, "%s/marks", old_dir), *old = oak_arena_printf(ctx->arena, "%s/old", old_dir);
	if (oak_fs_is_dir(old) && symlink(old, oak_arena_printf(ctx->arena, "%s/old", s->dir)) < 0 && errno != EEXIST)
		return oak_fail_errno(&ctx->err, "run.folder", "cannot link the old archives into '%s'", s->dir);
	return oak_fs_exists(marks) ? oak_tool_copy(marks, oak_arena_printf(ctx->arena, "%s/marks", s->dir), &ctx->err) : 0;
}

static int prepare(struct oak_session *s, const char *id, struct oak_plan **ret_plan, const char **ret_old, struct oak_plan **ret_back)
{
	struct oak_context *ctx = s->ctx;
	if (oak_session_load(s, id, ret_plan) < 0)
		return -1;
	if (s->options.rollback_of)
		return oak_fail(&ctx->err, OAK_INVALID, "rollback.of-rollback", 0, "'%s' is itself a rollback of '%s' (run 'oakum patch' to go forward)",
				id, s->options.rollback_of);
	if (!oak_streq((*ret_plan)->node_id, s->node_id))
		return oak_fail(&ctx->err, OAK_CONFLICT, "plan.other-node", 0, "run '%s' was on '%s', not on this system", id, (*ret_plan)->node_id);
	*ret_old = s->apply.host.run_dir;
	if (oak_session_scan(s) < 0)
		return -1;
	s->plan.installer = oak_installer_detect(ctx->root, s->plan.scan.inventory->node.platform.family, &ctx->err);
	if (!s->plan.installer)
		return -1;
	s->plan.host.root = ctx->root;
	s->apply.installer = s->plan.installer;
	s->apply.host.root = ctx->root;
	s->apply.clock = ctx->clock;
	return oak_rollback_plan(&s->apply, id, ctx->arena, ret_back, &ctx->err);
}

static int dry_run(struct oak_context *ctx, const struct oak_plan *back)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_show_plan(ctx, back, &buf);
	return oak_out_end(&buf, &ctx->err);
}

static int rollback(struct oak_session *s, const char *id)
{
	struct oak_context *ctx = s->ctx;
	struct oak_plan *plan, *back;
	const char *old_dir = NULL;
	size_t unfinished = 0;
	if (!ctx->dry_run && oak_session_recover(s, false, &unfinished) < 0)
		return -1;
	if (prepare(s, id, &plan, &old_dir, &back) < 0 || (ctx->dry_run && dry_run(ctx, back) < 0) || oak_rollback_check(back, &ctx->err) < 0)
		return -1;
	if (ctx->dry_run)
		return 0;
	oak_session_read_options(s);
	if (!oak_opt_text(ctx, "reboot"))
		s->options.reboot = OAK_REBOOT_NEVER;
	s->options.rollback_of = id;
	s->options.judge_by_actions = true;
	s->gate.any = false;
	if (oak_session_begin(s, "rollback", plan) < 0 || link_old(s, old_dir) < 0)
		return -1;
	int code = oak_session_execute(s);
	return oak_session_print(s, code);
}

static int run(struct oak_context *ctx)
{
	if (oak_ctx_check_rights(ctx) < 0)
		return -1;
	OAK_AUTO(oak_session_done) struct oak_session session = {.lock = -1};
	return oak_session_open(ctx, &session) < 0 ? -1 : rollback(&session, ctx->args[0]);
}

const struct oak_cmd oak_cmd_rollback = {
	.name = "rollback",
	.args = "RUN",
	.min_args = 1,
	.max_args = 1,
	.summary = "bring the versions from before a run back",
	.description = "Installs the versions that RUN replaced, from the archives that were put aside before it changed anything, removes what it\n"
		       "brought in, and restores the auto-installed marks. It is refused, before anything is changed, when a package has moved on\n"
		       "since, or when the plan said that an action is not reversible; --dry-run shows what would go back, package by package, and what stands\n"
		       "against it. The hooks of a patch run run here, too (OAKUM_KIND=rollback).",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
