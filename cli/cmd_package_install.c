/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum package install and update. */
#include "cli/package_carry.h"
#include "cli/package_trust.h"
#include "baseline/evaluate.h"
#include "core/str.h"
#include "distributor/package/detect.h"
#include "distributor/package/script.h"

static const struct oak_opt opts[] = {
	{"repo", 0, OAK_OPT_TEXT, "NAME", "the trusted repository to take it from (else any that has it)", 0},
	OAK_PACKAGE_TRUST_OPTS,
	{"in-place", 0, OAK_OPT_FLAG, NULL, "run the new version's update script instead of uninstalling the old one", 0},
	{"reinstall", 0, OAK_OPT_FLAG, NULL, "uninstall and install, also when this version is installed", OAK_OPT_NO_CONFIG},
	{"strict", 0, OAK_OPT_FLAG, NULL, "refuse an archive with setuid, world-writable or foreign entries instead of taking those rights back", 0},
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
	struct oak_package_trust trust;
	struct oak_package_item item;
	oak_package_items needs;
};

static void done(struct install *in)
{
	for (size_t i = 0; i < in->needs.n; i++)
		oak_package_item_done(in->needs.v[i]);
	oak_package_item_done(&in->item);
	oak_package_trust_done(&in->trust);
	oak_package_session_done(&in->s);
}

static int read_options(struct oak_context *ctx, struct oak_package_item *item)
{
	const char *const *args;
	size_t n = oak_opt_list(ctx, "arg", &args);
	item->in_place = oak_opt_flag(ctx, "in-place");
	item->reinstall = oak_opt_flag(ctx, "reinstall");
	if (item->in_place && item->reinstall)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.exclusive", 0, "'--in-place' and '--reinstall' exclude each other");
	for (size_t i = 0; i < n; i++)
		if (oak_script_arg_parse(ctx->arena, args[i], &item->args, &ctx->err) < 0)
			return -1;
	return 0;
}

static int load(struct oak_context *ctx, struct install *in)
{
	struct oak_package_trust trust;
	if (oak_ctx_package_trust(ctx, &trust) < 0)
		return -1;
	in->trust = trust;
	if (oak_package_place_find(ctx, ctx->args[0], &in->s.job.host, &in->item.place) < 0 || oak_package_item_load(&in->s, &in->trust, &in->item) < 0)
		return -1;
	oak_phase_end(ctx, "verify");
	return 0;
}

