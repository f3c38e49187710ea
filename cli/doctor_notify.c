/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doctor, notifications: can every target be used, and did what was to be told arrive. */
#include "cli/doctor.h"
#include "cli/notify.h"
#include "core/str.h"
#include "core/trustfile.h"

static void check_program(struct oak_doctor *doctor, const struct oak_target *t)
{
	const char *program = t->command ? t->command : t->sendmail;
	struct oak_error err = {0};
	if (program && oak_trust_check(program, &err) < 0)
		oak_doctor_add_error(doctor, "notify", t->name, &err);
}

/* One target's files of the spool: what was lost, and what waits. TARGET is a name, in the configuration or not. */
static void check_spool(struct oak_doctor *doctor, const struct oak_spool_list *items, const char *target, bool configured)
{
	struct oak_arena *arena = doctor->ctx->arena;
	size_t n[OAK_SPOOL_STATE_COUNT] = {0};
	const char *why = NULL;
	for (size_t i = 0; i < items->list.n; i++) {
		const struct oak_spooled *item = &items->list.v[i];
		if (!oak_streq(item->target, target))
			continue;
		n[item->state]++;
		why = item->why && item->state != OAK_SPOOL_SENT ? item->why : why;
	}
	size_t unknown = n[OAK_SPOOL_UNKNOWN] + n[OAK_SPOOL_SENDING], waiting = n[OAK_SPOOL_QUEUED];
	const char *detail = oak_arena_printf(arena, "%zu sent, %zu waiting, %zu FAILED, %zu UNKNOWN%s%s", n[OAK_SPOOL_SENT], waiting, n[OAK_SPOOL_FAILED], unknown,
					      why ? ": " : "", why ? why : "");
	if (n[OAK_SPOOL_FAILED] || unknown)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "notify", target, detail, "look with 'oakum notify list', send again with 'oakum notify flush --all'");
	else if (waiting && !configured)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "notify", target, oak_arena_printf(arena, "%zu waiting for a target that is not configured any more", waiting),
			       "name it again in the configuration, or remove its files below STATE/notify");
	else if (configured || waiting)
		oak_doctor_add(doctor, waiting ? OAK_HEALTH_WARNING : OAK_HEALTH_OK, "notify", target, detail, waiting ? "send what is due with 'oakum notify flush'" : NULL);
}

static bool seen_before(const struct oak_spool_list *items, const struct oak_targets *targets, size_t at)
{
	const char *target = items->list.v[at].target;
	for (size_t i = 0; i < targets->list.n; i++)
		if (oak_streq(targets->list.v[i].name, target))
			return true;
	for (size_t i = 0; i < at; i++)
		if (oak_streq(items->list.v[i].target, target))
			return true;
	return false;
}

void oak_doctor_notifications(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	struct oak_targets targets = {0};
	struct oak_spool_list items = {0};
	struct oak_error err = {0};
	if (doctor->configured && oak_notify_targets(ctx, &targets) < 0) {
		oak_doctor_add_error(doctor, "notify", "", &ctx->err);
		ctx->err = (struct oak_error){0};
	}
	if (oak_spool_load(oak_notify_dir(ctx), ctx->arena, &items, &err) < 0)
		oak_doctor_add_error(doctor, "notify", oak_notify_dir(ctx), &err);
	for (size_t i = 0; i < targets.list.n; i++) {
		check_program(doctor, &targets.list.v[i]);
		check_spool(doctor, &items, targets.list.v[i].name, true);
	}
	for (size_t i = 0; i < items.list.n; i++)
		if (!seen_before(&items, &targets, i))
			check_spool(doctor, &items, items.list.v[i].target, false);
	if (!targets.list.n && !items.list.n)
		oak_doctor_add(doctor, OAK_HEALTH_OK, "notify", "", "nobody is told how runs end ('oakum setup --notify-mail ADDRESS')", NULL);
}
