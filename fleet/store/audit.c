/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of JSON, each with the hash of the one before it. */
#include "fleet/store/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef _WIN32
#include <sys/file.h>
#endif

#include "core/fs.h"
#include "core/hash.h"
#include "core/sink.h"
#include "core/str.h"
#include "core/value.h"

enum { LOG_MAX = 1 << 30, LINE_MAX_BYTES = 256 * 1024, TAIL = 2 * LINE_MAX_BYTES };
static const char NO_LINE[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* The line without its hash: what is hashed, and, with HASH, what is written. */
static void format_line(const struct oak_audit_line *line, const char *prev, const char *hash, struct oak_buf *buf)
{
	struct oak_sink sink;
	oak_sink_json_compact(&sink, buf);
	sink.ops->begin_object(&sink);
	oak_put_int(&sink, "seq", line->seq);
	oak_put_time(&sink, "at", line->at);
	oak_put_string_opt(&sink, "actor", line->actor);
	oak_put_string_opt(&sink, "action", line->action);
	oak_put_string_opt(&sink, "subject", line->subject);
	oak_put_string_opt(&sink, "detail", line->detail);
	oak_put_string(&sink, "prev", prev);
	oak_put_string_opt(&sink, "hash", hash);
	sink.ops->end_object(&sink);
}

static void hash_line(const struct oak_audit_line *line, const char *prev, char out[OAK_SHA256_TEXT])
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	unsigned char digest[OAK_SHA256_SIZE];
	oak_buf_init(&buf, LINE_MAX_BYTES * 8);
	format_line(line, prev, NULL, &buf);
	oak_sha256(buf.p, buf.n, digest);
	oak_hex(digest, sizeof(digest), out);
}

/* False for anything that is no whole line of ours. */
static bool parse_line(struct oak_arena *arena, struct oak_str text, struct oak_audit_line *ret, const char **ret_prev)
{
	const struct oak_value_limits limits = {.bytes = LINE_MAX_BYTES, .depth = 2};
	const struct oak_value *v, *seq;
	if (oak_json_parse(arena, text.p, text.n, "audit.log", &limits, &v, NULL) < 0)
		return false;
	const char *at = oak_value_string(oak_value_get(v, "at"));
	seq = oak_value_get(v, "seq");
	*ret = (struct oak_audit_line){
		.seq = seq && seq->kind == OAK_VALUE_INT ? seq->integer : 0,
		.actor = oak_value_string(oak_value_get(v, "actor")),
		.action = oak_value_string(oak_value_get(v, "action")),
		.subject = oak_value_string(oak_value_get(v, "subject")),
		.detail = oak_value_string(oak_value_get(v, "detail")),
		.hash = oak_value_string(oak_value_get(v, "hash")),
	};
	*ret_prev = oak_value_string(oak_value_get(v, "prev"));
	return ret->seq > 0 && ret->hash && *ret_prev && at && oak_time_parse(at, &ret->at);
}

static bool is_whole(const struct oak_audit_line *line, const char *prev)
{
	char hash[OAK_SHA256_TEXT];
	hash_line(line, prev, hash);
	return oak_streq(hash, line->hash);
}

/* The last whole line of the end of the file, *RET with seq 0 = none; *RET_ENDED false if it ends within a line. */
static int last_line(int fd, const char *path, struct oak_arena *arena, struct oak_audit_line *ret, bool *ret_ended,
		     struct oak_error *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	size_t want = st.st_size > TAIL ? TAIL : (size_t)st.st_size;
	char *tail = oak_arena_alloc(arena, want + 1);
	ssize_t got = want ? pread(fd, tail, want, st.st_size - (off_t)want) : 0;
	if (got < 0)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	struct oak_str rest = {tail, (size_t)got}, text;
	bool any = false;
	*ret = (struct oak_audit_line){0};
	*ret_ended = got == 0 || tail[got - 1] == '\n';
	while (oak_str_next(&rest, '\n', &text)) {
		struct oak_audit_line line;
		const char *prev;
		any = any || text.n;
		if (text.n && parse_line(arena, text, &line, &prev) && is_whole(&line, prev))
			*ret = line;
	}
	if (any && !ret->seq && st.st_size > (off_t)want)
		return oak_fail(err, OAK_IO, "audit.broken", 0, "'%s' does not end in a line of the audit log", path);
	return 0;
}

static int append_locked(int fd, const char *path, const struct oak_audit_event *event, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_audit_line last;
	char hash[OAK_SHA256_TEXT];
	bool ended = true;
	if (last_line(fd, path, arena, &last, &ended, err) < 0)
		return -1;
	const char *prev = last.seq ? last.hash : NO_LINE;
	struct oak_audit_line line = {.seq = last.seq + 1,
				      .at = event->at,
				      .actor = event->actor,
				      .action = event->action,
				      .subject = event->subject,
				      .detail = event->detail};
	oak_buf_init(&buf, LINE_MAX_BYTES);
	if (!ended)
		oak_buf_addc(&buf, '\n');
	hash_line(&line, prev, hash);
	format_line(&line, prev, hash, &buf);
	if (buf.full)
		return oak_fail(err, OAK_INVALID, "audit.too-long", 0, "an event of '%s' is longer than %d bytes",
				event->action, LINE_MAX_BYTES);
	if (write(fd, buf.p, (unsigned)buf.n) != (ssize_t)buf.n || fsync(fd) < 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", path);
	return 0;
}

int oak_audit_append(const char *dir, const struct oak_audit_event *event, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *path = oak_arena_printf(arena, "%s/audit.log", dir);
	if (oak_fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
#ifndef _WIN32
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR) {
			close(fd);
			return oak_fail_errno(err, "audit.lock", "cannot lock '%s'", path);
		}
#endif
	int rc = append_locked(fd, path, event, err);
	close(fd);
	return rc;
}

static int broken(const char *path, size_t number, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "audit.broken", 0, "'%s' is not as it was written: line %zu %s", path, number, why);
}

int oak_audit_read(const char *dir, struct oak_arena *arena, struct oak_audit_log *ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	const char *path = oak_arena_printf(arena, "%s/audit.log", dir), *prev = NO_LINE;
	struct oak_str rest, text;
	int64_t seq = 0;
	oak_buf_init(&buf, LOG_MAX);
	if (!oak_fs_exists(path))
		return 0;
	if (oak_fs_read(path, &buf, err) < 0)
		return -1;
	rest = (struct oak_str){buf.p, buf.n};
	for (size_t number = 1; oak_str_next(&rest, '\n', &text); number++) {
		struct oak_audit_line line;
		const char *linked;
		if (!text.n && !rest.n)
			break;
		if (!parse_line(arena, text, &line, &linked)) {
			ret->torn++;
			continue;
		}
		if (!is_whole(&line, linked))
			return broken(path, number, "was changed", err);
		if (!oak_streq(linked, prev) || line.seq != seq + 1)
			return broken(path, number, "does not follow the one before it (a line was removed or put in)", err);
		*oak_push(arena, &ret->list) = line;
		prev = line.hash;
		seq = line.seq;
	}
	return 0;
}
