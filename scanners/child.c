/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fork, run, wait with a deadline, and turn every end of the child into an answer or an error. */
#include "scanners/child.h"

#ifndef _WIN32
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/limit.h"

enum { TIMEOUT_S = 600, TICK_MS = 100, GRACE_MS = 2000 };
/* Address space, not memory: pages cost when touched. The second leaves room for the foreign library. */
static const size_t ARENA_MAX = (size_t)512 << 20;
static const size_t LIBRARY_MAX = (size_t)3 << 30;

/* First object in the arena: how the child tells that it ended well. */
struct letter {
	bool done;
	int result;
	size_t used;
	void *answer;
	struct oak_error err;
	char id[64];
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t seconds_of(const struct oak_scan_request *request)
{
	return request->timeout_s > 0 ? request->timeout_s : TIMEOUT_S;
}

static void prepare(const struct oak_scan_request *request, pid_t parent)
{
	static const int defaults[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD};
	setpgid(0, 0);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
#endif
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		signal(defaults[i], SIG_DFL);
	oak_limit(RLIMIT_CORE, 0);
	oak_limit(RLIMIT_CPU, (uint64_t)seconds_of(request) + 60);
	if (!OAK_SANITIZED)
		oak_limit(RLIMIT_AS, ARENA_MAX + LIBRARY_MAX);
	/* what a foreign library prints is not ours to show */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	oak_child_confine(request);
}

static void run_child(const struct oak_child_work *work, struct oak_arena *arena, struct letter *letter)
{
	void *answer = NULL;
	struct oak_error err = {.kind = OAK_OK};
	letter->result = work->run(work->arg, arena, &answer, &err);
	letter->answer = answer;
	letter->err = err;
	snprintf(letter->id, sizeof(letter->id), "%s", err.id ? err.id : "");
	letter->used = oak_arena_used(arena);
	letter->done = true;
}

struct wait {
	pid_t pid;
	int pipe; /* its other end closes when the child ends */
	const struct oak_scan_request *request;
	bool timed_out, stopped;
	int status;
};

/* The pipe tells the end; poll wakes up regularly for the deadline and for a stop request. */
static void wait_end(struct wait *w)
{
	int64_t deadline = now_ms() + seconds_of(w->request) * 1000, kill_at = 0;
	for (;;) {
		struct pollfd fd = {w->pipe, POLLIN, 0};
		if (poll(&fd, 1, TICK_MS) > 0 && fd.revents)
			break;
		if (w->request->on_tick)
			w->request->on_tick(w->request->tick_arg);
		bool stop = w->request->stop && *w->request->stop;
		if (!kill_at && (stop || now_ms() >= deadline)) {
			w->stopped = stop;
			w->timed_out = !stop;
			kill(-w->pid, SIGTERM);
			kill_at = now_ms() + GRACE_MS;
		} else if (kill_at && now_ms() >= kill_at) {
			kill(-w->pid, SIGKILL);
		}
	}
	while (waitpid(w->pid, &w->status, 0) < 0 && errno == EINTR)
		;
	kill(-w->pid, SIGKILL); /* helpers that it may have left behind; its number is not reused while they live */
}

/* The child's error ids are texts in memory that goes away; ids are promised to be static. */
static const char *static_id(const char *id)
{
	static char known[32][64];
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!known[i][0])
			snprintf(known[i], sizeof(known[i]), "%.63s", id);
		if (strcmp(known[i], id) == 0)
			return known[i];
	}
	return "scan.failed";
}

static int child_error(const struct letter *letter, struct oak_error *err)
{
	char id[sizeof(letter->id)];
	memcpy(id, letter->id, sizeof(id));
	id[sizeof(id) - 1] = '\0';
	if (!err)
		return -1;
	*err = letter->err;
	bool known = (unsigned)err->kind < OAK_ERROR_KIND_COUNT && err->kind != OAK_OK;
	err->kind = known ? err->kind : OAK_BUG;
	err->cause[sizeof(err->cause) - 1] = err->trail[sizeof(err->trail) - 1] = '\0';
	err->id = static_id(id[0] ? id : "scan.failed");
	return -1;
}

static int judge(const struct wait *w, const struct letter *letter, struct oak_error *err)
{
	if (w->stopped)
		return oak_fail(err, OAK_INTERRUPTED, "scan.interrupted", 0, "interrupted while examining '%s'",
				w->request->root);
	if (w->timed_out)
		return oak_fail(err, OAK_TRANSIENT, "scan.timeout", 0,
				"examining '%s' took longer than %lld s (try again, or see what is slow with -v)",
				w->request->root, (long long)seconds_of(w->request));
	if (!letter->done && WIFSIGNALED(w->status))
		return oak_fail(err, OAK_IO, "scan.crashed", WTERMSIG(w->status),
				"the package manager's library crashed while examining '%s': signal %d, %s", w->request->root,
				WTERMSIG(w->status), strsignal(WTERMSIG(w->status)));
	if (!letter->done)
		return oak_fail(err, OAK_IO, "scan.crashed", 0, "the package manager's library ended the scan of '%s'",
				w->request->root);
	return letter->result < 0 ? child_error(letter, err) : 0;
}

static int spawn(const struct oak_child_work *work, struct oak_arena *arena, struct letter *letter, struct wait *w,
		 struct oak_error *err)
{
	int ends[2];
	pid_t parent = getpid();
	if (pipe2(ends, O_CLOEXEC) < 0)
		return oak_fail_errno(err, "scan.fork", "cannot make a pipe");
	w->pid = fork();
	if (w->pid == 0) {
		close(ends[0]);
		prepare(work->request, parent);
		run_child(work, arena, letter);
		_exit(0);
	}
	int number = errno;
	close(ends[1]);
	w->pipe = ends[0];
	errno = number;
	if (w->pid > 0)
		return 0;
	oak_fail_errno(err, "scan.fork", "cannot start a process for the scan");
	close(ends[0]);
	return -1;
}

int oak_child_run(const struct oak_child_work *work, struct oak_arena **ret_arena, void **ret_answer,
		  struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new_shared(ARENA_MAX);
	struct letter *letter = OAK_NEW(arena, struct letter);
	struct wait w = {.request = work->request};
	if (spawn(work, arena, letter, &w, err) < 0)
		return -1;
	setpgid(w.pid, w.pid);
	if (work->meanwhile)
		work->meanwhile(work->arg);
	wait_end(&w);
	close(w.pipe);
	if (judge(&w, letter, err) < 0)
		return -1;
	if (oak_arena_adopt(arena, letter->used) < 0)
		return oak_fail(err, OAK_BUG, "scan.bad-answer", 0,
				"the backend's answer has an impossible size (a fault in the backend: report it)");
	*ret_answer = letter->answer;
	*ret_arena = oak_steal(&arena);
	return 0;
}
#endif
