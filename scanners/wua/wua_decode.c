/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows updates in the words of baselines: classification by id, product and family, one advisory an update. */
#include "scanners/wua/wua_decode.h"

#include "core/str.h"
#include "scanners/wua/wua_words.h"

/* The classifications of Windows Update by their ids, which no language changes, in the words of AWS's baselines.
 * Source: Microsoft's documentation of the WSUS classification GUIDs. */
static const struct {
	const char *id, *name;
} classifications[] = {
	{"5c9376ab-8ce6-464a-b136-22113dd69801", "Applications"},     {"434de588-ed14-48f5-8eed-a15e09a991f6", "Connectors"},
	{"e6cf1350-c01b-414d-a61f-263d14d133b4", "CriticalUpdates"},  {"e0789628-ce08-4437-be74-2495b842f43b", "DefinitionUpdates"},
	{"e140075d-8433-45c3-ad87-e72345b36078", "DeveloperKits"},    {"ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0", "Drivers"},
	{"b54e7d24-7add-428f-8b75-90a396fa584f", "FeaturePacks"},     {"9511d615-35b2-47bb-927f-f73d8e9260bb", "Guidance"},
	{"0fa1201d-4330-4fa8-8ae9-b877473b6441", "SecurityUpdates"},  {"68c5b0a3-d1a6-4553-ae49-01d3a7827828", "ServicePacks"},
	{"b4832bd8-e735-4761-8daf-37f882276dab", "Tools"},	      {"28bc880e-0592-4cbf-8f95-c79b17911d5f", "UpdateRollups"},
	{"cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83", "Updates"},	      {"3689bdc8-b205-4af4-8d4a-a63924c5e9d5", "Upgrades"},
};

enum { SECONDS_A_DAY = 86400, DAYS_TO_1970 = 25569 };

oak_time oak_wua_time(double date)
{
	if (!(date >= DAYS_TO_1970) || date > 2958465.0) /* 9999-12-31 */
		return OAK_TIME_NONE;
	return (oak_time)((date - DAYS_TO_1970) * SECONDS_A_DAY + 0.5);
}

static const char *present(const char *text)
{
	return text && *text ? text : NULL;
}

static const char *kb_of(struct oak_arena *arena, const struct oak_wua_update *update)
{
	const char *kb = update->kbs.n ? present(update->kbs.v[0]) : NULL;
	if (!kb)
		return NULL;
	return oak_strcasestr(kb, "kb") == kb ? kb : oak_arena_printf(arena, "KB%s", kb);
}

const char *oak_wua_name(struct oak_arena *arena, const struct oak_wua_update *update)
{
	const char *kb = kb_of(arena, update);
	return kb ? kb : update->id;
}

static bool same_kb(const struct oak_wua_update *a, const struct oak_wua_update *b)
{
	return a->kbs.n && b->kbs.n && oak_strcaseeq(a->kbs.v[0], b->kbs.v[0]);
}

const char *oak_wua_evr(struct oak_arena *arena, const struct oak_wua_answer *answer, const struct oak_wua_update *update)
{
	for (size_t i = 0; i < answer->updates.n; i++) {
		const struct oak_wua_update *other = &answer->updates.v[i];
		if (other != update && other->revision == update->revision && same_kb(other, update))
			return oak_arena_printf(arena, "%d.%.8s", update->revision, update->id ? update->id : "");
	}
	return oak_arena_printf(arena, "%d", update->revision);
}

const struct oak_wua_update *oak_wua_find(struct oak_arena *arena, const struct oak_wua_answer *answer, const char *name, const char *evr)
{
	for (size_t i = 0; i < answer->updates.n; i++) {
		const struct oak_wua_update *update = &answer->updates.v[i];
		if (oak_strcaseeq(oak_wua_name(arena, update), name) && oak_strcaseeq(oak_wua_evr(arena, answer, update), evr))
			return update;
	}
	return NULL;
}

