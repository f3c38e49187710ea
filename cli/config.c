/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration: every key is a row of the command table or of cli/settings.c; all others are refused by name. */
#include "cli/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "core/trustfile.h"

#ifdef _WIN32
#define geteuid() 0
#endif

/* "no-network" -> "noNetwork", appended to OUT. */
static void add_camel(struct oak_buf *out, const char *name)
{
	for (const char *p = name; *p; p++) {
		bool up = *p == '-' && p[1];
		if (up)
			p++;
		oak_buf_addc(out, up ? (char)toupper((unsigned char)*p) : *p);
	}
}

const char *oak_config_path(struct oak_arena *arena, const struct oak_cmd *cmd, const struct oak_opt *opt)
{
	OAK_AUTO(oak_buf_done) struct oak_buf path;
	oak_buf_init(&path, 4096);
	for (const char *p = cmd ? cmd->name : ""; *p;) {
		size_t n = strcspn(p, " ");
		add_camel(&path, oak_arena_strndup(arena, p, n));
		oak_buf_addc(&path, '.');
		p += n + (p[n] == ' ');
	}
	add_camel(&path, opt->name);
	return oak_arena_strdup(arena, oak_buf_text(&path));
}

const struct oak_value *oak_config_get(const struct oak_context *ctx, const char *path)
{
	const struct oak_value *v = ctx->config;
	struct oak_str rest = oak_str_of(path), part;
	while (v && oak_str_next(&rest, '.', &part))
		v = oak_value_get(v, oak_arena_strndup(ctx->arena, part.p, part.n));
	return v && v->kind != OAK_VALUE_NULL ? v : NULL;
}

/* A scalar as the command line would give it; NULL for lists and maps. */
static const char *scalar_text(struct oak_arena *arena, const struct oak_value *v)
{
	switch (v->kind) {
	case OAK_VALUE_STRING:
		return v->string;
	case OAK_VALUE_INT:
		return oak_arena_printf(arena, "%lld", (long long)v->integer);
	case OAK_VALUE_REAL:
		return oak_arena_printf(arena, "%.17g", v->real);
	case OAK_VALUE_BOOL:
		return v->boolean ? "true" : "false";
	case OAK_VALUE_NULL:
	case OAK_VALUE_ARRAY:
	case OAK_VALUE_OBJECT:
	case OAK_VALUE_KIND_COUNT:
		break;
	}
	return NULL;
}

const char *oak_config_text(const struct oak_context *ctx, const char *path)
{
	const struct oak_value *v = oak_config_get(ctx, path);
	return v ? scalar_text(ctx->arena, v) : NULL;
}

static const char *place(struct oak_context *ctx, const char *path, const struct oak_value *v)
{
	if (v->line)
		return oak_arena_printf(ctx->arena, "'%s' in '%s' (line %d)", path, ctx->config_file, v->line);
	return oak_arena_printf(ctx->arena, "'%s' in '%s'", path, ctx->config_file);
}

static int wrong_type(struct oak_context *ctx, const char *path, const struct oak_value *v, const char *wanted,
		      struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "config.type", 0, "%s cannot be %s (give %s)", place(ctx, path, v),
			oak_value_kind_to_string(v->kind), wanted);
}

static int check_scalar(struct oak_context *ctx, const char *path, const struct oak_value *v,
			const struct oak_opt *opt, struct oak_error *err)
{
	const char *text = scalar_text(ctx->arena, v);
	if (!text || v->kind == OAK_VALUE_BOOL)
		return wrong_type(ctx, path, v, opt->value, err);
	return oak_opt_check(opt, place(ctx, path, v), text, err);
}

static int check_option(struct oak_context *ctx, const char *path, const struct oak_value *v,
			const struct oak_opt *opt, struct oak_error *err)
{
	if (opt->kind == OAK_OPT_FLAG)
		return v->kind == OAK_VALUE_BOOL ? 0 : wrong_type(ctx, path, v, "true or false", err);
	if (opt->kind == OAK_OPT_TEXT || v->kind != OAK_VALUE_ARRAY)
		return check_scalar(ctx, path, v, opt, err);
	for (size_t i = 0; i < v->array.n; i++)
		if (check_scalar(ctx, path, &v->array.v[i], opt, err) < 0)
			return -1;
	return 0;
}

