/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records by their tables. */
#include "distributor/package/record.h"

#include <stdio.h>
#include <stdlib.h>

#include "baseline/reader.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/left.h"

enum { RECORD_MAX = 4 * 1024 * 1024 };

static const char *const states[] = {"INSTALLED", "FAILED", "PENDING"};
_Static_assert(sizeof(states) / sizeof(*states) == OAK_PACKAGE_STATE_COUNT, "one name a state");
static const char *const verbs[] = {"install", "update", "uninstall", "rollback"};
_Static_assert(sizeof(verbs) / sizeof(*verbs) == OAK_VERB_COUNT, "one name a verb");
static const char *const statuses[] = {"SUCCESS", "PENDING_REBOOT", "FAILED", "INTERRUPTED", "MISSED_WINDOW", "SKIPPED", "RUNNING", "PLANNED"};
_Static_assert(sizeof(statuses) / sizeof(*statuses) == OAK_PACKAGE_RUN_STATUS_COUNT, "one name a status");

const char *oak_package_state_to_string(enum oak_package_state state)
{
	return states[state];
}

const char *oak_package_verb_to_string(enum oak_package_verb verb)
{
	return verbs[verb];
}

const char *oak_package_status_to_string(enum oak_package_status status)
{
	return statuses[status];
}

#define RECORD(member) OAK_AT(struct oak_package_record, member)
static const struct oak_field record_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.packageState/1"},
	{.key = "name", .kind = OAK_FIELD_STRING, RECORD(name), .flags = OAK_REQUIRED},
	{.key = "version", .kind = OAK_FIELD_STRING, RECORD(version), .flags = OAK_REQUIRED},
	{.key = "model", .kind = OAK_FIELD_ENUM, RECORD(model), .names = oak_package_model_names, .name_count = OAK_MODEL_COUNT},
	{.key = "state", .kind = OAK_FIELD_ENUM, RECORD(state), .flags = OAK_REQUIRED, OAK_NAMES(states)},
	{.key = "generation", .kind = OAK_FIELD_INT, RECORD(generation), .flags = OAK_REQUIRED},
	{.key = "installedAt", .kind = OAK_FIELD_TIME, RECORD(installed_at)},
	{.key = "argsDigest", .kind = OAK_FIELD_STRING, RECORD(args_digest), .flags = OAK_OPTIONAL},
	{.key = "args", .kind = OAK_FIELD_TAGS, RECORD(args), .flags = OAK_OPTIONAL},
	{.key = "manifestSha256", .kind = OAK_FIELD_STRING, RECORD(manifest_sha256), .flags = OAK_OPTIONAL},
	{.key = "attempts", .kind = OAK_FIELD_INT, RECORD(attempts), .flags = OAK_OPTIONAL},
	{.key = "attempted", .kind = OAK_FIELD_STRING, RECORD(attempted), .flags = OAK_OPTIONAL},
	{.key = "detail", .kind = OAK_FIELD_STRING, RECORD(detail), .flags = OAK_OPTIONAL},
};
static const struct oak_shape record_shape = OAK_SHAPE(struct oak_package_record, record_fields);

