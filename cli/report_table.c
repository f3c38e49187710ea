/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports as tables: what matters in the first line, then rows, worst first. */
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "cli/show.h"
#include "core/str.h"
#include "fleet/report/exceptions.h"
#include "fleet/report/trend.h"

#define COUNT(headers) (sizeof(headers) / sizeof(*(headers)))

static const char *status_sgr(enum oak_status status)
{
	return status == OAK_COMPLIANT ? "32" : status == OAK_NON_COMPLIANT ? "31" : "33";
}

static void number(struct oak_table *t, int64_t n, const char *sgr)
{
	oak_table_cellf(t, "%lld", (long long)n);
	if (n && sgr)
		oak_table_color(t, sgr);
}

static int worst_node(const void *a, const void *b)
{
	static const int ranks[OAK_STATUS_COUNT] = {[OAK_NON_COMPLIANT] = 0, [OAK_UNKNOWN] = 1, [OAK_COMPLIANT] = 2};
	const struct oak_report_node *x = *(struct oak_report_node *const *)a, *y = *(struct oak_report_node *const *)b;
	int rank = ranks[x->summary.status] - ranks[y->summary.status], level = (int)y->summary.severity - (int)x->summary.severity;
	int name = strcmp(oak_node_label(&x->node), oak_node_label(&y->node));
	return rank ? rank : level ? level : name ? name : strcmp(x->node.id, y->node.id);
}

static void node_row(struct oak_context *ctx, const struct oak_report *report, struct oak_table *t, const struct oak_report_node *node)
{
	const struct oak_summary *s = &node->summary;
	const struct oak_platform *p = &node->node.platform;
	oak_table_cell(t, oak_status_to_string(s->status));
	oak_table_color(t, status_sgr(s->status));
	oak_table_cell(t, oak_node_label(&node->node));
	oak_table_cell(t, node->node.id);
	oak_table_cellf(t, "%s%s%s", p->id ? p->id : "", p->version ? " " : "", p->version ? p->version : "");
	oak_table_cell(t, s->status == OAK_NON_COMPLIANT ? oak_level_to_string(s->severity) : "");
	number(t, s->count[OAK_STATE_MISSING], "31");
	number(t, s->count[OAK_STATE_FAILED], "31");
	number(t, s->count[OAK_STATE_INSTALLED_REJECTED], "31");
	number(t, s->count[OAK_STATE_INSTALLED_PENDING_REBOOT], "33");
	oak_table_cell(t, node->baseline_name ? node->baseline_name : node->baseline_id);
	if (node->evaluated_at == OAK_TIME_NONE)
		oak_table_cell(t, "never scanned");
	else
		oak_table_cellf(t, "%s ago%s", oak_show_age(ctx->arena, node->evaluated_at, report->generated_at), node->stale ? " (late)" : "");
	if (node->evaluated_at == OAK_TIME_NONE || node->stale)
		oak_table_color(t, "33");
}

static int compliance(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static const char *const headers[] = {"status",	  "node",   "id",	"platform", "level",  "missing",
					      "failed", "rejected", "reboot", "baseline", "last seen"};
	const struct oak_report_totals *t = &report->totals;
	size_t n = report->nodes.n;
	oak_buf_addf(out, "%lld nodes: %lld compliant, %lld not compliant, %lld unknown", (long long)t->nodes,
		     (long long)t->by_status[OAK_COMPLIANT], (long long)t->by_status[OAK_NON_COMPLIANT], (long long)t->by_status[OAK_UNKNOWN]);
	if (t->stale || t->never_scanned)
		oak_buf_addf(out, "; %lld late, %lld never scanned", (long long)t->stale, (long long)t->never_scanned);
	oak_buf_addf(out, "\nmissing %lld\n", (long long)t->sum.count[OAK_STATE_MISSING]);
	if (!n)
		return 0;
	struct oak_report_node **order = oak_arena_alloc(ctx->arena, n * sizeof(*order));
	memcpy(order, report->nodes.v, n * sizeof(*order));
	qsort(order, n, sizeof(*order), worst_node);
	oak_buf_addc(out, '\n');
	struct oak_table *table = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (size_t i = 0; i < n; i++)
		node_row(ctx, report, table, order[i]);
	oak_table_print(table, out);
	return 0;
}

