/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flock: it belongs to the open file, so the package manager keeps it when we are killed, and the kernel lets go when that ends. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "distributor/patch/manager.h"
#include "distributor/patch/tool.h"

enum { PID_MAX = 32 };

static const char *path_of(struct oak_arena *arena, const char *run_dir)
{
	return oak_arena_printf(arena, "%s/manager.lock", run_dir);
}

int oak_manager_hold(const char *run_dir)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	int low = open(path_of(arena, run_dir), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, OAK_TOOL_STATUS_FD + 1); /* away from the numbers that the child gets */
	if (low >= 0)
		close(low);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void oak_manager_enter(int fd)
{
	char text[PID_MAX];
	size_t at = sizeof(text);
	text[--at] = '\n';
	for (long pid = (long)getpid(); pid > 0; pid /= 10)
		text[--at] = (char)('0' + pid % 10);
	ssize_t done = ftruncate(fd, 0) == 0 ? pwrite(fd, text + at, sizeof(text) - at, 0) : 0;
	(void)done; /* for messages only */
	dup2(fd, OAK_TOOL_LOCK_FD);
}

void oak_manager_release(int fd)
{
	if (fd < 0)
		return;
	flock(fd, LOCK_UN); /* a service that a script started may have inherited it */
	close(fd);
}

bool oak_manager_works(const struct oak_patch_host *host)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	int fd = open(path_of(arena, host->run_dir), O_RDWR | O_CLOEXEC);
	bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
	if (fd >= 0)
		close(fd);
	return held;
}

int oak_manager_wait(const struct oak_patch_host *host, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_lock_release) int fd = -1;
	const char *path = path_of(arena, host->run_dir);
	struct oak_error failure = {0};
	if (!oak_fs_exists(path) || oak_lock_take(path, host->lock_wait_s, host->stop, &fd, &failure) == 0)
		return 0;
	*err = failure;
	if (!oak_streq(failure.id, "lock.held"))
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, PID_MAX);
	long pid = oak_fs_read(path, &text, NULL) < 0 ? 0 : strtol(oak_buf_text(&text), NULL, 10);
	return oak_fail(err, OAK_TRANSIENT, "lock.held", 0,
			"the package manager that an interrupted run began is still at work, process %ld (try again when it has ended, or wait "
			"longer with --wait-lock)",
			pid);
}
