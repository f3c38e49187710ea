/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server on libmicrohttpd: a thread for its connections, one that ends those that are too slow. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/module.h"
#include "core/str.h"
#include "repo/serve.h"

enum { HEAD_MAX = 16 * 1024, TICK_MS = 200, THREADS = 4 };

/* A connection: what must be done on it, and until when. */
struct peer {
	struct peer *next, **link;
	int fd;
	int64_t deadline; /* monotonic seconds */
};

struct server {
	const struct oak_serve_options *options;
	int dirfd;
	pthread_mutex_t lock; /* of the list and of the log */
	struct peer *peers;
};

/* One request, from its first line to its last byte. */
struct request {
	char *target; /* as it came */
	char method[16];
	int64_t bytes;
	int status;
	bool answered;
};

static int64_t seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct server *s = arg;
	pthread_mutex_lock(&s->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		struct peer *peer = oak_alloc_zero(1, sizeof(*peer));
		peer->fd = info ? info->connect_fd : -1;
		peer->deadline = seconds() + s->options->head_s;
		peer->next = s->peers;
		peer->link = &s->peers;
		if (peer->next)
			peer->next->link = &peer->next;
		s->peers = peer;
		*socket_context = peer;
	} else if (*socket_context) {
		struct peer *peer = *socket_context;
		*peer->link = peer->next;
		if (peer->next)
			peer->next->link = peer->link;
		free(peer);
		*socket_context = NULL;
	}
	pthread_mutex_unlock(&s->lock);
}

/* A request's head and an answer's body have their time each; who exceeds it is hung up on. */
static void set_deadline(struct server *s, struct MHD_Connection *connection, int64_t bytes)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct peer *peer = info ? info->socket_context : NULL;
	if (!peer)
		return;
	pthread_mutex_lock(&s->lock);
	peer->deadline = seconds() + s->options->head_s + bytes / s->options->slowest;
	pthread_mutex_unlock(&s->lock);
}

static void end_slow(struct server *s)
{
	int64_t now = seconds();
	pthread_mutex_lock(&s->lock);
	for (struct peer *p = s->peers; p; p = p->next)
		if (now > p->deadline && p->fd >= 0)
			shutdown(p->fd, SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void peer_name(struct MHD_Connection *connection, char *ret, size_t size)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	snprintf(ret, size, "-");
	if (info && info->client_addr)
		getnameinfo(info->client_addr,
			    info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), ret,
			    (socklen_t)size, NULL, 0, NI_NUMERICHOST);
}

/* Quotes, backslashes and all that is not printable as \xHH: a line of the log is one request. */
static void escape(const char *text, char *ret, size_t size)
{
	size_t n = 0;
	for (; text && *text && n + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			n += (size_t)snprintf(ret + n, size - n, "\\x%02x", c);
		else
			ret[n++] = (char)c;
	}
	ret[n] = '\0';
}

static void put_log(struct server *s, struct MHD_Connection *connection, const struct request *r)
{
	char line[OAK_SERVE_LOG_MAX], who[NI_MAXHOST], what[2048], agent[512], date[OAK_HTTP_DATE], verb[72];
	if (!s->options->log)
		return;
	peer_name(connection, who, sizeof(who));
	escape(r->target, what, sizeof(what));
	escape(r->method, verb, sizeof(verb));
	escape(header(connection, "User-Agent"), agent, sizeof(agent));
	oak_http_date_format((int64_t)time(NULL), date);
	snprintf(line, sizeof(line), "%s [%s] \"%s %s\" %d %lld \"%s\"", who, date, verb, what, r->status, (long long)r->bytes, agent);
	pthread_mutex_lock(&s->lock);
	s->options->log(s->options->arg, line);
	pthread_mutex_unlock(&s->lock);
}

static enum MHD_Result queue(struct MHD_Connection *connection, struct request *r, int status, struct MHD_Response *response)
{
	r->status = status;
	r->answered = true;
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, response);
	MHD_destroy_response(response);
	return result;
}

