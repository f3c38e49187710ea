/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts as inline SVG; what they show is said in words beside them. */
#include "core/xml.h"
#include "fleet/report/html.h"

static void begin(struct oak_html *h, const char *class, const char *title)
{
	oak_buf_addf(h->buf, "<div class=\"chart %s\"><h3>", class);
	oak_xml_text(h->buf, title);
	oak_buf_adds(h->buf, "</h3>");
}

static void svg(struct oak_html *h, const char *box, const char *title)
{
	oak_buf_addf(h->buf, "<svg viewBox=\"%s\" role=\"img\"><title>", box);
	oak_xml_text(h->buf, title);
	oak_buf_adds(h->buf, "</title>");
}

static int64_t sum_of(const struct oak_html_part *parts, size_t n)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += parts[i].n;
	return sum;
}

static void key(struct oak_html *h, const struct oak_html_part *parts, size_t n)
{
	oak_buf_adds(h->buf, "<ul class=\"key\">");
	for (size_t i = 0; i < n; i++) {
		oak_buf_addf(h->buf, "<li><span class=\"dot fill-%s\"></span><b>%lld</b> ", parts[i].tone, (long long)parts[i].n);
		oak_xml_text(h->buf, parts[i].label);
		oak_buf_adds(h->buf, "</li>");
	}
	oak_buf_adds(h->buf, "</ul>");
}

void oak_html_donut(struct oak_html *h, const char *title, const char *middle, const struct oak_html_part *parts, size_t n)
{
	const double round = 2 * 3.14159265358979 * 40;
	int64_t sum = sum_of(parts, n);
	double at = 0;
	begin(h, "", title);
	oak_buf_adds(h->buf, "<div class=\"donut\">");
	svg(h, "0 0 100 100", title);
	oak_buf_adds(h->buf, "<circle cx=\"50\" cy=\"50\" r=\"40\" fill=\"none\" stroke=\"var(--none-bg)\" stroke-width=\"14\"/>");
	for (size_t i = 0; i < n && sum; i++) {
		double length = round * (double)parts[i].n / (double)sum;
		if (parts[i].n)
			oak_buf_addf(h->buf,
				     "<circle class=\"line-%s\" cx=\"50\" cy=\"50\" r=\"40\" fill=\"none\" stroke-width=\"14\" "
				     "stroke-dasharray=\"%.2f %.2f\" stroke-dashoffset=\"%.2f\" transform=\"rotate(-90 50 50)\"/>",
				     parts[i].tone, length, round - length, -at);
		at += length;
	}
	oak_buf_adds(h->buf, "<text x=\"50\" y=\"56\" text-anchor=\"middle\" font-size=\"18\" font-weight=\"650\">");
	oak_xml_text(h->buf, middle);
	oak_buf_adds(h->buf, "</text></svg>");
	key(h, parts, n);
	oak_buf_adds(h->buf, "</div></div>\n");
}

void oak_html_bars(struct oak_html *h, const char *title, const struct oak_html_part *parts, size_t n)
{
	int64_t most = 1;
	for (size_t i = 0; i < n; i++)
		most = parts[i].n > most ? parts[i].n : most;
	begin(h, "", title);
	oak_buf_adds(h->buf, "<dl class=\"bars\">");
	for (size_t i = 0; i < n; i++) {
		oak_buf_adds(h->buf, "<dt>");
		oak_xml_text(h->buf, parts[i].label);
		oak_buf_addf(h->buf,
			     "</dt><dd><svg viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
			     "class=\"fill-track\" width=\"100\" height=\"12\"/><rect class=\"fill-%s\" width=\"%.2f\" "
			     "height=\"12\"/></svg></dd><dd class=\"n\">%lld</dd>",
			     parts[i].tone, 100.0 * (double)parts[i].n / (double)most, (long long)parts[i].n);
	}
	oak_buf_adds(h->buf, "</dl></div>\n");
}

/* The drawing is 360 wide: legible on a telephone, and larger elsewhere. */
enum { LEFT = 34, RIGHT = 354, TOP = 8, BOTTOM = 128 };

static void axis(struct oak_html *h, int64_t most, const char *first, const char *last)
{
	for (int i = 0; i <= 2; i++) {
		double y = BOTTOM - (BOTTOM - TOP) * i / 2.0;
		oak_buf_addf(h->buf,
			     "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"soft\" x=\"%d\" y=\"%.1f\" "
			     "font-size=\"9\" text-anchor=\"end\">%lld</text>",
			     LEFT, RIGHT, y, y, LEFT - 4, y + 3, (long long)(most * i / 2));
	}
	oak_buf_addf(h->buf, "<text class=\"soft\" x=\"%d\" y=\"%d\" font-size=\"9\">", LEFT, BOTTOM + 14);
	oak_xml_text(h->buf, first);
	oak_buf_addf(h->buf, "</text><text class=\"soft\" x=\"%d\" y=\"%d\" font-size=\"9\" text-anchor=\"end\">", RIGHT, BOTTOM + 14);
	oak_xml_text(h->buf, last);
	oak_buf_adds(h->buf, "</text>");
}

void oak_html_lines(struct oak_html *h, const char *title, const char *first, const char *last,
		    const struct oak_html_line *lines, size_t n, size_t days)
{
	int64_t most = 2;
	for (size_t i = 0; i < n; i++)
		for (size_t d = 0; d < days; d++)
			most = lines[i].v[d] > most ? lines[i].v[d] : most;
	most += most % 2;
	begin(h, "lines", title);
	svg(h, "0 0 360 150", title);
	axis(h, most, first, last);
	for (size_t i = 0; i < n; i++) {
		oak_buf_addf(h->buf, "<polyline class=\"line-%s\" fill=\"none\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"",
			     lines[i].tone);
		for (size_t d = 0; d < days; d++)
			oak_buf_addf(h->buf, "%.1f,%.1f ", days > 1 ? LEFT + (double)(RIGHT - LEFT) * (double)d / (double)(days - 1) : LEFT,
				     BOTTOM - (double)(BOTTOM - TOP) * (double)lines[i].v[d] / (double)most);
		oak_buf_adds(h->buf, "\"/>");
	}
	oak_buf_adds(h->buf, "</svg><ul class=\"key\">");
	for (size_t i = 0; i < n; i++) {
		oak_buf_addf(h->buf, "<li><span class=\"dot fill-%s\"></span><b>%lld</b> ", lines[i].tone,
			     (long long)(days ? lines[i].v[days - 1] : 0));
		oak_xml_text(h->buf, lines[i].label);
		oak_buf_adds(h->buf, "</li>");
	}
	oak_buf_adds(h->buf, "</ul></div>\n");
}
