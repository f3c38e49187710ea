/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded runs of win_updates: one JSON object a line, in the order in which things happened. */
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/str.h"
#include "core/value.h"
#include "scanners/foreign.h"
#include "scanners/host.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024, SUCCEEDED = 2, SUCCEEDED_WITH_ERRORS = 3 };

/* One that a later attempt may have mended. */
struct failure {
	const char *id, *kind, *detail;
};

struct run {
	struct oak_inventory *inventory;
	const char *name;
	struct oak_map at;        /* update id -> index + 1 in inventory->updates */
	struct oak_map installed; /* update id -> itself */
	OAK_VEC(struct failure) failures;
	size_t lines, told, unread; /* with text; with a task that is known; that are no JSON */
	bool reboot;
};

/* The categories of a search result have names only; these are classifications, the others products.
 * Source: Microsoft's documentation of update classifications. */
static const struct {
	const char *category, *classification;
} classifications[] = {
	{"Critical Updates", "CriticalUpdates"}, {"Definition Updates", "DefinitionUpdates"}, {"Drivers", "Drivers"},
	{"Feature Packs", "FeaturePacks"},	 {"Security Updates", "SecurityUpdates"},     {"Service Packs", "ServicePacks"},
	{"Tools", "Tools"},			 {"Update Rollups", "UpdateRollups"},	      {"Updates", "Updates"},
	{"Upgrades", "Upgrades"},
};

static const char *classification_of(const char *category)
{
	for (size_t i = 0; i < sizeof(classifications) / sizeof(*classifications); i++)
		if (oak_strcaseeq(classifications[i].category, category))
			return classifications[i].classification;
	return NULL;
}

static const char *family_of(const char *product)
{
	static const char *const families[] = {"Windows", "Office", "SQL Server", "Exchange", "Visual Studio"};
	const char *name = oak_strcasestr(product, "Microsoft ") == product ? product + 10 : product;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (oak_strcasestr(name, families[i]) == name)
			return families[i];
	return NULL;
}

static bool is_true(const struct oak_value *v, const char *key)
{
	const struct oak_value *member = oak_value_get(v, key);
	return member && member->kind == OAK_VALUE_BOOL && member->boolean;
}

static int64_t number(const struct oak_value *v, const char *key)
{
	const struct oak_value *member = oak_value_get(v, key);
	return member && member->kind == OAK_VALUE_INT ? member->integer : 0;
}

static const struct oak_value *items(const struct oak_value *v, const char *key, size_t *ret_n)
{
	const struct oak_value *member = oak_value_get(v, key);
	*ret_n = member && member->kind == OAK_VALUE_ARRAY ? member->array.n : 0;
	return *ret_n ? member->array.v : NULL;
}

/* ------------------------------------------------------------------------------------------- search_result */

static void read_categories(struct oak_arena *arena, const struct oak_value *v, struct oak_update *update, struct oak_advisory *advisory)
{
	size_t n;
	const struct oak_value *list = items(v, "categories", &n);
	for (size_t i = 0; i < n; i++) {
		const char *category = oak_value_string(&list[i]);
		if (!category)
			continue;
		const char *classification = classification_of(category);
		if (classification && !advisory->classification)
			advisory->classification = classification;
		else if (!classification && !update->product)
			update->product = oak_arena_strdup(arena, category);
	}
	update->product_family = update->product ? family_of(update->product) : NULL;
	update->security = oak_streq(advisory->classification, "SecurityUpdates");
}

static const char *kb_of(struct oak_arena *arena, const struct oak_value *v)
{
	size_t n;
	const struct oak_value *kbs = items(v, "kb", &n);
	const char *kb = n ? oak_value_scalar(arena, &kbs[0]) : NULL;
	if (!kb || !*kb || oak_strcaseeq(kb, "KB"))
		return NULL; /* an update without an article */
	return oak_strcasestr(kb, "KB") == kb ? kb : oak_arena_printf(arena, "KB%s", kb);
}

