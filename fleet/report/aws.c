/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's answers: the same members, types and enumerations as the API model of Systems Manager (patch-semantics (f.2)). */
#include "fleet/report/aws_impl.h"

#include "core/str.h"

const char *oak_aws_group(const struct oak_node *node)
{
	const char *group = oak_node_tag(node, "Patch Group");
	group = group ? group : oak_node_tag(node, "PatchGroup");
	return group ? group : "";
}

static const char *text_of(const char *text)
{
	return text ? text : "";
}

const char *oak_aws_baseline(const struct oak_report_node *node)
{
	return node->baseline_id ? node->baseline_id : text_of(node->baseline_name);
}

/* Only COMPLIANT and NON_COMPLIANT exist there, and what is not known is never compliant. */
static const char *status_of(const struct oak_summary *summary)
{
	return summary->status == OAK_COMPLIANT ? "COMPLIANT" : "NON_COMPLIANT";
}

static const struct {
	const char *key;
	enum oak_state state;
} state_counts[] = {
	{"InstalledCount", OAK_STATE_INSTALLED},
	{"InstalledOtherCount", OAK_STATE_INSTALLED_OTHER},
	{"InstalledPendingRebootCount", OAK_STATE_INSTALLED_PENDING_REBOOT},
	{"InstalledRejectedCount", OAK_STATE_INSTALLED_REJECTED},
	{"MissingCount", OAK_STATE_MISSING},
	{"FailedCount", OAK_STATE_FAILED},
	{"NotApplicableCount", OAK_STATE_NOT_APPLICABLE},
};

static int patch_state(struct oak_aws_answer *a, const struct oak_report_node *node)
{
	struct oak_sink *sink = a->sink;
	const struct oak_summary *s = &node->summary;
	if (node->evaluated_at == OAK_TIME_NONE)
		return 0;
	sink->ops->begin_object(sink);
	oak_put_string(sink, "InstanceId", node->node.id);
	oak_put_string(sink, "PatchGroup", oak_aws_group(&node->node));
	oak_put_string(sink, "BaselineId", oak_aws_baseline(node));
	for (size_t i = 0; i < sizeof(state_counts) / sizeof(*state_counts); i++)
		oak_put_int(sink, state_counts[i].key, s->count[state_counts[i].state]);
	oak_put_int(sink, "UnreportedNotApplicableCount", 0);
	oak_put_int(sink, "AvailableSecurityUpdateCount", s->available_security_update);
	oak_put_time(sink, "OperationStartTime", node->evaluated_at);
	oak_put_time(sink, "OperationEndTime", node->evaluated_at);
	oak_put_string(sink, "Operation", node->operation == OAK_INSTALL ? "Install" : "Scan");
	oak_put_int(sink, "CriticalNonCompliantCount", s->critical_non_compliant);
	oak_put_int(sink, "SecurityNonCompliantCount", s->security_non_compliant);
	oak_put_int(sink, "OtherNonCompliantCount", s->other_non_compliant);
	sink->ops->end_object(sink);
	return oak_report_drain(a->out, a->err);
}

static int patch_states(struct oak_aws_answer *a)
{
	oak_put_begin_array(a->sink, "InstancePatchStates");
	for (size_t i = 0; i < a->report->nodes.n; i++)
		if (patch_state(a, a->report->nodes.v[i]) < 0)
			return -1;
	oak_put_end_array(a->sink);
	return 0;
}

const char *oak_aws_title(struct oak_arena *arena, const struct oak_patch *p, bool bad)
{
	const char *version = bad && p->available ? p->available : p->installed ? p->installed : p->available;
	bool kb = oak_starts_with(p->id, "KB") && p->name;
	return kb ? p->name : oak_arena_printf(arena, "%s%s%s", p->id, version && *version ? ":" : "", text_of(version));
}

