/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum package list: what of our own packages is installed here. */
#include "cli/package_session.h"
#include "cli/show.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/detect.h"

struct row {
	const char *name, *version;
	enum oak_package_model model;
	enum oak_package_state state;
	oak_time installed_at;
	int generation, attempts;
	const char *detail; /* NULL */
};
typedef OAK_VEC(struct row) row_list;

/* One that is being installed for the first time has no state yet. */
static void from_run(struct oak_package_session *s, const char *name, struct row *row)
{
	struct oak_package_run *run = NULL;
	struct oak_error ignored = {.kind = OAK_OK};
	row->state = OAK_PACKAGE_PENDING;
	row->detail = "a run has not ended (run 'oakum resume')";
	if (row->version || oak_package_run_load(&s->pkgs, name, &run, &ignored) < 0 || !run)
		return;
	row->version = run->to ? run->to : run->from;
	row->model = run->model;
}

static int add_row(struct oak_package_session *s, const char *name, row_list *rows)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_record *record = NULL;
	struct row row = {.name = name, .installed_at = OAK_TIME_NONE};
	bool rebuilt, pending = oak_package_is_pending(&s->pkgs, name);
	struct oak_error err = {.kind = OAK_OK};
	if (oak_record_load(&s->pkgs, name, &record, &rebuilt, &err) < 0) {
		row.state = OAK_PACKAGE_FAILED;
		row.detail = oak_arena_strdup(ctx->arena, err.cause);
	} else if (record) {
		row = (struct row){name, record->version, record->model, record->state, record->installed_at, record->generation, record->attempts, record->detail};
	} else if (!pending) {
		return 0;
	}
	if (rebuilt && record)
		row.detail = "its state was lost, and taken from the generation that is current";
	if (pending)
		from_run(s, name, &row);
	struct oak_generation *g;
	if (row.state == OAK_PACKAGE_INSTALLED && oak_generation_load(&s->pkgs, name, row.generation, &g, &err) == 0) {
		const char *why;
		if (!oak_detect(ctx->arena, ctx->root, s->job.host.platform, &g->manifest->traits, &why))
			row.detail = oak_arena_printf(ctx->arena, "not detected: %s", why);
	} else if (row.state == OAK_PACKAGE_INSTALLED) {
		row.detail = oak_arena_strdup(ctx->arena, err.cause);
	}
	*oak_push(ctx->arena, rows) = row;
	return 0;
}

static void document(const row_list *rows, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.packages/1");
	oak_put_begin_array(sink, "packages");
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *r = &rows->v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "name", r->name);
		oak_put_string(sink, "version", r->version);
		oak_put_string(sink, "model", oak_package_model_to_string(r->model));
		oak_put_string(sink, "state", oak_package_state_to_string(r->state));
		oak_put_time(sink, "installedAt", r->installed_at);
		if (r->attempts)
			oak_put_int(sink, "attempts", r->attempts);
		oak_put_string_opt(sink, "detail", r->detail);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}

static void table(struct oak_context *ctx, const row_list *rows, struct oak_buf *buf)
{
	static const char *const headers[] = {"name", "version", "model", "state", "installedAt", "detail"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *r = &rows->v[i];
		oak_table_cell(t, r->name);
		oak_table_cell(t, r->version);
		oak_table_cell(t, oak_package_model_to_string(r->model));
		oak_table_cell(t, oak_package_state_to_string(r->state));
		oak_table_cell(t, oak_show_time(ctx->arena, r->installed_at));
		oak_table_cell(t, r->detail);
	}
	oak_table_print(t, buf);
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_package_session_done) struct oak_package_session s = {.ctx = ctx, .lock = -1, .pkgs = {.lock = -1}};
	const char *const *names;
	size_t n;
	row_list rows = {0};
	struct oak_sink sink;
	if (oak_package_session_open(ctx, false, &s) < 0 || oak_pkgs_names(&s.pkgs, &names, &n, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_row(&s, names[i], &rows) < 0)
			return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf))
		document(&rows, &sink);
	else
		table(ctx, &rows, &buf);
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_package_list = {
	.name = "package list",
	.args = "",
	.summary = "packages of our own that are installed",
	.description = "INSTALLED; PENDING: a run has not ended, 'oakum resume' ends it; FAILED: neither the old version nor the new one is whole.",
	.flags = OAK_CMD_ROOT,
	.run = run,
};