static const char *node_names(struct oak_context *ctx, const struct oak_report_lack *rows, size_t n)
{
	enum { MOST = 5 };
	const char *names[MOST] = {NULL};
	size_t shown = n < MOST ? n : MOST;
	for (size_t i = 0; i < shown; i++)
		names[i] = oak_node_label(&rows[i].node->node);
	const char *joined = oak_show_joined(ctx->arena, names, shown, ", ", 0);
	return n > shown ? oak_arena_printf(ctx->arena, "%s +%zu", joined, n - shown) : joined;
}

static int patch(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static const char *const headers[] = {"patch", "level", "severity", "available", "CVEs", "exploited", "nodes", "which"};
	struct oak_report_patches patches = {0};
	oak_report_by_patch(report, &patches);
	oak_buf_addf(out, "%zu patches are not compliant on %lld nodes\n", patches.list.n, (long long)report->totals.nodes);
	if (!patches.list.n)
		return 0;
	oak_buf_addc(out, '\n');
	struct oak_table *t = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (size_t i = 0; i < patches.list.n; i++) {
		const struct oak_report_patch *p = patches.list.v[i];
		oak_table_cell(t, p->id);
		oak_table_cell(t, oak_level_to_string(p->worst->level));
		oak_table_cell(t, p->worst->severity ? p->worst->severity : p->worst->classification);
		oak_table_cell(t, p->worst->available);
		number(t, (int64_t)p->cves, NULL);
		oak_table_cell(t, p->known_exploited ? "yes" : "");
		oak_table_color(t, "1;31");
		number(t, (int64_t)p->nodes.n, NULL);
		oak_table_cell(t, node_names(ctx, p->nodes.v, p->nodes.n));
	}
	oak_table_print(t, out);
	return 0;
}

static int cve(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static const char *const headers[] = {"CVE", "level", "exploited", "EPSS", "nodes", "patches", "which"};
	struct oak_report_cves cves = {0};
	oak_report_by_cve(report, &cves);
	oak_buf_addf(out, "%zu CVEs have approved patches that are missing on %lld nodes\n", cves.list.n, (long long)report->totals.nodes);
	if (!cves.list.n)
		return 0;
	oak_buf_addc(out, '\n');
	struct oak_table *t = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (size_t i = 0; i < cves.list.n; i++) {
		const struct oak_report_cve *c = cves.list.v[i];
		oak_table_cell(t, c->id);
		oak_table_cell(t, oak_level_to_string(c->level));
		oak_table_cell(t, c->mark.known_exploited ? c->mark.ransomware ? "yes, ransomware" : "yes" : "");
		oak_table_color(t, "1;31");
		if (c->mark.scored)
			oak_table_cellf(t, "%.1f %%", 100 * c->mark.epss);
		else
			oak_table_cell(t, "");
		number(t, (int64_t)c->nodes, NULL);
		number(t, (int64_t)c->patches, NULL);
		oak_table_cell(t, node_names(ctx, c->rows.v, c->rows.n));
	}
	oak_table_print(t, out);
	return 0;
}

static int inventory(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static const char *const headers[] = {"package", "version", "arch", "nodes"};
	struct oak_report_packages packages = {0};
	if (oak_report_by_package(report, &packages, &ctx->err) < 0)
		return -1;
	oak_buf_addf(out, "%zu %s on %lld %s\n", packages.list.n, packages.list.n == 1 ? "version of a package" : "versions of packages",
		     (long long)report->totals.nodes, report->totals.nodes == 1 ? "node" : "nodes");
	if (!packages.list.n)
		return 0;
	oak_buf_addc(out, '\n');
	struct oak_table *t = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (size_t i = 0; i < packages.list.n; i++) {
		const struct oak_report_package *p = packages.list.v[i];
		oak_table_cell(t, p->name);
		oak_table_cell(t, p->version);
		oak_table_cell(t, p->arch);
		number(t, p->nodes, NULL);
	}
	oak_table_print(t, out);
	return 0;
}

