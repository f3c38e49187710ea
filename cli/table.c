/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as aligned columns or as CSV. */
#include <stdarg.h>
#include <stdlib.h>

#include "cli/out.h"
#include "core/mem.h"

enum { GAP = 2, LAST_LEAST = 12 };

struct cell {
	const char *text;
	const char *sgr; /* NULL = no colour */
};

struct oak_table {
	struct oak_arena *arena;
	const struct oak_out *out;
	const char *const *headers;
	size_t columns;
	OAK_VEC(struct cell) cells;
};

struct oak_table *oak_table_new(const struct oak_out *out, const char *const *headers, size_t columns)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_table *table = OAK_NEW(arena, struct oak_table);
	table->arena = arena;
	table->out = out;
	table->headers = headers;
	table->columns = columns;
	return table;
}

void oak_table_cell(struct oak_table *table, const char *text)
{
	*oak_push(table->arena, &table->cells) = (struct cell){oak_arena_strdup(table->arena, text ? text : ""), NULL};
}

void oak_table_cellf(struct oak_table *table, const char *fmt, ...)
{
	char text[4096];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	oak_table_cell(table, text);
}

void oak_table_color(struct oak_table *table, const char *sgr)
{
	if (table->out->color && table->cells.n)
		table->cells.v[table->cells.n - 1].sgr = oak_arena_strdup(table->arena, sgr);
}

const char *oak_color(const struct oak_out *out, const char *sgr)
{
	static const struct {
		const char *sgr, *sequence;
	} known[] = {{"0", "\033[0m"},   {"1", "\033[1m"},	    {"2", "\033[2m"},	  {"31", "\033[31m"},
		     {"32", "\033[32m"}, {"33", "\033[33m"},	    {"36", "\033[36m"},	  {"1;31", "\033[1;31m"},
		     {"1;32", "\033[1;32m"}, {"1;33", "\033[1;33m"}};
	for (size_t i = 0; out->color && i < sizeof(known) / sizeof(*known); i++)
		if (oak_streq(known[i].sgr, sgr))
			return known[i].sequence;
	return "";
}

/* Columns that TEXT takes: characters, not bytes. */
static size_t shown_width(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* At most ROOM characters of TEXT (0 = all), the last one "…" when some had to go. */
static void add_clean(struct oak_buf *buf, const char *text, size_t room)
{
	bool cut = room && shown_width(text) > room;
	for (size_t shown = 0; *text; text++) {
		bool starts = ((unsigned char)*text & 0xc0) != 0x80;
		if (cut && starts && ++shown == room)
			break;
		oak_buf_addc(buf, (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
	}
	oak_buf_adds(buf, cut ? "\xe2\x80\xa6" : "");
}

/* Characters that the last column may take on a terminal; 0 = as many as it likes. */
static size_t last_room(const struct oak_table *table, const size_t *widths)
{
	size_t used = 0, width = table->out->width > 0 ? (size_t)table->out->width : 0;
	for (size_t c = 0; c + 1 < table->columns; c++)
		used += widths[c] + GAP;
	return width >= used + LAST_LEAST ? width - used : 0;
}

static void add_padding(struct oak_buf *buf, size_t have, size_t want)
{
	for (; have < want + GAP; have++)
		oak_buf_addc(buf, ' ');
}

static const char *header_text(struct oak_table *table, size_t column)
{
	char *text = oak_arena_strdup(table->arena, table->headers[column]);
	for (char *p = text; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return text;
}

static void print_line(const struct oak_table *table, const struct cell *cells, const size_t *widths,
		       struct oak_buf *buf)
{
	for (size_t c = 0; c < table->columns; c++) {
		if (cells[c].sgr)
			oak_buf_addf(buf, "\033[%sm", cells[c].sgr);
		add_clean(buf, cells[c].text, c + 1 < table->columns ? 0 : last_room(table, widths));
		if (cells[c].sgr)
			oak_buf_adds(buf, "\033[0m");
		if (c + 1 < table->columns)
			add_padding(buf, shown_width(cells[c].text), widths[c]);
	}
	while (buf->n && buf->p[buf->n - 1] == ' ')
		buf->p[--buf->n] = '\0';
	oak_buf_addc(buf, '\n');
}

static void print_aligned(struct oak_table *table, struct oak_buf *buf)
{
	size_t rows = table->cells.n / table->columns;
	size_t *widths = oak_arena_alloc(table->arena, table->columns * sizeof(*widths));
	struct cell *head = oak_arena_alloc(table->arena, table->columns * sizeof(*head));
	for (size_t c = 0; c < table->columns; c++) {
		head[c] = (struct cell){header_text(table, c), table->out->color ? "1" : NULL};
		widths[c] = shown_width(head[c].text);
		for (size_t r = 0; r < rows; r++) {
			size_t w = shown_width(table->cells.v[r * table->columns + c].text);
			widths[c] = w > widths[c] ? w : widths[c];
		}
	}
	print_line(table, head, widths, buf);
	for (size_t r = 0; r < rows; r++)
		print_line(table, &table->cells.v[r * table->columns], widths, buf);
}

static void print_csv(const struct oak_table *table, struct oak_buf *buf)
{
	for (size_t c = 0; c < table->columns; c++) {
		oak_csv_cell(buf, table->headers[c]);
		oak_buf_adds(buf, c + 1 < table->columns ? "," : "\r\n");
	}
	for (size_t i = 0; i < table->cells.n; i++) {
		oak_csv_cell(buf, table->cells.v[i].text);
		oak_buf_adds(buf, (i + 1) % table->columns ? "," : "\r\n");
	}
}

void oak_table_print(struct oak_table *table, struct oak_buf *buf)
{
	if (table->out->format == OAK_OUT_CSV)
		print_csv(table, buf);
	else
		print_aligned(table, buf);
	oak_arena_free(table->arena);
}
