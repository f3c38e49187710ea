/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fetcher on libcurl: many transfers through one multi handle, resumed where a server cut them off. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/http.h"
#include "core/mask.h"
#include "core/module.h"
#include "core/str.h"

#ifdef _WIN32
#define O_CLOEXEC O_NOINHERIT
#define fsync _commit
#define ftruncate _chsize_s
#else
#define O_BINARY 0
#endif

enum { REDIRECTS = 5, IN_FLIGHT = 64, POLL_MS = 200 };

struct curl_fetcher {
	struct oak_fetcher base;
	struct oak_http_options options;
	CURLM *multi;
};

/* A transfer while it runs. */
struct job {
	struct curl_fetcher *fetcher;
	struct oak_transfer *transfer;
	CURL *easy;
	struct curl_slist *headers;
	int fd;           /* of TO.part, -1 = into the body */
	int64_t have;     /* bytes of the wanted range that are there already */
	int64_t had;      /* HAVE when this try began */
	size_t body_from; /* length of the body before it */
	int tries;
	bool begun;       /* the first byte of this try's answer was looked at */
	bool packed; /* the answer is packed, and unpacked for us */
	bool offset_sent; /* this try asked for a part */
	char why[CURL_ERROR_SIZE];
};

/* What curl says → what it means to a caller. */
static const struct {
	CURLcode code;
	enum oak_error_kind kind;
	const char *id, *text;
} meanings[] = {
	{CURLE_COULDNT_RESOLVE_PROXY, OAK_TRANSIENT, "http.unreachable", "the proxy is not known"},
	{CURLE_COULDNT_RESOLVE_HOST, OAK_TRANSIENT, "http.unreachable", "the host is not known"},
	{CURLE_COULDNT_CONNECT, OAK_TRANSIENT, "http.unreachable", "no connection"},
	{CURLE_OPERATION_TIMEDOUT, OAK_TRANSIENT, "http.timeout", "too slow"},
	{CURLE_PARTIAL_FILE, OAK_TRANSIENT, "http.cut", "the server ended too early"},
	{CURLE_RECV_ERROR, OAK_TRANSIENT, "http.cut", "the connection broke"},
	{CURLE_SEND_ERROR, OAK_TRANSIENT, "http.cut", "the connection broke"},
	{CURLE_GOT_NOTHING, OAK_TRANSIENT, "http.cut", "the server said nothing"},
	{CURLE_WEIRD_SERVER_REPLY, OAK_TRANSIENT, "http.cut", "the server does not speak HTTP"},
	{CURLE_HTTP2, OAK_TRANSIENT, "http.cut", "the connection broke"},
	{CURLE_PEER_FAILED_VERIFICATION, OAK_UNTRUSTED, "http.tls", "the server's certificate is not trusted"},
	{CURLE_SSL_CONNECT_ERROR, OAK_UNTRUSTED, "http.tls", "no TLS connection"},
	{CURLE_SSL_CERTPROBLEM, OAK_UNTRUSTED, "http.tls", "our certificate cannot be used"},
	{CURLE_SSL_CACERT_BADFILE, OAK_INVALID, "http.tls", "the file of CA certificates cannot be read"},
	{CURLE_SSL_ISSUER_ERROR, OAK_UNTRUSTED, "http.tls", "the server's certificate is not trusted"},
	{CURLE_BAD_CONTENT_ENCODING, OAK_TRANSIENT, "http.cut", "it is packed (Content-Encoding) and cannot be unpacked"},
	{CURLE_TOO_MANY_REDIRECTS, OAK_INVALID, "http.redirects", "it is redirected in a loop"},
	{CURLE_FILESIZE_EXCEEDED, OAK_INVALID, "http.too-large", "it is larger than allowed"},
	{CURLE_URL_MALFORMAT, OAK_INVALID, "http.url", "the URL is malformed"},
	{CURLE_UNSUPPORTED_PROTOCOL, OAK_INVALID, "http.url", "only http, https and file are fetched"},
	{CURLE_FILE_COULDNT_READ_FILE, OAK_NOT_FOUND, "http.status", "there is no such file"},
	{CURLE_RANGE_ERROR, OAK_UNSUPPORTED, "http.range", "the server cannot give a part of it"},
	{CURLE_BAD_DOWNLOAD_RESUME, OAK_UNSUPPORTED, "http.range", "the server cannot give a part of it"},
};

