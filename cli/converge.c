/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what is to what is assigned: steps, and the record of what converge brought here. */
#include "cli/converge.h"

#include "baseline/reader.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"

enum { RECORD_MAX = 4 * 1024 * 1024 };

const char *oak_converge_status_to_string(enum oak_converge_status status)
{
	static const char *const names[OAK_STEP_STATUS_COUNT] = {"WAITING", "UNCHANGED", "WOULD", "DONE", "FAILED"};
	return names[status];
}

/* --- the record ---------------------------------------------------------------------------------------------------------- */

#define MANAGED(member) OAK_AT(struct oak_managed, member)
static const struct oak_field managed_fields[] = {
	{.key = "name", .kind = OAK_FIELD_STRING, MANAGED(name), .flags = OAK_REQUIRED, .min = 1},
	{.key = "repository", .kind = OAK_FIELD_STRING, MANAGED(repository), .flags = OAK_OPTIONAL},
	{.key = "from", .kind = OAK_FIELD_STRING, MANAGED(from), .flags = OAK_OPTIONAL},
	{.key = "withdrawn", .kind = OAK_FIELD_ENUM, MANAGED(withdrawn), OAK_NAMES(oak_withdrawal_names)},
};
static const struct oak_shape managed_shape = OAK_SHAPE(struct oak_managed, managed_fields);
static const struct oak_field record_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.managed/1"},
	{.key = "packages", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct oak_managed_list, list), .shape = &managed_shape},
};
static const struct oak_shape record_shape = OAK_SHAPE(struct oak_managed_list, record_fields);

static const char *record_path(struct oak_context *ctx, const char *node_id)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(node_id, strlen(node_id), digest); /* an id from the configuration may hold any character */
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_printf(ctx->arena, "%s/converge/%.32s.json", ctx->state_dir, hex);
}

int oak_managed_load(struct oak_context *ctx, const char *node_id, struct oak_managed_list *ret)
{
	const char *path = record_path(ctx, node_id);
	const struct oak_value *doc;
	struct oak_reader reader = {.arena = ctx->arena};
	*ret = (struct oak_managed_list){0};
	if (!oak_fs_exists(path))
		return 0;
	if (oak_value_load(ctx->arena, path, &(struct oak_value_limits){RECORD_MAX, 0}, &doc, &ctx->err) < 0)
		return -1;
	oak_shape_read(&reader, doc, &record_shape, ret);
	return oak_reader_finish(&reader, path, "converge.record", &ctx->err);
}

