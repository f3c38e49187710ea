/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages about nodes and what they lack: compliance, patches, CVEs. */
#include <stdlib.h>
#include <string.h>

#include "fleet/report/html.h"

enum { TOP_PATCHES = 100 };

static const char *status_word(enum oak_status status)
{
	return status == OAK_COMPLIANT ? "Compliant" : status == OAK_NON_COMPLIANT ? "Not compliant" : "Unknown";
}

const char *oak_html_level(enum oak_level level)
{
	static const char *const words[OAK_LEVEL_COUNT] = {"Unspecified", "Informational", "Low", "Medium", "High", "Critical"};
	return words[level];
}

static const char *state_word(enum oak_state state)
{
	static const char *const words[OAK_STATE_COUNT] = {
		"Installed", "Installed, other", "Installed, rejected", "Waits for a reboot", "Missing", "Failed", "Not applicable",
		"Available"};
	return words[state];
}

static int64_t missing_of(const struct oak_summary *s)
{
	return s->count[OAK_STATE_MISSING] + s->count[OAK_STATE_FAILED];
}

static void compliance_head(struct oak_html *h)
{
	const struct oak_report_totals *t = &h->report->totals;
	struct oak_arena *a = h->arena;
	const char *text = "There are no nodes to report on.";
	if (t->nodes && t->by_status[OAK_COMPLIANT] == t->nodes)
		text = t->nodes == 1 ? "The node is compliant." : oak_arena_printf(a, "All %lld nodes are compliant.", (long long)t->nodes);
	else if (t->nodes)
		text = oak_arena_printf(a, "%lld of %s not compliant%s; %s missing.", (long long)t->by_status[OAK_NON_COMPLIANT],
					oak_html_count(a, t->nodes, "node is", "nodes are"),
					t->by_status[OAK_UNKNOWN] ? oak_arena_printf(a, ", %lld unknown", (long long)t->by_status[OAK_UNKNOWN]) : "",
					oak_html_count(a, missing_of(&t->sum), "patch is", "patches are"));
	oak_html_lead(h, text,
	     oak_arena_printf(a, "As of %s. A node is called late when it was last scanned more than %s ago.",
			      oak_time_text(a, h->report->generated_at), oak_html_age(a, h->report->max_age)));
}

static void compliance_tiles(struct oak_html *h)
{
	const struct oak_report_totals *t = &h->report->totals;
	const struct oak_summary *s = &t->sum;
	struct oak_arena *a = h->arena;
	const struct {
		int64_t n;
		const char *tone, *label, *note;
	} tiles[] = {
		{t->nodes, "", "Nodes", "in this report"},
		{t->by_status[OAK_COMPLIANT], "ok", "Compliant", NULL},
		{t->by_status[OAK_NON_COMPLIANT], "bad", "Not compliant", NULL},
		{t->by_status[OAK_UNKNOWN], "warn", "Unknown", "no metadata that is new enough"},
		{missing_of(s), "bad", "Patches missing", "approved and not installed"},
		{s->non_compliant_by_level[OAK_LEVEL_CRITICAL], "bad", "Critical", "patches not compliant"},
		{s->count[OAK_STATE_INSTALLED_PENDING_REBOOT], "warn", "Waiting", "for a reboot"},
		{t->stale, "warn", "Late", "not scanned lately"},
	};
	oak_html_tiles_begin(h);
	for (size_t i = 0; i < sizeof(tiles) / sizeof(*tiles); i++) {
		const char *share = t->nodes ? oak_arena_printf(a, "%lld %% of nodes", (long long)(100 * tiles[i].n / t->nodes)) /* as in the chart */ : "";
		oak_html_tile(h, tiles[i].n ? tiles[i].tone : "", tiles[i].label, oak_arena_printf(a, "%lld", (long long)tiles[i].n),
			      tiles[i].note ? tiles[i].note : share);
	}
	oak_html_tiles_end(h);
}

static int by_count(const void *a, const void *b)
{
	const struct oak_html_part *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->label, y->label);
}

