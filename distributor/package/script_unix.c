/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a script: in its root, in its folder, with an end to its time, its output and its children. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "core/exec.h"
#include "core/str.h"
#include "distributor/package/script.h"

static bool has_shell(const char *root)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/bin/sh", root);
	return access(path, X_OK) == 0;
}

/* Standard error joins standard output, so that the words stay in their order. */
static int join_outputs(void *arg)
{
	(void)arg;
	return dup2(STDOUT_FILENO, STDERR_FILENO) < 0;
}

/* A time-out ends everything that the script started, also what left its process group: orphans come to us meanwhile. */
static void end_children(void)
{
#ifdef __linux__
	char path[64], text[4096];
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	for (int round = 0; round < 100; round++) {
		FILE *f = fopen(path, "re");
		size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
		text[n] = '\0';
		if (f)
			fclose(f);
		char *p = text;
		bool any = false;
		for (long pid; (pid = strtol(p, &p, 10)) > 0; any = true)
			kill((pid_t)pid, SIGKILL);
		if (!any)
			return;
		while (waitpid(-1, NULL, 0) > 0)
			;
	}
#endif
}

static void adopt_orphans(bool on)
{
#ifdef __linux__
	prctl(PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0);
#else
	(void)on;
#endif
}

/* Such a script can change the machine that it runs on; an empty folder as root is still a fine place to try a package. */
static void tell_outside(struct oak_package_job *job, bool inside)
{
	const char *root = job->pkgs->root;
	if (inside || oak_streq(root, "/") || job->told_outside || !job->note)
		return;
	job->told_outside = true;
	job->note(job->note_arg, oak_arena_printf(job->arena, "scripts run outside '%s', with this machine's own sh, and can change this machine: %s (OAKUM_ROOT names the root to them)",
						  root, has_shell(root) ? "only root may run them inside" : "it has no /bin/sh"));
}

int oak_script_run(struct oak_package_job *job, const struct oak_script_call *call, struct oak_script_result *ret, struct oak_error *err)
{
	struct oak_arena *arena = job->arena;
	const char *root = job->pkgs->root, *tree = oak_pkgs_generation(job->pkgs, call->generation->name, call->generation->number, "tree");
	bool inside = !oak_streq(root, "/") && geteuid() == 0 && has_shell(root);
	*ret = (struct oak_script_result){.code = -1};
	if (oak_seal_check(&call->generation->seal, tree, NULL, err) < 0)
		return -1;
	tell_outside(job, inside);
	const char *slash = call->file ? strrchr(call->file, '/') : NULL;
	const char *folder = slash ? oak_arena_printf(arena, "%s/%.*s", tree, (int)(slash - call->file), call->file) : tree;
	const char *const argv[] = {"sh", slash ? slash + 1 : call->file, NULL};
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, OAK_SCRIPT_OUTPUT);
	struct oak_exec command = {.argv = call->file ? argv : call->command, .env = oak_script_env(job, call->action), .timeout_s = call->timeout_s,
				   .dir = inside ? folder + strlen(root) : folder, .chroot = inside ? root : NULL, .out = &out,
				   .in_child = join_outputs};
	struct oak_exec_result result = {.code = -1};
	adopt_orphans(true);
	int rc = oak_exec(&command, &result, err);
	if (rc == 0 && result.timed_out)
		end_children();
	adopt_orphans(false);
	if (rc < 0)
		return -1;
	oak_script_judge(arena, &result, call->timeout_s, ret);
	ret->output = oak_script_output(arena, &out);
	return 0;
}
