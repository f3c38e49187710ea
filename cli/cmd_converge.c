/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum converge: brings this host to what is assigned to it, by the commands that a person would run, in its window. */
#include "cli/converge.h"
#include "cli/node.h"
#include "cli/repos.h"
#include "cli/windows.h"
#include "core/exec.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"

enum { CHILD_OUT_MAX = 64 * 1024 * 1024, CHILD_ERR_MAX = 1024 * 1024, EXIT_CLOSED = 75, EXIT_CONFLICT = 2, EXIT_PARTLY = 4, ARGS_MAX = 40 };

static const struct oak_opt opts[] = {
	OAK_ASSIGNMENT_OPTS,
	{"now", 0, OAK_OPT_FLAG, NULL, "whatever the windows say", OAK_OPT_NO_CONFIG},
	{"reboot", 0, OAK_OPT_TEXT, "never|if-needed|always", "boot after patches (if-needed)", 0},
	{"no-patches", 0, OAK_OPT_FLAG, NULL, "packages only", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

struct converge {
	struct oak_context *ctx;
	struct oak_node node;
	struct oak_effective effective;
	struct oak_converge_steps steps;
	struct oak_managed_list managed, next;
	OAK_VEC(struct oak_converge_installed) installed;
	struct oak_windows windows;
	struct oak_gate gate;
	const char *window; /* file of the window that is open, for the commands; NULL = none */
	const char *program;
	oak_time started;
	int exit_code;
};

/* --- commands -------------------------------------------------------------------------------------------------------------- */

struct child {
	const char *args[ARGS_MAX];
	size_t n;
	const struct oak_value *doc; /* what it printed; NULL = nothing that could be read */
	const char *said;            /* its last line on standard error; NULL */
	int exit_code;
};

static void arg(struct child *child, const char *text)
{
	if (child->n + 1 < ARGS_MAX)
		child->args[child->n++] = text;
}

static void arg_if(struct child *child, const char *option, const char *text)
{
	if (!text)
		return;
	arg(child, option);
	arg(child, text);
}

/* The program with the folders, root and time of this call. */
static struct child begin(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	struct child child = {0};
	char at[OAK_TIME_TEXT];
	arg(&child, c->program);
	arg_if(&child, "--config", ctx->config_file);
	arg_if(&child, "--state", ctx->state_dir);
	arg_if(&child, "--cache", ctx->cache_dir);
	arg_if(&child, "--root", oak_streq(ctx->root, "/") ? NULL : ctx->root);
	arg_if(&child, "--at", ctx->at_given ? oak_arena_strdup(ctx->arena, oak_time_format(ctx->at, at)) : NULL);
	if (ctx->no_network)
		arg(&child, "--no-network");
	arg_if(&child, "-o", "json");
	return child;
}

/* What the command said, as our own messages; the last line is kept as the reason. */
static void relay(struct oak_context *ctx, struct child *child, const char *text)
{
	struct oak_str rest = oak_str_of(text), line;
	while (*text && oak_str_next(&rest, '\n', &line)) {
		if (!line.n)
			continue;
		child->said = oak_arena_strndup(ctx->arena, line.p, line.n);
		if (oak_starts_with(child->said, "oakum: "))
			child->said += strlen("oakum: ");
		oak_message("", child->said);
	}
}

static int run_child(struct converge *c, struct child *child)
{
	struct oak_context *ctx = c->ctx;
	struct oak_error ignored = {0};
	struct oak_exec_result result;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	OAK_AUTO(oak_buf_done) struct oak_buf said;
	oak_buf_init(&out, CHILD_OUT_MAX);
	oak_buf_init(&said, CHILD_ERR_MAX);
	child->args[child->n] = NULL;
	const struct oak_exec command = {.argv = child->args, .out = &out, .err = &said};
	if (oak_exec(&command, &result, &ctx->err) < 0)
		return -1;
	relay(ctx, child, oak_buf_text(&said));
	child->exit_code = result.code < 0 ? 1 : result.code;
	if (out.n && oak_json_parse(ctx->arena, oak_buf_text(&out), out.n, child->args[0], &(struct oak_value_limits){CHILD_OUT_MAX, 0},
				    &child->doc, &ignored) < 0)
		child->doc = NULL;
	return 0;
}

/* --- what is --------------------------------------------------------------------------------------------------------------- */

static int list_packages(struct converge *c, bool *ret_pending)
{
	struct oak_context *ctx = c->ctx;
	struct child child = begin(c);
	arg(&child, "package");
	arg(&child, "list");
	*ret_pending = false;
	c->installed.n = 0;
	if (run_child(c, &child) < 0)
		return -1;
	const struct oak_value *list = oak_value_get(child.doc, "packages");
	if (child.exit_code || !list || list->kind != OAK_VALUE_ARRAY)
		return oak_fail(&ctx->err, OAK_IO, "converge.packages", child.exit_code, "cannot tell which packages are installed: %s",
				child.said ? child.said : "'package list' printed no list");
	for (size_t i = 0; i < list->array.n; i++) {
		const struct oak_value *p = &list->array.v[i];
		struct oak_converge_installed *row = oak_push(ctx->arena, &c->installed);
		*row = (struct oak_converge_installed){oak_value_string(oak_value_get(p, "name")), oak_value_string(oak_value_get(p, "version")),
						       oak_value_string(oak_value_get(p, "state"))};
		*ret_pending = *ret_pending || oak_streq(row->state, "PENDING");
	}
	return 0;
}

/* Packages as they are, after what an interrupted run left was ended. */
static int look(struct converge *c)
{
	bool pending;
	if (list_packages(c, &pending) < 0)
		return -1;
	if (!pending || c->ctx->dry_run)
		return 0;
	struct child child = begin(c);
	arg(&child, "resume");
	if (run_child(c, &child) < 0)
		return -1;
	return list_packages(c, &pending);
}

/* A repository is opened once. */
struct offers {
	struct oak_context *ctx;
	OAK_VEC(struct oak_repo_client *) clients;
	OAK_VEC(const char *) names;
};

static struct oak_repo_client *client_of(struct offers *o, const char *name)
{
	for (size_t i = 0; i < o->names.n; i++)
		if (oak_streq(o->names.v[i], name))
			return o->clients.v[i];
	struct oak_repo_client *client = oak_repo_client_open(o->ctx, name);
	if (client) {
		*oak_push(o->ctx->arena, &o->clients) = client;
		*oak_push(o->ctx->arena, &o->names) = name;
	}
	return client;
}

static int versions(void *p, const char *repository, const char *package, const char *const **ret, size_t *ret_n)
{
	struct offers *o = p;
	const char *const *names = &repository;
	size_t n = 1;
	OAK_VEC(const char *) all = {0};
	if (!repository && oak_repos_names(o->ctx, &names, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct oak_repo_client *client = client_of(o, names[i]);
		const char *const *some;
		size_t count;
		if (!client || oak_repo_client_versions(client, package, &some, &count) < 0)
			return -1;
		for (size_t j = 0; j < count; j++)
			*oak_push(o->ctx->arena, &all) = some[j];
	}
	*ret = all.v;
	*ret_n = all.n;
	return 0;
}

static int make_steps(struct converge *c)
{
	struct offers offers = {.ctx = c->ctx};
	const struct oak_converge_facts facts = {&c->effective, c->installed.v, c->installed.n, &c->managed, versions, &offers};
	int result = oak_converge_plan(c->ctx->arena, &facts, &c->steps, &c->next);
	for (size_t i = 0; i < offers.clients.n; i++)
		oak_repo_client_free(offers.clients.v[i]);
	if (result == 0 && oak_opt_flag(c->ctx, "no-patches") && c->steps.list.n &&
	    c->steps.list.v[c->steps.list.n - 1].what == OAK_CONVERGE_PATCH)
		c->steps.list.n--;
	return result;
}

/* --- the window -------------------------------------------------------------------------------------------------------------- */

static int load_windows(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	const struct oak_assignment *w = c->effective.windows, *k = c->effective.calendars;
	if (!w && oak_windows_configured(ctx, &c->windows) < 0)
		return -1;
	for (size_t i = 0; w && i < w->windows.n; i++)
		if (oak_windows_load(ctx, w->windows.v[i], &c->windows) < 0)
			return oak_context(&ctx->err, "assignment '%s': ", w->name);
	for (size_t i = 0; k && i < c->windows.list.n; i++) {
		struct oak_window *copy = OAK_NEW(ctx->arena, struct oak_window);
		*copy = *c->windows.list.v[i];
		copy->calendars.v = NULL, copy->calendars.n = copy->calendars.cap = 0;
		for (size_t j = 0; j < c->windows.list.v[i]->calendars.n; j++)
			*oak_push(ctx->arena, &copy->calendars) = c->windows.list.v[i]->calendars.v[j];
		for (size_t j = 0; j < k->calendars.n; j++)
			*oak_push(ctx->arena, &copy->calendars) = k->calendars.v[j];
		c->windows.list.v[i] = copy;
	}
	return 0;
}

/* The window that is open as a file of ours, so that the commands keep to its cut-off, calendars and all. */
static int write_window(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	const char *dir = oak_arena_printf(ctx->arena, "%s/converge", ctx->state_dir);
	oak_buf_init(&buf, OAK_WINDOW_MAX);
	oak_sink_json(&sink, &buf);
	oak_window_format(c->gate.window, &sink);
	c->window = oak_arena_printf(ctx->arena, "%s/window.json", dir);
	if (oak_fs_mkdirs(dir, 0700, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(c->window, oak_buf_text(&buf), buf.n, 0600, &ctx->err);
}

/* 1 = something may start now. */
static int ask_window(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	if (oak_opt_flag(ctx, "now"))
		return 1;
	if (load_windows(c) < 0 || oak_windows_gate(ctx, &c->windows, oak_ctx_now(ctx), &c->gate) < 0)
		return -1;
	if (!c->windows.list.n || ctx->dry_run)
		return 1;
	if (c->gate.state != OAK_WINDOW_OPEN)
		return 0;
	return write_window(c) < 0 ? -1 : 1;
}

/* --- doing it ------------------------------------------------------------------------------------------------------------------ */

static void finish_step(struct converge *c, struct oak_converge_step *s, const struct child *child)
{
	const struct oak_value *actions = oak_value_get(child->doc, "actions");
	s->exit_code = child->exit_code;
	s->status = child->exit_code == 0 ? OAK_STEP_DONE : OAK_STEP_FAILED;
	if (s->what == OAK_CONVERGE_PATCH && s->status == OAK_STEP_DONE && actions && actions->kind == OAK_VALUE_ARRAY && !actions->array.n)
		s->status = OAK_STEP_UNCHANGED;
	if (s->status == OAK_STEP_FAILED && child->said)
		s->detail = child->said;
	(void)c;
}

static int do_package(struct converge *c, struct oak_converge_step *s)
{
	struct child child = begin(c);
	arg(&child, "--no-notify"); /* one message about all steps, at our end */
	arg(&child, "package");
	if (s->to) {
		arg(&child, "install");
		arg(&child, oak_arena_printf(c->ctx->arena, "%s@%s", s->name, s->to));
		arg_if(&child, "--repo", s->repository);
	} else {
		arg(&child, "uninstall");
		arg(&child, s->name);
	}
	arg_if(&child, "--window", c->window);
	if (run_child(c, &child) < 0)
		return -1;
	finish_step(c, s, &child);
	return 0;
}

static int do_patch(struct converge *c, struct oak_converge_step *s)
{
	struct oak_context *ctx = c->ctx;
	struct child child = begin(c);
	arg(&child, "--no-notify");
	arg(&child, ctx->dry_run ? "plan" : "patch");
	arg_if(&child, "--baseline", s->name);
	if (!ctx->dry_run) {
		arg_if(&child, "--reboot", oak_opt_text(ctx, "reboot"));
		arg_if(&child, "--window", c->window);
		if (!c->window)
			arg(&child, "--now");
	}
	if (run_child(c, &child) < 0)
		return -1;
	finish_step(c, s, &child);
	if (ctx->dry_run && s->status == OAK_STEP_DONE)
		s->status = OAK_STEP_WOULD;
	return 0;
}

/* Packages that need each other come in the order of their names: those that failed are tried again while others succeed. */
static int do_packages(struct converge *c)
{
	size_t done = 1;
	for (bool first = true; done && !oak_stop_signal; first = false) {
		done = 0;
		for (size_t i = 0; i < c->steps.list.n && !oak_stop_signal; i++) {
			struct oak_converge_step *s = &c->steps.list.v[i];
			bool again = !first && s->status == OAK_STEP_FAILED && s->to;
			if (s->what != OAK_CONVERGE_PACKAGE || !(again || (first && s->status == OAK_STEP_WAITING)))
				continue;
			if (do_package(c, s) < 0)
				return -1;
			done += !first && s->status == OAK_STEP_DONE;
		}
		for (size_t i = 0; first && i < c->steps.list.n; i++)
			done += c->steps.list.v[i].status == OAK_STEP_DONE;
	}
	return 0;
}

static int carry_out(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	struct oak_managed_list before_and_after = c->next;
	for (size_t i = 0; i < c->managed.list.n; i++) /* what is being removed stays known until it is gone */
		*oak_push(ctx->arena, &before_and_after.list) = c->managed.list.v[i];
	if (oak_managed_save(ctx, c->node.id, &before_and_after) < 0 || do_packages(c) < 0)
		return -1;
	for (size_t i = 0; i < c->steps.list.n && !oak_stop_signal; i++)
		if (c->steps.list.v[i].what == OAK_CONVERGE_PATCH && do_patch(c, &c->steps.list.v[i]) < 0)
			return -1;
	for (size_t i = 0; i < c->steps.list.n; i++) { /* a removal that failed is tried again next time */
		const struct oak_converge_step *s = &c->steps.list.v[i];
		for (size_t j = 0; !s->to && s->what == OAK_CONVERGE_PACKAGE && s->status == OAK_STEP_FAILED && j < c->managed.list.n; j++)
			if (oak_streq(c->managed.list.v[j].name, s->name))
				*oak_push(ctx->arena, &c->next.list) = c->managed.list.v[j];
	}
	return oak_managed_save(ctx, c->node.id, &c->next);
}

/* --- telling ------------------------------------------------------------------------------------------------------------------- */

static const char *status_of(const struct converge *c)
{
	bool changed = false, failed = false, would = false;
	for (size_t i = 0; i < c->steps.list.n; i++) {
		changed = changed || c->steps.list.v[i].status == OAK_STEP_DONE;
		failed = failed || c->steps.list.v[i].status == OAK_STEP_FAILED;
		would = would || c->steps.list.v[i].status == OAK_STEP_WOULD;
	}
	if (c->gate.why && c->exit_code == EXIT_CLOSED && !changed && !failed)
		return "MISSED_WINDOW";
	if (would)
		return "WOULD_CHANGE";
	if (failed || c->effective.conflicts.list.n)
		return changed ? "PARTIAL" : "FAILED";
	return changed ? "CONVERGED" : "UNCHANGED";
}

static void put_step(const struct oak_converge_step *s, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "what", s->what == OAK_CONVERGE_PATCH ? "PATCH" : "PACKAGE");
	oak_put_string(sink, "name", s->name);
	oak_put_string(sink, "action", s->action);
	oak_put_string(sink, "from", s->from);
	oak_put_string(sink, "to", s->to);
	oak_put_string(sink, "assignment", s->assignment);
	oak_put_string(sink, "status", oak_converge_status_to_string(s->status));
	oak_put_int(sink, "exitCode", s->exit_code);
	oak_put_string_opt(sink, "detail", s->detail);
	sink->ops->end_object(sink);
}

static void put_document(const struct converge *c, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.converge/1");
	oak_put_string(sink, "node", c->node.id);
	oak_put_time(sink, "startedAt", c->started);
	oak_put_time(sink, "endedAt", oak_ctx_now(c->ctx));
	oak_put_string(sink, "status", status_of(c));
	oak_put_string(sink, "window", c->gate.window ? c->gate.window->name : NULL);
	oak_put_string_opt(sink, "windowReason", c->gate.why);
	oak_put_begin_array(sink, "steps");
	for (size_t i = 0; i < c->steps.list.n; i++)
		put_step(&c->steps.list.v[i], sink);
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}

static void put_rows(const struct converge *c, struct oak_buf *buf)
{
	static const char *const headers[] = {"what", "action", "from", "to", "assignment", "status", "detail"};
	struct oak_table *table = oak_table_new(&c->ctx->out, headers, 7);
	for (size_t i = 0; i < c->steps.list.n; i++) {
		const struct oak_converge_step *s = &c->steps.list.v[i];
		oak_table_cell(table, s->name);
		oak_table_cell(table, s->action);
		oak_table_cell(table, s->from);
		oak_table_cell(table, s->to);
		oak_table_cell(table, s->assignment);
		oak_table_cell(table, oak_converge_status_to_string(s->status));
		oak_table_cell(table, s->detail);
	}
	oak_table_print(table, buf);
	if (c->ctx->out.format == OAK_OUT_TABLE)
		oak_buf_addf(buf, "%s%s%s\n", status_of(c), c->exit_code == EXIT_CLOSED && c->gate.why ? ": " : "",
			     c->exit_code == EXIT_CLOSED && c->gate.why ? c->gate.why : "");
}

static int print(const struct converge *c)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&c->ctx->out, &sink, &buf))
		put_document(c, &sink);
	else
		put_rows(c, &buf);
	return oak_out_end(&buf, &c->ctx->err) < 0 ? -1 : c->exit_code;
}

/* --- the command ------------------------------------------------------------------------------------------------------------------ */

static void settle_exit(struct converge *c)
{
	for (size_t i = 0; i < c->steps.list.n; i++) {
		struct oak_converge_step *s = &c->steps.list.v[i];
		if (c->ctx->dry_run && s->status == OAK_STEP_WAITING)
			s->status = OAK_STEP_WOULD;
		if (s->status == OAK_STEP_FAILED)
			c->exit_code = oak_exit_worse(c->exit_code, s->exit_code == 1 ? EXIT_PARTLY : s->exit_code);
	}
	bool achieved = false, failed = false;
	for (size_t i = 0; i < c->steps.list.n; i++) {
		achieved = achieved || c->steps.list.v[i].status != OAK_STEP_FAILED;
		failed = failed || (c->steps.list.v[i].status == OAK_STEP_FAILED && c->steps.list.v[i].exit_code == 1);
	}
	if (failed && !achieved)
		c->exit_code = oak_exit_worse(c->exit_code, 1);
	if (c->effective.conflicts.list.n)
		c->exit_code = oak_exit_worse(c->exit_code, EXIT_CONFLICT);
}

static int find_out(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	struct oak_assignments list;
	if (oak_assignments_node(ctx, &c->node) < 0 || oak_assignments_load(ctx, &list) < 0)
		return -1;
	oak_assignments_effective(ctx->arena, &list, &c->node, &c->effective);
	for (size_t i = 0; i < c->effective.conflicts.list.n; i++) {
		const struct oak_assignment_conflict *k = &c->effective.conflicts.list.v[i];
		oak_warn(&ctx->out, "'%s' and '%s' set the %s differently ('%s', '%s'): it stays as it is", k->a->name, k->b->name, k->what,
			 k->says_a, k->says_b);
	}
	return oak_managed_load(ctx, c->node.id, &c->managed) < 0 || look(c) < 0 || make_steps(c) < 0 ? -1 : 0;
}

static void tell_end(struct converge *c, const struct oak_error *error)
{
	char text[1100];
	const struct oak_converge_end end = {
		.node_id = c->node.id, .status = error ? "FAILED" : status_of(c), .started_at = c->started, .steps = &c->steps,
		.error_id = error ? error->id : NULL, .error = error ? oak_error_text(error, text, sizeof(text)) : NULL};
	if (c->node.id)
		oak_converge_tell(c->ctx, &end);
}

static int converge(struct converge *c)
{
	struct oak_context *ctx = c->ctx;
	int open = find_out(c) < 0 ? -1 : ask_window(c);
	if (open < 0)
		return -1;
	if (!open) {
		c->exit_code = EXIT_CLOSED;
		return print(c);
	}
	if (!ctx->dry_run && (oak_ctx_audit(ctx, "converge", c->node.id, NULL) < 0 || carry_out(c) < 0))
		return -1;
	for (size_t i = 0; ctx->dry_run && i < c->steps.list.n; i++)
		if (c->steps.list.v[i].what == OAK_CONVERGE_PATCH && do_patch(c, &c->steps.list.v[i]) < 0)
			return -1;
	settle_exit(c);
	int code = print(c);
	tell_end(c, NULL);
	return code;
}

static int run(struct oak_context *ctx)
{
	struct converge c = {.ctx = ctx, .started = oak_ctx_now(ctx)};
	int lock = -1;
	c.program = oak_exec_self(ctx->arena, &ctx->err);
	if (!c.program || oak_fs_mkdirs(ctx->state_dir, 0700, &ctx->err) < 0)
		return -1;
	if (!ctx->dry_run &&
	    oak_lock_take(oak_arena_printf(ctx->arena, "%s/converge.lock", ctx->state_dir), 0, &oak_stop_signal, &lock, &ctx->err) < 0)
		return -1;
	int result = converge(&c);
	const struct oak_error error = ctx->err;
	if (result < 0 && error.kind != OAK_TRANSIENT && error.kind != OAK_INTERRUPTED)
		tell_end(&c, &error);
	ctx->err = error;
	oak_lock_release(&lock);
	return result;
}

const struct oak_cmd oak_cmd_converge = {
	.name = "converge",
	.args = "",
	.summary = "bring this host to what is assigned to it",
	.description =
		"Takes what 'oakum node effective' says: packages at their versions, a baseline, windows. Installs, updates and removes packages, "
		"then patches by the baseline, each by the command that a person would run ('package install', 'package uninstall', 'patch') "
		"and only while an assigned window is open (without one, a configured window); else exit 75 and nothing is changed. What is as "
		"it should be is left alone: a second run changes nothing.\n\n"
		"A package that converge installed and that no assignment names any more is kept or removed as its assignment said "
		"('withdrawn'). What two assignments of equal priority contest stays as it is (exit 2, both are named). A timer on this command "
		"is desired state without any server.\n\n"
		"Exit code 0 if all is as assigned, 4 if some steps failed, 75 outside the window.",
	.opts = opts,
	.flags = OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
