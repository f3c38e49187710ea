/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fork, and an error through a pipe: a plain value whose strings are in it or constants of the program. */
#include "distributor/patch/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct answer {
	int rc;
	struct oak_error err;
};

/* In the copy: it must not hold our locks when we are gone, nor outlive us. */
static void keep_only(int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd > 3)
		close_range(3, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0U, 0);
}

int oak_aside_start(struct oak_aside *aside, int (*work)(void *arg, struct oak_error *err), void *arg, struct oak_error *err)
{
	int pair[2];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return oak_fail_errno(err, "exec.start", "cannot make a pipe");
	pid_t pid = fork();
	if (pid == 0) {
		struct answer answer = {0};
		keep_only(pair[1]);
		answer.rc = work(arg, &answer.err);
		ssize_t wrote = write(pair[1], &answer, sizeof(answer));
		_exit(wrote == (ssize_t)sizeof(answer) ? 0 : 1);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return oak_fail_errno(err, "exec.start", "cannot make a process");
	}
	aside->busy = true;
	aside->pid = pid;
	aside->fd = pair[0];
	return 0;
}

int oak_aside_wait(struct oak_aside *aside, struct oak_error *err)
{
	struct answer answer;
	if (!aside->busy)
		return 0;
	ssize_t got;
	do
		got = read(aside->fd, &answer, sizeof(answer));
	while (got < 0 && errno == EINTR);
	close(aside->fd);
	while (waitpid((pid_t)aside->pid, NULL, 0) < 0 && errno == EINTR)
		;
	aside->busy = false;
	if (got != (ssize_t)sizeof(answer))
		return oak_fail(err, OAK_IO, "exec.wait", 0, "a process of ours ended before its work was done");
	if (answer.rc < 0)
		*err = answer.err;
	return answer.rc;
}

void oak_aside_end(struct oak_aside *aside)
{
	struct oak_error unused = {0};
	if (aside->busy)
		kill((pid_t)aside->pid, SIGTERM);
	if (oak_aside_wait(aside, &unused) < 0)
		return;
}
