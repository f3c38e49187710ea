/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports as documents of our own, in JSON and YAML: docs/formats/report.md. */
#include "baseline/shapes.h"
#include "core/str.h"
#include "fleet/report/exceptions.h"
#include "fleet/report/format.h"
#include "fleet/report/trend.h"

/* One document being written. */
struct writing {
	struct oak_report *report;
	struct oak_sink *sink;
	struct oak_report_out *out;
	struct oak_error *err;
};

static void put_age(struct oak_sink *sink, const struct oak_report *report, const struct oak_report_node *node)
{
	if (node->evaluated_at == OAK_TIME_NONE) {
		oak_put_bool(sink, "neverScanned", true);
		return;
	}
	oak_put_int(sink, "ageSeconds", report->generated_at - node->evaluated_at);
	oak_put_bool_opt(sink, "stale", node->stale);
}

static void put_run(struct oak_sink *sink, const struct oak_report_run *run)
{
	if (!run->id)
		return;
	oak_put_begin_object(sink, "lastRun");
	oak_put_string(sink, "id", run->id);
	oak_put_string(sink, "status", run->status);
	oak_put_time(sink, "endedAt", run->ended_at);
	oak_put_end_object(sink);
}

static void put_node(struct writing *w, const struct oak_report_node *node)
{
	struct oak_sink *sink = w->sink;
	sink->ops->begin_object(sink);
	oak_shape_write(&oak_shape_node, &node->node, "node", sink);
	oak_put_begin_object(sink, "baseline");
	oak_put_string(sink, "id", node->baseline_id);
	oak_put_string(sink, "name", node->baseline_name);
	oak_put_end_object(sink);
	oak_put_time(sink, "evaluatedAt", node->evaluated_at);
	oak_shape_write(&oak_shape_summary, &node->summary, "summary", sink);
	put_age(sink, w->report, node);
	put_run(sink, &node->run);
	sink->ops->end_object(sink);
}

/* The counts of a verdict's summary, of all nodes together. */
static void put_sum(struct oak_sink *sink, const struct oak_summary *s)
{
	static const struct {
		enum oak_state state;
		const char *key;
	} counts[] = {
		{OAK_STATE_INSTALLED, "installed"},
		{OAK_STATE_INSTALLED_OTHER, "installedOther"},
		{OAK_STATE_INSTALLED_REJECTED, "installedRejected"},
		{OAK_STATE_INSTALLED_PENDING_REBOOT, "installedPendingReboot"},
		{OAK_STATE_MISSING, "missing"},
		{OAK_STATE_FAILED, "failed"},
		{OAK_STATE_NOT_APPLICABLE, "notApplicable"},
	};
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		oak_put_int(sink, counts[i].key, s->count[counts[i].state]);
	oak_put_int(sink, "availableSecurityUpdate", s->available_security_update);
	oak_put_int(sink, "criticalNonCompliant", s->critical_non_compliant);
	oak_put_int(sink, "securityNonCompliant", s->security_non_compliant);
	oak_put_int(sink, "otherNonCompliant", s->other_non_compliant);
	oak_put_begin_object(sink, "nonCompliantByLevel");
	for (int level = OAK_LEVEL_COUNT - 1; level >= 0; level--)
		oak_put_int(sink, oak_level_to_string((enum oak_level)level), s->non_compliant_by_level[level]);
	oak_put_end_object(sink);
}

static void put_statuses(struct oak_sink *sink, const int64_t by_status[OAK_STATUS_COUNT])
{
	oak_put_int(sink, "compliant", by_status[OAK_COMPLIANT]);
	oak_put_int(sink, "nonCompliant", by_status[OAK_NON_COMPLIANT]);
	oak_put_int(sink, "unknown", by_status[OAK_UNKNOWN]);
}

static int compliance(struct writing *w)
{
	const struct oak_report_totals *t = &w->report->totals;
	oak_put_int(w->sink, "maxAgeSeconds", w->report->max_age);
	oak_put_begin_object(w->sink, "totals");
	oak_put_int(w->sink, "nodes", t->nodes);
	put_statuses(w->sink, t->by_status);
	oak_put_int(w->sink, "stale", t->stale);
	oak_put_int(w->sink, "neverScanned", t->never_scanned);
	put_sum(w->sink, &t->sum);
	oak_put_end_object(w->sink);
	oak_put_begin_array(w->sink, "nodes");
	for (size_t i = 0; i < w->report->nodes.n; i++) {
		put_node(w, w->report->nodes.v[i]);
		if (oak_report_drain(w->out, w->err) < 0)
			return -1;
	}
	oak_put_end_array(w->sink);
	return 0;
}

