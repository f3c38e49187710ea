/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command prints: one document for json and yaml, rows for table and csv. Nobody else prints. */
#ifndef OAK_CLI_OUT_H
#define OAK_CLI_OUT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/csv.h"
#include "core/sink.h"

enum oak_out_format { OAK_OUT_TABLE, OAK_OUT_JSON, OAK_OUT_YAML, OAK_OUT_CSV, OAK_OUT_COUNT };

struct oak_out {
	enum oak_out_format format;
	bool color;        /* escape sequences are wanted on standard output */
	bool terminal;     /* standard output is a terminal */
	bool progress;     /* standard error is a terminal and not --quiet */
	bool quiet;        /* no warnings */
	int width;         /* columns of the terminal, 0 = none */
};

/* An empty buffer with the cap of a command's output (1 GiB); free with oak_buf_done. */
void oak_out_buf(struct oak_buf *buf);

/* Begin the document in json or yaml; false for table and csv (print rows then). Written out whole by oak_out_end:
 * a command that fails before prints nothing partial. */
bool oak_out_document(const struct oak_out *out, struct oak_sink *ret_sink, struct oak_buf *buf);

/* Rows with a header: aligned columns on a terminal or pipe, or CSV (RFC 4180; cells that start with = + - @ TAB CR
 * are neutralised by a leading '). On a terminal the last column is cut to fit. Add cells row by row; NULL is an empty cell. Headers are upper case in
 * the table and as written ("reasonDetail") in CSV. Control characters in cells of a table become '?'. */
struct oak_table;
struct oak_table *oak_table_new(const struct oak_out *out, const char *const *headers, size_t columns);
void oak_table_cell(struct oak_table *table, const char *text);
void oak_table_cellf(struct oak_table *table, const char *fmt, ...) OAK_PRINTF(2, 3);
void oak_table_print(struct oak_table *table, struct oak_buf *buf); /* appends to BUF and frees */

/* Colour of the cell that was just added, an SGR code ("31", "1;33"); nothing unless out->color. */
void oak_table_color(struct oak_table *table, const char *sgr);

/* Escape sequence SGR, or "" without colour: oak_buf_adds(buf, oak_color(out, "31")) … oak_color(out, "0"). */
const char *oak_color(const struct oak_out *out, const char *sgr);

/* Write BUF to standard output whole. Errors: out.write, out.too-large (IO; EPIPE is no error). */
int oak_out_end(struct oak_buf *buf, struct oak_error *err) OAK_MUST_USE;

/* To standard error: "oakum: warning: …", not with --quiet; control characters are replaced, secrets in URLs masked. */
void oak_warn(const struct oak_out *out, const char *fmt, ...) OAK_PRINTF(2, 3);
/* The same without "warning: ": what was done, what to do next. */
void oak_note(const struct oak_out *out, const char *fmt, ...) OAK_PRINTF(2, 3);
/* One line on standard error whatever --quiet says: "oakum: KIND TEXT". */
void oak_message(const char *kind, const char *text);

/* A progress line on a terminal ("fetching 12/40, 8s left"); nothing in a pipe. TOTAL 0 and SECONDS_LEFT -1 = not known. */
void oak_progress(const struct oak_out *out, const char *what, int64_t done, int64_t total, int64_t seconds_left);
void oak_progress_end(const struct oak_out *out);

#endif