/* The newest event of this update that ended well or ill; NULL = the agent remembers none. */
static const struct oak_wua_event *last_event(const struct oak_wua_answer *answer, const struct oak_wua_update *update)
{
	const struct oak_wua_event *last = NULL;
	for (size_t i = 0; i < answer->history.n; i++) {
		const struct oak_wua_event *e = &answer->history.v[i];
		if (e->update_id && oak_strcaseeq(e->update_id, update->id) && e->at != OAK_TIME_NONE && (!last || e->at > last->at))
			last = e;
	}
	return last;
}

static bool went_well(const struct oak_wua_event *event)
{
	return !event->removal && (event->result == OAK_WUA_SUCCEEDED || event->result == OAK_WUA_SUCCEEDED_WITH_ERRORS);
}

/* An update that a boot must complete may still be offered: what the agent did since the last boot tells. */
static bool waits_for_boot(const struct oak_wua_answer *answer, const struct oak_wua_update *update, const struct oak_wua_moment *moment)
{
	const struct oak_wua_event *event = last_event(answer, update);
	if (update->reboot_required)
		return true;
	return answer->reboot_required && event && went_well(event) && moment->booted_at != OAK_TIME_NONE && event->at > moment->booted_at;
}

bool oak_wua_is_installed(const struct oak_wua_answer *answer, const struct oak_wua_update *update, const struct oak_wua_moment *moment)
{
	return update->installed || waits_for_boot(answer, update, moment);
}

/* ------------------------------------------------------------------------------------------- categories */

static const struct oak_wua_category *category_of(const struct oak_wua_update *update, const char *type)
{
	for (size_t i = 0; i < update->categories.n; i++)
		if (oak_strcaseeq(update->categories.v[i].type, type))
			return &update->categories.v[i];
	return NULL;
}

static const char *classification_of(const struct oak_wua_update *update)
{
	const struct oak_wua_category *c = category_of(update, "UpdateClassification");
	for (size_t i = 0; c && c->id && i < sizeof(classifications) / sizeof(*classifications); i++)
		if (oak_strcaseeq(classifications[i].id, c->id))
			return classifications[i].name;
	return c ? present(c->name) : NULL;
}

/* An update for several products is told by the one that the host is, where one is: "Windows Server 2016" before "Windows 10 LTSB". */
static const struct oak_wua_category *product_of(const struct oak_wua_update *update, const char *host)
{
	for (size_t i = 0; host && i < update->categories.n; i++) {
		const struct oak_wua_category *c = &update->categories.v[i];
		if (oak_strcaseeq(c->type, "Product") && present(c->name) && oak_strcasestr(host, c->name) == host)
			return c;
	}
	return category_of(update, "Product");
}

static const char *family_of(const struct oak_wua_update *update, const struct oak_wua_category *product)
{
	const struct oak_wua_category *family = category_of(update, "ProductFamily");
	if (product && present(product->family))
		return product->family;
	return family ? present(family->name) : NULL;
}

/* ------------------------------------------------------------------------------------------- updates */

static const char *text(struct oak_arena *arena, const char *value)
{
	return present(value) ? oak_arena_strdup(arena, value) : NULL;
}

/* "2026-11 Cumulative Update (MS26-048)": bulletins are looked for in the title. */
static const char *title_of(struct oak_arena *arena, const struct oak_wua_update *update)
{
	const char *title = present(update->title);
	for (size_t i = 0; title && i < update->bulletins.n; i++)
		if (present(update->bulletins.v[i]) && !oak_strcasestr(title, update->bulletins.v[i]))
			title = oak_arena_printf(arena, "%s (%s)", title, update->bulletins.v[i]);
	return text(arena, title);
}