static int job_fail(struct job *job, enum oak_error_kind kind, const char *id, int sys, const char *text)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	return oak_fail(&job->transfer->err, kind, id, sys, "cannot fetch '%s': %s",
			oak_mask_url(arena, job->transfer->url), text);
}

/* How large the result may become and how far this try may go. */
static bool over_limit(const struct job *job, size_t more)
{
	int64_t limit = job->transfer->max_bytes;
	if (job->transfer->length > 0 && job->transfer->length < limit)
		limit = job->transfer->length;
	return job->have + (int64_t)more > limit;
}

static bool looks_like_html(const char *bytes, size_t n)
{
	static const char *const heads[] = {"<!doctype html", "<html"};
	size_t i = 0;
	while (i < n && strchr(" \t\r\n\xef\xbb\xbf", bytes[i]) && bytes[i])
		i++;
	for (size_t k = 0; k < 2; k++) {
		size_t len = strlen(heads[k]);
		char start[16] = "";
		if (n - i < len)
			continue;
		memcpy(start, bytes + i, len);
		if (oak_strcaseeq(start, heads[k]))
			return true;
	}
	return false;
}

/* Forget what is there: the server gives it from its first byte. */
static int start_over(struct job *job)
{
	job->have = job->had = 0;
	if (job->fd >= 0 && (ftruncate(job->fd, 0) < 0 || lseek(job->fd, 0, SEEK_SET) < 0))
		return oak_fail_errno(&job->transfer->err, "file.write", "cannot write '%s.part'", job->transfer->to);
	if (job->fd < 0)
		job->transfer->body->n = job->body_from;
	return 0;
}

/* At the first byte of an answer: is it the part that we asked for, and is it what we want at all? */
static int begin_answer(struct job *job, const char *bytes, size_t n)
{
	long status = 0;
	char *type = NULL;
	job->begun = true;
	curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(job->easy, CURLINFO_CONTENT_TYPE, &type);
	if (job->transfer->refuse_html && ((type && strncmp(type, "text/html", 9) == 0) || looks_like_html(bytes, n)))
		return job_fail(job, OAK_INVALID, "http.html", (int)status,
				"the server answered with a web page (a login page in between?)");
	if (!job->offset_sent || status != 200)
		return 0;
	if (job->transfer->offset)
		return job_fail(job, OAK_UNSUPPORTED, "http.range", 200, "the server cannot give a part of it");
	return job->had ? start_over(job) : 0;
}

static int store_bytes(struct job *job, const char *bytes, size_t n)
{
	if (job->fd < 0) {
		oak_buf_add(job->transfer->body, bytes, n);
		return job->transfer->body->full ? job_fail(job, OAK_INVALID, "http.too-large", 0, "it is larger than allowed") : 0;
	}
	while (n) {
		ssize_t done = write(job->fd, bytes, (unsigned)n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return oak_fail_errno(&job->transfer->err, "file.write", "cannot write '%s.part'", job->transfer->to);
		bytes += done;
		n -= (size_t)done;
	}
	return 0;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *arg)
{
	struct job *job = arg;
	size_t n = size * count;
	if (!job->begun && begin_answer(job, bytes, n) < 0)
		return 0;
	job->transfer->received += (int64_t)n;
	if (over_limit(job, n)) {
		if (job->transfer->length > 0 && job->have + (int64_t)n > job->transfer->length)
			job_fail(job, OAK_UNSUPPORTED, "http.range", 200, "the server cannot give a part of it");
		else
			job_fail(job, OAK_INVALID, "http.too-large", 0, "it is larger than allowed");
		return 0;
	}
	if (store_bytes(job, bytes, n) < 0)
		return 0;
	job->have += (int64_t)n;
	return n;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct job *job = arg;
	struct oak_str line = {bytes, size * count}, name, total;
	if (line.n > 5 && memcmp(line.p, "HTTP/", 5) == 0) { /* a new answer, after a redirect for example */
		job->transfer->etag[0] = '\0';
		job->begun = job->packed = false;
	}
	if (!oak_str_next(&line, ':', &name))
		return size * count;
	line = oak_str_trim(line);
	char key[32] = "";
	memcpy(key, name.p, name.n < sizeof(key) - 1 ? name.n : sizeof(key) - 1);
	if (oak_strcaseeq(key, "etag") && line.n < sizeof(job->transfer->etag)) {
		memcpy(job->transfer->etag, line.p, line.n);
		job->transfer->etag[line.n] = '\0';
	} else if (oak_strcaseeq(key, "content-encoding")) {
		job->packed = job->transfer->decode;
	} else if (oak_strcaseeq(key, "content-range")) {
		while (oak_str_next(&line, '/', &total))
			oak_parse_int(total, 0, INT64_MAX, &job->transfer->size);
	}
	return size * count;
}

static long first_of(int64_t own, int64_t common, int64_t usual)
{
	return (long)(own ? own : common ? common : usual);
}

static void set_limits(struct job *job, const struct oak_http_options *o)
{
	CURL *c = job->easy;
	const struct oak_transfer *t = job->transfer;
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(o->connect_s ? o->connect_s : 15));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, first_of(t->slow_bytes_s, o->slow_bytes_s, 128));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, first_of(t->slow_s, o->slow_s, 30));
	curl_easy_setopt(c, CURLOPT_TIMEOUT, first_of(t->total_s, o->total_s, 0));
	curl_easy_setopt(c, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)o->max_rate);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS);
	const char *redirect = oak_starts_with(job->transfer->url, "https:") ? "https" : "http,https"; /* never down to http */
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, o->offline ? "file" : "http,https,file");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, redirect);
#else
	curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(o->offline ? CURLPROTO_FILE : CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE));
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS, (long)(strchr(redirect, ',') ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
#endif
}

