/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum inventory: what is here, no judgement. */
#include "cli/scan_run.h"
#include "cli/show.h"
#include "core/map.h"

static const struct oak_opt opts[] = {
	OAK_SCAN_OPTS,
	{NULL, 0, 0, NULL, NULL, 0},
};

/* The highest offered version of each installed package: the first of its rows that is not lower is enough here,
 * because scanners list a package's updates in rising order. */
static void index_updates(const struct oak_inventory *inventory, struct oak_arena *arena, struct oak_map *ret)
{
	oak_map_init(ret, arena, inventory->updates.n);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *u = &inventory->updates.v[i];
		oak_map_put(ret, u->name, (void *)u->evr);
	}
}

static const char *marks(struct oak_arena *arena, const struct oak_package *p)
{
	const char *words[4];
	size_t n = 0;
	if (p->automatic)
		words[n++] = "auto";
	if (p->hold)
		words[n++] = p->hold_kind ? p->hold_kind : "hold";
	if (p->pin)
		words[n++] = "pinned";
	if (p->module)
		words[n++] = p->module;
	return oak_show_joined(arena, words, n, ",", 0);
}

static void add_rows(struct oak_context *ctx, const struct oak_inventory *inventory, struct oak_buf *out)
{
	static const char *const headers[] = {"name", "arch", "evr", "offered", "source", "marks"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	struct oak_map offered;
	index_updates(inventory, ctx->arena, &offered);
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];
		oak_table_cell(table, p->name);
		oak_table_cell(table, p->arch);
		oak_table_cell(table, p->evr);
		oak_table_cell(table, oak_map_find(&offered, p->name));
		oak_table_cell(table, p->source);
		oak_table_cell(table, marks(ctx->arena, p));
	}
	oak_table_print(table, out);
}

/* SUSE: how many patches are in each status. */
static void add_patches(const struct oak_inventory *inventory, struct oak_buf *out)
{
	static const char *const statuses[][2] = {{"NEEDED", "needed"}, {"OPTIONAL", "optional"}, {"UNWANTED", "locked"},
						  {"NOT_NEEDED", "not needed"}, {"NOT_APPLICABLE", "not applicable"},
						  {"RETRACTED", "retracted"}};
	const char *before = "patches ";
	for (size_t k = 0; k < sizeof(statuses) / sizeof(*statuses); k++) {
		size_t n = 0;
		for (size_t i = 0; i < inventory->patches.n; i++)
			n += oak_streq(inventory->patches.v[i].status, statuses[k][0]);
		if (n)
			oak_buf_addf(out, "%s%s %zu", before, statuses[k][1], n);
		before = n ? ", " : before;
	}
	if (inventory->patches.n)
		oak_buf_addc(out, '\n');
}

static void add_facts(struct oak_context *ctx, const struct oak_inventory *inventory, struct oak_buf *out)
{
	const struct oak_platform *p = &inventory->node.platform;
	oak_buf_addf(out, "node: %s%s%s\n", inventory->node.name ? inventory->node.name : "",
		     inventory->node.name ? ", " : "", inventory->node.id ? inventory->node.id : "");
	oak_buf_addf(out, "platform: %s %s %s%s%s%s%s%s%s%s\n", p->id ? p->id : "unknown", p->version ? p->version : "",
		     p->arch ? p->arch : "", p->kernel ? ", kernel " : "", p->kernel ? p->kernel : "", p->product ? ", " : "",
		     p->product ? p->product : "", p->edition ? " (" : "", p->edition ? p->edition : "", p->edition ? ")" : "");
	oak_buf_addf(out, "metadata: %s%s, %zu %s\n",
		     inventory->metadata_at == OAK_TIME_NONE ? "none" : oak_show_age(ctx->arena, inventory->metadata_at, oak_ctx_now(ctx)),
		     inventory->metadata_at == OAK_TIME_NONE ? "" : " old", inventory->repositories.n,
		     inventory->repositories.n == 1 ? "repository" : "repositories");
	oak_buf_addf(out, "packages %zu, updates %zu\n", inventory->packages.n, inventory->updates.n);
	add_patches(inventory, out);
	if (inventory->reboot_required)
		oak_buf_addf(out, "reboot required: %s\n",
			     oak_show_joined(ctx->arena, inventory->reboot_reasons.v, inventory->reboot_reasons.n, ", ", 3));
	oak_buf_addc(out, '\n');
}

static int finish(struct oak_context *ctx, const struct oak_scan_run *scan)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_inventory_format(scan->inventory, &sink);
	} else {
		if (ctx->out.format == OAK_OUT_TABLE)
			add_facts(ctx, scan->inventory, &buf);
		add_rows(ctx, scan->inventory, &buf);
		oak_scan_run_warn(scan, scan->inventory->problems.v, scan->inventory->problems.n);
	}
	return oak_out_end(&buf, &ctx->err) < 0 ? -1 : oak_scan_run_exit(scan);
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_scan_run_done) struct oak_scan_run scan = {0};
	if (oak_scan_run_inventory(ctx, &scan) < 0 || oak_scan_run_recall(&scan, false) < 0)
		return -1;
	return finish(ctx, &scan);
}

const struct oak_cmd oak_cmd_inventory = {
	.name = "inventory",
	.args = "",
	.summary = "what is here, no judgement",
	.description = "Prints what a scan found: the node, its repositories, installed packages, the versions that the\n"
		       "repositories offer above them, and whether a reboot is due. As JSON or YAML it is an oakum.inventory/1,\n"
		       "which 'oakum scan --inventory FILE' judges later or elsewhere. Nothing is stored.",
	.opts = opts,
	.flags = OAK_CMD_ROOT,
	.run = run,
};
