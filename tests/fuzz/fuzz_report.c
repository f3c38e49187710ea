/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any verdict through every format: what comes out has no markup, formula or line of its own. */
#include "document.h"

#include "baseline/verdict.h"
#include "core/str.h"
#include "fleet/report/format.h"

/* The verdict itself is the whole fleet. */
struct one {
	struct oak_report_source source;
	struct oak_verdict *verdict;
};

static int load(struct oak_report_source *source, const struct oak_report_node *node, struct oak_arena *arena, struct oak_verdict **ret,
		struct oak_error *err)
{
	(void)node;
	(void)arena;
	(void)err;
	*ret = ((struct one *)source)->verdict;
	return 0;
}

static void must(bool holds, const char *what, const struct oak_buf *text)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n%s\n", what, oak_buf_text(text));
	abort();
}

/* No control characters but line ends and tabs, and no element that we do not write. */
static void check_markup(const struct oak_buf *text)
{
	for (size_t i = 0; i < text->n; i++)
		must((unsigned char)text->p[i] >= 0x20 || text->p[i] == '\n', "a control character in markup", text);
	must(oak_utf8_check(oak_buf_text(text), text->n), "markup is no UTF-8", text);
	must(!strstr(oak_buf_text(text), "<script"), "a script", text);
}

static void check_json(const struct oak_buf *text)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc;
	struct oak_error err = {0};
	const struct oak_value_limits limits = {.bytes = SIZE_MAX / 2};
	must(oak_json_parse(arena, oak_buf_text(text), text->n, "again", &limits, &doc, &err) == 0, err.cause, text);
	oak_arena_free(arena);
}

/* Cell by cell as RFC 4180 has them: none begins as a formula does. */
static void check_csv(const struct oak_buf *text)
{
	for (const char *p = oak_buf_text(text); *p;) {
		bool quoted = *p == '"';
		must(!strchr("=+-@\t", p[quoted] ? p[quoted] : 'x'), "a formula", text);
		for (p += quoted; *p && (quoted ? *p != '"' || p[1] == '"' : !strchr(",\r", *p)); p++)
			p += quoted && *p == '"';
		p += quoted;
		must(*p == ',' || strncmp(p, "\r\n", 2) == 0, "a cell that does not end", text);
		p += *p == ',' ? 1 : 2;
	}
}

static void check_line(const struct oak_buf *text)
{
	must(strchr(oak_buf_text(text), '\n') == text->p + text->n - 1, "more than one line", text);
}

static void check_metrics(const struct oak_buf *text)
{
	for (const char *p = oak_buf_text(text); *p; p = strchr(p, '\n') + 1)
		must(strncmp(p, "oakum_", 6) == 0 || *p == '#', "a line that is no metric", text);
}

static void write_all(struct oak_verdict *verdict)
{
	static const struct {
		const char *format;
		void (*check)(const struct oak_buf *text);
	} formats[] = {{"json", check_json},  {"yaml", NULL},	       {"html", check_markup},	     {"junit", check_markup}, {"sarif", check_json},
		       {"nagios", check_line}, {"cyclonedx", check_json}, {"openmetrics", check_metrics}, {"csv", check_csv}};
	for (int kind = 0; kind < OAK_REPORT_TREND; kind++)
		for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
			struct oak_arena *arena = oak_arena_new();
			struct one one = {{NULL, load, NULL}, verdict};
			struct oak_report report;
			struct oak_buf buf;
			struct oak_report_out out = {.buf = &buf};
			struct oak_error err = {0};
			oak_buf_init(&buf, SIZE_MAX / 2);
			oak_report_init(&report, arena, (enum oak_report_kind)kind, 1795435200);
			report.source = &one.source;
			oak_report_add(&report, verdict, "fuzz", 0);
			oak_report_finish(&report);
			must(oak_report_write(&report, formats[i].format, &out, &err) == 0, err.cause, &buf);
			if (formats[i].check)
				formats[i].check(&buf);
			oak_buf_done(&buf);
			oak_arena_free(arena);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_verdict *verdict;
	struct oak_error err = {0};
	if (doc && oak_verdict_parse(arena, doc, "fuzz", &verdict, &err) == 0)
		write_all(verdict);
	oak_arena_free(arena);
	return 0;
}