/* Is what is asked for there already? *RET_WHY in words; NULL = no. */
static int is_there(struct oak_context *ctx, struct install *in, const char **ret_why)
{
	const struct oak_package_record *r = in->item.record;
	const struct oak_package_loaded *l = &in->item.loaded;
	const char *missing;
	*ret_why = NULL;
	if (!r || r->state != OAK_PACKAGE_INSTALLED || in->item.reinstall)
		return 0;
	int order = oak_evr_compare_deb(l->version, r->version);
	if (in->item.verb == OAK_VERB_UPDATE && order < 0) {
		*ret_why = oak_arena_printf(ctx->arena, "version %s is installed, which is newer than %s", r->version, l->version);
		return 0;
	}
	if (!oak_streq(l->version, r->version))
		return 0;
	if (r->manifest_sha256 && !oak_streq(r->manifest_sha256, l->manifest_sha256))
		return oak_fail(&ctx->err, OAK_CONFLICT, "package.version-reused", 0,
				"version %s of package '%s' is installed with other contents: a version is never made twice (build a new version, or give --reinstall)",
				l->version, l->name);
	if (!oak_streq(r->args_digest ? r->args_digest : "", in->item.args_digest))
		return 0; /* other arguments are a reason to run again */
	if (oak_detect(ctx->arena, ctx->root, in->s.job.host.platform, &l->manifest->traits, &missing))
		*ret_why = oak_arena_printf(ctx->arena, "version %s is installed already", r->version);
	else
		oak_note(&ctx->out, "version %s is installed, yet %s: it is installed again", r->version, missing);
	return 0;
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

/* What it needs: from the repository that it comes from; a package of a folder only says what it lacks. */
static int find_needs(struct oak_context *ctx, struct install *in)
{
	const struct oak_package_loaded *l = &in->item.loaded;
	if (in->item.place.client)
		return oak_package_needs(&in->s, &in->trust, &in->item, &in->needs);
	return oak_package_relations(&in->s.pkgs, l->name, l->version, &l->manifest->traits, &ctx->err);
}

static int plan(struct install *in)
{
	struct oak_package_run *run = in->s.job.run;
	for (size_t i = 0; i < in->needs.n; i++) {
		const struct oak_package_item *need = in->needs.v[i];
		*oak_push(in->s.ctx->arena, &run->dependencies) = (struct oak_package_brought){
			.name = need->loaded.name, .from = need->record ? need->record->version : NULL, .to = need->loaded.version,
			.status = OAK_PACKAGE_RUN_PLANNED};
	}
	return oak_package_session_plan(&in->s);
}

/* Something that it needs is not there: nothing of it was changed. */
static int without_needs(struct install *in, int code)
{
	struct oak_package_run *run = in->s.job.run;
	run->status = code == 75 ? OAK_PACKAGE_RUN_SKIPPED : OAK_PACKAGE_RUN_FAILED;
	run->rollback = "none";
	run->exit_code = code == 75 ? 0 : 1;
	run->error_id = "package.requires";
	run->ended_at = oak_ctx_now(in->s.ctx);
	return oak_package_session_end(&in->s) < 0 ? -1 : code;
}

static int carry_out(struct oak_context *ctx, struct install *in)
{
	struct oak_package_run *run = in->s.job.run;
	const struct oak_package_loaded *l = &in->item.loaded;
	int code = oak_package_carry_needs(&in->s, &in->needs, run);
	if (code != 0) {
		if (code != 75)
			oak_package_take_back(&in->s, &in->needs, run);
		return code < 0 ? -1 : without_needs(in, code);
	}
	if (oak_package_relations(&in->s.pkgs, l->name, l->version, &l->manifest->traits, &ctx->err) < 0 || oak_package_carry_out(&in->s, &in->item) < 0)
		code = -1;
	if (code < 0 || run->status == OAK_PACKAGE_RUN_FAILED || run->status == OAK_PACKAGE_RUN_INTERRUPTED)
		oak_package_take_back(&in->s, &in->needs, run);
	return code < 0 ? -1 : oak_package_session_end(&in->s);
}

static int install(struct oak_context *ctx, struct install *in)
{
	struct oak_package_item *item = &in->item;
	const char *there;
	if (read_options(ctx, item) < 0 || oak_package_session_open(ctx, true, &in->s) < 0 || load(ctx, in) < 0)
		return -1;
	const char *name = item->loaded.name;
	if (oak_package_session_record(&in->s, name, &item->record) < 0)
		return -1;
	if (item->verb == OAK_VERB_UPDATE && !item->record)
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.not-installed", 0, "package '%s' is not installed (use 'oakum package install')", name);
	if (oak_package_session_new_run(&in->s, item->verb, name, item->record) < 0 || is_there(ctx, in, &there) < 0)
		return -1;
	if (there)
		return nothing_to_do(in, there);
	if (oak_package_carry_fill(&in->s, item) < 0 || find_needs(ctx, in) < 0)
		return -1;
	int gate = oak_package_session_gate(&in->s);
	if (gate)
		return gate;
	return ctx->dry_run ? plan(in) : carry_out(ctx, in);
}

static int run_verb(struct oak_context *ctx, enum oak_package_verb verb)
{
	struct install in = {.s = {.ctx = ctx, .lock = -1, .pkgs = {.lock = -1}}, .item = {.verb = verb}};
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
		"What a package of a repository needs and this host lacks is taken from there and installed first, each in a run of its own; when one\n"
		"of them fails (exit code 4), or the package itself, they are taken back in reverse order.\n\n"
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