static void add_advisory(struct oak_arena *arena, const struct oak_wua_update *record, struct oak_update *update)
{
	struct oak_advisory *advisory = oak_push(arena, &update->advisories);
	oak_advisory_init(advisory);
	advisory->id = update->kb ? update->kb : record->bulletins.n ? text(arena, record->bulletins.v[0]) : update->update_id;
	advisory->classification = text(arena, classification_of(record));
	advisory->severity = text(arena, record->severity);
	advisory->updated = record->deployed_at;
	advisory->title = update->title;
	advisory->reboot_suggested = record->reboot != OAK_WUA_REBOOT_NEVER;
	for (size_t i = 0; i < record->cves.n; i++)
		if (present(record->cves.v[i]))
			*oak_push(arena, &advisory->cves) = oak_arena_strdup(arena, record->cves.v[i]);
}

static bool is_security(const struct oak_wua_update *record)
{
	return oak_strcaseeq(classification_of(record), "SecurityUpdates");
}

static void add_update(const struct oak_wua_answer *answer, const struct oak_wua_update *record, const struct oak_wua_moment *moment,
		       struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	struct oak_update *update = oak_push(arena, &inventory->updates);
	const struct oak_wua_category *product = product_of(record, moment->product);
	oak_update_init(update);
	update->name = oak_arena_strdup(arena, oak_wua_name(arena, record));
	update->arch = oak_arena_strdup(arena, "");
	update->evr = oak_wua_evr(arena, answer, record);
	*oak_push(arena, &update->origins) = inventory->repositories.v[0].id;
	update->security = is_security(record);
	update->size = record->size;
	update->updated = record->deployed_at;
	update->kb = text(arena, kb_of(arena, record));
	update->update_id = text(arena, record->id);
	update->revision = record->revision;
	update->title = title_of(arena, record);
	update->product = product ? text(arena, product->name) : NULL;
	update->product_family = text(arena, family_of(record, product));
	update->hidden = record->hidden;
	for (size_t i = 0; i < record->supersedes.n; i++)
		*oak_push(arena, &update->supersedes) = oak_arena_strdup(arena, record->supersedes.v[i]);
	add_advisory(arena, record, update);
}

static void add_package(const struct oak_wua_answer *answer, const struct oak_wua_update *record, const struct oak_wua_moment *moment,
			struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	const struct oak_wua_event *event = last_event(answer, record);
	struct oak_package *package = oak_push(arena, &inventory->packages);
	oak_package_init(package);
	package->name = oak_arena_strdup(arena, oak_wua_name(arena, record));
	package->arch = oak_arena_strdup(arena, "");
	package->evr = oak_wua_evr(arena, answer, record);
	if (event && went_well(event))
		package->installed_at = event->at;
	else if (record->reboot_required)
		package->installed_at = moment->now; /* since the boot, whoever did it */
}

/* ------------------------------------------------------------------------------------------- where from */

static const char *repository_id(const struct oak_wua_service *service)
{
	static const struct {
		const char *service, *id;
	} known[] = {
		{"9482f4b4-e343-43b6-b170-9a65bc822c77", "windows-update"},
		{"7971f918-a847-4430-9279-4a52d1efe18d", "microsoft-update"},
		{"3da21691-e39d-4da6-8a4b-b43877bcb1b7", "wsus"},
	};
	if (service->package)
		return "offline-catalog";
	for (size_t i = 0; service->id && i < sizeof(known) / sizeof(*known); i++)
		if (oak_strcaseeq(known[i].service, service->id))
			return known[i].id;
	return service->managed ? "wsus" : "windows-update";
}

static void add_repository(const struct oak_wua_answer *answer, struct oak_inventory *inventory)
{
	struct oak_arena *arena = inventory->arena;
	struct oak_repository *r = oak_push(arena, &inventory->repositories);
	oak_repository_init(r);
	r->id = oak_arena_strdup(arena, repository_id(&answer->service));
	r->uri = text(arena, answer->service.url);
	r->label = text(arena, answer->service.name);
	r->trusted = true; /* the agent verifies what it is told */
	r->enabled = true;
	r->advisories = true;
	r->fetched_at = answer->fetched_at;
	r->release_date = answer->service.issued_at;
	r->valid_until = answer->service.expires_at;
	inventory->metadata_at = r->fetched_at;
}

