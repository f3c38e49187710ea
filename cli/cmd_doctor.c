/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum doctor: what is configured, reachable, stale, unsigned, sound. */
#include "cli/doctor.h"

enum { EXIT_FAILED = 1, EXIT_UNTRUSTED = 5 };

static const struct oak_opt opts[] = {
	OAK_JUDGE_OPTS,
	OAK_SCAN_OPTS,
	{NULL, 0, 0, NULL, NULL, 0},
};

static const struct {
	const char *text, *sgr;
} healths[OAK_HEALTH_COUNT] = {
	[OAK_HEALTH_OK] = {"OK", "32"},
	[OAK_HEALTH_SKIPPED] = {"SKIPPED", "2"},
	[OAK_HEALTH_WARNING] = {"WARNING", "33"},
	[OAK_HEALTH_ERROR] = {"ERROR", "1;31"},
};

static void (*const checks[])(struct oak_doctor *doctor) = {
	oak_doctor_configuration, oak_doctor_state,    oak_doctor_database,	oak_doctor_audit,
	oak_doctor_host,	  oak_doctor_baseline, oak_doctor_repositories, oak_doctor_feeds,
	oak_doctor_trusted,	  oak_doctor_windows,  oak_doctor_notifications,
	oak_doctor_clock,
};

void oak_doctor_add(struct oak_doctor *doctor, enum oak_health health, const char *check, const char *subject,
		    const char *detail, const char *remedy)
{
	*oak_push(doctor->ctx->arena, &doctor->list) = (struct oak_finding){health, check, subject ? subject : "", detail, remedy};
}

void oak_doctor_add_error(struct oak_doctor *doctor, const char *check, const char *subject, const struct oak_error *err)
{
	char text[sizeof(err->cause) + sizeof(err->trail)];
	doctor->untrusted |= err->kind == OAK_UNTRUSTED;
	oak_doctor_add(doctor, OAK_HEALTH_ERROR, check, subject,
		       oak_arena_strdup(doctor->ctx->arena, oak_error_text(err, text, sizeof(text))), NULL);
}

static void document(const struct oak_doctor *doctor, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.doctor/1");
	oak_put_begin_array(sink, "checks");
	for (size_t i = 0; i < doctor->list.n; i++) {
		const struct oak_finding *f = &doctor->list.v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "state", healths[f->health].text);
		oak_put_string(sink, "check", f->check);
		oak_put_string(sink, "subject", f->subject);
		oak_put_string(sink, "detail", f->detail);
		oak_put_string_opt(sink, "remedy", f->remedy);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}

static void rows(const struct oak_doctor *doctor, struct oak_buf *buf)
{
	static const char *const headers[] = {"state", "check", "subject", "detail", "remedy"};
	struct oak_table *t = oak_table_new(&doctor->ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < doctor->list.n; i++) {
		const struct oak_finding *f = &doctor->list.v[i];
		oak_table_cell(t, healths[f->health].text);
		oak_table_color(t, healths[f->health].sgr);
		oak_table_cell(t, f->check);
		oak_table_cell(t, f->subject);
		oak_table_cell(t, f->detail);
		oak_table_cell(t, f->remedy);
	}
	oak_table_print(t, buf);
}

static int print(struct oak_doctor *doctor)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&doctor->ctx->out, &sink, &buf))
		document(doctor, &sink);
	else
		rows(doctor, &buf);
	return oak_out_end(&buf, &doctor->ctx->err);
}

static int run(struct oak_context *ctx)
{
	struct oak_doctor doctor = {.ctx = ctx};
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		checks[i](&doctor);
	int code = print(&doctor);
	for (size_t i = 0; code >= 0 && i < doctor.list.n; i++)
		if (doctor.list.v[i].health == OAK_HEALTH_ERROR)
			code = EXIT_FAILED;
	if (code == EXIT_FAILED && doctor.untrusted)
		code = EXIT_UNTRUSTED;
	oak_scan_run_done(&doctor.scan);
	return code;
}

const struct oak_cmd oak_cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "what is configured, reachable, stale, unsigned; is the clock right, the database sound",
	.description =
		"Looks at configuration, state folder, database, audit log, package manager, baseline, every repository, feeds, windows,\n"
		"notifications and the clock, and says what is wrong and what to do. Changes nothing. Ends with 1 when something is in error, with 5\n"
		"when that is a question of trust; warnings leave it at 0.",
	.opts = opts,
	.flags = OAK_CMD_NO_CONFIG | OAK_CMD_ROOT,
	.run = run,
};
