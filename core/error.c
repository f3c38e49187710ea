/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting, prefixing and printing of struct oak_error. */
#include "core/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int exit;
} kinds[OAK_ERROR_KIND_COUNT] = {
	[OAK_OK] = {"OK", 0},
	[OAK_NOT_FOUND] = {"NOT_FOUND", 1},
	[OAK_CONFLICT] = {"CONFLICT", 1},
	[OAK_DENIED] = {"DENIED", 1},
	[OAK_UNTRUSTED] = {"UNTRUSTED", 5},
	[OAK_TRANSIENT] = {"TRANSIENT", 75},
	[OAK_INVALID] = {"INVALID", 2},
	[OAK_IO] = {"IO", 1},
	[OAK_UNSUPPORTED] = {"UNSUPPORTED", 1},
	[OAK_INTERRUPTED] = {"INTERRUPTED", 130},
	[OAK_BUG] = {"BUG", 1},
};

static void clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void set(struct oak_error *err, enum oak_error_kind kind, const char *id, int sys)
{
	err->kind = kind;
	err->id = id;
	err->sys = sys;
	err->trail[0] = '\0';
}

int oak_fail(struct oak_error *err, enum oak_error_kind kind, const char *id, int sys, const char *fmt, ...)
{
	if (!err)
		return -1;
	set(err, kind, id, sys);
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->cause, sizeof(err->cause), fmt, args);
	va_end(args);
	clean(err->cause);
	return -1;
}

static enum oak_error_kind kind_of_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return OAK_NOT_FOUND;
	case EEXIST:
		return OAK_CONFLICT;
	case EACCES:
	case EPERM:
	case EROFS:
		return OAK_DENIED;
	case EAGAIN:
	case EBUSY:
	case ETIMEDOUT:
		return OAK_TRANSIENT;
	case EINTR:
		return OAK_INTERRUPTED;
	default:
		return OAK_IO;
	}
}

int oak_fail_errno(struct oak_error *err, const char *id, const char *fmt, ...)
{
	int number = errno;
	if (!err)
		return -1;
	set(err, kind_of_errno(number), id, number);
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(err->cause, sizeof(err->cause), fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(err->cause))
		snprintf(err->cause + n, sizeof(err->cause) - (size_t)n, ": %s", strerror(number));
	clean(err->cause);
	return -1;
}

int oak_context(struct oak_error *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	char prefixed[sizeof(err->trail)];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(prefixed, sizeof(prefixed), fmt, args);
	va_end(args);
	size_t used = n < 0 ? 0 : (size_t)n < sizeof(prefixed) ? (size_t)n : sizeof(prefixed) - 1;
	snprintf(prefixed + used, sizeof(prefixed) - used, ": %s", err->trail);
	memcpy(err->trail, prefixed, sizeof(prefixed));
	clean(err->trail);
	return -1;
}

const char *oak_error_text(const struct oak_error *err, char *out, size_t size)
{
	snprintf(out, size, "%s%s", err->trail, err->cause);
	return out;
}

int oak_error_exit(const struct oak_error *err)
{
	return kinds[err->kind].exit;
}

const char *oak_error_kind_to_string(enum oak_error_kind kind)
{
	return kinds[kind].name;
}
