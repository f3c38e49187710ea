/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenario files: inventory, baseline, memory and an instant in, the verdict with its reasons out, compared as text. */
#include <stdio.h>
#include <stdlib.h>

#include "baseline/evaluate.h"
#include "baseline/reader.h"
#include "baseline/why.h"
#include "core/fs.h"
#include "core/str.h"

/* A scenario file: "key: value" lines (now, operation, limited, "baseline: NAME" of a predefined one, "inventory: FILE"
 * beside it, "why: ITEM" any number of times), then parts "=== inventory", "=== baseline", "=== memory", "=== verdict"; "#" lines before the first part
 * are comments.
 *   runner FILE…           compare; UPDATE=1 in the environment rewrites the verdict part
 *   runner --prepare DIR FILE…   DIR/NAME.scn/{inventory.yaml,baseline.yaml,at,expected.json} for "oakum scan"; a refused
 *                          baseline has no expected.json; left out is what has a memory or is an install, which no command
 *                          line can say */
struct scenario {
	struct oak_arena *arena;
	const char *path;
	const char *text; /* whole file */
	const char *inventory, *baseline, *memory, *verdict; /* parts, NULL = absent */
	size_t verdict_at; /* offset of the verdict part's text */
	oak_time now;
	const char *now_text;
	OAK_VEC(const char *) why; /* items to explain */
	enum oak_operation operation;
	bool limited;
};

static void die(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	exit(2);
}

static const char *read_text(struct oak_arena *arena, const char *path)
{
	struct oak_buf buf;
	struct oak_error err = {0};
	char text[1100];

	oak_buf_init(&buf, 64u << 20);
	if (oak_fs_read(path, &buf, &err) < 0)
		die(path, oak_error_text(&err, text, sizeof(text)));
	const char *copy = oak_arena_strndup(arena, oak_buf_text(&buf), buf.n);
	oak_buf_done(&buf);
	return copy;
}

static const char *beside(struct scenario *s, const char *name)
{
	const char *slash = strrchr(s->path, '/');

	return oak_arena_printf(s->arena, "%.*s%s", slash ? (int)(slash - s->path + 1) : 0, s->path, name);
}

static const char *predefined(struct scenario *s, const char *name)
{
	for (size_t i = 0; i < oak_predefined_count(); i++)
		if (oak_streq(oak_predefined_name(i), name))
			return oak_predefined_text(i);
	die(s->path, "no such predefined baseline");
	return NULL;
}

static void set_key(struct scenario *s, const char *key, const char *value)
{
	if (oak_streq(key, "now")) {
		s->now_text = value;
		if (!oak_time_parse_ceil(value, &s->now))
			die(s->path, "now is no time");
	} else if (oak_streq(key, "operation")) {
		s->operation = (enum oak_operation)oak_operation_from_string(value);
	} else if (oak_streq(key, "limited")) {
		s->limited = oak_streq(value, "true");
	} else if (oak_streq(key, "baseline")) {
		s->baseline = predefined(s, value);
	} else if (oak_streq(key, "why")) {
		*oak_push(s->arena, &s->why) = value;
	} else if (oak_streq(key, "inventory")) {
		s->inventory = read_text(s->arena, beside(s, value));
	} else {
		die(s->path, "unknown key before the first part");
	}
}

static const char **part_slot(struct scenario *s, struct oak_str name)
{
	if (oak_str_eq(name, OAK_STR("inventory")))
		return &s->inventory;
	if (oak_str_eq(name, OAK_STR("baseline")))
		return &s->baseline;
	if (oak_str_eq(name, OAK_STR("memory")))
		return &s->memory;
	return oak_str_eq(name, OAK_STR("verdict")) ? &s->verdict : NULL;
}

static const char *copy(struct scenario *s, const char *from, size_t n)
{
	return oak_arena_strndup(s->arena, from, n);
}

static void read_head(struct scenario *s, struct oak_str line)
{
	struct oak_str key, value = line;

	line = oak_str_trim(line);
	if (!line.n || *line.p == '#')
		return;
	if (!oak_str_next(&value, ':', &key) || !value.p)
		die(s->path, "a line before the first part is neither a comment nor 'key: value'");
	value = oak_str_trim(value);
	set_key(s, copy(s, key.p, key.n), copy(s, value.p, value.n));
}

