/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashing files against what a manifest says of them: in a stream, several at the same time. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hash.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/verify.h"

enum { BLOCK = 1024 * 1024, THREADS_MAX = 16 };

static int wrong(const char *name, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "package.hash", 0, "'%s' is not the file that its manifest lists: it has another %s", name, why);
}

static int hash_fd(int fd, const char *name, int64_t size, char ret_hex[OAK_SHA256_TEXT], struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	OAK_AUTO(oak_hasher_free_p) struct oak_hasher *hasher = oak_sha256_new();
	unsigned char digest[OAK_SHA256_SIZE];
	int64_t total = 0;
	for (;;) {
		ssize_t got = read(fd, block, BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return oak_fail_errno(err, "file.read", "cannot read '%s'", name);
		if (got == 0)
			break;
		total += got;
		if (size >= 0 && total > size)
			return wrong(name, "size", err);
		oak_hasher_add(hasher, block, (size_t)got);
	}
	if (size >= 0 && total != size)
		return wrong(name, "size", err);
	oak_hasher_end(oak_steal(&hasher), digest);
	oak_hex(digest, sizeof(digest), ret_hex);
	return 0;
}

int oak_verify_fd(int fd, const char *name, const char *sha256, int64_t size, struct oak_error *err)
{
	char hex[OAK_SHA256_TEXT];
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && size >= 0 && st.st_size != size)
		return wrong(name, "size", err);
#ifdef POSIX_FADV_SEQUENTIAL
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
	if (lseek(fd, 0, SEEK_SET) < 0)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", name);
	if (hash_fd(fd, name, size, hex, err) < 0)
		return -1;
	if (!oak_strcaseeq(hex, sha256))
		return wrong(name, "hash", err);
	return lseek(fd, 0, SEEK_SET) < 0 ? oak_fail_errno(err, "file.read", "cannot read '%s'", name) : 0;
}

static int verify_path(const struct oak_verify_file *file, struct oak_error *err)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (fd < 0 && errno == ENOENT)
		return oak_fail(err, OAK_UNTRUSTED, "package.missing", 0, "'%s' is missing, but its manifest lists it", file->path);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", file->path);
	int result = oak_verify_fd(fd, file->path, file->sha256, file->size, err);
	close(fd);
	return result;
}

/* Threads take the next file until there is none. */
struct work {
	pthread_mutex_t lock;
	const struct oak_verify_file *files;
	size_t n, next, failed; /* failed = the first in order, n = none */
	struct oak_error error;
};

static void *worker(void *arg)
{
	struct work *work = arg;
	for (;;) {
		struct oak_error err = {0};
		pthread_mutex_lock(&work->lock);
		size_t i = work->next++;
		pthread_mutex_unlock(&work->lock);
		if (i >= work->n)
			return NULL;
		if (verify_path(&work->files[i], &err) == 0)
			continue;
		pthread_mutex_lock(&work->lock);
		if (i < work->failed) {
			work->failed = i;
			work->error = err;
		}
		work->next = work->n; /* one is enough */
		pthread_mutex_unlock(&work->lock);
	}
}

int oak_verify_files(const struct oak_verify_file *files, size_t n, size_t threads, struct oak_error *err)
{
	struct work work = {.files = files, .n = n, .failed = n};
	pthread_t ids[THREADS_MAX];
	size_t started = 0;
	pthread_mutex_init(&work.lock, NULL);
	if (threads > n)
		threads = n;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	while (started + 1 < threads && pthread_create(&ids[started], NULL, worker, &work) == 0)
		started++;
	worker(&work);
	for (size_t i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	pthread_mutex_destroy(&work.lock);
	if (work.failed == n)
		return 0;
	if (err)
		*err = work.error;
	return -1;
}
