/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What trend and exceptions need beside the newest verdicts: scans of the past, promises, baselines. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/baselines.h"
#include "cli/report.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "fleet/report/exceptions.h"
#include "fleet/report/trend.h"

#ifdef _WIN32
#define TMP_VARIABLE "TEMP"
#define TMP_DEFAULT "C:\\Windows\\Temp"
#else
#define TMP_VARIABLE "TMPDIR"
#define TMP_DEFAULT "/tmp"
#endif

/* What is promised unless the configuration or --sla says otherwise, in days; 0 = nothing. */
static const int promised_days[OAK_LEVEL_COUNT] = {
	[OAK_LEVEL_CRITICAL] = 7, [OAK_LEVEL_HIGH] = 14, [OAK_LEVEL_MEDIUM] = 30, [OAK_LEVEL_LOW] = 90};

static int set_promise(struct oak_context *ctx, const char *where, const char *level, const char *text, int64_t sla[OAK_LEVEL_COUNT])
{
	int index = oak_level_from_string(level);
	int64_t seconds;
	if (index < 0)
		return oak_fail(&ctx->err, OAK_INVALID, "report.sla", 0, "%s: '%s' is no level (give CRITICAL, HIGH, MEDIUM, LOW …)", where, level);
	if (!text || !oak_duration_parse(text, &seconds))
		return oak_fail(&ctx->err, OAK_INVALID, "report.sla", 0, "%s: '%s' is no duration (give 7d, 0 for none)", where, text ? text : "");
	sla[index] = seconds;
	return 0;
}

static int promises(struct oak_context *ctx, int64_t sla[OAK_LEVEL_COUNT])
{
	const struct oak_value *configured = oak_config_get(ctx, "reports.sla");
	const char *const *given;
	size_t n = oak_opt_list(ctx, "sla", &given);
	for (size_t i = 0; i < OAK_LEVEL_COUNT; i++)
		sla[i] = promised_days[i] * (int64_t)OAK_DAY;
	for (size_t i = 0; configured && configured->kind == OAK_VALUE_OBJECT && i < configured->object.n; i++)
		if (set_promise(ctx, "reports.sla", configured->object.v[i].key, oak_value_string(&configured->object.v[i].value), sla) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		const char *eq = strchr(given[i], '=');
		const char *level = eq ? oak_arena_strndup(ctx->arena, given[i], (size_t)(eq - given[i])) : given[i];
		if (set_promise(ctx, "'--sla'", level, eq ? eq + 1 : NULL, sla) < 0)
			return -1;
	}
	return 0;
}

static bool wanted(const struct oak_report *report, const struct oak_map *nodes, const char *id)
{
	return (!report->only_nodes.n && !report->only_tags.n) || oak_map_has(nodes, id);
}

