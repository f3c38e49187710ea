/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel locks on a file: gone with the process that held them, so never aged or stale. */
#ifndef OAK_CORE_LOCK_H
#define OAK_CORE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

/* Take the exclusive flock(2) of PATH (made with mode 0600 if absent, never removed), waiting up to WAIT_S seconds.
 * *ret_fd keeps it; oak_lock_release or the end of the process lets go. Children do not inherit it.
 * The holder's pid is written into the file, for messages only.
 * Errors: lock.held (TRANSIENT: names the holder), lock.open, lock.interrupted (when *STOP became non-zero). */
int oak_lock_take(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
	OAK_MUST_USE;

/* Wait for the exclusive lock of an open file; it is gone when the file is closed. -1 with errno. */
int oak_lock_file(int fd) OAK_MUST_USE;

/* NULL-safe for OAK_AUTO: releases when *fd >= 0 and sets it to -1. */
void oak_lock_release(int *fd);

/* Wait until nobody holds the fcntl(2) write lock of PATH (dpkg's and apt's kind), up to WAIT_S seconds. An absent
 * file is not held. Nothing is written, nothing stays locked. Errors: lock.held (TRANSIENT). */
int oak_lock_wait_fcntl(const char *path, int64_t wait_s, const volatile int *stop, struct oak_error *err)
	OAK_MUST_USE;

/* The same, and keep it: *ret_fd, to be released. An absent file is not locked: *ret_fd stays. Errors: lock.held. */
int oak_lock_take_fcntl(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
	OAK_MUST_USE;

#endif
