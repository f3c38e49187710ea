/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum package install and update. */
#include "cli/package_session.h"
#include "cli/package_source.h"
#include "cli/package_trust.h"
#include "baseline/evaluate.h"
#include "core/fault.h"
#include "core/str.h"
#include "distributor/package/detect.h"
#include "distributor/package/script.h"

static const struct oak_opt opts[] = {
	{"repo", 0, OAK_OPT_TEXT, "NAME", "the trusted repository to take it from (else any that has it)", 0},
	OAK_PACKAGE_TRUST_OPTS,
	{"in-place", 0, OAK_OPT_FLAG, NULL, "run the new version's update script instead of uninstalling the old one", 0},
	{"reinstall", 0, OAK_OPT_FLAG, NULL, "uninstall and install, also when this version is installed", OAK_OPT_NO_CONFIG},
	{"arg", 0, OAK_OPT_LIST, "SSM_X=VALUE", "an argument of the package's scripts", OAK_OPT_NO_CONFIG},
	{"name", 0, OAK_OPT_TEXT, "NAME", "the package's name, whatever its manifest says", OAK_OPT_NO_CONFIG},
	{"platform", 0, OAK_OPT_TEXT, "PLATFORM", "resolve for this platform instead of the host's", OAK_OPT_NO_CONFIG},
	{"platform-version", 0, OAK_OPT_TEXT, "VERSION", "the same for its version", OAK_OPT_NO_CONFIG},
	{"arch", 0, OAK_OPT_TEXT, "ARCH", "the same for its architecture", OAK_OPT_NO_CONFIG},
	{"max-attempts", 0, OAK_OPT_TEXT, "COUNT", "give up a version that failed so often with the same arguments (0 = never)", 0},
	OAK_PACKAGE_RUN_OPTS,
	{NULL, 0, 0, NULL, NULL, 0},
};

struct install {
	struct oak_package_session s;
	struct oak_package_place place;
	struct oak_package_trust trust;
	struct oak_package_loaded loaded;
	struct oak_package_record *record;
	oak_package_args args;
	const char *args_digest;
	enum oak_package_verb verb;
	bool in_place, reinstall;
};

static void done(struct install *in)
{
	oak_package_place_done(&in->place);
	oak_package_trust_done(&in->trust);
	oak_package_session_done(&in->s);
}

static int read_options(struct oak_context *ctx, struct install *in)
{
	const char *const *args;
	size_t n = oak_opt_list(ctx, "arg", &args);
	in->in_place = oak_opt_flag(ctx, "in-place");
	in->reinstall = oak_opt_flag(ctx, "reinstall");
	if (in->in_place && in->reinstall)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.exclusive", 0, "'--in-place' and '--reinstall' exclude each other");
	for (size_t i = 0; i < n; i++)
		if (oak_script_arg_parse(ctx->arena, args[i], &in->args, &ctx->err) < 0)
			return -1;
	return 0;
}

static int load(struct oak_context *ctx, struct install *in)
{
	struct oak_package_trust trust;
	if (oak_ctx_package_trust(ctx, &trust) < 0)
		return -1;
	in->trust = trust;
	if (oak_package_place_find(ctx, ctx->args[0], &in->s.job.host, &in->place) < 0 || oak_package_place_documents(&in->place) < 0 ||
	    oak_package_load(ctx->arena, &in->place.source, &in->trust, &in->s.job.host, &in->loaded, &ctx->err) < 0)
		return -1;
	oak_phase_end(ctx, "verify");
	if (oak_script_args_check(ctx->arena, &in->loaded.manifest->traits, &in->args, &ctx->err) < 0)
		return -1;
	in->args_digest = oak_package_args_digest(ctx->arena, &in->args);
	return 0;
}

/* Is what is asked for there already? *RET_WHY in words; NULL = no. */
static int is_there(struct oak_context *ctx, struct install *in, const char **ret_why)
{
	const struct oak_package_record *r = in->record;
	const struct oak_package_loaded *l = &in->loaded;
	const char *missing;
	*ret_why = NULL;
	if (!r || r->state != OAK_PACKAGE_INSTALLED || in->reinstall)
		return 0;
	int order = oak_evr_compare_deb(l->version, r->version);
	if (in->verb == OAK_VERB_UPDATE && order < 0) {
		*ret_why = oak_arena_printf(ctx->arena, "version %s is installed, which is newer than %s", r->version, l->version);
		return 0;
	}
	if (!oak_streq(l->version, r->version))
		return 0;
	if (r->manifest_sha256 && !oak_streq(r->manifest_sha256, l->manifest_sha256))
		return oak_fail(&ctx->err, OAK_CONFLICT, "package.version-reused", 0,
				"version %s of package '%s' is installed with other contents: a version is never made twice (build a new version, or give --reinstall)",
				l->version, l->name);
	if (!oak_streq(r->args_digest ? r->args_digest : "", in->args_digest))
		return 0; /* other arguments are a reason to run again */
	if (oak_detect(ctx->arena, ctx->root, in->s.job.host.platform, &l->manifest->traits, &missing))
		*ret_why = oak_arena_printf(ctx->arena, "version %s is installed already", r->version);
	else
		oak_note(&ctx->out, "version %s is installed, yet %s: it is installed again", r->version, missing);
	return 0;
}

