/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary and the list of a scan. */
#include "cli/show.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *label;
	const char *sgr; /* colour when there are some */
	bool always;
} counts[OAK_STATE_COUNT] = {
	[OAK_STATE_MISSING] = {"missing", "1;31", true},
	[OAK_STATE_FAILED] = {"failed", "1;31", false},
	[OAK_STATE_INSTALLED_REJECTED] = {"installed but rejected", "31", false},
	[OAK_STATE_INSTALLED_PENDING_REBOOT] = {"waiting for a reboot", "33", false},
	[OAK_STATE_INSTALLED] = {"installed", NULL, false},
	[OAK_STATE_INSTALLED_OTHER] = {"installed, not judged by the baseline", NULL, false},
	[OAK_STATE_NOT_APPLICABLE] = {"not applicable", NULL, false},
	[OAK_STATE_AVAILABLE_SECURITY_UPDATE] = {"security updates not approved", NULL, false},
};
static const enum oak_state count_order[] = {
	OAK_STATE_MISSING,   OAK_STATE_FAILED,		OAK_STATE_INSTALLED_REJECTED, OAK_STATE_INSTALLED_PENDING_REBOOT,
	OAK_STATE_INSTALLED, OAK_STATE_INSTALLED_OTHER, OAK_STATE_NOT_APPLICABLE,     OAK_STATE_AVAILABLE_SECURITY_UPDATE,
};
static const struct {
	const char *text, *sgr;
} statuses[OAK_STATUS_COUNT] = {
	[OAK_COMPLIANT] = {"compliant", "1;32"},
	[OAK_NON_COMPLIANT] = {"NOT COMPLIANT", "1;31"},
	[OAK_UNKNOWN] = {"UNKNOWN", "1;33"},
};

const char *oak_show_time(struct oak_arena *arena, oak_time t)
{
	char text[OAK_TIME_TEXT];
	return t == OAK_TIME_NONE || t == OAK_TIME_NEVER ? NULL : oak_arena_strdup(arena, oak_time_format(t, text));
}

const char *oak_show_age(struct oak_arena *arena, oak_time then, oak_time now)
{
	char text[OAK_DURATION_TEXT];
	if (then == OAK_TIME_NONE || then == OAK_TIME_NEVER)
		return "an unknown time";
	int64_t age = now - then;
	if (age < 0)
		return oak_arena_printf(arena, "-%s", oak_duration_format(-age, text));
	if (age >= 2 * (int64_t)OAK_DAY)
		return oak_arena_printf(arena, "%lld days", (long long)(age / OAK_DAY));
	age -= age >= 3600 ? age % 60 : 0;
	return oak_arena_strdup(arena, oak_duration_format(age, text));
}

const char *oak_show_joined(struct oak_arena *arena, const char *const *v, size_t n, const char *separator, size_t most)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 1024 * 1024);
	for (size_t i = 0; i < n && (!most || i < most); i++) {
		oak_buf_adds(&text, i ? separator : "");
		oak_buf_adds(&text, v[i]);
	}
	if (most && n > most)
		oak_buf_addf(&text, " +%zu", n - most);
	return oak_arena_strdup(arena, oak_buf_text(&text));
}

static size_t count_known_exploited(const struct oak_verdict *verdict)
{
	size_t n = 0;
	for (size_t i = 0; i < verdict->patches.n; i++)
		n += verdict->patches.v[i].state == OAK_STATE_MISSING && verdict->patches.v[i].known_exploited.n;
	return n;
}

static size_t count_waiting(const struct oak_verdict *verdict, oak_time *ret_first)
{
	size_t n = 0;
	*ret_first = OAK_TIME_NEVER;
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		if (p->reason != OAK_REASON_PENDING_APPROVAL)
			continue;
		n++;
		if (p->approved_at != OAK_TIME_NONE && p->approved_at < *ret_first)
			*ret_first = p->approved_at;
	}
	return n;
}

