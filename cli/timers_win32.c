/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scheduled tasks of Windows, by schtasks and a definition of ours. */
#include "cli/timers.h"

#include "core/exec.h"
#include "core/fs.h"
#include "core/str.h"

enum { SAID_MAX = 64 * 1024 };

static const struct {
	const char *task, *when, *arguments, *trigger;
} rows[OAK_TIMER_COUNT] = {
	[OAK_TIMER_RESUME] = {"oakum\\resume", "at boot, if a run was interrupted", "resume -q", "<BootTrigger><Enabled>true</Enabled></BootTrigger>"},
	[OAK_TIMER_SCAN] = {"oakum\\scan", "each night between 01:00 and 05:00", "scan --refresh -q",
			    "<CalendarTrigger><StartBoundary>2026-01-01T01:00:00</StartBoundary><Enabled>true</Enabled><RandomDelay>PT4H</RandomDelay>"
			    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>"},
	[OAK_TIMER_PATCH] = {"oakum\\patch", "when a maintenance window opens", "patch --if-due --refresh -q",
			     "<TimeTrigger><Repetition><Interval>PT5M</Interval></Repetition><StartBoundary>2026-01-01T00:00:00</StartBoundary>"
			     "<Enabled>true</Enabled></TimeTrigger>"},
	[OAK_TIMER_CONVERGE] = {"oakum\\converge", "every 15 minutes, in the window", "converge -q",
				"<TimeTrigger><Repetition><Interval>PT15M</Interval></Repetition><StartBoundary>2026-01-01T00:00:00</StartBoundary>"
				"<Enabled>true</Enabled></TimeTrigger>"},
};

const char *oak_timers_kind(void)
{
	return "tasks";
}

int oak_timers_look(struct oak_context *ctx, struct oak_timer_state *states)
{
	for (int i = 0; i < OAK_TIMER_COUNT; i++) {
		const char *const args[] = {"schtasks.exe", "/Query", "/TN", rows[i].task, NULL};
		OAK_AUTO(oak_buf_done) struct oak_buf said;
		int code;
		oak_buf_init(&said, SAID_MAX);
		states[i] = (struct oak_timer_state){.timer = (enum oak_timer)i, .name = rows[i].task, .when = rows[i].when};
		if (oak_timers_run(ctx, args, &said, &code) < 0)
			return -1;
		states[i].before = code == 0;
	}
	return 0;
}

static int definition(struct oak_context *ctx, enum oak_timer timer, const char **ret_file)
{
	const char *program = oak_exec_self(ctx->arena, &ctx->err);
	if (!program || oak_fs_mkdirs(ctx->state_dir, 0700, &ctx->err) < 0)
		return -1;
	const char *text = oak_arena_printf(
		ctx->arena,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">"
		"<RegistrationInfo><Author>oakum</Author></RegistrationInfo><Triggers>%s</Triggers>"
		"<Principals><Principal id=\"system\"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>"
		"<Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>"
		"<StartWhenAvailable>true</StartWhenAvailable><ExecutionTimeLimit>PT0S</ExecutionTimeLimit></Settings>"
		"<Actions Context=\"system\"><Exec><Command>\"%s\"</Command><Arguments>%s</Arguments></Exec></Actions></Task>\r\n",
		rows[timer].trigger, program, rows[timer].arguments);
	*ret_file = oak_arena_printf(ctx->arena, "%s\\task.xml", ctx->state_dir);
	return oak_fs_write_atomic(*ret_file, text, strlen(text), 0600, &ctx->err);
}

static int apply(struct oak_context *ctx, const struct oak_timer_state *t)
{
	const char *file = NULL;
	OAK_AUTO(oak_buf_done) struct oak_buf said;
	int code;
	oak_buf_init(&said, SAID_MAX);
	if (t->wanted && definition(ctx, t->timer, &file) < 0)
		return -1;
	const char *const create[] = {"schtasks.exe", "/Create", "/F", "/TN", rows[t->timer].task, "/XML", file, NULL};
	const char *const drop[] = {"schtasks.exe", "/Delete", "/F", "/TN", rows[t->timer].task, NULL};
	if (oak_timers_run(ctx, t->wanted ? create : drop, &said, &code) < 0)
		return -1;
	struct oak_error ignored = {0};
	if (file && oak_fs_remove(file, &ignored) < 0)
		oak_warn(&ctx->out, "'%s' stays behind", file);
	if (code == 0)
		return 0;
	return oak_fail(&ctx->err, OAK_IO, "setup.timer", code, "cannot %s the task '%s': %s", t->wanted ? "create" : "delete", rows[t->timer].task,
			oak_buf_text(&said));
}

int oak_timers_apply(struct oak_context *ctx, const struct oak_timer_state *states)
{
	for (int i = 0; i < OAK_TIMER_COUNT; i++)
		if (states[i].wanted != states[i].before && apply(ctx, &states[i]) < 0)
			return -1;
	return 0;
}