/* STATUS with one line of text; what the file is, where there is one. */
static enum MHD_Result say(struct MHD_Connection *connection, struct request *r, int status, const char *text, const char *etag)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	r->bytes = (int64_t)strlen(text);
	if (*text)
		MHD_add_response_header(response, "Content-Type", "text/plain");
	if (etag)
		MHD_add_response_header(response, "ETag", etag);
	if (status == 405)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	return queue(connection, r, status, response);
}

static void describe(struct MHD_Response *response, const char *path, const char *etag, int64_t mtime)
{
	char date[OAK_HTTP_DATE];
	bool changes = oak_ends_with(path, "timestamp.json") || !oak_starts_with(path, "targets/");
	oak_http_date_format(mtime, date);
	MHD_add_response_header(response, "ETag", etag);
	MHD_add_response_header(response, "Last-Modified", date);
	MHD_add_response_header(response, "Accept-Ranges", "bytes");
	MHD_add_response_header(response, "Cache-Control", changes ? "no-cache" : "public, max-age=31536000, immutable");
	MHD_add_response_header(response, "Content-Type", oak_ends_with(path, ".json") ? "application/json" : "application/octet-stream");
}

static enum MHD_Result send_file(struct server *s, struct MHD_Connection *connection, struct request *r, const char *path, int fd,
				 int64_t size, int64_t mtime_ns)
{
	char etag[64], range[96];
	const struct oak_serve_conditions asked = {header(connection, "If-Match"),	      header(connection, "If-None-Match"),
						   header(connection, "If-Modified-Since"), header(connection, "If-Unmodified-Since"),
						   header(connection, "If-Range"),	      header(connection, "Range")};
	snprintf(etag, sizeof(etag), "\"%llx-%llx\"", (unsigned long long)mtime_ns, (unsigned long long)size);
	struct oak_serve_answer a = oak_serve_decide(&asked, etag, mtime_ns / 1000000000, size);
	struct MHD_Response *response;
	if (a.status == 200 || a.status == 206) {
		response = MHD_create_response_from_fd_at_offset64((uint64_t)a.length, fd, (uint64_t)a.from); /* closes it */
	} else {
		close(fd);
		response = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
	}
	if (!response)
		return MHD_NO;
	describe(response, path, etag, mtime_ns / 1000000000);
	if (a.status == 206)
		snprintf(range, sizeof(range), "bytes %lld-%lld/%lld", (long long)a.from, (long long)(a.from + a.length - 1), (long long)size);
	else
		snprintf(range, sizeof(range), "bytes */%lld", (long long)size);
	if (a.status == 206 || a.status == 416)
		MHD_add_response_header(response, "Content-Range", range);
	r->bytes = a.length;
	set_deadline(s, connection, a.length);
	return queue(connection, r, a.status, response);
}

static enum MHD_Result answer(struct server *s, struct MHD_Connection *connection, struct request *r, const char *method)
{
	char path[OAK_SERVE_PATH_MAX];
	int64_t size, mtime;
	set_deadline(s, connection, 0);
	snprintf(r->method, sizeof(r->method), "%s", method);
	if (!oak_streq(method, "GET") && !oak_streq(method, "HEAD"))
		return say(connection, r, 405, "only GET and HEAD\n", NULL);
	if (!r->target || !oak_serve_path(r->target, path))
		return say(connection, r, 404, "no such file\n", NULL);
	int fd = oak_serve_open(s->dirfd, path, &size, &mtime);
	if (fd < 0)
		return say(connection, r, 404, "no such file\n", NULL);
	return send_file(s, connection, r, path, fd, size, mtime);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
				  const char *upload, size_t *upload_size, void **context)
{
	(void)url;
	(void)version;
	(void)upload;
	struct request *r = *context;
	*upload_size = 0; /* whatever a request carries is not looked at */
	return r->answered ? MHD_YES : answer(arg, connection, r, method);
}