static int put_patches(void *arg, const struct oak_report_node *node, const struct oak_verdict *verdict, struct oak_error *err)
{
	struct oak_aws_answer *a = arg;
	struct oak_sink *sink = a->sink;
	(void)node;
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		bool bad = oak_state_is_bad(p->state), plain = p->state == OAK_STATE_INSTALLED_OTHER || p->state == OAK_STATE_NOT_APPLICABLE;
		sink->ops->begin_object(sink);
		oak_put_string(sink, "Title", oak_aws_title(verdict->arena, p, bad));
		oak_put_string(sink, "KBId", p->id);
		oak_put_string(sink, "Classification", plain ? "" : text_of(p->classification));
		oak_put_string(sink, "Severity", plain ? "" : text_of(p->severity));
		oak_put_string(sink, "State", oak_state_to_string(p->state));
		oak_put_int(sink, "InstalledTime", 0); /* a verdict does not know; the member is required */
		oak_put_string_opt(sink, "CVEIds", bad ? oak_texts_join(verdict->arena, p->cves.v, p->cves.n, ",") : NULL);
		sink->ops->end_object(sink);
		if (oak_report_drain(a->out, err) < 0)
			return -1;
	}
	return 0;
}

static int patches(struct oak_aws_answer *a)
{
	if (a->report->nodes.n != 1)
		return oak_fail(a->err, OAK_INVALID, "report.aws", 0,
				"'describe-instance-patches' is about one node, there are %zu (give --node ID)", a->report->nodes.n);
	oak_put_begin_array(a->sink, "Patches");
	if (oak_report_each(a->report, a->out, put_patches, a, a->err) < 0)
		return -1;
	oak_put_end_array(a->sink);
	return 0;
}

/* Nodes, not patches, are counted. */
static int group_state(struct oak_aws_answer *a)
{
	static const struct {
		const char *key;
		enum oak_state state;
	} with[] = {
		{"InstancesWithInstalledPatches", OAK_STATE_INSTALLED},
		{"InstancesWithInstalledOtherPatches", OAK_STATE_INSTALLED_OTHER},
		{"InstancesWithInstalledPendingRebootPatches", OAK_STATE_INSTALLED_PENDING_REBOOT},
		{"InstancesWithInstalledRejectedPatches", OAK_STATE_INSTALLED_REJECTED},
		{"InstancesWithMissingPatches", OAK_STATE_MISSING},
		{"InstancesWithFailedPatches", OAK_STATE_FAILED},
		{"InstancesWithNotApplicablePatches", OAK_STATE_NOT_APPLICABLE},
	};
	int64_t n[OAK_STATE_COUNT] = {0}, critical = 0, security = 0, other = 0, available = 0;
	for (size_t i = 0; i < a->report->nodes.n; i++) {
		const struct oak_summary *s = &a->report->nodes.v[i]->summary;
		for (size_t state = 0; state < OAK_STATE_COUNT; state++)
			n[state] += s->count[state] > 0;
		critical += s->critical_non_compliant > 0;
		security += s->security_non_compliant > 0;
		other += s->other_non_compliant > 0;
		available += s->available_security_update > 0;
	}
	oak_put_int(a->sink, "Instances", a->report->totals.nodes);
	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++)
		oak_put_int(a->sink, with[i].key, n[with[i].state]);
	oak_put_int(a->sink, "InstancesWithUnreportedNotApplicablePatches", 0);
	oak_put_int(a->sink, "InstancesWithCriticalNonCompliantPatches", critical);
	oak_put_int(a->sink, "InstancesWithSecurityNonCompliantPatches", security);
	oak_put_int(a->sink, "InstancesWithOtherNonCompliantPatches", other);
	oak_put_int(a->sink, "InstancesWithAvailableSecurityUpdates", available);
	return 0;
}

static void put_execution(struct oak_sink *sink, const struct oak_report_node *node)
{
	oak_put_begin_object(sink, "ExecutionSummary");
	oak_put_time(sink, "ExecutionTime", node->evaluated_at);
	oak_put_string(sink, "ExecutionType", "Command");
	oak_put_end_object(sink);
}

