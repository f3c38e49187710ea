/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doctor, what was given to us from outside: feeds of advisories, trusted repositories, windows. */
#include "cli/doctor.h"
#include "cli/repos.h"
#include "cli/show.h"
#include "cli/windows.h"
#include "fleet/feed/feed.h"

/* Vulnerability data changes daily; a week without is a forgotten timer. */
static const int64_t FEED_MAX_AGE = 7 * (int64_t)OAK_DAY;

static void check_feed(struct oak_doctor *doctor, const struct oak_feed_info *f)
{
	struct oak_context *ctx = doctor->ctx;
	oak_time now = oak_ctx_now(ctx), data = f->data_at != OAK_TIME_NONE ? f->data_at : f->imported_at;
	bool stale = now - data > FEED_MAX_AGE;
	const char *detail = oak_arena_printf(ctx->arena, "%s%s old, %s", stale ? "stale: " : "", oak_show_age(ctx->arena, data, now),
					      f->signed_by ? "signed" : "unsigned");
	oak_doctor_add(doctor, stale ? OAK_HEALTH_WARNING : OAK_HEALTH_OK, "feed", f->name, detail,
		       stale ? "import a newer one ('oakum feed import')" : NULL);
}

void oak_doctor_feeds(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	struct oak_feed_infos feeds = {0};
	struct oak_error err = {0};
	const char *dir = oak_arena_printf(ctx->arena, "%s/feeds", ctx->state_dir);
	if (oak_feed_list(dir, ctx->arena, &feeds, &err) < 0) {
		oak_doctor_add_error(doctor, "feed", dir, &err);
		return;
	}
	for (size_t i = 0; i < feeds.list.n; i++)
		check_feed(doctor, &feeds.list.v[i]);
	if (!feeds.list.n)
		oak_doctor_add(doctor, OAK_HEALTH_OK, "feed", "", "none is imported: CVEs and severities are those of the repositories", NULL);
}

void oak_doctor_trusted(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	const char *const *names;
	size_t n;
	if (oak_repos_names(ctx, &names, &n) < 0) {
		oak_doctor_add_error(doctor, "trust", "", &ctx->err);
		ctx->err = (struct oak_error){0};
		return;
	}
	for (size_t i = 0; i < n; i++)
		oak_doctor_add(doctor, OAK_HEALTH_OK, "trust", names[i], "a repository that this host trusts", NULL);
}

void oak_doctor_windows(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	struct oak_windows windows = {0};
	struct oak_gate gate = {0};
	if (!doctor->configured)
		return;
	if (oak_windows_configured(ctx, &windows) < 0 || oak_windows_gate(ctx, &windows, oak_ctx_now(ctx), &gate) < 0) {
		oak_doctor_add_error(doctor, "window", "", &ctx->err);
		ctx->err = (struct oak_error){0};
		return;
	}
	for (size_t i = 0; i < windows.list.n; i++)
		oak_doctor_add(doctor, OAK_HEALTH_OK, "window", windows.list.v[i]->name,
			       windows.list.v[i]->enabled ? "configured" : "configured, but disabled", NULL);
	if (!windows.list.n)
		oak_doctor_add(doctor, OAK_HEALTH_OK, "window", "", "none is configured: patch runs may start at any time", NULL);
	else if (gate.state != OAK_WINDOW_OPEN && gate.next == OAK_TIME_NEVER)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "window", "", "no window will open any more: patch runs never start",
			       "look at schedules, end dates and calendars");
}
