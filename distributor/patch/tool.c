/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One program run: environment, mounts of its own, log file, progress by reading the log. */
#include "distributor/patch/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/manager.h"

enum { LINE = 8192, ENV_MAX = 48 };

bool oak_tool_inside(const char *root, const char *path)
{
	char full[4096];
	int n = snprintf(full, sizeof(full), "%s%s", oak_streq(root, "/") ? "" : root, path);
	return n > 0 && (size_t)n < sizeof(full) && access(full, X_OK) == 0;
}

bool oak_tool_on_host(const char *name)
{
	static const char *const folders[] = {"/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"};
	char full[256];
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(full, sizeof(full), "%s/%s", folders[i], name);
		if (access(full, X_OK) == 0)
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------------------------------- environment */

static const char *const fixed_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C.UTF-8", "LANGUAGE=", "TERM=dumb",
	"DEBIAN_FRONTEND=noninteractive", "DEBIAN_PRIORITY=critical", "DEBCONF_NONINTERACTIVE_SEEN=true",
	"APT_LISTCHANGES_FRONTEND=none", "APT_LISTBUGS_FRONTEND=none",
	"NEEDRESTART_MODE=l", "NEEDRESTART_UI=NeedRestart::UI::stdio", "OAKUM_RUNNING=1",
};
static const char *const passed_env[] = {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"};

static void make_env(const struct oak_tool *tool, struct oak_arena *arena, const char **env)
{
	size_t n = 0;
	for (size_t i = 0; i < sizeof(fixed_env) / sizeof(*fixed_env); i++)
		env[n++] = fixed_env[i];
	env[n++] = oak_arena_printf(arena, "HOME=%s", tool->home ? tool->home : "/root");
	if (tool->host->conffiles == OAK_CONFFILES_KEEP)
		env[n++] = "UCF_FORCE_CONFFOLD=1";
	else
		env[n++] = "UCF_FORCE_CONFFNEW=1";
	if (!oak_streq(tool->host->root, "/"))
		env[n++] = "SYSTEMD_OFFLINE=1";
	for (size_t i = 0; i < sizeof(passed_env) / sizeof(*passed_env); i++)
		if (getenv(passed_env[i]))
			env[n++] = oak_arena_printf(arena, "%s=%s", passed_env[i], getenv(passed_env[i]));
	for (size_t i = 0; tool->env && tool->env[i] && n < ENV_MAX - 1; i++)
		env[n++] = tool->env[i];
	env[n] = NULL;
}

/* ------------------------------------------------------------------------------------------- in the child */

struct child {
	const struct oak_tool *tool;
	int log; /* -1 = none */
	int lock; /* -1 = none */
	char proc[4200], dev[4200], mount_to[4200];
	bool mounts;
	int ask[2], answer[2]; /* pipes; -1 = none */
	/* parent only */
	int watch;        /* ask[0] until it was asked; -1 */
	volatile int stop;
	struct oak_error *err; /* of the answer */
	int refused;
	char *path;
	off_t read_at;
	char line[LINE];
	size_t line_n;
	int last;
};

/* Mounts in a name space of its own; where that is not allowed the program runs without them, as in any bare chroot. */
static int do_mounts(const struct child *c)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return c->tool->mount_from ? EPERM : 0;
	struct stat st;
	if (c->proc[0] && mount("proc", c->proc, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		errno = 0;
	if (c->dev[0] && mount("/dev", c->dev, NULL, MS_BIND | MS_REC, NULL) < 0)
		errno = 0;
	if (!c->tool->mount_from)
		return 0;
	if (stat(c->mount_to, &st) < 0 && mkdir(c->mount_to, 0755) < 0)
		return errno;
	return mount(c->tool->mount_from, c->mount_to, NULL, MS_BIND, NULL) < 0 ? errno : 0;
}

static int in_child(void *arg)
{
	struct child *c = arg;
	umask(022);
	if (c->log >= 0) {
		dup2(c->log, STDERR_FILENO);
		dup2(c->log, OAK_TOOL_STATUS_FD);
		if (!c->tool->output)
			dup2(c->log, STDOUT_FILENO);
	}
	if (c->lock >= 0)
		oak_manager_enter(c->lock);
	if (c->tool->asked) {
		dup2(c->ask[1], OAK_TOOL_ASK_FD);
		dup2(c->answer[0], OAK_TOOL_ANSWER_FD);
	}
	return c->mounts ? do_mounts(c) : 0;
}

/* ------------------------------------------------------------------------------------------- progress */

static void tell(struct child *c, const char *line)
{
	const struct oak_patch_host *host = c->tool->host;
	int permille = c->tool->progress && host->progress ? c->tool->progress(line) : -1;
	if (permille >= 0 && permille != c->last)
		host->progress(host->progress_arg, c->tool->asked && !*c->tool->asked ? "downloading" : c->tool->what, permille);
	c->last = permille >= 0 ? permille : c->last;
}

/* ------------------------------------------------------------------------------------------- may it go on */

static int make_pipe(int pair[2], struct oak_error *err)
{
	int low[2];
	if (pipe2(low, O_CLOEXEC) < 0)
		return oak_fail_errno(err, "exec.start", "cannot make a pipe");
	for (int i = 0; i < 2; i++) { /* away from the numbers that the child gets */
		pair[i] = fcntl(low[i], F_DUPFD_CLOEXEC, OAK_TOOL_STATUS_FD + 1);
		close(low[i]);
	}
	return pair[0] < 0 || pair[1] < 0 ? oak_fail_errno(err, "exec.start", "cannot make a pipe") : 0;
}

static void close_pipe(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

static int open_pipes(struct child *c, struct oak_error *err)
{
	if (!c->tool->asked)
		return 0;
	*c->tool->asked = false;
	if (make_pipe(c->ask, err) < 0 || make_pipe(c->answer, err) < 0)
		return -1;
	fcntl(c->ask[0], F_SETFL, O_NONBLOCK);
	c->watch = c->ask[0];
	return 0;
}

static void give_answer(struct child *c)
{
	const struct oak_patch_host *host = c->tool->host;
	char text[16] = "";
	if (c->watch < 0 || read(c->watch, text, sizeof(text) - 1) <= 0)
		return;
	c->watch = -1;
	if (!oak_starts_with(text, "ready"))
		return;
	*c->tool->asked = true;
	c->stop = 0;
	c->refused = host->ready ? host->ready(host->ready_arg, c->err) : 0;
	if (c->refused == 0 && write(c->answer[1], "go\n", 3) != 3)
		c->refused = oak_fail_errno(c->err, "exec.start", "cannot answer '%s'", c->tool->argv->v.v[0]);
	close_pipe(c->answer);
}

static void on_tick(void *arg)
{
	struct child *c = arg;
	char chunk[4096];
	bool changing = c->tool->asked && *c->tool->asked;
	c->stop = c->tool->stoppable && !changing && c->tool->host->stop ? *c->tool->host->stop : 0;
	give_answer(c);
	ssize_t got;
	while (c->log >= 0 && c->tool->progress && (got = pread(c->log, chunk, sizeof(chunk), c->read_at)) > 0) {
		c->read_at += got;
		for (ssize_t i = 0; i < got; i++) {
			if (chunk[i] != '\n' && chunk[i] != '\r') {
				if (c->line_n < LINE - 1)
					c->line[c->line_n++] = chunk[i];
				continue;
			}
			c->line[c->line_n] = '\0';
			c->line_n = 0;
			tell(c, c->line);
		}
	}
}

/* ------------------------------------------------------------------------------------------- running */

static bool is_empty_dir(const char *path)
{
	char probe[4300];
	snprintf(probe, sizeof(probe), "%s/self", path); /* /proc/self: mounted already */
	return access(probe, F_OK) < 0;
}

static void plan_mounts(struct child *c, bool inside)
{
	const char *root = c->tool->host->root;
	char probe[4300];
	bool foreign = inside && !oak_streq(root, "/");
	if (foreign && snprintf(probe, sizeof(probe), "%s/proc", root) > 0 && is_empty_dir(probe) && oak_fs_is_dir(probe))
		snprintf(c->proc, sizeof(c->proc), "%s/proc", root);
	snprintf(probe, sizeof(probe), "%s/dev/null", root);
	struct stat st;
	if (foreign && (stat(probe, &st) < 0 || !S_ISCHR(st.st_mode)))
		snprintf(c->dev, sizeof(c->dev), "%s/dev", root);
	if (c->tool->mount_from)
		snprintf(c->mount_to, sizeof(c->mount_to), "%s%s", oak_streq(root, "/") ? "" : root, c->tool->mount_to);
	c->mounts = c->proc[0] || c->dev[0] || c->tool->mount_from;
}

static int open_log(struct child *c, struct oak_error *err)
{
	const struct oak_tool *tool = c->tool;
	struct oak_arena *arena = oak_arena_new();
	const char *dir = oak_arena_printf(arena, "%s/logs", tool->host->run_dir);
	const char *path = oak_arena_printf(arena, "%s/%s.log", dir, tool->log);
	int rc = oak_fs_mkdirs(dir, 0700, err);
	if (rc == 0) {
		c->log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (c->log < 0)
			rc = oak_fail_errno(err, "patch.log", "cannot open log '%s'", path);
	}
	if (rc == 0) {
		dprintf(c->log, "#");
		for (size_t i = 0; i < tool->argv->v.n && tool->argv->v.v[i]; i++)
			dprintf(c->log, " %s", tool->argv->v.v[i]);
		dprintf(c->log, "\n");
		c->read_at = lseek(c->log, 0, SEEK_END);
	}
	oak_arena_free(arena);
	return rc;
}

int oak_tool_run(const struct oak_tool *tool, int *ret_code, struct oak_error *err)
{
	struct child *c = oak_alloc_zero(1, sizeof(*c));
	struct oak_arena *arena = oak_arena_new();
	const char *env[ENV_MAX];
	bool inside = tool->inside && !oak_streq(tool->host->root, "/");
	c->tool = tool;
	c->log = c->lock = c->last = c->watch = -1;
	c->ask[0] = c->ask[1] = c->answer[0] = c->answer[1] = -1;
	c->err = err;
	oak_argv_add(tool->argv, NULL);
	make_env(tool, arena, env);
	plan_mounts(c, inside);
	int rc = tool->log ? open_log(c, err) : 0;
	if (rc == 0)
		rc = open_pipes(c, err);
	if (rc == 0 && tool->works)
		c->lock = oak_manager_hold(tool->host->run_dir);
	struct oak_exec_result result = {0};
	struct oak_exec command = {
		.argv = tool->argv->v.v, .env = env, .dir = tool->dir ? tool->dir : "/",
		.chroot = inside ? tool->host->root : NULL, .timeout_s = tool->host->timeout_s, .out = tool->output,
		.in_child = in_child, .on_tick = on_tick, .hook_arg = c, .watch = &c->watch, .stop = &c->stop,
	};
	if (rc == 0)
		rc = oak_exec(&command, &result, err);
	oak_manager_release(c->lock);
	c->watch = -1; /* nobody is left to be answered */
	on_tick(c);
	close_pipe(c->ask);
	close_pipe(c->answer);
	if (c->log >= 0) {
		dprintf(c->log, "# exit %d\n", result.code);
		close(c->log);
	}
	if (rc == 0)
		rc = c->refused;
	if (rc == 0 && result.stopped)
		rc = oak_fail(err, OAK_INTERRUPTED, "patch.interrupted", 0, "interrupted while '%s' ran", tool->argv->v.v[0]);
	if (rc == 0 && result.timed_out)
		rc = oak_fail(err, OAK_TRANSIENT, "patch.timeout", 0, "'%s' did not end within %lld seconds", tool->argv->v.v[0],
			      (long long)tool->host->timeout_s);
	if (rc == 0)
		*ret_code = result.signal ? -1 : result.code;
	oak_arena_free(arena);
	free(c);
	return rc;
}