/* Nodes that are not compliant, by platform; the largest ones. */
static void platform_chart(struct oak_html *h)
{
	enum { MOST = 8 };
	struct oak_map map;
	OAK_VEC(struct oak_html_part) parts = {0};
	oak_map_init(&map, h->arena, 16);
	for (size_t i = 0; i < h->report->nodes.n; i++) {
		const struct oak_report_node *node = h->report->nodes.v[i];
		const struct oak_platform *p = &node->node.platform;
		const char *label = oak_arena_printf(h->arena, "%s%s%s", p->id ? p->id : "not known", p->version ? " " : "", p->version ? p->version : "");
		int64_t **slot = (int64_t **)oak_map_slot(&map, label);
		if (!*slot)
			*slot = OAK_NEW(h->arena, int64_t);
		**slot += node->summary.status == OAK_NON_COMPLIANT;
	}
	for (size_t i = 0; i < map.cap; i++)
		if (map.slots[i].key)
			*oak_push(h->arena, &parts) = (struct oak_html_part){map.slots[i].key, "bad", *(int64_t *)map.slots[i].value};
	if (parts.n)
		qsort(parts.v, parts.n, sizeof(*parts.v), by_count);
	if (parts.n > 1)
		oak_html_bars(h, "Nodes not compliant, by platform", parts.v, parts.n > MOST ? MOST : parts.n);
}

static void compliance_charts(struct oak_html *h)
{
	const struct oak_report_totals *t = &h->report->totals;
	const struct oak_html_part statuses[] = {{"compliant", "ok", t->by_status[OAK_COMPLIANT]},
						 {"not compliant", "bad", t->by_status[OAK_NON_COMPLIANT]},
						 {"unknown", "warn", t->by_status[OAK_UNKNOWN]}};
	struct oak_html_part levels[OAK_LEVEL_COUNT];
	for (int i = 0; i < OAK_LEVEL_COUNT; i++) {
		enum oak_level level = (enum oak_level)(OAK_LEVEL_COUNT - 1 - i);
		levels[i] = (struct oak_html_part){oak_html_level(level), oak_level_tone(level), t->sum.non_compliant_by_level[level]};
	}
	oak_buf_adds(h->buf, "<div class=\"charts\">\n");
	oak_html_donut(h, "Nodes by status",
		       t->nodes ? oak_arena_printf(h->arena, "%lld %%", (long long)(100 * t->by_status[OAK_COMPLIANT] / t->nodes)) /* never rounded up to 100 */ : "",
		       statuses, 3);
	oak_html_bars(h, "Patches not compliant, by level", levels, OAK_LEVEL_COUNT);
	platform_chart(h);
	oak_buf_adds(h->buf, "</div>\n");
}

static int rank(const struct oak_report_node *node)
{
	return node->summary.status == OAK_NON_COMPLIANT ? 0 : node->summary.status == OAK_UNKNOWN ? 1 : 2;
}

static int worst_node(const void *a, const void *b)
{
	const struct oak_report_node *x = *(struct oak_report_node *const *)a, *y = *(struct oak_report_node *const *)b;
	int64_t more = missing_of(&y->summary) - missing_of(&x->summary);
	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (x->summary.severity != y->summary.severity)
		return (int)y->summary.severity - (int)x->summary.severity;
	if (more)
		return more > 0 ? 1 : -1;
	int order = strcmp(oak_node_label(&x->node), oak_node_label(&y->node));
	return order ? order : strcmp(x->node.id, y->node.id);
}

