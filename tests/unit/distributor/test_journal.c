/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: lines on disk, torn tails, and the promise that every prefix says what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "core/hash.h"
#include "distributor/journal_fold.h"

static const struct oak_journal_entry run[] = {
	{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_RUN, .subject = "patch", .boot_id = "b1", .at = 1795435200},
	{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_STAGE, .at = 1795435201},
	{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_STAGE, .status = "DONE", .at = 1795435202},
	{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_COMMIT, .batch = 1, .at = 1795435203},
	{.kind = OAK_JOURNAL_NOTE, .step = OAK_WORK_COMMIT, .batch = 1, .detail = "quote \" and\nnewline", .at = 1795435203},
	{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_COMMIT, .batch = 1, .status = "DONE", .at = 1795435204},
	{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_COMMIT, .batch = 2, .at = 1795435205},
	{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_COMMIT, .batch = 2, .status = "FAILED", .detail = "rc 100", .at = 1795435206},
	{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_REBOOT, .boot_id = "b1", .at = 1795435207},
	{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_REBOOT, .status = "DONE", .at = 1795435208},
	{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_RUN, .status = "PARTIAL", .at = 1795435209},
};
enum { ENTRIES = sizeof(run) / sizeof(*run) };

static const enum oak_recovery after[ENTRIES + 1] = {
	OAK_RECOVER_NOTHING,  OAK_RECOVER_FORGET,   OAK_RECOVER_FORGET,	  OAK_RECOVER_FORGET,
	OAK_RECOVER_REPAIR,   OAK_RECOVER_REPAIR,   OAK_RECOVER_CONTINUE, OAK_RECOVER_REPAIR,
	OAK_RECOVER_CONTINUE, OAK_RECOVER_REBOOTED, OAK_RECOVER_CONTINUE, OAK_RECOVER_NOTHING,
};

/* Cut the journal at every byte: the whole lines before the cut decide, nothing fails, nothing done is forgotten. */
static void test_every_prefix(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 1 << 20);
	size_t ends[ENTRIES + 1] = {0};
	for (size_t i = 0; i < ENTRIES; i++) {
		oak_buf_adds(&text, oak_journal_format(arena, &run[i]));
		ends[i + 1] = text.n;
	}
	for (size_t cut = 0, whole = 0; cut <= text.n; cut++) {
		while (whole < ENTRIES && ends[whole + 1] <= cut)
			whole++;
		struct oak_journal_entries entries = {0};
		struct oak_run_state s;
		size_t used;
		oak_journal_parse(arena, text.p, cut, &entries, &used);
		oak_journal_fold(&entries, &s);
		assert_int_equal(entries.list.n, whole);
		assert_int_equal(used, ends[whole]);
		assert_int_equal(entries.torn, cut != ends[whole]);
		assert_int_equal(oak_run_recovery(&s), after[whole]);
		assert_int_equal(s.changed, whole > 3);
		assert_int_equal(s.batches_done, whole > 7 ? 2 : whole > 5 ? 1 : 0);
	}
	oak_arena_free(arena);
}

/* One flipped bit anywhere: that line and what follows it do not count. */
static void test_flipped_bits(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < 3; i++)
		oak_buf_adds(&text, oak_journal_format(arena, &run[i]));
	for (size_t i = 0; i < text.n; i++) {
		struct oak_journal_entries entries = {0};
		size_t used;
		text.p[i] ^= 4;
		oak_journal_parse(arena, text.p, text.n, &entries, &used);
		assert_true(used <= i);
		text.p[i] ^= 4;
	}
	oak_arena_free(arena);
}

/* A run that ended with packages that are not whole: resume tries the repair again, until it is done. */
static void test_unclean(void **state)
{
	(void)state;
	const struct oak_journal_entry list[] = {
		{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_RUN, .subject = "patch"},
		{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_COMMIT, .batch = 1},
		{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_COMMIT, .batch = 1, .status = "FAILED"},
		{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_REPAIR, .status = "FAILED"},
		{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_RUN, .status = "FAILED"},
		{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_REPAIR},
		{.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_COMMIT, .batch = 2}, /* nothing else counts behind the end */
		{.kind = OAK_JOURNAL_OUTCOME, .step = OAK_WORK_REPAIR, .status = "DONE"},
	};
	static const enum oak_recovery want[] = {OAK_RECOVER_CONTINUE, OAK_RECOVER_UNCLEAN, OAK_RECOVER_UNCLEAN, OAK_RECOVER_UNCLEAN, OAK_RECOVER_NOTHING};
	struct oak_arena *arena = oak_arena_new();
	struct oak_journal_entries entries = {0};
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct oak_run_state s;
		*oak_push(arena, &entries.list) = list[i];
		oak_journal_fold(&entries, &s);
		if (i >= 3)
			assert_int_equal(oak_run_recovery(&s), want[i - 3]);
	}
	oak_arena_free(arena);
}

