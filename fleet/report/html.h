/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the HTML report: one page, no script, everything inline; every string from outside is escaped. */
#ifndef OAK_FLEET_REPORT_HTML_H
#define OAK_FLEET_REPORT_HTML_H

#include "fleet/report/format.h"

struct oak_html {
	struct oak_report *report;
	struct oak_report_out *out;
	struct oak_buf *buf;
	struct oak_arena *arena;
	const char *const *headers; /* of the open table */
	size_t columns, column;
};

extern const char oak_html_style[];

/* The sentence below the title, and what it rests on: ends the head of the page. */
void oak_html_lead(struct oak_html *h, const char *text, const char *meta);

/* Sections with a heading; TEXT is escaped. */
void oak_html_section_begin(struct oak_html *h, const char *id, const char *heading, const char *lead);
void oak_html_section_end(struct oak_html *h);

/* A row of numbers; TONE is "", "ok", "bad", "warn". */
void oak_html_tiles_begin(struct oak_html *h);
void oak_html_tile(struct oak_html *h, const char *tone, const char *label, const char *value, const char *note);
void oak_html_tiles_end(struct oak_html *h);

/* A table; cells go row by row, the first of each row is its header. CLASSES of a column: "num" or NULL. */
void oak_html_table_begin(struct oak_html *h, const char *caption, const char *const *headers, const bool *numbers, size_t n);
void oak_html_table_end(struct oak_html *h);
void oak_html_cell(struct oak_html *h, const char *text);                          /* plain text, NULL = a dash */
void oak_html_cell_id(struct oak_html *h, const char *name, const char *id);       /* a name and, smaller, its id */
void oak_html_cell_number(struct oak_html *h, int64_t n, const char *tone);        /* coloured when not 0 */
void oak_html_cell_badge(struct oak_html *h, const char *tone, const char *text);
void oak_html_cell_list(struct oak_html *h, const char *const *v, size_t n, const char *of); /* long ones fold */

/* Charts. */
struct oak_html_part {
	const char *label, *tone;
	int64_t n;
};
void oak_html_donut(struct oak_html *h, const char *title, const char *middle, const struct oak_html_part *parts, size_t n);
void oak_html_bars(struct oak_html *h, const char *title, const struct oak_html_part *parts, size_t n);
struct oak_html_line {
	const char *label, *tone;
	const int64_t *v;
};
/* Lines over days; FIRST and LAST are the ends of the axis. */
void oak_html_lines(struct oak_html *h, const char *title, const char *first, const char *last,
		    const struct oak_html_line *lines, size_t n, size_t days);

const char *oak_html_count(struct oak_arena *arena, int64_t n, const char *one, const char *many); /* "3 nodes" */
const char *oak_html_age(struct oak_arena *arena, int64_t seconds);
const char *oak_status_tone(enum oak_status status);
const char *oak_level_tone(enum oak_level level);
const char *oak_html_level(enum oak_level level); /* "Critical" */

/* Pages, one a kind. */
typedef int oak_html_page(struct oak_html *h, struct oak_error *err);
oak_html_page oak_html_compliance, oak_html_patch, oak_html_cve, oak_html_inventory, oak_html_trend, oak_html_exceptions;

#endif
