/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Months of a repository's history, scanned night by night through the real store: what is approved when, as text. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "baseline/evaluate.h"
#include "core/fs.h"
#include "core/str.h"
#include "fleet/store/store.h"

/* A history file: a baseline in YAML, "=== events" with lines by rising date, "=== verdicts" as expected.
 *   DATE repo ID                  a repository is configured (a security archive if its name has "security" in it)
 *   DATE offer REPO NAME EVR [built=TIME] [advisory=ID,TIME]      DATE drop REPO NAME EVR
 *   DATE installed NAME EVR       DATE off | on  (no scans between)       DATE lose | lose-all
 *   DATE end                      the last scan
 * Contents change at 05:00, the metadata is fetched at 11:00, the scan is at 12:00. Only changed nights are printed. */
struct offer {
	const char *repository, *name, *evr, *advisory;
	oak_time built, advised;
	bool dropped;
};

struct repository {
	const char *id;
	oak_time changed;
};

struct installed {
	const char *name, *evr;
};

struct event {
	oak_time day;
	const char *words[8];
	size_t n;
};

struct world {
	struct oak_arena *arena;
	const char *path, *text, *baseline_text, *verdicts;
	size_t verdicts_at;
	struct oak_baseline *baseline;
	OAK_VEC(struct event) events;
	OAK_VEC(struct repository) repositories;
	OAK_VEC(struct offer) offers;
	OAK_VEC(struct installed) installed;
	bool off, ended;
	char dir[64];
	struct oak_buf got, last;
};

static void die(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	exit(2);
}

static void die_error(const char *path, const struct oak_error *err)
{
	char text[1100];

	die(path, oak_error_text(err, text, sizeof(text)));
}

static const char *copy(struct world *w, struct oak_str s)
{
	return oak_arena_strndup(w->arena, s.n ? s.p : "", s.n);
}

static oak_time time_of(struct world *w, const char *text)
{
	oak_time t;

	if (!oak_time_parse(text, &t))
		die(w->path, oak_arena_printf(w->arena, "'%s' is no time", text));
	return t;
}

static void add_event(struct world *w, struct oak_str line)
{
	struct event *event;
	struct oak_str word;

	line = oak_str_trim(line);
	if (!line.n || *line.p == '#')
		return;
	event = oak_push(w->arena, &w->events);
	*event = (struct event){.n = 0};
	while (event->n < 8 && oak_str_next(&line, ' ', &word))
		if (word.n)
			event->words[event->n++] = copy(w, word);
	event->day = time_of(w, event->words[0]);
	if (event->n < 2)
		die(w->path, "an event without a verb");
}

static void load(struct world *w, const char *path)
{
	struct oak_buf buf;
	struct oak_error err = {0};
	struct oak_str rest, line;
	int part = 0;

	oak_buf_init(&buf, 16u << 20);
	if (oak_fs_read(path, &buf, &err) < 0)
		die_error(path, &err);
	w->path = path;
	w->text = oak_arena_strndup(w->arena, oak_buf_text(&buf), buf.n);
	oak_buf_done(&buf);
	rest = oak_str_of(w->text);
	while (part < 2 && oak_str_next(&rest, '\n', &line)) {
		if (oak_str_eq(line, OAK_STR("=== events"))) {
			w->baseline_text = copy(w, (struct oak_str){w->text, (size_t)(line.p - w->text)});
			part = 1;
		} else if (oak_str_eq(line, OAK_STR("=== verdicts"))) {
			w->verdicts = rest.p ? rest.p : "";
			w->verdicts_at = rest.p ? (size_t)(rest.p - w->text) : strlen(w->text);
			part = 2;
		} else if (part == 1) {
			add_event(w, line);
		}
	}
	if (!w->baseline_text || !w->events.n)
		die(path, "no baseline or no events");
}

