/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders, clock and output of a call. */
#include "cli/context.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/opt.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "core/trustfile.h"

#ifndef _WIN32
#include <sys/ioctl.h>
#endif

const char *oak_opt_text(const struct oak_context *ctx, const char *name)
{
	const struct oak_given *g = oak_given_find(ctx->parsed, name);
	return g && g->values.n ? g->values.v[g->values.n - 1] : NULL;
}

bool oak_opt_flag(const struct oak_context *ctx, const char *name)
{
	const struct oak_given *g = oak_given_find(ctx->parsed, name);
	return g && !g->off;
}

size_t oak_opt_list(const struct oak_context *ctx, const char *name, const char *const **ret_values)
{
	const struct oak_given *g = oak_given_find(ctx->parsed, name);
	*ret_values = g ? g->values.v : NULL;
	return g ? g->values.n : 0;
}

int64_t oak_opt_count(const struct oak_context *ctx, const char *name, int64_t fallback)
{
	const char *text = oak_opt_text(ctx, name);
	if (text)
		oak_parse_int(oak_str_of(text), INT64_MIN, INT64_MAX, &fallback);
	return fallback;
}

int64_t oak_opt_duration(const struct oak_context *ctx, const char *name, int64_t fallback)
{
	const char *text = oak_opt_text(ctx, name);
	if (text)
		oak_duration_parse(text, &fallback);
	return fallback;
}

oak_time oak_opt_time(const struct oak_context *ctx, const char *name, oak_time fallback)
{
	const char *text = oak_opt_text(ctx, name);
	if (text)
		oak_time_parse_ceil(text, &fallback);
	return fallback;
}

int oak_ctx_check_rights(struct oak_context *ctx)
{
	if (oak_is_privileged() || ctx->dry_run)
		return 0;
#ifdef _WIN32
	return oak_fail(&ctx->err, OAK_DENIED, "patch.root-needed", 0, "only an administrator can change this host (run it elevated)");
#else
	return oak_fail(&ctx->err, OAK_DENIED, "patch.root-needed", 0, "only root can change '%s' (run it with sudo)", ctx->root);
#endif
}

oak_time oak_ctx_now(const struct oak_context *ctx)
{
	return oak_clock_now(&ctx->clock);
}

#ifdef _WIN32
static const char *default_folder(struct oak_arena *arena, const char *what)
{
	const char *data = getenv("ProgramData");
	return oak_arena_printf(arena, "%s\\oakum\\%s", data ? data : "C:\\ProgramData", what);
}

/* Every user may make folders in %ProgramData%: one that somebody else made is not ours to obey. */
static int check_state(const char *dir, struct oak_error *err)
{
	if (!oak_is_privileged() || !oak_fs_exists(dir) || oak_trust_check(dir, err) == 0)
		return 0;
	return oak_context(err, "state");
}
static const char *default_state(struct oak_arena *arena)
{
	return default_folder(arena, "state");
}
static const char *default_cache(struct oak_arena *arena)
{
	return default_folder(arena, "cache");
}
#else
static const char *user_folder(struct oak_arena *arena, const char *variable, const char *below_home)
{
	const char *xdg = getenv(variable), *home = getenv("HOME");
	if (xdg && *xdg == '/')
		return oak_arena_printf(arena, "%s/oakum", xdg);
	return oak_arena_printf(arena, "%s/%s/oakum", home && *home == '/' ? home : "/nonexistent", below_home);
}
/* /var/lib is root's, and a user's folders are the user's. */
static int check_state(const char *dir, struct oak_error *err)
{
	(void)dir;
	(void)err;
	return 0;
}
static const char *default_state(struct oak_arena *arena)
{
	return geteuid() == 0 ? "/var/lib/oakum" : user_folder(arena, "XDG_STATE_HOME", ".local/state");
}
static const char *default_cache(struct oak_arena *arena)
{
	return geteuid() == 0 ? "/var/cache/oakum" : user_folder(arena, "XDG_CACHE_HOME", ".cache");
}
#endif

