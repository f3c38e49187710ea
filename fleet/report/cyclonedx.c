/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CycloneDX 1.5: what is installed on the nodes, and, VEX-style, what is known to be wrong with it. */
#include "core/hash.h"
#include "core/str.h"
#include "fleet/report/format.h"

/* One installed version, once however many nodes have it; its address is its identity. */
struct component {
	const char *ref, *name, *version, *arch, *purl;
};
struct bom {
	struct oak_report *report;
	struct oak_sink *sink;
	struct oak_report_out *out;
	struct oak_map known; /* ref → struct component */
	OAK_VEC(struct component *) components;
	OAK_VEC(struct component *) *installed; /* of each node, as report->nodes */
};

static const char *ref_of(struct oak_arena *arena, const struct oak_platform *platform, const struct oak_report_item *p)
{
	const char *purl = oak_purl(arena, platform, p->name, p->arch, p->version);
	return purl ? purl
		    : oak_arena_printf(arena, "patch:%s:%s:%s@%s", platform->id ? platform->id : "", p->id, p->arch ? p->arch : "",
				       p->version ? p->version : "");
}

static void take_item(struct bom *bom, size_t at, struct oak_arena *arena, const struct oak_report_item *p)
{
	struct oak_report *report = bom->report;
	const char *ref = ref_of(arena, &report->nodes.v[at]->node.platform, p);
	struct component *c = oak_map_find(&bom->known, ref);
	if (!c) {
		c = OAK_NEW(report->arena, struct component);
		*c = (struct component){oak_arena_strdup(report->arena, ref), oak_report_text(report, p->name),
					oak_report_text(report, p->version), oak_report_text(report, p->arch), NULL};
		c->purl = oak_starts_with(c->ref, "pkg:") ? c->ref : NULL;
		oak_map_put(&bom->known, c->ref, c);
		*oak_push(report->arena, &bom->components) = c;
	}
	*oak_push(report->arena, &bom->installed[at]) = c;
}

static int take_installed(struct bom *bom, struct oak_error *err)
{
	for (size_t i = 0; i < bom->report->nodes.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		struct oak_report_items items;
		if (oak_report_installed(bom->report, bom->report->nodes.v[i], arena, &items, err) < 0)
			return -1;
		for (size_t k = 0; k < items.list.n; k++)
			take_item(bom, i, arena, &items.list.v[k]);
	}
	return 0;
}

static const char *node_ref(struct oak_arena *arena, const struct oak_node *node)
{
	return oak_arena_printf(arena, "node:%s", node->id);
}

static void put_property(struct oak_sink *sink, const char *name, const char *value)
{
	if (!value)
		return;
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", name);
	oak_put_string(sink, "value", value);
	sink->ops->end_object(sink);
}

static void put_node(struct bom *bom, const char *key, const struct oak_report_node *node)
{
	struct oak_sink *sink = bom->sink;
	oak_put_begin_object(sink, key);
	oak_put_string(sink, "type", "device");
	oak_put_string(sink, "bom-ref", node_ref(bom->report->arena, &node->node));
	oak_put_string(sink, "name", oak_node_label(&node->node));
	oak_put_begin_array(sink, "properties");
	put_property(sink, "oakum:node:id", node->node.id);
	put_property(sink, "oakum:platform", node->node.platform.id);
	put_property(sink, "oakum:platform:version", node->node.platform.version);
	put_property(sink, "oakum:platform:arch", node->node.platform.arch);
	put_property(sink, "oakum:kernel", node->node.platform.kernel);
	put_property(sink, "oakum:status", oak_status_to_string(node->summary.status));
	put_property(sink, "oakum:evaluatedAt", oak_time_text(bom->report->arena, node->evaluated_at));
	oak_put_end_array(sink);
	oak_put_end_object(sink);
}

static void put_component(struct oak_sink *sink, const struct component *c)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "type", "library");
	oak_put_string(sink, "bom-ref", c->ref);
	oak_put_string(sink, "name", c->name);
	oak_put_string(sink, "version", c->version);
	oak_put_string_opt(sink, "purl", c->purl);
	sink->ops->end_object(sink);
}