static int take_scans(struct oak_context *ctx, struct oak_report *report, const struct oak_map *nodes, struct oak_store *store,
		      const struct oak_scan_query *query, struct oak_trend_input *input)
{
	struct oak_scan_rows rows = {0};
	if (oak_store_list_scans(store, ctx->arena, query, &rows, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < rows.list.n; i++) {
		const struct oak_scan_row *row = &rows.list.v[i];
		if (wanted(report, nodes, row->node_id))
			*oak_push(ctx->arena, &input->points) = (struct oak_trend_point){
				row->node_id, row->at, row->summary.status,
				row->summary.count[OAK_STATE_MISSING] + row->summary.count[OAK_STATE_FAILED]};
	}
	return 0;
}

static int take_store(struct oak_context *ctx, struct oak_report *report, struct oak_store *store, struct oak_trend_input *input)
{
	const struct oak_scan_query before = {.operation = -1, .from = OAK_TIME_NONE, .until = input->from, .latest = true};
	const struct oak_scan_query within = {.operation = -1, .from = input->from, .until = input->until + 1};
	struct oak_patch_times times = {0};
	struct oak_map nodes;
	oak_map_init(&nodes, ctx->arena, report->nodes.n);
	for (size_t i = 0; i < report->nodes.n; i++)
		oak_map_put(&nodes, report->nodes.v[i]->node.id, report);
	if (take_scans(ctx, report, &nodes, store, &before, input) < 0 || take_scans(ctx, report, &nodes, store, &within, input) < 0 ||
	    oak_store_patch_times(store, ctx->arena, NULL, NULL, input->from, &times, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < times.list.n; i++) {
		const struct oak_patch_time *t = &times.list.v[i];
		if (wanted(report, &nodes, t->node_id))
			*oak_push(ctx->arena, &input->patches) =
				(struct oak_trend_patch){t->node_id, t->id, t->level, t->since, t->until, t->approved_at};
	}
	return 0;
}

static void remove_folder(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	while (d && (entry = readdir(d))) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(path) < 0)
			remove_folder(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

/* A folder has no history of its own: it gets one in a database that is gone afterwards. */
static int take_folder(struct oak_context *ctx, struct oak_report *report, const char *from, struct oak_trend_input *input)
{
	const char *tmp = getenv(TMP_VARIABLE);
	char *dir = oak_arena_printf(ctx->arena, "%s/oakum-trend.XXXXXX", tmp && *tmp ? tmp : TMP_DEFAULT);
	struct oak_report_imported imported;
	struct oak_store *store = NULL;
	bool quiet = ctx->out.quiet;
	if (!mkdtemp(dir))
		return oak_fail_errno(&ctx->err, "report.temporary", "cannot make a folder '%s'", dir);
	const struct oak_store_options options = {.dir = dir, .now = oak_ctx_now(ctx)};
	ctx->out.quiet = true; /* unreadable files were named before */
	int rc = oak_store_open(&options, &store, &ctx->err);
	rc = rc < 0 ? rc : oak_report_import(ctx, from, store, &imported);
	ctx->out.quiet = quiet;
	rc = rc < 0 ? rc : take_store(ctx, report, store, input);
	oak_store_close(store);
	remove_folder(dir);
	return rc;
}

int oak_report_fill_trend(struct oak_context *ctx, struct oak_report *report, struct oak_store *store)
{
	enum { DEFAULT_DAYS = 30, MOST_DAYS = 3660 };
	struct oak_trend_input input = {.until = report->generated_at};
	struct oak_trend *trend = OAK_NEW(ctx->arena, struct oak_trend);
	const char *from = oak_opt_text(ctx, "from");
	int64_t since = oak_opt_duration(ctx, "since", DEFAULT_DAYS * (int64_t)OAK_DAY);
	if (since > MOST_DAYS * (int64_t)OAK_DAY)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.option-value", 0, "'--since' is over ten years (give at most %dd)", MOST_DAYS);
	input.from = input.until - since;
	if (promises(ctx, input.sla) < 0)
		return -1;
	if (from ? take_folder(ctx, report, from, &input) < 0 : store && take_store(ctx, report, store, &input) < 0)
		return -1;
	oak_trend_make(ctx->arena, &input, trend);
	report->trend = trend;
	return 0;
}

/* Baselines that this host knows: each once. */
struct baselines {
	struct oak_context *ctx;
	struct oak_map names;
	OAK_VEC(struct oak_baseline *) list;
};

static int add_baseline(struct baselines *b, const char *name)
{
	struct oak_baseline *baseline;
	if (!name || oak_map_has(&b->names, name))
		return 0;
	if (oak_baselines_load(b->ctx, name, &baseline) < 0)
		return -1;
	oak_map_put(&b->names, name, baseline);
	*oak_push(b->ctx->arena, &b->list) = baseline;
	return 0;
}

static int add_configured(struct baselines *b, const char *key)
{
	const struct oak_value *map = oak_config_get(b->ctx, key);
	for (size_t i = 0; map && map->kind == OAK_VALUE_OBJECT && i < map->object.n; i++)
		if (add_baseline(b, oak_value_string(&map->object.v[i].value)) < 0)
			return -1;
	return 0;
}

int oak_report_fill_exceptions(struct oak_context *ctx, struct oak_report *report)
{
	enum { SOON_DAYS = 14 };
	struct oak_exceptions *list = OAK_NEW(ctx->arena, struct oak_exceptions);
	struct baselines b = {.ctx = ctx};
	const char *const *names, *const *given;
	size_t n, given_n = oak_opt_list(ctx, "baseline", &given);
	oak_map_init(&b.names, ctx->arena, 16);
	if (oak_baselines_imported(ctx, &names, &n) < 0)
		return -1;
	for (size_t i = 0; i < n + given_n; i++)
		if (add_baseline(&b, i < n ? names[i] : given[i - n]) < 0)
			return -1;
	if (add_configured(&b, "baselines.defaults") < 0 || add_configured(&b, "baselines.groups") < 0)
		return -1;
	for (size_t i = 0; i < report->baselines.n; i++)
		*oak_push(ctx->arena, &b.list) = report->baselines.v[i];
	oak_exceptions_make(report, b.list.v, b.list.n, oak_opt_duration(ctx, "soon", SOON_DAYS * (int64_t)OAK_DAY), list);
	report->exceptions = list;
	return 0;
}