static void parse_baseline(struct world *w)
{
	const struct oak_value_limits limits = {.bytes = 1u << 20};
	const struct oak_value *doc;
	struct oak_error err = {0};

	if (oak_yaml_parse(w->arena, w->baseline_text, strlen(w->baseline_text), "baseline", &limits, &doc, &err) < 0 ||
	    oak_baseline_parse(w->arena, doc, "baseline", &w->baseline, NULL, &err) < 0)
		die_error(w->path, &err);
	if (!w->baseline->id)
		w->baseline->id = w->baseline->name;
}

/* --- events --------------------------------------------------------------------------------------------------------- */

static void touch(struct world *w, const char *repository, oak_time day)
{
	for (size_t i = 0; i < w->repositories.n; i++)
		if (oak_streq(w->repositories.v[i].id, repository))
			w->repositories.v[i].changed = day + 5 * 3600;
}

static void do_repo(struct world *w, const struct event *e)
{
	*oak_push(w->arena, &w->repositories) = (struct repository){e->words[2], e->day + 5 * 3600};
}

static void set_attribute(struct world *w, struct offer *offer, const char *word)
{
	struct oak_str rest = oak_str_of(word + strcspn(word, "=") + 1), id;

	if (oak_starts_with(word, "built=")) {
		offer->built = time_of(w, rest.p);
	} else if (oak_starts_with(word, "advisory=") && oak_str_next(&rest, ',', &id)) {
		offer->advisory = copy(w, id);
		offer->advised = time_of(w, copy(w, rest));
	}
}

static void do_offer(struct world *w, const struct event *e)
{
	struct offer *offer = oak_push(w->arena, &w->offers);

	*offer = (struct offer){e->words[2], e->words[3], e->words[4], NULL, OAK_TIME_NONE, OAK_TIME_NONE, false};
	for (size_t i = 5; i < e->n; i++)
		set_attribute(w, offer, e->words[i]);
	touch(w, e->words[2], e->day);
}

static void do_drop(struct world *w, const struct event *e)
{
	for (size_t i = 0; i < w->offers.n; i++) {
		struct offer *o = &w->offers.v[i];

		o->dropped |= oak_streq(o->repository, e->words[2]) && oak_streq(o->name, e->words[3]) && oak_streq(o->evr, e->words[4]);
	}
	touch(w, e->words[2], e->day);
}

static void do_installed(struct world *w, const struct event *e)
{
	for (size_t i = 0; i < w->installed.n; i++)
		if (oak_streq(w->installed.v[i].name, e->words[2])) {
			w->installed.v[i].evr = e->words[3];
			return;
		}
	*oak_push(w->arena, &w->installed) = (struct installed){e->words[2], e->words[3]};
}

static void remove_below(struct world *w, const char *folder, const char *suffix)
{
	const char *path = oak_arena_printf(w->arena, "%s/%s", w->dir, folder), *const *names;
	struct oak_error err = {0};
	size_t n;

	if (oak_fs_list(w->arena, path, suffix, &names, &n, &err) < 0)
		die_error(w->path, &err);
	for (size_t i = 0; i < n; i++)
		unlink(oak_arena_printf(w->arena, "%s/%s", path, names[i]));
}

/* The database is damaged; with "lose-all" the copy of the first-seen times is gone as well. */
static void do_lose(struct world *w, const struct event *e)
{
	const char *path = oak_arena_printf(w->arena, "%s/state.db", w->dir);
	struct oak_error err = {0};

	remove_below(w, ".", "-wal");
	if (oak_streq(e->words[1], "lose-all"))
		remove_below(w, "first-seen", "");
	if (oak_fs_write_atomic(path, "this is no database", 19, 0600, &err) < 0)
		die_error(w->path, &err);
}

static void do_off(struct world *w, const struct event *e)
{
	w->off = oak_streq(e->words[1], "off");
}

static void do_end(struct world *w, const struct event *e)
{
	(void)e;
	w->ended = true;
}