/* The same nodes at the same instant give the same number: version 5 in form, from SHA-256. */
static const char *serial_number(const struct oak_report *report)
{
	struct oak_hasher *hasher = oak_sha256_new();
	unsigned char d[OAK_SHA256_SIZE];
	oak_hasher_add(hasher, &report->generated_at, sizeof(report->generated_at));
	for (size_t i = 0; i < report->nodes.n; i++) {
		oak_hasher_add(hasher, report->nodes.v[i]->node.id, strlen(report->nodes.v[i]->node.id) + 1);
		oak_hasher_add(hasher, &report->nodes.v[i]->evaluated_at, sizeof(oak_time));
	}
	oak_hasher_end(hasher, d);
	d[6] = (unsigned char)((d[6] & 0x0f) | 0x50);
	d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
	return oak_arena_printf(report->arena, "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0],
				d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

static void put_metadata(struct bom *bom)
{
	struct oak_sink *sink = bom->sink;
	oak_put_begin_object(sink, "metadata");
	oak_put_time(sink, "timestamp", bom->report->generated_at);
	oak_put_begin_object(sink, "tools");
	oak_put_begin_array(sink, "components");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "type", "application");
	oak_put_string(sink, "name", "oakum");
	oak_put_string(sink, "version", OAK_VERSION);
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
	oak_put_end_object(sink);
	if (bom->report->nodes.n == 1)
		put_node(bom, "component", bom->report->nodes.v[0]);
	oak_put_end_object(sink);
}

static int put_components(struct bom *bom, struct oak_error *err)
{
	oak_put_begin_array(bom->sink, "components");
	for (size_t i = 0; bom->report->nodes.n != 1 && i < bom->report->nodes.n; i++) {
		put_node(bom, NULL, bom->report->nodes.v[i]);
		if (oak_report_drain(bom->out, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < bom->components.n; i++) {
		put_component(bom->sink, bom->components.v[i]);
		if (oak_report_drain(bom->out, err) < 0)
			return -1;
	}
	oak_put_end_array(bom->sink);
	return 0;
}

static int put_dependencies(struct bom *bom, struct oak_error *err)
{
	struct oak_sink *sink = bom->sink;
	oak_put_begin_array(sink, "dependencies");
	for (size_t i = 0; i < bom->report->nodes.n; i++) {
		struct oak_map seen; /* dependsOn must not repeat itself, whatever a verdict does */
		oak_map_init(&seen, bom->report->arena, bom->installed[i].n);
		sink->ops->begin_object(sink);
		oak_put_string(sink, "ref", node_ref(bom->report->arena, &bom->report->nodes.v[i]->node));
		oak_put_begin_array(sink, "dependsOn");
		for (size_t k = 0; k < bom->installed[i].n; k++) {
			struct component *c = bom->installed[i].v[k];
			if (!oak_map_has(&seen, c->ref))
				sink->ops->string(sink, c->ref);
			oak_map_put(&seen, c->ref, c);
		}
		oak_put_end_array(sink);
		sink->ops->end_object(sink);
		if (oak_report_drain(bom->out, err) < 0)
			return -1;
	}
	oak_put_end_array(sink);
	return 0;
}

static const char *rating(enum oak_level level)
{
	static const char *const words[OAK_LEVEL_COUNT] = {
		[OAK_LEVEL_UNSPECIFIED] = "unknown", [OAK_LEVEL_INFORMATIONAL] = "info", [OAK_LEVEL_LOW] = "low",
		[OAK_LEVEL_MEDIUM] = "medium",	     [OAK_LEVEL_HIGH] = "high",		 [OAK_LEVEL_CRITICAL] = "critical"};
	return words[level];
}

/* The component that lacks the patch; the node where there is none, or a newer inventory has another version of it. */
static const char *affected_ref(struct bom *bom, const struct oak_report_lack *l)
{
	struct oak_arena *arena = bom->report->arena;
	const struct oak_report_item item = {l->patch->id, l->patch->name ? l->patch->name : l->patch->id, l->patch->arch, l->patch->installed};
	const char *ref = oak_patch_is_installed(l->patch) ? ref_of(arena, &l->node->node.platform, &item) : NULL;
	return ref && oak_map_has(&bom->known, ref) ? ref : node_ref(arena, &l->node->node);
}

static void put_affects(struct bom *bom, const struct oak_report_cve *cve)
{
	struct oak_sink *sink = bom->sink;
	struct oak_map seen;
	oak_map_init(&seen, bom->report->arena, 16);
	oak_put_begin_array(sink, "affects");
	for (size_t i = 0; i < cve->rows.n; i++) {
		const struct oak_report_lack *l = &cve->rows.v[i];
		const char *ref = affected_ref(bom, l);
		if (oak_map_has(&seen, ref))
			continue;
		oak_map_put(&seen, ref, bom);
		sink->ops->begin_object(sink);
		oak_put_string(sink, "ref", ref);
		oak_put_begin_array(sink, "versions");
		const struct {
			const char *version, *status;
		} versions[] = {{l->patch->installed, "affected"}, {l->patch->available, "unaffected"}};
		for (size_t v = 0; v < 2; v++) {
			if (!versions[v].version || !*versions[v].version)
				continue;
			sink->ops->begin_object(sink);
			oak_put_string(sink, "version", versions[v].version);
			oak_put_string(sink, "status", versions[v].status);
			sink->ops->end_object(sink);
		}
		oak_put_end_array(sink);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
}

static void put_vulnerability(struct bom *bom, const struct oak_report_cve *cve)
{
	struct oak_sink *sink = bom->sink;
	const struct oak_patch *first = cve->rows.v[0].patch;
	struct oak_arena *arena = bom->report->arena;
	sink->ops->begin_object(sink);
	oak_put_string(sink, "bom-ref", oak_arena_printf(arena, "vulnerability:%s", cve->id));
	oak_put_string(sink, "id", cve->id);
	oak_put_begin_array(sink, "ratings");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "severity", rating(cve->level));
	oak_put_string(sink, "method", "other");
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
	oak_put_string(sink, "recommendation",
		       oak_arena_printf(arena, "install %s %s", first->id, first->available ? first->available : ""));
	oak_put_begin_object(sink, "analysis");
	oak_put_string(sink, "state", first->state == OAK_STATE_INSTALLED_PENDING_REBOOT ? "in_triage" : "exploitable");
	oak_put_begin_array(sink, "response");
	sink->ops->string(sink, "update");
	oak_put_end_array(sink);
	oak_put_string(sink, "detail",
		       oak_arena_printf(arena, "%zu nodes lack the approved patch%s", cve->nodes,
					cve->mark.known_exploited ? "; known to be exploited" : ""));
	oak_put_end_object(sink);
	put_affects(bom, cve);
	oak_put_begin_array(sink, "properties");
	put_property(sink, "oakum:knownExploited", cve->mark.known_exploited ? "true" : "false");
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}

static int put_vulnerabilities(struct bom *bom, struct oak_error *err)
{
	struct oak_report_cves cves = {0};
	oak_report_by_cve(bom->report, &cves);
	oak_put_begin_array(bom->sink, "vulnerabilities");
	for (size_t i = 0; i < cves.list.n; i++) {
		put_vulnerability(bom, cves.list.v[i]);
		if (oak_report_drain(bom->out, err) < 0)
			return -1;
	}
	oak_put_end_array(bom->sink);
	return 0;
}

int oak_report_cyclonedx(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	struct oak_sink sink;
	struct bom bom = {.report = report, .sink = &sink, .out = out};
	bom.installed = oak_arena_alloc(report->arena, (report->nodes.n + 1) * sizeof(*bom.installed));
	oak_map_init(&bom.known, report->arena, 4096);
	if (take_installed(&bom, err) < 0)
		return -1;
	oak_sink_json(&sink, out->buf);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json");
	oak_put_string(&sink, "bomFormat", "CycloneDX");
	oak_put_string(&sink, "specVersion", "1.5");
	oak_put_string(&sink, "serialNumber", serial_number(report));
	oak_put_int(&sink, "version", 1);
	put_metadata(&bom);
	if (put_components(&bom, err) < 0 || put_dependencies(&bom, err) < 0 || put_vulnerabilities(&bom, err) < 0)
		return -1;
	sink.ops->end_object(&sink);
	return 0;
}
