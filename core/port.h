/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The few names of POSIX that mingw lacks, or has for the narrow characters of an old code page and paths of at most 260
 * characters: here they take UTF-8 and paths of any length, and open files binary and not inherited. Included by the
 * compiler into every file of the Windows build (cmake/layers.cmake); a file that uses what only exists here elsewhere
 * (O_BINARY) includes it by name. */
#ifndef OAK_CORE_PORT_H
#define OAK_CORE_PORT_H

#ifdef _WIN32
#include <direct.h>
#include <dirent.h>
#include <fcntl.h>
#include <io.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define O_CLOEXEC O_NOINHERIT
#define O_NOFOLLOW 0x10000000 /* a link, junction or other reparse point at the end: ELOOP */
#define O_DIRECTORY 0x20000000
#define S_IFLNK 0xa000
#define S_ISLNK(mode) (((mode) & 0xf000) == S_IFLNK)
#define fsync _commit /* FlushFileBuffers */
#define fdatasync _commit
#define fseeko fseeko64 /* a file position of mingw's own has 32 bits */

/* memmem(3). */
void *oak_port_memmem(const void *hay, size_t hay_n, const void *needle, size_t needle_n);
#define memmem oak_port_memmem

/* What stat(2) says; st_dev and st_ino are the volume's serial number and the file's index. */
struct oak_port_stat {
	uint64_t st_dev, st_ino;
	unsigned st_mode, st_nlink, st_uid, st_gid;
	int64_t st_size, st_atime, st_mtime, st_ctime;
};
int oak_port_stat(const char *path, struct oak_port_stat *ret);
int oak_port_lstat(const char *path, struct oak_port_stat *ret); /* a link or junction is S_IFLNK */
int oak_port_fstat(int fd, struct oak_port_stat *ret);
#define stat oak_port_stat
#define lstat oak_port_lstat
#define fstat oak_port_fstat

int oak_port_open(const char *path, int flags, ...);
int oak_port_access(const char *path, int mode);
int oak_port_chmod(const char *path, int mode); /* who may what is the folder's matter: does nothing */
int oak_port_mkdir(const char *path, int mode); /* mode 0700: for the system, administrators and this user alone */
int oak_port_rmdir(const char *path);
int oak_port_unlink(const char *path);
int oak_port_rename(const char *from, const char *to); /* replaces TO at once, and is on the disk when it returns */
int oak_port_symlink(const char *to, const char *path); /* ENOSYS: what would be linked does not exist on Windows hosts */
FILE *oak_port_fopen(const char *path, const char *mode);
char *oak_port_getcwd(char *out, size_t size);
char *oak_port_realpath(const char *path, char *out); /* OUT NULL: to be freed */
char *oak_port_mkdtemp(char *pattern);
char *oak_port_getenv(const char *name);
#define open oak_port_open
#define access oak_port_access
#define chmod oak_port_chmod
#define mkdir oak_port_mkdir
#define rmdir oak_port_rmdir
#define unlink oak_port_unlink
#define rename oak_port_rename
#define symlink oak_port_symlink
#define fopen oak_port_fopen
#define getcwd oak_port_getcwd
#define realpath oak_port_realpath
#define mkdtemp oak_port_mkdtemp
#define getenv oak_port_getenv

/* A path for libraries that open files themselves: the same file, whatever its length. In a buffer to be freed. */
char *oak_port_native_path(const char *path);

/* Folders. */
struct oak_port_dirent {
	char d_name[1024];
};
struct oak_port_dir;
struct oak_port_dir *oak_port_opendir(const char *path);
struct oak_port_dirent *oak_port_readdir(struct oak_port_dir *dir);
int oak_port_closedir(struct oak_port_dir *dir);
#define DIR struct oak_port_dir
#define dirent oak_port_dirent
#define opendir oak_port_opendir
#define readdir oak_port_readdir
#define closedir oak_port_closedir
#else
#define O_BINARY 0
#endif

#endif