static int check_attempts(struct oak_context *ctx, const struct install *in)
{
	int64_t most = oak_opt_count(ctx, "max-attempts", 0);
	const char *key = oak_arena_printf(ctx->arena, "%s %s", in->loaded.version, in->args_digest);
	if (most <= 0 || !in->record || in->record->attempts < most || !oak_streq(in->record->attempted, key))
		return 0;
	return oak_fail(&ctx->err, OAK_CONFLICT, "package.attempts", 0, "version %s of package '%s' failed %d times with these arguments: not tried again (give another version, or a larger --max-attempts)",
			in->loaded.version, in->loaded.name, in->record->attempts);
}

static int nothing_to_do(struct install *in, const char *why)
{
	struct oak_package_run *run = in->s.job.run;
	run->to = run->from;
	run->status = OAK_PACKAGE_RUN_SUCCESS;
	run->detail = why;
	run->ended_at = oak_ctx_now(in->s.ctx);
	run->steps.n = 0;
	*oak_push(in->s.ctx->arena, &run->steps) = (struct oak_package_step){.name = "nothing", .status = "SKIPPED", .exit_code = -1, .detail = why,
									     .started_at = run->started_at, .ended_at = run->ended_at};
	return oak_package_session_end(&in->s);
}

static void fill_run(struct oak_context *ctx, struct install *in, int generation)
{
	struct oak_package_run *run = in->s.job.run;
	run->to = in->loaded.version;
	run->to_generation = generation;
	run->model = in->loaded.manifest->traits.model;
	run->rollback = run->model == OAK_MODEL_TREE ? "exact" : "compensated";
	run->args = in->args;
	run->args_digest = in->args_digest;
	run->in_place = in->in_place;
	(void)ctx;
}

static void show_progress(void *arg, int64_t at, int64_t total)
{
	const struct oak_context *ctx = arg;
	oak_progress(&ctx->out, "unpacking", at >> 20, total >> 20, -1);
}

/* How it was vouched for. */
static const char *vouched(struct oak_context *ctx, const struct install *in)
{
	const struct oak_verification *v = &in->loaded.verification;
	if (in->place.client && v->unsigned_allowed)
		return oak_arena_printf(ctx->arena, "vouched for by '%s'", in->place.source.manifest_path);
	if (v->unsigned_allowed)
		return "no signature was asked for; hashes hold";
	return oak_arena_printf(ctx->arena, "signed by %zu trusted %s", v->good, v->good == 1 ? "key" : "keys");
}

/* What the new version brings decides how: an update script is used by update unless told otherwise. */
static int choose_way(struct install *in)
{
	struct oak_package_job *job = &in->s.job;
	const char *path = NULL;
	if (in->verb != OAK_VERB_UPDATE || in->in_place || in->reinstall || !job->from || job->run->model != OAK_MODEL_SCRIPT)
		return 0;
	if (oak_script_find(job->arena, job->to, OAK_ACTION_UPDATE, &path, &in->s.ctx->err) < 0)
		return -1;
	job->run->in_place = path != NULL;
	return path ? oak_package_run_save(job->pkgs, job->run, &in->s.ctx->err) : 0;
}

static int unpack(struct oak_context *ctx, struct install *in)
{
	struct oak_package_job *job = &in->s.job;
	oak_time at = oak_ctx_now(ctx);
	if (oak_package_note_step(job, OAK_WORK_VERIFY, "verify", vouched(ctx, in), at, &ctx->err) < 0)
		return -1;
	if (oak_package_unpack(job, &in->loaded, ctx->out.progress ? show_progress : NULL, ctx, &ctx->err) < 0)
		return -1;
	oak_progress_end(&ctx->out);
	oak_phase_end(ctx, "unpack");
	if (oak_package_note_step(job, OAK_WORK_UNPACK, "unpack", job->to->unpacked, at, &ctx->err) < 0 || choose_way(in) < 0)
		return -1;
	return oak_package_precheck(job, &ctx->err);
}

