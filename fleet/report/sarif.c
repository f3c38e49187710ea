/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SARIF 2.1.0: a rule a patch, a result for each node that lacks it. */
#include "core/hash.h"
#include "core/str.h"
#include "fleet/report/format.h"

/* By level: SARIF's word, and the number that code hosts sort by. */
static const struct {
	const char *level, *severity;
} levels[OAK_LEVEL_COUNT] = {
	[OAK_LEVEL_UNSPECIFIED] = {"warning", "4.0"}, [OAK_LEVEL_INFORMATIONAL] = {"note", "1.0"},
	[OAK_LEVEL_LOW] = {"note", "2.0"},	      [OAK_LEVEL_MEDIUM] = {"warning", "5.0"},
	[OAK_LEVEL_HIGH] = {"error", "8.0"},	      [OAK_LEVEL_CRITICAL] = {"error", "9.5"},
};

static void put_text(struct oak_sink *sink, const char *key, const char *text)
{
	oak_put_begin_object(sink, key);
	oak_put_string(sink, "text", text);
	oak_put_end_object(sink);
}

static void put_rule(struct oak_sink *sink, struct oak_arena *arena, const struct oak_report_patch *patch)
{
	const struct oak_patch *p = patch->worst;
	const char *cves = oak_texts_join(arena, p->cves.v, p->cves.n, ", ");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "id", patch->id);
	put_text(sink, "shortDescription", oak_arena_printf(arena, "%s is not up to its baseline", patch->id));
	put_text(sink, "fullDescription",
		 oak_arena_printf(arena, "%zu nodes; level %s%s%s", patch->nodes.n, oak_level_to_string(p->level), cves ? "; fixes " : "",
				  cves ? cves : ""));
	oak_put_begin_object(sink, "defaultConfiguration");
	oak_put_string(sink, "level", levels[p->level].level);
	oak_put_end_object(sink);
	oak_put_begin_object(sink, "properties");
	oak_put_string(sink, "security-severity", levels[p->level].severity);
	oak_put_begin_array(sink, "tags");
	if (patch->cves || oak_strcaseeq(p->classification ? p->classification : "", "security"))
		sink->ops->string(sink, "security");
	sink->ops->string(sink, "patch");
	oak_put_end_array(sink);
	oak_put_strings(sink, "cves", p->cves.v, p->cves.n);
	oak_put_strings(sink, "advisories", p->advisories.v, p->advisories.n);
	oak_put_end_object(sink);
	sink->ops->end_object(sink);
}

/* A node as a place: what is in its id stays data in a relative reference. */
static const char *uri_of(struct oak_arena *arena, const char *id)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, 65536);
	oak_buf_adds(&buf, "nodes/");
	for (; *id; id++) {
		bool plain = (*id >= 'a' && *id <= 'z') || (*id >= 'A' && *id <= 'Z') || (*id >= '0' && *id <= '9') || strchr("-_~", *id);
		oak_buf_addf(&buf, plain ? "%c" : "%%%02X", (unsigned)(unsigned char)*id);
	}
	return oak_arena_strdup(arena, oak_buf_text(&buf));
}

static void put_location(struct oak_sink *sink, struct oak_arena *arena, const struct oak_node *node)
{
	oak_put_begin_array(sink, "locations");
	sink->ops->begin_object(sink);
	oak_put_begin_object(sink, "physicalLocation");
	oak_put_begin_object(sink, "artifactLocation");
	oak_put_string(sink, "uri", uri_of(arena, node->id));
	oak_put_end_object(sink);
	oak_put_end_object(sink);
	oak_put_begin_array(sink, "logicalLocations");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", oak_node_label(node));
	oak_put_string(sink, "fullyQualifiedName", node->id);
	oak_put_string(sink, "kind", "resource");
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
}

static void put_fingerprint(struct oak_sink *sink, struct oak_arena *arena, const struct oak_report_lack *lack)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	const char *text = oak_arena_printf(arena, "%s\n%s", lack->node->node.id, lack->patch->id);
	oak_sha256(text, strlen(text), digest);
	oak_hex(digest, sizeof(digest), hex);
	oak_put_begin_object(sink, "partialFingerprints");
	oak_put_string(sink, "nodeAndPatch/v1", hex);
	oak_put_end_object(sink);
}

static void put_result(struct oak_sink *sink, struct oak_arena *arena, size_t rule, const struct oak_report_lack *lack)
{
	const struct oak_patch *p = lack->patch;
	sink->ops->begin_object(sink);
	oak_put_string(sink, "ruleId", p->id);
	oak_put_int(sink, "ruleIndex", (int64_t)rule);
	oak_put_string(sink, "level", levels[p->level].level);
	put_text(sink, "message",
		 oak_arena_printf(arena, "%s: %s is %s (installed %s, approved %s)%s%s", oak_node_label(&lack->node->node), p->id,
				  oak_state_to_string(p->state), p->installed ? p->installed : "nothing",
				  p->available ? p->available : "nothing", p->reason_detail ? ": " : "",
				  p->reason_detail ? p->reason_detail : ""));
	put_location(sink, arena, &lack->node->node);
	put_fingerprint(sink, arena, lack);
	oak_put_begin_object(sink, "properties");
	oak_put_string(sink, "state", oak_state_to_string(p->state));
	oak_put_string(sink, "nodeId", lack->node->node.id);
	oak_put_strings(sink, "knownExploited", p->known_exploited.v, p->known_exploited.n);
	oak_put_end_object(sink);
	sink->ops->end_object(sink);
}

static void put_tool(struct oak_sink *sink, struct oak_arena *arena, const struct oak_report_patches *patches)
{
	oak_put_begin_object(sink, "tool");
	oak_put_begin_object(sink, "driver");
	oak_put_string(sink, "name", "oakum");
	oak_put_string(sink, "version", OAK_VERSION);
	oak_put_begin_array(sink, "rules");
	for (size_t i = 0; i < patches->list.n; i++)
		put_rule(sink, arena, patches->list.v[i]);
	oak_put_end_array(sink);
	oak_put_end_object(sink);
	oak_put_end_object(sink);
}

static int put_results(struct oak_sink *sink, const struct oak_report_patches *patches, struct oak_report_out *out,
		       struct oak_error *err)
{
	oak_put_begin_array(sink, "results");
	for (size_t i = 0; i < patches->list.n; i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		const struct oak_report_patch *patch = patches->list.v[i];
		for (size_t k = 0; k < patch->nodes.n; k++) {
			put_result(sink, arena, i, &patch->nodes.v[k]);
			if (oak_report_drain(out, err) < 0)
				return -1;
		}
	}
	oak_put_end_array(sink);
	return 0;
}

int oak_report_sarif(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	struct oak_report_patches patches = {0};
	struct oak_sink sink;
	oak_report_by_patch(report, &patches);
	oak_sink_json(&sink, out->buf);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	oak_put_string(&sink, "version", "2.1.0");
	oak_put_begin_array(&sink, "runs");
	sink.ops->begin_object(&sink);
	put_tool(&sink, report->arena, &patches);
	if (put_results(&sink, &patches, out, err) < 0)
		return -1;
	sink.ops->end_object(&sink);
	oak_put_end_array(&sink);
	sink.ops->end_object(&sink);
	return 0;
}
