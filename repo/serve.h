/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serving a folder read-only over HTTP: what a request names, which part of a file it wants, and the server itself. */
#ifndef OAK_REPO_SERVE_H
#define OAK_REPO_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

enum { OAK_SERVE_PATH_MAX = 1024, OAK_SERVE_LOG_MAX = 4096 };

/* The file below the folder that the raw target of a request names ("/targets/a%2Bb?x"): decoded once, query cut off. False for all
 * that is no plain file below it: "." and hidden components, empty ones, a backslash, control characters, bad UTF-8 or escapes. */
bool oak_serve_path(const char *raw, char ret[OAK_SERVE_PATH_MAX]);

/* Open PATH below DIRFD without following any symbolic link; only a regular file that everybody may read (keys are not).
 * -1 = there is none. */
int oak_serve_open(int dirfd, const char *path, int64_t *ret_size, int64_t *ret_mtime_ns);

/* What a Range header asks of SIZE bytes. Several ranges, other units and nonsense are OAK_RANGE_WHOLE, as RFC 9110 allows. */
enum oak_range { OAK_RANGE_WHOLE, OAK_RANGE_PART, OAK_RANGE_NONE /* not satisfiable */ };
enum oak_range oak_serve_range(const char *header, int64_t size, int64_t *ret_from, int64_t *ret_length);

/* Does an If-None-Match or If-Match list ETAG (or "*")? WEAK ignores W/ (for If-None-Match). */
bool oak_serve_etag_listed(const char *header, const char *etag, bool weak);

/* What the conditions of a request mean for a file: 200, 206, 304, 412 or 416. NULL headers are absent. */
struct oak_serve_conditions {
	const char *if_match, *if_none_match, *if_modified_since, *if_unmodified_since, *if_range, *range;
};
struct oak_serve_answer {
	int status;
	int64_t from, length;
};
struct oak_serve_answer oak_serve_decide(const struct oak_serve_conditions *asked, const char *etag, int64_t mtime, int64_t size);

/* "Sun, 06 Nov 1994 08:49:37 GMT" both ways. */
enum { OAK_HTTP_DATE = 32 };
void oak_http_date_format(int64_t t, char ret[OAK_HTTP_DATE]);
bool oak_http_date_parse(const char *text, int64_t *ret);

struct oak_serve_options {
	const char *dir;
	const char *host; /* numeric address; NULL = 127.0.0.1 */
	int port;	  /* 0 = any free one */
	const char *tls_cert, *tls_key; /* PEM texts; NULL = plain HTTP */
	int connections, per_address;	/* most at once; 0 = 256 and 64 */
	int64_t head_s;			/* for a request's head, and of silence; 0 = 15 */
	int64_t slowest;		/* bytes a second that a reader must take; 0 = 1024 */
	const volatile int *stop;
	/* Called once, when it listens; and for each answer, one after the other. Both may be NULL. */
	void (*listening)(void *arg, int port);
	void (*log)(void *arg, const char *line);
	void *arg;
};

/* Serve until *STOP. Errors: serve.listen (IO, or INVALID: no such address), serve.tls (INVALID), module.*, file.*. */
int oak_serve_run(const struct oak_serve_options *options, struct oak_error *err) OAK_MUST_USE;

/* What module "serve" exports as "oak_serve_microhttpd". */
typedef int oak_serve_loop(const struct oak_serve_options *options, int dirfd, struct oak_error *err);

#endif
