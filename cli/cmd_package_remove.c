/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum package uninstall and rollback. */
#include "baseline/evaluate.h"
#include "cli/package_session.h"

static const struct oak_opt uninstall_opts[] = {
	{"no-scripts", 0, OAK_OPT_FLAG, NULL, "remove what we keep of it, run nothing of it", OAK_OPT_NO_CONFIG},
	OAK_PACKAGE_RUN_OPTS,
	{NULL, 0, 0, NULL, NULL, 0},
};

static const struct oak_opt rollback_opts[] = {
	{"wait-lock", 0, OAK_OPT_TEXT, "DURATION", "wait so long for another run to end (not at all)", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int check_name(struct oak_context *ctx, const char *name)
{
	if (oak_package_name_check(name))
		return 0;
	return oak_fail(&ctx->err, OAK_INVALID, "package.name", 0, "'%s' cannot be the name of a package (see 'oakum package list')", name);
}

static int carry_out(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	if (oak_package_precheck(&s->job, &ctx->err) < 0)
		return -1;
	if (ctx->dry_run)
		return oak_package_session_plan(s);
	if (oak_package_session_begin(s) < 0 || oak_package_begin(&s->job, &ctx->err) < 0 || oak_package_execute(&s->job, 1, &ctx->err) < 0)
		return -1;
	return oak_package_session_end(s);
}

/* ------------------------------------------------------------------------------------------- uninstall */

static int not_there(struct oak_package_session *s, const char *name)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_run *run = s->job.run;
	run->status = OAK_PACKAGE_RUN_SUCCESS;
	run->detail = oak_arena_printf(ctx->arena, "package '%s' is not installed", name);
	run->ended_at = oak_ctx_now(ctx);
	return oak_package_session_end(s);
}

static int uninstall(struct oak_context *ctx, struct oak_package_session *s)
{
	const char *name = ctx->args[0];
	struct oak_package_record *record = NULL;
	if (check_name(ctx, name) < 0 || oak_package_session_open(ctx, true, s) < 0 || oak_package_session_record(s, name, &record) < 0 ||
	    oak_package_session_new_run(s, OAK_VERB_UNINSTALL, name, record) < 0)
		return -1;
	if (!record)
		return not_there(s, name);
	s->job.run->without_scripts = oak_opt_flag(ctx, "no-scripts");
	if (oak_package_relations(&s->pkgs, name, NULL, NULL, &ctx->err) < 0)
		return -1;
	int gate = oak_package_session_gate(s);
	return gate ? gate : carry_out(s);
}

static int run_uninstall(struct oak_context *ctx)
{
	struct oak_package_session s = {.ctx = ctx, .lock = -1, .pkgs = {.lock = -1}};
	int code = uninstall(ctx, &s);
	oak_package_session_done(&s);
	return code;
}

/* ------------------------------------------------------------------------------------------- rollback */

static int choose_previous(struct oak_package_session *s, const struct oak_package_record *record)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_run *run = s->job.run;
	int previous;
	if (oak_package_previous_generation(&s->pkgs, record, &previous, &ctx->err) < 0)
		return -1;
	if (!previous)
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.no-previous", 0, "there is no version before %s of package '%s' to go back to", record->version,
				run->name);
	if (oak_generation_load(&s->pkgs, run->name, previous, &s->job.to, &ctx->err) < 0)
		return -1;
	run->to = s->job.to->version;
	run->to_generation = previous;
	run->model = s->job.to->model;
	run->rollback = run->model == OAK_MODEL_TREE ? "exact" : "compensated";
	/* The version that is left behind says how far back it may be gone. */
	const char *floor = s->job.from->manifest->rollback_floor;
	if (floor && oak_evr_compare_deb(run->to, floor) < 0)
		return oak_fail(&ctx->err, OAK_CONFLICT, "package.floor", 0, "version %s of package '%s' forbids going back below %s, and %s is older", record->version,
				run->name, floor, run->to);
	if (oak_package_relations(&s->pkgs, run->name, run->to, &s->job.to->manifest->traits, &ctx->err) < 0)
		return -1;
	return oak_seal_check(&s->job.to->seal, oak_pkgs_generation(&s->pkgs, run->name, previous, "tree"), NULL, &ctx->err);
}

static int rollback(struct oak_context *ctx, struct oak_package_session *s)
{
	const char *name = ctx->args[0];
	struct oak_package_record *record = NULL;
	if (check_name(ctx, name) < 0 || oak_package_session_open(ctx, true, s) < 0 || oak_package_session_record(s, name, &record) < 0)
		return -1;
	if (!record)
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.not-installed", 0, "package '%s' is not installed (see 'oakum package list')", name);
	if (oak_package_session_new_run(s, OAK_VERB_ROLLBACK, name, record) < 0 || choose_previous(s, record) < 0)
		return -1;
	return carry_out(s);
}

static int run_rollback(struct oak_context *ctx)
{
	struct oak_package_session s = {.ctx = ctx, .lock = -1, .pkgs = {.lock = -1}};
	int code = rollback(ctx, &s);
	oak_package_session_done(&s);
	return code;
}

const struct oak_cmd oak_cmd_package_uninstall = {
	.name = "package uninstall",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "remove an installed package",
	.description = "Runs the uninstall script of the very bytes that were installed, hashed again before, and removes what we keep of the package. A script\n"
		       "that fails leaves the package installed. A package that is not installed is no error.",
	.opts = uninstall_opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_uninstall,
};

const struct oak_cmd oak_cmd_package_rollback = {
	.name = "package rollback",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "go back to the version before",
	.description = "Tree model: the generation before is current again, exactly as it was. Script model: the version is uninstalled, and the one before\n"
		       "installed by its own scripts (compensation). Maintenance windows do not hold this up.",
	.opts = rollback_opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_rollback,
};
