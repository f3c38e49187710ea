/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which formats there are, which reports they can hold, and what they have in common. */
#include "fleet/report/format.h"

#include "core/str.h"

enum { ENOUGH = 256 * 1024 };

enum {
	OF_VERDICTS = 1u << OAK_REPORT_COMPLIANCE | 1u << OAK_REPORT_PATCH | 1u << OAK_REPORT_CVE | 1u << OAK_REPORT_INVENTORY,
	OF_ALL = (1u << OAK_REPORT_KIND_COUNT) - 1
};

static const struct {
	const char *name, *media_type;
	unsigned kinds;
	oak_report_writer *write;
} formats[] = {
	{"json", "application/json", OF_ALL, oak_report_json},
	{"yaml", "application/yaml", OF_ALL, oak_report_yaml},
	{"csv", "text/csv", OF_ALL, oak_report_csv},
	{"html", "text/html", OF_ALL, oak_report_html},
	{"junit", "application/xml", OF_VERDICTS, oak_report_junit},
	{"sarif", "application/sarif+json", OF_VERDICTS, oak_report_sarif},
	{"openmetrics", "application/openmetrics-text", OF_VERDICTS, oak_report_openmetrics},
	{"cyclonedx", "application/vnd.cyclonedx+json", OF_VERDICTS, oak_report_cyclonedx},
	{"nagios", "text/plain", OF_VERDICTS, oak_report_nagios},
};

int oak_report_drain(struct oak_report_out *out, struct oak_error *err)
{
	return out->drain && out->buf->n >= ENOUGH ? out->drain(out->arg, out->buf, err) : 0;
}

const char *oak_report_media_type(const char *format)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (oak_streq(formats[i].name, format))
			return formats[i].media_type;
	return NULL;
}

int oak_report_write(struct oak_report *report, const char *format, struct oak_report_out *out, struct oak_error *err)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (!oak_streq(formats[i].name, format))
			continue;
		if (formats[i].kinds & (1u << report->kind))
			return formats[i].write(report, out, err);
		return oak_fail(err, OAK_INVALID, "report.format", 0,
				"a report on '%s' cannot be written as '%s' (give json, yaml, csv or html)",
				oak_report_kind_to_string(report->kind), format);
	}
	return oak_fail(err, OAK_INVALID, "report.format", 0, "unknown format '%s'", format);
}

int oak_report_each(struct oak_report *report, struct oak_report_out *out,
		    int (*each)(void *arg, const struct oak_report_node *node, const struct oak_verdict *verdict,
				struct oak_error *err),
		    void *arg, struct oak_error *err)
{
	for (size_t i = 0; i < report->nodes.n; i++) {
		const struct oak_report_node *node = report->nodes.v[i];
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		struct oak_verdict *verdict;
		if (node->evaluated_at == OAK_TIME_NONE)
			continue;
		if (report->source->load(report->source, node, arena, &verdict, err) < 0 || each(arg, node, verdict, err) < 0 ||
		    oak_report_drain(out, err) < 0)
			return -1;
	}
	return 0;
}

const char *oak_texts_join(struct oak_arena *arena, const char *const *v, size_t n, const char *separator)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, (size_t)16 << 20);
	for (size_t i = 0; i < n; i++) {
		oak_buf_adds(&text, i ? separator : "");
		oak_buf_adds(&text, v[i]);
	}
	return n ? oak_arena_strdup(arena, oak_buf_text(&text)) : NULL;
}

const char *oak_time_text(struct oak_arena *arena, oak_time t)
{
	char text[OAK_TIME_TEXT];
	return t == OAK_TIME_NONE || t == OAK_TIME_NEVER ? NULL : oak_arena_strdup(arena, oak_time_format(t, text));
}

const char *oak_node_tag(const struct oak_node *node, const char *key)
{
	for (size_t i = 0; i < node->tags.n; i++)
		if (oak_streq(node->tags.v[i].key, key))
			return node->tags.v[i].value;
	return NULL;
}