static int check_setting(struct oak_context *ctx, const struct oak_setting *s, const struct oak_value *v,
			 struct oak_error *err)
{
	struct oak_opt as_opt = {.value = s->kind == OAK_SETTING_TIME_SPAN ? "DURATION" : s->kind == OAK_SETTING_COUNT ? "COUNT" : s->value};
	switch (s->kind) {
	case OAK_SETTING_TEXT:
	case OAK_SETTING_TIME_SPAN:
	case OAK_SETTING_COUNT:
		return check_scalar(ctx, s->path, v, &as_opt, err);
	case OAK_SETTING_BOOL:
		return v->kind == OAK_VALUE_BOOL ? 0 : wrong_type(ctx, s->path, v, "true or false", err);
	case OAK_SETTING_LIST:
		if (v->kind != OAK_VALUE_ARRAY)
			return wrong_type(ctx, s->path, v, "a list", err);
		for (size_t i = 0; i < v->array.n; i++)
			if (check_scalar(ctx, s->path, &v->array.v[i], &as_opt, err) < 0)
				return -1;
		return 0;
	case OAK_SETTING_MAP:
		if (v->kind != OAK_VALUE_OBJECT)
			return wrong_type(ctx, s->path, v, "keys with values", err);
		for (size_t i = 0; i < v->object.n; i++)
			if (!scalar_text(ctx->arena, &v->object.v[i].value))
				return wrong_type(ctx, s->path, &v->object.v[i].value, "a text as each value", err);
		return 0;
	case OAK_SETTING_ANY:
		return 0;
	}
	return 0;
}

/* What one path of the document is to the tables. */
struct key_search {
	const char *path;
	const struct oak_opt *opt;
	const struct oak_setting *setting;
	bool inner;       /* keys exist below it */
	bool refused;     /* an option, but never a configuration key */
	struct oak_suggestion near;
};

static void meet(struct key_search *s, const char *candidate, const struct oak_opt *opt,
		 const struct oak_setting *setting)
{
	size_t n = strlen(s->path);
	bool no_config = opt && (opt->flags & OAK_OPT_NO_CONFIG);
	if (oak_streq(candidate, s->path)) {
		s->opt = no_config ? NULL : opt;
		s->setting = setting;
		s->refused = no_config;
	} else if (!no_config && strncmp(candidate, s->path, n) == 0 && candidate[n] == '.') {
		s->inner = true;
	}
	if (!no_config)
		oak_suggest(&s->near, candidate);
}

static void search(struct oak_context *ctx, struct key_search *s)
{
	for (const struct oak_setting *row = oak_settings; row->path; row++)
		meet(s, row->path, NULL, row);
	for (const struct oak_opt *o = oak_global_opts; o->name; o++)
		meet(s, oak_config_path(ctx->arena, NULL, o), o, NULL);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++)
		for (const struct oak_opt *o = (*c)->opts; o && o->name; o++)
			meet(s, oak_config_path(ctx->arena, *c, o), o, NULL);
}

static int unknown_key(struct oak_context *ctx, const struct key_search *s, const struct oak_value *v,
		       struct oak_error *err)
{
	if (s->refused)
		return oak_fail(err, OAK_INVALID, "config.key-refused", 0,
				"%s cannot be configured (give it on the command line)", place(ctx, s->path, v));
	if (s->near.best)
		return oak_fail(err, OAK_INVALID, "config.key-unknown", 0, "unknown key %s (did you mean '%s'?)",
				place(ctx, s->path, v), s->near.best);
	return oak_fail(err, OAK_INVALID, "config.key-unknown", 0, "unknown key %s (see 'man oakum.yaml')",
			place(ctx, s->path, v));
}

static int check_object(struct oak_context *ctx, const char *prefix, const struct oak_value *object,
			struct oak_error *err)
{
	for (size_t i = 0; i < object->object.n; i++) {
		const struct oak_member *m = &object->object.v[i];
		const char *path = oak_arena_printf(ctx->arena, "%s%s%s", prefix, *prefix ? "." : "", m->key);
		struct key_search s = {.path = path, .near = {.word = path}};
		search(ctx, &s);
		int rc = 0;
		if (!s.opt && !s.setting && !s.inner)
			return unknown_key(ctx, &s, &m->value, err);
		if (m->value.kind == OAK_VALUE_NULL)
			continue;
		if (s.opt)
			rc = check_option(ctx, path, &m->value, s.opt, err);
		else if (s.setting)
			rc = check_setting(ctx, s.setting, &m->value, err);
		else if (m->value.kind != OAK_VALUE_OBJECT)
			rc = wrong_type(ctx, path, &m->value, "keys with values", err);
		else
			rc = check_object(ctx, path, &m->value, err);
		if (rc < 0)
			return -1;
	}
	return 0;
}

