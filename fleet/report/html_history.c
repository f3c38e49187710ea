/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages about packages, the past, and exceptions. */
#include "fleet/report/exceptions.h"
#include "fleet/report/html.h"
#include "fleet/report/trend.h"

static const char *as_of(struct oak_html *h)
{
	return oak_arena_printf(h->arena, "As of %s.", oak_time_text(h->arena, h->report->generated_at));
}

static void inventory_nodes(struct oak_html *h, const struct oak_report_packages *packages)
{
	static const char *const headers[] = {"Node", "Platform", "Version", "Architecture", "Kernel", "Packages"};
	static const bool numbers[] = {false, false, false, false, false, true};
	oak_html_section_begin(h, "nodes", "Nodes", NULL);
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)h->report->nodes.n, "node", "nodes"), headers, numbers, 6);
	for (size_t i = 0; i < h->report->nodes.n; i++) {
		const struct oak_node *node = &h->report->nodes.v[i]->node;
		oak_html_cell_id(h, node->name, node->id);
		oak_html_cell(h, node->platform.id);
		oak_html_cell(h, node->platform.version);
		oak_html_cell(h, node->platform.arch);
		oak_html_cell(h, node->platform.kernel);
		oak_html_cell_number(h, packages->counts.v[i], "");
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
}

int oak_html_inventory(struct oak_html *h, struct oak_error *err)
{
	static const char *const headers[] = {"Package", "Version", "Architecture", "Nodes"};
	static const bool numbers[] = {false, false, false, true};
	struct oak_report_packages packages = {0};
	if (oak_report_by_package(h->report, &packages, err) < 0)
		return -1;
	oak_html_lead(h,
	     oak_arena_printf(h->arena, "%s on %s.",
			      oak_html_count(h->arena, (int64_t)packages.list.n, "version of a package", "versions of packages"),
			      oak_html_count(h->arena, h->report->totals.nodes, "node", "nodes")),
	     as_of(h));
	inventory_nodes(h, &packages);
	oak_html_section_begin(h, "packages", "Packages", NULL);
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)packages.list.n, "version", "versions"), headers, numbers, 4);
	for (size_t i = 0; i < packages.list.n; i++) {
		const struct oak_report_package *p = packages.list.v[i];
		oak_html_cell(h, p->name);
		oak_html_cell(h, p->version);
		oak_html_cell(h, p->arch);
		oak_html_cell_number(h, p->nodes, "");
		if (oak_report_drain(h->out, err) < 0)
			return -1;
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
	return 0;
}

static void trend_charts(struct oak_html *h, const struct oak_trend *t)
{
	size_t n = t->days.n;
	int64_t *v[4];
	for (size_t i = 0; i < 4; i++)
		v[i] = oak_arena_alloc(h->arena, (n + 1) * sizeof(**v));
	for (size_t d = 0; d < n; d++) {
		v[0][d] = t->days.v[d].by_status[OAK_COMPLIANT];
		v[1][d] = t->days.v[d].by_status[OAK_NON_COMPLIANT];
		v[2][d] = t->days.v[d].by_status[OAK_UNKNOWN];
		v[3][d] = t->days.v[d].missing;
	}
	const struct oak_html_line nodes[] = {{"compliant", "ok", v[0]}, {"not compliant", "bad", v[1]}, {"unknown", "warn", v[2]}};
	const struct oak_html_line missing[] = {{"patches missing", "bad", v[3]}};
	const char *first = n ? oak_arena_strndup(h->arena, oak_time_text(h->arena, t->days.v[0].at), 10) : "";
	const char *last = n ? oak_arena_strndup(h->arena, oak_time_text(h->arena, t->days.v[n - 1].at), 10) : "";
	oak_buf_adds(h->buf, "<div class=\"charts\">\n");
	oak_html_lines(h, "Nodes by status, at the end of each day", first, last, nodes, 3, n);
	oak_html_lines(h, "Missing patches, at the end of each day", first, last, missing, 1, n);
	oak_buf_adds(h->buf, "</div>\n");
}

