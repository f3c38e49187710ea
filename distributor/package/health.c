/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The health check, in tries. */
#include "distributor/package/health.h"

#include <unistd.h>

#include "core/str.h"
#ifdef _WIN32
#include <windows.h>
#define sleep(s) Sleep((DWORD)(s) * 1000)
#endif

enum { DEFAULT_TIMEOUT = 60 };

/* argv, its first word a path below the package's tree unless it is absolute. */
static const char *const *command_of(const struct oak_package_job *job, const struct oak_generation *g, const struct oak_package_health *h)
{
	const char **argv = oak_arena_alloc(job->arena, (h->command.n + 1) * sizeof(*argv));
	for (size_t i = 0; i < h->command.n; i++)
		argv[i] = h->command.v[i];
	const char *program = argv[0];
	bool ours = oak_seal_find(&g->seal, program) != NULL;
	argv[0] = ours ? oak_arena_printf(job->arena, "./%s", program) : program;
	return argv;
}

static void ask(struct oak_package_job *job, const struct oak_generation *g, struct oak_op_outcome *ret)
{
	const struct oak_package_health *h = &g->manifest->traits.health;
	struct oak_script_result result = {.code = -1};
	struct oak_error err = {.kind = OAK_OK};
	const struct oak_script_call call = {.generation = g, .file = h->script, .command = h->script ? NULL : command_of(job, g, h), .action = "health",
					     .timeout_s = h->timeout > 0 ? h->timeout : DEFAULT_TIMEOUT};
	char text[1100];
	*ret = (struct oak_op_outcome){.code = -1};
	if (oak_script_run(job, &call, &result, &err) < 0)
		result.detail = oak_arena_strdup(job->arena, oak_error_text(&err, text, sizeof(text)));
	else if (result.reboot)
		result.detail = "it asked for a reboot";
	ret->code = result.code;
	ret->output = result.output;
	ret->failed = result.detail != NULL;
	ret->detail = result.detail;
	ret->error_id = ret->failed ? "package.unhealthy" : NULL;
}

void oak_health_check(struct oak_package_job *job, const struct oak_generation *g, struct oak_op_outcome *ret)
{
	const struct oak_package_health *h = &g->manifest->traits.health;
	int tries = h->attempts > 0 ? h->attempts : 1;
	for (int i = 0; i < tries; i++) {
		if (i > 0 && h->interval > 0)
			sleep((unsigned)h->interval);
		ask(job, g, ret);
		if (!ret->failed || (job->stop && *job->stop))
			break;
	}
	if (ret->failed)
		ret->detail = oak_arena_printf(job->arena, "not healthy after %d %s: %s (E_HEALTH)", tries, tries == 1 ? "try" : "tries", ret->detail);
}
