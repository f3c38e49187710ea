/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headings, tiles and tables. */
#include <string.h>

#include "core/xml.h"
#include "fleet/report/html.h"

const char *oak_html_count(struct oak_arena *arena, int64_t n, const char *one, const char *many)
{
	return oak_arena_printf(arena, "%lld %s", (long long)n, n == 1 ? one : many);
}

const char *oak_html_age(struct oak_arena *arena, int64_t seconds)
{
	static const struct {
		int64_t unit;
		const char *one, *many;
	} units[] = {{OAK_DAY, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}};
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (seconds >= units[i].unit)
			return oak_html_count(arena, seconds / units[i].unit, units[i].one, units[i].many);
	return "under a minute";
}

const char *oak_status_tone(enum oak_status status)
{
	return status == OAK_COMPLIANT ? "ok" : status == OAK_NON_COMPLIANT ? "bad" : "warn";
}

const char *oak_level_tone(enum oak_level level)
{
	return level >= OAK_LEVEL_HIGH ? "bad" : level == OAK_LEVEL_MEDIUM ? "warn" : "none";
}

void oak_html_lead(struct oak_html *h, const char *text, const char *meta)
{
	oak_buf_adds(h->buf, "<p class=\"lead\">");
	oak_xml_text(h->buf, text);
	oak_buf_adds(h->buf, "</p><p class=\"meta\">");
	oak_xml_text(h->buf, meta);
	oak_buf_adds(h->buf, "</p></header>\n<main id=\"main\">\n");
}

void oak_html_section_begin(struct oak_html *h, const char *id, const char *heading, const char *lead)
{
	oak_buf_addf(h->buf, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">", id, id);
	oak_xml_text(h->buf, heading);
	oak_buf_adds(h->buf, "</h2>\n");
	if (!lead)
		return;
	oak_buf_adds(h->buf, "<p>");
	oak_xml_text(h->buf, lead);
	oak_buf_adds(h->buf, "</p>\n");
}

void oak_html_section_end(struct oak_html *h)
{
	oak_buf_adds(h->buf, "</section>\n");
}

void oak_html_tiles_begin(struct oak_html *h)
{
	oak_buf_adds(h->buf, "<ul class=\"tiles\">\n");
}

void oak_html_tile(struct oak_html *h, const char *tone, const char *label, const char *value, const char *note)
{
	oak_buf_addf(h->buf, "<li class=\"%s\"><span>", tone);
	oak_xml_text(h->buf, label);
	oak_buf_adds(h->buf, "</span><strong>");
	oak_xml_text(h->buf, value);
	oak_buf_adds(h->buf, "</strong><span>");
	oak_xml_text(h->buf, note);
	oak_buf_adds(h->buf, "</span></li>\n");
}

void oak_html_tiles_end(struct oak_html *h)
{
	oak_buf_adds(h->buf, "</ul>\n");
}

/* Narrow screens show rows as cards: roles are given, since CSS would take them away. */
void oak_html_table_begin(struct oak_html *h, const char *caption, const char *const *headers, const bool *numbers, size_t n)
{
	h->headers = headers;
	h->columns = n;
	h->column = 0;
	oak_buf_adds(h->buf, "<div class=\"frame\"><table role=\"table\"><caption>");
	oak_xml_text(h->buf, caption);
	oak_buf_adds(h->buf, "</caption><thead role=\"rowgroup\"><tr role=\"row\">");
	for (size_t i = 0; i < n; i++) {
		oak_buf_addf(h->buf, "<th scope=\"col\" role=\"columnheader\"%s>", numbers && numbers[i] ? " class=\"num\"" : "");
		oak_xml_text(h->buf, headers[i]);
		oak_buf_adds(h->buf, "</th>");
	}
	oak_buf_adds(h->buf, "</tr></thead><tbody role=\"rowgroup\">\n");
}

void oak_html_table_end(struct oak_html *h)
{
	oak_buf_adds(h->buf, "</tbody></table></div>\n");
}

static void cell_begin(struct oak_html *h, const char *class)
{
	if (h->column == 0) {
		oak_buf_adds(h->buf, "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
		return;
	}
	oak_buf_adds(h->buf, "<td role=\"cell\"");
	if (class)
		oak_buf_addf(h->buf, " class=\"%s\"", class);
	oak_buf_adds(h->buf, " data-label=\"");
	oak_xml_text(h->buf, h->headers[h->column]);
	oak_buf_adds(h->buf, "\"><span>");
}

static void cell_end(struct oak_html *h)
{
	oak_buf_adds(h->buf, h->column == 0 ? "</th>" : "</span></td>");
	if (++h->column < h->columns)
		return;
	oak_buf_adds(h->buf, "</tr>\n");
	h->column = 0;
}

/* Isolated, so that right-to-left text stays within its cell. */
static void isolated(struct oak_html *h, const char *text)
{
	oak_buf_adds(h->buf, "<bdi>");
	oak_xml_text(h->buf, text);
	oak_buf_adds(h->buf, "</bdi>");
}

void oak_html_cell(struct oak_html *h, const char *text)
{
	cell_begin(h, NULL);
	isolated(h, text && *text ? text : "\xe2\x80\x93");
	cell_end(h);
}

void oak_html_cell_id(struct oak_html *h, const char *name, const char *id)
{
	bool both = name && *name && strcmp(name, id) != 0;
	cell_begin(h, NULL);
	if (both)
		isolated(h, name);
	oak_buf_adds(h->buf, "<span class=\"id\">");
	isolated(h, id);
	oak_buf_adds(h->buf, "</span>");
	cell_end(h);
}

void oak_html_cell_number(struct oak_html *h, int64_t n, const char *tone)
{
	cell_begin(h, "num");
	if (n && *tone)
		oak_buf_addf(h->buf, "<span class=\"t-%s\">%lld</span>", tone, (long long)n);
	else
		oak_buf_addf(h->buf, "%lld", (long long)n);
	cell_end(h);
}

void oak_html_cell_badge(struct oak_html *h, const char *tone, const char *text)
{
	cell_begin(h, NULL);
	oak_buf_addf(h->buf, "<span class=\"badge %s\">", tone);
	oak_xml_text(h->buf, text);
	oak_buf_adds(h->buf, "</span>");
	cell_end(h);
}

void oak_html_cell_list(struct oak_html *h, const char *const *v, size_t n, const char *of)
{
	enum { OPEN_MOST = 4 };
	cell_begin(h, NULL);
	if (!n)
		oak_buf_adds(h->buf, "\xe2\x80\x93");
	if (n > OPEN_MOST)
		oak_buf_addf(h->buf, "<details><summary>%zu %s</summary>", n, of);
	oak_buf_adds(h->buf, n ? "<ul class=\"list\">" : "");
	for (size_t i = 0; i < n; i++) {
		oak_buf_adds(h->buf, "<li>");
		isolated(h, v[i]);
		oak_buf_adds(h->buf, "</li>");
	}
	oak_buf_adds(h->buf, n ? "</ul>" : "");
	oak_buf_adds(h->buf, n > OPEN_MOST ? "</details>" : "");
	cell_end(h);
}
