/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering: of several verdicts of one node the newest stays, with only what reports ask for. */
#include <stdlib.h>

#include "core/str.h"
#include "fleet/report/report.h"

static const char *const kind_names[OAK_REPORT_KIND_COUNT] = {
	[OAK_REPORT_COMPLIANCE] = "compliance", [OAK_REPORT_PATCH] = "patch", [OAK_REPORT_CVE] = "cve",
	[OAK_REPORT_INVENTORY] = "inventory",	[OAK_REPORT_TREND] = "trend", [OAK_REPORT_EXCEPTIONS] = "exceptions"};

const char *oak_report_kind_to_string(enum oak_report_kind kind)
{
	return kind_names[kind];
}

bool oak_patch_is_installed(const struct oak_patch *patch)
{
	return patch->installed && *patch->installed;
}

const char *oak_node_label(const struct oak_node *node)
{
	return node->name && *node->name ? node->name : node->id ? node->id : "";
}

void oak_report_init(struct oak_report *report, struct oak_arena *arena, enum oak_report_kind kind, oak_time now)
{
	*report = (struct oak_report){.arena = arena, .kind = kind, .generated_at = now, .max_age = 7 * (int64_t)OAK_DAY};
	oak_map_init(&report->by_id, arena, 64);
	oak_map_init(&report->texts, arena, 1024);
}

const char *oak_report_text(struct oak_report *report, const char *text)
{
	if (!text)
		return NULL;
	const char *known = oak_map_find(&report->texts, text);
	if (known)
		return known;
	char *copy = oak_arena_strdup(report->arena, text);
	oak_map_put(&report->texts, copy, copy);
	return copy;
}

/* Copy a vector of texts, each once in the report. */
#define COPY_TEXTS(report, to, from)                                                                         \
	do {                                                                                                 \
		*(to) = (__typeof__(*(to))){0};                                                              \
		for (size_t i_ = 0; i_ < (from)->n; i_++)                                                    \
			*oak_push((report)->arena, to) = oak_report_text(report, (from)->v[i_]);             \
	} while (0)

static void copy_platform(struct oak_report *report, const struct oak_platform *from, struct oak_platform *to)
{
	*to = (struct oak_platform){
		.family = oak_report_text(report, from->family),
		.id = oak_report_text(report, from->id),
		.version = oak_report_text(report, from->version),
		.arch = oak_report_text(report, from->arch),
		.kernel = oak_report_text(report, from->kernel),
		.boot_id = oak_report_text(report, from->boot_id),
		.product = oak_report_text(report, from->product),
		.edition = oak_report_text(report, from->edition),
		.booted_at = from->booted_at,
	};
}

static void copy_node(struct oak_report *report, const struct oak_node *from, struct oak_node *to)
{
	*to = (struct oak_node){.id = oak_report_text(report, from->id ? from->id : ""),
				.name = oak_report_text(report, from->name)};
	copy_platform(report, &from->platform, &to->platform);
	for (size_t i = 0; i < from->tags.n; i++)
		*oak_push(report->arena, &to->tags) = (struct oak_tag){oak_report_text(report, from->tags.v[i].key),
								       oak_report_text(report, from->tags.v[i].value)};
}

static void copy_patch(struct oak_report *report, const struct oak_patch *from, struct oak_patch *to)
{
	*to = *from;
	to->id = oak_report_text(report, from->id ? from->id : "");
	to->name = oak_report_text(report, from->name);
	to->arch = oak_report_text(report, from->arch);
	to->installed = oak_report_text(report, from->installed);
	to->available = oak_report_text(report, from->available);
	to->reason_detail = oak_report_text(report, from->reason_detail);
	to->classification = oak_report_text(report, from->classification);
	to->severity = oak_report_text(report, from->severity);
	to->rule = oak_report_text(report, from->rule);
	to->repository = oak_report_text(report, from->repository);
	COPY_TEXTS(report, &to->advisories, &from->advisories);
	COPY_TEXTS(report, &to->cves, &from->cves);
	COPY_TEXTS(report, &to->known_exploited, &from->known_exploited);
}

bool oak_report_wants(const struct oak_report *report, const struct oak_node *node)
{
	bool named = report->only_nodes.n == 0;
	for (size_t i = 0; i < report->only_nodes.n && !named; i++)
		named = oak_streq(report->only_nodes.v[i], node->id) || oak_streq(report->only_nodes.v[i], node->name);
	for (size_t i = 0; i < report->only_tags.n && named; i++) {
		bool found = false;
		for (size_t t = 0; t < node->tags.n && !found; t++)
			found = oak_streq(node->tags.v[t].key, report->only_tags.v[i].key) &&
				oak_streq(node->tags.v[t].value, report->only_tags.v[i].value);
		named = found;
	}
	return named;
}

