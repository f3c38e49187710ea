/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modules.yaml: a stream of documents, read by events; scalars stay texts (a stream "10.0" is no number). */
#include "core/str.h"
#include "core/yaml_stream.h"
#include "scanners/rpm/modules.h"

enum { DEPTH = 16, KEY = 64 };

/* Where we are: the keys of the open mappings; "*" for an item of a sequence. */
struct reader {
	struct oak_modules *out;
	struct {
		char key[KEY];
		bool sequence, have_key;
	} level[DEPTH];
	size_t depth, too_deep;
	char path[DEPTH * (KEY + 1)];
	struct oak_module module;
	struct oak_module_state defaults;
	char document[64];
};

static void path_update(struct reader *r)
{
	size_t n = 0;
	r->path[0] = '\0';
	for (size_t i = 0; i < r->depth; i++)
		n += (size_t)snprintf(r->path + n, sizeof(r->path) - n, "%s%s", i ? "/" : "", r->level[i].sequence ? "*" : r->level[i].key);
}

/* PATTERN with "?" for any one key: "data/dependencies/?/requires/?". */
static bool at(const struct reader *r, const char *pattern)
{
	const char *p = r->path;
	while (*pattern) {
		if (*pattern == '?') {
			size_t n = strcspn(p, "/");
			if (n == 0)
				return false;
			p += n;
			pattern++;
		} else if (*p++ != *pattern++) {
			return false;
		}
	}
	return *p == '\0';
}

static const char *keep(struct reader *r, const char *text)
{
	return oak_arena_strdup(r->out->arena, text);
}

static struct oak_module_requirement *requirement_last(struct reader *r)
{
	if (r->module.dependencies.n == 0)
		return NULL;
	struct oak_module_dependencies *d = &r->module.dependencies.v[r->module.dependencies.n - 1];
	return d->requirements.n ? &d->requirements.v[d->requirements.n - 1] : NULL;
}

static void on_value(struct reader *r, const char *text)
{
	struct {
		const char *path, **to;
	} const scalars[] = {
		{"data/name", &r->module.name},	      {"data/stream", &r->module.stream}, {"data/version", &r->module.version},
		{"data/context", &r->module.context}, {"data/arch", &r->module.arch},	  {"data/module", &r->defaults.name},
	};
	path_update(r);
	if (at(r, "document"))
		snprintf(r->document, sizeof(r->document), "%s", text);
	for (size_t i = 0; i < sizeof(scalars) / sizeof(*scalars); i++)
		if (at(r, scalars[i].path))
			*scalars[i].to = keep(r, text);
	if (oak_streq(r->document, "modulemd-defaults") && at(r, "data/stream"))
		r->defaults.stream = keep(r, text);
	if (at(r, "data/artifacts/rpms/*"))
		*oak_push(r->out->arena, &r->module.artifacts) = keep(r, text);
	if (at(r, "data/dependencies/*/requires/?/*") && requirement_last(r))
		*oak_push(r->out->arena, &requirement_last(r)->streams) = keep(r, text);
}

/* A key was read: some open a new object. */
static void on_key(struct reader *r)
{
	path_update(r);
	if (at(r, "data/dependencies/*/requires/?") && r->module.dependencies.n) {
		struct oak_module_dependencies *d = &r->module.dependencies.v[r->module.dependencies.n - 1];
		*oak_push(r->out->arena, &d->requirements) =
			(struct oak_module_requirement){.module = keep(r, r->level[r->depth - 1].key)};
	}
}

static void on_scalar(void *arg, const char *text)
{
	struct reader *r = arg;
	if (r->too_deep || r->depth == 0)
		return;
	size_t top = r->depth - 1;
	if (r->level[top].sequence) {
		on_value(r, text);
	} else if (!r->level[top].have_key) {
		snprintf(r->level[top].key, KEY, "%s", text);
		r->level[top].have_key = true;
		on_key(r);
	} else {
		on_value(r, text);
		r->level[top].have_key = false;
	}
}

static void open_level(void *arg, bool sequence)
{
	struct reader *r = arg;
	if (r->depth >= DEPTH || r->too_deep) {
		r->too_deep++;
		return;
	}
	path_update(r);
	if (!sequence && at(r, "data/dependencies/*"))
		*oak_push(r->out->arena, &r->module.dependencies) = (struct oak_module_dependencies){0};
	r->level[r->depth].sequence = sequence;
	r->level[r->depth].have_key = false;
	r->level[r->depth].key[0] = '\0';
	r->depth++;
}

static void close_level(void *arg)
{
	struct reader *r = arg;
	if (r->too_deep) {
		r->too_deep--;
		return;
	}
	r->depth--;
	if (r->depth && !r->level[r->depth - 1].sequence)
		r->level[r->depth - 1].have_key = false;
}

static void document_end(void *arg)
{
	struct reader *r = arg;
	struct oak_modules *out = r->out;
	if (oak_streq(r->document, "modulemd") && r->module.name && r->module.stream)
		*oak_push(out->arena, &out->list) = r->module;
	if (oak_streq(r->document, "modulemd-defaults") && r->defaults.name && r->defaults.stream)
		*oak_push(out->arena, &out->defaults) = r->defaults;
	r->module = (struct oak_module){0};
	r->defaults = (struct oak_module_state){0};
	r->document[0] = '\0';
}

int oak_modules_parse(struct oak_modules *modules, FILE *in, const char *name, struct oak_error *err)
{
	struct reader r = {.out = modules};
	const struct oak_yaml_handler handler = {on_scalar, open_level, close_level, document_end, &r};
	return oak_yaml_stream(&handler, in, OAK_MODULES_MAX, name, err);
}