static void put_lack(struct oak_sink *sink, const struct oak_report_lack *lack)
{
	const struct oak_patch *p = lack->patch;
	sink->ops->begin_object(sink);
	oak_put_string(sink, "id", lack->node->node.id);
	oak_put_string(sink, "name", lack->node->node.name);
	oak_put_string(sink, "state", oak_state_to_string(p->state));
	oak_put_string(sink, "installed", p->installed);
	oak_put_string(sink, "available", p->available);
	if (p->reason != OAK_REASON_NONE)
		oak_put_string(sink, "reason", oak_reason_to_string(p->reason));
	oak_put_string_opt(sink, "reasonDetail", p->reason_detail);
	oak_put_time_opt(sink, "approvedAt", p->approved_at);
	sink->ops->end_object(sink);
}

static int put_patch(struct writing *w, const struct oak_report_patch *patch)
{
	struct oak_sink *sink = w->sink;
	const struct oak_patch *p = patch->worst;
	sink->ops->begin_object(sink);
	oak_put_string(sink, "id", patch->id);
	oak_put_string(sink, "name", patch->name);
	oak_put_string(sink, "level", oak_level_to_string(p->level));
	oak_put_string_opt(sink, "classification", p->classification);
	oak_put_string_opt(sink, "severity", p->severity);
	oak_put_strings(sink, "advisories", p->advisories.v, p->advisories.n);
	oak_put_strings(sink, "cves", p->cves.v, p->cves.n);
	oak_put_strings(sink, "knownExploited", p->known_exploited.v, p->known_exploited.n);
	oak_put_int(sink, "missing", patch->by_state[OAK_STATE_MISSING]);
	oak_put_int(sink, "failed", patch->by_state[OAK_STATE_FAILED]);
	oak_put_int(sink, "installedRejected", patch->by_state[OAK_STATE_INSTALLED_REJECTED]);
	oak_put_int(sink, "installedPendingReboot", patch->by_state[OAK_STATE_INSTALLED_PENDING_REBOOT]);
	oak_put_begin_array(sink, "nodes");
	for (size_t i = 0; i < patch->nodes.n; i++) {
		put_lack(sink, &patch->nodes.v[i]);
		if (oak_report_drain(w->out, w->err) < 0)
			return -1;
	}
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
	return 0;
}

static int patch(struct writing *w)
{
	struct oak_report_patches patches = {0};
	int64_t lacking = 0;
	oak_report_by_patch(w->report, &patches);
	for (size_t i = 0; i < w->report->nodes.n; i++)
		lacking += w->report->nodes.v[i]->bad.n > 0;
	oak_put_begin_object(w->sink, "totals");
	oak_put_int(w->sink, "nodes", w->report->totals.nodes);
	oak_put_int(w->sink, "nodesLacking", lacking);
	oak_put_int(w->sink, "patches", (int64_t)patches.list.n);
	oak_put_end_object(w->sink);
	oak_put_begin_array(w->sink, "patches");
	for (size_t i = 0; i < patches.list.n; i++)
		if (put_patch(w, patches.list.v[i]) < 0)
			return -1;
	oak_put_end_array(w->sink);
	return 0;
}

static void put_cve_patches(struct oak_sink *sink, const struct oak_report_cve *cve)
{
	oak_put_begin_array(sink, "patches");
	for (size_t i = 0; i < cve->rows.n; i++) {
		const struct oak_patch *p = cve->rows.v[i].patch;
		if (i == 0 || !oak_streq(p->id, cve->rows.v[i - 1].patch->id)) {
			sink->ops->begin_object(sink);
			oak_put_string(sink, "id", p->id);
			oak_put_string(sink, "available", p->available);
			oak_put_begin_array(sink, "nodes");
		}
		sink->ops->string(sink, cve->rows.v[i].node->node.id);
		if (i + 1 == cve->rows.n || !oak_streq(p->id, cve->rows.v[i + 1].patch->id)) {
			oak_put_end_array(sink);
			sink->ops->end_object(sink);
		}
	}
	oak_put_end_array(sink);
}

