/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs on Windows: CreateProcess in a job that ends the whole tree; the outputs are looked at in turn, as pipes there
 * cannot be waited for together. */
#include "core/exec.h"

#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "core/mem.h"
#include "core/windows_text.h"

enum { IDLE_MS = 10, TICK_MS = 100, LINE_MAX_BYTES = 65536, COMMAND_MAX = 32000, STDIN_GRACE_MS = 1000 };

struct run {
	const struct oak_exec *command;
	HANDLE in, out, err, job, feeder; /* NULL = closed */
	PROCESS_INFORMATION process;
	struct oak_buf line;
	ULONGLONG deadline_ms, tick_ms; /* 0 = none */
	struct oak_exec_result result;
};

static int fail(struct oak_error *err, DWORD code, const char *what, const char *name)
{
	enum oak_error_kind kind = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? OAK_NOT_FOUND
				 : code == ERROR_ACCESS_DENIED					     ? OAK_DENIED
												     : OAK_IO;
	return oak_fail(err, kind, "exec.start", (int)code, "cannot %s '%s': %s", what, name, strerror(oak_errno_of_windows(code)));
}

static void close_end(HANDLE *handle)
{
	if (*handle)
		CloseHandle(*handle);
	*handle = NULL;
}

/* ------------------------------------------------------------------------------------------- what it is started with */

/* One argument as CommandLineToArgvW reads it back. */
static void quote(struct oak_buf *line, const char *arg)
{
	size_t slashes = 0;
	oak_buf_adds(line, line->n ? " \"" : "\"");
	for (; *arg; arg++) {
		if (*arg == '"')
			for (slashes++; slashes; slashes--)
				oak_buf_addc(line, '\\');
		slashes = *arg == '\\' ? slashes + 1 : 0;
		oak_buf_addc(line, *arg);
	}
	while (slashes--)
		oak_buf_addc(line, '\\');
	oak_buf_addc(line, '"');
}

static wchar_t *environment(const char *const *env)
{
	size_t n = 2;
	for (size_t i = 0; env[i]; i++)
		n += strlen(env[i]) + 1;
	wchar_t *block = oak_alloc_zero(n, sizeof(*block)), *at = block;
	for (size_t i = 0; env[i]; i++) {
		wchar_t *one = oak_wide(env[i]);
		size_t used = wcslen(one) + 1;
		memcpy(at, one, used * sizeof(*one));
		at += used;
		free(one);
	}
	return block;
}

/* A pipe whose CHILD end is inherited and whose other end is not. */
static bool make_pipe(HANDLE *ours, HANDLE *child, bool child_reads)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	HANDLE from, to;
	if (!CreatePipe(&from, &to, &inherit, 0))
		return false;
	*ours = child_reads ? to : from;
	*child = child_reads ? from : to;
	return SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0);
}

static HANDLE inherited_copy(int fd)
{
	HANDLE copy = NULL, self = GetCurrentProcess();
	DuplicateHandle(self, (HANDLE)_get_osfhandle(fd), self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS);
	return copy;
}

static bool make_ends(struct run *r, STARTUPINFOW *info)
{
	const struct oak_exec *c = r->command;
	bool logged = c->log_fd > 0, pipe_out = !logged || c->out || c->on_line;
	if (!make_pipe(&r->in, &info->hStdInput, true))
		return false;
	if (pipe_out ? !make_pipe(&r->out, &info->hStdOutput, false) : !(info->hStdOutput = inherited_copy(c->log_fd)))
		return false;
	return logged ? (info->hStdError = inherited_copy(c->log_fd)) != NULL : make_pipe(&r->err, &info->hStdError, false);
}

/* Where a program without a folder is: on PATH, and never in the folder that we happen to be in, which CreateProcess would look into first.
 * NULL with ERROR_FILE_NOT_FOUND = nowhere; "" = NAME has a folder. */