static struct oak_update *update_of(struct run *run, const char *id)
{
	size_t at = (size_t)(uintptr_t)oak_map_find(&run->at, id);
	return at ? &run->inventory->updates.v[at - 1] : NULL;
}

static void read_update(struct run *run, const struct oak_value *v)
{
	struct oak_arena *arena = run->inventory->arena;
	const char *id = oak_value_string(oak_value_get(v, "id"));
	if (!id)
		return;
	if (is_true(v, "is_installed"))
		oak_map_put(&run->installed, id, (void *)(uintptr_t)id);
	if (is_true(v, "reboot_required"))
		run->reboot = true;
	if (update_of(run, id))
		return;
	struct oak_update *update = oak_push(arena, &run->inventory->updates);
	oak_update_init(update);
	oak_map_put(&run->at, id, (void *)(uintptr_t)run->inventory->updates.n);
	struct oak_advisory *advisory = oak_push(arena, &update->advisories);
	oak_advisory_init(advisory);
	update->update_id = id;
	update->kb = kb_of(arena, v);
	update->name = update->kb ? update->kb : id;
	update->arch = "";
	update->revision = (int)number(v, "revision_number");
	update->evr = oak_arena_printf(arena, "%d", update->revision);
	update->title = advisory->title = oak_value_string(oak_value_get(v, "title"));
	update->hidden = is_true(v, "is_hidden");
	advisory->id = update->name;
	*oak_push(arena, &update->origins) = "win-updates";
	read_categories(arena, v, update, advisory);
}

static void read_search(struct run *run, const struct oak_value *result)
{
	size_t n;
	const struct oak_value *list = items(result, "updates", &n);
	for (size_t i = 0; i < n; i++)
		read_update(run, &list[i]);
}

/* ------------------------------------------------------------------------------------------- results */

static const char *shown(struct run *run, const char *id)
{
	const struct oak_update *update = update_of(run, id);
	return update ? update->name : id;
}

static void problem(struct run *run, const char *kind, const char *subject, const char *detail, const char *remedy)
{
	*oak_push(run->inventory->arena, &run->inventory->problems) = (struct oak_problem){kind, subject, detail, remedy};
}

static void read_results(struct run *run, const struct oak_value *result, bool install)
{
	struct oak_arena *arena = run->inventory->arena;
	size_t n;
	const struct oak_value *list = items(result, "info", &n);
	for (size_t i = 0; i < n; i++) {
		const char *id = oak_value_string(oak_value_get(&list[i], "id"));
		int64_t code = number(&list[i], "result_code"), hresult = number(&list[i], "hresult");
		if (!id)
			continue;
		if (code != SUCCEEDED && code != SUCCEEDED_WITH_ERRORS)
			*oak_push(arena, &run->failures) = (struct failure){
				id, install ? "install-failed" : "download-failed",
				oak_arena_printf(arena, "result code %lld, error 0x%08x", (long long)code, (unsigned)hresult)};
		else if (install)
			oak_map_put(&run->installed, id, (void *)(uintptr_t)id);
		run->reboot |= install && is_true(&list[i], "reboot_required");
	}
}

static void read_install(struct run *run, const struct oak_value *result)
{
	read_results(run, result, true);
}

static void read_download(struct run *run, const struct oak_value *result)
{
	read_results(run, result, false);
}

/* A new process: where the run before it ended for a reboot, that has happened. */
static void read_started(struct run *run, const struct oak_value *result)
{
	(void)result;
	run->reboot = false;
}

static void read_exit(struct run *run, const struct oak_value *result)
{
	const char *message = oak_value_string(oak_value_get(oak_value_get(result, "exception"), "message"));
	run->reboot |= is_true(result, "reboot_required");
	if (is_true(result, "failed") || message)
		problem(run, "run-failed", run->name, message ? message : "the recorded run failed", NULL);
}

static void ignore(struct run *run, const struct oak_value *result)
{
	(void)run;
	(void)result;
}