static void put_cve(struct oak_sink *sink, const struct oak_report_cve *cve)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "id", cve->id);
	oak_put_string(sink, "level", oak_level_to_string(cve->level));
	oak_put_bool(sink, "knownExploited", cve->mark.known_exploited);
	oak_put_time_opt(sink, "knownExploitedSince", cve->mark.added);
	oak_put_bool_opt(sink, "ransomware", cve->mark.ransomware);
	if (cve->mark.scored) {
		sink->ops->key(sink, "epss");
		sink->ops->real(sink, cve->mark.epss);
		sink->ops->key(sink, "epssPercentile");
		sink->ops->real(sink, cve->mark.percentile);
	}
	oak_put_int(sink, "nodes", (int64_t)cve->nodes);
	put_cve_patches(sink, cve);
	sink->ops->end_object(sink);
}

static int cve(struct writing *w)
{
	struct oak_report_cves cves = {0};
	int64_t exploited = 0;
	oak_report_by_cve(w->report, &cves);
	for (size_t i = 0; i < cves.list.n; i++)
		exploited += cves.list.v[i]->mark.known_exploited;
	oak_put_begin_object(w->sink, "totals");
	oak_put_int(w->sink, "nodes", w->report->totals.nodes);
	oak_put_int(w->sink, "cves", (int64_t)cves.list.n);
	oak_put_int(w->sink, "knownExploited", exploited);
	oak_put_end_object(w->sink);
	oak_put_begin_array(w->sink, "cves");
	for (size_t i = 0; i < cves.list.n; i++) {
		put_cve(w->sink, cves.list.v[i]);
		if (oak_report_drain(w->out, w->err) < 0)
			return -1;
	}
	oak_put_end_array(w->sink);
	return 0;
}

static void put_inventory_node(struct oak_sink *sink, const struct oak_report_node *node, int64_t packages)
{
	sink->ops->begin_object(sink);
	oak_shape_write(&oak_shape_node, &node->node, "node", sink);
	oak_put_time(sink, "evaluatedAt", node->evaluated_at);
	oak_put_time_opt(sink, "collectedAt", node->collected_at);
	oak_put_int(sink, "packages", packages);
	sink->ops->end_object(sink);
}

static int inventory(struct writing *w)
{
	struct oak_report_packages packages = {0};
	struct oak_sink *sink = w->sink;
	if (oak_report_by_package(w->report, &packages, w->err) < 0)
		return -1;
	oak_put_begin_object(sink, "totals");
	oak_put_int(sink, "nodes", w->report->totals.nodes);
	oak_put_int(sink, "packages", (int64_t)packages.list.n);
	oak_put_end_object(sink);
	oak_put_begin_array(sink, "nodes");
	for (size_t i = 0; i < w->report->nodes.n; i++)
		put_inventory_node(sink, w->report->nodes.v[i], packages.counts.v[i]);
	oak_put_end_array(sink);
	oak_put_begin_array(sink, "packages");
	for (size_t i = 0; i < packages.list.n; i++) {
		const struct oak_report_package *p = packages.list.v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "name", p->name);
		oak_put_string(sink, "arch", p->arch);
		oak_put_string(sink, "version", p->version);
		oak_put_int(sink, "nodes", p->nodes);
		sink->ops->end_object(sink);
		if (oak_report_drain(w->out, w->err) < 0)
			return -1;
	}
	oak_put_end_array(sink);
	return 0;
}

static void put_trend_level(struct oak_sink *sink, enum oak_level level, const struct oak_trend_level *l)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "level", oak_level_to_string(level));
	sink->ops->key(sink, "slaSeconds");
	if (l->sla)
		sink->ops->integer(sink, l->sla);
	else
		sink->ops->null(sink);
	oak_put_int(sink, "closed", l->closed);
	oak_put_int(sink, "withinSla", l->within);
	oak_put_int(sink, "late", l->late);
	oak_put_int(sink, "open", l->open);
	oak_put_int(sink, "overdue", l->overdue);
	oak_put_int(sink, "meanSeconds", l->mean);
	oak_put_int(sink, "medianSeconds", l->median);
	oak_put_int(sink, "p90Seconds", l->p90);
	sink->ops->end_object(sink);
}