struct oak_report_node *oak_report_know(struct oak_report *report, const struct oak_node *node)
{
	struct oak_report_node *known = oak_map_find(&report->by_id, node->id ? node->id : "");
	if (known)
		return known;
	known = OAK_NEW(report->arena, struct oak_report_node);
	copy_node(report, node, &known->node);
	known->evaluated_at = known->metadata_at = known->collected_at = OAK_TIME_NONE;
	known->summary.status = OAK_UNKNOWN;
	oak_map_put(&report->by_id, known->node.id, known);
	*oak_push(report->arena, &report->nodes) = known;
	return known;
}

void oak_report_add_inventory(struct oak_report *report, const struct oak_inventory *inventory, const char *file)
{
	struct oak_report_node *known = oak_report_know(report, &inventory->node);
	if (known->inventory_file && known->collected_at > inventory->collected_at)
		return;
	known->inventory_file = oak_report_text(report, file);
	known->collected_at = inventory->collected_at;
	if (known->evaluated_at == OAK_TIME_NONE)
		copy_node(report, &inventory->node, &known->node);
}

void oak_report_add_run(struct oak_report *report, const struct oak_node *node, const struct oak_report_run *run)
{
	struct oak_report_node *known = oak_report_know(report, node);
	if (known->run.id && known->run.ended_at > run->ended_at)
		return;
	known->run = (struct oak_report_run){oak_report_text(report, run->id), oak_report_text(report, run->status),
					     run->ended_at};
}

static void keep_patches(struct oak_report *report, struct oak_report_node *node, const struct oak_verdict *verdict)
{
	node->bad.n = node->excused.n = 0;
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		if (oak_state_is_bad(p->state))
			copy_patch(report, p, oak_push(report->arena, &node->bad));
		if (p->reason == OAK_REASON_EXCEPTION || p->reason == OAK_REASON_REJECTED)
			copy_patch(report, p, oak_push(report->arena, &node->excused));
	}
}

void oak_report_add(struct oak_report *report, const struct oak_verdict *verdict, const char *file, int64_t scan)
{
	struct oak_report_node *node = oak_report_know(report, &verdict->inventory->node);
	if (node->evaluated_at != OAK_TIME_NONE && node->evaluated_at > verdict->evaluated_at)
		return;
	copy_node(report, &verdict->inventory->node, &node->node);
	node->baseline_id = oak_report_text(report, verdict->baseline_id);
	node->baseline_name = oak_report_text(report, verdict->baseline_name);
	node->operation = verdict->operation;
	node->evaluated_at = verdict->evaluated_at;
	node->metadata_at = verdict->inventory->metadata_at;
	node->summary = verdict->summary;
	node->file = oak_report_text(report, file);
	node->scan = scan;
	keep_patches(report, node, verdict);
}

void oak_report_cannot_read(struct oak_report *report, const char *file, const char *why)
{
	*oak_push(report->arena, &report->unreadable) =
		(struct oak_report_unreadable){oak_arena_strdup(report->arena, file), oak_arena_strdup(report->arena, why)};
}

static int by_label(const void *a, const void *b)
{
	const struct oak_report_node *x = *(struct oak_report_node *const *)a, *y = *(struct oak_report_node *const *)b;
	int order = strcmp(oak_node_label(&x->node), oak_node_label(&y->node));
	return order ? order : strcmp(x->node.id, y->node.id);
}

static void add_summary(struct oak_summary *sum, const struct oak_summary *s)
{
	for (size_t i = 0; i < OAK_STATE_COUNT; i++)
		sum->count[i] += s->count[i];
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		sum->non_compliant_by_level[i] += s->non_compliant_by_level[i];
	sum->critical_non_compliant += s->critical_non_compliant;
	sum->security_non_compliant += s->security_non_compliant;
	sum->other_non_compliant += s->other_non_compliant;
	sum->available_security_update += s->available_security_update;
}

void oak_report_finish(struct oak_report *report)
{
	struct oak_report_totals *t = &report->totals;
	size_t kept = 0;
	for (size_t i = 0; i < report->nodes.n; i++)
		if (oak_report_wants(report, &report->nodes.v[i]->node))
			report->nodes.v[kept++] = report->nodes.v[i];
	report->nodes.n = kept;
	if (kept)
		qsort(report->nodes.v, kept, sizeof(*report->nodes.v), by_label);
	*t = (struct oak_report_totals){.nodes = (int64_t)kept};
	for (size_t i = 0; i < kept; i++) {
		struct oak_report_node *node = report->nodes.v[i];
		bool never = node->evaluated_at == OAK_TIME_NONE;
		node->stale = !never && report->generated_at - node->evaluated_at > report->max_age;
		t->by_status[node->summary.status]++;
		t->never_scanned += never;
		t->stale += node->stale;
		add_summary(&t->sum, &node->summary);
	}
}