static wchar_t *find_program(const char *name)
{
	if (strpbrk(name, "/\\:"))
		return oak_alloc_zero(1, sizeof(wchar_t));
	DWORD n = GetEnvironmentVariableW(L"PATH", NULL, 0);
	wchar_t *path = oak_alloc_zero(n + 1, sizeof(*path)), *wide = oak_wide(name), *found = NULL;
	GetEnvironmentVariableW(L"PATH", path, n + 1);
	DWORD size = SearchPathW(path, wide, L".exe", 0, NULL, NULL);
	if (size) {
		found = oak_alloc_zero(size + 1, sizeof(*found));
		SearchPathW(path, wide, L".exe", size + 1, found, NULL);
	}
	free(path);
	free(wide);
	SetLastError(ERROR_FILE_NOT_FOUND);
	return found;
}

/* Only the three ends are inherited: two programs started at one time must not hold each other's pipes open. */
static BOOL create(struct run *r, STARTUPINFOEXW *info, const wchar_t *program, wchar_t *line, wchar_t *env, const wchar_t *dir)
{
	STARTUPINFOW *base = &info->StartupInfo;
	HANDLE ends[] = {base->hStdInput, base->hStdOutput, base->hStdError};
	SIZE_T size = 0;
	InitializeProcThreadAttributeList(NULL, 1, 0, &size);
	info->lpAttributeList = oak_alloc_zero(1, size ? size : 1);
	BOOL ok = InitializeProcThreadAttributeList(info->lpAttributeList, 1, 0, &size) &&
		  UpdateProcThreadAttribute(info->lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, ends, sizeof(ends), NULL, NULL) &&
		  CreateProcessW(*program ? program : NULL, line, NULL, NULL, TRUE,
				 CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT, env, dir,
				 base, &r->process);
	DWORD code = GetLastError();
	DeleteProcThreadAttributeList(info->lpAttributeList);
	free(info->lpAttributeList);
	SetLastError(code);
	return ok;
}

static int start(struct run *r, struct oak_error *err)
{
	const struct oak_exec *c = r->command;
	STARTUPINFOEXW info = {.StartupInfo = {.cb = sizeof(info), .dwFlags = STARTF_USESTDHANDLES}};
	OAK_AUTO(oak_buf_done) struct oak_buf line;
	oak_buf_init(&line, COMMAND_MAX);
	for (size_t i = 0; c->argv[i]; i++)
		quote(&line, c->argv[i]);
	if (line.full)
		return oak_fail(err, OAK_INVALID, "exec.start", 0, "cannot run '%s': its arguments are too long", c->argv[0]);
	bool piped = make_ends(r, &info.StartupInfo);
	wchar_t *command = oak_wide(oak_buf_text(&line)), *dir = c->dir ? oak_wide_path(c->dir) : NULL;
	wchar_t *env = c->env ? environment(c->env) : NULL;
	wchar_t *program = find_program(c->argv[0]);
	BOOL ok = program && piped && create(r, &info, program, command, env, dir);
	DWORD code = GetLastError();
	free(program);
	close_end(&info.StartupInfo.hStdInput);
	close_end(&info.StartupInfo.hStdOutput);
	close_end(&info.StartupInfo.hStdError);
	free(command);
	free(dir);
	free(env);
	if (!ok)
		return fail(err, code, "run", c->argv[0]);
	r->job = CreateJobObjectW(NULL, NULL);
	AssignProcessToJobObject(r->job, r->process.hProcess);
	ResumeThread(r->process.hThread);
	return 0;
}

/* ------------------------------------------------------------------------------------------- while it runs */

struct feed {
	HANDLE to;
	size_t n;
	char bytes[];
};

/* On the heap and in a thread of its own: a program that reads nothing would block us for ever. */
static DWORD WINAPI feed(void *arg)
{
	struct feed *f = arg;
	DWORD wrote;
	for (size_t done = 0; done < f->n && WriteFile(f->to, f->bytes + done, (DWORD)(f->n - done), &wrote, NULL) && wrote;)
		done += wrote;
	CloseHandle(f->to);
	free(f);
	return 0;
}

static void begin_feed(struct run *r)
{
	size_t n = r->command->input_n;
	struct feed *f = n ? oak_alloc(sizeof(*f) + n) : NULL;
	if (f) {
		f->to = r->in;
		f->n = n;
		memcpy(f->bytes, r->command->input, n);
		r->in = NULL;
		r->feeder = CreateThread(NULL, 0, feed, f, 0, NULL);
	}
	close_end(&r->in);
}