static void node_row(struct oak_html *h, struct oak_arena *arena, const struct oak_report_node *node)
{
	const struct oak_summary *s = &node->summary;
	const struct oak_platform *p = &node->node.platform;
	bool never = node->evaluated_at == OAK_TIME_NONE, bad = s->status == OAK_NON_COMPLIANT;
	oak_html_cell_id(h, node->node.name, node->node.id);
	oak_html_cell_badge(h, oak_status_tone(s->status), status_word(s->status));
	oak_html_cell(h, bad ? oak_html_level(s->severity) : NULL);
	oak_html_cell_number(h, s->count[OAK_STATE_MISSING], "bad");
	oak_html_cell_number(h, s->count[OAK_STATE_FAILED], "bad");
	oak_html_cell_number(h, s->count[OAK_STATE_INSTALLED_REJECTED], "bad");
	oak_html_cell_number(h, s->count[OAK_STATE_INSTALLED_PENDING_REBOOT], "warn");
	oak_html_cell(h, oak_arena_printf(arena, "%s%s%s", p->id ? p->id : "", p->version ? " " : "", p->version ? p->version : ""));
	oak_html_cell(h, node->baseline_name ? node->baseline_name : node->baseline_id);
	if (never || node->stale)
		oak_html_cell_badge(h, "warn",
				    never ? "never scanned"
					  : oak_arena_printf(arena, "%s ago", oak_html_age(arena, h->report->generated_at - node->evaluated_at)));
	else
		oak_html_cell(h, oak_arena_printf(arena, "%s ago", oak_html_age(arena, h->report->generated_at - node->evaluated_at)));
}

static int node_table(struct oak_html *h, struct oak_error *err)
{
	static const char *const headers[] = {"Node",	  "Status", "Level",	"Missing",  "Failed",
					      "Rejected", "Reboot", "Platform", "Baseline", "Last seen"};
	static const bool numbers[] = {false, false, false, true, true, true, true, false, false, false};
	size_t n = h->report->nodes.n;
	struct oak_report_node **order = oak_arena_alloc(h->arena, (n + 1) * sizeof(*order));
	for (size_t i = 0; i < n; i++)
		order[i] = h->report->nodes.v[i];
	qsort(order, n, sizeof(*order), worst_node);
	oak_html_section_begin(h, "nodes", "Nodes", "Worst first.");
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)n, "node", "nodes"), headers, numbers,
			     sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		node_row(h, arena, order[i]);
		if (oak_report_drain(h->out, err) < 0)
			return -1;
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
	return 0;
}

static void patch_row(struct oak_html *h, const struct oak_report_patch *patch, bool with_nodes)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_patch *p = patch->worst;
	const char **nodes = oak_arena_alloc(arena, patch->nodes.n * sizeof(*nodes));
	for (size_t i = 0; i < patch->nodes.n; i++) {
		const struct oak_report_lack *l = &patch->nodes.v[i];
		const struct oak_node *node = &l->node->node;
		bool both = node->name && *node->name && strcmp(node->name, node->id) != 0;
		const char *from = l->patch->installed, *to = l->patch->available;
		bool versions = (from && *from) || (to && *to); /* an update of Windows has none */
		nodes[i] = oak_arena_printf(arena, "%s%s%s%s: %s%s%s%s%s", both ? node->name : "", both ? " (" : "", node->id, both ? ")" : "",
					    state_word(l->patch->state), versions ? ", " : "", !versions ? "" : from && *from ? from : "nothing",
					    versions ? " \xe2\x86\x92 " : "", !versions ? "" : to && *to ? to : "nothing");
	}
	oak_html_cell_id(h, patch->name, patch->id);
	oak_html_cell_badge(h, oak_level_tone(p->level), oak_html_level(p->level));
	oak_html_cell(h, p->severity ? p->severity : p->classification);
	if (patch->known_exploited)
		oak_html_cell_badge(h, "bad", "known to be exploited");
	else
		oak_html_cell(h, NULL);
	oak_html_cell_list(h, p->cves.v, p->cves.n, "CVEs");
	if (with_nodes)
		oak_html_cell_list(h, nodes, patch->nodes.n, "nodes");
	else
		oak_html_cell_number(h, (int64_t)patch->nodes.n, "");
}

static int patch_table(struct oak_html *h, const struct oak_report_patches *patches, size_t most, bool with_nodes,
		       struct oak_error *err)
{
	static const char *const headers[] = {"Patch", "Level", "Severity", "Exploited", "Fixes", "Nodes"};
	static const bool numbers[] = {false, false, false, false, false, true};
	size_t n = most && patches->list.n > most ? most : patches->list.n;
	const char *caption = n < patches->list.n ? oak_arena_printf(h->arena, "The worst %zu of %zu patches", n, patches->list.n)
						  : oak_html_count(h->arena, (int64_t)n, "patch", "patches");
	oak_html_table_begin(h, caption, headers, with_nodes ? NULL : numbers, 6);
	for (size_t i = 0; i < n; i++) {
		patch_row(h, patches->list.v[i], with_nodes);
		if (oak_report_drain(h->out, err) < 0)
			return -1;
	}
	oak_html_table_end(h);
	return 0;
}