/* A line that was whole once is no torn end: what follows it tells, and a copy is kept before anything is cut off. */
static void test_damaged(void **state)
{
	(void)state;
	char dir[] = "/tmp/oak-journal-XXXXXX", path[64], copy[80];
	snprintf(path, sizeof(path), "%s/journal", mkdtemp(dir));
	snprintf(copy, sizeof(copy), "%s.damaged", path);
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	for (size_t bad = 0; bad < 3; bad++) {
		OAK_AUTO(oak_buf_done) struct oak_buf text, kept;
		oak_buf_init(&text, 1 << 20);
		oak_buf_init(&kept, 1 << 20);
		size_t start = 0;
		for (size_t i = 0; i < 3; i++) {
			start = i == bad ? text.n : start;
			oak_buf_adds(&text, oak_journal_format(arena, &run[i]));
		}
		text.p[start + 20] ^= 4;
		assert_int_equal(oak_fs_write_atomic(path, text.p, text.n, 0600, &err), 0);
		struct oak_journal_entries entries = {0};
		assert_int_equal(oak_journal_load(arena, path, &entries, &err), 0);
		assert_int_equal(entries.list.n, bad);
		assert_true(entries.torn);
		assert_int_equal(entries.damaged, bad < 2);
		struct oak_journal *journal;
		assert_int_equal(oak_journal_open(path, &journal, &err), 0);
		oak_journal_close(journal);
		assert_int_equal(oak_fs_exists(copy), bad < 2);
		if (bad < 2) {
			assert_int_equal(oak_fs_read(copy, &kept, &err), 0);
			assert_int_equal(kept.n, text.n);
			unlink(copy);
		}
	}
	/* of a newer oakum: whole by its sum, of a kind that we do not know */
	const char *json = "{\"kind\":\"VERDICT\",\"step\":\"RUN\",\"at\":\"2026-11-23T15:47:08Z\"}";
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(json, strlen(json), digest);
	oak_hex(digest, sizeof(digest), hex);
	const char *line = oak_arena_printf(arena, "%.16s %s\n", hex, json);
	struct oak_journal_entries entries = {0};
	size_t used;
	oak_journal_parse(arena, line, strlen(line), &entries, &used);
	assert_true(entries.damaged && used == 0);
	unlink(path);
	rmdir(dir);
	oak_arena_free(arena);
}

static void test_on_disk(void **state)
{
	(void)state;
	char dir[] = "/tmp/oak-journal-XXXXXX", path[64];
	snprintf(path, sizeof(path), "%s/journal", mkdtemp(dir));
	struct oak_arena *arena = oak_arena_new();
	struct oak_journal *journal;
	struct oak_error err = {0};
	for (size_t i = 0; i < ENTRIES; i++) { /* opened anew for each: continuing never loses or doubles */
		assert_int_equal(oak_journal_open(path, &journal, &err), 0);
		assert_int_equal(oak_journal_append(journal, &run[i], &err), 0);
		oak_journal_close(journal);
		FILE *f = fopen(path, "ae"); /* a torn line, to be cut off by the next opening */
		fputs("0123456789abcdef {\"kind\":", f);
		fclose(f);
	}
	struct oak_journal_entries entries = {0};
	assert_int_equal(oak_journal_load(arena, path, &entries, &err), 0);
	assert_true(entries.torn);
	assert_int_equal(entries.list.n, ENTRIES);
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_int_equal(entries.list.v[i].step, run[i].step);
		assert_int_equal(entries.list.v[i].at, run[i].at);
		assert_true(oak_streq(entries.list.v[i].detail, run[i].detail));
	}
	unlink(path);
	rmdir(dir);
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_unclean),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_on_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