static void trend_levels(struct oak_html *h, const struct oak_trend *t)
{
	static const char *const headers[] = {"Level",	      "Promised", "Installed", "In time", "Late", "Still open",
					      "Of these late", "Median",   "Nine of ten within"};
	static const bool numbers[] = {false, false, true, true, true, true, true, false, false};
	oak_html_section_begin(h, "time", "Time to patch",
			       "From the approval of a patch, or from the first scan that missed it, to the scan that found it installed.");
	oak_html_table_begin(h, "By level", headers, numbers, 9);
	for (int i = OAK_LEVEL_COUNT - 1; i >= 0; i--) {
		const struct oak_trend_level *l = &t->levels[i];
		oak_html_cell(h, oak_html_level((enum oak_level)i));
		oak_html_cell(h, l->sla ? oak_html_age(h->arena, l->sla) : NULL);
		oak_html_cell_number(h, l->closed, "");
		oak_html_cell_number(h, l->within, "");
		oak_html_cell_number(h, l->late, "bad");
		oak_html_cell_number(h, l->open, "");
		oak_html_cell_number(h, l->overdue, "bad");
		oak_html_cell(h, l->closed ? oak_html_age(h->arena, l->median) : NULL);
		oak_html_cell(h, l->closed ? oak_html_age(h->arena, l->p90) : NULL);
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
}

static void trend_overdue(struct oak_html *h, const struct oak_trend *t)
{
	static const char *const headers[] = {"Patch", "Node", "Level", "Missing since", "Due"};
	enum { MOST = 500 };
	size_t n = t->overdue.n > MOST ? MOST : t->overdue.n;
	if (!n)
		return;
	oak_html_section_begin(h, "overdue", "Overdue", "Longest first.");
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)t->overdue.n, "patch on a node", "patches on nodes"), headers, NULL, 5);
	for (size_t i = 0; i < n; i++) {
		const struct oak_trend_overdue *o = &t->overdue.v[i];
		oak_html_cell(h, o->patch);
		oak_html_cell(h, o->node);
		oak_html_cell_badge(h, oak_level_tone(o->level), oak_html_level(o->level));
		oak_html_cell(h, oak_time_text(h->arena, o->since));
		oak_html_cell(h, oak_time_text(h->arena, o->due));
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
}

int oak_html_trend(struct oak_html *h, struct oak_error *err)
{
	const struct oak_trend *t = h->report->trend;
	(void)err;
	oak_html_lead(h,
	     t->days.n ? oak_arena_printf(h->arena, "%lld of %s compliant now; %s overdue.",
					  (long long)t->days.v[t->days.n - 1].by_status[OAK_COMPLIANT],
					  oak_html_count(h->arena, t->days.v[t->days.n - 1].nodes, "node is", "nodes are"),
					  oak_html_count(h->arena, (int64_t)t->overdue.n, "patch is", "patches are"))
		       : "There is no history yet.",
	     oak_arena_printf(h->arena, "%s to %s.", oak_time_text(h->arena, t->from), oak_time_text(h->arena, t->until)));
	oak_buf_adds(h->buf, "<br>\n");
	trend_charts(h, t);
	trend_levels(h, t);
	trend_overdue(h, t);
	return 0;
}

int oak_html_exceptions(struct oak_html *h, struct oak_error *err)
{
	static const char *const headers[] = {"Entry", "State", "Owner", "Reason", "Ends", "Baseline", "Patches now", "Nodes now"};
	static const char *const tones[OAK_EXCEPTION_STATE_COUNT] = {"ok", "warn", "bad"};
	static const char *const words[OAK_EXCEPTION_STATE_COUNT] = {"Active", "Ends soon", "Expired"};
	const struct oak_exceptions *list = h->report->exceptions;
	oak_html_lead(h,
	     oak_arena_printf(h->arena, "%s; %lld end soon, %lld have expired.",
			      oak_html_count(h->arena, (int64_t)list->list.n, "exception", "exceptions"),
			      (long long)list->by_state[OAK_EXCEPTION_ENDS_SOON], (long long)list->by_state[OAK_EXCEPTION_EXPIRED]),
	     as_of(h));
	oak_html_section_begin(h, "exceptions", "Exceptions", "Those that end first come first.");
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)list->list.n, "entry", "entries"), headers, NULL, 8);
	for (size_t i = 0; i < list->list.n; i++) {
		const struct oak_exception *e = list->list.v[i];
		oak_html_cell_id(h, e->pattern, e->rule);
		oak_html_cell_badge(h, tones[e->state], words[e->state]);
		oak_html_cell(h, e->owner);
		oak_html_cell(h, e->reason);
		oak_html_cell(h, oak_time_text(h->arena, e->expires));
		oak_html_cell(h, e->baseline_name ? e->baseline_name : e->baseline_id);
		oak_html_cell_list(h, e->patches.v, e->patches.n, "patches");
		oak_html_cell_list(h, e->nodes.v, e->nodes.n, "nodes");
		if (oak_report_drain(h->out, err) < 0)
			return -1;
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
	return 0;
}