static void load(struct scenario *s, const char *path)
{
	struct oak_str rest, line;
	const char **part = NULL, *begin = NULL;

	s->path = path;
	s->text = read_text(s->arena, path);
	s->now = OAK_TIME_NONE;
	rest = oak_str_of(s->text);
	while (oak_str_next(&rest, '\n', &line)) {
		if (line.n > 4 && memcmp(line.p, "=== ", 4) == 0) {
			if (part)
				*part = copy(s, begin, (size_t)(line.p - begin));
			part = part_slot(s, (struct oak_str){line.p + 4, line.n - 4});
			if (!part)
				die(path, "unknown part");
			begin = rest.p ? rest.p : line.p + line.n;
			s->verdict_at = (size_t)(begin - s->text);
		} else if (!part) {
			read_head(s, line);
		}
	}
	if (part)
		*part = copy(s, begin, strlen(begin));
	if (s->now == OAK_TIME_NONE || !s->inventory || !s->baseline)
		die(path, "now, inventory or baseline is missing");
}

static const struct oak_value *document(struct scenario *s, const char *text, const char *what)
{
	const struct oak_value_limits limits = {.bytes = OAK_INVENTORY_MAX};
	const struct oak_value *doc;
	struct oak_error err = {0};
	char message[1100];

	if (oak_yaml_parse(s->arena, text, strlen(text), what, &limits, &doc, &err) < 0)
		die(s->path, oak_error_text(&err, message, sizeof(message)));
	return doc;
}

/* --- memory: tables as in the documents of the program ------------------------------------------------------------- */

#define TEXT(type, member, name) {.key = (name), .kind = OAK_FIELD_STRING, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define WHEN(type, member, name) {.key = (name), .kind = OAK_FIELD_TIME, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define FLAG(type, member, name) {.key = (name), .kind = OAK_FIELD_BOOL, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define LIST(type, member, name, of) {.key = (name), .kind = OAK_FIELD_OBJECTS, OAK_AT(type, member), .shape = &(of)}

static const struct oak_field seen_fields[] = {
	TEXT(struct oak_first_seen, repository, "repository"), TEXT(struct oak_first_seen, name, "name"),
	TEXT(struct oak_first_seen, arch, "arch"),	       TEXT(struct oak_first_seen, evr, "evr"),
	WHEN(struct oak_first_seen, at, "at"),		       FLAG(struct oak_first_seen, watched, "watched"),
};
static const struct oak_shape seen_shape = OAK_SHAPE(struct oak_first_seen, seen_fields);
static const struct oak_field vanished_fields[] = {
	TEXT(struct oak_vanished, repository, "repository"), TEXT(struct oak_vanished, name, "name"),
	TEXT(struct oak_vanished, arch, "arch"),	     TEXT(struct oak_vanished, evr, "evr"),
	WHEN(struct oak_vanished, approved_at, "approvedAt"), TEXT(struct oak_vanished, level, "level"),
};
static const struct oak_shape vanished_shape = OAK_SHAPE(struct oak_vanished, vanished_fields);
static const struct oak_field pending_fields[] = {
	TEXT(struct oak_pending_reboot, name, "name"), TEXT(struct oak_pending_reboot, arch, "arch"),
	TEXT(struct oak_pending_reboot, evr, "evr"),   WHEN(struct oak_pending_reboot, installed_at, "installedAt"),
};
static const struct oak_shape pending_shape = OAK_SHAPE(struct oak_pending_reboot, pending_fields);
static const struct oak_field outcome_fields[] = {
	TEXT(struct oak_last_outcome, name, "name"), TEXT(struct oak_last_outcome, arch, "arch"),
	TEXT(struct oak_last_outcome, evr, "evr"),   TEXT(struct oak_last_outcome, status, "status"),
	TEXT(struct oak_last_outcome, error, "error"),
};
static const struct oak_shape outcome_shape = OAK_SHAPE(struct oak_last_outcome, outcome_fields);
static const struct oak_field memory_fields[] = {
	LIST(struct oak_memory, first_seen, "firstSeen", seen_shape),
	LIST(struct oak_memory, vanished, "vanished", vanished_shape),
	LIST(struct oak_memory, pending, "pending", pending_shape),
	WHEN(struct oak_memory, last_no_reboot_install, "lastNoRebootInstall"),
	LIST(struct oak_memory, outcomes, "outcomes", outcome_shape),
	FLAG(struct oak_memory, lost, "lost"),
};
static const struct oak_shape memory_shape = OAK_SHAPE(struct oak_memory, memory_fields);

static struct oak_memory *parse_memory(struct scenario *s)
{
	struct oak_memory *memory = OAK_NEW(s->arena, struct oak_memory);
	struct oak_reader reader = {.arena = s->arena};
	struct oak_error err = {0};
	char message[1100];

	if (!s->memory)
		return NULL;
	oak_shape_clear(&memory_shape, memory);
	oak_shape_read(&reader, document(s, s->memory, "memory"), &memory_shape, memory);
	if (oak_reader_finish(&reader, "memory", "inventory.invalid", &err) < 0)
		die(s->path, oak_error_text(&err, message, sizeof(message)));
	return memory;
}

