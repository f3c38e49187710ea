/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JUnit XML, as both of its common schemas have it: a test suite a node, a test case a patch, a failure where it is not compliant. */
#include "core/xml.h"
#include "fleet/report/format.h"

static void attribute(struct oak_buf *buf, const char *name, const char *value)
{
	oak_buf_addf(buf, " %s=\"", name);
	oak_xml_text(buf, value);
	oak_buf_addc(buf, '"');
}

static void property(struct oak_buf *buf, const char *name, const char *value)
{
	if (!value)
		return;
	oak_buf_adds(buf, "      <property");
	attribute(buf, "name", name);
	attribute(buf, "value", value);
	oak_buf_adds(buf, "/>\n");
}

static void failure(struct oak_buf *buf, const struct oak_patch *p)
{
	oak_buf_adds(buf, "      <failure");
	attribute(buf, "type", oak_state_to_string(p->state));
	oak_buf_adds(buf, " message=\"");
	oak_xml_text(buf, p->id);
	oak_buf_addf(buf, " is %s, level %s\">installed ", oak_state_to_string(p->state), oak_level_to_string(p->level));
	oak_xml_text(buf, p->installed ? p->installed : "nothing");
	oak_buf_adds(buf, ", approved ");
	oak_xml_text(buf, p->available ? p->available : "nothing");
	oak_buf_adds(buf, p->reason_detail ? "; " : "");
	oak_xml_text(buf, p->reason_detail);
	for (size_t i = 0; i < p->cves.n; i++) {
		oak_buf_addc(buf, i ? ' ' : '\n');
		oak_xml_text(buf, p->cves.v[i]);
	}
	oak_buf_adds(buf, "</failure>\n");
}

static void test_case(struct oak_buf *buf, const struct oak_verdict *verdict, const struct oak_patch *p)
{
	const char *baseline = verdict->baseline_name ? verdict->baseline_name : verdict->baseline_id;
	bool bad = oak_state_is_bad(p->state);
	oak_buf_adds(buf, "    <testcase");
	attribute(buf, "name", p->id);
	attribute(buf, "classname", baseline ? baseline : "baseline");
	oak_buf_adds(buf, bad ? " time=\"0\">\n" : " time=\"0\"/>\n");
	if (!bad)
		return;
	failure(buf, p);
	oak_buf_adds(buf, "    </testcase>\n");
}

static void begin_suite(struct oak_buf *buf, const struct oak_report_node *node, size_t index, size_t tests, oak_time now)
{
	char time[OAK_TIME_TEXT];
	oak_buf_adds(buf, "  <testsuite");
	attribute(buf, "name", oak_node_label(&node->node));
	oak_buf_addf(buf, " id=\"%zu\" package=\"oakum\"", index);
	oak_buf_addf(buf, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"0\"", tests, node->bad.n);
	attribute(buf, "hostname", oak_node_label(&node->node));
	oak_buf_addf(buf, " timestamp=\"%.19s\"", oak_time_format(node->evaluated_at != OAK_TIME_NONE ? node->evaluated_at : now, time));
	oak_buf_adds(buf, ">\n    <properties>\n");
	property(buf, "node.id", node->node.id);
	property(buf, "platform", node->node.platform.id);
	property(buf, "platform.version", node->node.platform.version);
	property(buf, "baseline.id", node->baseline_id);
	property(buf, "status", oak_status_to_string(node->summary.status));
	oak_buf_adds(buf, "    </properties>\n");
}

static int suite(struct oak_report *report, size_t index, struct oak_report_out *out, struct oak_error *err)
{
	const struct oak_report_node *node = report->nodes.v[index];
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_verdict *verdict = NULL;
	bool never = node->evaluated_at == OAK_TIME_NONE;
	if (!never && report->source->load(report->source, node, arena, &verdict, err) < 0)
		return -1;
	begin_suite(out->buf, node, index, verdict ? verdict->patches.n : 0, report->generated_at);
	for (size_t i = 0; verdict && i < verdict->patches.n; i++)
		test_case(out->buf, verdict, &verdict->patches.v[i]);
	oak_buf_addf(out->buf, "    <system-out/>\n    <system-err>%s</system-err>\n", never ? "this node was never scanned" : "");
	oak_buf_adds(out->buf, "  </testsuite>\n");
	return oak_report_drain(out, err);
}

int oak_report_junit(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	oak_buf_adds(out->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t i = 0; i < report->nodes.n; i++)
		if (suite(report, i, out, err) < 0)
			return -1;
	oak_buf_adds(out->buf, "</testsuites>\n");
	return 0;
}