int oak_html_compliance(struct oak_html *h, struct oak_error *err)
{
	struct oak_report_patches patches = {0};
	bool one = h->report->nodes.n == 1;
	oak_report_by_patch(h->report, &patches);
	compliance_head(h);
	compliance_tiles(h);
	compliance_charts(h);
	if (node_table(h, err) < 0)
		return -1;
	if (!patches.list.n)
		return 0;
	oak_html_section_begin(h, "patches", "What is not compliant",
			       one ? "Highest level first." : "Highest level first; 'oakum report patch' names the nodes of each.");
	if (patch_table(h, &patches, one ? 0 : TOP_PATCHES, one, err) < 0)
		return -1;
	oak_html_section_end(h);
	return 0;
}

int oak_html_patch(struct oak_html *h, struct oak_error *err)
{
	struct oak_report_patches patches = {0};
	oak_report_by_patch(h->report, &patches);
	oak_html_lead(h,
	     oak_arena_printf(h->arena, "%s on %s.",
			      oak_html_count(h->arena, (int64_t)patches.list.n, "patch is not compliant", "patches are not compliant"),
			      oak_html_count(h->arena, h->report->totals.nodes, "node", "nodes")),
	     oak_arena_printf(h->arena, "As of %s.", oak_time_text(h->arena, h->report->generated_at)));
	oak_html_section_begin(h, "patches", "Patches", "Highest level first, with the nodes that lack each.");
	if (patch_table(h, &patches, 0, true, err) < 0)
		return -1;
	oak_html_section_end(h);
	return 0;
}

static void cve_row(struct oak_html *h, const struct oak_report_cve *cve)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char **rows = oak_arena_alloc(arena, cve->rows.n * sizeof(*rows));
	for (size_t i = 0; i < cve->rows.n; i++)
		rows[i] = oak_arena_printf(arena, "%s on %s (%s)", cve->rows.v[i].patch->id, oak_node_label(&cve->rows.v[i].node->node),
					   cve->rows.v[i].node->node.id);
	oak_html_cell(h, cve->id);
	oak_html_cell_badge(h, oak_level_tone(cve->level), oak_html_level(cve->level));
	if (cve->mark.known_exploited)
		oak_html_cell_badge(h, "bad", cve->mark.ransomware ? "exploited, ransomware" : "known to be exploited");
	else
		oak_html_cell(h, NULL);
	oak_html_cell(h, cve->mark.scored ? oak_arena_printf(arena, "%.1f %%", 100 * cve->mark.epss) : NULL);
	oak_html_cell_number(h, (int64_t)cve->nodes, "");
	oak_html_cell_list(h, rows, cve->rows.n, "patches and nodes");
}

int oak_html_cve(struct oak_html *h, struct oak_error *err)
{
	static const char *const headers[] = {"CVE", "Level", "Exploited", "EPSS", "Nodes", "Where"};
	static const bool numbers[] = {false, false, false, false, true, false};
	struct oak_report_cves cves = {0};
	oak_report_by_cve(h->report, &cves);
	oak_html_lead(h,
	     oak_arena_printf(h->arena, "%s on %s.",
			      oak_html_count(h->arena, (int64_t)cves.list.n, "vulnerability has an approved patch that is missing",
					     "vulnerabilities have approved patches that are missing"),
			      oak_html_count(h->arena, h->report->totals.nodes, "node", "nodes")),
	     oak_arena_printf(h->arena, "As of %s.", oak_time_text(h->arena, h->report->generated_at)));
	oak_html_section_begin(h, "cves", "Vulnerabilities", "Known to be exploited first, then by level.");
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)cves.list.n, "CVE", "CVEs"), headers, numbers, 6);
	for (size_t i = 0; i < cves.list.n; i++) {
		cve_row(h, cves.list.v[i]);
		if (oak_report_drain(h->out, err) < 0)
			return -1;
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
	return 0;
}
