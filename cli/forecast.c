/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remembered speeds of one host. */
#include "cli/forecast.h"

#include <stdlib.h>
#include <string.h>

#include "baseline/reader.h"
#include "cli/node.h"
#include "core/fs.h"
#include "core/str.h"

enum { FORECAST_MAX = 4096, LOG_MAX = 64 * 1024 * 1024, LEAST_ACTIONS = 3, LEAST_RATE = 16 * 1024, MOST_MS = 600000 };

#define FIGURE(member) OAK_AT(struct oak_forecast, member)
static const struct oak_field fields[] = {
	{.key = "bytesPerSecond", .kind = OAK_FIELD_INT64, FIGURE(bytes_per_second), .flags = OAK_OPTIONAL},
	{.key = "msPerAction", .kind = OAK_FIELD_INT64, FIGURE(ms_per_action), .flags = OAK_OPTIONAL},
	{.key = "runs", .kind = OAK_FIELD_INT64, FIGURE(runs), .flags = OAK_OPTIONAL},
};
static const struct oak_shape shape = OAK_SHAPE(struct oak_forecast, fields);

void oak_forecast_load(struct oak_context *ctx, const char *node_id, struct oak_forecast *ret)
{
	const struct oak_value_limits limits = {.bytes = FORECAST_MAX};
	const struct oak_value *doc;
	struct oak_error unread = {0};
	struct oak_reader reader = {.arena = ctx->arena};
	struct oak_forecast f = {0};
	*ret = f;
	if (oak_value_load(ctx->arena, oak_node_file(ctx, "forecast", node_id), &limits, &doc, &unread) < 0)
		return;
	oak_shape_read(&reader, doc, &shape, &f);
	if (reader.error_count == 0 && f.bytes_per_second >= 0 && f.ms_per_action >= 0)
		*ret = f;
}

/* ------------------------------------------------------------------------------------------- measuring */

/* "6,700 kB/s": the number that ends before UNIT. */
static double number_before(const char *line, const char *unit)
{
	const char *start = unit;
	char text[32];
	size_t n = 0;
	while (start > line && start[-1] == ' ')
		start--;
	while (start > line && strchr("0123456789.,", start[-1]))
		start--;
	for (; start < unit && *start != ' ' && n < sizeof(text) - 1; start++)
		if (*start != ',')
			text[n++] = *start;
	text[n] = '\0';
	return strtod(text, NULL);
}

int64_t oak_forecast_rate(const char *line)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {{"GiB/s", 1 << 30}, {"MiB/s", 1 << 20}, {"KiB/s", 1 << 10}, {"GB/s", 1e9}, {"MB/s", 1e6},
		     {"kB/s", 1e3},      {"B/s", 1}};
	if (!oak_starts_with(line, "Fetched ") && !oak_starts_with(line, "Total ") && !strstr(line, "[done ("))
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		const char *at = strstr(line, units[i].unit);
		if (at) {
			double rate = number_before(line, at) * units[i].factor;
			return rate > 0 && rate < 1e12 ? (int64_t)rate : 0;
		}
	}
	return 0;
}

/* The mean of what the logs of a run say; 0 = nothing. */
static int64_t measured_rate(struct oak_context *ctx, const char *run_dir)
{
	static const char *const logs[] = {"download", "install"};
	int64_t sum = 0, n = 0;
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		OAK_AUTO(oak_buf_done) struct oak_buf text;
		struct oak_str line;
		oak_buf_init(&text, LOG_MAX);
		if (oak_fs_read(oak_arena_printf(ctx->arena, "%s/logs/%s.log", run_dir, logs[i]), &text, NULL) < 0)
			continue;
		struct oak_str rest = {oak_buf_text(&text), text.n};
		while (oak_str_next(&rest, '\n', &line)) {
			char copy[256];
			size_t len = line.n < sizeof(copy) - 1 ? line.n : sizeof(copy) - 1;
			memcpy(copy, line.p, len);
			copy[len] = '\0';
			int64_t rate = oak_forecast_rate(copy);
			if (rate >= LEAST_RATE) {
				sum += rate;
				n++;
			}
		}
	}
	return n ? sum / n : 0;
}

/* Time for one action, 0 = too few were done to tell. */
static int64_t measured_ms(const struct oak_patch_run *run)
{
	oak_time first = OAK_TIME_NONE, last = OAK_TIME_NONE;
	int64_t n = 0;
	for (size_t i = 0; i < run->actions.n; i++) {
		const struct oak_run_action *a = &run->actions.v[i];
		if (a->status != OAK_DONE_INSTALLED || a->started_at == OAK_TIME_NONE || a->ended_at == OAK_TIME_NONE)
			continue;
		n++;
		first = first == OAK_TIME_NONE || a->started_at < first ? a->started_at : first;
		last = last == OAK_TIME_NONE || a->ended_at > last ? a->ended_at : last;
	}
	if (n < LEAST_ACTIONS || last < first)
		return 0;
	int64_t ms = (last - first) * 1000 / n;
	return ms < 1 ? 1 : ms > MOST_MS ? MOST_MS : ms;
}

static int64_t mixed(int64_t old, int64_t measured)
{
	return !measured ? old : !old ? measured : (3 * old + measured) / 4;
}

int oak_forecast_learn(struct oak_context *ctx, const char *node_id, const struct oak_patch_run *run, const char *run_dir)
{
	struct oak_forecast f;
	int64_t rate = measured_rate(ctx, run_dir), ms = measured_ms(run);
	if (!rate && !ms)
		return 0;
	oak_forecast_load(ctx, node_id, &f);
	f.bytes_per_second = mixed(f.bytes_per_second, rate);
	f.ms_per_action = mixed(f.ms_per_action, ms);
	f.runs++;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, FORECAST_MAX);
	oak_sink_json(&sink, &text);
	oak_shape_write(&shape, &f, NULL, &sink);
	return oak_fs_write_atomic(oak_node_file(ctx, "forecast", node_id), oak_buf_text(&text), text.n, 0600, &ctx->err);
}
