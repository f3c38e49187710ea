/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of "sixteen hex digits of the sha256, blank, JSON", appended and synced one by one. */
#include "distributor/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "baseline/reader.h"
#include "core/fault.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/hash.h"
#include "core/str.h"

enum { SUM = 16, JOURNAL_MAX = 64 * 1024 * 1024, LINE = 64 * 1024, RESERVE = 256 * 1024 };

static const char *const kinds[] = {"INTENT", "OUTCOME", "NOTE"};
_Static_assert(sizeof(kinds) / sizeof(*kinds) == OAK_JOURNAL_KIND_COUNT, "one name a kind");

static const char *const steps[] = {"RUN",    "REPAIR",	 "PRE_INSTALL",	 "STAGE",    "SECURE",	   "SNAPSHOT", "COMMIT",
				    "MARKS",  "POST_INSTALL", "SERVICES", "PRE_REBOOT", "REBOOT", "ON_EXIT", "RESCAN",
				    "VERIFY", "UNPACK", "SCRIPT", "SWITCH", "HEALTH", "UNDO", "CLEAN"};
_Static_assert(sizeof(steps) / sizeof(*steps) == OAK_WORK_COUNT, "one name a step");

const char *oak_work_to_string(enum oak_work step)
{
	return steps[step];
}

#define ENTRY(member) OAK_AT(struct oak_journal_entry, member)
static const struct oak_field fields[] = {
	{.key = "kind", .kind = OAK_FIELD_ENUM, ENTRY(kind), .flags = OAK_REQUIRED, OAK_NAMES(kinds)},
	{.key = "step", .kind = OAK_FIELD_ENUM, ENTRY(step), .flags = OAK_REQUIRED, OAK_NAMES(steps)},
	{.key = "batch", .kind = OAK_FIELD_INT, ENTRY(batch), .flags = OAK_OPTIONAL, .max = 1000000},
	{.key = "subject", .kind = OAK_FIELD_STRING, ENTRY(subject), .flags = OAK_OPTIONAL},
	{.key = "status", .kind = OAK_FIELD_STRING, ENTRY(status), .flags = OAK_OPTIONAL},
	{.key = "detail", .kind = OAK_FIELD_STRING, ENTRY(detail), .flags = OAK_OPTIONAL},
	{.key = "bootId", .kind = OAK_FIELD_STRING, ENTRY(boot_id), .flags = OAK_OPTIONAL},
	{.key = "at", .kind = OAK_FIELD_TIME, ENTRY(at), .flags = OAK_REQUIRED},
};
static const struct oak_shape shape = OAK_SHAPE(struct oak_journal_entry, fields);

static void checksum(const char *json, size_t n, char out[OAK_SHA256_TEXT])
{
	unsigned char digest[OAK_SHA256_SIZE];
	oak_sha256(json, n, digest);
	oak_hex(digest, sizeof(digest), out);
	out[SUM] = '\0';
}

const char *oak_journal_format(struct oak_arena *arena, const struct oak_journal_entry *entry)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, LINE);
	struct oak_sink sink;
	oak_sink_json_compact(&sink, &text);
	oak_shape_write(&shape, entry, NULL, &sink);
	struct oak_str json = oak_str_trim((struct oak_str){text.p, text.n});
	char sum[OAK_SHA256_TEXT];
	checksum(json.p, json.n, sum);
	return oak_arena_printf(arena, "%s %.*s\n", sum, (int)json.n, json.p);
}

/* As somebody wrote it, whether we can read it or not. */
static bool is_whole(const char *line, size_t n)
{
	char sum[OAK_SHA256_TEXT];
	if (n <= SUM + 1 || line[SUM] != ' ')
		return false;
	checksum(line + SUM + 1, n - SUM - 1, sum);
	return memcmp(sum, line, SUM) == 0;
}

static bool parse_line(struct oak_arena *arena, const char *line, size_t n, struct oak_journal_entry *ret)
{
	const struct oak_value *doc;
	struct oak_value_limits limits = {.bytes = LINE};
	struct oak_reader reader = {.arena = arena};
	if (!is_whole(line, n) ||
	    oak_json_parse(arena, line + SUM + 1, n - SUM - 1, "journal", &limits, &doc, NULL) < 0)
		return false;
	oak_shape_read(&reader, doc, &shape, ret);
	return reader.error_count == 0;
}