static const struct {
	const char *task;
	void (*read)(struct run *run, const struct oak_value *result);
} tasks[] = {
	{"started", read_started},	   {"search_result", read_search},   {"download", ignore},
	{"download_result", read_download}, {"install", ignore},		     {"install_result", read_install},
	{"exit", read_exit},		   {"search", ignore},		     {"accept_eula", ignore},
	{"reboot", ignore},
};

/* The module's own last word: {"changed": false, "failed": true, "msg": "…"}. */
static void read_summary(struct run *run, const struct oak_value *doc)
{
	const char *message = oak_value_string(oak_value_get(doc, "msg"));
	if (!message)
		message = oak_value_string(oak_value_get(doc, "stderr"));
	run->told++;
	if (is_true(doc, "failed"))
		problem(run, "run-failed", run->name, message ? message : "the recorded run failed", NULL);
}

/* What a failed poll left in a recording is no JSON; what comes behind it still counts. */
static void read_line(struct run *run, struct oak_str line)
{
	const struct oak_value_limits limits = {.bytes = LINE_MAX_BYTES};
	const struct oak_value *doc;
	run->lines++;
	if (oak_json_parse(run->inventory->arena, line.p, line.n, run->name, &limits, &doc, NULL) < 0) {
		run->unread++;
		return;
	}
	const char *task = oak_value_string(oak_value_get(doc, "task"));
	if (!task && oak_value_get(oak_value_get(doc, "result"), "exception"))
		task = "exit";
	for (size_t i = 0; task && i < sizeof(tasks) / sizeof(*tasks); i++)
		if (oak_streq(tasks[i].task, task)) {
			tasks[i].read(run, oak_value_get(doc, "result"));
			run->told++;
		}
	if (!task)
		read_summary(run, doc);
}

/* ------------------------------------------------------------------------------------------- the whole */

/* What was installed before or by the run is a package, and no update on offer stays what it was. */
static void settle(struct run *run)
{
	struct oak_inventory *inventory = run->inventory;
	for (size_t i = 0; i < run->failures.n; i++)
		if (!oak_map_has(&run->installed, run->failures.v[i].id))
			problem(run, run->failures.v[i].kind, shown(run, run->failures.v[i].id), run->failures.v[i].detail,
				"look the error up in Microsoft's list of Windows Update errors");
	if (run->unread)
		problem(run, "unreadable-lines", run->name, oak_arena_printf(inventory->arena, "%zu of %zu lines are no JSON", run->unread, run->lines),
			NULL);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		const struct oak_update *update = &inventory->updates.v[i];
		if (!oak_map_has(&run->installed, update->update_id))
			continue;
		struct oak_package *package = oak_push(inventory->arena, &inventory->packages);
		oak_package_init(package);
		package->name = update->name;
		package->arch = "";
		package->evr = update->evr;
	}
	if (run->reboot) {
		inventory->reboot_required = true;
		*oak_push(inventory->arena, &inventory->reboot_reasons) = "an installed update waits for a reboot";
	}
}

int oak_foreign_win_updates(const char *text, size_t n, const char *name, struct oak_inventory *inventory, struct oak_error *err)
{
	struct oak_arena *arena = inventory->arena;
	struct run run = {.inventory = inventory, .name = name};
	struct oak_str rest = {text, n}, line;
	char id[OAK_NODE_ID_TEXT];
	oak_map_init(&run.at, arena, 64);
	oak_map_init(&run.installed, arena, 64);
	inventory->node.platform.family = inventory->node.platform.id = "windows";
	inventory->node.id = oak_arena_strdup(arena, oak_host_uuid(name, "win_updates", id));
	struct oak_repository *repository = oak_push(arena, &inventory->repositories);
	oak_repository_init(repository);
	repository->id = "win-updates";
	repository->uri = "";
	repository->enabled = repository->trusted = repository->advisories = true;
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n)
			read_line(&run, line);
	}
	if (!run.told)
		return oak_fail(err, OAK_INVALID, "foreign.win-updates", 0, "'%s' tells of no update run (%zu lines, none of a known task)", name, run.lines);
	settle(&run);
	return 0;
}