static const char *absolute(struct oak_arena *arena, const char *path)
{
	char cwd[PATH_MAX];
	if (oak_path_is_absolute(path) || !getcwd(cwd, sizeof(cwd)))
		return path;
	return oak_arena_printf(arena, "%s/%s", cwd, path);
}

static int fill_root(struct oak_context *ctx, struct oak_error *err)
{
	/* An own --root of a command ('repo trust add') is not the examined system. */
	const struct oak_given *g = oak_given_find(ctx->parsed, "root");
	const char *given = g && oak_opt_is_global(g->opt) ? oak_opt_text(ctx, "root") : NULL;
	ctx->root = "/";
	if (!given)
		return 0;
#ifdef _WIN32
	ctx->root = given;
#else
	char resolved[PATH_MAX];
	if (!realpath(given, resolved))
		return oak_fail(err, errno == EACCES ? OAK_DENIED : OAK_INVALID, "usage.root", errno,
				"cannot examine '%s': %s", given, strerror(errno));
	ctx->root = oak_arena_strdup(ctx->arena, resolved);
#endif
	if (!oak_fs_is_dir(ctx->root))
		return oak_fail(err, OAK_INVALID, "usage.root", 0, "cannot examine '%s': it is no folder", given);
	return 0;
}

static bool want_color(const struct oak_context *ctx)
{
	const char *when = oak_opt_text(ctx, "color"), *no = getenv("NO_COLOR"), *term = getenv("TERM");
	if (oak_streq(when, "always"))
		return true;
	return !oak_streq(when, "never") && ctx->out.terminal && !(no && *no) && !oak_streq(term, "dumb");
}

static int terminal_width(void)
{
#ifdef _WIN32
	return 0;
#else
	struct winsize size;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
#endif
}

static void fill_out(struct oak_context *ctx)
{
	static const char *const formats[OAK_OUT_COUNT] = {
		[OAK_OUT_TABLE] = "table", [OAK_OUT_JSON] = "json", [OAK_OUT_YAML] = "yaml", [OAK_OUT_CSV] = "csv"};
	const char *format = oak_opt_text(ctx, "output");
	for (size_t i = 0; i < OAK_OUT_COUNT; i++)
		if (oak_streq(format, formats[i]))
			ctx->out.format = (enum oak_out_format)i;
	ctx->out.terminal = isatty(STDOUT_FILENO);
	ctx->out.quiet = ctx->quiet;
	ctx->out.progress = isatty(STDERR_FILENO) && !ctx->quiet;
	ctx->out.color = want_color(ctx);
	ctx->out.width = ctx->out.terminal ? terminal_width() : 0;
}

int oak_context_fill(struct oak_context *ctx, struct oak_error *err)
{
	const char *state = oak_opt_text(ctx, "state"), *cache = oak_opt_text(ctx, "cache");
	ctx->state_dir = state ? absolute(ctx->arena, state) : default_state(ctx->arena);
	ctx->cache_dir = cache ? absolute(ctx->arena, cache) : default_cache(ctx->arena);
	ctx->quiet = oak_opt_flag(ctx, "quiet");
	ctx->verbose = oak_opt_flag(ctx, "verbose");
	ctx->no_network = oak_opt_flag(ctx, "no-network");
	ctx->no_notify = oak_opt_flag(ctx, "no-notify");
	ctx->dry_run = oak_opt_flag(ctx, "dry-run");
	ctx->at = oak_opt_time(ctx, "at", OAK_TIME_NONE);
	ctx->at_given = ctx->at != OAK_TIME_NONE;
	ctx->clock = ctx->at_given ? oak_clock_fixed(&ctx->at) : oak_clock_system();
	fill_out(ctx);
	if (!state && check_state(ctx->state_dir, err) < 0)
		return -1;
	return fill_root(ctx, err);
}
