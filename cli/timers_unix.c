/* SPDX-License-Identifier: GPL-3.0-or-later */
/* systemd units by systemctl; else lines in /etc/cron.d. */
#include "cli/timers.h"

#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"

enum { SAID_MAX = 64 * 1024 };

static const char cron_file[] = "/etc/cron.d/oakum-setup";

static const struct {
	const char *unit, *when;
	const char *cron; /* NULL: the package's own cron file has it */
} rows[OAK_TIMER_COUNT] = {
	[OAK_TIMER_RESUME] = {"oakum-resume.service", "at boot, if a run was interrupted", NULL},
	[OAK_TIMER_SCAN] = {"oakum-scan.timer", "each night between 01:00 and 05:00", NULL},
	[OAK_TIMER_PATCH] = {"oakum-patch.timer", "when a maintenance window opens", "*/5 * * * * root [ ! -x /usr/bin/oakum ] || /usr/bin/oakum patch --if-due --refresh -q -o json >/dev/null"},
	[OAK_TIMER_CONVERGE] = {"oakum-converge.timer", "every 15 minutes, in the window", "*/15 * * * * root [ ! -x /usr/bin/oakum ] || /usr/bin/oakum converge -q -o json >/dev/null"},
};

static bool has_systemd(void)
{
	return access("/usr/bin/systemctl", X_OK) == 0 || access("/bin/systemctl", X_OK) == 0;
}

const char *oak_timers_kind(void)
{
	return has_systemd() ? "systemd" : oak_fs_is_dir("/etc/cron.d") ? "cron" : NULL;
}

int oak_timers_look(struct oak_context *ctx, struct oak_timer_state *states)
{
	bool systemd = has_systemd();
	OAK_AUTO(oak_buf_done) struct oak_buf cron;
	struct oak_error ignored = {0};
	oak_buf_init(&cron, SAID_MAX);
	if (!systemd && oak_fs_exists(cron_file) && oak_fs_read(cron_file, &cron, &ignored) < 0)
		oak_buf_clear(&cron);
	for (int i = 0; i < OAK_TIMER_COUNT; i++) {
		states[i] = (struct oak_timer_state){.timer = (enum oak_timer)i, .name = systemd ? rows[i].unit : cron_file, .when = rows[i].when};
		if (systemd) {
			const char *const args[] = {"systemctl", "is-enabled", rows[i].unit, NULL};
			OAK_AUTO(oak_buf_done) struct oak_buf said;
			int code;
			oak_buf_init(&said, SAID_MAX);
			if (oak_timers_run(ctx, args, &said, &code) < 0)
				return -1;
			states[i].before = code == 0;
		} else {
			states[i].before = !rows[i].cron || strstr(oak_buf_text(&cron), rows[i].cron) != NULL;
		}
	}
	return 0;
}

static int apply_systemd(struct oak_context *ctx, const struct oak_timer_state *t)
{
	bool running = oak_fs_is_dir("/run/systemd/system"), now = running && t->timer != OAK_TIMER_RESUME;
	const char *const args[] = {"systemctl", t->wanted ? "enable" : "disable", rows[t->timer].unit, now ? "--now" : NULL, NULL};
	OAK_AUTO(oak_buf_done) struct oak_buf said;
	int code;
	oak_buf_init(&said, SAID_MAX);
	if (oak_timers_run(ctx, args, &said, &code) < 0)
		return -1;
	if (code == 0)
		return 0;
	return oak_fail(&ctx->err, OAK_IO, "setup.timer", code, "cannot %s '%s': %s (units come with oakum's package)", args[1], rows[t->timer].unit,
			oak_buf_text(&said));
}

static int apply_cron(struct oak_context *ctx, const struct oak_timer_state *states)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	bool any = false;
	oak_buf_init(&text, SAID_MAX);
	oak_buf_adds(&text, "# written by 'oakum setup'\nSHELL=/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
	for (int i = 0; i < OAK_TIMER_COUNT; i++)
		if (states[i].wanted && rows[i].cron) {
			oak_buf_addf(&text, "%s\n", rows[i].cron);
			any = true;
		}
	if (any)
		return oak_fs_write_atomic(cron_file, oak_buf_text(&text), text.n, 0644, &ctx->err);
	return oak_fs_exists(cron_file) ? oak_fs_remove(cron_file, &ctx->err) : 0;
}

int oak_timers_apply(struct oak_context *ctx, const struct oak_timer_state *states)
{
	bool changed = false;
	for (int i = 0; i < OAK_TIMER_COUNT; i++) {
		if (states[i].wanted == states[i].before)
			continue;
		changed = true;
		if (has_systemd() && apply_systemd(ctx, &states[i]) < 0)
			return -1;
	}
	return changed && !has_systemd() ? apply_cron(ctx, states) : 0;
}
