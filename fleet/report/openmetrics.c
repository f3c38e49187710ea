/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenMetrics text, as Prometheus and node_exporter's textfile collector read it. */
#include "core/str.h"
#include "fleet/report/format.h"

static size_t character_length(const char *p)
{
	for (size_t n = 1; n <= 4 && p[n - 1]; n++)
		if (oak_utf8_check(p, n))
			return n;
	return 0;
}

static void label(struct oak_buf *buf, const char *before, const char *name, const char *value)
{
	oak_buf_addf(buf, "%s%s=\"", before, name);
	for (const char *p = value ? value : ""; *p;) {
		size_t n = character_length(p);
		if (*p == '\\' || *p == '"')
			oak_buf_addc(buf, '\\');
		if (*p == '\n')
			oak_buf_adds(buf, "\\n");
		else if (n)
			oak_buf_add(buf, p, n);
		else
			oak_buf_adds(buf, "\xef\xbf\xbd");
		p += n ? n : 1;
	}
	oak_buf_addc(buf, '"');
}

static void family(struct oak_buf *buf, const char *name, const char *help)
{
	oak_buf_addf(buf, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

static void patches(struct oak_buf *buf, const struct oak_report_node *node)
{
	for (int state = 0; state < OAK_STATE_COUNT; state++) {
		int64_t n = state == OAK_STATE_AVAILABLE_SECURITY_UPDATE ? node->summary.available_security_update
									 : node->summary.count[state];
		label(buf, "oakum_patches{", "node", node->node.id);
		label(buf, ",", "name", node->node.name);
		label(buf, ",", "state", oak_state_to_string((enum oak_state)state));
		oak_buf_addf(buf, "} %lld\n", (long long)n);
	}
}

static void compliant(struct oak_buf *buf, const struct oak_report_node *node)
{
	label(buf, "oakum_compliant{", "node", node->node.id);
	oak_buf_addf(buf, "} %d\n", node->summary.status == OAK_COMPLIANT);
}

static void by_level(struct oak_buf *buf, const struct oak_report_node *node)
{
	for (int level = OAK_LEVEL_COUNT - 1; level >= 0; level--) {
		label(buf, "oakum_noncompliant_patches{", "node", node->node.id);
		label(buf, ",", "level", oak_level_to_string((enum oak_level)level));
		oak_buf_addf(buf, "} %lld\n", (long long)node->summary.non_compliant_by_level[level]);
	}
}

static void last_scan(struct oak_buf *buf, const struct oak_report_node *node)
{
	if (node->evaluated_at == OAK_TIME_NONE)
		return;
	label(buf, "oakum_last_scan_timestamp_seconds{", "node", node->node.id);
	oak_buf_addf(buf, "} %lld\n", (long long)node->evaluated_at);
}

static void metadata(struct oak_buf *buf, const struct oak_report_node *node)
{
	if (node->metadata_at == OAK_TIME_NONE)
		return;
	label(buf, "oakum_metadata_timestamp_seconds{", "node", node->node.id);
	oak_buf_addf(buf, "} %lld\n", (long long)node->metadata_at);
}

int oak_report_openmetrics(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	static const struct {
		const char *name, *help;
		void (*put)(struct oak_buf *buf, const struct oak_report_node *node);
	} families[] = {
		{"oakum_patches", "Patches of a node by state.", patches},
		{"oakum_compliant", "1 if the node is compliant, 0 if it is not or its state is unknown.", compliant},
		{"oakum_noncompliant_patches", "Patches of a node that are not compliant, by level.", by_level},
		{"oakum_last_scan_timestamp_seconds", "When the newest verdict of the node was made.", last_scan},
		{"oakum_metadata_timestamp_seconds", "How old the oldest metadata was that it rests on.", metadata},
	};
	for (size_t f = 0; f < sizeof(families) / sizeof(*families); f++) {
		family(out->buf, families[f].name, families[f].help);
		for (size_t i = 0; i < report->nodes.n; i++) {
			families[f].put(out->buf, report->nodes.v[i]);
			if (oak_report_drain(out, err) < 0)
				return -1;
		}
	}
	oak_buf_adds(out->buf, "# EOF\n");
	return 0;
}