#ifdef _WIN32
const char *oak_config_place(struct oak_arena *arena)
{
	const char *data = getenv("ProgramData");
	return oak_arena_printf(arena, "%s\\oakum\\oakum.yaml", data ? data : "C:\\ProgramData");
}

/* The file to read when --config does not say; NULL = none. */
static const char *default_file(struct oak_arena *arena)
{
	const char *file = oak_config_place(arena);
	return oak_fs_exists(file) ? file : NULL;
}
#else
static const char system_file[] = "/etc/oakum/oakum.yaml";

const char *oak_config_place(struct oak_arena *arena)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (geteuid() == 0)
		return system_file;
	return xdg && *xdg == '/' ? oak_arena_printf(arena, "%s/oakum/oakum.yaml", xdg)
				  : oak_arena_printf(arena, "%s/.config/oakum/oakum.yaml", home ? home : "");
}

/* The file to read when --config does not say: the user's, else the system's; NULL = none. */
static const char *default_file(struct oak_arena *arena)
{
	const char *file = oak_config_place(arena);
	if (oak_fs_exists(file))
		return file;
	return oak_fs_exists(system_file) ? system_file : NULL;
}
#endif

int oak_config_check(struct oak_context *ctx, struct oak_error *err)
{
	if (!ctx->config)
		return 0;
	if (ctx->config->kind != OAK_VALUE_OBJECT)
		return oak_fail(err, OAK_INVALID, "config.type", 0, "configuration '%s' holds %s (give keys with values)",
				ctx->config_file, oak_value_kind_to_string(ctx->config->kind));
	return check_object(ctx, "", ctx->config, err);
}

/* Nothing but blank lines and comments: as good as no file. */
static bool is_blank(struct oak_str text)
{
	struct oak_str line;
	while (oak_str_next(&text, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n && line.p[0] != '#')
			return false;
	}
	return true;
}

/* JSON is YAML: one parser reads both, and knows the lines. */
static int read_document(struct oak_context *ctx, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_CONFIG_MAX};
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_CONFIG_MAX);
	if (oak_fs_read(ctx->config_file, &text, err) < 0)
		return -1;
	if (is_blank((struct oak_str){oak_buf_text(&text), text.n}))
		return 0;
	return oak_yaml_parse(ctx->arena, oak_buf_text(&text), text.n, ctx->config_file, &limits, &ctx->config, err);
}

int oak_config_load(struct oak_context *ctx, struct oak_error *err)
{
	const char *given = oak_opt_text(ctx, "config");
	ctx->config_file = given ? given : default_file(ctx->arena);
	if (!ctx->config_file)
		return 0;
	if (given && !oak_fs_exists(given) && ctx->cmd && (ctx->cmd->flags & OAK_CMD_MAKES_CONFIG)) {
		ctx->config_file = NULL;
		return 0;
	}
	if (given && !oak_fs_exists(given))
		return oak_fail(err, OAK_INVALID, "config.absent", 0, "cannot open configuration '%s': it does not exist",
				given);
	if (oak_trust_check(ctx->config_file, err) < 0 || read_document(ctx, err) < 0)
		return oak_context(err, "configuration");
	return oak_config_check(ctx, err);
}

static void merge_one(struct oak_context *ctx, const struct oak_opt *opt, const struct oak_value *v)
{
	struct oak_given *g = oak_given_add(ctx->arena, ctx->parsed, opt);
	if (opt->kind == OAK_OPT_FLAG)
		g->off = !v->boolean;
	else if (v->kind != OAK_VALUE_ARRAY)
		*oak_push(ctx->arena, &g->values) = scalar_text(ctx->arena, v);
	else
		for (size_t i = 0; i < v->array.n; i++)
			*oak_push(ctx->arena, &g->values) = scalar_text(ctx->arena, &v->array.v[i]);
}

void oak_config_merge(struct oak_context *ctx)
{
	const struct oak_opt *opt;
	for (size_t i = 0; ctx->config && (opt = oak_opt_each(ctx->cmd, &i));) {
		if ((opt->flags & OAK_OPT_NO_CONFIG) || oak_given_find(ctx->parsed, opt->name))
			continue;
		const char *path = oak_config_path(ctx->arena, oak_opt_is_global(opt) ? NULL : ctx->cmd, opt);
		const struct oak_value *v = oak_config_get(ctx, path);
		if (v)
			merge_one(ctx, opt, v);
	}
}
