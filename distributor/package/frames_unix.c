/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fork, give up rights, parse, send; and the reading side, which believes nothing. */
#include "distributor/package/frames_unix.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "core/fault.h"
#include "distributor/package/jail.h"

enum { FRAME_JAIL = 1, FRAME_ENTRY, FRAME_DATA, FRAME_END, FRAME_ERROR };
enum { DATA_MAX = 1024 * 1024, NAME_MAX_BYTES = 64 * 1024, PIPE_BYTES = 1024 * 1024, TICK_MS = 200 };

struct frame {
	uint32_t kind, n; /* n bytes follow */
};
struct wire_entry {
	uint32_t kind, mode, extras, name_n, target_n; /* the two texts follow */
	int64_t size;
};
struct wire_error {
	uint32_t kind;
	char id[48], cause[sizeof(((struct oak_error *)0)->cause)];
};

struct oak_frames {
	pid_t pid;
	int fd;
	char *buf; /* DATA_MAX + 1 */
};

/* ------------------------------------------------------------------------------------------- the child */

static void send_all(int fd, struct iovec *iov, int n)
{
	while (n > 0) {
		ssize_t wrote = writev(fd, iov, n);
		if (wrote < 0 && errno != EINTR)
			_exit(1); /* nobody listens any more */
		for (size_t left = wrote > 0 ? (size_t)wrote : 0; n > 0 && (left > 0 || iov->iov_len == 0);) {
			size_t take = left < iov->iov_len ? left : iov->iov_len;
			iov->iov_base = (char *)iov->iov_base + take;
			iov->iov_len -= take;
			left -= take;
			if (iov->iov_len == 0) {
				iov++;
				n--;
			}
		}
	}
}

static struct iovec bytes(const void *p, size_t n)
{
	return (struct iovec){(void *)(uintptr_t)p, n};
}

static void send_frame(int fd, uint32_t kind, const void *p, size_t n)
{
	struct frame frame = {kind, (uint32_t)n};
	struct iovec iov[] = {bytes(&frame, sizeof(frame)), bytes(p, n)};
	send_all(fd, iov, 2);
}

static int send_entry(void *arg, const struct oak_unpack_header *h, struct oak_error *err)
{
	struct wire_entry e = {.kind = h->kind, .mode = h->mode, .extras = h->extras, .size = h->size};
	size_t name_n = strlen(h->name), target_n = h->target ? strlen(h->target) : 0;
	if (name_n > NAME_MAX_BYTES || target_n > NAME_MAX_BYTES)
		return oak_fail(err, OAK_INVALID, "archive.name", 0, "an entry has a name of %zu bytes (E_NAME)", name_n);
	e.name_n = (uint32_t)name_n;
	e.target_n = (uint32_t)target_n;
	struct frame frame = {FRAME_ENTRY, (uint32_t)(sizeof(e) + name_n + target_n)};
	struct iovec iov[] = {bytes(&frame, sizeof(frame)), bytes(&e, sizeof(e)), bytes(h->name, name_n), bytes(h->target, target_n)};
	send_all(*(int *)arg, iov, 4);
	return 0;
}

static int send_data(void *arg, const void *p, size_t n, struct oak_error *err)
{
	(void)err;
	for (size_t at = 0; at < n; at += DATA_MAX)
		send_frame(*(int *)arg, FRAME_DATA, (const char *)p + at, n - at < DATA_MAX ? n - at : DATA_MAX);
	return 0;
}

static void send_error(int fd, const struct oak_error *err)
{
	struct wire_error w = {.kind = err->kind};
	snprintf(w.id, sizeof(w.id), "%s", err->id);
	snprintf(w.cause, sizeof(w.cause), "%s", err->cause);
	send_frame(fd, FRAME_ERROR, &w, sizeof(w));
}

static void child(const struct oak_extract *job, const struct oak_walk_tools *tools, bool data, int out, pid_t parent)
{
	static const int defaults[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD};
	struct oak_error err = {.kind = OAK_OK};
	const struct oak_unpack_visitor visitor = {send_entry, data ? send_data : NULL, &out};
	setpgid(0, 0);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent)
		_exit(1);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		signal(defaults[i], i < 2 ? SIG_IGN : SIG_DFL); /* the parent decides when to stop */
	if (!setlocale(LC_CTYPE, "C.UTF-8")) /* libarchive turns names into the locale's letters */
		setlocale(LC_CTYPE, "en_US.UTF-8");
	uint32_t jail = oak_jail_enter();
	send_frame(out, FRAME_JAIL, &jail, sizeof(jail));
	int rc = oak_walk(tools, job->fd, job->subject, job->container, &visitor, &err);
	if (rc < 0)
		send_error(out, &err);
	else
		send_frame(out, FRAME_END, NULL, 0);
	_exit(0);
}

