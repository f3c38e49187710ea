/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs on Windows: CreateProcess in a job that ends the whole tree, a thread per pipe. */
#include "core/exec.h"

#include <stdlib.h>
#include <windows.h>

#include "core/mem.h"

enum { TICK_MS = 100, LINE_MAX_BYTES = 65536 };

struct reader {
	HANDLE from, thread;
	struct oak_buf *into;
	const struct oak_exec *command; /* NULL: no lines wanted */
	struct oak_buf line;
	CRITICAL_SECTION *lock; /* both outputs may go into one buffer */
};

struct run {
	const struct oak_exec *command;
	HANDLE in, job;
	PROCESS_INFORMATION process;
	struct reader out, err;
	CRITICAL_SECTION lock;
};

static int fail(struct oak_error *err, const char *what, const char *name)
{
	DWORD code = GetLastError();
	enum oak_error_kind kind = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? OAK_NOT_FOUND
				 : code == ERROR_ACCESS_DENIED					     ? OAK_DENIED
												     : OAK_IO;
	return oak_fail(err, kind, "exec.start", (int)code, "cannot %s '%s': error %lu", what, name, code);
}

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

static wchar_t *wide(const char *text, size_t n)
{
	int size = MultiByteToWideChar(CP_UTF8, 0, text, (int)n, NULL, 0);
	wchar_t *out = oak_alloc_zero((size_t)size + 2, sizeof(*out));
	MultiByteToWideChar(CP_UTF8, 0, text, (int)n, out, size);
	return out;
}

static wchar_t *environment(const char *const *env)
{
	struct oak_buf all;
	oak_buf_init(&all, 1 << 20);
	for (size_t i = 0; env[i]; i++)
		oak_buf_add(&all, env[i], strlen(env[i]) + 1);
	wchar_t *out = wide(oak_buf_text(&all), all.n);
	oak_buf_done(&all);
	return out;
}

static void take_lines(struct reader *r, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			oak_buf_addc(&r->line, p[i]);
			continue;
		}
		r->command->on_line(r->command->on_line_arg, oak_buf_text(&r->line));
		oak_buf_clear(&r->line);
	}
}

static DWORD WINAPI read_all(void *arg)
{
	struct reader *r = arg;
	char chunk[16384];
	for (DWORD got; ReadFile(r->from, chunk, sizeof(chunk), &got, NULL) && got;) {
		EnterCriticalSection(r->lock);
		if (r->into)
			oak_buf_add(r->into, chunk, got);
		if (r->command)
			take_lines(r, chunk, got);
		LeaveCriticalSection(r->lock);
	}
	if (r->command && r->line.n)
		take_lines(r, "\n", 1);
	return 0;
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

static int start(struct run *r, struct oak_error *err)
{
	const struct oak_exec *c = r->command;
	STARTUPINFOW info = {.cb = sizeof(info), .dwFlags = STARTF_USESTDHANDLES};
	if (!make_pipe(&r->in, &info.hStdInput, true) || !make_pipe(&r->out.from, &info.hStdOutput, false) ||
	    !make_pipe(&r->err.from, &info.hStdError, false))
		return fail(err, "make a pipe for", c->argv[0]);
	struct oak_buf line;
	oak_buf_init(&line, 32000);
	for (size_t i = 0; c->argv[i]; i++)
		quote(&line, c->argv[i]);
	wchar_t *command = wide(oak_buf_text(&line), line.n), *dir = c->dir ? wide(c->dir, strlen(c->dir)) : NULL;
	wchar_t *env = c->env ? environment(c->env) : NULL;
	BOOL ok = CreateProcessW(NULL, command, NULL, NULL, TRUE, CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | CREATE_NO_WINDOW,
				 env, dir, &info, &r->process);
	int rc = ok ? 0 : fail(err, "run", c->argv[0]);
	CloseHandle(info.hStdInput);
	CloseHandle(info.hStdOutput);
	CloseHandle(info.hStdError);
	free(command);
	free(dir);
	free(env);
	oak_buf_done(&line);
	if (rc < 0)
		return rc;
	r->job = CreateJobObjectW(NULL, NULL);
	AssignProcessToJobObject(r->job, r->process.hProcess);
	ResumeThread(r->process.hThread);
	return 0;
}

static void wait_end(struct run *r, struct oak_exec_result *ret)
{
	int64_t left_ms = r->command->timeout_s ? r->command->timeout_s * 1000 : INT64_MAX;
	while (WaitForSingleObject(r->process.hProcess, TICK_MS) == WAIT_TIMEOUT) {
		left_ms -= TICK_MS;
		ret->stopped |= r->command->stop && *r->command->stop;
		ret->timed_out |= left_ms <= 0 && !ret->stopped;
		if (ret->timed_out || ret->stopped)
			TerminateJobObject(r->job, 1);
	}
	DWORD code = 1;
	GetExitCodeProcess(r->process.hProcess, &code);
	ret->code = ret->timed_out || ret->stopped ? -1 : (int)code;
}

static void begin_reader(struct run *r, struct reader *reader, struct oak_buf *into, bool lines)
{
	reader->into = into;
	reader->command = lines && r->command->on_line ? r->command : NULL;
	reader->lock = &r->lock;
	oak_buf_init(&reader->line, LINE_MAX_BYTES);
	reader->thread = CreateThread(NULL, 0, read_all, reader, 0, NULL);
}

static void end_reader(struct reader *reader)
{
	WaitForSingleObject(reader->thread, INFINITE);
	CloseHandle(reader->thread);
	CloseHandle(reader->from);
	oak_buf_done(&reader->line);
}

int oak_exec(const struct oak_exec *command, struct oak_exec_result *ret, struct oak_error *err)
{
	struct run r = {.command = command};
	struct oak_exec_result result = {0};
	if (command->chroot)
		return oak_fail(err, OAK_UNSUPPORTED, "exec.start", 0, "cannot run '%s' below another root on Windows", command->argv[0]);
	if (start(&r, err) < 0)
		return -1;
	InitializeCriticalSection(&r.lock);
	begin_reader(&r, &r.out, command->out, true);
	begin_reader(&r, &r.err, command->err, false);
	DWORD wrote;
	if (command->input_n)
		WriteFile(r.in, command->input, (DWORD)command->input_n, &wrote, NULL);
	CloseHandle(r.in);
	wait_end(&r, &result);
	end_reader(&r.out);
	end_reader(&r.err);
	CloseHandle(r.process.hThread);
	CloseHandle(r.process.hProcess);
	CloseHandle(r.job);
	DeleteCriticalSection(&r.lock);
	*ret = result;
	return 0;
}
