/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fetcher against a server that misbehaves: what comes whole, what is refused, what is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/http.h"

enum { SIZE = 200000 };
static char dir[64], hash_of_data[OAK_SHA256_TEXT];
static int port, server_input;
static pid_t server;

static int start(void **state)
{
	(void)state;
	static unsigned char data[SIZE];
	char path[128], program[512], text[16] = "";
	struct oak_error err = {0};
	const char *build = getenv("OAKUM_BUILD");
	int in[2], out[2];
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (unsigned char)(i * 2654435761u >> 13);
	snprintf(dir, sizeof(dir), "/tmp/oakum-http-XXXXXX");
	if (!mkdtemp(dir) || pipe(in) < 0 || pipe(out) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/data", dir);
	if (oak_fs_write_atomic(path, data, SIZE, 0644, &err) < 0 || oak_sha256_file(path, hash_of_data, &err) < 0)
		return -1;
	snprintf(program, sizeof(program), "%s/tests/hostile_httpd", build ? build : ".");
	server = fork();
	if (server == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(program, program, dir, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server_input = in[1];
	fcntl(server_input, F_SETFD, FD_CLOEXEC);
	for (size_t n = 0; n < sizeof(text) - 1 && !strchr(text, '\n'); n++)
		if (read(out[0], text + n, 1) <= 0)
			return -1;
	close(out[0]);
	port = (int)strtol(text, NULL, 10);
	return port > 0 ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	int status;
	close(server_input); /* the server ends with its input */
	waitpid(server, &status, 0);
	char *const argv[] = {"rm", "-rf", dir, NULL};
	if (fork() == 0) {
		execvp("rm", argv);
		_exit(127);
	}
	wait(&status);
	return 0;
}

static struct oak_fetcher *fetcher_with(struct oak_http_options options)
{
	struct oak_error err = {0};
	options.proxy = ""; /* whatever the environment of the test says */
	struct oak_fetcher *f = oak_http_new(&options, &err);
	if (!f)
		fail_msg("%s: %s", err.id, err.cause);
	return f;
}

static const char *url_of(const char *path)
{
	static char url[8][256];
	static int next;
	char *out = url[next++ % 8];
	snprintf(out, 256, "http://127.0.0.1:%d%s", port, path);
	return out;
}

/* Fetch PATH into memory; the outcome is in *ret. */
static void get(struct oak_fetcher *f, const char *path, struct oak_buf *body, struct oak_transfer *ret)
{
	*ret = (struct oak_transfer){.url = url_of(path), .body = body, .max_bytes = 1 << 20, .refuse_html = true};
	oak_buf_clear(body);
	assert_int_equal(f->fetch(f, ret, 1, NULL, NULL, NULL), 0);
}

static void assert_data(const struct oak_buf *body)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	assert_int_equal(body->n, SIZE);
	oak_sha256(body->p, body->n, digest);
	oak_hex(digest, sizeof(digest), hex);
	assert_string_equal(hex, hash_of_data);
}

static void test_outcomes(void **state)
{
	(void)state;
	static const struct {
		const char *path, *id; /* id NULL = the whole data comes */
		enum oak_error_kind kind;
	} rows[] = {
		{"/file/data", NULL, OAK_OK},
		{"/norange/data", NULL, OAK_OK},
		{"/cut99/data", NULL, OAK_OK}, /* the rest is asked for */
		{"/hops/5/data", NULL, OAK_OK},
		{"/hops/6/data", "http.redirects", OAK_INVALID},
		{"/loop", "http.redirects", OAK_INVALID},
		{"/always-cut/data", "http.cut", OAK_TRANSIENT},
		{"/html/data", "http.html", OAK_INVALID},
		{"/endless", "http.too-large", OAK_INVALID},
		{"/garbage", "http.cut", OAK_TRANSIENT},
		{"/status/404", "http.status", OAK_NOT_FOUND},
		{"/status/403", "http.status", OAK_DENIED},
		{"/status/503", "http.status", OAK_TRANSIENT},
		{"/status/418", "http.status", OAK_INVALID},
		{"/file/absent", "http.status", OAK_NOT_FOUND},
	};
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f = fetcher_with((struct oak_http_options){0});
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	oak_buf_init(&body, 2 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_transfer t;
		get(f, rows[i].path, &body, &t);
		if (rows[i].id) {
			if (t.err.kind != rows[i].kind || strcmp(t.err.id, rows[i].id) != 0)
				fail_msg("%s: got %s %s", rows[i].path, t.err.id, t.err.cause);
			assert_int_equal(body.n, 0); /* nothing half */
			assert_non_null(strstr(t.err.cause, rows[i].path));
		} else {
			if (t.err.kind != OAK_OK)
				fail_msg("%s: %s", rows[i].path, t.err.cause);
			assert_data(&body);
			assert_int_equal(t.size, SIZE);
		}
	}
}

static void test_no_server(void **state)
{
	(void)state;
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	oak_buf_init(&body, 1 << 20);
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f = fetcher_with((struct oak_http_options){.slow_s = 1});
	struct oak_transfer t = {.url = "http://user:secret@127.0.0.1:1/x?token=hidden", .body = &body, .max_bytes = 100};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_string_equal(t.err.id, "http.unreachable");
	assert_null(strstr(t.err.cause, "secret"));
	assert_null(strstr(t.err.cause, "hidden"));
	static const char *const bad[] = {"gopher://127.0.0.1/", "ftp://127.0.0.1/x", "http://", "x y z"};
	for (size_t i = 0; i < 4; i++) {
		t = (struct oak_transfer){.url = bad[i], .body = &body, .max_bytes = 100};
		assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
		assert_true(t.err.kind != OAK_OK);
	}
	get(f, "/slow/data", &body, &t); /* one byte a second: given up after a second below the least speed */
	assert_string_equal(t.err.id, "http.timeout");
	get(f, "/hang", &body, &t);
	assert_string_equal(t.err.id, "http.timeout");
}

static void test_offline_and_files(void **state)
{
	(void)state;
	char url[128];
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	oak_buf_init(&body, 1 << 20);
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f = fetcher_with((struct oak_http_options){.offline = true});
	struct oak_transfer t;
	get(f, "/file/data", &body, &t);
	assert_string_equal(t.err.id, "http.offline");
	snprintf(url, sizeof(url), "file://%s/data", dir);
	t = (struct oak_transfer){.url = url, .body = &body, .max_bytes = 1 << 20};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_int_equal(t.err.kind, OAK_OK);
	assert_data(&body);
	oak_buf_clear(&body);
	t = (struct oak_transfer){.url = url, .body = &body, .max_bytes = 1 << 20, .offset = 10, .length = 132};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_int_equal(body.n, 132);
}

static void test_ranges(void **state)
{
	(void)state;
	OAK_AUTO(oak_buf_done) struct oak_buf body, whole;
	oak_buf_init(&body, 1 << 20);
	oak_buf_init(&whole, 1 << 20);
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f = fetcher_with((struct oak_http_options){0});
	struct oak_transfer t;
	get(f, "/file/data", &whole, &t);
	t = (struct oak_transfer){.url = url_of("/file/data"), .body = &body, .max_bytes = 1 << 20, .length = 132};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_int_equal(t.err.kind, OAK_OK);
	assert_int_equal(body.n, 132);
	assert_memory_equal(body.p, whole.p, 132);
	assert_int_equal(t.size, SIZE);
	assert_int_equal(t.received, 132);
	oak_buf_clear(&body);
	t = (struct oak_transfer){.url = url_of("/file/data"), .body = &body, .max_bytes = 1 << 20, .offset = 1000, .length = 50};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_memory_equal(body.p, whole.p + 1000, 50);
	/* a server without ranges is not downloaded for 132 bytes */
	oak_buf_clear(&body);
	t = (struct oak_transfer){.url = url_of("/norange/data"), .body = &body, .max_bytes = 1 << 20, .length = 132};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_string_equal(t.err.id, "http.range");
	assert_int_equal(body.n, 0);
	/* not changed since */
	get(f, "/file/data", &body, &t);
	char etag[128];
	snprintf(etag, sizeof(etag), "%s", t.etag);
	assert_true(etag[0] == '"');
	oak_buf_clear(&body);
	t = (struct oak_transfer){.url = url_of("/file/data"), .body = &body, .max_bytes = 1 << 20, .if_etag = etag};
	assert_int_equal(f->fetch(f, &t, 1, NULL, NULL, NULL), 0);
	assert_true(t.unchanged);
	assert_int_equal(body.n, 0);
}

static void file_path(const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", dir, name);
}

static void test_files_resume(void **state)
{
	(void)state;
	char to[128], part[140], hex[OAK_SHA256_TEXT], path[128];
	struct oak_error err = {0};
	file_path("got", to);
	snprintf(part, sizeof(part), "%s.part", to);
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *once = fetcher_with((struct oak_http_options){.tries = 1});
	/* what was cut off stays and is gone on with, byte for byte */
	struct oak_transfer t = {.url = url_of("/cut99/data"), .to = to, .max_bytes = 1 << 20, .resume = true};
	assert_int_equal(oak_fetch_one(once, &t, &err), -1);
	assert_string_equal(err.id, "http.cut");
	assert_false(oak_fs_exists(to));
	assert_true(oak_fs_exists(part));
	t.url = url_of("/file/data");
	assert_int_equal(oak_fetch_one(once, &t, &err), 0);
	assert_true(t.received < SIZE / 50);
	assert_int_equal(oak_sha256_file(to, hex, &err), 0);
	assert_string_equal(hex, hash_of_data);
	assert_false(oak_fs_exists(part));
	/* a server without ranges: from the beginning, not appended */
	file_path("data", path);
	OAK_AUTO(oak_buf_done) struct oak_buf half;
	oak_buf_init(&half, 1 << 20);
	assert_int_equal(oak_fs_read(path, &half, &err), 0);
	assert_int_equal(oak_fs_write_atomic(part, half.p, half.n / 2, 0644, &err), 0);
	t.url = url_of("/norange/data");
	assert_int_equal(oak_fetch_one(once, &t, &err), 0);
	assert_int_equal(oak_sha256_file(to, hex, &err), 0);
	assert_string_equal(hex, hash_of_data);
	/* a part that is longer than the thing: from the beginning */
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f = fetcher_with((struct oak_http_options){0});
	oak_buf_adds(&half, "and more");
	assert_int_equal(oak_fs_write_atomic(part, half.p, half.n, 0644, &err), 0);
	t.url = url_of("/file/data");
	assert_int_equal(oak_fetch_one(f, &t, &err), 0);
	assert_int_equal(oak_sha256_file(to, hex, &err), 0);
	assert_string_equal(hex, hash_of_data);
	/* an old file stays when the new one does not come, and no part is left unless it can be resumed */
	t.resume = false;
	t.url = url_of("/always-cut/data");
	assert_int_equal(oak_fetch_one(f, &t, &err), -1);
	assert_int_equal(oak_sha256_file(to, hex, &err), 0);
	assert_string_equal(hex, hash_of_data);
	assert_false(oak_fs_exists(part));
	t.to = "/proc/nowhere/x";
	assert_int_equal(oak_fetch_one(f, &t, &err), -1);
	assert_string_equal(err.id, "file.write");
}

static void count_done(void *arg, const struct oak_transfer *t)
{
	(void)t;
	++*(int *)arg;
}

static void test_many_and_polite(void **state)
{
	(void)state;
	enum { MANY = 150 };
	static struct oak_transfer transfers[MANY];
	static struct oak_buf bodies[MANY];
	int done = 0;
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f = fetcher_with((struct oak_http_options){.per_host = 3});
	for (int i = 0; i < MANY; i++) {
		oak_buf_init(&bodies[i], 1 << 20);
		transfers[i] = (struct oak_transfer){.url = i % 10 == 3 ? "http://127.0.0.1:1/" : NULL, .body = &bodies[i],
						     .max_bytes = 1 << 20, .length = 132};
		if (!transfers[i].url)
			transfers[i].url = oak_strdup(url_of("/busy/data"));
	}
	assert_int_equal(f->fetch(f, transfers, MANY, count_done, &done, NULL), 0);
	assert_int_equal(done, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(transfers[i].err.kind == OAK_OK, i % 10 != 3);
		assert_int_equal(bodies[i].n, i % 10 != 3 ? 132 : 0);
		oak_buf_done(&bodies[i]);
		if (i % 10 != 3)
			free((char *)transfers[i].url);
	}
	struct oak_transfer t;
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	oak_buf_init(&body, 1000);
	get(f, "/most", &body, &t);
	long most = strtol(oak_buf_text(&body), NULL, 10);
	assert_true(most >= 1 && most <= 3);
}

static volatile int stop_now;
static void stop_after_first(void *arg, const struct oak_transfer *t)
{
	(void)arg;
	(void)t;
	stop_now = 2;
}

static void test_interrupted(void **state)
{
	(void)state;
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *f =
		fetcher_with((struct oak_http_options){.stop = &stop_now, .per_host = 1});
	struct oak_transfer t[3] = {{0}};
	struct oak_buf body[3];
	const char *const paths[] = {"/file/data", "/hang", "/hang"};
	for (int i = 0; i < 3; i++) {
		oak_buf_init(&body[i], 1 << 20);
		t[i] = (struct oak_transfer){.url = url_of(paths[i]), .body = &body[i], .max_bytes = 1 << 20};
	}
	assert_int_equal(f->fetch(f, t, 3, stop_after_first, NULL, NULL), 0);
	assert_int_equal(t[0].err.kind, OAK_OK);
	assert_string_equal(t[1].err.id, "http.interrupted");
	assert_string_equal(t[2].err.id, "http.interrupted");
	for (int i = 0; i < 3; i++)
		oak_buf_done(&body[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),     cmocka_unit_test(test_no_server),	   cmocka_unit_test(test_offline_and_files),
		cmocka_unit_test(test_ranges),	     cmocka_unit_test(test_files_resume), cmocka_unit_test(test_many_and_polite),
		cmocka_unit_test(test_interrupted),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
