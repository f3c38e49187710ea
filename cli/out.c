/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing: documents whole to standard output, messages and progress to standard error. */
#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mask.h"
#include "core/mem.h"

enum { OUT_MAX = 1 << 30, MESSAGE_MAX = 8192 };

bool oak_out_document(const struct oak_out *out, struct oak_sink *ret_sink, struct oak_buf *buf)
{
	if (out->format == OAK_OUT_JSON)
		oak_sink_json(ret_sink, buf);
	else if (out->format == OAK_OUT_YAML)
		oak_sink_yaml(ret_sink, buf);
	return out->format == OAK_OUT_JSON || out->format == OAK_OUT_YAML;
}

void oak_out_buf(struct oak_buf *buf)
{
	oak_buf_init(buf, OUT_MAX);
}

int oak_out_end(struct oak_buf *buf, struct oak_error *err)
{
	if (buf->full)
		return oak_fail(err, OAK_IO, "out.too-large", 0, "the result is larger than %zu bytes", buf->max);
	const char *p = oak_buf_text(buf);
	size_t n = buf->n;
	while (n) {
		ssize_t done = write(STDOUT_FILENO, p, (unsigned)(n > (1u << 20) ? (1u << 20) : n));
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EPIPE)
			return 0;
		if (done < 0)
			return oak_fail_errno(err, "out.write", "cannot write to standard output");
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* One write for the whole line, so that lines of several processes do not mix. */
static void put_error(const struct oak_buf *text)
{
	ssize_t done = write(STDERR_FILENO, oak_buf_text(text), (unsigned)text->n);
	(void)done; /* nobody left to tell */
}

void oak_message(const char *kind, const char *text)
{
	OAK_AUTO(oak_buf_done) struct oak_buf line;
	oak_buf_init(&line, MESSAGE_MAX);
	oak_buf_addf(&line, "oakum: %s", kind);
	oak_mask_add(&line, text);
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < 0x20 || line.p[i] == 0x7f)
			line.p[i] = '?';
	oak_buf_addc(&line, '\n');
	put_error(&line);
}

void oak_warn(const struct oak_out *out, const char *fmt, ...)
{
	if (out->quiet)
		return;
	char text[4096];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	oak_progress_end(out);
	oak_message("warning: ", text);
}

void oak_note(const struct oak_out *out, const char *fmt, ...)
{
	if (out->quiet)
		return;
	char text[4096];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	oak_progress_end(out);
	oak_message("", text);
}

void oak_progress(const struct oak_out *out, const char *what, int64_t done, int64_t total, int64_t seconds_left)
{
	if (!out->progress)
		return;
	OAK_AUTO(oak_buf_done) struct oak_buf line;
	oak_buf_init(&line, 512);
	oak_buf_addf(&line, "\r\033[K%.200s", what);
	if (total > 0)
		oak_buf_addf(&line, " %lld/%lld", (long long)done, (long long)total);
	if (seconds_left >= 0) {
		char left[OAK_DURATION_TEXT];
		oak_buf_addf(&line, ", %s left", oak_duration_format(seconds_left, left));
	}
	put_error(&line);
}

void oak_progress_end(const struct oak_out *out)
{
	if (!out->progress)
		return;
	OAK_AUTO(oak_buf_done) struct oak_buf line;
	oak_buf_init(&line, 16);
	oak_buf_adds(&line, "\r\033[K");
	put_error(&line);
}
