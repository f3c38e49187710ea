/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which script, with which arguments and environment; the same on every system. */
#include "distributor/package/script.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/str.h"

#ifdef _WIN32
static const char own[] = ".ps1", foreign[] = ".sh";
#else
static const char own[] = ".sh", foreign[] = ".ps1";
#endif

int oak_script_find(struct oak_arena *arena, const struct oak_generation *g, enum oak_package_action action, const char **ret,
		    struct oak_error *err)
{
	const char *word = oak_package_action_to_string(action);
	const char *path = oak_arena_printf(arena, "%s%s", word, own), *other = oak_arena_printf(arena, "%s%s", word, foreign);
	const struct oak_sealed *e = oak_seal_find(&g->seal, path), *f = oak_seal_find(&g->seal, other);
	*ret = NULL;
	if (e && f)
		return oak_fail(err, OAK_INVALID, "package.ambiguous", 0, "package '%s' has both '%s' and '%s' (E_AMBIGUOUS)", g->name, path, other);
	if (f)
		return oak_fail(err, OAK_UNSUPPORTED, "package.powershell", 0, "package '%s' has '%s' only, which does not run here (E_UNSUPPORTED)",
				g->name, other);
	if (e && e->kind != OAK_UNPACK_FILE)
		return oak_fail(err, OAK_INVALID, "package.no-script", 0, "'%s' of package '%s' is no file (E_SCRIPT)", path, g->name);
	*ret = e ? path : NULL;
	return 0;
}

/* ------------------------------------------------------------------------------------------- environment */

struct env {
	struct oak_arena *arena;
	OAK_VEC(const char *) v;
};

static void add(struct env *env, const char *name, const char *value)
{
	*oak_push(env->arena, &env->v) = oak_arena_printf(env->arena, "%s=%s", name, value ? value : "");
}

static void copy(struct env *env, const char *name)
{
	if (getenv(name))
		add(env, name, getenv(name));
}

static void add_system(struct env *env)
{
#ifdef _WIN32
	static const char *const kept[] = {"PATH",	 "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP",
					   "TMP",	 "ProgramData", "ProgramFiles", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"};
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		copy(env, kept[i]);
#else
	add(env, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	add(env, "HOME", "/root");
	add(env, "LANG", "C.UTF-8");
#endif
}

const char *const *oak_script_env(const struct oak_package_job *job, const char *action)
{
	static const char *const proxies[] = {"http_proxy", "https_proxy", "no_proxy"};
	struct env env = {.arena = job->arena};
	const struct oak_package_host *h = &job->host;
	const struct oak_package_run *run = job->run;
	const struct {
		const char *name, *value;
	} rows[] = {
		{"BWS_ACTION_NAME", action},		  {"BWS_PLATFORM_NAME", h->platform},	{"BWS_PLATFORM_VERSION", h->version},
		{"BWS_PLATFORM_FAMILY", h->family},	  {"BWS_ARCHITECTURE", h->arch},	{"BWS_INIT_SYSTEM", h->init_system},
		{"BWS_PACKAGE_MANAGER", h->package_manager}, {"BWS_INSTANCE_ID", job->node_id}, {"BWS_INSTANCE_TYPE", ""},
		{"BWS_REGION", ""},			  {"BWS_ACCOUNT_ID", ""},		{"BWS_AVAILABILITY_ZONE", ""},
		{"OAKUM_PACKAGE", run->name},		  {"OAKUM_FROM", run->from},		{"OAKUM_VERSION", run->to},
		{"OAKUM_VERB", oak_package_verb_to_string(run->verb)}, {"OAKUM_RUN", run->id},	{"OAKUM_ROOT", job->pkgs->root},
		{"OAKUM_RESUME", job->resumed ? "1" : "0"},
	};
	add_system(&env);
	for (size_t i = 0; i < sizeof(proxies) / sizeof(*proxies); i++)
		copy(&env, proxies[i]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		add(&env, rows[i].name, rows[i].value);
	for (size_t i = 0; i < run->args.n; i++)
		add(&env, run->args.v[i].key, run->args.v[i].value);
	*oak_push(env.arena, &env.v) = NULL;
	return env.v.v;
}

/* ------------------------------------------------------------------------------------------- arguments */

static bool is_arg_name(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	return n > 4 && strncmp(text, "SSM_", 4) == 0;
}

int oak_script_arg_parse(struct oak_arena *arena, const char *text, oak_package_args *args, struct oak_error *err)
{
	const char *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : strlen(text);
	if (!equals || !is_arg_name(text, n))
		return oak_fail(err, OAK_INVALID, "package.args", 0,
				"'%.*s' cannot be an argument of a package (give SSM_NAME=VALUE; letters, digits and '_' in the name)", (int)(n > 100 ? 100 : n), text);
	if (!oak_utf8_check(equals + 1, strlen(equals + 1)))
		return oak_fail(err, OAK_INVALID, "package.args", 0, "the value of '%.*s' is not UTF-8", (int)n, text);
	for (size_t i = 0; i < args->n; i++)
		if (strlen(args->v[i].key) == n && strncmp(args->v[i].key, text, n) == 0)
			return oak_fail(err, OAK_INVALID, "package.args", 0, "'%s' is given twice", args->v[i].key);
	*oak_push(arena, args) = (struct oak_pair){oak_arena_strndup(arena, text, n), oak_arena_strdup(arena, equals + 1)};
	return 0;
}

static const char *given(const oak_package_args *args, const char *name)
{
	for (size_t i = 0; i < args->n; i++)
		if (oak_streq(args->v[i].key, name))
			return args->v[i].value;
	return NULL;
}

static int check_one(struct oak_arena *arena, const struct oak_package_arg *arg, oak_package_args *args, struct oak_error *err)
{
	static const char *const kinds[OAK_ARG_COUNT] = {"a text", "a whole number", "true or false"};
	const char *value = given(args, arg->name);
	if (!value && arg->fallback)
		*oak_push(arena, args) = (struct oak_pair){arg->name, arg->fallback};
	else if (!value && arg->required)
		return oak_fail(err, OAK_INVALID, "package.args", 0, "the package needs the argument '%s' (give --arg %s=VALUE)", arg->name, arg->name);
	else if (value && !oak_package_arg_accepts(arg, value))
		return oak_fail(err, OAK_INVALID, "package.args", 0, "'%s' cannot be '%s': it is %s", arg->name, arg->secret ? "…" : value, kinds[arg->type]);
	return 0;
}

int oak_script_args_check(struct oak_arena *arena, const struct oak_package_traits *traits, oak_package_args *args, struct oak_error *err)
{
	for (size_t i = 0; traits->args.n && i < args->n; i++) {
		bool known = false;
		for (size_t k = 0; k < traits->args.n; k++)
			known = known || oak_streq(traits->args.v[k].name, args->v[i].key);
		if (!known)
			return oak_fail(err, OAK_INVALID, "package.args", 0, "the package has no argument '%s' (it has '%s' and the like, see its manifest)",
					args->v[i].key, traits->args.v[0].name);
	}
	for (size_t i = 0; i < traits->args.n; i++)
		if (check_one(arena, &traits->args.v[i], args, err) < 0)
			return -1;
	return 0;
}
