/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One program run on Windows: its words go straight into the run's log. */
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <windows.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "core/windows_text.h"
#include "distributor/patch/tool.h"

bool oak_tool_inside(const char *root, const char *path)
{
	(void)root;
	return oak_fs_exists(path);
}

bool oak_tool_on_host(const char *name)
{
	wchar_t *wide = oak_wide(name), found[MAX_PATH];
	DWORD n = SearchPathW(NULL, wide, L".exe", MAX_PATH, found, NULL);
	free(wide);
	return n > 0;
}

/* Ours, with the tool's behind it: a later variable of the same name counts, as everywhere. */
static const char *const *make_env(const struct oak_tool *tool, struct oak_arena *arena)
{
	OAK_VEC(const char *) env = {0};
	wchar_t *block = GetEnvironmentStringsW();
	for (const wchar_t *p = block; p && *p; p += wcslen(p) + 1) {
		const char *one = oak_narrow(arena, p);
		bool replaced = false;
		const char *equals = strchr(one + (*one == '='), '=');
		size_t n = equals ? (size_t)(equals - one) + 1 : strlen(one);
		for (size_t i = 0; tool->env && tool->env[i]; i++)
			replaced |= strlen(tool->env[i]) >= n && _strnicmp(tool->env[i], one, n) == 0;
		if (!replaced)
			*oak_push(arena, &env) = one;
	}
	if (block)
		FreeEnvironmentStringsW(block);
	*oak_push(arena, &env) = "OAKUM_RUNNING=1";
	for (size_t i = 0; tool->env && tool->env[i]; i++)
		*oak_push(arena, &env) = tool->env[i];
	*oak_push(arena, &env) = NULL;
	return env.v;
}

static void say(int fd, const struct oak_buf *text)
{
	if (write(fd, oak_buf_text(text), (unsigned)text->n) < 0)
		errno = 0; /* a log that cannot be written must not stop the change */
}

static int open_log(const struct oak_tool *tool, struct oak_arena *arena, int *ret_fd, struct oak_error *err)
{
	const char *dir = oak_arena_printf(arena, "%s/logs", tool->host->run_dir);
	const char *path = oak_arena_printf(arena, "%s/%s.log", dir, tool->log);
	if (oak_fs_mkdirs(dir, 0700, err) < 0)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_BINARY, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "patch.log", "cannot open log '%s'", path);
	OAK_AUTO(oak_buf_done) struct oak_buf head;
	oak_buf_init(&head, 65536);
	oak_buf_addc(&head, '#');
	for (size_t i = 0; i < tool->argv->v.n && tool->argv->v.v[i]; i++)
		oak_buf_addf(&head, " %s", tool->argv->v.v[i]);
	oak_buf_addc(&head, '\n');
	say(fd, &head);
	*ret_fd = fd;
	return 0;
}

static void close_log(int fd, int code)
{
	OAK_AUTO(oak_buf_done) struct oak_buf foot;
	oak_buf_init(&foot, 64);
	oak_buf_addf(&foot, "# exit %d\n", code);
	lseek(fd, 0, SEEK_END);
	say(fd, &foot);
	close(fd);
}

int oak_tool_run(const struct oak_tool *tool, int *ret_code, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_exec_result result = {0};
	int log = 0;
	oak_argv_add(tool->argv, NULL);
	if (tool->log && open_log(tool, arena, &log, err) < 0)
		return -1;
	struct oak_exec command = {.argv = tool->argv->v.v, .env = make_env(tool, arena), .dir = tool->dir ? tool->dir : tool->host->run_dir,
				   .timeout_s = tool->host->timeout_s, .out = tool->output, .log_fd = log,
				   .stop = tool->stoppable ? tool->host->stop : NULL};
	int rc = oak_exec(&command, &result, err);
	if (log > 0)
		close_log(log, result.code);
	if (rc < 0)
		return -1;
	if (result.stopped)
		return oak_fail(err, OAK_INTERRUPTED, "patch.interrupted", 0, "interrupted while '%s' ran", tool->argv->v.v[0]);
	if (result.timed_out)
		return oak_fail(err, OAK_TRANSIENT, "patch.timeout", 0, "'%s' did not end within %lld seconds", tool->argv->v.v[0],
				(long long)tool->host->timeout_s);
	*ret_code = result.code;
	return 0;
}
