/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML in block style; every string that could be read as something else is quoted as in JSON. */
#include <string.h>

#include "core/sink.h"

static void indent(struct oak_sink *sink, int depth)
{
	for (int i = 0; i < depth; i++)
		oak_buf_adds(sink->out, "  ");
}

/* Where an item of the enclosing array starts: "- " at its depth. */
static void before(struct oak_sink *sink)
{
	if (sink->depth > 0 && sink->kinds[sink->depth] == '[') {
		if (!sink->inline_dash) {
			if (sink->first[sink->depth] && sink->after_key)
				oak_buf_addc(sink->out, '\n');
			indent(sink, sink->depth - 1);
		}
		oak_buf_adds(sink->out, "- ");
		sink->inline_dash = false;
		sink->after_key = false;
		sink->first[sink->depth] = false;
	} else if (sink->after_key) {
		oak_buf_addc(sink->out, ' ');
		sink->after_key = false;
	}
}

static void begin(struct oak_sink *sink, char kind)
{
	bool in_array = sink->depth > 0 && sink->kinds[sink->depth] == '[';
	bool key_waits = sink->after_key && !in_array;
	if (in_array)
		before(sink);
	sink->depth++;
	sink->kinds[sink->depth] = kind;
	sink->first[sink->depth] = true;
	sink->after_key = key_waits;
	sink->inline_dash = in_array;
}

static void end(struct oak_sink *sink, const char *empty)
{
	if (sink->first[sink->depth]) {
		if (sink->after_key)
			oak_buf_addc(sink->out, ' ');
		oak_buf_adds(sink->out, empty);
		oak_buf_addc(sink->out, '\n');
	}
	sink->depth--;
	sink->after_key = false;
	sink->inline_dash = false;
}

static void begin_object(struct oak_sink *sink)
{
	begin(sink, '{');
}

static void end_object(struct oak_sink *sink)
{
	end(sink, "{}");
}

static void begin_array(struct oak_sink *sink)
{
	begin(sink, '[');
}

static void end_array(struct oak_sink *sink)
{
	end(sink, "[]");
}

/* Plain only if it is a word that no YAML schema reads as anything but a string. */
static bool plain(const char *text)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"};
	unsigned char c = (unsigned char)text[0];
	if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (oak_strcaseeq(text, words[i]))
			return false;
	for (const char *p = text; *p; p++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+~", *p))
			return false;
	return true;
}

static void scalar(struct oak_sink *sink, const char *text)
{
	oak_buf_adds(sink->out, text);
}

static void quoted(struct oak_sink *sink, const char *text)
{
	struct oak_sink json;
	oak_sink_json_compact(&json, sink->out);
	json.depth = 1; /* no newline */
	json.after_key = true;
	json.ops->string(&json, text);
}

static void text_scalar(struct oak_sink *sink, const char *text)
{
	if (plain(text))
		scalar(sink, text);
	else
		quoted(sink, text);
}

static void key(struct oak_sink *sink, const char *text)
{
	if (sink->inline_dash) {
		sink->inline_dash = false;
	} else {
		if (sink->first[sink->depth] && sink->after_key)
			oak_buf_addc(sink->out, '\n');
		indent(sink, sink->depth - 1);
	}
	sink->first[sink->depth] = false;
	text_scalar(sink, text);
	oak_buf_addc(sink->out, ':');
	sink->after_key = true;
}

static void string(struct oak_sink *sink, const char *text)
{
	before(sink);
	text_scalar(sink, text);
	oak_buf_addc(sink->out, '\n');
}

static void integer(struct oak_sink *sink, int64_t number)
{
	before(sink);
	oak_buf_addf(sink->out, "%lld\n", (long long)number);
}

static void real(struct oak_sink *sink, double number)
{
	char text[OAK_REAL_TEXT];
	before(sink);
	if (__builtin_isfinite(number))
		oak_buf_addf(sink->out, "%s\n", oak_real_format(number, text));
	else
		oak_buf_adds(sink->out, "null\n");
}

static void boolean(struct oak_sink *sink, bool value)
{
	before(sink);
	scalar(sink, value ? "true\n" : "false\n");
}

static void null(struct oak_sink *sink)
{
	before(sink);
	scalar(sink, "null\n");
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

void oak_sink_yaml(struct oak_sink *sink, struct oak_buf *out)
{
	*sink = (struct oak_sink){.ops = &ops, .out = out};
}
