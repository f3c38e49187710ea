/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports as CSV: AWS's columns where AWS has such a report (patch-semantics (f.1)), rows of the same facts elsewhere. */
#include "core/csv.h"

#include "core/str.h"
#include "fleet/report/exceptions.h"
#include "fleet/report/format.h"
#include "fleet/report/trend.h"

static void row(struct oak_buf *buf, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		oak_csv_cell(buf, cells[i]);
		oak_buf_adds(buf, i + 1 < n ? "," : "\r\n");
	}
}
#define ROW(buf, cells) row(buf, cells, sizeof(cells) / sizeof(*(cells)))

static const char *number(struct oak_arena *arena, int64_t n)
{
	return oak_arena_printf(arena, "%lld", (long long)n);
}

static const char *baseline_of(const struct oak_report_node *node)
{
	return node->baseline_id ? node->baseline_id : node->baseline_name;
}

static const char *group_of(const struct oak_node *node)
{
	const char *group = oak_node_tag(node, "Patch Group");
	return group ? group : oak_node_tag(node, "PatchGroup");
}

static void compliance_row(struct oak_buf *buf, struct oak_arena *arena, size_t index, const struct oak_report_node *node)
{
	const struct oak_summary *s = &node->summary;
	const int64_t *by_level = s->non_compliant_by_level;
	const char *cells[] = {
		number(arena, (int64_t)index + 1),
		node->node.id,
		node->node.name,
		NULL, /* no address is kept */
		node->node.platform.id,
		node->node.platform.version,
		NULL,
		baseline_of(node),
		group_of(&node->node),
		oak_status_to_string(s->status),
		s->status == OAK_NON_COMPLIANT ? oak_level_to_string(s->severity) : NULL,
		number(arena, by_level[OAK_LEVEL_CRITICAL]),
		number(arena, by_level[OAK_LEVEL_HIGH]),
		number(arena, by_level[OAK_LEVEL_MEDIUM]),
		number(arena, by_level[OAK_LEVEL_LOW]),
		number(arena, by_level[OAK_LEVEL_INFORMATIONAL]),
		number(arena, by_level[OAK_LEVEL_UNSPECIFIED]),
	};
	ROW(buf, cells);
}

static int compliance(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const head[] = {
		"Index", "Instance ID", "Instance name", "Instance IP", "Platform name", "Platform version", "SSM Agent version",
		"Patch baseline", "Patch group", "Compliance status", "Compliance severity",
		"Noncompliant Critical severity patch count", "Noncompliant High severity patch count",
		"Noncompliant Medium severity patch count", "Noncompliant Low severity patch count",
		"Noncompliant Informational severity patch count", "Noncompliant Unspecified severity patch count"};
	ROW(out->buf, head);
	for (size_t i = 0; i < report->nodes.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		compliance_row(out->buf, arena, i, report->nodes.v[i]);
		if (oak_report_drain(out, err) < 0)
			return -1;
	}
	return 0;
}

static void patch_row(struct oak_buf *buf, struct oak_arena *arena, size_t index, const struct oak_report_node *node,
		      const struct oak_patch *p)
{
	const char *cells[] = {
		number(arena, (int64_t)index),
		node->node.id,
		node->node.name,
		p->name,
		p->id,
		oak_state_to_string(p->state),
		oak_time_text(arena, node->evaluated_at),
		oak_level_to_string(p->level),
		p->severity,
		p->classification,
		oak_texts_join(arena, p->cves.v, p->cves.n, ","),
		baseline_of(node),
		NULL,
		NULL,
		node->node.platform.id,
		node->node.platform.version,
		NULL,
	};
	ROW(buf, cells);
}

