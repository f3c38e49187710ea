/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of baselines against what verdicts say decided. */
#include "fleet/report/exceptions.h"

#include <stdlib.h>

#include "core/str.h"

static const char *const state_names[OAK_EXCEPTION_STATE_COUNT] = {"ACTIVE", "ENDS_SOON", "EXPIRED"};

const char *oak_exception_state_to_string(enum oak_exception_state state)
{
	return state_names[state];
}

/* One walk: KNOWN finds an exception by baseline and rule. */
struct making {
	struct oak_report *report;
	struct oak_map known;
	int64_t soon;
	struct oak_exceptions *ret;
};

static const char *key_of(struct oak_arena *arena, const char *baseline, const char *rule)
{
	return oak_arena_printf(arena, "%s\x1f%s", baseline ? baseline : "", rule ? rule : "");
}

static enum oak_exception_state state_of(const struct making *m, oak_time expires)
{
	if (expires == OAK_TIME_NONE || expires == OAK_TIME_NEVER)
		return OAK_EXCEPTION_ACTIVE;
	if (expires <= m->report->generated_at)
		return OAK_EXCEPTION_EXPIRED;
	return expires - m->report->generated_at <= m->soon ? OAK_EXCEPTION_ENDS_SOON : OAK_EXCEPTION_ACTIVE;
}

static struct oak_exception *add(struct making *m, const struct oak_exception *exception)
{
	struct oak_exception *copy = OAK_NEW(m->report->arena, struct oak_exception);
	*copy = *exception;
	copy->state = state_of(m, copy->expires);
	oak_map_put(&m->known, key_of(m->report->arena, copy->baseline_id, copy->rule), copy);
	*oak_push(m->report->arena, &m->ret->list) = copy;
	m->ret->by_state[copy->state]++;
	return copy;
}

static void add_list(struct making *m, const struct oak_baseline *b, const char *list, const struct oak_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct oak_exception exception = {
			.baseline_id = b->id ? b->id : b->name,
			.baseline_name = b->name,
			.rule = oak_arena_printf(m->report->arena, "%s[%zu]", list, i),
			.pattern = v[i].pattern,
			.owner = v[i].owner,
			.reason = v[i].reason,
			.expires = v[i].expires,
		};
		add(m, &exception);
	}
}

static void add_text(struct oak_report *report, void *vec, const char *text)
{
	OAK_VEC(const char *) *texts = vec;
	for (size_t i = 0; i < texts->n; i++)
		if (oak_streq(texts->v[i], text))
			return;
	*oak_push(report->arena, texts) = text;
}

/* Which entry of a list decided: a rejection says it first in its detail, an approval is the patch's rule. */
static const char *entry_of(struct oak_report *report, const struct oak_patch *p, bool excused)
{
	const char *text = excused && p->reason_detail ? p->reason_detail : p->rule;
	size_t n = text ? strcspn(text, " ") : 0;
	return n && text[n - 1] == ']' ? oak_report_text(report, oak_arena_strndup(report->arena, text, n)) : NULL;
}

static void take_patch(struct making *m, const struct oak_report_node *node, const struct oak_patch *p)
{
	bool excused = p->reason == OAK_REASON_EXCEPTION || p->reason == OAK_REASON_REJECTED;
	const char *rule = entry_of(m->report, p, excused);
	if (!rule)
		return;
	struct oak_exception *e = oak_map_find(&m->known, key_of(m->report->arena, node->baseline_id, rule));
	if (!e && excused) {
		const struct oak_exception exception = {.baseline_id = node->baseline_id, .baseline_name = node->baseline_name,
							.rule = rule, .reason = p->reason_detail, .expires = p->until};
		e = add(m, &exception);
	}
	if (!e)
		return;
	add_text(m->report, &e->patches, p->id);
	add_text(m->report, &e->nodes, node->node.id);
}

static int first_to_end(const void *a, const void *b)
{
	const struct oak_exception *x = *(struct oak_exception *const *)a, *y = *(struct oak_exception *const *)b;
	oak_time ex = x->expires == OAK_TIME_NONE ? OAK_TIME_NEVER : x->expires;
	oak_time ey = y->expires == OAK_TIME_NONE ? OAK_TIME_NEVER : y->expires;
	int order = ex < ey ? -1 : ex > ey;
	order = order ? order : strcmp(x->baseline_id ? x->baseline_id : "", y->baseline_id ? y->baseline_id : "");
	return order ? order : strcmp(x->rule, y->rule);
}

void oak_exceptions_make(struct oak_report *report, struct oak_baseline *const *baselines, size_t n, int64_t soon,
			 struct oak_exceptions *ret)
{
	struct making m = {.report = report, .soon = soon, .ret = ret};
	*ret = (struct oak_exceptions){0};
	oak_map_init(&m.known, report->arena, 64);
	for (size_t i = 0; i < n; i++) {
		add_list(&m, baselines[i], "approvedPatches", baselines[i]->approved.v, baselines[i]->approved.n);
		add_list(&m, baselines[i], "rejectedPatches", baselines[i]->rejected.v, baselines[i]->rejected.n);
	}
	for (size_t i = 0; i < report->nodes.n; i++) {
		const struct oak_report_node *node = report->nodes.v[i];
		for (size_t k = 0; k < node->bad.n; k++)
			take_patch(&m, node, &node->bad.v[k]);
		for (size_t k = 0; k < node->excused.n; k++)
			take_patch(&m, node, &node->excused.v[k]);
	}
	if (ret->list.n)
		qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), first_to_end);
}