static void emit_line(struct run *r)
{
	if (r->line.n && r->line.p[r->line.n - 1] == '\r')
		r->line.p[--r->line.n] = '\0';
	r->command->on_line(r->command->on_line_arg, oak_buf_text(&r->line));
	oak_buf_clear(&r->line);
}

/* What is there now; true if there was something. */
static bool drain(struct run *r, HANDLE *from, struct oak_buf *into, bool lines)
{
	char chunk[16384];
	DWORD ready = 0, got = 0;
	if (!*from)
		return false;
	if (!PeekNamedPipe(*from, NULL, 0, NULL, &ready, NULL)) {
		close_end(from);
		return false;
	}
	if (!ready || !ReadFile(*from, chunk, ready < sizeof(chunk) ? ready : sizeof(chunk), &got, NULL))
		return false;
	if (into)
		oak_buf_add(into, chunk, got);
	for (DWORD i = 0; lines && r->command->on_line && i < got; i++)
		if (chunk[i] == '\n')
			emit_line(r);
		else
			oak_buf_addc(&r->line, chunk[i]);
	return got > 0;
}

static bool drain_both(struct run *r)
{
	bool out = drain(r, &r->out, r->command->out, true);
	return drain(r, &r->err, r->command->err, false) || out;
}

static void check_limits(struct run *r)
{
	ULONGLONG now = GetTickCount64();
	bool stop = r->command->stop && *r->command->stop, late = r->deadline_ms && now >= r->deadline_ms;
	if (!r->result.stopped && !r->result.timed_out && (stop || late)) {
		r->result.stopped = stop;
		r->result.timed_out = !stop;
		TerminateJobObject(r->job, 1);
		TerminateProcess(r->process.hProcess, 1);
	}
	if (r->command->on_tick && now >= r->tick_ms) {
		r->tick_ms = now + TICK_MS;
		r->command->on_tick(r->command->hook_arg);
	}
}

/* Until it has ended and what it wrote is read; a grandchild that keeps a pipe open is not waited for. */
static void pump(struct run *r)
{
	DWORD code = 1;
	for (bool some = true;;) {
		bool ended = WaitForSingleObject(r->process.hProcess, some ? 0 : IDLE_MS) == WAIT_OBJECT_0;
		some = drain_both(r);
		if (ended && !some)
			break;
		check_limits(r);
	}
	GetExitCodeProcess(r->process.hProcess, &code);
	bool killed = r->result.timed_out || r->result.stopped;
	r->result.code = killed ? -1 : (int)code;
	r->result.signal = killed ? 15 : 0;
}

static void finish(struct run *r)
{
	if (r->line.n)
		emit_line(r);
	if (r->feeder)
		WaitForSingleObject(r->feeder, STDIN_GRACE_MS);
	close_end(&r->feeder);
	close_end(&r->process.hThread);
	close_end(&r->process.hProcess);
	close_end(&r->job);
}

const char *oak_exec_self(struct oak_arena *arena, struct oak_error *err)
{
	enum { PATH_BYTES = 32768 };
	char *path = oak_arena_alloc(arena, PATH_BYTES);
	DWORD n = GetModuleFileNameA(NULL, path, PATH_BYTES); /* UTF-8 by the manifest's code page */
	if (n == 0 || n == PATH_BYTES) {
		oak_fail(err, OAK_IO, "exec.start", (int)GetLastError(), "cannot find the running program");
		return NULL;
	}
	return path;
}

int oak_exec(const struct oak_exec *command, struct oak_exec_result *ret, struct oak_error *err)
{
	struct run r = {.command = command};
	if (command->chroot)
		return oak_fail(err, OAK_UNSUPPORTED, "exec.start", 0, "cannot run '%s' below another root on Windows", command->argv[0]);
	oak_buf_init(&r.line, LINE_MAX_BYTES);
	int rc = start(&r, err);
	if (rc == 0) {
		r.deadline_ms = command->timeout_s ? GetTickCount64() + (ULONGLONG)command->timeout_s * 1000 : 0;
		begin_feed(&r);
		pump(&r);
		finish(&r);
		*ret = r.result;
	}
	close_end(&r.in);
	close_end(&r.out);
	close_end(&r.err);
	oak_buf_done(&r.line);
	return rc;
}