/* Details are a map of texts; those without a value are left out. */
static void put_details(struct oak_sink *sink, const struct oak_verdict *verdict, const struct oak_report_node *node,
			const struct oak_patch *p)
{
	const char *cves = oak_texts_join(verdict->arena, p->cves.v, p->cves.n, ",");
	oak_put_begin_object(sink, "Details");
	oak_put_string(sink, "PatchState", oak_state_to_string(p->state));
	oak_put_string(sink, "PatchBaselineId", oak_aws_baseline(node));
	oak_put_string(sink, "PatchGroup", oak_aws_group(&node->node));
	oak_put_string(sink, "Classification", text_of(p->classification));
	oak_put_string(sink, "PatchSeverity", text_of(p->severity));
	oak_put_string(sink, "InstalledTime", "");
	oak_put_string(sink, "DocumentName", "");
	oak_put_string(sink, "DocumentVersion", "");
	if (cves)
		oak_put_string(sink, "CVEIds", oak_arena_strndup(verdict->arena, cves, strlen(cves) > 4096 ? 4096 : strlen(cves)));
	oak_put_end_object(sink);
}

static int put_items(void *arg, const struct oak_report_node *node, const struct oak_verdict *verdict, struct oak_error *err)
{
	struct oak_aws_answer *a = arg;
	struct oak_sink *sink = a->sink;
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		bool bad = oak_state_is_bad(p->state);
		if (p->state == OAK_STATE_NOT_APPLICABLE)
			continue;
		sink->ops->begin_object(sink);
		oak_put_string(sink, "ComplianceType", "Patch");
		oak_put_string(sink, "ResourceType", "ManagedInstance");
		oak_put_string(sink, "ResourceId", node->node.id);
		oak_put_string(sink, "Id", p->id);
		oak_put_string(sink, "Title", oak_aws_title(verdict->arena, p, bad));
		oak_put_string(sink, "Status", bad ? "NON_COMPLIANT" : "COMPLIANT");
		oak_put_string(sink, "Severity", oak_level_to_string(p->level));
		put_execution(sink, node);
		put_details(sink, verdict, node, p);
		sink->ops->end_object(sink);
		if (oak_report_drain(a->out, err) < 0)
			return -1;
	}
	return 0;
}

static int compliance_items(struct oak_aws_answer *a)
{
	oak_put_begin_array(a->sink, "ComplianceItems");
	if (oak_report_each(a->report, a->out, put_items, a, a->err) < 0)
		return -1;
	oak_put_end_array(a->sink);
	return 0;
}

/* KEY {COUNT, SeveritySummary}; KEYS "Compliant" or "NonCompliant". */
static void put_severities(struct oak_sink *sink, struct oak_arena *arena, const char *keys, const int64_t by_level[OAK_LEVEL_COUNT])
{
	static const struct {
		const char *key;
		enum oak_level level;
	} severities[] = {{"CriticalCount", OAK_LEVEL_CRITICAL}, {"HighCount", OAK_LEVEL_HIGH},
			  {"MediumCount", OAK_LEVEL_MEDIUM},	 {"LowCount", OAK_LEVEL_LOW},
			  {"InformationalCount", OAK_LEVEL_INFORMATIONAL}, {"UnspecifiedCount", OAK_LEVEL_UNSPECIFIED}};
	int64_t sum = 0;
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		sum += by_level[i];
	oak_put_begin_object(sink, oak_arena_printf(arena, "%sSummary", keys));
	oak_put_int(sink, oak_arena_printf(arena, "%sCount", keys), sum);
	oak_put_begin_object(sink, "SeveritySummary");
	for (size_t i = 0; i < sizeof(severities) / sizeof(*severities); i++)
		oak_put_int(sink, severities[i].key, by_level[severities[i].level]);
	oak_put_end_object(sink);
	oak_put_end_object(sink);
}

