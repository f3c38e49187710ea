/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending one body to a server by HTTP POST, and knowing afterwards whether the server may have seen it. */
#ifndef OAK_CORE_POST_H
#define OAK_CORE_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

struct oak_post {
	const char *url;            /* http or https */
	const char *const *headers; /* "Name: value", NULL-terminated; NULL = none */
	const void *body;
	size_t n;
	int64_t timeout_s;            /* of the whole; 0 = 30 */
	const char *proxy, *ca_file;  /* NULL = as the environment, the system say */
	struct oak_buf *answer;       /* its first bytes, for messages; NULL = not wanted */
	const volatile int *stop;     /* non-zero ends it */

	int status;   /* of HTTP; 0 = there was no answer */
	bool reached; /* bytes of the request left: without an answer nobody knows what became of it */
};

/* 0 when there is an answer, whatever its status; redirections are answers and not followed.
 * Errors: post.unreachable post.timeout post.cut (TRANSIENT), post.tls (UNTRUSTED), post.url (INVALID), post.failed (IO),
 * post.interrupted; module.missing. */
int oak_http_post(struct oak_post *post, struct oak_error *err) OAK_MUST_USE;

/* What module "net" exports as "oak_http_post_curl". */
typedef int oak_http_poster(struct oak_post *post, struct oak_error *err);

#endif