static const struct {
	const char *verb;
	size_t words;
	void (*act)(struct world *w, const struct event *e);
} verbs[] = {
	{"repo", 3, do_repo}, {"offer", 5, do_offer}, {"drop", 5, do_drop}, {"installed", 4, do_installed},
	{"lose", 2, do_lose}, {"lose-all", 2, do_lose}, {"off", 2, do_off},     {"on", 2, do_off},    {"end", 2, do_end},
};

static void act(struct world *w, const struct event *e)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (oak_streq(verbs[i].verb, e->words[1]) && e->n >= verbs[i].words) {
			verbs[i].act(w, e);
			return;
		}
	die(w->path, oak_arena_printf(w->arena, "'%s' is no event, or has too few words", e->words[1]));
}

/* --- one night ------------------------------------------------------------------------------------------------------ */

static void add_update(struct oak_arena *arena, struct oak_inventory *inventory, const struct offer *o)
{
	struct oak_update *u = oak_push(arena, &inventory->updates);

	oak_update_init(u);
	u->name = o->name;
	u->arch = "amd64";
	u->evr = o->evr;
	u->built = o->built;
	u->security = strstr(o->repository, "security") != NULL;
	u->priority = "optional";
	*oak_push(arena, &u->origins) = o->repository;
	if (o->advisory) {
		struct oak_advisory *a = oak_push(arena, &u->advisories);

		oak_advisory_init(a);
		a->id = o->advisory;
		a->classification = "Security";
		a->updated = o->advised;
	}
}

/* What a live scan finds: offered versions newer than the installed ones. */
static struct oak_inventory *inventory_of(struct world *w, struct oak_arena *arena, oak_time now)
{
	struct oak_inventory *inventory = oak_inventory_new(arena);

	inventory->node.id = "node-1";
	inventory->node.platform.family = inventory->node.platform.id = "debian";
	inventory->node.platform.version = "12";
	inventory->node.platform.arch = "amd64";
	inventory->collected_at = now;
	for (size_t i = 0; i < w->repositories.n; i++) {
		struct oak_repository *r = oak_push(arena, &inventory->repositories);

		oak_repository_init(r);
		r->id = r->suite = w->repositories.v[i].id;
		r->trusted = r->enabled = true;
		r->advisories = strstr(r->id, "security") != NULL;
		r->fetched_at = inventory->metadata_at = now - 3600;
		r->release_date = w->repositories.v[i].changed;
	}
	for (size_t i = 0; i < w->installed.n; i++) {
		struct oak_package *p = oak_push(arena, &inventory->packages);

		oak_package_init(p);
		p->name = w->installed.v[i].name;
		p->arch = "amd64";
		p->evr = w->installed.v[i].evr;
		for (size_t k = 0; k < w->offers.n; k++)
			if (!w->offers.v[k].dropped && oak_streq(w->offers.v[k].name, p->name) &&
			    oak_evr_compare_deb(w->offers.v[k].evr, p->evr) > 0)
				add_update(arena, inventory, &w->offers.v[k]);
	}
	return inventory;
}

static void put_verdict(struct oak_buf *out, const struct oak_verdict *verdict)
{
	char text[OAK_TIME_TEXT];

	for (size_t i = 0; i < verdict->problems.n; i++)
		oak_buf_addf(out, "    problem %s\n", verdict->problems.v[i].kind);
	for (size_t i = 0; i < verdict->patches.n; i++) {
		const struct oak_patch *p = &verdict->patches.v[i];

		oak_buf_addf(out, "    %s %s %s -> %s", p->name, oak_state_to_string(p->state), p->installed ? p->installed : "-",
			     p->available ? p->available : "-");
		if (p->reason != OAK_REASON_NONE)
			oak_buf_addf(out, " %s", oak_reason_to_string(p->reason));
		if (p->basis != OAK_BASIS_NONE)
			oak_buf_addf(out, ", released %s %s", oak_time_format(p->released, text), oak_basis_to_string(p->basis));
		if (p->approved_at != OAK_TIME_NONE)
			oak_buf_addf(out, ", approved at %s", oak_time_format(p->approved_at, text));
		if (p->rule)
			oak_buf_addf(out, ", %s", p->rule);
		oak_buf_addc(out, '\n');
	}
}