/* Nothing of the host was changed: what was unpacked goes, the error stays. */
static int give_up(struct oak_context *ctx, struct install *in)
{
	struct oak_error cause = ctx->err, err = {.kind = OAK_OK};
	char text[1100];
	const char *why = oak_arena_strdup(ctx->arena, oak_error_text(&cause, text, sizeof(text)));
	in->s.job.run->rollback = "none";
	if (oak_package_abandon(&in->s.job, cause.kind == OAK_INTERRUPTED ? OAK_PACKAGE_RUN_INTERRUPTED : OAK_PACKAGE_RUN_FAILED, why, cause.id, &err) < 0)
		oak_warn(&ctx->out, "%s (run 'oakum resume')", err.cause);
	else if (oak_package_session_store(&in->s) < 0)
		oak_warn(&ctx->out, "%s", ctx->err.cause);
	ctx->err = cause;
	return -1;
}

static int carry_out(struct oak_context *ctx, struct install *in)
{
	if (oak_package_session_begin(&in->s) < 0 || oak_package_begin(&in->s.job, &ctx->err) < 0)
		return -1;
	if (unpack(ctx, in) < 0)
		return give_up(ctx, in);
	if (oak_package_execute(&in->s.job, 1, &ctx->err) < 0)
		return -1;
	oak_phase_end(ctx, "install");
	return oak_package_session_end(&in->s);
}

static int install(struct oak_context *ctx, struct install *in)
{
	const char *there;
	int generation;
	if (read_options(ctx, in) < 0 || oak_package_session_open(ctx, true, &in->s) < 0 || load(ctx, in) < 0)
		return -1;
	const char *name = in->loaded.name;
	if (oak_package_session_record(&in->s, name, &in->record) < 0)
		return -1;
	if (in->verb == OAK_VERB_UPDATE && !in->record)
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.not-installed", 0, "package '%s' is not installed (use 'oakum package install')", name);
	if (oak_package_session_new_run(&in->s, in->verb, name, in->record) < 0 || is_there(ctx, in, &there) < 0)
		return -1;
	if (there)
		return nothing_to_do(in, there);
	if (check_attempts(ctx, in) < 0 || oak_package_relations(&in->s.pkgs, name, &in->loaded, &ctx->err) < 0 ||
	    oak_package_next_generation(&in->s.pkgs, name, &generation, &ctx->err) < 0)
		return -1;
	fill_run(ctx, in, generation);
	int gate = oak_package_session_gate(&in->s);
	if (gate)
		return gate;
	return ctx->dry_run ? oak_package_session_plan(&in->s) : carry_out(ctx, in);
}

static int run_verb(struct oak_context *ctx, enum oak_package_verb verb)
{
	struct install in = {.s = {.ctx = ctx, .lock = -1, .pkgs = {.lock = -1}}, .verb = verb};
	int code = install(ctx, &in);
	done(&in);
	return code;
}

static int run_install(struct oak_context *ctx)
{
	return run_verb(ctx, OAK_VERB_INSTALL);
}

static int run_update(struct oak_context *ctx)
{
	return run_verb(ctx, OAK_VERB_UPDATE);
}

const struct oak_cmd oak_cmd_package_install = {
	.name = "package install",
	.args = "NAME[@VERSION]|FILE|DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "install a package from a repository, a folder or a file",
	.description =
		"Verifies the package, unpacks it in a child without rights, seals what was unpacked, and then either switches to it at once (tree\n"
		"model: exact rollback) or runs its scripts (script model, as AWS Distributor's packages have it: rollback by compensation). When a\n"
		"script, the validation, a detection rule or the health check fails, the version before comes back. A version that is installed\n"
		"already with the same arguments is left alone. Without a trusted key the exit code is 5.\n\n"
		"Scripts run as 'sh install.sh' in the unpacked folder, inside --root where that has a shell, with BWS_ and SSM_ variables; exit\n"
		"code 194 asks for a reboot, after which 'oakum resume' goes on. What is installed lies in ROOT/var/lib/oakum/pkgs/NAME/current/tree.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_install,
};

const struct oak_cmd oak_cmd_package_update = {
	.name = "package update",
	.args = "NAME[@VERSION]|FILE|DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "bring an installed package to a newer version",
	.description = "As 'package install', for a package that is installed: in place where the new version has an update script (unless --reinstall),\n"
		       "else by uninstalling the old version and installing the new one. A version that is not newer changes nothing.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_update,
};