static void add_headline(struct oak_context *ctx, const struct oak_verdict *verdict, struct oak_buf *out)
{
	const struct oak_node *node = &verdict->inventory->node;
	const struct oak_summary *s = &verdict->summary;
	const char *name = node->name ? node->name : node->id;
	oak_buf_addf(out, "%s%s%s  %s", oak_color(&ctx->out, statuses[s->status].sgr), statuses[s->status].text,
		     oak_color(&ctx->out, "0"), name ? name : "this node");
	if (node->platform.id)
		oak_buf_addf(out, " (%s%s%s)", node->platform.id, node->platform.version ? " " : "",
			     node->platform.version ? node->platform.version : "");
	size_t exploited = count_known_exploited(verdict);
	if (s->status == OAK_NON_COMPLIANT)
		oak_buf_addf(out, ", worst level %s", oak_level_to_string(s->severity));
	if (exploited)
		oak_buf_addf(out, ", %s%zu known to be exploited%s", oak_color(&ctx->out, "1;31"), exploited,
			     oak_color(&ctx->out, "0"));
	oak_buf_addc(out, '\n');
}

/* The state of the metadata in one line; what makes a status UNKNOWN must be seen here. */
static void add_metadata(struct oak_context *ctx, const struct oak_verdict *verdict, struct oak_buf *out)
{
	const struct oak_inventory *inventory = verdict->inventory;
	size_t enabled = 0, failed = 0;
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		enabled += inventory->repositories.v[i].enabled;
		failed += inventory->repositories.v[i].enabled && inventory->repositories.v[i].error;
	}
	if (inventory->metadata_at == OAK_TIME_NONE)
		oak_buf_adds(out, "metadata: none (run 'oakum scan --refresh', or refresh the package manager's lists)\n");
	else
		oak_buf_addf(out, "metadata: %s old, %zu %s", oak_show_age(ctx->arena, inventory->metadata_at, verdict->evaluated_at),
			     enabled, enabled == 1 ? "repository" : "repositories");
	if (inventory->metadata_at != OAK_TIME_NONE && failed)
		oak_buf_addf(out, ", %s%zu failed%s", oak_color(&ctx->out, "33"), failed, oak_color(&ctx->out, "0"));
	if (inventory->metadata_at != OAK_TIME_NONE)
		oak_buf_addc(out, '\n');
}

void oak_show_summary(struct oak_context *ctx, const struct oak_verdict *verdict, const char *why, struct oak_buf *out)
{
	add_headline(ctx, verdict, out);
	oak_buf_addf(out, "baseline: %s%s%s%s\n", verdict->baseline_name ? verdict->baseline_name : verdict->baseline_id,
		     why ? " (" : "", why ? why : "", why ? ")" : "");
	add_metadata(ctx, verdict, out);
	for (size_t i = 0; i < sizeof(count_order) / sizeof(*count_order); i++) {
		enum oak_state state = count_order[i];
		long long n = (long long)verdict->summary.count[state];
		const char *sgr = n && counts[state].sgr ? counts[state].sgr : NULL;
		if (n || counts[state].always)
			oak_buf_addf(out, "%s%s %lld%s\n", sgr ? oak_color(&ctx->out, sgr) : "", counts[state].label, n,
				     sgr ? oak_color(&ctx->out, "0") : "");
	}
	oak_time first;
	size_t waiting = count_waiting(verdict, &first);
	if (waiting)
		oak_buf_addf(out, "waiting for approval %zu%s%s\n", waiting, first == OAK_TIME_NEVER ? "" : ", the next one at ",
			     first == OAK_TIME_NEVER ? "" : oak_show_time(ctx->arena, first));
}

static int worst_first(const void *a, const void *b)
{
	const struct oak_patch *x = *(const struct oak_patch *const *)a, *y = *(const struct oak_patch *const *)b;
	int bad = oak_state_is_bad(y->state) - oak_state_is_bad(x->state);
	int worse = oak_patch_compare_worst(x, y);
	return bad ? bad : worse ? worse : strcmp(x->id, y->id);
}

