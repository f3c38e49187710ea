/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum baseline list, show, check, export: looking at baselines. */
#include "baseline/baseline_names.h"
#include "cli/baselines.h"
#include "core/str.h"

enum { EXIT_PARTLY = 4 };

/* list */

struct listed {
	const char *name, *source;
	struct oak_baseline *baseline; /* NULL = cannot be read */
	bool is_default;
};

typedef OAK_VEC(struct listed) listed_vec;

/* Is NAME what nodes of its system get? */
static int is_default(struct oak_context *ctx, struct listed *item)
{
	const char *name, *why;
	if (!item->baseline)
		return 0;
	if (oak_baselines_default(ctx, item->baseline->os, &name, &why) < 0)
		return -1;
	item->is_default = oak_streq(item->name, name ? name : oak_predefined_default(item->baseline->os));
	return 0;
}

static int add_listed(struct oak_context *ctx, const char *name, const char *source, listed_vec *list)
{
	struct listed item = {.name = name, .source = source};
	if (oak_baselines_load(ctx, name, &item.baseline) < 0) {
		char text[1100];
		oak_warn(&ctx->out, "%s", oak_error_text(&ctx->err, text, sizeof(text)));
		ctx->err = (struct oak_error){0};
		item.baseline = NULL;
	}
	if (is_default(ctx, &item) < 0)
		return -1;
	*oak_push(ctx->arena, list) = item;
	return item.baseline ? 0 : EXIT_PARTLY;
}

/* Imported ones first; 0 or EXIT_PARTLY when one of them cannot be read. */
static int collect(struct oak_context *ctx, listed_vec *list)
{
	const char *const *names;
	size_t n;
	int code = 0;
	if (oak_baselines_imported(ctx, &names, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int rc = add_listed(ctx, names[i], "imported", list);
		if (rc < 0)
			return -1;
		code = rc ? rc : code;
	}
	for (size_t i = 0; i < oak_predefined_count(); i++)
		if (!oak_baselines_is_imported(ctx, oak_predefined_name(i)) &&
		    add_listed(ctx, oak_predefined_name(i), "predefined", list) < 0)
			return -1;
	return code;
}

static void list_document(const listed_vec *list, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "schema", "oakum.baselines/1");
	oak_put_begin_array(sink, "baselines");
	for (size_t i = 0; i < list->n; i++) {
		const struct listed *item = &list->v[i];
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "name", item->name);
		oak_put_string(sink, "operatingSystem", item->baseline ? oak_os_to_string(item->baseline->os) : NULL);
		oak_put_string(sink, "source", item->source);
		oak_put_bool(sink, "default", item->is_default);
		oak_put_string_opt(sink, "description", item->baseline ? item->baseline->description : NULL);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
	oak_put_end_object(sink);
}

static void list_rows(struct oak_context *ctx, const listed_vec *list, struct oak_buf *buf)
{
	static const char *const headers[] = {"name", "operatingSystem", "source", "default", "description"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < list->n; i++) {
		const struct listed *item = &list->v[i];
		oak_table_cell(table, item->name);
		oak_table_cell(table, item->baseline ? oak_os_to_string(item->baseline->os) : "unreadable");
		oak_table_cell(table, item->source);
		oak_table_cell(table, item->is_default ? "default" : "");
		oak_table_cell(table, item->baseline ? item->baseline->description : "");
	}
	oak_table_print(table, buf);
}

static int run_list(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	listed_vec list = {0};
	int code = collect(ctx, &list);
	oak_out_buf(&buf);
	if (code < 0)
		return -1;
	if (oak_out_document(&ctx->out, &sink, &buf))
		list_document(&list, &sink);
	else
		list_rows(ctx, &list, &buf);
	return oak_out_end(&buf, &ctx->err) < 0 ? -1 : code;
}

const struct oak_cmd oak_cmd_baseline_list = {
	.name = "baseline list",
	.args = "",
	.summary = "the baselines that are there: imported and predefined ones",
	.description = "Lists every baseline by name, with the system that it is for and whether nodes of that system get it when\n"
		       "nothing else is said. An imported baseline with the name of a predefined one stands for it.",
	.run = run_list,
};