/* --- the verdict as lines ----------------------------------------------------------------------------------------- */

static void put_list(struct oak_buf *out, const char *key, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		oak_buf_addf(out, "%s%s", i ? " " : key, v[i]);
	if (n)
		oak_buf_addc(out, '\n');
}

static void put_time(struct oak_buf *out, const char *key, oak_time t)
{
	char text[OAK_TIME_TEXT];

	if (t != OAK_TIME_NONE && t != OAK_TIME_NEVER)
		oak_buf_addf(out, "%s%s", key, oak_time_format(t, text));
}

static void put_patch(struct oak_buf *out, const struct oak_patch *p)
{
	oak_buf_addf(out, "%s %s %s -> %s level %s", oak_state_to_string(p->state), p->id, p->installed ? p->installed : "-",
		     p->available ? p->available : "-", oak_level_to_string(p->level));
	if (p->classification || p->severity)
		oak_buf_addf(out, " %s/%s", p->classification ? p->classification : "-", p->severity ? p->severity : "-");
	oak_buf_addc(out, '\n');
	if (p->reason != OAK_REASON_NONE || p->reason_detail)
		oak_buf_addf(out, "    reason %s: %s\n", p->reason ? oak_reason_to_string(p->reason) : "-",
			     p->reason_detail ? p->reason_detail : "-");
	if (p->basis != OAK_BASIS_NONE || p->rule) {
		oak_buf_addf(out, "    %s", p->rule ? p->rule : "no rule");
		put_time(out, ", released ", p->released);
		if (p->basis != OAK_BASIS_NONE)
			oak_buf_addf(out, " %s", oak_basis_to_string(p->basis));
		put_time(out, ", approved at ", p->approved_at);
		put_time(out, ", until ", p->until);
		oak_buf_addf(out, "%s%s\n", p->repository ? ", from " : "", p->repository ? p->repository : "");
	}
	put_list(out, "    advisories ", p->advisories.v, p->advisories.n);
	put_list(out, "    cves ", p->cves.v, p->cves.n);
	put_list(out, "    known exploited ", p->known_exploited.v, p->known_exploited.n);
}

static void put_verdict(struct oak_buf *out, const struct oak_verdict *verdict)
{
	const struct oak_summary *s = &verdict->summary;

	oak_buf_addf(out, "%s severity %s\n", oak_status_to_string(s->status), oak_level_to_string(s->severity));
	for (int i = 0; i < OAK_STATE_COUNT; i++)
		if (s->count[i])
			oak_buf_addf(out, "count %s %lld\n", oak_state_to_string((enum oak_state)i), (long long)s->count[i]);
	if (s->available_security_update)
		oak_buf_addf(out, "available security updates %lld\n", (long long)s->available_security_update);
	if (s->critical_non_compliant || s->security_non_compliant || s->other_non_compliant)
		oak_buf_addf(out, "non-compliant critical %lld security %lld other %lld\n", (long long)s->critical_non_compliant,
			     (long long)s->security_non_compliant, (long long)s->other_non_compliant);
	for (size_t i = 0; i < verdict->problems.n; i++)
		oak_buf_addf(out, "problem %s '%s': %s\n", verdict->problems.v[i].kind, verdict->problems.v[i].subject,
			     verdict->problems.v[i].detail);
	for (size_t i = 0; i < verdict->patches.n; i++)
		put_patch(out, &verdict->patches.v[i]);
}

static void put_why(struct oak_buf *out, const struct oak_why *why)
{
	oak_buf_addf(out, "why %s: %s", why->item, oak_state_to_string(why->decision));
	if (why->reason != OAK_REASON_NONE)
		oak_buf_addf(out, " %s", oak_reason_to_string(why->reason));
	put_time(out, ", approved at ", why->approved_at);
	oak_buf_addf(out, "%s%s\n", why->reason_detail ? ": " : "", why->reason_detail ? why->reason_detail : "");
	for (size_t i = 0; i < why->steps.n; i++) {
		const struct oak_why_step *t = &why->steps.v[i];

		oak_buf_addf(out, "    %s %s %s %s %s: %s: %s\n", t->patch, t->version, t->advisory ? t->advisory : "-",
			     oak_step_kind_to_string(t->kind), t->ref, t->decided ? "decided" : t->matched ? "matched" : "no match",
			     t->detail);
	}
}

/* A baseline that is refused is an answer too: each error with its path. */
static struct oak_verdict *evaluate(struct scenario *s, struct oak_evaluation *ret_input, struct oak_buf *out)
{
	struct oak_evaluation input = {.operation = s->operation, .now = s->now, .limited = s->limited};
	struct oak_inventory *inventory;
	struct oak_baseline *baseline;
	struct oak_problems errors = {0};
	struct oak_error err = {0};
	char message[1100];