static const char *either(const char *own, const char *common)
{
	return own ? own : common;
}

static void set_identity(struct job *job, const struct oak_http_options *o)
{
	CURL *c = job->easy;
	static const struct oak_http_access common;
	const struct oak_http_access *way = job->transfer->access ? job->transfer->access : &common;
	const struct {
		CURLoption option;
		const char *text;
	} texts[] = {
		{CURLOPT_USERAGENT, o->user_agent ? o->user_agent : "oakum/" OAK_VERSION},
		{CURLOPT_PROXY, either(way->proxy, o->proxy)},
		{CURLOPT_NOPROXY, way->proxy ? "" : NULL}, /* the environment's exceptions are of the environment's proxy */
		{CURLOPT_USERNAME, way->user},
		{CURLOPT_PASSWORD, way->password},
		{CURLOPT_CAINFO, either(way->ca_file, o->ca_file)},
		{CURLOPT_PROXY_CAINFO, way->ca_file},
		{CURLOPT_SSLCERT, either(way->client_cert, o->client_cert)},
		{CURLOPT_SSLKEY, way->client_cert ? way->client_key : o->client_key},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].text)
			curl_easy_setopt(c, texts[i].option, texts[i].text);
	if (job->transfer->if_etag && *job->transfer->if_etag && !job->have) {
		char header[160];
		snprintf(header, sizeof(header), "If-None-Match: %s", job->transfer->if_etag);
		job->headers = curl_slist_append(job->headers, header);
		curl_easy_setopt(c, CURLOPT_HTTPHEADER, job->headers);
	}
}

static void set_range(struct job *job)
{
	const struct oak_transfer *t = job->transfer;
	int64_t from = t->offset + job->have;
	char range[64];
	job->offset_sent = from > 0;
	if (t->length > 0)
		snprintf(range, sizeof(range), "%lld-%lld", (long long)from, (long long)(t->offset + t->length - 1));
	else
		snprintf(range, sizeof(range), "%lld-", (long long)from);
	curl_easy_setopt(job->easy, CURLOPT_RANGE, from > 0 || t->length > 0 ? range : NULL);
}

/* Ready JOB for a try and hand it to curl. */
static void begin_try(struct job *job)
{
	job->begun = false;
	job->had = job->have;
	job->tries++;
	job->transfer->err = (struct oak_error){0};
	set_range(job);
	curl_multi_add_handle(job->fetcher->multi, job->easy);
}

static int open_part(struct job *job)
{
	struct oak_transfer *t = job->transfer;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *part = oak_arena_printf(arena, "%s.part", t->to);
	job->fd = open(part, O_WRONLY | O_CREAT | O_CLOEXEC | O_BINARY | (t->resume ? 0 : O_TRUNC), 0644);
	if (job->fd < 0)
		return oak_fail_errno(&t->err, "file.write", "cannot create '%s'", part);
	job->have = t->resume ? (int64_t)lseek(job->fd, 0, SEEK_END) : 0;
	if (job->have > t->max_bytes)
		return start_over(job);
	return 0;
}

