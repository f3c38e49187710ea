/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts of a package: found, hashed again, run as AWS's agent runs them. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_SCRIPT_H
#define OAK_DISTRIBUTOR_PACKAGE_SCRIPT_H

#include "core/buf.h"
#include "distributor/package/engine.h"

enum { OAK_SCRIPT_OUTPUT = 64 * 1024, OAK_SCRIPT_REBOOT = 194, OAK_SCRIPT_REBOOT_WINDOWS = 3010 };

/* Where ACTION's script lies at the top of GENERATION's tree, of either model ("install.sh"); NULL = there is none.
 * Errors: package.ambiguous (INVALID: .sh and .ps1), package.no-script (INVALID: it is no file), package.powershell (UNSUPPORTED). */
int oak_script_find(struct oak_arena *arena, const struct oak_generation *generation, enum oak_package_action action, const char **ret,
		    struct oak_error *err) OAK_MUST_USE;

struct oak_script_result {
	int code;             /* exit code; -1 = ended by a signal or by us */
	bool reboot;          /* it asked for one: 194, or 3010 */
	bool timed_out;
	const char *detail;   /* why it failed, in words; NULL = it did not */
	const char *output;   /* both outputs, at most OAK_SCRIPT_OUTPUT bytes, valid UTF-8; NULL = none */
};

/* Run the script FILE of GENERATION (or COMMAND, a whole argv, when FILE is NULL) for ACTION within TIMEOUT_S seconds, after the sealed tree
 * was hashed again. Inside the root where it has a shell, else by the host's (told once a job: docs/adr/0080),
 * in its own process group, ended with all its children on time-out.
 * Errors: package.tampered (UNTRUSTED: not run), exec.*. */
struct oak_script_call {
	const struct oak_generation *generation;
	const char *file;
	const char *const *command;
	const char *action; /* BWS_ACTION_NAME */
	int64_t timeout_s;
};
int oak_script_run(struct oak_package_job *job, const struct oak_script_call *call, struct oak_script_result *ret, struct oak_error *err)
	OAK_MUST_USE;

/* From how a program ended to what that means for a script; and its output as text that JSON and terminals take. In ARENA. */
struct oak_exec_result;
void oak_script_judge(struct oak_arena *arena, const struct oak_exec_result *result, int64_t timeout_s, struct oak_script_result *ret);
const char *oak_script_output(struct oak_arena *arena, const struct oak_buf *buf);

/* The environment of scripts, NULL-terminated, in the job's arena: fixed PATH, BWS_*, OAKUM_*, the proxies, then SSM_*.
 * Source: distribution.md (1.3) and row L4. */
const char *const *oak_script_env(const struct oak_package_job *job, const char *action);

/* "SSM_X=value" into ARGS. Errors: package.args (INVALID). */
int oak_script_arg_parse(struct oak_arena *arena, const char *text, oak_package_args *args, struct oak_error *err) OAK_MUST_USE;
/* ARGS against what the package says of them; defaults are added. Errors: package.args (INVALID). */
int oak_script_args_check(struct oak_arena *arena, const struct oak_package_traits *traits, oak_package_args *args, struct oak_error *err)
	OAK_MUST_USE;

#endif