	if (oak_inventory_parse(s->arena, document(s, s->inventory, "inventory"), "inventory", &inventory, &err) < 0)
		die(s->path, oak_error_text(&err, message, sizeof(message)));
	if (oak_baseline_parse(s->arena, document(s, s->baseline, "baseline"), "baseline", &baseline, &errors, &err) < 0) {
		for (size_t i = 0; i < errors.list.n; i++)
			oak_buf_addf(out, "refused %s: %s\n", errors.list.v[i].subject, errors.list.v[i].detail);
		return NULL;
	}
	for (size_t i = 0; i < baseline->warnings.n; i++)
		oak_buf_addf(out, "warning %s\n", baseline->warnings.v[i]);
	if (!baseline->id)
		baseline->id = baseline->name; /* as the command does */
	input.inventory = inventory;
	input.baseline = baseline;
	input.memory = parse_memory(s);
	*ret_input = input;
	return oak_evaluate(s->arena, &input);
}

static bool rewrite(const struct scenario *s, const struct oak_buf *got)
{
	struct oak_buf file;
	struct oak_error err = {0};
	char message[1100];

	oak_buf_init(&file, 64u << 20);
	if (s->verdict)
		oak_buf_add(&file, s->text, s->verdict_at);
	else
		oak_buf_addf(&file, "%s%s=== verdict\n", s->text, oak_ends_with(s->text, "\n") ? "" : "\n");
	oak_buf_add(&file, oak_buf_text(got), got->n);
	if (oak_fs_write_atomic(s->path, oak_buf_text(&file), file.n, 0644, &err) < 0)
		die(s->path, oak_error_text(&err, message, sizeof(message)));
	oak_buf_done(&file);
	return true;
}

static bool check(struct oak_arena *arena, const char *path)
{
	struct scenario s = {.arena = arena};
	struct oak_evaluation input;
	struct oak_buf got;
	bool same;

	load(&s, path);
	oak_buf_init(&got, 64u << 20);
	struct oak_verdict *verdict = evaluate(&s, &input, &got);
	if (verdict)
		put_verdict(&got, verdict);
	for (size_t i = 0; verdict && i < s.why.n; i++)
		put_why(&got, oak_why(arena, &input, s.why.v[i]));
	same = s.verdict && oak_streq(oak_buf_text(&got), s.verdict);
	if (!same && getenv("UPDATE"))
		same = rewrite(&s, &got);
	else if (!same)
		printf("%s: the verdict differs (UPDATE=1 rewrites it)\n--- expected\n%s--- got\n%s", path, s.verdict ? s.verdict : "",
		       oak_buf_text(&got));
	oak_buf_done(&got);
	return same;
}

/* The document as the command prints it; false if the baseline is refused. */
static bool format_json(struct scenario *s, struct oak_buf *out)
{
	struct oak_evaluation input;
	struct oak_sink sink;
	struct oak_verdict *verdict = evaluate(s, &input, out);

	oak_buf_clear(out);
	if (!verdict)
		return false;
	oak_sink_json(&sink, out);
	oak_verdict_format(verdict, &sink);
	return true;
}

static void write_text(struct scenario *s, const char *dir, const char *name, const char *text)
{
	struct oak_error err = {0};
	char message[1100];

	if (oak_fs_write_atomic(oak_arena_printf(s->arena, "%s/%s", dir, name), text, strlen(text), 0644, &err) < 0)
		die(s->path, oak_error_text(&err, message, sizeof(message)));
}

/* False for what no command line can say. */
static bool prepare(const char *into, const char *path)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct scenario s = {.arena = arena};
	struct oak_error err = {0};
	char message[1100];
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, *dir;
	struct oak_buf out;

	load(&s, path);
	if (s.memory || s.operation != OAK_SCAN)
		return false;
	dir = oak_arena_printf(arena, "%s/%s", into, name);
	if (oak_fs_mkdirs(dir, 0755, &err) < 0)
		die(path, oak_error_text(&err, message, sizeof(message)));
	write_text(&s, dir, "inventory.yaml", s.inventory);
	write_text(&s, dir, "baseline.yaml", s.baseline);
	write_text(&s, dir, "at", s.now_text);
	oak_buf_init(&out, 64u << 20);
	if (format_json(&s, &out))
		write_text(&s, dir, "expected.json", oak_buf_text(&out));
	oak_buf_done(&out);
	return true;
}

int main(int argc, char **argv)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	int bad = 0;

	if (argc > 2 && oak_streq(argv[1], "--prepare")) {
		for (int i = 3; i < argc; i++)
			prepare(argv[2], argv[i]);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		bad += !check(arena, argv[i]);
	return bad ? 1 : 0;
}
