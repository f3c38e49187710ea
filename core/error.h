/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors: what could not be done, as a plain value that the caller owns. */
#ifndef OAK_CORE_ERROR_H
#define OAK_CORE_ERROR_H

#include <stddef.h>

#if defined(_WIN32) /* mingw's own printf knows %zu and %lld */
#define OAK_PRINTF(fmt, args) __attribute__((format(__gnu_printf__, fmt, args)))
#define OAK_MUST_USE __attribute__((warn_unused_result))
#elif defined(__GNUC__)
#define OAK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define OAK_MUST_USE __attribute__((warn_unused_result))
#else
#define OAK_PRINTF(fmt, args)
#define OAK_MUST_USE
#endif

/* What a caller may decide on. The exit code of a command follows from it (oak_error_exit). */
enum oak_error_kind {
	OAK_OK,          /* no error */
	OAK_NOT_FOUND,   /* the thing asked for does not exist */
	OAK_CONFLICT,    /* it exists already, or contradicts something */
	OAK_DENIED,      /* rights */
	OAK_UNTRUSTED,   /* signature, hash, expiry, ownership */
	OAK_TRANSIENT,   /* the same call may succeed later */
	OAK_INVALID,     /* bad input or usage */
	OAK_IO,          /* disk, pipe, network, foreign library */
	OAK_UNSUPPORTED, /* valid, but not here */
	OAK_INTERRUPTED, /* a signal asked us to stop */
	OAK_BUG,         /* an invariant of ours does not hold */
	OAK_ERROR_KIND_COUNT
};

/* Plain value on the caller's stack; nothing to free. Zero-initialised means "no error". */
struct oak_error {
	enum oak_error_kind kind;
	const char *id;  /* "baseline.rule-days": stable, static storage, documented in docs/errors.md */
	int sys;         /* errno, HRESULT or HTTP status; 0 if none */
	char cause[512]; /* set once, by the function that failed */
	char trail[512]; /* prefixed on the way up */
};

/* Set ERR (may be NULL) and return -1. The text is lower case, what went wrong first, subject in
 * single quotes, then what to do in brackets. Bytes below 0x20 in it are replaced by '?'. */
int oak_fail(struct oak_error *err, enum oak_error_kind kind, const char *id, int sys, const char *fmt, ...)
	OAK_PRINTF(5, 6);

/* As oak_fail for a system call: appends ": <strerror(errno)>", chooses the kind from errno. */
int oak_fail_errno(struct oak_error *err, const char *id, const char *fmt, ...) OAK_PRINTF(3, 4);

/* Prefix the trail of an error already set ("baseline 'x': ") and return -1. */
int oak_context(struct oak_error *err, const char *fmt, ...) OAK_PRINTF(2, 3);

/* Whole message "trail: cause" into OUT (always terminated); returns OUT. */
const char *oak_error_text(const struct oak_error *err, char *out, size_t size);

/* Exit code of a command that ends with this error: 1, 2, 5, 75 or 130 (CLI.md). */
int oak_error_exit(const struct oak_error *err);

const char *oak_error_kind_to_string(enum oak_error_kind kind);

#endif