static void add_problem(struct oak_inventory *inventory, const char *kind, const char *subject, const char *detail, const char *remedy)
{
	struct oak_arena *arena = inventory->arena;
	*oak_push(arena, &inventory->problems) = (struct oak_problem){oak_arena_strdup(arena, kind), text(arena, subject),
								      text(arena, detail), text(arena, remedy)};
}

static void add_warnings(const struct oak_wua_answer *answer, struct oak_inventory *inventory)
{
	char words[512];
	for (size_t i = 0; i < answer->warnings.n; i++) {
		const struct oak_wua_warning *w = &answer->warnings.v[i];
		const char *said = oak_wua_word_text(w->hresult, words, sizeof(words));
		add_problem(inventory, "search-incomplete", NULL, w->hresult ? said : w->message,
			    "some updates may be missing from this answer");
	}
	if (answer->result == OAK_WUA_SUCCEEDED_WITH_ERRORS && !answer->warnings.n)
		add_problem(inventory, "search-incomplete", NULL, "the update agent ended its search with errors and says nothing of them",
			    "see Get-WindowsUpdateLog");
}

void oak_wua_decode(const struct oak_wua_answer *answer, const struct oak_wua_moment *moment, struct oak_inventory *inventory)
{
	add_repository(answer, inventory);
	add_warnings(answer, inventory);
	for (size_t i = 0; i < answer->updates.n; i++) {
		const struct oak_wua_update *record = &answer->updates.v[i];
		if (!present(record->id))
			continue; /* without identity nothing can be said or done about it */
		add_update(answer, record, moment, inventory);
		if (oak_wua_is_installed(answer, record, moment))
			add_package(answer, record, moment, inventory);
		if (record->reboot_required)
			inventory->reboot_required = true;
	}
	if (answer->reboot_required)
		inventory->reboot_required = true;
	if (inventory->reboot_required)
		*oak_push(inventory->arena, &inventory->reboot_reasons) =
			oak_arena_strdup(inventory->arena, "the Windows Update Agent waits for a reboot");
}

/* ------------------------------------------------------------------------------------------- resolving */

static void refuse(struct oak_arena *arena, struct oak_transaction *t, const char *name, const char *kind, const char *detail)
{
	*oak_push(arena, &t->refused) = (struct oak_problem){oak_arena_strdup(arena, kind), oak_arena_strdup(arena, name),
							     oak_arena_strdup(arena, detail), NULL};
}

void oak_wua_resolve(const struct oak_wua_answer *answer, const struct oak_wua_moment *moment, struct oak_wua_wants wants,
		     struct oak_arena *arena, struct oak_transaction *ret)
{
	for (size_t i = 0; i < wants.n; i++) {
		const struct oak_want *want = &wants.v[i];
		const struct oak_wua_update *update = oak_wua_find(arena, answer, want->name, want->evr);
		if (update && oak_wua_is_installed(answer, update, moment))
			continue;
		if (!update || update->hidden) {
			refuse(arena, ret, want->name, update ? "HIDDEN" : "NO_LONGER_OFFERED",
			       update ? "the update is hidden on this host" : "the update agent does not offer it any more");
			continue;
		}
		if (update->asks_user) {
			refuse(arena, ret, want->name, "BLOCKED_DEPENDENCY",
			       "its installer may want to ask a person something (install it by hand while a user is logged on)");
			continue;
		}
		*oak_push(arena, &ret->actions) = (struct oak_action){
			.kind = OAK_ACTION_INSTALL, .name = oak_arena_strdup(arena, want->name), .to = oak_arena_strdup(arena, want->evr),
			.repository = oak_arena_strdup(arena, repository_id(&answer->service)),
			.download_bytes = update->downloaded || update->size < 0 ? 0 : update->size, .asked = true};
	}
}