static void add_patch(struct oak_context *ctx, struct oak_table *table, const struct oak_patch *p)
{
	oak_table_cell(table, oak_state_to_string(p->state));
	oak_table_color(table, oak_state_is_bad(p->state) ? "31" : "2");
	oak_table_cell(table, oak_level_to_string(p->level));
	oak_table_cell(table, p->severity ? p->severity : p->classification);
	oak_table_cell(table, p->id);
	oak_table_cell(table, p->installed);
	oak_table_cell(table, p->available);
	const char *cves = oak_show_joined(ctx->arena, p->cves.v, p->cves.n, ",", 2);
	const char *advisories = oak_show_joined(ctx->arena, p->advisories.v, p->advisories.n, ",", 1);
	const char *mark = p->known_exploited.n ? "exploited: " : "";
	oak_table_cellf(table, "%s%s", mark, p->cves.n ? cves : advisories);
	const char *reason = p->reason == OAK_REASON_NONE ? "" : oak_reason_to_string(p->reason);
	oak_table_cellf(table, "%s%s%s", reason, *reason && p->reason_detail ? ": " : "",
			p->reason_detail ? p->reason_detail : "");
}

void oak_show_patches(struct oak_context *ctx, const struct oak_verdict *verdict, struct oak_buf *out)
{
	static const char *const headers[] = {"state", "level", "severity", "patch", "installed", "available", "fixes", "reason"};
	size_t n = verdict->patches.n, shown = 0;
	const struct oak_patch **order = oak_arena_alloc(ctx->arena, n * sizeof(*order));
	for (size_t i = 0; i < n; i++)
		if (ctx->verbose || oak_state_is_bad(verdict->patches.v[i].state))
			order[shown++] = &verdict->patches.v[i];
	if (!shown)
		return;
	qsort(order, shown, sizeof(*order), worst_first);
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < shown; i++)
		add_patch(ctx, table, order[i]);
	oak_buf_addc(out, '\n');
	oak_table_print(table, out);
}

void oak_show_csv(struct oak_context *ctx, const struct oak_verdict *verdict, struct oak_buf *out)
{
	static const char *const headers[] = {"id",	       "name",	   "arch",	 "installed",  "available",	 "state",
					      "reason",	       "reasonDetail", "until",	 "level",      "classification", "severity",
					      "released",      "releaseBasis", "approvedAt", "rule",   "repository",	 "advisories",
					      "cves"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];
		const char *cells[] = {
			p->id,
			p->name,
			p->arch,
			p->installed,
			p->available,
			oak_state_to_string(p->state),
			p->reason == OAK_REASON_NONE ? NULL : oak_reason_to_string(p->reason),
			p->reason_detail,
			oak_show_time(ctx->arena, p->until),
			oak_level_to_string(p->level),
			p->classification,
			p->severity,
			oak_show_time(ctx->arena, p->released),
			p->basis == OAK_BASIS_NONE ? NULL : oak_basis_to_string(p->basis),
			oak_show_time(ctx->arena, p->approved_at),
			p->rule,
			p->repository,
			oak_show_joined(ctx->arena, p->advisories.v, p->advisories.n, " ", 0),
			oak_show_joined(ctx->arena, p->cves.v, p->cves.n, " ", 0),
		};
		for (size_t c = 0; c < sizeof(cells) / sizeof(*cells); c++)
			oak_table_cell(table, cells[c]);
	}
	oak_table_print(table, out);
}

void oak_show_verdict(struct oak_context *ctx, const struct oak_verdict *verdict, const char *why, struct oak_buf *out)
{
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, out)) {
		oak_verdict_format(verdict, &sink);
		return;
	}
	if (ctx->out.format == OAK_OUT_CSV) {
		oak_show_csv(ctx, verdict, out);
		return;
	}
	oak_show_summary(ctx, verdict, why, out);
	oak_show_patches(ctx, verdict, out);
}
