/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows as documents: oakum.window/1 and what AWS's CreateMaintenanceWindow and GetMaintenanceWindow call the same. */
#include <stdio.h>

#include "baseline/reader.h"
#include "baseline/window.h"
#include "core/str.h"

/* "1.5", "3" or "90m" */
bool oak_window_hours(const char *text, int64_t *ret_seconds)
{
	int64_t whole, hundredths = 0;
	struct oak_str rest = oak_str_of(text), part;
	if (oak_duration_parse(text, ret_seconds))
		return true;
	if (!oak_str_next(&rest, '.', &part) || !part.n || *part.p == '+' || *part.p == '-' ||
	    !oak_parse_int(part, 0, 100000, &whole))
		return false;
	if (rest.p) {
		if (!rest.n || rest.n > 2 || *rest.p == '+' || *rest.p == '-' || !oak_parse_int(rest, 0, 99, &hundredths))
			return false;
		hundredths *= rest.n == 1 ? 10 : 1;
	}
	*ret_seconds = whole * 3600 + hundredths * 36;
	return true;
}

/* A number of hours, or a text. */
static void read_hours(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	int64_t *seconds = at;
	if (value->kind == OAK_VALUE_INT && value->integer >= 0 && value->integer <= 100000)
		*seconds = value->integer * 3600;
	else if (value->kind == OAK_VALUE_REAL && value->real >= 0 && value->real <= 100000)
		*seconds = (int64_t)(value->real * 3600 + 0.5);
	else if (value->kind != OAK_VALUE_STRING || !oak_window_hours(value->string, seconds))
		oak_reader_error(reader, path, "hours as a number, or a duration such as '90m'");
}

/* Whole hours as a number, all else as a duration. */
static bool write_hours(const void *at, const char *key, struct oak_sink *sink)
{
	int64_t seconds = *(const int64_t *)at;
	char text[OAK_DURATION_TEXT];
	if (seconds % 3600 == 0)
		oak_put_int(sink, key, seconds / 3600);
	else
		oak_put_string(sink, key, oak_duration_format(seconds, text));
	return true;
}

/* RFC 3339, and AWS's way of leaving the seconds out. */
static void read_time(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	const char *text = oak_value_string(value);
	char full[40];
	if (text && oak_time_parse(text, at))
		return;
	if (text && strlen(text) > 16 && strlen(text) < 30 && text[13] == ':' && text[16] != ':') {
		snprintf(full, sizeof(full), "%.16s:00%s", text, text + 16);
		if (oak_time_parse(full, at))
			return;
	}
	oak_reader_error(reader, path, "a time with its zone is wanted, such as 2026-11-23T12:00:00Z");
}

static bool write_time(const void *at, const char *key, struct oak_sink *sink)
{
	oak_put_time_opt(sink, key, *(const oak_time *)at);
	return *(const oak_time *)at != OAK_TIME_NONE;
}

static bool is_schema(const char *text)
{
	return oak_streq(text, "oakum.window/1");
}

static bool aws_name(const char *text)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	return text[strspn(text, fine)] == '\0';
}

struct record {
	const char *schema;
	struct oak_window window;
};

#define WINDOW(member) .offset = offsetof(struct record, window) + offsetof(struct oak_window, member)
static const struct oak_field fields[] = {
	{.key = "schema", .kind = OAK_FIELD_STRING, OAK_AT(struct record, schema), .flags = OAK_OPTIONAL,
	 .valid = is_schema, .text = "'oakum.window/1'"},
	{.key = "name", .kind = OAK_FIELD_STRING, WINDOW(name), .flags = OAK_REQUIRED, .min = 3, .max = 128,
	 .valid = oak_text_printable, .text = "printable characters"},
	{.key = "schedule", .kind = OAK_FIELD_STRING, WINDOW(schedule), .flags = OAK_REQUIRED, .min = 1, .max = 256},
	{.key = "timezone", .kind = OAK_FIELD_STRING, WINDOW(timezone)},
	{.key = "offset", .kind = OAK_FIELD_INT, WINDOW(offset), .min = 0, .max = OAK_OFFSET_MAX},
	{.key = "startDate", .kind = OAK_FIELD_CUSTOM, WINDOW(start), .read = read_time, .write = write_time},
	{.key = "endDate", .kind = OAK_FIELD_CUSTOM, WINDOW(end), .read = read_time, .write = write_time},
	{.key = "duration", .kind = OAK_FIELD_CUSTOM, WINDOW(duration), .flags = OAK_REQUIRED, .read = read_hours, .write = write_hours},
	{.key = "cutoff", .kind = OAK_FIELD_CUSTOM, WINDOW(cutoff), .read = read_hours, .write = write_hours},
	{.key = "enabled", .kind = OAK_FIELD_BOOL, WINDOW(enabled), .absent = true},
	{.key = "calendars", .kind = OAK_FIELD_STRINGS, WINDOW(calendars), .max = 100},
};
static const struct oak_shape shape = OAK_SHAPE(struct record, fields);

