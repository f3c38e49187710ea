/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Version locks as dnf 4's and yum's plugins and dnf5 keep them. */
#include <stdio.h>

#include "core/buf.h"
#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/repoconf.h"
#include "scanners/rpm/toml.h"

/* Plugin of dnf 4 and of yum: a list of patterns, one a line; it counts unless its own configuration switches it off. */
static void lists_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	static const struct {
		const char *conf, *list;
	} plugins[] = {{"/etc/dnf/plugins/versionlock.conf", "/etc/dnf/plugins/versionlock.list"},
		       {"/etc/yum/pluginconf.d/versionlock.conf", "/etc/yum/pluginconf.d/versionlock.list"}};
	for (size_t i = 0; i < sizeof(plugins) / sizeof(*plugins); i++) {
		struct oak_ini ini = {0};
		struct oak_buf text;
		oak_rpm_conf_ini(arena, conf, plugins[i].conf, &ini);
		const char *list = oak_ini_get(&ini, "main", "locklist");
		if (oak_ini_bool(oak_ini_get(&ini, "main", "enabled"), 1) == 0)
			continue;
		oak_buf_init(&text, OAK_INI_MAX);
		list = list && list[0] == '/' ? list : plugins[i].list;
		*oak_push(arena, &conf->elsewhere.list) = list;
		(void)oak_root_read(conf->root, list, &text);
		struct oak_str rest = {text.p, text.n}, line;
		while (rest.n && oak_str_next(&rest, '\n', &line)) {
			line = oak_str_trim(line);
			if (line.n && line.p[0] != '#')
				*oak_push(arena, &conf->locks) =
					(struct oak_lock){.kind = OAK_LOCK_VERSIONLOCK, .pattern = oak_arena_strndup(arena, line.p, line.n)};
		}
		oak_buf_done(&text);
	}
}

struct reader {
	struct oak_arena *arena;
	struct oak_rpm_conf *conf;
	struct oak_lock lock;
	struct oak_lock_condition condition;
	bool in_package, in_condition;
};

static void condition_end(struct reader *r)
{
	if (r->in_condition && r->condition.key && r->condition.value)
		*oak_push(r->arena, &r->lock.conditions) = r->condition;
	r->in_condition = false;
}

static void package_end(struct reader *r)
{
	condition_end(r);
	if (r->in_package && r->lock.pattern)
		*oak_push(r->arena, &r->conf->locks) = r->lock;
	r->in_package = false;
}

static void on_table(void *arg, const char *name)
{
	struct reader *r = arg;
	if (oak_streq(name, "packages")) {
		package_end(r);
		r->lock = (struct oak_lock){.kind = OAK_LOCK_VERSIONLOCK, .by_conditions = true};
		r->in_package = true;
	} else if (oak_streq(name, "packages.conditions") && r->in_package) {
		condition_end(r);
		r->condition = (struct oak_lock_condition){.op = "="};
		r->in_condition = true;
	}
}

static void on_pair(void *arg, const char *key, const char *inner, const char *value)
{
	struct reader *r = arg;
	const struct {
		const char *key, **to;
	} settings[] = {{"key", &r->condition.key}, {"comparator", &r->condition.op}, {"value", &r->condition.value}};
	for (size_t i = 0; r->in_condition && i < sizeof(settings) / sizeof(*settings); i++)
		if (oak_streq(key, settings[i].key))
			*settings[i].to = value;
	if (r->in_package && !r->in_condition && oak_streq(key, "name") && !inner)
		r->lock.pattern = value;
}

/* dnf5: [[packages]] with a name, each with [[packages.conditions]]. */
static void toml_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	static const char path[] = "/etc/dnf/versionlock.toml";
	struct reader r = {.arena = arena, .conf = conf};
	const struct oak_toml_handler handler = {on_table, on_pair, &r};
	struct oak_buf text OAK_AUTO(oak_buf_done);
	oak_buf_init(&text, OAK_INI_MAX);
	if (oak_root_read(conf->root, path, &text) < 0)
		return;
	int line = oak_toml_read(arena, oak_buf_text(&text), text.n, &handler);
	package_end(&r);
	if (line)
		oak_rpm_conf_problem(arena, conf, path, oak_arena_printf(arena, "cannot read '%s': line %d is none that dnf5 writes; locks after it do not count", path, line), NULL);
}

void oak_versionlock_load(struct oak_arena *arena, struct oak_rpm_conf *conf)
{
	lists_load(arena, conf);
	toml_load(arena, conf);
}
