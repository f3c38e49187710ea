/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetching: many transfers at once over http, https and file, behind one vtable so that the fetcher is a parameter. */
#ifndef OAK_CORE_HTTP_H
#define OAK_CORE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/mem.h"

/* The way to one address, where it differs from what the fetcher's options say. Strings are borrowed. */
struct oak_http_access {
	const char *proxy;           /* may carry a login; "" = none, whatever the environment says; NULL = as the options say */
	const char *user, *password; /* of the server; shown to no other host. NULL = none */
	const char *ca_file, *client_cert, *client_key; /* NULL = as the options say; no key = it is in CLIENT_CERT */
};

/* One thing to fetch: inputs first, then what became of it. Zero-initialise; strings are borrowed. */
struct oak_transfer {
	const char *url;
	/* Where it goes: a file (written as TO.part, synced and renamed when whole), or, with TO NULL, appended to BODY. */
	const char *to;
	struct oak_buf *body;
	bool resume;            /* go on with a TO.part that an earlier call left; the caller checks the whole by its hash */
	int64_t offset, length; /* only these bytes; LENGTH 0 = to the end. Not together with resume */
	int64_t max_bytes;      /* more is refused (http.too-large); required: 0 is a bug of the caller */
	bool refuse_html;       /* a page is no answer: captive portals, error pages with status 200 */
	bool decode;            /* take it packed (gzip, deflate) and unpack it; MAX_BYTES is of the unpacked; begun anew where cut off */
	const char *if_etag;    /* ask for it only if it is not this one any more; then unchanged = true and nothing written */

	const struct oak_http_access *access; /* NULL = as the options say */
	int64_t slow_bytes_s, slow_s, total_s; /* 0 = as the options say */

	struct oak_error err;   /* kind OAK_OK = done */
	int status;             /* of HTTP, 0 = none */
	int64_t received;       /* bytes on the wire in this call */
	int64_t size;           /* of the whole thing at the server, -1 = not known */
	bool unchanged;
	char etag[128];         /* "" = none */
	void *user;             /* the caller's own */
};

/* Errors in a transfer: http.offline http.unreachable http.timeout http.cut (TRANSIENT), http.tls (UNTRUSTED),
 * http.status (NOT_FOUND, DENIED, TRANSIENT or INVALID by the status in sys), http.too-large http.redirects http.html
 * http.url (INVALID), http.range (UNSUPPORTED: the server cannot give a part), http.failed (IO), http.interrupted. */
struct oak_fetcher {
	/* Fetch all N, each with its own outcome; DONE (may be NULL) is called as each one ends. -1 only when nothing could
	 * be tried at all. */
	int (*fetch)(struct oak_fetcher *fetcher, struct oak_transfer *transfers, size_t n,
		     void (*done)(void *arg, const struct oak_transfer *transfer), void *arg, struct oak_error *err);
	void (*free)(struct oak_fetcher *fetcher);
};

struct oak_http_options {
	bool offline;             /* --no-network: only file:// */
	int64_t connect_s;        /* 0 = 15 */
	int64_t slow_bytes_s;     /* fewer bytes a second than this … 0 = 128 */
	int64_t slow_s;           /* … for this long end a transfer; 0 = 30 */
	int64_t total_s;          /* of one transfer; 0 = none */
	int64_t max_rate;         /* bytes a second of one transfer; 0 = as fast as it goes */
	int tries;                /* of one transfer; each goes on where the last one was cut off; 0 = 3 */
	int parallel, per_host;   /* connections; 0 = 16 and 4 */
	const char *proxy;        /* NULL = as the environment says */
	const char *ca_file;      /* NULL = the system's */
	const char *client_cert, *client_key; /* PEM files; NULL = none */
	const char *user_agent;   /* NULL = "oakum/VERSION" */
	const volatile int *stop; /* non-zero ends everything with http.interrupted; NULL = none */
};

/* A fetcher on libcurl, from module "net". Strings of OPTIONS are borrowed until it is freed. NULL on failure.
 * Errors: module.missing, module.broken, http.failed. */
struct oak_fetcher *oak_http_new(const struct oak_http_options *options, struct oak_error *err);
void oak_fetcher_free(struct oak_fetcher *fetcher); /* NULL accepted */
OAK_DEFINE_AUTO(oak_fetcher_free, struct oak_fetcher *);

/* One transfer; its error becomes ERR. */
int oak_fetch_one(struct oak_fetcher *fetcher, struct oak_transfer *transfer, struct oak_error *err) OAK_MUST_USE;

/* What module "net" exports as "oak_http_curl". */
typedef struct oak_fetcher *oak_http_make(const struct oak_http_options *options, struct oak_error *err);

#endif
