/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum node effective: what is assigned to this node, and why. */
#include "cli/assignments.h"
#include "cli/show.h"
#include "core/str.h"

enum { EXIT_CONFLICT = 2 };

static const struct oak_opt opts[] = {
	OAK_ASSIGNMENT_OPTS,
	{"inventory", 0, OAK_OPT_TEXT, "FILE", "ask about the node of this recorded inventory", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static void row(struct oak_table *table, const char *what, const char *value, const struct oak_assignment *from)
{
	oak_table_cell(table, what);
	oak_table_cell(table, value);
	oak_table_cell(table, from->name);
}

static void put_settings(struct oak_context *ctx, const struct oak_effective *e, struct oak_buf *buf)
{
	static const char *const headers[] = {"what", "value", "from"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, 3);
	if (e->baseline)
		row(table, "baseline", e->baseline->baseline, e->baseline);
	for (size_t i = 0; e->windows && i < e->windows->windows.n; i++)
		row(table, "window", e->windows->windows.v[i], e->windows);
	for (size_t i = 0; e->calendars && i < e->calendars->calendars.n; i++)
		row(table, "calendar", e->calendars->calendars.v[i], e->calendars);
	if (e->ring)
		row(table, "ring", e->ring->ring, e->ring);
	for (size_t i = 0; i < e->packages.n; i++) {
		const struct oak_assigned_package *p = e->packages.v[i].package;
		const char *version = p->action == OAK_ASSIGNED_UNINSTALL ? "not installed" : p->version ? p->version : p->channel;
		row(table, oak_arena_printf(ctx->arena, "package %s", p->name), version, e->packages.v[i].from);
	}
	oak_table_print(table, buf);
}

static void put_reasons(struct oak_context *ctx, const struct oak_effective *e, struct oak_buf *buf)
{
	static const char *const headers[] = {"assignment", "priority", "selector", "applies"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, 4);
	oak_buf_addc(buf, '\n');
	for (size_t i = 0; i < e->seen.n; i++) {
		const struct oak_effective_seen *s = &e->seen.v[i];
		oak_table_cell(table, s->assignment->name);
		oak_table_cellf(table, "%d", s->assignment->priority);
		oak_table_cell(table, s->assignment->selector_text);
		if (s->why_not)
			oak_table_cellf(table, "no: %s", s->why_not);
		else
			oak_table_cellf(table, "yes%s%s", s->overruled ? ", but for " : "", s->overruled ? s->overruled : "");
	}
	oak_table_print(table, buf);
}

static int print(struct oak_context *ctx, const struct oak_effective *e, const struct oak_node *node)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_effective_format(e, node, &sink);
	} else {
		put_settings(ctx, e, &buf);
		if (ctx->out.format == OAK_OUT_TABLE && e->seen.n)
			put_reasons(ctx, e, &buf);
	}
	return oak_out_end(&buf, &ctx->err);
}

static int run(struct oak_context *ctx)
{
	struct oak_assignments list;
	struct oak_effective effective;
	struct oak_node node;
	if (oak_assignments_node(ctx, &node) < 0 || oak_assignments_load(ctx, &list) < 0)
		return -1;
	oak_assignments_effective(ctx->arena, &list, &node, &effective);
	if (print(ctx, &effective, &node) < 0)
		return -1;
	for (size_t i = 0; i < effective.conflicts.list.n; i++) {
		const struct oak_assignment_conflict *c = &effective.conflicts.list.v[i];
		oak_warn(&ctx->out, "'%s' and '%s' set the %s differently ('%s', '%s'): neither counts (give one a higher priority)", c->a->name,
			 c->b->name, c->what, c->says_a, c->says_b);
	}
	return effective.conflicts.list.n ? EXIT_CONFLICT : 0;
}

const struct oak_cmd oak_cmd_node_effective = {
	.name = "node effective",
	.args = "",
	.summary = "what is assigned to this node, and why",
	.description = "Takes the assignments of the trusted repositories (policy/assignments/ in each), asks each one's selector about this "
		       "node's tags and platform, and lets the highest priority win for each thing that is set: baseline, windows, calendars, "
		       "ring, each package. Says which assignments do not apply and which test decided that, and what was overruled.\n\n"
		       "Two of equal priority that set a thing differently: it counts for neither, and the exit code is 2. 'repo publish' "
		       "refuses such a pair before.",
	.opts = opts,
	.flags = OAK_CMD_ROOT,
	.run = run,
};
