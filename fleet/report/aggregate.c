/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All nodes together: by patch, by CVE, by package. */
#include <stdio.h>
#include <stdlib.h>

#include "core/str.h"
#include "fleet/report/report.h"

static int worst_patch(const void *a, const void *b)
{
	const struct oak_report_patch *x = *(struct oak_report_patch *const *)a, *y = *(struct oak_report_patch *const *)b;
	int order = oak_patch_compare_worst(x->worst, y->worst);
	if (!order && x->nodes.n != y->nodes.n)
		order = x->nodes.n < y->nodes.n ? 1 : -1;
	return order ? order : strcmp(x->id, y->id);
}

static void add_lack(struct oak_report *report, struct oak_map *map, const struct oak_report_node *node,
		     const struct oak_patch *p, struct oak_report_patches *ret)
{
	struct oak_report_patch **slot = (struct oak_report_patch **)oak_map_slot(map, p->id);
	if (!*slot) {
		*slot = OAK_NEW(report->arena, struct oak_report_patch);
		**slot = (struct oak_report_patch){.id = p->id, .name = p->name, .worst = p};
		*oak_push(report->arena, &ret->list) = *slot;
	}
	struct oak_report_patch *patch = *slot;
	if (oak_patch_compare_worst(p, patch->worst) < 0)
		patch->worst = p;
	patch->by_state[p->state]++;
	patch->cves = p->cves.n > patch->cves ? p->cves.n : patch->cves;
	patch->known_exploited = p->known_exploited.n > patch->known_exploited ? p->known_exploited.n : patch->known_exploited;
	*oak_push(report->arena, &patch->nodes) = (struct oak_report_lack){node, p};
}

void oak_report_by_patch(struct oak_report *report, struct oak_report_patches *ret)
{
	struct oak_map map;
	oak_map_init(&map, report->arena, 256);
	for (size_t i = 0; i < report->nodes.n; i++)
		for (size_t k = 0; k < report->nodes.v[i]->bad.n; k++)
			add_lack(report, &map, report->nodes.v[i], &report->nodes.v[i]->bad.v[k], ret);
	if (ret->list.n)
		qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), worst_patch);
}

static bool has_text(const char *const *v, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (oak_streq(v[i], text))
			return true;
	return false;
}

static void add_cve(struct oak_report *report, struct oak_map *map, const struct oak_report_node *node,
		    const struct oak_patch *p, const char *cve, struct oak_report_cves *ret)
{
	struct oak_report_cve **slot = (struct oak_report_cve **)oak_map_slot(map, cve);
	if (!*slot) {
		*slot = OAK_NEW(report->arena, struct oak_report_cve);
		(*slot)->id = cve;
		(*slot)->mark.added = OAK_TIME_NONE;
		if (report->marks)
			report->marks->find(report->marks->arg, cve, &(*slot)->mark);
		*oak_push(report->arena, &ret->list) = *slot;
	}
	struct oak_report_cve *c = *slot;
	if (has_text(p->known_exploited.v, p->known_exploited.n, cve))
		c->mark.known_exploited = true;
	c->level = p->level > c->level ? p->level : c->level;
	*oak_push(report->arena, &c->rows) = (struct oak_report_lack){node, p};
}

static int by_patch_and_node(const void *a, const void *b)
{
	const struct oak_report_lack *x = a, *y = b;
	int order = strcmp(x->patch->id, y->patch->id);
	return order ? order : strcmp(x->node->node.id, y->node->node.id);
}

static int by_pointer(const void *a, const void *b)
{
	const void *x = *(const void *const *)a, *y = *(const void *const *)b;
	return (x > y) - (x < y);
}

static void count_distinct(struct oak_report *report, struct oak_report_cve *c)
{
	const void **nodes = oak_arena_alloc(report->arena, c->rows.n * sizeof(*nodes));
	qsort(c->rows.v, c->rows.n, sizeof(*c->rows.v), by_patch_and_node);
	for (size_t i = 0; i < c->rows.n; i++) {
		nodes[i] = c->rows.v[i].node;
		c->patches += i == 0 || !oak_streq(c->rows.v[i].patch->id, c->rows.v[i - 1].patch->id);
	}
	qsort(nodes, c->rows.n, sizeof(*nodes), by_pointer);
	for (size_t i = 0; i < c->rows.n; i++)
		c->nodes += i == 0 || nodes[i] != nodes[i - 1];
}