/* The target of a request before libmicrohttpd decodes anything. */
static void *on_target(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct request *r = oak_alloc_zero(1, sizeof(*r));
	(void)connection;
	(void)arg;
	r->target = oak_strdup(uri ? uri : "");
	return r;
}

static void on_end(void *arg, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why)
{
	struct server *s = arg;
	struct request *r = *context;
	(void)why;
	if (!r)
		return;
	if (r->answered)
		put_log(s, connection, r);
	set_deadline(s, connection, 0); /* for the next request on this connection */
	free(r->target);
	free(r);
	*context = NULL;
}

static int resolve(const struct oak_serve_options *o, struct sockaddr_storage *ret, socklen_t *ret_n, struct oak_error *err)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	char port[16];
	const char *host = o->host ? o->host : "127.0.0.1";
	snprintf(port, sizeof(port), "%d", o->port);
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return oak_fail(err, OAK_INVALID, "serve.listen", 0, "'%s' is no numeric address (give 127.0.0.1:8080 or [::1]:8080)", host);
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	*ret_n = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

/* Our own socket, so that the error of a port that is taken is told as it is. */
static int listen_on(const struct oak_serve_options *o, int *ret_port, struct oak_error *err)
{
	struct sockaddr_storage address;
	socklen_t n;
	int one = 1;
	if (resolve(o, &address, &n, err) < 0)
		return -1;
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 || bind(fd, (struct sockaddr *)&address, n) < 0 ||
	    listen(fd, 128) < 0 || getsockname(fd, (struct sockaddr *)&address, &n) < 0) {
		oak_fail_errno(err, "serve.listen", "cannot listen on '%s' port %d", o->host ? o->host : "127.0.0.1", o->port);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*ret_port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
							: ((struct sockaddr_in *)&address)->sin_port);
	return fd;
}

static struct MHD_Daemon *start(struct server *s, int fd)
{
	const struct oak_serve_options *o = s->options;
	struct MHD_OptionItem items[] = {
		{MHD_OPTION_LISTEN_SOCKET, fd, NULL},
		{MHD_OPTION_CONNECTION_LIMIT, o->connections, NULL},
		{MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->per_address, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)o->head_s, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, 2 * HEAD_MAX, NULL},
		{MHD_OPTION_THREAD_POOL_SIZE, THREADS, NULL},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_end, s},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s},
		{MHD_OPTION_END, 0, NULL},
		{MHD_OPTION_END, 0, NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
	size_t last = sizeof(items) / sizeof(*items) - 3;
	if (o->tls_cert) {
		flags |= MHD_USE_TLS;
		items[last] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_cert};
		items[last + 1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key};
	}
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

extern OAK_EXPORT oak_serve_loop oak_serve_microhttpd;

int oak_serve_microhttpd(const struct oak_serve_options *given, int dirfd, struct oak_error *err)
{
	struct oak_serve_options o = *given;
	o.connections = o.connections ? o.connections : 256;
	o.per_address = o.per_address ? o.per_address : 64;
	o.head_s = o.head_s ? o.head_s : 15;
	o.slowest = o.slowest ? o.slowest : 1024;
	struct server s = {.options = &o, .dirfd = dirfd, .lock = PTHREAD_MUTEX_INITIALIZER};
	int port, fd = listen_on(&o, &port, err);
	if (fd < 0)
		return -1;
	struct MHD_Daemon *daemon = start(&s, fd);
	if (!daemon) {
		close(fd);
		return o.tls_cert ? oak_fail(err, OAK_INVALID, "serve.tls", 0, "cannot serve with this certificate and key (both PEM, of one pair?)")
				  : oak_fail(err, OAK_IO, "serve.listen", 0, "cannot serve on port %d", port);
	}
	if (o.listening)
		o.listening(o.arg, port);
	while (!*o.stop) {
		poll(NULL, 0, TICK_MS);
		end_slow(&s);
	}
	MHD_stop_daemon(daemon); /* closes the socket */
	return 0;
}