static struct oak_store *open_store(struct world *w, oak_time now)
{
	const struct oak_store_options options = {.dir = w->dir, .now = now};
	struct oak_error err = {0};
	struct oak_store *store = NULL;

	if (oak_store_open(&options, &store, &err) < 0) {
		oak_buf_addf(&w->got, "    error %s\n", err.id);
		err = (struct oak_error){0};
		if (oak_store_open(&options, &store, &err) < 0)
			die_error(w->path, &err);
	}
	return store;
}

static void scan(struct world *w, oak_time now)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory = inventory_of(w, arena, now);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = open_store(w, now);
	struct oak_evaluation input = {.inventory = inventory, .baseline = w->baseline, .operation = OAK_SCAN, .now = now};
	struct oak_memory *memory;
	struct oak_error err = {0};
	struct oak_buf night;
	char text[OAK_TIME_TEXT];

	if (oak_store_recall(store, inventory, w->baseline->id, now, arena, &memory, &err) < 0)
		die_error(w->path, &err);
	input.memory = memory;
	const struct oak_verdict *verdict = oak_evaluate(arena, &input);
	if (oak_store_save_scan(store, verdict, memory, NULL, &err) < 0)
		die_error(w->path, &err);
	oak_buf_init(&night, 16u << 20);
	put_verdict(&night, verdict);
	if (!oak_streq(oak_buf_text(&night), oak_buf_text(&w->last)))
		oak_buf_addf(&w->got, "%.10s\n%s", oak_time_format(now, text), oak_buf_text(&night));
	oak_buf_done(&w->last);
	w->last = night;
}

static void run(struct world *w)
{
	size_t next = 0;

	for (oak_time day = w->events.v[0].day; !w->ended; day += OAK_DAY) {
		while (next < w->events.n && w->events.v[next].day <= day)
			act(w, &w->events.v[next++]);
		if (next == w->events.n && !w->ended)
			die(w->path, "no end");
		if (!w->off)
			scan(w, day + 12 * 3600);
	}
}

static int finish(struct world *w)
{
	struct oak_error err = {0};
	struct oak_buf file;

	if (w->verdicts && oak_streq(oak_buf_text(&w->got), w->verdicts))
		return 0;
	if (!getenv("UPDATE")) {
		printf("%s: the verdicts differ (UPDATE=1 rewrites them)\n--- expected\n%s--- got\n%s", w->path,
		       w->verdicts ? w->verdicts : "", oak_buf_text(&w->got));
		return 1;
	}
	oak_buf_init(&file, 16u << 20);
	if (w->verdicts)
		oak_buf_add(&file, w->text, w->verdicts_at);
	else
		oak_buf_addf(&file, "%s=== verdicts\n", w->text);
	oak_buf_adds(&file, oak_buf_text(&w->got));
	if (oak_fs_write_atomic(w->path, oak_buf_text(&file), file.n, 0644, &err) < 0)
		die_error(w->path, &err);
	oak_buf_done(&file);
	return 0;
}

int main(int argc, char **argv)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct world w = {.arena = arena};

	if (argc != 3)
		die("usage", "history FILE EMPTY-FOLDER");
	snprintf(w.dir, sizeof(w.dir), "%s", argv[2]);
	load(&w, argv[1]);
	parse_baseline(&w);
	oak_buf_init(&w.got, 16u << 20);
	oak_buf_init(&w.last, 16u << 20);
	run(&w);
	int rc = finish(&w);
	oak_buf_done(&w.got);
	oak_buf_done(&w.last);
	return rc;
}
