/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A web server for tests that misbehaves on request: hostile_httpd DIR prints its port and serves until standard input
 * ends. The first part of a path says how; the rest is a file below DIR:
 *   /file/F    as it should be: ranges, ETag       /norange/F  ranges are ignored
 *   /cut99/F   stops at 99 %, a range is served    /always-cut/F  every answer stops half-way
 *   /slow/F    one byte a second                   /html/F     200 and a login page
 *   /loop      redirects to itself                 /hops/N/F   N redirects, then /file/F
 *   /endless   never ends, no length               /huge       announces 1 TB
 *   /status/N  answers N                           /hang       accepts and says nothing
 *   /busy/F    counts how many ask at once         /most       that number so far
 *   /garbage   no HTTP at all                      /requests   how many requests came so far
 *   /shift/F   a range is served one byte too far  /gzip/F    says that it is packed, and is not (or F is)
 *   /etags/F   cut at 99 %, another ETag each time /away/F    redirects to a file of this machine
 *   /to/PORT/F redirects to that port's /auth/F    /trickle   a head that never ends, a byte a second
 *   /but/HOW/F what lies below metadata/ as it should be, all else in that manner
 *   /auth/F    a file for aladdin, password "open:sesame"
 * As a proxy it serves hosts of .invalid itself and refuses all others; /proxied says for how many requests it did so;
 * for locked.invalid it must be a request of genie, password "lamp". */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct counters {
	atomic_int now, most, requests, proxied;
};
static struct counters *counters;
static const char *folder;
static int wrong_offset, other_etag, says_gzip; /* of this answer's process */

struct request {
	char path[1024];
	long long from, to; /* -1 = none */
	int is_range, authorized, proxy_authorized;
	char etag[128];
};

static void put(int fd, const void *bytes, size_t n)
{
	for (const char *p = bytes; n;) {
		ssize_t done = write(fd, p, n);
		if (done <= 0)
			_exit(0);
		p += done;
		n -= (size_t)done;
	}
}

static void puts_to(int fd, const char *text)
{
	put(fd, text, strlen(text));
}

static int read_request(int fd, struct request *r)
{
	char head[8192];
	size_t n = 0;
	while (n < sizeof(head) - 1) {
		ssize_t got = read(fd, head + n, sizeof(head) - 1 - n);
		if (got <= 0)
			return -1;
		n += (size_t)got;
		head[n] = '\0';
		if (strstr(head, "\r\n\r\n"))
			break;
	}
	memset(r, 0, sizeof(*r));
	r->from = r->to = -1;
	if (sscanf(head, "%*s %1023s", r->path) != 1)
		return -1;
	r->authorized = strcasestr(head, "\r\nauthorization: Basic YWxhZGRpbjpvcGVuOnNlc2FtZQ==\r\n") != NULL;
	r->proxy_authorized = strcasestr(head, "\r\nproxy-authorization: Basic Z2VuaWU6bGFtcA==\r\n") != NULL;
	char *range = strcasestr(head, "\r\nrange: bytes=");
	if (range) {
		r->is_range = 1;
		r->from = strtoll(range + 15, &range, 10);
		if (*range == '-' && range[1] >= '0' && range[1] <= '9')
			r->to = strtoll(range + 1, NULL, 10);
	}
	char *match = strcasestr(head, "\r\nif-none-match: ");
	if (match)
		sscanf(match + 17, "%127[^\r\n]", r->etag);
	return 0;
}