#define GENERATION(member) OAK_AT(struct oak_generation, member)
static const struct oak_field generation_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.generation/1"},
	{.key = "number", .kind = OAK_FIELD_INT, GENERATION(number), .flags = OAK_REQUIRED},
	{.key = "name", .kind = OAK_FIELD_STRING, GENERATION(name), .flags = OAK_REQUIRED},
	{.key = "version", .kind = OAK_FIELD_STRING, GENERATION(version), .flags = OAK_REQUIRED},
	{.key = "model", .kind = OAK_FIELD_ENUM, GENERATION(model), .names = oak_package_model_names, .name_count = OAK_MODEL_COUNT},
	{.key = "archive", .kind = OAK_FIELD_STRING, GENERATION(archive)},
	{.key = "archiveSha256", .kind = OAK_FIELD_STRING, GENERATION(archive_sha256)},
	{.key = "manifestSha256", .kind = OAK_FIELD_STRING, GENERATION(manifest_sha256)},
	{.key = "sealSha256", .kind = OAK_FIELD_STRING, GENERATION(seal_sha256), .flags = OAK_REQUIRED},
	{.key = "bytes", .kind = OAK_FIELD_INT64, GENERATION(bytes)},
	{.key = "sealedAt", .kind = OAK_FIELD_TIME, GENERATION(sealed_at)},
	{.key = "unpacked", .kind = OAK_FIELD_STRING, GENERATION(unpacked), .flags = OAK_OPTIONAL},
};
static const struct oak_shape generation_shape = OAK_SHAPE(struct oak_generation, generation_fields);

#define RUN(member) OAK_AT(struct oak_package_run, member)
static const struct oak_field run_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.packageRunState/1"},
	{.key = "id", .kind = OAK_FIELD_STRING, RUN(id), .flags = OAK_REQUIRED},
	{.key = "name", .kind = OAK_FIELD_STRING, RUN(name), .flags = OAK_REQUIRED},
	{.key = "verb", .kind = OAK_FIELD_ENUM, RUN(verb), .flags = OAK_REQUIRED, OAK_NAMES(verbs)},
	{.key = "model", .kind = OAK_FIELD_ENUM, RUN(model), .names = oak_package_model_names, .name_count = OAK_MODEL_COUNT},
	{.key = "inPlace", .kind = OAK_FIELD_BOOL, RUN(in_place)},
	{.key = "withoutScripts", .kind = OAK_FIELD_BOOL, RUN(without_scripts)},
	{.key = "from", .kind = OAK_FIELD_STRING, RUN(from), .flags = OAK_OPTIONAL},
	{.key = "fromGeneration", .kind = OAK_FIELD_INT, RUN(from_generation)},
	{.key = "to", .kind = OAK_FIELD_STRING, RUN(to), .flags = OAK_OPTIONAL},
	{.key = "toGeneration", .kind = OAK_FIELD_INT, RUN(to_generation)},
	{.key = "args", .kind = OAK_FIELD_TAGS, RUN(args), .flags = OAK_OPTIONAL},
	{.key = "argsDigest", .kind = OAK_FIELD_STRING, RUN(args_digest), .flags = OAK_OPTIONAL},
	{.key = "startedAt", .kind = OAK_FIELD_TIME, RUN(started_at)},
};
static const struct oak_shape run_shape = OAK_SHAPE(struct oak_package_run, run_fields);

static int save(const char *path, const struct oak_shape *shape, const void *record, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, RECORD_MAX);
	oak_sink_json(&sink, &text);
	oak_shape_write(shape, record, NULL, &sink);
	return oak_fs_write_atomic(path, oak_buf_text(&text), text.n, 0600, err);
}

static int load(struct oak_arena *arena, const char *path, const struct oak_shape *shape, void *record, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = RECORD_MAX};
	const struct oak_value *doc;
	struct oak_reader reader = {.arena = arena};
	if (oak_value_load(arena, path, &limits, &doc, err) < 0)
		return -1;
	oak_shape_read(&reader, doc, shape, record);
	return oak_reader_finish(&reader, path, "package.damaged", err);
}

/* ------------------------------------------------------------------------------------------- generations */

int oak_generation_save(const char *folder, const struct oak_generation *generation, struct oak_error *err)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/generation.json", folder);
	return save(path, &generation_shape, generation, err);
}