int oak_frames_open(const struct oak_extract *job, bool data, struct oak_frames **ret, struct oak_error *err)
{
	struct oak_walk_tools tools;
	oak_unicode_fold_run *fold;
	int ends[2];
	pid_t parent = getpid();
	if (oak_walk_tools_open(&tools, &fold, err) < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return oak_fail_errno(err, "package.unpack", "cannot make a pipe");
#ifdef F_SETPIPE_SZ
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
#endif
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(job, &tools, data, ends[1], parent);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return oak_fail_errno(err, "package.unpack", "cannot start a process to unpack '%s'", job->subject);
	}
	struct oak_frames *f = oak_alloc_zero(1, sizeof(*f));
	*f = (struct oak_frames){pid, ends[0], oak_alloc(DATA_MAX + 1)};
	*ret = f;
	return 0;
}

void oak_frames_close(struct oak_frames *f)
{
	if (!f)
		return;
	close(f->fd);
	kill(f->pid, SIGKILL);
	while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(f->buf);
	free(f);
}

/* ------------------------------------------------------------------------------------------- the reading side */

static int nonsense(struct oak_error *err)
{
	return oak_fail(err, OAK_IO, "package.unpack", 0, "the process that unpacks died, or sent nonsense (E_BROKEN)");
}

static int receive(struct oak_frames *f, void *to, size_t n, const volatile int *stop, struct oak_error *err)
{
	for (size_t done = 0; done < n;) {
		struct pollfd p = {f->fd, POLLIN, 0};
		if (stop && *stop)
			return oak_fail(err, OAK_INTERRUPTED, "package.interrupted", 0, "interrupted");
		if (poll(&p, 1, TICK_MS) <= 0)
			continue;
		ssize_t got = read(f->fd, (char *)to + done, n - done);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return nonsense(err);
		done += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

/* Ids are texts of our own program: the child's is only looked up. */
static const char *known_id(const char *id)
{
	static const char *const ids[] = {"archive.truncated", "archive.broken", "archive.unsupported", "archive.size", "archive.mismatch",
					  "archive.overlap",   "archive.count",	 "archive.name",	"file.read"};
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (strcmp(ids[i], id) == 0)
			return ids[i];
	return "archive.broken";
}

static int childs_error(const struct oak_frames *f, size_t n, struct oak_error *err)
{
	struct wire_error w;
	if (n != sizeof(w))
		return nonsense(err);
	memcpy(&w, f->buf, sizeof(w));
	w.id[sizeof(w.id) - 1] = w.cause[sizeof(w.cause) - 1] = '\0';
	return oak_fail(err, w.kind == OAK_IO ? OAK_IO : OAK_INVALID, known_id(w.id), 0, "%s", w.cause);
}

static int pass_entry(struct oak_frames *f, size_t n, const struct oak_unpack_visitor *v, struct oak_error *err)
{
	struct wire_entry e;
	if (n < sizeof(e))
		return nonsense(err);
	memcpy(&e, f->buf, sizeof(e));
	if (e.kind >= OAK_UNPACK_KIND_COUNT || e.name_n > NAME_MAX_BYTES || e.target_n > NAME_MAX_BYTES || n != sizeof(e) + e.name_n + e.target_n)
		return nonsense(err);
	char *name = f->buf + sizeof(e), *target = name + e.name_n;
	target[e.target_n] = '\0';
	OAK_AUTO(oak_free_p) char *own_name = oak_alloc(e.name_n + 1);
	memcpy(own_name, name, e.name_n);
	own_name[e.name_n] = '\0';
	const struct oak_unpack_header header = {.kind = (enum oak_unpack_kind)e.kind, .name = own_name,
						 .target = e.kind == OAK_UNPACK_LINK || e.kind == OAK_UNPACK_HARD_LINK ? target : NULL,
						 .mode = e.mode, .extras = e.extras, .size = e.size};
	return v->entry(v->arg, &header, err);
}

int oak_frames_run(struct oak_frames *f, const struct oak_unpack_visitor *v, const volatile int *stop, unsigned *ret_jail, struct oak_error *err)
{
	bool within_file = false;
	for (;;) {
		struct frame frame;
		if (receive(f, &frame, sizeof(frame), stop, err) < 0)
			return -1;
		if (frame.n > DATA_MAX || receive(f, f->buf, frame.n, stop, err) < 0)
			return frame.n > DATA_MAX ? nonsense(err) : -1;
		int rc = 0;
		if (frame.kind == FRAME_JAIL && frame.n == sizeof(uint32_t)) {
			uint32_t jail;
			memcpy(&jail, f->buf, sizeof(jail));
			*ret_jail = jail & 7;
		} else if (frame.kind == FRAME_ENTRY) {
			within_file = true;
			rc = pass_entry(f, frame.n, v, err);
		} else if (frame.kind == FRAME_DATA && within_file && v->data) {
			rc = v->data(v->arg, f->buf, frame.n, err);
		} else if (frame.kind == FRAME_ERROR) {
			return childs_error(f, frame.n, err);
		} else if (frame.kind == FRAME_END) {
			return 0;
		} else {
			return nonsense(err);
		}
		if (rc < 0)
			return -1;
	}
}