/* show */

static const char *filters_text(struct oak_arena *arena, const struct oak_filter *filters, size_t n)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 4096);
	for (size_t i = 0; i < n; i++) {
		oak_buf_addf(&text, "%s%s=", i ? " " : "", oak_filter_key_names[filters[i].key]);
		for (size_t j = 0; j < filters[i].values.n; j++)
			oak_buf_addf(&text, "%s%s", j ? "," : "", filters[i].values.v[j]);
	}
	return n ? oak_arena_strdup(arena, oak_buf_text(&text)) : "everything";
}

static void rule_rows(struct oak_context *ctx, const struct oak_baseline *baseline, struct oak_buf *buf)
{
	static const char *const headers[] = {"rule", "level", "approved", "nonSecurity", "filters"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < baseline->rules.n; i++) {
		const struct oak_rule *rule = &baseline->rules.v[i];
		oak_table_cellf(table, "%zu", i + 1);
		oak_table_cell(table, oak_level_to_string(rule->level));
		if (rule->has_days)
			oak_table_cellf(table, "after %d days", rule->approve_after_days);
		else if (rule->approve_until_date)
			oak_table_cellf(table, "until %s", rule->approve_until_date);
		else
			oak_table_cell(table, "at once");
		oak_table_cell(table, rule->enable_non_security ? "yes" : "no");
		oak_table_cell(table, filters_text(ctx->arena, rule->filters.v, rule->filters.n));
	}
	oak_table_print(table, buf);
}

static void add_entries(struct oak_buf *buf, const char *what, const struct oak_entry *entries, size_t n)
{
	char until[OAK_TIME_TEXT];
	for (size_t i = 0; i < n; i++) {
		oak_buf_addf(buf, "%s: %s", what, entries[i].pattern);
		if (entries[i].owner)
			oak_buf_addf(buf, ", by %s", entries[i].owner);
		if (entries[i].expires != OAK_TIME_NONE)
			oak_buf_addf(buf, ", until %s", oak_time_format(entries[i].expires, until));
		if (entries[i].reason)
			oak_buf_addf(buf, ": %s", entries[i].reason);
		oak_buf_addc(buf, '\n');
	}
}

static void add_facts(struct oak_context *ctx, const struct oak_baseline *b, struct oak_buf *buf)
{
	char age[OAK_DURATION_TEXT];
	oak_buf_addf(buf, "name: %s\nsystem: %s\n", b->name, oak_os_to_string(b->os));
	if (b->id)
		oak_buf_addf(buf, "id: %s\n", b->id);
	if (b->description)
		oak_buf_addf(buf, "description: %s\n", b->description);
	if (b->global_filters.n)
		oak_buf_addf(buf, "only: %s\n", filters_text(ctx->arena, b->global_filters.v, b->global_filters.n));
	oak_buf_addf(buf, "delay: %s; dates: %s; undated: %s; metadata at most %s old\n",
		     b->honour_delay ? "honoured" : "ignored", oak_date_basis_names[b->date_basis],
		     oak_undated_names[b->undated], oak_duration_format(b->metadata_max_age, age));
	for (size_t i = 0; i < b->patch_groups.n; i++)
		oak_buf_addf(buf, "patch group: %s\n", b->patch_groups.v[i]);
	for (size_t i = 0; i < b->sources.n; i++)
		oak_buf_addf(buf, "source: %s\n", b->sources.v[i].name);
}

