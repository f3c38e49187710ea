/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which module streams are active on this host, and what that hides. */
#include "scanners/rpm/modules.h"

#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/repoconf.h"

void oak_modules_init(struct oak_modules *modules, struct oak_arena *arena)
{
	*modules = (struct oak_modules){.arena = arena};
	oak_map_init(&modules->by_artifact, arena, 64);
	oak_map_init(&modules->active_names, arena, 64);
}

static void defaults_load(struct oak_modules *modules, const char *root)
{
	struct oak_words files = {0};
	oak_rpm_conf_files(modules->arena, root, "/etc/dnf/modules.defaults.d", ".yaml", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		const char *path = oak_root_join(modules->arena, root, files.list.v[i]);
		FILE *in = fopen(path, "re");
		struct oak_error ignored = {0};
		if (in && oak_modules_parse(modules, in, path, &ignored) < 0)
			ignored = (struct oak_error){0}; /* a broken file of defaults changes nothing */
		if (in)
			fclose(in);
	}
}

void oak_modules_load_state(struct oak_modules *modules, const char *root)
{
	struct oak_words files = {0};
	struct oak_rpm_conf conf = {.root = root};
	defaults_load(modules, root);
	oak_rpm_conf_files(modules->arena, root, "/etc/dnf/modules.d", ".module", &files);
	for (size_t i = 0; i < files.list.n; i++) {
		struct oak_ini ini;
		if (!oak_rpm_conf_ini(modules->arena, &conf, files.list.v[i], &ini))
			continue;
		for (size_t k = 0; k < ini.sections.n; k++) {
			const char *section = ini.sections.v[k], *state = oak_ini_get(&ini, section, "state");
			const char *name = oak_ini_get(&ini, section, "name");
			bool disabled = oak_streq(state, "disabled");
			if (!disabled && !oak_streq(state, "enabled") && !oak_streq(state, "installed"))
				continue;
			*oak_push(modules->arena, &modules->states) =
				(struct oak_module_state){name && *name ? name : section, oak_ini_get(&ini, section, "stream"), disabled};
		}
	}
}

static const struct oak_module_state *state_find(const struct oak_modules *modules, const char *name)
{
	for (size_t i = 0; i < modules->states.n; i++)
		if (oak_streq(modules->states.v[i].name, name))
			return &modules->states.v[i];
	return NULL;
}

/* The stream of NAME that this host uses; NULL = none. */
static const char *stream_of(const struct oak_modules *modules, const char *name)
{
	const struct oak_module_state *state = state_find(modules, name);
	if (state)
		return state->disabled ? NULL : state->stream;
	for (size_t i = modules->defaults.n; i-- > 0;)
		if (oak_streq(modules->defaults.v[i].name, name))
			return modules->defaults.v[i].stream;
	return NULL;
}

static bool requirement_holds(const struct oak_modules *modules, const struct oak_module_requirement *r)
{
	if (oak_streq(r->module, "platform"))
		return true;
	const char *stream = stream_of(modules, r->module);
	bool negative = false;
	for (size_t i = 0; i < r->streams.n && stream; i++) {
		const char *want = r->streams.v[i];
		negative |= want[0] == '-';
		if (want[0] == '-' && oak_streq(want + 1, stream))
			return false;
		if (oak_streq(want, stream))
			return true;
	}
	return stream && (r->streams.n == 0 || negative);
}

static bool dependencies_hold(const struct oak_modules *modules, const struct oak_module *m)
{
	for (size_t d = 0; d < m->dependencies.n; d++) {
		bool all = true;
		for (size_t i = 0; i < m->dependencies.v[d].requirements.n && all; i++)
			all = requirement_holds(modules, &m->dependencies.v[d].requirements.v[i]);
		if (all)
			return true;
	}
	return m->dependencies.n == 0;
}

/* "name-epoch:version-release.arch" without what is behind the name. */
static const char *artifact_name(struct oak_arena *arena, const char *artifact)
{
	char *name = oak_arena_strdup(arena, artifact);
	for (int cut = 0; cut < 2; cut++) {
		char *dash = strrchr(name, '-');
		if (dash)
			*dash = '\0';
	}
	return name;
}

static void index_artifacts(struct oak_modules *modules, struct oak_module *m)
{
	for (size_t i = 0; i < m->artifacts.n; i++) {
		void **slot = oak_map_slot(&modules->by_artifact, m->artifacts.v[i]);
		const struct oak_module *have = *slot;
		if (!have || (m->active && !have->active))
			*slot = m;
		if (m->active && !oak_ends_with(m->artifacts.v[i], ".src"))
			oak_map_put(&modules->active_names, artifact_name(modules->arena, m->artifacts.v[i]), m);
	}
}

void oak_modules_settle(struct oak_modules *modules)
{
	for (size_t i = 0; i < modules->list.n; i++) {
		struct oak_module *m = &modules->list.v[i];
		const char *stream = stream_of(modules, m->name);
		m->active = stream && oak_streq(stream, m->stream) && dependencies_hold(modules, m);
	}
	for (size_t i = 0; i < modules->list.n; i++)
		index_artifacts(modules, &modules->list.v[i]);
}

enum oak_module_verdict oak_modules_judge(const struct oak_modules *modules, const char *name, const char *evr, const char *arch,
					  const char **ret_label)
{
	char nevra[1024];
	if (modules->list.n == 0)
		return OAK_MODULE_NONE;
	snprintf(nevra, sizeof(nevra), "%s-%s%s.%s", name, strchr(evr, ':') ? "" : "0:", evr, arch);
	const struct oak_module *m = oak_map_find(&modules->by_artifact, nevra);
	if (!m)
		return oak_map_has(&modules->active_names, name) ? OAK_MODULE_SHADOWED : OAK_MODULE_NONE;
	*ret_label = oak_arena_printf(modules->arena, "%s:%s:%s:%s", m->name, m->stream, m->version ? m->version : "",
				      m->context ? m->context : "");
	return m->active ? OAK_MODULE_ACTIVE : OAK_MODULE_INACTIVE;
}

static bool part_match(const char *want, const char *have)
{
	return !want || !*want || !have || oak_streq(want, have);
}

bool oak_modules_active(const struct oak_modules *modules, const char *name, const char *stream, const char *context, const char *arch)
{
	for (size_t i = 0; i < modules->list.n; i++) {
		const struct oak_module *m = &modules->list.v[i];
		if (m->active && oak_streq(m->name, name) && part_match(stream, m->stream) && part_match(context, m->context) &&
		    part_match(arch, m->arch))
			return true;
	}
	return false;
}