static int job_begin(struct curl_fetcher *f, struct oak_transfer *t, struct job *job)
{
	*job = (struct job){.fetcher = f, .transfer = t, .fd = -1};
	t->size = -1;
	t->status = 0;
	t->received = 0;
	t->unchanged = false;
	if (t->max_bytes <= 0 || (!t->to && !t->body))
		return oak_fail(&t->err, OAK_BUG, "http.failed", 0, "a transfer without a limit or a place to go");
	if (f->options.offline && !oak_starts_with(t->url, "file:"))
		return job_fail(job, OAK_TRANSIENT, "http.offline", 0, "the network is not to be used (--no-network)");
	if (t->to && open_part(job) < 0)
		return -1;
	job->body_from = t->to ? 0 : t->body->n;
	job->easy = curl_easy_init();
	if (!job->easy)
		return oak_fail(&t->err, OAK_IO, "http.failed", 0, "libcurl cannot be used");
	curl_easy_setopt(job->easy, CURLOPT_URL, t->url);
	curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job);
	curl_easy_setopt(job->easy, CURLOPT_NOSIGNAL, 1L);
	if (t->decode)
		curl_easy_setopt(job->easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(job->easy, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(job->easy, CURLOPT_ERRORBUFFER, job->why);
	curl_easy_setopt(job->easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(job->easy, CURLOPT_WRITEDATA, job);
	curl_easy_setopt(job->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(job->easy, CURLOPT_HEADERDATA, job);
	set_limits(job, &f->options);
	set_identity(job, &f->options);
	begin_try(job);
	return 0;
}

static int fail_status(struct job *job, long status)
{
	char text[64];
	enum oak_error_kind kind = status == 404 || status == 410				      ? OAK_NOT_FOUND
				   : status == 401 || status == 403 || status == 407		      ? OAK_DENIED
				   : status == 408 || status == 429 || (status >= 500 && status < 600) ? OAK_TRANSIENT
												      : OAK_INVALID;
	snprintf(text, sizeof(text), "the server answered with status %ld", status);
	return job_fail(job, kind, "http.status", (int)status, text);
}

/* The error of a try that curl ended with CODE, unless one of our own callbacks set it already. */
static int judge(struct job *job, CURLcode code)
{
	long status = 0, peer = 0;
	char text[CURL_ERROR_SIZE + 96];
	curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(job->easy, CURLINFO_PRIMARY_PORT, &peer);
	if (code == CURLE_UNSUPPORTED_PROTOCOL && peer > 0)
		code = CURLE_WEIRD_SERVER_REPLY; /* HTTP 0.9, that is, anything */
	job->transfer->status = (int)status;
	if (job->transfer->err.kind != OAK_OK)
		return -1;
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return fail_status(job, status);
	if (code == CURLE_OK && job->transfer->length > 0 && job->have < job->transfer->length &&
	    (job->transfer->size < 0 || job->transfer->offset + job->have < job->transfer->size))
		code = CURLE_PARTIAL_FILE;
	if (code == CURLE_OK)
		return 0;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (meanings[i].code != code)
			continue;
		snprintf(text, sizeof(text), "%s%s%s", meanings[i].text, job->why[0] ? ": " : "", job->why);
		return job_fail(job, meanings[i].kind, meanings[i].id, (int)status, text);
	}
	return job_fail(job, OAK_IO, "http.failed", (int)status, job->why[0] ? job->why : curl_easy_strerror(code));
}

/* A part that the server calls unsatisfiable was whole, or of another file: from the beginning, once. */
static bool retry(struct job *job)
{
	const struct oak_error *e = &job->transfer->err;
	int most = job->fetcher->options.tries ? job->fetcher->options.tries : 3;
	if (job->fetcher->options.stop && *job->fetcher->options.stop)
		return false;
	if (job->transfer->status == 416 && job->had && job->tries < most)
		return start_over(job) == 0;
	if (job->tries >= most || !oak_streq(e->id, "http.cut"))
		return false;
	return !job->packed || start_over(job) == 0; /* bytes on the wire are not those that were kept */
}

static int keep_file(struct job *job)
{
	struct oak_transfer *t = job->transfer;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *part = oak_arena_printf(arena, "%s.part", t->to);
	if (fsync(job->fd) < 0)
		return oak_fail_errno(&t->err, "file.write", "cannot write '%s'", part);
	close(job->fd);
	job->fd = -1;
	if (t->unchanged) {
		unlink(part);
		return 0;
	}
	if (rename(part, t->to) < 0)
		return oak_fail_errno(&t->err, "file.rename", "cannot rename '%s' to '%s'", part, t->to);
	return oak_fs_sync_parent(t->to, &t->err);
}

/* Nothing half is left in a body; a TO.part stays when it can be resumed. */
static void job_end(struct job *job)
{
	struct oak_transfer *t = job->transfer;
	bool ok = t->err.kind == OAK_OK && job->easy;
	curl_off_t length = -1;
	if (job->easy)
		curl_easy_getinfo(job->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (ok && t->size < 0)
		t->size = length >= 0 ? job->had + length : job->have;
	t->unchanged = ok && t->status == 304;
	if (ok && t->to)
		keep_file(job);
	if (!ok && !t->to && t->body)
		t->body->n = job->body_from;
	if (job->fd >= 0)
		close(job->fd);
	if (!ok && t->to && (!t->resume || job->have == 0)) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		unlink(oak_arena_printf(arena, "%s.part", t->to));
	}
	curl_slist_free_all(job->headers);
	if (job->easy)
		curl_easy_cleanup(job->easy);
	job->easy = NULL;
}

struct batch {
	struct curl_fetcher *fetcher;
	struct oak_transfer *transfers;
	size_t n, next, running;
	struct job *jobs;
	void (*done)(void *arg, const struct oak_transfer *transfer);
	void *arg;
};

static void finish(struct batch *b, struct job *job)
{
	job_end(job);
	if (b->done)
		b->done(b->arg, job->transfer);
}

/* No more easy handles than IN_FLIGHT exist at once, however many transfers are asked for. */
static void refill(struct batch *b)
{
	while (b->next < b->n && b->running < IN_FLIGHT) {
		struct job *job = &b->jobs[b->next];
		struct oak_transfer *t = &b->transfers[b->next++];
		t->err = (struct oak_error){0};
		if (job_begin(b->fetcher, t, job) < 0)
			finish(b, job);
		else
			b->running++;
	}
}

static void collect(struct batch *b)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(b->fetcher->multi, &left))) {
		struct job *job = NULL;
		CURLcode code = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&job);
		curl_multi_remove_handle(b->fetcher->multi, job->easy);
		if (judge(job, code) < 0 && retry(job)) {
			begin_try(job);
			continue;
		}
		b->running--;
		finish(b, job);
	}
}