int oak_managed_save(struct oak_context *ctx, const char *node_id, const struct oak_managed_list *list)
{
	const char *path = record_path(ctx, node_id);
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, RECORD_MAX);
	oak_sink_json(&sink, &buf);
	oak_shape_write(&record_shape, list, NULL, &sink);
	if (oak_fs_mkdirs(oak_arena_printf(ctx->arena, "%s/converge", ctx->state_dir), 0700, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(path, oak_buf_text(&buf), buf.n, 0600, &ctx->err);
}

/* --- steps ----------------------------------------------------------------------------------------------------------------- */

struct planning {
	struct oak_arena *arena;
	const struct oak_converge_facts *facts;
	struct oak_converge_steps *steps;
	struct oak_managed_list *managed;
};

static const struct oak_converge_installed *installed(const struct oak_converge_facts *f, const char *name)
{
	for (size_t i = 0; i < f->installed_count; i++)
		if (oak_streq(f->installed[i].name, name))
			return &f->installed[i];
	return NULL;
}

static const struct oak_effective_package *assigned(const struct oak_effective *e, const char *name)
{
	for (size_t i = 0; i < e->packages.n; i++)
		if (oak_streq(e->packages.v[i].package->name, name))
			return &e->packages.v[i];
	return NULL;
}

/* Two assignments disagree about it: then it stays as it is. */
static bool contested(const struct oak_effective *e, struct oak_arena *arena, const char *name)
{
	const char *what = oak_arena_printf(arena, "package '%s'", name);
	for (size_t i = 0; i < e->conflicts.list.n; i++)
		if (oak_streq(e->conflicts.list.v[i].what, what))
			return true;
	return false;
}

static struct oak_converge_step *add(struct planning *p, const char *name, const char *action, const char *from, const char *to)
{
	struct oak_converge_step *s = oak_push(p->arena, &p->steps->list);
	*s = (struct oak_converge_step){.what = OAK_CONVERGE_PACKAGE, .name = name, .action = action, .from = from, .to = to};
	return s;
}

static void plan_withdrawn(struct planning *p)
{
	for (size_t i = 0; i < p->facts->managed->list.n; i++) {
		const struct oak_managed *m = &p->facts->managed->list.v[i];
		const struct oak_converge_installed *now = installed(p->facts, m->name);
		if (assigned(p->facts->effective, m->name))
			continue;
		if (contested(p->facts->effective, p->arena, m->name)) {
			*oak_push(p->arena, &p->managed->list) = *m;
			continue;
		}
		if (m->withdrawn != OAK_WITHDRAWN_UNINSTALL || !now)
			continue;
		struct oak_converge_step *s = add(p, m->name, "UNINSTALL", now->version, NULL);
		s->assignment = m->from;
		s->detail = "no assignment names it any more";
	}
}

static void plan_removals(struct planning *p)
{
	const struct oak_effective *e = p->facts->effective;
	for (size_t i = 0; i < e->packages.n; i++) {
		const struct oak_effective_package *want = &e->packages.v[i];
		const struct oak_converge_installed *now = installed(p->facts, want->package->name);
		if (want->package->action != OAK_ASSIGNED_UNINSTALL)
			continue;
		struct oak_converge_step *s = add(p, want->package->name, "UNINSTALL", now ? now->version : NULL, NULL);
		s->assignment = want->from->name;
		s->status = now ? OAK_STEP_WAITING : OAK_STEP_UNCHANGED;
	}
}

static int plan_install(struct planning *p, const struct oak_effective_package *want)
{
	const struct oak_converge_installed *now = installed(p->facts, want->package->name);
	const char *const *offered = NULL, *version;
	size_t n = 0;
	bool here = now && want->package->version && oak_streq(now->version, want->package->version);
	if (!here && p->facts->versions(p->facts->arg, want->from->repository, want->package->name, &offered, &n) < 0)
		return -1;
	version = here ? now->version : oak_assigned_version(want->package, offered, n);
	struct oak_converge_step *s = add(p, want->package->name, "INSTALL", now ? now->version : NULL, version);
	s->assignment = want->from->name;
	s->repository = want->from->repository;
	*oak_push(p->arena, &p->managed->list) =
		(struct oak_managed){want->package->name, want->from->repository, want->from->name, want->package->withdrawn};
	if (!version) {
		s->status = OAK_STEP_FAILED;
		s->exit_code = 4;
		s->detail = oak_arena_printf(p->arena, "no trusted repository offers %s",
					     want->package->version ? want->package->version : want->package->channel);
	} else if (now && oak_streq(now->version, version) && oak_streq(now->state, "INSTALLED")) {
		s->status = OAK_STEP_UNCHANGED;
	}
	return 0;
}

int oak_converge_plan(struct oak_arena *arena, const struct oak_converge_facts *facts, struct oak_converge_steps *ret,
		      struct oak_managed_list *ret_managed)
{
	struct planning p = {arena, facts, ret, ret_managed};
	const struct oak_effective *e = facts->effective;
	plan_withdrawn(&p);
	plan_removals(&p);
	for (size_t i = 0; i < e->packages.n; i++)
		if (e->packages.v[i].package->action == OAK_ASSIGNED_INSTALL && plan_install(&p, &e->packages.v[i]) < 0)
			return -1;
	if (e->baseline)
		*oak_push(arena, &ret->list) = (struct oak_converge_step){.what = OAK_CONVERGE_PATCH, .name = e->baseline->baseline,
									  .action = "PATCH", .assignment = e->baseline->name};
	return 0;
}