static int patch(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const head[] = {"Index", "Instance ID", "Instance name", "Patch name", "KB ID/Patch ID", "Patch state",
					   "Last report time", "Compliance level", "Patch severity", "Patch classification",
					   "CVE ID", "Patch baseline", "Logs URL", "Instance IP", "Platform name",
					   "Platform version", "SSM Agent version"};
	size_t index = 0;
	ROW(out->buf, head);
	for (size_t i = 0; i < report->nodes.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		const struct oak_report_node *node = report->nodes.v[i];
		for (size_t k = 0; k < node->bad.n; k++)
			patch_row(out->buf, arena, ++index, node, &node->bad.v[k]);
		if (oak_report_drain(out, err) < 0)
			return -1;
	}
	return 0;
}

static int cve(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const head[] = {"cve", "level", "knownExploited", "epss", "patch", "available", "nodeId", "nodeName", "state"};
	struct oak_report_cves cves = {0};
	oak_report_by_cve(report, &cves);
	ROW(out->buf, head);
	for (size_t i = 0; i < cves.list.n; i++) {
		const struct oak_report_cve *c = cves.list.v[i];
		char epss[OAK_REAL_TEXT];
		for (size_t k = 0; k < c->rows.n; k++) {
			const struct oak_report_lack *l = &c->rows.v[k];
			const char *cells[] = {c->id,
					       oak_level_to_string(l->patch->level),
					       c->mark.known_exploited ? "true" : "false",
					       c->mark.scored ? oak_real_format(c->mark.epss, epss) : NULL,
					       l->patch->id,
					       l->patch->available,
					       l->node->node.id,
					       l->node->node.name,
					       oak_state_to_string(l->patch->state)};
			ROW(out->buf, cells);
		}
		if (oak_report_drain(out, err) < 0)
			return -1;
	}
	return 0;
}

static int inventory(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const head[] = {"name", "arch", "version", "nodes"};
	struct oak_report_packages packages = {0};
	if (oak_report_by_package(report, &packages, err) < 0)
		return -1;
	ROW(out->buf, head);
	for (size_t i = 0; i < packages.list.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		const struct oak_report_package *p = packages.list.v[i];
		const char *cells[] = {p->name, p->arch, p->version, number(arena, p->nodes)};
		ROW(out->buf, cells);
		if (oak_report_drain(out, err) < 0)
			return -1;
	}
	return 0;
}

static int trend(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const head[] = {"day", "nodes", "compliant", "nonCompliant", "unknown", "missing"};
	ROW(out->buf, head);
	for (size_t i = 0; i < report->trend->days.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		const struct oak_trend_day *d = &report->trend->days.v[i];
		const char *cells[] = {oak_time_text(arena, d->at),
				       number(arena, d->nodes),
				       number(arena, d->by_status[OAK_COMPLIANT]),
				       number(arena, d->by_status[OAK_NON_COMPLIANT]),
				       number(arena, d->by_status[OAK_UNKNOWN]),
				       number(arena, d->missing)};
		ROW(out->buf, cells);
	}
	return oak_report_drain(out, err);
}

static int exceptions(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const char *const head[] = {"baseline", "rule", "pattern", "owner", "reason", "expires", "state", "patches", "nodes"};
	ROW(out->buf, head);
	for (size_t i = 0; i < report->exceptions->list.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		const struct oak_exception *e = report->exceptions->list.v[i];
		const char *cells[] = {e->baseline_id,
				       e->rule,
				       e->pattern,
				       e->owner,
				       e->reason,
				       oak_time_text(arena, e->expires),
				       oak_exception_state_to_string(e->state),
				       oak_texts_join(arena, e->patches.v, e->patches.n, " "),
				       oak_texts_join(arena, e->nodes.v, e->nodes.n, " ")};
		ROW(out->buf, cells);
	}
	return oak_report_drain(out, err);
}

int oak_report_csv(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static oak_report_writer *const writers[OAK_REPORT_KIND_COUNT] = {
		[OAK_REPORT_COMPLIANCE] = compliance, [OAK_REPORT_PATCH] = patch, [OAK_REPORT_CVE] = cve,
		[OAK_REPORT_INVENTORY] = inventory,   [OAK_REPORT_TREND] = trend, [OAK_REPORT_EXCEPTIONS] = exceptions};
	return writers[report->kind](report, out, err);
}
