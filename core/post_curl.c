/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HTTP POST on libcurl. */
#include <curl/curl.h>

#include "core/mask.h"
#include "core/mem.h"
#include "core/module.h"
#include "core/post.h"

enum { CONNECT_S = 15, TOTAL_S = 30 };

static const struct {
	CURLcode code;
	enum oak_error_kind kind;
	const char *id, *text;
} meanings[] = {
	{CURLE_COULDNT_RESOLVE_PROXY, OAK_TRANSIENT, "post.unreachable", "the proxy is not known"},
	{CURLE_COULDNT_RESOLVE_HOST, OAK_TRANSIENT, "post.unreachable", "the host is not known"},
	{CURLE_COULDNT_CONNECT, OAK_TRANSIENT, "post.unreachable", "no connection"},
	{CURLE_OPERATION_TIMEDOUT, OAK_TRANSIENT, "post.timeout", "too slow"},
	{CURLE_RECV_ERROR, OAK_TRANSIENT, "post.cut", "the connection broke"},
	{CURLE_SEND_ERROR, OAK_TRANSIENT, "post.cut", "the connection broke"},
	{CURLE_GOT_NOTHING, OAK_TRANSIENT, "post.cut", "the server said nothing"},
	{CURLE_PEER_FAILED_VERIFICATION, OAK_UNTRUSTED, "post.tls", "the server's certificate is not trusted"},
	{CURLE_SSL_CONNECT_ERROR, OAK_UNTRUSTED, "post.tls", "no TLS connection"},
	{CURLE_SSL_CACERT_BADFILE, OAK_INVALID, "post.tls", "the file of CA certificates cannot be read"},
	{CURLE_URL_MALFORMAT, OAK_INVALID, "post.url", "the URL is malformed"},
	{CURLE_UNSUPPORTED_PROTOCOL, OAK_INVALID, "post.url", "only http and https are sent to"},
	{CURLE_ABORTED_BY_CALLBACK, OAK_INTERRUPTED, "post.interrupted", "interrupted"},
};

static int explain(const struct oak_post *post, CURLcode code, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf url;
	oak_buf_init(&url, 4096);
	oak_mask_add(&url, post->url);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (meanings[i].code == code)
			return oak_fail(err, meanings[i].kind, meanings[i].id, (int)code, "cannot send to '%s': %s", oak_buf_text(&url),
					meanings[i].text);
	return oak_fail(err, OAK_IO, "post.failed", (int)code, "cannot send to '%s': %s", oak_buf_text(&url), curl_easy_strerror(code));
}

/* What does not fit is read and dropped. */
static size_t on_answer(char *bytes, size_t size, size_t count, void *arg)
{
	const struct oak_post *post = arg;
	size_t n = size * count, room = post->answer && post->answer->max > post->answer->n ? post->answer->max - post->answer->n : 0;
	if (room)
		oak_buf_add(post->answer, bytes, n < room ? n : room);
	return n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct oak_post *post = arg;
	(void)a, (void)b, (void)c, (void)d;
	return post->stop && *post->stop;
}

static void set_up(CURL *c, struct oak_post *post, struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, post->url);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->n);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, (const char *)post->body);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "oakum/" OAK_VERSION);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(post->timeout_s ? post->timeout_s : TOTAL_S));
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, post);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, post);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	if (post->proxy)
		curl_easy_setopt(c, CURLOPT_PROXY, post->proxy);
	if (post->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, post->ca_file);
}

OAK_EXPORT int oak_http_post_curl(struct oak_post *post, struct oak_error *err);
int oak_http_post_curl(struct oak_post *post, struct oak_error *err)
{
	struct curl_slist *headers = NULL;
	long status = 0, sent = 0;
	CURL *c = curl_easy_init();
	if (!c)
		return oak_fail(err, OAK_IO, "post.failed", 0, "libcurl cannot start");
	for (const char *const *h = post->headers; h && *h; h++)
		headers = curl_slist_append(headers, *h);
	headers = curl_slist_append(headers, "Expect:"); /* no waiting for 100 */
	set_up(c, post, headers);
	CURLcode code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &sent);
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	post->status = code == CURLE_OK ? (int)status : 0;
	post->reached = sent > 0;
	return code == CURLE_OK ? 0 : explain(post, code, err);
}