static const char *span(struct oak_arena *arena, int64_t seconds)
{
	return seconds >= OAK_DAY ? oak_arena_printf(arena, "%.1f days", (double)seconds / OAK_DAY)
				  : oak_arena_printf(arena, "%.1f h", (double)seconds / 3600);
}

static void trend_levels(struct oak_context *ctx, const struct oak_trend *trend, struct oak_buf *out)
{
	static const char *const headers[] = {"level", "promised", "installed", "in time", "late", "open", "overdue", "median", "90 %"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (int i = OAK_LEVEL_COUNT - 1; i >= 0; i--) {
		const struct oak_trend_level *l = &trend->levels[i];
		oak_table_cell(t, oak_level_to_string((enum oak_level)i));
		oak_table_cell(t, l->sla ? span(ctx->arena, l->sla) : "");
		number(t, l->closed, NULL);
		number(t, l->within, NULL);
		number(t, l->late, "31");
		number(t, l->open, NULL);
		number(t, l->overdue, "31");
		oak_table_cell(t, l->closed ? span(ctx->arena, l->median) : "");
		oak_table_cell(t, l->closed ? span(ctx->arena, l->p90) : "");
	}
	oak_table_print(t, out);
}

static int trend(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static const char *const headers[] = {"day", "nodes", "compliant", "not compliant", "unknown", "missing"};
	const struct oak_trend *trend = report->trend;
	char text[OAK_TIME_TEXT];
	struct oak_table *t = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (size_t i = 0; i < trend->days.n; i++) {
		const struct oak_trend_day *d = &trend->days.v[i];
		oak_table_cellf(t, "%.10s", oak_time_format(d->at, text));
		number(t, d->nodes, NULL);
		number(t, d->by_status[OAK_COMPLIANT], "32");
		number(t, d->by_status[OAK_NON_COMPLIANT], "31");
		number(t, d->by_status[OAK_UNKNOWN], "33");
		number(t, d->missing, NULL);
	}
	oak_table_print(t, out);
	oak_buf_adds(out, "\ntime to patch:\n");
	trend_levels(ctx, trend, out);
	if (trend->overdue.n)
		oak_buf_addf(out, "\n%zu overdue (see them with -o html or json)\n", trend->overdue.n);
	return 0;
}

static int exceptions(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static const char *const headers[] = {"state", "entry", "owner", "ends", "patches", "nodes", "baseline", "reason"};
	static const char *const colors[OAK_EXCEPTION_STATE_COUNT] = {"32", "33", "31"};
	const struct oak_exceptions *list = report->exceptions;
	if (!list->list.n) {
		oak_buf_adds(out, "no exceptions\n");
		return 0;
	}
	struct oak_table *t = oak_table_new(&ctx->out, headers, COUNT(headers));
	for (size_t i = 0; i < list->list.n; i++) {
		const struct oak_exception *e = list->list.v[i];
		oak_table_cell(t, oak_exception_state_to_string(e->state));
		oak_table_color(t, colors[e->state]);
		oak_table_cell(t, e->pattern ? e->pattern : e->rule);
		oak_table_cell(t, e->owner);
		oak_table_cell(t, oak_show_time(ctx->arena, e->expires));
		number(t, (int64_t)e->patches.n, NULL);
		number(t, (int64_t)e->nodes.n, NULL);
		oak_table_cell(t, e->baseline_name ? e->baseline_name : e->baseline_id);
		oak_table_cell(t, e->reason);
	}
	oak_table_print(t, out);
	return 0;
}

int oak_report_table(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out)
{
	static int (*const tables[OAK_REPORT_KIND_COUNT])(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out) = {
		[OAK_REPORT_COMPLIANCE] = compliance, [OAK_REPORT_PATCH] = patch, [OAK_REPORT_CVE] = cve,
		[OAK_REPORT_INVENTORY] = inventory,   [OAK_REPORT_TREND] = trend, [OAK_REPORT_EXCEPTIONS] = exceptions};
	return tables[report->kind](ctx, report, out);
}
