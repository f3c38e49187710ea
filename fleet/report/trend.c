/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trend: one walk over the scans in order of time, one over the patches. */
#include "fleet/report/trend.h"

#include <stdlib.h>

#include "core/map.h"
#include "core/str.h"

static int by_time(const void *a, const void *b)
{
	const struct oak_trend_point *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void count_day(struct oak_trend_day *day, const struct oak_map *last)
{
	for (size_t i = 0; i < last->cap; i++) {
		const struct oak_trend_point *p = last->slots[i].key ? last->slots[i].value : NULL;
		if (!p)
			continue;
		day->nodes++;
		day->by_status[p->status]++;
		day->missing += p->missing;
	}
}

static void make_days(struct oak_arena *arena, struct oak_trend_input *input, struct oak_trend *ret)
{
	struct oak_map last;
	size_t next = 0, n = input->points.n;
	oak_time first = input->from - ((input->from % OAK_DAY) + OAK_DAY) % OAK_DAY;
	oak_map_init(&last, arena, 64);
	if (n)
		qsort(input->points.v, n, sizeof(*input->points.v), by_time);
	for (oak_time at = first; at <= input->until; at += OAK_DAY) {
		for (; next < n && input->points.v[next].at < at + OAK_DAY && input->points.v[next].at <= input->until; next++)
			oak_map_put(&last, input->points.v[next].node, &input->points.v[next]);
		struct oak_trend_day *day = oak_push(arena, &ret->days);
		*day = (struct oak_trend_day){.at = at};
		count_day(day, &last);
	}
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

typedef OAK_VEC(int64_t) numbers;

static void take_patch(struct oak_arena *arena, const struct oak_trend_input *input, const struct oak_trend_patch *p,
		       struct oak_trend *ret, numbers *times)
{
	struct oak_trend_level *level = &ret->levels[p->level];
	oak_time start = p->approved_at != OAK_TIME_NONE && p->approved_at != OAK_TIME_NEVER ? p->approved_at : p->since;
	bool open = p->until == OAK_TIME_NONE || p->until > input->until;
	int64_t took = (open ? input->until : p->until) - start;
	bool late = level->sla && took > level->sla;
	if (p->since > input->until || (!open && p->until < input->from))
		return;
	if (!open) {
		level->closed++;
		level->late += late;
		level->within += level->sla && !late;
		*oak_push(arena, times) = took > 0 ? took : 0;
		return;
	}
	level->open++;
	level->overdue += late;
	if (late)
		*oak_push(arena, &ret->overdue) =
			(struct oak_trend_overdue){p->node, p->patch, p->level, p->since, start + level->sla};
}

static void statistics(struct oak_trend_level *level, numbers *times)
{
	int64_t sum = 0;
	size_t n = times->n;
	if (!n)
		return;
	qsort(times->v, n, sizeof(*times->v), by_number);
	for (size_t i = 0; i < n; i++)
		sum += times->v[i];
	level->mean = sum / (int64_t)n;
	level->median = n % 2 ? times->v[n / 2] : (times->v[n / 2 - 1] + times->v[n / 2]) / 2;
	level->p90 = times->v[(n * 9 + 9) / 10 - 1]; /* nearest rank */
}

static int longest_overdue(const void *a, const void *b)
{
	const struct oak_trend_overdue *x = a, *y = b;
	int order = x->due < y->due ? -1 : x->due > y->due;
	order = order ? order : strcmp(x->node, y->node);
	return order ? order : strcmp(x->patch, y->patch);
}

void oak_trend_make(struct oak_arena *arena, struct oak_trend_input *input, struct oak_trend *ret)
{
	numbers times[OAK_LEVEL_COUNT] = {0};
	*ret = (struct oak_trend){.from = input->from, .until = input->until};
	make_days(arena, input, ret);
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		ret->levels[i].sla = input->sla[i];
	for (size_t i = 0; i < input->patches.n; i++)
		take_patch(arena, input, &input->patches.v[i], ret, &times[input->patches.v[i].level]);
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		statistics(&ret->levels[i], &times[i]);
	if (ret->overdue.n)
		qsort(ret->overdue.v, ret->overdue.n, sizeof(*ret->overdue.v), longest_overdue);
}
