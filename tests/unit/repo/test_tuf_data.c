/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories that another implementation signed: every role verifies as that one's peer says, targets are found through
 * delegations, and one changed byte anywhere is noticed. */
#include "tests/tuf/simulator.h"

struct mirror {
	char folder[1024];
	const char *spoil; /* file whose byte is changed */
	size_t at;
};

static int get(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct mirror *m = arg;
	char path[2048], plain[512];
	size_t n = 0;
	(void)max;
	for (const char *p = name; *p && n < sizeof(plain) - 1; p++) {
		if (*p == '%') {
			char hex[3] = {p[1], p[2], '\0'};
			plain[n++] = (char)strtol(hex, NULL, 16);
			p += 2;
		} else {
			plain[n++] = *p;
		}
	}
	plain[n] = '\0';
	snprintf(path, sizeof(path), "%s/%s", m->folder, plain);
	if (!oak_fs_exists(path))
		return oak_fail(err, OAK_NOT_FOUND, "http.status", 404, "'%s' is not there", name);
	if (oak_fs_read(path, out, err) < 0)
		return -1;
	if (m->spoil && strcmp(m->spoil, plain) == 0)
		out->p[m->at % out->n] ^= 1;
	return 0;
}

static const char *corpus(void)
{
	const char *set = getenv("OAKUM_CORPUS");
	static char path[1024];
	snprintf(path, sizeof(path), "%s/tuf-python-repository-data", set ? set : TEST_SOURCE "/../shared/data");
	return oak_fs_exists(path) ? path : NULL;
}

static struct oak_tuf *start(struct mirror *m, const char *dir, oak_time now, struct oak_error *err)
{
	struct oak_buf root;
	const struct oak_tuf_options options = {.dir = dir, .metadata = {get, m}, .now = now, .opaque_keyids = true};
	oak_buf_init(&root, 1 << 20);
	const char *spoil = m->spoil;
	m->spoil = NULL;
	assert_int_equal(get(m, "1.root.json", 0, &root, err), 0);
	m->spoil = spoil;
	assert_int_equal(oak_tuf_init(dir, root.p, root.n, true, err), 0);
	oak_buf_done(&root);
	struct oak_tuf *tuf = oak_tuf_open(&options, err);
	assert_non_null(tuf);
	return tuf;
}

static void test_static_repository_roles_verify(void **state)
{
	(void)state;
	static const char *const folders[] = {"repository/metadata", "fishy_rolenames/metadata",
					      "client/test_repository1/metadata/current", "client/test_repository1/metadata/previous",
					      "client/test_repository2/metadata/current", "client/test_repository2/metadata/previous"};
	if (!corpus()) {
		print_message("skipped: no corpus\n");
		return;
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct mirror m = {0};
		struct oak_error err = {0};
		char dir[128];
		snprintf(m.folder, sizeof(m.folder), "%s/tests/repository_data/%s", corpus(), folders[i]);
		snprintf(dir, sizeof(dir), "%s/data%zu", sim_folder, i);
		struct oak_tuf *tuf = start(&m, dir, sim_now, &err);
		if (oak_tuf_refresh(tuf, &err) < 0)
			fail_msg("%s: %s", folders[i], err.cause);
		oak_tuf_close(tuf);
		tuf = start(&m, dir, 2556144001, &err); /* 2051: all have expired */
		assert_int_equal(oak_tuf_refresh(tuf, &err), -1);
		assert_string_equal(err.id, "tuf.expired");
		oak_tuf_close(tuf);
		sim_remove(dir);
	}
}

static void test_targets_through_delegations(void **state)
{
	(void)state;
	static const struct {
		const char *path, *role;
	} rows[] = {{"file1.txt", "targets"}, {"file2.txt", "targets"}, {"file3.txt", "role1"}, {"file4.txt", NULL}};
	if (!corpus()) {
		print_message("skipped: no corpus\n");
		return;
	}
	struct mirror m = {0};
	struct oak_error err = {0};
	char dir[128], file[2048];
	snprintf(m.folder, sizeof(m.folder), "%s/tests/repository_data/repository/metadata", corpus());
	snprintf(dir, sizeof(dir), "%s/targets", sim_folder);
	struct oak_tuf *tuf = start(&m, dir, sim_now, &err);
	assert_int_equal(oak_tuf_refresh(tuf, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct oak_tuf_target *target;
		int result = oak_tuf_find(tuf, rows[i].path, &target, &err);
		assert_int_equal(result, rows[i].role ? 0 : -1);
		if (result < 0)
			continue;
		assert_string_equal(target->role, rows[i].role);
		snprintf(file, sizeof(file), "%s/../targets/%s", m.folder, rows[i].path);
		assert_int_equal(oak_tuf_check_file(target, file, &err), 0);
		snprintf(file, sizeof(file), "%s/../targets/%s", m.folder, rows[(i + 1) % 3].path);
		assert_int_equal(oak_tuf_check_file(target, file, &err), -1);
	}
	oak_tuf_close(tuf);
	sim_remove(dir);
}

/* One bit of any file: never accepted with other content. Bits in blanks of a file without a listed hash change nothing. */
static void test_one_bit(void **state)
{
	(void)state;
	static const char *const files[] = {"timestamp.json", "snapshot.json", "targets.json"};
	if (!corpus()) {
		print_message("skipped: no corpus\n");
		return;
	}
	size_t refused = 0, taken = 0;
	for (size_t f = 0; f < sizeof(files) / sizeof(*files); f++) {
		for (size_t at = 0; at < 2000; at += 31) {
			struct mirror m = {.spoil = files[f], .at = at};
			struct oak_error err = {0};
			char dir[128];
			snprintf(m.folder, sizeof(m.folder), "%s/tests/repository_data/repository/metadata", corpus());
			snprintf(dir, sizeof(dir), "%s/bit", sim_folder);
			struct oak_tuf *tuf = start(&m, dir, sim_now, &err);
			if (oak_tuf_refresh(tuf, &err) < 0)
				refused++;
			else
				taken++;
			oak_tuf_close(tuf);
			sim_remove(dir);
		}
	}
	print_message("%zu refused, %zu without effect\n", refused, taken);
	assert_true(refused > taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_static_repository_roles_verify),
		cmocka_unit_test(test_targets_through_delegations),
		cmocka_unit_test(test_one_bit),
	};
	return cmocka_run_group_tests(tests, sim_make_keys, sim_free_keys);
}
