/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON, indented by two blanks or compact; keys in the order written. */
#include <stdio.h>
#include <string.h>

#include "core/sink.h"

static void indent(struct oak_sink *sink)
{
	static const char blanks[] = "                                ";
	if (sink->compact)
		return;
	oak_buf_addc(sink->out, '\n');
	for (int n = sink->depth * 2; n > 0; n -= 32)
		oak_buf_add(sink->out, blanks, n < 32 ? (size_t)n : 32);
}

/* What goes before a value: comma and line break in an array, nothing after a key. */
static void before(struct oak_sink *sink)
{
	if (sink->after_key || sink->depth == 0) {
		sink->after_key = false;
		return;
	}
	if (!sink->first[sink->depth])
		oak_buf_addc(sink->out, ',');
	sink->first[sink->depth] = false;
	indent(sink);
}

static void after(struct oak_sink *sink)
{
	if (sink->depth == 0)
		oak_buf_addc(sink->out, '\n');
}

static void begin(struct oak_sink *sink, char bracket)
{
	before(sink);
	oak_buf_addc(sink->out, bracket);
	sink->depth++;
	sink->first[sink->depth] = true;
}

static void end(struct oak_sink *sink, char bracket)
{
	bool empty = sink->first[sink->depth];
	sink->depth--;
	if (!empty)
		indent(sink);
	oak_buf_addc(sink->out, bracket);
	after(sink);
}

static void begin_object(struct oak_sink *sink)
{
	begin(sink, '{');
}

static void end_object(struct oak_sink *sink)
{
	end(sink, '}');
}

static void begin_array(struct oak_sink *sink)
{
	begin(sink, '[');
}

static void end_array(struct oak_sink *sink)
{
	end(sink, ']');
}

static void escape(struct oak_buf *out, unsigned char c)
{
	switch (c) {
	case '"':
		oak_buf_adds(out, "\\\"");
		return;
	case '\\':
		oak_buf_adds(out, "\\\\");
		return;
	case '\n':
		oak_buf_adds(out, "\\n");
		return;
	case '\r':
		oak_buf_adds(out, "\\r");
		return;
	case '\t':
		oak_buf_adds(out, "\\t");
		return;
	default:
		oak_buf_addf(out, "\\u%04x", c);
	}
}

static void quote_valid(struct oak_buf *out, const char *text, size_t n)
{
	size_t start = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		oak_buf_add(out, text + start, i - start);
		escape(out, c);
		start = i + 1;
	}
	oak_buf_add(out, text + start, n - start);
}

static void quote(struct oak_buf *out, const char *text)
{
	size_t n = strlen(text);
	oak_buf_addc(out, '"');
	if (oak_utf8_check(text, n)) {
		quote_valid(out, text, n);
	} else {
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)text[i] < 0x80)
				quote_valid(out, text + i, 1);
			else
				oak_buf_adds(out, "\xef\xbf\xbd");
	}
	oak_buf_addc(out, '"');
}

static void key(struct oak_sink *sink, const char *text)
{
	before(sink);
	quote(sink->out, text);
	oak_buf_adds(sink->out, sink->compact ? ":" : ": ");
	sink->after_key = true;
}

static void string(struct oak_sink *sink, const char *text)
{
	before(sink);
	quote(sink->out, text);
	after(sink);
}

static void integer(struct oak_sink *sink, int64_t number)
{
	before(sink);
	oak_buf_addf(sink->out, "%lld", (long long)number);
	after(sink);
}

static void real(struct oak_sink *sink, double number)
{
	char text[OAK_REAL_TEXT];
	before(sink);
	if (__builtin_isfinite(number))
		oak_buf_adds(sink->out, oak_real_format(number, text));
	else
		oak_buf_adds(sink->out, "null");
	after(sink);
}

static void boolean(struct oak_sink *sink, bool value)
{
	before(sink);
	oak_buf_adds(sink->out, value ? "true" : "false");
	after(sink);
}

static void null(struct oak_sink *sink)
{
	before(sink);
	oak_buf_adds(sink->out, "null");
	after(sink);
}

static const struct oak_sink_ops ops = {
	.begin_object = begin_object,
	.end_object = end_object,
	.begin_array = begin_array,
	.end_array = end_array,
	.key = key,
	.string = string,
	.integer = integer,
	.real = real,
	.boolean = boolean,
	.null = null,
};

void oak_sink_json(struct oak_sink *sink, struct oak_buf *out)
{
	*sink = (struct oak_sink){.ops = &ops, .out = out};
}

void oak_sink_json_compact(struct oak_sink *sink, struct oak_buf *out)
{
	*sink = (struct oak_sink){.ops = &ops, .out = out, .compact = true};
}
