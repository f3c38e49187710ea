/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fork, exec and a poll loop over the pipes until the child has ended. */
#include "core/exec.h"

#ifndef _WIN32
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"

enum { GRACE_MS = 5000, TICK_MS = 100, LINE_MAX_BYTES = 65536 };

struct run {
	const struct oak_exec *command;
	pid_t pid;
	int in, out, err; /* our ends; -1 = closed */
	int end;          /* readable once the child has ended (pidfd); -1 where the kernel has none: then a tick tells */
	size_t written;
	struct oak_buf line;
	int64_t deadline_ms, kill_ms; /* 0 = none */
	struct oak_exec_result result;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* In the child; never returns. The parent learns of a failure through the pipe STATUS. */
static void child(const struct oak_exec *command, int in, int out, int err, int status)
{
	setpgid(0, 0);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(command->log_fd > 0 ? command->log_fd : err, STDERR_FILENO);
	if (command->log_fd > 0 && !command->out && !command->on_line)
		dup2(command->log_fd, STDOUT_FILENO);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	errno = command->in_child ? command->in_child(command->hook_arg) : 0;
	bool ok = errno == 0;
	ok = ok && (!command->chroot || (chroot(command->chroot) == 0 && chdir("/") == 0));
	ok = ok && (!command->dir || chdir(command->dir) == 0);
	if (ok && command->env)
		execvpe(command->argv[0], (char *const *)(uintptr_t)command->argv,
			(char *const *)(uintptr_t)command->env);
	else if (ok)
		execvp(command->argv[0], (char *const *)(uintptr_t)command->argv);
	int number = errno;
	ssize_t ignored = write(status, &number, sizeof(number));
	(void)ignored;
	_exit(127);
}

static void emit_line(struct run *r)
{
	if (r->command->on_line)
		r->command->on_line(r->command->on_line_arg, oak_buf_text(&r->line));
	oak_buf_clear(&r->line);
}

static void split_lines(struct run *r, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\n')
			emit_line(r);
		else
			oak_buf_addc(&r->line, p[i]);
}

static void drain(struct run *r, int *fd, struct oak_buf *into, bool lines)
{
	char chunk[16384];
	ssize_t got = read(*fd, chunk, sizeof(chunk));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		close_end(fd);
		return;
	}
	if (into)
		oak_buf_add(into, chunk, (size_t)got);
	if (lines && r->command->on_line)
		split_lines(r, chunk, (size_t)got);
}

static void feed(struct run *r)
{
	const char *p = (const char *)r->command->input + r->written;
	ssize_t done = write(r->in, p, r->command->input_n - r->written);
	if (done > 0)
		r->written += (size_t)done;
	if ((done < 0 && errno != EAGAIN && errno != EINTR) || r->written == r->command->input_n)
		close_end(&r->in);
}

static void check_limits(struct run *r)
{
	int64_t now = now_ms();
	bool stop = r->command->stop && *r->command->stop;
	if (!r->kill_ms && ((r->deadline_ms && now >= r->deadline_ms) || stop)) {
		r->result.timed_out = !stop;
		r->result.stopped = stop;
		kill(-r->pid, SIGTERM);
		r->kill_ms = now + GRACE_MS;
	} else if (r->kill_ms && now >= r->kill_ms) {
		kill(-r->pid, SIGKILL);
	}
}

/* True once the child has ended; *ret_status as of waitpid. What it began and what outlives our limit ends with it: the group
 * is told while the child's id cannot be anybody else's yet. */
static bool has_ended(struct run *r, int *ret_status)
{
	siginfo_t info = {0};
	if (waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != r->pid)
		return false;
	if (r->kill_ms)
		kill(-r->pid, SIGKILL);
	return waitpid(r->pid, ret_status, 0) == r->pid;
}

/* Move bytes until both outputs are closed or the child is gone. */
static int pump(struct run *r, struct oak_error *err)
{
	int status = 0;
	bool ended = false;
	while (!ended || r->out >= 0 || r->err >= 0) {
		struct pollfd fds[] = {
			{r->in, POLLOUT, 0}, {r->out, POLLIN, 0}, {r->err, POLLIN, 0}, {ended ? -1 : r->end, POLLIN, 0},
			{r->command->watch && !ended ? *r->command->watch : -1, POLLIN, 0}};
		int ready = poll(fds, sizeof(fds) / sizeof(*fds), ended ? 0 : TICK_MS);
		if (ready > 0) {
			if (fds[0].revents)
				feed(r);
			if (fds[1].revents)
				drain(r, &r->out, r->command->out, true);
			if (fds[2].revents)
				drain(r, &r->err, r->command->err, false);
		} else if (ended) {
			break; /* a grandchild keeps the pipe open: what is there has been read */
		}
		check_limits(r);
		if (r->command->on_tick)
			r->command->on_tick(r->command->hook_arg);
		errno = 0;
		ended = ended || has_ended(r, &status);
		if (!ended && errno && errno != EINTR)
			return oak_fail_errno(err, "exec.wait", "cannot wait for '%s'", r->command->argv[0]);
	}
	r->result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	r->result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return 0;
}

static int start(struct run *r, struct oak_error *err)
{
	int in[2], out[2], errs[2], status[2];
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(errs, O_CLOEXEC) < 0 ||
	    pipe2(status, O_CLOEXEC) < 0)
		return oak_fail_errno(err, "exec.start", "cannot make a pipe");
	r->pid = fork();
	if (r->pid == 0)
		child(r->command, in[0], out[1], errs[1], status[1]);
	int number = 0;
	if (r->pid < 0)
		number = errno;
	close(in[0]);
	close(out[1]);
	close(errs[1]);
	close(status[1]);
	r->in = in[1];
	r->out = out[0];
	r->err = errs[0];
	if (r->pid > 0 && read(status[0], &number, sizeof(number)) <= 0)
		number = 0;
	close(status[0]);
	if (number == 0) {
		r->end = (int)syscall(SYS_pidfd_open, r->pid, 0);
		fcntl(r->in, F_SETFL, O_NONBLOCK);
		if (!r->command->input_n)
			close_end(&r->in);
		return 0;
	}
	if (r->pid > 0)
		waitpid(r->pid, NULL, 0);
	close_end(&r->in);
	close_end(&r->out);
	close_end(&r->err);
	errno = number;
	return oak_fail_errno(err, "exec.start", "cannot run '%s'", r->command->argv[0]);
}

const char *oak_exec_self(struct oak_arena *arena, struct oak_error *err)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n <= 0) {
		oak_fail_errno(err, "exec.start", "cannot find the running program");
		return NULL;
	}
	return oak_arena_strndup(arena, path, (size_t)n);
}

int oak_exec(const struct oak_exec *command, struct oak_exec_result *ret, struct oak_error *err)
{
	struct run r = {.command = command, .in = -1, .out = -1, .err = -1, .end = -1};
	oak_buf_init(&r.line, LINE_MAX_BYTES);
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGPIPE, &ignore, &before);
	int rc = start(&r, err);
	if (rc == 0) {
		r.deadline_ms = command->timeout_s ? now_ms() + command->timeout_s * 1000 : 0;
		rc = pump(&r, err);
		if (r.line.n)
			emit_line(&r);
	}
	close_end(&r.in);
	close_end(&r.out);
	close_end(&r.err);
	close_end(&r.end);
	oak_buf_done(&r.line);
	sigaction(SIGPIPE, &before, NULL);
	if (rc == 0)
		*ret = r.result;
	return rc;
}
#endif
