/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTML report: its frame, and what every page ends with. */
#include "fleet/report/html.h"

#include "core/xml.h"

static const struct {
	const char *title;
	oak_html_page *page;
} pages[OAK_REPORT_KIND_COUNT] = {
	[OAK_REPORT_COMPLIANCE] = {"Patch compliance", oak_html_compliance},
	[OAK_REPORT_PATCH] = {"Missing patches", oak_html_patch},
	[OAK_REPORT_CVE] = {"Open vulnerabilities", oak_html_cve},
	[OAK_REPORT_INVENTORY] = {"Inventory", oak_html_inventory},
	[OAK_REPORT_TREND] = {"Compliance over time", oak_html_trend},
	[OAK_REPORT_EXCEPTIONS] = {"Exceptions", oak_html_exceptions},
};

static void head(struct oak_html *h, const char *title, const char *time)
{
	oak_buf_addf(h->buf,
		     "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		     "<meta name=\"generator\" content=\"oakum %s\">\n<title>%s, %s</title>\n<style>%s</style>\n</head>\n<body>\n"
		     "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header><p class=\"brand\">oakum</p><h1>%s</h1>\n",
		     OAK_VERSION, title, time, oak_html_style, title);
}

static void unreadable(struct oak_html *h)
{
	static const char *const headers[] = {"File", "Why"};
	const struct oak_report *report = h->report;
	if (!report->unreadable.n)
		return;
	oak_html_section_begin(h, "unreadable", "Files that could not be read", "Their nodes may be missing from this report.");
	oak_html_table_begin(h, oak_html_count(h->arena, (int64_t)report->unreadable.n, "file", "files"), headers, NULL, 2);
	for (size_t i = 0; i < report->unreadable.n; i++) {
		oak_html_cell(h, report->unreadable.v[i].file);
		oak_html_cell(h, report->unreadable.v[i].why);
	}
	oak_html_table_end(h);
	oak_html_section_end(h);
}

int oak_report_html(struct oak_report *report, struct oak_report_out *out, struct oak_error *err)
{
	struct oak_html h = {.report = report, .out = out, .buf = out->buf, .arena = report->arena};
	char time[OAK_TIME_TEXT];
	oak_time_format(report->generated_at, time);
	head(&h, pages[report->kind].title, time);
	if (pages[report->kind].page(&h, err) < 0)
		return -1;
	unreadable(&h);
	oak_buf_addf(h.buf, "</main>\n<footer><p>Made by oakum %s at <time datetime=\"%s\">%s</time>.</p></footer>\n</body>\n</html>\n",
		     OAK_VERSION, time, time);
	return 0;
}
