/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modules of a repository in the form of our caches: a distribution's modules.yaml takes longer to read than all else together. */
#include "core/str.h"
#include "scanners/rpm/modules.h"
#include "scanners/rpm/pack.h"

static const char magic[] = "oakum modules 1";

/* "name-epoch:version-release.arch": is the name, all before the last two dashes, one of NAMES? NULL = all are. */
static bool artifact_wanted(const char *artifact, const struct oak_map *names)
{
	char name[512];
	snprintf(name, sizeof(name), "%s", artifact);
	for (int cut = 0; cut < 2; cut++) {
		char *dash = strrchr(name, '-');
		if (dash)
			*dash = '\0';
	}
	return !names || oak_map_has(names, name);
}

static void pack_dependencies(const struct oak_module_dependencies *d, struct oak_buf *buf)
{
	oak_pack_number(buf, (int64_t)d->requirements.n);
	for (size_t i = 0; i < d->requirements.n; i++) {
		const struct oak_module_requirement *r = &d->requirements.v[i];
		oak_pack_text(buf, r->module);
		oak_pack_number(buf, (int64_t)r->streams.n);
		for (size_t k = 0; k < r->streams.n; k++)
			oak_pack_text(buf, r->streams.v[k]);
	}
}

static void pack_module(const struct oak_module *m, const struct oak_map *names, struct oak_buf *buf)
{
	size_t wanted = 0;
	oak_pack_text(buf, m->name);
	oak_pack_text(buf, m->stream);
	oak_pack_text(buf, m->version);
	oak_pack_text(buf, m->context);
	oak_pack_text(buf, m->arch);
	oak_pack_number(buf, (int64_t)m->dependencies.n);
	for (size_t i = 0; i < m->dependencies.n; i++)
		pack_dependencies(&m->dependencies.v[i], buf);
	for (size_t i = 0; i < m->artifacts.n; i++)
		wanted += artifact_wanted(m->artifacts.v[i], names);
	oak_pack_number(buf, (int64_t)wanted);
	for (size_t i = 0; i < m->artifacts.n; i++)
		if (artifact_wanted(m->artifacts.v[i], names))
			oak_pack_text(buf, m->artifacts.v[i]);
}

void oak_modules_pack(const struct oak_modules *modules, const struct oak_map *names, struct oak_buf *buf)
{
	oak_pack_text(buf, magic);
	oak_pack_number(buf, (int64_t)modules->list.n);
	for (size_t i = 0; i < modules->list.n; i++)
		pack_module(&modules->list.v[i], names, buf);
	oak_pack_number(buf, (int64_t)modules->defaults.n);
	for (size_t i = 0; i < modules->defaults.n; i++) {
		oak_pack_text(buf, modules->defaults.v[i].name);
		oak_pack_text(buf, modules->defaults.v[i].stream);
	}
}

static struct oak_module_dependencies unpack_dependencies(struct oak_arena *arena, struct oak_unpack *in)
{
	struct oak_module_dependencies d = {.requirements = {0}};
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		struct oak_module_requirement r = {.module = oak_unpack_text(in)};
		for (size_t k = oak_unpack_count(in); k && !in->bad; k--)
			*oak_push(arena, &r.streams) = oak_unpack_text(in);
		in->bad |= !r.module;
		*oak_push(arena, &d.requirements) = r;
	}
	return d;
}

static struct oak_module unpack_module(struct oak_arena *arena, struct oak_unpack *in)
{
	struct oak_module m = {0};
	m.name = oak_unpack_text(in);
	m.stream = oak_unpack_text(in);
	m.version = oak_unpack_text(in);
	m.context = oak_unpack_text(in);
	m.arch = oak_unpack_text(in);
	in->bad |= !m.name || !m.stream;
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		struct oak_module_dependencies d = unpack_dependencies(arena, in);
		*oak_push(arena, &m.dependencies) = d;
	}
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		const char *artifact = oak_unpack_text(in);
		in->bad |= !artifact;
		*oak_push(arena, &m.artifacts) = artifact;
	}
	return m;
}

static void unpack_all(struct oak_modules *modules, struct oak_unpack *in)
{
	const char *have = oak_unpack_text(in);
	in->bad |= !oak_streq(have, magic);
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		struct oak_module m = unpack_module(modules->arena, in);
		*oak_push(modules->arena, &modules->list) = m;
	}
	for (size_t n = oak_unpack_count(in); n && !in->bad; n--) {
		struct oak_module_state s = {.name = oak_unpack_text(in)};
		s.stream = oak_unpack_text(in);
		in->bad |= !s.name;
		*oak_push(modules->arena, &modules->defaults) = s;
	}
}

bool oak_modules_unpack(struct oak_modules *modules, const char *text, size_t n)
{
	struct oak_unpack in = {.p = text, .end = text + n};
	size_t list = modules->list.n, defaults = modules->defaults.n;
	unpack_all(modules, &in);
	if (!in.bad)
		return true;
	modules->list.n = list;
	modules->defaults.n = defaults;
	return false;
}
