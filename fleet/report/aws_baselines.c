/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's answers about baselines, from the verdicts: which ones judge which patch groups, and what they approve. */
#include <string.h>

#include "core/map.h"
#include "core/str.h"
#include "fleet/report/aws_impl.h"

/* As AWS's names are: 3 to 128 of letters, digits, `_`, `-` and `.`; what is something else becomes `-`. */
static const char *baseline_name(struct oak_arena *arena, const struct oak_report_node *node)
{
	enum { LEAST = 3, MOST = 128 };
	const char *name = node->baseline_name ? node->baseline_name : oak_aws_baseline(node);
	char *fit = oak_arena_printf(arena, "%.*s%s", MOST, name, strlen(name) < LEAST ? "---" : "");
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	for (char *c = fit + strspn(fit, allowed); *c; c += strspn(c, allowed))
		*c = '-';
	return fit;
}

static void put_identity(struct oak_arena *arena, struct oak_sink *sink, const char *key, const struct oak_report_node *node)
{
	int os = oak_os_of_platform(&node->node.platform);
	oak_put_begin_object(sink, key);
	oak_put_string(sink, "BaselineId", oak_aws_baseline(node));
	oak_put_string(sink, "BaselineName", baseline_name(arena, node));
	oak_put_string_opt(sink, "OperatingSystem", os >= 0 ? oak_os_to_string((enum oak_os)os) : NULL);
	oak_put_bool(sink, "DefaultBaseline", os >= 0 && oak_streq(oak_predefined_default((enum oak_os)os), node->baseline_name));
	oak_put_end_object(sink);
}

/* Once for every baseline and system; with GROUPS, for every patch group that has it. */
static int each_baseline(struct oak_aws_answer *a, bool groups)
{
	struct oak_arena *arena = a->report->arena;
	struct oak_map seen;
	oak_map_init(&seen, arena, 16);
	for (size_t i = 0; i < a->report->nodes.n; i++) {
		struct oak_report_node *node = a->report->nodes.v[i];
		const char *group = groups ? oak_aws_group(&node->node) : "";
		if (node->evaluated_at == OAK_TIME_NONE || (groups && !*group))
			continue;
		const char *key = oak_arena_printf(arena, "%d\n%s\n%s", oak_os_of_platform(&node->node.platform), oak_aws_baseline(node), group);
		if (oak_map_has(&seen, key))
			continue;
		oak_map_put(&seen, key, node);
		if (!groups) {
			put_identity(arena, a->sink, NULL, node);
		} else {
			oak_put_begin_object(a->sink, NULL);
			oak_put_string(a->sink, "PatchGroup", group);
			put_identity(arena, a->sink, "BaselineIdentity", node);
			oak_put_end_object(a->sink);
		}
		if (oak_report_drain(a->out, a->err) < 0)
			return -1;
	}
	return 0;
}

int oak_aws_baselines(struct oak_aws_answer *a)
{
	oak_put_begin_array(a->sink, "BaselineIdentities");
	if (each_baseline(a, false) < 0)
		return -1;
	oak_put_end_array(a->sink);
	return 0;
}

int oak_aws_patch_groups(struct oak_aws_answer *a)
{
	oak_put_begin_array(a->sink, "Mappings");
	if (each_baseline(a, true) < 0)
		return -1;
	oak_put_end_array(a->sink);
	return 0;
}

/* NULL = the baseline neither approves nor rejects it, nor will. */
static const char *deployment(const struct oak_patch *p)
{
	if (p->state == OAK_STATE_INSTALLED_REJECTED || p->reason == OAK_REASON_REJECTED)
		return "EXPLICIT_REJECTED";
	if (p->reason == OAK_REASON_PENDING_APPROVAL)
		return "PENDING_APPROVAL";
	if (p->rule && oak_starts_with(p->rule, "approvedPatches"))
		return "EXPLICIT_APPROVED";
	return p->state == OAK_STATE_INSTALLED_OTHER || p->state == OAK_STATE_AVAILABLE_SECURITY_UPDATE ? NULL : "APPROVED";
}

struct effective {
	struct oak_aws_answer *a;
	struct oak_map seen; /* patches of several nodes appear once, each version for itself */
};

static void put_effective(struct oak_sink *sink, struct oak_arena *arena, const struct oak_patch *p, const char *status)
{
	bool kb = oak_starts_with(p->id, "KB");
	const char *version = p->available ? p->available : p->installed;
	oak_put_begin_object(sink, NULL);
	oak_put_begin_object(sink, "Patch");
	oak_put_string_opt(sink, "ReleaseDate", oak_time_text(arena, p->released));
	oak_put_string(sink, "Title", oak_aws_title(arena, p, p->available != NULL));
	oak_put_string_opt(sink, "Classification", p->classification);
	oak_put_string_opt(sink, kb ? "MsrcSeverity" : "Severity", p->severity);
	oak_put_string_opt(sink, "KbNumber", kb ? p->id : NULL);
	oak_put_strings(sink, "AdvisoryIds", p->advisories.v, p->advisories.n);
	oak_put_strings(sink, "CVEIds", p->cves.v, p->cves.n);
	oak_put_string_opt(sink, "Name", p->name);
	oak_put_string_opt(sink, "Version", kb ? NULL : version);
	oak_put_string_opt(sink, "Arch", p->arch);
	oak_put_string_opt(sink, "Repository", p->repository);
	oak_put_end_object(sink);
	oak_put_begin_object(sink, "PatchStatus");
	oak_put_string(sink, "DeploymentStatus", status);
	oak_put_string(sink, "ComplianceLevel", oak_level_to_string(p->level));
	oak_put_string_opt(sink, "ApprovalDate", oak_time_text(arena, p->reason == OAK_REASON_PENDING_APPROVAL && p->until > 0 ? p->until : p->approved_at));
	oak_put_end_object(sink);
	oak_put_end_object(sink);
}

static int put_node(void *arg, const struct oak_report_node *node, const struct oak_verdict *verdict, struct oak_error *err)
{
	struct effective *e = arg;
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		const char *status = deployment(p), *version = p->available ? p->available : p->installed;
		if (!status)
			continue;
		const char *key = oak_arena_printf(e->a->report->arena, "%s\n%s\n%s\n%s", oak_aws_baseline(node), p->id, version ? version : "", status);
		if (oak_map_has(&e->seen, key))
			continue;
		oak_map_put(&e->seen, key, e);
		put_effective(e->a->sink, verdict->arena, p, status);
		if (oak_report_drain(e->a->out, err) < 0)
			return -1;
	}
	return 0;
}

int oak_aws_effective_patches(struct oak_aws_answer *a)
{
	struct effective e = {.a = a};
	oak_map_init(&e.seen, a->report->arena, 1024);
	oak_put_begin_array(a->sink, "EffectivePatches");
	if (oak_report_each(a->report, a->out, put_node, &e, a->err) < 0)
		return -1;
	oak_put_end_array(a->sink);
	return 0;
}