static int put_resource(void *arg, const struct oak_report_node *node, const struct oak_verdict *verdict, struct oak_error *err)
{
	struct oak_aws_answer *a = arg;
	struct oak_sink *sink = a->sink;
	int64_t by_level[2][OAK_LEVEL_COUNT] = {{0}};
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		if (p->state != OAK_STATE_NOT_APPLICABLE)
			by_level[oak_state_is_bad(p->state)][p->level]++;
	}
	sink->ops->begin_object(sink);
	oak_put_string(sink, "ComplianceType", "Patch");
	oak_put_string(sink, "ResourceType", "ManagedInstance");
	oak_put_string(sink, "ResourceId", node->node.id);
	oak_put_string(sink, "Status", status_of(&node->summary));
	oak_put_string(sink, "OverallSeverity", oak_level_to_string(node->summary.severity));
	put_execution(sink, node);
	put_severities(sink, verdict->arena, "Compliant", by_level[0]);
	put_severities(sink, verdict->arena, "NonCompliant", by_level[1]);
	sink->ops->end_object(sink);
	return oak_report_drain(a->out, err);
}

static int resource_summaries(struct oak_aws_answer *a)
{
	oak_put_begin_array(a->sink, "ResourceComplianceSummaryItems");
	if (oak_report_each(a->report, a->out, put_resource, a, a->err) < 0)
		return -1;
	oak_put_end_array(a->sink);
	return 0;
}

/* Of nodes: how many are compliant, and how bad the others are. */
static int compliance_summaries(struct oak_aws_answer *a)
{
	int64_t by_level[2][OAK_LEVEL_COUNT] = {{0}};
	for (size_t i = 0; i < a->report->nodes.n; i++) {
		const struct oak_summary *s = &a->report->nodes.v[i]->summary;
		by_level[s->status != OAK_COMPLIANT][s->status == OAK_COMPLIANT ? OAK_LEVEL_UNSPECIFIED : s->severity]++;
	}
	oak_put_begin_array(a->sink, "ComplianceSummaryItems");
	a->sink->ops->begin_object(a->sink);
	oak_put_string(a->sink, "ComplianceType", "Patch");
	put_severities(a->sink, a->report->arena, "Compliant", by_level[0]);
	put_severities(a->sink, a->report->arena, "NonCompliant", by_level[1]);
	a->sink->ops->end_object(a->sink);
	oak_put_end_array(a->sink);
	return 0;
}

static const struct {
	const char *call;
	int (*put)(struct oak_aws_answer *a);
} calls[] = {
	{"describe-instance-patch-states", patch_states},
	{"describe-instance-patch-states-for-patch-group", patch_states},
	{"describe-instance-patches", patches},
	{"describe-patch-group-state", group_state},
	{"describe-patch-groups", oak_aws_patch_groups},
	{"describe-patch-baselines", oak_aws_baselines},
	{"describe-effective-patches-for-patch-baseline", oak_aws_effective_patches},
	{"list-compliance-items", compliance_items},
	{"list-compliance-summaries", compliance_summaries},
	{"list-resource-compliance-summaries", resource_summaries},
	{"get-inventory", oak_aws_get_inventory},
	{"list-inventory-entries", oak_aws_inventory_entries},
	{"describe-instance-information", oak_aws_instances},
};

int oak_report_aws(struct oak_report *report, const char *call, struct oak_report_out *out, struct oak_error *err)
{
	struct oak_sink sink;
	struct oak_aws_answer a = {report, &sink, out, err};
	oak_sink_json(&sink, out->buf);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (!oak_streq(calls[i].call, call))
			continue;
		sink.ops->begin_object(&sink);
		if (calls[i].put(&a) < 0)
			return -1;
		sink.ops->end_object(&sink);
		return 0;
	}
	OAK_AUTO(oak_buf_done) struct oak_buf known;
	oak_buf_init(&known, 4096);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		oak_buf_addf(&known, "%s%s", i ? ", " : "", calls[i].call);
	return oak_fail(err, OAK_INVALID, "report.aws", 0, "there is no answer to '%s' (%s)", call, oak_buf_text(&known));
}