static int trend(struct writing *w)
{
	const struct oak_trend *t = w->report->trend;
	struct oak_sink *sink = w->sink;
	oak_put_time(sink, "from", t->from);
	oak_put_time(sink, "until", t->until);
	oak_put_begin_array(sink, "days");
	for (size_t i = 0; i < t->days.n; i++) {
		sink->ops->begin_object(sink);
		oak_put_time(sink, "day", t->days.v[i].at);
		oak_put_int(sink, "nodes", t->days.v[i].nodes);
		put_statuses(sink, t->days.v[i].by_status);
		oak_put_int(sink, "missing", t->days.v[i].missing);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	oak_put_begin_array(sink, "timeToPatch");
	for (int level = OAK_LEVEL_COUNT - 1; level >= 0; level--)
		put_trend_level(sink, (enum oak_level)level, &t->levels[level]);
	oak_put_end_array(sink);
	oak_put_begin_array(sink, "overdue");
	for (size_t i = 0; i < t->overdue.n; i++) {
		sink->ops->begin_object(sink);
		oak_put_string(sink, "node", t->overdue.v[i].node);
		oak_put_string(sink, "patch", t->overdue.v[i].patch);
		oak_put_string(sink, "level", oak_level_to_string(t->overdue.v[i].level));
		oak_put_time(sink, "since", t->overdue.v[i].since);
		oak_put_time(sink, "due", t->overdue.v[i].due);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	return 0;
}

static int exceptions(struct writing *w)
{
	const struct oak_exceptions *list = w->report->exceptions;
	struct oak_sink *sink = w->sink;
	oak_put_begin_object(sink, "totals");
	oak_put_int(sink, "exceptions", (int64_t)list->list.n);
	oak_put_int(sink, "active", list->by_state[OAK_EXCEPTION_ACTIVE]);
	oak_put_int(sink, "endsSoon", list->by_state[OAK_EXCEPTION_ENDS_SOON]);
	oak_put_int(sink, "expired", list->by_state[OAK_EXCEPTION_EXPIRED]);
	oak_put_end_object(sink);
	oak_put_begin_array(sink, "exceptions");
	for (size_t i = 0; i < list->list.n; i++) {
		const struct oak_exception *e = list->list.v[i];
		sink->ops->begin_object(sink);
		oak_put_begin_object(sink, "baseline");
		oak_put_string(sink, "id", e->baseline_id);
		oak_put_string(sink, "name", e->baseline_name);
		oak_put_end_object(sink);
		oak_put_string(sink, "rule", e->rule);
		oak_put_string(sink, "pattern", e->pattern);
		oak_put_string(sink, "owner", e->owner);
		oak_put_string(sink, "reason", e->reason);
		oak_put_time(sink, "expires", e->expires);
		oak_put_string(sink, "state", oak_exception_state_to_string(e->state));
		oak_put_strings(sink, "patches", e->patches.v, e->patches.n);
		oak_put_strings(sink, "nodes", e->nodes.v, e->nodes.n);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	return 0;
}

static int (*const bodies[OAK_REPORT_KIND_COUNT])(struct writing *w) = {
	[OAK_REPORT_COMPLIANCE] = compliance, [OAK_REPORT_PATCH] = patch, [OAK_REPORT_CVE] = cve,
	[OAK_REPORT_INVENTORY] = inventory,   [OAK_REPORT_TREND] = trend, [OAK_REPORT_EXCEPTIONS] = exceptions};

static int write_document(struct oak_report *report, struct oak_sink *sink, struct oak_report_out *out, struct oak_error *err)
{
	struct writing w = {report, sink, out, err};
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema",
		       oak_arena_printf(report->arena, "oakum.report.%s/1", oak_report_kind_to_string(report->kind)));
	oak_put_time(sink, "generatedAt", report->generated_at);
	if (bodies[report->kind](&w) < 0)
		return -1;
	if (report->unreadable.n)
		oak_put_begin_array(sink, "unreadable");
	for (size_t i = 0; i < report->unreadable.n; i++) {
		sink->ops->begin_object(sink);
		oak_put_string(sink, "file", report->unreadable.v[i].file);
		oak_put_string(sink, "why", report->unreadable.v[i].why);
		sink->ops->end_object(sink);
	}
	if (report->unreadable.n)
		oak_put_end_array(sink);
	sink->ops->end_object(sink);
	return 0;
}

int oak_report_json(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	struct oak_sink sink;
	oak_sink_json(&sink, out->buf);
	return write_document(report, &sink, out, err);
}

int oak_report_yaml(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	struct oak_sink sink;
	oak_sink_yaml(&sink, out->buf);
	return write_document(report, &sink, out, err);
}