static int run_show(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_baseline *baseline;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_baselines_load(ctx, ctx->args[0], &baseline) < 0)
		return -1;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_baseline_format(baseline, OAK_FORMAT_OAKUM, &sink);
	} else if (ctx->out.format == OAK_OUT_CSV) {
		rule_rows(ctx, baseline, &buf);
	} else {
		add_facts(ctx, baseline, &buf);
		add_entries(&buf, "approved", baseline->approved.v, baseline->approved.n);
		add_entries(&buf, baseline->block_rejected ? "rejected, also as a dependency" : "rejected",
			    baseline->rejected.v, baseline->rejected.n);
		oak_buf_addc(&buf, '\n');
		rule_rows(ctx, baseline, &buf);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_baseline_show = {
	.name = "baseline show",
	.args = "NAME|FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "what a baseline approves, and when",
	.description = "Prints a baseline for reading; as JSON or YAML it is a whole oakum.baseline/1, whatever the source was.",
	.run = run_show,
};

/* check */

static int run_check(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_baseline *baseline;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_baselines_load_file(ctx, ctx->args[0], &baseline) < 0)
		return -1;
	if (!baseline->id)
		baseline->id = baseline->name; /* as a scan calls it: the digest is the one that its verdict names */
	const char *shape = baseline->aws_shaped ? "aws" : "oakum";
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "schema", "oakum.baselineCheck/1");
		oak_put_string(&sink, "name", baseline->name);
		oak_put_string(&sink, "operatingSystem", oak_os_to_string(baseline->os));
		oak_put_string(&sink, "shape", shape);
		oak_put_string(&sink, "digest", oak_baseline_digest(ctx->arena, baseline));
		oak_put_strings(&sink, "warnings", baseline->warnings.v, baseline->warnings.n);
		oak_put_end_object(&sink);
	} else {
		oak_buf_addf(&buf, "%s: good: %s for %s, %zu rules, %zu approved and %zu rejected entries (%s's shape)\n",
			     ctx->args[0], baseline->name, oak_os_to_string(baseline->os), baseline->rules.n,
			     baseline->approved.n, baseline->rejected.n, shape);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_baseline_check = {
	.name = "baseline check",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "find every error of a baseline file",
	.description = "Reads a baseline in any of its shapes and names every error with its path in the document. Exit 0 if there is\n"
		       "none, 2 otherwise. What is legal but hardly meant is a warning.",
	.run = run_check,
};

/* export */

static const struct oak_opt export_opts[] = {
	{"format", 0, OAK_OPT_TEXT, "oakum|aws|aws-create|aws-snapshot", "which document to write (oakum)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* Would AWS take it, and what would be lost there? */
static int check_for_aws(struct oak_context *ctx, const struct oak_baseline *baseline)
{
	struct oak_problems lost = {0};
	if (oak_baseline_check_aws(ctx->arena, baseline, &lost, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < lost.list.n; i++)
		oak_warn(&ctx->out, "left out: %s: %s", lost.list.v[i].subject, lost.list.v[i].detail);
	return 0;
}

static int run_export(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_baseline *baseline;
	struct oak_sink sink;
	const char *text = oak_opt_text(ctx, "format");
	int format = text ? oak_baseline_format_from_string(text) : OAK_FORMAT_OAKUM;
	oak_out_buf(&buf);
	if (oak_baselines_load(ctx, ctx->args[0], &baseline) < 0)
		return -1;
	if (format != OAK_FORMAT_OAKUM && check_for_aws(ctx, baseline) < 0)
		return -1;
	if (ctx->out.format == OAK_OUT_YAML)
		oak_sink_yaml(&sink, &buf);
	else
		oak_sink_json(&sink, &buf);
	oak_baseline_format(baseline, (enum oak_baseline_format)format, &sink);
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_baseline_export = {
	.name = "baseline export",
	.args = "NAME|FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "write a baseline as a document of oakum or of AWS",
	.description = "Writes JSON, or YAML with -o yaml. 'aws' is what 'aws ssm get-patch-baseline' prints, 'aws-create' what\n"
		       "'create-patch-baseline --cli-input-json' takes, 'aws-snapshot' what a node of AWS gets.\n\n"
		       "A baseline that came from AWS is given back with nothing lost. One of ours that is over AWS's limits is\n"
		       "refused; what AWS has no word for is left out, each with a warning.",
	.opts = export_opts,
	.run = run_export,
};