static int worst_cve(const void *a, const void *b)
{
	const struct oak_report_cve *x = *(struct oak_report_cve *const *)a, *y = *(struct oak_report_cve *const *)b;
	if (x->mark.known_exploited != y->mark.known_exploited)
		return x->mark.known_exploited ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	if (x->mark.epss > y->mark.epss || x->mark.epss < y->mark.epss)
		return x->mark.epss > y->mark.epss ? -1 : 1;
	if (x->nodes != y->nodes)
		return x->nodes > y->nodes ? -1 : 1;
	return strcmp(x->id, y->id);
}

void oak_report_by_cve(struct oak_report *report, struct oak_report_cves *ret)
{
	struct oak_map map;
	oak_map_init(&map, report->arena, 256);
	for (size_t i = 0; i < report->nodes.n; i++) {
		const struct oak_report_node *node = report->nodes.v[i];
		for (size_t k = 0; k < node->bad.n; k++)
			for (size_t c = 0; c < node->bad.v[k].cves.n; c++)
				add_cve(report, &map, node, &node->bad.v[k], node->bad.v[k].cves.v[c], ret);
	}
	for (size_t i = 0; i < ret->list.n; i++)
		count_distinct(report, ret->list.v[i]);
	if (ret->list.n)
		qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), worst_cve);
}

static int by_package(const void *a, const void *b)
{
	const struct oak_report_package *x = *(struct oak_report_package *const *)a,
					*y = *(struct oak_report_package *const *)b;
	int order = strcmp(x->name, y->name);
	order = order ? order : strcmp(x->arch, y->arch);
	return order ? order : strcmp(x->version, y->version);
}

static int installed_by_inventory(struct oak_report *report, const struct oak_report_node *node, struct oak_arena *arena,
				  struct oak_report_items *ret, struct oak_error *err)
{
	struct oak_inventory *inventory;
	if (report->source->load_inventory(report->source, node, arena, &inventory, err) < 0)
		return -1;
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];
		*oak_push(arena, &ret->list) = (struct oak_report_item){p->name, p->name, p->arch ? p->arch : "", p->evr ? p->evr : ""};
	}
	return 0;
}

int oak_report_installed(struct oak_report *report, const struct oak_report_node *node, struct oak_arena *arena, struct oak_report_items *ret,
			 struct oak_error *err)
{
	struct oak_verdict *verdict;
	*ret = (struct oak_report_items){0};
	if (node->inventory_file && report->source->load_inventory && (node->evaluated_at == OAK_TIME_NONE || node->collected_at > node->evaluated_at))
		return installed_by_inventory(report, node, arena, ret, err);
	if (node->evaluated_at == OAK_TIME_NONE)
		return 0;
	if (report->source->load(report->source, node, arena, &verdict, err) < 0)
		return -1;
	for (size_t k = 0; k < verdict->patches.n; k++) {
		const struct oak_patch *p = &verdict->patches.v[k];
		if (oak_patch_is_installed(p))
			*oak_push(arena, &ret->list) = (struct oak_report_item){p->id, p->name ? p->name : p->id, p->arch ? p->arch : "", p->installed};
	}
	return 0;
}

static void add_package(struct oak_report *report, struct oak_map *map, const struct oak_report_item *p,
			struct oak_report_packages *ret)
{
	char key[2048];
	snprintf(key, sizeof(key), "%s\x1f%s\x1f%s", p->name, p->arch, p->version);
	struct oak_report_package *known = oak_map_find(map, key);
	if (!known) {
		known = OAK_NEW(report->arena, struct oak_report_package);
		*known = (struct oak_report_package){oak_report_text(report, p->name), oak_report_text(report, p->arch),
						     oak_report_text(report, p->version), 0};
		oak_map_put(map, oak_arena_strdup(report->arena, key), known);
		*oak_push(report->arena, &ret->list) = known;
	}
	known->nodes++;
}

int oak_report_by_package(struct oak_report *report, struct oak_report_packages *ret, struct oak_error *err)
{
	struct oak_map map;
	oak_map_init(&map, report->arena, 4096);
	for (size_t i = 0; i < report->nodes.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		struct oak_report_items items;
		if (oak_report_installed(report, report->nodes.v[i], arena, &items, err) < 0)
			return -1;
		for (size_t k = 0; k < items.list.n; k++)
			add_package(report, &map, &items.list.v[k], ret);
		*oak_push(report->arena, &ret->counts) = (int64_t)items.list.n;
	}
	if (ret->list.n)
		qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), by_package);
	return 0;
}