/* SHARE is the part of what is left that is sent before the connection ends, in percent; PACE seconds between bytes. */
static void send_file(int fd, const struct request *r, const char *name, int ranges, int share, unsigned pace)
{
	char path[2048], head[512], etag[64];
	struct stat st;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int file = strstr(name, "..") ? -1 : open(path, O_RDONLY);
	if (file < 0 || fstat(file, &st) < 0 || !S_ISREG(st.st_mode)) {
		puts_to(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone");
		return;
	}
	long long size = (long long)st.st_size, from = 0, to = size - 1;
	int part = ranges && r->is_range;
	snprintf(etag, sizeof(etag), "\"%llx-%llx-%d\"", (unsigned long long)st.st_mtime, (unsigned long long)size, other_etag);
	if (strcmp(r->etag, etag) == 0) {
		puts_to(fd, "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
		return;
	}
	if (part) {
		from = r->from;
		to = r->to >= 0 && r->to < size ? r->to : size - 1;
		if (from >= size) {
			puts_to(fd, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
			return;
		}
	}
	int n = snprintf(head, sizeof(head),
			 "HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nETag: %s\r\nContent-Length: %lld\r\n"
			 "Connection: close\r\n",
			 part ? "206 Partial Content" : "200 OK", etag, to - from + 1);
	put(fd, head, (size_t)n);
	if (says_gzip)
		puts_to(fd, "Content-Encoding: gzip\r\n");
	if (part && wrong_offset && from < to) {
		from++;
		puts_to(fd, "Content-Range: bytes 0-1/2\r\n");
	} else if (part) {
		n = snprintf(head, sizeof(head), "Content-Range: bytes %lld-%lld/%lld\r\n", from, to, size);
		put(fd, head, (size_t)n);
	}
	puts_to(fd, "\r\n");
	long long left = (to - from + 1) * share / 100;
	lseek(file, from, SEEK_SET);
	while (left > 0) {
		char chunk[65536];
		size_t want = pace ? 1 : left < (long long)sizeof(chunk) ? (size_t)left : sizeof(chunk);
		ssize_t got = read(file, chunk, want);
		if (got <= 0)
			break;
		put(fd, chunk, (size_t)got);
		left -= got;
		sleep(pace);
	}
	close(file);
}

static void redirect(int fd, const char *to)
{
	char head[2048];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to);
	put(fd, head, (size_t)n);
}

static void number(int fd, int value)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%d\n", value);
	put(fd, text, (size_t)n);
}

static void do_file(int fd, const struct request *r, const char *rest) { send_file(fd, r, rest, 1, 100, 0); }
static void do_norange(int fd, const struct request *r, const char *rest) { send_file(fd, r, rest, 0, 100, 0); }
static void do_cut99(int fd, const struct request *r, const char *rest) { send_file(fd, r, rest, 1, r->is_range ? 100 : 99, 0); }
static void do_always_cut(int fd, const struct request *r, const char *rest) { send_file(fd, r, rest, 1, 50, 0); }
static void do_slow(int fd, const struct request *r, const char *rest) { send_file(fd, r, rest, 1, 100, 1); }

static void do_html(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	puts_to(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n"
		    "<!DOCTYPE html><html><body>Please log in to the guest network</body></html>");
}

static void do_loop(int fd, const struct request *r, const char *rest)
{
	(void)rest;
	redirect(fd, r->path);
}

static void do_hops(int fd, const struct request *r, const char *rest)
{
	char to[1200];
	char *end;
	long left = strtol(rest, &end, 10);
	(void)r;
	if (left > 1)
		snprintf(to, sizeof(to), "/hops/%ld%s", left - 1, end);
	else
		snprintf(to, sizeof(to), "/file%s", end);
	redirect(fd, to);
}

static void do_endless(int fd, const struct request *r, const char *rest)
{
	static const char zeros[65536];
	(void)r;
	(void)rest;
	puts_to(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n");
	for (;;)
		put(fd, zeros, sizeof(zeros));
}

static void do_huge(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	puts_to(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\nConnection: close\r\n\r\nbegin");
}

static void do_status(int fd, const struct request *r, const char *rest)
{
	char head[256];
	(void)r;
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %ld Because\r\nContent-Length: 5\r\nConnection: close\r\n\r\nsorry",
			 strtol(rest, NULL, 10));
	put(fd, head, (size_t)n);
}

static void do_hang(int fd, const struct request *r, const char *rest)
{
	(void)fd;
	(void)r;
	(void)rest;
	pause();
}

static void do_busy(int fd, const struct request *r, const char *rest)
{
	int now = atomic_fetch_add(&counters->now, 1) + 1, most = atomic_load(&counters->most);
	while (now > most && !atomic_compare_exchange_weak(&counters->most, &most, now))
		;
	usleep(30000); /* long enough for others to come in between */
	atomic_fetch_sub(&counters->now, 1); /* before the answer: the next one comes as soon as it is there */
	send_file(fd, r, rest, 1, 100, 0);
}

static void do_most(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	number(fd, atomic_load(&counters->most));
}

static void do_requests(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	number(fd, atomic_load(&counters->requests));
}

static void do_proxied(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	number(fd, atomic_load(&counters->proxied));
}

static void do_auth(int fd, const struct request *r, const char *rest)
{
	if (r->authorized)
		send_file(fd, r, rest, 1, 100, 0);
	else
		puts_to(fd, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cave\"\r\nContent-Length: 0\r\n"
			    "Connection: close\r\n\r\n");
}

static void do_shift(int fd, const struct request *r, const char *rest)
{
	wrong_offset = 1;
	send_file(fd, r, rest, 1, 100, 0);
}

static void do_gzip(int fd, const struct request *r, const char *rest)
{
	says_gzip = 1;
	send_file(fd, r, rest, 1, 100, 0);
}

static void do_etags(int fd, const struct request *r, const char *rest)
{
	other_etag = (int)getpid();
	send_file(fd, r, rest, 1, 99, 0);
}

static void do_away(int fd, const struct request *r, const char *rest)
{
	char to[2048];
	(void)r;
	snprintf(to, sizeof(to), "file://%s/%s", folder, rest);
	redirect(fd, to);
}

static void do_to(int fd, const struct request *r, const char *rest)
{
	char to[1200], *end;
	long port = strtol(rest, &end, 10);
	(void)r;
	snprintf(to, sizeof(to), "http://localhost:%ld/auth%s", port, end);
	redirect(fd, to);
}

static void do_trickle(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	puts_to(fd, "HTTP/1.1 200 OK\r\nX-Long: ");
	for (;; sleep(1))
		puts_to(fd, "x");
}

static void do_but(int fd, const struct request *r, const char *rest);

static void do_garbage(int fd, const struct request *r, const char *rest)
{
	(void)r;
	(void)rest;
	puts_to(fd, "\x01\x02\x03 this is no protocol\n\n");
}

static const struct {
	const char *prefix;
	void (*run)(int fd, const struct request *r, const char *rest);
} manners[] = {
	{"/file/", do_file},	     {"/norange/", do_norange}, {"/cut99/", do_cut99},	 {"/always-cut/", do_always_cut},
	{"/slow/", do_slow},	     {"/html/", do_html},	{"/loop", do_loop},	 {"/hops/", do_hops},
	{"/endless", do_endless},    {"/huge", do_huge},	{"/status/", do_status}, {"/hang", do_hang},
	{"/busy/", do_busy},	     {"/most", do_most},	{"/garbage", do_garbage}, {"/requests", do_requests},
	{"/auth/", do_auth},	     {"/proxied", do_proxied},	{"/shift/", do_shift},	 {"/gzip/", do_gzip},
	{"/etags/", do_etags},	     {"/away/", do_away},	{"/to/", do_to},	 {"/trickle", do_trickle},
	{"/but/", do_but},
};

/* 0 = no such manner. */
static int act(int fd, const struct request *r, const char *path)
{
	for (size_t i = 0; i < sizeof(manners) / sizeof(*manners); i++) {
		size_t n = strlen(manners[i].prefix);
		if (strncmp(path, manners[i].prefix, n) == 0) {
			manners[i].run(fd, r, path + n);
			return 1;
		}
	}
	return 0;
}

static void do_but(int fd, const struct request *r, const char *rest)
{
	const char *file = strchr(rest, '/');
	if (file && strstr(file, "/metadata/"))
		do_file(fd, r, file + 1);
	else
		act(fd, r, rest - 1);
}

/* Asked as a proxy: the path behind the host's name remains. */
static int as_proxy(struct request *r)
{
	static const char scheme[] = "http://", end[] = ".invalid/";
	char *path = strncmp(r->path, scheme, strlen(scheme)) == 0 ? strchr(r->path + strlen(scheme), '/') : r->path;
	if (path == r->path)
		return 0;
	if (!path || path - r->path < (long)strlen(end) || strncmp(path + 1 - strlen(end), end, strlen(end)) != 0)
		return -1;
	if (strncmp(r->path, "http://locked.", 14) == 0 && !r->proxy_authorized)
		return -1;
	atomic_fetch_add(&counters->proxied, 1);
	memmove(r->path, path, strlen(path) + 1);
	return 0;
}

static void answer(int fd)
{
	struct request r;
	if (read_request(fd, &r) < 0)
		return;
	atomic_fetch_add(&counters->requests, 1);
	if (as_proxy(&r) < 0) {
		puts_to(fd, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
		return;
	}
	if (act(fd, &r, r.path)) {
		shutdown(fd, SHUT_WR);
		return;
	}
	puts_to(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (argc != 2 || server < 0 || bind(server, (struct sockaddr *)&address, size) < 0 || listen(server, 64) < 0 ||
	    getsockname(server, (struct sockaddr *)&address, &size) < 0) {
		fprintf(stderr, "usage: hostile_httpd DIR\n");
		return 2;
	}
	folder = argv[1];
	counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counters == MAP_FAILED)
		return 1;
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	setpgid(0, 0); /* so that the answers still running end with us */
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	struct pollfd wait[2] = {{server, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
	while (poll(wait, 2, -1) >= 0 || errno == EINTR) {
		char byte;
		if (wait[1].revents && read(STDIN_FILENO, &byte, 1) <= 0)
			break;
		if (!(wait[0].revents & POLLIN))
			continue;
		int fd = accept(server, NULL, NULL);
		if (fd < 0)
			continue;
		if (fork() == 0) {
			close(server);
			answer(fd);
			_exit(0);
		}
		close(fd);
	}
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	return 0;
}
