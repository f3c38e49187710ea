/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a script on Windows: powershell.exe on the sealed file, in its folder, in a job that ends with all its children. */
#include <stdlib.h>
#include <string.h>

#include "core/exec.h"
#include "core/str.h"
#include "distributor/package/script.h"
#include "distributor/patch/script.h"

/* PowerShell takes backslashes only in some of the places where a path may stand. */
static const char *native(struct oak_arena *arena, const char *path)
{
	char *copy = oak_arena_strdup(arena, path);
	for (char *p = copy; *p; p++)
		if (*p == '/')
			*p = '\\';
	return copy;
}

static int find_argv(struct oak_arena *arena, const struct oak_script_call *call, const char *tree, const char *const **ret, struct oak_error *err)
{
	*ret = call->command;
	return call->file ? oak_script_argv(arena, native(arena, oak_arena_printf(arena, "%s/%s", tree, call->file)), NULL, ret, err) : 0;
}

int oak_script_run(struct oak_package_job *job, const struct oak_script_call *call, struct oak_script_result *ret, struct oak_error *err)
{
	struct oak_arena *arena = job->arena;
	const char *tree = oak_pkgs_generation(job->pkgs, call->generation->name, call->generation->number, "tree");
	const char *const *argv;
	*ret = (struct oak_script_result){.code = -1};
	if (oak_seal_check(&call->generation->seal, tree, NULL, err) < 0 || find_argv(arena, call, tree, &argv, err) < 0)
		return -1;
	const char *slash = call->file ? strrchr(call->file, '/') : NULL;
	const char *folder = slash ? oak_arena_printf(arena, "%s/%.*s", tree, (int)(slash - call->file), call->file) : tree;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, OAK_SCRIPT_OUTPUT);
	struct oak_exec command = {.argv = argv, .env = oak_script_env(job, call->action), .timeout_s = call->timeout_s,
				   .dir = native(arena, folder), .out = &out, .err = &out};
	struct oak_exec_result result = {.code = -1};
	if (oak_exec(&command, &result, err) < 0)
		return -1;
	oak_script_judge(arena, &result, call->timeout_s, ret);
	ret->output = oak_script_output(arena, &out);
	return 0;
}