static int load_seal(const struct oak_pkgs *pkgs, const char *path, struct oak_generation *g, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_buf_init(&text, OAK_SEAL_MAX);
	if (oak_fs_read(path, &text, err) < 0)
		return -1;
	oak_sha256(oak_buf_text(&text), text.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	if (!oak_streq(hex, g->seal_sha256))
		return oak_fail(err, OAK_UNTRUSTED, "package.tampered", 0, "'%s' was changed since it was installed (E_TAMPER)", path);
	return oak_seal_parse(pkgs->arena, oak_buf_text(&text), text.n, &g->seal, err);
}

static int load_manifest(const struct oak_pkgs *pkgs, const char *path, struct oak_generation *g, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_buf_init(&text, OAK_MANIFEST_MAX);
	if (oak_fs_read(path, &text, err) < 0)
		return -1;
	oak_sha256(oak_buf_text(&text), text.n, digest);
	oak_hex(digest, sizeof(digest), hex);
	if (!oak_streq(hex, g->manifest_sha256))
		return oak_fail(err, OAK_UNTRUSTED, "package.tampered", 0, "'%s' was changed since it was installed (E_TAMPER)", path);
	return oak_manifest_parse_text(pkgs->arena, oak_arena_strndup(pkgs->arena, oak_buf_text(&text), text.n), text.n, path, &g->manifest, err);
}

int oak_generation_load(const struct oak_pkgs *pkgs, const char *name, int number, struct oak_generation **ret, struct oak_error *err)
{
	struct oak_generation *g = OAK_NEW(pkgs->arena, struct oak_generation);
	if (load(pkgs->arena, oak_pkgs_generation(pkgs, name, number, "generation.json"), &generation_shape, g, err) < 0 ||
	    load_seal(pkgs, oak_pkgs_generation(pkgs, name, number, "seal"), g, err) < 0 ||
	    load_manifest(pkgs, oak_pkgs_generation(pkgs, name, number, "manifest.json"), g, err) < 0 ||
	    oak_generation_left_load(pkgs, name, g, err) < 0)
		return oak_context(err, "package '%s'", name);
	*ret = g;
	return 0;
}

/* ------------------------------------------------------------------------------------------- state */

static int rebuild(const struct oak_pkgs *pkgs, const char *name, int current, struct oak_package_record **ret, struct oak_error *err)
{
	struct oak_generation *g;
	if (oak_generation_load(pkgs, name, current, &g, err) < 0)
		return -1;
	struct oak_package_record *r = OAK_NEW(pkgs->arena, struct oak_package_record);
	*r = (struct oak_package_record){.name = name, .version = g->version, .model = g->model, .generation = current,
					 .installed_at = g->sealed_at, .manifest_sha256 = g->manifest_sha256};
	*ret = r;
	return 0;
}

int oak_record_load(const struct oak_pkgs *pkgs, const char *name, struct oak_package_record **ret, bool *ret_rebuilt, struct oak_error *err)
{
	const char *path = oak_pkgs_path(pkgs, name, "state.json");
	struct oak_package_record *r = OAK_NEW(pkgs->arena, struct oak_package_record);
	struct oak_error ignored = {.kind = OAK_OK};
	int current = oak_pkgs_current(pkgs, name);
	*ret_rebuilt = false;
	*ret = NULL;
	bool there = oak_fs_exists(path);
	if (there && load(pkgs->arena, path, &record_shape, r, &ignored) == 0 && oak_streq(r->name, name)) {
		*ret = r;
		return 0;
	}
	if (!current)
		return there ? oak_fail(err, OAK_IO, "package.damaged", 0, "'%s' cannot be read, and nothing of the package is current: %s", path,
					ignored.cause)
			     : 0;
	*ret_rebuilt = true;
	return rebuild(pkgs, name, current, ret, err);
}

int oak_record_save(const struct oak_pkgs *pkgs, const struct oak_package_record *record, struct oak_error *err)
{
	return save(oak_pkgs_path(pkgs, record->name, "state.json"), &record_shape, record, err);
}

/* ------------------------------------------------------------------------------------------- runs */

int oak_package_run_load(const struct oak_pkgs *pkgs, const char *name, struct oak_package_run **ret, struct oak_error *err)
{
	const char *path = oak_pkgs_path(pkgs, name, "run.json");
	struct oak_package_run *run = OAK_NEW(pkgs->arena, struct oak_package_run);
	*ret = NULL;
	if (!oak_fs_exists(path))
		return 0;
	if (load(pkgs->arena, path, &run_shape, run, err) < 0)
		return -1;
	run->ended_at = OAK_TIME_NONE;
	run->status = OAK_PACKAGE_RUN_RUNNING;
	run->rollback = run->model == OAK_MODEL_TREE ? "exact" : "compensated";
	*ret = run;
	return 0;
}

int oak_package_run_save(const struct oak_pkgs *pkgs, const struct oak_package_run *run, struct oak_error *err)
{
	return save(oak_pkgs_path(pkgs, run->name, "run.json"), &run_shape, run, err);
}

static void put_step(struct oak_sink *sink, const struct oak_package_step *step)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", step->name);
	oak_put_string(sink, "status", step->status);
	if (step->exit_code >= 0)
		oak_put_int(sink, "exitCode", step->exit_code);
	oak_put_string_opt(sink, "detail", step->detail);
	oak_put_string_opt(sink, "output", step->output);
	oak_put_time_opt(sink, "startedAt", step->started_at);
	oak_put_time_opt(sink, "endedAt", step->ended_at);
	sink->ops->end_object(sink);
}