void oak_journal_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_journal_entries *ret, size_t *ret_used)
{
	size_t used = 0;
	while (used < n) {
		const char *line = text + used, *end = memchr(line, '\n', n - used);
		struct oak_journal_entry entry = {0};
		if (!end || !parse_line(arena, line, (size_t)(end - line), &entry))
			break;
		*oak_push(arena, &ret->list) = entry;
		used += (size_t)(end - line) + 1;
	}
	ret->torn = used < n;
	*ret_used = used;
	struct oak_str rest = {text + used, n - used}, line;
	while (!ret->damaged && oak_str_next(&rest, '\n', &line))
		ret->damaged = is_whole(line.p, line.n);
}

int oak_journal_load(struct oak_arena *arena, const char *path, struct oak_journal_entries *ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	size_t used;
	oak_buf_init(&text, JOURNAL_MAX);
	if (oak_fs_read(path, &text, err) < 0)
		return -1;
	oak_journal_parse(arena, oak_buf_text(&text), text.n, ret, &used);
	return 0;
}

struct oak_journal {
	char *path;
	int fd;
};

/* How much of it is good. What is cut off and is not torn by a crash is kept beside it: somebody may want to know. */
static int find_end(struct oak_journal *journal, size_t *ret_used, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_journal_entries entries = {0};
	oak_buf_init(&text, JOURNAL_MAX);
	if (oak_fs_read(journal->path, &text, err) < 0)
		return -1;
	oak_journal_parse(arena, oak_buf_text(&text), text.n, &entries, ret_used);
	const char *copy = oak_arena_printf(arena, "%s.damaged", journal->path);
	return entries.damaged && !oak_fs_exists(copy) ? oak_fs_write_atomic(copy, oak_buf_text(&text), text.n, 0600, err) : 0;
}

/* Cut a torn tail off and reserve room behind the end without moving it. */
static int prepare(struct oak_journal *journal, bool existed, struct oak_error *err)
{
	size_t used = 0;
	if (existed && find_end(journal, &used, err) < 0)
		return -1;
	if (ftruncate(journal->fd, (off_t)used) < 0 || lseek(journal->fd, 0, SEEK_END) < 0)
		return oak_fail_errno(err, "journal.open", "cannot prepare journal '%s'", journal->path);
#ifdef __linux__
	if (fallocate(journal->fd, FALLOC_FL_KEEP_SIZE, (off_t)used, RESERVE) < 0 && errno == ENOSPC)
		return oak_fail_errno(err, "journal.open", "no room for the journal '%s' (free some space first)", journal->path);
#endif
	return existed ? 0 : oak_fs_sync_parent(journal->path, err);
}

int oak_journal_open(const char *path, struct oak_journal **ret, struct oak_error *err)
{
	bool existed = oak_fs_exists(path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_BINARY, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "journal.open", "cannot open journal '%s'", path);
	struct oak_journal *journal = oak_alloc_zero(1, sizeof(*journal));
	journal->path = oak_strdup(path);
	journal->fd = fd;
	if (prepare(journal, existed, err) < 0) {
		oak_journal_close(journal);
		return -1;
	}
	*ret = journal;
	return 0;
}

void oak_journal_close(struct oak_journal *journal)
{
	if (!journal)
		return;
	close(journal->fd);
	free(journal->path);
	free(journal);
}

int oak_journal_append(struct oak_journal *journal, const struct oak_journal_entry *entry, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *line = oak_journal_format(arena, entry);
	size_t n = strlen(line), done = 0;
	int rc = 0;
	while (rc == 0 && done < n) {
		ssize_t wrote = write(journal->fd, line + done, (unsigned)(n - done));
		if (wrote < 0 && errno != EINTR)
			rc = oak_fail_errno(err, "journal.write", "cannot write journal '%s'", journal->path);
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	if (rc == 0 && fdatasync(journal->fd) < 0)
		rc = oak_fail_errno(err, "journal.write", "cannot sync journal '%s'", journal->path);
	oak_arena_free(arena);
	oak_fault_point(steps[entry->step]);
	return rc;
}
