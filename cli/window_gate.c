/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows and pauses, asked before each batch. */
#include "cli/window_gate.h"

#include "cli/node.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "baseline/reader.h"
#include "core/fs.h"
#include "core/str.h"

enum { PAUSE_MAX = 64 * 1024 };

#define PAUSE(member) OAK_AT(struct oak_pause, member)
static const struct oak_field pause_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.pause/1"},
	{.key = "until", .kind = OAK_FIELD_TIME, PAUSE(until), .flags = OAK_REQUIRED},
	{.key = "reason", .kind = OAK_FIELD_STRING, PAUSE(reason)},
	{.key = "by", .kind = OAK_FIELD_STRING, PAUSE(by), .flags = OAK_OPTIONAL},
	{.key = "at", .kind = OAK_FIELD_TIME, PAUSE(at)},
};
static const struct oak_shape pause_shape = OAK_SHAPE(struct oak_pause, pause_fields);

static const char *pause_path(struct oak_context *ctx, const char *node_id)
{
	return oak_node_file(ctx, "pause", node_id);
}

bool oak_pause_find(struct oak_context *ctx, const char *node_id, oak_time now, struct oak_pause *ret)
{
	const char *path = pause_path(ctx, node_id);
	const struct oak_value_limits limits = {.bytes = PAUSE_MAX};
	const struct oak_value *doc;
	struct oak_reader reader = {.arena = ctx->arena};
	if (!oak_fs_exists(path))
		return false;
	*ret = (struct oak_pause){.until = OAK_TIME_NEVER, .at = OAK_TIME_NONE};
	if (oak_value_load(ctx->arena, path, &limits, &doc, NULL) == 0)
		oak_shape_read(&reader, doc, &pause_shape, ret);
	if (!ret->reason || reader.error_count) {
		ret->until = OAK_TIME_NEVER;
		ret->reason = oak_arena_printf(ctx->arena, "'%s' cannot be read (remove it, or pause anew)", path);
	}
	return now < ret->until;
}

int oak_pause_save(struct oak_context *ctx, const char *node_id, const struct oak_pause *pause)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, PAUSE_MAX);
	oak_sink_json(&sink, &text);
	oak_shape_write(&pause_shape, pause, NULL, &sink);
	if (oak_fs_mkdirs(ctx->state_dir, 0755, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(pause_path(ctx, node_id), oak_buf_text(&text), text.n, 0600, &ctx->err);
}

/* --now passes a window by, but not a name that there is not: what was meant may be another host. One that cannot be asked now is passed by. */
static int check_given(struct oak_window_gate *gate)
{
	struct oak_windows unused = {0};
	if (!gate->given || oak_windows_load(gate->ctx, gate->given, &unused) == 0)
		return 0;
	if (gate->ctx->err.kind == OAK_INVALID)
		return -1;
	gate->ctx->err = (struct oak_error){.kind = OAK_OK};
	return 0;
}

int oak_window_gate_init(struct oak_window_gate *gate, bool ignore)
{
	struct oak_context *ctx = gate->ctx;
	if (ignore)
		return check_given(gate);
	if ((gate->given ? oak_windows_load(ctx, gate->given, &gate->windows) : oak_windows_configured(ctx, &gate->windows)) < 0)
		return -1;
	gate->any = gate->windows.list.n > 0;
	if (!gate->any)
		return 0;
	oak_time now = oak_ctx_now(ctx);
	if (oak_windows_gate(ctx, &gate->windows, now, &gate->now) < 0)
		return -1;
	if (gate->now.state == OAK_WINDOW_OPEN && gate->now.window) {
		gate->name = gate->now.window->name;
		gate->seconds_left = gate->now.cutoff != OAK_TIME_NEVER ? gate->now.closes - now : 0;
	}
	return 0;
}

const char *oak_window_gate_unknown(struct oak_context *ctx)
{
	char text[1100];
	if (!ctx->err.id || (!oak_starts_with(ctx->err.id, "http.") && !oak_starts_with(ctx->err.id, "ical.") && !oak_starts_with(ctx->err.id, "calendar.")))
		return NULL;
	const char *why = oak_arena_printf(ctx->arena, "whether a window is open is not known: %s", oak_error_text(&ctx->err, text, sizeof(text)));
	ctx->err = (struct oak_error){.kind = OAK_OK};
	return why;
}

enum oak_apply_gate oak_window_gate_ask(void *arg, struct oak_arena *arena, int64_t seconds, const char **ret_why)
{
	struct oak_window_gate *gate = arg;
	struct oak_context *ctx = gate->ctx;
	oak_time now = oak_ctx_now(ctx);
	struct oak_pause pause;
	struct oak_gate state = {0};
	(void)seconds;
	if (gate->node_id && oak_pause_find(ctx, gate->node_id, now, &pause)) {
		*ret_why = oak_arena_printf(arena, "paused: %s", pause.reason);
		return OAK_APPLY_STOPPED;
	}
	if (!gate->any)
		return OAK_APPLY_OPEN;
	struct oak_error err = ctx->err;
	if (oak_windows_gate(ctx, &gate->windows, now, &state) < 0) {
		*ret_why = oak_arena_strdup(arena, ctx->err.cause);
		ctx->err = err;
		return OAK_APPLY_CUT_OFF;
	}
	*ret_why = oak_arena_strdup(arena, state.why);
	return state.state == OAK_WINDOW_OPEN ? OAK_APPLY_OPEN : OAK_APPLY_CUT_OFF;
}
