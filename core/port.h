/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The few names that POSIX has and mingw's headers do not, with the same meaning. Empty elsewhere. */
#ifndef OAK_CORE_PORT_H
#define OAK_CORE_PORT_H

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <stddef.h>
#include <stdlib.h>

#define O_CLOEXEC O_NOINHERIT
#define O_NOFOLLOW 0
#define O_DIRECTORY 0
#define fsync _commit
#define fdatasync _commit

/* memmem(3). */
void *oak_port_memmem(const void *hay, size_t hay_n, const void *needle, size_t needle_n);
#define memmem oak_port_memmem

/* There are no symbolic links that our code would meet. */
#define lstat stat

/* realpath(3) with a NULL second argument; mkdtemp(3). */
#define realpath(path, out) _fullpath((out), (path), 0)
char *oak_port_mkdtemp(char *pattern);
#define mkdtemp oak_port_mkdtemp
#else
#define O_BINARY 0
#endif

#endif