static const struct oak_field aws_fields[] = {
	{.key = "Name", .kind = OAK_FIELD_STRING, WINDOW(name), .flags = OAK_REQUIRED, .min = 3, .max = 128, .valid = aws_name,
	 .text = "letters, digits, dots, underscores, dashes"},
	{.key = "Schedule", .kind = OAK_FIELD_STRING, WINDOW(schedule), .flags = OAK_REQUIRED, .min = 1, .max = 256},
	{.key = "ScheduleTimezone", .kind = OAK_FIELD_STRING, WINDOW(timezone)},
	{.key = "ScheduleOffset", .kind = OAK_FIELD_INT, WINDOW(offset), .min = 1, .max = 6},
	{.key = "StartDate", .kind = OAK_FIELD_CUSTOM, WINDOW(start), .read = read_time, .write = write_time},
	{.key = "EndDate", .kind = OAK_FIELD_CUSTOM, WINDOW(end), .read = read_time, .write = write_time},
	{.key = "Duration", .kind = OAK_FIELD_CUSTOM, WINDOW(duration), .flags = OAK_REQUIRED, .read = read_hours, .write = write_hours},
	{.key = "Cutoff", .kind = OAK_FIELD_CUSTOM, WINDOW(cutoff), .flags = OAK_REQUIRED, .read = read_hours, .write = write_hours},
	{.key = "Enabled", .kind = OAK_FIELD_BOOL, WINDOW(enabled), .absent = true},
	/* of no meaning here: tasks, targets and what only AWS's service knows */
	{.key = "AllowUnassociatedTargets", .kind = OAK_FIELD_IGNORED},
	{.key = "Description", .kind = OAK_FIELD_IGNORED},
	{.key = "ClientToken", .kind = OAK_FIELD_IGNORED},
	{.key = "Tags", .kind = OAK_FIELD_IGNORED},
	{.key = "WindowId", .kind = OAK_FIELD_IGNORED},
	{.key = "NextExecutionTime", .kind = OAK_FIELD_IGNORED},
	{.key = "CreatedDate", .kind = OAK_FIELD_IGNORED},
	{.key = "ModifiedDate", .kind = OAK_FIELD_IGNORED},
};
static const struct oak_shape aws_shape = OAK_SHAPE(struct record, aws_fields);

static int invalid(const struct oak_window *w, const char *what, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "window.invalid", 0, "window '%.128s': %s", w->name, what);
}

static int check(const struct oak_window *w, bool aws, struct oak_error *err)
{
	const int64_t hour = 3600;
	if (w->duration <= 0 || w->duration > OAK_WINDOW_HOURS_MAX * hour)
		return invalid(w, "the duration must be over 0 and at most 24 hours", err);
	if (w->cutoff < 0 || w->cutoff >= w->duration)
		return invalid(w, "the cutoff must be less than the duration", err);
	if (w->offset && w->due.kind != OAK_SCHEDULE_CRON)
		return invalid(w, "an offset goes with cron() only", err);
	if (w->offset < 0 || w->offset > OAK_OFFSET_MAX)
		return invalid(w, "the offset must be 0 to 31 days", err);
	if (w->start != OAK_TIME_NONE && w->end != OAK_TIME_NONE && w->end <= w->start)
		return invalid(w, "the end date is not after the start date", err);
	if (!aws)
		return 0;
	if (w->due.kind == OAK_SCHEDULE_ONCALENDAR)
		return invalid(w, "AWS knows cron(), rate() and at() only", err);
	if (w->duration % hour || w->cutoff % hour)
		return invalid(w, "AWS's Duration and Cutoff are whole hours", err);
	if (oak_schedule_shortest(&w->due) < 300)
		return invalid(w, "AWS allows nothing more often than every five minutes", err);
	return 0;
}

int oak_window_finish(struct oak_arena *arena, struct oak_window *w, const struct oak_zones *zones, bool aws,
		      struct oak_error *err)
{
	if (!w->timezone)
		w->timezone = "UTC";
	const struct oak_zone *zone = zones->find(zones->arg, w->timezone, err);
	if (!zone || oak_schedule_parse(arena, w->schedule, zone, zones, &w->due, err) < 0)
		return oak_context(err, "window '%.128s'", w->name);
	w->due.offset_days = w->offset;
	w->due.start = w->start;
	w->due.end = w->end == OAK_TIME_NONE ? OAK_TIME_NEVER : w->end;
	return check(w, aws, err);
}

int oak_window_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		     const struct oak_zones *zones, struct oak_window **ret, struct oak_error *err)
{
	struct record *record = OAK_NEW(arena, struct record);
	struct oak_reader reader = {.arena = arena};
	bool aws = oak_value_get(doc, "Schedule") || oak_value_get(doc, "Name");
	record->window = (struct oak_window){.start = OAK_TIME_NONE, .end = OAK_TIME_NONE};
	oak_shape_read(&reader, doc, aws ? &aws_shape : &shape, record);
	if (oak_reader_finish(&reader, name, "window.invalid", err) < 0)
		return -1;
	if (oak_window_finish(arena, &record->window, zones, aws, err) < 0)
		return oak_context(err, "'%s'", name);
	*ret = &record->window;
	return 0;
}

void oak_window_format(const struct oak_window *window, struct oak_sink *sink)
{
	struct record record = {"oakum.window/1", *window};
	oak_shape_write(&shape, &record, NULL, sink);
}
