/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits that a child process sets itself before it reads what it does not trust. Not on Windows. */
#ifndef OAK_CORE_LIMIT_H
#define OAK_CORE_LIMIT_H

#include <stdint.h>

/* 1 in a build with a sanitizer, whose own memory and system calls a limit on them would break. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OAK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define OAK_SANITIZED 1
#endif
#endif
#ifndef OAK_SANITIZED
#define OAK_SANITIZED 0
#endif

/* At most MOST of WHAT (RLIMIT_CPU, RLIMIT_AS …) from now on, for good; a tighter limit stays. */
void oak_limit(int what, uint64_t most);

#endif