static void put_dependencies(struct oak_sink *sink, const struct oak_package_run *run)
{
	oak_put_begin_array(sink, "dependencies");
	for (size_t i = 0; i < run->dependencies.n; i++) {
		const struct oak_package_brought *d = &run->dependencies.v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "name", d->name);
		oak_put_string(sink, "from", d->from);
		oak_put_string(sink, "to", d->to);
		oak_put_string(sink, "status", statuses[d->status]);
		oak_put_bool(sink, "takenBack", d->taken_back);
		oak_put_string_opt(sink, "run", d->run_id);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
}

void oak_package_run_format(const struct oak_package_run *run, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.packageRun/1");
	oak_put_string(sink, "name", run->name);
	oak_put_string(sink, "from", run->from);
	oak_put_string(sink, "to", run->to);
	oak_put_string(sink, "model", oak_package_model_to_string(run->model));
	oak_put_string(sink, "status", statuses[run->status]);
	oak_put_string(sink, "rollback", run->rollback);
	oak_put_int(sink, "exitCode", run->exit_code);
	oak_put_bool(sink, "rebootRequired", run->reboot_required);
	oak_put_begin_array(sink, "steps");
	for (size_t i = 0; i < run->steps.n; i++)
		put_step(sink, &run->steps.v[i]);
	oak_put_end_array(sink);
	if (run->dependencies.n)
		put_dependencies(sink, run);
	oak_put_string_opt(sink, "id", run->id);
	oak_put_string(sink, "action", verbs[run->verb]);
	oak_put_string_opt(sink, "detail", run->detail);
	oak_put_string_opt(sink, "error", run->error_id);
	oak_put_time(sink, "startedAt", run->started_at);
	oak_put_time(sink, "endedAt", run->ended_at);
	sink->ops->end_object(sink);
}

/* ------------------------------------------------------------------------------------------- arguments */

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct oak_pair *)a)->key, ((const struct oak_pair *)b)->key);
}

const char *oak_package_args_digest(struct oak_arena *arena, oak_package_args *args)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	if (!args->n)
		return "";
	qsort(args->v, args->n, sizeof(*args->v), by_key);
	struct oak_hasher *hasher = oak_sha256_new();
	for (size_t i = 0; i < args->n; i++) {
		oak_hasher_add(hasher, args->v[i].key, strlen(args->v[i].key) + 1);
		oak_hasher_add(hasher, args->v[i].value, strlen(args->v[i].value) + 1);
	}
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_arena_strdup(arena, hex);
}
