/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Appending to and checking the hash-chained log. */
#include "core/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/hash.h"
#include "core/lock.h"
#include "core/sink.h"
#include "core/str.h"
#include "core/system.h"
#include "core/value.h"

enum { LINE_MAX_BYTES = 65536, LOG_MAX = 256 * 1024 * 1024 };

static const char *log_path(struct oak_arena *arena, const char *dir)
{
	return oak_arena_printf(arena, "%s/audit.log", dir);
}

static const char *hash_of(struct oak_arena *arena, const char *text, size_t n)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(text, n, digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_strdup(arena, hex);
}

/* The line without its newline: the members before "hash", their hash, the end. */
static void format_line(struct oak_arena *arena, const struct oak_audit *e, const char *prev, struct oak_buf *out)
{
	struct oak_sink sink;
	oak_sink_json_compact(&sink, out);
	sink.ops->begin_object(&sink);
	oak_put_int(&sink, "seq", e->seq);
	oak_put_time(&sink, "at", e->at);
	oak_put_string(&sink, "user", e->user);
	oak_put_string(&sink, "event", e->event);
	oak_put_string(&sink, "subject", e->subject);
	oak_put_string_opt(&sink, "detail", e->detail);
	oak_put_string(&sink, "prev", prev);
	const char *hash = hash_of(arena, oak_buf_text(out), out->n);
	oak_put_string(&sink, "hash", hash);
	sink.ops->end_object(&sink);
	while (out->n && out->p[out->n - 1] == '\n')
		out->p[--out->n] = '\0';
}

struct line {
	struct oak_audit entry;
	const char *prev;
};

/* One line back; NULL = fine, else what is wrong with it. */
static const char *parse_line(struct oak_arena *arena, struct oak_str text, struct line *ret)
{
	const struct oak_value_limits limits = {.bytes = LINE_MAX_BYTES};
	const struct oak_value *doc, *seq;
	struct oak_error ignored;
	if (text.n > LINE_MAX_BYTES || oak_json_parse(arena, text.p, text.n, "audit.log", &limits, &doc, &ignored) < 0)
		return "the line is not whole";
	const char *at = oak_value_string(oak_value_get(doc, "at"));
	seq = oak_value_get(doc, "seq");
	*ret = (struct line){.entry = {.at = OAK_TIME_NONE,
				       .user = oak_value_string(oak_value_get(doc, "user")),
				       .event = oak_value_string(oak_value_get(doc, "event")),
				       .subject = oak_value_string(oak_value_get(doc, "subject")),
				       .detail = oak_value_string(oak_value_get(doc, "detail")),
				       .hash = oak_value_string(oak_value_get(doc, "hash"))},
			     .prev = oak_value_string(oak_value_get(doc, "prev"))};
	if (!seq || seq->kind != OAK_VALUE_INT || !at || !oak_time_parse(at, &ret->entry.at) || !ret->entry.hash ||
	    !ret->prev || !ret->entry.event || !ret->entry.subject)
		return "a member is missing";
	ret->entry.seq = seq->integer;
	OAK_AUTO(oak_buf_done) struct oak_buf again;
	oak_buf_init(&again, LINE_MAX_BYTES);
	format_line(arena, &ret->entry, ret->prev, &again);
	if (!oak_str_eq(text, (struct oak_str){oak_buf_text(&again), again.n}))
		return "the line was changed";
	return NULL;
}

static void note_broken(struct oak_audit_log *log, size_t line, const char *why)
{
	if (log->broken)
		return;
	log->broken = line;
	log->why = why;
}

/* Walk the text; *ret_last is the last whole line (zero if none). */
static void walk(struct oak_arena *arena, struct oak_str text, struct oak_audit_log *log, struct line *ret_last)
{
	struct oak_str part;
	size_t number = 0;
	*ret_last = (struct line){.prev = ""};
	while (oak_str_next(&text, '\n', &part)) {
		struct line line;
		number++;
		if (!part.n)
			continue;
		const char *why = parse_line(arena, part, &line);
		if (why) {
			note_broken(log, number, why);
			continue;
		}
		const char *want = ret_last->entry.hash ? ret_last->entry.hash : "";
		if (!oak_streq(line.prev, want) || line.entry.seq != ret_last->entry.seq + 1)
			note_broken(log, number, "a line before it was removed or added");
		*oak_push(arena, &log->list) = line.entry;
		*ret_last = line;
	}
}

int oak_audit_load(struct oak_arena *arena, const char *dir, struct oak_audit_log *ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, LOG_MAX);
	const char *path = log_path(arena, dir);
	struct line last;
	*ret = (struct oak_audit_log){0};
	if (!oak_fs_exists(path))
		return 0;
	if (oak_fs_read(path, &text, err) < 0)
		return -1;
	walk(arena, (struct oak_str){oak_buf_text(&text), text.n}, ret, &last);
	return 0;
}

/* The end of the log: enough for the last whole line and a cut one. */
static int read_tail(int fd, struct oak_buf *tail)
{
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > 2 * LINE_MAX_BYTES ? size - 2 * LINE_MAX_BYTES : 0;
	if (size < 0 || lseek(fd, from, SEEK_SET) < 0)
		return -1;
	char *room = oak_buf_room(tail, (size_t)(size - from));
	for (ssize_t got; room && tail->n < (size_t)(size - from); tail->n += (size_t)got) {
		got = read(fd, tail->p + tail->n, (unsigned)((size_t)(size - from) - tail->n));
		if (got <= 0)
			return got < 0 ? -1 : 0;
	}
	return 0;
}

static int write_line(int fd, const struct oak_buf *line)
{
	ssize_t done = write(fd, oak_buf_text(line), (unsigned)line->n);
	if (done >= 0 && (size_t)done < line->n)
		errno = ENOSPC;
	return done == (ssize_t)line->n && fsync(fd) == 0 ? 0 : -1;
}

static int append_locked(struct oak_arena *arena, int fd, const struct oak_audit *entry)
{
	OAK_AUTO(oak_buf_done) struct oak_buf tail, line;
	oak_buf_init(&tail, 2 * LINE_MAX_BYTES);
	oak_buf_init(&line, LINE_MAX_BYTES);
	if (read_tail(fd, &tail) < 0)
		return -1;
	struct oak_audit_log ignored = {0};
	struct line last;
	walk(arena, (struct oak_str){oak_buf_text(&tail), tail.n}, &ignored, &last);
	struct oak_audit e = *entry;
	e.seq = last.entry.seq + 1;
	e.user = e.user ? e.user : oak_user_name(arena);
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, LINE_MAX_BYTES - 2);
	format_line(arena, &e, last.entry.hash ? last.entry.hash : "", &text);
	if (text.full) {
		errno = EMSGSIZE;
		return -1;
	}
	if (tail.n && tail.p[tail.n - 1] != '\n')
		oak_buf_addc(&line, '\n');
	oak_buf_add(&line, oak_buf_text(&text), text.n);
	oak_buf_addc(&line, '\n');
	return write_line(fd, &line);
}

int oak_audit_append(const char *dir, const struct oak_audit *entry, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *path = log_path(arena, dir);
	if (oak_fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "audit.write", "cannot open '%s'", path);
	int rc = oak_lock_file(fd);
	if (rc == 0)
		rc = append_locked(arena, fd, entry);
	if (rc < 0)
		oak_fail_errno(err, "audit.write", "cannot write '%s'", path);
	close(fd);
	return rc;
}