static void interrupt(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct job *job = &b->jobs[i];
		if (i >= b->next) {
			*job = (struct job){.fetcher = b->fetcher, .transfer = &b->transfers[i], .fd = -1};
		} else if (!job->easy) {
			continue; /* it ended before */
		} else {
			curl_multi_remove_handle(b->fetcher->multi, job->easy);
		}
		job_fail(job, OAK_INTERRUPTED, "http.interrupted", 0, "interrupted");
		finish(b, job);
	}
}

static int fetch(struct oak_fetcher *base, struct oak_transfer *transfers, size_t n,
		 void (*done)(void *arg, const struct oak_transfer *transfer), void *arg, struct oak_error *err)
{
	struct curl_fetcher *f = (struct curl_fetcher *)base;
	OAK_AUTO(oak_free_p) struct job *jobs = oak_alloc_zero(n ? n : 1, sizeof(*jobs));
	struct batch b = {.fetcher = f, .transfers = transfers, .n = n, .jobs = jobs, .done = done, .arg = arg};
	(void)err;
	for (refill(&b); b.running; refill(&b)) {
		int running;
		curl_multi_perform(f->multi, &running);
		collect(&b);
		if (f->options.stop && *f->options.stop) {
			interrupt(&b);
			break;
		}
		if (b.running)
			curl_multi_poll(f->multi, NULL, 0, POLL_MS, NULL);
	}
	return 0;
}

static void fetcher_free(struct oak_fetcher *base)
{
	struct curl_fetcher *f = (struct curl_fetcher *)base;
	curl_multi_cleanup(f->multi);
	free(f);
}

extern OAK_EXPORT oak_http_make oak_http_curl;

struct oak_fetcher *oak_http_curl(const struct oak_http_options *options, struct oak_error *err)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	CURLM *multi = curl_multi_init();
	if (!multi) {
		oak_fail(err, OAK_IO, "http.failed", 0, "libcurl cannot be used");
		return NULL;
	}
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)(options->per_host ? options->per_host : 4));
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)(options->parallel ? options->parallel : 16));
	struct curl_fetcher *f = oak_alloc_zero(1, sizeof(*f));
	f->base = (struct oak_fetcher){.fetch = fetch, .free = fetcher_free};
	f->options = *options;
	f->multi = multi;
	return &f->base;
}
