/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installed packages as 'package show' and 'package verify' see them: state, generations, seals. */
#include "cli/package_dir.h"
#include "cli/package_names.h"
#include "cli/package_session.h"
#include "cli/show.h"
#include "core/str.h"

struct installed {
	struct oak_pkgs pkgs;
	struct oak_package_record *record;
	struct oak_generations generations;
};

static int open_installed(struct oak_context *ctx, const char *name, struct installed *ret)
{
	bool rebuilt;
	struct installed found = {0};
	if (!oak_package_name_check(name))
		return oak_fail(&ctx->err, OAK_INVALID, "package.name", 0, "'%s' is neither a folder nor the name of a package", name);
	if (oak_pkgs_open(ctx->arena, oak_package_store_dir(ctx), ctx->root, false, &found.pkgs, &ctx->err) < 0)
		return -1;
	if (oak_record_load(&found.pkgs, name, &found.record, &rebuilt, &ctx->err) < 0 ||
	    (found.record && oak_pkgs_generations(&found.pkgs, name, &found.generations, &ctx->err) < 0)) {
		oak_pkgs_close(&found.pkgs);
		return -1;
	}
	if (!found.record) {
		oak_pkgs_close(&found.pkgs);
		return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.absent", 0, "no package '%s' is installed in '%s', and no folder of that name here holds a manifest.json", name,
				ctx->root);
	}
	*ret = found;
	return 0;
}

/* One generation: its seal, and every file below it. */
static int check(struct installed *in, const char *name, int number, struct oak_generation **ret, struct oak_error *err)
{
	if (oak_generation_load(&in->pkgs, name, number, ret, err) < 0)
		return -1;
	return oak_seal_check(&(*ret)->seal, oak_pkgs_generation(&in->pkgs, name, number, "tree"), NULL, err);
}

static void put_generation(struct oak_sink *sink, const struct oak_generation *g, bool current)
{
	oak_put_begin_object(sink, NULL);
	oak_put_int(sink, "generation", g->number);
	oak_put_bool(sink, "current", current);
	oak_put_string(sink, "version", g->version);
	oak_put_string(sink, "archive", g->archive);
	oak_put_string(sink, "archiveSha256", g->archive_sha256);
	oak_put_int(sink, "files", (int64_t)g->seal.v.n);
	oak_put_int(sink, "bytes", g->bytes);
	oak_put_time(sink, "sealedAt", g->sealed_at);
	oak_put_end_object(sink);
}

/* Head of both documents. */
static void put_head(struct oak_sink *sink, const char *schema, const struct oak_package_record *record)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "schema", schema);
	oak_put_string(sink, "name", record->name);
	oak_put_string(sink, "version", record->version);
}

int oak_package_verify_installed(struct oak_context *ctx, const char *name)
{
	struct installed in;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	size_t files = 0;
	int result = 0;
	oak_out_buf(&buf);
	if (open_installed(ctx, name, &in) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < in.generations.v.n; i++) {
		struct oak_generation *g;
		result = check(&in, name, in.generations.v.v[i], &g, &ctx->err);
		files += result == 0 ? g->seal.v.n : 0;
	}
	oak_pkgs_close(&in.pkgs);
	if (result < 0)
		return -1;
	if (!oak_out_document(&ctx->out, &sink, &buf)) {
		oak_buf_addf(&buf, "%s %s: %zu entries of %zu stored generations are as they were sealed\n", name, in.record->version, files,
			     in.generations.v.n);
		return oak_out_end(&buf, &ctx->err);
	}
	put_head(&sink, "oakum.packageVerification/1", in.record);
	oak_put_string(&sink, "status", "SEALED");
	oak_put_int(&sink, "generations", (int64_t)in.generations.v.n);
	oak_put_int(&sink, "files", (int64_t)files);
	oak_put_end_object(&sink);
	return oak_out_end(&buf, &ctx->err);
}

static int print(struct oak_context *ctx, const struct installed *in, const struct oak_generation *const *v, size_t n)
{
	static const char *const headers[] = {"generation", "current", "version", "archive", "files", "sealedAt"};
	const struct oak_package_record *r = in->record;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		put_head(&sink, "oakum.packageDetails/1", r);
		oak_put_string(&sink, "model", oak_package_model_to_string(r->model));
		oak_put_string(&sink, "state", oak_package_state_to_string(r->state));
		oak_put_time(&sink, "installedAt", r->installed_at);
		oak_put_string_opt(&sink, "detail", r->detail);
		oak_put_begin_array(&sink, "generations");
		for (size_t i = 0; i < n; i++)
			put_generation(&sink, v[i], v[i]->number == r->generation);
		oak_put_end_array(&sink);
		oak_put_end_object(&sink);
		return oak_out_end(&buf, &ctx->err);
	}
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	if (ctx->out.format == OAK_OUT_TABLE)
		oak_buf_addf(&buf, "%s %s, model %s, %s since %s%s%s\n\n", r->name, r->version, oak_package_model_to_string(r->model),
			     oak_package_state_to_string(r->state), oak_show_time(ctx->arena, r->installed_at), r->detail ? ": " : "",
			     r->detail ? r->detail : "");
	for (size_t i = 0; i < n; i++) {
		oak_table_cellf(table, "%d", v[i]->number);
		oak_table_cell(table, v[i]->number == r->generation ? "yes" : "no");
		oak_table_cell(table, v[i]->version);
		oak_table_cell(table, v[i]->archive);
		oak_table_cellf(table, "%zu", v[i]->seal.v.n);
		oak_table_cell(table, oak_show_time(ctx->arena, v[i]->sealed_at));
	}
	oak_table_print(table, &buf);
	return oak_out_end(&buf, &ctx->err);
}

int oak_package_show_installed(struct oak_context *ctx, const char *name)
{
	struct installed in;
	if (open_installed(ctx, name, &in) < 0)
		return -1;
	size_t n = 0;
	const struct oak_generation **v = oak_arena_alloc(ctx->arena, (in.generations.v.n + 1) * sizeof(*v));
	for (size_t i = 0; i < in.generations.v.n; i++) {
		struct oak_generation *g;
		struct oak_error err = {0};
		if (oak_generation_load(&in.pkgs, name, in.generations.v.v[i], &g, &err) == 0)
			v[n++] = g;
		else
			oak_warn(&ctx->out, "generation %d: %s", in.generations.v.v[i], err.cause);
	}
	oak_pkgs_close(&in.pkgs);
	return print(ctx, &in, v, n);
}
