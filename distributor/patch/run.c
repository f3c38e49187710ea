/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.run/1 and the codes that a run ends with. */
#include "distributor/patch/run.h"

#include <string.h>

#include "core/str.h"

static const struct {
	const char *name;
	int exit;
} statuses[OAK_RUN_STATUS_COUNT] = {
	[OAK_RUN_SUCCESS] = {"SUCCESS", 0},
	[OAK_RUN_PENDING_REBOOT] = {"PENDING_REBOOT", 0},
	[OAK_RUN_PARTIAL] = {"PARTIAL", 4},
	[OAK_RUN_CUT_OFF] = {"CUT_OFF", 4},
	[OAK_RUN_FAILED] = {"FAILED", 1},
	[OAK_RUN_INTERRUPTED] = {"INTERRUPTED", 1},
	[OAK_RUN_MISSED_WINDOW] = {"MISSED_WINDOW", 75},
	[OAK_RUN_SKIPPED] = {"SKIPPED", 75},
	[OAK_RUN_RUNNING] = {"RUNNING", 1},
};

static const char *const done_names[OAK_DONE_COUNT] = {"INSTALLED", "FAILED", "NOT_STARTED", "REFUSED"};

const char *oak_run_status_to_string(enum oak_run_status status)
{
	return statuses[status].name;
}

int oak_run_status_from_string(const char *text)
{
	for (int i = 0; i < OAK_RUN_STATUS_COUNT; i++)
		if (oak_strcaseeq(statuses[i].name, text))
			return i;
	return -1;
}

int oak_run_exit(enum oak_run_status status)
{
	return statuses[status].exit;
}

int oak_run_aws_exit(const struct oak_aws_exit *f)
{
	if (f->reboots)
		return f->failed || f->refused ? 195 : 194;
	if (f->failed)
		return 1;
	if (f->refused)
		return f->done ? 1 : 2;
	return 0;
}

int oak_run_aws_error(const char *id)
{
	static const struct {
		const char *id;
		int code;
	} rows[] = {{"baseline.override-array", 161}, {"baseline.override-none", 163}, {"baseline.override-two", 165},
		    {"patch.both-overrides", 167}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_streq(rows[i].id, id))
			return rows[i].code;
	return 0;
}

const char *oak_run_id_make(struct oak_arena *arena, oak_time now, unsigned random)
{
	struct oak_civil c;
	oak_time_to_civil(now, &c);
	return oak_arena_printf(arena, "%04d%02d%02d-%02d%02d%02d-%04x", c.year, c.month, c.day, c.hour, c.minute, c.second,
				random & 0xffff);
}

bool oak_run_id_check(const char *id)
{
	size_t n = strlen(id);
	return n >= 1 && n <= 64 && id[0] != '.' && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") == n;
}

static void put_action(struct oak_sink *sink, const struct oak_run_action *a)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "patch", a->patch);
	oak_put_string(sink, "from", a->from);
	oak_put_string(sink, "to", a->to);
	oak_put_string(sink, "status", done_names[a->status]);
	oak_put_string_opt(sink, "error", a->error);
	oak_put_time(sink, "startedAt", a->started_at);
	oak_put_time(sink, "endedAt", a->ended_at);
	oak_put_end_object(sink);
}

static void put_services(struct oak_sink *sink, const struct oak_services *services)
{
	oak_put_begin_array(sink, "services");
	for (size_t i = 0; i < services->v.n; i++) {
		const struct oak_service *s = &services->v.v[i];
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "unit", s->unit);
		oak_put_string(sink, "status", oak_service_status_to_string(s->status));
		oak_put_string(sink, "reason", s->reason);
		oak_put_string_opt(sink, "error", s->error);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
}

static void put_reboot(struct oak_sink *sink, const struct oak_run_reboot *r)
{
	oak_put_begin_object(sink, "reboot");
	oak_put_string(sink, "policy", r->policy);
	oak_put_bool(sink, "needed", r->needed);
	oak_put_bool(sink, "askedFor", r->asked_for);
	oak_put_bool(sink, "booted", r->booted);
	oak_put_strings(sink, "reasons", r->reasons.v, r->reasons.n);
	oak_put_string_opt(sink, "bootId", r->boot_id);
	oak_put_end_object(sink);
}

static void put_documents(struct oak_sink *sink, const struct oak_patch_run *run)
{
	sink->ops->key(sink, "verdict");
	if (run->verdict)
		oak_verdict_format(run->verdict, sink);
	else if (run->verdict_document)
		oak_put_value(sink, run->verdict_document);
	else
		sink->ops->null(sink);
}

void oak_patch_run_format(const struct oak_patch_run *run, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "schema", "oakum.run/1");
	oak_put_string(sink, "id", run->id);
	oak_put_string(sink, "kind", run->kind);
	oak_put_string_opt(sink, "rollbackOf", run->rollback_of);
	oak_put_string_opt(sink, "installer", run->installer);
	sink->ops->key(sink, "plan");
	if (run->plan)
		oak_plan_format(run->plan, sink);
	else if (run->plan_document)
		oak_put_value(sink, run->plan_document);
	else
		sink->ops->null(sink);
	oak_put_time(sink, "startedAt", run->started_at);
	oak_put_time(sink, "endedAt", run->ended_at);
	oak_put_string(sink, "status", statuses[run->status].name);
	oak_put_string_opt(sink, "detail", run->detail);
	oak_put_begin_array(sink, "actions");
	for (size_t i = 0; i < run->actions.n; i++)
		put_action(sink, &run->actions.v[i]);
	oak_put_end_array(sink);
	put_services(sink, &run->services);
	put_reboot(sink, &run->reboot);
	oak_put_strings(sink, "notes", run->notes.v, run->notes.n);
	oak_put_strings(sink, "logs", run->logs.v, run->logs.n);
	put_documents(sink, run);
	oak_put_end_object(sink);
}
